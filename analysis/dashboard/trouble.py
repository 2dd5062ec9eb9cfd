"""What goes wrong is told in a sentence on the page, and nothing that was there is lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import solara

import sim
from analysis.dashboard.tags import tag

log = logging.getLogger(__name__)
UNFORESEEN: Final = "Something went wrong here, and it is not your doing. What you had is kept; try again, or load the page anew."

trouble = solara.reactive("")


def tell(error: BaseException) -> None:
    """Say on the page what went wrong: our own errors are sentences for people, others go to the server's log."""
    if isinstance(error, sim.CoprodError):
        trouble.value = str(error)
    else:
        log.error("unforeseen", exc_info=error)
        trouble.value = UNFORESEEN


def put_away() -> None:
    """Say no more of what went wrong."""
    trouble.value = ""


def safely(act: Callable[..., Any]) -> Callable[..., Any]:
    """An event handler whose mistakes are told; an error that leaves a handler would end in a dead button."""

    @wraps(act)
    def careful(*args: Any) -> Any:
        try:
            result = act(*args)
        except Exception as error:  # noqa: BLE001 - whatever it is, the page must live on
            tell(error)
            return None
        return result

    return careful


@solara.component
def Trouble() -> None:
    """The sentence, if there is one, with a button that puts it away."""
    from analysis.dashboard import controls

    with tag("div", class_="trouble" if trouble.value else "", role="alert"):
        if trouble.value:
            tag("p", trouble.value, tabindex="0")  # many mistakes scroll
            controls.Controls([controls.button("close", "Close")], lambda *_: put_away())


@solara.component
def Panel(title: str, children: list[Any] = [], class_: str = "panel") -> None:  # noqa: B006 - Solara's way to take children
    """A part of a page under a heading of its own; if it cannot be drawn, the rest of the page still is."""
    error, _ = solara.use_exception()
    if error is not None:
        log.error("a panel could not be drawn", exc_info=error)
        children = [tag("p", str(error) if isinstance(error, sim.CoprodError) else UNFORESEEN)]
    tag("section", tag("h2", title), *children, class_=class_, aria_label=title)


@solara.component
def Boundary(children: list[Any], where: str) -> None:
    """A page within its frame; if it cannot be drawn, the frame stays, and one can go elsewhere and come back.

    where : the address, so that what failed at one is tried again at another.
    """
    error, clear = solara.use_exception()
    failed = solara.use_ref("")
    if error is not None and failed.current in ("", where):
        failed.current = where
        log.error("a page could not be drawn", exc_info=error)
        said = str(error) if isinstance(error, sim.CoprodError) else UNFORESEEN
        tag("div", tag("h1", "This page could not be drawn"), tag("p", said, role="alert"))
        return
    if error is not None:
        failed.current = ""
        clear()
    tag("div", *children, class_="fill")
