"""Waiting for a study: how far it is, how long it still takes, and Ctrl-C that is answered at once."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Event, Thread
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Result = TypeVar("Result")

EVERY: Final = 60.0  # seconds between two notes where there is no terminal to draw a bar on
PATIENCE: Final = 1.0  # seconds that work gets to stop by itself


class Bar:
    """A progress bar on standard error with the time left; where that is no terminal, a note once a minute says the same.

    Parameters
    ----------
    total : runs to do, over all designs.
    """

    def __init__(self, total: int) -> None:
        console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        self._done: dict[str, int] = {}
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=total)
        self._total, self._told = total, time.monotonic()
        self._start: tuple[int, float] | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, design: str, done: int) -> None:
        """Show that so many runs of a design are done."""
        self._done[design] = done
        sofar, now = sum(self._done.values()), time.monotonic()
        self._bar.update(self._task, description=design, completed=sofar)
        self._start = self._start or (sofar, now)
        if self._bar.disable and now - self._told >= EVERY:
            self._told = now
            self.say(f"{sofar:,} of {self._total:,} runs{time_left(self._start, (sofar, now), self._total)}")

    def say(self, note: str) -> None:
        """Print a note above the bar."""
        self._bar.console.print(note, soft_wrap=True)


def time_left(start: tuple[int, float], now: tuple[int, float], total: int) -> str:
    """How long it still takes, in words, at the pace so far; empty where there is no pace yet.

    start, now : runs done, and the seconds on a clock at that moment.
    """
    done, seconds = now[0] - start[0], now[1] - start[1]
    if done <= 0 or seconds <= 0.0:
        return ""
    left = (total - now[0]) * seconds / done
    for unit, size in (("h", 3600.0), ("min", 60.0)):
        if left >= 1.5 * size:
            return f", about {left / size:.0f} {unit} left"
    return f", about {left:.0f} s left"


def attended(work: Callable[[], Result], stop: Event) -> Result:
    """Do something long in a thread of its own, so that Ctrl-C is heard even while compiled code runs.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C, when the work has ended or had its second to end. It may still be running then: only `os._exit` is
        sure to end the process.
    """
    result: Future[Result] = Future()
    ended = Event()  # Thread.join() before Python 3.13 takes an interrupted wait for the end of the thread
    try:
        Thread(target=_fill, args=(result, work, ended), daemon=True).start()
        while not ended.wait(0.1):
            pass
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it has been heard
        stop.set()
        ended.wait(PATIENCE)
        raise
    return result.result()


def _fill(result: Future[Any], work: Callable[[], Any], ended: Event) -> None:
    try:
        result.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is raised again where the result is asked for
        result.set_exception(error)
    finally:
        ended.set()
