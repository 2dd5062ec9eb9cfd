"""The player of runs as a widget: the same scripts as in a hand-out, given a document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import anywidget
import solara
import traitlets

import analysis.replay
from analysis.dashboard.links import Run
from analysis.look import bundle
from analysis.replay import Document, document
from sim import Scenario

WORLDS: Final = (
    40  # that the bands around the curves rest on (judgement: they show a spread, and estimate nothing)
)


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
    if (now.docs) shown = player(el, now.docs.map((doc) => JSON.parse(doc)), { from: now.from || 0, back: now.back, names: now.names });
  };
  model.on("change:runs", open);
  open();
  return () => shown && shown.stop();
} };"""
    )
    runs = traitlets.Dict().tag(sync=True)


@solara.component
def Play(
    docs: Sequence[Document | str],
    names: list[str] | None = None,
    start: float | tuple[int, int] = 0.0,
    back: str = "",
) -> None:
    """Play documents of `analysis.replay.document`, or texts of `played`.

    start : where to begin, in sessions from the beginning, or a session and a moment of it, counted from 0.
    back : what a button says that leads back there; no button if left out.
    """
    texts = [doc if isinstance(doc, str) else json.dumps(doc) for doc in docs]
    Player.element(runs={"docs": texts, "names": names, "from": start, "back": back})


def played(run: Run, worlds: int = WORLDS) -> str:
    """The document of a run as the text that goes to the browser; made once for all who look at the same run."""
    return _played(run.scenario.model_dump_json(), run.seed, run.replicate, worlds)


@lru_cache(maxsize=64)  # a text has 50 to 500 kB
def _played(scenario: str, seed: int, replicate: int, worlds: int) -> str:
    made = Scenario.model_validate_json(scenario)
    return json.dumps(document(made, seed, replicate, worlds=worlds), separators=(",", ":"))
