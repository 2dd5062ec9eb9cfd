"""What the runs of a design follow from: the same definition gives the same runs, wherever and however often."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import sim

if TYPE_CHECKING:
    from sim import Scenario


@dataclass(frozen=True)
class Definition:
    """What the runs of one design follow from; the same definition gives the same runs."""

    scenario: Scenario
    seed: int
    outcomes: tuple[str, ...]
    model: str
    """A hash of the model's sources and of the versions that compile them."""
    parameters: dict[str, float] = field(default_factory=dict)
    session: str = ""
    """Another order of a session, as `module:name hash`; empty for coprod's own."""
    order: Any = field(default=None, compare=False)
    """That order as a function, where it is at hand."""

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that name this definition in files."""
        said = [self.scenario.digest(), self.parameters, self.seed, self.outcomes, self.model]
        more = [self.session] if self.session else []
        return hashlib.sha256(json.dumps(said + more).encode()).hexdigest()[:12]


def definition(scenario: Scenario, seed: int, session: Any = None) -> Definition:
    """What the runs of a scenario follow from here: its data, the behavioural constants, the seed and this model."""
    from sim import sources_digest, values_of

    constants = values_of(scenario)._asdict()
    outcomes = tuple(outcome.name for outcome in sim.OUTCOMES)
    called = "" if session is None else f"{_address(session)} {fingerprint(session)}"
    return Definition(scenario, seed, outcomes, sources_digest(), constants, called, session)


def order_of(what: Definition) -> Any:
    """The order of a session that a definition stands for: None for coprod's own, else the function, imported if need be.

    Raises
    ------
    sim.CoprodError
        If it cannot be imported here, or is not what it was.
    """
    if not what.session or what.order is not None:
        return what.order
    address, hashed = what.session.split()
    module, _, name = address.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        raise sim.CoprodError(
            f"{what.scenario.name} was run with a session of its own, {address}, which cannot be imported here; "
            "hand it over as `session=`"
        ) from None
    if fingerprint(found) != hashed:
        raise sim.CoprodError(f"{address} is not what it was when {what.scenario.name} was run")
    return found


def fingerprint(function: Any) -> str:
    """A hash of what a function does: its code, what it closes over, and the functions and numbers that it names."""
    said = "\n".join(_said(function, set()))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _address(function: Any) -> str:
    plain = _plain(function)
    return f"{plain.__module__}:{plain.__qualname__}".replace(" ", "")


def _plain(function: Any) -> Any:
    return getattr(function, "py_func", function)


def _said(thing: Any, seen: set[int]) -> Iterator[str]:
    plain = _plain(thing)
    if isinstance(plain, FunctionType):
        if plain.__module__.partition(".")[0] == "sim":  # the model's own: its hash stands in the definition
            yield f"{plain.__module__}.{plain.__qualname__}"
        elif id(plain) not in seen:
            seen.add(id(plain))
            yield from _code(plain.__code__)
            for cell in plain.__closure__ or ():
                yield from _said(cell.cell_contents, seen)
            for name in sorted(plain.__code__.co_names):
                if name in plain.__globals__:
                    yield name
                    yield from _said(plain.__globals__[name], seen)
    elif isinstance(plain, ModuleType):
        yield plain.__name__
    elif isinstance(plain, (bool, int, float, str, tuple)):
        yield repr(plain)
    else:
        yield type(plain).__name__


def _code(code: CodeType) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant)
        else:
            yield repr(constant)
