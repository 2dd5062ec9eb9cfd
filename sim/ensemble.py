"""Many runs, to count: whole blocks of replicates inside one compiled call, spread over threads.

A run is a pure function of (scenario, seed, replicate), so the result depends neither on the number of workers nor on
how the replicates are cut into blocks.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Any, Final

import numpy as np

from sim import chance, outcomes, people
from sim.compiler import compiled, compiled_anew, is_ours, plainly
from sim.errors import ScenarioError, TooBigError
from sim.extensions import session_of
from sim.plan import World, make_plan, make_setup, make_world, meeting_at, memory_needed
from sim.run import run_block
from sim.scenario import Scenario
from sim.setting import BARRIERS
from sim.structs import by_reference

# A block takes about this long: short enough to show progress and to stop at once, long enough to cost nothing.
BLOCK_SECONDS: Final = 0.3

# Less work than this is done where it is asked for: threads, each with a world of its own, would take longer to make.
# Whether it is so little shows in the first run, which is tried only where few people meet a few times.
AT_ONCE_SECONDS: Final = 0.03
AT_ONCE_PEOPLE: Final = 2_000  # persons x sessions


@dataclass(frozen=True, eq=False)
class Runs:
    """What was observed in many runs of one scenario.

    Attributes
    ----------
    scenario : the scenario that was run.
    seed : the seed; replicate r of every scenario under one seed meets the same population.
    replicates : int64 (R,), the numbers of the runs.
    outcomes : names of the O outcomes. See `sim.OUTCOMES` for what they mean.
    scopes : names of the P scopes: `all`, each group, and each barrier (the people who face it).
    values : float64 (R, T, P, O). With series, T is one more than there are sessions: row 0 is before the first session
        and row t after the t-th. Without, T is 1 and the row is the end. NaN where undefined.
    """

    scenario: Scenario
    seed: int
    replicates: np.ndarray
    outcomes: tuple[str, ...]
    scopes: tuple[str, ...]
    values: np.ndarray

    @property
    def sessions(self) -> tuple[str, ...]:
        """Names of the sessions, in order."""
        return tuple(self.scenario.sessions)

    def final(self, outcome: str, scope: str = "all") -> np.ndarray:
        """One outcome at the end of each run, shape (R,)."""
        return self.over_sessions(outcome, scope)[:, -1]

    def over_sessions(self, outcome: str, scope: str = "all") -> np.ndarray:
        """One outcome over the observations of each run, shape (R, T)."""
        series: np.ndarray = self.values[:, :, self.scopes.index(scope), self.outcomes.index(outcome)]
        return series


def scopes_of(scenario: Scenario) -> tuple[str, ...]:
    """Of whom outcomes are observed: everybody, each group, and those who face each barrier."""
    return ("all", *scenario.groups, *BARRIERS)


def simulate(
    scenario: Scenario,
    replicates: int = 100,
    seed: int = 1,
    workers: int | None = None,
    *,
    series: bool = True,
    first: int = 0,
    progress: Callable[[int], None] | None = None,
    stop: threading.Event | None = None,
    session: Any = None,
    extra: dict[str, Any] | None = None,
) -> Runs:
    """Run a scenario many times and observe its outcomes.

    Parameters
    ----------
    scenario : what is simulated.
    replicates : number of runs, at least 1.
    seed : any integer; with the replicate's number it decides everything that is left to chance.
    workers : threads; as many as there are processors if left out. The result does not depend on it.
    series : observe after every session, or at the end alone (faster).
    first : number of the first replicate: studies can be made in parts that fit together.
    progress : called with the number of runs finished so far.
    stop : when set, the runs finished without a gap from the first are returned, perhaps fewer than asked for.
    session : another order of a session, in place of the one that the scenario asks for (see docs/extending.md): that of
        `sim.session`, or of `sim.extensions.session` where a parameter switches an optional mechanism on.
    extra : further outcomes, name -> compiled function of (world, setup) that returns a number (see docs/extending.md).

    Returns
    -------
    Runs, the same bytes whatever the number of workers.

    Raises
    ------
    TooBigError : if the runs need more memory than the machine has.
    """
    if replicates < 1:
        msg = f"replicates: at least 1 is needed, found {replicates}"
        raise ScenarioError(msg)
    if first < 0:
        msg = f"first: replicates are numbered from 0, found {first}"
        raise ScenarioError(msg)
    if workers is not None and workers < 1:
        msg = f"workers: at least 1 is needed, found {workers}"
        raise ScenarioError(msg)
    extras = extra or {}
    names = (*outcomes.NAMES, *extras)
    times = len(scenario.sessions) + 1 if series else 1
    shape = (replicates, times, len(scopes_of(scenario)), len(names))
    threads = min(replicates, workers or os.cpu_count() or 1)
    threads = _that_fit(scenario, threads, 8 * prod(shape))
    values = np.full(shape, np.nan)
    order = session_of(scenario) if session is None else session
    finished = _Blocks(scenario, seed, first, values, _block_of(order, tuple(extras.items())), stop).run(
        threads, progress
    )
    return Runs(
        scenario, seed, np.arange(first, first + finished), names, scopes_of(scenario), values[:finished]
    )


def _that_fit(scenario: Scenario, threads: int, result: int) -> int:
    """As many threads as there is memory for; a plain refusal if there is not even room for one."""
    import psutil

    free, one = psutil.virtual_memory().available, memory_needed(scenario)
    if one + result > free:
        msg = (
            f"{scenario.name}: {scenario.people:,} people and these replicates need about {(one + result) / 1e9:.1f} GB of "
            f"memory, and {free / 1e9:.1f} GB is free; invite fewer people, ask for fewer replicates, or use a larger machine"
        )
        raise TooBigError(msg)
    return max(1, min(threads, int((free - result) // one)))


def _rebound(function: Any, **names: Any) -> Any:
    """The same function with other things behind some of the names that it uses."""
    import types

    plain = plainly(function)
    return types.FunctionType(plain.__code__, {**plain.__globals__, **names}, plain.__name__)


@cache
def _block_of(session: Any, extras: tuple[tuple[str, Any], ...]) -> Any:
    """`run_block`, with another order of a session or with further outcomes if they are asked for; compiled once each."""
    if session is None and not extras:
        return run_block
    names: dict[str, Any] = {} if session is None else {"hold_session": session}
    if extras:
        names["observe"] = observing(dict(extras))
    block = _rebound(run_block, **names)
    if extras or not is_ours(session):
        return compiled_anew(block)
    block.__qualname__ = (
        f"run_block_of_{session.__module__}"  # kept for the next start, under a name of its own
    )
    return compiled(block)


def observing(extras: dict[str, Any]) -> Any:
    """An `observe` that measures further outcomes after its own."""
    if not extras:
        return outcomes.observe
    ordinary: Any = outcomes.observe
    further: Any = _nothing_more
    for place, measure in enumerate(extras.values(), start=len(outcomes.NAMES)):
        further = _and_then(further, measure, place)

    @compiled_anew
    def observe(world, setup, row):  # type: ignore[no-untyped-def]
        ordinary(world, setup, row)
        further(world, setup, row)

    return observe


@compiled_anew
def _nothing_more(world, setup, row):  # type: ignore[no-untyped-def]
    pass


def _and_then(before: Any, measure: Any, place: int) -> Any:
    @compiled_anew
    def further(world, setup, row):  # type: ignore[no-untyped-def]
        before(world, setup, row)
        row[0, place] = measure(world, setup)

    return further


class _Blocks:
    """Replicates cut into blocks and handed to threads, each with a world of its own."""

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        first: int,
        values: np.ndarray,
        block: Any,
        stop: threading.Event | None,
    ) -> None:
        self.scenario, self.first, self.values, self.block, self.stop = scenario, first, values, block, stop
        self.streams = chance.stream(seed, "population"), chance.stream(seed, "process")
        self.plan, self.setup = make_plan(scenario), make_setup(scenario)
        self.blueprint = people.blueprint(scenario)
        self.halt = np.zeros(1, np.bool_)
        self.worlds = threading.local()
        self.done = np.zeros(len(values), np.bool_)
        self.pace = 0.0  # seconds a run, from the blocks so far

    def run(self, threads: int, progress: Callable[[int], None] | None) -> int:
        """Run all blocks; returns how many replicates, from the first on, are finished without a gap."""
        self._one(0, 0)  # compile, or load what was compiled, before threads compete for it
        at = self._at_once()
        if at == len(self.values):
            if progress is not None:
                progress(at)
            return at
        pool = ThreadPoolExecutor(threads, thread_name_prefix="coprod")
        waiting: set[Future[None]] = set()
        try:
            while (at < len(self.values) or waiting) and not self.halt[0]:
                while at < len(self.values) and len(waiting) < threads + 1:
                    size = self._size(len(self.values) - at, threads)
                    waiting.add(pool.submit(self._one, at, at + size))
                    at += size
                ready, waiting = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
                for future in ready:
                    future.result()
                if progress is not None and ready:
                    progress(int(self.done.sum()))
                if self.stop is not None and self.stop.is_set():
                    self.halt[0] = True
        except BaseException:
            self.halt[0] = True
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        return len(self.values) if self.done.all() else int(np.argmin(self.done))

    def _at_once(self) -> int:
        """Runs done without threads: all if they are little work, one if that had to be found out, else none."""
        if self.scenario.people * len(self.scenario.sessions) > AT_ONCE_PEOPLE or (
            self.stop and self.stop.is_set()
        ):
            return 0
        self._one(0, 1)
        if self.pace * len(self.values) < AT_ONCE_SECONDS:
            self._one(1, len(self.values))
        return int(self.done.sum())

    def _size(self, left: int, threads: int) -> int:
        """Runs in the next block: one to learn the pace, then as many as fit into BLOCK_SECONDS."""
        if self.pace <= 0.0:
            return 1
        # the last blocks get smaller and smaller, so that no thread waits long for another
        return max(1, min(int(BLOCK_SECONDS / self.pace), left // (2 * threads)))

    def _one(self, start: int, end: int) -> None:
        """Run the replicates from `start` to `end` in this thread's world."""
        if not hasattr(self.worlds, "mine"):
            self.worlds.mine = Workspace(self.scenario, self.plan, self.setup, self.blueprint)
        mine, done = self.worlds.mine, np.zeros(1, np.int64)
        began = time.perf_counter()
        self.block(
            mine.world, mine.meeting, mine.plan, mine.setup, mine.blueprint, self.first + start, *self.streams,
            self.values[start:end], done, self.halt,
        )  # fmt: skip
        self.done[start : start + int(done[0])] = True
        if end > start:
            self.pace = (time.perf_counter() - began) / (end - start)


class Workspace:
    """One world with all that a run reads and writes: for Python as named tuples, for the kernel by reference."""

    def __init__(self, scenario: Scenario, plan: Any, setup: Any, blueprint: Any, lines: int = 0) -> None:
        self.arrays: World = make_world(scenario, lines)
        self.world = by_reference(World(*(by_reference(part) for part in self.arrays)))
        self.plan, self.blueprint = by_reference(plan), by_reference(blueprint)
        self.setup = by_reference(setup._replace(values=by_reference(setup.values)))
        self.meeting = by_reference(meeting_at(plan, 0))
