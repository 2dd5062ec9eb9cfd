"""Creativity: from divergence that was written down somebody gets to a view that nobody brought.

Source: named as a mechanism of change by Palmer et al. 2019, doi:10.1136/medhum-2017-011398, and as important and
missing by the authors of EAA (Masterson et al. 2024, doi:10.1186/s40900-024-00638-3). Neither gives a rule: this
one is judgement.
"""

from __future__ import annotations

import math

from sim import events
from sim.chance import CAPTURE, FREE, child, count, draw, sooner
from sim.commons import NONE
from sim.compiler import compiled
from sim.mechanisms.dialogue import hear, is_hybrid, picked_issue, publish
from sim.mechanisms.documentation import take_notes
from sim.mechanisms.perception import prevailing
from sim.mechanisms.platform import may_open
from sim.plan import DIALOGUE, posts_in, turns_in

TURNS_A_TRY = (
    12  # to look at what is written and past it takes as long as this many contributions (judgement)
)
POSTS_A_TRY = 2  # and alone, later, as long as this many posts (judgement)
BOLDNESS = 0.5  # how much of the way to the end of the scale an idea goes at most (judgement)
IDEAS = 1 << 33  # ideas are numbered from here: turns and posts have the numbers below
TRIES, TRIES_LATER, WHOSE, ABOUT, SPARK, HOW_FAR = range(FREE, FREE + 6)


@compiled
def create(world, meeting, setup):
    """With the record before them people try to see beyond it: circle by circle, and later each for oneself.

    A try needs documented divergence: entries on the issue at hand that lie at least `divergence` apart, whoever
    wrote them. What is not on record sparks nothing. `meeting` holds the minutes that are left to creating. Writes
    views, said and contributions, and what hearing and documentation write: heard, picture, certainty, trust, the
    flow of attention, captured, latest and the record.
    """
    record, found = world.record, world.room.by_issue
    if meeting.live_minutes + meeting.later_minutes <= 0.0:
        return
    for k in range(setup.weight.size):
        found[k, 0], found[k, 1] = math.inf, -math.inf  # the lowest and the highest position on record
    _look_through(
        record, found, 0, record.length[1]
    )  # those here live see what was there when they stopped talking
    for c in range(world.room.n[1]):
        _create_together(world, meeting, setup, c)
    _look_through(record, found, record.length[1], record.length[0])
    for v in range(world.room.n[2]):
        _create_alone(world, meeting, setup, world.room.visitors[v])


@compiled
def _look_through(record, found, first, end):
    """Widen what was found on record by the entries from `first` to `end`. Writes found."""
    for e in range(first, end):
        k, position = record.issue[e], record.position[e]
        found[k, 0], found[k, 1] = min(found[k, 0], position), max(found[k, 1], position)


@compiled
def _create_together(world, meeting, setup, c):
    """One live circle: whoever wins the floor tries; an idea is voiced, heard and noted like any contribution."""
    room = world.room
    members = room.members[room.start[c] : room.start[c + 1]]
    if members.size < 2:
        return
    _, remote = is_hybrid(room, members)
    tries = turns_in(meeting, setup.values, 1, remote) / TURNS_A_TRY
    room.n[3] = 0
    for n in range(count(tries, draw(room.nobody[1], TRIES, c))):
        i = _who_tries(room, members, n)
        if i < 0:
            break
        k = picked_issue(world, setup, i, ABOUT, n)
        idea = idea_beyond(world, setup, i, k, n)
        if not math.isnan(idea):
            _say(world, meeting, setup, i, k, idea, n)
            hear(world, setup, members, i, k, idea, IDEAS + n)
    take_notes(world, meeting, setup, c)


@compiled
def _create_alone(world, meeting, setup, i):
    """Somebody who comes later, and may open a thread, tries alone: an idea is a post, with no listener until somebody reads."""
    people, room = world.people, world.room
    if not may_open(world, meeting, i):
        return
    tries = posts_in(meeting.later_minutes * meeting.minutes[DIALOGUE], setup.values) / POSTS_A_TRY
    will = min(1.0, people.engagement[i] * people.talkativeness[i] * room.fluency[i])
    for n in range(count(tries * will, draw(room.key[i], TRIES_LATER, 0))):
        occasion = IDEAS + n
        k = picked_issue(world, setup, i, ABOUT, occasion)
        idea = idea_beyond(world, setup, i, k, occasion)
        if not math.isnan(idea):
            divergent = _stand_by(world, setup, i, k, idea)
            publish(world, meeting, setup, i, k, idea, divergent, NONE, occasion)


@compiled
def _who_tries(room, members, n):
    """Whoever wins the floor: a race by the claims that dialogue has left in the room; -1 if nobody can."""
    first, winner = math.inf, -1
    for i in members:
        wait = sooner(first, room.floor[i], draw(room.key[i], WHOSE, n))
        if wait < first:
            first, winner = wait, i
    return winner


@compiled
def idea_beyond(world, setup, i, k, occasion):
    """A position beyond what is on record on issue k, on the side to which person i leans; NaN where nothing
    sparks.

    The chance of a spark is the person's openness x how far apart the entries lie, as a share of the whole scale.
    Who already stands at the end of what is written looks no further: nobody outbids oneself.
    """
    key, view = world.room.key[i], world.people.views[i, k]
    low, high = world.room.by_issue[k, 0], world.room.by_issue[k, 1]
    apart = high - low  # minus infinity where nothing is on record
    if apart < setup.values.divergence or view <= low or view >= high:
        return math.nan
    if draw(key, SPARK, occasion) >= world.people.openness[i] * apart / 2.0:
        return math.nan
    share = BOLDNESS * draw(key, HOW_FAR, occasion)
    if view >= (low + high) / 2.0:
        return high + share * (1.0 - high)
    return low - share * (1.0 + low)


@compiled
def _stand_by(world, setup, i, k, idea):
    """Person i holds and states the idea from now on; is it divergent? Writes views, said and contributions."""
    people = world.people
    prevails = prevailing(people.picture, people.certainty, people.views, i, k)
    people.views[i, k] = idea
    people.said[i, k] = idea
    people.contributions[i] += 1
    return abs(idea - prevails) >= setup.values.divergence


@compiled
def _say(world, meeting, setup, i, k, idea, n):
    """Person i voices the idea in its circle, where a scribe may note it. Writes what was said."""
    room = world.room
    divergent, said = _stand_by(world, setup, i, k, idea), room.n[3]
    room.speaker[said], room.said_issue[said], room.said[said] = i, k, idea
    room.said_key[said], room.said_divergent[said] = child(room.key[i], IDEAS + n), divergent
    room.race[said] = draw(room.key[i], CAPTURE, IDEAS + n)
    room.n[3] = said + 1
    events.tell(world.log, meeting.number, events.SAID, i, events.NOTHING, k, room.live[i], idea, divergent)
