"""Design: build a process without code, and see what it costs and whom it reaches while it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import solara

from analysis.budget import Budget, budget, worlds_for
from analysis.dashboard import controls, desk, downloads, drafts, fields, jobs, limits, links, trouble, visit
from analysis.dashboard.board import Board
from analysis.dashboard.drafts import Desk, Draft
from analysis.dashboard.editors import Editor
from analysis.dashboard.tags import tag
from analysis.report import words
from analysis.statistics import Estimate
from sim import BARRIERS, CoprodError, ScenarioError

WORLDS: Final = 20  # for an estimate of costs and reach that keeps up with somebody who moves sliders


@solara.component
def Page() -> None:
    """The design at work: its board, what it takes, and an editor for what is chosen."""
    router = solara.use_router()
    now = desk.at_work()
    solara.use_memo(lambda: trouble.safely(_take_up)(router.search), [router.search])
    job = jobs.use_job()
    run = desk.seeded()
    solara.use_effect(lambda: _reckon(job, run), [run.scenario.digest(), run.seed])

    with tag("div", class_="sheet design"):
        Bar(now)
        Mending(now.now)
        with tag("div", class_="workbench"):
            with tag("div", class_="left"):
                Board(now.now)
                Takes()
            Editor(now.now)


def _take_up(search: str | None) -> None:
    """Start from what a link asked for, also where the visitor had been working on something else."""
    asked = links.opened(search) if search else None
    if asked is not None and desk.bench.peek() is not None and asked.scenario != desk.at_work().now.scenario:
        desk.begin_with(asked.scenario, f"Opened {words.called(asked.scenario.title, asked.scenario.name)}")
        desk.start.value = asked


def _reckon(job: jobs.Job, run: links.Run) -> Callable[[], None]:
    """Estimate what the design takes, in place of an estimate that is still under way."""
    worlds = worlds_for(run.scenario, WORLDS)
    try:
        limits.refuse(run.scenario, worlds)
    except CoprodError as error:
        job.cancel()
        desk.figures.value = (run.scenario, words.sentence(str(error)) + ".")
        return job.cancel

    def work(_: Callable[[int], None], stop: Any) -> Budget | None:
        return budget(run.scenario, WORLDS, run.seed, stop)

    def show(found: Budget | None) -> None:
        if found is not None:
            desk.figures.value = (run.scenario, found)

    job.start(work, worlds, show)
    return job.cancel


@solara.component
def Bar(now: Desk) -> None:
    """Where to start from, undo, files, links, and what to do with the design."""
    router = solara.use_router()
    run = desk.seeded()
    scenario = run.scenario

    def act(key: str, value: Any) -> None:
        if key == "start":
            if value:
                desk.begin_with(visit.chosen(value), f"Started from {value.removeprefix('own:')}")
        elif key == "undo":
            desk.undo()
        elif key == "redo":
            desk.redo()
        elif key == "load":
            desk.open_file(value)
        elif key == "watch":
            visit.look_at(desk.kept())
            router.push("/watch")
        elif key == "compare":
            desk.kept()
            router.push("/compare")

    title = words.called(scenario.title, scenario.name)
    options = [("", f"{title} (on the board)"), *visit.options()]
    with tag("div", class_="bar"):
        tag("h1", "Design")
        controls.Controls(
            [
                controls.select("start", "Start from", "", options),
                controls.upload("load", "Load TOML", limits.current().upload),
                controls.button("undo", "Undo", disabled=not now.past, title=_of(now.past[-1:], "Take back")),
                controls.button(
                    "redo", "Redo", disabled=not now.future, title=_of(now.future[:1], "Do again")
                ),
            ],
            act,
            "Where to start, and steps",
            row=True,
            quiet=True,
        )
        with tag("div", class_="files"):
            downloads.Download("Save TOML", lambda: desk.saved(desk.seeded().scenario))
            controls.Controls(
                [
                    _link(run),
                    controls.button("compare", "Compare it"),
                    controls.button("watch", "Watch it", "primary"),
                ],
                act,
                "What to do with it",
                row=True,
                quiet=True,
            )


def _of(steps: Sequence[drafts.Step], doing: str) -> str:
    return f"{doing}: {steps[0].did}" if steps else "Nothing to " + doing.lower()


def _link(run: links.Run) -> controls.Field:
    try:
        return controls.copy("Copy a link", "/design?" + links.query(run))
    except ScenarioError as error:
        return controls.button("link", "Copy a link", disabled=True, title=str(error))


@solara.component
def Mending(draft: Draft) -> None:
    """What was typed and is not in force, with the reason and a way back."""

    def act(key: str, _: Any) -> None:
        draft = desk.at_work().now
        how, _, where = key.partition(" ")
        path = tuple(where.split("."))
        if how == "back":
            desk.do(drafts.dismiss(draft, path), f"{fields.told(draft, path)}: taken back")
        else:
            desk.chosen.value = (path[0], path[1]) if path[0] in desk.KINDS else ("process", "")

    with tag("div", class_="mending", role="status"):
        if draft.pending:
            tag("p", tag("b", "Not in force yet"), "; costs and runs follow the last design that was sound.")
        for path, pending in draft.pending.items():
            key = ".".join(path)
            with tag("div", class_="item"):
                tag("span", f"{fields.told(draft, path)}: {pending.sentence}")
                controls.Controls(
                    [controls.button(f"go {key}", "Show"), controls.button(f"back {key}", "Take back")],
                    act,
                    f"About {fields.told(draft, path)}",
                    row=True,
                    quiet=True,
                )


@solara.component
def Takes() -> None:
    """Costs as they add up, and people's hours."""
    found = desk.figures.value
    scenario = desk.at_work().now.scenario
    with trouble.Panel("What it takes", class_="panel takes"):
        if found is None:
            tag("div", tag("p", "Being reckoned."), class_="note")
        elif isinstance(found[1], str):
            tag("div", tag("p", found[1]), class_="note")
        else:
            _bill(found[1], stale=found[0] is not scenario and found[0].digest() != scenario.digest())


def _bill(found: Budget, *, stale: bool) -> None:
    by = "one world" if found.worlds == 1 else f"{found.worlds} worlds"
    total, most = found.total, found.total["mean"] or 0.0
    between = ""
    if total["low"] is not None and total["low"] != total["high"]:
        between = (
            f" (95% interval {words.money(total['low'], most)}{words.DASH}{words.money(total['high'], most)})"
        )
    with tag("div", class_="bill stale" if stale else "bill", aria_busy="true" if stale else None):
        with tag("p", class_="sum"):
            tag("b", f"{words.money(total['mean'])} {found.currency}")
            tag("span", f"{between}, mean of {by}, seed {found.seed}")
        with tag("dl"):
            for heading, cost in found.headings.items():
                _entry(heading_of(heading), words.money(cost["mean"], most))
            _entry("person-hours given", f"{_hours(found.hours_used)} of {_hours(found.hours_offered)}")


def _entry(term: str, amount: str) -> None:
    with tag("div"):
        tag("dt", term)
        tag("dd", amount)


def _hours(found: Estimate) -> str:
    return f"{found['mean'] or 0.0:,.0f}"


def heading_of(heading: str) -> str:
    """What a heading of the cost is called."""
    return f"{heading} support" if heading in BARRIERS else heading
