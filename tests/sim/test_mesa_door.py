"""The door to watch one run: plain Mesa code works on it, and nothing is copied."""

import math

import mesa
import numpy as np
import pytest

import scenarios
import sim
from sim.events import KINDS
from sim.mechanisms.access import arrive
from sim.mechanisms.dialogue import converse
from sim.mechanisms.leaving import leave, let_weeks_pass
from sim.people import FIELDS
from sim.session import hold_session
from tests.sim.worlds import exactly, held, same_bits, scenario, states, weekly, willing

pytestmark = pytest.mark.kernel

compiled = sim.compiled


def blended(weeks=3, **more):
    groups = {
        "carers": {"size": 7, "views": {"topic": 0.6}, "barriers": {"travel": 0.3, "digital": 0.2}},
        "nurses": {"size": 5, "views": {"topic": -0.4}, "power": 0.9},
    }
    session = {
        "theme": "refine",
        "setting": "blended/blended",
        "minutes": 90,
        "circle_size": 4,
        "decide": True,
    }
    return scenario(groups, weekly(weeks, **session | more), ("topic", "place"))


def test_it_is_a_mesa_model_of_mesa_agents():
    model = sim.CoProduction(blended())
    assert isinstance(model, mesa.Model)
    assert len(model.agents) == 12
    assert all(isinstance(agent, sim.Participant) and isinstance(agent, mesa.Agent) for agent in model.agents)
    assert callable(model.agents.select)  # an AgentSet, whose class has moved between versions of Mesa


def test_agents_can_be_selected_counted_grouped_and_changed_as_in_any_mesa_model():
    model = held(blended())
    carers = model.agents.select(lambda agent: agent.stakeholders == "carers")
    assert len(carers) == 7
    assert carers.agg("contributions", sum) == model.people.contributions[:7].sum()
    assert model.agents.agg("engagement", np.mean) == pytest.approx(model.people.engagement.mean())
    by_group = model.agents.groupby("stakeholders").agg("heard", sum)
    assert by_group == {
        "carers": pytest.approx(model.people.heard[:7].sum()),
        "nurses": pytest.approx(model.people.heard[7:].sum()),
    }
    assert (
        next(iter(model.agents.sort("power", ascending=False))).power
        == max(model.agents.get("power"))
        == model.people.power.max()
    )
    model.agents.set("openness", 0.25)
    assert (model.people.openness == 0.25).all()


def test_the_data_collector_holds_outcomes_after_every_session_and_at_the_start():
    scene = blended()
    model = held(scene)
    frame = model.datacollector.get_model_vars_dataframe()
    runs = sim.simulate(scene, replicates=1)
    assert list(frame.columns) == [outcome.name for outcome in sim.OUTCOMES]
    assert len(frame) == 4
    for name in frame:
        assert same_bits(frame[name].to_numpy(float), runs.over_sessions(name)[0])
    agents = model.datacollector.get_agent_vars_dataframe()
    assert len(agents) == 4 * 12
    last = agents.xs(agents.index.get_level_values(0).max(), level=0)
    assert list(last["contributions"]) == list(model.people.contributions)
    assert set(last["stakeholders"]) == {"carers", "nurses"}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_attribute_is_a_window_on_the_arrays(field):
    model = held(blended(1))
    agent, array = list(model.agents)[3], getattr(model.people, field.name)
    seen = getattr(agent, field.name)
    assert np.array_equal(seen, array[3], equal_nan=array.dtype.kind == "f")
    setattr(agent, field.name, array[4])
    assert np.array_equal(array[3], array[4], equal_nan=array.dtype.kind == "f")
    if array.ndim > 1:
        getattr(agent, field.name)[...] = 1
        assert (array[3] == 1).all()


def test_what_is_written_on_an_agent_takes_effect_in_the_next_session():
    silent, loud = sim.CoProduction(blended()), sim.CoProduction(blended())
    agent = next(iter(silent.agents))
    agent.talkativeness = 0.0
    silent.step()
    loud.step()
    assert agent.contributions == 0
    assert next(iter(loud.agents)).contributions > 0
    agent.active = False
    silent.step()
    assert agent.channels == ()
    assert agent.attended <= 1


def test_what_an_agent_believes_lies_between_what_it_was_told_and_its_own_view():
    model = sim.CoProduction(blended())
    agent = next(iter(model.agents))
    assert agent.believes("nurses", "topic") == agent.views[0]
    agent.picture[1, 0], agent.certainty[1, 0], agent.views[0] = -1.0, 0.25, 0.5
    assert agent.believes("nurses", "topic") == pytest.approx(0.25 * -1 + 0.75 * 0.5)


def test_when_the_process_is_over_nothing_happens_any_more():
    model = held(blended(2))
    assert model.next_session is None
    assert model.running is False
    before, rows = states(model), len(model.datacollector.get_model_vars_dataframe())
    model.step()
    assert all(same_bits(array, before[name]) for name, array in states(model).items())
    assert len(model.datacollector.get_model_vars_dataframe()) == rows
    assert model.sessions_held == 2


def test_sessions_are_announced_in_order():
    model, announced = sim.CoProduction(blended(3)), []
    while model.running:
        announced.append(model.next_session)
        model.step()
    assert announced == ["week-0", "week-1", "week-2"]


def test_before_the_first_session_nobody_is_anywhere():
    assert {agent.channels for agent in sim.CoProduction(blended()).agents} == {()}


def test_too_many_to_watch_are_refused_with_a_sentence():
    scene = scenario({"crowd": {"size": 10_001}}, weekly(1))
    with pytest.raises(sim.TooBigError, match=r"10,001 people are too many to watch.*10,000.*simulate"):
        sim.CoProduction(scene)
    assert isinstance(sim.TooBigError("x"), sim.CoprodError)


# ---- the event log -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def told():
    scene = scenarios.load("citizens-blended", set=["sessions.*.decide=true", "sessions.*.minutes=300"])
    return held(scene, log=True)


def counted(model, *kinds, per=lambda event: event.actor):
    counts = np.zeros(len(model.agents), int)
    for event in model.events:
        if event.kind in kinds:
            counts[per(event)] += 1
    return counts


def test_the_log_and_the_counters_tell_the_same(told):
    people = told.people
    assert np.array_equal(counted(told, "said", "wrote"), people.contributions)
    assert np.array_equal(counted(told, "noted"), people.captured)
    assert np.array_equal(counted(told, "came"), people.by_channel.sum(axis=1))
    assert np.array_equal(counted(told, "left"), ~people.active)
    assert counted(told, "noted").sum() == len(told.record())
    came = {(event.session, event.actor) for event in told.events if event.kind == "came"}
    assert len(came) == people.attended.sum()
    minutes = np.zeros(len(people.group))
    for event in told.events:
        if event.kind == "came":
            minutes[event.actor] += event.value
    np.testing.assert_allclose(minutes, people.minutes_used)


def test_the_log_names_the_entries_of_the_record_as_they_stand_there(told):
    noted = [(e.session, e.actor, e.issue, e.value, e.channel) for e in told.events if e.kind == "noted"]
    record = [(r["session"], r["author"], r["issue"], r["position"], r["channel"]) for r in told.record()]
    assert sorted(noted) == sorted(record)


def test_the_log_tells_the_votes_that_were_shown(told):
    last = list(told.scenario.sessions)[-1]
    shown = {
        kind: {(e.actor, e.issue) for e in told.events if e.kind == kind and e.session == last}
        for kind in ("accepted", "opposed", "gave_way")
    }
    room, public = told.state.room, told.state.draft.public
    here = (room.live >= 0) | (room.later >= 0)
    issues = list(told.scenario.issues)
    for kind, vote in (("accepted", 1), ("opposed", -1)):
        assert shown[kind] == {(int(i), issues[k]) for i, k in np.argwhere(public == vote) if here[i]}
    gave_way = {(int(i), issues[k]) for i, k in np.argwhere(public != told.state.draft.private)}
    assert shown["gave_way"] == gave_way


def test_events_speak_in_names(told):
    kinds = {event.kind for event in told.events}
    assert kinds <= set(KINDS)
    assert {"came", "said", "wrote", "noted", "read", "answered", "drafted"} <= kinds
    for event in told.events:
        assert event.session in told.scenario.sessions
        assert event.group in (None, *told.scenario.groups)
        assert event.issue in (None, *told.scenario.issues)
        assert event.actor >= -2
        if event.kind in ("said", "wrote", "noted"):
            assert -1 <= event.value <= 1
        if event.kind == "stopped":
            assert event.about in ("travel", "digital", "schedule")


def test_a_log_that_grows_loses_nothing_and_changes_nothing(told):
    """Its first room is 4096 lines; the whole run takes more."""
    assert len(told.events) > 4096
    quiet = held(told.scenario)
    assert all(same_bits(array, states(quiet)[name]) for name, array in states(told).items())
    assert quiet.events == []


def test_a_log_that_is_too_short_from_the_first_line_grows_to_the_same_log(monkeypatch):
    scene = blended(2)
    whole = held(scene, log=True)
    opened = sim.CoProduction._open
    monkeypatch.setattr(
        sim.CoProduction,
        "_open",
        lambda self, lines, *more: opened(self, 7 if lines else 0, *more),
    )
    short = held(scene, log=True)
    assert repr(short.events) == repr(whole.events)
    assert same_bits(short._row, whole._row)


# ---- extending -----------------------------------------------------------------------------------------------------


@compiled
def only_talk(world, meeting, setup):
    """A session in which people come, talk and go."""
    let_weeks_pass(world, meeting, setup)
    arrive(world, meeting, setup)
    converse(world, meeting, setup)
    leave(world, meeting, setup)


@compiled
def hopeful(world, meeting, setup):
    """A session after which everybody is a bit more open."""
    hold_session(world, meeting, setup)
    for i in range(world.people.openness.size):
        world.people.openness[i] += 0.5 * (1.0 - world.people.openness[i])


@compiled
def most_heard(world, setup):
    best = 0.0
    for i in range(world.people.heard.size):
        best = max(best, world.people.heard[i])
    return best


@compiled
def issues_talked_about(world, setup):
    found = 0.0
    for k in range(setup.weight.size):
        known = False
        for i in range(world.people.group.size):
            known = known or not math.isnan(world.people.said[i, k])
        found += known
    return found


def test_another_order_of_a_session_is_the_same_in_both_doors():
    scene = blended()
    counted_runs = sim.simulate(scene, replicates=2, session=only_talk)
    watched = held(scene, session=only_talk, replicate=1)
    assert same_bits(watched._row, counted_runs.values[1, -1])
    assert watched.people.contributions.sum() > 0
    assert watched.people.cursor.sum() == 0
    assert np.isnan(counted_runs.final("agreement")).all()


def test_an_extension_does_not_leak_into_the_model_itself():
    scene = blended()
    before = sim.simulate(scene, replicates=2).values
    extended = sim.simulate(scene, replicates=2, session=hopeful).values
    assert not same_bits(before, extended)
    assert same_bits(sim.simulate(scene, replicates=2).values, before)


def test_further_outcomes_stand_beside_the_others():
    scene = blended()
    runs = sim.simulate(
        scene, replicates=3, extra={"most_heard": most_heard, "issues_talked_about": issues_talked_about}
    )
    plain = sim.simulate(scene, replicates=3)
    assert runs.outcomes == (*plain.outcomes, "most_heard", "issues_talked_about")
    assert same_bits(runs.values[..., :-2], plain.values)
    for r in range(3):
        model = held(scene, replicate=r)
        assert runs.final("most_heard")[r] == model.people.heard.max()
        assert runs.final("issues_talked_about")[r] == 2
    assert (runs.over_sessions("issues_talked_about")[:, 0] == 0).all()


def test_two_people_in_one_meeting_are_enough():
    groups = {"patient": willing(size=1, views={"topic": exactly(0.5)}), "nurse": willing(size=1)}
    model = held(scenario(groups, weekly(1, theme="refine", circle_size=2)), log=True)
    assert {event.actor for event in model.events if event.kind == "said"} == {0, 1}
    assert model.outcome("accessibility") == 1
