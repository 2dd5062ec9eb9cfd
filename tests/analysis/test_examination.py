"""Theories put to the test, held against their rivals, and locked before."""

import json

import numpy as np
import pytest

import scenarios
import sim
from analysis import examination, experiments, preregistration, theory_tables
from analysis.contests import contest
from analysis.examination import examine
from scenarios.claims import Theory
from sim.parameters import OPTIONAL

pytestmark = pytest.mark.kernel

CONTEXT = {"scenario": "shared-decision"}
WRITING = {"documentation": {"levels": {"without": ["dials.documentation=0"], "with": []}}}


def theory(**claims) -> Theory:
    table = {
        name: {
            "says": "It helps.", "source": "nobody", "context": CONTEXT, "mechanism": ["documentation"], "factors": WRITING,
            "outcome": "alignment", "expected": "more", "smallest": 0.05, "kind": "emergent", **changes,
        }
        for name, changes in claims.items()
    }  # fmt: skip
    return Theory.model_validate({"name": "mine", "title": "Mine", "source": "nobody", "claims": table})


@pytest.fixture(scope="module")
def eaa():
    return examine("eaa", replicates=60)


# ---- effects -------------------------------------------------------------------------------------------------------


def test_an_effect_is_the_difference_between_designs_in_the_same_world():
    experiment = experiments.of_claim(theory(it={}), "it")
    runs = [sim.simulate(design.scenario, 8, series=False) for design in experiment.designs]
    without, with_ = (found.final("alignment") for found in runs)
    np.testing.assert_allclose(experiment.effect(runs), with_ - without, atol=1e-12)


def test_an_interaction_is_a_difference_of_differences():
    factors = WRITING | {"dialogue": {"levels": {"without": ["dials.dialogue=0"], "with": []}}}
    experiment = experiments.of_claim(
        theory(it={"factors": factors, "mechanism": ["documentation", "dialogue"]}), "it"
    )
    runs = {d.levels: sim.simulate(d.scenario, 8, series=False) for d in experiment.designs}
    value = {levels: found.final("alignment") for levels, found in runs.items()}
    added = (value["with", "with"] - value["without", "with"]) - (
        value["with", "without"] - value["without", "without"]
    )
    np.testing.assert_allclose(experiment.effect(list(runs.values())), added, atol=1e-12)
    assert experiment.interaction


def test_worlds_that_one_design_failed_in_are_in_no_effect():
    from dataclasses import replace

    experiment = experiments.of_claim(theory(it={}), "it")
    one, other = (sim.simulate(design.scenario, 8, series=False) for design in experiment.designs)
    kept = np.array([0, 1, 3, 4, 6, 7])
    fewer = replace(other, replicates=kept, values=other.values[kept])
    np.testing.assert_array_equal(experiment.effect([one, fewer]), experiment.effect([one, other])[kept])


def test_an_experiment_can_be_moved_elsewhere_and_keeps_what_it_varies():
    changed = WRITING | {
        "pen": {"levels": {"bent": ["parameters.pen=0.5"], "straight": ["parameters.pen=0"]}}
    }
    experiment = experiments.of_claim(
        theory(it={"factors": changed, "mechanism": ["documentation", "pen"]}), "it"
    )
    there = examination.moved(experiment, {"pen": 0.3, "noise": 0.11}, "vertical")
    for before, after in zip(experiment.designs, there.designs, strict=True):
        assert after.scenario.parameters["noise"] == 0.11
        assert after.scenario.parameters["pen"] == before.scenario.parameters["pen"]
        assert after.scenario.fidelity == "vertical"
        assert (after.weight, after.levels) == (before.weight, before.levels)
        assert after.scenario.name != before.scenario.name


def test_what_a_context_switches_on_stays_on_in_every_plausible_world():
    """Its designs do not differ in it, and no point says anything about it: the claim is about processes that have it."""
    (point,) = examination.plausible(1, seed=3)
    switched = {"scenario": "shared-decision", "set": ["parameters.enactment=0.8", "parameters.learning=0.4"]}
    before = experiments.of_claim(theory(it={"context": switched}), "it")
    for design in examination.moved(before, point, "vertical").designs:
        assert design.scenario.parameters == {**point, "enactment": 0.8}


def test_plausible_points_lie_in_the_plausible_ranges_and_fill_them_evenly():
    points = examination.plausible(40, seed=3)
    assert points == examination.plausible(40, seed=3) != examination.plausible(40, seed=4)
    assert not any(set(OPTIONAL) & set(point) for point in points), "no study turns a switch by itself"
    for parameter in sim.PARAMETERS:
        low, high = parameter.plausible
        if low == high:
            continue
        where = np.sort([(point[parameter.name] - low) / (high - low) for point in points])
        assert ((where * 40).astype(int) == np.arange(40)).all(), (
            "one point in each fortieth: a Latin hypercube"
        )


# ---- verdicts on theories ------------------------------------------------------------------------------------------


def test_a_theory_can_fail(eaa):
    """Honestly: some of what the theory says emerges, some does not, and some comes out the other way round."""
    said = [found["verdict"] for found in eaa.summary().values() if found["kind"] == "emergent"]
    assert {"supported", "refuted", "equivalent"} <= set(said)
    assert "verified" not in said


def test_what_holds_by_construction_is_never_called_supported(eaa):
    built = [found["verdict"] for found in eaa.summary().values() if found["kind"] == "by_construction"]
    assert built == ["verified"]


def test_the_summary_is_json_and_says_what_was_promised(eaa):
    said = json.loads(json.dumps(eaa.summary(), allow_nan=False))
    for found in said.values():
        assert {
            "verdict",
            "effect",
            "low",
            "high",
            "smallest_effect",
            "replicates",
            "share_of_plausible_worlds",
        } <= set(found)
        assert found["low"] <= found["effect"] <= found["high"]
        assert found["share_of_plausible_worlds"] is None
    assert list(eaa.table().index) == list(said)


def test_engagement_stands_beside_participation(eaa):
    found = eaa.summary()["intentions_and_assets_engage"]
    assert found["outcome"] == "participation"
    assert found["beside"]["engagement"]["n"] == 60


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_change_nothing(workers):
    made = theory(it={})
    assert examine(made, replicates=30, workers=workers).summary() == examine(made, replicates=30).summary()


def test_a_pilot_plans_and_its_worlds_are_not_looked_at_again():
    plan = examination.plan(theory(easy={}, hard={"smallest": 0.004}))
    easy, hard = plan.claims["easy"], plan.claims["hard"]
    assert easy.spread == hard.spread > 0
    assert easy.worlds < hard.worlds
    assert set(plan.counts.values()) == {hard.worlds}, (
        "designs that serve both are run once, as often as the needier asks"
    )
    assert max(hard.worlds, easy.worlds) < examination.PILOT_FIRST
    assert plan.seconds > 0
    assert f"{plan.runs:,} runs" in next(theory_tables.plan(plan))


def test_each_claim_is_judged_on_its_own_worlds():
    plan = examination.plan(theory(easy={}, hard={"smallest": 0.004}))
    found = examination.run(plan).summary()
    assert found["easy"]["replicates"] == plan.claims["easy"].worlds < found["hard"]["replicates"]


def test_an_outcome_that_is_never_defined_is_undecided_and_null():
    alike = {"scenario": "shared-decision", "set": ["groups.*.views={}", "parameters.learnable=1"]}
    found = examine(theory(it={"context": alike, "outcome": "understanding"}), replicates=20)
    said = found.summary()["it"]
    assert (said["verdict"], said["effect"], said["low"], said["n"]) == ("undecided", None, None, 0)
    assert "is not defined in any of these worlds" in theory_tables.told("it", found)


def test_plausible_worlds_are_counted_by_point():
    found = examine(
        theory(it={}, never={"outcome": "cost", "expected": "less", "smallest": 1e9}), replicates=50, robust=6
    )
    robust = found.robustness["it"]
    assert robust.effects.shape == (6, 3)
    share = (robust.effects >= 0.05).mean()
    assert robust.holds["mean"] == pytest.approx(share)
    assert robust.holds["n"] == 6
    assert 0 <= robust.holds["low"] <= share <= robust.holds["high"] <= 1
    assert found.robustness["never"].holds["mean"] == 0
    assert found.summary()["it"]["share_of_plausible_worlds"] == pytest.approx(share)


# ---- rivals --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def held():
    return contest(["eaa", "contact", "information", "linear", "power-first"], replicates=60)


def test_theories_are_held_against_what_the_model_shows(held):
    said = held.summary()
    assert said["patterns"]["writing_where_people_never_meet"]["observed"] == "more"
    cell = said["theories"]["contact"]["writing_where_people_never_meet"]
    assert cell == {"predicted": "same", "observed": "more", "verdict": "contradicted"}
    assert said["theories"]["eaa"]["writing_where_people_never_meet"]["verdict"] == "fits"
    assert said["theories"]["linear"]["facilitation_and_voice"]["verdict"] == "silent"


def test_no_theory_fits_everything(held):
    for cells in held.summary()["theories"].values():
        assert "contradicted" in [cell["verdict"] for cell in cells.values()]


def test_pairs_that_predict_the_same_are_called_equifinal_and_pairs_that_never_meet_are_not(held):
    said = held.summary()
    for one, other in said["equifinal"]:
        both = [
            (a["predicted"], b["predicted"])
            for a, b in zip(said["theories"][one].values(), said["theories"][other].values(), strict=True)
            if a["predicted"] and b["predicted"]
        ]
        assert both
        assert all(a == b for a, b in both)
    assert ["contact", "linear"] in said["equifinal"]
    assert ["eaa", "contact"] not in said["equifinal"]
    assert ["information", "linear"] in said["not_comparable"]
    assert held.shared("contact", "linear") == ["stages_or_iteration"]


def test_a_contest_that_could_say_nothing_is_refused():
    with pytest.raises(sim.ScenarioError, match="a contest needs at least two theories"):
        contest(["eaa"], replicates=2)
    with pytest.raises(sim.ScenarioError, match="two theories are called eaa"):
        contest(["eaa", "eaa"], replicates=2)
    with pytest.raises(sim.ScenarioError, match="mine predicts nothing about these patterns"):
        contest([theory(it={}), scenarios.theory("eaa")], replicates=2)


# ---- locking -------------------------------------------------------------------------------------------------------


def locked(made, **changes):
    return preregistration.locked(made, **{"seed": 1, "replicates": None, "robust": 0} | changes)


def test_the_same_test_has_no_deviations(tmp_path):
    made = theory(it={})
    preregistration.write(locked(made), tmp_path / "mine.lock.json")
    assert preregistration.deviations(preregistration.read(tmp_path / "mine.lock.json"), locked(made)) == []


@pytest.mark.parametrize(
    ("changed", "asked", "named"),
    [
        ({"smallest": 0.2}, {}, "claims.it.smallest: locked 0.05, run 0.2"),
        ({"expected": "less"}, {}, "claims.it.expected: locked more, run less"),
        (
            {"context": {"scenario": "shared-decision", "set": ["sessions.*.scribe=1"]}},
            {},
            "design.claims.it.cells.without.process",
        ),
        (
            {"mechanism": ["documentation", "scribe"]},
            {},
            "claims.it.mechanism: locked another one, run another one",
        ),
        ({"source": "somebody"}, {}, "claims.it.source: locked nobody, run somebody"),
        ({}, {"seed": 7}, "analysis.seed: locked 1, run 7"),
        ({}, {"replicates": 10}, "analysis.replicates: locked auto, run 10"),
        ({}, {"robust": 5}, "analysis.robust: locked 0, run 5"),
    ],
)
def test_every_deviation_is_named(changed, asked, named):
    found = preregistration.deviations(locked(theory(it={})), locked(theory(it=changed), **asked))
    assert any(deviation.startswith(named) for deviation in found), found


def test_a_claim_that_is_added_afterwards_is_a_deviation():
    found = preregistration.deviations(
        locked(theory(it={})), locked(theory(it={}, more={"outcome": "agreement"}))
    )
    assert "claims.more: locked nothing, run another one" in found


def test_a_lock_is_never_overwritten_by_another(tmp_path):
    path = tmp_path / "mine.lock.json"
    preregistration.write(locked(theory(it={})), path)
    before = path.read_bytes()
    preregistration.write(locked(theory(it={})), path)
    with pytest.raises(
        preregistration.LockError, match="another preregistration is there, and it stays as it is"
    ):
        preregistration.write(locked(theory(it={"smallest": 0.2})), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["mine.lock.json"]


@pytest.mark.parametrize("text", ["{}", "no json", '{"theory": 3}'])
def test_what_is_no_preregistration_is_refused(tmp_path, text):
    (tmp_path / "some.json").write_text(text)
    with pytest.raises(preregistration.LockError, match="this is no preregistration of coprod's"):
        preregistration.read(tmp_path / "some.json")


def test_nonsense_is_refused_with_a_sentence():
    for wrong in ({"replicates": 1}, {"replicates": 2.5}, {"robust": -1}):
        with pytest.raises(sim.ScenarioError, match=f"{next(iter(wrong))}: a whole number of at least"):
            examine(theory(it={}), **wrong)
    with pytest.raises(sim.ScenarioError, match="a contest needs at least two theories"):
        contest("eaa")


def test_what_moves_nothing_is_said_to():
    nobody_meets = {"scenario": "shared-decision", "set": ["sessions.*.dials.*=0"]}
    found = examine(theory(it={"context": nobody_meets}), replicates=5)
    assert "Nothing was moved in any world" in theory_tables.told("it", found)


def test_a_difference_that_may_be_too_small_to_matter_is_not_said_to_matter():
    found = examine(theory(it={}), replicates=60)
    effect = found.findings["it"].effect
    near = examine(theory(it={"smallest": effect - 1e-6}), replicates=60)
    assert near.summary()["it"]["matters"] is None
    assert "not shown to reach" in theory_tables.told("it", near)
    assert examine(theory(it={"smallest": effect / 2}), replicates=60).summary()["it"]["matters"] is True
    assert examine(theory(it={"smallest": effect * 2}), replicates=60).summary()["it"]["matters"] is False
