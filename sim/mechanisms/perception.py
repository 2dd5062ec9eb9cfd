"""What somebody takes in: attention, misreading, beliefs about groups, how a statement changes a picture, what matters."""

from __future__ import annotations

import math

from sim import chance
from sim.compiler import compiled


@compiled
def clipped(position):
    """Everything said, written or misread stays in [-1, 1]."""
    return max(-1.0, min(1.0, position))


@compiled
def moved(gain, times):
    """Share of a gap that is closed after `times` steps, each of which closes `gain` of what is left; in [0, 1]."""
    return 1.0 - math.pow(1.0 - gain, times)


@compiled
def poorer(carries, one, other):
    """What gets through between two channels: what the poorer one carries."""
    return min(carries[one], carries[other])


@compiled
def attention(engagement, fidelity, fluency):
    """How much of a statement reaches somebody, in [0, 1]: investment x what the channel carries x what a communication
    barrier leaves.
    """
    return engagement * fidelity * fluency


@compiled
def perceived(position, fidelity, noise, key, decision, occasion):
    """A position as it is understood: misread the more, the less of it the channel carries."""
    scale = noise * (1.0 - fidelity)
    if scale <= 0.0:
        return position
    return clipped(position + scale * chance.triangle(key, decision, occasion))


@compiled
def seen_openness(own, theirs, fidelity):
    """Somebody's openness as another sees it: what the channel does not carry is filled in from oneself.

    Source: social projection, Ross, Greene & House 1977, doi:10.1016/0022-1031(77)90049-X.
    """
    return fidelity * theirs + (1.0 - fidelity) * own


@compiled
def believed(picture, certainty, views, i, g, k):
    """What person i believes group g to think on issue k: what it was told, as far as it is sure, else its own view.

    Source: social projection, Ross, Greene & House 1977, doi:10.1016/0022-1031(77)90049-X.
    """
    c = certainty[i, g, k]
    return c * picture[i, g, k] + (1.0 - c) * views[i, k]


@compiled
def prevailing(picture, certainty, views, i, k):
    """What person i believes to prevail on issue k: the mean over groups of what it believes of them."""
    total = 0.0
    groups = picture.shape[1]
    for g in range(groups):
        total += believed(picture, certainty, views, i, g, k)
    return total / groups


@compiled
def learn(picture, certainty, i, g, k, position, a):
    """Person i is told, with weight a in [0, 1], that group g thinks `position` on issue k.

    Certainty c grows by a (1 - c); the picture moves by a / (a + c (1 - a)), so that the first thing told is taken as it
    is and a firm picture moves little. Writes picture and certainty.
    """
    if a <= 0.0:
        return
    c = certainty[i, g, k]
    picture[i, g, k] += a / (a + c * (1.0 - a)) * (position - picture[i, g, k])
    certainty[i, g, k] = c + a * (1.0 - c)


@compiled
def salience(view, floor):
    """How much an issue matters to somebody: more, the more extreme the own view (judgement)."""
    return floor + (1.0 - floor) * abs(view)
