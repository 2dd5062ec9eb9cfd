"""Deciding: a draft is read off the record, people accept it or not, in private and in public.

After every session a measuring draft is made, and the votes on it are taken, without touching anybody's state; where the
session decides, the draft is really put, and people notice how closely it follows what they said.
"""

from __future__ import annotations

import math

import numpy as np

from sim import chance, events
from sim.chance import draw, sooner
from sim.commons import legitimacy
from sim.compiler import compiled
from sim.mechanisms.dialogue import came
from sim.plan import FOUR_FIFTHS, MAJORITY, SEVENTY_FIFTEEN, THREE_QUARTERS

FACILITATOR, NOBODY, NOT_YET = (
    -1,
    -2,
    -3,
)  # in place of a participant: who drafted, or that nothing was drafted yet
FOR, NEUTRAL, AGAINST = 1, 0, -1


@compiled
def decide(world, meeting, setup):
    """Make the draft and take the votes; if it is put, settle what follows from it.

    Writes the draft; where it is put, trust and engagement too.
    """
    make_draft(world, meeting, setup)
    _vote_in_private(world, setup)
    _vote_in_public(world, meeting, setup)
    if meeting.decides:
        world.draft.reached[0] = 1.0 if _consensus(world, setup) else 0.0
        _hold_to_account(world, meeting, setup)


@compiled
def make_draft(world, meeting, setup):
    """Per issue, the mean over groups of what each has on record: the mean over authors of their latest entries.

    A group with nothing on record enters with the drafter's picture of it, weighted by certainty. Who holds the pen and is
    not open bends the draft towards the own view; a facilitator does not. Writes the draft.
    """
    people, draft = world.people, world.draft
    draft.sums[:, :, :] = 0.0
    for i in range(people.group.size):
        g = people.group[i]
        for k in range(setup.weight.size):
            if not math.isnan(people.latest[i, k]):
                draft.sums[g, k, 0] += people.latest[i, k]
                draft.sums[g, k, 1] += 1.0
    drafter = _choose_drafter(world, meeting)
    draft.drafter[0] = drafter
    draft.bent[0] = setup.values.pen * (1.0 - people.openness[drafter]) if drafter >= 0 else 0.0
    for k in range(setup.weight.size):
        total = weights = 0.0
        for g in range(setup.group.size):
            if draft.sums[g, k, 1] > 0.0:
                weight, position = 1.0, draft.sums[g, k, 0] / draft.sums[g, k, 1]
            else:
                weight, position = _remembered(world, drafter, g, k)
            draft.weight[g, k], draft.enters[g, k] = weight, position
            total += weight * position
            weights += weight
        if weights > 0.0:
            draft.position[k] = total / weights
            if drafter >= 0:
                draft.position[k] += draft.bent[0] * (people.views[drafter, k] - draft.position[k])
        else:
            draft.position[k] = people.views[drafter, k] if drafter >= 0 else math.nan
        if meeting.decides:
            events.tell(
                world.log,
                meeting.number,
                events.DRAFTED,
                drafter,
                events.NOTHING,
                k,
                -1,
                draft.position[k],
                False,
            )


@compiled
def _choose_drafter(world, meeting):
    """The facilitator, with facilitation as chance; else somebody present, drawn by power; -2 if nobody is there."""
    people, room = world.people, world.room
    if draw(room.nobody[1], chance.FACILITATED, 0) < meeting.facilitation:
        return FACILITATOR
    first, drafter = np.inf, NOBODY
    for i in range(people.group.size):
        if came(room, i):
            wait = sooner(first, people.power[i], draw(room.key[i], chance.DRAFTER, 0))
            if wait < first:
                first, drafter = wait, i
    return drafter


@compiled
def _remembered(world, drafter, g, k):
    """Weight and position with which a group that has nothing on record enters: the drafter's certainty and picture of
    it. A facilitator knows the certainty-weighted mean picture of those present.
    """
    people, room = world.people, world.room
    if drafter >= 0:
        return people.certainty[drafter, g, k], people.picture[drafter, g, k]
    if drafter == NOBODY:
        return 0.0, 0.0
    certainty = total = present = 0.0
    for i in range(people.group.size):
        if came(room, i):
            present += 1.0
            certainty += people.certainty[i, g, k]
            total += people.certainty[i, g, k] * people.picture[i, g, k]
    if certainty <= 0.0:
        return 0.0, 0.0
    return certainty / present, total / certainty


@compiled
def been_heard(attention_received, half):
    """How far somebody has been heard, in [0, 1): rises with attention received, one half at `half`."""
    return attention_received / (attention_received + half)


@compiled
def latitude(tolerance, certainty, openness, heard, values):
    """How far from one's view a draft may lie and still be accepted, in view units.

    It widens with what one thinks one knows of the others, if one is open, and with having been heard (procedural
    justice), never with true understanding.
    """
    return (
        tolerance
        * values.acceptance
        * (1.0 + values.widening * certainty * openness + values.fairness * heard)
    )


@compiled
def _vote_in_private(world, setup):
    """Everybody, here or not, accepts the draft, opposes it or neither; those who left accept nothing. Writes private."""
    people, draft, values = world.people, world.draft, setup.values
    private, public, position, views = draft.private, draft.public, draft.position, people.views
    for i in range(people.group.size):
        heard = been_heard(people.heard[i], values.heard_half * max(1, people.attended[i]))
        heard *= legitimacy(world, i)  # whose words were taken down feels less fairly treated
        for k in range(setup.weight.size):
            vote = NEUTRAL
            if people.active[i] and not math.isnan(position[k]):
                certainty = _mean_certainty(people.certainty, i, k)
                reach = latitude(people.tolerance[i], certainty, people.openness[i], heard, values)
                apart = abs(views[i, k] - position[k])
                if apart <= reach:
                    vote = FOR
                elif apart > values.rejection * reach:
                    vote = AGAINST
            private[i, k] = vote
            public[i, k] = vote


@compiled
def _mean_certainty(certainty, i, k):
    """How sure person i is of what the groups think on issue k, mean over groups."""
    total = 0.0
    for g in range(certainty.shape[1]):
        total += certainty[i, g, k]
    return total / certainty.shape[1]


@compiled
def _vote_in_public(world, meeting, setup):
    """Those here show their vote, all at once; with little trust in the others one gives way to them, the more, the more
    of them are of another mind. Writes public. Source: expressed and private opinion differ, PMC6594623.
    """
    people, room, draft, by_group = world.people, world.room, world.draft, world.room.by_group
    by_group[:, :] = 0.0
    present = 0.0
    for i in range(people.group.size):
        if came(room, i):
            by_group[people.group[i], 0] += 1.0
            present += 1.0
    if present < 2.0:
        return
    for k in range(setup.weight.size):
        accepts = opposes = 0.0
        for i in range(people.group.size):
            if came(room, i):
                accepts += draft.private[i, k] == FOR
                opposes += draft.private[i, k] == AGAINST
        for i in range(people.group.size):
            if came(room, i) and not math.isnan(draft.position[k]):
                _show(world, meeting, setup, i, k, accepts, opposes, present)


@compiled
def _show(world, meeting, setup, i, k, accepts, opposes, present):
    """Person i shows its vote on issue k, or gives way."""
    people, room, draft, by_group = world.people, world.room, world.draft, world.room.by_group
    private = draft.private[i, k]
    trust = 0.0
    for g in range(by_group.shape[0]):
        trust += people.trust[i, g] * (by_group[g, 0] - (1.0 if g == people.group[i] else 0.0))
    yields = setup.values.conformity * (1.0 - trust / (present - 1.0))
    to_for = yields * accepts / (present - 1.0) if private != FOR else 0.0
    to_against = yields * opposes / (present - 1.0) if private != AGAINST else 0.0
    u = draw(room.key[i] ^ setup.issue[k], chance.PUBLIC, 0)
    if u < to_for:
        draft.public[i, k] = FOR
    elif u < to_for + to_against:
        draft.public[i, k] = AGAINST
    if meeting.decides:
        kind = events.ACCEPTED if draft.public[i, k] == FOR else events.OPPOSED
        if draft.public[i, k] != NEUTRAL:
            events.tell(world.log, meeting.number, kind, i, events.NOTHING, k, -1, draft.position[k], False)
        if draft.public[i, k] != private:
            events.tell(
                world.log,
                meeting.number,
                events.GAVE_WAY,
                i,
                events.NOTHING,
                k,
                -1,
                draft.public[i, k],
                False,
            )


@compiled
def agreed(rule, accepts, opposes, present):
    """Do so many public votes, of so many present, make an agreement under a rule? Source: thresholds, evidence 7.7
    (Diamond et al. 2014, doi:10.1016/j.jclinepi.2013.12.002; core outcome sets 70/15).
    """
    if present <= 0.0:
        return False
    if rule == MAJORITY:
        return accepts > 0.5 * present
    if rule == SEVENTY_FIFTEEN:
        return accepts >= 0.70 * present and opposes < 0.15 * present
    if rule == THREE_QUARTERS:
        return accepts >= 0.75 * present
    if rule == FOUR_FIFTHS:
        return accepts >= 0.80 * present
    return accepts >= present


@compiled
def _consensus(world, setup):
    """Is there an agreement on every issue of the kinds asked for, among those here?"""
    people, room, draft = world.people, world.room, world.draft
    for k in range(setup.weight.size):
        if not setup.asked[k]:
            continue
        accepts = opposes = present = 0.0
        for i in range(people.group.size):
            if came(room, i):
                present += 1.0
                accepts += draft.public[i, k] == FOR
                opposes += draft.public[i, k] == AGAINST
        if math.isnan(draft.position[k]) or not agreed(setup.rule, accepts, opposes, present):
            return False
    return True


@compiled
def _hold_to_account(world, meeting, setup):
    """Everybody who said something compares the draft with it: engagement, and trust in the drafter's group, move
    towards how closely it follows. A facilitator belongs to no group, so then engagement alone moves.

    Writes trust and engagement.
    """
    people, draft, pace = world.people, world.draft, setup.values.accountability
    drafter = draft.drafter[0]
    for i in range(people.group.size):
        apart = n = 0.0
        for k in range(setup.weight.size):
            if not math.isnan(people.said[i, k]) and not math.isnan(draft.position[k]):
                apart += abs(people.said[i, k] - draft.position[k])
                n += 1.0
        if n == 0.0 or not people.active[i]:
            continue
        follows = 1.0 - 0.5 * apart / n
        people.engagement[i] += pace * (follows - people.engagement[i])
        if drafter >= 0 and i != drafter:
            g = people.group[drafter]
            people.trust[i, g] += pace * (follows - people.trust[i, g])
