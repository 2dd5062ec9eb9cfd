"""The answer in plain words: which design does what better and in how many of the worlds, or what one design reaches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from markupsafe import Markup

from analysis import statistics
from analysis.report import words
from analysis.statistics import Estimate

if TYPE_CHECKING:
    from sim import Runs


@dataclass(frozen=True)
class Question:
    """Something a planner wants to know: the outcome that answers it, and how to say which design does best."""

    outcome: str
    asks: str
    most: str
    """Said of the best of several."""
    more: str
    """Said of the better of two."""
    less_is_better: bool = False
    people: bool = False
    """Is it a share of people, said in per cent?"""


QUESTIONS: Final = (
    Question("left_out", "Who is left out? People who never spoke or wrote", "leaves the fewest people out", "leaves fewer people out", True, True),
    Question("engagement", "Do people stay invested?", "keeps people most invested", "keeps people more invested"),
    Question("voice_equality", "Is the talk shared out evenly?", "shares out the talk most evenly", "shares out the talk more evenly"),
    Question("alignment", "Do people carry the same picture of each other?", "leaves people with the most shared picture of each other", "leaves people with a more shared picture of each other"),
    Question("understanding", "Is that picture true?", "lets people know best what the others think", "lets people know better what the others think"),
    Question("agreement", "Do people accept the draft, in private?", "has the draft accepted most, in private", "has the draft accepted more, in private"),
    Question("informed_agreement", "Do they know what the others think when they accept?", "reaches the most informed agreement", "reaches more informed agreement"),
    Question("influence_parity", "Do the groups shape the draft evenly?", "lets the groups shape the draft most evenly", "lets the groups shape the draft more evenly"),
    Question("cost", "What does it cost?", "costs least", "costs less", True),
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """How the designs stand on one question."""

    question: Question
    found: tuple[Estimate, ...]
    best: int | None
    """The design that is better than every other by more than chance explains, and in most worlds; None if there is none."""
    worst: int | None
    """The design that is worse than every other in the same way, of three or more; None if there is none."""
    worlds: int
    """Worlds in which the best is better than every other."""
    of: int
    """Worlds in which all are defined."""
    same: bool
    """Do the designs not differ in any world?"""


def answers(designs: Sequence[Runs]) -> list[Answer]:
    """How the designs stand on every question; on what they cost only if they count it in one currency."""
    one_currency = len({runs.scenario.prices.currency for runs in designs}) == 1
    return [
        _answer(designs, question)
        for question in QUESTIONS
        if question.outcome in designs[0].outcomes and (one_currency or question.outcome != "cost")
    ]


def _answer(designs: Sequence[Runs], question: Question) -> Answer:
    found = tuple(statistics.at_the_end(runs, question.outcome) for runs in designs)
    sign = -1 if question.less_is_better else 1
    best, worlds, of = _ahead(designs, found, question.outcome, sign)
    worst = _ahead(designs, found, question.outcome, -sign)[0] if len(designs) > 2 else None
    compared = [statistics.compare(designs[0], runs, question.outcome) for runs in designs[1:]]
    same = bool(compared) and all(0 < one.difference["n"] == one.same for one in compared)
    return Answer(question, found, best, worst, worlds, of, same)


def _ahead(
    designs: Sequence[Runs], found: Sequence[Estimate], outcome: str, sign: int
) -> tuple[int | None, int, int]:
    """The design that is ahead of each of the others, if there is one: its intervals leave out 0, and it is ahead of all
    in more than half of the worlds. With it, in how many worlds the first is ahead, and in how many that can be said.
    """
    means = [-np.inf if one["mean"] is None else sign * one["mean"] for one in found]
    first = int(np.argmax(means))
    compared = [
        statistics.compare(runs, designs[first], outcome) for n, runs in enumerate(designs) if n != first
    ]
    shows = bool(compared) and all(one.shows and sign * (one.difference["mean"] or 0) > 0 for one in compared)
    worlds, of = _worlds_ahead(designs, first, outcome, sign)
    return (first if shows and 2 * worlds > of else None), worlds, of


def _worlds_ahead(designs: Sequence[Runs], first: int, outcome: str, sign: int) -> tuple[int, int]:
    """In how many worlds one design is ahead of every other, and in how many all are defined."""
    shared = designs[0].replicates
    for runs in designs[1:]:
        shared = np.intersect1d(shared, runs.replicates)
    values = np.array([sign * runs.final(outcome)[np.isin(runs.replicates, shared)] for runs in designs])
    values = values[:, ~np.isnan(values).any(axis=0)]
    rest = np.delete(values, first, axis=0)
    if not rest.size:
        return 0, values.shape[1]
    rounding = statistics.SAME * np.abs(values).max(axis=0)
    return int((values[first] > rest.max(axis=0) + rounding).sum()), values.shape[1]


def said(question: Question, found: Estimate, currency: str) -> str:
    """The number that answers a question, with its unit."""
    if found["mean"] is None:
        return "not defined"
    if question.people:
        return words.percent(found["mean"])
    number = words.mean(found)
    return f"{number} {currency}" if question.outcome == "cost" else number


def verdicts(designs: Sequence[Runs], given: Sequence[Answer]) -> Iterator[Markup]:
    """What each design does best and what worst, a sentence for each, then what none does."""
    currency = designs[0].scenario.prices.currency
    for n, runs in enumerate(designs):
        wins = words.listed(_win(answer, n, len(designs), currency) for answer in given if answer.best == n)
        last = words.listed(_loss(answer, n, currency) for answer in given if answer.worst == n)
        said_ = [wins, f"comes last in {last}" if last else ""]
        if any(said_):
            yield Markup("<strong>{}</strong> {}.").format(
                runs.scenario.name, "; it ".join(filter(None, said_))
            )
    undecided = [a for a in given if a.best is None and not a.same and a.of]
    if undecided:
        yield Markup("No design is clearly best in {}.").format(_outcomes(undecided))
    equal = [a for a in given if a.same]
    if equal:
        yield Markup("The designs do not differ in {}.").format(_outcomes(equal))
    lost = [a for a in given if not a.of]
    if lost:
        yield Markup("Not defined for all: {}.").format(_outcomes(lost))


def _outcomes(given: Sequence[Answer]) -> str:
    return words.listed(statistics.words(answer.question.outcome) for answer in given)


def _win(answer: Answer, best: int, designs: int, currency: str) -> str:
    question = answer.question
    phrase = question.more if designs == 2 else question.most
    mine = said(question, answer.found[best], currency)
    others = words.listed(said(question, one, "").strip() for n, one in enumerate(answer.found) if n != best)
    return (
        f"{phrase} ({mine} against {others}; ahead in {answer.worlds:,} of {words.count(answer.of, 'world')})"
    )


def _loss(answer: Answer, worst: int, currency: str) -> str:
    return f"{statistics.words(answer.question.outcome)} ({said(answer.question, answer.found[worst], currency)})"


def who_is_left_out(designs: Sequence[Runs]) -> Markup:
    """People who never speak or write, design by design, and the group that it happens to most."""
    parts = [
        Markup("<strong>{}</strong>{}{}").format(
            words.percent(statistics.at_the_end(runs, "left_out")["mean"]),
            f" in {runs.scenario.name}" if len(designs) > 1 else " of those invited",
            _worst_group(runs),
        )
        for runs in designs
    ]
    return Markup("Left out, without ever speaking or writing: {}.").format(Markup(", ").join(parts))


def _worst_group(runs: Runs) -> str:
    """In brackets, the group left out most, if it is clearly more than everybody."""
    everyone = statistics.at_the_end(runs, "left_out")["mean"] or 0.0
    means = {key: statistics.at_the_end(runs, "left_out", key)["mean"] or 0.0 for key in runs.scenario.groups}
    worst = max(means, key=lambda key: means[key])
    if len(means) < 2 or means[worst] - everyone < 0.01:
        return ""
    return f" (most often {words.Names(runs.scenario).group(worst)}, {words.percent(means[worst])})"


def reached(runs: Runs) -> Iterator[Markup]:
    """What one design reaches, a sentence at a time."""
    found = statistics.summary(runs)
    came, spoke, noted, moved = (words.percent(found[stage]["mean"]) for stage, _ in words.STAGES)
    yield Markup(
        "Of the people invited, <strong>{}</strong> come at least once, <strong>{}</strong> speak or write, "
        "<strong>{}</strong> have something written down and <strong>{}</strong> move the draft."
    ).format(came, spoke, noted, moved)
    yield who_is_left_out([runs])
    yield from _invested(runs, found["engagement"])
    yield from _agreed(runs, found)
    yield from _understood(found["understanding"])
    if found["cost"]["mean"] is not None:
        yield Markup("It costs <strong>{} {}</strong>{}, for {} person-hours taken part in.").format(
            words.mean(found["cost"]),
            runs.scenario.prices.currency,
            _bounds(found["cost"]),
            words.mean(found["hours_used"]),
        )


def _invested(runs: Runs, now: Estimate) -> Iterator[Markup]:
    series = runs.over_sessions("engagement")
    if now["mean"] is None or series.shape[1] < 2:
        return
    start, end = float(np.nanmean(series[:, 0])), now["mean"]
    way = "rises" if end > start + 0.005 else "falls" if end < start - 0.005 else "stays"
    change = "at" if way == "stays" else f"from {start:.2f} to"
    yield Markup("Engagement {} {} <strong>{}</strong>{}.").format(way, change, words.mean(now), _bounds(now))


def _agreed(runs: Runs, found: dict[str, Estimate]) -> Iterator[Markup]:
    private, public, reached = found["agreement"], found["apparent_agreement"], found["consensus_reached"]
    if private["mean"] is None:
        yield Markup("Agreement is not defined: {}.").format(words.undefined("agreement"))
        return
    yield Markup(
        "In private the draft is accepted in <strong>{}</strong> of all cases (person by issue), in public in {}."
    ).format(words.percent(private["mean"]), words.percent(public["mean"]))
    if reached["mean"] is not None:
        times = round(reached["mean"] * reached["n"])
        yield Markup("Consensus by the rule ({}) is reached in <strong>{} of {}</strong>.").format(
            words.RULES[runs.scenario.decision.rule], f"{times:,}", words.count(reached["n"], "world")
        )


def _understood(found: Estimate) -> Iterator[Markup]:
    mean = found["mean"]
    if mean is None:
        yield Markup("Understanding is not defined: {}.").format(words.undefined("understanding"))
        return
    closer = "closer" if mean > 0.1 else "hardly closer" if mean > 0.005 else "no closer"
    yield Markup(
        "Understanding ends at <strong>{}</strong>{}: people's pictures of each other are {} to the truth than if they took everybody to think as they do "
        "(0; 1 would be perfect)."
    ).format(words.mean(found), _bounds(found), closer)


def _bounds(found: Estimate) -> str:
    between = words.interval(found)
    return f" (95% interval {between})" if between else ""
