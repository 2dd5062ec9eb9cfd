"""Arriving: who gets in, through which channel, and who sits with whom.

Uninvited is not absent. Each barrier, after what supports have removed, is passed or not by one keyed draw per person
and session, whatever the channel, so that supports and more channels can only add people.
"""

from __future__ import annotations

import math

import numpy as np

from sim import chance, events
from sim.chance import child, draw
from sim.compiler import allocating, compiled
from sim.setting import (
    COMMUNICATION,
    DIGITAL,
    LATER_ONSITE,
    LATER_REMOTE,
    LIVE_ONSITE,
    LIVE_REMOTE,
    NOWHERE,
    SCHEDULE,
    TRAVEL,
)


@compiled
def arrive(world, meeting, setup):
    """Everybody invited comes, or does not, by the open channels; those here live are dealt into circles.

    Writes the room, and of the people: invited, attended, by_channel, minutes_invited, minutes_used.
    """
    people, room = world.people, world.room
    room.n[:] = 0
    room.nobody[1] = child(room.nobody[0], meeting.name)
    offered = meeting.live_minutes + meeting.later_minutes
    for i in range(people.group.size):
        room.live[i] = NOWHERE
        room.later[i] = NOWHERE
        room.heard[i] = 0.0
        if not meeting.invited[people.group[i]]:
            continue
        people.invited[i] += 1
        people.minutes_invited[i] += offered
        if people.active[i]:
            room.key[i] = child(people.key[i], meeting.name)
            _come(world, meeting, setup, i)
    _deal(world, meeting, setup)
    _order_visits(world)


@compiled
def willingness(engagement, openness, values):
    """Chance that somebody who can come does: rising in engagement, a little in openness; exactly 1 at 1 and 1.

    Judgement, calibrated on no-shows (evidence 6.1).
    """
    return math.pow(engagement, values.willing_engagement) * (
        1.0 - values.willing_openness * (1.0 - openness)
    )


@compiled
def _passes(world, meeting, i, barrier):
    """Does person i get past a barrier today, after what support has removed of it?"""
    left = world.people.barriers[i, barrier] * (1.0 - meeting.supports[barrier])
    if draw(world.room.key[i], chance.BARRIER_MET, barrier) >= left:
        return True
    events.tell(world.log, meeting.number, events.STOPPED, i, barrier, events.NOTHING, NOWHERE, np.nan, False)
    return False


@compiled
def _better(setup, onsite, onsite_open, remote, remote_open):
    """Of two channels, the open one with the higher human interaction; on site where they are equal."""
    if onsite_open and (not remote_open or setup.interaction[onsite] >= setup.interaction[remote]):
        return onsite
    return remote if remote_open else NOWHERE


@compiled
def _come(world, meeting, setup, i):
    """Find the channels through which invited person i takes part in this session."""
    people, room, offer = world.people, world.room, meeting.channels
    room.fluency[i] = 1.0 - people.barriers[i, COMMUNICATION] * (1.0 - meeting.supports[COMMUNICATION])
    travels = (offer[LIVE_ONSITE] or offer[LATER_ONSITE]) and _passes(world, meeting, i, TRAVEL)
    connects = (offer[LIVE_REMOTE] or offer[LATER_REMOTE]) and _passes(world, meeting, i, DIGITAL)
    is_free = (offer[LIVE_ONSITE] or offer[LIVE_REMOTE]) and _passes(world, meeting, i, SCHEDULE)
    live = _better(
        setup,
        LIVE_ONSITE,
        offer[LIVE_ONSITE] and travels and is_free,
        LIVE_REMOTE,
        offer[LIVE_REMOTE] and connects and is_free,
    )
    later = _better(
        setup, LATER_ONSITE, offer[LATER_ONSITE] and travels, LATER_REMOTE, offer[LATER_REMOTE] and connects
    )
    if live == NOWHERE and later == NOWHERE:
        return
    if draw(room.key[i], chance.WILLING, 0) >= willingness(
        people.engagement[i], people.openness[i], setup.values
    ):
        events.tell(
            world.log,
            meeting.number,
            events.STAYED_AWAY,
            i,
            events.NOTHING,
            events.NOTHING,
            NOWHERE,
            np.nan,
            False,
        )
        return
    room.live[i], room.later[i] = live, later
    people.attended[i] += 1
    if live != NOWHERE:
        _enter(world, meeting, i, live, meeting.live_minutes)
    if later != NOWHERE:
        _enter(world, meeting, i, later, meeting.later_minutes)


@compiled
def _enter(world, meeting, i, channel, minutes):
    """Person i takes part through a channel."""
    world.people.by_channel[i, channel] += 1
    world.people.minutes_used[i] += minutes
    events.tell(
        world.log, meeting.number, events.CAME, i, events.NOTHING, events.NOTHING, channel, minutes, False
    )


@allocating
def _deal(world, meeting, setup):
    """Deal those here live into circles, mixed over groups, of sizes that differ by at most one, nobody alone.

    Dealing goes round the circles through the groups, in an order that belongs to their names.
    """
    people, room = world.people, world.room
    n = 0
    for i in range(people.group.size):
        if room.live[i] != NOWHERE:
            room.members[n] = i
            room.waiting[n] = setup.rank[people.group[i]] + draw(room.key[i], chance.DEAL, 0)
            n += 1
    room.n[0] = n
    if n == 0:
        return
    circles = max(1, min((n + meeting.circle_size - 1) // meeting.circle_size, n // 2))
    room.n[1] = circles
    order = np.argsort(room.waiting[:n])
    dealt = room.members[:n].copy()
    place = 0
    for c in range(circles):
        room.start[c] = place
        for p in range(c, n, circles):
            room.members[place] = dealt[order[p]]
            place += 1
    room.start[circles] = n


@allocating
def _order_visits(world):
    """Put those who come later in the order of their visits, which chance decides."""
    room = world.room
    n = 0
    for i in range(room.later.size):
        if room.later[i] != NOWHERE:
            room.visitors[n] = i
            room.waiting[n] = draw(room.key[i], chance.VISIT, 0)
            n += 1
    room.n[2] = n
    came = room.visitors[:n].copy()
    order = np.argsort(room.waiting[:n])
    for v in range(n):
        room.visitors[v] = came[order[v]]
