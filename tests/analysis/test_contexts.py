"""Circumstances as dimensions: what a value changes in a scenario is what it says."""

import numpy as np
import pytest

import scenarios
import sim
from analysis import contexts

BLENDED = scenarios.load("citizens-blended")
CORNERS = (0.0, 0.3, 1.0)


def mean_over_people(scenario, trait):
    groups = scenario.groups.values()
    return sum(group.size * getattr(group, trait).mean for group in groups) / scenario.people


def at(name, value, scenario=BLENDED):
    return contexts.context(scenario).at(scenario, {name: value})


@pytest.mark.parametrize("name", scenarios.names())
def test_every_corner_of_the_context_of_every_scenario_can_be_simulated(name):
    scenario = scenarios.load(name)
    space = contexts.everything(scenario)
    for share in CORNERS:
        point = {dimension.name: dimension.value(share) for dimension in space.dimensions}
        assert space.at(scenario, point).people >= 2


@pytest.mark.parametrize("trait", ["openness", "trust", "engagement"])
@pytest.mark.parametrize("wanted", [0.4, 0.55, 0.9])
def test_a_trait_gets_the_mean_over_people_that_was_asked_for_and_groups_keep_their_order(trait, wanted):
    before, after = BLENDED, at(trait, wanted)
    assert mean_over_people(after, trait) == pytest.approx(wanted)
    order = [
        np.argsort([getattr(group, trait).mean for group in scenario.groups.values()], kind="stable").tolist()
        for scenario in (before, after)
    ]
    assert order[0] == order[1]


def test_the_power_gap_is_that_between_the_most_and_the_least_powerful_and_leaves_the_mean():
    powers = [[group.power.mean for group in s.groups.values()] for s in (BLENDED, at("power_gap", 0.3))]
    assert max(powers[1]) - min(powers[1]) == pytest.approx(0.3)
    assert np.mean(powers[1]) == pytest.approx(np.mean(powers[0]))


def test_conflict_moves_the_groups_apart_by_the_factor_that_was_asked_for():
    def views(scenario):
        return np.array([view.mean for group in scenario.groups.values() for view in group.views.values()])

    assert np.abs(views(BLENDED)).max() > 0
    assert views(at("conflict", 0.5)) == pytest.approx(0.5 * views(BLENDED))


def test_a_barrier_is_everybodys_and_supports_stay():
    after = at("digital", 0.7)
    assert {group.barriers.digital.level for group in after.groups.values()} == {0.7}
    assert [s.supports for s in after.sessions.values()] == [s.supports for s in BLENDED.sessions.values()]


def test_time_and_space_together_reach_all_nine_cells():
    space = contexts.context(BLENDED)
    reached = {
        space.at(BLENDED, {"time": time, "space": where}).cell(session)
        for time in sim.TIMES for where in sim.SPACES for session in BLENDED.sessions
    }  # fmt: skip
    assert reached == set(sim.cells())


def test_what_makes_no_sense_is_left_out_with_its_reason():
    alike = scenarios.load("nine-cells")
    space = contexts.context(alike)
    assert "power_gap" not in space.names
    assert "same power" in space.left_out["power_gap"]
    with pytest.raises(
        sim.ScenarioError, match="power_gap cannot be varied here: all groups have the same power"
    ):
        space.only(["power_gap"])


def test_what_matters_on_platforms_alone_is_varied_where_there_is_one():
    plain, group = BLENDED, scenarios.load("elderly-care-private-group")
    assert "no session" in contexts.assumptions(plain).left_out["conflict_cost"]
    assert "conflict_cost" in contexts.assumptions(group).names
    assert "creativity" in contexts.assumptions(group).left_out


def test_a_platform_is_gone_where_nobody_comes_later():
    microblog = scenarios.load("elderly-care-microblog")
    space = contexts.context(microblog)
    together = space.at(microblog, {"time": "same"})
    assert together.follows is None
    assert {session.platform for session in together.sessions.values()} == {None}
    apart = space.at(microblog, {"time": "different"})
    assert apart.follows == microblog.follows


def test_an_unknown_dimension_is_told_with_those_there_are():
    with pytest.raises(sim.ScenarioError, match=r"there is no dimension 'weather'.*travel, digital"):
        contexts.context(BLENDED).only(["weather"])


def test_what_the_designs_of_a_claim_differ_in_is_not_varied_over_them():
    off = scenarios.load("citizens-blended", set=["sessions.*.facilitation=0"])
    space = contexts.of_contrast([BLENDED, off])
    assert "facilitation" not in space.names
    assert "differ in" in space.left_out["facilitation"]
    elsewhere = scenarios.load("citizens-blended", set=["setting=same/distributed"])
    assert {"time", "space"} & set(contexts.of_contrast([BLENDED, elsewhere]).names) == set()
    undocumented = scenarios.load("citizens-blended", set=["dials.documentation=0"])
    assert contexts.of_contrast([BLENDED, undocumented]).names == contexts.context(BLENDED).names


def test_points_fill_every_dimension_evenly_and_the_same_seed_gives_the_same_points():
    space = contexts.context(BLENDED)
    points = space.spread(50, 7)
    assert points.equals(space.spread(50, 7))
    assert not points.equals(space.spread(50, 8))
    steps = np.floor(points["facilitation"] * 50)
    assert sorted(steps) == list(range(50))
    assert points["time"].value_counts().min() >= 16
