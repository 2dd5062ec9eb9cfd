"""A hand-out: one HTML file that plays back what was seen, from disk, without a server and without an account."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from analysis import look
from analysis.replay.document import Document
from analysis.whole import write_whole
from sim import CoprodError

PLAYER: Final = Path(__file__).parent / "js" / "player.js"


def handout(
    docs: Sequence[Document],
    *,
    names: Sequence[str] | None = None,
    title: str = "",
    intro: Markup | str = "",
    start: float | tuple[int, int] = 0.0,
) -> str:
    """One run, or two side by side, as a page that needs nothing else.

    Parameters
    ----------
    docs : one or two documents of `analysis.replay.document`.
    names : what to call the two.
    title : the heading; what the first document is called if left out.
    intro : what stands under the heading; a plain text is escaped.
    start : where to begin, in sessions, or a session and a moment of it, counted from 0.
    """
    plays = {"docs": list(docs), "names": list(names) if names else None, "from": start}
    return _template().render(
        title=title or docs[0]["title"],
        intro=intro or docs[0]["description"],
        docs=docs,
        names=names,
        style=Markup(look.css("replay", "handout")),
        script=Markup(look.bundle(PLAYER)),
        # "<" might end the script that the document stands in
        plays=Markup(json.dumps(plays, separators=(",", ":")).replace("<", "\\u003c")),
        coprod=version("coprod"),
    )


def write(page: str, path: str | Path) -> None:
    """Write a page: a complete file under its name, or nothing.

    Raises
    ------
    sim.CoprodError : the file cannot be written.
    """
    try:
        write_whole(Path(path), page)
    except OSError as error:
        raise CoprodError(
            f"--out {path}: it cannot be written ({(error.strerror or str(error)).lower()})"
        ) from None


def can_be_written(path: Path) -> None:
    """Refuse a file that could not be written, before anything is computed.

    Raises
    ------
    sim.CoprodError : it is a folder, stands in something that is none, or has an ending that says it is something else.
    """
    if path.is_dir():
        raise CoprodError(f"--out {path}: this is a folder; name a file, as in {path / 'replay.html'}")
    if path.suffix.lower() not in (".html", ".htm"):
        raise CoprodError(
            f"--out {path}: a replay is a page; its name ends in .html, found {path.suffix or 'no ending'}"
        )
    if not path.absolute().parent.is_dir():
        raise CoprodError(f"--out {path}: there is no folder {path.parent}")


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("analysis.replay"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("handout.html.j2")
