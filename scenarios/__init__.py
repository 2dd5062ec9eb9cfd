"""Scenarios: the library of processes, and reading them from files with every mistake told in a plain sentence.

>>> import scenarios
>>> scenarios.load("citizens-blended", set=["dials.documentation=0"]).dials.documentation
0.0
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from scenarios import mistakes
from scenarios.changes import Changes, changed
from scenarios.claims import Claim, Pattern, Patterns, Theory, mistakes_in, patterns, theories, theory
from scenarios.files import names, path, sources, together
from scenarios.places import Places
from sim.errors import ScenarioError
from sim.scenario import Scenario

__all__ = [
    "Claim", "Pattern", "Patterns", "Theory", "check", "load", "names", "path", "patterns", "read", "theories", "theory",
]  # fmt: skip

AnySource = str | os.PathLike[str] | Mapping[str, Any]


def load(source: AnySource, set: Changes = ()) -> Scenario:
    """A scenario from the library, a file or a table, with changes.

    Parameters
    ----------
    source : a name in the library, the path of a TOML file, or a table as such a file would hold it.
    set : changes, as texts `key.path=value` or as values by key path. A value is TOML; a plain text needs no quotes.
        A `*` stands for all names or keys at its place, as in `sessions.*.scribe=0` or `dials.*=0`.

    Raises
    ------
    ScenarioError : with every mistake in a sentence of its own, one a line: file, line, key path, what was found and
        what would do.
    """
    parts = changed(sources(source), set)
    table = together(parts)
    scenario, error = None, None
    try:
        scenario = Scenario.model_validate(table)
    except ValidationError as found:
        error = found
    if scenario is not None and not any(mistakes.misplaced(table)):
        return scenario
    raise ScenarioError(mistakes.message(mistakes.sentences(table, error, Places(parts, table))))


def read(source: AnySource, set: Changes = ()) -> dict[str, Any]:
    """The table of a scenario as put together from its bases and changes, before it is checked.

    Raises
    ------
    ScenarioError : a file cannot be read, is not TOML, or builds on something that is not there.
    """
    return together(changed(sources(source), set))


def check(source: AnySource, set: Changes = ()) -> tuple[str, ...]:
    """The mistakes in a scenario, a theory or patterns, a sentence each; empty if it can be simulated."""
    if not isinstance(source, Mapping) and source not in names():
        found = mistakes_in(source)
        if found is not None:
            return found
    try:
        load(source, set)
    except ScenarioError as mistake:
        return tuple(str(mistake).split("\n"))
    return ()
