"""From effects to verdicts: how many worlds a test takes, and what it then may say.

An effect is a contrast between designs, world by world (common random numbers), so every test is a paired one. A verdict is
never a bare p-value: it holds the effect and its interval against the smallest effect that anybody would care about.

* **equivalent**: the 90% interval lies within plus and minus the smallest effect (two one-sided tests; Schuirmann 1987,
  doi:10.1007/BF01068419; Lakens 2017, doi:10.1177/1948550617697177), whatever its sign;
* **supported**, **refuted**: not equivalent, and the 95% interval, adjusted by Holm (1979) over all claims of the theory,
  lies wholly on the expected side of 0, or on the other one;
* **undecided**: anything else.

A claim that there is no effect to speak of can be equivalent, refuted (a difference is shown) or undecided. What holds by
construction is **verified** or **violated**: a rule that does what it says supports no theory. A pattern, of which nothing is
claimed, is equivalent, **different** or undecided.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from analysis.experiments import Experiment

ALPHA: Final = 0.05
POWER: Final = 0.95
FEWEST: Final = 50  # worlds; below, a t interval for a skewed contrast is not to be trusted (judgement)
# Of the smallest effect: the half-width that an interval shall have, so that an effect of .8 of it is parted from it in nine
# samples of ten (judgement; with .2 verdicts near the border still hung on the worlds).
PRECISION: Final = 0.12
MOST: Final = 100_000  # worlds; a test that needs more is told so and stays undecided (judgement)
CAUTION: Final = 0.8  # chance that the spread planned with is at least the true one (Browne 1995, doi:10.1002/sim.4780141709)

Verdict = Literal["supported", "refuted", "equivalent", "undecided", "verified", "violated", "different"]


@dataclass(frozen=True)
class Finding:
    """What the worlds say about one claim."""

    effect: float | None
    """The mean contrast; None if it is defined in no world."""
    low: float | None
    high: float | None
    """Its 95% interval, adjusted over all claims (Holm)."""
    low90: float | None
    high90: float | None
    """Its 90% interval, which decides on equivalence."""
    n: int
    """Worlds in which it is defined."""
    worlds: int
    """Worlds that were run."""
    verdict: Verdict
    matters: bool | None = None
    """Does the effect reach the smallest one of interest? None where the interval holds both answers."""


def found(experiments: Mapping[str, Experiment], effects: Mapping[str, np.ndarray]) -> dict[str, Finding]:
    """The findings on all claims of a theory together: adjusting for many claims needs them all.

    Parameters
    ----------
    experiments : by name of the claim.
    effects : the contrast in each world, by name of the claim; NaN where undefined.
    """
    emergent = {
        name: _p_value(_defined(values))
        for name, values in effects.items()
        if experiments[name].kind == "emergent"
    }
    shares = dict.fromkeys(effects, ALPHA) | (_adjusted(emergent) if emergent else {})
    return {name: _finding(experiments[name], values, shares[name]) for name, values in effects.items()}


def interval(values: np.ndarray, alpha: float) -> tuple[float | None, float | None]:
    """The t interval of a mean at a level of 1 - alpha; none for fewer than two values, a point where nothing varies."""
    from scipy.special import stdtrit

    if len(values) < 2:
        return None, None
    mean = float(values.mean())
    if values.min() == values.max():
        return float(values[0]), float(values[0])
    half = float(stdtrit(len(values) - 1, 1 - alpha / 2)) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return mean - half, mean + half


def worlds_needed(spread: float, smallest: float, claims: int) -> int:
    """Worlds for power .95 at the smallest effect (Holm's strictest step), for power .95 to find equivalence where there is no
    effect, and for an interval narrow enough to tell effects near the smallest one from it.

    Parameters
    ----------
    spread : standard deviation of the contrast over worlds.
    smallest : the smallest effect of interest.
    claims : how many claims are tested together.

    Returns
    -------
    The largest of the three numbers; it may exceed `MOST`.
    """
    from scipy.special import stdtrit

    if spread <= 0:
        return FEWEST

    def enough(n: int) -> bool:
        error = spread / math.sqrt(n)
        half = float(stdtrit(n - 1, 1 - ALPHA / claims / 2)) * error
        return (
            half <= PRECISION * smallest
            and power_of_equivalence(smallest, 0.0, error, n - 1) >= POWER
            and power_of_difference(smallest, spread, n, ALPHA / claims) >= POWER
        )

    return _fewest(enough)


def cautious_spread(pilot: np.ndarray) -> float:
    """A spread to plan with: the upper bound of a one-sided 80% interval around that of the pilot; 0 if nothing varies."""
    from scipy.special import chdtri

    values = _defined(pilot)
    if len(values) < 2 or values.min() == values.max():
        return 0.0
    freedom = len(values) - 1
    return float(values.std(ddof=1)) * math.sqrt(freedom / float(chdtri(freedom, CAUTION)))


def power_of_difference(effect: float, spread: float, n: int, alpha: float = ALPHA) -> float:
    """Chance that a two-sided paired t test on n worlds shows an effect of this size, on its own side of 0.

    The chance to show it on the wrong side is left out: it does not support anything, and is negligible where planned for.
    """
    from scipy.special import stdtrit
    from scipy.stats import nct

    error = spread / math.sqrt(n)
    return float(nct.sf(float(stdtrit(n - 1, 1 - alpha / 2)), n - 1, abs(effect) / error))


def power_of_equivalence(
    margin: float, effect: float, error: float, freedom: float, alpha: float = ALPHA
) -> float:
    """Chance that two one-sided t tests show that an effect lies within plus and minus a margin.

    Exact: for each error that might be estimated, the normal chance that both tests reject, weighed by how likely it is.

    error : standard error of the mean effect. freedom : its degrees of freedom.
    """
    from scipy.integrate import fixed_quad
    from scipy.special import chdtr, chdtri, ndtr, stdtrit

    t = float(stdtrit(freedom, 1 - alpha))

    def both(share: np.ndarray) -> np.ndarray:
        room = margin - t * error * np.sqrt(chdtri(freedom, 1 - share) / freedom)
        power: np.ndarray = ndtr((room - effect) / error) - ndtr((-room - effect) / error)
        return power

    # beyond this share of the possible errors there is no room left, and nothing to add
    last = float(chdtr(freedom, freedom * (margin / (t * error)) ** 2))
    return float(fixed_quad(both, 0, last, n=200)[0])


def _fewest(enough: Callable[[int], bool]) -> int:
    """The fewest worlds that are enough, `FEWEST` at least, by doubling and halving: power rises with worlds."""
    low, high = FEWEST, FEWEST
    while not enough(high):
        low, high = high, 2 * high
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _finding(experiment: Experiment, values: np.ndarray, alpha: float) -> Finding:
    defined = _defined(values)
    low, high = interval(defined, alpha)
    low90, high90 = interval(defined, 2 * ALPHA)
    effect = float(defined.mean()) if len(defined) else None
    if effect is not None and low == high and low is not None:
        effect = low  # what never varies has no rounding
    verdict = _verdict(experiment, low, high, low90, high90)
    matters = _matters(experiment.smallest, low, high, verdict)
    return Finding(effect, low, high, low90, high90, len(defined), len(values), verdict, matters)


def _matters(smallest: float, low: float | None, high: float | None, verdict: Verdict) -> bool | None:
    if low is None or high is None:
        return None
    if verdict == "equivalent" or max(abs(low), abs(high)) < smallest:
        return False
    return True if low >= smallest or high <= -smallest else None


def _verdict(
    experiment: Experiment, low: float | None, high: float | None, low90: float | None, high90: float | None
) -> Verdict:
    if low is None or high is None or low90 is None or high90 is None:
        return "undecided"
    plain = _side(experiment, low, high, low90, high90)
    if experiment.kind == "by_construction":
        if plain == "undecided":
            return plain
        as_built = plain == "supported" or (plain == "equivalent" and experiment.expected == "same")
        return "verified" if as_built else "violated"
    return plain


def _side(
    experiment: Experiment, low: float, high: float, low90: float, high90: float
) -> Literal["supported", "refuted", "equivalent", "undecided", "different"]:
    if low90 > -experiment.smallest and high90 < experiment.smallest:
        return "equivalent"
    if low <= 0 <= high:
        return "undecided"
    if experiment.expected is None:
        return "different"
    if experiment.expected == "same":
        return "refuted"
    return "supported" if (low > 0) == (experiment.expected == "more") else "refuted"


def _adjusted(p_values: Mapping[str, float]) -> dict[str, float]:
    """The share of error that each claim's interval may take, by Holm's steps: those rejected early take the least."""
    names = sorted(p_values, key=lambda name: p_values[name])
    steps = [ALPHA / (len(names) - step) for step in range(len(names))]
    rejected = sum(
        1 for _ in takewhile(lambda pair: p_values[pair[0]] <= pair[1], zip(names, steps, strict=True))
    )
    return {name: steps[min(step, rejected, len(names) - 1)] for step, name in enumerate(names)}


def _p_value(values: np.ndarray) -> float:
    """Two-sided p-value of a mean of 0, for Holm's order alone; 1 where there is nothing to go by."""
    from scipy.special import stdtr

    if len(values) < 2:
        return 1.0
    if values.min() == values.max():
        return 0.0 if values[0] else 1.0
    t = float(values.mean()) / (float(values.std(ddof=1)) / math.sqrt(len(values)))
    return 2 * float(stdtr(len(values) - 1, -abs(t)))


def _defined(values: np.ndarray) -> np.ndarray:
    return values[~np.isnan(values)]
