"""In which line of a TOML text each key stands, so that a message can point at it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_PART: Final = re.compile(r"""[ \t]*("(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*(\.?)""")
_TEXT: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'", re.DOTALL
)
_PLAIN: Final = re.compile(r"[^,\]}#\n]*")


def lines(text: str) -> dict[tuple[str, ...], int]:
    """Line numbers of all keys of a TOML text, by key path; items of arrays by their number, as text.

    The text must have been read as TOML before: this only looks for positions and judges nothing. Where it loses its
    way it returns what it has found so far.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    with suppress(IndexError, RecursionError):
        scanner.document()
    return scanner.found


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.here = 0
        self.counted = (0, 1)  # a position and its line
        self.found: dict[tuple[str, ...], int] = {}
        self.rows: dict[tuple[str, ...], int] = {}

    def document(self) -> None:
        table: tuple[str, ...] = ()
        while self.blank() < len(self.text):
            if self.text.startswith("[[", self.here):
                self.here += 2
                table = self.key(())
                row = self.rows[table] = self.rows.get(table, -1) + 1
                table = (*table, str(row))
                self.here += 2
            elif self.text[self.here] == "[":
                self.here += 1
                table = self.key(())
                self.here += 1
            else:
                self.pair(table)

    def blank(self) -> int:
        self.here = self.match(_BLANK).end()
        return self.here

    def match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.text, self.here)
        if found is None:
            raise IndexError
        return found

    def line(self) -> int:
        position, line = self.counted
        self.counted = (self.here, line + self.text.count("\n", position, self.here))
        return self.counted[1]

    def key(self, table: tuple[str, ...]) -> tuple[str, ...]:
        """Read a dotted key and note where it stands; tables it opens on its way are noted where they first appear."""
        path, line, more = table, self.line(), "."
        while more:
            part = self.match(_PART)
            self.here = part.end()
            path, more = (*path, part[1].strip("\"'")), part[2]
            self.found.setdefault(path, line)
        self.found[path] = line
        return path

    def pair(self, table: tuple[str, ...]) -> None:
        path = self.key(table)
        self.here += 1  # the equals sign
        self.value(path)

    def value(self, path: tuple[str, ...]) -> None:
        self.blank()
        start = self.text[self.here]
        if start in "\"'":
            self.here = self.match(_TEXT).end()
        elif start == "[":
            self.items(path, "]")
        elif start == "{":
            self.items(path, "}")
        else:
            self.here = self.match(_PLAIN).end()

    def items(self, path: tuple[str, ...], end: str) -> None:
        self.here += 1
        number = 0
        while self.blank() < len(self.text) and self.text[self.here] != end:
            if end == "]":
                item = (*path, str(number))
                self.found.setdefault(item, self.line())
                self.value(item)
            else:
                self.pair(path)
            number += 1
            self.blank()
            if self.text[self.here] == ",":
                self.here += 1
        self.here += 1
