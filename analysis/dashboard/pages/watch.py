"""Watch: one run as it unfolds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import solara

from analysis.dashboard import controls, links, visit
from analysis.dashboard.downloads import Download, File
from analysis.dashboard.playing import Play, played
from analysis.dashboard.tags import tag
from analysis.replay import handout


@solara.component
def Page() -> None:
    """The run before the visitor, played back."""
    now = visit.current()
    doc = solara.use_memo(lambda: played(now), [now])
    with tag("div", class_="sheet"):
        with tag("div", class_="bar"):
            tag("h1", "Watch")
            controls.Controls(
                _fields(now),
                _change,
                "What to watch",
                row=True,
                quiet=True,
            )
            Download("Hand out", lambda: _file(now, doc))
        if now.note:
            tag("p", now.note, class_="note")
        with tag("div", class_="playing-here"):
            Play([doc])


def _fields(now: links.Run) -> list[controls.Field]:
    return [
        controls.select("scenario", "Process", visit.option_of(now.scenario), visit.options()),
        controls.number(
            "seed", "Seed", now.seed, 0, step=1, title="Which people take part, and what chance does to them"
        ),
        controls.button("other", "Other luck", title="Other people by the same description, and other luck"),
        controls.link("Why? Turn it off", "/test"),
        controls.copy("Copy link", "/watch?" + links.query(now)),
    ]


def _change(key: str, value: Any) -> None:
    now = visit.current()
    if key == "scenario":
        visit.look_at(links.Run(visit.chosen(value), now.seed))
    elif key == "seed":
        visit.look_at(replace(now, seed=links.seed_of(value), replicate=0, note=""))
    elif key == "other":
        visit.look_at(replace(now, seed=now.seed + 1, replicate=0, note=""))


def _file(now: links.Run, doc: str) -> File:
    """What is seen, as one page that opens from disk."""
    return File(f"{now.scenario.name}-{now.seed}.html", "text/html", handout([json.loads(doc)]).encode())
