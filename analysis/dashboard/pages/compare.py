"""Compare: two to four designs in the same worlds, while they are run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import Any, Final

import anywidget
import solara
import traitlets
from markupsafe import Markup

from analysis.dashboard import (
    choices,
    comparing,
    controls,
    jobs,
    limits,
    links,
    studies,
    takeaway,
    trouble,
    visit,
)
from analysis.dashboard.choices import Choice
from analysis.dashboard.downloads import Download
from analysis.dashboard.studies import Found
from analysis.dashboard.tags import html, tag
from analysis.dashboard.trouble import Panel
from analysis.look import bundle
from analysis.report import platforms, words
from sim import ScenarioError

WORLDS: Final = (50, 100, 200, 500, 1000)
SAME: Final = (
    "The same people with the same luck in every design, so that a difference comes from the design."
)
OTHERS: Final = "These designs invite different people, so that a difference may come from the people as well as from the design."
NOTHING: Final = Found((), 0, 0)


@dataclass(frozen=True)
class Asked:
    """A comparison that somebody wants to see."""

    choices: tuple[Choice, ...]
    worlds: int
    seed: int
    note: str = ""
    """What a reader should know of where it comes from."""


@dataclass(frozen=True)
class View:
    """What of it is looked at."""

    family: str = "agreement"
    against: int = 0
    outcome: str = "informed_agreement"
    pair: int = 1


asked: solara.Reactive[Asked | None] = solara.reactive(None)
"""What the visitor chose; None until then, so that it follows what is before them."""

view: solara.Reactive[View] = solara.reactive(View())


def now_asked() -> Asked:
    """What is compared: what was chosen, else what is before the visitor and its rivals, else three of the library."""
    if asked.value is not None:
        return asked.value
    run = visit.current()
    mine = (
        choices.natural(run.scenario, visit.option_of(run.scenario)) if visit.run.value else choices.usual()
    )
    return Asked(mine, choices.WORLDS, run.seed)


class Chart(anywidget.AnyWidget):
    """One part of a comparison, drawn in the browser from small summaries."""

    _esm = (
        bundle(controls.JS / "compare.js")
        + """
export default { render({ model, el }) {
  el.classList.add("coprod-chart");
  const show = chart(el, model.get("part"));
  const update = () => show(model.get("shown").data);
  model.on("change:shown", update);
  update();
} };"""
    )
    part = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)


@solara.component
def Page() -> None:
    """The choice of designs, and what comes out while they are run."""
    router = solara.use_router()
    solara.use_memo(lambda: trouble.safely(_open)(router.search), [router.search])
    now = now_asked()
    job = jobs.use_job()
    heard = solara.use_memo(lambda: solara.reactive(NOTHING), [])
    designs, wrong = solara.use_memo(
        lambda: choices.scenarios_of(now.choices), [now.choices, visit.own.value]
    )

    def begin() -> None:
        job.start(
            lambda progress, stop: studies.together(
                designs, now.worlds, now.seed, _unless(stop, heard.set), progress, stop
            ),
            len(designs) * now.worlds,
            heard.set,
        )

    solara.use_effect(begin, [designs, now.worlds, now.seed])
    with tag("div", class_="sheet"):
        with tag("div", class_="bar"):
            tag("h1", "Compare")
            tag("p", SAME if choices.same_people(designs) else OTHERS, class_="so-far")
        with tag("section", class_="panel", aria_label="What is compared"):
            Choosing(now)
            HowMany(now, designs, job, begin)
            for sentence in (now.note, *wrong):
                if sentence:
                    tag("p", sentence, class_="note")
        Results(heard)


def _unless(stop: Event, hear: Callable[[Found], None]) -> Callable[[Found], None]:
    """Hear of what was found, unless something else was asked for meanwhile."""
    return lambda found: None if stop.is_set() else hear(found)


def _open(search: str | None) -> None:
    """Compare what the address asks for, if it asks for several."""
    runs = links.opened_several(search)
    if len(runs) < choices.FEWEST:
        return
    if len(runs) > choices.MOST:
        msg = f"This link holds {len(runs)} designs; at most {choices.MOST} can be compared here."
        raise ScenarioError(msg)
    for run in runs:
        if not links.in_library(run.scenario):
            visit.keep(run.scenario)
    worlds = links.number(search, "worlds") or choices.WORLDS
    chosen = tuple(Choice(visit.option_of(run.scenario)) for run in runs)
    notes = dict.fromkeys(run.note for run in runs if run.note)
    asked.set(Asked(chosen, min(max(2, worlds), limits.current().replicates), runs[0].seed, " ".join(notes)))


# ---- what is compared ------------------------------------------------------------------------------------------------


@solara.component
def Choosing(now: Asked) -> None:
    """Two to four designs, each a process and perhaps one thing about it that is otherwise."""

    def change(place: int, key: str, value: Any) -> None:
        before = now_asked()
        chosen = list(before.choices)
        if place >= len(chosen):
            return  # it was removed a moment ago
        if key == "option":
            chosen[place] = Choice(value)
        elif key == "change":
            chosen[place] = replace(chosen[place], change=value)
        elif key == "remove" and len(chosen) > choices.FEWEST:
            del chosen[place]
        asked.set(replace(before, choices=tuple(chosen), note=""))

    with tag("div", class_="designs"):
        for place, choice in enumerate(now.choices):
            with tag("div", class_="design").key(f"design {place}"):
                controls.Controls(
                    _fields(choice, place, len(now.choices)), partial(change, place), f"Design {place + 1}"
                )


def _fields(choice: Choice, place: int, several: int) -> list[controls.Field]:
    scenario = visit.chosen(choice.option)
    fields = [
        controls.select("option", f"Design {place + 1}", choice.option, visit.options()),
        controls.select(
            "change", "with one change", choice.change, [("", "as it is"), *choices.changes(scenario)]
        ),
    ]
    if several > choices.FEWEST:
        fields.append(controls.button("remove", "Remove"))
    return fields


def _another(chosen: Sequence[Choice]) -> Choice:
    """A design that is not there yet: the first one with a change that is not."""
    first = chosen[0].option
    keys = [key for key, _ in choices.changes(visit.chosen(first))]
    free = (Choice(first, key) for key in (*choices.TELLING, *keys) if key in keys)
    return next(choice for choice in free if choice not in chosen)


@solara.component
def HowMany(now: Asked, designs: Sequence[Any], job: jobs.Job, begin: Callable[[], None]) -> None:
    """How many worlds, which ones, how far they are, and a link to all of it."""

    def change(key: str, value: Any) -> None:
        before = now_asked()
        if key == "worlds":
            asked.set(replace(before, worlds=int(value), note=""))
        elif key == "seed":
            asked.set(replace(before, seed=links.seed_of(value), note=""))
        elif key == "add" and len(before.choices) < choices.MOST:
            asked.set(replace(before, choices=(*before.choices, _another(before.choices)), note=""))
        elif key == "run":
            begin()

    fields = [
        controls.select(
            "worlds", "Worlds", str(now.worlds), [(str(n), f"{n:,}") for n in _worlds(now.worlds)]
        ),
        controls.number(
            "seed", "Seed", now.seed, 0, step=1, title="Which people, and what chance does to them"
        ),
    ]
    if len(now.choices) < choices.MOST:
        fields.append(controls.button("add", "Add a design"))
    if job.progress.value.state in ("stopped", "failed"):
        fields.append(controls.button("run", "Run", "primary"))
    link = solara.use_memo(lambda: _link(designs, now), [designs, now])
    if link:
        fields.append(controls.copy("Copy link", link))
    with tag("div", class_="how-many"):
        controls.Controls(fields, change, "How many worlds", row=True, quiet=True)
        jobs.Working(job, "runs")


def _worlds(now: int) -> list[int]:
    most = limits.current().replicates
    return sorted({*(n for n in WORLDS if n <= most), now})


def _link(designs: Sequence[Any], now: Asked) -> str:
    """The address of the comparison; empty if it is too long for one."""
    try:
        runs = [links.Run(scenario, now.seed) for scenario in designs]
        return "/compare?" + links.query_of_several(runs, worlds=now.worlds) if runs else ""
    except ScenarioError:
        return ""


# ---- what came out ---------------------------------------------------------------------------------------------------


@solara.component
def Results(heard: solara.Reactive[Found]) -> None:
    """Everything that is shown of what was found so far."""
    found, look = heard.value, view.value
    with tag("div", class_="results", data_worlds=str(found.worlds), data_whole=str(found.whole).lower()):
        for sentence in found.refused:
            tag("p", sentence, class_="panel refused", role="status")
        if found.designs:
            Panels(found, look)


@solara.component
def Panels(found: Found, look: View) -> None:
    """The panels, one after the other."""
    known = {family.key: family for family in platforms.families(found.designs)}
    family, count = known.get(look.family, words.FAMILIES[0]), len(found.designs)
    against = min(look.against, count - 1)

    def choose(key: str, value: Any) -> None:
        changes: dict[str, Any] = {key: int(value) if key in ("against", "pair") else value}
        view.set(replace(view.value, **changes))

    with tag("div", class_="panels", data_seed=str(found.designs[0].seed)):
        with tag("div", class_="first"):
            Answer(found)
            TakeAway(found, against, look.pair, choose)
        Outcomes(found, family, choose)
        if count > 1:
            Differences(found, against, family, choose)
        LeftOut(found)
        Voice(found)
        if count > 1:
            Bargains(found, look.outcome, choose)


def _so_far(found: Found) -> str:
    many = words.count(found.worlds, "world")
    lost = sum(map(len, found.failed.values()))
    failed = (
        f" {words.count(lost, 'run')} failed and {'is' if lost == 1 else 'are'} left out." if lost else ""
    )
    return (f"{many}." if found.whole else f"{many} of {found.of:,} so far.") + failed


@solara.component
def Answer(found: Found) -> None:
    """What is said first."""
    said = solara.use_memo(lambda: comparing.answer(found.designs), [found])
    title = "Which design does what better" if len(found.designs) > 1 else "What this process reaches"
    with Panel(title, class_="panel answer"):
        html(said)
        tag(
            "p",
            _so_far(found)
            + " Only what is better by more than chance explains, and in most worlds, is called best. "
            "This is what happens in a model; it is no forecast.",
            class_="note",
        )


@solara.component
def Outcomes(found: Found, family: words.Family, choose: Callable[[str, Any], None]) -> None:
    """How the outcomes of a family are distributed over the worlds."""
    with Panel("Outcomes, with their uncertainty", class_="panel outcomes"):
        with tag("div", class_="panel-head"):
            tag(
                "p",
                f"{family.question} Each dot stands for {_a_dot(found)}; the diamond is the mean, the bar its 95% interval.",
            )
            controls.Controls(
                [
                    controls.select(
                        "family",
                        "Outcomes of",
                        family.key,
                        [(f.key, f.title) for f in platforms.families(found.designs)],
                    )
                ],
                choose,
            )
        Drawn(
            "distributions",
            solara.use_memo(lambda: comparing.distributions(found.designs, family), [found, family]),
        )
        Numbers(lambda: comparing.numbers(found.designs, family), [found, family])


def _a_dot(found: Found) -> str:
    return f"one world in {20}" if found.worlds >= 20 else "one world"


@solara.component
def Differences(found: Found, against: int, family: words.Family, choose: Callable[[str, Any], None]) -> None:
    """Every other design against one, in words, with how sure."""
    said = solara.use_memo(
        lambda: comparing.differences(found.designs, against, family), [found, against, family]
    )
    with Panel("Differences, world by world"):
        with tag("div", class_="panel-head"):
            html(
                Markup(
                    'The bar shows in how many worlds a design has <span class="key more"></span> more, '
                    '<span class="key same"></span> as much or <span class="key less"></span> less.'
                ),
                "p",
            )
            controls.Controls(
                [controls.select("against", "Hold the others against", str(against), _names(found))], choose
            )
        html(said)


@solara.component
def LeftOut(found: Found) -> None:
    """From invited to having moved the draft, by group."""
    with Panel("Who is left out, and where"):
        tag(
            "p",
            "Shares of those invited who get as far. Nobody drops out of the count: those who stayed away are in it.",
        )
        html(solara.use_memo(lambda: comparing.funnel(found.designs), [found]))
        Numbers(
            lambda: comparing.funnel_numbers(found.designs),
            [found],
            "With intervals, and for those who face a barrier",
        )


@solara.component
def Voice(found: Found) -> None:
    """Whose talk, whose notes, whose draft."""
    with Panel("Voice and influence by group"):
        tag(
            "p",
            "The lines of voice hold 9 of 10 worlds. Influence: the diamond is the mean, the thick line half of the worlds, the thin one 9 of 10.",
        )
        Drawn("voices", solara.use_memo(lambda: comparing.voices(found.designs), [found]))
        Numbers(lambda: comparing.voice_numbers(found.designs), [found])


@solara.component
def Bargains(found: Found, outcome: str, choose: Callable[[str, Any], None]) -> None:
    """What designs cost against what they reach."""
    drawn = solara.use_memo(lambda: comparing.bargains(found.designs, outcome), [found, outcome])
    with Panel("Cost against outcomes"):
        if comparing.one_currency(found.designs):
            with tag("div", class_="panel-head"):
                shown = min(comparing.CLOUD, found.worlds)
                tag(
                    "p",
                    f"Small marks are single worlds ({shown} of each design); large ones are means, their crosses 95% intervals.",
                )
                AgainstCost(outcome, choose)
        with tag("div", class_="beside"):
            if drawn is not None:
                Drawn("bargains", drawn, wide=True)
            with tag("ul"):
                for line in comparing.weighed(found.designs, outcome):
                    tag("li", line)
        Numbers(lambda: comparing.cost_numbers(found.designs), [found], "Cost by heading, and hours")


@solara.component
def AgainstCost(outcome: str, choose: Callable[[str, Any], None]) -> None:
    """The choice of what cost is held against."""
    options = [(question.outcome, words.title(question.outcome)) for question in comparing.questions()]
    controls.Controls([controls.select("outcome", "What cost is held against", outcome, options)], choose)


@solara.component
def TakeAway(found: Found, against: int, pair: int, choose: Callable[[str, Any], None]) -> None:
    """Files of what was found, and how to make it again."""
    scenarios, seed = [runs.scenario for runs in found.designs], found.designs[0].seed
    with Panel("Take it away", class_="panel take-away"):
        tag(
            "p",
            "The report holds all of this and every session on the way. The data are the outcomes of every world, with the scenarios.",
        )
        with tag("div", class_="take"):
            if found.whole:
                Download("Download the report", lambda: takeaway.report(scenarios, found.worlds, seed))
            Download("Download the data", lambda: takeaway.data(found.designs, found.of))
        if len(found.designs) > 1:
            HandOut(found, against, pair, choose)
        tag("p", "To make it again on a command line", class_="note")
        tag("pre", tag("code", takeaway.command(scenarios, found.of, seed)))


@solara.component
def HandOut(found: Found, against: int, pair: int, choose: Callable[[str, Any], None]) -> None:
    """Two designs to be replayed side by side, from one file."""
    others = [(place, name) for place, name in _names(found) if place != str(against)]
    second = pair if str(pair) in dict(others) else int(others[0][0])
    first = found.designs[against].scenario.name
    tag(
        "p",
        f"One page for everybody replays {first} and another design side by side, in the most typical world.",
    )
    with tag("div", class_="take"):
        controls.Controls([controls.select("pair", "beside it", str(second), others)], choose, row=True)
        Download("Hand out", lambda: takeaway.pair(found.designs, against, second))


def _names(found: Found) -> list[tuple[str, str]]:
    return [(str(n), runs.scenario.name) for n, runs in enumerate(found.designs)]


@solara.component
def Drawn(part: str, data: Any, wide: bool = False) -> None:
    """A chart of this page."""
    with tag("div", class_="cards-of-charts wide" if wide else "cards-of-charts"):
        Chart.element(part=part, shown={"data": data})


@solara.component
def Numbers(
    make: Callable[[], Markup], follows: list[Any], title: str = "Numbers behind these charts"
) -> None:
    """Tables behind a chart; the frame stays, so that who opened it finds it open when numbers change."""
    said = solara.use_memo(make, follows)
    tag("details", tag("summary", title), html(said))
