"""Work that takes longer than a click: with progress, time left and a way to stop it, and one at a time for everybody.

The kernel uses all cores for one piece of work, so pieces of many visitors wait for each other in the order in which
they were asked for, instead of making each other slow.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import solara
from solara.server import kernel_context

from analysis.dashboard import controls, trouble
from analysis.dashboard.tags import tag

TELL_EVERY: Final = 0.25  # seconds between two words about progress

Work = Callable[[Callable[[int], None], threading.Event], Any]


@dataclass(frozen=True)
class Progress:
    """How far a piece of work is."""

    state: Literal["idle", "waiting", "running", "done", "stopped", "failed"] = "idle"
    done: int = 0
    total: int = 0
    ahead: int = 0
    """Pieces of others that come first."""
    left: float | None = None
    """Seconds left, as far as can be told."""

    @property
    def busy(self) -> bool:
        """Is it still to be done?"""
        return self.state in ("waiting", "running")


class _Queue:
    """Lets one piece of work through at a time, in the order of arrival."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._waiting: list[object] = []

    def enter(self, ticket: object, stop: threading.Event, ahead: Callable[[int], None]) -> bool:
        """Wait for one's turn; False if told to stop before."""
        with self._turn:
            self._waiting.append(ticket)
            while (place := self._waiting.index(ticket)) and not stop.is_set():
                ahead(place)
                self._turn.wait(0.5)
            if stop.is_set():
                self.leave(ticket)
                return False
            return True

    def leave(self, ticket: object) -> None:
        """Let the next one through."""
        with self._turn:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
            self._turn.notify_all()


_QUEUE: Final = _Queue()


@contextmanager
def in_turn() -> Iterator[None]:
    """Work that nobody watches, such as making a file, when its turn has come."""
    ticket = object()
    _QUEUE.enter(ticket, threading.Event(), lambda _: None)
    try:
        yield
    finally:
        _QUEUE.leave(ticket)


class Job:
    """The long work of one visitor in one place of a page; a new piece takes the place of the one before."""

    def __init__(self) -> None:
        self.progress = solara.reactive(Progress())
        self._stop = threading.Event()
        self._number = 0

    def start(self, work: Work, total: int, then: Callable[[Any], None]) -> None:
        """Do work in a thread of its own.

        Parameters
        ----------
        work : does it, given a function to be told how much is done, and an event that asks it to end.
        total : how much there is to do.
        then : is given the result, unless the work was stopped or failed.
        """
        self.cancel()
        self._stop = stop = threading.Event()
        self._number += 1
        number = self._number
        self.progress.set(Progress("waiting", total=total))
        threading.Thread(target=self._run, args=(work, total, then, stop, number), daemon=True).start()

    def cancel(self) -> None:
        """Ask what is under way to end."""
        self._stop.set()
        if self.progress.peek().busy:
            self.progress.set(replace(self.progress.peek(), state="stopped"))

    def _run(
        self, work: Work, total: int, then: Callable[[Any], None], stop: threading.Event, number: int
    ) -> None:
        def say(progress: Progress) -> None:
            if number == self._number and not stop.is_set():
                self.progress.set(progress)

        ticket = object()
        if not _QUEUE.enter(ticket, stop, lambda place: say(Progress("waiting", total=total, ahead=place))):
            return
        try:
            result = work(_teller(say, total), stop)
        except Exception as error:  # noqa: BLE001 - told on the page, whatever it is
            if not stop.is_set():
                trouble.tell(error)
                say(Progress("failed", total=total))
            return
        finally:
            _QUEUE.leave(ticket)
        if number == self._number and not stop.is_set():
            then(result)
            say(Progress("done", done=total, total=total))


def _teller(say: Callable[[Progress], None], total: int) -> Callable[[int], None]:
    """A function to be told how much is done, that passes it on a few times a second."""
    began = told = time.monotonic()
    say(Progress("running", total=total))

    def tell(done: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= TELL_EVERY:
            told = now
            left = (now - began) / done * (total - done) if done else None
            say(Progress("running", done=done, total=total, left=left))

    return tell


def use_job() -> Job:
    """A job that ends with the part of the page that it belongs to, or with the visit."""
    job: Job = solara.use_memo(Job, [])

    def until_gone() -> Callable[[], None]:
        kernel_context.get_current_context().on_close(job.cancel)
        return job.cancel

    solara.use_effect(until_gone, [])
    return job


@solara.component
def Working(job: Job, what: str) -> None:
    """How far a job is, with a button to stop it; nothing when there is nothing to tell.

    what : what is counted, as in `worlds`.
    """
    now = job.progress.value
    with tag("div", class_="working"):
        with tag("div", class_="told", role="status"):
            if now.state == "waiting" and now.ahead:
                tag("span", f"Waiting for {now.ahead} other{'s' if now.ahead > 1 else ''} to finish.")
            elif now.busy:
                tag("progress", max=str(max(1, now.total)), value=str(now.done), aria_label=f"{what} done")
                tag("span", f"{now.done:,} of {now.total:,} {what}{_left(now.left)}")
            elif now.state == "stopped":
                tag("span", f"Stopped after {now.done:,} of {now.total:,} {what}.")
        # the form stays when it is empty: short work would take it away while the browser is still making it
        controls.Controls([controls.button("stop", "Stop")] if now.busy else [], lambda *_: job.cancel())


def _left(seconds: float | None) -> str:
    if seconds is None or seconds < 1:
        return ""
    return f", about {seconds:.0f} s left" if seconds < 90 else f", about {seconds / 60:.0f} min left"
