"""Documentation: what was said is written down, or lost.

Source: Masterson et al. 2024, doi:10.1186/s40900-024-00638-3; "capturing divergent views ensures voices are heard"
(sources/001). Whose words are written down follows power, less so with facilitation.
"""

from __future__ import annotations

import math

import numpy as np

from sim import chance, events
from sim.chance import child, count, draw, triangle
from sim.commons import NONE
from sim.compiler import allocating, compiled
from sim.mechanisms.perception import clipped
from sim.plan import DOCUMENTATION
from sim.record import enter

POSTED = 1 << 32  # posts are numbered from here, so that none shares its key with a turn in a live circle


@compiled
def take_notes(world, meeting, setup, c):
    """The scribe of circle c writes down what fits into its time, in the order in which it was said.

    If more was said than fits, a race decides: power favours, and a divergent contribution counts with
    captures_divergence. More capacity keeps all that less would have kept. Writes the record, captured and latest.
    """
    room, values = world.room, setup.values
    said = room.n[3]
    if said == 0:
        return
    minutes = meeting.live_minutes * meeting.minutes[DOCUMENTATION] * meeting.scribe
    capacity = count(minutes * values.notes_per_minute, draw(room.nobody[1], chance.NOTES, c))
    _choose(world, meeting, said, capacity)
    for n in range(said):
        i, k = room.speaker[n], room.said_issue[n]
        if not room.kept[n]:
            events.tell(
                world.log,
                meeting.number,
                events.NOT_NOTED,
                i,
                events.NOTHING,
                k,
                room.live[i],
                room.said[n],
                room.said_divergent[n],
            )
            continue
        position = room.said[n]
        if values.distortion > 0.0:
            position = clipped(
                position + values.distortion * triangle(room.said_key[n], chance.DISTORTION, 0)
            )
        enter(
            world,
            i,
            room.said_key[n],
            k,
            position,
            meeting.number,
            room.live[i],
            room.said_divergent[n],
            True,
        )
        events.tell(
            world.log,
            meeting.number,
            events.NOTED,
            i,
            events.NOTHING,
            k,
            room.live[i],
            position,
            room.said_divergent[n],
        )


@compiled
def claim_to_be_noted(power, facilitation, divergent, captures_divergence):
    """Weight of a contribution in the race for the notes: power, evened out by facilitation, and divergence."""
    weight = math.pow(power, 1.0 - facilitation)
    return max(1e-9, weight * captures_divergence if divergent else weight)


@allocating
def _choose(world, meeting, said, capacity):
    """Mark the contributions that the scribe keeps: those that win the race, as many as there is capacity for."""
    people, room = world.people, world.room
    if said <= capacity:
        room.kept[:said] = True
        return
    room.kept[:said] = False
    if capacity <= 0:
        return
    for n in range(said):
        weight = claim_to_be_noted(
            people.power[room.speaker[n]],
            meeting.facilitation,
            room.said_divergent[n],
            meeting.captures_divergence,
        )
        room.race[n] = -math.log(1.0 - room.race[n]) / weight
    for n in np.argsort(room.race[:said])[:capacity]:
        room.kept[n] = True


@compiled
def post(world, meeting, i, k, position, divergent, occasion):
    """A post documents itself, as far as the documentation dial lets it; returns its entry, -1 if it was lost.

    Writes the record, captured and latest.
    """
    room = world.room
    if draw(room.key[i], chance.KEPT, occasion) >= meeting.dials[DOCUMENTATION]:
        return NONE
    key = child(room.key[i], POSTED + occasion)
    e = enter(world, i, key, k, position, meeting.number, room.later[i], divergent, False)
    events.tell(
        world.log, meeting.number, events.NOTED, i, events.NOTHING, k, room.later[i], position, divergent
    )
    return e
