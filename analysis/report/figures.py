"""The charts of the report: distributions over worlds, wheels over sessions, voice and influence by group."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from markupsafe import Markup

import sim
from analysis import statistics
from analysis.report import svg, words
from analysis.report.svg import DOT, INK, LINE, SOFT, WHEELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim import Runs

WIDE: Final = 400  # width of a chart in a card, in pixels
MOST_DOTS: Final = 20  # each dot stands for one world in so many
DIAMETER: Final = 8
TALL: Final = 46  # room for a stack of dots
DASHES: Final = {"engagement": [1, 0], "alignment": [7, 4], "agreement": [2, 3]}
MOST_GROUPS: Final = 12  # rows of a chart; tables hold the others
BAND: Final = (10, 90)  # percentiles between which the bands lie: 8 of 10 worlds


def outcome(designs: Sequence[Runs], name: str) -> Markup | None:
    """One outcome at the end of every world, design by design; None where no design defines it.

    Each dot stands for an equal share of the worlds (a quantile dot plot); below the dots, the mean and its 95% interval.
    """
    import altair as alt

    found = [statistics.at_the_end(runs, name) for runs in designs]
    if all(one["n"] == 0 for one in found):
        return None
    low, high, piles = places(designs, name, found)
    dots: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    top = 0.0
    for runs, stacked, one in zip(designs, piles, found, strict=True):
        step = min(DIAMETER, TALL / max((height for _, height in stacked), default=1))
        base = top + 22 + step * max((height for _, height in stacked), default=0.5)
        dots += [{"x": x, "y": base - step * (height - 0.5)} for x, height in stacked]
        rows.append({
            "label": _short(runs.scenario.name, 30) if len(designs) > 1 else "", "value": said(one), "top": top + 8, "y": base + 6, "base": base,
            "mean": one["mean"], "low": one["low"], "high": one["high"],
        })  # fmt: skip
        top = base + 18
    y = alt.Scale(domain=[top, 0], nice=False, zero=False)
    x = alt.X("x:Q", scale=alt.Scale(domain=[low, high], nice=False, zero=False), axis=_axis(high))

    def at(field: str) -> Any:
        return alt.Y(f"{field}:Q", scale=y, axis=None)

    table = alt.Chart(alt.Data(values=rows))
    defined = alt.Chart(alt.Data(values=[row for row in rows if row["mean"] is not None]))
    bounded = alt.Chart(alt.Data(values=[row for row in rows if row["low"] is not None]))
    layers = [
        table.mark_rule(color=LINE).encode(x=alt.value(0), x2=alt.value(WIDE), y=at("base")),
        alt.Chart(alt.Data(values=dots)).mark_circle(size=38, color=DOT, opacity=1).encode(x=x, y=at("y")),
        bounded.mark_rule(color=INK, strokeWidth=3).encode(x=alt.X("low:Q"), x2="high:Q", y=at("y")),
        defined.mark_point(shape="diamond", filled=True, size=46, color=INK, opacity=1).encode(
            x=alt.X("mean:Q"), y=at("y")
        ),
        table.mark_text(align="left", baseline="middle", color=INK).encode(
            x=alt.value(0), y=at("top"), text="label:N"
        ),
        table.mark_text(align="right", baseline="middle", color=INK).encode(
            x=alt.value(WIDE), y=at("top"), text="value:N"
        ),
    ]
    chart = _look(alt.layer(*layers).properties(width=WIDE, height=top))
    return svg.render(
        chart, f"f-{name}", f"{words.title(name)} at the end of every world", in_words(designs, found)
    )


def places(
    designs: Sequence[Runs], name: str, found: Sequence[statistics.Estimate]
) -> tuple[float, float, list[list[tuple[float, int]]]]:
    """Where the dots of a quantile dot plot stand: the ends of the axis and, design by design, each dot's value and height.

    Parameters
    ----------
    found : the mean of each design; at least one is defined. Yes or no has no dots: its mean says it all.
    """
    kind = next(known for known in sim.OUTCOMES if known.name == name)
    if kind.unit == statistics.YES_OR_NO:
        return 0.0, 1.0, [[] for _ in designs]
    finals = [runs.final(name) for runs in designs]
    low, high = _domain(np.concatenate([*finals, _bounds(found)]), kind)
    return low, high, [_stacked(values, (high - low) / (WIDE / DIAMETER)) for values in finals]


def wheels(runs: Runs, number: int) -> Markup | None:
    """Engagement, alignment and agreement over the sessions: the middle world, and the band that holds 8 of 10 worlds."""
    import altair as alt

    times = runs.over_sessions(next(iter(WHEELS))).shape[1]
    if times < 2:
        return None
    width, height = 280, 190
    data = [row for wheel in WHEELS for row in _series(runs, wheel)]
    if not data:
        return None
    low = min(0.0, math.floor(10 * min(row["low"] for row in data)) / 10)
    x = alt.X(
        "t:Q",
        scale=alt.Scale(domain=[0, times - 1], nice=False),
        axis=alt.Axis(
            title="after session",
            values=_ticks_of_sessions(times),
            labelExpr="datum.value == 0 ? 'start' : format(datum.value, 'd')",
            grid=False,
        ),
    )
    y = alt.Scale(domain=[low, 1], nice=False)
    layers = []
    for wheel, colour in WHEELS.items():
        rows = [row for row in data if row["wheel"] == wheel]
        source = alt.Chart(alt.Data(values=rows))
        band = source.mark_area(color=colour, opacity=0.13).encode(
            x=x, y=alt.Y("low:Q", scale=y, title=None), y2="high:Q"
        )
        line = source.mark_line(
            color=colour,
            strokeWidth=2.2,
            strokeDash=DASHES[wheel],
            point={"color": colour, "size": 18, "filled": True},
        ).encode(x=x, y=alt.Y("middle:Q", scale=y, title=None))
        layers += [band, line]
    layers += [
        alt.Chart(alt.Data(values=[label]))
        .mark_text(align="left", dx=8, color=WHEELS[label["wheel"]], fontWeight="bold")
        .encode(x=alt.X("t:Q"), y=alt.Y("y:Q", scale=y), text="wheel:N")
        for label in _end_labels(data, (1 - low) * 15 / height)
    ]
    chart = _look(alt.layer(*layers).properties(width=width, height=height))
    last = [row for row in data if row["t"] == max(r["t"] for r in data if r["wheel"] == row["wheel"])]
    said = "; ".join(
        f"{row['wheel']} ends at {row['middle']:.2f}, in 8 of 10 worlds from {row['low']:.2f} to {row['high']:.2f}"
        for row in last
    )
    return svg.render(
        chart,
        f"w-{number}",
        f"{runs.scenario.name}: the three wheels over the sessions",
        words.minus(said) + ".",
    )


def voice(runs: Runs, number: int) -> Markup | None:
    """Each group's share of the people, of what is said and written, and of the record."""
    rows, shown = [], voices(runs)[:MOST_GROUPS]
    for row in shown:
        for what, shape in (("talk", "circle"), ("record", "square")):
            if row[what] is not None:
                rows.append(
                    {
                        "group": row["label"],
                        "people": row["people"],
                        "what": what,
                        "shape": shape,
                        "colour": row["colour"],
                        **row[what],
                    }
                )
    if not rows:
        return None
    return svg.render(
        _voice_chart(rows),
        f"v-{number}",
        f"{runs.scenario.name}: share of people, talk and record by group",
        voice_in_words(shown),
    )


def voice_in_words(rows: Sequence[dict[str, Any]]) -> str:
    """What a chart of voices shows, as a sentence."""
    said = (
        f"{row['title']}: {words.percent(row['people'])} of the people"
        + (f", {words.percent(row['talk']['mean'])} of the talk" if row["talk"] else "")
        + (f", {words.percent(row['record']['mean'])} of the record" if row["record"] else "")
        for row in rows
    )
    return "; ".join(said) + "."


def _voice_chart(rows: list[dict[str, Any]]) -> Any:
    import altair as alt

    labels = list(dict.fromkeys(row["group"] for row in rows))
    high = min(1.0, max(max(row["high"], row["people"]) for row in rows) + 0.05)
    place = {label: 30 * n for n, label in enumerate(labels)}
    placed = [
        {
            **row,
            "y": place[row["group"]] + (9 if row["what"] == "talk" else 21),
            "top": place[row["group"]] + 3,
            "end": place[row["group"]] + 27,
        }
        for row in rows
    ]
    tall = 30 * len(labels)
    scale = alt.Scale(domain=[tall, 0], nice=False)
    x = alt.X(
        "mean:Q",
        scale=alt.Scale(domain=[0, high], nice=False),
        axis=alt.Axis(title=None, format=".0%", tickCount=4),
    )
    source = alt.Chart(alt.Data(values=placed))
    layers = [
        source.mark_rule(color=INK, strokeWidth=1.5, strokeDash=[3, 2]).encode(
            x=alt.X("people:Q"), y=alt.Y("top:Q", scale=scale, axis=None), y2="end:Q"
        ),
        source.mark_rule(color=DOT, strokeWidth=2).encode(
            x=alt.X("low:Q"), x2="high:Q", y=alt.Y("y:Q", scale=scale, axis=None)
        ),
        source.mark_point(filled=True, size=70, opacity=1, stroke=INK, strokeWidth=0.8).encode(
            x=x,
            y=alt.Y("y:Q", scale=scale, axis=None),
            shape=alt.Shape("shape:N", scale=None),
            color=alt.Color("colour:N", scale=None),
        ),
        _labels(placed, scale),
    ]
    return _look(alt.layer(*layers).properties(width=230, height=tall))


def influence(runs: Runs, number: int) -> Markup | None:
    """How close the draft comes to what each group thought at the start, over the worlds."""
    import altair as alt

    labels = labels_of(runs)
    rows = [{**row, "y": 30 * n + 15} for n, row in enumerate(closeness(runs)[:MOST_GROUPS]) if "mean" in row]
    if not rows:
        return None
    tall = 30 * min(MOST_GROUPS, len(labels))
    scale = alt.Scale(domain=[tall, 0], nice=False)
    low = max(0.0, math.floor(10 * min(row["low"] for row in rows) - 0.5) / 10)
    x = alt.X(
        "mean:Q",
        scale=alt.Scale(domain=[low, 1], nice=False, zero=False),
        axis=alt.Axis(title=None, tickCount=4),
    )
    y = alt.Y("y:Q", scale=scale, axis=None)
    source = alt.Chart(alt.Data(values=rows))
    layers = [
        source.mark_rule(color=DOT, strokeWidth=1.5).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        source.mark_rule(color=DOT, strokeWidth=6).encode(x=alt.X("quarter:Q"), x2="three:Q", y=y),
        source.mark_point(
            shape="diamond", filled=True, size=70, opacity=1, stroke=INK, strokeWidth=0.8
        ).encode(x=x, y=y, color=alt.Color("colour:N", scale=None)),
        _labels(rows, scale),
    ]
    chart = _look(alt.layer(*layers).properties(width=230, height=tall))
    return svg.render(
        chart,
        f"i-{number}",
        f"{runs.scenario.name}: how close the draft comes to each group",
        closeness_in_words(rows),
    )


def closeness_in_words(rows: Sequence[dict[str, Any]]) -> str:
    """What a chart of closeness shows, as a sentence."""
    said = (
        f"{row['group']}: mean {row['mean']:.2f}, in 9 of 10 worlds {row['low']:.2f} to {row['high']:.2f}"
        for row in rows
        if "mean" in row
    )
    return "; ".join(said) + "."


def voices(runs: Runs) -> list[dict[str, Any]]:
    """Each group's share of the people and, over the worlds, of contributions and of the record; most people first."""
    scenario, labels, colours = runs.scenario, labels_of(runs), colours_of(runs)
    groups = largest(runs)
    sizes = {key: scenario.groups[key].size for key in groups}
    talk = {key: np.nan_to_num(runs.final("contributions", key)) * sizes[key] for key in groups}
    kept = {key: talk[key] * np.nan_to_num(runs.final("recorded", key)) for key in groups}
    return [
        {
            "group": key,
            "label": labels[key],
            "colour": colours[key],
            "title": words.called(scenario.groups[key].title, key),
            "people": sizes[key] / scenario.people,
            "talk": _share(talk, key),
            "record": _share(kept, key),
        }
        for key in groups
    ]


def closeness(runs: Runs) -> list[dict[str, Any]]:
    """How close the draft comes to each group, most people first: the mean, and where half and 9 of 10 worlds lie.

    A group for which it is not defined has its label alone.
    """
    labels, colours, rows = labels_of(runs), colours_of(runs), list[dict[str, Any]]()
    for group in largest(runs):
        row: dict[str, Any] = {"group": labels[group], "colour": colours[group]}
        values = runs.final("influence", group)
        values = values[~np.isnan(values)]
        if len(values):
            low, quarter, three, high = (float(edge) for edge in np.percentile(values, (5, 25, 75, 95)))
            row |= {
                "mean": float(values.mean()),
                "low": low,
                "quarter": quarter,
                "three": three,
                "high": high,
            }
        rows.append(row)
    return rows


def largest(runs: Runs) -> list[str]:
    """The groups, those with most people first."""
    groups = runs.scenario.groups
    return sorted(groups, key=lambda key: -groups[key].size)


def labels_of(runs: Runs) -> dict[str, str]:
    """What charts call the groups: letter and name, cut to what fits."""
    given = words.letters(runs.scenario.groups)
    return {
        key: f"{given[key]}  {_short(words.called(group.title, key), 16)}"
        for key, group in runs.scenario.groups.items()
    }


def colours_of(runs: Runs) -> dict[str, str]:
    """The colour of each group; with many groups they come round again, and the letters tell them apart."""
    return {
        key: words.GROUP_COLOURS[n % len(words.GROUP_COLOURS)] for n, key in enumerate(runs.scenario.groups)
    }


def _share(parts: dict[str, np.ndarray], key: str) -> dict[str, float] | None:
    """Mean share of one part in the whole, and the range that holds 9 of 10 worlds; None where there is no whole."""
    whole = np.sum(list(parts.values()), axis=0)
    there = whole > 0
    if not there.any():
        return None
    shares = parts[key][there] / whole[there]
    low, high = np.percentile(shares, (5, 95))
    return {"mean": float(shares.mean()), "low": float(low), "high": float(high)}


def _labels(rows: list[dict[str, Any]], scale: Any) -> Any:
    """Names of groups at the left of a chart."""
    import altair as alt

    first = {row["group"]: row for row in reversed(rows)}
    middle = [{"group": label, "middle": 30 * (int(row["y"]) // 30) + 15} for label, row in first.items()]
    return (
        alt.Chart(alt.Data(values=middle))
        .mark_text(align="right", color=INK)
        .encode(x=alt.value(-8), y=alt.Y("middle:Q", scale=scale, axis=None), text="group:N")
    )


def _series(runs: Runs, wheel: str) -> list[dict[str, Any]]:
    """The middle world and the band of an outcome over the observations; those where it is not defined are left out."""
    rows = []
    for t, values in enumerate(runs.over_sessions(wheel).T):
        defined = values[~np.isnan(values)]
        if len(defined):
            low, middle, high = np.percentile(defined, (BAND[0], 50, BAND[1]))
            rows.append(
                {"wheel": wheel, "t": t, "low": float(low), "middle": float(middle), "high": float(high)}
            )
    return rows


def _end_labels(data: list[dict[str, Any]], apart: float) -> list[dict[str, Any]]:
    """Where each line's name stands: at its end, moved up where it would lie on another."""
    ends = sorted(
        (max((r for r in data if r["wheel"] == w), key=lambda r: r["t"]) for w in {r["wheel"] for r in data}),
        key=lambda r: r["middle"],
    )
    labels: list[dict[str, Any]] = []
    for end in ends:
        y = end["middle"] if not labels else max(end["middle"], labels[-1]["y"] + apart)
        labels.append({"wheel": end["wheel"], "t": end["t"], "y": y})
    over = max(0.0, labels[-1]["y"] - 1.0)
    return [{**label, "y": label["y"] - over} for label in labels]


def _ticks_of_sessions(times: int) -> list[int]:
    step = max(1, math.ceil((times - 1) / 8))
    return [*range(0, times, step)]


def _stacked(values: np.ndarray, width: float) -> list[tuple[float, int]]:
    """Dots of a quantile dot plot: where each stands, and how high in its stack."""
    defined = np.sort(values[~np.isnan(values)])
    if not len(defined):
        return []
    dots = min(MOST_DOTS, len(defined))
    places = np.quantile(defined, (np.arange(dots) + 0.5) / dots)
    stacked: list[tuple[float, int]] = []
    start, height = -math.inf, 0
    for place in places:
        if place - start >= width:
            start, height = float(place), 0
        height += 1
        stacked.append((start, height))
    return stacked


def _domain(values: np.ndarray, kind: Any) -> tuple[float, float]:
    """A range with round ends that holds all values, not so narrow that noise looks large."""
    defined = values[~np.isnan(values)]
    low, high = float(defined.min()), float(defined.max())
    least = 0.2 if kind.high == 1.0 else 0.1 * max(abs(high), abs(low), 1.0)
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
    pad = 0.04 * (high - low)
    step = _round_step((high - low) / 4)
    low, high = step * math.floor((low - pad) / step), step * math.ceil((high + pad) / step)
    if kind.low is not None:
        low = max(low, kind.low - pad)
    if kind.high is not None:
        high = min(high, kind.high + pad)
    return low, high


def _bounds(found: Sequence[statistics.Estimate]) -> np.ndarray:
    """The ends of intervals; NaN where there is none."""
    return np.array([one[end] for one in found for end in ("low", "high")], dtype=float)


def _round_step(about: float) -> float:
    """The nearest step of 1, 2 or 5 times a power of ten, upwards."""
    power = 10.0 ** math.floor(math.log10(about))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= about * 0.999)


def _axis(high: float) -> Any:
    import altair as alt

    form = "~s" if high >= 10_000 else ",~f"
    return alt.Axis(title=None, tickCount=5, format=form, labelFlush=True, grid=False)


def said(found: statistics.Estimate) -> str:
    """A mean and its interval beside a row of a chart."""
    if found["mean"] is None:
        return "not defined"
    between = words.interval(found)
    return words.mean(found) + (f"  ({between})" if between else "")


def in_words(designs: Sequence[Runs], found: list[statistics.Estimate]) -> str:
    """What a chart of an outcome shows, as a sentence."""
    said = [
        f"{runs.scenario.name}: not defined" if one["mean"] is None
        else f"{runs.scenario.name}: mean {words.mean(one)}" + (f", 95% interval {words.interval(one)}" if one["low"] is not None else "")
        for runs, one in zip(designs, found, strict=True)
    ]  # fmt: skip
    return "; ".join(said) + "."


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _look(chart: Any) -> Any:
    """The quiet look of all charts."""
    axis = {
        "domainColor": LINE, "tickColor": LINE, "gridColor": LINE, "labelColor": SOFT, "titleColor": SOFT,
        "labelOverlap": "greedy", "labelSeparation": 6, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
    }  # fmt: skip
    padding = {"left": 14, "top": 4, "right": 14, "bottom": 4}
    return chart.configure(
        font="sans-serif",
        background="white",
        padding=padding,
        view={"stroke": None},
        axis=axis,
        text={"fontSize": 13},
    )
