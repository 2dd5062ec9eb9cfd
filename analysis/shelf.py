"""Doing what is missing of a design: in which chunks, on whose threads, and how chunks become large parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis import parts
from analysis.attempts import StoppedError, attempt
from analysis.cluster import Workers
from analysis.definitions import Definition

if TYPE_CHECKING:
    from analysis.store import Store
    from sim import Runs, Scenario

CHUNK: Final = 200_000  # persons x sessions in one chunk of runs: half a second to a second of one core
LARGE: Final = 256_000_000  # bytes of values in a large part, which a disk keeps in about a third

Progress = Callable[[str, int], None]


def chunk_size(scenario: Scenario) -> int:
    """Replicates in one chunk: by the size of the scenario alone, so that parts are the same on every machine."""
    rows = 5 + len(scenario.groups)
    return max(1, min(1000, CHUNK // ((scenario.people + 10 * rows) * len(scenario.sessions))))


def large_size(scenario: Scenario) -> int:
    """Replicates in one large part, which neighbouring chunks are put together to; by the scenario alone."""
    chunk = chunk_size(scenario)
    return chunk * max(1, LARGE // (parts.bytes_of_a_run(scenario) * chunk))


def share_of(scenarios: Sequence[Scenario], counts: Mapping[str, int], part: tuple[int, int]) -> list[range]:
    """The replicates of each design that part k of n does: whole chunks, and as many chunks in every part."""
    sizes = [chunk_size(scenario) for scenario in scenarios]
    ends = [counts[scenario.name] for scenario in scenarios]
    chunks = [-(-end // size) for end, size in zip(ends, sizes, strict=True)]
    low, high = (sum(chunks) * k // part[1] for k in (part[0] - 1, part[0]))
    shares = []
    for end, size, of_it in zip(ends, sizes, chunks, strict=True):
        first, last = (min(max(edge, 0), of_it) * size for edge in (low, high))
        shares.append(range(min(first, end), min(last, end)))
        low, high = low - of_it, high - of_it
    return shares


class Shelf:
    """What the store holds of one design, chunk by chunk, and what is missing.

    Parameters
    ----------
    share : the replicates to see to.
    count : the replicates that the whole design has.
    """

    def __init__(self, store: Store, what: Definition, share: range, count: int) -> None:
        self.store, self.what, self.share, self.count = store, what, share, count
        self._large = large_size(what.scenario)
        self._held = store.sound(what, share.start, share.stop - 1)
        size = chunk_size(what.scenario)
        chunks = [
            range(first, min(first + size, share.stop)) for first in range(share.start, share.stop, size)
        ]
        self.missing = [chunk for chunk in chunks if not self._holds(chunk)]
        self.done = len(share) - sum(map(len, self.missing))
        self._open = Counter(chunk.start // self._large for chunk in self.missing)

    def take(self, chunk: range, content: bytes) -> None:
        """Keep a chunk and, if a large part has all its chunks now, make it."""
        self._held.append(self.store.keep(self.what, chunk.start, chunk[-1], content))
        large = chunk.start // self._large
        self._open[large] -= 1
        if not self._open[large]:
            self._merge(large)

    def finish(self) -> None:
        """Make the large parts that could be made before anything was run."""
        for large in range(self.share.start // self._large, 1 + (self.share.stop - 1) // self._large):
            self._merge(large)

    def _holds(self, chunk: range) -> bool:
        return any(held.first <= chunk.start and chunk[-1] <= held.last for held in self._held)

    def _merge(self, large: int) -> None:
        first, upto = large * self._large, min((large + 1) * self._large, self.count)
        if self.share.start <= first and upto <= self.share.stop:
            whole = self.store.merge(self.what, first, upto - 1, chunk_size(self.what.scenario), self._held)
            self._held = [one for one in self._held if one.first > whole.last or one.last < whole.first]
            self._held.append(whole)


class Keeper:
    """Writes parts while the next ones are run; a few wait, so that memory does not grow with the runs."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="coprod-keeper")
        self._waiting: list[Future[None]] = []

    def submit(self, work: Callable[[], None]) -> None:
        """Do this when its turn comes; waits if too much is waiting already."""
        self._waiting.append(self._pool.submit(work))
        self.settle(2)

    def settle(self, most: int = 0) -> None:
        """Wait until no more than so many pieces of work are left; raises what went wrong in one."""
        while len(self._waiting) > most:
            self._waiting.pop(0).result()

    def close(self) -> None:
        """Let what was begun end."""
        self._pool.shutdown(wait=True, cancel_futures=False)


def run_here(shelf: Shelf, workers: int, progress: Progress, stop: Event) -> None:
    """Do what is missing with so many threads of this process; raises `StoppedError` if `stop` is set before all is done."""
    what, done = shelf.what, shelf.done
    keeper = Keeper()
    try:
        for batch in _batches(shelf.missing, workers):

            def count(more: int, before: int = done) -> None:
                progress(what.scenario.name, before + more)

            tried = attempt(what, batch[0].start, batch[-1].stop, workers=workers, progress=count, stop=stop)
            for chunk in batch:
                if chunk.stop <= tried.upto:
                    keeper.submit(_kept(shelf, chunk, tried.runs, tried.failed))
            done += tried.upto - batch[0].start
            progress(what.scenario.name, done)
            if stop.is_set():
                raise StoppedError
        keeper.settle()
    finally:
        keeper.close()


def _kept(shelf: Shelf, chunk: range, runs: Runs, failed: Mapping[int, str]) -> Callable[[], None]:
    """The work of making a part out of a chunk and keeping it."""

    def work() -> None:
        broken = {replicate: why for replicate, why in failed.items() if replicate in chunk}
        content = parts.chunk_of(shelf.what, _within(runs, chunk), chunk.start, chunk[-1], broken)
        shelf.take(chunk, content)

    return work


def run_there(shelf: Shelf, workers: Workers, progress: Progress) -> None:
    """Let the workers of a cluster do what is missing; what they did is kept here."""
    done, keeper = shelf.done, Keeper()
    try:
        for chunk, content in workers.run(shelf.what, shelf.missing):
            keeper.submit(partial(shelf.take, chunk, content))
            done += len(chunk)
            progress(shelf.what.scenario.name, done)
        keeper.settle()
    finally:
        keeper.close()


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
    low, high = (int(n) for n in np.searchsorted(runs.replicates, (chunk.start, chunk.stop)))
    return replace(runs, replicates=runs.replicates[low:high], values=runs.values[low:high])
