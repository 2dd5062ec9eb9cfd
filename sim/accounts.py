"""Accounts: what a session cost, in money and hours, and how many minutes of each mechanism took effect."""

from __future__ import annotations

from sim.compiler import compiled
from sim.mechanisms.dialogue import came
from sim.plan import ASSETS, FACILITATION, INTENTIONS, INTERPRETATION, REMOTE, SCRIBES, SUPPORTS, VENUE
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
)  # fmt: skip


@compiled
def keep_accounts(world, meeting, setup):
    """Add up hours, money and effective minutes of the session. Writes the ledger; nobody's state is touched."""
    room, ledger = world.room, world.ledger
    live, later, circles, visitors = (
        meeting.live_minutes / 60.0,
        meeting.later_minutes / 60.0,
        room.n[1],
        room.n[2],
    )
    # whoever comes later is looked after in as many parts as would make circles
    parts = (visitors + meeting.circle_size - 1) // meeting.circle_size
    facilitated = meeting.facilitation * (live * circles + later * parts) * setup.preparation
    facilitated += meeting.moderation * world.commons.posted[0] * setup.values.moderating_seconds / 3600.0
    noted = meeting.scribe * live * circles * setup.writing_up
    ledger.hours[0] += facilitated
    ledger.hours[1] += noted
    ledger.money[FACILITATION] += facilitated * setup.facilitator_hour
    ledger.money[SCRIBES] += noted * setup.scribe_hour
    offer = meeting.channels
    ledger.money[VENUE] += setup.venue_hour * (
        (live if offer[LIVE_ONSITE] else 0.0) + (later if offer[LATER_ONSITE] else 0.0)
    )
    if offer[LIVE_REMOTE] or offer[LATER_REMOTE]:
        ledger.money[REMOTE] += setup.remote_licence
    for m in range(6):
        # alone one can read, and nothing else; speaking about intentions and naming assets are live
        here = room.n[0] if room.n[0] > 1 or m == INTERPRETATION else 0
        away = visitors if m != INTENTIONS and m != ASSETS else 0
        ledger.wheels[m] += 60.0 * (live * here + later * away) * meeting.minutes[m]
    _pay_for_supports(world, meeting, setup)


@compiled
def _pay_for_supports(world, meeting, setup):
    """Each support is paid for everybody here who faces its barrier in the channels through which they came."""
    people, room, money = world.people, world.room, world.ledger.money
    for i in range(people.group.size):
        if not came(room, i):
            continue
        onsite = room.live[i] == LIVE_ONSITE or room.later[i] == LATER_ONSITE
        remote = room.live[i] == LIVE_REMOTE or room.later[i] == LATER_REMOTE
        for barrier, met in (
            (TRAVEL, onsite),
            (DIGITAL, remote),
            (SCHEDULE, room.live[i] != NOWHERE),
            (COMMUNICATION, True),
        ):
            if met and people.barriers[i, barrier] > 0.0:
                money[SUPPORTS + barrier] += meeting.supports[barrier] * setup.support[barrier]
