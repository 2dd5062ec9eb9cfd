"""Changes to single fields, as in `groups.carers.size=12`: where they point and what they mean there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scenarios.files import Source, together
from scenarios.kinds import ROOT, Kind, Path, at
from sim.errors import ScenarioError
from sim.scenario import merged, suggestion

Changes = Iterable[str] | Mapping[str, Any]


def changed(parts: tuple[Source, ...], changes: Changes) -> tuple[Source, ...]:
    """The sources of a scenario with changes laid over them, each as a source of its own.

    Parameters
    ----------
    parts : what the scenario is put together from.
    changes : texts `key.path=value`, or values by key path. A `*` in a path stands for all names, or all keys, there.

    Raises
    ------
    ScenarioError : a change is not written as `key.path=value`, or its path leads nowhere.
    """
    given = (
        changes.items()
        if isinstance(changes, Mapping)
        else map(_split, [changes] if isinstance(changes, str) else changes)
    )
    for keys, value in given:
        label = f"--set {keys}={value}"
        label = label if label.isprintable() else repr(label)
        table: dict[str, Any] = {}
        known = together(parts)
        for path, kind in _reached(keys, known, value, label):
            said = value if isinstance(changes, Mapping) else meaning(value, kind)
            table = merged(merged(_default(path, known), table), _nested(path, said))
        parts = (*parts, Source(label, table, change=True))
    return parts


def meaning(text: str, kind: Kind) -> Any:
    """What a text means where a value of some kind stands: TOML as far as it is TOML, a plain text otherwise."""
    text = text.strip()
    try:
        table = tomllib.loads(f"value = {text}")
        value = table["value"] if len(table) == 1 else text
    except (ValueError, RecursionError):
        value = text
    if kind.type is str and not isinstance(value, str):  # decision.rule=75 means the rule of that name
        return text
    if kind.type is tuple and isinstance(value, str):  # invited=patients,carers
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _default(path: Path, known: Mapping[str, Any]) -> dict[str, Any]:
    """The mean that a change of a spread alone leaves as it is (and the reverse), where only the definition gives it."""
    kind = at(path[:-1])
    if kind is None or kind.default is None:
        return {}
    here: Any = known
    for key in path[:-1]:
        here = here.get(key) if isinstance(here, Mapping) else None
    return {} if here is not None else _nested(path[:-1], dict(kind.default))


def _split(change: str) -> tuple[str, str]:
    keys, equals, value = change.partition("=")
    if not equals or not all(part.strip() for part in keys.split(".")):
        msg = f"--set {change!r}: a change is written key.path=value, as in groups.patients.size=12"
        raise ScenarioError(msg)
    return ".".join(part.strip() for part in keys.split(".")), value


def _nested(path: Path, value: Any) -> dict[str, Any]:
    for key in reversed(path):
        value = {key: value}
    return value  # type: ignore[no-any-return]


def _reached(keys: str, table: Mapping[str, Any], value: Any, label: str) -> Iterator[tuple[Path, Kind]]:
    """The key paths that a path with `*` in it stands for, each with what may stand there."""
    if keys == "base":
        msg = f"{label}: a base cannot be changed in this way; name the other scenario itself"
        raise ScenarioError(msg)
    reached: list[tuple[Path, Kind, Any]] = [((), ROOT, table)]
    parts = keys.split(".")
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        reached = [
            step for path, kind, here in reached for step in _step(path, kind, here, part, last, value, label)
        ]
    for path, kind, _ in reached:
        yield path, kind


def _step(
    path: Path, kind: Kind, here: Any, part: str, last: bool, value: Any, label: str
) -> Iterator[tuple[Path, Kind, Any]]:
    """One key further along a path."""
    present = tuple(here) if isinstance(here, Mapping) else ()
    many = kind.type is dict
    if not many and not kind.keys:
        msg = f"{label}: {'.'.join(path)} is a single value, with no keys beneath it"
        raise ScenarioError(msg)
    if part == "*":
        names = present if many else kind.keys
        if not names:
            msg = f"{label}: there is nothing here that the * could stand for"
            raise ScenarioError(msg)
    else:
        # A table beneath a name is changed key by key only where it is, so that a misspelt group is not a new one;
        # a whole table may come new.
        whole = last and (isinstance(value, Mapping) or str(value).strip().startswith("{"))
        closed = not many or bool(kind.words)
        tables = (
            kind.inner is not None
            and bool(kind.inner.keys or kind.inner.type is dict)
            and not kind.inner.shorthand
        )
        known = kind.keys if closed else present
        if part not in known and (closed or (tables and not whole)):
            place = f" in {'.'.join(path)}" if path else ""
            msg = f"{label}: there is no {part!r}{place}{suggestion(part, known)}"
            raise ScenarioError(msg)
        names = (part,)
    for name in names:
        inner = kind.beneath(name)
        if inner is not None:
            yield (*path, name), inner, here.get(name) if isinstance(here, Mapping) else None
