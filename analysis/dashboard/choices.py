"""Which designs are compared: a process, and perhaps one thing about it that is otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import scenarios
import sim
from analysis.dashboard import limits, visit
from analysis.explaining.switches import switched, switches_of
from analysis.report import words
from sim import CoprodError, ScenarioError

if TYPE_CHECKING:
    from sim import Scenario

FEWEST: Final = 2
MOST: Final = 4
WORLDS: Final = 100  # of a comparison that nobody has asked for yet
CELL: Final = "cell "  # how the key of a change of place begins
USUAL: Final = ("around-the-table", "citizens-blended", "citizens-online")  # the same people in three places
TELLING: Final = ("no-scribe", "no-facilitation", "full-scribe", "no-dialogue")  # changes worth a first look
TABLE: Final = "same/same"  # everyone in one room


@dataclass(frozen=True)
class Choice:
    """One design to compare."""

    option: str
    """Which process, as `visit.options()` names it."""
    change: str = ""
    """What is otherwise, as `changes` names it; nothing if empty."""


def changes(scenario: Scenario) -> list[tuple[str, str]]:
    """What can be otherwise in a process, one thing at a time: (key, what it is called)."""
    here = {scenario.cell(session) for session in scenario.sessions}
    places = [
        (CELL + cell, f"all in one place: {words.cell(cell)}") for cell in sim.cells() if {cell} != here
    ]
    return [(switch.key, switch.label) for switch in switches_of(scenario)] + places


def scenario_of(choice: Choice) -> Scenario:
    """The design that was chosen.

    Raises
    ------
    sim.ScenarioError : what is to be otherwise is not there, or what is left of the process cannot be run.
    """
    scenario = visit.chosen(choice.option)
    if not choice.change:
        return scenario
    label = dict(changes(scenario)).get(choice.change)
    if label is None:
        msg = f"{scenario.name} has nothing that could be “{choice.change}”; choose another change."
        raise ScenarioError(msg)
    if choice.change.startswith(CELL):
        cell = choice.change.removeprefix(CELL)
        changed, suffix = switched(scenario, (f"setting={cell}",)), f"in-{cell.replace('/', '-')}"
    else:
        (switch,) = (switch for switch in switches_of(scenario) if switch.key == choice.change)
        changed, suffix = switched(scenario, switch.changes), switch.key
    title = f"{words.called(scenario.title, scenario.name)}, {label}"
    return changed.model_copy(update={"name": f"{scenario.name}-{suffix}", "title": title})


def scenarios_of(chosen: Sequence[Choice]) -> tuple[list[Scenario], list[str]]:
    """The designs that were chosen, under names that tell them apart, and why others could not be made."""
    made: list[Scenario] = []
    wrong: list[str] = []
    for choice in chosen:
        try:
            scenario = scenario_of(choice)
        except CoprodError as error:
            wrong.append(str(error))
            continue
        names = {one.name for one in made}
        free = next(
            name
            for name in (scenario.name, *(f"{scenario.name}-{n}" for n in range(2, MOST + 2)))
            if name not in names
        )
        made.append(scenario if free == scenario.name else scenario.model_copy(update={"name": free}))
    return made, wrong


def usual() -> tuple[Choice, ...]:
    """What a newcomer finds compared."""
    return tuple(Choice(name) for name in USUAL)


def natural(scenario: Scenario, option: str) -> tuple[Choice, ...]:
    """A process and what one would hold it against: the same people elsewhere, else itself with one thing otherwise."""
    if not _runs_here(scenario):
        return usual()
    rivals = [Choice(name) for name in scenarios.names() if name != option and _akin(scenario, name)]
    if not rivals:
        possible = {key for key, _ in changes(scenario)}
        telling = [key for key in TELLING if key in possible][:1]
        rivals = [Choice(option, key) for key in (*telling, CELL + TABLE) if key in possible]
    return (Choice(option), *rivals)[: MOST - 1] if rivals else usual()


def _runs_here(scenario: Scenario) -> bool:
    try:
        limits.refuse(scenario, WORLDS)
    except CoprodError:
        return False
    return True


def _akin(scenario: Scenario, name: str) -> bool:
    """Was a scenario made from one of the library, or do the same people meet in it?"""
    if name in (scenario.name, scenario.base):
        return True
    return same_people((scenario, scenarios.load(name)))


def same_people(designs: Sequence[Scenario]) -> bool:
    """Do the same groups of the same sizes meet in all designs?"""
    sizes = [{key: group.size for key, group in one.groups.items()} for one in designs]
    return all(one == sizes[0] for one in sizes)
