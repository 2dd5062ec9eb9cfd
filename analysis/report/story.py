"""One run, told session by session from its event log, in sentences that say only what the model knows.

People in the model hold positions; they do not speak in words. So nobody is quoted, and nobody's reasons are guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.report import platforms, words

if TYPE_CHECKING:
    from sim import CoProduction, Event, Runs

MOST_TOLD: Final = 10_000  # people; `sim.CoProduction` watches no more of them one by one
MOST_CHAPTERS: Final = 12
MIDDLE: Final = ("engagement", "alignment", "understanding", "agreement", "left_out")
STOPPED: Final = {
    "travel": "could not get there (travel)",
    "digital": "could not connect (digital)",
    "schedule": "not free at the hour (schedule)",
}
LIVE: Final = ("live-onsite", "live-remote")


@dataclass(frozen=True)
class Chapter:
    """One session, told."""

    name: str
    title: str
    when: str
    where: str
    came: int
    invited: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Ending:
    """Where one issue ended: the draft, and what each group thinks on average."""

    issue: str
    draft: float | None
    groups: tuple[float, ...]


@dataclass(frozen=True)
class Story:
    """One run, told."""

    design: str
    replicate: int
    chapters: tuple[Chapter, ...]
    endings: tuple[Ending, ...]
    said: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Contributions by session and channel."""
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Those of them that went on record."""


def shared(designs: Sequence[Runs]) -> np.ndarray:
    """The worlds that every design was run in; where some have more, or a run failed, that is not all of them."""
    worlds = designs[0].replicates
    for runs in designs[1:]:
        worlds = np.intersect1d(worlds, runs.replicates)
    return worlds


def typical(designs: Sequence[Runs]) -> int:
    """The number of the world that lies nearest to the middle of all, over all designs.

    For each of a few outcomes, the distance from the median is taken in standard deviations; the world with the least
    sum of squares is the most typical one, and the first of them if there are several.
    """
    replicates = shared(designs)
    apart = np.zeros(len(replicates))
    for runs in designs:
        here = np.isin(runs.replicates, replicates)
        for outcome in MIDDLE:
            values = runs.final(outcome)[here]
            if np.isnan(values).all():
                continue
            spread = float(np.nanstd(values))
            if spread > 0:
                apart += np.nan_to_num(((values - np.nanmedian(values)) / spread) ** 2, nan=9.0)
    return int(replicates[int(np.argmin(apart))])


def tell(runs: Runs, replicate: int) -> Story | None:
    """Run one world again, with its event log, and tell it; None if there are too many people to watch."""
    from sim import CoProduction

    scenario = runs.scenario
    if scenario.people > MOST_TOLD:
        return None
    model = CoProduction(scenario, seed=runs.seed, replicate=replicate, log=True)
    names, story = words.Names(scenario), Story(scenario.name, replicate, (), ())
    chapters, gone, differed = [], set[int](), set[int]()
    while model.running:
        session = model.next_session
        assert session is not None
        model.step()
        scene = Scene(model, session, happened(model, session), names, gone, differed)
        chapters.append(scene.chapter())
        gone |= {event.actor for event in scene.of("left")}
        story.said.update((session, event.channel or "") for event in scene.of("said", "wrote"))
        story.kept.update((session, event.channel or "") for event in scene.of("noted"))
    return Story(
        scenario.name, replicate, _most_telling(chapters), tuple(_endings(model)), story.said, story.kept
    )


def _most_telling(chapters: list[Chapter]) -> tuple[Chapter, ...]:
    """The sessions that are told: all, or where there are many the first, the last and the fullest between them."""
    if len(chapters) <= MOST_CHAPTERS:
        return tuple(chapters)
    between = sorted(range(2, len(chapters) - 2), key=lambda n: -len(chapters[n].lines))[: MOST_CHAPTERS - 4]
    kept = sorted({0, 1, len(chapters) - 2, len(chapters) - 1, *between})
    return tuple(chapters[n] for n in kept)


def happened(model: CoProduction, session: str) -> list[Event]:
    """The events of a session, but for who read which entry: there are as many of these as of all others together, times
    ten, and `taken_in` counts them faster.
    """
    from sim import events_of

    log = model.state.log
    lines = np.flatnonzero(_lines(model, session) & ~_readings(model))
    chosen = {name: getattr(log, name)[lines] for name in log._fields if name != "length"}
    length = np.array([len(lines)])
    return events_of(log._replace(**chosen, length=length), model.scenario, model.people.group)


def taken_in(model: CoProduction, session: str) -> tuple[np.ndarray, np.ndarray]:
    """Who read an entry of a platform in a session, and which: two arrays, reading by reading."""
    log = model.state.log
    lines = np.flatnonzero(_lines(model, session) & _readings(model))
    return log.actor[lines], log.about[lines]


def _lines(model: CoProduction, session: str) -> np.ndarray:
    log = model.state.log
    here = log.session == list(model.scenario.sessions).index(session)
    here[int(log.length[0]) :] = False
    return np.asarray(here)


def _readings(model: CoProduction) -> np.ndarray:
    from sim.events import TOOK_IN

    return np.asarray(model.state.log.kind == TOOK_IN)


def _endings(model: CoProduction) -> Iterator[Ending]:
    draft, groups = model.draft(), np.asarray(model.people.group)
    for k, (key, issue) in enumerate(model.scenario.issues.items()):
        means = tuple(float(model.people.views[groups == g, k].mean()) for g in range(len(model.group_names)))
        yield Ending(words.called(issue.title, key), draft[key], means)


class Scene:
    """What happened in one session, and how it is told.

    Parameters
    ----------
    model : the run, as it stands after the session.
    session : its name.
    events : what happened in it, as `happened` has it.
    names : what people are called.
    gone : who had left for good before.
    told : of whom the story has told already that they differed; added to.
    """

    def __init__(
        self,
        model: CoProduction,
        session: str,
        events: list[Event],
        names: words.Names,
        gone: set[int],
        told: set[int],
    ) -> None:
        self.model, self.session, self.events, self.names = model, session, events, names
        self.gone, self.told = gone, told
        self.scenario = model.scenario
        self.readers, self.read = taken_in(model, session)
        invited = [list(self.scenario.groups).index(group) for group in self.scenario.invited(session)]
        self.invited = np.flatnonzero(np.isin(model.people.group, invited)).tolist()
        self.here = sorted({event.actor for event in self.of("came")})
        self.noted = {(event.actor, event.issue, event.value) for event in self.of("noted")}
        self.not_noted = {(event.actor, event.issue, event.value) for event in self.of("not_noted")}

    def of(self, *kinds: str) -> list[Event]:
        """The events of some kinds."""
        return [event for event in self.events if event.kind in kinds]

    def chapter(self) -> Chapter:
        """The session, told."""
        sessions = list(self.scenario.sessions)
        plan = self.scenario.sessions[self.session]
        return Chapter(
            name=self.session,
            title=words.called(plan.title, self.session),
            when=f"Session {sessions.index(self.session) + 1} of {len(sessions)}, week {plan.week:g}",
            where=words.cell(self.scenario.cell(self.session)),
            came=len(self.here),
            invited=len(self.invited),
            lines=tuple(
                filter(None, (" ".join(line for tell in part for line in tell()) for part in self.order()))
            ),
        )

    def order(self) -> tuple[tuple[Callable[[], Iterator[str]], ...], ...]:
        """What is told, paragraph by paragraph."""
        return (
            (self.attendance, self.absence),
            (self.talk, self.divergence),
            (lambda: platforms.told(self),),
            (self.record, self.asking),
            (self.draft, self.leaving),
        )

    def attendance(self) -> Iterator[str]:
        """Who came, and how."""
        if not self.here:
            yield f"Nobody came, of {words.count(len(self.invited), 'person', 'people')} invited."
            return
        ways = Counter(event.channel for event in self.of("came"))
        how = words.listed(
            f"{ways[channel]:,} {words.CHANNELS[channel]}" for channel in words.CHANNELS if ways[channel]
        )
        twice = sum(ways.values()) - len(self.here)
        both = f"; {twice:,} of them both live and later" if twice else ""
        everyone = len(self.here) == len(self.invited)
        who = "Everyone came" if everyone else f"{len(self.here):,} of {len(self.invited):,} came"
        yield f"{who}: {how}{both}."

    def absence(self) -> Iterator[str]:
        """Who did not come, and what stood in the way."""
        here = set(self.here)
        left = sum(i in self.gone for i in self.invited)
        if left:
            yield f"{words.sentence(words.count(left, 'person', 'people'))} had left for good before."
        absent = [i for i in self.invited if i not in here and i not in self.gone]
        if not absent:
            return
        stopped = {event.actor: str(event.about) for event in self.of("stopped")}
        why: dict[str, list[int]] = {}
        for i in absent:
            reason = STOPPED.get(stopped.get(i, ""), "stayed away, though a way was open")
            why.setdefault(reason, []).append(i)
        parts = [f"{self.names.several(people)}: {reason}" for reason, people in why.items()]
        yield words.sentence(f"{'; '.join(parts)}.")

    def talk(self) -> Iterator[str]:
        """How much was said and written, and by whom."""
        said, wrote = len(self.of("said")), len(self.of("wrote"))
        if not said + wrote:
            if self.here:
                yield "Nobody spoke or wrote."
            return
        parts = []
        if said:
            parts.append(f"{words.count(said, 'contribution was', 'contributions were')} made live")
        if wrote:
            parts.append(f"{words.count(wrote, 'post was', 'posts were')} written")
        by = Counter(event.actor for event in self.of("said", "wrote"))
        silent = [i for i in self.here if i not in by]
        quiet = f"; {len(silent):,} of those who came neither spoke nor wrote" if silent else ""
        yield words.sentence(f"{words.listed(parts)}{quiet}.")
        if len(by) > 2 and max(by.values()) > 1:
            most, times = by.most_common(1)[0]
            yield words.sentence(
                f"{self.names.person(most)} contributed most often, {words.times(times)}.{self._floor(by)}"
            )

    def _floor(self, by: Counter[int]) -> str:
        """The group with most of the floor against its number, if there is more than one group."""
        group = self.model.people.group
        here = Counter(int(group[i]) for i in self.here)
        spoke = Counter[int]()
        for i, times in by.items():
            spoke[int(group[i])] += times
        if len(here) < 2:
            return ""
        ahead = max(spoke, key=lambda g: spoke[g] / spoke.total() - here[g] / here.total())
        share, people = spoke[ahead] / spoke.total(), here[ahead] / here.total()
        if share - people < 0.05:
            return ""
        name = words.sentence(self.names.group(self.model.group_names[ahead]))
        return f" {name}: {words.percent(people)} of those who came, and {words.percent(share)} of the contributions."

    def divergence(self) -> Iterator[str]:
        """Whoever differed most from what they believed to prevail, and whether it was written down."""
        apart = [event for event in self.of("said", "wrote") if event.divergent and event.value is not None]
        if not apart:
            return
        fresh = [event for event in apart if event.actor not in self.told] or apart
        most = max(fresh, key=lambda event: abs(event.value or 0.0))
        self.told.add(most.actor)
        lost = sum(self._lost(event) for event in apart)
        down = {(event.actor, event.issue, event.value) for event in self.of("taken_down")}
        lost_how = (
            "taken down by a moderator"
            if (most.actor, most.issue, most.value) in down
            else "not written down"
        )
        kept = f"it was {lost_how if self._lost(most) else 'written down'}"
        assert most.value is not None
        yield words.sentence(
            f"{self.names.person(most.actor)} differed on {self._issue(most.issue)} "
            f"({words.signed(most.value)}, {words.stance(most.value)}); {kept}."
        )
        if len(apart) > 1:
            yield f"In all, {len(apart):,} contributions were far from what those who made them believed to prevail; {lost:,} of these were not written down."

    def _lost(self, event: Event) -> bool:
        """Did a contribution stay off the record?"""
        same = (event.actor, event.issue, event.value)
        return same in self.not_noted if event.kind == "said" else same not in self.noted

    def record(self) -> Iterator[str]:
        """What went on record, and who is still missing from it."""
        said, kept = len(self.of("said", "wrote")), len(self.of("noted"))
        if said:
            yield f"{kept:,} of {words.count(said, 'contribution')} went on record, which now holds {words.count(int(self.model.state.record.length[0]), 'entry', 'entries')}."
        missing = list(self._missing())
        if missing and self.here:
            more = f", and {words.count(len(missing) - 2, 'other gap')} like it" if len(missing) > 2 else ""
            yield f"Nothing is on record yet from {words.listed(missing[:2])}{more}."

    def _missing(self) -> Iterator[str]:
        """Groups and issues of which nothing is on record."""
        sums = np.asarray(self.model.people.latest)
        group = np.asarray(self.model.people.group)
        for g, key in enumerate(self.scenario.groups):
            there = ~np.isnan(sums[group == g]).all(axis=0)
            for k, (name, issue) in enumerate(self.scenario.issues.items()):
                if not there[k]:
                    yield f"{self.names.group(key)} on {self._issue(name, issue.title)}"

    def asking(self) -> Iterator[str]:
        """Dialogue on interpretation: was a group's view asked for, and was anybody there to answer?"""
        answered, open_ = len(self.of("answered")), len(self.of("unanswered"))
        nobody = "nobody of that group was there to answer"
        if answered:
            yield words.sentence(
                f"{words.times(answered)} a group's view was asked for and one of its members answered."
            )
            if open_:
                yield words.sentence(f"{words.times(open_)} {nobody}.")
        elif open_:
            yield words.sentence(f"{words.times(open_)} a group's view was asked for, and {nobody}.")

    def draft(self) -> Iterator[str]:
        """The draft that was put, and what came of it."""
        drafted = self.of("drafted")
        if not drafted:
            return
        by = drafted[0].actor
        who = self.names.person(by) if by >= 0 else "the facilitator" if by == -1 else "nobody"
        if all(event.value is None for event in drafted):
            yield "A draft was to be put, and there was nothing to put into it."
            return
        yield words.sentence(f"{who} drew up a draft from the record, and it was put to those who came.")
        accepts = Counter(event.issue for event in self.of("accepted"))
        votes = words.listed(
            f"{accepts[issue]:,} on {self._issue(issue)}" for issue in list(self.scenario.issues)[:6]
        )
        more = len(self.scenario.issues) - 6
        rest = f" ({words.count(more, 'more issue')} left out here)" if more > 0 else ""
        yield f"Accepted in public, of the {len(self.here):,} who came: {votes}{rest}."
        gave = len(self.of("gave_way"))
        if gave:
            yield f"{words.sentence(words.times(gave))} somebody showed another vote than the one they held."
        reached = self.model.outcome("consensus_reached") == 1.0
        yield f"By the rule ({words.RULES[self.scenario.decision.rule]}) this {'is' if reached else 'is not'} a consensus."

    def leaving(self) -> Iterator[str]:
        """Who left for good."""
        left = [event.actor for event in self.of("left")]
        if left:
            yield words.sentence(f"{self.names.several(left)} left for good.")

    def _issue(self, name: str | None, title: str = "") -> str:
        key = name or ""
        return f"“{title or words.called(self.scenario.issues[key].title, key)}”"
