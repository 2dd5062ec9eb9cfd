"""The picture of a box: where in the context a claim holds, and where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

    from analysis.contexts import Dimension
    from analysis.discovery import Box, Discovery, Limit

INK, PAPER, LINE = "#1f2a37", "#fbfaf7", "#d8d3c8"
HOLDS, NOT = "#0b7285", "#d9a28a"


def picture(found: Discovery) -> alt.TopLevelMixin | None:
    """All points over the two dimensions that bound the best box most sharply; None without a box.

    Each dot is a point of the context, dark where the claim holds; the frame is the box. What else bounds it is not drawn,
    so that a few light dots may stand inside. Two dimensions that come in kinds make a table of shares instead.
    """
    import altair as alt

    if not found.boxes:
        return None
    box, space = found.boxes[0], found.scan.space
    x, y = _two(box, found)
    if space[x].kinds and space[y].kinds:
        layers = _cells(found, space[x], space[y])
    else:
        layers = _dots(found, box, *((space[y], space[x]) if space[x].kinds else (space[x], space[y])))
    title = f"Where it {'holds' if box.works else 'does not hold'}: {found.scan.experiment.name.replace('_', ' ')}"
    chart: Any = alt.layer(*layers).properties(width=400, height=340, title=title)
    return (
        chart.configure(background=PAPER, font="sans-serif", padding=14)
        .configure_view(stroke=None)
        .configure_axis(gridColor=LINE, gridOpacity=0.5, labelColor=INK, titleColor=INK, titleFontWeight="normal",
                        domainColor=LINE, tickColor=LINE, labelFontSize=12, titleFontSize=12)
        .configure_title(anchor="start", color=INK, fontSize=14, offset=12)
        .configure_legend(labelColor=INK, orient="bottom", labelFontSize=12)
    )  # fmt: skip


def _dots(found: Discovery, box: Box, x: Dimension, y: Dimension) -> list[Any]:
    """Every point as a dot, and the box as a frame where both dimensions are numbers."""
    import altair as alt
    import pandas as pd

    held = found.scan.table["holds"].map({True: "holds", False: "does not hold"})
    beside = [(row * 0.618) % 1 for row in range(len(held))]  # dots of one kind would lie on one another
    table = found.scan.table.assign(claim=held, beside=beside)
    colour = alt.Color(
        "claim:N", title=None, scale=alt.Scale(domain=["holds", "does not hold"], range=[HOLDS, NOT])
    )
    dots: Any = alt.Chart(table).mark_circle(size=38, opacity=0.85)
    dots = dots.encode(x=_axis(x, alt.X), y=_axis(y, alt.Y), color=colour)
    if y.kinds:
        return [dots.encode(yOffset=alt.YOffset("beside:Q"))]
    limits = {limit.name: limit for limit in box.limits}
    (left, right), (low, high) = _ends(limits.get(x.name), x), _ends(limits.get(y.name), y)
    frame: Any = alt.Chart(pd.DataFrame([{x.name: left, "right": right, y.name: low, "top": high}]))
    corners = {"x": f"{x.name}:Q", "x2": "right:Q", "y": f"{y.name}:Q", "y2": "top:Q"}
    return [dots, frame.mark_rect(fill=None, stroke=INK, strokeWidth=1.6).encode(**corners)]


def _cells(found: Discovery, x: Dimension, y: Dimension) -> list[Any]:
    """The share of points at which the claim holds, in every cell of two dimensions that come in kinds."""
    import altair as alt

    shares = found.scan.table.groupby([x.name, y.name], as_index=False)["holds"].mean()
    shares = shares.assign(text=shares["holds"].map("{:.0%}".format))
    base = alt.Chart(shares).encode(x=_axis(x, alt.X), y=_axis(y, alt.Y))
    colour = alt.Color("holds:Q", scale=alt.Scale(domain=[0, 1], range=["#f3f0e8", HOLDS]), legend=None)
    white = alt.condition("datum.holds > 0.5", alt.value("white"), alt.value(INK))
    return [
        base.mark_rect(stroke=PAPER).encode(color=colour),
        base.mark_text(fontSize=14).encode(text="text:N", color=white),
    ]


def _two(box: Box, found: Discovery) -> tuple[str, str]:
    """The dimensions to draw: those of the box that luck explains least, numbers first; any other beside a single one."""
    space = found.scan.space
    order = sorted(box.limits, key=lambda limit: (bool(space[limit.name].kinds), limit.by_luck or 0.0))
    names = [limit.name for limit in order]
    others = [name for name in space.names if name not in names and not space[name].kinds]
    first, second = (names + others)[:2]
    return first, second


def _axis(dimension: Dimension, make: Any) -> Any:
    import altair as alt

    title = dimension.label.removeprefix("the ")
    if dimension.kinds:
        axis = alt.Axis(labelAngle=0)
        return make(f"{dimension.name}:N", title=title, sort=list(dimension.kinds), axis=axis)
    return make(
        f"{dimension.name}:Q",
        title=title,
        scale=alt.Scale(domain=[dimension.low, dimension.high], nice=False),
    )


def _ends(limit: Limit | None, dimension: Dimension) -> tuple[float, float]:
    low = dimension.low if limit is None or limit.low is None else limit.low
    high = dimension.high if limit is None or limit.high is None else limit.high
    return low, high
