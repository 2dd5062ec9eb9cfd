"""What `coprod run` and `coprod compare` print for people: outcomes with their uncertainty, and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table
from rich.text import Text

from analysis import statistics
from analysis.report import platforms
from analysis.report.words import ON_PLATFORMS
from sim import BARRIERS

if TYPE_CHECKING:
    from analysis.statistics import Estimate
    from sim import Runs

# What a reader meets first, and in which order; the rest stands in --json and in the runs.
MAIN: Final = (
    "engagement", "participation", "left_out", "voice_equality", "alignment", "understanding", "convergence", "agreement",
    "informed_agreement", "apparent_agreement", "pseudo_consensus", "consensus_reached", "learning", "diversity",
    "accessibility", "reciprocity", "influence_parity", "polarisation", "public_value", "cost",
)  # fmt: skip
BY_GROUP: Final = ("engagement", "left_out", "agreement")
COMPARED: Final = (
    "engagement",
    "left_out",
    "alignment",
    "understanding",
    "agreement",
    "informed_agreement",
    "cost",
)
GROUPS: Final = 30  # groups shown; more would scroll the outcomes away
NARROW: Final = 17  # columns that a design needs


def of(designs: tuple[Runs, ...], width: int) -> Iterator[Any]:
    """What a study says, as tables and texts for a terminal of so many columns, in reading order."""
    return _of_one(designs[0]) if len(designs) == 1 else _of_several(designs, width)


def _of_one(runs: Runs) -> Iterator[Any]:
    """One design: its outcomes, then who fared how."""
    yield Text(_caption((runs,)), style="bold")
    yield _outcomes_of_one(runs)
    yield _groups_of_one(runs)
    yield from _footnotes(runs)


def _of_several(designs: tuple[Runs, ...], width: int) -> Iterator[Any]:
    """Designs side by side, as many as fit; then the groups; then what the differences are, in sentences."""
    yield Text(_caption(designs), style="bold")
    for shown in _as_many_as_fit(designs, width):
        yield _outcomes_of_several(shown)
    for outcome in _known(("engagement", "left_out"), designs[0]):
        for shown in _as_many_as_fit(designs, width):
            yield _groups_of_several(outcome, shown)
    yield from _sentences(designs)
    yield from _footnotes(designs[0])


def _outcomes_of_one(runs: Runs) -> Table:
    table = _table("", "mean", "95% interval")
    for outcome in _main((runs,)):
        found = statistics.at_the_end(runs, outcome)
        table.add_row(
            statistics.words(outcome), _mean(found), statistics.between(found) + _of_worlds(found, runs)
        )
    return table


def _groups_of_one(runs: Runs) -> Table:
    outcomes = _known(BY_GROUP, runs)
    table = _table("", *map(statistics.words, outcomes))
    for scope, title in _scopes(runs):
        table.add_row(
            title, *(_with_interval(statistics.at_the_end(runs, outcome, scope)) for outcome in outcomes)
        )
    return table


def _outcomes_of_several(designs: tuple[Runs, ...]) -> Table:
    table = _table("", *(runs.scenario.name for runs in designs))
    for outcome in _main(designs):
        table.add_row(_label(outcome, designs[0]), *(_in_two_lines(runs, outcome) for runs in designs))
    return table


def _groups_of_several(outcome: str, designs: tuple[Runs, ...]) -> Table:
    table = _table(f"{statistics.words(outcome)},\nby group", *(runs.scenario.name for runs in designs))
    scopes = {scope: title for runs in designs for scope, title in _scopes(runs)}
    for scope, title in scopes.items():
        table.add_row(
            title, *(_in_two_lines(runs, outcome, scope) if scope in runs.scopes else "" for runs in designs)
        )
    return table


def _sentences(designs: tuple[Runs, ...]) -> Iterator[Text]:
    """The first design against each of the others, outcome by outcome."""
    first, *others = designs
    for second in others:
        yield Text(f"\n{second.scenario.name} against {first.scenario.name}, world by world", style="bold")
        for outcome in _known(COMPARED, first):
            yield Text("- " + statistics.sentence(statistics.compare(first, second, outcome)))


def _footnotes(runs: Runs) -> Iterator[Text]:
    note = "The intervals hold the chance in these worlds, one outcome at a time; they do not hold what the model gets wrong."
    yield Text("\n" + note, style="dim")
    if any(scope in BARRIERS for scope, _ in _scopes(runs)):
        yield Text("Rows of a barrier: those who face it, in the worlds where somebody does.", style="dim")
    hidden = len(runs.scenario.groups) - GROUPS
    if hidden > 0:
        yield Text(f"{hidden:,} more groups are in the runs (--out).", style="dim")


def _caption(designs: tuple[Runs, ...]) -> str:
    count = len(designs[0].replicates)
    names = ", ".join(runs.scenario.name for runs in designs)
    return f"{names}: {count:,} {'world' if count == 1 else 'worlds'}, seed {designs[0].seed}"


def _scopes(runs: Runs) -> Iterator[tuple[str, str]]:
    """Whose outcomes to show, and what to call them: everyone, each group, and those who face a barrier."""
    yield "all", "everyone"
    groups = runs.scenario.groups
    for name in list(groups)[:GROUPS]:
        yield name, groups[name].title or name
    for barrier in runs.scopes[1 + len(groups) :]:
        if any(
            getattr(group.barriers, barrier).level * getattr(group.barriers, barrier).share
            for group in groups.values()
        ):
            yield barrier, f"{barrier} barrier"


def _label(outcome: str, runs: Runs) -> str:
    return f"cost, {runs.scenario.prices.currency}" if outcome == "cost" else statistics.words(outcome)


def _main(designs: tuple[Runs, ...]) -> list[str]:
    """The main outcomes and, where a design has a platform, what is observed there."""
    there = any(platforms.has_one(runs.scenario) for runs in designs)
    return _known((*MAIN, *(ON_PLATFORMS.outcomes if there else ())), designs[0])


def _known(outcomes: Iterable[str], runs: Runs) -> list[str]:
    return [outcome for outcome in outcomes if outcome in runs.outcomes]


def _as_many_as_fit(designs: tuple[Runs, ...], width: int) -> Iterator[tuple[Runs, ...]]:
    widest = max(NARROW, *(len(runs.scenario.name) + 2 for runs in designs))
    count = max(1, (width - 24) // widest)
    for start in range(0, len(designs), count):
        yield designs[start : start + count]


def _in_two_lines(runs: Runs, outcome: str, scope: str = "all") -> Text:
    found = statistics.at_the_end(runs, outcome, scope)
    below = statistics.between(found) + (_of_worlds(found, runs) if scope == "all" else "")
    return Text.assemble(_mean(found), ("\n" + below, "dim"))


def _with_interval(found: Estimate) -> Text:
    interval = statistics.between(found)
    return Text.assemble(_mean(found), (f" ({interval})" if interval else "", "dim"))


def _mean(found: Estimate) -> str:
    return "-" if found["mean"] is None else statistics.number(found["mean"])


def _of_worlds(found: Estimate, runs: Runs) -> str:
    """In how many worlds it is defined, where that is not all of them."""
    count = len(runs.replicates)
    if found["n"] == count:
        return ""
    return "not defined" if found["n"] == 0 else f" (n {found['n']:,})"


def _table(*headings: str) -> Table:
    table = Table(
        box=None, padding=(0, 1), pad_edge=False, header_style="bold", title=" ", title_justify="left"
    )
    table.add_column(headings[0], overflow="fold")
    for heading in headings[1:]:
        table.add_column(heading, justify="right", no_wrap=True, overflow="fold")
    return table
