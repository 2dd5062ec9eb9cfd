"""The optional mechanisms: off they are not there, on they do what the reference (docs/odd.md, 7.10) says."""

import ast
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
import sim.session
from sim import chance, parameters
from sim.extensions import creativity, enactment, mobilisation, session_of
from sim.extensions import session as extended
from sim.mechanisms.access import arrive
from sim.mechanisms.decision import AGAINST, FOR, NEUTRAL
from sim.mechanisms.dialogue import converse
from sim.plan import make_plan, meeting_at, turn_to
from sim.record import enter
from sim.structs import by_reference
from tests.sim.worlds import (
    CLEAR,
    FEW,
    STEADY,
    changed,
    exactly,
    held,
    same_bits,
    scenario,
    small_scenarios,
    weekly,
)

pytestmark = pytest.mark.kernel

ALL_ON = {"creativity": 0.4, "mobilisation": 0.6, "enactment": 0.5}


def busy(**values):
    """Two groups who meet in every way, decide each time and lose people on the way."""
    groups = {
        name: {"size": 5, "views": {"topic": mean}, "engagement": 0.5, "barriers": {"schedule": 0.3}}
        for name, mean in (("carers", 0.7), ("nurses", -0.6))
    }
    meeting = {
        "theme": "what",
        "setting": "blended/blended",
        "minutes": 120,
        "decide": True,
        "facilitation": 0.2,
    }
    return scenario(
        groups, weekly(4, **meeting), ("topic", "place"), parameters={"dropout_shape": 1} | values
    )


def worked(scene, seed=1):
    """A run that has begun, and what its mechanisms are handed, turned to the first session with everybody dealt."""
    model = sim.CoProduction(scene, seed=seed, log=True)
    work = model._workspace
    turn_to(work.meeting, work.plan, 0)
    arrive(work.world, work.meeting, work.setup)
    return model, work


# ---- off -------------------------------------------------------------------------------------------------------------


def ends_alike(one, other):
    """Did two runs end in the same state and with the same outcomes, to the last byte?"""
    parts = zip((*one.people, *one.state.record), (*other.people, *other.state.record), strict=True)
    return same_bits(one._row, other._row) and all(same_bits(a, b) for a, b in parts)


def test_at_0_nothing_changes_to_the_last_byte():
    for replicate in range(3):
        ordinary = held(busy(), replicate=replicate)
        assert ends_alike(held(busy(), replicate=replicate, session=extended.hold_session), ordinary)
        for name in parameters.OPTIONAL:
            assert ends_alike(held(busy(**{name: 0}), replicate=replicate), ordinary)


@pytest.mark.parametrize("name", parameters.OPTIONAL)
def test_above_0_each_changes_something_through_both_doors_alike(name):
    scene = busy(**{name: 0.5})
    with_it, without = sim.simulate(scene, 3), sim.simulate(busy(), 3)
    assert with_it.values.tobytes() != without.values.tobytes()
    assert same_bits(held(scene, replicate=2)._row, with_it.values[2, -1])


def test_a_session_of_ones_own_is_held_whatever_the_parameters_say():
    scene = changed(busy(**ALL_ON), parameters={"dropout_shape": 1, "mobilisation": 0.6, "enactment": 0.5})
    assert ends_alike(held(scene, session=sim.session.hold_session), held(busy()))


def test_the_theory_alone_has_no_optional_mechanism():
    assert session_of(changed(busy(**ALL_ON), preset="eaa_only")) is None
    assert session_of(busy(**ALL_ON)) is extended.hold_session


def test_who_switches_nothing_on_waits_for_nothing():
    code = """
import sys, sim, scenarios
sim.simulate(scenarios.load("shared-decision"), 1)
print("sim.extensions.session" in sys.modules)
sim.simulate(scenarios.load("shared-decision", set=["parameters.enactment=1"]), 1)
print("sim.extensions.session" in sys.modules)
"""
    plainly = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    said = subprocess.run(
        [sys.executable, "-c", code], env=plainly, capture_output=True, text=True, check=True
    ).stdout
    assert said.split() == ["False", "True"]


def calls_in(module):
    """The mechanisms that a session calls, in order."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    hold = next(node for node in ast.walk(tree) if getattr(node, "name", "") == "hold_session")
    return [line.value.func.id for line in hold.body if isinstance(getattr(line, "value", None), ast.Call)]


def test_the_order_is_that_of_every_session_with_the_optional_ones_in_their_places():
    optional, order = ["create", "enact", "mobilise"], calls_in(extended)
    assert [name for name in order if name in optional] == optional
    assert [name for name in order if name not in optional] == calls_in(sim.session)


def test_every_switch_is_off_by_default_and_no_study_turns_it():
    assert parameters.OPTIONAL == ("creativity", "mobilisation", "enactment")
    for name in parameters.OPTIONAL:
        one = parameters.BY_NAME[name]
        assert (one.default, one.bounds, one.sampled) == (0, (0, 1), False)
        assert one.source.startswith("judgement")
        assert "Palmer" in one.source


# ---- creativity --------------------------------------------------------------------------------------------------------

EXACT = CLEAR | STEADY | {"turn_seconds": 20, "gap_onsite": 0, "notes_per_minute": 1}


def creative(written, setting="same/same", minutes=4, trust=1, after=(), **session):
    """A carer who leans up and a nurse who leans down, with a record; they create once and nothing else."""
    groups = {
        name: {
            "size": 1, "views": {"topic": exactly(view)}, "openness": exactly(1), "engagement": exactly(1),
            "trust": exactly(trust), "tolerance": exactly(2),
        }
        for name, view in (("carer", 0.2), ("nurse", -0.2))
    }  # fmt: skip
    agenda = {"dialogue": 1} if setting != "same/same" else {"dialogue": 0.5, "documentation": 0.5}
    sessions = {
        "now": {"week": 0, "minutes": minutes, "agenda": agenda, "setting": setting, "scribe": 1, **session},
        # a session in which much could be written is why the record has room
        "some-day": {
            "week": 9,
            "setting": "different/distributed",
            "agenda": {"dialogue": 1},
            "minutes": 600,
        },
    }
    model, work = worked(scenario(groups, sessions, parameters=EXACT | {"creativity": 1}))
    for n, position in enumerate((*written, *after)):
        enter(work.world, 1, np.uint64(n), 0, position, 0, 3, False, False)
    silence = meeting_at(make_plan(model.scenario), 0)._replace(live_minutes=0.0, later_minutes=0.0)
    converse(
        work.world, by_reference(silence), work.setup
    )  # nobody has a minute to talk; claims to the floor stand
    model.state.record.length[1] = len(written)  # what comes after is posted when those here live have gone
    before = model.people.views.copy()
    creativity.create(work.world, work.meeting, work.setup)
    return model, before


def boldness(model, i, m):
    """How much of the way to the end of the scale person i's try m goes."""
    return creativity.BOLDNESS * chance.draw(model.state.room.key[i], creativity.HOW_FAR, m)


def sparked(model, i, first, tries):
    """The first of person i's tries that sparks between entries 1.5 apart, at full openness."""
    key = model.state.room.key[i]
    return next(m for m in range(first, first + tries) if chance.draw(key, creativity.SPARK, m) < 1.5 / 2)


def test_an_idea_lies_beyond_what_is_on_record_on_the_side_of_its_author_who_holds_it_from_then_on():
    model, before = creative((0.6, -0.9), minutes=240)
    people, said = model.people, [event for event in model.events if event.kind == "said"]
    assert before[:, 0] == pytest.approx([0.2, -0.2]), "on either side of the middle of the record, -0.15"
    assert sorted(event.actor for event in said) == [0, 1], (
        "once each in thirty tries: nobody outbids oneself"
    )
    shares = [(event.value - 0.6) / 0.4 if event.actor == 0 else (-0.9 - event.value) / 0.1 for event in said]
    assert all(0 < share < creativity.BOLDNESS for share in shares)
    assert shares[0] == pytest.approx(
        next(s for m in range(30) if (s := boldness(model, said[0].actor, m)) == pytest.approx(shares[0]))
    )
    for event in said:
        assert people.said[event.actor, 0] == event.value
    assert people.views[said[1].actor, 0] == said[1].value, "and the first has heard the second since"
    assert list(people.contributions) == [1, 1]
    assert people.heard == pytest.approx([1, 1]), "the other attends fully to each"
    assert (people.certainty[[0, 1], [1, 0], 0] > 0).all()


def test_a_scribe_notes_ideas_like_any_contribution():
    model, _ = creative((0.6, -0.9), minutes=240, scribe=1 / 120)
    kinds = [event.kind for event in model.events]
    assert (kinds.count("said"), kinds.count("noted"), kinds.count("not_noted")) == (2, 1, 1)
    assert model.state.record.length[0] == 2 + 1


@pytest.mark.parametrize("written", [(), (0.6,), (0.6, 0.35)], ids=["nothing", "one voice", "no divergence"])
@pytest.mark.parametrize("setting", ["same/same", "different/distributed"])
def test_nothing_sparks_where_no_divergence_is_written_down_whatever_people_think(written, setting):
    model, before = creative(written, setting, minutes=600)
    assert same_bits(model.people.views, before)
    assert model.people.contributions.sum() == 0


def test_those_here_live_do_not_see_what_is_posted_after_they_have_gone():
    model, before = creative((0.6,), minutes=600, after=(-0.9,))
    assert same_bits(model.people.views, before)


def test_later_an_idea_is_a_post_that_nobody_hears_until_somebody_reads():
    model, _ = creative((0.6, -0.9), "different/distributed", minutes=120)
    wrote = {event.actor: event.value for event in model.events if event.kind == "wrote"}
    assert wrote.keys() == {0, 1}
    assert [e.kind for e in model.events].count("noted") == 2 == model.state.record.length[0] - 2
    assert model.people.heard.sum() == 0
    share = boldness(model, 0, sparked(model, 0, creativity.IDEAS, 12))
    assert wrote[0] == pytest.approx(0.6 + share * 0.4)


@pytest.mark.parametrize(("share", "turns"), list(product((0.3, 0.95), ("race", "round"))))
def test_no_entry_is_lost_to_a_full_record_however_many_ideas_there_are(share, turns):
    """Uncompiled or with checks, a step beyond an array would raise besides."""
    eager = {
        "creativity": share,
        "divergence": 0.01,
        "turn_seconds": 20,
        "post_seconds": 60,
        "notes_per_minute": 9,
    }
    groups = {
        name: {
            "size": 3,
            "views": {"topic": mean},
            "openness": exactly(1),
            "engagement": exactly(1),
            "talkativeness": 9,
        }
        for name, mean in (("carers", 0.9), ("nurses", -0.9))
    }
    meeting = {"setting": "blended/blended", "minutes": 47, "scribe": 1, "turns": turns}
    model = held(scenario(groups, weekly(3, **meeting), parameters=CLEAR | eager), log=True)
    noted = [event.kind for event in model.events].count("noted")
    assert noted == model.state.record.length[0] > 20


# ---- mobilisation ------------------------------------------------------------------------------------------------------


def after_a_session(engagements, here, left=(), strength=0.5, trust=0.4):
    """Four carers and a nurse; who is here, and who had left for good; then word goes round."""
    groups = {
        "carers": {"size": len(engagements), "trust": exactly(0.9), "trust_in": {"nurses": exactly(trust)}},
        "nurses": {"size": 2},
    }
    model, work = worked(scenario(groups, weekly(1), parameters={"mobilisation": strength}))
    model.people.engagement[: len(engagements)] = engagements
    for i in range(model.people.group.size):
        model.state.room.live[i] = 0 if i in here else -1
        model.state.room.later[i] = -1
        model.people.active[i] = i not in left
    before = model.people.engagement.copy()
    mobilisation.mobilise(work.world, work.meeting, work.setup)
    return model, before


@pytest.mark.parametrize("telling", [0.9, 0.1], ids=["brings in", "puts off"])
def test_the_absent_move_towards_the_engagement_of_those_of_their_group_who_came(telling):
    model, before = after_a_session([telling, telling - 0.1, 0.5, 0.5], here=(0, 1))
    reach, word = 0.5 * 2 / 4, telling - 0.05
    expected = [telling, telling - 0.1, *[0.5 + reach * (word - 0.5)] * 2]
    np.testing.assert_allclose(model.people.engagement[:4], expected)
    assert same_bits(model.people.engagement[4:], before[4:]), (
        "of the nurses nobody came, and nobody tells them"
    )


def test_where_nobody_came_or_who_came_left_nothing_is_told():
    for here, left in (((4,), ()), ((0, 4), (0,))):
        model, before = after_a_session([0.9, 0.2, 0.5, 0.5], here, left)
        assert same_bits(model.people.engagement[:4], before[:4])


def test_who_had_left_comes_back_by_a_draw_of_ones_own_with_the_reach_the_word_and_ones_trust_as_chance():
    returned = []
    for trust in (0, 0.3, 1):
        model, _ = after_a_session([1, 1, 1, 0.2], here=(0, 1, 2), left=(3,), strength=1, trust=trust)
        key = chance.child(model.people.key[3], chance.named("week-0"))
        u = chance.draw(key, mobilisation.RETURNS, 0)
        assert model.people.active[3] == (u < 0.75 * 1 * trust)
        assert model.people.engagement[3] == pytest.approx(0.2 + 0.75 * 0.8)
        returned.append(bool(model.people.active[3]))
    assert returned[0] is False


def test_barriers_stay_what_they_are():
    """Whoever cannot get in is told of it in vain."""
    groups = {
        "carers": {"size": 4, "barriers": {"travel": {"share": 0.5, "level": 1}}},
        "nurses": {"size": 2},
    }
    scene = scenario(groups, weekly(4, setting="same/same"), parameters={"mobilisation": 1})
    people = held(scene).people
    stopped = people.barriers[:, 0] == 1
    assert 0 < stopped.sum() < 9
    assert (people.attended[stopped] == 0).all()


# ---- enactment ---------------------------------------------------------------------------------------------------------


def after_a_vote(votes, enacted, decide=True, accountability=0.1, public=None):
    """Three carers and a nurse have voted on one issue, all of them present; then deeds follow, or not."""
    groups = {name: {"size": n, "trust": exactly(0.5)} for name, n in (("carers", 3), ("nurses", 1))}
    values = {"enactment": enacted, "accountability": accountability}
    model, work = worked(scenario(groups, weekly(1, decide=decide), parameters=values))
    model.people.engagement[:] = 0.8
    model.state.room.live[:] = 0
    model.state.draft.position[0] = 0.3
    model.state.draft.private[:, 0] = votes
    model.state.draft.public[:, 0] = votes if public is None else public
    enactment.enact(work.world, work.meeting, work.setup)
    return model


def test_who_accepts_gains_by_a_deed_and_everybody_loses_by_a_broken_word():
    votes = [FOR, FOR, NEUTRAL, FOR]
    kept = after_a_vote(votes, 1).people
    np.testing.assert_allclose(kept.engagement, 0.8 + 0.1 * (np.array([1, 1, 0.5, 1]) - 0.8))
    np.testing.assert_allclose(kept.trust[:3], [[0.5, 0.5 + 0.1 * (x - 0.5)] for x in (1, 1, 0.5)])
    broken = after_a_vote(votes, 1e-12).people
    np.testing.assert_allclose(broken.engagement, 0.8 - 0.1 * 0.8)
    np.testing.assert_allclose(broken.trust, [[0.5, 0.45]] * 3 + [[0.45, 0.5]])


def test_a_deed_wins_nobody_who_gave_way_in_public_alone():
    people = after_a_vote([FOR, FOR, AGAINST, FOR], 1, public=[FOR] * 4).people
    np.testing.assert_allclose(people.engagement, [0.82, 0.82, 0.72, 0.82])


@pytest.mark.parametrize(
    "how",
    [{"votes": [FOR, AGAINST, NEUTRAL, FOR]}, {"decide": False}, {"enacted": 0}, {"accountability": 0}],
    ids=["nothing was agreed", "no draft was put", "nobody waits", "nobody keeps account"],
)
def test_otherwise_nothing_follows(how):
    people = after_a_vote(**({"votes": [FOR] * 4, "enacted": 1} | how)).people
    assert (people.engagement == 0.8).all()
    assert (people.trust == 0.5).all()


def test_whether_an_issue_is_acted_on_belongs_to_session_and_issue():
    """Chance draws once for all, and the same whoever is asked: replicates differ, people do not."""
    acted = set()
    for replicate in range(8):
        groups = {"carers": {"size": 3, "tolerance": exactly(2), "engagement": exactly(1)}}
        values = {
            "enactment": 0.5,
            "accountability": 1,
            "acceptance": 10,
            "willing_openness": 0,
            "dropout_hazard": 0,
        }
        model = held(scenario(groups, weekly(1, decide=True), parameters=values), replicate=replicate)
        expected = chance.draw(
            model.state.room.nobody[1] ^ chance.named("topic"), enactment.ENACTED, 0
        ) < 0.5  # fmt: skip
        assert set(model.people.engagement) == {1.0 if expected else 0.0}
        acted.add(expected)
    assert acted == {True, False}


# ---- laws --------------------------------------------------------------------------------------------------------------

switches = st.fixed_dictionaries({name: st.sampled_from([0.2, 0.7, 1.0]) for name in parameters.OPTIONAL})


@FEW
@given(scene=small_scenarios(), values=switches)
def test_everything_stays_in_its_range_and_no_minute_is_made_of_nothing(scene, values):
    with_them, without = held(changed(scene, parameters=values), log=True), held(scene)
    people = with_them.people
    for array in (people.engagement, people.trust, people.openness, people.certainty):
        assert array.min() >= 0
        assert array.max() <= 1
    for array in (people.views, people.picture, people.said[~np.isnan(people.said)]):
        assert np.abs(array).max(initial=0) <= 1
    assert (people.minutes_used <= people.minutes_invited).all()
    assert same_bits(people.minutes_invited, without.people.minutes_invited)
    noted = sum(event.kind == "noted" for event in with_them.events)
    assert noted == with_them.state.record.length[0] <= people.contributions.sum()


@pytest.mark.parametrize("replicate", range(3))
def test_somebody_who_never_comes_changes_nobody_elses_luck(replicate):
    """A third group of one: whatever counts groups (who prevails, who is asked, how sure one is) is switched off."""
    values = ALL_ON | {"self_silencing": 0, "widening": 0, "dropout_hazard": 0, "willing_openness": 0}
    groups = {
        name: {"size": 4, "views": {"topic": mean}, "barriers": {"digital": 0.3}}
        for name, mean in (("carers", 0.7), ("nurses", -0.6))
    }
    meeting = {
        "setting": "blended/distributed", "theme": "what", "minutes": 120, "decide": True, "captures_divergence": 1,
    }  # fmt: skip
    never = {"aunts": {"size": 1, "engagement": exactly(0)}}
    few, more = (
        held(
            scenario(who, weekly(3, **meeting), parameters=values, dials={"understanding": 0}),
            replicate=replicate,
        )
        for who in (groups, groups | never)
    )
    assert more.people.attended[-1] == 0
    for name in ("views", "said", "contributions", "captured", "engagement", "active", "attended"):
        assert same_bits(getattr(more.people, name)[:8], getattr(few.people, name)), name
    assert few.people.contributions.sum() > 0
