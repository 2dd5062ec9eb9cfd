"""Leaving: what a session does to people's engagement, who leaves for good, and what weeks do to memory and views."""

from __future__ import annotations

import math

from sim import chance, events
from sim.chance import draw
from sim.compiler import compiled
from sim.mechanisms.decision import been_heard
from sim.mechanisms.dialogue import came
from sim.setting import NOWHERE


@compiled
def leave(world, meeting, setup):
    """Engagement rises with being heard, being recognised and human interaction, falls with sitting unheard and with
    absence; who has little left may leave for good. Writes engagement and active.
    """
    people, room, values = world.people, world.room, setup.values
    early = values.dropout_later + (1.0 - values.dropout_later) * math.exp(
        -meeting.week / values.dropout_weeks
    )
    for i in range(people.group.size):
        if not people.active[i] or not meeting.invited[people.group[i]]:
            continue
        if came(room, i):
            _feel_about_it(people, room, meeting, setup, i)
        else:
            people.engagement[i] -= values.disengage_absent * people.engagement[i]
        hazard = values.dropout_hazard * math.pow(1.0 - people.engagement[i], values.dropout_shape) * early
        if draw(room.key[i], chance.DROPOUT, 0) < hazard:
            people.active[i] = False
            events.tell(
                world.log,
                meeting.number,
                events.LEFT,
                i,
                events.NOTHING,
                events.NOTHING,
                NOWHERE,
                people.engagement[i],
                False,
            )


@compiled
def _feel_about_it(people, room, meeting, setup, i):
    """Person i, who was here, gains or loses engagement."""
    values = setup.values
    heard = been_heard(room.heard[i], values.heard_half)
    rise = values.engage_heard * heard
    rise += values.engage_recognised * _recognition(people, i)
    rise += values.engage_interaction * _interaction(room, meeting, setup, i)
    fall = values.disengage_unheard * (1.0 - heard)
    engagement = people.engagement[i]
    people.engagement[i] = max(0.0, min(1.0, engagement + rise * (1.0 - engagement) - fall * engagement))


@compiled
def _recognition(people, i):
    """The share of person i's strengths that the others know of; 0 for somebody who brings none."""
    known = held = 0.0
    for s in range(people.assets.shape[1]):
        known += people.recognised[i, s]
        held += people.assets[i, s]
    return known / held if held > 0.0 else 0.0


@compiled
def _interaction(room, meeting, setup, i):
    """Human interaction that person i had, over its minutes here."""
    total = minutes = 0.0
    if room.live[i] != NOWHERE:
        total += meeting.live_minutes * setup.interaction[room.live[i]]
        minutes += meeting.live_minutes
    if room.later[i] != NOWHERE:
        total += meeting.later_minutes * setup.interaction[room.later[i]]
        minutes += meeting.later_minutes
    return total / minutes if minutes > 0.0 else 0.0


@compiled
def let_weeks_pass(world, meeting, setup):
    """Between two sessions certainty decays, and views drift back towards those that people came with.

    Writes certainty and views. Sources: forgetting, Stafford, Burggraf & Sharkey 1987; anchor, Friedkin & Johnsen 1990.
    """
    people, values, weeks = world.people, setup.values, meeting.weeks_before
    if weeks <= 0.0:
        return
    kept = math.pow(1.0 - values.forgetting, weeks)
    for i in range(people.group.size):
        back = 1.0 - math.pow(1.0 - people.conviction[i] * values.pull, weeks)
        for k in range(people.views.shape[1]):
            people.views[i, k] += back * (people.anchor[i, k] - people.views[i, k])
            for g in range(people.trust.shape[1]):
                people.certainty[i, g, k] *= kept
