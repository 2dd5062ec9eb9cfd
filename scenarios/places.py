"""In which file and line each key path of a scenario is written, whichever of its sources that is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scenarios.files import Source
from scenarios.kinds import Path
from scenarios.lines import lines

Place = tuple[
    int, int
]  # how far down from the topmost source, and the line; sorting puts what a person wrote last first


class Places:
    """Where each key path was written last.

    Parameters
    ----------
    parts : the sources of a scenario, each laid over those before it.
    table : what they make together.
    """

    def __init__(self, parts: tuple[Source, ...], table: Mapping[str, Any]) -> None:
        self.parts = parts[::-1]
        self.table = table
        self.found: dict[Path, Place] = {}
        for depth, part in reversed(list(enumerate(self.parts))):
            written = lines(part.text) if part.text is not None else dict.fromkeys(_paths(part.table), 0)
            for path in [path for path in self.found if _replaces(part.table, path)]:
                del self.found[path]
            self.found.update({path: (depth, line) for path, line in written.items()})

    def told(self, mistakes: Iterable[tuple[Path, str]]) -> list[str]:
        """Mistakes as sentences that say where: each once, in the order in which they are written."""
        said = {
            (self.of(path), ".".join(map(_bare, self.home(path))), sentence) for path, sentence in mistakes
        }
        return [f"{self.where(place, key)}{sentence}" for place, key, sentence in sorted(said)]

    def where(self, place: Place, key: str) -> str:
        """`file, line 7: key.path: `; a change is itself the place of the key that it names."""
        source = self.parts[place[0]]
        if source.change and source.label.startswith(f"--set {key}="):
            return f"{source.label}: "
        return source.label + (f", line {place[1]}" if place[1] else "") + (f": {key}: " if key else ": ")

    def home(self, path: Path) -> Path:
        """The key path under which a value was written: a session's field may come from a template."""
        if path[:1] == ("sessions",) and len(path) > 2 and path[:3] not in self.found:
            session = _beneath(self.table, path[:2])
            template = session.get("template") if isinstance(session, Mapping) else None
            there = ("templates", str(template), *path[2:])
            if there[:3] in self.found:
                return there
        return path

    def of(self, path: Path) -> Place:
        """The place of a key path, or of the nearest one above it that is written anywhere."""
        path = self.home(path)
        for length in range(len(path), 0, -1):
            if path[:length] in self.found:
                return self.found[path[:length]]
        return next(depth for depth, part in enumerate(self.parts) if not part.change), 0


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _paths(inner, (*path, str(key)))


def _beneath(table: Any, path: Path) -> Any:
    for key in path:
        table = table.get(key) if isinstance(table, Mapping) else None
    return table


def _replaces(table: Mapping[str, Any], path: Path) -> bool:
    """Whether a table puts a plain value in place of the table in which a path lies."""
    here: Any = table
    for key in path:
        if not isinstance(here, Mapping):
            return True
        if key not in here:
            return False
        here = here[key]
    return False


def _bare(key: str) -> str:
    """A key as it may stand in a path."""
    return key if key.replace("-", "").replace("_", "").isalnum() and len(key) <= 80 else repr(key[:80])
