"""A scenario as the TOML text of a file that a person would write: short, in order, nothing that is the default anyway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from scenarios.kinds import ROOT, Kind
from sim.scenario import Scenario

if TYPE_CHECKING:
    from tomlkit.items import InlineTable, Item, Table

ROWS: Final = ("groups", "sessions", "context")  # each thing in these has a table of its own
WIDE: Final = 100  # letters in a line; a table that would be longer is written over several


def dumps(scenario: Scenario) -> str:
    """The text of a file that holds a scenario, standing on its own.

    What it was built on (`base`, templates) is not told, since it stands in the fields already. The name is left out:
    the file's name gives it.
    """
    import tomlkit

    said = scenario.model_dump(mode="json", exclude_defaults=True, exclude={"name", "base", "templates"})
    for session in said["sessions"].values():
        session.pop("template", None)
    table = _short(said, ROOT)
    document = tomlkit.document()
    for key in [key for key in table if not isinstance(table[key], dict)]:
        document.add(key, _plain(table[key]))
    tables = [key for key in table if isinstance(table[key], dict)]
    for key in sorted(
        tables, key=lambda key: key == "provenance"
    ):  # sources stand at the end, like footnotes
        document.add(
            key, _rows(table[key]) if key in ROWS else _table(table[key], provenance=key == "provenance")
        )
    return str(tomlkit.dumps(document)).strip() + "\n"


def _short(value: Any, kind: Kind | None) -> Any:
    """The same with a plain number wherever one may stand for a table, and whole numbers without a decimal point."""
    if isinstance(value, dict):
        if kind is not None and kind.shorthand and list(value) == [kind.shorthand]:
            return _short(value[kind.shorthand], None)
        return {key: _short(inner, kind.beneath(key) if kind else None) for key, inner in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _plain(value: Any) -> Item:
    import tomlkit

    if isinstance(value, str) and "\n" in value and not value.startswith("\n") and "\r" not in value:
        return tomlkit.string(value, multiline=True)
    item: Item = tomlkit.item(value)
    return item


def _rows(things: Mapping[str, Any]) -> Table:
    """Things by name, each under a heading of its own."""
    import tomlkit

    rows = tomlkit.table(is_super_table=True)
    for name, thing in things.items():
        rows.add(name, _table(thing))
    return rows


def _table(thing: Mapping[str, Any], *, provenance: bool = False) -> Table:
    """A table with a line for each of its keys; what is too long for one line is written key by key."""
    import tomlkit

    table = tomlkit.table()
    for key, value in thing.items():
        if not isinstance(value, dict):
            table.add(key, _plain(value))
        elif provenance:
            table.add(key, _table(value))
        elif len(str(value)) <= WIDE or not all(isinstance(inner, dict) for inner in value.values()):
            table.add(key, _inline(value))
        else:
            for inner, said in value.items():
                table.add(tomlkit.key([key, inner]), _inline(said))
    return table


def _inline(thing: Mapping[str, Any]) -> InlineTable:
    import tomlkit

    table = tomlkit.inline_table()
    for key, value in thing.items():
        table.add(key, _inline(value) if isinstance(value, dict) else tomlkit.item(value))
    return table
