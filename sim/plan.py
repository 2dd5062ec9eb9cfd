"""A scenario in numbers: what the kernel walks over, and how much room it needs.

`Plan` holds the timetable (one row per session), `Setup` what stays the same throughout, `World` everything that
changes. All capacities follow from the design, before anybody speaks: no entry is ever lost to a full table.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from sim import chance, commons, events, people, record
from sim import parameters as behaviour
from sim.compiler import compiled, plainly
from sim.layout import Field, allocate, bytes_of, tuple_of
from sim.scenario import KERNELS, MECHANISMS, ORDERS, READERS, RULES, Platform, Scenario
from sim.setting import BARRIERS, HUMAN_INTERACTION, SOCIAL_FIDELITY, channels, levels

INTENTIONS, ASSETS, DIALOGUE, DOCUMENTATION, INTERPRETATION, UNDERSTANDING = range(6)
SMOOTH, STEP, FLAT = range(3)
MAJORITY, SEVENTY_FIFTEEN, THREE_QUARTERS, FOUR_FIFTHS, UNANIMITY = range(5)

# Headings of cost; the supports stand in the order of the barriers.
HEADINGS: Final = ("participants", "facilitation", "scribes", "venue", "remote", *BARRIERS)
PARTICIPANTS, FACILITATION, SCRIBES, VENUE, REMOTE, SUPPORTS = range(6)


class Meeting(NamedTuple):
    """One session in numbers."""

    number: int
    name: Any
    weeks_before: float
    week: float
    live_minutes: float
    later_minutes: float
    channels: Any
    invited: Any
    circle_size: int
    facilitation: float
    rounds: bool
    minutes: Any
    dials: Any
    scribe: float
    captures_divergence: float
    supports: Any
    decides: bool
    platform: bool
    owner: int
    readers: int
    answering: float
    order: int
    ranks: bool
    feed_window: int
    moderation: float
    anonymity: float


PLAN: Final = (
    Field("name", np.uint64, ("M",), "hash of the session's name"),
    Field("weeks_before", np.float64, ("M",), "weeks since the session before; 0 before the first"),
    Field("week", np.float64, ("M",), "weeks since the first session"),
    Field("live_minutes", np.float64, ("M",), "live minutes on offer to each person"),
    Field("later_minutes", np.float64, ("M",), "later minutes on offer to each person"),
    Field("channels", np.bool_, ("M", 4), "channels on offer"),
    Field("invited", np.bool_, ("M", "G"), "groups invited"),
    Field("circle_size", np.int64, ("M",), "most people in a live circle"),
    Field("facilitation", np.float64, ("M",), "[0, 1]"),
    Field("rounds", np.bool_, ("M",), "does each speak in turn?"),
    Field(
        "minutes",
        np.float64,
        ("M", 6),
        "share of the minutes that takes effect, by mechanism: agenda x dial x context",
    ),
    Field(
        "dials",
        np.float64,
        ("M", 6),
        "dial x context, by mechanism, at most 1: what side effects are scaled by",
    ),
    Field("scribe", np.float64, ("M",), "[0, 1]"),
    Field("captures_divergence", np.float64, ("M",), "[0, 1]"),
    Field("supports", np.float64, ("M", 4), "share of each barrier removed"),
    Field("decides", np.bool_, ("M",), "is a draft put to the participants?"),
    Field("platform", np.bool_, ("M",), "is there a platform?"),
    Field("owner", np.int64, ("M",), "the group that alone opens threads on it; -1 everybody"),
    Field("readers", np.int64, ("M",), "EVERYBODY, MEMBERS or FOLLOWERS see an entry"),
    Field("answering", np.float64, ("M",), "share of contributions that answer one"),
    Field("order", np.int64, ("M",), "UNREAD, NEWEST or ANSWERED stands on top"),
    Field("ranks", np.bool_, ("M",), "is there a feed of the latest entries?"),
    Field("feed_window", np.int64, ("M",), "entries in the feed"),
    Field("moderation", np.float64, ("M",), "[0, 1]"),
    Field("anonymity", np.float64, ("M",), "[0, 1]"),
)
Plan = tuple_of("Plan", PLAN)


class Setup(NamedTuple):
    """What stays the same through a run."""

    values: Any  # behavioural constants, by name
    kernel: int  # SMOOTH, STEP or FLAT
    interaction: Any  # human interaction of each channel
    fidelity: Any  # social fidelity of each channel
    issue: Any  # hash of each issue's name
    weight: Any  # weight of each issue on the agenda
    is_value: Any  # is the issue a guiding value?
    asked: Any  # is agreement on the issue asked for?
    group: Any  # hash of each group's name
    rank: Any  # rank of that hash: an order of groups that does not depend on how a file lists them
    groups_by_name: Any  # the groups in that order
    issues_by_name: Any  # the issues in the order of their hashes
    first: Any  # index of each group's first member; one more for the end
    invited: Any  # groups invited, by session
    platform: Any  # is there a platform? by session
    readers: Any  # who sees what is written, by session
    anonymity: Any  # how far authors are hidden, by session
    rule: int  # MAJORITY ... UNANIMITY
    fee: Any  # cost of an hour of a member of each group
    facilitator_hour: float  # preparation included
    scribe_hour: float  # writing up included
    venue_hour: float
    remote_licence: float
    support: Any  # full support of one person for one session, by barrier
    preparation: float  # hours of facilitation paid per hour held
    writing_up: float  # hours of note-taking paid per hour held


# Scratch of one session: who is here, in which circle, and what has just been said.
ROOM: Final = (
    Field("key", np.uint64, ("N",), "key of what chance does to each person in this session"),
    Field(
        "nobody",
        np.uint64,
        (2,),
        "keys of what chance does to nobody in particular: in this run, in this session",
    ),
    Field("live", np.int8, ("N",), "channel through which one is here live; -1 not"),
    Field("later", np.int8, ("N",), "channel through which one comes later; -1 not"),
    Field("fluency", np.float64, ("N",), "what the communication barrier leaves, [0, 1]"),
    Field("floor", np.float64, ("N",), "claim to the floor"),
    Field("heard", np.float64, ("N",), "attention received in this session"),
    Field("openness", np.float64, ("N",), "openness as it was when a phase began"),
    Field("members", np.uint32, ("N",), "those here live, circle by circle"),
    Field("start", np.int64, ("C",), "where each circle begins in `members`; one more for the end"),
    Field("visitors", np.uint32, ("N",), "those who come later, in the order of their visits"),
    Field("n", np.int64, (4,), "people live, circles, visitors, contributions of the circle at work"),
    Field("waiting", np.float64, ("N",), "sort keys"),
    Field("speaker", np.uint32, ("T",), "who made each contribution of the circle at work"),
    Field("said_issue", np.uint16, ("T",), "on which issue"),
    Field("said", np.float64, ("T",), "with which position"),
    Field("said_key", np.uint64, ("T",), "the contribution's own key"),
    Field("said_divergent", np.bool_, ("T",), "far from what its speaker believed to prevail?"),
    Field("race", np.float64, ("T",), "when each would be noted"),
    Field("kept", np.bool_, ("T",), "is it noted?"),
    Field("by_group", np.float64, ("G", 2), "sums over groups"),
    Field("by_issue", np.float64, ("K", 4), "sums over issues"),
)
Room = tuple_of("Room", ROOM)

# The draft and the votes on it.
DRAFT: Final = (
    Field("position", np.float64, ("K",), "position of the draft; NaN where there is none"),
    Field("sums", np.float64, ("G", "K", 2), "sum and number of authors' latest entries"),
    Field("weight", np.float64, ("G", "K"), "weight with which each group enters"),
    Field("enters", np.float64, ("G", "K"), "position with which each group enters"),
    Field("private", np.int8, ("N", "K"), "1 accepts, 0 neutral, -1 against"),
    Field("public", np.int8, ("N", "K"), "the same, as shown"),
    Field(
        "drafter",
        np.int64,
        (1,),
        "participant who drafts; -1 the facilitator; -2 nobody was there; -3 none was made yet",
    ),
    Field("bent", np.float64, (1,), "share of the way to the drafter's own view that the draft was bent"),
    Field("reached", np.float64, (1,), "did the latest draft put reach consensus? NaN before one is put"),
)
Draft = tuple_of("Draft", DRAFT)

# What is added up over the run, and what was measured before it began.
LEDGER: Final = (
    Field("flow", np.float64, ("G", "G"), "attention paid to the first group by the second"),
    Field("wheels", np.float64, (6,), "person-minutes that took effect, by mechanism"),
    Field(
        "money",
        np.float64,
        (len(HEADINGS),),
        "cost by heading, except participants, who are counted by minutes",
    ),
    Field("hours", np.float64, (2,), "hours of facilitation and of note-taking paid"),
    Field("start_spread", np.float64, ("P",), "mean distance of views at the start, by scope"),
    Field("start_error", np.float64, ("P",), "summed error of projection at the start, by scope"),
    Field("start_views", np.float64, ("G", "K"), "mean view of each group at the start"),
    Field("truth", np.float64, ("G", "K"), "mean view of each group now"),
    Field("alone", np.float64, ("K",), "mean error of projecting one's own view, by issue"),
    Field("middle", np.float64, ("K",), "mean view of everybody"),
    Field("seen", np.float64, (33,), "what is seen of one person: see sim/tallies.py"),
    Field("sums", np.float64, ("P", 33), "the same, added up by scope"),
    Field("sorted", np.float64, ("N",), "scratch for sorting"),
    Field("carried", np.int64, ("K", 42), "entries on record up to each twentieth"),
    Field("influence", np.float64, ("G",), "closeness of the draft to each group's first views"),
)
Ledger = tuple_of("Ledger", LEDGER)


class World(NamedTuple):
    """Everything that changes during a run."""

    people: Any
    room: Any
    record: Any
    board: Any
    commons: Any
    draft: Any
    ledger: Any
    log: Any


TABLES: Final = (
    (people.People, people.FIELDS), (Room, ROOM), (record.Record, record.FIELDS), (record.Board, record.BOARD),
    (commons.Commons, commons.FIELDS), (Draft, DRAFT), (Ledger, LEDGER), (events.Log, events.FIELDS),
)  # fmt: skip


def meeting_at(plan: Any, t: int) -> Meeting:
    """Session t of the plan, for Python; the kernel turns one meeting into the next with `turn_to`."""
    return Meeting(t, *(array[t] for array in plan))


@compiled
def turn_to(meeting, plan, t):
    """Let `meeting` be session t of the plan."""
    meeting.number = t
    meeting.name = plan.name[t]
    meeting.weeks_before = plan.weeks_before[t]
    meeting.week = plan.week[t]
    meeting.live_minutes = plan.live_minutes[t]
    meeting.later_minutes = plan.later_minutes[t]
    meeting.channels = plan.channels[t]
    meeting.invited = plan.invited[t]
    meeting.circle_size = plan.circle_size[t]
    meeting.facilitation = plan.facilitation[t]
    meeting.rounds = plan.rounds[t]
    meeting.minutes = plan.minutes[t]
    meeting.dials = plan.dials[t]
    meeting.scribe = plan.scribe[t]
    meeting.captures_divergence = plan.captures_divergence[t]
    meeting.supports = plan.supports[t]
    meeting.decides = plan.decides[t]
    meeting.platform = plan.platform[t]
    meeting.owner = plan.owner[t]
    meeting.readers = plan.readers[t]
    meeting.answering = plan.answering[t]
    meeting.order = plan.order[t]
    meeting.ranks = plan.ranks[t]
    meeting.feed_window = plan.feed_window[t]
    meeting.moderation = plan.moderation[t]
    meeting.anonymity = plan.anonymity[t]


def dials_of(scenario: Scenario, session: str) -> tuple[float, ...]:
    """What becomes of each mechanism's minutes in a session: the dials times the factors of the context."""
    here = scenario.sessions[session]
    factors = []
    for mechanism in MECHANISMS:
        factor = getattr(scenario.dials, mechanism) * getattr(here.dials, mechanism)
        for context in scenario.context.values():
            at_work = (not context.themes or here.theme in context.themes) and (
                not context.sessions or session in context.sessions
            )
            factor *= context.effects.get(mechanism, 1.0) if at_work else 1.0
        factors.append(factor)
    return tuple(factors)


def minutes_of(scenario: Scenario, session: str) -> tuple[float, float]:
    """Live and later minutes that a session offers each person: one budget, split in blended time."""
    here = scenario.sessions[session]
    time = scenario.cell(session).split("/")[0]
    live = {"same": 1.0, "blended": here.live_share, "different": 0.0}[time]
    return here.minutes * live, here.minutes * (1 - live)


def make_plan(scenario: Scenario) -> Any:
    """The timetable of a scenario as arrays."""
    sessions = scenario.sessions
    weeks = np.array([s.week for s in sessions.values()])
    minutes = [minutes_of(scenario, name) for name in sessions]
    dials = np.array([dials_of(scenario, name) for name in sessions])
    return Plan(
        name=np.array([chance.named(name) for name in sessions], np.uint64),
        weeks_before=np.diff(weeks, prepend=weeks[0]),
        week=weeks - weeks[0],
        live_minutes=np.array([live for live, _ in minutes]),
        later_minutes=np.array([later for _, later in minutes]),
        channels=np.array([channels(scenario.cell(name), s.live_share) for name, s in sessions.items()]),
        invited=np.array([[g in scenario.invited(name) for g in scenario.groups] for name in sessions]),
        circle_size=np.array([s.circle_size for s in sessions.values()], np.int64),
        facilitation=np.array([s.facilitation for s in sessions.values()]),
        rounds=np.array([s.turns == "round" for s in sessions.values()]),
        minutes=np.array([s.shares() for s in sessions.values()]) * dials,
        dials=np.minimum(dials, 1.0),
        scribe=np.array([s.scribe for s in sessions.values()]),
        captures_divergence=np.array([s.captures_divergence for s in sessions.values()]),
        supports=np.array([[getattr(s.supports, b) for b in BARRIERS] for s in sessions.values()]),
        decides=np.array([s.decide for s in sessions.values()]),
        **_platforms(scenario),
    )


def _platforms(scenario: Scenario) -> dict[str, np.ndarray]:
    """The platforms of a timetable, by session; where there is none, the plain document: everybody writes and reads on."""
    plain, groups = Platform(), list(scenario.groups)
    here = [session.platform or plain for session in scenario.sessions.values()]
    return {
        "platform": np.array([session.platform is not None for session in scenario.sessions.values()]),
        "owner": np.array([-1 if p.owner is None else groups.index(p.owner) for p in here], np.int64),
        "readers": np.array([READERS.index(p.readers) for p in here], np.int64),
        "answering": np.array([p.answering for p in here]),
        "order": np.array([ORDERS.index(p.order) for p in here], np.int64),
        "ranks": np.array([p.ranks() for p in here]),
        "feed_window": np.array([p.feed_window for p in here], np.int64),
        "moderation": np.array([p.moderation for p in here]),
        "anonymity": np.array([p.anonymity for p in here]),
    }


def values_of(scenario: Scenario) -> Any:
    """The behavioural constants of a scenario; the theory alone has no changing trust, accountability or pen, and no
    optional mechanism.
    """
    beyond = ("trust_gain", "accountability", "pen", *behaviour.OPTIONAL)
    alone = dict.fromkeys(beyond, 0.0) if scenario.preset == "eaa_only" else {}
    return behaviour.values({**scenario.parameters, **alone})


def make_setup(scenario: Scenario) -> Setup:
    """What stays the same through a run of a scenario."""
    values, prices, plan = values_of(scenario), scenario.prices, make_plan(scenario)
    names = np.array([chance.named(name) for name in scenario.groups], np.uint64)
    issues = np.array([chance.named(name) for name in scenario.issues], np.uint64)
    rank = np.empty(len(names), np.int64)
    rank[np.argsort(names)] = np.arange(len(names))
    low, high = values.fidelity_low, values.fidelity_high
    return Setup(
        values=values,
        kernel=KERNELS.index(scenario.kernel),
        interaction=levels(HUMAN_INTERACTION[scenario.fidelity], low, high),
        fidelity=levels(SOCIAL_FIDELITY[scenario.fidelity], low, high),
        issue=issues,
        weight=np.array([issue.weight for issue in scenario.issues.values()]),
        is_value=np.array([issue.kind == "value" for issue in scenario.issues.values()]),
        asked=np.array([issue.kind in scenario.decision.kinds for issue in scenario.issues.values()]),
        group=names,
        rank=rank,
        groups_by_name=np.argsort(names),
        issues_by_name=np.argsort(issues),
        first=np.cumsum([0, *(g.size for g in scenario.groups.values())]),
        invited=plan.invited,
        platform=plan.platform,
        readers=plan.readers,
        anonymity=plan.anonymity,
        rule=RULES.index(scenario.decision.rule),
        fee=np.array([g.fee_per_hour for g in scenario.groups.values()]),
        facilitator_hour=prices.facilitator_hour,
        scribe_hour=prices.scribe_hour,
        venue_hour=prices.venue_hour,
        remote_licence=prices.remote_licence,
        support=np.array([getattr(prices, f"support_{barrier}") for barrier in BARRIERS]),
        preparation=1 + prices.facilitator_preparation,
        writing_up=1 + prices.scribe_writing_up,
    )


@compiled
def turns_in(meeting, values, size, remote):
    """Contributions that the live minutes of dialogue allow in a circle: turns last longer where somebody is on video."""
    turn = values.turn_seconds * (values.floor_holding_remote if remote else 1.0)
    gap = values.gap_remote if remote else values.gap_onsite
    turns = 60.0 * meeting.live_minutes * meeting.minutes[DIALOGUE] / (turn + gap)
    return turns / size if meeting.rounds else turns


@compiled
def posts_in(minutes, values):
    """Posts that somebody with nothing else to do can write in these minutes."""
    return 60.0 * minutes / values.post_seconds


def sizes(scenario: Scenario, plan: Any, values: Any, lines: int = 0) -> dict[str, int]:
    """Lengths of all axes, from the design alone; `lines` is the room of the event log."""
    n, g, k = scenario.people, len(scenario.groups), len(scenario.issues)
    circles = turns = entries = answers = 0
    for t in range(plan.name.size):
        meeting = meeting_at(plan, t)
        invited = sum(
            size.size
            for name, size in scenario.groups.items()
            if name in scenario.invited(list(scenario.sessions)[t])
        )
        if meeting.live_minutes > 0:
            here = max(1, min(math.ceil(invited / meeting.circle_size), max(1, invited // 2)))
            spoken = (
                math.ceil(max(plainly(turns_in)(meeting, values, 1, remote) for remote in (False, True))) + 1
            )
            if meeting.rounds:  # a round once begun is finished; a circle may hold one more than planned
                spoken += min(meeting.circle_size, invited) + 1
            noted = (
                math.ceil(
                    meeting.live_minutes
                    * meeting.minutes[DOCUMENTATION]
                    * meeting.scribe
                    * values.notes_per_minute
                )
                + 1
            )
            circles, turns = max(circles, here), max(turns, spoken)
            entries += here * min(spoken, noted)
        if meeting.later_minutes > 0:
            posts = plainly(posts_in)(meeting.later_minutes * meeting.minutes[DIALOGUE], values)
            # where ideas take a part of the time, what is left of a post and of an idea may both be rounded up
            entries += invited * (math.ceil(posts) + (values.creativity > 0))
            answers += g * k
    return {
        "N": n, "G": g, "K": k, "S": len(scenario.asset_kinds), "T": turns, "C": circles + 1, "E": entries,
        "Q": answers, "L": lines, "P": 1 + g + len(BARRIERS), **commons.room_for(scenario, n, entries),
    }  # fmt: skip


def make_world(scenario: Scenario, lines: int = 0) -> World:
    """Room for one run: every array, allocated once."""
    room = sizes(scenario, make_plan(scenario), values_of(scenario), lines)
    return World(*(allocate(kind, fields, room) for kind, fields in TABLES))


def memory_needed(scenario: Scenario, workers: int = 1) -> int:
    """Bytes that a run takes at its peak, for each worker one world and what sorting takes on top."""
    room = sizes(scenario, make_plan(scenario), values_of(scenario))
    sorting = 24 * room["N"]
    return workers * (sum(bytes_of(fields, room) for _, fields in TABLES) + sorting)
