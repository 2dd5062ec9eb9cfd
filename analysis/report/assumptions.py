"""What a report rests on: behavioural constants with their evidence, provenance, dials and context."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from analysis.report import words
from sim import MECHANISMS, PARAMETERS

if TYPE_CHECKING:
    from sim import Runs, Scenario

KERNELS: Final = {
    "smooth": "persuasion falls smoothly with distance, to nothing at the latitude of acceptance",
    "step": "persuasion is full within the latitude of acceptance and nothing beyond",
    "flat": "persuasion does not depend on distance",
}
READINGS: Final = {
    "media": "media: both fall from meeting in a room to writing from afar (media richness; the default)",
    "diagonal": "diagonal: the corner labels of the published grid, taken as the ends of two diagonals",
    "vertical": "vertical: time alone counts, place does not",
}
SURE: Final = {
    "high": "several studies agree",
    "medium": "one study, or a neighbouring field",
    "low": "judgement, or a figure from far away",
}


def parameters(designs: Sequence[Runs]) -> list[dict[str, Any]]:
    """The table of behavioural constants, with the value of each design."""
    rows = []
    for known in PARAMETERS:
        values = [float(runs.scenario.parameters.get(known.name, known.default)) for runs in designs]
        rows.append(
            {
                "name": known.name,
                "meaning": known.meaning,
                "unit": known.unit,
                "default": known.default,
                "values": values,
                "changed": any(value != known.default for value in values),
                "plausible": known.plausible,
                "source": known.source,
                "sure": known.sure,
            }
        )
    return rows


def evidence(rows: Sequence[dict[str, Any]]) -> str:
    """How much of the table rests on what, in a sentence."""
    sure = Counter(row["sure"] for row in rows)
    parts = [
        f"{sure[level]} rest on {what}"
        for level, what in (
            ("high", "several studies that agree"),
            ("medium", "one study or a neighbouring field"),
            ("low", "judgement or a figure from far away"),
        )
        if sure[level]
    ]
    return f"Of {len(rows)} behavioural constants, {words.listed(parts)}."


def choices(scenario: Scenario) -> list[tuple[str, str]]:
    """What a design assumes beyond the constants: the reading of the grid, persuasion, the rule, dials and context."""
    found = [
        ("Reading of the grid", READINGS[scenario.fidelity]),
        ("Persuasion", KERNELS[scenario.kernel]),
        ("Consensus", words.RULES[scenario.decision.rule]),
    ]
    if scenario.preset:
        found.append(("Preset", "the EAA theory alone: power 1, trust fixed at 1, no accountability"))
    found += [("Dial", text) for text in _dials(scenario)]
    for name, factor in scenario.context.items():
        effects = ", ".join(
            f"{mechanism} {words.TIMES} {effect:g}" for mechanism, effect in factor.effects.items()
        )
        where = ", ".join([*factor.themes, *factor.sessions]) or "throughout"
        why = f"{factor.why} " if factor.why else ""
        found.append((f"Context: {name.replace('_', ' ')}", f"{why}({effects}; {where})"))
    return found


def _dials(scenario: Scenario) -> list[str]:
    turned = [
        f"{m} at {getattr(scenario.dials, m):g} throughout"
        for m in MECHANISMS
        if getattr(scenario.dials, m) != 1
    ]
    for name, session in scenario.sessions.items():
        turned += [
            f"{m} at {getattr(session.dials, m):g} in {words.called(session.title, name)}"
            for m in MECHANISMS
            if getattr(session.dials, m) != 1
        ]
    return turned


def provenance(designs: Sequence[Runs]) -> list[dict[str, Any]]:
    """What each scenario says of itself: what is sourced and what is guessed, what several share once."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for runs in designs:
        said = runs.scenario.provenance
        for kind, facts in (("sourced", said.sourced), ("guessed", said.guessed)):
            for what, text in facts.items():
                rows.setdefault((kind, what, text), []).append(runs.scenario.name)
    every = len(designs)
    return [
        {
            "kind": kind,
            "what": what.replace("_", " "),
            "text": text,
            "designs": "" if len(names) == every else ", ".join(names),
        }
        for (kind, what, text), names in sorted(rows.items(), key=lambda row: row[0][0] == "guessed")
    ]
