"""Pictures of what outcomes hang on: a tornado for each outcome, and one heat map of inputs against outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from analysis.sensitivity import REST
from analysis.statistics import words

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

    from analysis.sensitivity import Sensitivity

SHOWN: Final = 15  # bars of a tornado
IN_HEAT: Final = 25  # rows of the heat map
INK, PAPER, LINE = "#1f2a37", "#fbfaf7", "#d8d3c8"
MORE, LESS, FAINT, TOTAL = "#0b7285", "#c2410c", "#e4ded2", "#a9c9cf"
WIDTH: Final = 380


def pictures(found: Sensitivity) -> dict[str, alt.TopLevelMixin]:
    """All pictures that a study gives rise to, by the name that their file should bear."""
    drawn: dict[str, Any] = {}
    for outcome in found.outcomes:
        if found.screening is not None:
            drawn[f"tornado-{outcome}"] = tornado(found, outcome)
        if found.indices is not None:
            drawn[f"shares-{outcome}"] = shares(found, outcome)
    drawn["heat-map"] = heat_map(found)
    return drawn


def tornado(found: Sensitivity, outcome: str) -> alt.TopLevelMixin:
    """Mean change of an outcome when each input goes from one end of its range to the other (Morris).

    The coloured bar is the mean change, with its interval; the pale bar behind it is the mean size of the change, which is
    longer where the input works in both directions; the ticks mark what chance alone would feign.
    """
    import altair as alt

    assert found.screening is not None
    table = found.screening[found.screening["outcome"] == outcome].nlargest(SHOWN, "mu_star")
    table = table.assign(
        back=-table["mu_star"], less=-table["floor"],
        way=["more" if mu >= 0 else "less" for mu in table["mu"]],
    )  # fmt: skip
    base = alt.Chart(table).encode(y=_rows(table))
    title = f"change of {words(outcome)} over the whole range of an input"
    pale = base.mark_bar(color=FAINT, height=15).encode(
        x=alt.X("back:Q", title=title), x2=alt.X2("mu_star:Q")
    )
    bar = base.mark_bar(height=9).encode(
        x=alt.X("mu:Q"),
        color=alt.Color("way:N", scale=alt.Scale(domain=["more", "less"], range=[MORE, LESS]), legend=None),
    )
    reach = base.mark_rule(color=INK, strokeWidth=1.2).encode(x="mu_low:Q", x2="mu_high:Q")
    chance = base.mark_tick(color=INK, thickness=1, height=15, strokeDash=[2, 2], opacity=0.7)
    layers = (pale, bar, reach, chance.encode(x="floor:Q"), chance.encode(x="less:Q"))
    how = [
        "Bar: mean change from the low to the high end, with its 95% interval. Pale: mean size of the change.",
        "Ticks: what chance alone would feign.",
    ]
    return _dressed(alt.layer(*layers), _titled(found, outcome, how), len(table))


def shares(found: Sensitivity, outcome: str) -> alt.TopLevelMixin:
    """Share of the variance of the expected outcome that each input explains, alone and with its interactions (Sobol')."""
    import altair as alt

    assert found.indices is not None
    assert found.noise is not None
    table = found.indices[found.indices["outcome"] == outcome].nlargest(SHOWN, "total").copy()
    for column in ("first", "total"):
        table[column] = table[column].clip(lower=0.0)
    base = alt.Chart(table).encode(y=_rows(table))
    total = base.mark_bar(color=TOTAL, height=15).encode(
        x=alt.X("total:Q", title="share of the variance of the expected outcome")
    )
    first = base.mark_bar(color=MORE, height=9).encode(x="first:Q")
    reach = base.mark_rule(color=INK, strokeWidth=1.2).encode(x="total_low:Q", x2="total_high:Q")
    chance: Any = found.noise.set_index("outcome").loc[outcome, "chance"]
    how = [
        "Dark: alone. Pale: with its interactions, and the 95% interval of that.",
        f"Chance is {chance:.0%} of the variance of one run, and not in these shares.",
    ]
    return _dressed(alt.layer(total, first, reach), _titled(found, outcome, how), len(table))


def heat_map(found: Sensitivity) -> alt.TopLevelMixin:
    """Inputs against outcomes: total indices, or without them effects against the largest of each outcome."""
    import altair as alt

    table, title = _shares_of(found)
    largest = table.groupby("label")["share"].max().nlargest(IN_HEAT).index.tolist()
    order = sorted(largest, key=lambda label: label == REST)  # what stands for many comes last
    table = table[table["label"].isin(order)]
    table = table.assign(of_what=table["outcome"].map(words), text=table["share"].map("{:.2f}".format))
    base = alt.Chart(table).encode(
        x=alt.X(
            "of_what:N", title=None, sort=[words(name) for name in found.outcomes],
            axis=alt.Axis(orient="top", labelAngle=0, labelLimit=150),
        ),
        y=alt.Y("label:N", title=None, sort=order, axis=alt.Axis(labelLimit=220)),
    )  # fmt: skip
    cells = base.mark_rect(stroke=PAPER).encode(
        color=alt.Color(
            "share:Q", title=title, scale=alt.Scale(domain=[0, 1], range=["#f3f0e8", MORE]),
            legend=alt.Legend(orient="bottom", gradientLength=220, titleLimit=400),
        )
    )  # fmt: skip
    text = base.mark_text(fontSize=11).encode(
        text="text:N", color=alt.condition("datum.share > 0.5", alt.value("white"), alt.value(INK))
    )
    chart = alt.layer(cells, text).properties(
        width=122 * len(found.outcomes),
        height=21 * len(order),
        title=f"What outcomes hang on: {found.scenario}",
    )
    return _styled(chart)


def _shares_of(found: Sensitivity) -> tuple[pd.DataFrame, str]:
    """What the heat map shows, between 0 and 1, and what to call it."""
    if found.indices is not None:
        return found.indices.assign(share=found.indices["total"].fillna(0.0).clip(0.0, 1.0)), "total index"
    assert found.screening is not None
    largest = found.screening.groupby("outcome")["mu_star"].transform("max")
    share = (found.screening["mu_star"] / largest.where(largest > 0)).fillna(0.0)
    return found.screening.assign(share=share), "size of the effect; the largest on each outcome is 1"


def _rows(table: pd.DataFrame) -> Any:
    import altair as alt

    return alt.Y(
        "label:N",
        sort=table["label"].tolist(),
        title=None,
        axis=alt.Axis(labelLimit=220, ticks=False, domain=False),
    )


def _titled(found: Sensitivity, outcome: str, how: list[str]) -> Any:
    import altair as alt

    return alt.TitleParams(f"What {words(outcome)} hangs on: {found.scenario}", subtitle=how)


def _dressed(chart: Any, title: Any, rows: int) -> Any:
    return _styled(chart.properties(width=WIDTH, height=22 * rows, title=title))


def _styled(chart: Any) -> Any:
    return (
        chart.configure(background=PAPER, font="sans-serif", padding=14)
        .configure_view(stroke=None)
        .configure_axis(
            gridColor=LINE, gridOpacity=0.6, labelColor=INK, titleColor=INK, titleFontWeight="normal",
            domainColor=LINE, tickColor=LINE, labelFontSize=12, titleFontSize=12, titleLimit=600,
        )
        .configure_axisY(grid=False)
        .configure_title(anchor="start", color=INK, fontSize=14, fontWeight="bold", offset=12, subtitleColor=INK)
        .configure_legend(labelColor=INK, titleColor=INK, titleFontWeight="normal")
    )  # fmt: skip
