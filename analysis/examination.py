"""Putting a programme theory to the test: plan, run, judge; and ask in what share of the plausible worlds it holds."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np

import sim
from analysis import experiments, statistics, studies, verdicts
from analysis.experiments import Experiment

if TYPE_CHECKING:
    import pandas as pd

    from analysis.statistics import Estimate
    from analysis.store import Store, Study
    from analysis.verdicts import Finding
    from scenarios import Theory
    from sim import Runs, Scenario

PILOT: Final = 40  # worlds in which the spread of each contrast is looked at first (judgement)
PILOT_FIRST: Final = 1_000_000_000  # their numbers: no test looks at these worlds again
ROBUST_WORLDS: Final = (10, 200)  # fewest and most worlds per point of the plausible ranges (judgement)
ROBUST_ERROR: Final = 1 / 3  # of the smallest effect: the standard error wanted at each point (judgement)

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Planned:
    """What one claim takes."""

    experiment: Experiment
    worlds: int
    """Worlds that each of its designs is run in."""
    needed: int
    """Worlds that it would take for its power; more than `worlds` if that is beyond what is run."""
    spread: float | None
    """Standard deviation of the contrast that was planned with; None if no pilot was run."""


@dataclass(frozen=True)
class Plan:
    """What a test takes, before it starts."""

    seed: int
    claims: dict[str, Planned]
    counts: dict[str, int]
    """Worlds for each design, by its name: designs that serve several claims are run once."""
    designs: tuple[Scenario, ...]
    seconds: float | None
    """How long it should take on one worker, by the pace of the pilot."""

    @property
    def runs(self) -> int:
        """Runs in all."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Robustness:
    """One claim over the plausible ranges of the parameters, under the readings of the grid."""

    effects: np.ndarray
    """Mean contrast at each point under each reading, shape (points, readings); NaN where undefined."""
    worlds: int
    """Worlds at each point."""
    holds: Estimate
    """Share of the plausible worlds in which the claim holds: the effect reaches the smallest one on the expected side."""
    opposite: float
    """Share in which it reaches the smallest effect on the other side."""


@dataclass(frozen=True)
class Examination:
    """A theory after its test."""

    plan: Plan
    findings: dict[str, Finding]
    beside: dict[str, dict[str, Estimate]]
    """The same contrast in further outcomes, not judged, by claim and outcome."""
    edges: dict[str, tuple[str, ...]]
    """Where an outcome stands near its floor or ceiling, by claim."""
    means: dict[str, dict[tuple[str, ...], Estimate]]
    """The outcome in each design, by claim and levels."""
    robustness: dict[str, Robustness] = field(default_factory=dict)
    study: Study | None = None

    def summary(self) -> dict[str, dict[str, Any]]:
        """The result by claim, as `--json` prints it."""
        return {name: self._of(name) for name in self.findings}

    def table(self) -> pd.DataFrame:
        """The result as a table, a row per claim."""
        import pandas as pd

        return pd.DataFrame.from_dict(self.summary(), orient="index").rename_axis("claim")

    def _of(self, name: str) -> dict[str, Any]:
        finding, planned = self.findings[name], self.plan.claims[name]
        experiment, robust = planned.experiment, self.robustness.get(name)
        return {
            "verdict": finding.verdict,
            "effect": finding.effect,
            "low": finding.low,
            "high": finding.high,
            "smallest_effect": experiment.smallest,
            "matters": finding.matters,
            "replicates": finding.worlds,
            "share_of_plausible_worlds": robust.holds["mean"] if robust else None,
            "says": experiment.says,
            "outcome": experiment.outcome,
            "whom": experiment.whom,
            "expected": experiment.expected,
            "kind": experiment.kind,
            "low90": finding.low90,
            "high90": finding.high90,
            "n": finding.n,
            "near": list(self.edges[name]),
            "beside": {outcome: dict(found) for outcome, found in self.beside[name].items()},
        }


def plan(
    theory: Theory | str, *, seed: int = 1, replicates: int | None = None, workers: int | None = None
) -> Plan:
    """Plan a test: how many worlds each claim takes, by a pilot of its own unless the number is given.

    Raises
    ------
    sim.ScenarioError : a claim asks for what the model cannot vary or does not observe; with place and reason.
    """
    import scenarios

    known = scenarios.theory(theory) if isinstance(theory, str) else theory
    claims = {name: experiments.of_claim(known, name) for name in known.claims}
    return planned(claims, seed=seed, replicates=replicates, workers=workers)


def planned(
    claims: Mapping[str, Experiment],
    *,
    seed: int = 1,
    replicates: int | None = None,
    workers: int | None = None,
) -> Plan:
    """Plan several experiments together."""
    designs = _designs(claims.values())
    if replicates is None:
        pilots, pace = _piloted(designs, seed, workers)
        together = sum(claim.kind == "emergent" for claim in claims.values())
        each = {
            name: _planned(claim, claim.effect([pilots[d.scenario.name] for d in claim.designs]), together)
            for name, claim in claims.items()
        }
    else:
        pace = {}
        each = {name: Planned(claim, replicates, replicates, None) for name, claim in claims.items()}
    counts = _counts((one.experiment, one.worlds) for one in each.values())
    seconds = sum(pace[name] * count for name, count in counts.items()) if pace else None
    return Plan(seed, each, counts, designs, seconds)


def examine(
    theory: Theory | str,
    *,
    seed: int = 1,
    replicates: int | None = None,
    robust: int = 0,
    workers: int | None = None,
) -> Examination:
    """Put a programme theory to the test.

    Parameters
    ----------
    theory : the theory, or its name in the library, or a file.
    seed : the seed; every design meets the same people with the same luck.
    replicates : worlds for every claim; planned by a pilot if left out.
    robust : points of the parameters' plausible ranges at which each claim is tried again; none if 0.
    workers : threads; they do not change the result.

    Raises
    ------
    sim.ScenarioError : a claim asks for what the model cannot vary or does not observe.
    """
    for name, given, least in (("replicates", replicates, 2), ("robust", robust, 0)):
        if given is not None and (given < least or given != int(given)):
            msg = f"{name}: a whole number of at least {least} would do, found {given!r}"
            raise sim.ScenarioError(msg)
    made = plan(theory, seed=seed, replicates=replicates, workers=workers)
    return run(made, robust=robust, workers=workers)


def run(
    plan: Plan,
    *,
    robust: int = 0,
    workers: int | None = None,
    store: Store | None = None,
    command: str = "",
    progress: Progress = lambda what, done: None,
    say: studies.Say = lambda note: None,
    stop: Event | None = None,
) -> Examination:
    """Run what was planned, and judge.

    Parameters
    ----------
    plan : the plan.
    robust, workers : as in `examine`.
    store : where to keep the runs.
    command, progress, say, stop : as in `analysis.studies.make`.

    Raises
    ------
    analysis.studies.StoppedError : if `stop` was set before all was run.
    """
    stop = stop or Event()
    study = studies.make(
        plan.designs, seed=plan.seed, replicates=plan.counts, workers=workers, store=store, command=command,
        progress=progress, say=say, stop=stop, report=False,
    )  # fmt: skip
    examination = judged(plan, {design.scenario.name: design for design in study.designs}, study)
    return _with_robustness(examination, robust, workers, progress, stop) if robust else examination


def judged(plan: Plan, runs: Mapping[str, Runs], study: Study | None = None) -> Examination:
    """The verdicts on a plan whose designs were run."""
    effects, beside, edges, means = {}, {}, {}, {}
    for name, one in plan.claims.items():
        experiment = one.experiment
        its = [runs[design.scenario.name] for design in experiment.designs]
        effects[name] = experiment.effect(its, worlds=one.worlds)
        beside[name] = {
            outcome: statistics.estimate(experiment.effect(its, outcome, one.worlds))
            for outcome in experiment.beside
        }
        means[name] = experiment.means(its, one.worlds)
        edges[name] = experiment.edges(means[name].values())
    claims = {name: one.experiment for name, one in plan.claims.items()}
    return Examination(plan, verdicts.found(claims, effects), beside, edges, means, study=study)


def plausible(points: int, seed: int) -> list[dict[str, float]]:
    """Points of the parameters' plausible ranges, spread evenly over all of them (a Latin hypercube; McKay et al. 1979)."""
    from scipy.stats import qmc

    free = [parameter for parameter in sim.PARAMETERS if parameter.sampled]
    unit = qmc.LatinHypercube(len(free), rng=np.random.default_rng(seed)).random(points)
    low, high = (np.array([parameter.plausible[end] for parameter in free]) for end in (0, 1))
    return [
        {parameter.name: float(value) for parameter, value in zip(free, row, strict=True)}
        for row in low + unit * (high - low)
    ]


def moved(experiment: Experiment, point: Mapping[str, float], reading: str) -> Experiment:
    """The experiment with other behavioural constants and another reading of the grid; what it varies itself stays."""
    own = _varied(experiment)

    def change(scenario: Scenario) -> Scenario:
        kept = {
            name: value for name, value in scenario.parameters.items() if name in own or name not in point
        }
        fidelity = scenario.fidelity if "fidelity" in own else reading
        return scenario.model_copy(update={"parameters": {**point, **kept}, "fidelity": fidelity})

    return experiment.under(change)


def readings() -> tuple[str, ...]:
    """The readings of how fidelity and interaction depend on space."""
    return tuple(get_args(sim.Reading))


def _with_robustness(
    examination: Examination, points: int, workers: int | None, progress: Progress, stop: Event
) -> Examination:
    """The same contrasts at points of the plausible ranges, under each reading."""
    from dataclasses import replace

    claims, done = examination.plan.claims, 0
    chosen = plausible(points, examination.plan.seed)
    worlds = {name: _robust_worlds(examination, name) for name in claims}
    effects = {name: np.full((points, len(readings())), np.nan) for name in claims}
    for row, point in enumerate(chosen):
        for column, reading in enumerate(readings()):
            _one_point(examination, point, reading, worlds, effects, (row, column), workers)
            done += 1
            progress("plausible worlds", done)
            if stop.is_set():
                raise studies.StoppedError
    found = {name: _robustness(one.experiment, effects[name], worlds[name]) for name, one in claims.items()}
    return replace(examination, robustness=found)


def _one_point(
    examination: Examination,
    point: Mapping[str, float],
    reading: str,
    worlds: Mapping[str, int],
    effects: Mapping[str, np.ndarray],
    place: tuple[int, int],
    workers: int | None,
) -> None:
    there = {name: moved(one.experiment, point, reading) for name, one in examination.plan.claims.items()}
    counts = _counts((experiment, worlds[name]) for name, experiment in there.items())
    runs = {
        scenario.name: sim.simulate(
            scenario, counts[scenario.name], examination.plan.seed, workers, series=False
        )
        for scenario in _designs(there.values())
    }
    for name, experiment in there.items():
        values = experiment.effect(
            [runs[design.scenario.name] for design in experiment.designs], worlds=worlds[name]
        )
        values = values[~np.isnan(values)]
        if len(values):
            effects[name][place] = values.mean()


def _robust_worlds(examination: Examination, name: str) -> int:
    """Worlds at each point: enough to tell the effect from the smallest one of interest, within reason."""
    one = examination.plan.claims[name]
    finding = examination.findings[name]
    spread = one.spread
    if spread is None:
        width = 0.0 if finding.low90 is None or finding.high90 is None else finding.high90 - finding.low90
        spread = width / 2 / 1.645 * math.sqrt(max(1, finding.n))
    fewest, most = ROBUST_WORLDS
    return min(most, max(fewest, math.ceil((spread / (one.experiment.smallest * ROBUST_ERROR)) ** 2)))


def _robustness(experiment: Experiment, effects: np.ndarray, worlds: int) -> Robustness:
    more, less = effects >= experiment.smallest, effects <= -experiment.smallest
    defined = ~np.isnan(effects)
    holds = {"more": more, "less": less, "same": defined & ~more & ~less}[experiment.expected or "more"]
    other = {"more": less, "less": more, "same": more | less}[experiment.expected or "more"]
    # the readings of one point share its parameters, so that points are what is counted
    by_point = [row[known].mean() for row, known in zip(holds, defined, strict=True) if known.any()]
    share = statistics.share_of_yes(np.array(by_point))
    against = float(other[defined].mean()) if defined.any() else 0.0
    return Robustness(effects, worlds, share, against)


def _varied(experiment: Experiment) -> set[str]:
    """The constants, and whether it is the reading of the grid, in which the designs of an experiment differ."""
    said = [design.scenario.parameters for design in experiment.designs]
    names = {name for parameters in said for name in parameters}
    own = {name for name in names if len({parameters.get(name) for parameters in said}) > 1}
    if len({design.scenario.fidelity for design in experiment.designs}) > 1:
        own.add("fidelity")
    return own


def _designs(among: Iterable[Experiment]) -> tuple[Scenario, ...]:
    """The designs of several experiments, each once."""
    return tuple({design.scenario.name: design.scenario for one in among for design in one.designs}.values())


def _counts(among: Iterable[tuple[Experiment, int]]) -> dict[str, int]:
    """Worlds for each design, by its name: as many as the neediest of its experiments takes."""
    counts: dict[str, int] = {}
    for experiment, worlds in among:
        for design in experiment.designs:
            counts[design.scenario.name] = max(counts.get(design.scenario.name, 0), worlds)
    return counts


def _piloted(
    designs: Sequence[Scenario], seed: int, workers: int | None
) -> tuple[dict[str, Runs], dict[str, float]]:
    """A few worlds of every design, and the seconds that a run of it takes."""
    runs, pace = {}, {}
    for scenario in designs:
        sim.simulate(scenario, 1, seed, 1, series=False)  # compiles, or loads what was compiled
        began = time.perf_counter()
        runs[scenario.name] = sim.simulate(scenario, PILOT, seed, workers, series=False, first=PILOT_FIRST)
        pace[scenario.name] = (time.perf_counter() - began) / PILOT
    return runs, pace


def _planned(experiment: Experiment, pilot: np.ndarray, claims: int) -> Planned:
    spread = verdicts.cautious_spread(pilot)
    family = claims if experiment.kind == "emergent" else 1
    needed = verdicts.worlds_needed(spread, experiment.smallest, family)
    defined = float((~np.isnan(pilot)).mean())
    if defined > 0:
        needed = math.ceil(needed / defined)  # worlds in which it is undefined say nothing
    return Planned(experiment, min(needed, verdicts.MOST), needed, spread)
