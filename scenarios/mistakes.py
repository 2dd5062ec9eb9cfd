"""Mistakes in a file as plain sentences: where, what was found, what would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from itertools import islice
from typing import Any, Final

from pydantic import ValidationError

from scenarios.kinds import ROOT, Kind, Path, at
from scenarios.places import Places
from sim.scenario import suggestion

SHOWN: Final = 10  # more mistakes than this are counted, not told
COUNTED: Final = 500  # more than this are not even counted: the file is something else

Mistake = tuple[Path, str]


def sentences(
    table: Mapping[str, Any], error: ValidationError | None, places: Places, root: Kind = ROOT
) -> list[str]:
    """All mistakes, one sentence each, in the order in which they stand in the files; empty if there are none.

    Parameters
    ----------
    table : what the file says; a scenario as put together.
    error : what the definition found wrong with it.
    places : where each of its key paths is written.
    root : what such a file may hold; a scenario if left out.
    """
    return places.told(found(table, error, root))


def found(table: Mapping[str, Any], error: ValidationError | None, root: Kind = ROOT) -> list[Mistake]:
    """All mistakes, each by its key path, up to `COUNTED`; the parameters are those of `sentences`."""
    told = list(islice(misplaced(table, root), COUNTED))
    known = {path for path, _ in told}
    if error is not None:
        # A value of the wrong type, or a key that is not one, is told once, and not again by what it leads to.
        more = (mistake for mistake in _from_definition(error, root) if not _beneath_any(mistake[0], known))
        told += islice(more, COUNTED - len(told))
    return told


def message(told: list[str]) -> str:
    """The sentences as one message, a line each."""
    more = len(told) - SHOWN
    if more <= 0:
        return "\n".join(told)
    count = (
        f"{more} more mistake{'s' if more > 1 else ''}" if len(told) < COUNTED else "hundreds more mistakes"
    )
    return "\n".join([*told[:SHOWN], f"and {count}"])


def misplaced(value: Any, kind: Kind = ROOT, path: Path = ()) -> Iterator[Mistake]:
    """Keys that are not keys, and values of the wrong type. The definition would take a few of these for what they are not."""
    if not kind.takes(value):
        yield path, f"found {shown(value)}{_hint(value, kind)}"
    elif isinstance(value, dict):
        for key, inner in value.items():
            beneath = kind.beneath(key)
            if beneath is None:
                yield (*path, key), f"there is no such key{suggestion(key, kind.keys)}"
            else:
                yield from misplaced(inner, beneath, (*path, key))
    elif isinstance(value, list) and kind.inner is not None:
        for number, inner in enumerate(value):
            yield from misplaced(inner, kind.inner, (*path, str(number)))


def shown(value: Any) -> str:
    """A value as a person would name it, on one line and not too long."""
    if isinstance(value, bool):
        return str(value).lower()
    if value == "":
        return "nothing"
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, date | time):
        return f"a date or time, {value}"
    text = f"the text {value!r}" if isinstance(value, str) else _digits(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _digits(number: Any) -> str:
    try:
        return f"{number:.12g}"
    except OverflowError:
        return "a number with hundreds of digits"
    except (TypeError, ValueError):  # a table in memory may hold anything
        return f"something of type {type(number).__name__}"


def _hint(value: Any, kind: Kind) -> str:
    near = suggestion(value, kind.words) if isinstance(value, str) and kind.words else ""
    return near if "did you mean" in near else f"; {kind.would_do()} would do"


def _beneath_any(path: Path, known: set[Path]) -> bool:
    return any(path[:length] in known for length in range(len(path) + 1))


def _from_definition(error: ValidationError, root: Kind) -> Iterator[Mistake]:
    """What the definition found, in our words instead of pydantic's."""
    for item in error.errors(include_url=False, include_context=False):
        place = tuple(str(key) for key in item["loc"])
        path = place[:-1] if place[-1:] == ("[key]",) else place
        kind, found, type_ = at(path, root), item["input"], item["type"]
        if type_ == "value_error":
            yield from _own_words(item["msg"].removeprefix("Value error, "), path)
        elif type_ == "missing":
            yield path, f"this is missing{_meaning(kind)}"
        elif type_ == "too_short":
            yield path, f"found nothing; at least one is needed{_meaning(kind)}"
        elif type_ == "too_long":
            yield (
                path,
                f"found {len(found)}; fewer would do: {item['msg'].split(' should ')[-1].split(' after')[0]}",
            )
        elif path != place or type_ in ("string_pattern_mismatch", "string_too_long"):
            yield (
                path,
                f"found {shown(found)}; a name of up to 60 lower-case letters, digits, - and _ that starts with a letter would do",
            )
        elif type_ == "finite_number":
            yield (
                path,
                f"found {shown(found)}; a finite number{kind.range() if kind is not None else ''} would do",
            )
        else:
            yield path, f"found {shown(found)}{_hint(found, kind or root)}"


def _own_words(said: str, path: Path) -> Iterator[Mistake]:
    """What the definition says in its own words: about one field, or `key.path: sentence` a line about the whole."""
    if path:
        yield path, said
        return
    for sentence in said.split("\n"):
        key, _, rest = sentence.partition(": ")
        yield tuple(key.split(".")), rest


def _meaning(kind: Kind | None) -> str:
    says = kind.says.split("\n")[0].rstrip(".") if kind is not None else ""
    return f" ({says[0].lower()}{says[1:]})" if says else ""
