"""Teach: short lessons, one idea each. Bet first, then run, see and explain."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qs

import numpy as np
import solara

import sim
from analysis.dashboard import controls, jobs, lessons, links, studies
from analysis.dashboard.downloads import Download, File
from analysis.dashboard.lessons import findings, sheets
from analysis.dashboard.lessons.findings import Outcome, Shaken
from analysis.dashboard.lessons.lesson import SEED, WORLDS, Design, Lesson, Trial, short
from analysis.dashboard.lessons.strips import Strip, differences, strips
from analysis.dashboard.links import Run
from analysis.dashboard.playing import Play, played
from analysis.dashboard.tags import html, tag
from analysis.dashboard.trouble import Panel
from analysis.replay import handout
from analysis.report import words
from sim import Scenario

NO_BET: Final = "none"


@dataclass(frozen=True)
class Bet:
    """What a visitor expects of a lesson."""

    choice: str = ""
    """More, same or less; NO_BET if they would rather not; empty as long as nothing is chosen."""
    worlds: int | None = None
    """In how many of 100 worlds the second design has more; None if they did not say."""


bets: solara.Reactive[dict[str, Bet]] = solara.reactive({})
"""The visitor's bets, by lesson."""

outcomes: solara.Reactive[dict[str, Outcome]] = solara.reactive({})
"""What came out for the visitor, by lesson."""

tried: solara.Reactive[dict[str, dict[str, np.ndarray]]] = solara.reactive({})
"""Of each lesson, what the visitor tried besides: the values in each world, by trial."""

guesses: solara.Reactive[dict[str, Shaken]] = solara.reactive({})
"""Of each lesson, what comes out under other guesses."""


def kept(store: solara.Reactive[dict[str, Any]], lesson: Lesson, value: Any) -> None:
    """Remember something of a lesson for as long as the visit lasts."""
    store.set({**store.peek(), lesson.key: value})


@solara.component
def Page() -> None:
    """The lessons, or the one that the address asks for."""
    router = solara.use_router()
    asked = parse_qs((router.search or "").lstrip("?")).get("lesson", [""])[0]
    every = lessons.all_lessons()
    with tag("div", class_="sheet teach-sheet"):
        if asked in every:
            One(every[asked]).key(asked)
        else:
            Overview(asked)


# ---- all lessons ---------------------------------------------------------------------------------------------------


@solara.component
def Overview(asked: str = "") -> None:
    """The lessons as cards, and the bets so far. `asked` is a lesson that is not there."""
    every = lessons.all_lessons()
    with tag("div", class_="lesson"):
        with tag("div", class_="bar"):
            tag("h1", "Teach")
        tag(
            "p",
            "Each lesson has one idea and a surprise. Say first what you expect; then run it, see, and find out why. "
            "Each has a worksheet to print, with notes for the teacher.",
            class_="lead",
        )
        if asked:
            tag("p", "There is no lesson of this name; these are here.", role="alert")
        with tag("ol", class_="cards"):
            for number, lesson in enumerate(every.values(), start=1):
                Card(lesson, number)
        with tag("div"):
            Bets()


@solara.component
def Card(lesson: Lesson, number: int) -> None:
    """A lesson, to choose."""
    done = lesson.key in outcomes.value
    with tag("li", class_="panel card"):
        tag("h2", tag("a", f"{number}. {lesson.title}", href=_address(lesson)))
        tag("p", lesson.question)
        tag("p", f"{lesson.teacher.minutes} minutes" + (" · done" if done else ""), class_="note")


@solara.component
def Bets() -> None:
    """All bets of this visit against what came out; nothing where nothing was run."""
    found = {key: one for key, one in outcomes.value.items() if key in lessons.all_lessons()}
    if found:
        with Panel("Your bets"):
            html(sheets.bets([_bet_row(one) for one in found.values()]))


def _bet_row(found: Outcome) -> dict[str, str]:
    bet, lesson = bets.value.get(found.lesson.key, Bet()), found.lesson
    comparison = found.comparisons[lessons.IT]
    return {
        "address": _address(lesson),
        "title": lesson.title,
        "about": short(lesson.finding.says),
        "bet": short(getattr(lesson.bet, bet.choice)) if bet.choice not in ("", NO_BET) else "no bet",
        "worlds": f"{bet.worlds} of 100" if bet.worlds is not None else "",
        "came": _came(found),
        "counted": f"more in {comparison.more} of {comparison.worlds} worlds",
    }


def _address(lesson: Lesson) -> str:
    return f"/teach?lesson={lesson.key}"


# ---- one lesson ----------------------------------------------------------------------------------------------------


@solara.component
def One(lesson: Lesson) -> None:
    """One lesson, from the situation to what one can try."""
    every = list(lessons.all_lessons())
    place = every.index(lesson.key)
    started = lesson.key in outcomes.value
    with tag("div", class_="lesson"):
        with tag("div", class_="bar lesson-bar"):
            tag("h1", lesson.title)
            with tag("nav", aria_label="Lessons"):
                tag("a", "All lessons", href="/teach")
                tag("span", f"Lesson {place + 1} of {len(every)}", class_="note")
                if place + 1 < len(every):
                    following = lessons.all_lessons()[every[place + 1]]
                    tag("a", f"Next: {following.title}", href=_address(following))
        tag("p", lesson.question, class_="question")
        with tag("div", class_="columns two"):
            Situation(lesson)
            Betting(lesson)
        if started:
            World(lesson)
            CameOut(lesson)
            Trying(lesson)
        TakeAway(lesson)


@solara.component
def Situation(lesson: Lesson) -> None:
    """What happens, and the two designs."""
    pictures = solara.use_memo(lambda: sheets.pictures(lesson), [lesson])
    with Panel("1. The situation"):
        for text in lesson.situation:
            tag("p", text)
        html(pictures)


@solara.component
def Betting(lesson: Lesson) -> None:
    """The bet, which comes before the run; and the run."""
    job = jobs.use_job()
    bet, found = bets.value.get(lesson.key, Bet()), outcomes.value.get(lesson.key)

    def change(key: str, value: Any) -> None:
        bet, found = bets.value.get(lesson.key, Bet()), outcomes.value.get(lesson.key)
        if key == "choice":
            worlds = None if value == NO_BET else bet.worlds
            kept(bets, lesson, Bet(value, worlds))
        elif key == "worlds":
            kept(bets, lesson, Bet(bet.choice, round(value)))
        elif key == "run":
            again = found is not None and found.worlds == WORLDS
            _count(job, lesson, (found.seed if found else SEED) + again)

    with Panel("2. Your bet"):
        controls.Controls(
            _fields(lesson, bet, found, busy=job.progress.value.busy), change, "Your bet", quiet=True
        )
        jobs.Working(job, "worlds")
        if found and found.worlds == WORLDS:
            with tag("p", class_="note"):
                tag("span", f"{WORLDS} worlds are counted. ")
                tag("a", "Watch one of them", href="#one-world")
                tag("span", ", then ")
                tag("a", "see what came out", href="#came-out")
                tag("span", ".")


def _fields(lesson: Lesson, bet: Bet, found: Outcome | None, *, busy: bool) -> list[controls.Field]:
    """The form of the bet; once something was run, the bet stands. It keeps its parts, so that nobody loses their place."""
    ways = [(way, words.sentence(getattr(lesson.bet, way))) for way in ("more", "same", "less")]
    fixed, betting = found is not None, bet.choice not in ("", NO_BET)
    left = "You did not say." if fixed else "Leave it where it is if you would rather not say."
    return [
        controls.radio(
            "choice",
            f"{lesson.bet.question} …",
            bet.choice,
            [*ways, (NO_BET, "I would rather not bet")],
            disabled=fixed,
        ),
        controls.slider(
            "worlds",
            lesson.bet.worlds,
            50 if bet.worlds is None else bet.worlds,
            0,
            100,
            1,
            help=left if betting and bet.worlds is None else "",
            disabled=fixed or not betting,
        ),
        controls.button(
            "run",
            _run_label(found),
            "" if found and found.worlds == WORLDS else "primary",
            disabled=busy or not (fixed or bet.choice),
            title="" if fixed or bet.choice else "Bet first, or say that you would rather not",
        ),
    ]


def _run_label(found: Outcome | None) -> str:
    if found is None:
        return f"Run both in {WORLDS} worlds"
    return "Run on" if found.worlds < WORLDS else f"Run {WORLDS} other worlds"


def _count(job: jobs.Job, lesson: Lesson, seed: int) -> None:
    """Run a lesson; what is known is shown as it comes in."""

    def hear(found: Outcome) -> None:
        kept(outcomes, lesson, found)

    def work(progress: Callable[[int], None], stop: threading.Event) -> Outcome | None:
        found = findings.counted(
            lesson,
            seed,
            hear=lambda some: None if stop.is_set() else hear(some),
            progress=lambda runs: progress(runs // 2),
            stop=stop,
        )
        if found:
            for run in _runs(found):
                played(run)  # made here, so that the page need not wait for it
        return found

    job.start(work, WORLDS, lambda found: hear(found) if found else None)


def _runs(found: Outcome) -> tuple[Run, Run]:
    """The world nearest to the middle of all, under both designs."""
    first, second = (Run(scenario, found.seed, found.typical) for scenario in found.lesson.designs())
    return first, second


@solara.component
def World(lesson: Lesson) -> None:
    """One world, played under both designs."""
    found = outcomes.value[lesson.key]
    if found.worlds < WORLDS:
        return
    with tag("section", class_="one-world", id="one-world", aria_label="3. One world of many"):
        tag("h2", "3. One world of many")
        tag(
            "p",
            f"World {found.typical} lies nearest to the middle of all. The same people have the same luck in both. "
            f"Look for this: {' '.join(lesson.teacher.look_for)}",
            class_="lead",
        )
        Play([played(run) for run in _runs(found)], [lesson.first.title, lesson.second.title])


@solara.component
def CameOut(lesson: Lesson) -> None:
    """What came out, the bet beside it, and how it comes about."""
    found = outcomes.value[lesson.key]
    bet = bets.value.get(lesson.key, Bet())
    with tag("div", class_="columns two", id="came-out"):
        with Panel("4. What came out"):
            with tag("div", role="status"):
                tag("p", _verdict(found), class_="told-first")
                if said := _against(found, bet):
                    tag("p", said)
            finding = lesson.finding
            html(strips(finding.outcome, _shown(lesson, found)))
            tag("p", "Each dot is one world; below, the mean with its 95% interval.", class_="note")
            html(
                differences(
                    finding.outcome, f"“{lesson.second.title}” minus “{lesson.first.title}”", *found.values
                )
            )
            tag(
                "p",
                "The same world under both designs: right of the line, the second has more.",
                class_="note",
            )
            html(sheets.counted(found))
        if found.worlds == WORLDS:
            Explaining(lesson, found)


def _shown(lesson: Lesson, found: Outcome) -> list[Strip]:
    first, second = found.values
    return [Strip(lesson.first.title, first, "first"), Strip(lesson.second.title, second, "second")]


def _came(found: Outcome) -> str:
    """What came out, in the words of the bet."""
    way = findings.came_out(found.lesson.finding, found.comparisons[lessons.IT])
    return short(getattr(found.lesson.bet, way)) if way else "these worlds can not tell"


def _verdict(found: Outcome) -> str:
    comparison = found.comparisons[lessons.IT]
    ties = f", as much in {comparison.same}" if comparison.same else ""
    return (
        f"{short(found.lesson.finding.says)}: {_came(found)}. “{found.lesson.second.title}” had more in "
        f"{comparison.more} of {comparison.worlds} worlds, less in {comparison.less}{ties}."
    )


def _against(found: Outcome, bet: Bet) -> str:
    """The bet against what came out."""
    lesson, comparison = found.lesson, found.comparisons[lessons.IT]
    if bet.choice in ("", NO_BET):
        return ""
    way = findings.came_out(lesson.finding, comparison)
    mine = short(getattr(lesson.bet, bet.choice))
    said = (
        f"You bet “{mine}”, and so it came out."
        if way == bet.choice
        else f"You bet “{mine}”; it came out “{_came(found)}”."
    )
    if bet.worlds is not None and comparison.worlds:
        share = round(100 * comparison.more / comparison.worlds)
        said += f" You said more in {bet.worlds} of 100 worlds; it was {share} of 100."
    return said


@solara.component
def Explaining(lesson: Lesson, found: Outcome) -> None:
    """How it comes about, what it rests on, and what can not be said."""
    with Panel("5. How it comes about"):
        if not lessons.holds(found):
            tag(
                "p",
                "In these worlds not everything came out as in those that the lesson was written for: chance goes that far. "
                "What follows tells what usually happens.",
                role="alert",
            )
        tag("p", findings.told(found, lesson.surprise), class_="told-first")
        for text in lesson.explain:
            tag("p", findings.told(found, text))
        tag("h3", "What it rests on")
        html(sheets.rests_on(lesson))
        Shaking(lesson)
        tag("h3", "What the model can not say")
        with tag("ul"):
            for text in lesson.limits:
                tag("li", findings.told(found, text))


@solara.component
def Shaking(lesson: Lesson) -> None:
    """Does it hang on guesses? Run it under others."""
    job = jobs.use_job()
    found = guesses.value.get(lesson.key)

    def shake(*_: Any) -> None:
        job.start(
            lambda progress, stop: findings.shaken(lesson, progress, stop),
            findings.POINTS,
            lambda some: kept(guesses, lesson, some) if some else None,
        )

    with tag("div", class_="shaking"):
        if found is None:
            controls.Controls(
                [controls.button("shake", "Shake the guesses", disabled=job.progress.value.busy)], shake
            )
            jobs.Working(job, "sets of guesses")
        else:
            tag("p", sheets.shaken(lesson, found), role="status")


@solara.component
def Trying(lesson: Lesson) -> None:
    """One more thing to change, held against the two designs; and ways to go on with any of them."""
    job = jobs.use_job()
    found, mine = outcomes.value[lesson.key], tried.value.get(lesson.key, {})
    if found.worlds < WORLDS:
        return

    def change(key: str, _: Any) -> None:
        trial = next(one for one in lesson.trials if one.name == key)
        _try(job, lesson, trial, found.seed)

    with Panel("6. Try it"):
        with tag("ul", class_="trials"):
            for trial in lesson.trials:
                with tag("li"):
                    controls.Controls(
                        [controls.button(trial.name, trial.title, disabled=job.progress.value.busy)], change
                    )
                    tag("span", trial.says, class_="note")
        jobs.Working(job, "worlds")
        done = [trial for trial in lesson.trials if _key(trial, found.seed) in mine]
        if done:
            html(
                strips(
                    lesson.finding.outcome,
                    [
                        *_shown(lesson, found),
                        *(Strip(trial.title, mine[_key(trial, found.seed)], "trial") for trial in done),
                    ],
                )
            )
            tag("p", f"{lesson.finding.says} Each dot is one world.", class_="note")
        GoOn(lesson, found, done)


def _key(trial: Trial, seed: int) -> str:
    """What a trial's values are kept under: other worlds are another matter."""
    return f"{trial.name} {seed}"


def _try(job: jobs.Job, lesson: Lesson, trial: Trial, seed: int) -> None:
    """Run a trial in the worlds of the lesson."""
    finding = lesson.finding

    def work(progress: Callable[[int], None], stop: threading.Event) -> np.ndarray | None:
        found = studies.together([lesson.scenario(trial)], WORLDS, seed, lambda _: None, progress, stop)
        if found.refused:
            raise sim.CoprodError("\n".join(found.refused))
        return found.designs[0].final(finding.outcome, finding.whom) if found.whole else None

    def then(values: np.ndarray | None) -> None:
        if values is not None:
            kept(tried, lesson, {**tried.peek().get(lesson.key, {}), _key(trial, seed): values})

    job.start(work, WORLDS, then)


@solara.component
def GoOn(lesson: Lesson, found: Outcome, done: Sequence[Trial]) -> None:
    """Ways to go on with a design: watch it, change it, compare it."""
    parts: list[Design | Trial] = [lesson.first, lesson.second, *done]
    made: dict[str, Scenario] = {part.title: lesson.scenario(part) for part in parts}
    runs = {title: Run(scenario, found.seed, found.typical) for title, scenario in made.items()}
    together = links.query_of_several([Run(one, found.seed) for one in list(made.values())[:4]])
    html(sheets.ways({title: links.query(run) for title, run in runs.items()}, together))


@solara.component
def TakeAway(lesson: Lesson) -> None:
    """What can be printed and handed out."""
    found = outcomes.value.get(lesson.key)
    with Panel("For the class"):
        tag(
            "p",
            "The worksheet prints on A4: first a page for learners without what comes out, then notes for the teacher with it.",
        )
        with tag("div", class_="take-away"):
            Download("Worksheet with teacher's notes", partial(_worksheet, lesson))
            if found and found.worlds == WORLDS:
                Download("Hand out: this world, for phones", partial(_handout, found))


def _worksheet(lesson: Lesson) -> File:
    """The worksheet with what comes out in the worlds that it was written for."""
    found = findings.counted(lesson)
    assert found is not None  # nobody stops it
    return File(f"worksheet-{lesson.key}.html", "text/html", sheets.worksheet(found).encode())


def _handout(found: Outcome) -> File:
    """The world that was seen, under both designs, as one page that opens from disk."""
    lesson = found.lesson
    page = handout(
        [json.loads(played(run)) for run in _runs(found)],
        names=[lesson.first.title, lesson.second.title],
        title=lesson.title,
        intro=f"{lesson.question} {_verdict(found)}",
    )
    return File(f"lesson-{lesson.key}.html", "text/html", page.encode())
