"""coprod's model: who takes part, what happens in a session, what emerges.

`CoProduction` is one run, to watch; `simulate` many runs, to count. Both stand on the same compiled rules. Names are
loaded when they are first used, so that reading a scenario does not wait for the compiler.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.errors import CoprodError, ScenarioError, TooBigError
from sim.scenario import Scenario, json_schema

if TYPE_CHECKING:
    from sim.compiler import compiled
    from sim.ensemble import Runs, simulate
    from sim.events import Event
    from sim.model import CoProduction, Participant
    from sim.outcomes import OUTCOMES, Outcome
    from sim.plan import memory_needed

_WHERE = {
    "CoProduction": "model", "Participant": "model", "Event": "events", "Runs": "ensemble", "simulate": "ensemble",
    "OUTCOMES": "outcomes", "Outcome": "outcomes", "memory_needed": "plan", "compiled": "compiler",
}  # fmt: skip

__all__ = [
    "OUTCOMES", "CoProduction", "CoprodError", "Event", "Outcome", "Participant", "Runs", "Scenario", "ScenarioError",
    "TooBigError", "compiled", "json_schema", "memory_needed", "simulate",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        msg = f"module 'sim' has no attribute {name!r}"
        raise AttributeError(msg)
    globals()[name] = getattr(import_module(f"sim.{_WHERE[name]}"), name)
    return globals()[name]
