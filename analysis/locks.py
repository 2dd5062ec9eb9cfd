"""One study, one process at a time, or several that each do a part: locks of the system, which end with their process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BusyError(Exception):
    """Another living process holds the lock; the message says which, as far as it is known."""


@contextmanager
def held(path: Path, *, shared: bool = False, wait: bool = False) -> Iterator[None]:
    """Hold the lock that stands at a path. The file stays; what matters is who has it open.

    Parameters
    ----------
    shared : several may hold it at a time, but none beside somebody who wants it alone.
    wait : until it is free, instead of raising.

    Raises
    ------
    BusyError
        If another living process holds it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            who = os.read(handle, 100).decode(errors="replace").strip()
            raise BusyError(who or "another process") from None
        os.ftruncate(handle, 0)
        if not shared:
            os.pwrite(handle, f"process {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(handle)
