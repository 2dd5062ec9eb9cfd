"""Keyed chance: a draw belongs to named things, not to a call order or to a position in an array.

A draw is one output of the splitmix64 generator (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195) whose seed is a
key and whose counter is (decision, occasion). A key grows from the seed through names: stream, replicate, group, number
within the group, session. So adding a person, a session or a worker changes nobody else's luck, replicate r of every
design meets the same population, and nothing has to be stored or passed on.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any, Final

import numpy as np

from sim.compiler import PLAIN, compiled

MASK: Final = 2**64 - 1
GOLDEN: Final = 0x9E3779B97F4A7C15
FIRST: Final = 0xBF58476D1CE4E5B9
SECOND: Final = 0x94D049BB133111EB

# Decisions: what a draw is for. A number, once given, is never reused for something else: results would change.
(
    # who people are (population stream); the occasion tells which of several
    TALKATIVENESS, POWER, OPENNESS, CONVICTION, TOLERANCE, ENGAGEMENT, TRUST, VIEW, ASSET, BARRIER_FACED,
    # what happens in a session (process stream)
    BARRIER_MET, WILLING, DEAL, VISIT, TURNS, FLOOR, ISSUE, MISHEARD, POSTS, ISSUE_OF_POST, KEPT, NOTES, CAPTURE,
    DISTORTION, READS, MISREAD, EXCHANGES, ASKER, ASKED_GROUP, ASKED_ISSUE, ANSWERER, MISTAKEN, QUESTIONS,
    ASKED_GROUP_LATER, ASKED_ISSUE_LATER, ANSWERER_LATER, ANSWERS_READ, MISTAKEN_LATER, FACILITATED, DRAFTER, PUBLIC,
    DROPOUT,
    # on a platform
    FOLLOWED_GROUP, FOLLOWED, FOLLOWED_STATUS, IS_ANSWER, PARENT, TAKEN_DOWN, FEED,
) = range(49)  # fmt: skip

# Decisions of extensions start here.
FREE: Final = 1000

if PLAIN:
    # Uncompiled, numpy's uint64 warns of the overflow that is meant here, and is slow; Python's integers, masked, give
    # the same bits.
    def _mixed(x: Any) -> Any:
        x = ((x ^ (x >> 30)) * FIRST) & MASK
        x = ((x ^ (x >> 27)) * SECOND) & MASK
        return x ^ (x >> 31)

    def child(key: Any, name: Any) -> Any:
        """Key of a named or numbered thing within the thing that `key` stands for; both are unsigned 64-bit."""
        return np.uint64(_mixed((int(key) + GOLDEN * (int(name) + 1)) & MASK))

    def bits(key: Any, decision: Any, occasion: Any) -> Any:
        """The 64 bits that belong to a key's decision on an occasion (0 <= occasion < 2**40)."""
        return _mixed((int(key) + GOLDEN * ((int(decision) << 40) + int(occasion) + 1)) & MASK)

    def draw(key: Any, decision: Any, occasion: Any) -> Any:
        """Uniform number in [0, 1) with 53 bits."""
        return float((bits(key, decision, occasion) >> 11) * 2.0**-53)

    def triangle(key: Any, decision: Any, occasion: Any) -> Any:
        """Symmetric triangular number in (-1, 1), from the two halves of one draw; standard deviation 1/sqrt(6)."""
        z = bits(key, decision, occasion)
        return float(((z >> 32) + (z & 0xFFFFFFFF) + 1) * 2.0**-32 - 1.0)

else:
    _GOLDEN, _FIRST, _SECOND = np.uint64(GOLDEN), np.uint64(FIRST), np.uint64(SECOND)
    _ONE, _LOW = np.uint64(1), np.uint64(0xFFFFFFFF)
    _11, _27, _30, _31, _32, _40 = (np.uint64(n) for n in (11, 27, 30, 31, 32, 40))

    @compiled
    def _mixed(x: Any) -> Any:
        x = (x ^ (x >> _30)) * _FIRST
        x = (x ^ (x >> _27)) * _SECOND
        return x ^ (x >> _31)

    @compiled
    def child(key: Any, name: Any) -> Any:
        """Key of a named or numbered thing within the thing that `key` stands for; both are unsigned 64-bit."""
        return _mixed(np.uint64(key) + _GOLDEN * (np.uint64(name) + _ONE))

    @compiled
    def bits(key: Any, decision: Any, occasion: Any) -> Any:
        """The 64 bits that belong to a key's decision on an occasion (0 <= occasion < 2**40)."""
        return _mixed(np.uint64(key) + _GOLDEN * ((np.uint64(decision) << _40) + np.uint64(occasion) + _ONE))

    @compiled
    def draw(key: Any, decision: Any, occasion: Any) -> Any:
        """Uniform number in [0, 1) with 53 bits."""
        return float(bits(key, decision, occasion) >> _11) * 2.0**-53

    @compiled
    def triangle(key: Any, decision: Any, occasion: Any) -> Any:
        """Symmetric triangular number in (-1, 1), from the two halves of one draw; standard deviation 1/sqrt(6)."""
        z = bits(key, decision, occasion)
        return float((z >> _32) + (z & _LOW) + _ONE) * 2.0**-32 - 1.0


@compiled
def normal(key, decision, occasion):
    """Standard normal number (Box & Muller 1958); takes the draws of `occasion` and `occasion + 1`."""
    radius = math.sqrt(-2.0 * math.log(1.0 - draw(key, decision, occasion)))
    return radius * math.cos(2.0 * math.pi * draw(key, decision, occasion + 1))


@compiled
def sooner(best, weight, u):
    """Waiting time of somebody in a race, if it beats `best`; otherwise `best` itself.

    The wait is exponential with rate `weight`, so that the shortest of several is a draw in proportion to the weights,
    and one more runner takes only the races that it wins. `-log(1 - u)` is at least `u`, which settles most races
    without a logarithm.
    """
    if weight <= 0.0 or u >= best * weight:
        return best
    return min(best, -math.log(1.0 - u) / weight)


@compiled
def count(amount, u):
    """A whole number for a fractional amount: the whole part, plus one with the fraction as chance."""
    whole = math.floor(amount)
    return int(whole) + (1 if u < amount - whole else 0)


@compiled
def one_of(key, decision, occasion, n):
    """One of n in a row, each as likely, that stays the same when the row grows, unless the newcomer wins it.

    Consistent hashing by jumps: Lamping & Veach 2014, arXiv:1406.2294. Takes up to 64 draws from `occasion` x 64 on.
    """
    chosen, step, jump = 0, 0, 0.0
    while jump < n:
        chosen = int(jump)
        jump = math.floor((chosen + 1) / (1.0 - draw(key, decision, occasion * 64 + step)))
        step += 1
    return chosen


def named(text: str) -> Any:
    """The unsigned 64-bit number that stands for a name."""
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def stream(seed: int, name: str) -> Any:
    """The key of one stream of chance (`population` or `process`) under a seed."""
    return named(f"coprod/{name}/{seed}")
