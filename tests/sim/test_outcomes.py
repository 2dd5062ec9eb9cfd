"""Outcomes are read off people and the record: tiny examples by hand, and every pair that the theory links can part."""

import numpy as np
import pytest

import sim
from sim import outcomes
from sim.mechanisms.decision import agreed, decide, latitude
from sim.outcomes import OUTCOMES, gini, mean_distance
from sim.parameters import values
from tests.sim.worlds import CLEAR, SILENT, STEADY, exactly, held, scenario, weekly

pytestmark = pytest.mark.kernel

MAJORITY, SEVENTY_FIFTEEN, THREE_QUARTERS, FOUR_FIFTHS, UNANIMITY = range(5)


def two_by_two(**more):
    """Carers at 0.5 and 0.1, nurses at -0.3 and -0.7, one issue; nobody has met."""
    groups = {"carers": {"size": 2}, "nurses": {"size": 2}}
    model = sim.CoProduction(scenario(groups, weekly(1), **({"parameters": STEADY} | more)))
    model.people.views[:, 0] = [0.5, 0.1, -0.3, -0.7]
    model.people.anchor[:] = model.people.views
    return model


def told(model, carers, nurses, certainty=1.0):
    """Everybody is told what each group thinks."""
    model.people.picture[:, 0, 0] = carers
    model.people.picture[:, 1, 0] = nurses
    model.people.certainty[:, :, 0] = certainty
    model._observe()
    return model


# distances between views: .4 .8 1.2 .4 .8 .4, mean 2/3; errors of projection about carers (.3): .2 .2 .6 1.0, about
# nurses (-.5): 1.0 .6 .2 .2; mean .5


def test_before_anybody_meets_people_project_and_that_is_the_zero_of_both_scales():
    model = two_by_two()
    model._observe()
    assert model.outcome("alignment") == 0
    assert model.outcome("understanding") == 0
    assert model.outcome("convergence") != 0  # views were set after the start had been measured


def test_who_is_told_the_truth_for_sure_is_aligned_and_understands():
    model = told(two_by_two(), 0.3, -0.5)
    assert model.outcome("alignment") == pytest.approx(1)
    assert model.outcome("understanding") == pytest.approx(1)


def test_half_sure_of_the_truth_is_half_understood_and_half_shared():
    model = told(two_by_two(), 0.3, -0.5, certainty=0.5)
    assert model.outcome("understanding") == pytest.approx(0.5)
    assert model.outcome("alignment") == pytest.approx(0.5)


def test_all_told_the_same_falsehood_are_aligned_and_know_less_than_nothing():
    model = told(two_by_two(), -0.5, 0.3)
    assert model.outcome("alignment") == pytest.approx(1)
    assert model.outcome("understanding") == pytest.approx(1 - 0.8 / 0.5)


def test_understanding_by_hand_where_one_person_alone_was_told():
    model = two_by_two()
    model.people.picture[0, 1, 0], model.people.certainty[0, 1, 0] = -0.5, 0.8
    model._observe()
    # that carer's error about nurses falls from 1.0 to 0.2, of a total of 4.0
    assert model.outcome("understanding") == pytest.approx(1 - 3.2 / 4.0)
    assert model.outcome("understanding", "carers") == pytest.approx(1 - 1.2 / 2.0)
    assert model.outcome("understanding", "nurses") == 0
    # the belief about nurses moves from .5 to -.3: distances to .1, -.3, -.7 become .4, 0, .4 instead of .4, .8, 1.2
    assert model.outcome("alignment") == pytest.approx(1 - (4.0 + 2.4) / 8.0)


def test_what_is_known_is_measured_against_what_people_think_now():
    model = told(two_by_two(), 0.3, -0.5)
    model.people.views[2:, 0] = [0.9, 0.9]
    model._observe()
    assert model.outcome("understanding") < 1


def test_understanding_is_undefined_where_there_is_nothing_to_learn():
    model = two_by_two()
    model.people.views[:] = 0.2
    model._observe()
    assert np.isnan(model.outcome("understanding"))
    assert np.isnan(model.outcome("alignment"))
    model.people.views[:, 0] = [0.2, 0.2, 0.29, 0.29]  # projection errs by .045 a term
    model._observe()
    assert np.isnan(model.outcome("understanding"))
    model.people.views[:, 0] = [0.2, 0.2, 0.32, 0.32]  # by .06
    model._observe()
    assert model.outcome("understanding") == 0


def test_convergence_compares_the_spread_of_views_with_the_start():
    model = sim.CoProduction(scenario({"one": {"size": 2}, "two": {"size": 2}}, weekly(1)))
    start = model.people.views.copy()
    model.people.views[:] = start.mean() + 0.25 * (start - start.mean())
    model._observe()
    assert model.outcome("convergence") == pytest.approx(0.75)


def test_revision_is_the_distance_from_where_the_same_people_would_be_without_any_mechanism():
    table = {"groups": {"one": {"size": 4}, "two": {"size": 3}}, "sessions": weekly(3, theme="refine")}
    live, idle = (held(scenario(**table, dials=dials)) for dials in ({}, SILENT))
    apart = np.abs(live.people.views - idle.people.views).mean()
    assert live.outcome("revision") == pytest.approx(apart)
    assert apart > 0


def test_mean_distance_and_gini_are_what_all_pairs_say():
    rng = np.random.default_rng(1)
    for n in (2, 3, 7, 50):
        x = rng.uniform(0, 1, n)
        pairs = np.abs(x[:, None] - x[None, :]).sum() / (n * (n - 1))
        assert mean_distance(x.copy()) == pytest.approx(pairs)
        assert gini(x.copy()) == pytest.approx(pairs / (2 * x.mean()))
    assert gini(np.array([0.0, 0.0, 3.0])) == pytest.approx(1), "one has all"
    assert gini(np.array([2.0, 2.0, 2.0])) == 0
    assert np.isnan(gini(np.array([1.0])))
    assert np.isnan(mean_distance(np.array([1.0])))


def test_voice_is_compared_among_those_who_came():
    model = two_by_two()
    model.people.contributions[:] = [3, 1, 0, 0]
    model.people.attended[:] = [1, 1, 0, 0]
    model._observe()
    assert model.outcome("voice_equality") == pytest.approx(1 - (3 - 1) / (3 + 1))
    model.people.attended[:] = 1
    model._observe()
    assert model.outcome("voice_equality") == pytest.approx(1 - (3 * 3 + 1 * 1) / (3 * 4))
    assert np.isnan(model.outcome("voice_equality", "nurses")), "0/0: none of them spoke"


def test_reciprocity_is_twice_the_lesser_attention_over_both():
    model = two_by_two()
    flow = model.state.ledger.flow
    flow[:] = [[9, 3], [1, 7]]
    model._observe()
    assert model.outcome("reciprocity") == pytest.approx(2 * 1 / 4)
    flow[1, 0] = 3
    model._observe()
    assert model.outcome("reciprocity") == 1
    flow[0, 1] = 0
    model._observe()
    assert model.outcome("reciprocity") == 0
    flow[:] = 0
    model._observe()
    assert np.isnan(model.outcome("reciprocity"))


def test_coherence_is_how_firmly_pictures_are_held_true_or_not():
    model = told(two_by_two(), -0.5, 0.3, certainty=0.25)
    model.people.certainty[0, :, 0] = (0.5, 1)
    model._observe()
    assert model.outcome("coherence") == pytest.approx((0.75 + 3 * 0.25) / 4)
    assert model.outcome("coherence", "carers") == pytest.approx(0.5)
    assert model.outcome("understanding") < 0


def test_cognitive_participation_counts_who_contributed_and_stayed():
    model = two_by_two()
    model.people.contributions[:] = [3, 0, 1, 2]
    model.people.active[:] = [True, True, False, True]
    model._observe()
    assert model.outcome("cognitive_participation") == 0.5
    assert model.outcome("cognitive_participation", "nurses") == 0.5


def test_collective_action_is_attention_between_groups_that_is_returned():
    model = two_by_two()
    flow = model.state.ledger.flow
    assert np.isnan(model.outcome("collective_action")), "nobody was heard"
    flow[:] = [[2, 3], [1, 4]]  # the carers get 3 from the nurses and give 1
    model._observe()
    assert model.outcome("collective_action") == pytest.approx(2 * 1 / 10)
    assert model.outcome("collective_action", "carers") == pytest.approx(2 * 1 / (2 + 3 + 1))
    flow[:] = [[0, 9], [0, 0]]
    model._observe()
    assert model.outcome("collective_action") == 0, "a lecture crosses groups, too"
    flow[:] = [[0, 3], [3, 0]]
    model._observe()
    assert model.outcome("collective_action") == 1
    alone = sim.CoProduction(scenario({"carers": {"size": 3}}, weekly(1)))
    alone.state.ledger.flow[:] = 5
    alone._observe()
    assert np.isnan(alone.outcome("collective_action")), "one group cannot cross"


def test_reflexive_monitoring_is_the_share_of_what_others_wrote_that_one_has_read():
    model = two_by_two()
    assert np.isnan(model.outcome("reflexive_monitoring")), "nothing is on record"
    for author in (0, 0, 1):
        enter(model, author, 0.5)
    model.people.entries_read[:] = [1, 1, 3, 0]
    model._observe()
    assert model.outcome("reflexive_monitoring") == pytest.approx((1 / 1 + 1 / 2 + 3 / 3 + 0) / 4)
    alone = sim.CoProduction(scenario({"carer": {"size": 1}, "nurse": {"size": 1}}, weekly(1)))
    enter(alone, 0, 0.5)
    alone._observe()
    assert np.isnan(alone.outcome("reflexive_monitoring", "carer")), "there is nothing but one's own"
    assert alone.outcome("reflexive_monitoring") == alone.outcome("reflexive_monitoring", "nurse") == 0


@pytest.mark.parametrize("dial", ["interpretation", "documentation"])
def test_what_is_read_is_counted_by_reading(dial):
    groups = {"carers": {"size": 3}, "nurses": {"size": 3}}
    scene = scenario(groups, weekly(2, theme="refine"))
    people = held(scene).people
    assert (people.entries_read <= people.cursor).all()
    assert people.entries_read.max() > 0
    assert held(scenario(groups, weekly(2, theme="refine"), dials={dial: 0})).people.entries_read.max() == 0


def test_influence_is_closeness_of_the_draft_to_what_groups_came_with():
    model = sim.CoProduction(
        scenario({"one": {"size": 2}, "two": {"size": 2}}, weekly(1, decide=True), dials=SILENT)
    )
    first = model.people.views[:2].mean(), model.people.views[2:].mean()
    model.step()
    model.state.draft.position[0] = 0.9
    model._observe()
    close = [1 - abs(0.9 - view) / 2 for view in first]
    assert model.outcome("influence", "one") == pytest.approx(close[0])
    assert model.outcome("influence") == pytest.approx(np.mean(close))
    assert model.outcome("influence_parity") == pytest.approx(1 - abs(close[0] - close[1]) / sum(close))


def test_engagement_counts_those_who_left_as_0():
    model = two_by_two()
    model.people.engagement[:] = [1, 0.5, 0.5, 0.2]
    model.people.active[3] = False
    model._observe()
    assert model.outcome("engagement") == pytest.approx(2 / 4)
    assert model.outcome("engagement", "nurses") == pytest.approx(0.25)
    assert model.outcome("retention") == pytest.approx(3 / 4)


def test_participation_and_accessibility_are_shares_of_what_was_on_offer():
    model = two_by_two()
    model.people.minutes_invited[:], model.people.minutes_used[:] = 100, [100, 50, 0, 0]
    model.people.invited[:], model.people.attended[:] = 4, [4, 2, 1, 0]
    model.people.barriers[:, 0] = [0, 0, 0.5, 0.5]
    model._observe()
    assert model.outcome("participation") == pytest.approx(150 / 400)
    assert model.outcome("accessibility") == pytest.approx(7 / 16)
    assert model.outcome("gap_travel") == pytest.approx(6 / 8 - 1 / 8)
    assert model.outcome("accessibility", "travel") == pytest.approx(1 / 8)
    assert np.isnan(model.outcome("gap_digital")), "nobody faces it"
    assert np.isnan(model.outcome("accessibility", "digital"))


def enter(model, author, position):
    """Put on record what somebody thinks, as an entry would: a mark at its place, and the author's latest."""
    model.state.record.marks[0, round((position + 1) * 20)] += 1
    model.state.record.length[0] += 1
    model.people.captured[author] += 1
    model.people.latest[author, 0] = position


def test_the_funnel_narrows_from_invited_to_moved_the_draft():
    model = sim.CoProduction(
        scenario(
            {"carers": {"size": 3}, "nurses": {"size": 2}},
            weekly(1, facilitation=1, setting="different/distributed"),
            dials=SILENT,
            parameters=STEADY,
        )
    )
    # three carers wrote, two of them the same as the mean of all, so that only the nurse alone in her group, and ...
    for author, position in ((0, 0.2), (1, 0.2), (2, 0.2), (3, -0.4)):
        enter(model, author, position)
    model.people.contributions[:] = [1, 1, 1, 1, 2]
    model.people.attended[:4] = 1
    work = model._workspace
    decide(work.world, work.meeting, work.setup)
    model.people.attended[4] = 1
    model._observe()
    assert model.draft()["topic"] == pytest.approx((0.2 - 0.4) / 2), (
        "a mean over groups of means over authors"
    )
    assert model.outcome("came") == 1
    assert model.outcome("spoke") == 1
    assert model.outcome("left_out") == 0
    assert model.outcome("documented") == pytest.approx(4 / 5)
    assert model.outcome("moved_draft") == pytest.approx(1 / 5), (
        "without one carer the mean of carers is the same"
    )
    assert model.outcome("recorded") == pytest.approx(4 / 6)
    enter(model, 2, 0.8)  # a change of mind counts once, with the latest entry
    decide(work.world, work.meeting, work.setup)
    model._observe()
    assert model.draft()["topic"] == pytest.approx((0.4 - 0.4) / 2)
    assert model.outcome("moved_draft") == pytest.approx(4 / 5)


def test_coverage_asks_whether_somebody_wrote_what_one_holds():
    model = two_by_two(parameters=STEADY | {"same_view": 0.1, "divergence": 0.5})
    enter(model, 3, 0.45)
    model._observe()
    assert model.outcome("coverage") == pytest.approx(1 / 4), "the view at 0.5, by whomever it was written"
    assert model.outcome("coverage", "carers") == pytest.approx(1 / 2)
    assert model.outcome("coverage", "nurses") == 0
    # 0.5 and -0.7 are at least 0.5 from the mean of -0.1
    assert model.outcome("diversity") == pytest.approx(1 / 2)


def test_cost_adds_up_hours_prices_and_the_supports_of_those_who_meet_a_barrier():
    groups = {
        "carers": {
            "size": 4,
            "fee_per_hour": 10,
            "engagement": exactly(1),
            "openness": exactly(1),
            "barriers": {"communication": 0.5},
        },
        "nurses": {"size": 2, "fee_per_hour": 40, "engagement": exactly(1), "openness": exactly(1)},
    }
    prices = {
        "facilitator_hour": 60, "facilitator_preparation": 0.5, "scribe_hour": 40, "scribe_writing_up": 1,
        "venue_hour": 50, "remote_licence": 15, "support_communication": 8, "support_travel": 1000,
    }  # fmt: skip
    meeting = {
        "setting": "same/same",
        "minutes": 90,
        "circle_size": 3,
        "facilitation": 0.5,
        "scribe": 0.25,
        "supports": {"communication": 0.5, "travel": 1},
    }
    model = held(scenario(groups, weekly(2, **meeting), dials=SILENT, prices=prices, parameters=STEADY))
    assert (model.people.attended == 2).all()
    expected = {
        "participants": 2 * 1.5 * (4 * 10 + 2 * 40),
        "facilitation": 2 * 0.5 * 1.5 * 2 * 1.5 * 60,  # half a facilitator, 1.5 h, two circles, preparation
        "scribes": 2 * 0.25 * 1.5 * 2 * 2 * 40,
        "venue": 2 * 1.5 * 50,
        "remote": 0,
        "travel": 0,
        "digital": 0,
        "schedule": 0,
        "communication": 2 * 4 * 0.5 * 8,
    }
    for heading, money in expected.items():
        assert model.outcome(f"cost_{heading}") == pytest.approx(money), heading
    assert model.outcome("cost") == pytest.approx(sum(expected.values()))
    assert model.outcome("hours_offered") == model.outcome("hours_used") == pytest.approx(2 * 1.5 * 6)
    assert model.outcome("hours_facilitation") == pytest.approx(2 * 0.5 * 1.5 * 2 * 1.5)
    assert model.outcome("cost_participants", "nurses") == pytest.approx(2 * 1.5 * 80)


def test_the_wheels_count_minutes_that_took_effect():
    people = {"size": 4, "engagement": exactly(1), "openness": exactly(1)}
    meeting = {"setting": "same/same", "minutes": 100, "theme": "who"}
    scene = scenario({"people": people}, weekly(1, **meeting), dials={"assets": 0.5})
    model = held(scene)
    assert model.outcome("minutes_assets") == pytest.approx(100 * 0.4 * 0.5)
    assert model.outcome("minutes_intentions") == pytest.approx(100 * 0.2)


def test_polarisation_and_bimodality_are_sample_statistics():
    from scipy import stats

    model = sim.CoProduction(scenario({"one": {"size": 30}}, weekly(1)))
    views = model.people.views[:, 0]
    assert model.outcome("polarisation") == pytest.approx(views.std())
    n = len(views)
    skew, kurtosis = stats.skew(views, bias=False), stats.kurtosis(views, bias=False)
    expected = (skew**2 + 1) / (kurtosis + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))
    assert model.outcome("bimodality") == pytest.approx(expected)
    model.people.views[:, 0] = np.where(np.arange(30) % 2, 0.9, -0.9)
    model._observe()
    assert model.outcome("bimodality") > 5 / 9, "two camps are more bimodal than a uniform spread"
    assert np.isnan(two_by_two().outcome("bimodality", "carers")), "two people have no shape"


# ---- voting --------------------------------------------------------------------------------------------------------


def test_latitude_widens_with_what_one_thinks_one_knows_and_with_having_been_heard():
    v = values({"acceptance": 0.5, "widening": 0.4, "fairness": 0.2})
    assert latitude(0.8, 0.0, 1.0, 0.0, v) == pytest.approx(0.4)
    assert latitude(0.8, 0.5, 0.5, 0.0, v) == pytest.approx(0.4 * 1.1)
    assert latitude(0.8, 0.5, 0.5, 0.5, v) == pytest.approx(0.4 * 1.2)
    assert latitude(0.8, 1.0, 0.0, 0.0, v) == pytest.approx(0.4), "who is not open is not moved by knowing"


@pytest.mark.parametrize(
    ("rule", "accepts", "opposes", "present", "agrees"),
    [
        (MAJORITY, 5, 5, 10, False),
        (MAJORITY, 6, 4, 10, True),
        (SEVENTY_FIFTEEN, 7, 1, 10, True),
        (SEVENTY_FIFTEEN, 7, 2, 10, False),
        (SEVENTY_FIFTEEN, 14, 3, 20, False),
        (SEVENTY_FIFTEEN, 63, 0, 90, True),
        (SEVENTY_FIFTEEN, 62, 0, 90, False),
        (THREE_QUARTERS, 3, 1, 4, True),
        (THREE_QUARTERS, 7, 0, 10, False),
        (FOUR_FIFTHS, 4, 1, 5, True),
        (FOUR_FIFTHS, 79, 0, 100, False),
        (UNANIMITY, 3, 0, 3, True),
        (UNANIMITY, 2, 0, 3, False),
        (MAJORITY, 0, 0, 0, False),
    ],
)
def test_rules_count_votes_of_those_here(rule, accepts, opposes, present, agrees):
    assert agreed(rule, accepts, opposes, present) is agrees


def at_the_table(positions, draft, **parameters):
    """People of one group, fully open, who have just had a draft put to them."""
    group = {
        "size": len(positions),
        "tolerance": exactly(0.5),
        "engagement": exactly(1),
        "openness": exactly(1),
        "trust": exactly(0),
    }
    scene = scenario(
        {"people": group},
        weekly(1, setting="same/same", decide=True, facilitation=1),
        dials=SILENT,
        parameters=STEADY | {"acceptance": 1, "rejection": 1.5, "conformity": 0} | parameters,
    )
    model = sim.CoProduction(scene)
    model.people.views[:, 0] = positions
    enter(model, 0, draft)
    model.step()
    assert model.draft()["topic"] == draft
    return model


def test_a_draft_is_accepted_within_the_latitude_opposed_far_off_and_left_between():
    model = at_the_table([0.0, 0.499, 0.501, 0.749, 0.751], 0.0)
    assert list(model.state.draft.private[:, 0]) == [1, 1, 0, 0, -1]
    assert model.outcome("agreement") == pytest.approx(2 / 5)
    assert model.outcome("pseudo_consensus") == 0
    assert model.outcome("consensus_reached") == 0


def test_who_trusts_nobody_gives_way_to_a_table_of_one_mind():
    model = at_the_table([0.0] * 9 + [0.9], 0.0, conformity=1)
    assert list(model.state.draft.public[:, 0]) == [1] * 10
    assert model.outcome("apparent_agreement") == 1
    assert model.outcome("pseudo_consensus") == pytest.approx(0.1)
    assert model.outcome("consensus_reached") == 1
    assert at_the_table([0.0] * 9 + [0.9], 0.0).outcome("pseudo_consensus") == 0


def test_with_full_trust_nobody_gives_way():
    scene = at_the_table([0.0] * 9 + [0.9], 0.0, conformity=1).scenario
    table = scene.model_dump(mode="json")
    table["groups"]["people"]["trust"] = exactly(1)
    model = sim.CoProduction(sim.Scenario.model_validate(table))
    model.people.views[:, 0] = [0.0] * 9 + [0.9]
    enter(model, 0, 0.0)
    model.step()
    assert model.outcome("pseudo_consensus") == 0


def test_without_anything_on_record_and_nobody_told_there_is_no_draft_and_nobody_accepts():
    scene = scenario({"a": {"size": 3}}, weekly(1, facilitation=1, decide=True), dials=SILENT)
    model = held(scene)
    assert model.draft() == {"topic": None}
    assert model.outcome("agreement") == model.outcome("consensus_reached") == 0
    assert np.isnan(model.outcome("influence_parity"))


def test_a_group_that_nobody_wrote_down_enters_with_what_is_remembered_of_it():
    groups = {name: {"size": 2, "engagement": exactly(1), "openness": exactly(1)} for name in ("a", "b", "c")}
    scene = scenario(
        groups,
        weekly(1, setting="same/same", facilitation=1, decide=True),
        dials=SILENT,
        parameters=STEADY,
    )
    model = sim.CoProduction(scene)
    enter(model, 0, 0.6)
    model.people.picture[:, 1, 0], model.people.certainty[:, 1, 0] = (
        [-0.4] * 3 + [0.2] * 3,
        [0.6] * 3 + [0.2] * 3,
    )
    model.step()
    remembered, weight = (-0.4 * 0.6 + 0.2 * 0.2) / 0.8, 0.4
    assert model.draft()["topic"] == pytest.approx((0.6 + weight * remembered) / (1 + weight)), "c drops out"


def test_a_process_that_ignores_people_pays_for_it():
    group = {"size": 3, "engagement": exactly(0.8), "openness": exactly(1)}
    for draft, expected in ((0.5, 0.8 + 0.2 * (1 - 0.8)), (-0.5, 0.8 + 0.2 * (0.5 - 0.8))):
        scene = scenario(
            {"people": group},
            weekly(1, setting="same/same", facilitation=1, decide=True),
            dials=SILENT,
            parameters=STEADY | {"accountability": 0.2, "willing_engagement": 0},
        )
        model = sim.CoProduction(scene)
        model.people.said[:2, 0] = 0.5
        enter(model, 0, draft)
        model.step()
        np.testing.assert_allclose(model.people.engagement, [expected, expected, 0.8])


# ---- the theory's links are not in the formulas ----------------------------------------------------------------------


def meeting_people(views, dials=None, parameters=None, sessions=4, **session):
    groups = {
        name: {"size": 6, "views": {"topic": {"mean": mean, "spread": 0.2}}} for name, mean in views.items()
    }
    settings = {"theme": "refine", "setting": "same/same", "circle_size": 12} | session
    return scenario(groups, weekly(sessions, **settings), dials=dials or {}, parameters=parameters or {})


CAMPS = {"carers": 0.7, "nurses": -0.7}


def finals(scene, *names):
    runs = sim.simulate(scene, replicates=40)
    return [runs.final(name) for name in names]


def test_alignment_can_come_about_without_documentation():
    alignment, recorded = finals(meeting_people(CAMPS, {"documentation": 0}), "alignment", "recorded")
    assert recorded.max() == 0
    assert alignment.mean() > 0.2


def test_alignment_can_come_about_without_dialogue_on_interpretation_or_reading():
    (alignment,) = finals(meeting_people(CAMPS, {"understanding": 0, "interpretation": 0}), "alignment")
    assert alignment.mean() > 0.2


def test_documentation_does_not_make_alignment_by_itself():
    scene = meeting_people(CAMPS, {"interpretation": 0, "understanding": 0}, {"learning": 0}, scribe=1)
    alignment, recorded = finals(scene, "alignment", "recorded")
    assert recorded.min() > 0.3
    assert alignment.max() < 0.2


def test_people_can_understand_each_other_and_not_agree():
    narrow = {"acceptance": 0.3, "influence": 0.0}
    understanding, agreement = finals(
        meeting_people(CAMPS, parameters=narrow, decide=True), "understanding", "agreement"
    )
    assert (understanding > 0.5).mean() > 0.8
    assert (agreement < 0.2).mean() > 0.8


def test_people_can_agree_and_not_understand_each_other():
    scene = meeting_people(
        {"carers": 0.25, "nurses": -0.25},
        {"understanding": 0, "interpretation": 0},
        {"learning": 0, "influence": 0},
        scribe=1,
        decide=True,
    )
    understanding, agreement = finals(scene, "understanding", "agreement")
    assert np.nanmax(understanding) == 0
    assert agreement.mean() > 0.6


def test_people_can_share_a_picture_that_is_wrong():
    """Nobody trusts anybody, so all voice what they believe to prevail; loud misreading does the rest."""
    scene = meeting_people(
        CAMPS,
        {"understanding": 0, "interpretation": 0},
        {"self_silencing": 1, "influence": 0, "trust_gain": 0},
    )
    table = scene.model_dump(mode="json")
    for group in table["groups"].values():
        group["trust"] = exactly(0)
    alignment, understanding = finals(sim.Scenario.model_validate(table), "alignment", "understanding")
    assert ((alignment > 0.4) & (understanding < alignment - 0.15)).any()


def test_people_can_be_engaged_without_intentions_or_assets_at_work():
    (engagement,) = finals(meeting_people(CAMPS, {"intentions": 0, "assets": 0}), "engagement")
    start = sim.simulate(meeting_people(CAMPS), replicates=40).over_sessions("engagement")[:, 0]
    assert (engagement > start).mean() > 0.5


def test_views_can_come_together_without_anybody_knowing_it():
    scene = meeting_people(CAMPS, {"understanding": 0}, {"learning": 0, "influence": 0.3, "forgetting": 0})
    table = scene.model_dump(mode="json")
    for group in table["groups"].values():
        group["tolerance"] = exactly(2)
    convergence, understanding = finals(sim.Scenario.model_validate(table), "convergence", "understanding")
    assert convergence.mean() > 0.3
    assert np.nanmax(np.abs(understanding)) < 1e-12


@pytest.mark.parametrize(
    ("outcome", "arrays"),
    [
        ("alignment", ("certainty", "picture", "views")),
        ("understanding", ("certainty", "picture", "views")),
        ("engagement", ("active", "engagement")),
        ("agreement", ()),
        ("convergence", ("views",)),
    ],
)
def test_an_outcome_is_a_function_of_what_it_observes_and_of_nothing_else(outcome, arrays):
    """The record, the counters and everything else of the state may be anything: the number stays."""
    model = held(meeting_people(CAMPS, decide=True))
    before, rng = model.outcome(outcome), np.random.default_rng(1)
    spared = {"group", "key", *arrays}
    for name, array in model.people._asdict().items():
        if name in spared or array.dtype == bool:
            continue
        array[:] = rng.permutation(array.ravel()).reshape(array.shape)
    model.state.record.length[:] = 0
    model.state.record.marks[:] = 0
    model.state.ledger.flow[:] = 1
    model.state.ledger.wheels[:] = 0
    if outcome == "agreement":
        model.people.views[:], model.people.certainty[:] = 0, 0
    model._observe()
    assert model.outcome(outcome) == before


def test_outcomes_stand_where_their_constants_say():
    constants = {
        name: value
        for name, value in vars(outcomes).items()
        if name.isupper() and isinstance(value, int) and name.lower() in outcomes.NAMES
    }
    named = [outcome.name for outcome in OUTCOMES if not outcome.name.startswith("cost_")]
    assert set(named) | {"cost_participants"} == {name.lower() for name in constants}
    for name, place in constants.items():
        assert OUTCOMES[place].name == name.lower()


def test_every_outcome_says_what_it_means_in_what_unit():
    assert len({outcome.name for outcome in OUTCOMES}) == len(OUTCOMES)
    for outcome in OUTCOMES:
        assert len(outcome.meaning) > 8
        assert outcome.unit
        if outcome.low is not None and outcome.high is not None:
            assert outcome.low < outcome.high


def test_every_outcome_is_defined_somewhere():
    groups = {name: {"size": 6, "views": {"a": m, "b": -m}, "assets": {"lived": 0.5},
                     "barriers": {b: {"share": 0.5, "level": 0.3} for b in ("travel", "digital", "schedule", "communication")}}
              for name, m in CAMPS.items()}  # fmt: skip
    scene = scenario(
        groups,
        weekly(3, theme="refine", setting="blended/blended", decide=True, platform={"answering": 0.5}),
        {"a": {"kind": "value"}, "b": {}},
        parameters=CLEAR | {"influence": 0.05},
    )
    model = held(scene)
    assert [outcome.name for outcome in OUTCOMES if np.isnan(model.outcome(outcome.name))] == []
