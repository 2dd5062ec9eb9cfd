"""Dialogue: views are voiced and heard, live in circles; later, people write posts instead.

Source: Masterson et al. 2024, doi:10.1186/s40900-024-00638-3 (exploration of ideas and views with mutuality and
insight); production blocking by the one floor of a circle: Diehl & Stroebe 1987, JPSP 53(3):497-509.
"""

from __future__ import annotations

import math

import numpy as np

from sim import chance, events
from sim.chance import child, count, draw, sooner
from sim.commons import NONE
from sim.compiler import compiled
from sim.mechanisms.documentation import post, take_notes
from sim.mechanisms.perception import (
    attention,
    clipped,
    learn,
    perceived,
    poorer,
    prevailing,
    salience,
    seen_openness,
)
from sim.mechanisms.persuasion import persuasion
from sim.mechanisms.platform import is_taken_down, join_thread, to_be_answered
from sim.plan import DIALOGUE, posts_in, turns_in
from sim.setting import LIVE_REMOTE, NOWHERE


@compiled
def converse(world, meeting, setup):
    """Every circle talks, and its scribe writes down; those who come later write posts, which document themselves.

    Writes contributions, said, heard, picture, certainty, views, trust, the flow of attention, and, through
    documentation, the record.
    """
    room = world.room
    for c in range(room.n[1]):
        members = room.members[room.start[c] : room.start[c + 1]]
        _claim_the_floor(world, meeting, setup, members)
        room.n[3] = 0
        if members.size > 1:
            _talk(world, meeting, setup, members, c)
        take_notes(world, meeting, setup, c)
    world.record.length[1] = world.record.length[0]
    _write_posts(world, meeting, setup)


@compiled
def is_hybrid(room, members):
    """Does the circle span a room and remote places? Returns (spans both, anybody remote)."""
    remote = 0
    for i in members:
        remote += room.live[i] == LIVE_REMOTE
    return 0 < remote < members.size, remote > 0


@compiled
def _claim_the_floor(world, meeting, setup, members):
    """Everybody's claim to the floor: talkativeness x power x engagement x fluency, less for remote people in a hybrid
    circle, and evened out by facilitation. Writes floor.
    """
    people, room, values = world.people, world.room, setup.values
    hybrid, _ = is_hybrid(room, members)
    left = values.facilitated_floor + (1.0 - values.facilitated_floor) * (1.0 - meeting.facilitation)
    for i in members:
        claim = people.talkativeness[i] * people.power[i] * people.engagement[i] * room.fluency[i]
        if hybrid and room.live[i] == LIVE_REMOTE:
            claim *= values.hybrid_penalty
        room.floor[i] = math.pow(claim, left) if claim > 0.0 else 0.0


@compiled
def _talk(world, meeting, setup, members, c):
    """One circle's turns: by race, each heard at once; or by rounds, heard when all have spoken."""
    room = world.room
    _, remote = is_hybrid(room, members)
    turns = count(
        turns_in(meeting, setup.values, members.size, remote), draw(room.nobody[1], chance.TURNS, c)
    )
    for turn in range(turns):
        if meeting.rounds:
            before = room.n[3]
            for i in members:
                _voice(world, meeting, setup, members, i, turn)
            for n in range(before, room.n[3]):
                hear(world, setup, members, room.speaker[n], room.said_issue[n], room.said[n], turn)
        else:
            speaker = _next_speaker(room, members, turn)
            if speaker == events.NOBODY:
                return
            _voice(world, meeting, setup, members, speaker, turn)
            n = room.n[3] - 1
            hear(world, setup, members, speaker, room.said_issue[n], room.said[n], turn)


@compiled
def _next_speaker(room, members, turn):
    """Everyone draws a waiting time, the shortest speaks: a draw in proportion to the claims to the floor."""
    claims, keys = room.floor, room.key
    first, speaker = np.inf, events.NOBODY
    for i in members:
        wait = sooner(first, claims[i], draw(keys[i], chance.FLOOR, turn))
        if wait < first:
            first, speaker = wait, i
    return speaker


@compiled
def picked_issue(world, setup, i, decision, occasion):
    """The issue that person i takes up: a race between the issues, by weight on the agenda x own salience."""
    people, room = world.people, world.room
    views, weights, names, floor, key = (
        people.views,
        setup.weight,
        setup.issue,
        setup.values.salience_floor,
        room.key[i],
    )
    first, issue = np.inf, 0
    for k in range(weights.size):
        weight = weights[k] * salience(views[i, k], floor)
        wait = sooner(first, weight, draw(key ^ names[k], decision, occasion))
        if wait < first:
            first, issue = wait, k
    return issue


@compiled
def _position(world, setup, i, k, silencing, trust):
    """The position that person i voices on issue k, and whether it is divergent: bent towards what it believes to
    prevail, the more, the less it trusts its audience. Source: self-silencing, PMC6594623 (expressed and private).

    silencing : share of the way to what prevails that it is bent where there is no trust, [0, 1].
    """
    people = world.people
    view = people.views[i, k]
    prevails = prevailing(people.picture, people.certainty, people.views, i, k)
    voiced = clipped(view + silencing * (1.0 - trust) * (prevails - view))
    return voiced, abs(voiced - prevails) >= setup.values.divergence


@compiled
def _voice(world, meeting, setup, members, i, turn):
    """Person i takes the turn: picks an issue and states a position. Writes contributions, said and what was said."""
    people, room = world.people, world.room
    trust = 0.0
    for j in members:
        if j != i:
            trust += people.trust[i, people.group[j]]
    k = picked_issue(world, setup, i, chance.ISSUE, turn)
    voiced, divergent = _position(world, setup, i, k, setup.values.self_silencing, trust / (members.size - 1))
    people.contributions[i] += 1
    people.said[i, k] = voiced
    n = room.n[3]
    room.speaker[n], room.said_issue[n], room.said[n] = i, k, voiced
    room.said_key[n], room.said_divergent[n] = child(room.key[i], turn), divergent
    room.race[n] = draw(room.key[i], chance.CAPTURE, turn)
    room.n[3] = n + 1
    events.tell(world.log, meeting.number, events.SAID, i, events.NOTHING, k, room.live[i], voiced, divergent)


@compiled
def hear(world, setup, members, speaker, k, voiced, turn):
    """Every other member hears what was voiced on issue k: picture, certainty, view and trust move; the speaker has been
    heard. Writes these, heard and the flow of attention.
    """
    people, room, values = world.people, world.room, setup.values
    picture, certainty, views, trust = people.picture, people.certainty, people.views, people.trust
    engagement, openness, tolerance, group = (
        people.engagement,
        people.openness,
        people.tolerance,
        people.group,
    )
    live, fluency, key, carries, flow = room.live, room.fluency, room.key, setup.fidelity, world.ledger.flow
    learning, influence, noise, trust_gain = (
        values.learning,
        values.influence,
        values.noise,
        values.trust_gain,
    )
    kernel, g, speakers_key, received = setup.kernel, group[speaker], people.key[speaker], 0.0
    speakers_channel, speakers_openness = live[speaker], openness[speaker]
    for i in members:
        if i == speaker:
            continue
        fidelity = poorer(carries, live[i], speakers_channel)
        attends = attention(engagement[i], fidelity, fluency[i])
        heard = perceived(voiced, fidelity, noise, key[i] ^ speakers_key, chance.MISHEARD, turn)
        learn(picture, certainty, i, g, k, heard, learning * attends)
        apart = heard - views[i, k]
        near = persuasion(abs(apart), tolerance[i], kernel)
        views[i, k] += influence * openness[i] * trust[i, g] * attends * near * apart
        seen = seen_openness(openness[i], speakers_openness, fidelity)
        trust[i, g] += trust_gain * attends * (seen - trust[i, g])
        flow[g, group[i]] += attends
        received += attends
    people.heard[speaker] += received
    room.heard[speaker] += received


@compiled
def _write_posts(world, meeting, setup):
    """Those who come later write, in the order of their visits: no floor to win, no listener until somebody reads.

    Whose name is hidden is bent less by what prevails (judgement).
    """
    people, room, silencing = (
        world.people,
        world.room,
        setup.values.self_silencing * (1.0 - meeting.anonymity),
    )
    world.commons.posted[0] = 0
    time = posts_in(meeting.later_minutes * meeting.minutes[DIALOGUE], setup.values)
    if time <= 0.0:
        return
    audience = _audience(world, meeting, setup)
    for v in range(room.n[2]):
        i = room.visitors[v]
        will = min(1.0, people.engagement[i] * people.talkativeness[i] * room.fluency[i])
        trust = _trust_in_audience(people, i, room.by_group, audience)
        for occasion in range(count(time * will, draw(room.key[i], chance.POSTS, 0))):
            _write(world, meeting, setup, i, silencing, trust, occasion)


@compiled
def _write(world, meeting, setup, i, silencing, trust, occasion):
    """Person i writes one contribution: on a platform an answer to what it has in mind, or a thread of its own."""
    people, parent = world.people, NONE
    if meeting.platform:
        parent = to_be_answered(world, meeting, setup, i, occasion)
        if parent < NONE:
            return
    if parent == NONE:
        k = picked_issue(world, setup, i, chance.ISSUE_OF_POST, occasion)
    else:
        k = np.int64(world.record.issue[parent])
    voiced, divergent = _position(world, setup, i, k, silencing, trust)
    people.contributions[i] += 1
    people.said[i, k] = voiced
    publish(world, meeting, setup, i, k, voiced, divergent, parent, occasion)


@compiled
def publish(world, meeting, setup, i, k, position, divergent, parent, occasion):
    """What person i has written appears, unless a moderator takes it down or it is not documented; on a platform it opens a
    thread or answers `parent`. Writes the log, the record and the commons.
    """
    events.tell(
        world.log, meeting.number, events.WROTE, i, parent, k, world.room.later[i], position, divergent
    )
    if meeting.platform:
        world.commons.posted[0] += 1
        if is_taken_down(world, meeting, setup, i, parent, position, occasion):
            return
    e = post(world, meeting, i, k, position, divergent, occasion)
    if meeting.platform and e != NONE:
        join_thread(world, i, e, parent)


@compiled
def _audience(world, meeting, setup):
    """Whom a post is written for: everybody invited. Writes their number by group; returns it over all groups."""
    by_group, total = world.room.by_group, 0.0
    for g in range(setup.group.size):
        by_group[g, 0] = setup.first[g + 1] - setup.first[g] if meeting.invited[g] else 0.0
        total += by_group[g, 0]
    return total


@compiled
def _trust_in_audience(people, i, by_group, total):
    """Person i's mean trust in the groups of all the others who are invited."""
    trust = 0.0
    for g in range(by_group.shape[0]):
        others = by_group[g, 0] - (1.0 if g == people.group[i] else 0.0)
        trust += people.trust[i, g] * others
    return trust / (total - 1.0) if total > 1.0 else 1.0


@compiled
def came(room, i):
    """Does person i take part in this session, live or later?"""
    return room.live[i] != NOWHERE or room.later[i] != NOWHERE
