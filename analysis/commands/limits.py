"""Where what holds stops holding: what outcomes hang on, in which contexts a claim works, which circumstances go together."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

from cyclopts import Parameter

from analysis.commands.asking import (
    MOST_REPLICATES,
    Changes,
    Json,
    Name,
    Seed,
    Workers,
    folder,
    note,
    say_if_the_model_must_be_prepared,
    screen,
    waited_for,
    whole,
)

if TYPE_CHECKING:
    from threading import Event

    from analysis.configurations import Configurations
    from analysis.discovery import Discovery
    from analysis.sensitivity import Sensitivity
    from analysis.waiting import Bar

Result = TypeVar("Result")

SHOWN: Final = 10  # inputs in a table on the terminal
ROWS: Final = 16  # rows of a truth table there


@Parameter(name="*")
@dataclass(frozen=True)
class Looked:
    """How a question is to be answered."""

    seed: Seed = 1
    workers: Workers = None
    out: Annotated[
        Path | None,
        Parameter(
            converter=folder,
            help="Folder for the tables (CSV and Parquet), the result and the pictures (SVG).",
        ),
    ] = None
    json: Json = False


USUAL: Final = Looked()

Points = Annotated[int, Parameter(converter=whole(4, 1_000_000), help="Points of the space.")]


def sensitivity(
    name: Name,
    /,
    *,
    outcome: Annotated[
        tuple[str, ...],
        Parameter(
            consume_multiple=True,
            help="Outcomes to look at: engagement, alignment, agreement, informed_agreement and left_out if none is named.",
        ),
    ] = (),
    method: Annotated[
        Literal["morris", "sobol", "both"],
        Parameter(
            help="Screen all inputs (morris), share out the variance (sobol), or first the one and then the other."
        ),
    ] = "both",
    points: Points = 256,
    trajectories: Annotated[
        int, Parameter(converter=whole(2, 100_000), help="Starting points of the screening.")
    ] = 20,
    replicates: Annotated[
        int,
        Parameter(
            converter=whole(2, MOST_REPLICATES), help="Worlds at each point, to tell chance from the inputs."
        ),
    ] = 10,
    set: Changes = (),
    looked: Looked = USUAL,
) -> None:
    """What outcomes hang on: assumptions of the model and circumstances, with chance apart."""
    import scenarios
    from analysis import contexts
    from analysis import sensitivity as asked

    scenario = scenarios.load(name, set=set)
    outcomes = outcome or asked.OUTCOMES
    asked.check_outcomes(outcomes)
    _place(looked.out)
    space = contexts.everything(scenario)
    total = asked.points_of(method, len(space.dimensions), trajectories, points)
    common: dict[str, Any] = {
        "replicates": replicates,
        "seed": looked.seed,
        "space": space,
        "workers": looked.workers,
    }
    work: dict[str, Callable[..., Sensitivity]] = {
        "morris": lambda **more: asked.screen(
            scenario, outcomes, trajectories=trajectories, **common, **more
        ),
        "sobol": lambda **more: asked.indices(scenario, outcomes, points=points, **common, **more),
        "both": lambda **more: asked.both(
            scenario, outcomes, trajectories=trajectories, points=points, **common, **more
        ),
    }
    note(
        f"{total:,} points with {replicates:,} worlds each: {len(space.dimensions)} inputs of {scenario.name}."
    )
    found = _waited(total, lambda bar, stop: work[method](progress=bar.show, stop=stop))
    if looked.out is not None:
        from analysis.tornado import pictures

        tables = {"screening": found.screening, "indices": found.indices, "noise": found.noise}
        _kept(looked.out, "sensitivity", _sensitivity_as_data(found), tables, pictures(found))
    if looked.json:
        _printed(_sensitivity_as_data(found))
    else:
        _tell_sensitivity(found)


def discover(
    claim: Annotated[str, Parameter(help="A claim of a theory, as in eaa/dialogue_and_documentation.")],
    /,
    *,
    points: Points = 500,
    replicates: Annotated[
        int,
        Parameter(
            converter=whole(2, MOST_REPLICATES), help="Worlds that the contrast is run in at each point."
        ),
    ] = 30,
    looked: Looked = USUAL,
) -> None:
    """Where a claim holds and where it stops holding: boxes in the space of contexts."""
    from analysis import discovery, experiments

    experiment = experiments.claim_at(claim)
    discovery.check(points, replicates)
    _place(looked.out)
    note(f"{points:,} points of the context, {len(experiment.designs)} designs, {replicates:,} worlds each.")

    def work(bar: Bar, stop: Event) -> Discovery:
        scanned = discovery.scan(
            experiment, points=points, replicates=replicates, seed=looked.seed, workers=looked.workers,
            progress=lambda done: bar.show("points", done), stop=stop,
        )  # fmt: skip
        bar.say("Looking for boxes.")
        return discovery.discover(scanned, seed=looked.seed)

    found = _waited(points, work)
    if looked.out is not None:
        from analysis.box_picture import picture

        drawn = picture(found)
        _kept(
            looked.out, "discovery", _discovery_as_data(found), {"points": found.scan.table},
            {"box": drawn} if drawn is not None else {},
        )  # fmt: skip
    if looked.json:
        _printed(_discovery_as_data(found))
    else:
        _tell_discovery(found)


def configurations(
    name: Name,
    /,
    *,
    outcome: Annotated[
        str,
        Parameter(
            help="The outcome, alone (cut at the median) or with the value from which it is there: agreement=0.6."
        ),
    ] = "agreement",
    conditions: Annotated[
        tuple[str, ...],
        Parameter(
            consume_multiple=True,
            help="Dimensions of context or outcomes, alone or with the value from which they are there: digital=0.5, time=same,blended.",
        ),
    ] = (),
    cases: Annotated[int, Parameter(converter=whole(2, 10_000_000), help="Simulated cases.")] = 400,
    consistency: Annotated[
        float, Parameter(help="Share of a combination's cases that must show the outcome.")
    ] = 0.8,
    frequency: Annotated[
        int | None,
        Parameter(
            converter=whole(1, 1_000_000),
            help="Cases that a combination must have; one in a hundred if left out.",
        ),
    ] = None,
    set: Changes = (),
    looked: Looked = USUAL,
) -> None:
    """Which circumstances are necessary, and which combinations are enough, for an outcome (crisp-set QCA)."""
    import scenarios
    from analysis import configurations as asked

    scenario = scenarios.load(name, set=set)
    _place(looked.out)
    found, table = _waited(
        cases,
        lambda bar, stop: asked.simulated(
            scenario, outcome, conditions, cases=cases, consistency=consistency, frequency=frequency, seed=looked.seed,
            workers=looked.workers, progress=lambda done: bar.show("cases", done), stop=stop,
        ),
    )  # fmt: skip
    if looked.out is not None:
        tables = {"cases": table, "truth-table": _truth_table(found)}
        _kept(looked.out, "configurations", _configurations_as_data(found), tables, {})
    if looked.json:
        _printed(_configurations_as_data(found))
    else:
        _tell_configurations(found)


def _waited(total: int, work: Callable[[Bar, Event], Result]) -> Result:
    """Do the work in sight of whoever waits, who may stop it."""
    say_if_the_model_must_be_prepared()
    return waited_for(work, total, lambda: "Stopped. Nothing was kept.")


# ---- what is kept --------------------------------------------------------------------------------------------------


def _place(out: Path | None) -> None:
    """Make the folder, before anything is computed that could not be kept there."""
    import os

    from sim import ScenarioError

    if out is None:
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScenarioError(f"{out}: no folder can be made there ({error.strerror}); name another") from None
    if not os.access(out, os.W_OK):
        raise ScenarioError(f"{out}: nothing can be written into this folder; name another")


def _kept(out: Path, name: str, data: Any, tables: Mapping[str, Any], drawn: Mapping[str, Any]) -> None:
    """Write the result, its tables and its pictures into a folder."""
    from sim import ScenarioError

    try:
        (out / f"{name}.json").write_text(json.dumps(data, indent=2, allow_nan=False), encoding="utf-8")
        for key, table in tables.items():
            if table is not None:
                table.to_csv(out / f"{key}.csv", index=False)
                table.to_parquet(out / f"{key}.parquet", index=False)
        for key, chart in drawn.items():
            chart.save(str(out / f"{key}.svg"))
    except OSError as error:
        raise ScenarioError(f"{out}: the result could not be written ({error.strerror})") from None
    note(f"Tables, pictures and the result are in {out}")


def _printed(data: Any) -> None:
    print(json.dumps(data, indent=2, allow_nan=False))


def _plain(value: Any) -> Any:
    """What JSON can say: no NaN, no numpy, no tuples."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _sensitivity_as_data(found: Sensitivity) -> dict[str, Any]:
    from analysis.sensitivity import sentences

    result: dict[str, Any] = {
        "scenario": found.scenario,
        "runs": found.runs,
        "impossible_points": found.impossible,
        "left_out": dict(found.space.left_out),
    }
    outcomes: dict[str, Any] = {}
    for outcome in found.outcomes:
        inputs: dict[str, Any] = {}
        for table in (found.screening, found.indices):
            if table is not None:
                for row in table[table["outcome"] == outcome].drop(columns="outcome").to_dict("records"):
                    inputs.setdefault(row["input"], {}).update(row)
        chance = None
        if found.noise is not None:
            chance = found.noise.set_index("outcome").loc[outcome].to_dict()
        outcomes[outcome] = {"chance": chance, "inputs": inputs, "says": sentences(found, outcome)}
    return _plain({**result, "outcomes": outcomes})


def _discovery_as_data(found: Discovery) -> dict[str, Any]:
    from analysis import discovery

    scanned = found.scan
    boxes = [
        {**asdict(box), "confirmed": box.confirmed, "where": discovery.where(box.limits, scanned.space)}
        for box in (*found.boxes, *found.unconfirmed)
    ]
    return _plain(
        {
            "claim": scanned.experiment.name, "claims": scanned.experiment.says, "outcome": scanned.experiment.outcome,
            "smallest": scanned.experiment.smallest, "expected": scanned.experiment.expected,
            "points": len(scanned.table), "replicates": scanned.replicates, "base_rate": scanned.base_rate,
            "near_the_border": scanned.unsure, "impossible_points": scanned.impossible, "undefined_points": scanned.undefined,
            "varied": list(scanned.space.names), "left_out": dict(scanned.space.left_out), "tested_on": found.tested,
            "boxes": boxes,
            "tree": {
                "accuracy": found.accuracy, "guessing": found.guessing,
                "leaves": [{**asdict(leaf), "where": discovery.where(leaf.limits, scanned.space)} for leaf in found.tree],
            },
            "says": [*discovery.sentences(found), *discovery.tree_sentences(found)],
        }
    )  # fmt: skip


def _configurations_as_data(found: Configurations) -> dict[str, Any]:
    from analysis import configurations as said

    def solution(one: Any) -> dict[str, Any]:
        return {
            "models": [said.formula(model, found.conditions) for model in one.models],
            "fits": one.fits, "whole": one.whole, "returns": one.returns,
        }  # fmt: skip

    return _plain(
        {
            "outcome": found.outcome, "labels": found.labels, "cases": found.cases, "undefined": found.undefined,
            "outcome_rate": found.outcome_rate, "frequency": found.frequency, "consistency": found.consistency,
            "necessity": found.necessity, "truth_table": _truth_table(found).to_dict("records"),
            "complex": solution(found.complex), "parsimonious": solution(found.parsimonious),
            "says": said.sentences(found),
        }
    )  # fmt: skip


def _truth_table(found: Configurations) -> Any:
    import pandas as pd

    return pd.DataFrame(
        {
            **dict(zip(found.conditions, row.combination, strict=True)),
            "output": str(row.output), "cases": row.cases, "consistency": row.consistency["mean"],
            "low": row.consistency["low"], "high": row.consistency["high"], "pri": row.pri,
        }
        for row in found.rows
    )  # fmt: skip


# ---- what is told --------------------------------------------------------------------------------------------------


def _tell_sensitivity(found: Sensitivity) -> None:
    from rich.text import Text

    from analysis.sensitivity import sentences
    from analysis.statistics import number, words

    page = screen()
    for outcome in found.outcomes:
        page.print(Text(f"What {words(outcome)} hangs on, in {found.scenario}", style="bold"))
        if found.screening is not None:
            table = _table(
                "from one end of its range to the other", "change", "95% interval", "size", "by chance"
            )
            for row in _top(found.screening, outcome, "mu_star"):
                mark = "" if row["above_chance"] else " (chance?)"
                table.add_row(
                    row["label"] + mark, number(row["mu"]), f"{number(row['mu_low'])} to {number(row['mu_high'])}",
                    number(row["mu_star"]), number(row["floor"], 3),
                )  # fmt: skip
            page.print(table)
        if found.indices is not None:
            table = _table("share of the variance", "alone", "95% interval", "in all", "95% interval")
            for row in _top(found.indices, outcome, "total"):
                table.add_row(row["label"], *_shares_of(row, "first"), *_shares_of(row, "total"))
            page.print(table)
        for sentence in sentences(found, outcome):
            page.print(Text("- " + sentence))
        page.print()
    _tell_left_out(page, found.space.left_out)
    if found.impossible:
        page.print(
            Text(f"{found.impossible:,} points could not be simulated and were left out.", style="dim")
        )


def _top(table: Any, outcome: str, by: str) -> list[dict[str, Any]]:
    rows = table[table["outcome"] == outcome].nlargest(SHOWN, by).to_dict("records")
    return list(rows)


def _shares_of(row: Mapping[str, Any], which: str) -> tuple[str, str]:
    low, high = row[f"{which}_low"], row[f"{which}_high"]
    return f"{max(0.0, row[which]):.0%}", f"{max(0.0, low):.0%} to {max(0.0, high):.0%}"


def _tell_left_out(page: Any, left_out: Mapping[str, str]) -> None:
    from rich.text import Text

    for name, why in left_out.items():
        page.print(Text(f"{name} was not varied: {why}.", style="dim"))


def _tell_discovery(found: Discovery) -> None:
    from rich.text import Text

    from analysis import discovery

    page, scanned = screen(), found.scan
    page.print(Text(scanned.experiment.says, style="bold"))
    for sentence in discovery.sentences(found):
        page.print(Text("- " + sentence))
    page.print()
    first, *leaves = discovery.tree_sentences(found)
    page.print(Text(first))
    for sentence in leaves:
        page.print(Text("- " + sentence))
    page.print()
    _tell_left_out(page, scanned.space.left_out)
    for count, why in (
        (scanned.impossible, "nothing can be simulated there"),
        (scanned.undefined, "the contrast is undefined there"),
    ):
        if count:
            page.print(Text(f"{count:,} points were left out: {why}.", style="dim"))


def _tell_configurations(found: Configurations) -> None:
    from rich.text import Text

    from analysis import configurations as said

    page = screen()
    page.print(
        Text(
            f"{found.cases:,} cases; there if {found.labels[found.outcome]}: {found.outcome_rate:.0%}",
            style="bold",
        )
    )
    for condition in found.conditions:
        page.print(Text(f"{condition}: {found.labels[condition]}"))
    table = _table("necessary?", "consistency", "95% interval", "coverage", "relevance")
    for name, fit in found.necessity.items():
        table.add_row(name, *_consistency(fit.consistency), f"{fit.coverage:.2f}", f"{fit.relevance:.2f}")
    page.print(table)
    table = _table(*found.conditions, "cases", "consistency", "95% interval", "counts as", widest=9)
    rows = sorted(
        found.rows, key=lambda row: (-(row.consistency["mean"] or 0) * (row.output != "?"), -row.cases)
    )
    for row in rows[:ROWS]:
        table.add_row(
            *map(str, row.combination), f"{row.cases:,}", *_consistency(row.consistency), str(row.output)
        )
    page.print(table)
    if len(rows) > ROWS:
        page.print(Text(f"{len(rows) - ROWS} more combinations are in --json and --out.", style="dim"))
    page.print()
    for sentence in said.sentences(found):
        page.print(Text("- " + sentence))


def _table(*headings: str, widest: int | None = None) -> Any:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold", title=" ")
    table.add_column(headings[0], overflow="fold", max_width=widest)
    for heading in headings[1:]:
        narrow = None if "interval" in heading else widest
        table.add_column(heading, justify="right", overflow="fold", max_width=narrow)
    return table


def _consistency(found: Any) -> tuple[str, str]:
    if found["mean"] is None:
        return "-", ""
    return f"{found['mean']:.2f}", "" if found[
        "low"
    ] is None else f"{found['low']:.2f} to {found['high']:.2f}"
