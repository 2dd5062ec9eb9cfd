"""What the page that compares designs shows: numbers for its charts, and the sentences and tables beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from markupsafe import Markup

import sim
from analysis import statistics
from analysis.report import answers, figures, page, sections, words
from analysis.tables import COMPARED

if TYPE_CHECKING:
    from analysis.report.answers import Question
    from analysis.statistics import Comparison
    from sim import Runs

CLOUD: Final = 60  # worlds that a picture of cost against an outcome shows one by one

Chart = dict[str, Any]


# ---- distributions -------------------------------------------------------------------------------------------------


def distributions(designs: Sequence[Runs], family: words.Family) -> list[Chart]:
    """The outcomes of a family at the end of every world, one chart each."""
    return [_distribution(designs, name) for name in family.outcomes if name in designs[0].outcomes]


def _distribution(designs: Sequence[Runs], name: str) -> Chart:
    kind = next(known for known in sim.OUTCOMES if known.name == name)
    found = [statistics.at_the_end(runs, name) for runs in designs]
    chart: Chart = {
        "title": words.title(name) + (f", {currencies(designs)}" if name == "cost" else ""),
        "meaning": kind.meaning,
        "note": _where_undefined(designs, found, name),
        "rows": [],
    }
    if all(one["n"] == 0 for one in found):
        return chart
    low, high, piles = figures.places(designs, name, found)
    return chart | {
        "low": low,
        "high": high,
        "tall": max((height for pile in piles for _, height in pile), default=0),
        "words": f"{words.title(name)} at the end of every world. {figures.in_words(designs, found)}",
        "rows": [
            {"name": runs.scenario.name, "said": figures.said(one), "dots": pile, **one}
            for runs, one, pile in zip(designs, found, piles, strict=True)
        ],
    }


def _where_undefined(designs: Sequence[Runs], found: Sequence[statistics.Estimate], name: str) -> str:
    """In which designs and how many worlds an outcome is not defined, and why; empty where it always is."""
    lost = [
        f"in {runs.scenario.name} in {words.count(missing, 'world')} of {len(runs.replicates):,}"
        for runs, one in zip(designs, found, strict=True)
        if (missing := len(runs.replicates) - one["n"])
    ]
    return f"Not defined {words.listed(lost)}: {words.undefined(name)}." if lost else ""


def one_currency(designs: Sequence[Runs]) -> bool:
    """Can what the designs cost be held against each other?"""
    return len({runs.scenario.prices.currency for runs in designs}) == 1


def currencies(designs: Sequence[Runs]) -> str:
    """The currency of what designs cost, or the currencies if they differ."""
    return words.listed(dict.fromkeys(runs.scenario.prices.currency for runs in designs))


# ---- voice and influence -------------------------------------------------------------------------------------------


def voices(designs: Sequence[Runs]) -> list[Chart]:
    """Of each design, every group's share of people, talk and record, and how close the draft comes to it."""
    return [
        {
            "name": runs.scenario.name,
            "voice": (rows := figures.voices(runs)[: figures.MOST_GROUPS]),
            "voiceWords": f"{runs.scenario.name}: {figures.voice_in_words(rows)}",
            "influence": (close := figures.closeness(runs)[: figures.MOST_GROUPS]),
            "influenceWords": f"{runs.scenario.name}, how close the draft comes to each group: {figures.closeness_in_words(close)}",
            "more": max(0, len(runs.scenario.groups) - figures.MOST_GROUPS),
        }
        for runs in designs
    ]


# ---- cost against outcomes -----------------------------------------------------------------------------------------


def questions() -> list[Question]:
    """What cost can be held against."""
    return [question for question in answers.QUESTIONS if question.outcome != "cost"]


def bargains(designs: Sequence[Runs], outcome: str) -> Chart | None:
    """What designs cost against an outcome; None where that cannot be drawn."""
    found = [(statistics.at_the_end(runs, "cost"), statistics.at_the_end(runs, outcome)) for runs in designs]
    if not one_currency(designs) or any(x["mean"] is None or y["mean"] is None for x, y in found):
        return None
    return {
        "x": f"cost, {designs[0].scenario.prices.currency}",
        "y": words.title(outcome),
        "rows": [
            {"name": runs.scenario.name, "x": x, "y": y, "worlds": _cloud(runs, outcome)}
            for runs, (x, y) in zip(designs, found, strict=True)
        ],
        "words": f"Cost against {words.title(outcome)}. "
        + "; ".join(
            f"{runs.scenario.name}: cost {figures.said(x)}, {statistics.words(outcome)} {figures.said(y)}"
            for runs, (x, y) in zip(designs, found, strict=True)
        )
        + ".",
    }


def _cloud(runs: Runs, outcome: str) -> list[tuple[float, float]]:
    pairs = np.column_stack([runs.final("cost"), runs.final(outcome)])[:CLOUD]
    return [(float(x), float(y)) for x, y in pairs if not np.isnan(x + y)]


def weighed(designs: Sequence[Runs], outcome: str) -> Iterator[str]:
    """Pair by pair, which design gives more for less, as far as the worlds can show."""
    if not one_currency(designs):
        yield f"The designs count in {currencies(designs)}, so that what they cost cannot be held against each other."
        return
    question = next(question for question in questions() if question.outcome == outcome)
    for n, one in enumerate(designs):
        for other in designs[n + 1 :]:
            yield words.minus(_weighed(one, other, question))


def _weighed(one: Runs, other: Runs, question: Question) -> str:
    """How two designs stand to each other, said of the one that does better or, if that is open, costs less."""
    cost = statistics.compare(one, other, "cost")
    gain = statistics.compare(one, other, question.outcome)
    names, what = (one.scenario.name, other.scenario.name), statistics.words(question.outcome)
    if gain.difference["mean"] is None:
        return f"{words.listed(names)}: {what} is not defined for both in any world."
    better = _side(gain) * (-1 if question.less_is_better else 1)
    cheaper = -_side(cost)
    lead = better or cheaper
    if not lead:
        return f"{words.listed(names)}: no difference in cost or in {what} that these worlds can show."
    loser, winner = names if lead > 0 else names[::-1]
    more = f"{question.more} ({_by(gain)})"
    money = f"({_by(cost)}, in {one.scenario.prices.currency})"
    if better and cheaper == better:
        return f"Against {loser}, {winner} {more} and costs less {money}: {loser} is beaten on both."
    if better and cheaper:
        return f"Against {loser}, {winner} {more} and costs more {money}: a trade-off."
    if better:
        return f"Against {loser}, {winner} {more}; in cost, these worlds show no difference between the two."
    return f"Against {loser}, {winner} costs less {money}; in {what}, these worlds show no difference between the two."


def _side(comparison: Comparison) -> int:
    """1 if the second has more, -1 if it has less, 0 if the worlds cannot show which."""
    mean = comparison.difference["mean"] or 0.0
    return int(np.sign(mean)) if comparison.shows else 0


def _by(comparison: Comparison) -> str:
    """The size of a difference, whichever way it goes, with its interval."""
    found = comparison.difference
    mean, low, high = found["mean"] or 0.0, found["low"] or 0.0, found["high"] or 0.0
    if mean < 0:
        mean, low, high = -mean, -high, -low
    return statistics.size({"mean": mean, "low": low, "high": high, "n": found["n"]})


# ---- sentences and tables ------------------------------------------------------------------------------------------


def answer(designs: Sequence[Runs]) -> Markup:
    """What is said first: which design does what better, as in the report."""
    return _html("answer", designs, answer=sections.answer(designs))


def numbers(designs: Sequence[Runs], family: words.Family) -> Markup:
    """The numbers behind the charts of a family."""
    rows = [
        (
            words.title(name),
            runs.scenario.name,
            statistics.at_the_end(runs, name),
            sections.middle(runs, name),
        )
        for name in family.outcomes
        if name in designs[0].outcomes
        for runs in designs
    ]
    return _html("numbers", designs, title=family.title, rows=rows)


def differences(designs: Sequence[Runs], against: int, family: words.Family) -> Markup:
    """Every other design against one, world by world: outcome by outcome a sentence and how many worlds."""
    outcomes = [
        name
        for name in dict.fromkeys((*COMPARED, *family.outcomes))
        if name in designs[0].outcomes and (one_currency(designs) or name != "cost")
    ]
    first = designs[against]
    pairs = []
    for n, second in enumerate(designs):
        if n == against:
            continue
        rows = [statistics.compare(first, second, name) for name in outcomes]
        pairs.append(
            {
                "name": second.scenario.name,
                "rows": [(found, words.minus(statistics.sentence(found))) for found in rows],
            }
        )
    return _html("differences", designs, first=first.scenario.name, pairs=pairs)


def funnel(designs: Sequence[Runs]) -> Markup:
    """From invited to having moved the draft, by group, design beside design; the means."""
    return _html("funnel", designs, funnel=sections.funnel(designs))


def funnel_numbers(designs: Sequence[Runs]) -> Markup:
    """The same with intervals, and of those who face a barrier."""
    return _html("funnel_numbers", designs, funnel=sections.funnel(designs))


def voice_numbers(designs: Sequence[Runs]) -> Markup:
    """The numbers behind the charts of voice and influence."""
    return _html("voice_numbers", designs, voices=[(r.scenario.name, _voice_rows(r)) for r in designs])


def _voice_rows(runs: Runs) -> list[dict[str, Any]]:
    return [
        {**row, "influence": statistics.at_the_end(runs, "influence", row["group"])}
        for row in figures.voices(runs)[: sections.MOST_ROWS]
    ]


def cost_numbers(designs: Sequence[Runs]) -> Markup:
    """Money by heading and hours, design by design."""
    return _html("cost_numbers", designs, cost=sections.cost(designs))


def _html(part: str, designs: Sequence[Runs], **more: Any) -> Markup:
    made: Markup = getattr(_template(), part)([runs.scenario for runs in designs], **more)
    return made


@cache
def _template() -> Any:
    """The tables of this page, with the filters and the macros of the report."""
    from jinja2 import ChoiceLoader, PackageLoader

    loader = ChoiceLoader([PackageLoader("analysis.dashboard"), PackageLoader("analysis.report")])
    report = page.template("report.html.j2").environment
    return report.overlay(loader=loader).get_template("compare.html.j2").module
