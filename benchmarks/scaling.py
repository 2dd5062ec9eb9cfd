"""How time and memory grow with people, sessions, issues and groups: exponents of a straight line through logarithms."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from itertools import pairwise
from math import log

import numpy as np

import sim
from benchmarks.clock import seconds
from benchmarks.stage import Stage

LIVE, LATER = "same/same", "different/distributed"
MOST = 10**6
LEAST, LONG = 0.02, 3.0  # seconds: what the clock sees well, and what is not measured twice


def scenario(
    people: int = 400, groups: int = 4, issues: int = 5, sessions: int = 1, setting: str = LIVE
) -> sim.Scenario:
    """So many people, who do not tire of meeting monthly."""
    size = people // groups
    steady = {"dropout_hazard": 0, "disengage_absent": 0, "disengage_unheard": 0}
    return sim.Scenario.model_validate(
        {
            "name": "scaling",
            "groups": {f"group-{g}": {"size": size, "assets": {"lived": 0.5}} for g in range(groups)},
            "issues": {f"issue-{k}": {} for k in range(issues)},
            "sessions": {
                f"session-{t}": {"week": 4 * t, "theme": "what", "setting": setting, "circle_size": 8}
                for t in range(sessions)
            },
            "parameters": steady,
        }
    )


VISITS = 20
PLATFORMS: dict[str, dict[str, object]] = {
    "forum": {"order": "answered", "answering": 0.7, "moderation": 0.5, "anonymity": 0.5, "feed_window": 500},
    "microblog": {"readers": "followers", "order": "newest", "answering": 0.4, "feed_window": 10_000},
}


def on_a_platform(people: int, platform: str) -> sim.Scenario:
    """Four groups, five issues, twenty visits of ten minutes: most of it reading, one in ten writes."""
    table = scenario(people=people, sessions=VISITS, setting=LATER).model_dump(mode="json")
    agenda = {"dialogue": 0.25, "interpretation": 0.4, "understanding": 0.1}
    for session in table["sessions"].values():
        session.update(minutes=10, scribe=0, agenda=agenda, platform=PLATFORMS[platform])
    if platform == "microblog":
        table["follows"] = {"degree": 12}
    return sim.Scenario.model_validate(table)


def of_one_run(scene: sim.Scenario) -> float:
    """Seconds of one run, the least of three measurements; small ones are repeated until the clock sees them."""
    stage, often = Stage(scene), 1

    def runs() -> float:
        return seconds(lambda: stage.run(often))

    while (taken := runs()) < LEAST:
        often *= 4
    again = 2 if taken < LONG else 0
    return min([taken, *(runs() for _ in range(again))]) / often


def exponent(points: dict[int, float]) -> float:
    """Slope of a straight line through the logarithms: 1 is linear."""
    sizes, times = np.log(list(points)), np.log(list(points.values()))
    return float(np.polyfit(sizes, times, 1)[0])


def last_slope(points: dict[int, float]) -> float:
    """Slope over the last step alone, where fixed costs no longer count."""
    (n, taken), (more, longer) = list(pairwise(points.items()))[-1]
    return log(longer / taken) / log(more / n)


def grown(sizes: Iterable[int], make: Callable[[int], sim.Scenario]) -> dict[str, object]:
    """Seconds of a run over sizes, and the exponents."""
    points = {size: of_one_run(make(size)) for size in sizes}
    return {"seconds": points, "exponent": exponent(points), "last_slope": last_slope(points)}


def with_people(people: int, setting: str) -> sim.Scenario:
    """Four groups, five issues, one session."""
    return scenario(people=people, setting=setting)


def memory(people: int, setting: str) -> dict[str, float]:
    """Bytes per participant: foreseen, and really taken by a process of its own."""
    command = [sys.executable, "-m", "benchmarks.peak", str(people), setting]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {name: value / people for name, value in told.items()}


def measure(*, quick: bool) -> dict[str, object]:
    """Everything that can grow."""
    tens = [10**n for n in range(2, 4 if quick else 7)]
    many = 20_000 if quick else MOST // 5
    doublings = [2**n for n in range(1, 4 if quick else 7)]
    found: dict[str, object] = {
        "people_live": grown(tens, lambda n: with_people(n, LIVE)),
        "people_later": grown(tens, lambda n: with_people(n, LATER)),
        "sessions": grown(doublings, lambda n: scenario(sessions=n, people=200)),
        "issues": grown(doublings, lambda n: scenario(issues=n, people=800)),
        "groups": grown(doublings, lambda n: scenario(groups=n, people=960)),
        "visits": VISITS,
        **{
            f"people_on_{name}": grown(
                tens[1:-1] if len(tens) > 2 else tens, lambda n, name=name: on_a_platform(n, name)
            )
            for name in PLATFORMS
        },
        "memory_people": many,
        "bytes_live": memory(many, LIVE),
        "bytes_later": memory(many, LATER),
    }
    return found
