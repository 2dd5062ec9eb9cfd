"""Links carry runs: one or several, by name or whole, with the seed and the version, and say so where they cannot."""

from importlib.metadata import version

import pytest

import scenarios
import sim
from analysis.dashboard import links
from analysis.dashboard.links import Run
from sim import ScenarioError


def own():
    """A process that is in no library."""
    changed = scenarios.load("citizens-blended", set=["groups.patients.size=9"])
    return changed.model_copy(update={"name": "more-patients", "title": "More patients"})


def test_a_process_of_the_library_goes_by_its_name_and_another_whole():
    assert "scenario=citizens-blended" in links.query(Run(scenarios.load("citizens-blended"), 3))
    assert links.query(Run(own(), 3)).startswith("run=")


def test_a_run_comes_out_of_a_link_as_it_went_in():
    for run in (Run(own(), 12, 4), Run(scenarios.load("tick-box"), 12, 4)):
        back = links.opened("?" + links.query(run))
        assert (back.seed, back.replicate, back.note) == (12, 4, "")
        assert links.plain(back.scenario) == links.plain(run.scenario)


def test_several_runs_keep_their_order_their_seed_and_the_numbers_beside_them():
    designs = [scenarios.load("around-the-table"), own(), scenarios.load("citizens-online")]
    query = "?" + links.query_of_several([Run(one, 41) for one in designs], worlds=150)
    back = links.opened_several(query)
    assert [links.plain(run.scenario) for run in back] == [links.plain(one) for one in designs]
    assert {run.seed for run in back} == {41}
    assert not any(run.note for run in back)
    assert links.number(query, "worlds") == 150
    assert f"version={version('coprod')}" in query


def test_what_a_link_carries_gives_the_same_numbers_elsewhere():
    (back,) = links.opened_several("?" + links.query_of_several([Run(own(), 5)]))
    here, there = (sim.simulate(s, 3, 5, series=False).values for s in (own(), back.scenario))
    assert here.tobytes() == there.tobytes()


def test_an_address_without_runs_asks_for_none():
    assert links.opened_several("") == ()
    assert links.opened_several(None) == ()
    assert links.opened_several("?page=2") == ()
    assert links.number("?page=2", "worlds") is None


def test_another_version_is_told():
    (run,) = links.opened_several("?scenario=tick-box&seed=1&version=0.0.1")
    assert "another model" in run.note


@pytest.mark.parametrize(
    "search",
    [
        "?scenario=tick-box&scenario=no-such-process",
        "?scenario=tick-box&run=eNrt",
        "?scenario=tick-box&scenario=citizens-online&seed=many",
        "?scenario=tick-box&scenario=citizens-online&seed=-1",
    ],
)
def test_a_damaged_link_is_a_sentence(search):
    with pytest.raises(ScenarioError, match=r"\.$"):
        links.opened_several(search)


def test_a_number_that_is_none_is_a_sentence():
    with pytest.raises(ScenarioError, match="damaged"):
        links.number("?worlds=lots", "worlds")


def test_scenarios_that_are_too_long_together_are_refused():
    runs = [
        Run(own().model_copy(update={"name": f"{n}", "description": sim.sources_digest() * 40}), n)
        for n in range(9)
    ]
    with pytest.raises(ScenarioError, match="too long for a link"):
        links.query_of_several(runs)
