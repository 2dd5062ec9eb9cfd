"""Mechanisms that rival theories name and EAA does not: optional, off by default, one rule one file.

Each stands in its place in `sim.extensions.session`, has the mechanisms' signature and is switched on by the
parameter of its name. At 0 it changes nothing, to the last byte. docs/extending.md builds one of them step by step.
"""

from __future__ import annotations

from typing import Any

from sim.parameters import OPTIONAL
from sim.plan import values_of
from sim.scenario import Scenario


def session_of(scenario: Scenario) -> Any:
    """The order of a session that a scenario asks for: None for coprod's own, else the one with the optional
    mechanisms.

    Whoever switches none of them on neither loads nor compiles them.
    """
    values = values_of(scenario)
    if not any(getattr(values, name) > 0 for name in OPTIONAL):
        return None
    from sim.extensions.session import hold_session

    return hold_session
