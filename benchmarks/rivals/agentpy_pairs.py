"""Deffuant's pairs in AgentPy: in each step everybody, in random order, meets somebody."""

from __future__ import annotations

import agentpy
from told import tell, told


class Person(agentpy.Agent):
    """Somebody with a view."""

    def setup(self) -> None:
        """Where one starts."""
        self.view = self.model.random.uniform(-1, 1)

    def meet(self) -> None:
        """Both move towards one another if they are near enough."""
        everybody, p = self.model.everybody, self.model.p
        other = self.model.random.choice(everybody)
        while other is self:
            other = self.model.random.choice(everybody)
        apart = other.view - self.view
        if abs(apart) <= p.tolerance:
            self.view += p.influence * apart
            other.view -= p.influence * apart


class Pairs(agentpy.Model):
    """People who meet two by two."""

    def setup(self) -> None:
        """Everybody is there from the start."""
        self.people = agentpy.AgentList(self, self.p.people, Person)
        self.everybody = list(self.people)

    def step(self) -> None:
        """As many encounters as there are people."""
        self.people.shuffle().meet()


def main() -> None:
    """Hold the encounters."""
    people, encounters, tolerance, influence, seed = told()
    model = Pairs({"people": people, "tolerance": tolerance, "influence": influence, "seed": seed})
    model.sim_setup()

    def hold() -> int:
        for _ in range(encounters // people):
            model.sim_step()
        return encounters // people * people

    tell(hold)


main()
