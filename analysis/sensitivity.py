"""Which assumptions and circumstances an outcome hangs on, and how much of it is chance.

A run is a draw: the same scenario gives another outcome in another world. What is asked here is how the *expected* outcome
hangs on its inputs, so every point of the input space is run in several worlds, and the run-to-run noise that these show is
reported apart and taken out of the indices. The two methods treat luck differently, for a reason:

* **Morris** looks at differences between neighbouring points. Both are run in the same worlds (the same people, the same
  luck), so that a difference is the doing of the input alone; each trajectory has worlds of its own. How much a difference
  still varies from world to world gives the size that chance alone would feign, the `floor`.
* **Sobol'** looks at variances over the whole space. Every point has worlds of its own, so that noise is independent
  between points: it then adds a known amount to the variance of the means and to the squared differences that the total
  indices rest on, and nothing to the products that the first-order indices rest on. With the same worlds at every point it
  would not be independent, and the interplay of luck and input would be mistaken for interactions among the inputs.

Sampler and estimator come from SALib and stand in one object each, because an estimator is right for its own sampler alone.
SALib's estimators take many outcomes and resamples at once, and its groups let Morris hand over what it screened out, as
one group, to Sobol': that is why it is taken instead of `scipy.stats.sobol_indices`, with which the tests compare it.

Sources: Morris (1991), doi:10.1080/00401706.1991.10484804; Campolongo et al. (2007), doi:10.1016/j.envsoft.2006.10.004;
Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import sim
from analysis import contexts
from analysis.statistics import number, words
from sim import ScenarioError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.contexts import Space
    from sim import Scenario

OUTCOMES: Final = ("engagement", "alignment", "agreement", "informed_agreement", "left_out")
LEVELS: Final = 4  # Morris's grid: each range is cut into thirds
RESAMPLES: Final = 300
CONFIDENCE: Final = 0.95
SINGLED_OUT: Final = 12  # inputs that `both` looks at one by one after the screening
REST: Final = "all others together"
SELDOM: Final = 0.01  # how often chance alone may look like an effect, in a screening of one input

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Morris:
    """Trajectories that change one input at a time, and the elementary effects along them.

    Attributes
    ----------
    names : the D inputs.
    trajectories : how many starting points.
    seed : of the trajectories.
    """

    names: tuple[str, ...]
    trajectories: int
    seed: int

    @property
    def units(self) -> np.ndarray:
        """The points in the unit cube, shape (trajectories * (D + 1), D)."""
        from SALib.sample import morris

        return np.asarray(morris.sample(self._problem, self.trajectories, num_levels=LEVELS, seed=self.seed))

    @property
    def worlds(self) -> np.ndarray:
        """Which stretch of worlds each point is run in: one for each trajectory."""
        return np.repeat(np.arange(self.trajectories), len(self.names) + 1)

    def effects(self, values: np.ndarray) -> pd.DataFrame:
        """What each input does to an outcome.

        Parameters
        ----------
        values : shape (points, R), the outcome in R worlds at each point; NaN where undefined.

        Returns
        -------
        A row for each input. `mu`: mean change of the outcome when the input goes from one end of its range to the other,
        with its interval; `mu_star`: mean size of that change, with SALib's interval; `sigma`: how much the change differs
        over the space, noise taken out; `floor`: the `mu_star` that chance alone would give on average; `above_chance`:
        is `mu_star` larger than chance alone would make it in 99 of 100 studies?

        Raises
        ------
        ScenarioError : the outcome is undefined along too many trajectories.
        """
        import pandas as pd
        from SALib.analyze import morris

        length = len(self.names) + 1
        units = self.units.reshape(self.trajectories, length, -1)
        paths = values.reshape(self.trajectories, length, -1)
        means, _ = _means(values)
        kept = ~np.isnan(means.reshape(self.trajectories, length)).any(axis=1)
        _enough(kept, "trajectories")
        units, paths = units[kept], paths[kept]
        points = means.reshape(self.trajectories, length)[kept].ravel()
        found = morris.analyze(
            self._problem, units.reshape(-1, length - 1), points,
            num_resamples=RESAMPLES, conf_level=CONFIDENCE, num_levels=LEVELS, seed=self.seed,
        )  # fmt: skip
        effects, errors = _elementary(units, paths)
        mu_star, half = np.asarray(found["mu_star"]), np.asarray(found["mu_star_conf"])
        low, high = _resampled(effects, self.seed)
        floor, chance = _by_chance_alone(errors, values.shape[1], self.seed)
        spread = effects.var(axis=0, ddof=1) - (errors**2).mean(axis=0)
        return pd.DataFrame(
            {
                "input": self.names,
                "mu": effects.mean(axis=0), "mu_low": low, "mu_high": high,
                "mu_star": mu_star, "mu_star_low": np.maximum(0.0, mu_star - half), "mu_star_high": mu_star + half,
                "sigma": np.sqrt(np.maximum(0.0, spread)),
                "floor": floor,
                "above_chance": mu_star > chance,
                "trajectories": int(kept.sum()),
            }
        )  # fmt: skip

    @property
    def _problem(self) -> dict[str, Any]:
        count = len(self.names)
        return {"num_vars": count, "names": list(self.names), "bounds": [[0.0, 1.0]] * count}


@dataclass(frozen=True)
class Sobol:
    """Saltelli's design, and the variance-based indices that it allows, with run-to-run noise taken out.

    Attributes
    ----------
    names : the D inputs.
    points : base points, a power of two.
    seed : of the sequence.
    groups : the group of each input; inputs of one group are varied together and get one index. Each its own if empty.
    """

    names: tuple[str, ...]
    points: int
    seed: int
    groups: tuple[str, ...] = ()

    @property
    def factors(self) -> tuple[str, ...]:
        """What gets an index: the groups, in order of first mention."""
        return tuple(dict.fromkeys(self.groups or self.names))

    @property
    def units(self) -> np.ndarray:
        """The points in the unit cube, shape (points * (factors + 2), D)."""
        from SALib.sample import sobol

        return np.asarray(sobol.sample(self._problem, self.points, calc_second_order=False, seed=self.seed))

    @property
    def worlds(self) -> np.ndarray:
        """Which stretch of worlds each point is run in: its own."""
        return np.arange(self.points * (len(self.factors) + 2))

    def indices(self, values: np.ndarray) -> tuple[pd.DataFrame, dict[str, Any]]:
        """First-order and total indices of one outcome, and what chance contributes.

        Parameters
        ----------
        values : shape (points, R), the outcome in R worlds at each point; NaN where undefined.

        Returns
        -------
        indices : a row for each factor. `first`: share of the variance of the expected outcome that this factor explains
            alone; `total`: share that would go if it were known, interactions included; with bootstrap intervals.
            `first_raw` and `total_raw`: the same from the means as they are, noise and all.
        noise : `chance`: share of the variance of one run that is chance, with its interval; `sd_of_one_run`;
            `noise_in_means`: share of the variance of the means over R worlds that is still noise; `interactions`: share
            of the variance of the expected outcome that no factor explains alone; base points used and left out.

        Raises
        ------
        ScenarioError : the outcome is undefined at too many points.
        """
        import pandas as pd

        means, noise = (part.reshape(self.points, -1) for part in _means(values))
        worlds = (~np.isnan(values)).sum(axis=1).reshape(self.points, -1)
        kept = ~np.isnan(means).any(axis=1)
        _enough(kept, "base points")
        means, noise, worlds = means[kept], noise[kept], worlds[kept]
        means = means - means[:, [0, -1]].mean()  # estimates are biased for outcomes that are not centred
        rng = np.random.default_rng(self.seed)
        rows = rng.integers(len(means), size=(len(means), RESAMPLES))
        found = _shares(means, noise, worlds, np.arange(len(means))[:, None])
        again = _shares(means, noise, worlds, rows)
        table: dict[str, Any] = {"input": self.factors}
        for name in ("first", "total"):
            low, high = _interval(again[name])
            table |= {name: found[name][:, 0], f"{name}_low": low, f"{name}_high": high}
        for name in ("first_raw", "total_raw"):
            table[name] = found[name][:, 0]
        low, high = _interval(again["chance"])
        about = {
            "chance": float(found["chance"][0]), "chance_low": float(low), "chance_high": float(high),
            "sd_of_one_run": float(found["sd"][0]),
            "sd_of_expected": float(math.sqrt(max(0.0, found["varies"][0]))),
            "noise_in_means": float(found["left"][0]),
            "interactions": float(1 - found["first"].sum()),
            "base_points": int(kept.sum()), "base_points_left_out": int((~kept).sum()),
        }  # fmt: skip
        return pd.DataFrame(table), about

    @property
    def _problem(self) -> dict[str, Any]:
        count = len(self.names)
        problem = {"num_vars": count, "names": list(self.names), "bounds": [[0.0, 1.0]] * count}
        return {**problem, "groups": list(self.groups)} if self.groups else problem


def _means(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over worlds at each point, and the variance of that mean; NaN where fewer than two worlds are defined."""
    count = (~np.isnan(values)).sum(axis=1)
    enough = count >= 2
    filled = np.where(np.isnan(values), 0.0, values)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=1) / count
        square = np.where(np.isnan(values), 0.0, (values - mean[:, None]) ** 2).sum(axis=1)
        error = square / (count - 1) / count
    return np.where(enough, mean, np.nan), np.where(enough, error, np.nan)


def _interval(again: np.ndarray) -> tuple[Any, Any]:
    """The 95% interval over resamples, the last axis; NaN where no resample says anything."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy warns where nothing is defined
        low, high = np.nanquantile(again, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=-1)
    return low, high


def _enough(kept: np.ndarray, what: str) -> None:
    if kept.sum() < max(2, len(kept) / 2):
        raise ScenarioError(
            f"the outcome is undefined in {(~kept).sum():,} of {len(kept):,} {what}; "
            "ask for another outcome, or for more replicates"
        )


def _elementary(units: np.ndarray, paths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Elementary effects, shape (T, D), and their standard errors, from differences within worlds."""
    steps = np.diff(units, axis=1)
    changed = np.abs(steps).argmax(axis=2)
    step = np.take_along_axis(steps, changed[:, :, None], axis=2)
    in_worlds = np.diff(paths, axis=1) / step
    flat = in_worlds.reshape(-1, in_worlds.shape[2])
    mean, error = (part.reshape(changed.shape) for part in _means(flat))
    fallback = (
        np.diff(_means(paths.reshape(-1, paths.shape[2]))[0].reshape(paths.shape[:2]), axis=1) / step[..., 0]
    )
    mean = np.where(np.isnan(mean), fallback, mean)  # no two worlds define both ends
    effects, errors = np.empty_like(mean), np.empty_like(mean)
    np.put_along_axis(effects, changed, mean, axis=1)
    np.put_along_axis(errors, changed, np.sqrt(np.nan_to_num(error)), axis=1)
    return effects, errors


def _by_chance_alone(errors: np.ndarray, worlds: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean size of effects that are chance alone, shape (D,): on average, and as seldom as once in a hundred studies."""
    draws = np.random.default_rng(seed).standard_t(worlds - 1, size=(1000, *errors.shape))
    size = np.abs(draws * errors).mean(axis=1)
    return size.mean(axis=0), np.quantile(size, 1 - SELDOM, axis=0)


def _resampled(effects: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Bootstrap interval of the mean effect of each input, over trajectories."""
    rows = np.random.default_rng(seed).integers(len(effects), size=(RESAMPLES, len(effects)))
    again = effects[rows].mean(axis=1)
    low, high = np.quantile(again, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    return low, high


def _shares(
    means: np.ndarray, noise: np.ndarray, worlds: np.ndarray, rows: np.ndarray
) -> dict[str, np.ndarray]:
    """The indices for each resample of the base points.

    Noise of the means, independent between points, adds its variance to the variance of the means, and the mean of the
    two points' to the half squared difference of a total index; a first-order index's product it leaves alone.

    means, noise, worlds : shape (N, factors + 2). rows : shape (N, B), base points of each of B resamples.
    """
    from SALib.analyze.sobol import first_order, total_order

    a, b = means[:, 0][rows], means[:, -1][rows]
    one_run = (noise * worlds)[:, [0, -1]].mean(axis=1)[rows].mean(axis=0)
    ends = noise[:, [0, -1]].mean(axis=1)[rows].mean(axis=0)
    all_of_it = np.var(np.r_[a, b], axis=0)
    if not all_of_it.min() > 0:  # SALib cannot divide by it
        nothing = np.full((means.shape[1] - 2, rows.shape[1]), np.nan)
        zero = np.zeros(rows.shape[1])
        return {
            "first": nothing, "total": nothing, "first_raw": nothing, "total_raw": nothing,
            "chance": zero + np.nan, "sd": np.sqrt(one_run), "varies": zero, "left": zero + np.nan,
        }  # fmt: skip
    varies = all_of_it - ends
    sure = np.where(varies > 1e-9 * all_of_it, varies, np.nan)
    first, total, first_raw, total_raw = [], [], [], []
    for column in range(1, means.shape[1] - 1):
        ab = means[:, column][rows]
        between = 0.5 * (noise[:, 0] + noise[:, column])[rows].mean(axis=0)
        first_raw.append(first_order(a, ab, b))
        total_raw.append(total_order(a, ab, b))
        first.append(first_raw[-1] * all_of_it / sure)
        total.append((total_raw[-1] * all_of_it - between) / sure)
    return {
        "first": np.array(first), "total": np.array(total),
        "first_raw": np.array(first_raw), "total_raw": np.array(total_raw),
        "chance": one_run / (one_run + np.maximum(0.0, varies)), "sd": np.sqrt(one_run),
        "varies": varies, "left": ends / all_of_it,
    }  # fmt: skip


# ---- of a scenario -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sensitivity:
    """What outcomes of a scenario hang on.

    Attributes
    ----------
    scenario : its name.
    outcomes : what was observed.
    space : the inputs, and the dimensions of context that make no sense for this scenario.
    screening : Morris, a row for each outcome and input; None if it was not asked for.
    indices : Sobol', likewise.
    noise : what chance contributes, a row for each outcome; None without Sobol'.
    runs : how many runs it took.
    impossible : points at which nothing could be simulated; they were left out.
    """

    scenario: str
    outcomes: tuple[str, ...]
    space: Space
    screening: pd.DataFrame | None
    indices: pd.DataFrame | None
    noise: pd.DataFrame | None
    runs: int
    impossible: int


def screen(
    scenario: Scenario,
    outcomes: Sequence[str] = OUTCOMES,
    *,
    trajectories: int = 20,
    replicates: int = 10,
    seed: int = 1,
    space: Space | None = None,
    workers: int | None = None,
    progress: Progress = lambda what, done: None,
    stop: Event | None = None,
) -> Sensitivity:
    """Which inputs matter at all (Morris): cheap, over the whole parameter table and the context.

    Parameters
    ----------
    scenario : whose outcomes.
    outcomes : which; see `sim.OUTCOMES`.
    trajectories : starting points; each costs one point more than there are inputs.
    replicates : worlds at each point, at least 2, so that chance can be told apart.
    seed : of the trajectories and the worlds.
    space : the inputs; the whole parameter table and the context if left out.
    workers : threads.
    progress : told what is done and how many points of it.
    stop : set by another thread to end early.

    Raises
    ------
    ScenarioError : an outcome or a number that makes no sense.
    StoppedError : `stop` was set.
    """
    space = _checked(scenario, outcomes, replicates, space)
    if trajectories < 2:
        raise ScenarioError(f"trajectories: at least 2 are needed, found {trajectories}")
    design = Morris(space.names, trajectories, seed)
    values, impossible = _observed(
        scenario, space, design, outcomes, replicates, seed, workers, lambda n: progress("screening", n), stop
    )
    tables = [_labelled(design.effects(values[:, :, o]), space, name) for o, name in enumerate(outcomes)]
    return Sensitivity(
        scenario.name,
        tuple(outcomes),
        space,
        _joined(tables),
        None,
        None,
        len(design.worlds) * replicates,
        impossible,
    )


def indices(
    scenario: Scenario,
    outcomes: Sequence[str] = OUTCOMES,
    *,
    points: int = 256,
    replicates: int = 10,
    seed: int = 1,
    space: Space | None = None,
    each: Sequence[str] = (),
    workers: int | None = None,
    progress: Progress = lambda what, done: None,
    stop: Event | None = None,
) -> Sensitivity:
    """What share of the variance of the expected outcome each input explains (Sobol'), with chance apart.

    Parameters
    ----------
    points : base points; the next power of two is taken. Each costs two points more than there are factors.
    each : the inputs that get an index of their own; the others are varied too, all together, and get one. All if empty.

    The rest is as for `screen`.

    Raises
    ------
    ScenarioError : an outcome or a number that makes no sense.
    StoppedError : `stop` was set.
    """
    space = _checked(scenario, outcomes, replicates, space)
    if points < 4:
        raise ScenarioError(f"points: at least 4 are needed, found {points}")
    groups = tuple(name if name in each else REST for name in space.names) if each else ()
    design = Sobol(space.names, base_points(points), seed, groups)
    values, impossible = _observed(
        scenario, space, design, outcomes, replicates, seed, workers, lambda n: progress("indices", n), stop
    )
    tables, noise = [], []
    for o, name in enumerate(outcomes):
        table, about = design.indices(values[:, :, o])
        tables.append(_labelled(table, space, name))
        noise.append({"outcome": name, **about})
    import pandas as pd

    return Sensitivity(
        scenario.name, tuple(outcomes), space, None, _joined(tables), pd.DataFrame(noise),
        len(design.worlds) * replicates, impossible,
    )  # fmt: skip


def both(
    scenario: Scenario,
    outcomes: Sequence[str] = OUTCOMES,
    *,
    trajectories: int = 20,
    points: int = 256,
    replicates: int = 10,
    seed: int = 1,
    space: Space | None = None,
    workers: int | None = None,
    progress: Progress = lambda what, done: None,
    stop: Event | None = None,
) -> Sensitivity:
    """Screen all inputs, then give indices to those that matter most; the others are varied too, as one group.

    The index of that group says whether the screening overlooked something.
    """
    first = screen(
        scenario, outcomes, trajectories=trajectories, replicates=replicates, seed=seed, space=space,
        workers=workers, progress=progress, stop=stop,
    )  # fmt: skip
    second = indices(
        scenario, outcomes, points=points, replicates=replicates, seed=seed, space=first.space,
        each=leading(first), workers=workers, progress=progress, stop=stop,
    )  # fmt: skip
    return Sensitivity(
        scenario.name, tuple(outcomes), first.space, first.screening, second.indices, second.noise,
        first.runs + second.runs, first.impossible + second.impossible,
    )  # fmt: skip


def leading(found: Sensitivity, count: int = SINGLED_OUT) -> tuple[str, ...]:
    """The inputs with the largest effects of a screening, each outcome on its own scale."""
    assert found.screening is not None
    table = found.screening.copy()
    table["share"] = table["mu_star"] / table.groupby("outcome")["mu_star"].transform("max").replace(
        0.0, np.nan
    )
    order = (
        table.groupby("input", sort=False)["share"]
        .max()
        .fillna(0.0)
        .sort_values(ascending=False, kind="stable")
    )
    return tuple(order.index[: min(count, len(order))])


def base_points(points: int) -> int:
    """The next power of two: a Sobol' sequence is balanced there alone."""
    return int(2 ** math.ceil(math.log2(points)))


def points_of(method: str, inputs: int, trajectories: int, points: int) -> int:
    """How many points a method will run."""
    total = 0
    if method in ("morris", "both"):
        total += trajectories * (inputs + 1)
    if method in ("sobol", "both"):
        factors = inputs if method == "sobol" or inputs <= SINGLED_OUT else SINGLED_OUT + 1
        total += base_points(points) * (factors + 2)
    return total


def _checked(scenario: Scenario, outcomes: Sequence[str], replicates: int, space: Space | None) -> Space:
    check_outcomes(outcomes)
    if replicates < 2:
        raise ScenarioError(
            f"replicates: at least 2 are needed to tell chance from the inputs, found {replicates}"
        )
    return space or contexts.everything(scenario)


def check_outcomes(outcomes: Sequence[str]) -> None:
    """Refuse what is not observed.

    Raises
    ------
    ScenarioError : with the nearest outcome that is.
    """
    known = [outcome.name for outcome in sim.OUTCOMES]
    for name in outcomes:
        if name not in known:
            raise ScenarioError(f"nothing called {name!r} is observed{sim.suggestion(name, known)}")
    if not outcomes:
        raise ScenarioError("name at least one outcome")


def _observed(
    scenario: Scenario,
    space: Space,
    design: Morris | Sobol,
    outcomes: Sequence[str],
    replicates: int,
    seed: int,
    workers: int | None,
    progress: Callable[[int], None],
    stop: Event | None,
) -> tuple[np.ndarray, int]:
    """Outcomes at every point of a design, shape (points, R, outcomes), and how many points could not be simulated."""
    rows = space.points(design.units).to_dict("records")
    values = np.full((len(rows), replicates, len(outcomes)), np.nan)
    impossible = 0
    for place, (point, stretch) in enumerate(zip(rows, design.worlds, strict=True)):
        try:
            there = space.at(scenario, point)
        except ScenarioError:
            impossible += 1
            continue
        runs = sim.simulate(
            there, replicates, seed, workers, series=False, first=int(stretch) * replicates, stop=stop
        )
        if stop is not None and stop.is_set():
            raise contexts.StoppedError
        values[place] = np.stack([runs.final(name) for name in outcomes], axis=1)
        progress(place + 1)
    return values, impossible


def _labelled(table: pd.DataFrame, space: Space, outcome: str) -> pd.DataFrame:
    """A table with the outcome in front and what each input is behind."""
    known = {dimension.name: dimension for dimension in space.dimensions}
    labels = [known[name].label if name in known else name for name in table["input"]]
    of = [known[name].of if name in known else "group" for name in table["input"]]
    table.insert(0, "outcome", outcome)
    return table.assign(label=labels, of=of)


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat(tables, ignore_index=True)


# ---- in words ------------------------------------------------------------------------------------------------------


def sentences(found: Sensitivity, outcome: str) -> tuple[str, ...]:
    """What one outcome hangs on, in sentences."""
    said = []
    if found.screening is not None:
        said += _of_screening(found.screening[found.screening["outcome"] == outcome], words(outcome))
    if found.indices is not None and found.noise is not None:
        about = found.noise.set_index("outcome").loc[outcome]
        said += _of_indices(found.indices[found.indices["outcome"] == outcome], about, words(outcome))
    return tuple(said)


def _of_screening(table: pd.DataFrame, outcome: str) -> list[str]:
    said = []
    if not (table["mu_star"] > 0).any():
        return [f"Nothing that was varied moves {outcome}."]
    leaders: list[Any] = list(table.nlargest(3, "mu_star").itertuples())
    for place, row in enumerate(leaders):
        often = "most" if place == 0 else "next"
        one_way = abs(row.mu) >= 0.5 * row.mu_star
        verb = ("raises" if row.mu > 0 else "lowers") if one_way else "moves"
        size = (
            f"by {number(abs(row.mu))} on average from one end of its range to the other "
            f"(95% interval of the change {number(row.mu_low)} to {number(row.mu_high)})"
            if one_way
            else f"by {number(row.mu_star)}, up here and down there"
        )
        said.append(f"{row.label[:1].upper()}{row.label[1:]} {verb} {outcome} {often}, {size}.")
    count = int(table["above_chance"].sum())
    said.append(f"{count} of {len(table)} inputs do more to it than chance could feign.")
    return said


def _of_indices(table: pd.DataFrame, about: Any, outcome: str) -> list[str]:
    if not about["sd_of_expected"] > 0:
        return [f"The inputs do not move {outcome} by more than chance does; there is nothing to share out."]
    said = [
        f"Chance is {about['chance']:.0%} of the variance of one run ({about['chance_low']:.0%} to "
        f"{about['chance_high']:.0%}); the shares below are of the rest."
    ]
    top = table[table["input"] != REST].nlargest(1, "total").iloc[0]
    said.append(
        f"{top['label'][:1].upper()}{top['label'][1:]} explains most: {_share(top, 'first')} alone, "
        f"{_share(top, 'total')} with its interactions."
    )
    rest = table[table["input"] == REST]
    if len(rest):
        one = rest.iloc[0]
        enough = "too uncertain to say more"
        if one["total_high"] < 0.1:
            enough = "the screening overlooked little"
        elif one["total_low"] > 0.05:
            enough = "to see which of them, take --method sobol"
        said.append(f"All inputs that have no share of their own: {_share(one, 'total')} together; {enough}.")
    widest = float((table["total_high"] - table["total_low"]).max())
    if widest > 0.2:
        said.append("The intervals are wide; four times the --points halve them.")
    return said


def _share(row: Any, which: str) -> str:
    low, high = max(0.0, row[f"{which}_low"]), row[f"{which}_high"]
    return f"{max(0.0, row[which]):.0%} ({low:.0%} to {high:.0%})"
