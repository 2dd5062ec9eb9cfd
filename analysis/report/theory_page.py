"""The report of a test or a contest: verdicts, effects against the smallest that matters, and how to make it again."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, get_args

from markupsafe import Markup

from analysis import look, statistics, theory_tables, verdicts
from analysis.report import page

if TYPE_CHECKING:
    from analysis.contests import Contest
    from analysis.examination import Examination
    from analysis.verdicts import Finding
    from scenarios import Claim, Theory

REACH: Final = 6.0  # smallest effects on either side that a picture shows; beyond, an arrow
WIDTH, HEIGHT = 230, 22


@dataclass(frozen=True)
class Row:
    """One claim or pattern on the page."""

    name: str
    expected: str
    verdict: str
    says: str
    effect: str
    between: str
    smallest: str
    worlds: str
    holds: str
    told: str
    picture: Markup
    details: list[tuple[str, str]]


def of_examination(
    theory: Theory, examination: Examination, made: dict[str, Any], locked: list[str] | None
) -> str:
    """The page of a test.

    locked : deviations from the preregistration; None if there was none.
    """
    return page.template("theory.html.j2").render(
        marks=_marks(),
        title=theory.title,
        about=theory.about,
        source=theory.source,
        kicker="a programme theory, tested",
        rows=[row(name, examination) for name in examination.findings],
        robust=bool(examination.robustness),
        counts=counted(examination),
        footnote=theory_tables.footnote(examination),
        locked=locked,
        contest=None,
        made=made,
        seed=examination.plan.seed,
        coprod=version("coprod"),
    )


def of_contest(contest: Contest, made: dict[str, Any]) -> str:
    """The page of a contest."""
    examination = contest.examination
    names = [theory.name for theory in contest.theories]
    return page.template("theory.html.j2").render(
        marks=_marks(),
        title=f"{', '.join(names[:-1])} and {names[-1]}: {contest.patterns.title[:1].lower()}{contest.patterns.title[1:]}",
        about=contest.patterns.about,
        source="; ".join(theory.source for theory in contest.theories),
        kicker="rival theories on the same patterns",
        rows=[row(name, examination) for name in examination.findings],
        robust=False,
        counts=None,
        footnote=theory_tables.footnote(examination),
        locked=None,
        contest={
            "names": names,
            "rows": [
                {
                    "name": theory_tables.words(name),
                    "shown": contest.shown(name),
                    "reported": pattern.reported or "-",
                    "reported_by": pattern.reported_by,
                    "cells": [
                        (theory.predictions.get(name), contest.fit(theory, name))
                        for theory in contest.theories
                    ],
                }
                for name, pattern in contest.patterns.patterns.items()
            ],
            "says": theory_tables.of_pairs(contest),
        },
        made=made,
        seed=examination.plan.seed,
        coprod=version("coprod"),
    )


def untested(name: str, claim: Claim) -> Row:
    """A claim of which nothing came yet."""
    return Row(
        name=theory_tables.words(name),
        expected=theory_tables.expected(claim),
        verdict="",
        says=theory_tables.ended(claim.says),
        effect="",
        between="",
        smallest=f"{claim.smallest:g} {statistics.words(claim.outcome)}",
        worlds="",
        holds="",
        told="",
        picture=Markup(""),
        details=[],
    )


def row(name: str, examination: Examination) -> Row:
    """What came of one claim or pattern."""
    finding, planned = examination.findings[name], examination.plan.claims[name]
    experiment, robust = planned.experiment, examination.robustness.get(name)
    details = [
        (" x ".join(theory_tables.words(level) for level in levels), _estimate(found))
        for levels, found in examination.means[name].items()
    ]
    details += [
        (f"the contrast in {statistics.words(outcome)}", _estimate(found))
        for outcome, found in examination.beside[name].items()
    ]
    return Row(
        name=theory_tables.words(name),
        expected=theory_tables.expected(experiment),
        verdict=finding.verdict,
        says=theory_tables.ended(experiment.says),
        effect="-" if finding.effect is None else theory_tables.signed(finding.effect),
        between=theory_tables.between(finding),
        smallest=f"{experiment.smallest:g} {statistics.words(experiment.outcome)}",
        worlds=f"{finding.worlds:,}" + (f" ({finding.n:,} defined)" if finding.n < finding.worlds else ""),
        holds="" if robust is None or robust.holds["mean"] is None else f"{robust.holds['mean']:.0%}",
        told=theory_tables.told(name, examination),
        picture=picture(finding, experiment.smallest),
        details=details,
    )


def picture(finding: Finding, smallest: float) -> Markup:
    """The interval of an effect against the band within which nothing matters, in units of the smallest effect."""
    if finding.effect is None or finding.low is None or finding.high is None:
        return Markup("")
    at = [value / smallest for value in (finding.low, finding.effect, finding.high)]
    low, mid, high = (_place(value) for value in at)
    label = f"effect {at[1]:.1f}, from {at[0]:.1f} to {at[2]:.1f}, in smallest effects of interest"
    arrows = [(4, -1)] * (at[0] < -REACH) + [(WIDTH - 4, 1)] * (at[2] > REACH)
    beyond = "".join(
        f'<path d="M{x},{HEIGHT / 2 - 4} l{6 * side},4 l{-6 * side},4z" class="{finding.verdict}"/>'
        for x, side in arrows
    )
    return Markup(
        f'<svg class="forest" role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect x="{_place(-1):.1f}" y="0" width="{_place(1) - _place(-1):.1f}" height="{HEIGHT}" class="band"/>'
        f'<line x1="{_place(0):.1f}" x2="{_place(0):.1f}" y1="0" y2="{HEIGHT}" class="zero"/>'
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{HEIGHT / 2}" y2="{HEIGHT / 2}" class="whisker {finding.verdict}"/>'
        f'<circle cx="{mid:.1f}" cy="{HEIGHT / 2}" r="5" class="{finding.verdict}"/>{beyond}</svg>'
    )


def _place(value: float) -> float:
    return 8 + (WIDTH - 16) * (min(REACH, max(-REACH, value)) + REACH) / (2 * REACH)


def _estimate(found: Any) -> str:
    if found["mean"] is None:
        return "not defined"
    between = statistics.between(found)
    return statistics.number(found["mean"]) + (f" ({between})" if between else "")


def counted(examination: Examination) -> list[tuple[str, int]]:
    """How many claims came to each verdict."""
    among = [finding.verdict for finding in examination.findings.values()]
    return [(verdict, among.count(verdict)) for verdict in get_args(verdicts.Verdict) if verdict in among]


def _marks() -> Markup:
    return Markup((look.STYLES / "verdicts.css").read_text(encoding="utf-8"))
