"""Interpretation: making sense, alone, of what was written down.

Source: Masterson et al. 2024, doi:10.1186/s40900-024-00638-3 (interpretation may be independent); reprocessability of
written media: Dennis, Fuller & Valacich 2008, doi:10.2307/25148857.
"""

from __future__ import annotations

import math

from sim import chance, events
from sim.chance import count, draw
from sim.commons import NONE, there_is_a_platform
from sim.compiler import compiled
from sim.mechanisms.assets import recognise
from sim.mechanisms.perception import attention, learn, perceived, poorer, seen_openness
from sim.mechanisms.persuasion import persuasion
from sim.mechanisms.platform import (
    be_read,
    enter_feed,
    named,
    next_answer,
    next_in_feed,
    passes_over,
    sweep,
)
from sim.plan import ASSETS, DIALOGUE, INTENTIONS, INTERPRETATION
from sim.setting import NOWHERE

LIVE, LATER = range(2)


@compiled
def interpret(world, meeting, setup):
    """Everybody here reads on, oldest unread first, never their own words, nothing twice.

    Those here live read what was on record when the meeting ended; what is posted after it waits for their next time. On a
    platform, answers to oneself come first, and then perhaps what a feed puts on top.
    Writes cursor, entries_read, picture, certainty, views, the trust and openness that reading carries and, of authors, recognised
    and heard: to be read is to be heard.
    """
    people, room, record = world.people, world.room, world.record
    share = meeting.minutes[INTERPRETATION]
    if share <= 0.0:
        return
    for i in range(people.group.size):
        room.openness[i] = people.openness[i]
    for i in range(people.group.size):
        if room.live[i] != NOWHERE:
            minutes = meeting.live_minutes * share
            _read(world, meeting, setup, i, LIVE, room.live[i], minutes, record.length[1])
        if room.later[i] != NOWHERE:
            minutes = meeting.later_minutes * share
            _read(world, meeting, setup, i, LATER, room.later[i], minutes, record.length[0])


@compiled
def _read(world, meeting, setup, i, sitting, channel, minutes, end):
    """Person i reads as many entries as its minutes allow, up to entry `end`; what it read then moves its views."""
    people, room, gathered = world.people, world.room, world.room.by_issue
    amount = minutes * setup.values.reading_rate * room.fluency[i]
    left = count(amount, draw(room.key[i], chance.READS, sitting))
    gathered[:, :] = 0.0
    sweep(world, i, end)
    if sitting == LATER and meeting.platform:
        read = _read_answers(world, meeting, setup, i, channel, left)
    else:
        read = 0
    if sitting == LATER and meeting.ranks:
        read = _read_feed(world, meeting, setup, i, channel, left, read)
        people.cursor[i] = end
    else:
        read = _read_on(world, meeting, setup, i, channel, left, read, end)
    people.entries_read[i] += read
    if read > 0:
        _make_up_ones_mind(people, i, gathered, setup.values.influence)
        events.tell(world.log, meeting.number, events.READ, i, read, events.NOTHING, channel, math.nan, False)


@compiled
def _read_on(world, meeting, setup, i, channel, left, read, end):
    """Person i reads on through the record from where it stopped, oldest unread first. Returns how much it has read now."""
    people, record = world.people, world.record
    e = people.cursor[i]
    while e < end and read < left:
        if record.author[e] != i and not passes_over(world, setup, i, e):
            _take_in(world, meeting, setup, i, channel, e)
            read += 1
        e += 1
    people.cursor[i] = e
    return read


@compiled
def _read_answers(world, meeting, setup, i, channel, left):
    """Answers reach those whom they answer first. Returns how much person i has read."""
    read = 0
    while read < left:
        e = next_answer(world, i)
        if e == NONE:
            break
        _take_in(world, meeting, setup, i, channel, e)
        read += 1
    return read


@compiled
def _read_feed(world, meeting, setup, i, channel, left, read):
    """Person i reads down the feed. Returns how much it has read now."""
    enter_feed(world, meeting, setup, i)
    while read < left:
        e = next_in_feed(world, meeting, setup, i)
        if e == NONE:
            break
        _take_in(world, meeting, setup, i, channel, e)
        read += 1
    return read


@compiled
def _take_in(world, meeting, setup, i, channel, e):
    """Person i reads entry e: the picture of the author's group moves, who wrote it is noticed as far as it is told, the
    position is kept in mind. Writes picture, certainty, trust, openness, what was gathered, the author's heard and
    recognised, and on platforms what being read does.
    """
    people, room, record, values = world.people, world.room, world.record, setup.values
    j, k, gathered = record.author[e], record.issue[e], room.by_issue
    g, known = people.group[j], named(world, setup, e)
    fidelity = poorer(setup.fidelity, channel, record.channel[e])
    attends = attention(people.engagement[i], fidelity, room.fluency[i])
    view = people.views[i, k]
    bent = record.position[e] + values.biased_assimilation * (1.0 - room.openness[i]) * (
        view - record.position[e]
    )
    read = perceived(bent, fidelity, values.noise, room.key[i] ^ record.key[e], chance.MISREAD, 0)
    if there_is_a_platform(world):
        events.tell(world.log, meeting.number, events.TOOK_IN, i, e, k, channel, read, False)
    learn(people.picture, people.certainty, i, g, k, read, values.learning * attends * known)
    near = persuasion(abs(read - view), people.tolerance[i], setup.kernel)
    if near > 0.0:
        trust = _trust_in_author(people, i, g, known)
        gathered[k, 0] += trust * near
        gathered[k, 1] += trust * near * read
        gathered[k, 2] += attends
        gathered[k, 3] += 1.0
    seen = seen_openness(room.openness[i], room.openness[j], fidelity)
    noticed = attends * meeting.dials[INTENTIONS] * known
    people.trust[i, g] += values.trust_gain * noticed * (seen - people.trust[i, g])
    people.openness[i] += values.intention_gain * noticed * (seen - people.openness[i])
    recognise(people, j, values.recognition_gain * attends * meeting.dials[ASSETS] * known)
    listened = attends * meeting.dials[DIALOGUE]
    people.heard[j] += listened
    room.heard[j] += listened
    world.ledger.flow[g, people.group[i]] += listened
    be_read(world, meeting, setup, i, channel, e, abs(read - view), attends * known)


@compiled
def _trust_in_author(people, i, g, known):
    """Person i's trust in the author of what it reads: in the group, as far as that is known, else in groups at large."""
    if known >= 1.0:
        return people.trust[i, g]
    anybody = 0.0
    for of in range(people.trust.shape[1]):
        anybody += people.trust[i, of] / people.trust.shape[1]
    return known * people.trust[i, g] + (1.0 - known) * anybody


@compiled
def _make_up_ones_mind(people, i, gathered, influence):
    """What person i has read moves its views, all at once: towards the mean of the entries and its own view, weighted
    by trust, the further, the more there was. Writes views.
    """
    own_trust = people.trust[i, people.group[i]]
    for k in range(gathered.shape[0]):
        weights, n = own_trust + gathered[k, 0], gathered[k, 3]
        if n == 0.0 or weights <= 0.0:
            continue
        view = people.views[i, k]
        middle = (own_trust * view + gathered[k, 1]) / weights
        reach = 1.0 - math.pow(1.0 - influence, n)
        people.views[i, k] += gathered[k, 2] / n * people.openness[i] * reach * (middle - view)
