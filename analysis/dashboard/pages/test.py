"""Test: one thing turned off with the same people and the same luck; programme theories and what becomes of their claims."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, quote

import solara
from markupsafe import Markup

import scenarios
import sim
from analysis import theory_tables
from analysis.dashboard import (
    controls,
    effects,
    jobs,
    limits,
    links,
    studies,
    trials,
    trouble,
    turning,
    visit,
)
from analysis.dashboard.downloads import Download, File
from analysis.dashboard.playing import Play
from analysis.dashboard.tags import html, tag
from analysis.dashboard.trials import TRIALS, Subject, Trial
from analysis.dashboard.turning import Turned, Twins
from analysis.replay import handout
from analysis.report import theory_page
from sim import CoprodError

if TYPE_CHECKING:
    from analysis.contests import Contest
    from analysis.examination import Plan
    from scenarios import Claim, Theory

WORLDS: Final = 100  # in which a change is tried beside the run that is looked at
VIEWS: Final = (("turn", "One thing turned"), ("theory", "A theory"), ("rivals", "Rival theories"))
FIRST: Final = "eaa"
CONTEST: Final = Subject("patterns", trials.PATTERNS)

view = solara.reactive("turn")
turned: solara.Reactive[Turned | None] = solara.reactive(None)
theory = solara.reactive(FIRST)
rivals: solara.Reactive[tuple[str, ...]] = solara.reactive(("contact", FIRST, "information"))


@solara.component
def Page() -> None:
    """Why did it come out like this, and does a theory hold?"""
    search = solara.use_router().search
    solara.use_memo(lambda: trouble.safely(_open)(search), [search])
    with tag("div", class_="sheet"):
        with tag("div", class_="bar"):
            tag("h1", "Test")
            controls.Controls(
                [controls.radio("view", "What to test", view.value, VIEWS)],
                lambda _, value: view.set(value),
                "What to test",
                row=True,
                quiet=True,
            )
            if view.value in BARS:
                BARS[view.value]()
        {"turn": OneThingTurned, "theory": ATheory, "rivals": Rivals}[view.value]()


def _open(search: str | None) -> None:
    """Show what the address asks for: a theory, or what is turned."""
    asked = {key: values[0] for key, values in parse_qs((search or "").lstrip("?")).items()}
    if "theory" in asked:
        if asked["theory"] not in scenarios.theories():
            known = ", ".join(scenarios.theories())
            msg = f"There is no theory {asked['theory'][:60]!r} in the library; known are {known}."
            raise sim.ScenarioError(msg)
        theory.set(asked["theory"])
        view.set("theory")
    if "turned" in asked:
        turned.set(Turned.read(visit.current().scenario, asked["turned"]))
        view.set("turn")


# ---- one thing turned ------------------------------------------------------------------------------------------------


def _turned() -> Turned:
    """What is turned in the process before the visitor."""
    here, now = turned.value, visit.current().scenario
    return here if here is not None and here.scenario == now else Turned.first(now)


@solara.component
def TurnedBar() -> None:
    """Which run, and ways to take it along."""
    now, here = visit.current(), _turned()
    controls.Controls(
        [
            controls.select("scenario", "Process", visit.option_of(now.scenario), visit.options()),
            controls.number("seed", "Seed", now.seed, 0, step=1),
            *_link(now, here),
        ],
        _choose_run,
        "Which run",
        row=True,
        quiet=True,
    )


def _link(now: links.Run, here: Turned) -> list[controls.Field]:
    """A link to what is seen; none where the process is too long for one."""
    try:
        return [controls.copy("Copy link", f"/test?{links.query(now)}&turned={quote(here.text)}")]
    except CoprodError:
        return []


def _choose_run(key: str, value: Any) -> None:
    now = visit.current()
    if key == "scenario":
        visit.look_at(links.Run(visit.chosen(value), now.seed))
    elif key == "seed":
        visit.look_at(replace(now, seed=links.seed_of(value), replicate=0, note=""))


@solara.component
def OneThingTurned() -> None:
    """The run before the visitor, and beside it the same people with the same luck and something turned."""
    now, here = visit.current(), _turned()
    found = solara.use_memo(lambda: _twins(now, here), [now, here])
    with tag("section", class_="panel dials", aria_label="What to turn"):
        controls.Controls(_dials(here), _turn, "What to turn", row=True, quiet=True)
    if isinstance(found, str):
        tag("p", found, class_="parting", role="status")
        return
    tag("p", _parting(found, here), class_="parting", role="status")
    with tag("div", class_="side-by-side-runs"):
        if found.parting is None:
            Play(found.docs[:1])
        else:
            at = (found.parting.session, found.parting.moment)
            Play(found.docs, list(found.names), at, back="Where they part")
    html(_about_dials())
    if here.changes:
        Outcomes(now, here, found)


def _twins(now: links.Run, here: Turned) -> Twins | str:
    """The two runs, or in a sentence why there are none."""
    try:
        limits.refuse(now.scenario)
        return turning.twins(now, here)
    except CoprodError as refusal:
        return str(refusal)


def _dials(here: Turned) -> list[controls.Field]:
    sliders = [
        controls.slider(
            f"dial {name}", name, here.dial(name), known["minimum"], known["maximum"], 0.05, settled=True
        )
        for name, known in turning.dials().items()
    ]
    more = [("", "nothing else")] + [(switch.key, switch.label) for switch in turning.further(here.scenario)]
    return [
        *sliders,
        controls.select("switch", "and beside the dials", here.switch, more),
        controls.button("back", "Turn all back", disabled=not here.changes),
    ]


def _turn(key: str, value: Any) -> None:
    here = _turned()
    if key.startswith("dial "):
        turned.set(here.with_dial(key.removeprefix("dial "), float(value)))
    elif key == "switch":
        turned.set(replace(here, switch=str(value)))
    else:
        turned.set(Turned(here.scenario))


def _about_dials() -> Markup:
    """What each dial changes, with the way to its sentence in the description of the model."""
    row = Markup('<a href="/about#mechanism-{name}" title="{says}">{name}</a>')
    each = Markup(" · ").join(
        row.format(name=name, says=known["description"]) for name, known in turning.dials().items()
    )
    return Markup(
        '<p class="note rules">A dial at 1 is as planned, at 0 off. The same people with the same luck meet in both runs, so that everything before they part is the same. The rule behind each dial: {}.</p>'
    ).format(each)


def _parting(found: Twins, here: Turned) -> str:
    if found.parting is not None:
        return found.parting.sentence
    if not here.changes:
        return "Nothing is turned: move a dial, or choose something beside the dials."
    why = turning.idle(here) or "With other people or other luck it may; the worlds below tell."
    return f"Nothing differs {found.names[1]} in this run, from beginning to end. {why}"


@solara.component
def Outcomes(now: links.Run, here: Turned, twins: Twins) -> None:
    """What the change makes of the outcomes, in this run and in many worlds."""
    key = (now, here.changes)
    job = jobs.use_job()
    found, set_found = solara.use_state((key, studies.Found((), 0, WORLDS)))

    def begin() -> None:
        designs = [now.scenario, here.changed()]

        def work(progress: Callable[[int], None], stop: threading.Event) -> studies.Found:
            return studies.together(designs, WORLDS, now.seed, lambda _: None, progress, stop)

        job.start(work, 2 * WORLDS, lambda result: set_found((key, result)))

    solara.use_effect(begin, [key])
    with trouble.Panel("What it makes of the outcomes"):
        known = found[1] if found[0] == key else studies.Found((), 0, WORLDS)
        if len(known.designs) == 2:
            rows = effects.effects(known.designs, twins.ends, here.name)
            html(effects.table(rows, here.name, known.worlds))
        else:
            why = " ".join(known.refused) or "This run is one world. The change is being tried in others."
            tag("p", why, class_="note")
        jobs.Working(job, "runs")
        Download("Hand out both runs", lambda: _both(now, twins))


def _both(now: links.Run, twins: Twins) -> File:
    """The two runs, as one page that opens from disk."""
    docs = [json.loads(doc) for doc in twins.docs]
    part = twins.parting
    page = handout(
        docs,
        names=twins.names,
        title=f"{docs[0]['title']}: {twins.names[0]}, and {twins.names[1]}",
        intro=part.sentence if part else "",
        start=(part.session, part.moment) if part else 0.0,
    )
    return File(f"{now.scenario.name}-{now.seed}-turned.html", "text/html", page.encode())


# ---- theories --------------------------------------------------------------------------------------------------------


@solara.component
def TheoryBar() -> None:
    """Which theory."""
    controls.Controls(
        [
            controls.select(
                "theory",
                "Theory",
                theory.value,
                [(n, scenarios.theory(n).title) for n in scenarios.theories()],
            ),
            controls.copy("Copy link", f"/test?theory={quote(theory.value)}"),
        ],
        lambda _, value: theory.set(value),
        "Which theory",
        row=True,
        quiet=True,
    )


@solara.component
def ATheory() -> None:
    """A theory, and what the model says to each of its claims."""
    Claims(theory.value).key(theory.value)


@solara.component
def Claims(name: str) -> None:
    """The claims of a theory with their verdicts: a first look at once, the full test when asked for."""
    known, subject = scenarios.theory(name), Subject("theory", name)
    trial, job, in_full = use_trial(subject)
    with tag("div", class_="columns two"):
        with trouble.Panel(known.title):
            tag("p", known.about)
            tag("p", f"Source: {known.source}", class_="note")
        with trouble.Panel("What the model says to its claims"):
            html(_tally(trial) if trial is not None else Markup(""))
            Standing(TRIALS.full(subject), TRIALS.plan(subject), job, in_full)
            if trial is not None:
                with tag("div", class_="bar files"):
                    Download("Report (HTML)", lambda: _report(name, trial))
                    Download("Verdicts (JSON)", lambda: _verdicts(name, trial))
    with tag("section", class_="panel", aria_label="Its claims"):
        html(_claims(known, trial))


def use_trial(subject: Subject) -> tuple[Trial | None, jobs.Job, Callable[[], None]]:
    """The best test of a subject that was made, the work at one, and a way to ask for the full one."""
    job = jobs.use_job()
    _, heard = solara.use_state(0.0)

    def quick(progress: Callable[[int], None], stop: threading.Event) -> None:
        TRIALS.make(subject, full=False, progress=progress, stop=stop)
        heard(time.monotonic())
        if not stop.is_set():
            TRIALS.make_plan(subject)

    def full(progress: Callable[[int], None], stop: threading.Event) -> None:
        TRIALS.make(subject, full=True, progress=progress, stop=stop)

    def begin() -> None:
        if TRIALS.plan(subject) is None:
            job.start(quick, trials.quick_runs(subject), lambda _: heard(time.monotonic()))

    def in_full() -> None:
        plan = TRIALS.plan(subject)
        if plan is not None:
            job.start(full, plan.runs, lambda _: heard(time.monotonic()))

    solara.use_effect(begin, [subject])
    return TRIALS.found(subject), job, in_full


@solara.component
def Standing(full: bool, plan: Plan | None, job: jobs.Job, in_full: Callable[[], None]) -> None:
    """In how many worlds something was tested, and the way to more."""
    planned = " ".join(theory_tables.plan(plan)) if plan is not None else "being planned, in other worlds."
    if full:
        tag("p", f"Tested in as many worlds as it takes: {planned}", class_="note")
        return
    first = f"A first look in {trials.QUICK} worlds: intervals are wide, and verdicts may still turn."
    tag("p", f"{first} The full test: {planned}", class_="note")
    # both forms are there from the beginning: one that moves is made anew, perhaps before the browser has made it
    button = controls.button(
        "full", "Test in as many worlds as it takes", "primary", disabled=job.progress.value.busy
    )
    controls.Controls([button] if plan is not None else [], lambda *_: in_full())
    jobs.Working(job, "runs")


def _tally(trial: Trial) -> Markup:
    part = effects.template("theories.html.j2")
    made: Markup = part.tally(theory_page.counted(trial.examination)) + part.meaning()
    return made


def _claims(known: Theory, trial: Trial | None) -> Markup:
    """The claims as a table; before they are tested, what they say."""
    rows = [
        (
            theory_page.row(name, trial.examination) if trial else theory_page.untested(name, claim),
            list(_how(claim)),
        )
        for name, claim in known.claims.items()
    ]
    made: Markup = effects.template("theories.html.j2").claims(rows, "Claim")
    foot = theory_tables.footnote(trial.examination) if trial else ""
    return made + Markup('<p class="note">{}</p>').format(foot)


def _how(claim: Claim) -> Iterator[tuple[str, str]]:
    """How a claim is tested: where, what is varied, and where it comes from."""
    settings = ", ".join(claim.context.set)
    yield "where", claim.context.scenario + (f" ({settings})" if settings else "")
    if claim.context.why:
        yield "why there", claim.context.why
    for name, factor in claim.factors.items():
        levels = (
            f"{level} ({', '.join(changes) or 'as it stands'})" for level, changes in factor.levels.items()
        )
        yield f"varied: {theory_tables.words(name)}", " against ".join(levels)
    yield "source", claim.source


def _report(name: str, trial: Trial) -> File:
    page = theory_page.of_examination(scenarios.theory(name), trial.examination, trial.made, None)
    return File(f"{name}.html", "text/html", page.encode())


def _verdicts(name: str, trial: Trial) -> File:
    return File(f"{name}.json", "application/json", _json(trial.examination.summary()))


def _json(said: Any) -> bytes:
    return (json.dumps(said, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


# ---- rivals ----------------------------------------------------------------------------------------------------------


@solara.component
def Rivals() -> None:
    """Rival theories held against the same patterns."""
    held = scenarios.patterns(trials.PATTERNS)
    trial, job, in_full = use_trial(CONTEST)
    with trouble.Panel(held.title):
        tag("p", held.about)
        controls.Controls(
            [
                controls.check(name, scenarios.theory(name).title, name in rivals.value)
                for name in trials.rivals()
            ],
            _choose_rival,
            "Which theories",
            row=True,
        )
        Standing(TRIALS.full(CONTEST), TRIALS.plan(CONTEST), job, in_full)
    if trial is not None:
        with tag("section", class_="panel", aria_label="What each predicts, and what the model shows"):
            if len(rivals.value) < 2:
                tag("p", "Choose at least two theories.")
                return
            contest = trials.contest(rivals.value, trial)
            html(_contest(contest))
            with tag("div", class_="bar"):
                Download("Report (HTML)", lambda: _contest_report(contest, trial))
                Download(
                    "Fits (JSON)", lambda: File("contest.json", "application/json", _json(contest.summary()))
                )


def _choose_rival(name: str, wanted: Any) -> None:
    rivals.set(tuple(n for n in trials.rivals() if (wanted if n == name else n in rivals.value)))


def _contest(contest: Contest) -> Markup:
    rows = [
        {
            "row": theory_page.row(name, contest.examination),
            "shown": contest.shown(name),
            "reported": pattern.reported,
            "reported_by": pattern.reported_by,
            "cells": [(one.predictions.get(name), contest.fit(one, name)) for one in contest.theories],
        }
        for name, pattern in contest.patterns.patterns.items()
    ]
    made: Markup = effects.template("theories.html.j2").rivals(contest, rows, theory_tables.of_pairs(contest))
    return made


def _contest_report(contest: Contest, trial: Trial) -> File:
    return File("contest.html", "text/html", theory_page.of_contest(contest, trial.made).encode())


BARS: Final[dict[str, Callable[[], Any]]] = {"turn": TurnedBar, "theory": TheoryBar}
