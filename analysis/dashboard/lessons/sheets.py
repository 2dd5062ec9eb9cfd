"""Pieces of a lesson as HTML: the designs small, tables, and the worksheet to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

import sim
from analysis import look
from analysis.dashboard import rules
from analysis.dashboard.lessons import findings
from analysis.dashboard.lessons.lesson import IT, Design, Lesson, short
from analysis.report import assumptions, words
from sim import SPACES, TIMES

if TYPE_CHECKING:
    from analysis.dashboard.lessons.findings import Outcome, Shaken
    from sim import Scenario


def pictures(lesson: Lesson) -> Markup:
    """The two designs, small: who takes part, and where on the grid they meet."""
    first, second = lesson.designs()
    return _render(
        "designs",
        designs=[_picture(lesson.first, first), _picture(lesson.second, second)],
        groups=_groups(first),
    )


def _picture(design: Design, scenario: Scenario) -> dict[str, Any]:
    here = [scenario.cell(name) for name in scenario.sessions]
    used = dict.fromkeys(here)
    return {
        "title": design.title,
        "says": design.says,
        "times": _times(scenario),
        "where": words.listed(words.cell(cell) for cell in used),
        "grid": [[f"{time}/{space}" in used for space in SPACES] for time in TIMES],
    }


def _times(scenario: Scenario) -> str:
    minutes = [session.minutes for session in scenario.sessions.values()]
    often = words.count(len(minutes), "session")
    each = f"of {minutes[0]:g} minutes" if len(set(minutes)) == 1 else f"with {sum(minutes):g} minutes in all"
    return f"{often} {each}"


def _groups(scenario: Scenario) -> list[dict[str, Any]]:
    letters = words.letters(scenario.groups)
    return [
        {
            "letter": letters[key],
            "colour": number % len(words.GROUP_COLOURS),
            "title": words.called(group.title, key),
            "size": group.size,
        }
        for number, (key, group) in enumerate(scenario.groups.items())
    ]


def counted(found: Outcome) -> Markup:
    """Everything that was counted, under both designs, with intervals."""
    return _render("counted", **_table(found))


def _table(found: Outcome) -> dict[str, Any]:
    rows = []
    for name, finding in found.lesson.findings.items():
        comparison = found.comparisons[name]
        rows.append(
            {
                "says": short(finding.says),
                "means": [
                    (findings.written(finding.outcome, one["mean"]), findings.bounds(finding.outcome, one))
                    for one in found.estimates[name]
                ],
                "more": comparison.more,
                "less": comparison.less,
            }
        )
    return {"rows": rows, "worlds": found.worlds, "lesson": found.lesson}


def bets(rows: Sequence[Mapping[str, str]]) -> Markup:
    """The bets of a visit against what came out."""
    return _render("bets", rows=rows)


def ways(queries: Mapping[str, str], together: str) -> Markup:
    """Links that take a design to other pages."""
    return _render("ways", queries=queries, together=together)


def rests_on(lesson: Lesson) -> Markup:
    """The behavioural constants, rules and evidence behind a lesson, each with how sure it is."""
    return _render("rests-on", **_grounds(lesson))


def _grounds(lesson: Lesson) -> dict[str, Any]:
    known = {parameter.name: parameter for parameter in sim.PARAMETERS}
    constants = [
        {
            "meaning": known[name].meaning,
            "value": f"{known[name].default:g}",
            "unit": known[name].unit,
            "sure": assumptions.SURE[known[name].sure],
            "address": rules.address(f"parameters.{name}"),
        }
        for name in lesson.rests_on
    ]
    told = [
        {"title": field.rpartition(".")[2].replace("_", " "), "address": rules.address(field)}
        for field in lesson.rules
    ]
    return {"constants": constants, "rules": told, "evidence": lesson.evidence}


def shaken(lesson: Lesson, found: Shaken) -> str:
    """What comes out under other guesses, in words."""
    ways = [(found.more, "more"), (found.same, "same"), (found.less, "less")]
    parts = [
        f"“{short(getattr(lesson.bet, way))}” under {number}"
        for number, way in sorted(ways, key=lambda one: -one[0])
        if number
    ]
    return (
        f"With {len(found.differences)} other sets of guesses at all constants, within the ranges that are plausible, and "
        f"under all three readings of the grid, in {findings.EACH} worlds each, it comes out {words.listed(parts)}."
    )


def worksheet(found: Outcome) -> str:
    """A page for learners and notes for the teacher, to print on A4.

    found : what came out in the worlds that the teacher's notes tell of.
    """
    lesson = found.lesson
    first, second = lesson.designs()
    return str(
        _render(
            "worksheet",
            **_table(found),
            **_grounds(lesson),
            bet=[words.sentence(getattr(lesson.bet, way)) for way in ("more", "same", "less")],
            came=short(
                getattr(lesson.bet, findings.came_out(lesson.finding, found.comparisons[IT]) or "same")
            ),
            designs=[_picture(lesson.first, first), _picture(lesson.second, second)],
            groups=_groups(first),
            surprise=findings.told(found, lesson.surprise),
            explain=[findings.told(found, text) for text in lesson.explain],
            limits=[findings.told(found, text) for text in lesson.limits],
            misunderstandings=[
                (says, findings.told(found, answer)) for says, answer in lesson.teacher.misunderstandings
            ],
            seed=found.seed,
            style=Markup(look.css("worksheet")),
            coprod=version("coprod"),
        )
    )


def _render(name: str, **said: Any) -> Markup:
    return Markup(_templates().get_template(f"{name}.html.j2").render(**said))


@cache
def _templates() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("analysis.dashboard.lessons"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
