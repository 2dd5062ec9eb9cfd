"""Programme theories as data: what the library claims, and mistakes told in plain sentences."""

import re
import tomllib
from pathlib import Path

import jsonschema
import pytest

import scenarios
import sim
from analysis import experiments
from scenarios.claims import THEORIES
from sim.errors import ScenarioError
from tests.scenarios.test_mistakes import BROKEN, OF_THE_MACHINERY, WHERE, expected

ROOT = Path(sim.__file__).parents[1]
FILES = sorted((BROKEN / "theories").glob("*.toml"))
CLAIMS = [(name, claim) for name in scenarios.theories() for claim in scenarios.theory(name).claims]


def experiments_of(file: Path) -> list[experiments.Experiment]:
    theory = scenarios.theory(file)
    return [experiments.of_claim(theory, claim) for claim in theory.claims]


def message(file: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        experiments_of(file)
    return str(caught.value)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_kind_of_mistake_is_told_in_the_words_that_its_file_expects(file):
    words, told = expected(file), message(file)
    assert words
    assert [word for word in words if word not in told] == []
    for sentence in told.split("\n"):
        assert WHERE.match(sentence)
        assert not OF_THE_MACHINERY.search(sentence)


def test_a_theory_that_is_not_there_is_told_with_the_nearest():
    with pytest.raises(ScenarioError, match=r"there is no theory 'eea' in the library; did you mean 'eaa'\?"):
        scenarios.theory("eea")


def test_the_library_holds_the_theories_that_are_promised():
    assert scenarios.theories() == (
        "blended", "contact", "eaa", "information", "linear", "media-synchronicity", "npt", "palmer", "power-first",
        "social-media",
    )  # fmt: skip


@pytest.mark.parametrize(("name", "claim"), CLAIMS, ids=lambda part: part)
def test_every_claim_can_be_put_to_the_test_and_says_where_it_comes_from(name, claim):
    theory = scenarios.theory(name)
    experiment, said = experiments.of_claim(theory, claim), theory.claims[claim]
    assert len(experiment.designs) >= 2
    assert abs(sum(design.weight for design in experiment.designs)) < 1e-9
    assert len({design.scenario.name for design in experiment.designs}) == len(experiment.designs)
    assert said.says.endswith(".")
    assert said.source
    assert said.smallest > 0


@pytest.mark.parametrize("name", scenarios.theories())
def test_rules_that_make_a_claim_true_are_files_of_the_model(name):
    for claim in scenarios.theory(name).claims.values():
        assert (claim.kind == "by_construction") == bool(claim.rule)
        assert not claim.rule or (ROOT / claim.rule).is_file()


def test_engagement_is_claimed_on_observed_participation_beside_the_state():
    """A state that a rule writes could agree with a theory by itself; taking part has to be done."""
    for name in scenarios.theories():
        for claim in scenarios.theory(name).claims.values():
            if {"intentions", "assets"} & set(claim.mechanism) and claim.outcome in (
                "engagement",
                "participation",
            ):
                assert claim.outcome == "participation"
                assert "engagement" in claim.beside


def test_eaa_makes_the_claims_that_it_was_read_for():
    claims = scenarios.theory("eaa").claims
    emergent = [claim for claim in claims.values() if claim.kind == "emergent"]
    assert len(emergent) >= 8
    for name in (
        "dialogue_and_documentation",
        "divergence_is_recognised",
        "interpretation_alone",
        "brief_interaction_suffices",
        "why_outweighs_what",
    ):
        assert claims[name].kind == "emergent"
    assert set(claims["dialogue_and_documentation"].factors) == {"dialogue", "documentation"}


def test_each_of_the_eight_mechanisms_and_the_four_kinds_of_work_is_put_at_risk():
    palmer, npt = scenarios.theory("palmer"), scenarios.theory("npt")
    for mechanism in (
        "recognition", "dialogue", "cooperation", "accountability", "mobilisation", "enactment", "creativity", "attainment",
    ):  # fmt: skip
        assert any(claim.startswith(mechanism) for claim in palmer.claims), mechanism
    for index in ("coherence", "cognitive_participation", "collective_action", "reflexive_monitoring"):
        assert any(claim.outcome == index for claim in npt.claims.values()), index
    assert {claim.kind for claim in (*palmer.claims.values(), *npt.claims.values())} == {"emergent"}


def test_a_theory_switches_optional_mechanisms_on_in_one_level_alone():
    designs = scenarios.theory("palmer").designs("mobilisation_brings_people_in")
    assert [design.parameters.get("mobilisation", 0) for design in designs.values()] == [0, 0.5]


def test_predictions_are_about_patterns_that_there_are():
    known = set(scenarios.patterns("core").patterns)
    for name in scenarios.theories():
        assert set(scenarios.theory(name).predictions) <= known


def test_stages_and_iteration_give_every_mechanism_the_same_minutes():
    for theory, claim in (
        ("eaa", "iteration_matters"),
        ("linear", "stages_are_as_good"),
        ("linear", "order_matters"),
    ):
        totals = []
        for scenario in scenarios.theory(theory).designs(claim).values():
            shares = [session.shares() for session in scenario.sessions.values()]
            totals.append([round(sum(column), 9) for column in zip(*shares, strict=True)])
        assert totals[0] == totals[1]


def test_a_theory_of_ones_own_can_build_on_a_scenario_beside_it(tmp_path):
    (tmp_path / "ours.toml").write_text('base = "shared-decision"\ntitle = "Ours"\n')
    (tmp_path / "mine.toml").write_text(
        (THEORIES / "eaa.toml").read_text().replace('scenario = "shared-decision"', 'scenario = "ours.toml"')
    )
    theory = scenarios.theory(tmp_path / "mine.toml")
    assert all(scenario.title == "Ours" for scenario in theory.designs("two_people_once").values())
    assert theory.name == "mine"


def test_sources_are_cited_by_what_can_be_looked_up():
    for name in scenarios.theories():
        source = scenarios.theory(name).source
        assert re.search(r"doi:|jmir\.org/|without one source|stage models|Ockander", source), source


@pytest.mark.parametrize("model", [scenarios.Theory, scenarios.Patterns], ids=lambda model: model.__name__)
def test_an_editor_can_check_the_files_by_their_schema(model):
    folder, reader = {
        "Theory": (THEORIES, scenarios.theory),
        "Patterns": (THEORIES.parent / "patterns", scenarios.patterns),
    }[model.__name__]
    checker = jsonschema.Draft202012Validator(model.model_json_schema())
    for file in folder.glob("*.toml"):
        assert reader(file)
        checker.validate(tomllib.loads(file.read_text()))
    with pytest.raises(jsonschema.ValidationError):
        checker.validate({"title": "Nothing else"})
