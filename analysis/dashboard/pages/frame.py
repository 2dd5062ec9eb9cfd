"""The dashboard's pages, each at its own address, in one frame."""

from __future__ import annotations

from typing import Any, Final

import solara

from analysis.dashboard import links, trouble, visit
from analysis.dashboard.pages import about, compare, design, teach, test, watch
from analysis.dashboard.pocket import Pocket
from analysis.dashboard.tags import tag
from analysis.report import words

PAGES: Final = (
    ("watch", "Watch"),
    ("design", "Design"),
    ("compare", "Compare"),
    ("test", "Test"),
    ("teach", "Teach"),
    ("about", "About"),
)


@solara.component
def Layout(children: list[Any] = []) -> None:  # noqa: B006 - Solara's way to take children
    """The frame of every page: where one can go, what is before the visitor, and what went wrong."""
    router = solara.use_router()
    solara.use_memo(lambda: trouble.safely(_open)(router.search), [router.search])
    here = (router.path or "/").strip("/").split("/")[0] or "watch"
    now = visit.current()
    with tag("div", class_="app"):
        tag("a", "Skip to the page", class_="skip", href="#page")
        with tag("header", class_="top"):
            tag("a", "coprod", class_="brand", href="/watch")
            with tag("nav", aria_label="Pages"), tag("ul"):
                for path, name in PAGES:
                    with tag("li"):
                        tag("a", name, href=f"/{path}", aria_current="page" if path == here else None)
            whose = "" if links.in_library(now.scenario) else " (yours)"
            tag(
                "p",
                f"{words.called(now.scenario.title, now.scenario.name)}{whose} · seed {now.seed}",
                class_="now",
            )
        with tag("main", class_=f"page {here}", id="page", tabindex="-1"):
            with tag("div", class_="troubles"):
                trouble.Trouble()
            trouble.Boundary(children=children, where=f"{router.path}?{router.search}")
        Pocket(router.search or "")


def _open(search: str | None) -> None:
    """Put before the visitor what the address asks for."""
    wanted = links.opened(search)
    if wanted is not None:
        visit.look_at(wanted)


COMPONENTS: Final = {
    "watch": watch,
    "design": design,
    "compare": compare,
    "test": test,
    "teach": teach,
    "about": about,
}

routes = [
    solara.Route("/", component=watch.Page, label="Watch · coprod", layout=Layout),
    *(solara.Route(path, component=COMPONENTS[path].Page, label=f"{name} · coprod") for path, name in PAGES),
]
