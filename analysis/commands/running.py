"""Running designs in many worlds, and holding them against each other."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from cyclopts import Parameter

from analysis.commands.asking import (
    MOST_WORKERS,
    USUAL,
    Asked,
    Name,
    folder,
    mistake,
    note,
    say_if_the_model_must_be_prepared,
    screen,
    waited_for,
    what_was_kept,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import Event

    from analysis.store import Store, Study
    from analysis.waiting import Bar
    from sim import Scenario

Result = TypeVar("Result")


def part_of(_: Any, tokens: Sequence[Any]) -> tuple[int, int]:
    """A converter for parts of a study, as in 3/40."""
    text = tokens[0].value
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    k, n = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= k <= n:
        raise ValueError(f"it must be a part and the number of parts, such as 3/40, found {text!r}")
    return k, n


@Parameter(name="*")
@dataclass(frozen=True)
class Spread:
    """Where a study that takes long is done, and how it goes on."""

    resume: Annotated[
        bool,
        Parameter(help="Go on with the study in --out, which must be this one.", show_default=False),
    ] = False
    scheduler: Annotated[
        str | None,
        Parameter(help="Let the workers of a Dask scheduler do it, as in tls://host:8786; needs --out."),
    ] = None
    part: Annotated[
        tuple[int, int] | None,
        Parameter(
            converter=part_of,
            n_tokens=1,
            help="Do one part, as in 3/40, beside other processes that do the others; needs --out.",
        ),
    ] = None


HERE = Spread()


@dataclass(frozen=True)
class _Order:
    """A study as it is handed on: what, how often, where to."""

    designs: Sequence[Scenario]
    replicates: int | Mapping[str, int]
    seed: int
    workers: int | None
    out: Path | None
    spread: Spread
    command: str
    session: Any = None


def run(name: Name, /, *, asked: Asked = USUAL, spread: Spread = HERE) -> int | None:
    """Run one design in many worlds, and say what came out."""
    return _answer([name], asked, spread)


def compare(
    *names: Annotated[
        str, Parameter(help="Two or more names or files. The first is what the others are held against.")
    ],
    asked: Asked = USUAL,
    spread: Spread = HERE,
) -> int | None:
    """Run several designs in the same worlds, and say how they differ."""
    if len(names) < 2:
        return mistake(
            "compare: name at least two designs, as in `coprod compare around-the-table citizens-blended`"
        )
    return _answer(names, asked, spread)


def resume(
    out: Annotated[Path, Parameter(converter=folder, help="The folder that was given as --out.")],
    /,
    *,
    workers: Annotated[
        int | None, Parameter(converter=whole(1, MOST_WORKERS), help="Threads; all cores if left out.")
    ] = None,
    scheduler: Annotated[
        str | None,
        Parameter(help="Let the workers of a Dask scheduler do it, as in tls://host:8786."),
    ] = None,
    json: Annotated[bool, Parameter(help="Print as `run --json` does.", show_default=False)] = False,
) -> int | None:
    """Go on with the study in a folder, as study.json says it, to its end."""
    from analysis import store
    from analysis.definitions import order_of

    made = store.read_made(out)
    words = shlex.split(made["command"])
    if words[1:2] in (["test"], ["contest"]):
        return mistake(
            f"{out}: this folder keeps a {words[1]} of theories, which ends in verdicts; `{made['command']}` goes on with it"
        )
    store.refuse_another_version(out, made)
    asked = store.asked_in(made)
    order = _Order(
        designs=[what.scenario for what, _ in asked],
        replicates={what.scenario.name: count for what, count in asked},
        seed=made["seed"],
        workers=workers,
        out=out,
        spread=Spread(resume=True, scheduler=scheduler),
        command=made["command"],
        session=order_of(asked[0][0]),
    )
    _tell(_study(order), order, as_json=json)
    return None


def _answer(names: Sequence[str], asked: Asked, spread: Spread) -> int | None:
    """Make the study and print what it says."""
    import scenarios

    if asked.out is None and spread != HERE:
        option = "--resume" if spread.resume else "--scheduler" if spread.scheduler else "--part"
        return mistake(f"{option} needs the folder that keeps the study; name it with --out")
    if spread.part and spread.scheduler:
        return mistake("--part and --scheduler are two ways to share the work; choose one")
    order = _Order(
        designs=[scenarios.load(name, set=asked.set) for name in names],
        replicates=asked.replicates,
        seed=asked.seed,
        workers=asked.workers,
        out=asked.out,
        spread=spread,
        command=_command(sys.argv[1:]),
    )
    if spread.part:
        _do_part(order, spread.part)
    else:
        _tell(_study(order), order, as_json=asked.json)
    return None


def _command(arguments: Sequence[str]) -> str:
    """How the study was asked for, without what says only how this process is to help with it."""
    words, skip = [], False
    for word in arguments:
        if skip or word == "--resume" or word.startswith("--part="):
            skip = False
        elif word == "--part":
            skip = True
        else:
            words.append(word)
    return shlex.join(["coprod", *words])


def _tell(study: Study, order: _Order, *, as_json: bool) -> None:
    if as_json:
        from analysis.statistics import summary

        said = {runs.scenario.name: summary(runs) for runs in study.designs}
        print(json.dumps(said, indent=2, allow_nan=False))
    else:
        from analysis import tables

        page = screen()
        for part in tables.of(study.designs, page.width):
            page.print(part)
    for sentence in _failures(study, order):
        note(sentence)
    if order.out is not None:
        note(f"The report, the runs and what made them are in {order.out}")


def _failures(study: Study, order: _Order) -> list[str]:
    """How many runs of each design failed and are left out, and how to see one fail."""
    from analysis.studies import again

    said = []
    for runs in study.designs:
        failed = study.failed.get(runs.scenario.name, {})
        if failed:
            first, total = min(failed), len(failed) + len(runs.replicates)
            how = (
                f"to see it again: {again(runs.scenario.name, first, order.out)}"
                if order.out
                else "with --out each is recorded with a line that runs it again"
            )
            said.append(
                f"{len(failed):,} of {total:,} runs of {runs.scenario.name} failed and are left out; the first, "
                f"number {first}: {failed[first]}; {how}"
            )
    return said


def _study(order: _Order) -> Study:
    """The study asked for; what must be refused is refused before anything is computed or written."""
    from analysis import studies

    store = _store(order)
    total = sum(studies.counted(order.designs, order.replicates).values())
    return _waited_for(
        lambda bar, stop: studies.make(
            order.designs,
            seed=order.seed,
            replicates=order.replicates,
            workers=order.workers,
            store=store,
            command=order.command,
            progress=bar.show,
            say=bar.say,
            stop=stop,
            session=order.session,
            scheduler=order.spread.scheduler,
            resume=order.spread.resume,
        ),
        store,
        total,
    )


def _do_part(order: _Order, part: tuple[int, int]) -> None:
    """Do one part of the study, and say how to put all parts together."""
    from analysis import studies

    store = _store(order)
    assert store is not None  # --part needs --out
    counts = studies.counted(order.designs, order.replicates)
    total = sum(map(len, studies.share_of(order.designs, counts, part)))
    done = _waited_for(
        lambda bar, stop: studies.do_part(
            order.designs,
            part,
            seed=order.seed,
            replicates=order.replicates,
            workers=order.workers,
            store=store,
            command=order.command,
            progress=bar.show,
            say=bar.say,
            stop=stop,
            resume=order.spread.resume,
        ),
        store,
        total,
    )
    note(
        f"Part {part[0]} of {part[1]}: its {done:,} runs are in {order.out}. When all parts are done, "
        f"`coprod resume {shlex.quote(str(order.out))}` puts them together."
    )


def _store(order: _Order) -> Store | None:
    from analysis import cluster, studies
    from analysis.store import Store

    if order.spread.scheduler is not None:
        cluster.check_address(order.spread.scheduler)
    studies.check(order.designs, order.replicates, series=order.out is not None, folder=order.out)
    if order.out is not None and order.spread.resume:
        from analysis.store import read_made

        read_made(order.out)  # before anything is made there
    store = Store(order.out) if order.out is not None else None
    say_if_the_model_must_be_prepared()
    return store


def _waited_for(work: Callable[[Bar, Event], Result], store: Store | None, total: int) -> Result:
    """The result of long work, with a word about what was kept if somebody stops it."""
    return waited_for(work, total, lambda: what_was_kept(store, total))
