"""Reading scenario files: the text, its TOML, and the bases that it builds on."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scenarios.kinds import widened
from sim.errors import ScenarioError
from sim.scenario import merged, slug, suggestion

LIBRARY: Final = Path(__file__).parent / "library"
LARGEST: Final = 2_000_000  # bytes: room for thousands of sessions; more is not a scenario but a mistake
DOTS: Final = 300  # in one line: the TOML reader's memory grows with the square of a dotted key's length
DEEPEST: Final = 30  # tables within tables; a scenario needs six
OWN: Final = ("name", "title", "description", "base")  # what a scenario says of itself and does not hand down


@dataclass(frozen=True)
class Source:
    """One of the things that a scenario is put together from: a file, or one change asked for."""

    label: str
    """What a reader calls it: a file as it can be opened from here, or the change as it was written."""
    table: dict[str, Any]
    """What it says."""
    text: str | None = None
    """The text of a file, for line numbers."""
    change: bool = False
    """Is it a change to what came before, and not a scenario of its own?"""


def names() -> tuple[str, ...]:
    """Names of the scenarios in the library, in alphabetical order."""
    return tuple(sorted(file.stem for file in LIBRARY.glob("*.toml")))


def path(source: str | os.PathLike[str], beside: Path | None = None) -> Path:
    """The file that a name or a path means.

    Parameters
    ----------
    source : a name in the library, or a path. Anything that ends in .toml, holds a separator or exists is a path.
    beside : the folder from which a relative path counts; the working folder if left out.

    Raises
    ------
    ScenarioError : neither the library nor the disk has anything of that name.
    """
    return found(source, LIBRARY, "scenario", beside)


def found(source: str | os.PathLike[str], library: Path, what: str, beside: Path | None = None) -> Path:
    """The file that a name or a path means, where names are those of the files in a folder of ours.

    Raises
    ------
    ScenarioError : neither the folder nor the disk has anything of that name; `what` says what was looked for.
    """
    known = tuple(sorted(file.stem for file in library.glob("*.toml")))
    if isinstance(source, str) and source in known:
        return library / f"{source}.toml"
    file = Path(source) if beside is None else beside / source
    text = os.fspath(source)
    if (
        text.endswith(".toml")
        or isinstance(source, os.PathLike)
        or set(text) & set(filter(None, (os.sep, os.altsep)))
    ):
        return file
    if text and os.path.exists(file):
        return file
    msg = f"there is no {what} {text!r} in the library{suggestion(text, known)}"
    raise ScenarioError(msg + ("" if "did you mean" in msg else " (the name of a file ends in .toml)"))


def sources(source: str | os.PathLike[str] | Mapping[str, Any]) -> tuple[Source, ...]:
    """The files that a scenario is put together from: the base that stands on its own first, the file asked for last.

    A table in memory may stand in place of a file; its base counts from the working folder.
    """
    if isinstance(source, Mapping):
        return (*_bases(dict(source), "the scenario", Path(), ()), Source("the scenario", dict(source)))
    return tuple(_chain(path(source), ()))


def handed_in(text: str, name: str) -> tuple[Source, ...]:
    """What a text that somebody handed in is put together from, of which only the library may be a part.

    Raises
    ------
    ScenarioError : it is no TOML, is too long, or builds on a file.
    """
    label = os.path.basename(name) or "the file"
    if len(text) > LARGEST:
        raise ScenarioError(f"{label}: this file is too long; a scenario has at most {LARGEST / 1e6:g} MB")
    table = table_of(text, label)
    base = table.get("base")
    if isinstance(base, str) and base not in (*names(), *price_lists()):
        known = (*names(), *price_lists())
        msg = (
            f"{label}{_line(text, 'base')}: base: a file that is handed in builds on the library alone, and {base[:80]!r} "
            f"is not in it{suggestion(base, known)}"
        )
        raise ScenarioError(msg)
    table.setdefault("name", slug(Path(label).stem))
    return (*_bases(table, label, LIBRARY, (), text), Source(label, table, text))


def price_lists() -> tuple[str, ...]:
    """Price lists of the library, as a base names them."""
    return tuple(sorted(f"prices/{file.name}" for file in (LIBRARY / "prices").glob("*.toml")))


def together(parts: tuple[Source, ...]) -> dict[str, Any]:
    """One table from many: each laid over those before it. What a base says of itself stays behind."""
    table: dict[str, Any] = {}
    for part in parts:
        below = {key: value for key, value in table.items() if part.change or key not in OWN}
        table = merged(widened(below), part.table)
    return table


def display(file: Path) -> str:
    """A path as it can be opened from the working folder, on one line."""
    try:
        short = os.path.relpath(file)
    except (OSError, ValueError):  # another drive, no working folder, no path at all
        short = os.fspath(file)
    found = os.fspath(file) if short.startswith("..") else short
    return found if found.isprintable() else repr(found)


def _chain(file: Path, above: tuple[Path, ...]) -> Iterator[Source]:
    """A file and, before it, what it builds on; `above` are the files that led here."""
    text = text_of(file)
    table = table_of(text, display(file))
    yield from _bases(table, display(file), file.parent, (*above, file), text)
    table.setdefault("name", slug(file.stem))
    yield Source(display(file), table, text)


def _bases(
    table: dict[str, Any], label: str, folder: Path, above: tuple[Path, ...], text: str | None = None
) -> Iterator[Source]:
    base = table.get("base")
    if not isinstance(base, str):  # a base of another type is a mistake that the definition finds
        return
    try:
        file = path(base, folder)
        if not os.path.lexists(file) and (LIBRARY / base).is_file():  # a price list, say: prices/sweden.toml
            file = LIBRARY / base
        if not _same(file, *above) and not os.path.lexists(file):
            msg = f"there is no file {base!r} beside this one, nor a scenario of that name{suggestion(base, names())}"
            raise ScenarioError(msg)
    except (ScenarioError, ValueError) as mistake:
        said = str(mistake) if isinstance(mistake, ScenarioError) else f"{base!r} is not the name of a file"
        msg = f"{label}{_line(text, 'base')}: base: {said}"
        raise ScenarioError(msg) from None
    if _same(file, *above):
        way = " -> ".join(display(step) for step in (*above, file))
        msg = f"{label}{_line(text, 'base')}: base: the files build on each other in a circle ({way}); one of them must stand on its own"
        raise ScenarioError(msg)
    yield from _chain(file, above)


def _same(file: Path, *others: Path) -> bool:
    return os.path.realpath(file) in {os.path.realpath(other) for other in others}


def _line(text: str | None, key: str) -> str:
    from scenarios.lines import lines

    line = lines(text).get((key,)) if text is not None else None
    return f", line {line}" if line else ""


def text_of(file: Path, what: str = "a scenario") -> str:
    """The text of a file that can be one.

    Raises
    ------
    ScenarioError : with a sentence about why it cannot; `what` is what the file should have been.
    """
    label = display(file)
    try:
        if file.is_dir():
            problem = f"this is a folder; {what} is a text file in TOML"
        elif not os.path.lexists(file):
            problem = "there is no such file"
        elif not file.is_file():
            problem = f"this is not an ordinary file; {what} is a text file in TOML"
        elif (size := file.stat().st_size) > LARGEST:
            problem = f"this file has {size / 1e6:,.1f} MB; {what} has at most {LARGEST / 1e6:g} MB"
        else:
            return _decoded(file.read_bytes(), label, what)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not the name of a file"
        problem = f"this file cannot be read: {reason[0].lower()}{reason[1:]}"
    raise ScenarioError(f"{label}: {problem}")


def _decoded(content: bytes, label: str, what: str) -> str:
    if b"\0" in content:
        msg = f"{label}: this is a binary file; {what} is a text file in TOML"
        raise ScenarioError(msg)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"{label}, line {line}: this is not UTF-8 (byte {content[error.start]:#04x}); save the file as UTF-8"
        raise ScenarioError(msg) from None


def table_of(
    text: str, label: str, needs: str = "a scenario needs groups, issues and sessions, or a base"
) -> dict[str, Any]:
    """The table that a TOML text holds.

    Raises
    ------
    ScenarioError : it is not TOML, or says nothing; `needs` is what it should say at least.
    """
    for number, row in enumerate(text.split("\n"), start=1):
        if row.count(".") > DOTS:
            msg = f"{label}, line {number}: this line has more than {DOTS} dots; nothing here needs that many"
            raise ScenarioError(msg)
    try:
        table: dict[str, Any] | None = tomllib.loads(text)
    except RecursionError:
        table = None
    except ValueError as error:
        raise ScenarioError(_not_toml(str(error), text, label)) from None
    if table is None or _depth(table) > DEEPEST:
        msg = f"{label}: tables lie more than {DEEPEST} deep in each other; six are enough"
        raise ScenarioError(msg)
    if not table:
        msg = f"{label}: this file says nothing; {needs}"
        raise ScenarioError(msg)
    return table


def _depth(table: dict[str, Any]) -> int:
    """How deep tables and lists lie in each other, found level by level, since they may be deeper than calls can go."""
    level: list[Any] = [table]
    depth = 0
    while level and depth <= DEEPEST:
        depth += 1
        inner = [value for part in level for value in (part.values() if isinstance(part, dict) else part)]
        level = [value for value in inner if isinstance(value, dict | list)]
    return depth


def _not_toml(said: str, text: str, label: str) -> str:
    """What the TOML reader said, with the line that it stumbled over."""
    rows = text.replace("\r\n", "\n").split("\n")
    found = re.search(r" \(at line (\d+), column \d+\)$", said)
    line = int(found[1]) if found else len(rows)
    what = re.sub(r" \(at [^()]*\)$", "", said)
    if "overwrite" in what or "twice" in what or "already" in what or "mutate" in what:
        what = "the same key or table is given twice"
    elif "digits" in what:
        what = "a number has too many digits"
    elif "'\\n'" in what or "Unterminated" in what:
        what = "a text does not end with the mark that it began with"
    row = rows[line - 1].strip() if line <= len(rows) else ""
    shown = row if len(row) <= 60 else row[:57] + "..."
    where = f"; found {shown!r}" if row else ""
    return f"{label}, line {line}: this is not TOML: {what[:1].lower()}{what[1:]}{where}"
