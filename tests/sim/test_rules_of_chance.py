"""Rates that the rules claim, in many people; each test rejects a rate that is slightly wrong."""

import numpy as np
import pytest
from scipy import stats

import sim
from sim.parameters import PARAMETERS
from tests.sim.worlds import CLEAR, SILENT, STEADY, exactly, held, scenario, weekly

pytestmark = [pytest.mark.kernel, pytest.mark.counted]

REJECT = 1e-4
MANY = 9_000  # as many as one run lets us watch


def rate_holds(happened, rate):
    return stats.binomtest(int(happened.sum()), happened.size, rate).pvalue > REJECT


def crowd(cell="different/distributed", sessions=1, group=None, parameters=None, **session):
    people = {"size": MANY, "engagement": exactly(0.6), "openness": exactly(0.4)} | (group or {})
    return scenario(
        {"people": people},
        weekly(sessions, setting=cell, minutes=10, **session),
        dials=SILENT,
        parameters=STEADY | (parameters or {}),
    )


# ---- coming --------------------------------------------------------------------------------------------------------


WILL = {"willing_engagement": 0.5, "willing_openness": 0.2}


def will(engagement, openness):
    return engagement ** WILL["willing_engagement"] * (1 - WILL["willing_openness"] * (1 - openness))


def default(name):
    return next(parameter.default for parameter in PARAMETERS if parameter.name == name)


def test_people_come_as_often_as_they_are_willing():
    came = held(crowd(parameters=WILL)).people.attended > 0
    rate = will(0.6, 0.4)
    assert rate_holds(came, rate)
    assert not rate_holds(came, rate + 0.03)
    assert not rate_holds(came, will(0.6, 1.0)), "openness counts"


def test_everybody_comes_who_is_fully_engaged_and_open():
    scene = crowd(group={"engagement": exactly(1), "openness": exactly(1)})
    assert (held(scene).people.attended > 0).all()


@pytest.mark.parametrize(
    ("cell", "passed"),
    [
        ("same/same", lambda t, d, s: t * s),
        ("same/distributed", lambda t, d, s: d * s),
        ("different/same", lambda t, d, s: t),
        ("different/distributed", lambda t, d, s: d),
        ("same/blended", lambda t, d, s: (1 - (1 - t) * (1 - d)) * s),
        ("different/blended", lambda t, d, s: 1 - (1 - t) * (1 - d)),
        ("blended/same", lambda t, d, s: t),
        ("blended/distributed", lambda t, d, s: d),
        ("blended/blended", lambda t, d, s: 1 - (1 - t) * (1 - d)),
    ],
)
def test_barriers_stop_people_as_often_as_they_say_in_the_channels_that_they_close(cell, passed):
    barriers, supports = {"travel": 0.5, "digital": 0.4, "schedule": 0.3}, {"travel": 0.5, "digital": 0.25}
    group = {"engagement": exactly(1), "openness": exactly(1), "barriers": barriers}
    came = held(crowd(cell, group=group, supports=supports)).people.attended > 0
    rate = passed(0.75, 0.7, 0.7)
    assert rate_holds(came, rate)
    assert not rate_holds(came, rate - 0.03)
    assert not rate_holds(came, passed(0.5, 0.6, 0.7)), "supports remove their share"


def test_who_faces_a_barrier_and_whom_it_stops_are_other_questions():
    group = {
        "engagement": exactly(1),
        "openness": exactly(1),
        "barriers": {"digital": {"share": 0.4, "level": 0.5}},
    }
    model = held(crowd(group=group, sessions=2))
    faces = model.people.barriers[:, 1] > 0
    assert rate_holds(faces, 0.4)
    assert not rate_holds(faces, 0.43)
    assert (model.people.attended[~faces] == 2).all()
    assert rate_holds(model.people.attended[faces] == 2, 0.25), "sessions are independent of each other"
    assert not rate_holds(model.people.attended[faces] == 2, 0.5), (
        "which they would not be with one draw for all"
    )


def test_the_channel_is_the_one_with_more_human_interaction():
    group = {
        "engagement": exactly(1),
        "openness": exactly(1),
        "barriers": {"travel": 0.3, "digital": 0.4, "schedule": 0.2},
    }
    by_channel = held(crowd("blended/blended", group=group)).people.by_channel
    for channel, rate in enumerate((0.7 * 0.8, 0.3 * 0.6 * 0.8, 0.7, 0.3 * 0.6)):
        assert rate_holds(by_channel[:, channel] > 0, rate)
        assert not rate_holds(by_channel[:, channel] > 0, rate + 0.03)


# ---- staying -------------------------------------------------------------------------------------------------------


def hazard(engagement, week, values):
    early = values["dropout_later"] + (1 - values["dropout_later"]) * np.exp(-week / values["dropout_weeks"])
    return values["dropout_hazard"] * (1 - engagement) ** values["dropout_shape"] * early


@pytest.mark.parametrize("week", [0, 3])
def test_people_leave_as_often_as_their_hazard_says(week):
    values = {"dropout_hazard": 0.8, "dropout_shape": 2, "dropout_later": 0.3, "dropout_weeks": 2}
    scene = crowd(group={"engagement": exactly(0.3)}, parameters=values)
    table = scene.model_dump(mode="json")
    first = table["sessions"]["week-0"]
    # a first session whom nobody is invited to leave from: another group holds it
    table["groups"]["others"] = table["groups"]["people"] | {"size": 2}
    table["sessions"] = {
        "start": first | {"invited": ["others"]},
        "then": first | {"week": week, "invited": ["people"]},
    }
    left = ~held(sim.Scenario.model_validate(table)).people.active[:MANY]
    rate = hazard(0.3, week, values)
    assert rate_holds(left, rate)
    assert not rate_holds(left, rate * 1.15)
    assert not rate_holds(left, hazard(0.3, 3 - week, values)), "the first weeks decide"


def test_engagement_falls_by_absence_and_rises_by_human_interaction_and_by_nothing_else_here():
    values = {"disengage_absent": 0.2, "engage_interaction": 0.5}
    people = {"size": 500, "engagement": exactly(0.5), "openness": exactly(1), "barriers": {"travel": 0.5}}
    scene = scenario({"people": people}, weekly(1), dials=SILENT, parameters=STEADY | values)
    model = held(scene)
    came = model.people.attended > 0
    assert came.any()
    assert not came.all()
    np.testing.assert_allclose(model.people.engagement[came], 0.75, atol=1e-12)
    np.testing.assert_allclose(model.people.engagement[~came], 0.4, atol=1e-12)


# ---- speaking ------------------------------------------------------------------------------------------------------

POWERS = {"quiet": 0.1, "plain": 0.4, "loud": 1.0}


def one_table(facilitation, **session):
    """Three people, a group each, with power alone between them, who talk for very long."""
    groups = {
        name: {
            "size": 1,
            "power": exactly(power),
            "engagement": exactly(1),
            "openness": exactly(1),
            "trust": exactly(1),
        }
        for name, power in POWERS.items()
    }
    meeting = {
        "setting": "same/same",
        "minutes": 9_000,
        "facilitation": facilitation,
        "agenda": {"dialogue": 1},
    } | session
    return scenario(groups, weekly(1, **meeting), parameters=CLEAR | {"influence": 0})


def floor_shares(facilitation, penalty=(1, 1, 1)):
    left = default("facilitated_floor")
    exponent = left + (1 - left) * (1 - facilitation)
    claims = (np.array(list(POWERS.values())) * penalty) ** exponent
    return claims / claims.sum()


@pytest.mark.parametrize("facilitation", [0, 0.5, 1])
def test_the_floor_goes_to_power_and_facilitation_evens_it_out(facilitation):
    turns = held(one_table(facilitation)).people.contributions
    assert turns.sum() > 10_000
    shares = floor_shares(facilitation)
    assert stats.chisquare(turns, shares * turns.sum()).pvalue > REJECT
    wrong = floor_shares(facilitation - 0.15)
    assert stats.chisquare(turns, wrong * turns.sum()).pvalue < REJECT


def test_remote_people_in_a_hybrid_circle_get_the_floor_less_often():
    scene = one_table(0, setting="same/blended")
    table = scene.model_dump(mode="json")
    table["groups"]["plain"]["barriers"]["travel"] = {"level": 1}
    model = held(sim.Scenario.model_validate(table))
    turns = model.people.contributions
    assert [agent.channels for agent in model.agents] == [
        ("live-onsite",),
        ("live-remote",),
        ("live-onsite",),
    ]
    penalty = default("hybrid_penalty")
    assert stats.chisquare(turns, floor_shares(0, (1, penalty, 1)) * turns.sum()).pvalue > REJECT
    assert stats.chisquare(turns, floor_shares(0) * turns.sum()).pvalue < REJECT


def test_talk_in_turn_is_even_whatever_the_power():
    turns = held(one_table(0, turns="round")).people.contributions
    assert len(set(turns)) == 1


def test_issues_are_taken_up_by_weight_and_by_how_much_they_matter():
    views, weights = {"mild": 0.0, "strong": 1.0, "heavy": 0.0}, {"mild": 1, "strong": 1, "heavy": 3}
    group = {
        "size": 2,
        "engagement": exactly(1),
        "openness": exactly(1),
        "views": {k: exactly(v) for k, v in views.items()},
    }
    meeting = {"setting": "same/same", "minutes": 9_000, "agenda": {"dialogue": 1}}
    scene = scenario(
        {"people": group},
        weekly(1, **meeting),
        {k: {"weight": w} for k, w in weights.items()},
        parameters=CLEAR | {"influence": 0, "salience_floor": 0.25},
    )
    model = held(scene, log=True)
    issues = [event.issue for event in model.events if event.kind == "said"]
    counts = np.array([issues.count(k) for k in views])
    expected = np.array([0.25, 1.0, 0.75])
    assert stats.chisquare(counts, expected / expected.sum() * counts.sum()).pvalue > REJECT
    even = np.array([1, 1, 3])
    assert stats.chisquare(counts, even / even.sum() * counts.sum()).pvalue < REJECT


# ---- being written down --------------------------------------------------------------------------------------------


def captured(facilitation, replicates=3000):
    """How often each of three, who spoke once, is the one who is noted."""
    scene = one_table(
        facilitation, minutes=10, turns="round", scribe=1, agenda={"dialogue": 0.5, "documentation": 0.5}
    )
    values = CLEAR | {"influence": 0, "turn_seconds": 100, "gap_onsite": 0, "notes_per_minute": 0.2}
    scene = sim.Scenario.model_validate(scene.model_dump(mode="json") | {"parameters": values})
    runs = sim.simulate(scene, replicates=replicates, series=False)
    assert (runs.final("contributions") == 1).all()
    return np.array([int(runs.final("documented", name).sum()) for name in POWERS])


@pytest.mark.parametrize("facilitation", [0, 0.5])
def test_words_are_written_down_by_power_and_less_so_with_facilitation(facilitation):
    noted = captured(facilitation)
    assert noted.sum() == 3000, "one note each run"

    def expected(f):
        weights = np.array(list(POWERS.values())) ** (1 - f)
        return weights / weights.sum() * 3000

    assert stats.chisquare(noted, expected(facilitation)).pvalue > REJECT
    assert stats.chisquare(noted, expected(facilitation + 0.15)).pvalue < REJECT


def test_divergent_words_are_written_down_as_often_as_they_are_welcome():
    """Two hundred speak once; half believe that all others think the opposite; there is room for forty notes."""
    size, room, welcome = 200, 40, 0.3
    group = {
        "size": size,
        "power": exactly(0.5),
        "engagement": exactly(1),
        "openness": exactly(1),
        "views": {"topic": exactly(0.8)},
        "tolerance": exactly(0.1),
    }
    meeting = {
        "setting": "same/same",
        "minutes": 400,
        "turns": "round",
        "circle_size": size,
        "scribe": 1,
        "captures_divergence": welcome,
        "facilitation": 0,
        "agenda": {"dialogue": 0.5, "documentation": 0.5},
    }
    values = CLEAR | {"turn_seconds": 60, "gap_onsite": 0, "notes_per_minute": 0.2, "learning": 0}
    scene = scenario({"people": group}, weekly(1, **meeting), parameters=values)
    divergent = 0
    for replicate in range(30):
        model = sim.CoProduction(scene, replicate=replicate)
        model.people.certainty[::2] = 1
        model.people.picture[::2] = -0.8
        model.step()
        record = model.state.record
        assert record.length[0] == room
        assert np.array_equal(record.divergent[:room], record.author[:room] % 2 == 0)
        divergent += int(record.divergent[:room].sum())

    def expected(chance_of_divergent):
        rng = np.random.default_rng(1)
        weights = np.where(np.arange(size) % 2 == 0, chance_of_divergent, 1.0)
        waits = rng.exponential(size=(3000, size)) / weights
        first = np.argpartition(waits, room, axis=1)[:, :room]
        return (first % 2 == 0).mean()

    assert stats.binomtest(divergent, 30 * room, expected(welcome)).pvalue > REJECT
    assert stats.binomtest(divergent, 30 * room, expected(welcome * 1.6)).pvalue < REJECT


def test_posts_stay_on_record_as_often_as_the_dial_lets_them():
    scene = crowd(parameters=CLEAR | {"post_seconds": 300})
    table = scene.model_dump(mode="json") | {"dials": {**SILENT, "dialogue": 1, "documentation": 0.6}}
    table["groups"]["people"] |= {"engagement": exactly(1), "openness": exactly(1)}
    table["sessions"]["week-0"] |= {"agenda": {"dialogue": 0.5}}
    people = held(sim.Scenario.model_validate(table)).people
    assert (people.contributions == 1).all()
    assert rate_holds(people.captured > 0, 0.6)
    assert not rate_holds(people.captured > 0, 0.63)


# ---- who people are ------------------------------------------------------------------------------------------------

SPREAD = {
    "power": (0.5, 0.2), "openness": (0.6, 0.3), "conviction": (0.4, 0.4), "tolerance": (1.0, 0.5), "engagement": (0.7, 0.1),
}  # fmt: skip


@pytest.fixture(scope="module")
def population():
    group = {name: {"mean": m, "spread": w} for name, (m, w) in SPREAD.items()} | {
        "size": MANY,
        "talkativeness": 1.5,
        "views": {"topic": {"mean": -0.2, "spread": 0.6}},
        "trust_in": {"people": {"mean": 0.3, "spread": 0.2}},
        "assets": {"lived": {"mean": 0.5, "spread": 0.4}},
        "recognised": 0.25,
    }
    return sim.CoProduction(scenario({"people": group}, weekly(1))).people


def is_triangular(values, mean, spread):
    return stats.kstest(values, stats.triang(0.5, mean - spread, 2 * spread).cdf).pvalue > REJECT


@pytest.mark.parametrize("trait", [*SPREAD, "views", "trust", "assets"])
def test_people_are_spread_around_their_groups_mean(population, trait):
    more = {"views": (-0.2, 0.6), "trust": (0.3, 0.2), "assets": (0.5, 0.4)}
    mean, spread = (SPREAD | more)[trait]
    values = getattr(population, trait).ravel()
    assert is_triangular(values, mean, spread)
    assert not is_triangular(values, mean + 0.05 * spread, spread)
    assert not is_triangular(values, mean, 1.1 * spread)


def test_traits_of_one_person_are_independent(population):
    columns = np.column_stack(
        [getattr(population, trait).ravel() for trait in [*SPREAD, "views", "trust", "talkativeness"]]
    )
    together = np.corrcoef(columns.T) - np.eye(columns.shape[1])
    assert np.abs(together).max() < 4.5 / np.sqrt(MANY)


def test_propensity_to_speak_is_lognormal_around_the_groups_mean(population):
    sd = default("talkativeness_spread")
    logs = np.log(population.talkativeness / 1.5)
    assert stats.kstest(logs, stats.norm(-sd * sd / 2, sd).cdf).pvalue > REJECT
    assert stats.kstest(logs, stats.norm(0, sd).cdf).pvalue < REJECT, "the mean is what was asked for"


def test_strengths_are_known_by_the_share_that_the_group_says(population):
    np.testing.assert_allclose(population.recognised, 0.25 * population.assets, rtol=1e-12)
    assert (population.anchor == population.views).all()
    assert population.certainty.max() == 0


@pytest.mark.parametrize(("mean", "least"), [(0.95, 0.9), (0.05, 0.0), (1.0, 1.0), (0.0, 0.0)])
def test_near_the_end_of_the_range_the_mean_stays_and_the_spread_gives_way(mean, least):
    scene = crowd(group={"openness": {"mean": mean, "spread": 0.8}})
    values = sim.CoProduction(scene).people.openness
    room = min(mean, 1 - mean)
    assert values.min() >= least - 1e-12
    assert values.max() <= mean + room + 1e-12
    assert abs(values.mean() - mean) < 4.5 * room / np.sqrt(6 * MANY) + 1e-12


# ---- the draft -----------------------------------------------------------------------------------------------------


def test_the_facilitator_drafts_as_often_as_facilitation_says_else_power_decides():
    groups = {
        name: {"size": 1, "power": exactly(power), "engagement": exactly(1), "openness": exactly(1)}
        for name, power in POWERS.items()
    }
    sessions = weekly(1200, setting="same/same", facilitation=0.4, decide=True, minutes=1)
    scene = scenario(groups, sessions, dials=SILENT, parameters=STEADY | {"trust_gain": 0})
    model = sim.CoProduction(scene)
    model.datacollector.agent_reporters.clear()
    drafters = []
    for _ in sessions:
        model.step()
        drafters.append(int(model.state.draft.drafter[0]))
    facilitated = np.array(drafters) == -1
    assert rate_holds(facilitated, 0.4)
    assert not rate_holds(facilitated, 0.5)
    counts = np.bincount(np.array(drafters)[~facilitated], minlength=3)
    weights = np.array(list(POWERS.values()))
    assert stats.chisquare(counts, weights / weights.sum() * counts.sum()).pvalue > REJECT
    assert stats.chisquare(counts, np.full(3, counts.sum() / 3)).pvalue < REJECT
