"""What many runs say together: means with their uncertainty, and designs held against each other world by world.

Replicate r of every design meets the same people with the same luck (common random numbers), so designs are compared
within a world before anything is averaged. A world is one replicate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict

import numpy as np

import sim

if TYPE_CHECKING:
    from sim import Runs

CONFIDENCE: Final = 0.95
YES_OR_NO: Final = "yes or no"  # the unit of outcomes that come about or do not
SAME: Final = 1e-12  # differences below this, relative to the values, are rounding and count as none

# How people say that a design has more or less of something; for others: "reaches more (less) ... than".
SAYINGS: Final = {
    "consensus_reached": ("reaches consensus more often than", "reaches consensus less often than"),
    "cost": ("costs more than", "costs less than"),
    "left_out": ("leaves more people out than", "leaves fewer people out than"),
    "polarisation": ("ends more polarised than", "ends less polarised than"),
    "conflict": ("brings more conflict than", "brings less conflict than"),
    "competition": (
        "brings more competition for attention than",
        "brings less competition for attention than",
    ),
    "unread": ("leaves more entries unread than", "leaves fewer entries unread than"),
    "taken_down": ("takes down more than", "takes down less than"),
    "legitimacy": ("keeps more legitimacy than", "keeps less legitimacy than"),
}
# What people call an outcome whose name says too little by itself.
NAMES: Final = {
    "left_out": "people left out",
    "read_equality": "equality of being read",
    "competition": "competition for attention",
    "unread": "entries unread",
    "taken_down": "contributions taken down",
    "content_lurkers": "content of the quiet 90%",
    "content_contributors": "content of the next 9%",
    "content_superusers": "content of the busiest 1%",
}


class Estimate(TypedDict):
    """A mean over worlds; `low` and `high` bound its 95% interval. None where there is nothing to say."""

    mean: float | None
    low: float | None
    high: float | None
    n: int


def estimate(values: np.ndarray) -> Estimate:
    """Mean of the defined values, with its 95% t interval.

    Parameters
    ----------
    values : one per world; NaN where the outcome is undefined. Undefined worlds are left out, and `n` counts the rest.

    Returns
    -------
    mean, low, high and n. With n = 0 all three are None; with n = 1 there is a mean and no interval.
    """
    defined = values[~np.isnan(values)]
    n = len(defined)
    if n == 0:
        return {"mean": None, "low": None, "high": None, "n": 0}
    if n == 1:
        return {"mean": float(defined[0]), "low": None, "high": None, "n": 1}
    if defined.min() == defined.max():  # summing would add rounding to what never varies
        always = float(defined[0])
        return {"mean": always, "low": always, "high": always, "n": n}
    mean = float(defined.mean())
    half = _t_quantile(n - 1) * float(defined.std(ddof=1)) / math.sqrt(n)
    return {"mean": mean, "low": mean - half, "high": mean + half, "n": n}


def share_of_yes(values: np.ndarray) -> Estimate:
    """Share of worlds in which something came about, with its 95% Wilson interval.

    Where all worlds say the same, a t interval would be a point; so many worlds cannot make anybody so certain.

    values : 1, 0 or, where undefined, NaN; one per world.
    """
    defined = values[~np.isnan(values)]
    n = len(defined)
    if n < 2:
        return estimate(values)
    share, z = float(defined.mean()), 1.959963984540054
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return {"mean": share, "low": min(share, centre - half), "high": max(share, centre + half), "n": n}


def at_the_end(runs: Runs, outcome: str, scope: str = "all") -> Estimate:
    """One outcome at the end of the process, over the worlds that were run; its interval ends where its range does."""
    kind = next(known for known in sim.OUTCOMES if known.name == outcome)
    values = runs.final(outcome, scope)
    found = share_of_yes(values) if kind.unit == YES_OR_NO else estimate(values)
    if found["mean"] is None or found["low"] is None or found["high"] is None:
        return found
    if kind.low is not None:
        found["low"] = min(found["mean"], max(found["low"], kind.low))
    if kind.high is not None:
        found["high"] = max(found["mean"], min(found["high"], kind.high))
    return found


def summary(runs: Runs, scope: str = "all") -> dict[str, Estimate]:
    """Every outcome at the end of the process, over the worlds that were run; by default for everyone invited."""
    return {outcome: at_the_end(runs, outcome, scope) for outcome in runs.outcomes}


@dataclass(frozen=True)
class Comparison:
    """Two designs in the same worlds: how much more of an outcome the second one has."""

    outcome: str
    first: str
    second: str
    difference: Estimate
    """Second - first, over the worlds in which both are defined."""
    more: int
    """Worlds in which the second has more."""
    less: int
    """Worlds in which the second has less."""
    worlds: int
    """Worlds that both designs were run in, defined or not."""

    @property
    def same(self) -> int:
        """Worlds in which both have as much."""
        return self.difference["n"] - self.more - self.less

    @property
    def shows(self) -> bool:
        """Is there a difference that these worlds can show: does the interval leave out 0?"""
        low, high = self.difference["low"], self.difference["high"]
        return low is not None and high is not None and (low > 0 or high < 0)


def compare(first: Runs, second: Runs, outcome: str, scope: str = "all") -> Comparison:
    """Hold two designs against each other, world by world.

    Raises
    ------
    ValueError
        If the two were run with different seeds: their worlds are not the same, and pairing them would be a pretence.
    """
    if first.seed != second.seed:
        raise ValueError(
            f"designs run with seeds {first.seed} and {second.seed} do not share worlds; run both with one seed"
        )
    worlds, here, there = np.intersect1d(first.replicates, second.replicates, return_indices=True)
    before, after = first.final(outcome, scope)[here], second.final(outcome, scope)[there]
    difference = after - before
    difference[np.abs(difference) <= SAME * np.maximum(np.abs(before), np.abs(after))] = 0.0
    return Comparison(
        outcome=outcome,
        first=first.scenario.name,
        second=second.scenario.name,
        difference=estimate(difference),
        more=int((difference > 0).sum()),
        less=int((difference < 0).sum()),
        worlds=len(worlds),
    )


def sentence(comparison: Comparison) -> str:
    """What a comparison says, in words that claim no more than the worlds can show."""
    first, second, what = comparison.first, comparison.second, words(comparison.outcome)
    found = comparison.difference
    n, mean = found["n"], found["mean"]
    if mean is None:
        return f"{second} and {first}: {what} is not defined for both in any of {_worlds(comparison.worlds)}."
    among = _worlds(n) if n == comparison.worlds else f"the {_worlds(n)} where it is defined for both"
    if comparison.same == n:
        return f"{second} and {first} do not differ in {what} in any of {among}."
    if found["low"] is None:
        return f"{second} and {first}: {what} differs by {number(mean)} in one world, and one world shows no difference."
    by = size(found)
    if not comparison.shows:
        return f"{second} and {first}: no difference in {what} that {among} can show ({by})."
    rises = mean > 0
    count = comparison.more if rises else comparison.less
    ties = f", as much in {comparison.same}" if comparison.same else ""
    often = "in" if 2 * count > n else "on average, though in only"
    return f"{second} {_saying(comparison.outcome, rises=rises)} {first} {often} {count} of {among}{ties} ({by})."


def words(outcome: str) -> str:
    """What people call an outcome: its name, without the underscores, unless that says too little."""
    return NAMES.get(outcome, outcome.replace("_", " "))


def number(value: float, decimals: int | None = None) -> str:
    """A number for people: money without decimals, shares with two, unless told otherwise."""
    places = _places(value) if decimals is None else decimals
    text = f"{value:,.{places}f}"
    return text if text.strip("-0.") else text.lstrip("-")  # nobody has met -0.00


def between(found: Estimate, decimals: int | None = None) -> str:
    """The interval of an estimate in words; empty if there is none."""
    low, high = found["low"], found["high"]
    if low is None or high is None:
        return ""
    return f"{number(low, decimals)} to {number(high, decimals)}"


def size(found: Estimate) -> str:
    """A difference with its interval, in as many decimals as it takes to see where the interval ends."""
    mean, low, high = found["mean"], found["low"], found["high"]
    assert mean is not None
    assert low is not None
    assert high is not None
    places, width, nearest = _places(max(abs(low), abs(high))), high - low, min(abs(low), abs(high))
    if width > 1e-9 * abs(mean) and places > 0:
        places = min(4, max(places, -math.floor(math.log10(width / 2))))
    while (
        low * high > 0 and nearest < 0.5 * 10**-places and places < 9
    ):  # an end that is not 0 must not look like it
        places += 1
    return f"difference {number(mean, places)}, 95% interval {between(found, places)}"


def _places(value: float) -> int:
    size = abs(value)
    return 2 if size < 10 else 1 if size < 1000 else 0


def _saying(outcome: str, *, rises: bool) -> str:
    what = words(outcome)
    kind = next((known for known in sim.OUTCOMES if known.name == outcome), None)
    amount = kind is not None and kind.unit == "share" and kind.low != -1
    plain = (f"reaches more {what} than", f"reaches less {what} than")
    more, less = SAYINGS.get(
        outcome, plain if amount else (f"has a higher {what} than", f"has a lower {what} than")
    )
    return more if rises else less


def _worlds(count: int) -> str:
    return "1 world" if count == 1 else f"{count:,} worlds"


def _t_quantile(freedom: int) -> float:
    """The value that a t statistic stays below with 97.5% chance."""
    from scipy.special import stdtrit  # scipy.stats has it too, and takes a second to import

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))
