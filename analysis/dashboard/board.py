"""The board of a design: its sessions on a calendar and on the grid, and who takes part."""

from __future__ import annotations

from typing import Any

import anywidget
import solara
import traitlets

from analysis.budget import Budget
from analysis.dashboard import controls, desk, drafts, trouble
from analysis.dashboard.drafts import Draft
from analysis.look import bundle
from analysis.report import words
from analysis.statistics import Estimate
from sim import SPACES, TIMES


class BoardWidget(anywidget.AnyWidget):
    """The board in the browser."""

    _esm = (
        bundle(controls.JS / "design.js")
        + """
export default { render({ model, el }) {
  let count = 0;
  const board = designBoard(el, (done) => { model.send({ n: ++count, ...done }); return count; });
  const show = () => board.show(model.get("state"));
  model.on("change:state", show);
  show();
  return board.end;
} };"""
    )
    state = traitlets.Dict().tag(sync=True)
    hear = traitlets.Any()

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(lambda _widget, told, _buffers: self.hear(told))  # none of several quick acts is lost


@solara.component
def Board(draft: Draft) -> None:
    """The calendar, the grid, and who takes part in what they talk about."""
    found = desk.figures.value
    BoardWidget.element(
        state={
            **board(draft, desk.picked(draft), found[1] if found else None),
            "said": desk.said.value,
            "heard": desk.heard.value,
        },
        hear=trouble.safely(_heard),
    )


def board(draft: Draft, show: tuple[str, str], found: Budget | str | None) -> dict[str, Any]:
    """What the board shows."""
    scenario = draft.scenario
    known = found if isinstance(found, Budget) else None
    letters = words.letters(scenario.groups)

    def about(kind: str, name: str, title: str) -> dict[str, Any]:
        return {
            "name": name,
            "title": words.called(title, name),
            "chosen": show == (kind, name),
            "wrong": any(path[:2] == (kind, name) for path in draft.pending),
        }

    return {
        "times": [[time, words.TIME[time]] for time in TIMES],
        "spaces": [[space, words.SPACE[space]] for space in SPACES],
        "sessions": [
            {
                **about("sessions", name, session.title),
                "week": session.week,
                "cell": scenario.cell(name),
                "decides": session.decide,
                **_reach(known, name),
            }
            for name, session in scenario.sessions.items()
        ],
        "groups": [
            {**about("groups", name, group.title), "size": group.size, "letter": letters[name], "colour": number % 8}
            for number, (name, group) in enumerate(scenario.groups.items())
        ],
        "adding": show[0].removeprefix("new ") if show[0].startswith("new ") else "",
        "cost": f"{words.money(known.total['mean'])} {known.currency}" if known and known.total["mean"] else "",
    }  # fmt: skip


def _reach(known: Budget | None, session: str) -> dict[str, Any]:
    """How many come to a session, and what the process has cost by then."""
    sitting = known.sittings.get(session) if known else None
    if sitting is None:
        return {"comes": "", "so_far": None}
    return {"comes": people(sitting.comes), "of": f"{sitting.invited:,}", "so_far": sitting.so_far["mean"]}


def people(found: Estimate) -> str:
    """How many people, in whole numbers: the interval in which the mean lies, or the one number that there is."""
    low, mean, high = found["low"], found["mean"], found["high"]
    ends = (mean or 0.0,) if low is None or high is None else (max(0.0, low), high)
    return words.DASH.join(dict.fromkeys(f"{end:,.0f}" for end in ends))


def _heard(told: dict[str, Any]) -> None:
    """Do what was done on the board."""
    desk.heard.value = told["n"]
    what, name, draft = told["do"], told.get("name", ""), desk.at_work().now
    if what == "undo":
        desk.undo()
    elif what == "redo":
        desk.redo()
    elif what == "choose":
        desk.chosen.value = (told["kind"], name)
    elif what == "place":
        title = desk.title(draft, "sessions", name)
        desk.do(drafts.place(draft, name, told["cell"]), f"“{title}” to {words.cell(told['cell'])}")
        desk.chosen.value = ("sessions", name)
    elif what == "week":
        desk.do(
            drafts.put(draft, ("sessions", name, "week"), told["week"]),
            f"“{desk.title(draft, 'sessions', name)}” to week {told['week']:g}",
        )
        desk.chosen.value = ("sessions", name)
    elif what == "add session":
        desk.add(drafts.add_session(draft, next(reversed(draft.table["sessions"])), told["cell"]), "sessions")
