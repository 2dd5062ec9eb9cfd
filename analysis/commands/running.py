"""Running designs in many worlds, and holding them against each other."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from threading import Event
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from analysis.commands.asking import (
    USUAL,
    Asked,
    Name,
    mistake,
    note,
    say_if_the_model_must_be_prepared,
    screen,
)

if TYPE_CHECKING:
    from analysis.store import Store, Study


def run(name: Name, /, *, asked: Asked = USUAL) -> None:
    """Run one design in many worlds, and say what came out."""
    _answer([name], asked)


def compare(
    *names: Annotated[
        str, Parameter(help="Two or more names or files. The first is what the others are held against.")
    ],
    asked: Asked = USUAL,
) -> int | None:
    """Run several designs in the same worlds, and say how they differ."""
    if len(names) < 2:
        return mistake(
            "compare: name at least two designs, as in `coprod compare around-the-table citizens-blended`"
        )
    _answer(names, asked)
    return None


def _answer(names: Sequence[str], asked: Asked) -> None:
    """Make the study and print what it says."""
    study = _study(names, asked)
    if asked.json:
        from analysis.statistics import summary

        said = {runs.scenario.name: summary(runs) for runs in study.designs}
        print(json.dumps(said, indent=2, allow_nan=False))
    else:
        from analysis import tables

        page = screen()
        for part in tables.of(study.designs, page.width):
            page.print(part)
    if asked.out is not None:
        note(f"The report, the runs and what made them are in {asked.out}")


def _study(names: Sequence[str], asked: Asked) -> Study:
    """The study asked for; what must be refused is refused before anything is computed or written."""
    import scenarios
    from analysis import studies
    from analysis.store import Store
    from analysis.waiting import Bar, attended

    designs = [scenarios.load(name, set=asked.set) for name in names]
    studies.check(designs, asked.replicates, series=asked.out is not None)
    store = Store(asked.out) if asked.out is not None else None
    say_if_the_model_must_be_prepared()
    stop = Event()
    try:
        with Bar(asked.replicates * len(designs)) as bar:
            return attended(
                lambda: studies.make(
                    designs,
                    seed=asked.seed,
                    replicates=asked.replicates,
                    workers=asked.workers,
                    store=store,
                    command=shlex.join(["coprod", *sys.argv[1:]]),
                    progress=bar.show,
                    say=bar.say,
                    stop=stop,
                ),
                stop,
            )
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_what_was_kept(store, asked.replicates * len(designs))) from None


def _what_was_kept(store: Store | None, wanted: int) -> str:
    if store is None:
        return "Stopped. Nothing was kept, because no --out folder was given to keep runs in."
    if not store.kept:
        return f"Stopped, before any runs could be kept in {store.folder}."
    return f"Stopped. {store.kept:,} of {wanted:,} runs are kept in {store.folder}; the same command goes on from there."
