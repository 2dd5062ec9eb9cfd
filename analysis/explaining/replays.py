"""Replays: the same people with the same luck, with one thing switched, in this run and in many worlds.

A single run's difference is an anecdote; whether it is typical is what the worlds say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Final

import numpy as np

import sim
from analysis import statistics
from analysis.explaining.switches import Switch, switched
from sim import CoprodError, ScenarioError

if TYPE_CHECKING:
    from analysis.statistics import Estimate
    from sim import Runs, Scenario

CONSENSUS: Final = "consensus_reached"

# Outcomes of which people want less.
LESS: Final = frozenset(
    {
        "left_out",
        "polarisation",
        "pseudo_consensus",
        "bimodality",
        "conflict",
        "competition",
        "unread",
        "taken_down",
    }
)


def wanted(outcome: str) -> int:
    """1 if people want more of an outcome, -1 if they want less."""
    return -1 if outcome in LESS or outcome.startswith(("gap_", "cost")) else 1


class StoppedError(CoprodError):
    """Whoever asked does not want to wait any longer."""


@dataclass(frozen=True)
class Replay:
    """What one switch changes, in this run and in the worlds."""

    switch: Switch
    value: float | None
    """The outcome of this run with the switch; None where it is not defined."""
    difference: float | None
    """That value less the value of the run as it was."""
    consensus: bool | None
    """Does the latest draft put find consensus with the switch? None if none is put."""
    worlds: Estimate
    """The difference in the worlds, paired, with its 95% interval."""
    likewise: int
    """Worlds in which it changes the outcome in the same direction as in this run (or leaves it, if it does here)."""
    reached: int
    """Worlds in which consensus is found with the switch."""
    agreed: Estimate
    """How much that is more often than as it was, paired."""
    same_as: str = ""
    """An earlier switch that gives the same in every world."""
    refused: str = ""
    """Why there is no such replay."""

    @property
    def shows(self) -> bool:
        """Is there a difference in the worlds that they can show?"""
        return direction(self.worlds) != 0

    @property
    def typical(self) -> bool:
        """Do the worlds show a difference in the same direction as this run?"""
        return self.difference is not None and direction(self.worlds) * self.difference > 0


def direction(found: Estimate) -> int:
    """1 or -1 if an interval lies above or below 0, else 0."""
    low, high = found["low"], found["high"]
    if low is None or high is None:
        return 0
    return 1 if low > 0 else -1 if high < 0 else 0


class Replays:
    """Runs a design and what is switched in it, each of them once.

    Parameters
    ----------
    scenario, seed, replicate : the run that is asked about.
    outcome : what is asked about it.
    replicates : in how many worlds of the same seed each switch is tried.
    workers : threads.
    progress : called with what is being run and how many worlds of it are done.
    stop : when set, `StoppedError` is raised soon.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        replicate: int,
        outcome: str,
        replicates: int,
        workers: int | None = None,
        progress: Callable[[str, int], None] | None = None,
        stop: Event | None = None,
    ) -> None:
        self.scenario, self.seed, self.replicate, self.outcome = scenario, seed, replicate, outcome
        self.replicates, self.workers, self.progress, self.stop = replicates, workers, progress, stop
        self._known: dict[str, tuple[Runs, Runs]] = {}
        self._asked = 0
        self.plain = self.runs((), "as it was")

    def runs(self, changes: tuple[str, ...], label: str) -> tuple[Runs, Runs]:
        """The design with changes: in the worlds, and in the run that is asked about."""
        design, self._asked = switched(self.scenario, changes), self._asked + 1
        name, shown = design.digest(), f"{self._asked}. {label}"
        if name not in self._known:
            worlds = self._simulate(design, 0, self.replicates, shown)
            inside = self.replicate < self.replicates
            run = _one(worlds, self.replicate) if inside else self._simulate(design, self.replicate, 1)
            self._known[name] = worlds, run
        if self.progress is not None:
            self.progress(shown, self.replicates)
        return self._known[name]

    def _simulate(self, design: Scenario, first: int, count: int, label: str = "") -> Runs:
        progress = self.progress
        shown = None if progress is None or not label else lambda done: progress(label, done)
        runs = sim.simulate(
            design, replicates=count, seed=self.seed, workers=self.workers, series=False, first=first,
            progress=shown, stop=self.stop,
        )  # fmt: skip
        if self.stop is not None and self.stop.is_set():
            raise StoppedError("stopped")
        return runs

    def replay(self, switch: Switch) -> Replay:
        """The run and the worlds with one thing switched."""
        try:
            worlds, run = self.runs(switch.changes, switch.label)
        except ScenarioError as why:
            return _refused(switch, str(why).split("\n")[0])
        before, before_run = self.plain
        found = statistics.compare(before, worlds, self.outcome)
        here = statistics.compare(before_run, run, self.outcome).difference["mean"]
        agreed = worlds.final(CONSENSUS)
        likewise = found.more if (here or 0) > 0 else found.less if (here or 0) < 0 else found.same
        return Replay(
            switch=switch,
            value=ending(run, self.outcome),
            difference=here,
            consensus=consensus(run),
            worlds=found.difference,
            likewise=likewise if here is not None else 0,
            reached=int((agreed == 1).sum()),
            agreed=statistics.compare(before, worlds, CONSENSUS).difference,
        )

    def each(self, switches: Sequence[Switch]) -> tuple[Replay, ...]:
        """A replay for each switch; one that gives in every world what another gave says so."""
        replays, first = [], dict[bytes, str]()
        plain = self._ends(())
        for switch in switches:
            replay = self.replay(switch)
            if not replay.refused and (ends := self._ends(switch.changes)) != plain:
                name = first.setdefault(ends, switch.key)
                replay = replay if name == switch.key else replace(replay, same_as=name)
            replays.append(replay)
        return tuple(replays)

    def _ends(self, changes: tuple[str, ...]) -> bytes:
        """The outcome and the consensus of all runs of a design, as they are in memory."""
        found = self._known[switched(self.scenario, changes).digest()]
        return b"".join(runs.final(name).tobytes() for runs in found for name in (self.outcome, CONSENSUS))


def ending(run: Runs, outcome: str) -> float | None:
    """An outcome at the end of the first of some runs; None where it is not defined."""
    value = float(run.final(outcome)[0])
    return None if np.isnan(value) else value


def consensus(run: Runs) -> bool | None:
    """Did the first of some runs find consensus? None if no draft was put."""
    value = ending(run, CONSENSUS)
    return None if value is None else value == 1.0


def _one(runs: Runs, replicate: int) -> Runs:
    n = replicate - int(runs.replicates[0])
    return replace(runs, replicates=runs.replicates[n : n + 1], values=runs.values[n : n + 1])


def _refused(switch: Switch, why: str) -> Replay:
    nothing = statistics.estimate(np.array([]))
    return Replay(switch, None, None, None, nothing, 0, 0, nothing, refused=why)
