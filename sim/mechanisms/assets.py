"""Assets: the strengths in the room get named.

Source: Masterson et al. 2024, doi:10.1186/s40900-024-00638-3 (consideration of strengths, opportunities, possibilities).
"""

from __future__ import annotations

from sim.compiler import compiled
from sim.mechanisms.perception import moved
from sim.plan import ASSETS


@compiled
def name_assets(world, meeting, setup):
    """In each live circle what the others know of a person's strengths rises towards what there is.

    Slower for those with low power or a communication barrier, unless somebody facilitates. Writes recognised.
    """
    people, room = world.people, world.room
    minutes = meeting.live_minutes * meeting.minutes[ASSETS]
    if minutes <= 0.0:
        return
    for c in range(room.n[1]):
        members = room.members[room.start[c] : room.start[c + 1]]
        if members.size < 2:
            continue
        for i in members:
            unaided = people.power[i] * room.fluency[i]
            ease = meeting.facilitation + (1.0 - meeting.facilitation) * unaided
            recognise(people, i, moved(setup.values.recognition_gain, minutes * ease))


@compiled
def recognise(people, i, share):
    """The others come to know this share of what they did not yet know of person i's strengths. Writes recognised."""
    for s in range(people.assets.shape[1]):
        people.recognised[i, s] += share * (people.assets[i, s] - people.recognised[i, s])
