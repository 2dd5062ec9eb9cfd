"""A run written down for a page to play holds what happened in it, no more and no less."""

import json
import math
from collections import Counter

import pytest

import scenarios
import sim
from analysis.replay import document
from analysis.replay.document import CURVES, DIVERGENT, KEPT, MOST_MOMENTS
from analysis.replay.sampling import MOST_DRAWN, drawn, evenly

pytestmark = pytest.mark.kernel

WATCHED = tuple(name for name in scenarios.names() if scenarios.load(name).people <= 40)


def run_of(name, seed=7, replicate=0):
    model = sim.CoProduction(scenarios.load(name), seed=seed, replicate=replicate, log=True)
    while model.running:
        model.step()
    return model


@pytest.mark.parametrize("name", WATCHED)
def test_every_contribution_is_in_it_once_with_what_became_of_it(name):
    model, doc = run_of(name), document(scenarios.load(name), seed=7)
    groups = list(model.scenario.groups)
    for session in doc["sessions"]:
        events = [event for event in model.events if event.session == session["name"]]
        marks = [mark for moment in session["moments"] for mark in moment.get("marks", ())]
        said = Counter(groups.index(event.group) for event in events if event.kind in ("said", "wrote"))
        noted = Counter(groups.index(event.group) for event in events if event.kind == "noted")
        assert Counter(group for group, _ in marks) == said
        assert Counter(group for group, flags in marks if flags & KEPT) == noted
        assert session["kept"] == noted.total()
        divergent = sum(event.divergent for event in events if event.kind in ("said", "wrote"))
        assert sum(bool(flags & DIVERGENT) for _, flags in marks) == divergent


def test_a_contribution_that_is_noted_is_the_one_that_the_log_says():
    model, doc = run_of("tick-box"), document(scenarios.load("tick-box"), seed=7)
    issues = list(model.scenario.issues)
    for session in doc["sessions"]:
        here = [event for event in model.events if event.session == session["name"]]
        lost = {(e.actor, e.issue, round(e.value, 2)) for e in here if e.kind == "not_noted"}
        shown = [one for moment in session["moments"] if moment["is"] == "talk" for one in moment["said"]]
        assert shown
        for who, issue, value, flags, _ in shown:
            if not flags & KEPT:
                assert (who, issues[issue], value) in lost


@pytest.mark.parametrize("name", WATCHED)
def test_everybody_invited_is_somewhere_or_away_for_a_reason(name):
    scenario = scenarios.load(name)
    doc = document(scenario, seed=3)
    groups = list(scenario.groups)
    for session in doc["sessions"]:
        here = {*session["onsite"], *session["remote"], *session["later"]}
        away = {person for person, _ in session["away"]}
        invited = {p["i"] for p in doc["people"] if groups[p["g"]] in scenario.invited(session["name"])}
        assert here | away | (invited & set(session["gone"])) == invited
        assert not here & away
        assert len(here) == session["came"]
        assert sorted(person for circle in session["circles"] for person in circle) == sorted(
            {*session["onsite"], *session["remote"]}
        )


def test_curves_are_the_outcomes_of_that_very_run():
    scenario = scenarios.load("citizens-blended")
    doc = document(scenario, seed=5, replicate=3, worlds=8)
    runs = sim.simulate(scenario, replicates=1, seed=5, first=3)
    for name in CURVES:
        expected = runs.over_sessions(name)[0]
        for found, value in zip(doc["series"][name], expected, strict=True):
            assert (found is None) == math.isnan(value)
            assert found is None or found == pytest.approx(value, abs=5e-4)
        assert len(doc["bands"][name]) == len(expected)


def test_wheels_turn_by_the_minutes_that_were_observed():
    scenario = scenarios.load("nine-cells")
    doc = document(scenario, seed=2)
    runs = sim.simulate(scenario, replicates=1, seed=2)
    for wheel, pair in {
        "engagement": ("intentions", "assets"),
        "alignment": ("dialogue", "documentation"),
    }.items():
        for n, mechanism in enumerate(pair):
            spent = sum(session["drive"][wheel][n] for session in doc["sessions"])
            assert spent == pytest.approx(
                runs.final(f"minutes_{mechanism}")[0], abs=0.05 * len(doc["sessions"])
            )
    silent = document(scenarios.load("nine-cells", set=["dials.dialogue=0"]), seed=2)
    assert all(session["drive"]["alignment"][0] == 0 for session in silent["sessions"])


def test_the_same_run_is_the_same_document():
    scenario = scenarios.load("course-digital")
    assert json.dumps(document(scenario, 4, 2, worlds=4)) == json.dumps(document(scenario, 4, 2, worlds=4))
    assert document(scenario, 4, 2) != document(scenario, 4, 3)


def test_what_a_person_is_taken_to_believe_is_what_the_model_says():
    scenario = scenarios.load("shared-decision")
    doc = document(scenario, seed=1)
    model = run_of("shared-decision", seed=1)
    after = doc["sessions"][-1]["after"]
    for n, agent in enumerate(model.agents):
        for g, group in enumerate(scenario.groups):
            for k, issue in enumerate(scenario.issues):
                assert after["believes"][n][g][k] == pytest.approx(agent.believes(group, issue), abs=0.005)


def test_an_assembly_is_thinned_and_says_so():
    doc = document(scenarios.load("citizens-assembly"), seed=1)
    for session in doc["sessions"]:
        assert session["thinned"]
        assert sum(moment["is"] == "talk" for moment in session["moments"]) <= MOST_MOMENTS


def test_of_a_crowd_the_same_share_of_every_group_is_drawn():
    crowd = scenarios.load("tick-box", set=["groups.residents.size=3000"])
    people = drawn(crowd)
    assert MOST_DRAWN - 5 <= len(people) <= MOST_DRAWN + 5
    assert len(set(people)) == len(people)
    assert max(people) < crowd.people
    doc = document(crowd, seed=1)
    assert {person["g"] for person in doc["people"]} == set(range(len(crowd.groups)))
    assert doc["everybody"] == crowd.people
    assert any(session["absent"] > len(session["away"]) for session in doc["sessions"])


def test_too_many_to_watch_is_a_sentence():
    with pytest.raises(sim.TooBigError, match="too many to watch"):
        document(scenarios.load("platform"))


def test_batches_are_even_and_keep_the_order():
    assert [list(batch) for batch in evenly(range(5), 2)] == [[0, 1], [2, 3, 4]]
    assert [list(batch) for batch in evenly(range(2), 5)] == [[0], [1]]
    assert evenly([], 3) == []
