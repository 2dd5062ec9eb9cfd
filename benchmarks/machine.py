"""The machine in general words, and how busy it was: figures mean nothing without them."""

from __future__ import annotations

import datetime
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path


def processor() -> str:
    """Maker and kind of the processor, as far as the system tells."""
    try:
        told = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        told = None
    return told[1].strip() if told else platform.machine()


def load() -> float:
    """Processes that wanted a core in the last minute, on average; not a number where the system does not say."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):
        return float("nan")


def described() -> dict[str, object]:
    """What a reader needs to know of the machine, without names or places."""
    return {
        "cores": os.cpu_count(),
        "processor": processor(),
        "system": platform.system(),
        "year": datetime.datetime.now(datetime.UTC).year,
        "python": platform.python_version(),
        **{name: version(name) for name in ("numba", "numpy", "mesa")},
    }
