"""Enactment: what was agreed is acted on before the next session, or not, and those who agreed take note.

Source: named as a mechanism of change by Palmer et al. 2019, doi:10.1136/medhum-2017-011398, without a rule: this
one is judgement. Its direction: hearing what became of a contribution sustains motivation (Evans et al. 2014, at
second hand), and a promise that is not kept costs more than one that was never made.
"""

from __future__ import annotations

from sim.chance import FREE, draw
from sim.compiler import compiled
from sim.mechanisms.decision import AGAINST, FOR, agreed
from sim.mechanisms.dialogue import came

ENACTED = FREE + 20


@compiled
def enact(world, meeting, setup):
    """Of each issue on which a draft was put and agreed, chance decides whether it is acted on before the next
    session.

    Whoever was there asks how far deeds keep to what was agreed. An issue that is acted on counts 1 for those who
    accept it in private, 1/2 for the neutral, 0 for those who are against it: an agreement that was only shown wins
    nobody. One that is not acted on counts 0 for all. Engagement, and trust in the other groups, move towards the
    mean at the pace of `accountability`: as a draft is held to what was said, so are deeds to what was agreed. The
    engaged lose more by a broken word than they gain by a kept one, so that half-hearted enactment can be worse
    than none. At 0 nobody waits for deeds. Writes trust and engagement.
    """
    if setup.values.enactment <= 0.0 or not meeting.decides:
        return
    people, room, draft, deeds = world.people, world.room, world.draft, world.room.by_issue
    agreements, pace = _act(world, setup, deeds), setup.values.accountability
    if agreements == 0.0:
        return
    for i in range(people.group.size):
        if not came(room, i) or not people.active[i]:
            continue
        kept = 0.0
        for k in range(setup.weight.size):
            kept += deeds[k, 0] * 0.5 * (1.0 + draft.private[i, k])
        kept /= agreements
        people.engagement[i] += pace * (kept - people.engagement[i])
        for g in range(people.trust.shape[1]):
            if g != people.group[i]:
                people.trust[i, g] += pace * (kept - people.trust[i, g])


@compiled
def _act(world, setup, deeds):
    """Act, or not, on each issue agreed in public by the scenario's rule; returns how many those are. Writes deeds."""
    room, draft, agreements = world.room, world.draft, 0.0
    for k in range(setup.weight.size):
        deeds[k, 0] = accepts = opposes = present = 0.0
        for i in range(draft.public.shape[0]):
            if came(room, i):
                present += 1.0
                accepts += draft.public[i, k] == FOR
                opposes += draft.public[i, k] == AGAINST
        if agreed(setup.rule, accepts, opposes, present):
            agreements += 1.0
            acted = draw(room.nobody[1] ^ setup.issue[k], ENACTED, 0) < setup.values.enactment
            deeds[k, 0] = 1.0 if acted else 0.0
    return agreements
