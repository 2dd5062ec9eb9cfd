"""Two runs of the same people with the same luck part where they first differ, and not before."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest

import scenarios
import sim
from analysis.dashboard import effects, studies, turning
from analysis.dashboard.links import Run
from analysis.dashboard.turning import Turned
from analysis.dashboard.twins import parting
from analysis.explaining.switches import switched, switches_of
from analysis.replay import document
from analysis.replay.document import CURVES, KEPT
from sim import MECHANISMS, ScenarioError

pytestmark = pytest.mark.kernel

NAMES = ("as it was", "with a change")
SEEN = ("moments", "circles", "onsite", "remote", "later", "came", "after", "drive")


def doc(scenario, seed=7):
    return json.loads(json.dumps(document(scenario, seed)))


def seen(session):
    return {key: session[key] for key in SEEN}


@pytest.fixture(scope="module")
def blended():
    return doc(scenarios.load("citizens-blended"))


@pytest.mark.parametrize("name", ["nine-cells", "tick-box", "shared-decision"])
def test_whatever_is_turned_nothing_differs_before_they_part(name):
    scenario = scenarios.load(name)
    one, parted = doc(scenario), 0
    for switch in switches_of(scenario):
        other = doc(switched(scenario, switch.changes))
        found = parting(one, other, NAMES)
        last = len(one["sessions"]) if found is None else found.session
        for here, there in zip(one["sessions"][:last], other["sessions"][:last], strict=True):
            assert seen(here) == seen(there), switch.key
        if found is not None:
            parted += 1
            here, there = (run["sessions"][found.session] for run in (one, other))
            assert here["moments"][: found.moment] == there["moments"][: found.moment], switch.key
            assert seen(here) != seen(there), switch.key
    assert parted > 3


def test_a_run_never_parts_from_itself(blended):
    assert parting(blended, copy.deepcopy(blended), NAMES) is None


def test_a_contribution_that_is_lost_in_one_alone_is_named(blended):
    other = copy.deepcopy(blended)
    n, m = 2, next(m for m, moment in enumerate(blended["sessions"][2]["moments"]) if moment.get("said"))
    said = other["sessions"][n]["moments"][m]["said"][0]
    said[3] ^= KEPT
    found = parting(blended, other, NAMES)
    assert (found.session, found.moment) == (n, m)
    assert found.sentence.startswith("They part in session 3: ")
    assert blended["people"][said[0]]["name"] in found.sentence
    assert blended["issues"][said[1]]["title"] in found.sentence
    written, lost = ("with a change", "as it was") if said[3] & KEPT else ("as it was", "with a change")
    assert found.what.startswith(f"{written}, what ")
    assert found.what.endswith(f"is written down; {lost}, it is not")


def test_who_comes_in_one_alone_is_named_with_the_reason(blended):
    other = copy.deepcopy(blended)
    person = other["sessions"][1]["onsite"][0]
    for place in ("onsite", "later"):
        other["sessions"][1][place] = [i for i in other["sessions"][1][place] if i != person]
    other["sessions"][1]["away"].append([person, "travel"])
    found = parting(blended, other, NAMES)
    assert (found.session, found.moment) == (1, 0)
    assert "is not there (travel) with a change" in found.sentence
    assert blended["people"][person]["name"] in found.sentence


def test_a_trace_that_nobody_could_see_happen_is_told_as_one(blended):
    other = copy.deepcopy(blended)
    other["sessions"][0]["after"]["views"][3][0] += 0.2
    found = parting(blended, other, NAMES)
    assert found.session == 0
    assert found.moment == len(blended["sessions"][0]["moments"]) - 1
    assert found.what.startswith("nobody does anything else yet, but what ")
    assert blended["people"][3]["name"] in found.what


def test_a_phase_that_one_of_them_lacks_is_told(blended):
    other = doc(scenarios.load("citizens-blended", set=["dials.dialogue=0"]))
    assert parting(blended, other, NAMES).what == "as it was, they talk; with a change, they do not"
    shorter = copy.deepcopy(blended)
    talk = [n for n, moment in enumerate(shorter["sessions"][0]["moments"]) if moment["is"] == "talk"]
    del shorter["sessions"][0]["moments"][talk[-1]]
    found = parting(blended, shorter, NAMES)
    assert found.moment == talk[-1]
    assert found.what == "as it was, they go on talking; with a change, they do not"


# ---- what is turned --------------------------------------------------------------------------------------------------


def test_there_is_a_dial_for_each_mechanism_with_the_schemas_range():
    assert tuple(turning.dials()) == MECHANISMS
    assert {(one["minimum"], one["maximum"]) for one in turning.dials().values()} == {(0, 1)}


def test_a_dial_that_is_back_where_the_process_has_it_is_not_turned():
    scenario = scenarios.load("citizens-blended", set=["dials.assets=0.5"])
    turned = Turned(scenario).with_dial("assets", 0.2)
    assert turned.name == "with assets at 20%"
    assert turned.with_dial("assets", 0.5).changes == ()
    assert Turned(scenario).with_dial("assets", 0).name == "without assets"


def test_the_changed_process_differs_in_what_is_turned_alone():
    scenario = scenarios.load("citizens-blended")
    turned = replace(Turned(scenario).with_dial("dialogue", 0.4), switch="no-scribe")
    changed = turned.changed()
    assert turned.name == "with 2 things turned"
    assert changed.dials.dialogue == 0.4
    assert {session.scribe for session in changed.sessions.values()} == {0}
    assert changed.groups == scenario.groups


def test_a_link_carries_what_is_turned():
    scenario = scenarios.load("citizens-blended")
    turned = replace(Turned(scenario).with_dial("dialogue", 0.4), switch="no-scribe")
    assert Turned.read(scenario, turned.text) == turned
    assert Turned.read(scenario, "") == Turned(scenario)


@pytest.mark.parametrize(
    "text", ["nonsense", "dialogue:7", "dialogue:nan", "dialogue:x", "music:0", "no-such-switch"]
)
def test_a_link_that_turns_what_is_not_there_is_refused_in_a_sentence(text):
    with pytest.raises(ScenarioError, match="This link turns"):
        Turned.read(scenarios.load("citizens-blended"), text)


def test_a_dial_that_no_session_uses_says_so():
    scenario = scenarios.load("tick-box", set=["sessions.*.agenda={dialogue=0.8}"])
    assert "No session of this process gives assets any minutes" in turning.idle(
        Turned(scenario, {"assets": 0.0})
    )
    assert turning.idle(Turned(scenario, {"dialogue": 0.0})) == ""


# ---- what it makes of the outcomes -----------------------------------------------------------------------------------


def test_effects_are_those_of_the_runs_themselves():
    scenario = scenarios.load("citizens-blended")
    turned = Turned(scenario, {"documentation": 0.0})
    twins = turning.twins(Run(scenario, seed=7, replicate=3), turned)
    designs = [sim.simulate(one, 20, 7) for one in (scenario, turned.changed())]
    found = dict(zip(CURVES, effects.effects(designs, twins.ends, turned.name), strict=True))
    for name, effect in found.items():
        paired = designs[1].final(name) - designs[0].final(name)
        np.testing.assert_allclose(effect.differences, paired[~np.isnan(paired)])
        if not np.isnan(paired[3]):
            assert effect.here == pytest.approx(paired[3], abs=0.0011), (
                name
            )  # a document rounds to three decimals
    less = int((found["understanding"].differences < 0).sum())
    assert f"in {less} of 20 worlds" in found["understanding"].sentence
    assert "The process without documentation" in found["understanding"].sentence


def test_what_a_visitor_called_a_process_cannot_become_part_of_the_page():
    scenario = scenarios.load("nine-cells", set=['groups.citizens.title="<script>alert(1)</script>"'])
    name = "with “<script>alert(1)</script> closed”"
    runs = sim.simulate(scenario, 3, 1)
    made = effects.table(effects.effects([runs, runs], dict.fromkeys(CURVES, (0.1, None)), name), name, 3)
    assert "<script>" not in made
    assert "&lt;script&gt;" in made


def test_the_worlds_of_both_processes_are_found_together():
    import threading

    scenario = scenarios.load("nine-cells")
    changed = Turned(scenario, {"dialogue": 0.0}).changed()
    found = studies.together([scenario, changed], 5, 1, lambda _: None, lambda _: None, threading.Event())
    assert [runs.scenario.name for runs in found.designs] == ["nine-cells", "nine-cells-turned"]
