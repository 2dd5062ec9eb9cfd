"""What one visitor has before them. Solara keeps these apart for every visitor; nothing here is shared."""

from __future__ import annotations

from functools import cache
from typing import Final

import solara

import scenarios
from analysis.dashboard import limits
from analysis.dashboard.links import Run
from sim import Scenario

FIRST: Final = "citizens-blended"  # on screen when somebody opens the dashboard for the first time

run: solara.Reactive[Run | None] = solara.reactive(None)
"""The run that Watch shows and the other pages start from."""

own: solara.Reactive[tuple[Scenario, ...]] = solara.reactive(())
"""Scenarios that the visitor has made or opened, the latest first."""


def current() -> Run:
    """The run before the visitor."""
    return run.value or Run(library(FIRST), seed=7)


def look_at(wanted: Run) -> None:
    """Put another run before the visitor.

    Raises
    ------
    sim.TooBigError : it is more than this server runs for one visitor.
    """
    limits.refuse(wanted.scenario)
    if not _of_the_library(wanted.scenario):
        keep(wanted.scenario)
    run.set(wanted)


def keep(scenario: Scenario) -> None:
    """Remember a scenario of the visitor's own, in place of an older one of the same name."""
    own.set((scenario, *(one for one in own.value if one.name != scenario.name))[:12])


def options() -> list[tuple[str, str]]:
    """The scenarios to choose from: (name, what it is called); the visitor's own first."""
    mine = [(f"own:{s.name}", f"{s.title or s.name} (yours)") for s in own.value]
    return mine + [(name, library(name).title) for name in scenarios.names()]


@cache
def library(name: str) -> Scenario:
    """A scenario of the library; read once for all visitors."""
    return scenarios.load(name)


def _of_the_library(scenario: Scenario) -> bool:
    return scenario.name in scenarios.names() and library(scenario.name) == scenario


def chosen(option: str) -> Scenario:
    """The scenario behind an option."""
    if option.startswith("own:"):
        return next(s for s in own.value if s.name == option.removeprefix("own:"))
    return library(option)


def option_of(scenario: Scenario) -> str:
    """The option that stands for a scenario."""
    return scenario.name if _of_the_library(scenario) else f"own:{scenario.name}"
