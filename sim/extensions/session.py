"""The order of one session with the optional mechanisms in their places. Without them it is that of sim/session.py."""

from __future__ import annotations

from sim.accounts import keep_accounts
from sim.compiler import compiled
from sim.extensions.creativity import create
from sim.extensions.enactment import enact
from sim.extensions.mobilisation import mobilise
from sim.mechanisms.access import arrive
from sim.mechanisms.assets import name_assets
from sim.mechanisms.decision import decide
from sim.mechanisms.dialogue import converse
from sim.mechanisms.intentions import share_intentions
from sim.mechanisms.interpretation import interpret
from sim.mechanisms.leaving import leave, let_weeks_pass
from sim.mechanisms.platform import rank_feed
from sim.mechanisms.understanding import seek_understanding


@compiled
def hold_session(world, meeting, setup):
    """Hold one session. Creativity takes its share of the minutes of dialogue, and none are added; what is done
    about an agreement, and what people tell at home, follows when they have gone and is told with the session that
    it follows.
    """
    let_weeks_pass(world, meeting, setup)
    arrive(world, meeting, setup)
    share_intentions(world, meeting, setup)
    name_assets(world, meeting, setup)
    live, later, share = meeting.live_minutes, meeting.later_minutes, setup.values.creativity
    meeting.live_minutes, meeting.later_minutes = live * (1.0 - share), later * (1.0 - share)
    converse(world, meeting, setup)
    meeting.live_minutes, meeting.later_minutes = live * share, later * share
    create(world, meeting, setup)
    meeting.live_minutes, meeting.later_minutes = live, later
    rank_feed(world, meeting, setup)
    interpret(world, meeting, setup)
    seek_understanding(world, meeting, setup)
    decide(world, meeting, setup)
    leave(world, meeting, setup)
    enact(world, meeting, setup)
    mobilise(world, meeting, setup)
    keep_accounts(world, meeting, setup)
