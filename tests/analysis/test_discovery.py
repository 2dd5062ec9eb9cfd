"""Where a claim holds: boxes in made-up spaces whose borders are known, with a control that has none, and a real claim."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import numpy as np
import pytest

import scenarios
import sim
from analysis import box_picture, contexts, discovery
from analysis.experiments import Experiment, claim_at

HERE = Path(discovery.__file__).parents[1]
CLAIM = "eaa/dialogue_and_documentation"
SPACE = contexts.context(scenarios.load("citizens-blended")).only(
    ["digital", "facilitation", "openness", "size", "time"]
)
MADE_UP = Experiment(
    "made_up", "says", (), "informed_agreement", "all", 0.1, "more", factors=("documentation",)
)


def scanned(effect, points=500, experiment=MADE_UP, seed=3):
    """A scan in which the effect is a known function of the context, with a little chance."""
    table = SPACE.spread(points, seed)
    luck = np.random.default_rng(0).normal(0, 0.01, points)
    table["effect"] = effect(table) + luck
    table["error"], table["worlds"] = 0.01, 30
    table["holds"] = discovery.holds(experiment, table["effect"].to_numpy())
    return discovery.Scan(experiment, SPACE, table, 30, 0, 0)


def high_and_low(table):
    """It works where the digital barrier is above .4 and facilitation below .5."""
    return np.where((table["digital"] > 0.4) & (table["facilitation"] < 0.5), 0.2, 0.0)


@pytest.fixture(scope="module")
def found():
    return discovery.discover(scanned(high_and_low))


def test_the_box_that_is_there_is_found_with_its_borders_and_nothing_else(found):
    box = found.boxes[0]
    limits = {limit.name: limit for limit in box.limits}
    assert box.works
    assert set(limits) == {"digital", "facilitation"}
    assert limits["digital"].low == pytest.approx(0.4, abs=0.04)
    assert limits["digital"].high is None
    assert limits["facilitation"].high == pytest.approx(0.5, abs=0.05)
    assert all(limit.by_luck < 0.001 and limit.returns == 1 for limit in box.limits)


def test_what_the_sentence_states_was_measured_on_points_that_the_box_was_not_found_in(found):
    table = found.scan.table
    order = np.random.default_rng(1).permutation(len(table))
    other = table.iloc[order[round(discovery.LEARN * len(table)) :]]
    box = found.boxes[0]
    inside = box.holds(other)
    assert found.tested == len(other) == 200
    assert box.density["n"] == inside.sum()
    assert box.density["mean"] == pytest.approx(other["holds"][inside].mean())
    assert box.coverage["mean"] == pytest.approx(inside[other["holds"]].mean())
    sentence = discovery.sentences(found)[1]
    digital = next(limit.low for limit in box.limits if limit.name == "digital")
    assert (
        f"Documentation raises informed agreement by 0.10 or more where the digital barrier exceeds {digital:.2f}"
        in sentence
    )
    assert f"density {box.density['mean']:.0%}" in sentence
    assert f"coverage {box.coverage['mean']:.0%}" in sentence


def test_where_it_does_not_hold_is_said_too(found):
    against = [box for box in found.boxes if not box.works]
    assert against
    assert against[0].density["mean"] > 0.85
    assert any(text.startswith("It does not where") for text in discovery.sentences(found))


def test_the_tree_divides_the_space_at_the_same_borders(found):
    assert found.accuracy["mean"] > 0.95
    cuts = {(limit.name, limit.low, limit.high) for leaf in found.tree for limit in leaf.limits}
    assert {name for name, *_ in cuts} == {"digital", "facilitation"}
    assert all(leaf.share["mean"] > 0.9 for leaf in found.tree if leaf.works and leaf.share["n"] > 5)


def test_the_picture_shows_the_two_dimensions_of_the_box(found, tmp_path):
    file = tmp_path / "box.svg"
    box_picture.picture(found).save(str(file))
    text = file.read_text(encoding="utf-8")
    assert "digital barrier" in text
    assert "facilitation" in text


def test_where_there_is_no_border_no_box_is_claimed_though_prim_finds_one_in_its_own_points():
    luck = np.random.default_rng(5).random(400) < 0.35
    scan = scanned(lambda table: np.where(luck, 0.2, 0.0), points=400)
    found = discovery.discover(scan)
    own = scan.table.sample(240, random_state=1).reset_index(drop=True)
    peeled = discovery._peeled(SPACE, own[list(SPACE.names)], own["holds"].to_numpy())
    best = max(peeled, key=lambda limits: own["holds"][discovery._inside(limits, own)].mean())
    others = scan.table.drop(scan.table.sample(240, random_state=1).index)
    at_home, abroad = (table["holds"][discovery._inside(best, table)].mean() for table in (own, others))
    assert at_home > 1.2 * own["holds"].mean()  # the control: judged on its own points, the box looks real
    assert at_home > abroad + 0.05
    assert found.boxes == ()
    assert found.tree == ()
    said = discovery.sentences(found)
    assert said[1].startswith("No box found in which it holds")
    assert said[2].startswith("No box found in which it does not hold")
    assert discovery.tree_sentences(found)[0].startswith("A decision tree finds no rule")
    assert box_picture.picture(found) is None


def test_a_claim_that_holds_everywhere_has_no_border():
    found = discovery.discover(scanned(lambda table: np.full(len(table), 0.3), points=100))
    assert found.scan.base_rate == 1
    assert "it holds nearly everywhere" in discovery.sentences(found)[1]


def test_kinds_are_limits_too():
    found = discovery.discover(scanned(lambda table: np.where(table["time"] == "same", 0.0, 0.2), points=200))
    (limit,) = found.boxes[0].limits
    assert limit.kinds == ("blended", "different")
    assert "where time is blended or different" in discovery.sentences(found)[1]


@pytest.mark.parametrize(
    ("expected", "held"),
    [("more", [False, False, True]), ("less", [True, False, False]), ("same", [False, True, False])],
)
def test_what_counts_as_holding_follows_what_is_expected(expected, held):
    claim = Experiment("x", "says", (), "agreement", "all", 0.05, expected)
    assert discovery.holds(claim, np.array([-0.06, 0.01, 0.06])).tolist() == held


def test_points_near_the_border_are_counted_as_unsure():
    scan = scanned(lambda table: np.where(table["digital"] > 0.45, 0.1, 0.5))
    assert 0.4 < scan.unsure < 0.6
    assert "chance may have put it on the wrong side" in discovery._at_large(scan)


@pytest.mark.kernel
def test_a_real_claim_is_run_over_the_context_the_same_way_twice():
    experiment = claim_at(CLAIM)
    scans = [discovery.scan(experiment, points=40, replicates=3, seed=2) for _ in range(2)]
    assert scans[0].table.equals(scans[1].table)
    assert len(scans[0].table) + scans[0].impossible + scans[0].undefined == 40
    assert scans[0].table["error"].gt(0).any()
    point = scans[0].table.iloc[0]
    where = {name: point[name] for name in scans[0].space.names}
    there = experiment.under(scans[0].space.change(where))
    runs = [sim.simulate(design.scenario, 3, 2, series=False) for design in there.designs]
    assert point["effect"] == pytest.approx(there.effect(runs).mean())


@pytest.mark.kernel
def test_it_stops_when_asked_to():
    stop = Event()
    stop.set()
    with pytest.raises(contexts.StoppedError):
        discovery.scan(claim_at(CLAIM), points=50, stop=stop)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"points": 10}, "points: at least 40 are needed"),
        ({"replicates": 1}, "replicates: at least 2 are needed"),
    ],
)
def test_too_little_to_go_by_is_refused(asked, said):
    with pytest.raises(sim.ScenarioError, match=said):
        discovery.scan(MADE_UP, **asked)


def coprod(*arguments):
    return [sys.executable, "-m", "analysis", *map(str, arguments)]


@pytest.mark.kernel
def test_the_command_prints_json_and_keeps_the_points(tmp_path):
    asked = coprod("discover", CLAIM, "--points", 40, "--replicates", 2, "--json", "--out", tmp_path / "kept")
    done = subprocess.run(asked, cwd=HERE, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["points"] + found["undefined_points"] == 40
    assert 0 <= found["base_rate"] <= 1
    assert found["says"]
    assert {"discovery.json", "points.csv", "points.parquet"} <= {
        path.name for path in (tmp_path / "kept").iterdir()
    }


@pytest.mark.parametrize("claim", ["eaa", "eaa/no_such_claim", "no_such_theory/x"])
def test_a_claim_that_is_not_there_is_one_sentence(claim):
    done = subprocess.run(
        coprod("discover", claim), cwd=HERE, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.kernel
def test_ctrl_c_ends_it_within_a_second_or_two():
    process = subprocess.Popen(
        coprod("discover", CLAIM, "--points", 5000), cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ},
    )  # fmt: skip
    assert "5,000 points" in process.stderr.readline()
    time.sleep(3)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - asked < 10  # a second on a machine of one's own
    assert error.endswith("Stopped. Nothing was kept.\n")
    assert out == ""
