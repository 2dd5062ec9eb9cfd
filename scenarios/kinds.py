"""What may stand at a key path of a file, read off its one definition (`sim/scenario.py`, `scenarios/claims.py`)."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from sim.parameters import BY_NAME
from sim.scenario import Scenario, Session

Path = tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """What may stand at one key path."""

    type: Any
    """A table with fixed keys (a pydantic model), or dict, tuple, float, int, bool, str."""
    inner: Kind | None = None
    """What stands beneath each name of a dict, or at each place of a tuple."""
    words: tuple[str, ...] = ()
    """The only texts (or, of a dict, names) that will do; any if empty."""
    low: float | None = None
    """The least that a number may be, and a trait's mean; anything if None."""
    high: float | None = None
    above: bool = False
    """Is `low` itself too low?"""
    shorthand: str = ""
    """The key of this table for which a plain number may stand; none if empty."""
    default: Mapping[str, float] | None = None
    """What stands in such a table where nothing is given."""
    says: str = ""
    """Its description."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The only keys that may stand in this table; empty if it takes any name, or is no table."""
        return tuple(fields(self.type)) if is_model(self.type) else self.words if self.type is dict else ()

    def beneath(self, key: str) -> Kind | None:
        """What may stand at a key of this table or a place of this list, or None if nothing may."""
        if is_model(self.type):
            return fields(self.type).get(key)
        return self.inner if not self.words or key in self.words else None

    def would_do(self) -> str:
        """What would do here, in words."""
        if self.shorthand:
            return f"a number, or a table with {' and '.join(self.keys)},"
        if self.type is tuple and self.inner is not None:
            return f'a list, as in ["{self.inner.words[0] if self.inner.words else "name"}"],'
        if self.words and self.type is str:
            return f"one of {', '.join(self.words)}"
        if self.type in (int, float):
            return ("a whole number" if self.type is int else "a number") + self.range()
        return {bool: "true or false", str: "a text"}.get(self.type, "a table")

    def range(self) -> str:
        """Where its numbers may lie, in words; empty if anywhere."""
        if self.low is None:
            return ""
        if self.high is None:
            return f" {'above' if self.above else 'of at least'} {self.low:.12g}"
        if self.above:
            return f" above {self.low:.12g} and at most {self.high:.12g}"
        return f" from {self.low:.12g} to {self.high:.12g}"

    def takes(self, value: Any) -> bool:
        """Is a value of the right type? Its range is another matter."""
        if isinstance(value, bool):
            return self.type is bool
        if self.type in (int, float) or (self.shorthand and not isinstance(value, dict)):
            whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            return whole if self.type is int else isinstance(value, int | float)
        wanted = {tuple: list, bool: bool, str: str}.get(self.type, dict)
        return isinstance(value, wanted)


def is_model(type_: Any) -> bool:
    """Whether a type is a table with fixed keys."""
    return isinstance(type_, type) and issubclass(type_, BaseModel)


@cache
def fields(model: type[BaseModel]) -> Mapping[str, Kind]:
    """What may stand at each key of a table."""
    found = {}
    for name, info in model.model_fields.items():
        kind = _kind(info.annotation, info.metadata, info.description or "")
        found[name] = replace(kind, default=info.default.model_dump()) if kind.shorthand else kind
    if model is Scenario:  # a template holds fields of sessions, though the definition leaves them open
        found["templates"] = Kind(dict, inner=Kind(Session), says=found["templates"].says)
        found["parameters"] = replace(found["parameters"], words=tuple(BY_NAME))
    return found


def _kind(annotation: Any, metadata: Iterable[Any] = (), says: str = "") -> Kind:
    metadata = tuple(metadata)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0], (*metadata, *arguments[1:]), says)
    if origin in (Union, UnionType):
        return _kind(next(part for part in arguments if part is not type(None)), metadata, says)
    if origin is Literal:
        return Kind(str, words=arguments, says=says)
    if origin is dict:
        return Kind(dict, inner=_kind(arguments[1]), words=_kind(arguments[0]).words, says=says)
    if origin is tuple:
        return Kind(tuple, inner=_kind(arguments[0]), says=says)
    if is_model(annotation):
        widens = any(isinstance(part, BeforeValidator) for part in metadata)
        shorthand = next(iter(annotation.model_fields)) if widens else ""
        return Kind(annotation, shorthand=shorthand, says=says, **_held(metadata))
    bounds = {
        name: value
        for part in _flat(metadata)
        for name in ("ge", "gt", "le")
        if (value := getattr(part, name, None)) is not None
    }
    return Kind(
        annotation,
        low=bounds.get("ge", bounds.get("gt")),
        high=bounds.get("le"),
        above="gt" in bounds,
        says=says,
    )


def _held(metadata: Iterable[Any]) -> dict[str, Any]:
    """The range to which the mean of a trait is held, as the check of the definition has it."""
    for part in metadata:
        known = inspect.getclosurevars(part.func).nonlocals if isinstance(part, AfterValidator) else {}
        if "low" in known:
            return {"low": known["low"], "high": known["high"], "above": known["open_low"]}
    return {}


def _flat(metadata: Iterable[Any]) -> Iterator[Any]:
    for part in metadata:
        if isinstance(part, FieldInfo):
            yield from part.metadata
        else:
            yield part


ROOT: Final = Kind(Scenario)


def at(path: Iterable[str], root: Kind = ROOT) -> Kind | None:
    """What may stand at a key path, or None if nothing may."""
    kind: Kind | None = root
    for key in path:
        kind = kind.beneath(key) if kind is not None else None
    return kind


def widened(table: Mapping[str, Any], kind: Kind = ROOT) -> dict[str, Any]:
    """The table with every plain number that stands for a table written as one, so that more can be laid over it."""
    result = dict(table)
    for key, value in table.items():
        inner = kind.beneath(key)
        if inner is None:
            continue
        if isinstance(value, dict):
            result[key] = widened(value, inner)
        elif inner.shorthand and inner.takes(value):
            result[key] = {inner.shorthand: value}
    return result
