"""Tests of the library's theories and patterns, each made once for everybody: a class of thirty waits for one.

What comes of a test follows from its claims and the number of worlds alone, so it is kept as long as the server runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, Literal

import scenarios
from analysis import examination, experiments, studies
from analysis.contests import Contest, check
from analysis.definitions import definition
from analysis.examination import Examination, Plan
from analysis.experiments import Experiment

QUICK: Final = 40  # worlds of a first look (judgement: a second or two, and verdicts that may still turn)
SEED: Final = 1  # as `coprod test` has it
PATTERNS: Final = "core"


@dataclass(frozen=True)
class Subject:
    """What is put to the test: a theory of the library, or the patterns that rivals are held against."""

    kind: Literal["theory", "patterns"]
    name: str


@dataclass(frozen=True)
class Trial:
    """A test that was made. Its runs are let go."""

    examination: Examination
    command: str
    """How the same is asked for on the command line."""

    @property
    def made(self) -> dict[str, Any]:
        """What makes it again, as a report tells it."""
        plan = self.examination.plan
        asked = [(definition(scenario, plan.seed), plan.counts[scenario.name]) for scenario in plan.designs]
        return studies.describe(asked, self.command)


@cache
def experiments_of(subject: Subject) -> dict[str, Experiment]:
    """The virtual experiments of a theory's claims, or of patterns."""
    if subject.kind == "theory":
        theory = scenarios.theory(subject.name)
        return {name: experiments.of_claim(theory, name) for name in theory.claims}
    held = scenarios.patterns(subject.name)
    return {name: experiments.of_pattern(held, name) for name in held.patterns}


class Trials:
    """The tests of one server, and the plans of those that are in full."""

    def __init__(self) -> None:
        self._made: dict[tuple[Subject, bool], Trial] = {}
        self._plans: dict[Subject, Plan] = {}
        self._lock = threading.Lock()  # one test at a time; whoever waits for the same finds it made

    def found(self, subject: Subject) -> Trial | None:
        """The best test that was made: the full one, else the quick one."""
        return self._made.get((subject, True)) or self._made.get((subject, False))

    def full(self, subject: Subject) -> bool:
        """Was it tested in as many worlds as it takes?"""
        return (subject, True) in self._made

    def plan(self, subject: Subject) -> Plan | None:
        """How many worlds a full test takes, if that was found out."""
        return self._plans.get(subject)

    def make(
        self, subject: Subject, *, full: bool, progress: Callable[[int], None], stop: threading.Event
    ) -> Trial | None:
        """Make a test, unless it was made; None if it was stopped.

        full : in as many worlds as it takes for each claim, and not in a few alone.
        """
        with self._lock:
            known = self._made.get((subject, full))
            if known is None and not stop.is_set():
                plan = self._planned(subject) if full else _quick(subject)
                known = _run(plan, _command(subject, full=full), progress, stop)
                if known is not None:
                    self._made[subject, full] = known
            return known

    def make_plan(self, subject: Subject) -> Plan:
        """Find out how many worlds a full test takes, by a pilot of other worlds."""
        with self._lock:
            return self._planned(subject)

    def _planned(self, subject: Subject) -> Plan:
        if subject not in self._plans:
            self._plans[subject] = examination.planned(experiments_of(subject), seed=SEED)
        return self._plans[subject]


TRIALS: Final = Trials()


def quick_runs(subject: Subject) -> int:
    """Runs that a first look takes."""
    return _quick(subject).runs


@cache
def _quick(subject: Subject) -> Plan:
    return examination.planned(experiments_of(subject), seed=SEED, replicates=QUICK)


def _run(plan: Plan, command: str, progress: Callable[[int], None], stop: threading.Event) -> Trial | None:
    done: dict[str, int] = {}

    def tell(what: str, count: int) -> None:
        done[what] = count
        progress(sum(done.values()))

    try:
        found = examination.run(plan, progress=tell, stop=stop)
    except studies.StoppedError:
        return None
    return Trial(replace(found, study=None), command)


def _command(subject: Subject, *, full: bool) -> str:
    what = f"test {subject.name}" if subject.kind == "theory" else f"contest {' '.join(rivals())}"
    return f"coprod {what} --seed {SEED}" + ("" if full else f" --replicates {QUICK}")


def rivals() -> tuple[str, ...]:
    """The theories that predict something about the patterns."""
    known = scenarios.patterns(PATTERNS).patterns
    return tuple(
        name for name in scenarios.theories() if any(p in known for p in scenarios.theory(name).predictions)
    )


def contest(names: tuple[str, ...], trial: Trial) -> Contest:
    """Rival theories held against patterns that were tested.

    Raises
    ------
    sim.ScenarioError : fewer than two theories.
    """
    theories, held = tuple(scenarios.theory(name) for name in names), scenarios.patterns(PATTERNS)
    check(theories, held)
    return Contest(theories, held, trial.examination)
