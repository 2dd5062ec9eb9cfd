"""The one place that knows the compiler: `@compiled` turns a plain loop into machine code and keeps it for the next start.

Numba's own cache looks at the file of the function alone and would serve stale code when a helper in another file
changed. So the cache folder is named by a hash of every kernel source and of the versions that shape machine code:
another source, another folder. Where the user's cache folder cannot be written, a temporary one serves.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import llvmlite
import numba
import numpy as np
import platformdirs

Function = TypeVar("Function", bound=Callable[..., Any])

HERE: Final = Path(__file__).parent

# What stands around the kernel: nothing in these files shapes machine code, and functions in them are not kept.
DOORS: Final = frozenset({"__init__.py", "ensemble.py", "errors.py", "model.py", "scenario.py"})

# The files that may hold compiled functions, or constants that they use.
SOURCES: Final = tuple(
    sorted(path for path in HERE.rglob("*.py") if path.relative_to(HERE).as_posix() not in DOORS)
)

# Numba fills its settings in while it runs, and its types do not know of them, nor of the option `_nrt`.
CONFIG: Final[Any] = numba.config
NJIT: Final[Any] = numba.njit

# Uncompiled, with NUMBA_DISABLE_JIT=1: the lane for coverage and for debugging, with the same bits.
PLAIN: Final = bool(CONFIG.DISABLE_JIT)

# Bits must not depend on the compiler's mood: no fast-math, and a division that behaves as in numpy (no check per
# division; every rule guards its own denominators, so that the uncompiled lane agrees).
OPTIONS: Final = {"nogil": True, "error_model": "numpy"}


def sources_digest() -> str:
    """A hash of everything that shapes the machine code: kernel sources, numba, llvmlite, numpy and Python."""
    digest = hashlib.sha256()
    for part in (
        numba.__version__,
        llvmlite.__version__,
        np.__version__,
        sys.version,
        str(CONFIG.BOUNDSCHECK),
    ):
        digest.update(part.encode())
    for path in SOURCES:
        digest.update(path.relative_to(HERE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    """Where machine code is kept: the user's cache folder or, where that cannot be written, a temporary one."""
    chosen = os.environ.get("COPROD_CACHE_DIR") or platformdirs.user_cache_dir("coprod")
    folder = Path(chosen) / f"kernel-{sources_digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="coprod-kernel-"))
    return folder


CACHE: Final = _cache_folder()


def is_warm() -> bool:
    """Has the kernel been compiled here before, so that a run starts at once?"""
    return PLAIN or any(CACHE.rglob("*run_block*.nbc"))


def plainly(function: Any) -> Any:
    """The Python function behind a compiled one, for a call that is not worth compiling."""
    return getattr(function, "py_func", function)


def _compile(function: Function, *, counts_references: bool, kept: bool) -> Function:
    before = CONFIG.CACHE_DIR
    CONFIG.CACHE_DIR = str(CACHE)
    try:
        return NJIT(cache=kept, _nrt=counts_references, **OPTIONS)(function)  # type: ignore[no-any-return]
    finally:
        CONFIG.CACHE_DIR = before


def is_ours(function: Any) -> bool:
    """Only functions in kernel sources are kept: the cache of others could not be guarded against changes."""
    return Path(plainly(function).__code__.co_filename) in SOURCES


def compiled(function: Function) -> Function:
    """Compile a rule written as plain loops; with NUMBA_DISABLE_JIT=1 it stays plain Python with the same bits.

    A compiled rule makes no arrays: all room is there before the run, and references need not be counted (which would
    take a third of the time). Functions of this package are kept for the next start; those of extensions and notebooks
    are compiled anew in each process.
    """
    return _compile(function, counts_references=False, kept=is_ours(function))


def compiled_anew(function: Function) -> Function:
    """The same, never kept: for one of our functions with something else behind a name that it uses.

    Numba knows a kept function by its code alone and would hand out the one with the ordinary name.
    """
    return _compile(function, counts_references=False, kept=False)


def allocating(function: Function) -> Function:
    """The same for the few functions that need arrays of their own, to sort."""
    return _compile(function, counts_references=True, kept=is_ours(function))
