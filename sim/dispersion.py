"""How far numbers lie apart: mean distance over all pairs, Gini's coefficient and Lorenz's curve, by sorting."""

from __future__ import annotations

import math

from sim.compiler import allocating, compiled


@allocating
def mean_distance(values):
    """Mean absolute difference over all pairs, by sorting (in place); NaN for fewer than two."""
    n = values.size
    if n < 2:
        return math.nan
    values.sort()
    total = 0.0
    for i in range(n):
        total += (2.0 * i - n + 1.0) * values[i]
    return 2.0 * total / (n * (n - 1.0))


@allocating
def gini(values):
    """Gini coefficient corrected for the number of values, n/(n-1); sorts in place; NaN for fewer than two or all zero."""
    n, total, weighted = values.size, 0.0, 0.0
    if n < 2:
        return math.nan
    values.sort()
    for i in range(n):
        total += values[i]
        weighted += (2.0 * i - n + 1.0) * values[i]
    return weighted / ((n - 1.0) * total) if total > 0.0 else math.nan


@allocating
def ascending(values):
    """Sort in place."""
    values.sort()


@compiled
def lorenz(values, share):
    """The part of the sum that the lowest `share` of the values make up, in [0, 1]; between two values, in proportion.

    values : sorted, none negative, not all zero.
    """
    upto, total, below = share * values.size, 0.0, 0.0
    for i in range(values.size):
        total += values[i]
        below += values[i] * max(0.0, min(1.0, upto - i))
    return below / total
