"""What is observed, of everybody invited and by group. Nothing here is computed from the theory.

Absent people and those who left count (no survivorship). What is undefined (0/0) is NaN. Scopes, in this order: all;
each group; those who face each of the four barriers. Means over people are taken in every scope, what is a matter of
pairs or of the whole only over all and by group.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from sim import tallies
from sim.commons import there_is_a_platform
from sim.compiler import compiled
from sim.dispersion import ascending, gini, lorenz, mean_distance
from sim.mechanisms.perception import believed
from sim.plan import HEADINGS
from sim.tallies import add_up


@dataclass(frozen=True)
class Outcome:
    """One thing observed: its name, what it means, its unit and its range (None: open)."""

    name: str
    meaning: str
    unit: str
    low: float | None = 0.0
    high: float | None = 1.0


OUTCOMES: Final = (
    Outcome("engagement", "mean investment in the process, 0 for those who left", "share"),
    Outcome("participation", "invited minutes that were taken part in", "share"),
    Outcome("retention", "people who have not left for good", "share"),
    Outcome("alignment", "do people carry the same picture of what each group thinks, true or not? 1 - distance between "
            "beliefs / the same if all assumed others to think as they do", "share", None, 1.0),
    Outcome("understanding", "is that picture true? 1 - error of beliefs / error of assuming that others think as oneself",
            "share", None, 1.0),
    Outcome("convergence", "1 - distance between views / the same at the start", "share", None, 1.0),
    Outcome("agreement", "people and issues for which the draft is accepted in private", "share"),
    Outcome("agreement_value", "the same, on guiding values", "share"),
    Outcome("agreement_practical", "the same, on practical matters", "share"),
    Outcome("informed_agreement", "acceptance x own understanding, cut to [0, 1] (a derived index)", "share"),
    Outcome("apparent_agreement", "people and issues for which the draft is accepted in public", "share"),
    Outcome("pseudo_consensus", "public minus private acceptance", "share", -1.0, 1.0),
    Outcome("consensus_reached", "did the latest draft put reach the rule on every issue asked for?", "yes or no"),
    Outcome("learning", "how much less wrong people are about each other than they would have been at the start, by "
            "assuming that others think as they do", "share", None, 1.0),
    Outcome("revision", "mean distance of views from those that the same people hold where nothing takes place",
            "view units", 0.0, 2.0),
    Outcome("voice_equality", "1 - Gini of contributions over attenders (corrected for their number)", "share"),
    Outcome("diversity", "divergent views held that are on record", "share"),
    Outcome("coverage", "views held that are on record", "share"),
    Outcome("accessibility", "sessions attended / invited", "share"),
    Outcome("gap_travel", "accessibility of those without minus of those with a travel barrier", "share", -1.0, 1.0),
    Outcome("gap_digital", "the same for the digital barrier", "share", -1.0, 1.0),
    Outcome("gap_schedule", "the same for the schedule barrier", "share", -1.0, 1.0),
    Outcome("gap_communication", "the same for the communication barrier", "share", -1.0, 1.0),
    Outcome("reciprocity", "balance of being heard and hearing across groups: 1 even, 0 one-way", "share"),
    Outcome("influence", "closeness of the draft to a group's views at the start (mean over groups)", "share"),
    Outcome("influence_parity", "1 - Gini of influence over groups", "share"),
    Outcome("polarisation", "mean standard deviation of views", "view units"),
    Outcome("bimodality", "mean bimodality coefficient of views (Sarle), at least 4 people", "coefficient", None, None),
    Outcome("resource_integration", "strengths held that are known, mean over their kinds", "share"),
    Outcome("public_value", "resource integration x informed agreement (a proxy)", "share"),
    Outcome("coherence", "how firmly people hold a picture of what each group thinks, true or not, shared or not", "share"),
    Outcome("cognitive_participation", "people who have spoken or written and have not left for good", "share"),
    Outcome("collective_action", "attention that crosses groups and is returned, of all that is paid", "share"),
    Outcome("reflexive_monitoring", "what others put on record that a person has read, mean", "share"),
    Outcome("left_out", "people who never spoke or wrote", "share"),
    Outcome("came", "people who took part at least once", "share"),
    Outcome("spoke", "people who spoke or wrote at least once", "share"),
    Outcome("documented", "people with something on record", "share"),
    Outcome("moved_draft", "people without whose entries the draft would differ", "share"),
    Outcome("contributions", "times a person spoke or wrote, mean", "number", 0.0, None),
    Outcome("recorded", "contributions that are on record", "share"),
    Outcome("heard", "attention that a person received, mean", "attention units", 0.0, None),
    Outcome("hours_offered", "person-hours on offer", "hours", 0.0, None),
    Outcome("hours_used", "person-hours taken part in", "hours", 0.0, None),
    Outcome("hours_facilitation", "hours of facilitation, preparation included", "hours", 0.0, None),
    Outcome("hours_scribes", "hours of note-taking, writing up included", "hours", 0.0, None),
    *(Outcome(f"minutes_{m}", f"effective minutes of {m} per person invited", "minutes", 0.0, None)
      for m in ("intentions", "assets", "dialogue", "documentation", "interpretation", "understanding")),
    Outcome("cost", "cost of the process so far", "money", 0.0, None),
    *(Outcome(f"cost_{heading}", f"of which: {heading}", "money", 0.0, None) for heading in HEADINGS),
    # on platforms; undefined in designs without one
    Outcome("read_equality", "1 - Gini of how often people's entries were read, over those who wrote", "share"),
    Outcome("diversity_of_uses", "how evenly people differ in what they do: only read, open threads, answer, or both (1 - "
            "sum of squared shares, against four equal shares)", "share"),
    Outcome("mutuality", "balance of answers given and got, person by person: 1 even, 0 one-way", "share"),
    Outcome("conflict", "answers that were far outside the latitude of those whom they answer, of those that reached them",
            "share"),
    Outcome("competition", "Gini of the attention that entries got: 0 all were read alike, 1 one took all", "share"),
    Outcome("unread", "entries that nobody has read", "share"),
    Outcome("taken_down", "contributions that a moderator took down", "share"),
    Outcome("legitimacy", "how legitimate the process is to people: what moderation has left of it, mean", "share"),
    Outcome("content_lurkers", "contributions that come from the 90% of attenders who contribute least", "share"),
    Outcome("content_contributors", "contributions that come from the 9% above them", "share"),
    Outcome("content_superusers", "contributions that come from the 1% who contribute most", "share"),
)  # fmt: skip
(
    ENGAGEMENT, PARTICIPATION, RETENTION, ALIGNMENT, UNDERSTANDING, CONVERGENCE, AGREEMENT, AGREEMENT_VALUE,
    AGREEMENT_PRACTICAL, INFORMED_AGREEMENT, APPARENT_AGREEMENT, PSEUDO_CONSENSUS, CONSENSUS_REACHED, LEARNING, REVISION,
    VOICE_EQUALITY, DIVERSITY, COVERAGE, ACCESSIBILITY, GAP_TRAVEL, GAP_DIGITAL, GAP_SCHEDULE, GAP_COMMUNICATION,
    RECIPROCITY, INFLUENCE, INFLUENCE_PARITY, POLARISATION, BIMODALITY, RESOURCE_INTEGRATION, PUBLIC_VALUE,
    COHERENCE, COGNITIVE_PARTICIPATION, COLLECTIVE_ACTION, REFLEXIVE_MONITORING, LEFT_OUT,
    CAME, SPOKE, DOCUMENTED, MOVED_DRAFT, CONTRIBUTIONS, RECORDED, HEARD, HOURS_OFFERED, HOURS_USED, HOURS_FACILITATION,
    HOURS_SCRIBES, MINUTES_INTENTIONS, MINUTES_ASSETS, MINUTES_DIALOGUE, MINUTES_DOCUMENTATION, MINUTES_INTERPRETATION,
    MINUTES_UNDERSTANDING, COST, COST_PARTICIPANTS,
) = range(54)  # fmt: skip
(
    READ_EQUALITY, DIVERSITY_OF_USES, MUTUALITY, CONFLICT, COMPETITION, UNREAD, TAKEN_DOWN, LEGITIMACY, CONTENT_LURKERS,
    CONTENT_CONTRIBUTORS, CONTENT_SUPERUSERS,
) = range(COST + 1 + len(HEADINGS), COST + 12 + len(HEADINGS))  # fmt: skip
NAMES: Final = tuple(outcome.name for outcome in OUTCOMES)


@compiled
def ratio(part, whole):
    """A share; NaN where there is nothing to take a share of."""
    return part / whole if whole != 0.0 else math.nan


@compiled
def observe(world, setup, row):
    """Read all outcomes off the people and the record.

    row : float64 (P, O), written; P scopes, O outcomes in the order of OUTCOMES. Besides it writes scratch alone.
    """
    groups, n = setup.group.size, world.people.group.size
    row[:, :] = math.nan
    add_up(world, setup)
    for p in range(row.shape[0]):
        _shares_in(world, row[p], world.ledger.sums[p], p - 1 - groups)
    for p in range(1 + groups):
        first, end = (0, n) if p == 0 else (setup.first[p - 1], setup.first[p])
        _pictures_in(world, setup, row[p], p, first, end)
        _views_in(world, row[p], first, end)
        _gaps_in(world, row[p], first, end)
        row[p, VOICE_EQUALITY] = _voice_equality(world, first, end)
        row[p, RECIPROCITY] = _reciprocity(world.ledger.flow, p - 1)
        row[p, COLLECTIVE_ACTION] = _collective_action(world.ledger.flow, p - 1)
        if there_is_a_platform(world):
            _uses_in(world, row[p], first, end)
            _attention_in(world, setup, row[p], p - 1)
            _content_in(world, row[p], first, end)
    _influence(world, setup, row)
    _accounts(world, setup, row[0])


@compiled
def observe_start(world, setup):
    """Measure what later sessions are compared with, before the first: spread of views, error of projection, views of
    groups. Writes start_spread, start_error and start_views.
    """
    ledger, groups, n = world.ledger, setup.group.size, world.people.group.size
    add_up(world, setup)
    for g in range(groups):
        for k in range(setup.weight.size):
            ledger.start_views[g, k] = ledger.truth[g, k]
    for p in range(1 + groups):
        first, end = (0, n) if p == 0 else (setup.first[p - 1], setup.first[p])
        ledger.start_spread[p] = _spread(world, first, end, -1)
        ledger.start_error[p] = ledger.sums[p, tallies.PROJECTED]


# ---- means over people ---------------------------------------------------------------------------------------------


@compiled
def _shares_in(world, row, sums, barrier):
    """Outcomes that are means over the people of a scope; `barrier` is negative where the scope is not a barrier's."""
    n = sums[tallies.PEOPLE]
    if n == 0.0:
        return
    row[ENGAGEMENT], row[RETENTION] = sums[tallies.ENGAGED] / n, sums[tallies.STAYED] / n
    row[PARTICIPATION] = ratio(sums[tallies.MINUTES_USED], sums[tallies.MINUTES_OFFERED])
    row[ACCESSIBILITY] = ratio(sums[tallies.ATTENDED], sums[tallies.INVITED])
    row[LEFT_OUT], row[CAME], row[SPOKE] = (
        sums[tallies.SILENT] / n,
        sums[tallies.TURNED_UP] / n,
        1.0 - sums[tallies.SILENT] / n,
    )
    row[DOCUMENTED], row[MOVED_DRAFT] = sums[tallies.WRITTEN_DOWN] / n, sums[tallies.MOVING] / n
    row[CONTRIBUTIONS], row[HEARD] = sums[tallies.SPOKEN] / n, sums[tallies.ATTENTION] / n
    row[RECORDED] = ratio(sums[tallies.CAPTURED], sums[tallies.SPOKEN])
    row[HOURS_OFFERED], row[HOURS_USED] = (
        sums[tallies.MINUTES_OFFERED] / 60.0,
        sums[tallies.MINUTES_USED] / 60.0,
    )
    row[COST_PARTICIPANTS] = sums[tallies.FEES]
    row[AGREEMENT] = ratio(
        sums[tallies.FOR_VALUE] + sums[tallies.FOR_PRACTICAL],
        sums[tallies.VOTES_VALUE] + sums[tallies.VOTES_PRACTICAL],
    )
    row[AGREEMENT_VALUE] = ratio(sums[tallies.FOR_VALUE], sums[tallies.VOTES_VALUE])
    row[AGREEMENT_PRACTICAL] = ratio(sums[tallies.FOR_PRACTICAL], sums[tallies.VOTES_PRACTICAL])
    row[INFORMED_AGREEMENT] = ratio(sums[tallies.INFORMED], sums[tallies.VOTES_INFORMED])
    row[APPARENT_AGREEMENT] = ratio(
        sums[tallies.SHOWN], sums[tallies.VOTES_VALUE] + sums[tallies.VOTES_PRACTICAL]
    )
    row[PSEUDO_CONSENSUS] = row[APPARENT_AGREEMENT] - row[AGREEMENT]
    row[COVERAGE], row[DIVERSITY] = (
        ratio(sums[tallies.CARRIED], sums[tallies.VIEWS]),
        ratio(sums[tallies.DIVERGENT_CARRIED], sums[tallies.DIVERGENT]),
    )
    row[REVISION] = ratio(sums[tallies.REVISED], sums[tallies.VIEWS])
    row[COHERENCE] = ratio(sums[tallies.FIRM], sums[tallies.VIEWS])
    row[COGNITIVE_PARTICIPATION] = sums[tallies.TAKING_PART] / n
    row[REFLEXIVE_MONITORING] = ratio(sums[tallies.READ], sums[tallies.READERS])
    if barrier >= 0:
        row[RESOURCE_INTEGRATION] = _resource_integration(world.people, 0, world.people.group.size, barrier)
        row[PUBLIC_VALUE] = row[RESOURCE_INTEGRATION] * row[INFORMED_AGREEMENT]


@compiled
def _resource_integration(people, first, end, barrier):
    """Strengths held that are known: the mean over the kinds that anybody here holds."""
    total = kinds = 0.0
    for s in range(people.assets.shape[1]):
        known = held = 0.0
        for i in range(first, end):
            if barrier < 0 or people.barriers[i, barrier] > 0.0:
                known += people.recognised[i, s]
                held += people.assets[i, s]
        if held > 0.0:
            total += known / held
            kinds += 1.0
    return ratio(total, kinds)


# ---- pairs and pictures --------------------------------------------------------------------------------------------


@compiled
def _spread(world, first, end, g):
    """Sum over issues of the mean distance between people: of their views (g = -1), or of their beliefs about group g."""
    people, scratch = world.people, world.ledger.sorted[first:end]
    picture, certainty, views = people.picture, people.certainty, people.views
    total = 0.0
    for k in range(views.shape[1]):
        for i in range(first, end):
            scratch[i - first] = views[i, k] if g < 0 else believed(picture, certainty, views, i, g, k)
        total += mean_distance(scratch)
    return total


@compiled
def _pictures_in(world, setup, row, p, first, end):
    """Alignment (is the picture shared?), understanding (is it true?), learning and convergence (against the start)."""
    ledger, groups, learnable = world.ledger, setup.group.size, setup.values.learnable
    wrong, projected, start = (
        ledger.sums[p, tallies.WRONG],
        ledger.sums[p, tallies.PROJECTED],
        ledger.start_error[p],
    )
    terms = (end - first) * groups * setup.weight.size
    row[UNDERSTANDING] = 1.0 - wrong / projected if projected / terms >= learnable else math.nan
    row[LEARNING] = 1.0 - wrong / start if start / terms >= learnable else math.nan
    beliefs, projections, views = 0.0, 0.0, _spread(world, first, end, -1)
    for g in range(groups):  # added up in the same order, so that no difference is none to the last bit
        beliefs += _spread(world, first, end, g)
        projections += views
    issues = setup.weight.size
    row[ALIGNMENT] = 1.0 - beliefs / projections if views / issues >= learnable else math.nan
    row[CONVERGENCE] = (
        1.0 - views / ledger.start_spread[p] if ledger.start_spread[p] / issues >= learnable else math.nan
    )
    row[RESOURCE_INTEGRATION] = _resource_integration(world.people, first, end, -1)
    row[PUBLIC_VALUE] = row[RESOURCE_INTEGRATION] * row[INFORMED_AGREEMENT]


@compiled
def _views_in(world, row, first, end):
    """Polarisation and bimodality of views."""
    people, n = world.people, end - first
    deviation = coefficient = issues = 0.0
    for k in range(people.views.shape[1]):
        mean = second = third = fourth = 0.0
        for i in range(first, end):
            mean += people.views[i, k] / n
        for i in range(first, end):
            d = people.views[i, k] - mean
            second += d * d / n
            third += d * d * d / n
            fourth += d * d * d * d / n
        deviation += math.sqrt(second)
        if n >= 4 and second > 1e-12:
            skew, kurtosis = third / (second * math.sqrt(second)), fourth / (second * second) - 3.0
            unbiased = skew * math.sqrt(n * (n - 1.0)) / (n - 2.0)
            excess = (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * kurtosis + 6.0)
            coefficient += (unbiased * unbiased + 1.0) / (
                excess + 3.0 * (n - 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0))
            )
            issues += 1.0
    row[POLARISATION] = deviation / people.views.shape[1]
    row[BIMODALITY] = ratio(coefficient, issues)


@compiled
def _gaps_in(world, row, first, end):
    """Accessibility of those without minus of those with each barrier."""
    people = world.people
    for b in range(4):
        met_invited = met_attended = free_invited = free_attended = 0.0
        for i in range(first, end):
            if people.barriers[i, b] > 0.0:
                met_invited += people.invited[i]
                met_attended += people.attended[i]
            else:
                free_invited += people.invited[i]
                free_attended += people.attended[i]
        row[GAP_TRAVEL + b] = ratio(free_attended, free_invited) - ratio(met_attended, met_invited)


@compiled
def _voice_equality(world, first, end):
    """1 - Gini of contributions over those who attended."""
    people, scratch, n = world.people, world.ledger.sorted, 0
    for i in range(first, end):
        if people.attended[i] > 0:
            scratch[n] = people.contributions[i]
            n += 1
    return 1.0 - gini(scratch[:n])


@compiled
def _reciprocity(flow, group):
    """Balance of attention between groups, over all pairs or those of one group: twice the lesser flow over both."""
    even = both = 0.0
    for g in range(flow.shape[0]):
        for h in range(g):
            if group < 0 or group in (g, h):
                even += 2.0 * min(flow[g, h], flow[h, g])
                both += flow[g, h] + flow[h, g]
    return ratio(even, both)


@compiled
def _collective_action(flow, group):
    """Attention between groups that is returned, of all that is paid; of a group: of all that it gets or gives.

    A lecture crosses groups too, and nobody acts together: so what goes one way alone does not count. One group cannot cross.
    """
    if flow.shape[0] < 2:
        return math.nan
    returned = paid = 0.0
    for g in range(flow.shape[0]):
        if group < 0 or group == g:
            paid += flow[g, g]
        for h in range(g):
            if group < 0 or group in (g, h):
                returned += 2.0 * min(flow[g, h], flow[h, g])
                paid += flow[g, h] + flow[h, g]
    return ratio(returned, paid)


# ---- on platforms --------------------------------------------------------------------------------------------------


@compiled
def _uses_in(world, row, first, end):
    """What the people of a scope do on platforms, and what is done to them."""
    people, commons, scratch = world.people, world.commons, world.ledger.sorted
    readers = openers = answerers = both = writers = 0
    given = got = even = reached = conflicts = down = contributions = legitimate = 0.0
    for i in range(first, end):
        legitimate += commons.legitimacy[i] / (end - first)
        contributions += people.contributions[i]
        down += commons.taken_down[i]
        reached += commons.answers_read[i]
        conflicts += commons.conflicts[i]
        given += commons.answered[i]
        got += commons.answers_got[i]
        even += min(commons.answered[i], commons.answers_got[i])
        if commons.opened[i] + commons.answered[i] > 0:
            scratch[writers] = commons.read[i]
            writers += 1
        if people.attended[i] > 0:
            opens, answers = commons.opened[i] > 0, commons.answered[i] > 0
            readers += not opens and not answers
            openers += opens and not answers
            answerers += answers and not opens
            both += opens and answers
    users = readers + openers + answerers + both
    if users > 0:
        squares = readers * readers + openers * openers + answerers * answerers + both * both
        row[DIVERSITY_OF_USES] = (1.0 - squares / (float(users) * users)) / 0.75
    row[READ_EQUALITY] = 1.0 - gini(scratch[:writers])
    row[MUTUALITY], row[CONFLICT] = ratio(2.0 * even, given + got), ratio(conflicts, reached)
    row[TAKEN_DOWN], row[LEGITIMACY] = ratio(down, contributions), legitimate


@compiled
def _attention_in(world, setup, row, group):
    """How the attention that was there fell on what was written on platforms, by a group or by all (-1)."""
    record, commons, people = world.record, world.commons, world.people
    n = unread = 0
    for e in range(record.length[0]):
        on_platform = not record.noted[e] and setup.platform[record.session[e]]
        if on_platform and (group < 0 or people.group[record.author[e]] == group):
            commons.attention[n] = commons.reads[e]
            unread += commons.reads[e] == 0
            n += 1
    row[COMPETITION], row[UNREAD] = gini(commons.attention[:n]), ratio(float(unread), float(n))


@compiled
def _content_in(world, row, first, end):
    """Whose the content is: of the many who contribute least, of the few above them, of the very few at the top.

    Classes of 90, 9 and 1% (van Mierlo 2014, doi:10.2196/jmir.2966), read off the Lorenz curve, so that they hold for any
    number of people.
    """
    people, scratch, n, total = world.people, world.ledger.sorted, 0, 0.0
    for i in range(first, end):
        if people.attended[i] > 0:
            scratch[n] = people.contributions[i]
            total += people.contributions[i]
            n += 1
    if total == 0.0:
        return
    ascending(scratch[:n])
    lower, most = lorenz(scratch[:n], 0.9), lorenz(scratch[:n], 0.99)
    row[CONTENT_LURKERS], row[CONTENT_CONTRIBUTORS], row[CONTENT_SUPERUSERS] = lower, most - lower, 1.0 - most


# ---- the whole -----------------------------------------------------------------------------------------------------


@compiled
def _influence(world, setup, row):
    """How close the draft comes to what each group thought at the start, and how even that is."""
    draft, ledger, groups = world.draft, world.ledger, setup.group.size
    total = 0.0
    for g in range(groups):
        apart = issues = 0.0
        for k in range(setup.weight.size):
            if not math.isnan(draft.position[k]):
                apart += abs(draft.position[k] - ledger.start_views[g, k])
                issues += 1.0
        if issues == 0.0:
            return
        ledger.influence[g] = 1.0 - 0.5 * apart / issues
        row[1 + g, INFLUENCE] = ledger.influence[g]
        total += ledger.influence[g]
    row[0, INFLUENCE] = total / groups
    row[0, INFLUENCE_PARITY] = 1.0 - gini(ledger.influence)


@compiled
def _accounts(world, setup, row):
    """Consensus, effective minutes, hours and money: matters of the whole process."""
    ledger, n = world.ledger, world.people.group.size
    row[CONSENSUS_REACHED] = world.draft.reached[0]
    for m in range(6):
        row[MINUTES_INTENTIONS + m] = ledger.wheels[m] / n
    row[HOURS_FACILITATION], row[HOURS_SCRIBES] = ledger.hours[0], ledger.hours[1]
    row[COST] = row[COST_PARTICIPANTS]
    for heading in range(1, ledger.money.size):
        row[COST_PARTICIPANTS + heading] = ledger.money[heading]
        row[COST] += ledger.money[heading]
