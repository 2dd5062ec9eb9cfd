"""Making a study: every design run in the same worlds, in chunks that can be kept, so that a stopped study goes on."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import psutil

import sim
from analysis import cluster, parts
from analysis.attempts import StoppedError, attempt
from analysis.definitions import Definition, definition
from analysis.shelf import Progress, Shelf, chunk_size, run_here, run_there, share_of
from analysis.store import Store, Study
from sim import CoprodError, TooBigError

if TYPE_CHECKING:
    from sim import Scenario

__all__ = ["StoppedError", "check", "chunk_size", "do_part", "make", "share_of"]

ON_DISK: Final = 0.35  # of the values' bytes; measured 0.25 to 0.31
ROOM: Final = 0.4  # share of the free memory that results may fill; putting chunks together takes it twice

Say = Callable[[str], None]


def make(
    scenarios: Sequence[Scenario],
    *,
    seed: int = 1,
    replicates: int | Mapping[str, int] = 100,
    workers: int | None = None,
    store: Store | None = None,
    command: str = "",
    progress: Progress = lambda design, done: None,
    say: Say = lambda note: None,
    stop: Event | None = None,
    session: Any = None,
    scheduler: str | None = None,
    resume: bool = False,
    report: bool = True,
) -> Study:
    """Run designs in the same worlds, and keep what was run.

    Parameters
    ----------
    scenarios : the designs; their names must differ.
    seed : the seed of all of them; replicate r of every design meets the same people with the same luck.
    replicates : worlds per design: one number for all, or the name of each design with its number.
    workers : threads; as many as there are cores if left out. They do not change the result.
    store : where to keep runs, what made them and the report. What it holds already is not run again.
    command : how the study was asked for, as a person would type it.
    progress : told a design's name and how many of its runs are done.
    say : told what is worth knowing, a sentence at a time.
    stop : set by another thread to end early.
    session : another order of a session, as `sim.simulate` takes it; it becomes part of the runs' definition.
    scheduler : the address of a Dask scheduler whose workers do the runs; it needs a store.
    resume : the store must hold this very study already.
    report : write the page that compares designs; whoever asks another question writes another page.

    Returns
    -------
    The study. With a store its runs hold every session, without one only the end of the process. Runs that failed are not
    among them; `failed` says which and why.

    Raises
    ------
    TooBigError
        If the results would not fit into memory or, with a store, onto the disk.
    StoppedError
        If `stop` was set before all was run; what the store had taken in stays there.
    """
    counts = counted(scenarios, replicates)
    check(scenarios, counts, series=store is not None, folder=store.folder if store else None)
    stop = stop or Event()
    asked = [(definition(scenario, seed, session), counts[scenario.name]) for scenario in scenarios]
    if store is None:
        if scheduler is not None:
            raise CoprodError(
                "--scheduler: workers elsewhere need a folder that keeps what they did; name one with --out"
            )
        return _at_once(asked, workers, progress, stop)
    with store.at_work():
        store.plan(describe(asked, command), asked, resume=resume)
        with _hands(scheduler, workers, say, stop) as hands:
            for what, count in asked:
                shelf = Shelf(store, what, range(count), count)
                _fill(shelf, hands, progress, say, stop)
        designs, failed = store.designs(asked)
        results = [store.results(what, count) for what, count in asked]
        study = Study(designs, describe(asked, command, results, failed), failed)
        store.complete(study, report=report)
    if others := store.others([what for what, _ in asked]):
        say(
            f"{others} part(s) in {store.runs} belong to other studies; they were left alone and are not in this report."
        )
    return study


def do_part(
    scenarios: Sequence[Scenario],
    part: tuple[int, int],
    *,
    seed: int = 1,
    replicates: int | Mapping[str, int] = 100,
    workers: int | None = None,
    store: Store,
    command: str = "",
    progress: Progress = lambda design, done: None,
    say: Say = lambda note: None,
    stop: Event | None = None,
    session: Any = None,
    resume: bool = False,
) -> int:
    """Do part k of n of a study, beside other processes that do the others; `make` then puts all together.

    Parameters
    ----------
    part : k and n, with k from 1 to n.

    Returns
    -------
    How many runs are this part's. The other parameters and errors are those of `make`.
    """
    counts = counted(scenarios, replicates)
    check(scenarios, counts, folder=store.folder)
    stop = stop or Event()
    asked = [(definition(scenario, seed, session), counts[scenario.name]) for scenario in scenarios]
    runs = 0
    with store.at_work(part):
        store.plan(describe(asked, command), asked, resume=resume)
        with _hands(None, workers, say, stop) as hands:
            for (what, count), share in zip(asked, share_of(scenarios, counts, part), strict=True):
                if share:
                    _fill(Shelf(store, what, share, count), hands, progress, say, stop)
                    runs += len(share)
    return runs


def counted(scenarios: Sequence[Scenario], replicates: int | Mapping[str, int]) -> dict[str, int]:
    """How many worlds each design is to be run in.

    Raises
    ------
    CoprodError
        If a design has no number, or a number no design.
    """
    names = [scenario.name for scenario in scenarios]
    counts = dict.fromkeys(names, replicates) if isinstance(replicates, int) else dict(replicates)
    for name in names:
        if name not in counts:
            raise CoprodError(f"replicates: {name} has none; name a number for each design")
    for name, count in counts.items():
        if name not in names:
            raise CoprodError(f"replicates: there is no design {name}; the designs are {', '.join(names)}")
        if count < 1:
            raise CoprodError(f"replicates: {name} needs at least 1, found {count}")
    return {name: int(counts[name]) for name in names}


def check(
    scenarios: Sequence[Scenario],
    replicates: int | Mapping[str, int],
    *,
    series: bool = True,
    folder: Path | None = None,
) -> None:
    """Refuse a study that could not be made, before anything is computed.

    Parameters
    ----------
    series : do the results hold every session, or the end alone?
    folder : where they are kept; without one they have to fit into memory.

    Raises
    ------
    CoprodError
        If two designs bear one name: no table could tell them apart.
    TooBigError
        If a run does not fit into memory, or the results of all into memory or onto the disk.
    """
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise CoprodError(f"two designs are called {name}; give one of them another `name` in its file")
    counts = counted(scenarios, replicates)
    free = psutil.virtual_memory().available
    for scenario in scenarios:
        needed = sim.memory_needed(scenario)
        if needed > free:
            raise TooBigError(
                f"{scenario.name}: {scenario.people:,} people need {needed / 1e9:,.1f} GB of memory and "
                f"{free / 1e9:,.1f} GB is free; invite fewer people, or use a larger machine"
            )
    most = max(counts.values())
    if folder is not None:
        needed = sum(int(parts.bytes_of_a_run(s) * ON_DISK) * counts[s.name] for s in scenarios)
        room = _room_at(folder)
        where, what_would_do = f"on the disk of {folder}", "or choose another --out"
    else:
        needed = sum(_bytes_per_run(s, series=series) * counts[s.name] for s in scenarios)
        room = int(free * ROOM)
        where, what_would_do = "in memory", "or name a folder that keeps them (--out)"
    if needed > room:
        raise TooBigError(
            f"the results of {most:,} replicates need {needed / 1e9:,.1f} GB and there is room for "
            f"{room / 1e9:,.1f} GB {where}; ask for at most {max(1, most * room // needed):,}, {what_would_do}"
        )


def _room_at(folder: Path) -> int:
    """Bytes that a folder may hold, with those that its runs take already."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    taken = sum(path.stat().st_size for path in (folder / "runs").glob("*.parquet"))
    return shutil.disk_usage(there).free + taken


def describe(
    asked: Sequence[tuple[Definition, int]],
    command: str,
    results: Sequence[str] = (),
    failed: Mapping[str, Mapping[int, str]] | None = None,
) -> dict[str, Any]:
    """What makes a study, complete enough to make it again; with `results`, also what came out, to see whether the same did."""
    first = asked[0][0]
    counts = {what.scenario.name: count for what, count in asked}
    said = [f"{what.digest}:{count}" for what, count in asked]
    return {
        "coprod": version("coprod"),
        "state": "complete" if results else "planned",
        "command": command,
        "hash": hashlib.sha256(" ".join(said).encode()).hexdigest(),
        "seed": first.seed,
        "replicates": counts if len(set(counts.values())) > 1 else next(iter(counts.values())),
        "model": first.model,
        "outcomes": first.outcomes,
        **({"session": first.session} if first.session else {}),
        "designs": [
            {
                "name": what.scenario.name,
                "replicates": count,
                "definition": what.digest,
                **({"results": results[n]} if results else {}),
                "failed": _recorded(what, (failed or {}).get(what.scenario.name, {})),
                "scenario": what.scenario.model_dump(mode="json"),
                "parameters": what.parameters,
            }
            for n, (what, count) in enumerate(asked)
        ],
        "versions": {"python": platform.python_version()}
        | {
            package: version(package)
            for package in ("coprod", "numpy", "numba", "llvmlite", "scipy", "mesa", "pyarrow")
        },
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "libc": " ".join(platform.libc_ver()).strip(),
            "processor": _processor(),
        },
    }


def _recorded(what: Definition, failed: Mapping[int, str]) -> list[dict[str, Any]]:
    """Runs that failed, each with why and with a line that runs it again; the line is for the study's folder."""
    return [
        {"replicate": replicate, "why": why, "again": again(what.scenario.name, replicate)}
        for replicate, why in sorted(failed.items())
    ]


def again(design: str, replicate: int, folder: str | Path = ".") -> str:
    """A line for a shell that runs one replicate of a kept study again, and shows its error."""
    return f"""python -c "import analysis; analysis.open({str(folder)!r}).again({design!r}, {replicate})\""""


Hands = Callable[[Shelf, Progress, Event], None]


@contextmanager
def _hands(scheduler: str | None, workers: int | None, say: Say, stop: Event) -> Iterator[Hands]:
    """Whoever does the runs: this machine's threads, or the workers that a scheduler commands."""
    if scheduler is None:
        yield lambda shelf, progress, stop: run_here(shelf, workers or os.cpu_count() or 1, progress, stop)
    else:
        with cluster.connected(scheduler, say, stop) as those:
            yield lambda shelf, progress, stop: run_there(shelf, those, progress)


def _fill(shelf: Shelf, hands: Hands, progress: Progress, say: Say, stop: Event) -> None:
    """Do what is missing of one design, with what the store already holds taken from there."""
    name, store = shelf.what.scenario.name, shelf.store
    if shelf.done:
        say(
            f"{name}: {shelf.done:,} of {len(shelf.share):,} runs were in {store.runs} already and are used again."
        )
    while store.damaged:
        say(f"{store.damaged.pop()} is damaged; its runs are made again.")
    progress(name, shelf.done)
    hands(shelf, progress, stop)
    shelf.finish()


def _at_once(
    asked: Sequence[tuple[Definition, int]], workers: int | None, progress: Progress, stop: Event
) -> Study:
    designs, failed = [], {}
    for what, count in asked:
        done = attempt(
            what,
            0,
            count,
            workers=workers,
            series=False,
            progress=partial(progress, what.scenario.name),
            stop=stop,
        )
        if done.upto < count:
            raise StoppedError
        designs.append(done.runs)
        if done.failed:
            failed[what.scenario.name] = done.failed
    return Study(tuple(designs), {}, failed)


def _bytes_per_run(scenario: Scenario, *, series: bool) -> int:
    times = len(scenario.sessions) + 1 if series else 1
    return 8 * times * (5 + len(scenario.groups)) * len(sim.OUTCOMES)


def _processor() -> str:
    """The name of the processor, on which the last bits of exp and pow depend."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or sys.platform
