"""A study that is kept: what keeping costs, how it takes to more workers, what memory it needs, how long a million runs take.

In full (about ten minutes on two cores): python -m benchmarks --only studies
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import scenarios
import sim
from analysis import shelf, store, studies
from benchmarks.clock import interleaved, wall

NAME = "citizens-blended"
PLANNED = 1_000_000


def kept(replicates: int, workers: int) -> int:
    """Make and keep a study, without its report; returns the bytes on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        studies.make(
            [scenarios.load(NAME)],
            replicates=replicates,
            workers=workers,
            store=store.Store(folder),
            report=False,
        )
        return sum(path.stat().st_size for path in Path(folder).rglob("*.parquet"))


def bare(replicates: int, workers: int) -> None:
    """The same runs from the kernel, as large a piece at a time as one batch of the study has; nothing is kept."""
    scenario = scenarios.load(NAME)
    step = workers * shelf.chunk_size(scenario)
    for first in range(0, replicates, step):
        sim.simulate(scenario, min(step, replicates - first), workers=workers, first=first)


def overhead(replicates: int, rounds: int, workers: int) -> dict[str, float]:
    """What keeping adds to the time that one waits and to the time that processors are busy."""
    busy: dict[str, list[float]] = {"bare": [], "kept": []}

    def timed(name: str) -> float:
        began = time.process_time()
        waited = wall(lambda: (bare if name == "bare" else kept)(replicates, workers))
        busy[name].append(time.process_time() - began)
        return waited

    taken = interleaved({name: lambda name=name: timed(name) for name in busy}, rounds)
    return {
        "replicates": replicates,
        "waiting": median(b / a for a, b in zip(taken["bare"], taken["kept"], strict=True)) - 1,
        "processor": median(b / a for a, b in zip(busy["bare"], busy["kept"], strict=True)) - 1,
        "runs_per_second": replicates / min(taken["kept"]),
    }


def memory(replicates: int) -> float:
    """The most memory, in bytes, that a process of its own takes for a kept study with its report."""
    code = "import resource, sys\nfrom benchmarks import studies\nstudies.with_report(int(sys.argv[1]))\n"
    code += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == 'darwin' else 1024))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(replicates)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def with_report(replicates: int) -> None:
    """A kept study as `coprod run --out` makes it."""
    with tempfile.TemporaryDirectory() as folder:
        studies.make([scenarios.load(NAME)], replicates=replicates, store=store.Store(folder))


def measure(*, quick: bool) -> dict[str, object]:
    """Runs a second against workers, what keeping costs, memory at two sizes, and a million runs as measured on a part."""
    cores = os.cpu_count() or 1
    sim.simulate(scenarios.load(NAME), 20, workers=cores)
    kept(20, 1)  # everything is imported
    few, many, rounds = (300, 900, 1) if quick else (10_000, 100_000, 3)
    counts = sorted({1, min(2, cores), cores})
    speeds = {str(workers): few / wall(lambda workers=workers: kept(few, workers)) for workers in counts}
    cost = overhead(few, rounds, cores) if quick else overhead(many, 1, cores)
    scenario = scenarios.load(NAME)
    size = kept(few, cores) / few
    return {
        "runs_per_second": speeds,
        "overhead": cost,
        "memory": {str(count): memory(count) for count in (few, many)},
        "million": {
            "measured_on": cost["replicates"],
            "hours": PLANNED / cost["runs_per_second"] / 3600,
            "gigabytes": PLANNED * size / 1e9,
            "files": -(-PLANNED // shelf.large_size(scenario)),
        },
    }


if __name__ == "__main__":
    print(json.dumps(measure(quick="--quick" in sys.argv), indent=1))
