"""Who and what is drawn where there is more than anybody can watch."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from sim import Scenario

Thing = TypeVar("Thing")

MOST_DRAWN: Final = 120  # people in one picture (judgement: marks that can still be told apart and clicked)


def drawn(scenario: Scenario, most: int = MOST_DRAWN) -> tuple[int, ...]:
    """The people who are drawn one by one: everybody or, of many, the same share of every group and at least one."""
    everybody = scenario.people
    if everybody <= most:
        return tuple(range(everybody))
    chosen: list[int] = []
    first = 0
    for group in scenario.groups.values():
        count = max(1, round(most * group.size / everybody))
        chosen += [first + n * group.size // count for n in range(min(count, group.size))]
        first += group.size
    return tuple(chosen)


def evenly(things: Sequence[Thing], most: int) -> list[Sequence[Thing]]:
    """Things in at most so many batches, in order and of nearly the same size."""
    count = min(most, len(things))
    ends = [len(things) * n // count for n in range(count + 1)] if count else [0]
    return [things[low:high] for low, high in itertools.pairwise(ends)]
