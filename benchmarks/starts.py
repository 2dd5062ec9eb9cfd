"""How long one waits before anything happens: the first start, which compiles, every later one, and imports."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.clock import best, interleaved, wall

RUN = "import scenarios, sim; sim.simulate(scenarios.load('citizens-blended'), 1, workers=1)"

WAITS = {
    "python alone": ("-c", "pass"),
    "import sim, scenarios": ("-c", "import sim, scenarios"),
    "coprod --help": ("-c", "from analysis.cli import main; raise SystemExit(main())", "--help"),
    "import mesa": ("-c", "import mesa"),
    "import numba": ("-c", "import numba"),
}


def waiting(*arguments: str, cache: str | None = None) -> float:
    """Seconds until a new process has done what it is told."""
    environment = os.environ | ({} if cache is None else {"COPROD_CACHE_DIR": cache})
    command = [sys.executable, *arguments]
    return wall(lambda: subprocess.run(command, env=environment, check=True, capture_output=True))


def first_and_second() -> dict[str, float]:
    """With an empty cache, and with what that start has left in it; the machine code that it left."""
    with tempfile.TemporaryDirectory() as cache:
        first = waiting("-c", RUN, cache=cache)
        second = min(waiting("-c", RUN, cache=cache) for _ in range(3))
        size = sum(path.stat().st_size for path in Path(cache).rglob("*") if path.is_file())
    return {"first_seconds": first, "second_seconds": second, "cache_megabytes": size / 1e6}


def measure(*, quick: bool) -> dict[str, object]:
    """Starts and imports. A quick look leaves out the first start, which takes most of a minute."""
    taken = interleaved(
        {name: lambda told=told: waiting(*told) for name, told in WAITS.items()}, 1 if quick else 5
    )
    found: dict[str, object] = {"seconds": {name: best(times) for name, times in taken.items()}}
    return found | ({"second_seconds": waiting("-c", RUN)} if quick else first_and_second())
