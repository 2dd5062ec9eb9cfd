"""At its limits the model is a known model (model.md, section 4): scenarios made of ordinary settings, no second path."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from tests.sim.worlds import CLEAR, QUICKLY, SILENT, exactly, held, scenario, weekly, willing

pytestmark = pytest.mark.kernel

EXACT = {"rtol": 0, "atol": 1e-12}

# One post each and a round of reading everything: 10 minutes, of which 5 are 300 seconds for a post.
ROUND = {
    "setting": "different/distributed",
    "minutes": 10,
    "agenda": {"dialogue": 0.5, "interpretation": 0.5},
    "scribe": 0,
}
READ_ALL = {**CLEAR, "influence": 1, "post_seconds": 300, "reading_rate": 1_000_000}


def network(weights, start, conviction=None, rounds=12, **parameters):
    """Everybody a group of one who trusts the others as the weights say."""
    n = len(start)
    conviction = np.zeros(n) if conviction is None else conviction
    people = {
        f"person-{i:03}": willing(
            size=1,
            tolerance=exactly(2),
            views={"topic": exactly(start[i])},
            trust_in={f"person-{j:03}": exactly(weights[i, j]) for j in range(n)},
        )
        | {"conviction": exactly(conviction[i])}
        for i in range(n)
    }
    return scenario(people, weekly(rounds, **ROUND), kernel="step", parameters={**READ_ALL, **parameters})


def written(model, sessions):
    """What everybody wrote in each session, shape (sessions, people): the views with which they came to it."""
    record = model.state.record
    length = int(record.length[0])
    assert length == sessions * model.people.group.size, "everybody writes once in every round"
    views = np.full((sessions, model.people.group.size), np.nan)
    views[record.session[:length], record.author[:length]] = record.position[:length]
    return views


def row_stochastic(rng, n, density):
    """Any such matrix: links may be missing, also the one to oneself."""
    weights = rng.random((n, n)) * (rng.random((n, n)) < density)
    weights[np.arange(n), rng.integers(0, n, n)] += 0.1  # nobody listens to nobody
    return weights / weights.sum(axis=1, keepdims=True)


@QUICKLY
@given(st.integers(0, 10**6), st.integers(2, 9), st.sampled_from([0.2, 0.6, 1.0]))
def test_people_who_read_all_and_trust_as_w_says_follow_degroot(seed, n, density):
    rng = np.random.default_rng(seed)
    weights, start = row_stochastic(rng, n, density), rng.uniform(-1, 1, n)
    model = sim.CoProduction(network(weights, start))
    expected = start
    for _ in range(12):
        model.step()
        expected = weights @ expected
        np.testing.assert_allclose(model.people.views[:, 0], expected, **EXACT)


def test_degroot_consensus_is_the_mean_weighted_by_social_influence():
    rng = np.random.default_rng(7)
    weights, start = row_stochastic(rng, 6, 1.0), rng.uniform(-1, 1, 6)
    values, vectors = np.linalg.eig(weights.T)
    influence = np.real(vectors[:, np.argmax(np.real(values))])
    model = held(network(weights, start, rounds=150))
    np.testing.assert_allclose(model.people.views[:, 0], influence @ start / influence.sum(), **EXACT)


def test_degroot_does_not_hold_where_people_are_influenced_by_half():
    rng = np.random.default_rng(7)
    weights, start = row_stochastic(rng, 6, 1.0), rng.uniform(-1, 1, 6)
    model = held(network(weights, start, rounds=1, influence=0.5))
    assert np.abs(model.people.views[:, 0] - weights @ start).max() > 0.01


@QUICKLY
@given(st.integers(0, 10**6), st.integers(2, 8))
def test_people_pulled_back_to_where_they_came_from_follow_friedkin_and_johnsen(seed, n):
    rng = np.random.default_rng(seed)
    weights, start = row_stochastic(rng, n, 0.7), rng.uniform(-1, 1, n)
    conviction = rng.uniform(0, 0.95, n)
    model = held(network(weights, start, conviction, rounds=10, pull=1))
    expected = start
    for came_with in written(model, 10):
        np.testing.assert_allclose(came_with, expected, **EXACT)
        expected = (1 - conviction) * (weights @ expected) + conviction * start


def test_friedkin_and_johnsen_end_where_the_closed_form_says():
    rng = np.random.default_rng(3)
    n, rounds = 7, 200
    weights, start, conviction = row_stochastic(rng, n, 0.8), rng.uniform(-1, 1, n), rng.uniform(0.2, 0.9, n)
    model = held(network(weights, start, conviction, rounds=rounds, pull=1))
    limit = np.linalg.solve(np.eye(n) - (1 - conviction)[:, None] * weights, conviction * start)
    np.testing.assert_allclose(written(model, rounds)[-1], limit, **EXACT)


def bounded(tolerance, size=40, rounds=15):
    group = willing(
        size=size, trust=exactly(1), tolerance=exactly(tolerance), views={"topic": {"mean": 0, "spread": 1}}
    )
    return scenario({"people": group}, weekly(rounds, **ROUND), kernel="step", parameters=READ_ALL)


def hegselmann_krause(views, tolerance):
    """Everybody at once moves to the mean of all who are within the tolerance, oneself included."""
    near = np.abs(views[:, None] - views[None, :]) <= tolerance
    return (near @ views) / near.sum(axis=1)


@pytest.mark.parametrize("tolerance", [0.1, 0.2, 0.4, 1.0])
@pytest.mark.parametrize("replicate", [0, 1])
def test_equal_trust_within_a_latitude_is_hegselmann_and_krause(tolerance, replicate):
    model = sim.CoProduction(bounded(tolerance), replicate=replicate)
    expected = model.people.views[:, 0].copy()
    assert len(np.unique(expected)) == len(expected), "without ties"
    for _ in range(15):
        model.step()
        expected = hegselmann_krause(expected, tolerance)
        np.testing.assert_allclose(model.people.views[:, 0], expected, **EXACT)


def test_hegselmann_and_krause_leave_several_camps_where_the_latitude_is_narrow():
    camps = {t: len(np.unique(np.round(held(bounded(t)).people.views, 6))) for t in (0.15, 1.0)}
    assert camps[1.0] == 1
    assert camps[0.15] > 1


def pairs_of(size, tolerance, influence, rounds):
    """Circles of two in which each speaks once: 2 minutes for two turns of 60 seconds."""
    group = willing(
        size=size, trust=exactly(1), tolerance=exactly(tolerance), views={"topic": {"mean": 0, "spread": 1}}
    )
    meeting = {
        "setting": "same/same",
        "minutes": 2,
        "circle_size": 2,
        "turns": "round",
        "agenda": {"dialogue": 1},
    }
    values = {**CLEAR, "influence": influence, "turn_seconds": 60, "gap_onsite": 0}
    return scenario({"people": group}, weekly(rounds, **meeting), kernel="step", parameters=values)


@pytest.mark.parametrize("influence", [0.5, 0.3])
def test_circles_of_two_who_speak_in_turn_are_deffuants_pairs(influence):
    tolerance = 0.6
    model = sim.CoProduction(pairs_of(20, tolerance, influence, 10))
    expected, moves = model.people.views[:, 0].copy(), 0
    for _ in range(10):
        model.step()
        room = model.state.room
        assert list(np.diff(room.start[: room.n[1] + 1])) == [2] * 10
        for i, j in room.members.reshape(-1, 2):
            apart = expected[j] - expected[i]
            if abs(apart) <= tolerance:
                expected[i], expected[j] = expected[i] + influence * apart, expected[j] - influence * apart
                moves += 1
        np.testing.assert_allclose(model.people.views[:, 0], expected, **EXACT)
    assert 0 < moves < 100, "some pairs are within their latitude, others are not"


@pytest.mark.slow
@pytest.mark.parametrize("tolerance", [0.5, 0.25, 0.15, 0.1])
def test_deffuants_pairs_end_in_as_many_clusters_as_published(tolerance):
    """Clusters of at least 5% of 1000 people number floor(1 / (2 tolerance)) on [0, 1], give or take one."""
    model = sim.CoProduction(pairs_of(1000, 2 * tolerance, 0.5, 150))
    model.datacollector.agent_reporters.clear()
    model.people.views[:, 0] = np.random.default_rng(1).uniform(-1, 1, 1000)
    for _ in range(150):
        model.step()
    views = np.sort(model.people.views[:, 0])
    clusters = np.split(views, np.flatnonzero(np.diff(views) > 0.02) + 1)
    large = sum(len(cluster) >= 50 for cluster in clusters)
    assert abs(large - int(1 / (2 * tolerance) + 1e-9)) <= 1


def talkative(dials=None, **parameters):
    """Two groups in blended time, who speak, write, note and read."""
    meeting = {
        "theme": "refine",
        "setting": "blended/blended",
        "minutes": 120,
        "circle_size": 4,
        "scribe": 1,
    }
    groups = {
        "carers": {"size": 6, "views": {"topic": 0.4, "place": -0.2}},
        "nurses": {"size": 5, "views": {"topic": -0.5, "place": 0.3}},
    }
    return scenario(
        groups, weekly(3, **meeting), ("topic", "place"), dials=dials or {}, parameters=parameters
    )


def test_without_documentation_the_record_stays_empty_whatever_is_said():
    model = held(talkative({"documentation": 0}))
    assert model.people.contributions.sum() > 50
    assert model.record() == []
    assert model.people.captured.sum() == 0


def test_without_scribes_there_are_no_notes_but_posts_stay():
    scene = talkative()
    table = scene.model_dump(mode="json")
    for session in table["sessions"].values():
        session["scribe"] = 0
    kinds = {entry["noted"] for entry in held(sim.Scenario.model_validate(table)).record()}
    assert kinds == {False}
    assert {entry["noted"] for entry in held(scene).record()} == {False, True}


def test_where_all_think_the_same_nobody_moves_and_certainty_rises():
    groups = {
        name: {"size": 5, "views": {"topic": exactly(0.3), "place": exactly(-0.7)}} for name in ("one", "two")
    }
    meeting = {"theme": "refine", "setting": "blended/blended", "scribe": 1}
    scene = scenario(
        groups,
        weekly(4, **meeting),
        ("topic", "place"),
        parameters={"noise": 0, "distortion": 0, "forgetting": 0},
    )
    model = sim.CoProduction(scene)
    start, certainty = model.people.views.copy(), model.people.certainty.copy()
    for _ in range(4):
        model.step()
        np.testing.assert_allclose(model.people.views, start, rtol=0, atol=1e-12)
        assert (model.people.certainty >= certainty).all()
        assert model.people.certainty.mean() > certainty.mean()
        certainty = model.people.certainty.copy()


@pytest.mark.parametrize("groups", [1, 2, 5, 8])
def test_who_neither_meets_nor_reads_nor_writes_understands_nothing_and_shares_no_picture(groups):
    people = {f"group-{g}": {"size": 3} for g in range(groups)}
    scene = scenario(
        people, weekly(3, setting="blended/blended", decide=True), ("topic", "place", "money"), dials=SILENT
    )
    runs = sim.simulate(scene, replicates=20)
    assert runs.final("understanding").max() == runs.final("understanding").min() == 0
    # sums over groups: the last bit may differ
    np.testing.assert_allclose(runs.final("alignment"), 0, rtol=0, atol=1e-15)
    assert runs.final("revision").max() == 0
