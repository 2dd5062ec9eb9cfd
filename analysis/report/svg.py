"""Charts as inline SVG: what Altair and vl-convert draw, made small, themeable and readable by a screen reader."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any, Final

from markupsafe import Markup, escape

INK, SOFT, LINE, DOT = "#1f2a37", "#6b7280", "#e3dfd6", "#7d8895"
WHEELS: Final = {"engagement": "#0b7285", "alignment": "#5f3dc4", "agreement": "#c2410c"}

# Colours of a chart that follow the reader's light or dark page.
THEME: Final = {
    INK: "var(--ink)",
    SOFT: "var(--soft)",
    LINE: "var(--line)",
    DOT: "var(--dot)",
    WHEELS["engagement"]: "var(--engagement)",
    WHEELS["alignment"]: "var(--alignment)",
    WHEELS["agreement"]: "var(--agreement)",
}
_DROPPED: Final = ("class", "role", "pointer-events", "font-family", "stroke-miterlimit", "version")
_LONG: Final = re.compile(r"-?\d+\.\d{2,}")


def render(chart: Any, name: str, title: str, description: str) -> Markup:
    """A chart as inline SVG that scales with the page and says in words what it shows.

    Parameters
    ----------
    chart : an Altair chart.
    name : unlike that of any other chart of the page; ids begin with it.
    title, description : what a screen reader reads in place of the picture.
    """
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(chart.to_dict(validate=False))
    root = ET.fromstring(drawn)
    width, height = root.get("width", "0"), root.get("height", "0")
    body = "".join(
        ET.tostring(_clean(part, name), encoding="unicode") for part in root if part.get("fill") != "white"
    )
    return Markup(
        '<svg role="img" aria-labelledby="{name}-t {name}-d" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        '<title id="{name}-t">{title}</title><desc id="{name}-d">{description}</desc>{body}</svg>'
    ).format(
        name=name,
        width=width,
        height=height,
        title=escape(title),
        description=escape(description),
        body=Markup(body),
    )


def _clean(element: ET.Element, name: str) -> ET.Element:
    """The element without what nobody sees, with the page's colours and with ids of its own."""
    element.tag = element.tag.partition("}")[2] or element.tag
    for key, value in list(element.attrib.items()):
        if key.startswith("aria-") or key in _DROPPED:
            del element.attrib[key]
        elif key == "id":
            element.set(key, f"{name}-{value}")
        else:
            value = THEME.get(value, value).replace("url(#", f"url(#{name}-")
            element.set(key, _LONG.sub(lambda found: f"{float(found[0]):.1f}", value))
    for part in list(element):
        unseen = part.get("display") == "none" or part.get("d") in ("", "M0,0h0v0h0Z")
        if unseen or (_clean(part, name).tag == "g" and not len(part)):
            element.remove(part)
    return element
