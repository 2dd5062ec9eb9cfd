"""Small and large: two people and one session, twelve groups, hundreds of thousands; and a refusal where it cannot be."""

import numpy as np
import pytest

import scenarios
import sim
from sim.plan import make_world
from tests.sim.worlds import held, scenario, weekly

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize("cell", ["same/same", "blended/blended", "different/distributed"])
@pytest.mark.parametrize("groups", [1, 2])
def test_two_people_and_one_session(cell, groups):
    people = {f"group-{g}": {"size": 2 // groups} for g in range(groups)}
    runs = sim.simulate(scenario(people, weekly(1, setting=cell, theme="refine", decide=True)), replicates=50)
    assert not np.isnan(runs.final("engagement")).any()
    assert runs.final("contributions").max() > 0


def test_one_group_can_be_asked_only_about_itself():
    model = held(scenario({"people": {"size": 6}}, weekly(2, theme="result", minutes=120)), log=True)
    assert {event.about for event in model.events if event.kind == "answered"} == {"people"}
    assert np.isnan(model.outcome("reciprocity"))
    assert np.isnan(model.outcome("influence_parity"))


@pytest.mark.parametrize(("groups", "issues", "size"), [(12, 1, 2), (12, 12, 1), (1, 1, 2), (2, 30, 3)])
def test_any_number_of_groups_and_issues(groups, issues, size):
    people = {f"group-{g}": {"size": size} for g in range(groups)}
    scene = scenario(
        people,
        weekly(2, theme="refine", setting="blended/blended"),
        tuple(f"issue-{k}" for k in range(issues)),
    )
    runs = sim.simulate(scene, replicates=5)
    assert runs.values.shape == (5, 3, 1 + groups + 4, len(sim.OUTCOMES))
    known = runs.final("understanding")[~np.isnan(runs.final("understanding"))]
    assert (known <= 1).all()
    assert runs.final("contributions").max() > 0


def test_a_session_to_which_nobody_comes_leaves_no_trace_but_absence():
    groups = {"people": {"size": 4, "engagement": {"mean": 0, "spread": 0}}}
    model = held(scenario(groups, weekly(2, theme="refine", decide=True, setting="blended/blended")))
    assert model.people.attended.sum() == 0
    assert model.outcome("accessibility") == 0
    assert model.record() == []
    assert model.outcome("consensus_reached") == 0
    assert np.isnan(model.outcome("voice_equality"))


def test_the_longest_lists_are_held():
    """Many sessions of few people: capacities follow from the design, so that nothing is lost."""
    people = {"carers": {"size": 5}, "nurses": {"size": 4}}
    scene = scenario(people, weekly(200, theme="what", setting="blended/blended", scribe=1))
    model = sim.CoProduction(scene)
    model.datacollector.agent_reporters.clear()
    for _ in range(200):
        model.step()
    record = model.state.record
    assert model.people.captured.sum() == record.length[0] <= record.issue.size


@pytest.mark.slow
def test_hundreds_of_thousands_take_part_when_it_suits_them():
    groups = {"citizens": {"size": 150_000}, "patients": {"size": 40_000}, "staff": {"size": 10_000}}
    scene = scenario(
        groups, weekly(2, setting="different/distributed", minutes=10, theme="what"), ("topic", "place")
    )
    runs = sim.simulate(scene, replicates=1, series=False)
    assert runs.final("hours_offered")[0] == pytest.approx(200_000 * 20 / 60)
    assert 0.5 < runs.final("accessibility")[0] < 1
    assert runs.final("contributions")[0] > 0


def citizens(times):
    scene = scenarios.load("citizens-blended")
    table = scene.model_dump(mode="json")
    for group in table["groups"].values():
        group["size"] *= times
    return sim.Scenario.model_validate(table)


def bytes_each(scene, without=()):
    world = make_world(scene)._asdict()
    return sum(array.nbytes for part in world if part not in without for array in world[part]) / scene.people


def test_a_participant_takes_less_than_a_kilobyte():
    scene = citizens(100)
    assert (len(scene.groups), len(scene.issues)) == (4, 5)
    assert bytes_each(scene, without=["record"]) <= 1024


def test_with_all_that_the_record_may_come_to_hold_it_takes_less_than_two():
    scene = citizens(1000)
    assert sim.memory_needed(scene) / scene.people <= 2048


def test_memory_grows_in_proportion_to_people_and_to_workers():
    once, twice = sim.memory_needed(citizens(1000)), sim.memory_needed(citizens(2000))
    assert twice == pytest.approx(2 * once, rel=0.01)
    assert sim.memory_needed(citizens(1000), workers=3) == 3 * once


def microblog(**follows):
    table = scenarios.load("elderly-care-microblog").model_dump(mode="json")
    return sim.Scenario.model_validate(table | {"follows": table["follows"] | follows})


def test_a_design_without_a_platform_keeps_room_for_none():
    assert sum(array.nbytes for array in make_world(citizens(20)).commons) < 100
    assert sum(array.nbytes for array in make_world(microblog()).commons) > 100 * 400


def test_whom_somebody_follows_takes_four_bytes_each():
    few, many = (bytes_each(microblog(degree=degree)) for degree in (5, 105))
    assert many - few == pytest.approx(4 * 100)
    needed = [sim.memory_needed(microblog(degree=degree)) for degree in (5, 105)]
    assert needed[1] - needed[0] == pytest.approx(4 * 100 * 400, rel=0.01)


@pytest.mark.parametrize("scene", [citizens(20), microblog()], ids=["citizens", "a microblog"])
def test_what_is_needed_is_what_is_taken(scene):
    taken = sum(array.nbytes for part in make_world(scene) for array in part)
    assert taken <= sim.memory_needed(scene) <= 1.2 * taken


ABSURD = {f"group-{g}": {"size": 2_000_000} for g in range(200)}


def test_a_scenario_too_big_for_memory_is_refused_with_what_it_needs():
    scene = scenario(ABSURD, weekly(3), tuple(f"issue-{k}" for k in range(50)))
    with pytest.raises(sim.TooBigError, match=r"400,000,000 people .* need about [\d.,]+ GB .* GB is free"):
        sim.simulate(scene, replicates=1)


def test_too_many_replicates_for_memory_are_refused_too():
    scene = scenario({"people": {"size": 2}}, weekly(1))
    with pytest.raises(sim.TooBigError, match="GB"):
        sim.simulate(scene, replicates=10**10)


@pytest.mark.parametrize("wrong", [{"replicates": 0}, {"replicates": -1}, {"workers": 0}])
def test_nonsense_is_refused_with_a_sentence(wrong):
    scene = scenario({"people": {"size": 2}}, weekly(1))
    with pytest.raises(sim.ScenarioError, match=f"{next(iter(wrong))}: at least 1 is needed, found"):
        sim.simulate(scene, **wrong)


@pytest.mark.counted
@pytest.mark.parametrize("name", scenarios.names())
def test_every_process_of_the_library_runs_and_leaves_nothing_undefined_that_matters(name):
    scene = scenarios.load(name)
    runs = sim.simulate(scene, replicates=1 if scene.people > 10_000 else 4, series=False)
    for outcome in ("engagement", "participation", "agreement", "cost", "left_out"):
        assert not np.isnan(runs.final(outcome)).any(), outcome
    for outcome in ("alignment", "understanding"):  # undefined where views have come together
        assert not np.isnan(runs.final(outcome)).all(), outcome
    assert (runs.final("hours_used") <= runs.final("hours_offered") + 1e-9).all()
