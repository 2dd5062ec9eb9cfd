"""Two runs of the same people with the same luck: the first moment in which they differ, and what differs in it.

Whatever a change does not touch is drawn alike in both, so everything before that moment is the same in every detail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from analysis.replay import Document
from analysis.replay.document import DIVERGENT, KEPT
from analysis.report import words

# What a session consists of, in its order: what is said of a phase that one run has more of.
PHASES: Final = {
    "arrive": "people arrive",
    "intentions": "they speak about why they are here",
    "assets": "they name what each of them brings",
    "talk": "they talk",
    "post": "they write, each in their own time,",
    "read": "they read the record",
    "take": "they read on the platform",
    "ask": "they ask each other whether this is what they think",
    "draft": "a draft is put to them",
    "leave": "they go home",
}
GOING_ON: Final = {"talk": "they go on talking", "post": "they go on writing", "ask": "they go on asking"}
PLACES: Final = {"onsite": "at the table", "remote": "on screen", "later": "later, in their own time"}
VOTES: Final = {
    "accepted": "accepts the draft on",
    "opposed": "opposes the draft on",
    "gave_way": "gives way on",
}


@dataclass(frozen=True)
class Parting:
    """The first moment in which two runs differ."""

    session: int
    """Counted from 0, as is the moment."""
    moment: int
    what: str
    """What differs in it, in a sentence without its capital and its full stop."""

    @property
    def sentence(self) -> str:
        """When they part, and over what."""
        before = "They differ from the first moment" if self.session == self.moment == 0 else "They part"
        return f"{before} in session {self.session + 1}: {self.what}."


def parting(one: Document, other: Document, names: tuple[str, str]) -> Parting | None:
    """The first moment in which two runs differ; None if they never do.

    Parameters
    ----------
    one, other : documents of runs with one seed, and sessions by the same names.
    names : how a sentence tells the two apart, as in `as it was` and `without dialogue`.
    """
    tell = _Teller(one, other, names)
    for n, (here, there) in enumerate(zip(one["sessions"], other["sessions"], strict=True)):
        found = _first(here, there, tell)
        if found is not None:
            return Parting(n, *found)
    return None


def _first(here: Mapping[str, Any], there: Mapping[str, Any], tell: _Teller) -> tuple[int, str] | None:
    """The first moment of a session that differs, and what does."""
    if what := next(tell.places(here, there), None):
        return 0, what
    last = min(len(here["moments"]), len(there["moments"])) - 1
    for m, (a, b) in enumerate(zip_longest(here["moments"], there["moments"])):
        if a != b:
            before = here["moments"][m - 1]["is"] if m else ""
            return min(m, last), tell.moment(a, b, before)
    if what := next(tell.states(here, there), None):
        return last, what
    return None


class _Teller:
    """Says what differs."""

    def __init__(self, one: Document, other: Document, names: tuple[str, str]) -> None:
        self.one, self.names = one, names
        self.issues = [issue["title"] for issue in one["issues"]]
        self.people = {person["i"]: person["name"] for person in one["people"]}

    def _sides(self, here: str, there: str) -> str:
        return f"{here} {self.names[0]}, and {there} {self.names[1]}"

    def _only(self, here: bool, does: str, not_so: str) -> str:
        """What happens in one of the two alone."""
        so, otherwise = self.names if here else self.names[::-1]
        return f"{so}, {does.rstrip(',')}; {otherwise}, {not_so}"

    # ---- who is there -----------------------------------------------------------------------------------------------

    def places(self, here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
        """Who is in another place, or not there."""
        moved = [i for i in self.people if _place(here, i) != _place(there, i)]
        if moved:
            like = f", like {words.count(len(moved) - 1, 'other')}," if len(moved) > 1 else ""
            who = self.people[moved[0]] + like
            yield f"{who} {self._sides(_taking_part(here, moved[0]), _taking_part(there, moved[0]))}"
        if here["came"] != there["came"]:
            invited = words.count(here["invited"], "person", "people")
            came = [f"{session['came']:,} of {invited} take part" for session in (here, there)]
            yield self._sides(*came)
        if here["circles"] != there["circles"]:
            yield "people sit together in other circles"

    # ---- what happens ------------------------------------------------------------------------------------------------

    def moment(self, a: Mapping[str, Any] | None, b: Mapping[str, Any] | None, before: str) -> str:
        """What differs in a moment, None where a run has no more of them; `before` is what both did until then."""
        kinds = list(PHASES)
        if a is None or b is None or a["is"] != b["is"]:
            first = min((m["is"] for m in (a, b) if m is not None), key=kinds.index)
            has = a is not None and a["is"] == first
            does = GOING_ON.get(first, PHASES[first]) if first == before else PHASES[first]
            return self._only(has, does, "they do not")
        return getattr(self, f"_{a['is']}")(a, b)

    def _intentions(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
        return f"{PHASES[a['is']]}, for {self._sides(_minutes(a), _minutes(b))}"

    _assets = _intentions

    def _talk(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
        for one, other in zip_longest(a["said"], b["said"]):
            if one != other:
                return self._contribution(one, other)
        return "something else becomes of what somebody says who is not drawn"

    _post = _talk

    def _contribution(self, one: list[Any] | None, other: list[Any] | None) -> str:
        if one is None or other is None or one[:2] != other[:2]:
            return self._sides(self._speaking(one), self._speaking(other))
        who, issue = self.people[one[0]], self.issues[one[1]]
        if one[2] != other[2]:
            return f"{who} takes another position on “{issue}”: {self._sides(words.signed(one[2]), words.signed(other[2]))}"
        if (one[3] ^ other[3]) & KEPT:
            does = f"what {who} says about “{issue}” is written down"
            return self._only(bool(one[3] & KEPT), does, "it is not")
        if (one[3] ^ other[3]) & DIVERGENT:
            return f"what {who} says about “{issue}” is far from what they believe others to think in only one of the two"
        if one[6:] != other[6:]:
            return f"{who} answers another entry, or opens a thread in only one of the two"
        return "something else becomes of what somebody writes who is not drawn"

    def _speaking(self, said: list[Any] | None) -> str:
        return (
            f"{self.people[said[0]]} speaks about “{self.issues[said[1]]}”" if said else "nobody speaks there"
        )

    def _read(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
        if a["entries"] != b["entries"]:
            return f"they read {self._sides(_entries(a), _entries(b))}"
        return "others read the record, or they read other entries"

    def _take(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
        if a["entries"] != b["entries"]:
            counts = (words.count(m["entries"], "entry", "entries") for m in (a, b))
            return f"{PHASES['take']}, {self._sides(*counts)} in all"
        for one, other in zip_longest(a["reads"], b["reads"]):
            if one is not None and other is not None and one[0] == other[0] and one != other:
                return f"{self.people[one[0]]} reads other entries of the platform"
        return "others read on the platform, or they read other entries"

    def _ask(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
        if a["answered"] != b["answered"]:
            heard = [words.count(m["answered"], "answer") for m in (a, b)]
            return f"{PHASES['ask']}, and get {self._sides(*heard)}"
        return "they ask others, or about something else, whether this is what they think"

    def _draft(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
        for k, (here, there) in enumerate(zip(a["positions"], b["positions"], strict=True)):
            if here != there:
                return f"the draft on “{self.issues[k]}” says {self._sides(_view(here), _view(there))}"
        if a["by"] != b["by"]:
            return "somebody else writes the draft"
        for kind, does in VOTES.items():
            for i, k in sorted({tuple(v) for v in a[kind]} ^ {tuple(v) for v in b[kind]}):
                return self._only(
                    [i, k] in a[kind], f"{self.people[i]} {does} “{self.issues[k]}”", "they do not"
                )
        return f"the rule counts the same votes otherwise: {self._sides(_reached(a), _reached(b))}"

    def _leave(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
        for i in sorted(set(a["left"]) ^ set(b["left"])):
            return self._only(i in a["left"], f"{self.people[i]} leaves for good", "they stay")
        raise AssertionError("two moments that differ, and nothing in them does")

    # ---- what becomes of people ---------------------------------------------------------------------------------------

    def states(self, here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
        """What a session does to people otherwise, though nothing happened otherwise that could be seen."""
        for what, a, b in self._traces(here["after"], there["after"]):
            if a != b:
                yield f"nobody does anything else yet, but {what} is {self._sides(a, b)}"
        for wheel, minutes in here["drive"].items():
            if minutes != there["drive"][wheel]:
                yield f"nobody does anything else yet, but other minutes drive {wheel}"
        if here["after"] != there["after"]:
            yield "nobody does anything else yet, but some are surer, or less sure, of what others think"

    def _traces(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """What is seen of everybody at the end of a session, in both runs: engagement, views, pictures of the groups."""
        names, groups = list(self.people.values()), [group["title"] for group in self.one["groups"]]
        for n, name in enumerate(names):
            a, b = (words.minus(f"{state['engagement'][n]:.2f}") for state in (one, other))
            yield f"what {name} puts into it (engagement)", a, b
        for n, name in enumerate(names):
            for k, issue in enumerate(self.issues):
                a, b = (words.signed(state["views"][n][k]) for state in (one, other))
                yield f"what {name} thinks about “{issue}”", a, b
        for n, name in enumerate(names):
            for g, group in enumerate(groups):
                for k, issue in enumerate(self.issues):
                    a, b = (words.signed(state["believes"][n][g][k]) for state in (one, other))
                    yield f"what {name} believes {group} to think about “{issue}”", a, b


def _place(session: Mapping[str, Any], person: int) -> tuple[str, ...]:
    return tuple(place for place in PLACES if person in session[place])


def _taking_part(session: Mapping[str, Any], person: int) -> str:
    places = _place(session, person)
    if places:
        return f"takes part {words.listed(PLACES[place] for place in places)}"
    why = dict(session["away"]).get(person)
    return f"is not there ({why})" if why else "is not there"


def _minutes(moment: Mapping[str, Any]) -> str:
    return words.count(moment["minutes"], "minute")


def _entries(moment: Mapping[str, Any]) -> str:
    return words.count(moment["entries"], "entry", "entries") + " of the record"


def _view(position: float | None) -> str:
    return "nothing" if position is None else words.signed(position)


def _reached(moment: Mapping[str, Any]) -> str:
    return {True: "consensus", False: "no consensus", None: "nothing to count"}[moment["reached"]]
