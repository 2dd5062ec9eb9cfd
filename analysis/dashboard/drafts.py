"""A scenario in the making: every edit is checked by the definition itself, and none is lost by a mistake.

A draft is what is in force (a table that is a sound scenario) and, beside it, what was typed but cannot be so yet. Each
further edit tries what is pending again, so that two values that are wrong apart may be right together. Nothing here is
changed in place: a desk keeps the drafts before and after, for undo and redo.
"""

from __future__ import annotations

import copy
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import scenarios
from analysis.dashboard.links import plain
from sim import MECHANISMS, Scenario, ScenarioError

STEPS: Final = 100  # that can be undone
SWIFT: Final = (
    1.0  # seconds within which changes of one field are one step, as of a slider that is moved by its keys
)

Path = tuple[str, ...]
Table = dict[str, Any]


@dataclass(frozen=True)
class Pending:
    """Something typed that cannot be in force yet, and why."""

    value: Any
    sentence: str


@dataclass(frozen=True, eq=False)
class Draft:
    """A scenario in the making."""

    scenario: Scenario
    """What is in force."""
    table: Table
    """The same as a table, with every field filled in."""
    pending: Mapping[Path, Pending] = field(default_factory=dict)
    """What was typed and is not in force, by key path."""

    def value(self, *path: str) -> Any:
        """What stands in a field, in force or not; None if nothing does."""
        if path in self.pending:
            return self.pending[path].value
        here: Any = self.table
        for key in path:
            here = here.get(key) if isinstance(here, Mapping) else None
        return here

    def wrong(self, *path: str) -> str:
        """Why what stands in a field is not in force; empty if it is."""
        return self.pending[path].sentence if path in self.pending else ""


def begun(scenario: Scenario) -> Draft:
    """A draft that starts from a scenario."""
    return Draft(scenario, plain(scenario))


def put(draft: Draft, path: Path, value: Any) -> Draft:
    """Put a value into a field. Where it cannot be in force it is kept as pending, with the reason.

    path : a key path of the scenario.
    value : None empties the field, where it may be empty.
    """
    asked = {path: value} | {other: kept.value for other, kept in draft.pending.items() if other != path}
    table = _with(draft.table, asked)
    if not scenarios.faults(table):
        return _in_force(draft, table, {})
    table, pending = draft.table, {}
    for place, wanted in asked.items():  # the latest first
        tried = _with(table, {place: wanted})
        if faults := scenarios.faults(tried):
            pending[place] = Pending(wanted, _sentence(faults, place))
        else:
            table = tried
    return _in_force(draft, table, pending)


def dismiss(draft: Draft, path: Path) -> Draft:
    """Take back what was typed into a field; what is in force stands there again."""
    return replace(draft, pending={other: kept for other, kept in draft.pending.items() if other != path})


def place(draft: Draft, session: str, cell: str) -> Draft:
    """Put a session into a cell of the grid. Where one cell was set for the whole process, the others stay in it."""
    whole = draft.table.get("setting")
    if whole:

        def each_by_itself(table: Table) -> None:
            del table["setting"]
            for other in table["sessions"].values():
                other["setting"] = whole

        draft = _changed(draft, each_by_itself)
    return put(draft, ("sessions", session, "setting"), cell)


def invite(draft: Draft, session: str, group: str, comes: bool) -> Draft:
    """Invite a group to a session, or do not.

    Raises
    ------
    sim.ScenarioError : nobody would be invited.
    """
    groups = draft.scenario.groups
    now = {*draft.scenario.invited(session)} - {group} | ({group} if comes else set())
    if not now:
        msg = "A session needs at least one group; invite another one first, or remove the session."
        raise ScenarioError(msg)
    chosen = [name for name in groups if name in now]
    return put(draft, ("sessions", session, "invited"), [] if len(chosen) == len(groups) else chosen)


def own_agenda(draft: Draft, session: str, own: bool) -> Draft:
    """Give a session an agenda of its own, which starts as that of its theme; or leave the agenda to the theme."""
    path = ("sessions", session, "agenda")
    for mechanism in MECHANISMS:
        draft = dismiss(draft, (*path, mechanism))
    shares = dict(zip(MECHANISMS, draft.scenario.sessions[session].shares(), strict=True))
    return put(draft, path, shares if own else None)


def platform(draft: Draft, session: str, there: bool) -> Draft:
    """Give the later channels of a session a platform, which starts as a plain document; or take it away."""
    path = ("sessions", session, "platform")
    kept = {other: what for other, what in draft.pending.items() if other[:3] != path}
    return put(replace(draft, pending=kept), path, {} if there else None)


def add_group(draft: Draft, title: str, like: str) -> tuple[Draft, str]:
    """Add a group that starts as another one is.

    Returns
    -------
    The draft, and the name of the group in it.

    Raises
    ------
    sim.ScenarioError : it has no title.
    """
    return _added(draft, "groups", title, copy.deepcopy(draft.table["groups"][like]))


def add_issue(draft: Draft, title: str) -> tuple[Draft, str]:
    """Add an issue, on which everybody is undecided at first; see `add_group`."""
    return _added(draft, "issues", title, {})


def add_session(draft: Draft, like: str, cell: str | None = None) -> tuple[Draft, str]:
    """Add a session at the end that is like another one, as long after the last as that came after the one before.

    cell : where it stands on the grid, if not where the other does.
    """
    sessions = draft.scenario.sessions
    *_, before, last = [0.0, *(session.week for session in sessions.values())]
    gap = (last - before if len(sessions) > 1 else 0.0) or 1.0
    more = {"week": last + gap}
    if cell and not draft.table.get("setting"):
        more["setting"] = cell  # type: ignore[assignment]
    made, name = _added(
        draft, "sessions", f"Session {len(sessions) + 1}", copy.deepcopy(draft.table["sessions"][like]) | more
    )
    return (place(made, name, cell) if cell else made), name


def duplicate(draft: Draft, session: str) -> tuple[Draft, str]:
    """Add the same session once more, in the same week."""
    here = draft.table["sessions"][session]
    title = f"{here.get('title') or session} (again)"
    return _added(draft, "sessions", title, copy.deepcopy(here))


def remove(draft: Draft, kind: str, name: str) -> Draft:
    """Remove a group, an issue or a session, and all that speaks of it.

    kind : `groups`, `issues` or `sessions`.

    Raises
    ------
    sim.ScenarioError : the process cannot do without it.
    """
    if kind == "groups":
        for key, session in draft.scenario.sessions.items():
            if session.invited == (name,):
                msg = f"Nobody else is invited to {session.title or key!r}; invite another group there first."
                raise ScenarioError(msg)

    def forget(table: Table) -> None:
        del table[kind][name]
        _forget(table, kind, name)
        _unfollowed(table)

    gone = (kind, name)
    kept = {path: what for path, what in draft.pending.items() if path[:2] != gone and name not in path[2:]}
    return _changed(replace(draft, pending=kept), forget)


def _forget(table: Table, kind: str, name: str) -> None:
    for group in table["groups"].values():
        group[{"groups": "trust_in", "issues": "views"}.get(kind, "views")].pop(name, None)
    for session in table["sessions"].values():
        if kind == "groups" and (session.get("platform") or {}).get("owner") == name:
            del session["platform"]["owner"]  # then anybody may open threads
        session["invited"] = [group for group in session["invited"] if kind != "groups" or group != name]
    for factor, said in list(table["context"].items()):
        if kind == "sessions" and name in said["sessions"]:
            said["sessions"] = [session for session in said["sessions"] if session != name]
            if not said["sessions"]:  # an empty list would mean all sessions
                del table["context"][factor]


def _added(draft: Draft, kind: str, title: str, thing: Table) -> tuple[Draft, str]:
    title = title.strip()
    if not title:
        msg = "Type a name first."
        raise ScenarioError(msg)
    name = _fresh(scenarios.slug(title), draft.table[kind])

    def add(table: Table) -> None:
        table[kind][name] = {**thing, "title": title}
        _in_order(table)

    return _changed(draft, add), name


def _fresh(name: str, known: Mapping[str, Any]) -> str:
    """A name that nothing else bears."""
    number, free = 1, name
    while free in known:
        number += 1
        free = f"{name[:56]}-{number}"
    return free


def _changed(draft: Draft, change: Callable[[Table], None]) -> Draft:
    """A draft with a change that must be in force at once, since there is no field in which it could wait."""
    table = copy.deepcopy(draft.table)
    change(table)
    if faults := scenarios.faults(table):
        path, sentence = faults[0]
        raise ScenarioError(f"{'.'.join(path)}: {sentence}")
    return _in_force(draft, table, dict(draft.pending))


def _in_force(draft: Draft, table: Table, pending: Mapping[Path, Pending]) -> Draft:
    if table == draft.table:
        return replace(draft, pending=pending)
    return _made(_named(draft, table), pending)


def _made(table: Table, pending: Mapping[Path, Pending]) -> Draft:
    """A draft of a sound table. One that says what a process of the library says is that process."""
    alone = {
        key: value for key, value in table.items() if key != "base"
    }  # a draft reads no files, whatever is asked
    scenario = scenarios.load(alone)
    if scenario.name in scenarios.names():
        known = scenarios.load(scenario.name)
        scenario = known if plain(known) == plain(scenario) else scenario
    return Draft(scenario, plain(scenario), pending)


def _named(draft: Draft, table: Table) -> Table:
    """The table under a name of its own: a process of the library that was changed is another one."""
    if table["title"] != draft.table["title"]:
        table = {**table, "name": scenarios.slug(table["title"])}
    if table["name"] not in scenarios.names():
        return table
    guessed = {
        "changes": f"this process was changed from {draft.scenario.name}; what its sources say may not hold for it"
    }
    provenance = table["provenance"]
    return {
        **table,
        "name": f"my-{table['name']}"[:60],
        "provenance": {**provenance, "guessed": {**provenance["guessed"], **guessed}},
    }


def _with(table: Table, changes: Mapping[Path, Any]) -> Table:
    """A copy of a table with values put in."""
    table = copy.deepcopy(table)
    for path, value in changes.items():
        *above, last = path
        here = table
        for key in above:
            inner = here.get(key)
            here[key] = here = inner if isinstance(inner, dict) else {}
        if value is None:
            here.pop(last, None)
        else:
            here[last] = value
    if any(path[0] == "sessions" and path[-1] == "week" for path in changes):
        _in_order(table)
    if not any(path[0] == "follows" for path in changes):
        _unfollowed(table)
    return table


def _unfollowed(table: Table) -> None:
    """Where no platform shows entries to followers any more, nobody follows anybody."""
    platforms = (session.get("platform") for session in table["sessions"].values())
    if not any(isinstance(one, dict) and one.get("readers") == "followers" for one in platforms):
        table.pop("follows", None)


def _in_order(table: Table) -> None:
    """Sessions in order of their weeks, as far as these are weeks."""
    weeks = [session.get("week") for session in table["sessions"].values()]
    if all(isinstance(week, int | float) for week in weeks):
        table["sessions"] = dict(sorted(table["sessions"].items(), key=lambda item: item[1]["week"]))


def _sentence(faults: tuple[tuple[Path, str], ...], path: Path) -> str:
    """What is wrong with a field: what is said of it, or of what it is part of, or else what comes of it elsewhere."""
    for place, sentence in faults:
        if place == path[: len(place)] or path == place[: len(path)]:
            return f"{sentence[0].upper()}{sentence[1:]}."
    place, sentence = faults[0]
    return f"{'.'.join(place)}: {sentence}."


# ---- undo and redo -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Step:
    """A draft as it was, and what was done to it next. It is kept packed: a hundred drafts are many megabytes."""

    packed: bytes
    did: str

    @classmethod
    def of(cls, draft: Draft, did: str) -> Step:
        """Keep a draft."""
        pending = [(path, kept.value, kept.sentence) for path, kept in draft.pending.items()]
        return cls(zlib.compress(json.dumps([draft.table, pending]).encode(), 1), did)

    def draft(self) -> Draft:
        """The draft again."""
        table, pending = json.loads(zlib.decompress(self.packed))
        return _made(table, {tuple(path): Pending(value, sentence) for path, value, sentence in pending})


@dataclass(frozen=True, eq=False)
class Desk:
    """A draft with those before and after it."""

    now: Draft
    past: tuple[Step, ...] = ()
    """The oldest first."""
    future: tuple[Step, ...] = ()
    """The next first."""
    last: tuple[str, float] = ("", 0.0)
    """What was done last, and when."""

    def did(self, draft: Draft, what: str, at: float = 0.0) -> Desk:
        """The desk after something was done.

        Parameters
        ----------
        draft : what came of it.
        what : what it was, as a reader would say.
        at : when, in seconds; the same again within `SWIFT` seconds makes no further step.
        """
        same = what == self.last[0] and at - self.last[1] < SWIFT and bool(self.past)
        past = self.past if same else (*self.past, Step.of(self.now, what))[-STEPS:]
        return Desk(draft, past, (), (what, at))

    def undone(self) -> Desk:
        """One step back."""
        if not self.past:
            return self
        *past, step = self.past
        return Desk(step.draft(), tuple(past), (Step.of(self.now, step.did), *self.future))

    def redone(self) -> Desk:
        """One step forth."""
        if not self.future:
            return self
        step, *future = self.future
        return Desk(step.draft(), (*self.past, Step.of(self.now, step.did)), tuple(future))
