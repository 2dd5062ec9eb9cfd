"""coprod's model: who takes part, what happens in a session, what emerges.

`CoProduction` is one run, to watch; `simulate` many runs, to count. Both stand on the same compiled rules. What stands
here is the public surface; names are loaded when they are first used, so that nobody waits for the compiler to read a
scenario, or for pydantic to read a mistake.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.errors import CoprodError, ScenarioError, TooBigError

if TYPE_CHECKING:
    from sim.compiler import compiled, is_warm, sources_digest
    from sim.ensemble import Runs, simulate
    from sim.events import Event, events_of
    from sim.model import CoProduction, Participant
    from sim.outcomes import OUTCOMES, Outcome
    from sim.parameters import PARAMETERS, Parameter
    from sim.plan import HEADINGS, dials_of, memory_needed, minutes_of, values_of
    from sim.scenario import MECHANISMS, THEMES, Group, Scenario, Session, json_schema, suggestion
    from sim.setting import BARRIERS, CHANNELS, SPACES, TIMES, Reading, cells, scores

_WHERE = {
    "compiler": ("compiled", "is_warm", "sources_digest"),
    "ensemble": ("Runs", "simulate"),
    "events": ("Event", "events_of"),
    "model": ("CoProduction", "Participant"),
    "outcomes": ("OUTCOMES", "Outcome"),
    "parameters": ("PARAMETERS", "Parameter"),
    "plan": ("HEADINGS", "dials_of", "memory_needed", "minutes_of", "values_of"),
    "scenario": ("MECHANISMS", "THEMES", "Group", "Scenario", "Session", "json_schema", "suggestion"),
    "setting": ("BARRIERS", "CHANNELS", "SPACES", "TIMES", "Reading", "cells", "scores"),
}

__all__ = [
    "BARRIERS",
    "CHANNELS",
    "HEADINGS",
    "MECHANISMS",
    "OUTCOMES",
    "PARAMETERS",
    "SPACES",
    "THEMES",
    "TIMES",
    "CoProduction",
    "CoprodError",
    "Event",
    "Group",
    "Outcome",
    "Parameter",
    "Participant",
    "Reading",
    "Runs",
    "Scenario",
    "ScenarioError",
    "Session",
    "TooBigError",
    "cells",
    "compiled",
    "dials_of",
    "events_of",
    "is_warm",
    "json_schema",
    "memory_needed",
    "minutes_of",
    "scores",
    "simulate",
    "sources_digest",
    "suggestion",
    "values_of",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    for module, names in _WHERE.items():
        if name in names:
            globals()[name] = getattr(import_module(f"sim.{module}"), name)
            return globals()[name]
    msg = f"module 'sim' has no attribute {name!r}"
    raise AttributeError(msg)
