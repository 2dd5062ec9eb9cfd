"""Runs for the pages: what one visitor has had run, others get at once; and designs that are compared run side by side.

A run follows from its definition (scenario, seed, model) and its number alone, so runs can be shared by everybody. They are
kept while there is room, and made again where there was none.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.attempts import Attempt, attempt
from analysis.dashboard import limits
from analysis.definitions import Definition, definition
from sim import CoprodError

if TYPE_CHECKING:
    from sim import Runs, Scenario

ROOM: Final = 96 * limits.MB
FIRST: Final = 4  # worlds after which something can be seen; then the pace says how many at a time
HEAR_EVERY: Final = 0.25  # seconds of work between two words about what was found


class Kept:
    """The latest runs of this server, of every definition the first ones without a gap.

    Parameters
    ----------
    room : bytes; what was asked for longest ago makes way.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._held: OrderedDict[str, Attempt] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, digest: str) -> Attempt | None:
        """What is held of a definition."""
        with self._lock:
            if digest in self._held:
                self._held.move_to_end(digest)
            return self._held.get(digest)

    def put(self, digest: str, runs: Attempt) -> None:
        """Keep runs in place of fewer of the same definition."""
        with self._lock:
            if digest not in self._held or self._held[digest].upto < runs.upto:
                self._held[digest] = runs
            self._held.move_to_end(digest)
            while self._held and self.bytes > self._room:
                self._held.popitem(last=False)

    @property
    def bytes(self) -> int:
        """What the runs take in memory."""
        return sum(held.runs.values.nbytes for held in self._held.values())


KEPT: Final = Kept()


@dataclass(frozen=True)
class Found:
    """What is known so far of designs that are run in the same worlds."""

    designs: tuple[Runs, ...]
    """The end of every world, of every design that could be run; all of them in the same worlds."""
    worlds: int
    """Worlds that all were run in."""
    of: int
    """Worlds that were asked for."""
    refused: tuple[str, ...] = ()
    """Why a design could not be run, a sentence for each."""
    failed: dict[str, dict[int, str]] = field(default_factory=dict)
    """Of each design, worlds whose run failed and why; they are in no figure."""

    @property
    def whole(self) -> bool:
        """Is there nothing left to run?"""
        return self.worlds >= self.of


def together(
    scenarios: Sequence[Scenario],
    worlds: int,
    seed: int,
    hear: Callable[[Found], None],
    progress: Callable[[int], None],
    stop: threading.Event,
    kept: Kept = KEPT,
) -> Found:
    """Run designs in the same worlds, taking turns, so that the comparison is fair whenever it is looked at.

    Parameters
    ----------
    scenarios : the designs; their names must differ.
    worlds : how many.
    seed : the same seed gives the same worlds.
    hear : told what is known a few times a second, and at the end.
    progress : told how many runs are done, of the designs times the worlds.
    stop : ends it early when set; what is known by then is the result.

    Returns
    -------
    What was found. A design that cannot be run is left out and says why; the others stand.
    """
    going = _Together(scenarios, worlds, seed, progress, stop, kept)
    size, known, found = FIRST, going.upto, going.found()
    if known:
        hear(found)
    while known < worlds and going.designs and not stop.is_set():
        began = time.perf_counter()
        going.on_to(known + size if worlds - known > 1.5 * size else worlds)
        known, found, took = going.upto, going.found(), time.perf_counter() - began
        # as many as the pace allows, and at least half as many as are known: fewer would hardly change what is seen
        size = max(known // 2, 1, min(4 * size, round(size * HEAR_EVERY / max(took, 1e-6))))
        hear(found)
    return found


class _Together:
    """Designs on their way through the same worlds."""

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        worlds: int,
        seed: int,
        progress: Callable[[int], None],
        stop: threading.Event,
        kept: Kept,
    ) -> None:
        self.worlds, self.progress, self.stop, self.kept = worlds, progress, stop, kept
        self.designs: dict[str, Definition] = {}
        self.runs: dict[str, Attempt] = {}
        self.refused: list[str] = []
        for scenario in scenarios:
            self._enter(definition(scenario, seed))

    def _enter(self, what: Definition) -> None:
        try:
            limits.refuse(what.scenario, self.worlds)
        except CoprodError as refusal:
            self.refused.append(str(refusal))
            return
        self.designs[what.digest] = what
        held = self.kept.get(what.digest)
        if held is not None:
            self.runs[what.digest] = held

    @property
    def upto(self) -> int:
        """Worlds that all designs were run in."""
        return min((self._done(digest) for digest in self.designs), default=0)

    def _done(self, digest: str) -> int:
        return self.runs[digest].upto if digest in self.runs else 0

    def on_to(self, upto: int) -> None:
        """Run every design up to a world, the last in the first place for whoever asks for it next."""
        for digest, what in list(self.designs.items()):
            if self._done(digest) >= upto or self.stop.is_set():
                continue
            try:
                self._further(digest, what, upto)
            except CoprodError as refusal:
                self.refused.append(str(refusal))
                del self.designs[digest]

    def _further(self, digest: str, what: Definition, upto: int) -> None:
        first = self._done(digest)
        before = sum(min(self._done(d), self.worlds) for d in self.designs)
        more = attempt(
            what, first, upto, series=False, progress=lambda n: self.progress(before + n), stop=self.stop
        )
        self.runs[digest] = _joined(self.runs[digest], more) if first else more
        self.kept.put(digest, self.runs[digest])
        self.progress(before + more.upto - first)

    def found(self) -> Found:
        """What is known by now, of the worlds that all were run in."""
        upto = min(self.upto, self.worlds)
        if not upto:
            return Found((), 0, self.worlds, tuple(self.refused))
        shown = [(what, self.runs[digest]) for digest, what in self.designs.items()]
        return Found(
            designs=tuple(_cut(what, held.runs, upto) for what, held in shown),
            worlds=upto,
            of=self.worlds,
            refused=tuple(self.refused),
            failed={
                what.scenario.name: lost
                for what, held in shown
                if (lost := {n: why for n, why in held.failed.items() if n < upto})
            },
        )


def _joined(some: Attempt, more: Attempt) -> Attempt:
    """Runs and those that follow them."""
    runs = replace(
        some.runs,
        replicates=np.concatenate([some.runs.replicates, more.runs.replicates]),
        values=np.concatenate([some.runs.values, more.runs.values]),
    )
    return Attempt(runs, more.upto, some.failed | more.failed)


def _cut(what: Definition, runs: Runs, upto: int) -> Runs:
    """The runs of the first worlds, under the scenario that was asked for: titles are no part of a definition."""
    count = int(np.searchsorted(runs.replicates, upto))
    return replace(
        runs, scenario=what.scenario, replicates=runs.replicates[:count], values=runs.values[:count]
    )
