"""A run is a pure function of scenario, seed and replicate; whoever or whatever is added changes nobody else's luck."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from tests.sim.worlds import FEW, STEADY, held, same_bits, scenario, small_scenarios, states, weekly

pytestmark = pytest.mark.kernel


def online(carers=5, **parameters):
    """People who write and read where and when it suits them."""
    groups = {
        "carers": {"size": carers, "views": {"topic": 0.4}},
        "nurses": {"size": 4, "views": {"topic": -0.4}, "barriers": {"digital": 0.3}},
    }
    sessions = weekly(3, setting="different/distributed", theme="refine", minutes=60)
    return scenario(groups, sessions, ("topic", "place"), parameters=parameters)


def of_others(array, carers):
    """Everybody but the last carer."""
    return np.delete(array, carers, axis=0)


@pytest.mark.parametrize("replicate", range(5))
def test_one_more_person_changes_nobody_elses_draws(replicate):
    few, more = (sim.CoProduction(online(carers), replicate=replicate) for carers in (5, 6))
    for name, array in states(few).items():
        assert same_bits(of_others(getattr(more.people, name), 5), array), name
    few.step()
    more.step()
    assert same_bits(of_others(more.people.attended, 5), few.people.attended)
    first_few, first_more = (
        {
            int(key): (int(issue), float(position))
            for key, issue, position, session in zip(
                r.key, r.issue, r.position, r.session[: r.length[0]], strict=False
            )
            if session == 0
        }
        for r in (few.state.record, more.state.record)
    )
    assert first_few
    assert first_few.items() <= first_more.items(), "what the others write before anybody has read"


@pytest.mark.parametrize("replicate", range(5))
def test_one_more_person_whom_nobody_reads_changes_nothing_for_the_others(replicate):
    unread = {"reading_rate": 0, "self_silencing": 0}
    few, more = (held(online(carers, **unread), replicate=replicate) for carers in (5, 6))
    for name, array in states(few).items():
        others = of_others(getattr(more.people, name), 5)
        if name not in ("trust", "engagement"):
            assert same_bits(others, array), name
    assert few.people.contributions.sum() > 0


def test_one_more_person_who_is_read_does_change_what_others_think():
    few, more = (held(online(carers)) for carers in (5, 6))
    assert not same_bits(of_others(more.people.views, 5), few.people.views)


@pytest.mark.parametrize("replicate", range(5))
def test_one_session_fewer_leaves_the_draws_of_the_others(replicate):
    scene = online(30, **STEADY, willing_openness=0)
    table = scene.model_dump(mode="json")
    shorter = table | {"sessions": {name: s for name, s in table["sessions"].items() if name != "week-1"}}
    long = sim.CoProduction(scene, replicate=replicate)
    short = sim.CoProduction(sim.Scenario.model_validate(shorter), replicate=replicate)
    for _ in range(2):
        long.step()
        short.step()
    long.step()  # now both have held the last
    assert long.next_session is short.next_session is None
    assert same_bits(long.state.room.key, short.state.room.key)
    assert same_bits(long.state.room.later, short.state.room.later), "the same people come"
    assert not (long.state.room.later == 3).all(), "and some do not"


@FEW
@given(small_scenarios(groups=(2, 3)), st.integers(0, 100))
def test_another_order_of_groups_leaves_everybodys_keys(scene, replicate):
    table = scene.model_dump(mode="json")
    turned = sim.Scenario.model_validate(table | {"groups": dict(reversed(table["groups"].items()))})
    one, other = (sim.CoProduction(s, replicate=replicate) for s in (scene, turned))
    keys = {
        (agent.stakeholders, agent.key): (agent.power, agent.openness, tuple(agent.views))
        for agent in one.agents
    }
    assert keys == {
        (agent.stakeholders, agent.key): (agent.power, agent.openness, tuple(agent.views))
        for agent in other.agents
    }


@FEW
@given(small_scenarios(), st.integers(0, 2**70), st.integers(0, 1000))
def test_a_run_to_watch_replays_a_run_that_was_counted_to_the_bit(scene, seed, replicate):
    counted = sim.simulate(scene, replicates=2, seed=seed, first=replicate)
    for r in range(2):
        model = sim.CoProduction(scene, seed=seed, replicate=replicate + r)
        watched = [model._row.copy()]
        for _ in scene.sessions:
            model.step()
            watched.append(model._row.copy())
        assert same_bits(np.array(watched), counted.values[r])


@FEW
@given(small_scenarios(), st.integers(-5, 5))
def test_workers_and_parts_do_not_show_in_the_result(scene, seed):
    whole = sim.simulate(scene, replicates=11, seed=seed, workers=1)
    shared = sim.simulate(scene, replicates=11, seed=seed, workers=3)
    parts = [
        sim.simulate(scene, replicates=n, seed=seed, first=first, workers=2) for first, n in ((0, 4), (4, 7))
    ]
    ends = sim.simulate(scene, replicates=11, seed=seed, series=False)
    assert same_bits(shared.values, whole.values)
    assert same_bits(np.concatenate([part.values for part in parts]), whole.values)
    assert same_bits(ends.values[:, 0], whole.values[:, -1])
    assert [*parts[0].replicates, *parts[1].replicates] == list(whole.replicates)


def test_other_seeds_and_other_replicates_are_other_runs():
    scene = online()
    runs = sim.simulate(scene, replicates=20, seed=1)
    assert len(np.unique(runs.final("understanding"))) == 20
    assert not np.intersect1d(
        runs.final("understanding"), sim.simulate(scene, 20, seed=2).final("understanding")
    ).size


def test_every_design_of_a_study_meets_the_same_people():
    table = online().model_dump(mode="json")
    other = sim.Scenario.model_validate(
        table | {"setting": "same/same", "parameters": {"influence": 0.1}, "dials": {"dialogue": 0}}
    )
    one, two = (sim.CoProduction(s, replicate=3) for s in (online(), other))
    assert all(same_bits(array, states(two)[name]) for name, array in states(one).items())


def test_a_run_does_not_remember_the_run_before_it():
    """One world serves many replicates: each starts as clean as the first."""
    scene = online()
    forwards = sim.simulate(scene, replicates=6, workers=1)
    alone = [sim.simulate(scene, replicates=1, first=r, workers=1).values[0] for r in (5, 0, 3)]
    for r, values in zip((5, 0, 3), alone, strict=True):
        assert same_bits(values, forwards.values[r])


def test_a_study_that_is_stopped_keeps_the_runs_without_a_gap():
    stop = threading.Event()
    seen = []

    def enough(done):
        seen.append(done)
        stop.set()

    scene = online()
    runs = sim.simulate(scene, replicates=100_000, workers=2, stop=stop, progress=enough, series=False)
    finished = len(runs.replicates)
    assert 0 <= finished < 100_000
    assert runs.values.shape[0] == finished
    assert seen
    some = min(finished, 5)
    if some:
        again = sim.simulate(scene, replicates=some, series=False)
        assert same_bits(runs.values[:some], again.values)
    assert not np.isnan(runs.final("engagement")).any()
