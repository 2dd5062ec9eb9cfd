"""The one visual language: colours and type that all pages share, and scripts put together for pages that stand alone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

STYLES: Final = Path(__file__).parent / "styles"
_IMPORT: Final = re.compile(r'^import \{[^}]*\} from "(\./[^"]+|\.\./[^"]+)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=function|const|class|async)", re.MULTILINE)


@cache
def css(*names: str) -> str:
    """The style that the report, the dashboard and the hand-outs share, and further sheets of this folder by name."""
    return "\n".join((STYLES / f"{name}.css").read_text(encoding="utf-8") for name in ("house", *names))


@cache
def bundle(entry: Path) -> str:
    """A script and all that it imports, as one text that imports and exports nothing.

    The scripts are plain: they import each other by relative path and export by name, and no two use one name for
    different things, so that they can be laid one after the other. So the same files serve a page of the dashboard, a
    notebook, and a hand-out that is opened from disk.
    """
    texts: list[str] = []
    _collect(entry.resolve(), texts, set())
    return "\n".join(texts)


def _collect(file: Path, texts: list[str], seen: set[Path]) -> None:
    if file in seen:
        return
    seen.add(file)
    text = file.read_text(encoding="utf-8")
    for found in _IMPORT.finditer(text):
        _collect((file.parent / found[1]).resolve(), texts, seen)
    texts.append(_EXPORT.sub("", _IMPORT.sub("", text)))
