"""Cooperative games: what each player adds to what all reach together.

A game of n players is an array of 2^n values, one for each coalition; bit i of a coalition's number says whether player
i takes part, so that 0 is nobody and 2^n - 1 is everybody.
"""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np


def players_of(values: Any) -> int:
    """Number of players in a game.

    Raises
    ------
    ValueError
        If there is not one value for each coalition of some number of players.
    """
    count = np.shape(values)[-1] if np.ndim(values) else 0
    if count < 1 or count & (count - 1):
        msg = f"a game needs a value for each coalition: 2, 4, 8, ... of them, found {count}"
        raise ValueError(msg)
    return int(count).bit_length() - 1


def shapley_values(values: Any) -> np.ndarray:
    """What each player adds, averaged over all orders in which the players can join.

    The shares add up to what everybody reaches less what nobody reaches (efficiency). Fractions are reckoned with
    exactly.

    Parameters
    ----------
    values : (..., 2^n), what each coalition reaches; many games may be given at once.

    Returns
    -------
    Shares, (..., n).

    Source: Shapley (1953), A value for n-person games, doi:10.1515/9781400881970-018.
    """
    reached, n = np.asarray(values), players_of(values)
    coalitions = np.arange(2**n)
    shares = []
    for player in range(n):
        without = coalitions[coalitions >> player & 1 == 0]
        added = reached[..., without | 1 << player] - reached[..., without]
        orders = _orders(without, n - 1)
        shares.append((added * orders).sum(axis=-1) / factorial(n))
    return np.stack(shares, axis=-1) if shares else reached[..., :0]


def interaction_indices(values: Any) -> np.ndarray:
    """How much more two players add together than each alone, averaged over what the others do.

    Above 0 they need each other, below 0 one stands in for the other in part; 0 where they do not meet.

    Parameters
    ----------
    values : (..., 2^n), what each coalition reaches.

    Returns
    -------
    Indices, (..., n, n), symmetric, with 0 on the diagonal.

    Source: Grabisch & Roubens (1999), doi:10.1007/s001820050125 (the Shapley interaction index of pairs).
    """
    reached, n = np.asarray(values), players_of(values)
    coalitions = np.arange(2**n)
    indices = np.zeros((*reached.shape[:-1], n, n), dtype=reached.dtype if reached.dtype == object else float)
    for i in range(n):
        for j in range(i):
            a, b = 1 << i, 1 << j
            others = coalitions[coalitions & (a | b) == 0]
            more = reached[..., others | a | b] - reached[..., others | a] - reached[..., others | b]
            orders = _orders(others, n - 2)
            index = ((more + reached[..., others]) * orders).sum(axis=-1) / factorial(n - 1)
            indices[..., i, j] = indices[..., j, i] = index
    return indices


def _orders(coalitions: np.ndarray, others: int) -> np.ndarray:
    """In how many orders each coalition is what has come before, with `others` players who may come before."""
    sizes = [int(coalition).bit_count() for coalition in coalitions]
    return np.array(
        [factorial(size) * factorial(others - size) for size in sizes], dtype=object if others > 15 else int
    )
