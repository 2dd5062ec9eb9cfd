"""Deffuant's pairs in mesa-frames (Polars): in each step all are shuffled into pairs, and all pairs meet at once."""

from __future__ import annotations

import numpy as np
import polars
from mesa_frames import AgentSetPolars, ModelDF
from told import tell, told


class People(AgentSetPolars):
    """Everybody, as columns."""

    def __init__(self, model: Pairs, people: int) -> None:
        super().__init__(model)
        views = model.random.uniform(-1, 1, people)
        self.add(polars.DataFrame({"unique_id": np.arange(people), "view": views}))

    def step(self) -> None:
        """All meet, two by two."""
        model, half = self.model, len(self.agents) // 2
        shuffled = self.agents.sample(fraction=1.0, shuffle=True, seed=int(model.random.integers(2**31)))
        one, other = shuffled[:half], shuffled[half:]
        apart = other["view"] - one["view"]
        moves = polars.select(
            polars.when(apart.abs() <= model.tolerance).then(model.influence * apart).otherwise(0.0)
        ).to_series()
        self.agents = polars.concat(
            [one.with_columns(view=one["view"] + moves), other.with_columns(view=other["view"] - moves)]
        )


class Pairs(ModelDF):
    """People who meet two by two."""

    def __init__(self, people: int, tolerance: float, influence: float, seed: int) -> None:
        super().__init__(seed=seed)
        self.tolerance, self.influence = tolerance, influence
        self.agents += People(self, people)

    def step(self) -> None:
        """Half as many encounters as there are people."""
        self.agents.do("step")


def main() -> None:
    """Hold the encounters."""
    people, encounters, tolerance, influence, seed = told()
    model = Pairs(people, tolerance, influence, seed)
    rounds = encounters // (people // 2)

    def hold() -> int:
        for _ in range(rounds):
            model.step()
        return rounds * (people // 2)

    tell(hold)


main()
