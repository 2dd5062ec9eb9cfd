"""A platform: who may write, who sees what, answers, a feed in which entries compete for attention, and a moderator.

Sources: Daneshvar et al. 2018, JMIR Human Factors 5(1):e5 (private groups, forums, microblogs and blogs let people be
equal, differ in use, have access and help one another; a common pool of resources brings competition and conflict);
heavier moderation lowers perceived legitimacy, arXiv:1901.10720. What has no source is judgement, and says so.
"""

from __future__ import annotations

import math

import numpy as np

from sim import chance, events
from sim.chance import draw, sooner
from sim.commons import (
    ANSWERED,
    EVERYBODY,
    FOLLOWERS,
    IN_MIND,
    MEMBERS,
    NONE,
    UNREAD,
    is_among,
    there_is_a_platform,
)
from sim.compiler import allocating, compiled
from sim.mechanisms.perception import salience

# ---- who sees what -------------------------------------------------------------------------------------------------


@compiled
def may_see(world, setup, i, e):
    """May person i see entry e? What a scribe noted is for everybody; for the rest the platform decides on which it stands."""
    record, commons, people = world.record, world.commons, world.people
    session, author = record.session[e], record.author[e]
    readers = setup.readers[session]
    if record.noted[e] or readers == EVERYBODY:
        return True
    if readers == MEMBERS:
        return setup.invited[session, people.group[i]]
    return answers_to(world, e) == i or is_among(commons.follows, i, author, commons.follows.shape[1])


@compiled
def named(world, setup, e):
    """How far one can tell who wrote entry e, [0, 1]; what a scribe noted bears its author's name."""
    return 1.0 if world.record.noted[e] else 1.0 - setup.anonymity[world.record.session[e]]


@compiled
def answers_to(world, e):
    """Whom entry e answers; -1 if nobody."""
    parent = world.commons.parent[e]
    return NONE if parent == NONE else np.int64(world.record.author[parent])


# ---- writing -------------------------------------------------------------------------------------------------------


@compiled
def may_open(world, meeting, i):
    """May person i open a thread? Everybody may, unless somebody owns the platform; then only they."""
    return meeting.owner < 0 or world.people.group[i] == meeting.owner


@compiled
def to_be_answered(world, meeting, setup, i, occasion):
    """The entry that person i answers with its contribution; -1 if it opens a thread, -2 if it may not and has no answer.

    A race between the entries in mind, by weight on the agenda x own salience: what matters to somebody draws an answer
    (judgement). Writes in_mind: nothing is answered twice.
    """
    people, record, commons = world.people, world.record, world.commons
    comments = not may_open(world, meeting, i)
    if not comments and draw(world.room.key[i], chance.IS_ANSWER, occasion) >= meeting.answering:
        return NONE
    first, place = np.inf, NONE
    for n in range(2 * IN_MIND):
        e = commons.in_mind[i, n]
        if e == NONE:
            continue
        k = record.issue[e]
        weight = setup.weight[k] * salience(people.views[i, k], setup.values.salience_floor)
        wait = sooner(first, weight, draw(world.room.key[i] ^ record.key[e], chance.PARENT, occasion))
        if wait < first:
            first, place = wait, n
    if place == NONE:
        return NONE - 1 if comments else NONE
    e = commons.in_mind[i, place]
    commons.in_mind[i, place] = NONE
    return e


@compiled
def is_taken_down(world, meeting, setup, i, parent, position, occasion):
    """Does a moderator take down person i's answer before it appears?

    With moderation as chance if it would be a conflict to whom it answers, with its square if it merely lies outside their
    latitude: the heavier the hand, the more goes that is none (judgement). Writes taken_down and legitimacy.
    """
    if parent == NONE or meeting.moderation <= 0.0:
        return False
    commons, record = world.commons, world.record
    apart, tolerance = abs(position - record.position[parent]), world.people.tolerance[record.author[parent]]
    if apart <= tolerance:
        return False
    severe = apart > setup.values.conflict_reach * tolerance
    hand = meeting.moderation if severe else meeting.moderation * meeting.moderation
    if draw(world.room.key[i], chance.TAKEN_DOWN, occasion) >= hand:
        return False
    commons.taken_down[i] += 1
    commons.legitimacy[i] -= setup.values.legitimacy_cost * commons.legitimacy[i]
    events.tell(
        world.log,
        meeting.number,
        events.TAKEN_DOWN,
        i,
        parent,
        record.issue[parent],
        world.room.later[i],
        position,
        severe,
    )
    return True


@compiled
def join_thread(world, i, e, parent):
    """Person i's entry e opens a thread, or answers `parent`, whose author it reaches first. Writes the commons."""
    commons = world.commons
    if parent == NONE:
        commons.opened[i] += 1
        return
    j = world.record.author[parent]
    commons.parent[e] = parent
    commons.answers[parent] += 1
    commons.waits[e] = commons.inbox[j]
    commons.inbox[j] = e
    commons.answered[i] += 1
    commons.answers_got[j] += 1


# ---- the feed ------------------------------------------------------------------------------------------------------


@compiled
def rank_feed(world, meeting, setup):
    """What stands on top of the platform's feed today, once for everybody: the last `feed_window` entries, newest or most
    answered first. Writes ranked.
    """
    commons, end = world.commons, world.record.length[0]
    if not meeting.ranks:
        return
    n = min(meeting.feed_window, end)
    for place in range(n):
        commons.ranked[place] = end - 1 - place
    if meeting.order == ANSWERED:
        _most_answered_first(commons, commons.ranked, n)
    commons.feed[0] = n


@allocating
def _most_answered_first(commons, feed, n):
    """Put the first n entries of a feed, which stand newest first, in the order of the answers that they have."""
    for place in range(n):
        commons.order[place] = -(np.int64(commons.answers[feed[place]]) << 32) - feed[place]
    commons.order[:n].sort()
    for place in range(n):
        feed[place] = -commons.order[place] & 0xFFFFFFFF


@compiled
def sweep(world, i, end):
    """Person i looks in with `end` entries on record: what has come since its last time, it has not read. Writes seen."""
    commons = world.commons
    window, words = commons.ranked.size, commons.seen.shape[1]
    if words == 0:
        return
    if end - commons.swept[i] >= window:
        for word in range(words):
            commons.seen[i, word] = 0
    else:
        for e in range(commons.swept[i], end):
            place = e % window
            commons.seen[i, place >> 6] &= ~(np.uint64(1) << np.uint64(place & 63))
    commons.swept[i] = max(commons.swept[i], end)


@compiled
def _has_seen(commons, i, e):
    """Has person i read entry e, one of the last W?"""
    place = e % commons.ranked.size
    return (commons.seen[i, place >> 6] >> np.uint64(place & 63)) & np.uint64(1) == np.uint64(1)


@compiled
def _mark_as_seen(commons, i, e):
    """Person i has read entry e. Writes seen, if it is among the last W."""
    window = commons.ranked.size
    if window > 0 and e >= commons.swept[i] - window:
        place = e % window
        commons.seen[i, place >> 6] |= np.uint64(1) << np.uint64(place & 63)


@compiled
def enter_feed(world, meeting, setup, i):
    """Person i opens the feed, at a place that chance decides: the top most often, the bottom rarely (n to the power of a
    uniform number, so that the chance to start at a place falls as one over its number; judgement). Writes feed.
    """
    commons = world.commons
    n = commons.feed[0]
    if meeting.readers == FOLLOWERS:
        n = _gather_followed(world, meeting, i)
    commons.feed[1], commons.feed[2], commons.feed[3] = n, 0, n
    if n > 0 and meeting.order != UNREAD:
        down = setup.values.feed_depth * draw(world.room.key[i], chance.FEED, 0)
        commons.feed[2] = min(n, int(math.pow(float(n), down))) - 1


@compiled
def next_in_feed(world, meeting, setup, i):
    """The next entry of the feed that person i may see, has not read and has not written, going on from the top when the
    end is reached; -1 when all were looked at. Writes feed.
    """
    commons, feed = world.commons, world.commons.feed
    while feed[3] > 0:
        place = feed[2]
        feed[2] = place + 1 if place + 1 < feed[1] else 0
        feed[3] -= 1
        e = commons.mine[place] if meeting.readers == FOLLOWERS else commons.ranked[place]
        if world.record.author[e] != i and not _has_seen(commons, i, e) and may_see(world, setup, i, e):
            return e
    return NONE


@compiled
def _gather_followed(world, meeting, i):
    """The feed of those whom person i follows, from the last `feed_window` entries. Writes mine; returns its length.

    Entries are walked author by author, so that it costs no more where many people write.
    """
    commons, end, n = world.commons, world.record.length[0], 0
    for place in range(commons.follows.shape[1]):
        j = commons.follows[i, place]
        if j == i:
            continue
        e = commons.latest[j]
        while e != NONE and e >= end - meeting.feed_window:
            commons.mine[n] = e
            n += 1
            e = commons.earlier[e]
    _newest_first(commons.mine, n)
    if meeting.order == ANSWERED:
        _most_answered_first(commons, commons.mine, n)
    elif meeting.order == UNREAD:
        for place in range(n // 2):
            other = n - 1 - place
            commons.mine[place], commons.mine[other] = commons.mine[other], commons.mine[place]
    return n


@allocating
def _newest_first(feed, n):
    """Put the first n entries of a feed in the order in which they came, the newest first."""
    for place in range(n):
        feed[place] = -feed[place]
    feed[:n].sort()
    for place in range(n):
        feed[place] = -feed[place]


@compiled
def next_answer(world, i):
    """The newest answer to person i that has not reached it yet; -1 if there is none. Writes inbox."""
    commons = world.commons
    e = commons.inbox[i]
    while e != NONE and commons.reached[e]:
        e = commons.waits[e]
    commons.inbox[i] = NONE if e == NONE else commons.waits[e]
    return e


@compiled
def passes_over(world, setup, i, e):
    """Reading on through the record, does person i pass over entry e: not for its eyes, or an answer that it has had?"""
    if not there_is_a_platform(world):
        return False
    return not may_see(world, setup, i, e) or (world.commons.reached[e] and answers_to(world, e) == i)


# ---- having been read ----------------------------------------------------------------------------------------------


@compiled
def be_read(world, meeting, setup, i, channel, e, apart, attends):
    """Person i has read entry e, which as understood lies `apart` from its view: attention has been spent on it, it is kept
    in mind, and an answer does what answers do. Writes the commons and trust.
    """
    commons = world.commons
    if not there_is_a_platform(world):
        return
    commons.reads[e] += 1
    commons.read[world.record.author[e]] += 1
    _mark_as_seen(commons, i, e)
    addressed = answers_to(world, e) == i
    kind = 0 if addressed else 1
    commons.in_mind[i, IN_MIND * kind + commons.minded[i, kind] % IN_MIND] = e
    commons.minded[i, kind] += 1
    if addressed:
        commons.reached[e] = True
        _feel_answered(world, meeting, setup, i, channel, e, apart, attends)


@compiled
def _feel_answered(world, meeting, setup, i, channel, e, apart, attends):
    """An answer far outside the reader's latitude is a conflict and costs trust in the author's group; one from somebody
    whom the reader has answered, here in this thread, builds it. Writes trust, conflicts and answers_read.

    Source: conflict and reciprocity, Daneshvar et al. 2018; sizes: judgement.
    """
    people, record, commons, values = world.people, world.record, world.commons, setup.values
    j = record.author[e]
    g = people.group[j]
    commons.answers_read[i] += 1
    if apart > values.conflict_reach * people.tolerance[i]:
        commons.conflicts[i] += 1
        people.trust[i, g] -= values.conflict_cost * attends * people.trust[i, g]
        events.tell(
            world.log,
            meeting.number,
            events.CLASHED,
            i,
            e,
            record.issue[e],
            channel,
            apart,
            False,
        )
    elif answers_to(world, commons.parent[e]) == j:
        people.trust[i, g] += values.mutual_gain * attends * (1.0 - people.trust[i, g])
