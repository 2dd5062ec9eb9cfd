"""Draw the figures of docs/verification.md from real runs: `.venv/bin/python docs/make_figures.py` (two minutes).

Each figure is measured with the functions of the tests, so that the page shows what the tests hold. Names given behind
the command draw these alone. What the page says in numbers is kept in docs/figures/measured.json.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from scipy import stats

import sim
from tests.sim import test_known_limits as known
from tests.sim import test_outcomes as observed
from tests.sim import test_rules_of_chance as rules
from tests.sim.test_same_luck import of_others, online
from tests.verify import battery, drawn, test_twin, twin
from tests.verify.calibration import FIGURES

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "figures"
MEASURED = FOLDER / "measured.json"

# Told apart by people who see few colours (Okabe & Ito 2008), and in grey by their lightness.
INK, LINE, FAINT = "#1f2a37", "#c9ced6", "#6b7280"
PRODUCT, CONTROL, THIRD = "#0072b2", "#d55e00", "#009e73"

Measured = dict[str, float | int | str]


def styled(chart: alt.TopLevelMixin) -> alt.TopLevelMixin:
    """The look that all figures share."""
    return (
        chart.configure(background="#ffffff", font="sans-serif", padding=12)
        .configure_view(stroke=None)
        .configure_axis(
            grid=False, labelColor=INK, titleColor=INK, domainColor=LINE, tickColor=LINE,
            labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
        )
        .configure_header(labelFontSize=13, labelColor=INK, titleColor=INK)
        .configure_legend(labelFontSize=12, labelColor=INK, titleColor=INK, symbolOpacity=1)
        .configure_title(fontSize=13, color=INK, fontWeight="normal", anchor="start", subtitleColor=FAINT, subtitleFontSize=12)
    )  # fmt: skip


def colours(names: dict[str, str], **legend) -> alt.Color:
    """A colour for each name, with the legend above."""
    return alt.Color(
        "what:N",
        scale=alt.Scale(domain=list(names), range=list(names.values())),
        legend=alt.Legend(title=None, orient="top", labelLimit=0, **legend),
    )


def upright(value: float) -> alt.LayerChart:
    """The limit of a test, as a line with its name at the foot."""
    limit = alt.Chart(pd.DataFrame({"x": [value]}))
    name = limit.mark_text(align="left", baseline="bottom", dx=5, dy=-3, color=INK, fontSize=12)
    return limit.mark_rule(color=INK, strokeDash=[4, 3]).encode(x="x:Q") + name.encode(
        x="x:Q", y=alt.value("height"), text=alt.value("the test's limit")
    )


def scattered(n: int, seed: int) -> np.ndarray:
    """Small steps aside, so that dots do not hide each other."""
    return np.random.default_rng(seed).uniform(-0.32, 0.32, n)


# ------------------------------------------------------------------------------------------------------------- twin

EXACT, OTHER = 1e-17, 10.0
"""Where equality to the last bit stands on a logarithmic axis, and where another course of events does."""


@contextlib.contextmanager
def gaps() -> Iterator[list[float]]:
    """Every gap between numbers that the twin's comparison looks at, as a share of what it allows for."""
    found: list[float] = []
    equal = test_twin.equal

    def measured(one, other):
        one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
        if one.shape == other.shape and one.size:
            with np.errstate(invalid="ignore"):
                apart = np.abs(one - other) / (1 + np.abs(other))
            found.append(float(np.max(np.nan_to_num(apart))))
        return equal(one, other)

    test_twin.equal = measured
    try:
        yield found
    finally:
        test_twin.equal = equal


def largest_gaps(scenario: sim.Scenario, process: type) -> list[float]:
    """The largest gap between kernel and twin at the start and after each session, until events part."""
    kernel, other = sim.CoProduction(scenario, seed=1, log=True), process(scenario, seed=1)
    after = []
    for held in range(len(scenario.sessions) + 1):
        if held > 0:
            kernel.step()
            other.step()
        with gaps() as found:
            words = test_twin.differences(kernel, other)
        events = [
            word for word in words if word.startswith(("event ", "entries", "written", "private", "public"))
        ]
        after.append(OTHER if events else max(found))
        if events:
            break
    return after


def drawn_scenarios(number: int) -> list[sim.Scenario]:
    """The scenarios that the test draws, always the same."""
    found: list[sim.Scenario] = []

    @settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(scenario=drawn.scenarios())
    def keep(scenario):
        found.append(scenario)

    keep()
    return found


def twins() -> tuple[alt.TopLevelMixin, Measured]:
    """The largest difference of any number, session by session, and that of a twin with one rule a millionth too strong."""
    wrong = type("Wrong", (twin.TwinProcess,), {"participant": test_twin.Overpersuaded})
    who = {
        "kernel and twin": twin.TwinProcess,
        "twin whose persuasion is a millionth too strong (control)": wrong,
    }
    rows = []
    for scenario in drawn_scenarios(120):
        for what, process in who.items():
            for session, gap in enumerate(largest_gaps(scenario, process)):
                rows.append({"what": what, "session": session, "gap": gap})
    data = pd.DataFrame(rows)
    data["shown"] = data.gap.clip(EXACT, OTHER)
    data["x"] = (
        data.session + scattered(len(data), 1) / 2 + np.where(data.what == next(iter(who)), -0.22, 0.22)
    )
    same, control = (data[data.what == what] for what in who)
    dots = alt.Chart(data, width=600, height=330).mark_circle(size=26, opacity=0.75).encode(
        x=alt.X("x:Q", title="sessions held", scale=alt.Scale(domain=[-0.6, 4.6]), axis=alt.Axis(values=[0, 1, 2, 3, 4], format="d")),
        y=alt.Y("shown:Q", title="largest difference of any number", scale=alt.Scale(type="log", domain=[EXACT / 2, OTHER * 3]),
                axis=alt.Axis(values=[EXACT, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1, OTHER],
                labelExpr="datum.value < 5e-17 ? 'the same bits' : datum.value > 5 ? 'other events' : datum.value == 1 ? '1' : format(datum.value, '.0e')")),
        color=colours(dict(zip(who, (PRODUCT, CONTROL), strict=True))),
    )  # fmt: skip
    limit = alt.Chart(pd.DataFrame({"y": [test_twin.TOLERANCE]}))
    line = limit.mark_rule(color=INK, strokeDash=[4, 3]).encode(y="y:Q")
    word = limit.mark_text(align="left", dy=-7, dx=4, color=INK, fontSize=12).encode(
        y="y:Q", x=alt.datum(-0.6), text=alt.value("the test's limit")
    )
    beyond = control.gap > test_twin.TOLERANCE
    starts = (control.session == 0).cumsum()
    return dots + line + word, {
        "scenarios": int((same.session == 0).sum()),
        "sessions compared": len(same),
        "largest difference": f"{same.gap.max():.1e}",
        "control found out in": int(beyond.groupby(starts).any().sum()),
        "least control beyond the limit": f"{control.gap[beyond].min():.1e}",
    }


# ---------------------------------------------------------------------------------------------------------- docking


def panel(
    lines: pd.DataFrame,
    dots: pd.DataFrame,
    title: str,
    below: str,
    *,
    axes: tuple[str, str] = ("round", "view"),
    across: alt.Scale | None = None,
    up: tuple[float, float] = (-1, 1),
    size: int = 20,
) -> alt.LayerChart:
    """A known model as lines, coprod as dots."""
    base = {
        "x": alt.X("x:Q", title=axes[0], scale=across or alt.Scale(), axis=alt.Axis(tickCount=5)),
        "y": alt.Y("y:Q", title=axes[1], scale=alt.Scale(domain=list(up)), axis=alt.Axis(tickCount=5)),
    }
    room = {"width": 270, "height": 185}
    drawn_lines = alt.Chart(lines, **room).mark_line(color=INK, strokeWidth=1, opacity=0.75)
    drawn_dots = alt.Chart(dots, **room).mark_circle(color=PRODUCT, size=size, opacity=1)
    both = alt.layer(drawn_lines.encode(**base, detail="who:N"), drawn_dots.encode(**base))
    return both.properties(title=alt.TitleParams(title, subtitle=below, offset=6))


def long_form(table: np.ndarray) -> pd.DataFrame:
    """Of a table of rounds and people: one row for each."""
    rounds, people = table.shape
    return pd.DataFrame(
        {
            "x": np.repeat(np.arange(rounds), people),
            "who": np.tile(np.arange(people), rounds),
            "y": table.ravel(),
        }
    )


def views_of(model: sim.CoProduction, rounds: int) -> np.ndarray:
    """Everybody's view at the start and after each session."""
    found = [model.people.views[:, 0].copy()]
    for _ in range(rounds):
        model.step()
        found.append(model.people.views[:, 0].copy())
    return np.array(found)


def degroot() -> tuple[alt.LayerChart, float]:
    """Six people who average by a row-stochastic matrix."""
    rng = np.random.default_rng(7)
    weights, start = known.row_stochastic(rng, 6, 0.6), rng.uniform(-1, 1, 6)
    ours = views_of(sim.CoProduction(known.network(weights, start)), 12)
    theirs = np.array([np.linalg.matrix_power(weights, t) @ start for t in range(13)])
    gap = np.abs(ours - theirs).max()
    return panel(
        long_form(theirs),
        long_form(ours),
        "DeGroot",
        f"six people; largest difference {gap:.0e}",
    ), gap


def friedkin_johnsen() -> tuple[alt.LayerChart, float, float]:
    """Seven people who are pulled back to where they came from, and the limit in closed form."""
    rng = np.random.default_rng(3)
    n, rounds = 7, 200
    weights, start, conviction = (
        known.row_stochastic(rng, n, 0.8),
        rng.uniform(-1, 1, n),
        rng.uniform(0.2, 0.9, n),
    )
    model = known.held(known.network(weights, start, conviction, rounds=rounds, pull=1))
    ours, theirs = known.written(model, rounds), [start]
    for _ in range(rounds - 1):
        theirs.append((1 - conviction) * (weights @ theirs[-1]) + conviction * start)
    limit = np.linalg.solve(np.eye(n) - (1 - conviction)[:, None] * weights, conviction * start)
    gap, end = np.abs(ours - np.array(theirs)).max(), np.abs(ours[-1] - limit).max()
    chart = panel(
        long_form(np.array(theirs[:13])), long_form(ours[:13]), "Friedkin and Johnsen",
        f"seven people; largest difference {gap:.0e}, from the limit (bars) {end:.0e}",
    )  # fmt: skip
    ends = alt.Chart(pd.DataFrame({"y": limit})).mark_tick(
        color=CONTROL, thickness=2, size=14, orient="horizontal"
    )
    return chart + ends.encode(x=alt.datum(12.6), y="y:Q"), gap, end


def hegselmann_krause() -> tuple[alt.LayerChart, float]:
    """Forty people who average those within a latitude."""
    tolerance, model = 0.2, sim.CoProduction(known.bounded(0.2))
    ours = views_of(model, 15)
    theirs = [ours[0]]
    for _ in range(15):
        theirs.append(known.hegselmann_krause(theirs[-1], tolerance))
    gap = np.abs(ours - np.array(theirs)).max()
    shown = f"forty people, latitude {tolerance}; largest difference {gap:.0e}"
    return panel(
        long_form(np.array(theirs[:11])),
        long_form(ours[:11]),
        "Hegselmann and Krause",
        shown,
        size=12,
    ), gap


def clusters(tolerance: float) -> int:
    """Clusters of at least 5% of 1000 people after 150 rounds in pairs, counted as the test does."""
    model = sim.CoProduction(known.pairs_of(1000, 2 * tolerance, 0.5, 150))
    model.datacollector.agent_reporters.clear()
    model.people.views[:, 0] = np.random.default_rng(1).uniform(-1, 1, 1000)
    for _ in range(150):
        model.step()
    views = np.sort(model.people.views[:, 0])
    parts = np.split(views, np.flatnonzero(np.diff(views) > 0.02) + 1)
    return sum(len(part) >= 50 for part in parts)


def deffuant() -> tuple[alt.LayerChart, int, int]:
    """How many clusters are left, over the latitude."""
    latitudes = (0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
    fine = np.linspace(0.09, 0.5, 411)
    lines = pd.DataFrame({"x": fine, "y": np.floor(1 / (2 * fine) + 1e-9), "who": 0})
    dots = pd.DataFrame({"x": latitudes, "y": [clusters(eps) for eps in latitudes]})
    apart = np.abs(dots.y - np.floor(1 / (2 * dots.x) + 1e-9))
    if apart.max() > 1:
        raise SystemExit("A number of clusters is off by more than one: the figure says otherwise.")
    shown = f"1,000 people; {int((apart == 0).sum())} of {len(dots)} as foretold, the others one off"
    chart = panel(
        lines, dots, "Deffuant, foretold: floor(1 / (2 latitude))", shown, axes=("latitude on [0, 1]", "clusters"),
        across=alt.Scale(domain=[0.08, 0.52], nice=False), up=(0, 6), size=45,
    )  # fmt: skip
    return chart, int((apart == 0).sum()), len(dots)


def docking() -> tuple[alt.TopLevelMixin, Measured]:
    """A panel for each known model: closed form as lines, coprod as dots."""
    (a, gap_a), (b, gap_b, end), (c, gap_c), (d, hits, of) = (
        degroot(),
        friedkin_johnsen(),
        hegselmann_krause(),
        deffuant(),
    )
    chart = alt.vconcat(alt.hconcat(a, b, spacing=30), alt.hconcat(c, d, spacing=30), spacing=26)
    return chart, {
        "DeGroot": f"{gap_a:.1e}", "Friedkin-Johnsen": f"{gap_b:.1e}", "its limit": f"{end:.1e}",
        "Hegselmann-Krause": f"{gap_c:.1e}", "Deffuant": f"{hits} of {of}",
    }  # fmt: skip


# ----------------------------------------------------------------------------------------------------- random rules

FARTHEST = 40.0
"""Standard errors beyond which nothing can be told apart in floating point, nor need be."""


class Recorder:
    """Runs with the tests: every p-value that a rate gets, and whether the test wants it to stand or to fall."""

    def __init__(self) -> None:
        self.rows: list[dict] = []
        self.test = ""

    def pytest_runtest_call(self, item) -> None:
        self.test = item.originalname.removeprefix("test_").replace("_", " ")

    def kept(self, function):
        def asked(*arguments, **named):
            found = function(*arguments, **named)
            p = float(found.pvalue)
            z = FARTHEST if p <= 0 else min(FARTHEST, float(stats.norm.isf(p / 2)))
            self.rows.append({"rule": self.test, "z": z, "what": CLAIMED if p > rules.REJECT else WRONG})
            return found

        return asked


CLAIMED, WRONG = "the rate that the rule claims", "a slightly wrong rate (control)"


def random_rules() -> tuple[alt.TopLevelMixin, Measured]:
    """How far each claimed rate lies from what happened, and how far a slightly wrong one does, in standard errors.

    The tests of the random rules are run as they are; each of them asserts that the claimed rate stands and the wrong one falls.
    """
    recorder, silent = Recorder(), io.StringIO()
    ways = {name: getattr(stats, name) for name in ("binomtest", "chisquare", "kstest")}
    try:
        for name, function in ways.items():
            setattr(stats, name, recorder.kept(function))
        with contextlib.redirect_stdout(silent):
            code = pytest.main(
                ["-q", "-W", "ignore", "-p", "no:cacheprovider", rules.__file__], plugins=[recorder]
            )
    finally:
        for name, function in ways.items():
            setattr(stats, name, function)
    if code != 0:
        raise SystemExit(silent.getvalue())
    data = pd.DataFrame(recorder.rows)
    paired = data.groupby("rule").what.nunique() == 2
    data = data[data.rule.map(paired)].copy()
    data["rule"] = data.rule.map(wrapped)
    limit = float(stats.norm.isf(rules.REJECT / 2))
    order = list(data.groupby("rule", sort=False).z.first().index)
    base = alt.Chart(data, width=360, height=alt.Step(36))
    dots = base.mark_circle(size=55, opacity=0.8).encode(
        x=alt.X("z:Q", title="distance from what happened, in standard errors", scale=alt.Scale(type="symlog", constant=2, domain=[0, FARTHEST]),
                axis=alt.Axis(values=[0, 1, 2, 4, 8, 16, 40], labelExpr="datum.value == 40 ? '40 or more' : datum.label")),
        y=alt.Y("rule:N", title=None, sort=order, axis=alt.Axis(labelLimit=0, labelExpr="split(datum.label, '|')", labelLineHeight=13, grid=True, gridColor="#eef0f3", labelFontSize=11.5)),
        color=colours({CLAIMED: PRODUCT, WRONG: CONTROL}),
    )  # fmt: skip
    line = upright(limit)
    claimed, wrong = (data[data.what == what] for what in (CLAIMED, WRONG))
    return dots + line, {
        "rules": len(order), "claimed rates": len(claimed), "wrong rates": len(wrong),
        "farthest claimed": f"{claimed.z.max():.1f}", "nearest wrong": f"{wrong.z.min():.1f}", "limit": f"{limit:.1f}",
    }  # fmt: skip


def wrapped(sentence: str, width: int = 44) -> str:
    """A sentence in two lines, where it is long."""
    if len(sentence) <= width:
        return sentence
    words, first = sentence.split(), ""
    while words and len(first) < len(sentence) / 2 - 3:
        first = f"{first} {words.pop(0)}".strip()
    return f"{first}|{' '.join(words)}"


# ----------------------------------------------------------------------------------------------------------- chance

LEAST = 1e-12
"""All p-values below stand here."""


def chance() -> tuple[alt.TopLevelMixin, Measured]:
    """All p-values of the published battery: the draws in each order, a cipher, and careless generators."""
    data = pd.DataFrame([vars(result) for result in battery.published()])
    kinds = {
        "draws of coprod": PRODUCT, "the same, the long list": THIRD, "a cipher (AES), for comparison": FAINT,
        "careless draws (controls)": CONTROL,
    }  # fmt: skip
    names = list(kinds)
    data["what"] = np.select(
        [(data.generator == battery.COPROD) & (data.list == "short"), data.list == "all", data.generator == battery.CIPHER],
        names[:3], names[3],
    )  # fmt: skip
    told = {
        battery.UNMIXED: "without multiplications", battery.ADDED: "keys added, not mixed", battery.CONGRUENTIAL: "32-bit LCG",
        battery.CIPHER: "AES",
    }  # fmt: skip
    data["row"] = [
        order
        if generator == battery.COPROD
        else told[generator] + ("" if order == "sequence" else f": {order}")
        for generator, order in zip(data.generator, data.order, strict=True)
    ]
    order = [
        row for kind in (names[0], names[2], names[3]) for row in dict.fromkeys(data.row[data.what == kind])
    ]
    data["shown"] = data.p.clip(lower=LEAST)
    short = data[(data.generator == battery.COPROD) & (data.list == "short")]
    limit = battery.threshold(len(short))
    data["aside"] = scattered(len(data), 2)
    dots = alt.Chart(data, width=440, height=alt.Step(23)).mark_circle(size=20, opacity=0.7).encode(
        x=alt.X("shown:Q", title="p-value", scale=alt.Scale(type="log", domain=[LEAST / 2, 1]),
                axis=alt.Axis(values=[LEAST, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1], labelExpr="datum.value < 5e-12 ? '1e-12 or less' : datum.value == 1 ? '1' : format(datum.value, '.0e')")),
        y=alt.Y("row:N", title=None, sort=order, axis=alt.Axis(labelLimit=0, grid=True, gridColor="#eef0f3")),
        yOffset=alt.YOffset("aside:Q", scale=alt.Scale(domain=[-0.6, 0.6])),
        color=colours(kinds, columns=2),
    )  # fmt: skip
    line = upright(limit)
    everything = data[(data.generator == battery.COPROD) & (data.list == "all")]
    return dots + line, {
        "p-values, short list": len(short), "least, short list": f"{short.p.min():.2g}", "limit": f"{limit:.1g}",
        "together, all": f"{stats.kstest(everything.p, 'uniform').pvalue:.2f}" if len(everything) else "none", "p-values, all": len(everything), "least, all": f"{everything.p.min():.2g}" if len(everything) else "none",
        "WEAK, all": int((everything.verdict == "WEAK").sum()), "FAILED, all": int((everything.verdict == "FAILED").sum()),
        "tests, all": int(everything.drop_duplicates(["order", "number", "tuple_of"]).shape[0]),
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------ calibration


def calibration() -> tuple[alt.TopLevelMixin, Measured]:
    """What evidence says and what the model says, row by row."""
    data = pd.DataFrame(
        [
            {"row": f.what, "low": f.low, "high": f.high, "value": f.measured(), "fitted": f.fitted}
            for f in FIGURES
        ]
    )
    inside = (data.low <= data.value) & (data.value <= data.high)
    fits = {"fits, was fitted": PRODUCT, "misfit, was not fitted": CONTROL}
    data["what"] = np.where(inside, *fits)
    if not (data.fitted == inside).all():
        raise SystemExit(
            "A row is fitted and does not fit, or fits without being fitted: the legend must say so."
        )
    data["row"] = data.row.map(lambda row: wrapped(row, 42))
    data["word"] = [
        f"{value:.2f}" + ("" if fit else "  misfit") for value, fit in zip(data.value, inside, strict=True)
    ]
    y = alt.Y(
        "row:N",
        title=None,
        sort=list(data.row),
        axis=alt.Axis(labelLimit=0, labelExpr="split(datum.label, '|')", labelLineHeight=13),
    )
    x = alt.X(
        "low:Q",
        title="share, or ratio",
        scale=alt.Scale(domain=[0, 1.08], nice=False),
        axis=alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1]),
    )
    base = alt.Chart(data, width=370, height=alt.Step(34)).encode(y=y)
    bars = base.mark_bar(height=12, color="#d6dbe3", cornerRadius=2).encode(x=x, x2="high:Q")
    dots = base.mark_point(filled=True, size=75, opacity=1).encode(
        x="value:Q", color=colours(fits), shape=alt.Shape("what:N", scale=alt.Scale(domain=list(fits), range=["circle", "diamond"]), legend=None)
    )  # fmt: skip
    words = base.mark_text(align="left", dx=9, dy=-1, fontSize=12).encode(
        x=alt.X("end:Q"), text="word:N", color=alt.Color("what:N", legend=None)
    )  # fmt: skip
    data["end"] = data[["value", "high"]].max(axis=1).where(inside, data.value)
    return bars + dots + words, {"figures": len(data), "fit": int(inside.sum())}


# -------------------------------------------------------------------------------------------------------- same luck


@contextlib.contextmanager
def one_stream(seed: int) -> Iterator[None]:
    """The twin with draws as most models make them: from one generator, whoever comes next."""
    rng, bits = np.random.default_rng(seed), twin.bits
    twin.bits = lambda key, decision, occasion: int(rng.integers(2**64, dtype=np.uint64))
    try:
        yield
    finally:
        twin.bits = bits


WATCHED = (
    "traits at the start",
    "who comes to which session",
    "what is written",
    "views at the end",
)


def told(process) -> dict[str, np.ndarray]:
    """What is watched of the people of a twin, person by person."""
    process_people = process.people
    found = {
        WATCHED[0]: [
            [i.power, i.openness, i.conviction, i.tolerance, i.talkativeness, *i.views.values()]
            for i in process_people
        ]
    }
    came = []
    for _ in process.scenario.sessions:
        process.step()
        came.append([i.attended for i in process_people])
    found[WATCHED[1]] = np.diff(np.array(came), axis=0, prepend=0).T
    found[WATCHED[2]] = [list(i.said.values()) for i in process_people]
    found[WATCHED[3]] = [list(i.views.values()) for i in process_people]
    return {what: np.nan_to_num(np.array(values, dtype=float), nan=9.0) for what, values in found.items()}


def told_by_kernel(process) -> dict[str, np.ndarray]:
    """The same of a run of the kernel."""
    p = process.people
    traits = np.column_stack([p.power, p.openness, p.conviction, p.tolerance, p.talkativeness, p.views])
    found, came = {WATCHED[0]: traits}, []
    for _ in range(3):
        process.step()
        came.append(p.attended.copy())
    found[WATCHED[1]] = np.diff(np.array(came), axis=0, prepend=0).T
    found |= {
        WATCHED[2]: p.said.copy(),
        WATCHED[3]: p.views.copy(),
    }
    return {what: np.nan_to_num(np.array(values, dtype=float), nan=9.0) for what, values in found.items()}


def same_luck() -> tuple[alt.TopLevelMixin, Measured]:
    """One more person, whom nobody reads: how many of the others' numbers change, with keyed draws and with one stream."""
    worlds, unread = 100, {"reading_rate": 0, "self_silencing": 0}
    few, more = (online(carers, **unread) for carers in (5, 6))
    keyed, shared = "keyed draws (coprod)", "one stream of random numbers (control)"
    changed: dict[tuple[str, str], list[np.ndarray]] = {}
    for replicate in range(worlds):
        kernel = [told_by_kernel(sim.CoProduction(scene, replicate=replicate)) for scene in (few, more)]
        naive = []
        for scene in (few, more):
            with one_stream(replicate):
                naive.append(told(twin.TwinProcess(scene, replicate=replicate)))
        for what, (one, other) in ((keyed, kernel), (shared, naive)):
            for watched in WATCHED:
                changed.setdefault((what, watched), []).append(of_others(other[watched], 5) != one[watched])
    data = pd.DataFrame(
        [{"what": what, "row": row, "share": float(np.mean(cells))} for (what, row), cells in changed.items()]
    )
    data["word"] = [
        ("0 of " if share == 0 else f"{share:.0%} of ") + f"{np.size(changed[what, row]):,}"
        for what, row, share in zip(data.what, data.row, data.share, strict=True)
    ]
    base = alt.Chart(data, width=430, height=alt.Step(17)).encode(
        y=alt.Y("row:N", title=None, sort=list(WATCHED), axis=alt.Axis(labelLimit=0), scale=alt.Scale(paddingInner=0.35)),
        yOffset=alt.YOffset("what:N", sort=[keyed, shared]),
        x=alt.X("share:Q", title="share of the others' numbers that change when one person is added", scale=alt.Scale(domain=[0, 1.12], nice=False), axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])),
    )  # fmt: skip
    bars = base.mark_bar().encode(color=colours({keyed: PRODUCT, shared: CONTROL}))
    words = base.mark_text(align="left", dx=5, fontSize=11.5, color=INK).encode(text="word:N")
    by = {(what, row): float(np.mean(cells)) for (what, row), cells in changed.items()}
    return bars + words, {
        "worlds": worlds,
        "changed, keyed": int(sum(np.sum(cells) for (what, _), cells in changed.items() if what == keyed)),
        "of": int(sum(np.size(cells) for (what, _), cells in changed.items() if what == keyed)),
        **{f"shared, {row}": f"{by[shared, row]:.0%}" for row in WATCHED},
    }


# -------------------------------------------------------------------------------------------- outcomes are observed


def finals_of(test) -> dict[str, np.ndarray]:
    """The outcomes that a test looks at, world by world; the test must hold."""
    found: dict[str, np.ndarray] = {}
    finals = observed.finals

    def kept(scene, *names):
        values = finals(scene, *names)
        found.update(zip(names, values, strict=True))
        return values

    observed.finals = kept
    try:
        test()
    finally:
        observed.finals = finals
    return found


def outcomes() -> tuple[alt.TopLevelMixin, Measured]:
    """What would be impossible if one outcome were computed from another: each dot is a world."""
    panels = (
        ("recorded", "alignment", {
            "nothing is written down": observed.test_alignment_can_come_about_without_documentation,
            "much is written, nobody reads": observed.test_documentation_does_not_make_alignment_by_itself,
        }),
        ("understanding", "agreement", {
            "they understand and do not agree": observed.test_people_can_understand_each_other_and_not_agree,
            "they agree and do not understand": observed.test_people_can_agree_and_not_understand_each_other,
        }),
        ("alignment", "understanding", {
            "loud misreading": observed.test_people_can_share_a_picture_that_is_wrong,
        }),
    )  # fmt: skip
    charts, measured = [], {}
    for (x, y, tests), shades in zip(panels, ((PRODUCT, CONTROL), (PRODUCT, CONTROL), (THIRD,)), strict=True):
        worlds = []
        for what, test in tests.items():
            found = finals_of(test)
            worlds.append(pd.DataFrame({"x": found[x], "y": found[y], "what": what}).dropna())
            measured |= {f"{what}, {name}": f"{np.nanmean(found[name]):.2f}" for name in (x, y)}
        data = pd.concat(worlds)
        dots = alt.Chart(data, width=180, height=180).mark_circle(size=26, opacity=0.7).encode(
            x=alt.X("x:Q", title=x, scale=alt.Scale(domain=[-0.05, 1.05], nice=False), axis=alt.Axis(values=[0, 0.5, 1])),
            y=alt.Y("y:Q", title=y, scale=alt.Scale(domain=[-0.05, 1.05], nice=False), axis=alt.Axis(values=[0, 0.5, 1])),
            color=alt.Color("what:N", scale=alt.Scale(domain=list(tests), range=list(shades)),
                            legend=alt.Legend(title=None, orient="top", direction="vertical", labelLimit=0)),
        )  # fmt: skip
        charts.append(dots)
    return alt.hconcat(*charts, spacing=24).resolve_scale(color="independent"), measured


PICTURES = {
    "twin": twins, "docking": docking, "outcomes": outcomes, "random-rules": random_rules, "chance": chance, "calibration": calibration,
    "same-luck": same_luck,
}  # fmt: skip


def main(names: list[str]) -> None:
    """Draw the figures named, or all."""
    FOLDER.mkdir(exist_ok=True)
    measured = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    for name in names or list(PICTURES):
        chart, measured[name] = PICTURES[name]()
        styled(chart).save(str(FOLDER / f"{name}.svg"))
        print(name, measured[name], flush=True)
    kept = {name: measured[name] for name in PICTURES if name in measured}
    MEASURED.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
