"""Laws that hold in every process, whatever its people, its timetable and its place on the grid."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.mechanisms.access import arrive
from sim.mechanisms.assets import name_assets
from sim.mechanisms.decision import decide, make_draft
from sim.mechanisms.dialogue import converse
from sim.mechanisms.intentions import share_intentions
from sim.mechanisms.interpretation import interpret
from sim.mechanisms.understanding import seek_understanding
from sim.people import FIELDS
from sim.plan import turn_to
from sim.setting import cells, channels
from tests.sim.worlds import (
    FEW,
    QUICKLY,
    STEADY,
    changed,
    exactly,
    held,
    same_bits,
    scenario,
    shares,
    small_scenarios,
    states,
    weekly,
    willing,
)

pytestmark = pytest.mark.kernel

MECHANISMS = ("intentions", "assets", "dialogue", "documentation", "interpretation", "understanding")
RANGES = {
    "power": (0, 1), "openness": (0, 1), "tolerance": (0, 2), "engagement": (0, 1), "views": (-1, 1), "anchor": (-1, 1),
    "trust": (0, 1), "picture": (-1, 1), "certainty": (0, 1), "assets": (0, 1), "recognised": (0, 1), "barriers": (0, 1),
    "said": (-1, 1), "latest": (-1, 1), "talkativeness": (0, np.inf), "heard": (0, np.inf), "conviction": (0, 1),
}  # fmt: skip


def outside(array, low, high):
    known = array[~np.isnan(array)]
    return known[(known < low) | (known > high)]


@QUICKLY
@given(small_scenarios(), st.integers(0, 50))
def test_everything_stays_in_its_range(scene, replicate):
    model = sim.CoProduction(scene, replicate=replicate)
    for _ in scene.sessions:
        model.step()
        for name, (low, high) in RANGES.items():
            assert outside(getattr(model.people, name), low, high).size == 0, name
        assert (model.people.recognised <= model.people.assets + 1e-15).all()
        assert (model.people.power > 0).all()
        assert (model.people.conviction < 1).all()
        record = model.state.record
        length = int(record.length[0])
        assert outside(record.position[:length], -1, 1).size == 0
        assert (model.people.cursor <= length).all()
        assert outside(model.state.draft.position, -1, 1).size == 0
        for outcome in sim.OUTCOMES:
            value = model.outcome(outcome.name)
            assert np.isnan(value) or outcome.low is None or value >= outcome.low - 1e-12, outcome.name
            assert np.isnan(value) or outcome.high is None or value <= outcome.high + 1e-12, outcome.name


@QUICKLY
@given(small_scenarios(), st.integers(0, 50))
def test_circles_hold_everybody_here_once_and_differ_by_one_at_most(scene, replicate):
    model = sim.CoProduction(scene, replicate=replicate)
    for session in scene.sessions.values():
        model.step()
        room = model.state.room
        n, circles = int(room.n[0]), int(room.n[1])
        assert sorted(room.members[:n]) == list(np.flatnonzero(room.live >= 0))
        if n == 0:
            continue
        sizes = np.diff(room.start[: circles + 1])
        assert sizes.sum() == n
        assert sizes.max() - sizes.min() <= 1
        assert sizes.min() >= min(n, 2)
        assert circles == max(1, min(-(-n // session.circle_size), n // 2))


# ---- dials ---------------------------------------------------------------------------------------------------------


def in_the_middle(scene, replicate):
    """A run in which a first session has been held without any dial touched, before its second session."""
    model = sim.CoProduction(scene, replicate=replicate)
    model.step()
    return model


def two_sessions(dials):
    """The same meeting twice, so that there is something to read, to ask and to remember; dials for the second."""
    meeting = {
        "theme": "refine",
        "setting": "blended/blended",
        "minutes": 90,
        "circle_size": 4,
        "scribe": 0.8,
    }
    groups = {
        name: {"size": 4, "views": {"topic": mean}, "openness": mean + 0.3, "assets": {"lived": 0.6}}
        for name, mean in (("carers", 0.5), ("nurses", -0.1), ("authors", 0.3))
    }
    sessions = {"before": {"week": 0, **meeting}, "after": {"week": 0, **meeting, "dials": dials}}
    return scenario(groups, sessions, ("topic", "place"))


OWN_CALL = {
    "intentions": share_intentions,
    "assets": name_assets,
    "interpretation": interpret,
    "understanding": seek_understanding,
}


def second_session(dials):
    """A run up to the arrival of the second session, and what its phases are called with."""
    model = in_the_middle(two_sessions(dials), 0)
    work = model._workspace
    turn_to(work.meeting, work.plan, 1)
    arrive(work.world, work.meeting, work.setup)
    return model, (work.world, work.meeting, work.setup)


def everything(model):
    """All of the state but the room, which is scratch, and the mark where the latest live meeting ended."""
    state = model.state._asdict()
    return {
        (part, name): (array[:1] if name == "length" else array).copy()
        for part in ("people", "record", "board", "ledger")
        for name, array in state[part]._asdict().items()
    }


def what_changes(model, call, arguments):
    before = everything(model)
    call(*arguments)
    after = everything(model)
    return {
        name
        for (part, name), array in after.items()
        if part != "ledger" and not same_bits(array, before[part, name])
    }


@pytest.mark.parametrize("mechanism", OWN_CALL)
def test_a_dial_at_0_leaves_everything_as_it_is_and_at_1_does_not(mechanism):
    for dial, does_something in ((0, False), (1, True)):
        model, arguments = second_session({mechanism: dial})
        converse(*arguments)
        changes = what_changes(model, OWN_CALL[mechanism], arguments)
        assert bool(changes) is does_something, changes


def test_dialogue_at_0_is_silent_and_nobody_writes():
    model, arguments = second_session({"dialogue": 0})
    assert what_changes(model, converse, arguments) == set()
    model, arguments = second_session({"dialogue": 1})
    assert {"contributions", "said", "heard", "picture", "certainty", "views", "trust"} <= what_changes(
        model, converse, arguments
    )


def test_documentation_at_0_leaves_the_record_as_it_is_but_not_the_talk():
    model, arguments = second_session({"documentation": 0})
    changes = what_changes(model, converse, arguments)
    on_record = {"issue", "position", "author", "key", "session", "channel", "divergent", "noted", "marks"}
    assert changes.isdisjoint(on_record | {"captured", "latest"})
    assert "contributions" in changes
    assert model.state.record.length[0] == model.state.record.length[1]


@pytest.mark.parametrize(
    ("mechanism", "carried"),
    [("intentions", {"trust", "openness"}), ("assets", {"recognised"}), ("dialogue", {"heard"})],
)
def test_reading_carries_only_what_other_dials_let_through(mechanism, carried):
    model, arguments = second_session({})
    assert carried <= what_changes(model, interpret, arguments)
    model, arguments = second_session({mechanism: 0})
    changes = what_changes(model, interpret, arguments)
    assert changes.isdisjoint(carried)
    assert "picture" in changes


# What a mechanism alone, or together with those that share it, can change: all of these at 0 and it stays what it was.
OWNERS = {
    "openness": ("intentions",),
    "recognised": ("assets",),
    "contributions": ("dialogue",),
    "said": ("dialogue",),
    "heard": ("dialogue",),
    "captured": ("documentation",),
    "latest": ("documentation",),
    "cursor": ("interpretation",),
    "entries_read": ("interpretation",),
    "answers_read": ("understanding",),
    "trust": ("intentions", "dialogue"),
    "picture": ("dialogue", "interpretation", "understanding"),
    "views": ("dialogue", "interpretation"),
}


@QUICKLY
@given(small_scenarios(), st.sampled_from(sorted(OWNERS)))
def test_over_a_whole_process_what_its_owners_do_not_touch_stays(scene, field):
    still = changed(
        scene, dials=dict.fromkeys(OWNERS[field], 0), parameters={"accountability": 0, "forgetting": 0}
    )
    model = sim.CoProduction(still)
    start = states(model)[field]
    for _ in scene.sessions:
        model.step()
    assert same_bits(getattr(model.people, field), start)


def test_each_of_those_moves_when_its_owners_are_at_work():
    still = set(OWNERS)
    for replicate in range(3):  # a question, and a visit that answers it, may be wanting in one
        model = sim.CoProduction(two_sessions({}), replicate=replicate)
        start = states(model)
        model.step()
        model.step()
        still -= {name for name in OWNERS if not same_bits(getattr(model.people, name), start[name])}
    assert still == set()


@QUICKLY
@given(small_scenarios())
def test_a_measuring_draft_touches_nobody(scene):
    model = held(scene)
    before = everything(model)
    work = model._workspace
    make_draft(work.world, work.meeting, work.setup)
    assert all(same_bits(array, before[place]) for place, array in everything(model).items())


# ---- permutations --------------------------------------------------------------------------------------------------

CLOSE = {"rtol": 0, "atol": 1e-9, "equal_nan": True}


@QUICKLY
@given(small_scenarios(), st.randoms(use_true_random=False))
def test_the_order_of_people_within_groups_does_not_matter(scene, random):
    order, first = [], 0
    for group in scene.groups.values():
        order += random.sample(range(first, first + group.size), group.size)
        first += group.size
    model, shuffled = sim.CoProduction(scene), sim.CoProduction(scene)
    for array in shuffled.people:
        array[:] = array[order]
    for _ in scene.sessions:
        model.step()
        shuffled.step()
    for name, array in states(model).items():
        np.testing.assert_allclose(
            getattr(shuffled.people, name).astype(float), array[order].astype(float), err_msg=name, **CLOSE
        )
    assert [order[entry["author"]] for entry in shuffled.record()] == [
        entry["author"] for entry in model.record()
    ]
    np.testing.assert_allclose(shuffled._row, model._row, **CLOSE)


def reordered(scene, groups=None, issues=None):
    table = scene.model_dump(mode="json")
    for part, names in (("groups", groups), ("issues", issues)):
        if names is not None:
            table[part] = {name: table[part][name] for name in names}
    return sim.Scenario.model_validate(table)


@QUICKLY
@given(small_scenarios(groups=(2, 3), issues=(2, 3)), st.randoms(use_true_random=False))
def test_the_order_of_groups_and_issues_does_not_matter(scene, random):
    groups = random.sample(list(scene.groups), len(scene.groups))
    issues = random.sample(list(scene.issues), len(scene.issues))
    one = sim.simulate(scene, replicates=2, workers=1)
    other = sim.simulate(reordered(scene, groups, issues), replicates=2, workers=1)
    scopes = [other.scopes.index(scope) for scope in one.scopes]
    np.testing.assert_allclose(other.values[:, :, scopes], one.values, **CLOSE)


@FEW
@given(small_scenarios(groups=(2, 3), issues=(2, 3)))
def test_swapping_two_groups_swaps_their_trust_and_their_pictures(scene):
    names = list(scene.groups)
    swapped = held(reordered(scene, groups=[names[1], names[0], *names[2:]]))
    model = held(scene)
    sizes = [scene.groups[name].size for name in names]
    first, second = list(range(sizes[0])), list(range(sizes[0], sizes[0] + sizes[1]))
    people = second + first + list(range(sizes[0] + sizes[1], sum(sizes)))
    groups = [1, 0, *range(2, len(names))]
    for name in ("trust", "picture", "certainty"):
        expected = getattr(model.people, name)[people][:, groups]
        np.testing.assert_allclose(getattr(swapped.people, name), expected, err_msg=name, **CLOSE)
    assert np.array_equal(swapped.people.contributions, model.people.contributions[people])


# ---- access --------------------------------------------------------------------------------------------------------

BARRIERS = ("travel", "digital", "schedule", "communication")


def meeting_in(cell, barriers, supports):
    groups = {
        name: {
            "size": 12,
            "engagement": {"mean": 0.5, "spread": 0.5},
            "barriers": dict(zip(BARRIERS, barriers, strict=True)),
        }
        for name in ("carers", "nurses")
    }
    session = {"week": 0, "setting": cell, "supports": dict(zip(BARRIERS, supports, strict=True))}
    return scenario(groups, {"first": session})


def came_to(scene, replicate):
    return held(scene, replicate=replicate).people.attended > 0


some = st.tuples(*[st.floats(0, 0.95)] * 4)


@QUICKLY
@given(st.sampled_from(cells()), some, some, st.tuples(*[st.floats(0, 1)] * 4), st.integers(0, 100), shares)
def test_more_support_keeps_nobody_away(cell, barriers, less, share, replicate, all_of_it):
    more = tuple(max(all_of_it, s + (1 - s) * t) for s, t in zip(less, share, strict=True))
    came, came_with_more = (
        came_to(meeting_in(cell, barriers, supports), replicate) for supports in (less, more)
    )
    assert not (came & ~came_with_more).any()


def test_support_brings_people_who_would_have_been_stopped():
    barriers = (0.5, 0.5, 0.5, 0.5)
    without, with_it = (came_to(meeting_in("same/same", barriers, [s] * 4), 0).sum() for s in (0, 1))
    assert with_it > without


WIDER = [
    (one, other)
    for one in cells()
    for other in cells()
    if one != other and (channels(other) >= channels(one)).all()
]


@QUICKLY
@given(st.sampled_from(WIDER), some, st.integers(0, 100))
def test_more_channels_keep_nobody_away(pair, barriers, replicate):
    came, came_with_more = (came_to(meeting_in(cell, barriers, (0, 0, 0, 0)), replicate) for cell in pair)
    assert not (came & ~came_with_more).any()


def test_the_uninvited_are_neither_present_nor_absent():
    groups = {"carers": {"size": 5}, "nurses": {"size": 5}}
    sessions = weekly(3, invited=["carers"], theme="refine")
    model = sim.CoProduction(scenario(groups, sessions))
    nurses = model.people.group == 1
    engagement = model.people.engagement[nurses].copy()
    for _ in range(3):
        model.step()
    assert model.people.invited[nurses].sum() == 0
    assert (model.people.engagement[nurses] == engagement).all()
    assert np.isnan(model.outcome("accessibility", "nurses"))


# ---- the record ----------------------------------------------------------------------------------------------------


def noted(scene, replicate, scribe):
    table = scene.model_dump(mode="json")
    first = next(iter(table["sessions"].values()))
    first.update(scribe=scribe, setting="same/same", theme="refine")
    record = held(sim.Scenario.model_validate(table), 1, replicate=replicate).state.record
    length = int(record.length[0])
    return {
        (int(key), float(x)) for key, x in zip(record.key[:length], record.position[:length], strict=True)
    }


@QUICKLY
@given(small_scenarios(), st.integers(0, 30), st.floats(0, 1), st.floats(0, 1))
def test_more_note_taking_keeps_all_that_less_would_have_kept(scene, replicate, one, other):
    less, more = sorted((one, other))
    assert noted(scene, replicate, less) <= noted(scene, replicate, more)


def test_more_note_taking_keeps_more():
    scene = two_sessions({})
    assert len(noted(scene, 0, 0.1)) < len(noted(scene, 0, 1))


@QUICKLY
@given(
    small_scenarios(parameters={"noise": 0, "distortion": 0, "biased_assimilation": 0}), st.integers(0, 30)
)
def test_what_nobody_of_a_group_said_or_wrote_is_in_nobodys_picture(scene, replicate):
    model = held(scene, replicate=replicate, log=True)
    told = {}
    for event in model.events:
        if event.kind in ("said", "wrote", "answered"):
            told.setdefault((event.group, event.issue), []).append(event.value)
    for g, group in enumerate(scene.groups):
        for k, issue in enumerate(scene.issues):
            values = told.get((group, issue))
            knows = model.people.certainty[:, g, k] > 0
            if values is None:
                assert not knows.any()
                assert (model.people.picture[:, g, k] == 0).all()
            else:
                pictures = model.people.picture[knows, g, k]
                assert outside(pictures, min(values) - 1e-12, max(values) + 1e-12).size == 0


def apart(views, trust, openness, together=False):
    """Two halves that are invited to sessions of their own, and leave no record."""
    groups = {
        "here": {"size": 5, "views": {"topic": 0.2}},
        "there": {
            "size": 5,
            "views": {"topic": views},
            "trust": trust,
            "openness": openness,
            "engagement": openness,
        },
    }
    sessions = {
        f"{group}-{week}": {
            "week": week,
            "theme": "refine",
            "invited": ["here", "there"] if together else [group],
        }
        for week in range(3)
        for group in groups
    }
    return scenario(groups, sessions, dials={"documentation": 0})


def half(model):
    return {
        name: array[:5] for name, array in states(model).items() if name not in ("picture", "certainty")
    } | {"pictures": model.people.picture[:5], "certainties": model.people.certainty[:5]}


@FEW
@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.integers(0, 20))
def test_people_who_share_no_channel_and_no_record_live_independent_lives(views, trust, openness, replicate):
    one = half(held(apart(0, 0.5, 0.5), replicate=replicate))
    other = half(held(apart(views, trust, openness), replicate=replicate))
    assert all(same_bits(other[name], array) for name, array in one.items())


def test_people_who_do_meet_live_dependent_lives():
    one, other = (half(held(apart(views, 0.5, 0.5, together=True))) for views in (0, 1))
    assert not same_bits(one["views"], other["views"])


@QUICKLY
@given(small_scenarios(), st.integers(0, 20))
def test_nobody_reads_the_own_words_or_anything_twice(scene, replicate):
    model = held(scene, replicate=replicate, log=True)
    read = np.zeros(scene.people)
    for event in model.events:
        if event.kind == "read":
            read[event.actor] += event.about
    length = int(model.state.record.length[0])
    authors = model.state.record.author[:length]
    for i in range(scene.people):
        gone_through = authors[: model.people.cursor[i]]
        assert read[i] == (gone_through != i).sum()


@FEW
@given(small_scenarios(parameters=STEADY))
def test_those_who_left_accept_nothing_and_count_as_not_engaged(scene):
    model = held(scene)
    gone = 0
    model.people.active[gone] = False
    work = model._workspace
    decide(work.world, work.meeting, work.setup)
    model._observe()
    assert (model.state.draft.private[gone] == 0).all()
    engaged = np.where(model.people.active, model.people.engagement, 0).mean()
    assert model.outcome("engagement") == pytest.approx(engaged, abs=1e-12)


def test_every_array_of_a_person_is_known_to_these_laws():
    """A new field of the state wants a range, an owner or a place among what only counts."""
    counts = {
        "group",
        "key",
        "active",
        "invited",
        "attended",
        "by_channel",
        "minutes_invited",
        "minutes_used",
    }
    counts |= {"cursor", "entries_read", "answers_read", "contributions", "captured"}
    assert {field.name for field in FIELDS} == set(RANGES) | counts


def test_where_distance_is_beyond_the_latitude_nobody_moves():
    near, far = exactly(0.5), exactly(-0.6)
    groups = {
        "one": willing(size=2, views={"topic": near}, tolerance=exactly(1), trust=exactly(1)),
        "two": willing(size=2, views={"topic": far}, tolerance=exactly(1), trust=exactly(1)),
    }
    quiet = {"noise": 0, "distortion": 0, "self_silencing": 0, "biased_assimilation": 0}
    for kernel, moves in (("smooth", False), ("step", False), ("flat", True)):
        scene = scenario(groups, weekly(2, theme="refine"), kernel=kernel, parameters=quiet)
        model = held(scene)
        assert model.people.contributions.sum() > 0
        moved = np.abs(model.people.views - model.people.anchor).max() > 1e-12
        assert moved is np.bool_(moves)
