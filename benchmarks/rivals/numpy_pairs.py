"""Deffuant's pairs in bare numpy: all are shuffled into pairs, and all pairs meet at once. No framework, nothing else."""

from __future__ import annotations

import numpy as np
from told import tell, told


def main() -> None:
    """Hold the encounters."""
    people, encounters, tolerance, influence, seed = told()
    rng, half = np.random.default_rng(seed), people // 2
    views, rounds = rng.uniform(-1, 1, people), encounters // half

    def hold() -> int:
        for _ in range(rounds):
            order = rng.permutation(people)
            one, other = order[:half], order[half : 2 * half]
            apart = views[other] - views[one]
            moves = np.where(np.abs(apart) <= tolerance, influence * apart, 0.0)
            views[one] += moves
            views[other] -= moves
        return rounds * half

    tell(hold)


main()
