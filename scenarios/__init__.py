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
from scenarios.files import Source, handed_in, names, path, sources, together
from scenarios.kinds import Kind, at
from scenarios.places import Places
from scenarios.writing import dumps
from sim.errors import ScenarioError
from sim.scenario import Scenario, slug

__all__ = [
    "Claim", "Kind", "Pattern", "Patterns", "Theory", "at", "check", "dumps", "faults", "load", "loads", "names", "path",
    "patterns", "read", "slug", "theories", "theory",
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
    return _made(changed(sources(source), set))


def loads(text: str, name: str) -> Scenario:
    """A scenario from the text of a file that somebody handed in.

    It may build on scenarios and price lists of the library, by name. It may not name a file: what comes from elsewhere
    reads nothing else from this disk.

    Parameters
    ----------
    text : TOML, as in the file of a scenario.
    name : what the file was called.

    Raises
    ------
    ScenarioError : as in `load`; the file is called by its name.
    """
    return _made(handed_in(text, name))


def faults(table: Mapping[str, Any]) -> tuple[mistakes.Mistake, ...]:
    """The mistakes in a table that stands on its own, each as a key path and a sentence; empty if it can be simulated."""
    _, found = _judged(together((Source("the scenario", dict(table)),)))
    return tuple(found)


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


def _made(parts: tuple[Source, ...]) -> Scenario:
    table = together(parts)
    scenario, found = _judged(table)
    if scenario is None:
        raise ScenarioError(mistakes.message(Places(parts, table).told(found)))
    return scenario


def _judged(table: dict[str, Any]) -> tuple[Scenario | None, list[mistakes.Mistake]]:
    """The scenario that a table holds, or the mistakes in it."""
    scenario, error = None, None
    try:
        scenario = Scenario.model_validate(table)
    except ValidationError as wrong:
        error = wrong
    found = mistakes.found(table, error)
    return (None if found else scenario), found
