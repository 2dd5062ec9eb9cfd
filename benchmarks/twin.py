"""The kernel against its twin, the slow readable model of tests/verify/twin.py: whole runs of one scenario."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import scenarios
import sim
from benchmarks.clock import best, interleaved, ratio, seconds
from benchmarks.stage import Stage
from sim.ensemble import scopes_of

AGAIN = 30  # the kernel holds the same run so often, to be seen on the clock


def measure(*, quick: bool) -> dict[str, object]:
    """Times of one run of `citizens-blended`, the people drawn, and of one observed at its end.

    Each round has another replicate, the same for both.
    """
    scenario = scenarios.load("citizens-blended")
    twin: Any = import_module("tests.verify.twin").TwinProcess
    stage, rounds = Stage(scenario), 2 if quick else 7

    def held(replicate: int) -> Any:
        model = twin(scenario, seed=1, replicate=replicate)
        for _ in scenario.sessions:
            model.step()
        return model

    def observed(replicate: int) -> None:
        model = held(replicate)
        for outcome in sim.OUTCOMES:
            for scope in scopes_of(scenario):
                model.outcome(outcome.name, scope)

    def often(run: Callable[[int], None], replicate: int) -> None:
        for _ in range(AGAIN):
            run(replicate)

    def in_turn(run: Callable[[int], object], times: int = 1) -> Callable[[], float]:
        replicates = iter(range(rounds))
        return lambda: seconds(lambda: run(next(replicates))) / times

    stage.hold(0)
    stage.run(1)
    taken = interleaved(
        {
            "twin": in_turn(held),
            "kernel": in_turn(lambda r: often(stage.hold, r), AGAIN),
            "twin observed": in_turn(observed),
            "kernel observed": in_turn(lambda r: often(lambda one: stage.run(1, first=one), r), AGAIN),
        },
        rounds,
    )
    return {
        "scenario": scenario.name,
        "rounds": rounds,
        "twin_seconds": best(taken["twin"]),
        "kernel_seconds": best(taken["kernel"]),
        "ratio": ratio(taken["twin"], taken["kernel"]),
        "ratio_observed": ratio(taken["twin observed"], taken["kernel observed"]),
        "ratio_of_twin_to_kernel_observed": ratio(taken["twin"], taken["kernel observed"]),
    }
