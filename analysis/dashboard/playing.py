"""The player of runs as a widget: the same scripts as in a hand-out, given a document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import solara
import traitlets

import analysis.replay
from analysis.look import bundle


class Player(anywidget.AnyWidget):
    """Plays one run, or two side by side on one line of time.

    A document holds the whole run and the browser plays it by itself: no message passes while it does. So thirty
    browsers cost the server nothing while they watch, and a slow line or a lost one spoils no picture.
    """

    _esm = (
        bundle(Path(analysis.replay.__file__).parent / "js" / "player.js")
        + """
export default { render({ model, el }) {
  let shown = null;
  const open = () => {
    if (shown) shown.stop();
    const now = model.get("runs");
    if (now.docs) shown = player(el, now.docs, { from: now.from || 0, names: now.names });
  };
  model.on("change:runs", open);
  open();
  return () => shown && shown.stop();
} };"""
    )
    runs = traitlets.Dict().tag(sync=True)


@solara.component
def Play(docs: list[dict[str, Any]], names: list[str] | None = None, start: float = 0.0) -> None:
    """Play documents of `analysis.replay.document`; `start` is in sessions from the beginning."""
    Player.element(runs={"docs": docs, "names": names, "from": start})
