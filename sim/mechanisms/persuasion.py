"""How far a view that one takes in moves one's own: bounded confidence, without repulsion."""

from __future__ import annotations

from sim.compiler import compiled
from sim.plan import FLAT, SMOOTH


@compiled
def persuasion(distance, tolerance, kernel):
    """Share of a heard difference that can move somebody, in [0, 1].

    `smooth`: 1 at no distance, falling as (1 - (d/t)^2)^2 to exactly 0 at the latitude of acceptance t, so that the
    shift itself is largest at a middle distance. `step`: 1 within the latitude. `flat`: 1 everywhere. Never negative.

    distance, tolerance : view units, [0, 2].
    Source: no repulsion, Takacs, Flache & Maes 2016, doi:10.1371/journal.pone.0157948; largest weight at middle
    distance, Schultze et al. 2015, JDM 10(2):144-171; step: Hegselmann & Krause 2002, Deffuant et al. 2000.
    """
    if kernel == FLAT:
        return 1.0
    if distance > tolerance:
        return 0.0
    if kernel == SMOOTH:
        near = 1.0 - (distance / tolerance) * (distance / tolerance)
        return near * near
    return 1.0
