"""Looking at people one by one: what is added up over everybody, every group and everybody who faces a barrier.

Each person is looked at once; what is seen counts in every scope that the person belongs to.
"""

from __future__ import annotations

import math
from typing import Final

from sim.compiler import compiled
from sim.layout import VIEW_BINS
from sim.mechanisms.decision import FOR, NOT_YET
from sim.mechanisms.perception import believed
from sim.record import bin_of

(
    PEOPLE, ENGAGED, STAYED, INVITED, ATTENDED, MINUTES_OFFERED, MINUTES_USED, TURNED_UP, SILENT, WRITTEN_DOWN, MOVING,
    SPOKEN, CAPTURED, ATTENTION, FEES, VOTES_VALUE, FOR_VALUE, VOTES_PRACTICAL, FOR_PRACTICAL, SHOWN, VOTES_INFORMED,
    INFORMED, VIEWS, CARRIED, DIVERGENT, DIVERGENT_CARRIED, REVISED, WRONG, PROJECTED, FIRM, TAKING_PART, READERS, READ,
) = range(33)  # fmt: skip
TALLIES: Final = 33


@compiled
def add_up(world, setup):
    """Look at everybody and add up by scope. Writes the ledger's truth, alone, middle, carried, seen and sums."""
    people, ledger = world.people, world.ledger
    find_truth(world, setup)
    _mark_what_is_carried(world)
    ledger.sums[:, :] = 0.0
    groups = setup.group.size
    for i in range(people.group.size):
        ledger.seen[:] = 0.0
        _look_at(world, setup, i)
        _count_in(ledger, 0)
        _count_in(ledger, 1 + people.group[i])
        for barrier in range(4):
            if people.barriers[i, barrier] > 0.0:
                _count_in(ledger, 1 + groups + barrier)


@compiled
def _count_in(ledger, scope):
    """What was seen of one person counts in a scope. Writes sums."""
    for m in range(TALLIES):
        ledger.sums[scope, m] += ledger.seen[m]


@compiled
def find_truth(world, setup):
    """What each group actually thinks now, the mean view of all its members; the mean of everybody; and how far people
    would be from the truth by projecting their own view. Writes truth, middle and alone.
    """
    people, ledger = world.people, world.ledger
    views, group, truth, middle, alone = people.views, people.group, ledger.truth, ledger.middle, ledger.alone
    n, groups = group.size, setup.group.size
    truth[:, :] = 0.0
    middle[:] = 0.0
    alone[:] = 0.0
    for i in range(n):
        for k in range(middle.size):
            truth[group[i], k] += views[i, k]
            middle[k] += views[i, k] / n
    for g in range(groups):
        for k in range(middle.size):
            truth[g, k] /= setup.first[g + 1] - setup.first[g]
    for i in range(n):
        for k in range(middle.size):
            for g in range(groups):
                alone[k] += abs(views[i, k] - truth[g, k]) / (n * groups)


@compiled
def _mark_what_is_carried(world):
    """Entries on record up to each twentieth of the range of views. Writes carried."""
    marks, carried = world.record.marks, world.ledger.carried
    for k in range(marks.shape[0]):
        carried[k, 0] = 0
        for b in range(VIEW_BINS):
            carried[k, b + 1] = carried[k, b] + marks[k, b]


@compiled
def is_on_record(carried, k, view, near):
    """Does an entry on issue k, by whomever, stand within `near` of a view (to the nearest twentieth)?"""
    first, last = bin_of(max(-1.0, view - near)), bin_of(min(1.0, view + near))
    return carried[k, last + 1] > carried[k, first]


@compiled
def _look_at(world, setup, i):
    """What there is to see of person i. Writes seen."""
    people, seen = world.people, world.ledger.seen
    seen[PEOPLE] = 1.0
    seen[ENGAGED] = people.engagement[i] if people.active[i] else 0.0
    seen[STAYED] = people.active[i]
    seen[INVITED], seen[ATTENDED] = people.invited[i], people.attended[i]
    seen[MINUTES_OFFERED], seen[MINUTES_USED] = people.minutes_invited[i], people.minutes_used[i]
    seen[TURNED_UP] = people.attended[i] > 0
    seen[SILENT] = people.contributions[i] == 0
    seen[WRITTEN_DOWN] = people.captured[i] > 0
    seen[SPOKEN], seen[CAPTURED], seen[ATTENTION] = (
        people.contributions[i],
        people.captured[i],
        people.heard[i],
    )
    seen[FEES] = people.minutes_used[i] / 60.0 * setup.fee[people.group[i]]
    seen[TAKING_PART] = people.active[i] and people.contributions[i] > 0
    by_others = world.record.length[0] - people.captured[i]
    if by_others > 0:
        seen[READERS], seen[READ] = 1.0, people.entries_read[i] / by_others
    drafted = world.draft.drafter[0] != NOT_YET
    seen[MOVING] = drafted and _moved_the_draft(world, setup, i)
    for k in range(setup.weight.size):
        wrong = _error(world, i, k)
        if drafted:
            _see_votes(world, setup, i, k, wrong)
        _see_views(world, setup, i, k)


@compiled
def _error(world, i, k):
    """Mean error of person i's beliefs about what the groups think on issue k. Adds to wrong, projected and firm."""
    people, ledger = world.people, world.ledger
    picture, certainty, views, truth, groups = (
        people.picture,
        people.certainty,
        people.views,
        ledger.truth,
        ledger.truth.shape[0],
    )
    wrong = projected = firm = 0.0
    for g in range(groups):
        firm += certainty[i, g, k]
        wrong += abs(believed(picture, certainty, views, i, g, k) - truth[g, k])
        projected += abs(views[i, k] - truth[g, k])
    ledger.seen[WRONG] += wrong
    ledger.seen[PROJECTED] += projected
    ledger.seen[FIRM] += firm / groups
    return wrong / groups


@compiled
def _see_votes(world, setup, i, k, wrong):
    """Private and public acceptance on issue k, and acceptance by somebody who knows what it accepts. Adds to seen."""
    draft, seen, alone = world.draft, world.ledger.seen, world.ledger.alone[k]
    accepts = 1.0 if draft.private[i, k] == FOR else 0.0
    seen[SHOWN] += draft.public[i, k] == FOR
    seen[VOTES_VALUE if setup.is_value[k] else VOTES_PRACTICAL] += 1.0
    seen[FOR_VALUE if setup.is_value[k] else FOR_PRACTICAL] += accepts
    if alone >= setup.values.learnable:
        seen[INFORMED] += accepts * max(0.0, min(1.0, 1.0 - wrong / alone))
        seen[VOTES_INFORMED] += 1.0


@compiled
def _see_views(world, setup, i, k):
    """Is person i's view on issue k on record, is it divergent, how far has it moved? Adds to seen."""
    people, ledger, values = world.people, world.ledger, setup.values
    seen, view = ledger.seen, people.views[i, k]
    there = 1.0 if is_on_record(ledger.carried, k, view, values.same_view) else 0.0
    seen[VIEWS] += 1.0
    seen[CARRIED] += there
    seen[REVISED] += abs(view - people.anchor[i, k])
    if abs(view - ledger.middle[k]) >= values.divergence:
        seen[DIVERGENT] += 1.0
        seen[DIVERGENT_CARRIED] += there


@compiled
def _moved_the_draft(world, setup, i):
    """Would the latest draft differ without person i's entries? Then its group's mean, or the group itself, would."""
    people, draft = world.people, world.draft
    g = people.group[i]
    for k in range(setup.weight.size):
        if math.isnan(people.latest[i, k]) or draft.sums[g, k, 1] == 0.0:
            continue
        authors, total = draft.sums[g, k, 1], 0.0
        if authors == 1.0:
            return True
        for other in range(setup.group.size):
            total += draft.weight[other, k]
        without = (draft.sums[g, k, 0] - people.latest[i, k]) / (authors - 1.0)
        shift = abs(draft.enters[g, k] - without) * draft.weight[g, k] / total
        if shift * (1.0 - draft.bent[0]) > setup.values.moved:
            return True
    return False
