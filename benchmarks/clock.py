"""Taking turns: whoever is compared is timed in the same minutes, so that a busy machine slows everybody alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work keeps its one thread busy: what others do on the machine meanwhile does not count."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


def wall(work: Callable[[], object]) -> float:
    """How long one waits for a piece of work that uses several threads or processes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def interleaved(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Seconds that each contestant says it took, round by round: all take their turn before anybody has the next."""
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            taken[name].append(contestant())
    return taken


def ratio(slow: list[float], fast: list[float]) -> float:
    """How many times longer one took than the other: the median over rounds."""
    return median(a / b for a, b in zip(slow, fast, strict=True))


def best(taken: list[float]) -> float:
    """The least that it took, which is what the machine can do when nobody else wants it."""
    return min(taken)
