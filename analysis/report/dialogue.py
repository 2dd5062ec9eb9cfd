"""How dialogue took place and where on the grid, under the headings of GRIPP2 (short form).

Source: Staniszewska et al. 2017, GRIPP2 reporting checklists, doi:10.1136/bmj.j3453. What only people can answer stays an
open question: nothing is invented in their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis import statistics
from analysis.report import answers, words
from sim import MECHANISMS, dials_of, minutes_of, scores, values_of

if TYPE_CHECKING:
    from analysis.report.story import Story
    from sim import Runs, Scenario

MOST_NAMED: Final = 12


@dataclass(frozen=True)
class Heading:
    """One heading of GRIPP2: what the simulation can say, and what people must answer."""

    number: int
    title: str
    lines: tuple[str, ...]
    questions: tuple[str, ...]


OPEN: Final = {
    1: ("Why do you involve people, and what are you prepared to change because of what you hear?",),
    2: (
        "How were people found and invited, by whom, and who was not asked?",
        "Who chose these dates, places and channels, and did those who find them hardest have a say?",
    ),
    3: ("What changed because of what people said? Who says so?",),
    4: (
        "How far did people's part shape the whole, for better and for worse, in the eyes of those who took part?",
    ),
    5: ("What went well, what did not, and what would those who took part do otherwise next time?",),
}


def headings(designs: Sequence[Runs]) -> list[Heading]:
    """The five headings, with what is said under each."""
    said = (
        (1, "Aim", _aim(designs)),
        (2, "Methods", _methods(designs)),
        (3, "Study results", _results(designs)),
        (4, "Discussion and conclusions", _influence(designs)),
        (5, "Reflections / critical perspective", _reflections(designs)),
    )
    return [Heading(number, title, tuple(lines), OPEN[number]) for number, title, lines in said]


def cells(scenario: Scenario, story: Story | None) -> list[dict[str, Any]]:
    """How dialogue took place in each cell of the grid that the design uses.

    What was said and kept is counted in the run that the report tells, where there is one.
    """
    used: dict[str, list[str]] = {}
    for session in scenario.sessions:
        used.setdefault(scenario.cell(session), []).append(session)
    values = values_of(scenario)
    return [
        {
            "cell": words.cell(cell),
            "sessions": len(sessions),
            "minutes": [sum(part) for part in zip(*(minutes_of(scenario, s) for s in sessions), strict=True)],
            "dialogue": sum(_effective(scenario, s, "dialogue") for s in sessions),
            "scores": scores(cell, scenario.fidelity, values.fidelity_low, values.fidelity_high),
            "hears": _who_hears(cell),
            "said": _counted(story, sessions, "said"),
            "kept": _counted(story, sessions, "kept"),
        }
        for cell, sessions in used.items()
    ]


def _effective(scenario: Scenario, session: str, mechanism: str) -> float:
    """Minutes a person that a session gives to a mechanism, after dials and context."""
    n = MECHANISMS.index(mechanism)
    here = scenario.sessions[session]
    return here.minutes * here.shares()[n] * dials_of(scenario, session)[n]


def _counted(story: Story | None, sessions: list[str], what: str) -> list[tuple[str, int]] | None:
    if story is None:
        return None
    counts = getattr(story, what)
    totals = {ch: sum(counts[session, ch] for session in sessions) for ch in words.CHANNELS}
    return [(words.CHANNELS[ch], total) for ch, total in totals.items() if total]


def _who_hears(cell: str) -> str:
    """Who can hear whom directly; everybody else is reached by the record alone."""
    time, space = cell.split("/")
    where = {
        "same": "in one room",
        "blended": "in a room and on screen together",
        "distributed": "on screen",
    }[space]
    if time == "different":
        return "nobody hears anybody directly; the record is the only bridge"
    live = f"people in one circle hear each other, {where}"
    return live if time == "same" else f"{live}; those who come later read the record"


def _aim(designs: Sequence[Runs]) -> list[str]:
    lines = []
    for runs in _unlike(designs, lambda scenario: scenario.description):
        text = " ".join(runs.scenario.description.split())
        lines.append(
            f"{runs.scenario.name}: {text}"
            if text
            else f"{runs.scenario.name}: the scenario states no purpose."
        )
    issues = designs[0].scenario.issues
    named = words.listed(f"“{words.called(i.title, k)}”" for k, i in list(issues.items())[:MOST_NAMED])
    return [*lines, f"On the table: {named}."]


def _methods(designs: Sequence[Runs]) -> list[str]:
    lines = []
    for say in (_people, _way):
        unlike = _unlike(designs, say)
        lines += [
            f"{runs.scenario.name}: {say(runs.scenario)}" if len(unlike) > 1 else say(runs.scenario)
            for runs in unlike
        ]
    return lines


def _people(scenario: Scenario) -> str:
    named = [
        f"{group.size:,} {words.called(group.title, key)}"
        for key, group in list(scenario.groups.items())[:MOST_NAMED]
    ]
    more = len(scenario.groups) - MOST_NAMED
    return f"Invited were {words.listed([*named, words.count(more, 'more group')] if more > 0 else named)}."


def _way(scenario: Scenario) -> str:
    """When people met, how they were helped to speak, and who wrote."""
    sessions = list(scenario.sessions.values())
    weeks = sessions[-1].week - sessions[0].week
    over = f" over {words.count(round(weeks), 'week')}" if weeks else ""
    rounds = sum(s.turns == "round" for s in sessions)
    turns = (
        "each speaks in turn"
        if rounds == len(sessions)
        else "the floor is free"
        if not rounds
        else "the floor is free in some sessions, and each speaks in turn in others"
    )
    ends = [(min(v), max(v)) for v in ([s.facilitation for s in sessions], [s.scribe for s in sessions])]
    facilitation, scribe = (f"{low:g}" if low == high else f"{low:g} to {high:g}" for low, high in ends)
    put = sum(s.decide for s in sessions)
    decided = (
        f"a draft is put to the participants {words.times(put)}"
        if put
        else "no draft is put to the participants"
    )
    return f"{words.count(len(sessions), 'session')}{over}; {turns}; facilitation {facilitation} and note-taking {scribe} (0 none, 1 full); {decided}."


def _results(designs: Sequence[Runs]) -> list[str]:
    lines = []
    for runs in designs:
        parts = []
        for outcome in ("engagement", "alignment", "agreement", "understanding"):
            found = statistics.at_the_end(runs, outcome)
            bounds = words.interval(found)
            parts.append(
                f"{outcome} {words.mean(found)}" + (f" ({bounds})" if bounds else "")
                if found["mean"] is not None
                else f"{outcome} not defined"
            )
        lines.append(
            f"{runs.scenario.name}: {words.listed(parts)} (means of {words.count(len(runs.replicates), 'world')}, 95% intervals)."
        )
    return [*lines, answers.who_is_left_out(designs).striptags()]


def _influence(designs: Sequence[Runs]) -> list[str]:
    lines = []
    for runs in designs:
        moved, kept = (
            statistics.at_the_end(runs, outcome)["mean"] for outcome in ("moved_draft", "recorded")
        )
        line = f"{runs.scenario.name}: the draft would differ without the entries of {words.percent(moved)} of the people"
        line += (
            f"; {words.percent(kept)} of what was said and written is on record" if kept is not None else ""
        )
        near = {key: statistics.at_the_end(runs, "influence", key)["mean"] for key in runs.scenario.groups}
        known = {key: mean for key, mean in near.items() if mean is not None}
        if len(known) > 1:
            first, last = max(known, key=lambda k: known[k]), min(known, key=lambda k: known[k])
            groups = runs.scenario.groups
            line += (
                f"; it ends nearest to what {words.called(groups[first].title, first)} thought at the start ({known[first]:.2f})"
                f" and furthest from {words.called(groups[last].title, last)} ({known[last]:.2f})"
            )
        lines.append(line + ".")
    return lines


def _reflections(designs: Sequence[Runs]) -> list[str]:
    guessed = {fact for runs in designs for fact in runs.scenario.provenance.guessed.items()}
    lines = [
        "These people are simulated: they hold positions, and have no words, reasons or histories of their own.",
        "No view can come up that nobody brought; power is given at the start and cannot be won.",
    ]
    if guessed:
        lines.append(
            f"The scenario itself names {words.count(len(guessed), 'thing')} that it guesses; they stand under “What this rests on”."
        )
    return lines


def _unlike(designs: Sequence[Runs], of: Any) -> list[Runs]:
    """The designs without those that say the same as one before."""
    first: dict[Any, Runs] = {}
    for runs in designs:
        first.setdefault(of(runs.scenario), runs)
    return list(first.values())
