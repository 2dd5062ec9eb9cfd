"""Intentions: people say why they are here, and whether they are willing to learn.

Source: Masterson et al. 2024, doi:10.1186/s40900-024-00638-3; "any toolbox can become a tick-box" (sources/001).
"""

from __future__ import annotations

from sim.compiler import compiled
from sim.mechanisms.perception import moved, poorer, seen_openness
from sim.plan import INTENTIONS


@compiled
def share_intentions(world, meeting, setup):
    """In each live circle openness moves towards the openness seen in the others, weighted by their power, and trust in
    each group towards the openness seen in its members.

    Pace is minutes x dial x human interaction, lifted by facilitation. All speak before anybody changes. Writes
    openness and trust.
    """
    people, room = world.people, world.room
    minutes = meeting.live_minutes * meeting.minutes[INTENTIONS]
    if minutes <= 0.0:
        return
    minutes *= 1.0 + setup.values.facilitation_lift * meeting.facilitation
    for c in range(room.n[1]):
        members = room.members[room.start[c] : room.start[c + 1]]
        if members.size < 2:
            continue
        for i in members:
            room.openness[i] = people.openness[i]
        for i in members:
            _listen(world, setup, members, i, minutes)


@compiled
def _listen(world, setup, members, i, minutes):
    """Person i hears why the others of its circle are here."""
    people, room, by_group = world.people, world.room, world.room.by_group
    by_group[:, :] = 0.0
    toward = weight = interaction = 0.0
    for j in members:
        if j == i:
            continue
        fidelity = poorer(setup.fidelity, room.live[i], room.live[j])
        seen = seen_openness(room.openness[i], room.openness[j], fidelity)
        toward += people.power[j] * seen
        weight += people.power[j]
        interaction += poorer(setup.interaction, room.live[i], room.live[j])
        by_group[people.group[j], 0] += seen
        by_group[people.group[j], 1] += 1.0
    pace = minutes * interaction / (members.size - 1)
    people.openness[i] += moved(setup.values.intention_gain, pace) * (toward / weight - room.openness[i])
    trusting = moved(setup.values.trust_gain, pace)
    for g in range(by_group.shape[0]):
        if by_group[g, 1] > 0.0:
            people.trust[i, g] += trusting * (by_group[g, 0] / by_group[g, 1] - people.trust[i, g])
