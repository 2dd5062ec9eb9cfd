"""What `coprod show` draws: where and when people meet on the grid, who they are, and what the minutes are for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rich import box
from rich.table import Table
from rich.text import Text

from analysis.report import platforms
from analysis.report.words import sentence
from sim import BARRIERS, MECHANISMS, SPACES, TIMES

if TYPE_CHECKING:
    from sim import Group, Scenario

TITLED: Final = 12  # with more sessions than this, the grid shows numbers alone
ROWS: Final = 40  # and tables show this many rows
RULES: Final = {
    "majority": "more than half of the votes",
    "70/15": "70% of the votes, with less than 15% against",
    "75": "75% of the votes",
    "80": "80% of the votes",
    "unanimity": "all votes",
}


def draw(scenario: Scenario) -> Iterator[Any]:
    """A scenario as tables and texts for the terminal, in reading order."""
    yield Text(scenario.title or scenario.name, style="bold")
    if scenario.description:
        yield Text(" ".join(scenario.description.split()))
    yield Text()
    yield grid(scenario)
    yield from _cut(sessions(scenario), len(scenario.sessions), "sessions")
    yield agenda(scenario)
    yield from _cut(people(scenario), len(scenario.groups), "groups")
    yield from carried(scenario)
    yield from circumstances(scenario)


def grid(scenario: Scenario) -> Table:
    """The nine cells of time and space, with the sessions that stand in each."""
    table = Table(box=box.ROUNDED, show_lines=True, padding=(0, 1))
    table.add_column("time \\ space", style="dim", no_wrap=True)
    for space in SPACES:
        table.add_column(f"{space} space", ratio=1, min_width=16, overflow="fold")
    inside = _sessions_by_cell(scenario)
    for time in TIMES:
        table.add_row(
            f"{time} time", *(Text("\n".join(inside.get(f"{time}/{space}", ()))) for space in SPACES)
        )
    return table


def sessions(scenario: Scenario) -> Table:
    """The sessions in order of time."""
    table = _table("", "week", "session", "theme", "minutes", "invited", "draft put", right=(0, 1, 4))
    for number, (name, session) in enumerate(list(scenario.sessions.items())[:ROWS], start=1):
        invited = ", ".join(scenario.invited(name)) if session.invited else "everyone"
        title, put = Text(called(session.title, name)), "yes" if session.decide else ""
        table.add_row(
            f"{number}", f"{session.week:g}", title, session.theme, f"{session.minutes:g}", invited, put
        )
    return table


def agenda(scenario: Scenario) -> Table:
    """What the minutes of each session are for, in per cent."""
    table = _table("%", *MECHANISMS, right=range(len(MECHANISMS) + 1))
    for number, session in enumerate(list(scenario.sessions.values())[:ROWS], start=1):
        table.add_row(f"{number}", *(f"{100 * share:.0f}" if share else "-" for share in session.shares()))
    return table


def people(scenario: Scenario) -> Table:
    """Who takes part, how they come to the table and what stands in their way."""
    table = _table("who takes part", "people", "power", "openness", "what stands in the way", right=(1, 2, 3))
    for name, group in list(scenario.groups.items())[:ROWS]:
        table.add_row(
            Text(called(group.title, name)),
            f"{group.size:,}",
            f"{group.power.mean:g}",
            f"{group.openness.mean:g}",
            _barriers(group) or "nothing",
        )
    if len(scenario.groups) > 1:
        table.add_row("everyone", f"{scenario.people:,}", style="bold")
    return table


def carried(scenario: Scenario) -> Iterator[Text]:
    """The platforms on which people contribute later, what is alike said once; and who follows how many."""
    alike: dict[str, list[int]] = {}
    for number, (name, session) in enumerate(scenario.sessions.items(), start=1):
        if session.platform is not None:
            alike.setdefault(platforms.described(scenario, name), []).append(number)
    for what, numbers in alike.items():
        where = f"Platform of session{'s' if len(numbers) > 1 else ''} {_ranges(numbers)}: "
        yield Text.assemble((where, "bold"), what)
    if scenario.follows is not None:
        size = number_of_bytes(bytes_of_following(scenario))
        yield Text.assemble(
            ("Following: ", "bold"),
            f"{sentence(platforms.following(scenario))} ({size} of memory for each run)",
        )


def bytes_of_following(scenario: Scenario) -> int:
    """Memory that a run takes for who follows whom, which is part of `sim.memory_needed`."""
    from sim.commons import FIELDS

    each = next(field.dtype for field in FIELDS if field.name == "follows")
    return scenario.people * scenario.follows.degree * np.dtype(each).itemsize if scenario.follows else 0


def number_of_bytes(size: int) -> str:
    """A size in memory, in the unit that fits."""
    for unit, bytes_ in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= bytes_:
            return f"{size / bytes_:.3g} {unit}"
    return f"{size} bytes"


def circumstances(scenario: Scenario) -> Iterator[Text]:
    """How it is decided, and what else bends the process."""
    about = ", ".join(called(issue.title, name) for name, issue in list(scenario.issues.items())[:ROWS])
    yield Text.assemble(("They talk about: ", "bold"), about)
    if any(session.decide for session in scenario.sessions.values()):
        yield Text.assemble(
            ("Agreed when: ", "bold"), f"{RULES[scenario.decision.rule]} on every issue are for the draft"
        )
    for name, factor in scenario.context.items():
        effects = ", ".join(f"{mechanism} x {effect:g}" for mechanism, effect in factor.effects.items())
        yield Text.assemble(
            (f"Context, {name}: ", "bold"), f"{factor.why} ({effects})" if factor.why else effects
        )
    if turned := [f"{mechanism} {dial:g}" for mechanism, dial in scenario.dials if dial != 1]:
        yield Text.assemble(("Dials that are not at 1: ", "bold"), ", ".join(turned))


def called(title: str, name: str) -> str:
    """What a reader calls something: its title or, where there is none, its key."""
    return title or name.replace("_", " ")


def _sessions_by_cell(scenario: Scenario) -> dict[str, list[str]]:
    inside: dict[str, list[str]] = {}
    for number, (name, session) in enumerate(scenario.sessions.items(), start=1):
        inside.setdefault(scenario.cell(name), []).append(f"{number} {called(session.title, name)}")
    if len(scenario.sessions) <= TITLED:
        return inside
    return {cell: [_ranges([int(title.split()[0]) for title in titles])] for cell, titles in inside.items()}


def _ranges(numbers: list[int]) -> str:
    """Numbers in a row, with neighbours drawn together: 1-3, 5."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in spans)


def _barriers(group: Group) -> str:
    """What may stop the members of a group: travel 0.5 (30% of them)."""
    met = {name: getattr(group.barriers, name) for name in BARRIERS}
    return ", ".join(
        f"{name} {barrier.level:g}" + (f" ({100 * barrier.share:.0f}% of them)" if barrier.share < 1 else "")
        for name, barrier in met.items()
        if barrier.level * barrier.share > 0
    )


def _table(*headings: str, right: Any = ()) -> Table:
    table = Table(
        box=None, padding=(0, 1), pad_edge=False, header_style="bold", title=" ", title_justify="left"
    )
    for position, heading in enumerate(headings):
        table.add_column(heading, justify="right" if position in right else "left", overflow="fold")
    return table


def _cut(table: Table, count: int, what: str) -> Iterator[Any]:
    yield table
    if count > ROWS:
        yield Text(f"and {count - ROWS:,} more {what}", style="dim")
