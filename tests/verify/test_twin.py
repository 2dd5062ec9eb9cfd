"""Kernel and twin, two models written from one page, tell the same story, event by event and number by number.

The twin (twin.py) is docs/odd.md in ordinary Mesa agents; the kernel is seen through its public door. After every session
every event, entry, vote and question must be identical, and every number equal to 1e-9.
"""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import scenarios
import sim
from sim.scenario import RULES
from sim.setting import BARRIERS, CHANNELS, cells
from tests.verify import drawn, twin
from tests.verify.twin import Participant, TwinProcess

pytestmark = pytest.mark.kernel

TOLERANCE = 1e-9

NUMBERS = (
    "power", "talkativeness", "openness", "conviction", "tolerance", "engagement", "heard", "minutes_invited",
    "minutes_used",
)  # fmt: skip
COUNTS = (
    "active", "cursor", "entries_read", "answers_read", "contributions", "captured", "invited", "attended", "by_channel",
)  # fmt: skip
ROWS = ("views", "anchor", "trust", "barriers", "assets", "recognised", "said", "latest")
TABLES = ("picture", "certainty")

# On platforms: the twin's name, and the commons' where it is another.
COMMONS = {
    "opened": "opened", "answered": "answered", "answers_got": "answers_got", "answers_to_self": "answers_read",
    "conflicts": "conflicts", "taken_down": "taken_down", "read": "read",
}  # fmt: skip


# ------------------------------------------------------------------------------------------- telling them apart


def equal(one, other):
    """Are two numbers, or lists of them, equal to the tolerance? Undefined equals undefined."""
    one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    return one.shape == other.shape and np.allclose(
        one, other, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True
    )


def undefined_as_nan(values):
    return [math.nan if value is None else value for value in values]


def differences(kernel, other):
    """What differs between a run of the kernel and one of the twin, as they stand, in plain words."""
    return [
        *of_people(kernel, other), *of_record(kernel, other), *of_commons(kernel, other), *of_board(kernel, other),
        *of_draft(kernel, other), *of_events(kernel, other), *of_outcomes(kernel, other),
    ]  # fmt: skip


def of_people(kernel, other):
    people = other.people
    for name in COUNTS:
        if getattr(kernel.people, name).tolist() != [getattr(i, name) for i in people]:
            yield f"{name} of people"
    shown = {name: [getattr(i, name) for i in people] for name in NUMBERS}
    shown |= {name: [undefined_as_nan(getattr(i, name).values()) for i in people] for name in ROWS}
    shown |= {
        name: [[list(row.values()) for row in getattr(i, name).values()] for i in people] for name in TABLES
    }
    for name, values in shown.items():
        array = getattr(kernel.people, name)
        if name in ("assets", "recognised"):
            array = array[
                :, : len(other.kinds)
            ]  # the kernel keeps one empty column where there are no strengths
        if not equal(array, values):
            yield f"{name} of people"


def of_record(kernel, other):
    entries = [
        {
            "author": entry.author.index, "group": entry.author.group, "issue": entry.issue,
            "position": entry.position, "session": entry.session, "channel": CHANNELS[entry.channel],
            "divergent": entry.divergent, "noted": entry.noted,
            "answers": entry.parent.number if entry.parent else None,
            "reads": entry.reads if other.on_platforms else None,
        }
        for entry in other.record
    ]  # fmt: skip
    theirs = kernel.record()
    if not equal([e.pop("position") for e in theirs], [e.pop("position") for e in entries]):
        yield "positions on record"
    if theirs != entries:
        yield "entries of the record"


def of_commons(kernel, other):
    commons, people = kernel.state.commons, other.people
    for i in people if other.scenario.follows else []:
        if kernel.followed(i.index) != [j.index for j in i.follows]:
            yield f"whom {i.index} follows"
    if not other.on_platforms:
        return
    for name, theirs in COMMONS.items():
        if getattr(commons, theirs).tolist() != [getattr(i, name) for i in people]:
            yield f"{name} of people"
    if not equal(commons.legitimacy, [i.legitimacy for i in people]):
        yield "legitimacy of people"
    if commons.answers[: len(other.record)].tolist() != [entry.answers for entry in other.record]:
        yield "answers to entries"
    if [waiting_for(commons, i.index) for i in people] != [[e.number for e in i.awaiting] for i in people]:
        yield "answers that wait for people"


def waiting_for(commons, i):
    """Answers that have not reached somebody, the latest first."""
    found, e = [], commons.inbox[i]
    while e >= 0:
        found += [] if commons.reached[e] else [int(e)]
        e = commons.waits[e]
    return found


def of_board(kernel, other):
    board, groups, issues = kernel.state.board, list(other.groups), list(other.issues)
    if board.waiting.ravel().tolist() != list(other.waiting.values()):
        yield "waiting questions"
    n = int(board.length[0])
    theirs = list(zip(board.group[:n], board.issue[:n], board.author[:n], board.channel[:n], strict=True))
    if theirs != [
        (groups.index(a.group), issues.index(a.issue), a.author.index, a.channel) for a in other.answers
    ]:
        yield "written answers"
    elif not equal(board.position[:n], [a.position for a in other.answers]):
        yield "positions of written answers"


def of_draft(kernel, other):
    if not equal(undefined_as_nan(kernel.draft().values()), undefined_as_nan(other.draft.values())):
        yield "draft"
    for votes in ("private", "public"):
        if getattr(kernel.state.draft, votes).tolist() != [
            list(getattr(i, votes).values()) for i in other.people
        ]:
            yield f"{votes} votes"
    drafter = other.drafter.index if isinstance(other.drafter, Participant) else twin.ABSENT[other.drafter]
    if other.held > 0 and int(kernel.state.draft.drafter[0]) != drafter:
        yield "drafter"


def of_events(kernel, other):
    theirs, ours = kernel.events, other.events
    for n, (their, our) in enumerate(zip(theirs, ours, strict=False)):
        if their._replace(value=None) != our._replace(value=None):
            yield f"event {n}: {their} against {our}"
            return
    if len(theirs) != len(ours):
        yield f"{len(theirs)} events against {len(ours)}"
    elif not equal(undefined_as_nan(e.value for e in theirs), undefined_as_nan(e.value for e in ours)):
        yield "values in events"


def of_outcomes(kernel, other):
    for outcome in sim.OUTCOMES:
        for scope in ("all", *other.groups, *BARRIERS):
            their, our = kernel.outcome(outcome.name, scope), other.outcome(outcome.name, scope)
            if not equal(their, our):
                yield f"{outcome.name} of {scope}: {their!r} against {our!r}"


def first_difference(scenario, seed=1, replicate=0, process=TwinProcess):
    """Where two runs part: the number of sessions held and what differs; None if they never do."""
    kernel = sim.CoProduction(scenario, seed=seed, replicate=replicate, log=True)
    other = process(scenario, seed=seed, replicate=replicate)
    for held in range(len(scenario.sessions) + 1):
        if held > 0:
            kernel.step()
            other.step()
        if found := differences(kernel, other):
            return held, found
    return None


# ------------------------------------------------------------------------------------------- processes to compare

ASK = "{ interpretation = 0.2, understanding = 0.5, dialogue = 0.3 }"

IN_SMALL = ["groups.carers.size=14", "groups.older_people.size=7", "groups.nurses.size=5"]

CASES = {
    "two people": ("shared-decision", []),
    "blended": ("citizens-blended", []),
    "at a distance and later": ("citizens-blended", ["setting=different/distributed"]),
    "hybrid circles": (
        "citizens-blended",
        ["setting=same/blended", "groups.*.barriers.travel=0.5", "groups.*.barriers.digital=0.1"],
    ),
    "drop-out": (
        "citizens-blended",
        ["groups.*.engagement=0.35", "parameters.dropout_shape=1", "parameters.disengage_unheard=0.25"],
    ),
    **{
        f"a decision by {rule}": (
            "citizens-online",
            [f"decision.rule={rule!r}", "sessions.*.decide=true", "parameters.acceptance=0.9"],
        )
        for rule in RULES
    },
    "rounds": ("around-the-table", ["sessions.*.turns=round", "sessions.*.circle_size=4"]),
    "a board of questions": (
        "citizens-blended",
        ["setting=different/blended", f"sessions.*.agenda={ASK}", "sessions.*.minutes=40"],
    ),
    **{f"a {kernel} kernel": ("nine-cells", [f"kernel={kernel}"]) for kernel in ("smooth", "step", "flat")},
    **{
        f"the grid read as {reading}": ("citizens-blended", [f"fidelity={reading}", "sessions.*.minutes=60"])
        for reading in ("media", "diagonal", "vertical")
    },
    "EAA alone": ("tick-box", ["preset=eaa_only", "sessions.*.decide=true"]),
    "contexts and dials": (
        "citizens-blended",
        [
            "dials.documentation=0.6", "sessions.*.dials.dialogue=0.7", "sessions.why.dials.intentions=0",
            'context.jargon={ effects = { dialogue = 0.7, interpretation = 0.5 }, themes = ["how", "what"] }',
            'context.warmth={ effects = { intentions = 2.5, documentation = 1.9 }, sessions = ["who", "refine"] }',
            'context.haste={ effects = { understanding = 0.3 }, themes = ["what", "refine"], sessions = ["what"] }',
        ],
    ),
    "sessions for some": ("experience-based-codesign", []),
    "several hundred people": ("course-digital", []),
    "creativity": ("citizens-blended", ["parameters.creativity=0.4", "parameters.divergence=0.2"]),
    "mobilisation": ("citizens-blended", ["parameters.mobilisation=0.6", "parameters.dropout_shape=1", "groups.*.engagement=0.4"]),
    "enactment": ("citizens-blended", ["parameters.enactment=0.6", "sessions.*.decide=true", "parameters.acceptance=1"]),
    "a private group": ("elderly-care-private-group", ["sessions.*.decide=true"]),
    "a private group with opponents": (
        "elderly-care-private-group",
        ["groups.*.tolerance=0.2", "parameters.conflict_cost=0.5", "templates.week.platform.anonymity=0.3"],
    ),
    "meetings beside a private group": ("elderly-care-mixed", []),
    "a private group that opens later": (
        "elderly-care-private-group",
        ["sessions.week-1.invited=['carers']", "sessions.week-2.invited=['carers', 'nurses']"],
    ),
    "a forum in small": ("elderly-care-forum", [*IN_SMALL, "templates.week.platform.feed_window=12"]),
    "a microblog in small": ("elderly-care-microblog", [*IN_SMALL, "follows.degree=4"]),
    "a blog in small": ("elderly-care-blog", ["groups.carers.size=12", "groups.nurses.size=4"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_kernel_and_twin_tell_the_same_story(case):
    source, changes = CASES[case]
    assert first_difference(scenarios.load(source, changes)) is None


@pytest.mark.parametrize("cell", cells())
def test_kernel_and_twin_agree_in_each_cell_of_the_grid(cell):
    assert first_difference(scenarios.load("nine-cells", [f"setting={cell}"]), seed=5, replicate=3) is None


@settings(
    max_examples=120, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(scenario=drawn.scenarios())
def test_kernel_and_twin_agree_on_any_small_scenario(scenario):
    assert first_difference(scenario) is None


@settings(
    max_examples=50, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(scenario=drawn.scenarios(platform=3))
def test_kernel_and_twin_agree_on_any_small_scenario_with_platforms(scenario):
    assert first_difference(scenario) is None


# ------------------------------------------------------------------------------ controls: the comparison can fail


class Overpersuaded(Participant):
    def persuasion(self, distance):
        return super().persuasion(distance) * (1 + 1e-6)


class LearnsAtOneRate(Participant):
    def learns(self, group, issue, position, a):
        self.picture[group][issue] += a * (position - self.picture[group][issue])
        self.certainty[group][issue] += a * (1 - self.certainty[group][issue])


class SpeaksFreely(Participant):
    def voices(self, issue, trust, *rest):
        return super().voices(issue, 1.0, *rest)


class OpensWhileReading(Participant):
    def reads_entry(self, entry, channel, meeting, openness, gathered):
        super().reads_entry(entry, channel, meeting, {**openness, self: self.openness}, gathered)


class SeesIntentionsDimly(Participant):
    def sees_openness(self, own, other, fidelity):
        return super().sees_openness(own, other, fidelity * (1 - 1e-6))


WRONG = [Overpersuaded, LearnsAtOneRate, SpeaksFreely, OpensWhileReading, SeesIntentionsDimly]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_twin_with_one_equation_changed_is_found_out(wrong):
    process = type("Wrong", (TwinProcess,), {"participant": wrong})
    assert first_difference(scenarios.load("citizens-blended"), process=process) is not None


class OutbidsOneself(Participant):
    def tries(self, known, n, number, key):
        wider = {k: (low - 0.05, high + 0.05) for k, (low, high) in known.items()}
        return super().tries(wider, n, number, key)


class WantsMoreThanWasDone(Participant):
    def sees_deeds(self, kept):
        super().sees_deeds(kept * (1 - 1e-6))


class TakesWordForMore(Participant):
    def is_told(self, reach, word):
        super().is_told(reach * (1 + 1e-6), word)


@pytest.mark.parametrize(
    ("case", "wrong"),
    [("creativity", OutbidsOneself), ("enactment", WantsMoreThanWasDone), ("mobilisation", TakesWordForMore)],
)
def test_so_is_one_whose_optional_mechanism_is_changed(case, wrong):
    process = type("Wrong", (TwinProcess,), {"participant": wrong})
    assert first_difference(scenarios.load(*CASES[case]), process=process) is not None


class HoldsBackNothing(Participant):
    def may_see(self, entry):
        return True


class BeginsAtTheTop(Participant):
    def looks_down(self, feed, meeting):
        return feed


class MindsNothing(Participant):
    def is_conflict(self, distance, reader):
        return False


class AnswersTheFirst(Participant):
    def chooses_parent(self, n, meeting):
        return self.mind.pop(min(self.mind)) if meeting.platform and self.mind else None


@pytest.mark.parametrize(
    ("case", "wrong"),
    [
        ("a private group that opens later", HoldsBackNothing),
        ("a private group", BeginsAtTheTop),
        ("a private group with opponents", MindsNothing),
        ("a private group", AnswersTheFirst),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_so_is_one_with_another_platform(case, wrong):
    process = type("Wrong", (TwinProcess,), {"participant": wrong})
    assert first_difference(scenarios.load(*CASES[case]), process=process) is not None


def test_a_lost_entry_an_event_too_many_and_a_vote_turned_are_found_out():
    scenario = scenarios.load("shared-decision")
    kernel, other = sim.CoProduction(scenario, seed=2, log=True), TwinProcess(scenario, seed=2)
    kernel.step()
    other.step()
    assert differences(kernel, other) == []

    lost = other.record.pop()
    assert "entries of the record" in differences(kernel, other)
    other.record.append(lost)

    other.events.append(other.events[0])
    assert any("events against" in found for found in differences(kernel, other))
    other.events.pop()

    other.people[0].public[next(iter(scenario.issues))] = twin.AGAINST
    assert "public votes" in differences(kernel, other)
