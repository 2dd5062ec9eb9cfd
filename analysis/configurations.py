"""Which combinations of circumstances go with an outcome: crisp-set qualitative comparative analysis of simulated cases.

For those who distrust variables: a case is one simulated world. Its circumstances and its outcome are either there or not,
by thresholds that are stated. What is always there when the outcome is there is necessary; a combination of circumstances
whose cases (nearly) all show the outcome is sufficient. A truth table counts the cases of every combination, and Boolean
minimisation says it shortly: the complex solution from what was observed alone, the parsimonious one with unobserved
combinations (remainders) counted as whatever makes it shortest. Where several solutions are equally short, all are given.

The minimisation is written out here: it is forty lines, and no maintained Python library returns *all* minimal solutions
(sympy's `SOPform` returns one and says nothing of ties). It is checked against the R package QCA on the published Lipset
data of Rihoux & De Meur (2009).

Sources: Ragin (1987, 2008); Rihoux & De Meur (2009), in Rihoux & Ragin (eds), Configurational Comparative Methods; Schneider
& Wagemann (2012), Set-Theoretic Methods for the Social Sciences, for PRI and the relevance of necessity.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

import sim
from analysis import contexts
from analysis.statistics import number, share_of_yes, words
from sim import ScenarioError, suggestion

if TYPE_CHECKING:
    import pandas as pd

    from analysis.statistics import Estimate
    from sim import Scenario

CONDITIONS: Final = ("facilitation", "openness", "digital", "power_gap", "time")
CONSISTENCY: Final = (
    0.8  # of a row of the truth table, to count as showing the outcome (Ragin 2008: not below .75)
)
NECESSARY: Final = 0.9  # consistency from which a condition counts as necessary (Schneider & Wagemann 2012)
TRIVIAL: Final = 0.5  # relevance below which a necessary condition is so common that it says little
FREQUENCY: Final = 0.01  # least share of the cases, and at least one, for a row to count as observed
MOST_CONDITIONS: Final = 8
AGAIN: Final = 100  # times that cases are drawn anew, to see whether the solution stays
CHUNK: Final = 25  # cases between two reports of progress

Term = tuple[int | None, ...]
"""A combination: for each condition 1 there, 0 not there, None either way."""
Output = Literal[1, 0, "?"]


@dataclass(frozen=True)
class Condition:
    """A circumstance that a case is in or not."""

    name: str
    threshold: float | None = None
    """In from here on; None for what comes in kinds."""
    kinds: tuple[str, ...] = ()
    """In if it is of one of these kinds."""

    @property
    def label(self) -> str:
        """What it is to be in."""
        if self.kinds:
            return f"{words(self.name)} is {' or '.join(self.kinds)}"
        assert self.threshold is not None
        return f"{words(self.name)} is {number(self.threshold)} or more"

    def holds(self, column: pd.Series) -> np.ndarray:
        """Which cases are in."""
        if self.kinds:
            return column.isin(self.kinds).to_numpy()
        return (column >= self.threshold).to_numpy()


@dataclass(frozen=True)
class Fit:
    """How well a combination, or several, go with the outcome."""

    consistency: Estimate
    """Sufficiency: share of its cases that show the outcome. Necessity: share of the outcome's cases that are in it."""
    coverage: float
    """Sufficiency: share of the outcome's cases that are in it. Necessity: share of its cases that show the outcome."""
    unique: float = float("nan")
    """Share of the outcome's cases that are in this combination and in no other of the solution."""
    relevance: float = float("nan")
    """Of a necessary condition: how far it is from being there always (Schneider & Wagemann's RoN)."""


@dataclass(frozen=True)
class Row:
    """A row of the truth table."""

    combination: tuple[int, ...]
    cases: int
    consistency: Estimate
    """Share of its cases that show the outcome, with its 95% interval."""
    pri: float
    """Proportional reduction in inconsistency; with crisp sets it is the consistency."""
    output: Output
    """1 or 0: it counts as showing the outcome, or not; ?: too few cases, a remainder."""

    @property
    def mixed(self) -> bool:
        """Is it a contradiction: some of its cases show the outcome and some do not?"""
        mean = self.consistency["mean"]
        return mean is not None and 0 < mean < 1


@dataclass(frozen=True)
class Solution:
    """One or more equally short formulas for the outcome."""

    models: tuple[tuple[Term, ...], ...]
    """Each a set of combinations, any of which is enough."""
    fits: tuple[tuple[Fit, ...], ...]
    """How well each combination of each model fits."""
    whole: tuple[Fit, ...]
    """How well each model fits."""
    returns: float | None = None
    """In what share of a hundred resamples of the cases exactly these models come out."""


@dataclass(frozen=True)
class Configurations:
    """A configurational analysis."""

    conditions: tuple[str, ...]
    outcome: str
    cases: int
    outcome_rate: float
    necessity: Mapping[str, Fit]
    """Each condition, and each with ~ in front for its absence."""
    rows: tuple[Row, ...]
    frequency: int
    """Cases from which a row counts as observed."""
    consistency: float
    """Consistency from which a row counts as showing the outcome."""
    complex: Solution
    parsimonious: Solution
    labels: Mapping[str, str]
    """What each condition and the outcome mean, with their thresholds."""
    undefined: int = 0
    """Cases left out because something was undefined in them."""


# ---- the analysis of a table of cases ------------------------------------------------------------------------------


def analyse(
    cases: pd.DataFrame,
    outcome: str,
    *,
    consistency: float = CONSISTENCY,
    frequency: int = 1,
    labels: Mapping[str, str] | None = None,
    resamples: int = 0,
    seed: int = 1,
) -> Configurations:
    """Necessity, sufficiency, truth table and minimised solutions of a table of crisp cases.

    Parameters
    ----------
    cases : a row for each case; the columns are the conditions and the outcome, each 0 or 1.
    outcome : which column is the outcome.
    consistency : share of a row's cases that must show the outcome for the row to count as showing it.
    frequency : cases that a row must have to count as observed; rows with fewer are remainders.
    labels : what the columns mean.
    resamples : how often cases are drawn anew to see whether the solutions stay.
    seed : of the resamples.

    Raises
    ------
    ScenarioError : there are too many conditions, none at all, or no case.
    """
    names = tuple(name for name in cases.columns if name != outcome)
    _refuse(names, cases, consistency, frequency)
    _refuse_what_is_not_crisp(cases, outcome)
    sets, shows = cases[list(names)].to_numpy(bool), cases[outcome].to_numpy(bool)
    rows = truth_table(sets, shows, consistency, frequency)
    complex_, parsimonious = (_solution(rows, sets, shows, remainders) for remainders in (False, True))
    if resamples:
        complex_, parsimonious = _repeated(
            (complex_, parsimonious), sets, shows, consistency, frequency, resamples, seed
        )
    return Configurations(
        names, outcome, len(cases), float(shows.mean()), _necessity(names, sets, shows), rows, frequency,
        consistency, complex_, parsimonious, dict(labels or {}),
    )  # fmt: skip


def _refuse(names: tuple[str, ...], cases: pd.DataFrame, consistency: float, frequency: int) -> None:
    if not names:
        raise ScenarioError("conditions: at least one is needed")
    if len(names) > MOST_CONDITIONS:
        raise ScenarioError(
            f"conditions: {len(names)} make {2 ** len(names):,} combinations, which no number of cases fills; "
            f"name at most {MOST_CONDITIONS}"
        )
    if cases.empty:
        raise ScenarioError("there is no case in which conditions and outcome are defined")
    _refuse_cuts(consistency, frequency)


def _refuse_what_is_not_crisp(cases: pd.DataFrame, outcome: str) -> None:
    if outcome not in cases.columns:
        raise ScenarioError(
            f"outcome: the table has no column {outcome!r}{suggestion(outcome, list(cases.columns))}"
        )
    for name in cases.columns:
        odd = cases[name][~cases[name].isin([0, 1])]
        if len(odd):
            raise ScenarioError(
                f"{name}: each case must be 0 or 1, found {odd.iloc[0]!r} in case {odd.index[0]}"
            )


def _refuse_cuts(consistency: float, frequency: int) -> None:
    if not 0.5 < consistency <= 1:
        raise ScenarioError(f"consistency: it must lie above 0.5 and be at most 1, found {consistency:g}")
    if frequency < 1:
        raise ScenarioError(f"frequency: at least 1 case is needed, found {frequency}")


def truth_table(sets: np.ndarray, shows: np.ndarray, consistency: float, frequency: int) -> tuple[Row, ...]:
    """Every combination of the conditions, with its cases.

    sets : bool (N, K), which case is in which condition. shows : bool (N,), which case shows the outcome.
    """
    rows = []
    for combination in itertools.product((0, 1), repeat=sets.shape[1]):
        of = shows[(sets == np.array(combination, bool)).all(axis=1)]
        found = share_of_yes(of.astype(float))
        output: Output = "?"
        if len(of) >= frequency:
            output = 1 if of.mean() >= consistency else 0
        pri = float(of.mean()) if len(of) else float("nan")
        rows.append(Row(combination, len(of), found, pri, output))
    return tuple(rows)


def _necessity(names: Sequence[str], sets: np.ndarray, shows: np.ndarray) -> dict[str, Fit]:
    found = {}
    for column, name in enumerate(names):
        for label, members in ((name, sets[:, column]), (f"~{name}", ~sets[:, column])):
            both = members & shows
            out = float((~both).sum())
            found[label] = Fit(
                consistency=share_of_yes(members[shows].astype(float)),
                coverage=_ratio(both.sum(), members.sum()),
                relevance=_ratio((~members).sum(), out),
            )
    return found


def _solution(rows: Iterable[Row], sets: np.ndarray, shows: np.ndarray, remainders: bool) -> Solution:
    rows = tuple(rows)
    true = [row.combination for row in rows if row.output == 1]
    free = [row.combination for row in rows if row.output == "?"] if remainders else []
    models = minimised(true, free)
    fits, whole = [], []
    for model in models:
        members = [_members(term, sets) for term in model]
        together = np.any(members, axis=0) if members else np.zeros(len(sets), bool)
        whole.append(_sufficiency(together, shows))
        each = []
        for place, inside in enumerate(members):
            others = [other for at, other in enumerate(members) if at != place]
            elsewhere = np.any(others, axis=0) if others else np.zeros(len(sets), bool)
            each.append(_sufficiency(inside, shows, inside & ~elsewhere))
        fits.append(tuple(each))
    return Solution(models, tuple(fits), tuple(whole))


def _sufficiency(inside: np.ndarray, shows: np.ndarray, alone: np.ndarray | None = None) -> Fit:
    return Fit(
        consistency=share_of_yes(shows[inside].astype(float)),
        coverage=_ratio((inside & shows).sum(), shows.sum()),
        unique=_ratio((alone & shows).sum(), shows.sum()) if alone is not None else float("nan"),
    )


def _repeated(
    solutions: tuple[Solution, Solution], sets: np.ndarray, shows: np.ndarray, consistency: float, frequency: int,
    times: int, seed: int,
) -> tuple[Solution, Solution]:  # fmt: skip
    """The solutions, each with the share of resamples of the cases in which it comes out again."""
    from dataclasses import replace

    rng = np.random.default_rng(seed)
    same = np.zeros(2)
    for _ in range(times):
        rows = rng.integers(len(sets), size=len(sets))
        table = truth_table(sets[rows], shows[rows], consistency, frequency)
        true = [row.combination for row in table if row.output == 1]
        free = [row.combination for row in table if row.output == "?"]
        same += [
            set(minimised(true, dont_care)) == set(solution.models)
            for solution, dont_care in zip(solutions, ([], free), strict=True)
        ]
    again = same / times
    return replace(solutions[0], returns=float(again[0])), replace(solutions[1], returns=float(again[1]))


def _members(term: Term, sets: np.ndarray) -> np.ndarray:
    inside = np.ones(len(sets), bool)
    for column, value in enumerate(term):
        if value is not None:
            inside &= sets[:, column] == bool(value)
    return inside


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")


# ---- Boolean minimisation (Quine 1952, McCluskey 1956, Petrick 1956) -----------------------------------------------


def minimised(
    true: Sequence[tuple[int, ...]], free: Sequence[tuple[int, ...]] = ()
) -> tuple[tuple[Term, ...], ...]:
    """All shortest sums of products that are true for some combinations, and may or may not be for others.

    Parameters
    ----------
    true : the combinations for which it must be true. For all others but `free` it must be false.
    free : the combinations for which it does not matter.

    Returns
    -------
    The formulas with the fewest terms; each is a tuple of terms in a fixed order. An empty formula, (), if nothing must be
    true.
    """
    if not true:
        return ((),)
    primes = prime_implicants([*true, *free])
    covered = {prime: frozenset(row for row in true if covers(prime, row)) for prime in primes}
    return smallest_covers({prime: rows for prime, rows in covered.items() if rows}, frozenset(true))


def prime_implicants(combinations: Iterable[tuple[int, ...]]) -> tuple[Term, ...]:
    """The shortest terms that are true for given combinations alone: pairs that differ in one condition are merged."""
    level: set[Term] = set(combinations)
    primes: set[Term] = set()
    while level:
        merged, used = set(), set()
        for term in level:
            for place, value in enumerate(term):
                other = (*term[:place], None if value is None else 1 - value, *term[place + 1 :])
                if value is not None and other in level:
                    merged.add((*term[:place], None, *term[place + 1 :]))
                    used |= {term, other}
        primes |= level - used
        level = merged
    return tuple(sorted(primes, key=_order))


def covers(term: Term, combination: tuple[int, ...]) -> bool:
    """Is a combination one of those that a term speaks of?"""
    return all(value is None or value == there for value, there in zip(term, combination, strict=True))


def smallest_covers(covered: Mapping[Term, frozenset], wanted: frozenset) -> tuple[tuple[Term, ...], ...]:
    """Every choice of the fewest terms that together cover what is wanted (Petrick's method, by number of terms)."""
    essential = {
        terms[0]
        for row in wanted
        if len(terms := [term for term, rows in covered.items() if row in rows]) == 1
    }
    left = wanted - frozenset().union(*(covered[term] for term in essential))
    others = [term for term, rows in covered.items() if term not in essential and rows & left]
    for count in range(len(others) + 1):
        found = [
            tuple(sorted((*essential, *chosen), key=_order))
            for chosen in itertools.combinations(others, count)
            if left <= frozenset().union(*(covered[term] for term in chosen))
        ]
        if found:
            return tuple(sorted(found, key=lambda model: [_order(term) for term in model]))
    raise AssertionError("prime implicants cover what they were made of")


def _order(term: Term) -> tuple[int, ...]:
    """Short terms first, then by the place of their conditions."""
    return (sum(value is not None for value in term), *(2 if value is None else 1 - value for value in term))


# ---- simulated cases -----------------------------------------------------------------------------------------------


def simulated(
    scenario: Scenario,
    outcome: str = "agreement",
    conditions: Sequence[str] = (),
    *,
    cases: int = 400,
    consistency: float = CONSISTENCY,
    frequency: int | None = None,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda done: None,
    stop: Event | None = None,
) -> tuple[Configurations, pd.DataFrame]:
    """A configurational analysis of simulated cases: each is one world with circumstances of its own.

    The dimensions of context among the conditions are varied; all else is as the scenario has it.

    Parameters
    ----------
    scenario : whose cases.
    outcome : an outcome, alone or with the value from which it counts as there: agreement=0.6. Alone, the median of the
        cases is taken, and said.
    conditions : dimensions of context, or outcomes that stand for something that came about on the way; alone or with the
        value from which they count as there (digital=0.5), or with kinds (time=same,blended). A dimension alone is cut in
        the middle of its range, time and space alone are there when they are shared at least in part, an outcome alone is
        cut at the median of the cases.
    cases : how many.
    consistency, frequency : see `analyse`; a row must hold one case in a hundred if `frequency` is left out.
    seed : of the circumstances and the worlds.
    workers : threads.
    progress : told how many cases are done.
    stop : set by another thread to end early.

    Returns
    -------
    The analysis, and the table of cases before they were cut: circumstances and outcomes.

    Raises
    ------
    ScenarioError : a condition or an outcome that is not there, or a threshold that divides nothing.
    StoppedError : `stop` was set.
    """
    _refuse_cuts(consistency, 1 if frequency is None else frequency)
    space = contexts.context(scenario)
    asked = [_asked(text) for text in conditions or _usual(space)]
    wanted, wanted_at = _asked(outcome)
    observed = [name for name, _ in asked if _is_outcome(name, space)]
    _check(wanted, [name for name, _ in asked], observed, space)
    if cases < 2:
        raise ScenarioError(f"cases: at least 2 are needed, found {cases}")
    varied = space.only(name for name, _ in asked if name not in observed)
    table, lost = _cases(scenario, varied, (wanted, *observed), cases, seed, workers, progress, stop)
    cut = [_condition(name, value, varied, table) for name, value in (*asked, (wanted, wanted_at))]
    crisp = _crisp(table, cut)
    least = max(1, round(FREQUENCY * len(table))) if frequency is None else frequency
    labels = {condition.name: condition.label for condition in cut}
    found = analyse(
        crisp, wanted, consistency=consistency, frequency=least, labels=labels, resamples=AGAIN, seed=seed
    )
    from dataclasses import replace

    return replace(found, undefined=lost), table


def _usual(space: contexts.Space) -> tuple[str, ...]:
    return tuple(name for name in CONDITIONS if name in space.names)


def _asked(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _is_outcome(name: str, space: contexts.Space) -> bool:
    return name not in space.names and name not in space.left_out and name in [o.name for o in sim.OUTCOMES]


def _check(outcome: str, names: list[str], observed: list[str], space: contexts.Space) -> None:
    outcomes = [known.name for known in sim.OUTCOMES]
    if outcome not in outcomes:
        raise ScenarioError(
            f"outcome: nothing called {outcome!r} is observed{sim.suggestion(outcome, outcomes)}"
        )
    for name in names:
        if names.count(name) > 1:
            raise ScenarioError(f"conditions: {name} is named twice")
    if outcome in observed:
        raise ScenarioError(f"conditions: {outcome} is the outcome, and cannot be a condition for itself")
    if len(names) > MOST_CONDITIONS:
        raise ScenarioError(f"conditions: name at most {MOST_CONDITIONS}, found {len(names)}")
    for name in names:
        if name not in observed and name not in space.names:
            if name in space.left_out:
                raise ScenarioError(f"conditions: {name} cannot be varied here: {space.left_out[name]}")
            known = (*space.names, *outcomes)
            raise ScenarioError(
                f"conditions: there is no {name!r} in the context or among the outcomes{sim.suggestion(name, known)}"
            )
    if len(names) == len(observed):
        raise ScenarioError("conditions: name at least one dimension of the context, so that cases differ")


def _cases(
    scenario: Scenario, space: contexts.Space, outcomes: Sequence[str], count: int, seed: int, workers: int | None,
    progress: Callable[[int], None], stop: Event | None,
) -> tuple[pd.DataFrame, int]:  # fmt: skip
    """One world for each point of the space; with how many in which something was undefined or impossible."""
    import pandas as pd

    rows: list[dict[Any, Any]] = []
    for place, point in enumerate(space.spread(count, seed).to_dict("records")):
        try:
            there = space.at(scenario, point)
        except ScenarioError:
            continue
        runs = sim.simulate(there, 1, seed, workers, series=False, first=place, stop=stop)
        if stop is not None and stop.is_set():
            raise contexts.StoppedError
        rows.append({**point, **{name: float(runs.final(name)[0]) for name in outcomes}})
        if (place + 1) % CHUNK == 0 or place + 1 == count:
            progress(place + 1)
    table = pd.DataFrame(rows).dropna().reset_index(drop=True) if rows else pd.DataFrame()
    if table.empty:
        raise ScenarioError(f"{scenario.name}: conditions and outcome are not defined together in any case")
    return table, count - len(table)


def _condition(name: str, value: str, space: contexts.Space, table: pd.DataFrame) -> Condition:
    """Where a condition or the outcome is cut."""
    dimension = space[name] if name in space.names else None
    if dimension is not None and dimension.kinds:
        kinds = tuple(part.strip() for part in value.split(",")) if value else dimension.kinds[:2]
        for kind in kinds:
            if kind not in dimension.kinds:
                raise ScenarioError(f"{name}: it comes as {', '.join(dimension.kinds)}, found {kind!r}")
        return Condition(name, kinds=kinds)
    try:
        threshold = float(value) if value else None
    except ValueError:
        raise ScenarioError(
            f"{name}: the value from which it is there must be a number, found {value!r}"
        ) from None
    if threshold is None and dimension is not None:
        threshold = dimension.value(0.5)  # type: ignore[assignment]
    if threshold is None:
        threshold = float(table[name].median())
    return Condition(name, threshold)


def _crisp(table: pd.DataFrame, conditions: Sequence[Condition]) -> pd.DataFrame:
    import pandas as pd

    crisp = {}
    for condition in conditions:
        inside = condition.holds(table[condition.name])
        if inside.all() or not inside.any():
            raise ScenarioError(
                f"{condition.name}: {condition.label} in {'every' if inside.all() else 'no'} case, which divides nothing; "
                "name another value, as in "
                + f"{condition.name}={table[condition.name].iloc[0] if condition.kinds else number(float(table[condition.name].median()))}"
            )
        crisp[condition.name] = inside.astype(int)
    return pd.DataFrame(crisp)


# ---- in words ------------------------------------------------------------------------------------------------------


def formula(model: Sequence[Term], conditions: Sequence[str]) -> str:
    """A model in the notation of the field: A*~B + C."""
    if not model:
        return "nothing"
    return " + ".join(_product(term, conditions) for term in model)


def _product(term: Term, conditions: Sequence[str]) -> str:
    parts = [
        ("" if value else "~") + name
        for name, value in zip(conditions, term, strict=True)
        if value is not None
    ]
    return "*".join(parts) or "anything"


def sentences(found: Configurations) -> tuple[str, ...]:
    """What was found, in sentences."""
    said = []
    necessary = [
        (name, fit) for name, fit in found.necessity.items()
        if fit.consistency["mean"] is not None and fit.consistency["mean"] >= NECESSARY
    ]  # fmt: skip
    for name, fit in necessary:
        text = f"{name} is there in {_percent(fit.consistency)} of the cases with the outcome, so that it counts as necessary"
        trivial = fit.relevance < TRIVIAL
        said.append(text + ("; but it is there nearly always, which makes that trivial." if trivial else "."))
    if not necessary:
        said.append(
            f"No single condition is necessary (none is there in {NECESSARY:.0%} of the cases with the outcome)."
        )
    said += _of_solution(found, "complex", found.complex)
    if found.parsimonious.models != found.complex.models:
        said += _of_solution(found, "parsimonious", found.parsimonious)
    else:
        said.append("The parsimonious solution is the same: no unobserved combination makes it shorter.")
    mixed = [row for row in found.rows if row.mixed and row.output != "?"]
    if mixed:
        cases = sum(row.cases for row in mixed)
        said.append(
            f"{len(mixed)} of {sum(row.output != '?' for row in found.rows)} observed combinations are contradictory: the same "
            f"circumstances went with and without the outcome ({cases:,} cases). What tells these cases apart is chance, or "
            "is not among the conditions."
        )
    remainders = sum(row.output == "?" for row in found.rows)
    if remainders:
        seen = "in no case" if found.frequency == 1 else f"in fewer than {found.frequency} cases"
        said.append(
            f"Seen {seen}, and so counted as unobserved: {remainders} of {len(found.rows)} combinations."
        )
    if found.undefined:
        said.append(f"{found.undefined:,} cases were left out, because something is not defined in them.")
    return tuple(said)


def _of_solution(found: Configurations, kind: str, solution: Solution) -> list[str]:
    if solution.models == ((),):
        return [
            f"No combination is sufficient: in none do {found.consistency:.0%} of the cases show the outcome."
        ]
    said = []
    several = len(solution.models) > 1
    if several:
        said.append(
            f"The {kind} solution is ambiguous: {len(solution.models)} formulas are equally short, and the cases do not choose."
        )
    for model, whole in zip(solution.models, solution.whole, strict=True):
        said.append(
            f"{'One' if several else 'The'} {kind} solution: {formula(model, found.conditions)} "
            f"(consistency {_percent(whole.consistency)}, coverage {whole.coverage:.0%})."
        )
    if solution.returns is not None:
        said.append(
            f"With cases drawn anew, exactly this comes out in {solution.returns:.0%} of {AGAIN} resamples."
        )
    return said


def _percent(found: Estimate) -> str:
    if found["mean"] is None:
        return "undefined"
    interval = "" if found["low"] is None else f" ({found['low']:.0%} to {found['high']:.0%})"
    return f"{found['mean']:.0%}{interval}"
