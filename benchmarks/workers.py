"""Two workers against one, and what cutting the runs into blocks costs."""

from __future__ import annotations

import time

import numpy as np

import scenarios
import sim
from benchmarks.clock import best, interleaved, ratio, wall
from sim import ensemble

BLOCKS = (0.001, 0.01, 0.03, 0.1, 0.3, 1.0)


def in_blocks_of(seconds: float, scenario: sim.Scenario, replicates: int) -> float:
    """How long the runs take with one worker, in blocks of about so many seconds."""
    usual = ensemble.BLOCK_SECONDS
    ensemble.BLOCK_SECONDS = seconds  # type: ignore[misc]
    try:
        return wall(lambda: sim.simulate(scenario, replicates, workers=1, series=False))
    finally:
        ensemble.BLOCK_SECONDS = usual  # type: ignore[misc]


def measure(*, quick: bool) -> dict[str, object]:
    """Seconds for many runs of `citizens-blended`; every number of workers gives the same bytes."""
    scenario = scenarios.load("citizens-blended")
    replicates, rounds = (60, 2) if quick else (1500, 5)

    busy: dict[int, list[float]] = {1: [], 2: []}

    def with_workers(workers: int) -> float:
        began = time.process_time()
        waited = wall(lambda: sim.simulate(scenario, replicates, workers=workers, series=False))
        busy[workers].append(time.process_time() - began)
        return waited

    one, two = (sim.simulate(scenario, 20, workers=workers).values for workers in (1, 2))
    assert np.array_equal(one, two, equal_nan=True), "the number of workers changed the result"
    taken = interleaved({"one": lambda: with_workers(1), "two": lambda: with_workers(2)}, rounds)
    blocks = (BLOCKS[0], ensemble.BLOCK_SECONDS) if quick else BLOCKS
    part = replicates // 3
    cut = interleaved(
        {str(size): lambda size=size: in_blocks_of(size, scenario, part) for size in blocks}, rounds
    )
    least = min(best(times) for times in cut.values())
    return {
        "replicates": replicates,
        "runs_per_second_one": replicates / best(taken["one"]),
        "runs_per_second_two": replicates / best(taken["two"]),
        "ratio": ratio(taken["one"], taken["two"]),
        "processor_time_of_two_to_one": ratio(busy[2], busy[1]),  # 1 if they never stand in one another's way
        "same_bytes": True,
        "overhead_of_blocks_of_seconds": {size: best(times) / least - 1 for size, times in cut.items()},
        "block_seconds": ensemble.BLOCK_SECONDS,
    }
