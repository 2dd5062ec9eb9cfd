"""What each section of the report shows, as plain data for the template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import sim
from analysis import statistics
from analysis.report import answers, assumptions, figures, platforms, story, words
from sim import BARRIERS, HEADINGS, MECHANISMS, SPACES, TIMES, minutes_of, scores, values_of

if TYPE_CHECKING:
    from sim import Runs, Scenario

MOST_ROWS: Final = 30  # groups, sessions or issues that a table shows; the runs hold all
HOURS: Final = ("hours_offered", "hours_used", "hours_facilitation", "hours_scribes")
WHEELS: Final = {
    "engagement": ("intentions", "assets"),
    "alignment": ("dialogue", "documentation"),
    "agreement": ("interpretation", "understanding"),
}


# ---- designs and the grid ------------------------------------------------------------------------------------------


def design(runs: Runs, number: int) -> dict[str, Any]:
    """A design: who takes part, and where its sessions stand on the grid."""
    scenario = runs.scenario
    letters = words.letters(scenario.groups)
    return {
        "number": number,
        "name": scenario.name,
        "title": words.called(scenario.title, scenario.name),
        "description": " ".join(scenario.description.split()),
        "people": scenario.people,
        "reading": assumptions.READINGS[scenario.fidelity],
        "groups": [
            _group(scenario, key, letters[key], n) for n, key in enumerate(list(scenario.groups)[:MOST_ROWS])
        ],
        "groups_hidden": max(0, len(scenario.groups) - MOST_ROWS),
        "grid": _grid(scenario),
        "sessions": [
            _session(scenario, name, n) for n, name in enumerate(list(scenario.sessions)[:MOST_ROWS], start=1)
        ],
        "sessions_hidden": max(0, len(scenario.sessions) - MOST_ROWS),
    }


def _group(scenario: Scenario, key: str, letter: str, number: int) -> dict[str, Any]:
    group = scenario.groups[key]
    return {
        "letter": letter,
        "colour": number % len(words.GROUP_COLOURS),
        "title": words.called(group.title, key),
        "size": group.size,
    }


def _grid(scenario: Scenario) -> list[dict[str, Any]]:
    """The nine cells, row by row, with the numbers of the sessions in each and the cell's two scores."""
    values = values_of(scenario)
    inside: dict[str, list[int]] = {}
    for number, name in enumerate(scenario.sessions, start=1):
        inside.setdefault(scenario.cell(name), []).append(number)
    return [
        {
            "time": words.TIME[time],
            "cells": [
                {
                    "sessions": _ranges(inside.get(f"{time}/{space}", [])),
                    "here": f"{time}/{space}" in inside,
                    "scores": scores(
                        f"{time}/{space}", scenario.fidelity, values.fidelity_low, values.fidelity_high
                    ),
                }
                for space in SPACES
            ],
        }
        for time in TIMES
    ]


def _ranges(numbers: list[int]) -> list[str]:
    """Numbers in a row; three neighbours and more are drawn together, as in 1-9."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return [
        f"{low}{words.DASH}{high}" if high > low + 1 else " ".join(map(str, range(low, high + 1)))
        for low, high in spans
    ]


def _session(scenario: Scenario, name: str, number: int) -> dict[str, Any]:
    session = scenario.sessions[name]
    live, later = minutes_of(scenario, name)
    invited = scenario.invited(name)
    return {
        "number": number,
        "title": words.called(session.title, name),
        "week": f"{session.week:g}",
        "theme": session.theme,
        "cell": words.cell(scenario.cell(name)),
        "live": live,
        "later": later,
        "invited": "everyone"
        if len(invited) == len(scenario.groups)
        else words.listed(words.called(scenario.groups[g].title, g) for g in invited[:6])
        + (" …" if len(invited) > 6 else ""),
        "decide": session.decide,
    }


# ---- the answer and the outcomes -----------------------------------------------------------------------------------


def answer(designs: Sequence[Runs]) -> dict[str, Any]:
    """What is said first: verdicts over several designs, or what one design reaches."""
    given = answers.answers(designs)
    if len(designs) == 1:
        return {"sentences": list(answers.reached(designs[0])), "table": given, "left_out": [], "pairs": []}
    from analysis.tables import COMPARED

    return {
        "sentences": list(answers.verdicts(designs, given)),
        "left_out": [answers.who_is_left_out(designs)],
        "table": given,
        "pairs": [
            words.minus(statistics.sentence(statistics.compare(designs[0], other, outcome)))
            for other in designs[1:]
            for outcome in COMPARED
        ],
    }


def families(designs: Sequence[Runs]) -> list[dict[str, Any]]:
    """The main outcomes, family by family."""
    return [
        {
            "key": family.key,
            "title": family.title,
            "question": family.question,
            "outcomes": [_outcome(designs, name) for name in family.outcomes if name in designs[0].outcomes],
        }
        for family in platforms.families(designs)
    ]


def _outcome(designs: Sequence[Runs], name: str) -> dict[str, Any]:
    """One outcome: what it means, its chart and its numbers."""
    kind = next(known for known in sim.OUTCOMES if known.name == name)
    return {
        "name": name,
        "title": words.title(name),
        "meaning": kind.meaning,
        "unit": designs[0].scenario.prices.currency if name == "cost" else kind.unit,
        "chart": figures.outcome(designs, name),
        "reason": words.undefined(name),
        "rows": [
            (runs.scenario.name, statistics.at_the_end(runs, name), middle(runs, name)) for runs in designs
        ],
    }


def middle(runs: Runs, name: str) -> str:
    """The range that holds 8 of 10 worlds."""
    values = runs.final(name)
    values = values[~np.isnan(values)]
    if not len(values):
        return words.DASH
    low, high = np.percentile(values, figures.BAND)
    return words.minus(f"{statistics.number(low)} to {statistics.number(high)}")


def every_outcome(designs: Sequence[Runs]) -> list[dict[str, Any]]:
    """All that is observed, the money and the minutes too."""
    meaning = {known.name: (known.meaning, known.unit) for known in sim.OUTCOMES}
    return [
        {
            "name": statistics.words(name),
            "meaning": meaning.get(name, ("", ""))[0],
            "unit": meaning.get(name, ("", ""))[1],
            "found": [statistics.at_the_end(runs, name) for runs in designs],
            "reason": words.undefined(name),
        }
        for name in designs[0].outcomes
    ]


def pairs(designs: Sequence[Runs]) -> list[dict[str, Any]]:
    """Differences world by world: every design against the first, then the others among themselves."""
    return [
        {
            "first": first.scenario.name,
            "second": second.scenario.name,
            "open": a == 0 and second is designs[1],
            "rows": [
                {"title": words.title(name), "found": statistics.compare(first, second, name)}
                for family in platforms.families(designs)
                for name in family.outcomes
                if name in first.outcomes
            ],
        }
        for a, first in enumerate(designs)
        for second in designs[a + 1 :]
        if a == 0 or len(designs) <= 4
    ]


# ---- who is left out, whose voice, what it costs ---------------------------------------------------------------------


def funnel(designs: Sequence[Runs]) -> dict[str, Any]:
    """Invited, came, spoke, was written down, moved the draft: everyone side by side, then by group and by barrier."""
    return {
        "stages": [title for _, title in words.STAGES],
        "everyone": [
            {"title": title, "found": [statistics.at_the_end(runs, stage) for runs in designs]}
            for stage, title in words.STAGES
        ],
        "designs": [{"name": runs.scenario.name, "rows": _funnel_rows(runs)} for runs in designs],
    }


def _funnel_rows(runs: Runs) -> list[dict[str, Any]]:
    scenario, letters = runs.scenario, words.letters(runs.scenario.groups)
    groups = [
        {**_group(scenario, key, letters[key], n), "note": f"{group.size:,}", **_stages(runs, key)}
        for n, (key, group) in enumerate(list(scenario.groups.items())[:MOST_ROWS])
    ]
    barriers = [
        {"letter": "", "title": f"{barrier} barrier", "note": "those who face it", **_stages(runs, barrier)}
        for barrier in BARRIERS
        if _anybody_faces(scenario, barrier)
    ]
    return groups + barriers


def _anybody_faces(scenario: Scenario, barrier: str) -> bool:
    met = (getattr(group.barriers, barrier) for group in scenario.groups.values())
    return any(one.level * one.share > 0 for one in met)


def _stages(runs: Runs, scope: str) -> dict[str, Any]:
    return {"found": [statistics.at_the_end(runs, stage, scope) for stage, _ in words.STAGES]}


def voice(designs: Sequence[Runs]) -> list[dict[str, Any]]:
    """Voice and influence by group, design by design: charts, and the numbers behind them."""
    return [
        {
            "name": runs.scenario.name,
            "voice": figures.voice(runs, n),
            "influence": figures.influence(runs, n),
            "rows": [
                {
                    **row,
                    "heard": statistics.at_the_end(runs, "heard", row["group"]),
                    "influence": statistics.at_the_end(runs, "influence", row["group"]),
                }
                for row in figures.voices(runs)[:MOST_ROWS]
            ],
            "groups": len(runs.scenario.groups),
            "shown": min(len(runs.scenario.groups), figures.MOST_GROUPS),
        }
        for n, runs in enumerate(designs)
    ]


def cost(designs: Sequence[Runs]) -> dict[str, Any]:
    """Money by heading and hours, design by design."""
    headings: list[dict[str, Any]] = []
    for heading in HEADINGS:
        found = [statistics.at_the_end(runs, f"cost_{heading}") for runs in designs]
        title = f"{heading} support" if heading in BARRIERS else heading
        if any(one["mean"] for one in found):
            headings.append({"title": title, "found": found})
    totals = [statistics.at_the_end(runs, "cost") for runs in designs]
    meaning = {known.name: known.meaning for known in sim.OUTCOMES}
    return {
        "currencies": [runs.scenario.prices.currency for runs in designs],
        "headings": headings,
        "totals": totals,
        "most": max((one["mean"] or 0.0 for row in headings for one in row["found"]), default=0.0),
        "hours": [
            {"title": meaning[name], "found": [statistics.at_the_end(runs, name) for runs in designs]}
            for name in HOURS
        ],
    }


# ---- wheels, minutes, the told run and what it rests on ----------------------------------------------------------------


def wheels(designs: Sequence[Runs]) -> list[dict[str, Any]]:
    """Engagement, alignment and agreement over the sessions, design by design."""
    found = []
    for n, runs in enumerate(designs):
        series = {wheel: runs.over_sessions(wheel) for wheel in WHEELS}
        titles = ["start", *(words.called(s.title, key) for key, s in runs.scenario.sessions.items())]
        times = next(iter(series.values())).shape[1]
        rows = [
            {"when": titles[t], "found": [statistics.estimate(values[:, t]) for values in series.values()]}
            for t in range(times)
        ] if times > 1 else []  # fmt: skip
        missing = [wheel for wheel, values in series.items() if np.isnan(values[:, -1]).all()]
        found.append(
            {
                "name": runs.scenario.name,
                "chart": figures.wheels(runs, n),
                "rows": rows[: MOST_ROWS + 1],
                "missing": [(wheel, words.undefined(wheel)) for wheel in missing],
            }
        )
    return found


def minutes(designs: Sequence[Runs]) -> list[dict[str, Any]]:
    """Minutes per person invited that each mechanism was given, and that took effect."""
    return [
        {
            "mechanism": mechanism,
            "outcome": outcome,
            "planned": [_planned(runs.scenario, mechanism) for runs in designs],
            "found": [statistics.at_the_end(runs, f"minutes_{mechanism}") for runs in designs],
        }
        for outcome, pair in WHEELS.items()
        for mechanism in pair
    ]


def _planned(scenario: Scenario, mechanism: str) -> float:
    """Minutes of a mechanism on the agenda, mean per person invited, before dials, context and absence."""
    n, total = MECHANISMS.index(mechanism), 0.0
    for name, session in scenario.sessions.items():
        total += (
            session.minutes
            * session.shares()[n]
            * sum(scenario.groups[g].size for g in scenario.invited(name))
        )
    return total / scenario.people


def told(runs: Runs, told: story.Story | None) -> dict[str, Any]:
    """The told run of one design, or why there is none."""
    scenario = runs.scenario
    place = int((runs.replicates == told.replicate).argmax()) if told else 0
    ends = [
        (outcome, float(runs.final(outcome)[place]), statistics.at_the_end(runs, outcome))
        for outcome in ("engagement", "alignment", "understanding", "agreement", "left_out")
    ] if told else []  # fmt: skip
    return {
        "name": scenario.name,
        "people": scenario.people,
        "told": told,
        "left_unsaid": len(scenario.sessions) - len(told.chapters) if told else 0,
        "groups": [
            words.called(group.title, key)
            for key, group in list(scenario.groups.items())[: figures.MOST_GROUPS]
        ],
        "ends": [(statistics.words(name), value, found) for name, value, found in ends if value == value],
    }


def rests_on(designs: Sequence[Runs]) -> dict[str, Any]:
    """What the results rest on: constants, choices and provenance."""
    rows = assumptions.parameters(designs)
    return {
        "evidence": assumptions.evidence(rows),
        "changed": [row for row in rows if row["changed"]],
        "rows": rows,
        "sure": assumptions.SURE,
        "choices": _choices(designs),
        "provenance": assumptions.provenance(designs),
        "names": [runs.scenario.name for runs in designs],
    }


def _choices(designs: Sequence[Runs]) -> list[dict[str, str]]:
    """What designs assume, what all share said once."""
    rows: dict[tuple[str, str], list[str]] = {}
    for runs in designs:
        for what, text in assumptions.choices(runs.scenario):
            rows.setdefault((what, text), []).append(runs.scenario.name)
    every = len(designs)
    return [
        {"what": what, "text": text, "designs": "" if len(names) == every else ", ".join(names)}
        for (what, text), names in rows.items()
    ]
