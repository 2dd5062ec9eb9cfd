"""The shared document: append-only entries, the only bridge between people who never meet."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.commons import NONE, join_commons
from sim.compiler import compiled
from sim.layout import VIEW_BINS, Field, tuple_of

FIELDS: Final = (
    Field("issue", np.uint16, ("E",), "the issue of the entry"),
    Field("position", np.float64, ("E",), "the position as it was written down, [-1, 1]"),
    Field("author", np.uint32, ("E",), "whose contribution it is"),
    Field("key", np.uint64, ("E",), "the contribution's own key: whatever chance does to it belongs to it"),
    Field("session", np.int16, ("E",), "the session in which it was made"),
    Field("channel", np.int8, ("E",), "the channel through which it was made"),
    Field("divergent", np.bool_, ("E",), "was it far from what its author believed to prevail?"),
    Field("noted", np.bool_, ("E",), "noted by a scribe (true) or written by the author (false)"),
    Field("marks", np.int32, ("K", VIEW_BINS), "entries on each issue, by position to the nearest twentieth"),
    Field("length", np.int64, (2,), "entries so far; entries when the latest live meeting ended"),
)
Record = tuple_of("Record", FIELDS)

# The board: questions about what a group thinks, posed in writing, and the answers to them.
BOARD: Final = (
    Field("waiting", np.bool_, ("G", "K"), "a question on this group and issue waits for a member's visit"),
    Field("group", np.uint16, ("Q",), "the group asked about"),
    Field("issue", np.uint16, ("Q",), "the issue asked about"),
    Field("position", np.float64, ("Q",), "the answer: the answerer's own view"),
    Field("author", np.uint32, ("Q",), "who answered"),
    Field("key", np.uint64, ("Q",), "the answer's own key: whatever chance does to it belongs to it"),
    Field("channel", np.int8, ("Q",), "the channel through which it was answered"),
    Field("length", np.int64, (1,), "answers so far"),
)
Board = tuple_of("Board", BOARD)


@compiled
def wipe(record, board):
    """Start with an empty record and an empty board."""
    record.length[:] = 0
    record.marks[:, :] = 0
    board.length[0] = 0
    board.waiting[:, :] = False


@compiled
def bin_of(position):
    """The twentieth of [-1, 1] in which a position lies, 0 to 40."""
    return int((position + 1.0) * 20.0 + 0.5)


@compiled
def enter(world, author, key, issue, position, session, channel, divergent, noted):
    """Append one entry: the author's contribution of that key; its position is now the author's latest on record.

    Returns the entry's number; -1 if there was no room.
    """
    record, people = world.record, world.people
    e = record.length[0]
    if (
        e >= record.issue.size
    ):  # never in a session of our own, whose entries all have room; an extension may ask for more
        return NONE
    record.issue[e] = issue
    record.position[e] = position
    record.author[e] = author
    record.key[e] = key
    record.session[e] = session
    record.channel[e] = channel
    record.divergent[e] = divergent
    record.noted[e] = noted
    record.length[0] = e + 1
    record.marks[issue, bin_of(position)] += 1
    people.captured[author] += 1
    people.latest[author, issue] = position
    join_commons(world, e, author)
    return e
