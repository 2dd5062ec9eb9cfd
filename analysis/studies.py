"""Making a study: every design run in the same worlds, in chunks that can be kept, so that a stopped study goes on."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import psutil

import sim
from analysis.store import Definition, Store, Study, definition, joined, results_digest
from sim import CoprodError, TooBigError

if TYPE_CHECKING:
    from sim import Runs, Scenario

CHUNK: Final = 200_000  # persons x sessions in one chunk of runs: about a second of one core
ROOM: Final = 0.4  # share of the free memory that results may fill; putting chunks together takes it twice

Progress = Callable[[str, int], None]
Say = Callable[[str], None]


class StoppedError(Exception):
    """Somebody asked for a study to stop before it was done."""


def make(
    scenarios: Sequence[Scenario],
    *,
    seed: int = 1,
    replicates: int = 100,
    workers: int | None = None,
    store: Store | None = None,
    command: str = "",
    progress: Progress = lambda design, done: None,
    say: Say = lambda note: None,
    stop: Event | None = None,
) -> Study:
    """Run designs in the same worlds, and keep what was run.

    Parameters
    ----------
    scenarios : the designs; their names must differ.
    seed : the seed of all of them; replicate r of every design meets the same people with the same luck.
    replicates : worlds per design.
    workers : threads; as many as there are cores if left out. They do not change the result.
    store : where to keep runs, what made them and the report. What it holds already is not run again.
    command : how the study was asked for, as a person would type it.
    progress : told a design's name and how many of its runs are done.
    say : told what is worth knowing, a sentence at a time.
    stop : set by another thread to end early.

    Returns
    -------
    The study. With a store its runs hold every session, without one only the end of the process.

    Raises
    ------
    TooBigError
        If the results would not fit into memory.
    StoppedError
        If `stop` was set before all was run; what the store had taken in stays there.
    """
    check(scenarios, replicates, series=store is not None)
    stop = stop or Event()
    if store is None:
        designs = tuple(
            _run_at_once(scenario, seed, replicates, workers, progress, stop) for scenario in scenarios
        )
        return Study(designs, {})
    definitions = [definition(scenario, seed) for scenario in scenarios]
    designs = tuple(
        _run_and_keep(what, replicates, workers, store, progress, say, stop) for what in definitions
    )
    study = Study(designs, describe(definitions, designs, replicates, command))
    store.close(study)
    if others := store.others(definitions):
        say(
            f"{others} part(s) in {store.runs} belong to other studies; they were left alone and are not in this report."
        )
    return study


def check(scenarios: Sequence[Scenario], replicates: int, *, series: bool = True) -> None:
    """Refuse a study that could not be made, before anything is computed.

    Raises
    ------
    CoprodError
        If two designs bear one name: no table could tell them apart.
    TooBigError
        If a run, or the results of all, would not fit into memory.
    """
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise CoprodError(f"two designs are called {name}; give one of them another `name` in its file")
    free = psutil.virtual_memory().available
    for scenario in scenarios:
        needed = sim.memory_needed(scenario)
        if needed > free:
            raise TooBigError(
                f"{scenario.name}: {scenario.people:,} people need {needed / 1e9:,.1f} GB of memory and "
                f"{free / 1e9:,.1f} GB is free; invite fewer people, or use a larger machine"
            )
    each = sum(_bytes_per_run(scenario, series=series) for scenario in scenarios)
    room = int(free * ROOM)
    if each * replicates > room:
        raise TooBigError(
            f"the results of {replicates:,} replicates need {each * replicates / 1e9:,.1f} GB and there is room for "
            f"{room / 1e9:,.1f} GB; ask for at most {max(1, room // each):,}"
        )


def chunk_size(scenario: Scenario) -> int:
    """Replicates in one chunk: by the size of the scenario alone, so that parts are the same on every machine."""
    rows = 5 + len(scenario.groups)
    return max(1, min(1000, CHUNK // ((scenario.people + 10 * rows) * len(scenario.sessions))))


def describe(
    definitions: Sequence[Definition], designs: Sequence[Runs], replicates: int, command: str
) -> dict[str, Any]:
    """What made a study, complete enough to make it again and to see whether the same came out."""
    digests = [what.digest for what in definitions]
    return {
        "coprod": version("coprod"),
        "command": command,
        "hash": hashlib.sha256(" ".join([*digests, str(replicates)]).encode()).hexdigest(),
        "seed": definitions[0].seed,
        "replicates": replicates,
        "model": definitions[0].model,
        "outcomes": definitions[0].outcomes,
        "designs": [
            {
                "name": what.scenario.name,
                "definition": what.digest,
                "results": results_digest(runs.values),
                "scenario": what.scenario.model_dump(mode="json"),
                "parameters": what.parameters,
            }
            for what, runs in zip(definitions, designs, strict=True)
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


def _run_at_once(
    scenario: Scenario, seed: int, replicates: int, workers: int | None, progress: Progress, stop: Event
) -> Runs:
    runs = sim.simulate(
        scenario,
        replicates=replicates,
        seed=seed,
        workers=workers,
        series=False,
        progress=lambda done: progress(scenario.name, done),
        stop=stop,
    )
    if len(runs.replicates) < replicates:
        raise StoppedError
    return runs


def _run_and_keep(
    what: Definition,
    replicates: int,
    workers: int | None,
    store: Store,
    progress: Progress,
    say: Say,
    stop: Event,
) -> Runs:
    """Run one design chunk by chunk, with what the store already holds taken from there."""
    name = what.scenario.name
    size = chunk_size(what.scenario)
    chunks = [range(first, min(first + size, replicates)) for first in range(0, replicates, size)]
    found = {
        chunk.start: runs
        for chunk in chunks
        if (runs := store.find(what, chunk.start, chunk[-1])) is not None
    }
    done = sum(len(runs.replicates) for runs in found.values())
    if done:
        say(f"{name}: {done:,} of {replicates:,} runs were in {store.runs} already and are used again.")
    while store.damaged:
        say(f"{store.damaged.pop()} is damaged; its runs are made again.")
    progress(name, done)
    for batch in _batches(
        [chunk for chunk in chunks if chunk.start not in found], workers or os.cpu_count() or 1
    ):

        def count(more: int, before: int = done) -> None:
            progress(name, before + more)

        runs = sim.simulate(
            what.scenario,
            replicates=batch[-1][-1] + 1 - batch[0].start,
            seed=what.seed,
            workers=workers,
            first=batch[0].start,
            progress=count,
            stop=stop,
        )
        for chunk in batch:
            part = _within(runs, chunk)
            if len(part.replicates) == len(chunk):
                found[chunk.start] = store.keep(what, part)
                done += len(chunk)
        if stop.is_set():
            raise StoppedError
    return joined([found[chunk.start] for chunk in chunks])


def _batches(chunks: list[range], most: int) -> list[list[range]]:
    """Neighbouring chunks to run in one call, so that every worker has one."""
    batches: list[list[range]] = []
    for chunk in chunks:
        if batches and len(batches[-1]) < most and batches[-1][-1].stop == chunk.start:
            batches[-1].append(chunk)
        else:
            batches.append([chunk])
    return batches


def _within(runs: Runs, chunk: range) -> Runs:
    from dataclasses import replace

    among = (runs.replicates >= chunk.start) & (runs.replicates < chunk.stop)
    return replace(runs, replicates=runs.replicates[among], values=runs.values[among])


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
