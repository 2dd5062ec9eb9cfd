"""Watch: one run as it unfolds."""

from __future__ import annotations

import solara

from analysis.dashboard import controls, links, visit
from analysis.dashboard.playing import Play
from analysis.dashboard.tags import tag
from analysis.replay import document


@solara.component
def Page() -> None:
    """The run before the visitor, played back."""
    now = visit.current()
    doc = solara.use_memo(lambda: document(now.scenario, now.seed, now.replicate, worlds=40), [now])

    def change(key: str, value: object) -> None:
        if key == "scenario":
            visit.look_at(links.Run(visit.chosen(str(value)), now.seed))
        elif key == "seed":
            visit.look_at(links.Run(now.scenario, int(value or 0)))

    with tag("div", class_="sheet"):
        with tag("div", class_="bar"):
            tag("h1", "Watch")
            controls.Controls(
                [
                    controls.select("scenario", "Process", visit.option_of(now.scenario), visit.options()),
                    controls.number("seed", "Seed: which people, which luck", now.seed, 0, step=1),
                    controls.copy("Copy a link to this run", "/watch?" + links.query(now)),
                ],
                change,
                "What to watch",
                row=True,
                quiet=True,
            )
        with tag("div", class_="playing-here"):
            Play([doc])
