"""What a visitor has made outlives a reload, a restart of the server and a lost line: their own browser keeps it.

It is kept in the tab's own storage and goes with the tab; the server keeps nothing. What comes back is checked like
anything that comes from outside, and what is damaged is left out.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Final

import anywidget
import solara
import traitlets

from analysis.dashboard import desk, drafts, links, visit
from analysis.dashboard.drafts import Desk
from analysis.dashboard.links import Run
from analysis.dashboard.pages import teach
from sim import CoprodError

DAMAGED: Final = (
    CoprodError,
    TypeError,
    ValueError,
)  # or made by another model, and not possible any more: left out


class Keeper(anywidget.AnyWidget):
    """A text in the storage of the visitor's tab: told once what was there, then given what is to be there."""

    _esm = """
export default { render({ model }) {
  const KEY = "coprod";
  let stored = null;
  try { stored = sessionStorage.getItem(KEY); } catch { /* a browser may have none */ }
  const keep = () => { try { sessionStorage.setItem(KEY, model.get("now")); } catch { /* full, or not allowed */ } };
  model.on("change:now", keep);
  model.on("msg:custom", keep); // what was there has come back, and may be written over
  model.send({ stored });
} };"""
    now = traitlets.Unicode().tag(sync=True)
    hear = traitlets.Any()

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(lambda _, said, buffers: self._heard(said.get("stored")))

    def _heard(self, stored: Any) -> None:
        self.hear(stored)
        self.send({"keep": True})


@solara.component
def Pocket(search: str) -> None:
    """Keeps what the visitor has made, and brings it back; nothing to see.

    search : the part of the address behind the `?`. The run that was before the visitor comes back only at the address at
        which it was left: whoever opens a link wants the run of the link.
    """
    Keeper.element(now=_contents(search), hear=lambda stored: _brought_back(stored, search))


def _contents(search: str) -> str:
    """What is to be kept, as text."""
    run, draft = visit.run.value, desk.bench.value
    kept = {
        "search": search,
        "run": links.packed(run) if run is not None else None,
        "own": [links.packed(Run(scenario)) for scenario in visit.own.value],
        "draft": links.packed(desk.seeded()) if draft is not None else None,
        "bets": {lesson: [bet.choice, bet.worlds] for lesson, bet in teach.bets.value.items()},
    }
    return json.dumps(kept, separators=(",", ":"))


def _brought_back(stored: Any, search: str) -> None:
    """Put back what the browser has kept; what the visitor has begun since stays."""
    try:
        kept = json.loads(stored)
        own, bets = list(kept["own"])[:12], dict(kept["bets"])
    except (TypeError, ValueError, KeyError, RecursionError):
        return  # nothing was kept, or nothing that can be read
    if not visit.own.value:
        for text in reversed(own):
            with suppress(*DAMAGED):
                visit.keep(links.unpacked(text).scenario)
    if kept.get("run") and kept.get("search") == search:
        with suppress(*DAMAGED):
            visit.look_at(links.unpacked(kept["run"]))
    if kept.get("draft") and desk.bench.value is None:
        with suppress(*DAMAGED):
            run = links.unpacked(kept["draft"])
            desk.start.value, desk.bench.value = run, Desk(drafts.begun(run.scenario))
    if not teach.bets.value:
        with suppress(*DAMAGED):
            teach.bets.value = {str(lesson): _bet(*said) for lesson, said in bets.items()}


def _bet(choice: Any, worlds: Any) -> teach.Bet:
    if choice not in ("", "more", "same", "less", teach.NO_BET) or not (
        worlds is None or (isinstance(worlds, int) and 0 <= worlds <= 100)
    ):
        raise ValueError
    return teach.Bet(choice, worlds)
