"""One run as a document that a page can play back: who was where, what was said, kept and lost, and what became of it.

A page plays a document by itself, without asking anybody: forward, back, at any speed. So the server works only when
a run is made (some milliseconds), a class of thirty costs it nothing while they watch, and a hand-out opened from disk
shows exactly what was seen. People hold positions and say nothing in words; nothing in here is invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import scenarios
import sim
from analysis import statistics
from analysis.replay import who
from analysis.replay.feed import Commons
from analysis.replay.sampling import drawn, evenly
from analysis.report import platforms, story, words

if TYPE_CHECKING:
    from sim import CoProduction, Event, Scenario

FORMAT: Final = 1  # of the document; a page refuses one that it does not know
MOST_MOMENTS: Final = 90  # of talk, or of posts, in one session (judgement: nobody watches more of them)
CURVES: Final = (
    "engagement",
    "alignment",
    "agreement",
    "understanding",
    "informed_agreement",
    "left_out",
    "voice_equality",
)
DRIVES: Final = {
    "engagement": ("intentions", "assets"),
    "alignment": ("dialogue", "documentation"),
    "agreement": ("interpretation", "understanding"),
}
BAND_SEED: Final = 1  # of the worlds around which the bands lie, whichever run is looked at
ON_PLATFORMS: Final = (
    "read_equality",
    "mutuality",
    "competition",
    "conflict",
    "unread",
)  # where there is one
LEFT: Final = "left for good"  # why somebody is not there
KEPT, DIVERGENT, TAKEN_DOWN = 1, 2, 4  # flags of a contribution

Document = dict[str, Any]


def document(scenario: Scenario, seed: int = 1, replicate: int = 0, *, worlds: int = 0) -> Document:
    """Run one world and write down what a page needs to play it back.

    Parameters
    ----------
    scenario : what is simulated; at most 10,000 people.
    seed, replicate : which world, as in `sim.CoProduction`.
    worlds : how many worlds the bands around the curves rest on; no bands if 0.

    Raises
    ------
    sim.TooBigError : too many people to watch one by one.
    """
    model = sim.CoProduction(scenario, seed=seed, replicate=replicate, log=True)
    people = drawn(scenario)
    teller = _Teller(model, people)
    start = who.state(model, people)
    sessions = []
    while model.running:
        sessions.append(teller.next())
    curves = (*CURVES, *(ON_PLATFORMS if platforms.has_one(scenario) else ()))
    return {
        "format": FORMAT,
        "coprod": version("coprod"),
        "model": sim.sources_digest()[:12],
        "name": scenario.name,
        "title": words.called(scenario.title, scenario.name),
        "description": scenario.description,
        "library": scenario.name in scenarios.names() and scenarios.load(scenario.name) == scenario,
        "seed": seed,
        "replicate": replicate,
        "issues": [
            {"title": words.called(i.title, key), "kind": i.kind} for key, i in scenario.issues.items()
        ],
        "groups": who.groups(scenario),
        "people": who.described(model, people),
        "everybody": scenario.people,
        "grid": [{"cell": cell, "says": words.cell(cell)} for cell in sim.cells()],
        "outcomes": {
            name: {"title": words.title(name), "short": statistics.words(name), "meaning": _meaning(name)}
            for name in curves
        },
        "start": start,
        "sessions": sessions,
        **teller.commons.entries(),
        "series": {name: _series(model, name) for name in curves},
        "bands": _bands(scenario.model_dump_json(), worlds, curves) if worlds else {},
        "worlds": worlds,
        "rule": words.RULES[scenario.decision.rule],
        "stances": [[min(bound, 2.0), word] for bound, word in words.STANCES],  # JSON knows no infinity
        "drives": DRIVES,
    }


class _Teller:
    """Holds a run's sessions one by one, and writes each of them down."""

    def __init__(self, model: CoProduction, people: Sequence[int]) -> None:
        self.model, self.people = model, people
        self.scenario = model.scenario
        self.names = words.Names(model.scenario)
        self.issues = {key: k for k, key in enumerate(model.scenario.issues)}
        self.groups = {key: g for g, key in enumerate(model.scenario.groups)}
        self.commons = Commons(model, people)
        self.gone: set[int] = set()
        self.told: set[int] = set()
        self.wheels = np.zeros(len(sim.MECHANISMS))

    def next(self) -> dict[str, Any]:
        """Hold the next session, and write it down."""
        name = self.model.next_session
        assert name is not None
        self.model.step()
        events = story.happened(self.model, name)
        scene = story.Scene(self.model, name, events, self.names, self.gone, self.told)
        chapter = scene.chapter()
        circles = self._circles()
        left = [event.actor for event in scene.of("left")]
        feed = self.commons.after(scene)
        written = {
            "name": name,
            "title": chapter.title,
            "when": chapter.when,
            "where": chapter.where,
            "cell": self.scenario.cell(name),
            "week": self.scenario.sessions[name].week,
            "theme": self.scenario.sessions[name].theme,
            "came": chapter.came,
            "invited": chapter.invited,
            "lines": list(chapter.lines),
            **self._places(scene, circles),
            **feed,
            "gone": sorted(self.gone & set(self.people)),
            "drive": self._drive(),
            "moments": list(self._moments(scene, circles)),
            "kept": len(scene.of("noted")),
            "thinned": len(scene.of("said", "wrote")) > MOST_MOMENTS
            or len(self.people) < self.scenario.people,
            "after": who.state(self.model, self.people),
            "left": sorted(set(left) & set(self.people)),
        }
        self.gone |= set(left)
        return written

    def _circles(self) -> list[list[int]]:
        """Who sat together live, circle by circle."""
        room = self.model.state.room
        live, count = int(room.n[0]), int(room.n[1])
        ends = [*(int(at) for at in room.start[1:count]), live]
        members, first, circles = room.members, 0, []
        for end in ends if live else ():
            circles.append([int(i) for i in members[first:end]])
            first = end
        return circles

    def _places(self, scene: story.Scene, circles: list[list[int]]) -> dict[str, Any]:
        """Where everybody drawn is: at a table, on a screen, later, or away and why."""
        shown = set(self.people)
        channel: dict[str, list[int]] = {}
        ways = Counter(event.channel for event in scene.of("came"))
        for event in scene.of("came"):
            if event.actor in shown:
                channel.setdefault(event.channel or "", []).append(event.actor)
        here = set(scene.here)
        stopped = {event.actor: str(event.about) for event in scene.of("stopped")}
        away = [
            [i, stopped.get(i, "stayed away")]
            for i in scene.invited
            if i not in here and i not in self.gone and i in shown
        ]
        reasons = Counter(
            stopped.get(i, "stayed away") for i in scene.invited if i not in here and i not in self.gone
        )
        return {
            "circles": [[i for i in circle if i in shown] for circle in circles],
            "onsite": channel.get("live-onsite", []),
            "remote": channel.get("live-remote", []),
            "later": [*channel.get("later-onsite", []), *channel.get("later-remote", [])],
            "here": {
                "tables": ways["live-onsite"],
                "screens": ways["live-remote"],
                "later": ways["later-onsite"] + ways["later-remote"],
            },
            "away": away,
            "absent": reasons.total(),
            "reasons": {**reasons, **({LEFT: len(self.gone)} if self.gone else {})},
        }

    def _drive(self) -> dict[str, list[float]]:
        """Effective minutes of each wheel's two mechanisms in this session, per person invited, as they were observed."""
        now = np.array([self.model.outcome(f"minutes_{mechanism}") for mechanism in sim.MECHANISMS])
        spent, self.wheels = now - self.wheels, now
        minutes = dict(zip(sim.MECHANISMS, spent, strict=True))
        return {wheel: [round(float(minutes[m]), 1) for m in pair] for wheel, pair in DRIVES.items()}

    def _moments(self, scene: story.Scene, circles: list[list[int]]) -> Iterator[dict[str, Any]]:
        """What happens, moment by moment; circles talk at the same time, so a moment has a contribution of each."""
        yield {"is": "arrive"}
        spent = self._minutes(scene.session)
        for phase in ("intentions", "assets"):
            if spent[phase] and circles:
                yield {"is": phase, "minutes": round(spent[phase])}
        yield from self._talk(scene, circles)
        yield from self._posts(scene)
        yield from self._reading(scene)
        yield from self._asking(scene)
        yield from self._draft(scene)
        left = [event.actor for event in scene.of("left")]
        yield {"is": "leave", "left": [i for i in left if i in set(self.people)]}

    def _minutes(self, session: str) -> dict[str, float]:
        """Live minutes of each mechanism, as the agenda and the dials have it."""
        shares = self.scenario.sessions[session].shares()
        live, _ = sim.minutes_of(self.scenario, session)
        dials = sim.dials_of(self.scenario, session)
        return {m: live * shares[n] * dials[n] for n, m in enumerate(sim.MECHANISMS)}

    def _talk(self, scene: story.Scene, circles: list[list[int]]) -> Iterator[dict[str, Any]]:
        circle_of = {i: c for c, circle in enumerate(circles) for i in circle}
        said: list[list[Event]] = [[] for _ in circles]
        kept: list[list[bool]] = [[] for _ in circles]
        # a circle's contributions stand together in the log, and after them, in the same order, what became of each
        for event in scene.events:
            if event.kind == "said":
                said[circle_of[event.actor]].append(event)
            elif event.kind in ("noted", "not_noted") and (event.channel or "").startswith("live"):
                kept[circle_of[event.actor]].append(event.kind == "noted")
        rounds = list(
            zip_longest(
                *(self._contributions(s, k, c) for c, (s, k) in enumerate(zip(said, kept, strict=True)))
            )
        )
        yield from self._cut(rounds, "talk")

    def _contributions(self, said: list[Event], kept: list[bool], circle: int) -> list[list[float]]:
        return [self._contribution(event, was, circle) for event, was in zip(said, kept, strict=True)]

    def _contribution(self, event: Event, kept: bool, circle: int) -> list[float]:
        """Who, on what, which position, flags, and in which circle."""
        flags = KEPT * kept + DIVERGENT * event.divergent
        assert event.issue is not None
        assert event.value is not None
        return [event.actor, self.issues[event.issue], round(event.value, 2), flags, circle]

    def _posts(self, scene: story.Scene) -> Iterator[dict[str, Any]]:
        """What is written later; on a platform with the entry that it is and the one that it answers, -1 if none."""
        posts: list[list[float]] = []
        number = int(self.model.state.record.length[0]) - sum(_later(event) for event in scene.of("noted"))
        before = number
        for event in scene.events:
            if event.kind == "wrote":
                posts.append(
                    [
                        *self._contribution(event, False, -1),
                        -1,
                        -1 if event.about is None else int(event.about),
                    ]
                )
            elif event.kind == "noted" and _later(
                event
            ):  # a post that is kept stands right behind its writing
                posts[-1][3] = int(posts[-1][3]) | KEPT
                posts[-1][5] = number
                number += 1
            elif event.kind == "taken_down":
                posts[-1][3] = int(posts[-1][3]) | TAKEN_DOWN
        size = -(-len(posts) // 24)
        rounds = [tuple(posts[n : n + size]) for n in range(0, len(posts), size or 1)]
        for moment, batch in zip(self._cut(rounds, "post"), rounds, strict=True):
            before = max(before, *(int(one[5]) + 1 for one in batch))
            yield moment | {"upto": before}

    def _reading(self, scene: story.Scene) -> Iterator[dict[str, Any]]:
        """Who reads: on a platform, which entries; elsewhere, how many."""
        if self.scenario.sessions[scene.session].platform is not None:
            yield from self.commons.reading(scene)
            return
        reads = [[event.actor, event.about] for event in scene.of("read") if event.about]
        if reads:
            yield {"is": "read", "reads": [one for one in reads if one[0] in set(self.people)],
                   "entries": sum(int(count) for _, count in reads)}  # fmt: skip

    def _cut(self, rounds: Sequence[tuple[list[float] | None, ...]], what: str) -> Iterator[dict[str, Any]]:
        """Rounds of contributions as moments; those of people who are not drawn are counted and not shown."""
        shown = set(self.people)
        for chosen in evenly(rounds, MOST_MOMENTS):
            every = [one for batch in chosen for one in batch if one is not None]
            here = [
                one
                for one in (chosen[0] if len(chosen) == 1 else chosen[-1])
                if one is not None and one[0] in shown
            ]
            marks = [[self._group(int(one[0])), int(one[3])] for one in every]
            yield {"is": what, "said": here, "marks": marks}

    def _group(self, person: int) -> int:
        return int(self.model.people.group[person])

    def _asking(self, scene: story.Scene) -> Iterator[dict[str, Any]]:
        shown = set(self.people)
        answers = [
            [event.actor, self.groups[str(event.about)], self.issues[str(event.issue)]]
            for event in scene.of("answered")
            if event.actor in shown
        ]
        lost = len(scene.of("unanswered"))
        total = len(scene.of("answered"))
        size = -(-len(answers) // 12)
        for n in range(0, len(answers), size or 1):
            yield {"is": "ask", "answers": answers[n : n + size], "answered": total, "lost": lost}
        if lost and not answers:
            yield {"is": "ask", "answers": [], "answered": total, "lost": lost}

    def _draft(self, scene: story.Scene) -> Iterator[dict[str, Any]]:
        drafted = scene.of("drafted")
        if not drafted:
            return
        shown = set(self.people)
        votes = {
            kind: [
                [event.actor, self.issues[str(event.issue)]]
                for event in scene.of(kind)
                if event.actor in shown
            ]
            for kind in ("accepted", "opposed", "gave_way")
        }
        positions = [None if event.value is None else round(event.value, 2) for event in drafted]
        reached = self.model.outcome("consensus_reached")
        yield {"is": "draft", "by": drafted[0].actor, "positions": positions, **votes,
               "reached": None if np.isnan(reached) else reached == 1.0}  # fmt: skip


def _later(event: Event) -> bool:
    return (event.channel or "").startswith("later")


def _series(model: CoProduction, outcome: str) -> list[float | None]:
    """One outcome at the start and after each session; None where it is not defined."""
    column = model.datacollector.model_vars[outcome]
    return [None if np.isnan(value) else round(float(value), 3) for value in column]


@lru_cache(maxsize=256)
def _bands(
    scenario: str, worlds: int, curves: tuple[str, ...] = CURVES
) -> dict[str, list[list[float] | None]]:
    """Between which values 8 of 10 worlds lie, at the start and after each session.

    scenario : as JSON. The worlds are the same for every run of it that is looked at, so that they are run once.
    """
    runs = sim.simulate(sim.Scenario.model_validate_json(scenario), replicates=worlds, seed=BAND_SEED)
    bands: dict[str, list[list[float] | None]] = {}
    for name in curves:
        bands[name] = []
        for values in runs.over_sessions(name).T:
            known = values[~np.isnan(values)]
            inside = [round(float(x), 3) for x in np.percentile(known, (10, 90))] if len(known) else None
            bands[name].append(inside)
    return bands


def _meaning(outcome: str) -> str:
    return next(known.meaning for known in sim.OUTCOMES if known.name == outcome)
