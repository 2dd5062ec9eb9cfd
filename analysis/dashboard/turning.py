"""One run, and the same run with something turned: the same people with the same luck."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

import sim
from analysis.dashboard import playing
from analysis.dashboard.links import Run
from analysis.dashboard.twins import Parting, parting
from analysis.explaining.switches import Switch, switched, switches_of
from sim import Scenario

AS_IT_WAS: Final = "as it was"
FIRST: Final = "documentation"  # what a newcomer finds turned off: its first trace can be seen best
BESIDE: Final = "mechanism"  # the kind of switch that the dials stand for


@dataclass(frozen=True)
class Turned:
    """What a visitor has turned in a process."""

    scenario: Scenario
    dials: Mapping[str, float] = field(default_factory=dict)
    """Dials that stand elsewhere than in the process itself."""
    switch: str = ""
    """The key of a further change; none if empty."""

    @classmethod
    def first(cls, scenario: Scenario) -> Turned:
        """What a newcomer finds turned."""
        works = any(switch.key == f"no-{FIRST}" for switch in switches_of(scenario))
        return cls(scenario, {FIRST: 0.0} if works else {})

    def dial(self, name: str) -> float:
        """Where a dial stands."""
        own: float = getattr(self.scenario.dials, name)
        return self.dials.get(name, own)

    def with_dial(self, name: str, value: float) -> Turned:
        """With a dial at another place; where it stands in the process itself, it is not turned."""
        others = {key: at for key, at in self.dials.items() if key != name}
        own = value == getattr(self.scenario.dials, name)
        return replace(self, dials=others if own else {**others, name: value})

    @property
    def changes(self) -> tuple[str, ...]:
        """What is turned, as `--set` takes it."""
        dials = tuple(f"dials.{name}={value:g}" for name, value in self.dials.items())
        return (*dials, *(self._switch.changes if self._switch else ()))

    @property
    def name(self) -> str:
        """What a sentence calls the run with it: `without documentation`; empty if nothing is turned."""
        parts = [_dial(name, value) for name, value in self.dials.items()]
        if self._switch:
            parts.append(_phrase(self._switch))
        return parts[0] if len(parts) == 1 else f"with {len(parts)} things turned" if parts else ""

    @property
    def text(self) -> str:
        """What is turned, as a link carries it: `documentation:0,no-scribe`."""
        dials = [f"{name}:{value:g}" for name, value in self.dials.items()]
        return ",".join([*dials, *([self.switch] if self.switch else [])])

    @classmethod
    def read(cls, scenario: Scenario, text: str) -> Turned:
        """What a link says is turned.

        Raises
        ------
        sim.ScenarioError : it names what this process does not have.
        """
        made = cls(scenario)
        for part in filter(None, text.split(",")):
            name, _, value = part.partition(":")
            if name in dials() and _is_share(value):
                made = made.with_dial(name, float(value))
            elif part in {switch.key for switch in further(scenario)}:
                made = replace(made, switch=part)
            else:
                msg = f"This link turns {part[:40]!r}, which {scenario.name} does not have; choose what to turn."
                raise sim.ScenarioError(msg)
        return made

    @property
    def _switch(self) -> Switch | None:
        return next((switch for switch in further(self.scenario) if switch.key == self.switch), None)

    def changed(self) -> Scenario:
        """The process with it.

        Raises
        ------
        sim.ScenarioError : what is left cannot be simulated.
        """
        name = f"{self.scenario.name}-turned"
        return switched(self.scenario, self.changes).model_copy(update={"name": name})


@dataclass(frozen=True)
class Twins:
    """Two runs side by side."""

    docs: tuple[str, str]
    """The runs as `playing.played` gives them: as it was, and changed."""
    names: tuple[str, str]
    ends: dict[str, tuple[float | None, float | None]]
    """Each outcome at the end of both."""
    parting: Parting | None


def twins(run: Run, turned: Turned) -> Twins:
    """A run, and the same with what is turned.

    Raises
    ------
    sim.ScenarioError : what is left cannot be simulated.
    sim.TooBigError : there are too many people to watch one by one.
    """
    names = (AS_IT_WAS, turned.name)
    changed = replace(run, scenario=turned.changed())
    docs = (playing.played(run), playing.played(changed, worlds=0))
    one, other = (json.loads(doc) for doc in docs)
    shared = [name for name in one["series"] if name in other["series"]]
    ends = {name: (one["series"][name][-1], other["series"][name][-1]) for name in shared}
    return Twins(docs, names, ends, parting(one, other, names))


def further(scenario: Scenario) -> tuple[Switch, ...]:
    """What can be turned in a process beside the six dials."""
    return tuple(s for s in switches_of(scenario) if s.kind != BESIDE or s.key.startswith("full-"))


def idle(turned: Turned) -> str:
    """Why a turned dial cannot make a difference, where that is plain: no session gives it any minutes."""
    sessions = turned.scenario.sessions.values()
    for name in turned.dials:
        if not any(session.shares()[sim.MECHANISMS.index(name)] for session in sessions):
            return f"No session of this process gives {name} any minutes."
    return ""


@cache
def dials() -> dict[str, dict[str, Any]]:
    """The dials of the six mechanisms, as the schema of scenarios describes them."""
    known: dict[str, dict[str, Any]] = sim.json_schema()["$defs"]["Dials"]["properties"]
    return known


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def _dial(name: str, value: float) -> str:
    return f"without {name}" if value == 0 else f"with {name} at {100 * value:.0f}%"


def _phrase(switch: Switch) -> str:
    if switch.label.startswith("without"):
        return switch.label
    return f"with {switch.label}" if switch.label.startswith(("no ", "full ")) else f"with “{switch.label}”"
