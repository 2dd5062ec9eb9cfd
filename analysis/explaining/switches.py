"""What can be switched in a design, one thing at a time, so that a run can be replayed without it or with more of it.

A switch is a few changes as `--set` takes them. Chance is keyed by names, so that a switch changes nobody else's draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analysis.report import words
from sim import BARRIERS, MECHANISMS, PARAMETERS, dials_of
from sim.scenario import RULES

if TYPE_CHECKING:
    from sim import Scenario

RULE: Final = "rule"  # the kind of switch that changes what counts as agreed, and nothing that anybody does

WITHOUT: Final = {
    "intentions": "Had nobody spoken about why they were there",
    "assets": "Had strengths not been named",
    "dialogue": "Had there been no exchange of views",
    "documentation": "Had nothing been written down",
    "interpretation": "Had nobody made sense of the record",
    "understanding": "Had nobody asked whether others were understood",
}
IN_FULL: Final = {
    "intentions": "Had all the minutes planned for speaking about why people are there taken effect",
    "assets": "Had all the minutes planned for naming strengths taken effect",
    "dialogue": "Had all the minutes planned for dialogue taken effect",
    "documentation": "Had all the minutes planned for writing down taken effect",
    "interpretation": "Had all the minutes planned for making sense of the record taken effect",
    "understanding": "Had all the minutes planned for asking what others mean taken effect",
}
NO_BARRIER: Final = {
    "travel": "Had getting there stopped nobody",
    "digital": "Had connecting stopped nobody",
    "schedule": "Had everybody been free at the hour",
    "communication": "Had nothing stood between people and being understood (language, hearing, jargon)",
}


@dataclass(frozen=True)
class Switch:
    """One thing that could have been otherwise."""

    key: str
    """Its name, as in `no-dialogue`."""
    label: str
    """What a table calls it."""
    had: str
    """How a sentence about it begins: `Had there been no dialogue`."""
    changes: tuple[str, ...]
    """What it changes, as `--set` takes it."""
    kind: str
    """`mechanism`, `circumstance`, `barrier`, `support`, `session`, `people`, `pen` or `rule`."""
    family: str
    """Switches of one family change the same thing, and cannot be combined."""


def switches_of(scenario: Scenario) -> tuple[Switch, ...]:
    """Everything that can be switched in a design, one thing at a time; what it does not have cannot be removed."""
    parts = (_mechanisms, _circumstances, _barriers, _supports, _sessions, _turns, _openness, _pen, _rules)
    return tuple(switch for part in parts for switch in part(scenario))


def switched(scenario: Scenario, changes: tuple[str, ...]) -> Scenario:
    """A design with changes; the same people, by the same names, meet in it.

    Raises
    ------
    sim.ScenarioError
        If what is left cannot be simulated.
    """
    import scenarios

    table = scenario.model_dump(
        mode="json", exclude={"base", "templates", "provenance"}, exclude_none=True, round_trip=True
    )
    for session in table["sessions"].values():
        session.pop("template", None)  # its fields stand in the session already
    return scenarios.load(table, set=changes)


def _mechanisms(scenario: Scenario) -> Iterator[Switch]:
    for m, name in enumerate(MECHANISMS):
        works = [dials_of(scenario, session)[m] for session in scenario.sessions]
        if any(works):
            yield Switch(
                f"no-{name}", f"without {name}", WITHOUT[name], (f"dials.{name}=0",), "mechanism", name
            )
        if any(work < 1 for work in works):
            changes = [f"dials.{name}=1", f"sessions.*.dials.{name}=1"]
            changes += [
                f"context.{key}.effects.{name}=1"
                for key, factor in scenario.context.items()
                if any(mechanism == name and effect < 1 for mechanism, effect in factor.effects.items())
            ]
            yield Switch(f"full-{name}", f"{name} in full", IN_FULL[name], tuple(changes), "mechanism", name)


def _circumstances(scenario: Scenario) -> Iterator[Switch]:
    for key, factor in scenario.context.items():
        name = words.called("", key)
        changes = tuple(f"context.{key}.effects.{mechanism}=1" for mechanism in factor.effects)
        if changes:
            had = f"Had “{name}” not been at work"
            yield Switch(
                f"no-context-{key}", f"without “{name}”", had, changes, "circumstance", f"context {key}"
            )


def _faced(scenario: Scenario, barrier: str) -> bool:
    """Does anybody face a barrier?"""
    groups = [getattr(group.barriers, barrier) for group in scenario.groups.values()]
    return any(one.level * one.share > 0 for one in groups)


def _barriers(scenario: Scenario) -> Iterator[Switch]:
    for name in BARRIERS:
        if _faced(scenario, name):
            changes = (f"groups.*.barriers.{name}=0",)
            yield Switch(
                f"no-{name}-barrier", f"no {name} barrier", NO_BARRIER[name], changes, "barrier", name
            )


def _supports(scenario: Scenario) -> Iterator[Switch]:
    for name in BARRIERS:
        given = [getattr(session.supports, name) for session in scenario.sessions.values()]
        if not _faced(scenario, name):
            continue
        field = f"sessions.*.supports.{name}"
        if any(given):
            had = f"Without {name} support"
            yield Switch(f"no-{name}-support", f"no {name} support", had, (f"{field}=0",), "support", name)
        if any(share < 1 for share in given):
            had = f"With full {name} support in every session"
            yield Switch(
                f"full-{name}-support", f"full {name} support", had, (f"{field}=1",), "support", name
            )


# What a session can have none or all of: field, name, labels and beginnings of sentences.
SESSIONS: Final = (
    ("facilitation", "no facilitation", "Without facilitation",
     "full facilitation", "With full facilitation in every session"),
    ("scribe", "no note-takers", "Without note-takers",
     "full note-taking", "With a full-time note-taker in every circle"),
    ("captures_divergence", "divergence not noted", "Had the notes left out whatever differed",
     "divergence noted like the rest", "Had the notes kept what differed as readily as what fitted"),
)  # fmt: skip


def _sessions(scenario: Scenario) -> Iterator[Switch]:
    for field, less, without, more, full in SESSIONS:
        given = [getattr(session, field) for session in scenario.sessions.values()]
        key = field.replace("_", "-")
        if any(given):
            yield Switch(f"no-{key}", less, without, (f"sessions.*.{field}=0",), "session", field)
        if any(share < 1 for share in given):
            yield Switch(f"full-{key}", more, full, (f"sessions.*.{field}=1",), "session", field)


def _turns(scenario: Scenario) -> Iterator[Switch]:
    given = {session.turns for session in scenario.sessions.values()}
    for found, turns, label, had in (
        ("race", "round", "each speaks in turn", "Had everybody spoken in turn"),
        ("round", "race", "the floor is free", "Had the floor been free"),
    ):
        if found in given:
            yield Switch(f"turns-{turns}", label, had, (f"sessions.*.turns={turns}",), "session", "turns")


def most_powerful(scenario: Scenario) -> tuple[str, ...]:
    """The groups with the most power; none where all have as much."""
    powers = {key: group.power.mean for key, group in scenario.groups.items()}
    most = tuple(key for key, power in powers.items() if power == max(powers.values()))
    return most if len(most) < len(powers) and scenario.preset is None else ()


def _openness(scenario: Scenario) -> Iterator[Switch]:
    groups = most_powerful(scenario)
    if not groups:
        return
    names = words.listed(words.Names(scenario).group(key) for key in groups)
    values = [scenario.groups[key].openness.mean for key in groups]
    for key, value, label, how in (
        ("closed", 0, f"{names} closed", "not willing to learn at all"),
        ("open", 1, f"{names} open", "fully willing to learn"),
    ):
        if any(found != value for found in values):
            changes = tuple(f"groups.{group}.openness={value}" for group in groups)
            had = f"Had {names} come {how}"
            yield Switch(f"powerful-{key}", label, had, changes, "people", "openness")


def _pen(scenario: Scenario) -> Iterator[Switch]:
    default = next(parameter.default for parameter in PARAMETERS if parameter.name == "pen")
    somebody = any(session.facilitation < 1 for session in scenario.sessions.values())
    if scenario.preset is None and somebody and scenario.parameters.get("pen", default) > 0:
        had = "Had whoever drafted not bent the draft towards their own view"
        yield Switch("no-pen", "nobody bends the draft", had, ("parameters.pen=0",), "pen", "pen")


def _rules(scenario: Scenario) -> Iterator[Switch]:
    for rule in RULES:
        if rule != scenario.decision.rule:
            asks = words.RULES[rule].split(",")[0]
            had = f"Had it taken {asks}"
            key = f"rule-{rule.replace('/', '-')}"
            yield Switch(key, f"rule {rule}", had, (f"decision.rule={rule}",), RULE, "rule")
