"""Worlds as dots: one strip for each design on a common axis, and one for the difference in each world."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup

from analysis import statistics
from analysis.dashboard.lessons.findings import bounds, is_share, written
from analysis.report import words
from analysis.statistics import Estimate

STACKS: Final = 90  # places for dots beside each other; on a phone they nearly touch
TALL: Final = 60  # pixels for a stack
DOT: Final = 5  # pixels from one dot to the next


@dataclass(frozen=True, eq=False)
class Strip:
    """The worlds of one design."""

    title: str
    values: np.ndarray
    kind: str = ""
    """How it is drawn: as `first`, `second` or `trial`."""


def strips(outcome: str, shown: Sequence[Strip]) -> Markup:
    """Every world of each design as a dot, with the mean and its 95% interval below."""
    everything = np.concatenate([strip.values for strip in shown])
    axis = _Axis.over(everything[~np.isnan(everything)])
    rows = Markup().join(
        _row(outcome, strip, axis, statistics.estimate(strip.values), difference=False) for strip in shown
    )
    return Markup('<div class="strips">{}{}</div>').format(rows, _ticks(outcome, axis))


def differences(outcome: str, title: str, first: np.ndarray, second: np.ndarray) -> Markup:
    """In each world, how much more the second design has: dots right of the line have more."""
    apart = second - first
    defined = apart[~np.isnan(apart)]
    axis = _Axis.over(np.append(defined, [0.0, *(-0.15 * defined)]))
    strip = Strip(title, apart, "apart")
    row = _row(outcome, strip, axis, statistics.estimate(apart), difference=True)
    return Markup('<div class="strips">{}{}</div>').format(row, _ticks(outcome, axis))


@dataclass(frozen=True)
class _Axis:
    """A range with round ends."""

    low: float
    high: float
    step: float

    @classmethod
    def over(cls, values: np.ndarray) -> _Axis:
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        room = max(high - low, 0.02 * max(abs(low), abs(high)), 1e-3)
        power = 10.0 ** math.floor(math.log10(room / 3))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= room / 4)
        start, end = step * math.floor(low / step), step * math.ceil(high / step)
        return cls(start, end if end > start else start + step, step)

    def at(self, value: float) -> float:
        """Where a value lies, in per cent of the width; a little room stays at both ends."""
        return 2 + 96 * (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * n for n in range(count + 1)]


def _row(outcome: str, strip: Strip, axis: _Axis, mean: Estimate, *, difference: bool) -> Markup:
    value = written(outcome, mean["mean"], difference=difference)
    between = bounds(outcome, mean, difference=difference)
    said = f"{value} ({between})" if between else value
    spread = _spread(outcome, strip.values, difference=difference)
    return Markup(
        '<div class="strip {}"><p><span>{}</span> <span>{}</span></p>'
        '<svg role="img" aria-label="{}" width="100%" height="{}">{}{}{}</svg></div>'
    ).format(
        strip.kind,
        strip.title,
        said,
        f"{strip.title}: mean {value}" + (f", 95% interval {between}" if between else "") + spread,
        TALL + 16,
        _zero(axis) if difference else "",
        _dots(strip.values, axis),
        _mean(mean, axis),
    )


def _spread(outcome: str, values: np.ndarray, *, difference: bool) -> str:
    defined = values[~np.isnan(values)]
    if len(defined) < 10:
        return ""
    low, high = (
        written(outcome, float(end), difference=difference) for end in np.quantile(defined, (0.1, 0.9))
    )
    return f"; 8 of 10 worlds lie between {low} and {high}"


def _dots(values: np.ndarray, axis: _Axis) -> Markup:
    defined = values[~np.isnan(values)]
    places = np.floor((defined - axis.low) / (axis.high - axis.low) * STACKS).clip(0, STACKS - 1)
    stacks, counts = np.unique(places, return_counts=True)
    if not len(stacks):
        return Markup()
    step = min(DOT, TALL / counts.max())
    centre = axis.low + (stacks + 0.5) / STACKS * (axis.high - axis.low)
    return Markup().join(
        Markup('<circle cx="{:.1f}%" cy="{:.1f}" r="2.3"/>').format(axis.at(x), TALL - step * (height + 0.5))
        for x, count in zip(centre, counts, strict=True)
        for height in range(count)
    )


def _mean(found: Estimate, axis: _Axis) -> Markup:
    mean, low, high = found["mean"], found["low"], found["high"]
    if mean is None:
        return Markup()
    line = (
        Markup('<line class="between" x1="{:.2f}%" x2="{:.2f}%" y1="{}" y2="{}"/>').format(
            axis.at(max(low, axis.low)), axis.at(min(high, axis.high)), TALL + 9, TALL + 9
        )
        if low is not None and high is not None
        else Markup()
    )
    return (
        Markup('<line class="base" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(TALL + 2)
        + line
        + Markup('<circle class="mean" cx="{:.2f}%" cy="{}" r="4"/>').format(axis.at(mean), TALL + 9)
    )


def _zero(axis: _Axis) -> Markup:
    return Markup('<line class="zero" x1="{0:.2f}%" x2="{0:.2f}%" y1="0" y2="{1}"/>').format(
        axis.at(0.0), TALL + 16
    )


def _ticks(outcome: str, axis: _Axis) -> Markup:
    marks = Markup().join(
        Markup('<span style="left:{:.2f}%">{}</span>').format(axis.at(tick), _tick(outcome, tick, axis.step))
        for tick in axis.ticks()
    )
    return Markup('<div class="ticks" aria-hidden="true">{}</div>').format(marks)


def _tick(outcome: str, value: float, step: float) -> str:
    size, unit = (100, "%") if is_share(outcome) else (1, "")
    places = max(0, -math.floor(math.log10(step * size) + 1e-9))
    return words.minus(statistics.number(value * size, places)) + unit
