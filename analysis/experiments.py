"""Virtual experiments: the designs of a claim, the contrast between them, and what it comes to in each world."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

import sim
from analysis import statistics

if TYPE_CHECKING:
    from analysis.statistics import Estimate
    from scenarios import Claim, Pattern, Patterns, Theory
    from sim import Runs, Scenario

Direction = Literal["more", "less", "same"]

NEAR: Final = (
    0.05  # share of an outcome's range within which a mean counts as near its floor or ceiling: judgement
)


@dataclass(frozen=True)
class Design:
    """One cell of an experiment."""

    levels: tuple[str, ...]
    """The level of each factor."""
    scenario: Scenario
    """The process, under a name that says what it is: equal processes of one study have one name."""
    weight: float
    """Its weight in the contrast."""


@dataclass(frozen=True)
class Experiment:
    """Designs that are run in the same worlds, and a contrast between them."""

    name: str
    says: str
    designs: tuple[Design, ...]
    outcome: str
    whom: str
    smallest: float
    expected: Direction | None
    beside: tuple[str, ...] = ()
    kind: str = "emergent"
    factors: tuple[str, ...] = ()

    @property
    def interaction(self) -> bool:
        """Is the contrast a difference of differences?"""
        return len(self.factors) > 1

    def under(self, change: Callable[[Scenario], Scenario]) -> Experiment:
        """The same experiment with every design's scenario changed.

        Raises
        ------
        sim.ScenarioError : the change makes a scenario that cannot be simulated.
        """
        changed = tuple(
            replace(design, scenario=named(change(design.scenario), _base(design.scenario.name)))
            for design in self.designs
        )
        return replace(self, designs=changed)

    def effect(
        self, runs: Sequence[Runs], outcome: str | None = None, worlds: int | None = None
    ) -> np.ndarray:
        """The contrast in each world, shape (R,): weighted sums over the designs; NaN where any of them is undefined.

        runs : the runs of each design, in the order of `designs`; the worlds that all of them were run in count.
        outcome : another outcome than the one that the claim is judged by.
        worlds : only the first so many; all if left out.
        """
        common = reduce(np.intersect1d, [found.replicates for found in runs])
        if worlds is not None:
            common = common[common < worlds]
        total, size = np.zeros(len(common)), np.zeros(len(common))
        for design, found in zip(self.designs, runs, strict=True):
            here = np.searchsorted(found.replicates, common)
            term = design.weight * found.final(outcome or self.outcome, self.whom)[here]
            total += term
            size += np.abs(term)
        total[np.abs(total) <= statistics.SAME * size] = 0.0  # what is left of equal terms is rounding
        return total

    def means(self, runs: Sequence[Runs], worlds: int | None = None) -> dict[tuple[str, ...], Estimate]:
        """The outcome in each design, by its levels, over the first so many worlds."""
        found = {}
        for design, its in zip(self.designs, runs, strict=True):
            among = its.replicates < (math.inf if worlds is None else worlds)
            found[design.levels] = statistics.estimate(its.final(self.outcome, self.whom)[among])
        return found

    def edges(self, means: Iterable[Estimate]) -> tuple[str, ...]:
        """Where the outcome stands so near its floor or ceiling that an additive contrast may show the edge alone."""
        kind = next(known for known in sim.OUTCOMES if known.name == self.outcome)
        if kind.low is None or kind.high is None:
            return ()
        room = NEAR * (kind.high - kind.low)
        known = [found["mean"] for found in means if found["mean"] is not None]
        floor = ("floor",) if any(mean <= kind.low + room for mean in known) else ()
        ceiling = ("ceiling",) if any(mean >= kind.high - room for mean in known) else ()
        return (*floor, *ceiling)


def of_claim(theory: Theory, claim: str) -> Experiment:
    """The virtual experiment of a claim.

    Raises
    ------
    sim.ScenarioError : no claim of that name, or what it varies or observes is not in the model; with place and reason.
    """
    known = _known(theory.claims, claim, f"{theory.name} makes no claim")
    return _experiment(
        theory, ("claims", claim), claim, known, theory.designs(claim), known.expected, known.kind
    )


def of_pattern(patterns: Patterns, pattern: str) -> Experiment:
    """The virtual experiment of a pattern.

    Raises
    ------
    sim.ScenarioError : as for claims.
    """
    known = _known(patterns.patterns, pattern, f"{patterns.name} holds no pattern")
    return _experiment(
        patterns, ("patterns", pattern), pattern, known, patterns.designs(pattern), None, "emergent"
    )


def mistakes_in(theory: Theory) -> tuple[str, ...]:
    """What keeps the claims of a theory from being put to the test, a sentence each."""
    found = []
    for claim in theory.claims:
        try:
            of_claim(theory, claim)
        except sim.ScenarioError as mistake:
            found.append(str(mistake))
    return tuple(found)


def claim_at(path: str) -> Experiment:
    """The experiment of a claim written THEORY/CLAIM, as in eaa/dialogue_and_documentation.

    Raises
    ------
    sim.ScenarioError : it is not written so, or there is no such theory or claim.
    """
    import scenarios

    source, slash, claim = path.rpartition("/")
    if not slash or not source or not claim:
        msg = f"a claim is written THEORY/CLAIM, as in eaa/dialogue_and_documentation; found {path!r}"
        raise sim.ScenarioError(msg)
    return of_claim(scenarios.theory(source), claim)


def named(scenario: Scenario, base: str) -> Scenario:
    """The scenario under a name that says what it is: two processes that differ have two names, in any study."""
    plain = scenario.model_copy(update={"name": base})
    return plain.model_copy(update={"name": f"{base[:48]}-{plain.digest()[:10]}"})


def _base(name: str) -> str:
    return name.rpartition("-")[0]


def _known(among: dict, name: str, nothing: str):
    if name not in among:
        raise sim.ScenarioError(f"{nothing} {name!r}{sim.suggestion(name, among)}")
    return among[name]


def _experiment(
    kept: Theory | Patterns,
    path: tuple[str, str],
    name: str,
    what: Claim | Pattern,
    scenarios: dict[tuple[str, ...], Scenario],
    expected: Direction | None,
    kind: str,
) -> Experiment:
    outcomes = [outcome.name for outcome in sim.OUTCOMES]
    for key, outcomes_named in (("outcome", (what.outcome,)), ("beside", what.beside)):
        for outcome in outcomes_named:
            if outcome not in outcomes:
                raise kept.mistake(
                    (*path, key), f"nothing called {outcome!r} is observed{sim.suggestion(outcome, outcomes)}"
                )
    observed = next(known for known in sim.OUTCOMES if known.name == what.outcome)
    if observed.high is not None and what.smallest > observed.high - (observed.low or 0.0):
        raise kept.mistake(
            (*path, "smallest"), f"found {what.smallest:g}, and {what.outcome} has no room for such an effect"
        )
    weights = what.cells()
    for scenario in scenarios.values():
        scopes = ("all", *scenario.groups, *sim.BARRIERS)
        if what.whom not in scopes:
            raise kept.mistake(
                (*path, "whom"), f"there is nobody called {what.whom!r}{sim.suggestion(what.whom, scopes)}"
            )
    designs = tuple(
        Design(levels, named(scenario, scenario.name), weights[levels])
        for levels, scenario in scenarios.items()
    )
    return Experiment(
        name=name, says=what.says, designs=designs, outcome=what.outcome, whom=what.whom, smallest=what.smallest,
        expected=expected, beside=what.beside, kind=kind, factors=tuple(what.factors),
    )  # fmt: skip
