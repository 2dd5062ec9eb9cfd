"""What every rival is told and what it tells."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable


def told() -> tuple[int, int, float, float, int]:
    """People, encounters, tolerance, influence and seed, from the command line."""
    people, encounters, tolerance, influence, seed = sys.argv[1:6]
    return int(people), int(encounters), float(tolerance), float(influence), int(seed)


def tell(hold: Callable[[], int]) -> None:
    """Hold the encounters, and say how many there were and how long they took."""
    began = time.perf_counter()
    encounters = hold()
    print(json.dumps({"encounters": encounters, "seconds": time.perf_counter() - began}))
