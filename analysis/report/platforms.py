"""Platforms in words: what one is, who sees what on it, and what took place there in a session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from analysis.report import words

if TYPE_CHECKING:
    from analysis.report.story import Scene
    from sim import Event, Runs, Scenario

READERS: Final = {
    "everybody": "everybody reads",
    "members": "those invited read",
    "followers": "followers read",
}
ORDER: Final = {
    "unread": "what one has not read first",
    "newest": "the newest first",
    "answered": "the most answered first",
}


def has_one(scenario: Scenario) -> bool:
    """Does a platform carry some session of a design?"""
    return any(session.platform is not None for session in scenario.sessions.values())


def families(designs: Sequence[Runs]) -> tuple[words.Family, ...]:
    """The families of outcomes that say something of these designs."""
    known = set(designs[0].outcomes)
    spoken = any(has_one(runs.scenario) for runs in designs) and known & set(words.ON_PLATFORMS.outcomes)
    return (*words.FAMILIES, words.ON_PLATFORMS) if spoken else words.FAMILIES


def kind(scenario: Scenario, session: str) -> str:
    """What people would call the platform of a session, by who writes and who reads on it."""
    platform = scenario.sessions[session].platform
    assert platform is not None
    if platform == type(platform)():
        return "a shared document"
    if platform.owner is not None:
        return "a blog"
    return {"members": "a private group", "followers": "a microblog", "everybody": "a forum"}[
        platform.readers
    ]


def traits(scenario: Scenario, session: str) -> Iterator[str]:
    """What the platform of a session is like, a few words for each thing that matters."""
    platform = scenario.sessions[session].platform
    assert platform is not None
    yield READERS[platform.readers]
    window = f", of the last {platform.feed_window:,}" if platform.ranks() else ""
    yield ORDER[platform.order] + window
    if platform.owner is not None:
        owner = words.called(scenario.groups[platform.owner].title, platform.owner)
        yield f"{owner} alone {'opens' if scenario.groups[platform.owner].size == 1 else 'open'} threads"
    if platform.answering:
        whose = "of what they write themselves" if platform.owner is not None else "contributions"
        yield f"{_in_ten(platform.answering)} {whose} answer{'s' if platform.owner is not None else ''}"
    else:
        yield "others comment" if platform.owner is not None else "nobody answers"
    if platform.moderation:
        yield f"moderated ({platform.moderation:g})"
    if platform.anonymity:
        yield f"names are hidden from readers ({platform.anonymity:g})"


def described(scenario: Scenario, session: str) -> str:
    """The platform of a session in a sentence: `a private group: those invited read, the newest first...`."""
    return f"{kind(scenario, session)}: {'; '.join(traits(scenario, session))}"


def following(scenario: Scenario) -> str:
    """Who follows how many, in a sentence; empty where nobody follows."""
    follows = scenario.follows
    if follows is None:
        return ""
    like = f"looking among their own group {words.percent(follows.homophily)} of the time"
    return f"each of {scenario.people:,} people follows {words.count(follows.degree, 'other')}, {like}"


def _in_ten(share: float) -> str:
    """A share as people say it, `6 of 10`, where that is exact; else in per cent."""
    tenths = round(10 * share, 6)
    return f"{tenths:.0f} of 10" if tenths == int(tenths) else f"{words.percent(share)} of"


# ---- one session, told ---------------------------------------------------------------------------------------------


def told(scene: Scene) -> Iterator[str]:
    """What took place on the platform of a session, from its log: threads, answers, reading, conflict, moderation."""
    if scene.scenario.sessions[scene.session].platform is None or not scene.here:
        return
    yield from _written(scene)
    yield from _read(scene)
    yield from _clashed(scene)
    yield from _taken_down(scene)


def _written(scene: Scene) -> Iterator[str]:
    wrote = scene.of("wrote")
    where = f"On the platform ({kind(scene.scenario, scene.session)})"
    if not wrote:
        yield f"{where} nobody wrote anything."
        return
    authors = words.count(len({event.actor for event in wrote}), "person", "people")
    answers = [event for event in wrote if event.about is not None]
    opened = _some(len(wrote) - len(answers), "thread was", "threads were")
    given = _some(len(answers), "answer was", "answers were")
    yield f"{where} {authors} wrote: {opened} opened and {given} given."


def _some(number: int, one: str, more: str) -> str:
    return words.count(number, one, more) if number else f"no {one}"


def _read(scene: Scene) -> Iterator[str]:
    if not len(scene.read):
        if scene.model.state.record.length[0]:
            yield "Nobody read anything on it."
        return
    readers = set(scene.readers.tolist())
    each = len(scene.read) / len(readers)
    who = words.count(len(readers), "person", "people")
    share = "" if len(readers) == 1 else f", {each:.0f} each on average" if each >= 1.5 else ", one each"
    yield words.sentence(
        f"{who} read there, {words.count(len(scene.read), 'entry', 'entries')} in all{share}."
    )
    fresh = _entries_of(scene)
    alone = sum(scene.model.state.commons.reads[e] == 0 for e in fresh)
    if fresh and alone:
        many = "Nobody has read" if alone == len(fresh) else f"{alone:,} of the {len(fresh):,}"
        yield (
            f"{many} what was written in this session."
            if alone == len(fresh)
            else f"{many} entries written in this session {'has' if alone == 1 else 'have'} been read by nobody so far."
        )


def _entries_of(scene: Scene) -> range:
    """The entries that authors wrote in this session: the last of the record."""
    end = int(scene.model.state.record.length[0])
    later = sum((event.channel or "").startswith("later") for event in scene.of("noted"))
    return range(end - later, end)


def _clashed(scene: Scene) -> Iterator[str]:
    clashed = scene.of("clashed")
    if not clashed:
        return
    first = clashed[0]
    assert isinstance(first.about, int)
    author = int(scene.model.state.record.author[first.about])
    one = f"an answer by {scene.names.person(author)} lay far outside what {scene.names.person(first.actor)} can accept"
    if len(clashed) == 1:
        yield words.sentence(f"{one}: a conflict.")
    else:
        yield f"There were {len(clashed):,} conflicts; in the first, {one}."


def _taken_down(scene: Scene) -> Iterator[str]:
    gone: list[Event] = scene.of("taken_down")
    if gone:
        whose = scene.names.several(list(dict.fromkeys(event.actor for event in gone)))
        count = words.count(len(gone), "answer")
        severe = sum(event.divergent for event in gone)  # so the log marks what would have been a conflict
        mild = len(gone) - severe
        if not mild:
            what = "it would have been a conflict" if severe == 1 else "they would have been conflicts"
        elif not severe:
            what = f"{'it' if mild == 1 else 'none'} would {'not ' if mild == 1 else ''}have been a conflict"
        else:
            what = f"{severe:,} would have been {'a conflict' if severe == 1 else 'conflicts'}, {mild:,} not"
        yield f"A moderator took down {count} by {whose}; {what}."
