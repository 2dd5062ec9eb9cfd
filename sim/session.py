"""The order of one session. This list is the model; docs/odd.md gives the reasons."""

from __future__ import annotations

from sim.accounts import keep_accounts
from sim.compiler import compiled
from sim.mechanisms.access import arrive
from sim.mechanisms.assets import name_assets
from sim.mechanisms.decision import decide
from sim.mechanisms.dialogue import converse
from sim.mechanisms.intentions import share_intentions
from sim.mechanisms.interpretation import interpret
from sim.mechanisms.leaving import leave, let_weeks_pass
from sim.mechanisms.platform import rank_feed
from sim.mechanisms.understanding import seek_understanding

__all__ = [
    "arrive", "converse", "decide", "hold_session", "interpret", "keep_accounts", "leave", "let_weeks_pass", "name_assets",
    "rank_feed", "seek_understanding", "share_intentions",
]  # fmt: skip


@compiled
def hold_session(world, meeting, setup):
    """Hold one session, after the weeks since the one before have passed.

    The order is the same every time; iteration comes from the sequence of sessions, whose agendas may give any share,
    zero too, to any mechanism. An extension states its own list and hands it to `simulate` (docs/extending.md).
    """
    let_weeks_pass(world, meeting, setup)
    arrive(world, meeting, setup)
    share_intentions(world, meeting, setup)
    name_assets(world, meeting, setup)
    converse(world, meeting, setup)  # dialogue, written down as it goes
    rank_feed(world, meeting, setup)  # on a platform: what stands on top
    interpret(world, meeting, setup)
    seek_understanding(world, meeting, setup)
    decide(world, meeting, setup)  # a draft is measured every time, put only where the session decides
    leave(world, meeting, setup)
    keep_accounts(world, meeting, setup)
