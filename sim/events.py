"""The event log (opt-in): who did what, in which phase, on which issue, through which channel, with which value.

From it a run can be told as a story, in plain sentences that say only what the model knows.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from sim.compiler import compiled
from sim.layout import Field, tuple_of

KINDS: Final = (
    "stopped", "stayed_away", "came", "said", "wrote", "noted", "not_noted", "read", "asked", "answered", "unanswered",
    "drafted", "accepted", "opposed", "gave_way", "left", "took_in", "clashed", "taken_down",
)  # fmt: skip
(
    STOPPED, STAYED_AWAY, CAME, SAID, WROTE, NOTED, NOT_NOTED, READ, ASKED, ANSWERED, UNANSWERED,
    DRAFTED, ACCEPTED, OPPOSED, GAVE_WAY, LEFT, TOOK_IN, CLASHED, TAKEN_DOWN,
) = range(len(KINDS))  # fmt: skip

NOBODY: Final = -1
NOTHING: Final = -1

FIELDS: Final = (
    Field("session", np.int16, ("L",), "session"),
    Field("kind", np.int8, ("L",), "what happened: an index into KINDS"),
    Field("actor", np.int32, ("L",), "who did it; -1 the facilitator or nobody"),
    Field(
        "about",
        np.int32,
        ("L",),
        "a barrier (stopped), a group (asked, answered), how many entries (read), an entry (wrote, taken_down: that it "
        "answers; took_in, clashed: that was read); -1 none",
    ),
    Field("issue", np.int16, ("L",), "issue; -1 none"),
    Field("channel", np.int8, ("L",), "channel; -1 none"),
    Field("value", np.float64, ("L",), "position, or what the kind says; NaN none"),
    Field(
        "divergent",
        np.bool_,
        ("L",),
        "a contribution far from what its speaker believed to prevail; taken_down: one that would have been a conflict",
    ),
    Field("length", np.int64, (1,), "lines so far, also those that found no room"),
)
Log = tuple_of("Log", FIELDS)


class Event(NamedTuple):
    """One line of the log, in names instead of numbers."""

    session: str
    kind: str
    actor: int
    group: str | None
    about: str | int | None
    issue: str | None
    channel: str | None
    value: float | None
    divergent: bool


@compiled
def tell(log, session, kind, actor, about, issue, channel, value, divergent):
    """Write one line, if a log is kept; lines beyond its room are counted, so that the caller can make more."""
    if log.kind.size == 0:
        return
    n = log.length[0]
    if n < log.kind.size:
        log.session[n] = session
        log.kind[n] = kind
        log.actor[n] = actor
        log.about[n] = about
        log.issue[n] = issue
        log.channel[n] = channel
        log.value[n] = value
        log.divergent[n] = divergent
    log.length[0] = n + 1


def events_of(log: Any, scenario: Any, groups: Any) -> list[Event]:
    """The lines of a log with names in place of indices.

    Parameters
    ----------
    log : the named tuple of arrays that a run has filled.
    scenario : the scenario that was run.
    groups : index of each participant's group, shape (N,).
    """
    from sim.setting import BARRIERS, CHANNELS

    sessions, names, issues = list(scenario.sessions), list(scenario.groups), list(scenario.issues)
    events = []
    for n in range(int(log.length[0])):
        kind, actor, about = KINDS[log.kind[n]], int(log.actor[n]), int(log.about[n])
        what: str | int | None = None if about < 0 else about
        if what is not None and kind == "stopped":
            what = BARRIERS[about]
        elif what is not None and kind in ("asked", "answered", "unanswered"):
            what = names[about]
        events.append(
            Event(
                session=sessions[log.session[n]],
                kind=kind,
                actor=actor,
                group=names[groups[actor]] if actor >= 0 else None,
                about=what,
                issue=issues[log.issue[n]] if log.issue[n] >= 0 else None,
                channel=CHANNELS[log.channel[n]] if log.channel[n] >= 0 else None,
                value=None if np.isnan(log.value[n]) else float(log.value[n]),
                divergent=bool(log.divergent[n]),
            )
        )
    return events
