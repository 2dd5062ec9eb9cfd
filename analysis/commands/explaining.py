"""Why did agreement not emerge, or what did it hang on? One run, explained."""

from __future__ import annotations

import json as jsons
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from analysis.commands.asking import (
    LARGEST_SEED,
    MOST_REPLICATES,
    Name,
    Workers,
    file,
    note,
    say_if_the_model_must_be_prepared,
    screen,
    waited_for,
    whole,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from analysis.explaining import Explanation
    from sim import Scenario


def explain(
    name: Name,
    /,
    *,
    seed: Annotated[
        int, Parameter(converter=whole(0, LARGEST_SEED), help="The seed of the run, and of the worlds.")
    ] = 1,
    replicate: Annotated[
        int,
        Parameter(converter=whole(0, MOST_REPLICATES), help="The number of the run under this seed, from 0."),
    ] = 0,
    outcome: Annotated[
        str, Parameter(help="What is to be explained, as in agreement or alignment.")
    ] = "agreement",
    replicates: Annotated[
        int,
        Parameter(
            converter=whole(1, MOST_REPLICATES),
            help="In how many worlds each switch is tried, to see whether the run is typical.",
        ),
    ] = 100,
    workers: Workers = None,
    set: Annotated[
        tuple[str, ...], Parameter(help="Change a field first, as in `run`.", show_default=False)
    ] = (),
    json: Annotated[
        bool, Parameter(help="Print the account, its evidence and all replays as JSON.", show_default=False)
    ] = False,
    out: Annotated[
        Path | None,
        Parameter(converter=file, help="File for the account: a page (.html) or plain text (.txt)."),
    ] = None,
) -> None:
    """Why agreement did not emerge in one run, or what it hung on: an account whose every sentence says what it rests on."""
    import scenarios
    from analysis.explaining import asked_for
    from analysis.explaining.page import can_be_written

    scenario = asked_for(scenarios.load(name, set=set), outcome, replicates)
    if out is not None:
        can_be_written(out)
    say_if_the_model_must_be_prepared()
    why = _explained(scenario, seed, replicate, outcome, replicates, workers)
    if out is not None:
        why.write(out)
    if json:
        print(jsons.dumps(why.as_json(), indent=2, allow_nan=False))
    else:
        _show(screen(), why)
    if out is not None:
        note(f"The account is in {out}")


def _explained(
    scenario: Scenario, seed: int, replicate: int, outcome: str, replicates: int, workers: int | None
) -> Explanation:
    """The explanation, with a bar that says how long it takes; Ctrl-C ends it."""
    from analysis import explaining

    return waited_for(
        lambda bar, stop: explaining.explain(
            scenario, seed, replicate,
            outcome=outcome, replicates=replicates, workers=workers, progress=bar.show, stop=stop,
        ),
        explaining.runs_needed(scenario, replicates),
        lambda: "Stopped. An explanation keeps nothing; fewer --replicates take less time.",
    )  # fmt: skip


def _show(page: Console, why: Explanation) -> None:
    """Print the account, the switches, the mechanisms and how to read them."""
    from rich.table import Table
    from rich.text import Text

    from analysis.explaining.page import rows, run_of, title

    page.print(Text(title(why), style="bold"))
    page.print(Text(run_of(why) + "\n", style="dim"))
    account = Table.grid(padding=(0, 1))
    account.add_column(justify="right")
    account.add_column(overflow="fold")
    for number, sentence in enumerate(why.account, start=1):
        account.add_row(f"{number}.", sentence.says)
    page.print(account)
    page.print(_switches(why))
    page.print(_mechanisms(why))
    page.print()
    for line in why.notes:
        page.print(Text(f"- {line}", style="dim"))
    silent = sum(not row["told"] or bool(row["same"]) for row in rows(why))
    more = f"; so do {silent} switches that change nothing here, or the same as another" if silent else ""
    page.print(
        Text(f"- What each sentence rests on stands in --json and in --out why.html{more}.", style="dim")
    )


def _switches(why: Explanation) -> Table:
    """The switches that change something, each once."""
    from analysis.explaining.page import rows

    consensus = why.findings.has_line
    table = _table("switch", "this run", "difference", *(["consensus"] if consensus else []), "in the worlds")
    for row in rows(why):
        if row["told"] and not row["same"]:
            reached = [row["consensus"]] if consensus else []
            table.add_row(row["label"], row["value"], row["difference"], *reached, row["worlds"])
    return table


def _mechanisms(why: Explanation) -> Table:
    """What each mechanism carries."""
    from analysis.explaining.page import carried

    table = _table("mechanism", "Shapley share")
    for share in carried(why):
        table.add_row(*share)
    return table


def _table(first: str, *headings: str) -> Table:
    from rich.table import Table

    table = Table(
        box=None, padding=(0, 1), pad_edge=False, header_style="bold", title=" ", title_justify="left"
    )
    table.add_column(first, overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", overflow="fold")
    return table
