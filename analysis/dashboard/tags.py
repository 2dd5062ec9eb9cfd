"""HTML elements in Solara's tree: `with tag("section", class_="panel"): ...`."""

from __future__ import annotations

from typing import Any

import reacton.core
import solara
from markupsafe import Markup


def tag(name: str, *children: Any, class_: str = "", **attributes: Any) -> reacton.core.Element:
    """An element of HTML with text or elements in it; further attributes by name, `_` for `-` (as in `aria_label`)."""
    said = {
        key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None
    }
    return solara.v.Html(tag=name, class_=class_, attributes=said, children=list(children))


def html(markup: Markup, name: str = "div", class_: str = "") -> reacton.core.Element:
    """A piece of HTML that was put together with everything in it escaped: one widget however long it is."""
    assert isinstance(markup, Markup)  # a plain text might hold what somebody typed
    return solara.HTML(tag=name, unsafe_innerHTML=str(markup), classes=class_.split())
