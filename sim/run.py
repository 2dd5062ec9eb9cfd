"""One run, and blocks of runs, as compiled calls. The Mesa model and the ensemble both stand on these."""

from __future__ import annotations

import math

from sim.chance import child
from sim.commons import draw_follows, wipe_commons
from sim.compiler import compiled
from sim.mechanisms.decision import NOT_YET
from sim.outcomes import observe, observe_start
from sim.people import draw_population
from sim.plan import turn_to
from sim.record import wipe
from sim.session import hold_session
from sim.setting import NOWHERE


@compiled
def begin(world, setup, blueprint, replicate, population, process):
    """Draw the people of a replicate, empty the record and measure where they start. Writes the whole world."""
    draw_population(world.people, blueprint, replicate, population, process, setup.values)
    wipe(world.record, world.board)
    wipe_commons(world.commons)
    draw_follows(world.commons, world.people, blueprint, replicate, population)
    world.room.nobody[0] = child(process, replicate)
    world.log.length[0] = 0
    world.room.live[:] = NOWHERE
    world.room.later[:] = NOWHERE
    draft, ledger = world.draft, world.ledger
    draft.drafter[0], draft.reached[0] = NOT_YET, math.nan
    draft.position[:] = math.nan
    draft.sums[:, :, :] = 0.0
    ledger.flow[:, :] = 0.0
    ledger.wheels[:] = 0.0
    ledger.money[:] = 0.0
    ledger.hours[:] = 0.0
    observe_start(world, setup)


@compiled
def run_block(world, meeting, plan, setup, blueprint, first, population, process, values, done, stop):
    """Run replicates `first`, `first + 1`, ... one after the other, without holding the interpreter's lock.

    values : float64 (R, T, P, O), written: outcomes of R runs, over T observations (after each session, with the start
        before them; or the end alone, if T is 1), by scope.
    done : int64 (1,), written: finished runs. stop : bool (1,), read before each run.
    """
    sessions, series = plan.name.size, values.shape[1] > 1
    for r in range(values.shape[0]):
        if stop[0]:
            return
        begin(world, setup, blueprint, first + r, population, process)
        if series:
            observe(world, setup, values[r, 0])
        for t in range(sessions):
            turn_to(meeting, plan, t)
            hold_session(world, meeting, setup)
            if series:
                observe(world, setup, values[r, t + 1])
        if not series:
            observe(world, setup, values[r, 0])
        done[0] = r + 1
