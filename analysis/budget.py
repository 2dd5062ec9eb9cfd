"""What a process costs and whom it reaches, by a few quick worlds: what planners look at while they change a design."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

import sim
from analysis.statistics import Estimate, estimate

if TYPE_CHECKING:
    from sim import Runs, Scenario

WORK: Final = 20_000  # persons x sessions that an estimate may take


@dataclass(frozen=True)
class Sitting:
    """What one session takes and whom it reaches."""

    invited: int
    """People invited, whoever has left by then too."""
    comes: Estimate
    """People who take part, live or later."""
    by_group: dict[str, Estimate]
    """The same of each group that is invited."""
    so_far: Estimate
    """Cost of the process up to and with this session."""


@dataclass(frozen=True)
class Budget:
    """What a process takes, as estimated from some worlds."""

    worlds: int
    seed: int
    currency: str
    total: Estimate
    headings: dict[str, Estimate]
    """By heading of the cost, those left out that come to nothing in every world."""
    hours_offered: Estimate
    """Person-hours asked of those invited."""
    hours_used: Estimate
    """Person-hours taken part in."""
    sittings: dict[str, Sitting]
    """By name of the session."""


def worlds_for(scenario: Scenario, most: int) -> int:
    """How many worlds an estimate of a process takes: fewer where it is large, so that nobody waits."""
    return max(1, min(most, WORK // (scenario.people * len(scenario.sessions))))


def budget(
    scenario: Scenario, most: int = 50, seed: int = 1, stop: threading.Event | None = None
) -> Budget | None:
    """Estimate what a process takes.

    Parameters
    ----------
    most : worlds, at most; see `worlds_for`.
    stop : asks the estimate to end; then there is none.

    Raises
    ------
    sim.TooBigError : even one world needs more memory than the machine has.
    """
    runs = sim.simulate(scenario, replicates=worlds_for(scenario, most), seed=seed, stop=stop)
    if stop is not None and stop.is_set():
        return None
    costs = {name: estimate(runs.final(f"cost_{name}")) for name in sim.HEADINGS}
    return Budget(
        worlds=len(runs.replicates),
        seed=seed,
        currency=scenario.prices.currency,
        total=estimate(runs.final("cost")),
        headings={name: cost for name, cost in costs.items() if cost["mean"]},
        hours_offered=estimate(runs.final("hours_offered")),
        hours_used=estimate(runs.final("hours_used")),
        sittings={name: _sitting(runs, number) for number, name in enumerate(runs.sessions)},
    )


def _sitting(runs: Runs, number: int) -> Sitting:
    groups = runs.scenario.invited(runs.sessions[number])
    came = {group: _came(runs, group, number) for group in groups}
    return Sitting(
        invited=sum(runs.scenario.groups[group].size for group in groups),
        comes=estimate(sum(came.values(), np.zeros(len(runs.replicates)))),
        by_group={group: estimate(people) for group, people in came.items()},
        so_far=estimate(runs.over_sessions("cost")[:, number + 1]),
    )


def _came(runs: Runs, group: str, number: int) -> np.ndarray:
    """People of a group who took part in a session, by world: sessions attended, with it less without it."""
    attended = runs.over_sessions("accessibility", group)
    before, after = (_times_invited(runs, group, runs.sessions[:upto]) for upto in (number, number + 1))
    earlier = attended[:, number] * before if before else 0.0
    people: np.ndarray = np.round(attended[:, number + 1] * after - earlier)  # whole people, but for rounding
    return people


def _times_invited(runs: Runs, group: str, sessions: Iterable[str]) -> int:
    times = sum(group in runs.scenario.invited(session) for session in sessions)
    return times * runs.scenario.groups[group].size
