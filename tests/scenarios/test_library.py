"""The processes in the library: whole, short enough to read, honest about what they rest on, and fair to compare."""

import tomllib
from itertools import pairwise

import pytest
from jsonschema import Draft202012Validator

import scenarios
from sim.scenario import MECHANISMS, THEMES, Scenario, json_schema
from sim.setting import cells

LIBRARY = scenarios.names()
DESIGNS = ("around-the-table", "citizens-blended", "citizens-online")


def test_the_library_holds_the_processes_that_are_promised():
    promised = {
        *DESIGNS,
        "course-digital",
        "nine-cells",
        "shared-decision",
        "tick-box",
        "experience-based-codesign",
        "citizens-assembly",
        "platform",
        *(f"elderly-care-{form}" for form in ("private-group", "forum", "microblog", "blog", "mixed")),
    }
    assert promised <= set(LIBRARY)


@pytest.mark.parametrize("name", LIBRARY)
def test_every_process_can_be_loaded_and_bears_the_name_of_its_file(name):
    scenario = scenarios.load(name)
    assert scenario.name == name
    assert scenario.title
    assert scenario.description


@pytest.mark.parametrize("name", LIBRARY)
def test_every_file_fits_on_a_screen(name):
    lines = scenarios.path(name).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 66
    assert max(map(len, lines)) <= 140


@pytest.mark.parametrize("name", LIBRARY)
def test_every_process_says_what_is_sourced_and_what_is_guessed(name):
    provenance = scenarios.load(name).provenance
    assert provenance.sourced
    assert provenance.guessed
    assert all(len(text) > 15 for text in (*provenance.sourced.values(), *provenance.guessed.values()))


@pytest.mark.parametrize("name", LIBRARY)
def test_every_file_is_what_the_json_schema_describes(name):
    table = tomllib.loads(scenarios.path(name).read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(json_schema()).iter_errors(table)] == []


def test_the_json_schema_refuses_a_misspelt_key():
    table = {**scenarios.read("nine-cells"), "sesions": {}}
    assert not Draft202012Validator(json_schema()).is_valid(table)


@pytest.mark.parametrize("name", LIBRARY)
def test_every_group_issue_and_session_can_be_named_to_a_reader(name):
    scenario = scenarios.load(name)
    assert all(issue.title for issue in scenario.issues.values())
    assert all(key.islower() for key in (*scenario.groups, *scenario.issues, *scenario.sessions))


@pytest.mark.parametrize("name", LIBRARY)
def test_on_some_issue_the_groups_stand_far_enough_apart_to_learn_from_each_other(name):
    scenario = scenarios.load(name)
    stands = {
        issue: [
            group.views[issue].mean if issue in group.views else 0.0 for group in scenario.groups.values()
        ]
        for issue in scenario.issues
    }
    assert max(max(means) - min(means) for means in stands.values()) >= 0.5


@pytest.mark.parametrize("name", LIBRARY)
def test_every_process_puts_a_draft_to_its_participants_in_the_end(name):
    assert any(session.decide for session in scenarios.load(name).sessions.values())


@pytest.mark.parametrize("other", DESIGNS)
def test_three_designs_are_compared_fairly_the_same_in_everything_but_the_cell(other):
    def apart_from_the_cell(name: str) -> Scenario:
        told = {
            "title": "",
            "description": "",
            "name": "unnamed",
            "base": None,
            "setting": None,
            "provenance": {},
        }
        return scenarios.load(name).model_copy(update=told)

    assert apart_from_the_cell(other) == apart_from_the_cell("citizens-blended")


def test_three_designs_stand_in_three_cells():
    stand = {
        name: {scenarios.load(name).cell(session) for session in scenarios.load(name).sessions}
        for name in DESIGNS
    }
    assert stand == {
        "around-the-table": {"same/same"},
        "citizens-blended": {"blended/blended"},
        "citizens-online": {"same/distributed"},
    }


@pytest.mark.parametrize("cell", cells())
def test_nine_cells_can_be_placed_in_any_cell_with_the_same_minutes(cell):
    placed, plain = scenarios.load("nine-cells", [f"setting={cell}"]), scenarios.load("nine-cells")
    assert {placed.cell(session) for session in placed.sessions} == {cell}
    assert placed.sessions == plain.sessions


def test_nine_cells_favours_no_cell_by_its_barriers():
    for group in scenarios.load("nine-cells").groups.values():
        assert group.barriers.travel == group.barriers.digital == group.barriers.schedule


def test_nine_cells_gives_each_session_the_same_agenda():
    sessions = scenarios.load("nine-cells").sessions.values()
    assert len({session.shares() for session in sessions}) == 1


def test_experience_based_codesign_goes_through_all_seven_themes_with_returns_in_8_to_12_months():
    sessions = scenarios.load("experience-based-codesign").sessions.values()
    order = [session.theme for session in sessions]
    assert set(order) == set(THEMES)
    assert any(THEMES.index(later) < THEMES.index(earlier) for earlier, later in pairwise(order))
    assert 34 <= max(session.week for session in sessions) <= 52


def test_experience_based_codesign_hears_staff_and_patients_apart_before_they_meet():
    scenario = scenarios.load("experience-based-codesign")
    together = [{"staff", "patients"} <= set(scenario.invited(name)) for name in scenario.sessions]
    assert together == sorted(together)
    assert not together[0]
    assert together[-1]


def test_a_shared_decision_is_two_groups_of_one_and_one_encounter():
    scenario = scenarios.load("shared-decision")
    assert [group.size for group in scenario.groups.values()] == [1, 1]
    assert len(scenario.sessions) == 1


def test_those_who_convene_a_tick_box_are_powerful_and_not_open_to_learning():
    groups = scenarios.load("tick-box").groups
    convenors, others = groups["convenors"], [group for name, group in groups.items() if name != "convenors"]
    assert convenors.openness.mean + convenors.openness.spread <= 0.1
    assert all(convenors.power.mean > group.power.mean for group in others)


def test_the_assembly_is_large_paid_supported_and_sits_in_circles_of_six_to_eight():
    scenario = scenarios.load("citizens-assembly")
    assert scenario.people == 108
    assert len(scenario.sessions) == 6
    assert all(group.fee_per_hour > 0 for group in scenario.groups.values())
    assert all(6 <= session.circle_size <= 8 for session in scenario.sessions.values())
    assert all(session.supports.travel > 0.5 for session in scenario.sessions.values())


def test_the_platform_is_a_hundred_thousand_people_who_never_meet():
    scenario = scenarios.load("platform")
    assert scenario.people == 100_000
    assert {scenario.cell(session) for session in scenario.sessions} == {"different/distributed"}


def test_the_digital_course_never_asks_anyone_to_come_to_a_place():
    scenario = scenarios.load("course-digital")
    assert all(scenario.cell(session).endswith("/distributed") for session in scenario.sessions)


def test_every_mechanism_is_given_time_in_a_process_that_is_meant_to_work():
    scenario = scenarios.load("citizens-blended")
    for place, mechanism in enumerate(MECHANISMS):
        assert sum(session.shares()[place] for session in scenario.sessions.values()) > 0, mechanism
