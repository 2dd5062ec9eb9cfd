"""Where a claim holds and where it stops holding: scenario discovery over the context.

The contrast of a claim is run at points all over the context space: within a point in the same worlds, between points in
other ones, so that a box is not the mark of one set of worlds. PRIM (Friedman & Fisher 1999, doi:10.1023/A:1008894516817)
looks for boxes in which the claim holds, and for boxes in which it does not; a decision tree divides the whole space. Both
see one part of the points only. What a sentence states was measured on the other part, with the very limits, rounded, that
the sentence names; where the density there is no better than everywhere, it is said that there is no box.

PRIM comes from ema-workbench and the tree from scikit-learn. The lighter package `prim` finds the same boxes, but is under
the GPL; ema-workbench (BSD) has one interface up to Python 3.11 and another from 3.12 on, and `_peeled` speaks to both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import sim
from analysis import contexts
from analysis.statistics import number, share_of_yes, words
from sim import ScenarioError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.contexts import Space
    from analysis.experiments import Experiment
    from analysis.statistics import Estimate

LEARN: Final = 0.6  # share of the points that boxes and trees are found in; the rest tests them
DENSITY: Final = (
    0.8  # what PRIM is asked for: in a box, four of five points should be of the kind that is looked for
)
SMALLEST_BOX: Final = 0.05  # share of the points
MOST_LIMITS: Final = 4  # more cannot be held in mind
BOXES: Final = 2  # of each kind
AGAIN: Final = 10  # times that PRIM is repeated on half of the points, for the first box of each kind
DEPTH: Final = 3
SURE: Final = 0.05
RARE: Final = 0.05  # base rates beyond this leave nothing to divide
FEWEST: Final = 40

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Scan:
    """What a contrast comes to over the context.

    Attributes
    ----------
    experiment : the contrast.
    space : the context that was varied, and what of it was not.
    table : a row for each point that was run: the dimensions, `effect` (mean over worlds), `error` (its standard error),
        `worlds`, `holds` (is the effect in the expected direction and as large as the smallest effect?).
    replicates : worlds at each point.
    impossible : points at which nothing could be simulated.
    undefined : points at which the contrast was undefined in all worlds but one, or in all.
    """

    experiment: Experiment
    space: Space
    table: pd.DataFrame
    replicates: int
    impossible: int
    undefined: int

    @property
    def base_rate(self) -> float:
        """Share of the points at which the claim holds."""
        return float(self.table["holds"].mean())

    @property
    def unsure(self) -> float:
        """Share of the points whose effect lies within two standard errors of the border: they may be on its other side."""
        distance = (self.table["effect"].abs() - self.experiment.smallest).abs()
        return float((distance < 2 * self.table["error"]).mean())


@dataclass(frozen=True)
class Limit:
    """One side, or both, of a box in one dimension."""

    name: str
    low: float | None = None
    high: float | None = None
    kinds: tuple[str, ...] = ()
    by_luck: float | None = None
    """Chance that the points outside this limit would show as high a density: a one-sided binomial test on the points that
    the box was not found in (quasi-p, Bryant & Lempert 2010, there on the same points)."""
    returns: float | None = None
    """In what share of ten repetitions, each on half of the points, PRIM limits this dimension again; first boxes only."""

    def holds(self, table: pd.DataFrame) -> np.ndarray:
        """Which points lie within it."""
        column = table[self.name]
        if self.kinds:
            return column.isin(self.kinds).to_numpy()
        inside = np.ones(len(table), bool)
        if self.low is not None:
            inside &= (column > self.low).to_numpy()
        if self.high is not None:
            inside &= (column <= self.high).to_numpy()
        return inside


@dataclass(frozen=True)
class Box:
    """A part of the context space, and how it did on points that it was not found in."""

    limits: tuple[Limit, ...]
    works: bool
    """Is it a box in which the claim holds, or one in which it does not?"""
    coverage: Estimate
    """Share of all points of its kind that lie in it."""
    density: Estimate
    """Share of the points in it that are of its kind."""
    base_rate: float
    """Share of all points that are of its kind."""

    @property
    def confirmed(self) -> bool:
        """Do the points that it was not found in say that it is denser than the space at large?"""
        low = self.density["low"]
        return low is not None and low > self.base_rate

    def holds(self, table: pd.DataFrame) -> np.ndarray:
        """Which points lie in it."""
        return _inside(self.limits, table)


@dataclass(frozen=True)
class Leaf:
    """A part of the context space that a decision tree cuts out."""

    limits: tuple[Limit, ...]
    works: bool
    share: Estimate
    """Share of the points in it, among those that the tree was not grown on, at which the claim holds."""


@dataclass(frozen=True)
class Discovery:
    """Where a claim holds.

    Attributes
    ----------
    scan : the points.
    boxes : found by PRIM and confirmed; those where the claim holds first.
    unconfirmed : boxes that PRIM found, and that the other points do not bear out.
    tree : the leaves of the decision tree; empty if it says no more than the more frequent answer.
    accuracy : share of the points that the tree was not grown on for which it says the right thing.
    guessing : share for which the more frequent answer would be right.
    tested : points that boxes and tree were tested on.
    """

    scan: Scan
    boxes: tuple[Box, ...]
    unconfirmed: tuple[Box, ...]
    tree: tuple[Leaf, ...]
    accuracy: Estimate
    guessing: float
    tested: int


def scan(
    experiment: Experiment,
    *,
    points: int = 500,
    replicates: int = 30,
    seed: int = 1,
    space: Space | None = None,
    workers: int | None = None,
    progress: Progress = lambda done: None,
    stop: Event | None = None,
) -> Scan:
    """Run the contrast of a claim at points all over the context.

    Parameters
    ----------
    experiment : the contrast; see `analysis.experiments`.
    points : how many, spread evenly (Latin hypercube).
    replicates : worlds at each point, at least 2.
    seed : of the points and the worlds.
    space : the context to vary; by default all of it but what the designs of the claim differ in.
    workers : threads.
    progress : told how many points are done.
    stop : set by another thread to end early.

    Raises
    ------
    ScenarioError : a number that makes no sense, or a contrast that is undefined nearly everywhere.
    StoppedError : `stop` was set.
    """
    check(points, replicates)
    space = space or contexts.of_contrast([design.scenario for design in experiment.designs])
    asked = space.spread(points, seed)
    rows, impossible, undefined = [], 0, 0
    for place, point in enumerate(asked.to_dict("records")):
        try:
            there = experiment.under(space.change(point))
        except ScenarioError:
            impossible += 1
            continue
        runs = [
            sim.simulate(design.scenario, replicates, seed, workers, series=False, first=place * replicates, stop=stop)
            for design in there.designs
        ]  # fmt: skip
        if stop is not None and stop.is_set():
            raise contexts.StoppedError
        effect = there.effect(runs)
        effect = effect[~np.isnan(effect)]
        if len(effect) < 2:
            undefined += 1
        else:
            error = float(effect.std(ddof=1)) / math.sqrt(len(effect))
            rows.append({**point, "effect": float(effect.mean()), "error": error, "worlds": len(effect)})
        progress(place + 1)
    if len(rows) < FEWEST:
        raise ScenarioError(
            f"{experiment.name}: at {undefined + impossible:,} of {points:,} points nothing can be said; "
            f"at least {FEWEST} points are needed"
        )
    table = _table(rows)
    table["holds"] = holds(experiment, table["effect"].to_numpy())
    return Scan(experiment, space, table, replicates, impossible, undefined)


def check(points: int, replicates: int) -> None:
    """Refuse a scan that could not find anything, before it is made.

    Raises
    ------
    ScenarioError : there are too few points or worlds.
    """
    if points < FEWEST:
        raise ScenarioError(
            f"points: at least {FEWEST} are needed to find a box and to test it, found {points}"
        )
    if replicates < 2:
        raise ScenarioError(
            f"replicates: at least 2 are needed to tell an effect from chance, found {replicates}"
        )


def holds(experiment: Experiment, effect: np.ndarray) -> np.ndarray:
    """Is an effect what the claim expects, and at least as large as the smallest that anybody would care about?"""
    if experiment.expected == "less":
        return effect <= -experiment.smallest
    if experiment.expected == "same":
        return np.abs(effect) < experiment.smallest
    return effect >= experiment.smallest


def discover(found: Scan, *, seed: int = 1) -> Discovery:
    """Find boxes where a claim holds and where it does not, divide the space, and test both on points kept apart.

    Parameters
    ----------
    found : the points.
    seed : decides which points are kept apart.
    """
    table = found.table
    order = np.random.default_rng(seed).permutation(len(table))
    cut = round(LEARN * len(table))
    learn, test = (table.iloc[rows].reset_index(drop=True) for rows in (order[:cut], order[cut:]))
    boxes: list[Box] = []
    if _divided(learn) and _divided(test):
        for works in (True, False):
            boxes += _boxes(found.space, learn, test, works, seed)
    leaves, accuracy, guessing = _tree(found.space, learn, test, seed)
    return Discovery(
        found,
        tuple(box for box in boxes if box.confirmed), tuple(box for box in boxes if not box.confirmed),
        leaves, accuracy, guessing, len(test),
    )  # fmt: skip


def _divided(table: pd.DataFrame) -> bool:
    """Is there enough of both kinds to look for a border?"""
    return RARE <= table["holds"].mean() <= 1 - RARE


def _table(rows: Iterable[Mapping[Any, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows))


# ---- boxes ---------------------------------------------------------------------------------------------------------


def _boxes(space: Space, learn: pd.DataFrame, test: pd.DataFrame, works: bool, seed: int) -> Iterator[Box]:
    """Boxes of one kind, each found in what the one before left."""
    for first in (True, *(False,) * (BOXES - 1)):
        of_interest = (learn["holds"] == works).to_numpy()
        if not RARE <= of_interest.mean() <= 1 - RARE or len(learn) < FEWEST / 2:
            return
        limits = _best(space, learn[list(space.names)], of_interest)
        if not limits:
            return
        if first:
            limits = _repeated(limits, space, learn, of_interest, seed)
        box = _tested(limits, test, works)
        yield box
        if not box.confirmed:
            return
        learn = learn[~_inside(limits, learn)].reset_index(drop=True)
        test = test[~_inside(limits, test)].reset_index(drop=True)


def _best(space: Space, points: pd.DataFrame, of_interest: np.ndarray) -> tuple[Limit, ...]:
    """The limits of the box to take from PRIM's trajectory: among those dense enough, the best of coverage and density.

    Both count alike (their harmonic mean). If no box is dense enough, the best of all is taken.
    """
    best: tuple[Limit, ...] = ()
    value, base = 0.0, of_interest.mean()
    for limits in _peeled(space, points, of_interest):
        pruned = _pruned(limits, points, of_interest)
        inside = _inside(pruned, points)
        density = of_interest[inside].mean() if inside.any() else 0.0
        if not pruned or len(pruned) > MOST_LIMITS or inside.mean() < SMALLEST_BOX or density <= base:
            continue
        coverage = of_interest[inside].sum() / of_interest.sum()
        dense = density >= max(DENSITY, base + 0.5 * (1 - base))
        worth = 2 * coverage * density / max(coverage + density, 1e-9) + dense
        if worth > value:
            best, value = pruned, worth
    return best


def _peeled(space: Space, points: pd.DataFrame, of_interest: np.ndarray) -> list[tuple[Limit, ...]]:
    """The boxes on PRIM's peeling trajectory, as limits rounded to what a sentence will name."""
    import inspect
    import warnings

    varied = points.loc[:, points.nunique() > 1]
    limits: list[tuple[Limit, ...]] = []
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # of packages that it could use beside, and of what pandas will take away
        prim = _prim()
        old = {"threshold": 1e-9} if "threshold" in inspect.signature(prim.__init__).parameters else {}
        box = prim(varied, of_interest.astype(int), mass_min=SMALLEST_BOX, **old).find_box()
    for frame in box.box_lims if box is not None else ():
        found = tuple(filter(None, (_limit(space, name, *frame[name]) for name in frame.columns)))
        if found and found not in limits:
            limits.append(found)
    return limits


def _prim() -> Any:
    """PRIM of ema-workbench, which keeps its notes to itself."""
    import logging

    from ema_workbench.analysis import prim

    logging.getLogger("EMA").setLevel(logging.ERROR)
    return prim.Prim


def _limit(space: Space, name: str, low: Any, high: Any) -> Limit | None:
    """What a box does to one dimension; None if it does nothing."""
    dimension = space[name]
    if dimension.kinds:
        kinds = tuple(kind for kind in dimension.kinds if kind in low)
        return Limit(name, kinds=kinds) if len(kinds) < len(dimension.kinds) else None
    width = 0.02 * (dimension.high - dimension.low)  # a limit at the very end of a range is none
    below = math.floor(100 * low) / 100 if low > dimension.low + width else None
    above = math.ceil(100 * high) / 100 if high < dimension.high - width else None
    return None if below is None and above is None else Limit(name, below, above)


def _pruned(limits: tuple[Limit, ...], points: pd.DataFrame, of_interest: np.ndarray) -> tuple[Limit, ...]:
    """The limits without the sides that do nothing, weakest first: what a side adds to the density must not be luck."""
    from scipy.stats import binom

    sides = [side for limit in limits for side in _sides(limit)]
    beyond = np.array([~side.holds(points) for side in sides])
    while sides:
        violated = beyond.sum(axis=0)
        inside, around = violated == 0, (violated - beyond) == 0
        share = (around & of_interest).sum(axis=1) / np.maximum(1, around.sum(axis=1))
        luck = binom.sf(of_interest[inside].sum() - 1, inside.sum(), share)
        weakest = int(luck.argmax())
        if luck[weakest] <= SURE:
            break
        del sides[weakest]
        beyond = np.delete(beyond, weakest, axis=0)
    return _together(sides)


def _sides(limit: Limit) -> Iterator[Limit]:
    """A limit's lower and upper side, each as a limit of its own."""
    if limit.low is not None:
        yield replace(limit, high=None)
    if limit.high is not None:
        yield replace(limit, low=None)
    if limit.kinds:
        yield limit


def _together(sides: Iterable[Limit]) -> tuple[Limit, ...]:
    """Sides put together, a limit for each dimension."""
    limits: dict[str, Limit] = {}
    for side in sides:
        known = limits.get(side.name, side)
        limits[side.name] = replace(known, high=side.high) if side.high is not None else known
    return tuple(limits.values())


def _by_luck(
    without: tuple[Limit, ...], limits: tuple[Limit, ...], points: pd.DataFrame, of_interest: np.ndarray
) -> float:
    """Chance of a density as high as inside if the limit did nothing: then it would be that of the box without it."""
    from scipy.stats import binom

    inside, around = _inside(limits, points), _inside(without, points)
    if not inside.any():
        return 1.0
    share = of_interest[around].mean()
    return float(binom.sf(of_interest[inside].sum() - 1, inside.sum(), share))


def _inside(limits: Iterable[Limit], table: pd.DataFrame) -> np.ndarray:
    inside = np.ones(len(table), bool)
    for limit in limits:
        inside &= limit.holds(table)
    return inside


def _repeated(
    limits: tuple[Limit, ...], space: Space, learn: pd.DataFrame, of_interest: np.ndarray, seed: int
) -> tuple[Limit, ...]:
    """The limits, each with how often it comes again when PRIM sees half of the points."""
    rng = np.random.default_rng(seed)
    again: list[set[str]] = []
    for _ in range(AGAIN):
        rows = rng.choice(len(learn), len(learn) // 2, replace=False)
        points = learn[list(space.names)].iloc[rows].reset_index(drop=True)
        if 0 < of_interest[rows].sum() < len(rows):
            again.append({limit.name for limit in _best(space, points, of_interest[rows])})
    return tuple(
        replace(limit, returns=sum(limit.name in names for names in again) / AGAIN) for limit in limits
    )


def _tested(limits: tuple[Limit, ...], test: pd.DataFrame, works: bool) -> Box:
    """A box with what it is worth on points that it was not found in."""
    of_interest = (test["holds"] == works).to_numpy()
    inside = _inside(limits, test)
    tested = tuple(
        replace(
            limit, by_luck=_by_luck(tuple(other for other in limits if other is not limit), limits, test, of_interest)
        )
        for limit in limits
    )  # fmt: skip
    return Box(
        tested, works,
        coverage=share_of_yes(inside[of_interest].astype(float)),
        density=share_of_yes(of_interest[inside].astype(float)),
        base_rate=float(of_interest.mean()) if len(test) else math.nan,
    )  # fmt: skip


# ---- a tree --------------------------------------------------------------------------------------------------------


def _tree(
    space: Space, learn: pd.DataFrame, test: pd.DataFrame, seed: int
) -> tuple[tuple[Leaf, ...], Estimate, float]:
    """The leaves of a decision tree, how often it is right on other points, and how often the usual answer would be."""
    from sklearn.tree import DecisionTreeClassifier

    usual = bool(learn["holds"].mean() >= 0.5)
    guessing = float((test["holds"] == usual).mean())
    if learn["holds"].nunique() < 2:
        return (), share_of_yes((test["holds"] == usual).to_numpy(float)), guessing
    tree = DecisionTreeClassifier(
        max_depth=DEPTH, min_samples_leaf=max(10, round(SMALLEST_BOX * len(learn))), random_state=seed
    )
    columns = _columns(space, learn)
    tree.fit(np.column_stack([values for _, _, values in columns]), learn["holds"])
    leaves = []
    for limits, works in _leaves(space, tree.tree_, [(name, kind) for name, kind, _ in columns]):
        inside = _inside(limits, test)
        leaves.append(Leaf(limits, works, share_of_yes(test["holds"].to_numpy(float)[inside])))
    right = np.zeros(len(test))
    for leaf in leaves:
        inside = _inside(leaf.limits, test)
        right[inside] = test["holds"].to_numpy()[inside] == leaf.works
    accuracy = share_of_yes(right)
    better = accuracy["low"] is not None and accuracy["low"] > guessing
    return (tuple(leaves) if better else ()), accuracy, guessing


def _columns(space: Space, table: pd.DataFrame) -> list[tuple[str, str, np.ndarray]]:
    """What the tree may cut: each number, and for each kind of a category whether it is that."""
    columns = []
    for dimension in space.dimensions:
        if dimension.kinds:
            columns += [
                (dimension.name, kind, (table[dimension.name] == kind).to_numpy(float))
                for kind in dimension.kinds
            ]
        else:
            columns.append((dimension.name, "", table[dimension.name].to_numpy(float)))
    return columns


def _leaves(
    space: Space, tree: Any, columns: list[tuple[str, str]]
) -> Iterator[tuple[tuple[Limit, ...], bool]]:
    """The leaves as limits, from the left to the right; sisters that say the same are put together."""

    def below(node: int, limits: dict[str, Limit]) -> list[tuple[tuple[Limit, ...], bool]]:
        works = bool(tree.value[node][0][1] >= tree.value[node][0][0])
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left == right:
            return [(tuple(limits.values()), works)]
        name, kind = columns[tree.feature[node]]
        cut = round(float(tree.threshold[node]), 2)
        found = below(left, _cut(space, limits, name, kind, cut, low=False)) + below(
            right, _cut(space, limits, name, kind, cut, low=True)
        )
        if len({says for _, says in found}) == 1:
            return [(tuple(limits.values()), works)]
        return found

    yield from below(0, {})


def _cut(
    space: Space, limits: dict[str, Limit], name: str, kind: str, cut: float, *, low: bool
) -> dict[str, Limit]:
    """The limits on one side of a cut."""
    known = limits.get(name, Limit(name))
    if kind:
        among = known.kinds or space[name].kinds
        kinds = (kind,) if low else tuple(other for other in among if other != kind)
        return {**limits, name: replace(known, kinds=kinds)}
    return {**limits, name: replace(known, low=cut) if low else replace(known, high=cut)}


# ---- in words ------------------------------------------------------------------------------------------------------


def sentences(found: Discovery) -> tuple[str, ...]:
    """What was found, in sentences: where the claim holds, where it does not, and what cannot be said."""
    scanned = found.scan
    said = [_at_large(scanned)]
    for works in (True, False):
        boxes = [box for box in found.boxes if box.works == works]
        said += [_of_box(box, scanned, first=box is boxes[0]) for box in boxes]
        if not boxes:
            said.append(_no_box(found, works))
    return tuple(said)


def _at_large(scanned: Scan) -> str:
    count = len(scanned.table)
    text = f"{_claimed(scanned.experiment)} at {scanned.base_rate:.0%} of {count:,} points of the context."
    if scanned.unsure >= 0.01:
        text += (
            f" At {scanned.unsure:.0%} the effect is so near the border that chance may have put it on the wrong side; "
            "more replicates would tell."
        )
    return text


def _of_box(box: Box, scanned: Scan, *, first: bool) -> str:
    who = _claimed(scanned.experiment) if box.works else "It does not"
    rest = "" if first else "Elsewhere, too: "
    text = f"{rest}{who[:1].lower() + who[1:] if rest else who} where {where(box.limits, scanned.space)}"
    text += f" (coverage {_percent(box.coverage)}, density {_percent(box.density)}"
    text += f", against {box.base_rate:.0%} {'everywhere' if first else 'in what was left'}"
    text += f"; measured on {box.density['n']:,} points in the box that it was not found in)."
    weak = [limit for limit in box.limits if limit.by_luck is not None and limit.by_luck > SURE]
    if weak:
        names = _listed([scanned.space[limit.name].label for limit in weak])
        text += f" The limit{'s' if len(weak) > 1 else ''} on {names} could be luck: those points do not confirm {'them' if len(weak) > 1 else 'it'}."
    return text


def _no_box(found: Discovery, works: bool) -> str:
    rate = found.scan.base_rate
    what = "in which it holds" if works else "in which it does not hold"
    if rate > 1 - RARE or rate < RARE:
        everywhere = "nearly everywhere" if rate > 0.5 else "nearly nowhere"
        return f"No box found {what}: it holds {everywhere}, so that there is no border to find."
    tried = [box for box in found.unconfirmed if box.works == works]
    why = (
        f"the best box has a density of {_percent(tried[0].density)} on other points, against "
        f"{tried[0].base_rate:.0%} everywhere"
        if tried
        else "no box is denser than the space at large"
    )
    return f"No box found {what}: {why}."


def tree_sentences(found: Discovery) -> tuple[str, ...]:
    """What the tree says, a leaf in a sentence; or that it says nothing."""
    right = _percent(found.accuracy)
    if not found.tree:
        return (
            f"A decision tree finds no rule: it is right at {right} of {found.tested:,} other points, and the more "
            f"frequent answer at {found.guessing:.0%}.",
        )
    said = [
        f"A decision tree is right at {right} of {found.tested:,} other points (the more frequent answer: {found.guessing:.0%}):"
    ]
    for leaf in sorted(found.tree, key=lambda leaf: -(leaf.share["mean"] or 0)):
        holds_at = (
            "no other point lies there"
            if leaf.share["mean"] is None
            else f"holds at {_percent(leaf.share)} of {leaf.share['n']:,} points"
        )
        said.append(f"where {where(leaf.limits, found.scan.space) or 'nothing is asked'}: {holds_at}")
    return tuple(said)


def where(limits: Iterable[Limit], space: Space) -> str:
    """Limits in words."""
    return _listed([_limited(limit, space[limit.name]) for limit in limits])


def _limited(limit: Limit, dimension: contexts.Dimension) -> str:
    if limit.kinds:
        return f"{dimension.label} is {_listed(list(limit.kinds), 'or')}"
    low, high = limit.low, limit.high
    if low is not None and high is not None:
        return f"{dimension.label} lies between {number(low)} and {number(high)}"
    if low is not None:
        return f"{dimension.label} exceeds {number(low)}"
    assert high is not None
    return f"{dimension.label} is at most {number(high)}"


def _listed(parts: list[str], word: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}" if parts else ""


def _claimed(experiment: Experiment) -> str:
    """What the claim says happens, with its smallest effect."""
    names = [words(factor) for factor in experiment.factors]
    if not names or not set(experiment.factors) <= set(
        sim.MECHANISMS
    ):  # a factor's own name need not be a thing
        names = ["what the claim varies"]
    what, size = words(experiment.outcome), number(experiment.smallest)
    who = _listed(names)
    who = who[:1].upper() + who[1:]
    many, beyond = len(names) > 1, " beyond what each does alone" if experiment.interaction else ""
    if experiment.expected == "same":
        return f"{who} {'change' if many else 'changes'} {what} by less than {size}{beyond}"
    verb = {"more": "raise", "less": "lower"}[experiment.expected or "more"]
    return f"{who} {verb}{'' if many else 's'} {what} by {size} or more{beyond}"


def _percent(found: Estimate) -> str:
    if found["mean"] is None:
        return "undefined"
    interval = "" if found["low"] is None else f" ({found['low']:.0%} to {found['high']:.0%})"
    return f"{found['mean']:.0%}{interval}"
