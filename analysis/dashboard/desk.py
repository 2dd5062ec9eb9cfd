"""What a visitor designs: the draft at work with its steps, and what is done to it."""

from __future__ import annotations

import time
from typing import Any, Final

import solara

import scenarios
from analysis.budget import Budget
from analysis.dashboard import downloads, drafts, fields, limits, links, visit
from analysis.dashboard.drafts import Desk, Draft, Path
from analysis.report import words
from sim import Scenario, ScenarioError

KINDS: Final = {"groups": "group", "issues": "issue", "sessions": "session"}

bench: solara.Reactive[Desk | None] = solara.reactive(None)
"""What the visitor works on; kept while they are on another page. None until they have changed something."""

start: solara.Reactive[links.Run | None] = solara.reactive(None)
"""The run that the desk began with."""

chosen: solara.Reactive[tuple[str, str]] = solara.reactive(("sessions", ""))
"""What the editor shows: a kind of thing, and its name."""

said: solara.Reactive[str] = solara.reactive("")
"""What was done last, for those who do not see it."""

refused: solara.Reactive[int] = solara.reactive(0)
"""How often something was refused; a box that was ticked in vain is shown anew."""

heard: solara.Reactive[int] = solara.reactive(0)
"""The number of the last act on the board that was heard of; what the board has done since is still on its way."""

figures: solara.Reactive[tuple[Scenario, Budget | str] | None] = solara.reactive(None)
"""What the process is reckoned to take, or why that is not reckoned, and of which scenario."""


def at_work() -> Desk:
    """The visitor's desk; before they have changed anything, with the run that is before them."""
    return bench.value or Desk(drafts.begun(visit.current().scenario))


def seeded() -> links.Run:
    """The visitor's design as a run, with the seed that they came with."""
    begun = start.value or visit.current()
    return links.Run(at_work().now.scenario, begun.seed, begun.replicate)


def do(draft: Draft, what: str) -> None:
    """Make a changed draft the one at work."""
    before = at_work()
    if bench.value is None:
        start.value = visit.current()
    bench.value = before.did(draft, what, time.monotonic())
    said.value = f"{what}." if not draft.pending else f"{what}. Not everything is in force yet."


def fill_in(path: Path, value: Any) -> None:
    """Put what was typed into a field."""
    draft = at_work().now
    do(drafts.put(draft, path, "" if value is None else value), fields.told(draft, path))


def undo() -> None:
    """Take the last step back."""
    now = at_work()
    if now.past:
        bench.value, said.value = now.undone(), f"Undone: {now.past[-1].did}."


def redo() -> None:
    """Make the step again that was taken back."""
    now = at_work()
    if now.future:
        bench.value, said.value = now.redone(), f"Done again: {now.future[0].did}."


def begin_with(scenario: Scenario, what: str) -> None:
    """Start from another scenario; what was there comes back by undo."""
    do(drafts.begun(scenario), what)
    chosen.value = ("sessions", "")


def open_file(file: dict[str, Any]) -> None:
    """Start from a file that the visitor hands in.

    Raises
    ------
    sim.ScenarioError : it is none, is too large, or has mistakes.
    """
    name, most = str(file.get("name", ""))[-80:], limits.current().upload
    if not name.lower().endswith(".toml"):
        msg = f"{name}: a scenario is a text file in TOML, and its name ends in .toml"
        raise ScenarioError(msg)
    text = file.get("text")
    if not isinstance(text, str) or len(text.encode()) > most:
        msg = f"{name}: this file is larger than this page takes ({most // 1024:,} kB); a scenario is a short text"
        raise ScenarioError(msg)
    begin_with(scenarios.loads(text, name), f"Loaded {name}")


def saved(scenario: Scenario) -> downloads.File:
    """The scenario as a file that the command line reads, too."""
    return downloads.File(f"{scenario.name}.toml", "application/toml", scenarios.dumps(scenario).encode())


def kept() -> links.Run:
    """The design as a run that the other pages know of."""
    run = seeded()
    library = run.scenario.name in scenarios.names() and scenarios.load(run.scenario.name) == run.scenario
    if not library:
        visit.keep(run.scenario)
    return run


def picked(draft: Draft) -> tuple[str, str]:
    """What the editor shows: what was chosen, or the first session where that is gone."""
    kind, name = chosen.value
    if kind in KINDS and name not in draft.table[kind]:
        return "sessions", next(iter(draft.table["sessions"]))
    return kind, name


def title(draft: Draft, kind: str, name: str) -> str:
    """What a group, an issue or a session of a draft is called."""
    return words.called(draft.table[kind][name].get("title", ""), name)


def add(made: tuple[Draft, str], kind: str) -> None:
    """Take in what was added, and show it in the editor."""
    draft, name = made
    do(draft, f"Added the {KINDS[kind]} {title(draft, kind, name)}")
    chosen.value = (kind, name)
