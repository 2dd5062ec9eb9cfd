"""Waiting for a study: how far it is, how long it still takes, and Ctrl-C that is answered at once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import Future
from threading import Event, Thread
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Result = TypeVar("Result")

PATIENCE: Final = 1.0  # seconds that work gets to stop by itself


class Bar:
    """A progress bar on standard error; where that is no terminal, notes alone are printed.

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
        self._bar.update(self._task, description=design, completed=sum(self._done.values()))

    def say(self, note: str) -> None:
        """Print a note above the bar."""
        self._bar.console.print(note, soft_wrap=True)


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
