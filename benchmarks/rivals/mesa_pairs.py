"""Deffuant's pairs in plain Mesa: in each step everybody, in random order, meets somebody."""

from __future__ import annotations

import mesa
from told import tell, told


class Person(mesa.Agent):
    """Somebody with a view."""

    def __init__(self, model: Pairs) -> None:
        super().__init__(model)
        self.view = self.random.uniform(-1, 1)

    def meet(self) -> None:
        """Both move towards one another if they are near enough."""
        model = self.model
        other = self.random.choice(model.everybody)
        while other is self:
            other = self.random.choice(model.everybody)
        apart = other.view - self.view
        if abs(apart) <= model.tolerance:
            self.view += model.influence * apart
            other.view -= model.influence * apart


class Pairs(mesa.Model):
    """People who meet two by two."""

    def __init__(self, people: int, tolerance: float, influence: float, seed: int) -> None:
        super().__init__(seed=seed)
        self.tolerance, self.influence = tolerance, influence
        Person.create_agents(self, people)
        self.everybody = list(self.agents)

    def step(self) -> None:
        """As many encounters as there are people."""
        self.agents.shuffle_do("meet")


def main() -> None:
    """Hold the encounters."""
    people, encounters, tolerance, influence, seed = told()
    model = Pairs(people, tolerance, influence, seed)

    def hold() -> int:
        for _ in range(encounters // people):
            model.step()
        return encounters // people * people

    tell(hold)


main()
