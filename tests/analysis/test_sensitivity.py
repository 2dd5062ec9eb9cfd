"""What outcomes hang on: indices against a closed form with noise added, screening against a known function."""

import json
import math
import subprocess
import sys
from pathlib import Path
from threading import Event

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import scenarios
import sim
from analysis import contexts, sensitivity, tornado
from sim.parameters import OPTIONAL

HERE = Path(sensitivity.__file__).parents[1]
SMALL = scenarios.load("shared-decision")
# Ishigami & Homma (1990) with a = 7, b = 0.1: the closed form
A, B = 7.0, 0.1
V1, V2, V13 = 0.5 * (1 + B * math.pi**4 / 5) ** 2, A**2 / 8, B**2 * math.pi**8 * (1 / 18 - 1 / 50)
V = V1 + V2 + V13
FIRST = np.array([V1, V2, 0.0]) / V
TOTAL = np.array([V1 + V13, V2, V13]) / V
NEAR = 0.04


def ishigami(units):
    x = math.pi * (2 * units - 1)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def noisy(design, worlds, noise, seed=5):
    """Ishigami in so many worlds a point, each with luck of its own."""
    rng = np.random.default_rng(seed)
    units = design.units
    spread = noise(units) if callable(noise) else noise
    return ishigami(units)[:, None] + np.reshape(spread, (-1, 1)) * rng.standard_normal((len(units), worlds))


@pytest.fixture(scope="module")
def design():
    return sensitivity.Sobol(("x1", "x2", "x3"), 2048, 1)


@pytest.mark.parametrize(
    "noise",
    [pytest.param(4.0, id="the-same-everywhere"), pytest.param(lambda u: 5 * u[:, 0], id="more-on-one-side")],
)
def test_indices_are_those_of_ishigamis_closed_form_though_noise_was_added(design, noise):
    table, about = design.indices(noisy(design, 3, noise))
    assert table["first"].to_numpy() == pytest.approx(FIRST, abs=NEAR)
    assert table["total"].to_numpy() == pytest.approx(TOTAL, abs=NEAR)
    mean_square = 16.0 if not callable(noise) else 25 / 3
    assert about["chance"] == pytest.approx(mean_square / (mean_square + V), abs=NEAR)
    assert about["chance_low"] < mean_square / (mean_square + V) < about["chance_high"]


def test_without_the_correction_they_are_not(design):
    table, _ = design.indices(noisy(design, 3, 4.0))
    assert (np.abs(table["total_raw"] - TOTAL) > 2 * NEAR).all()
    assert abs(table["first_raw"][1] - FIRST[1]) > 2 * NEAR


def test_without_noise_there_is_nothing_to_correct(design):
    table, about = design.indices(noisy(design, 2, 0.0))
    assert table["first"].to_numpy() == pytest.approx(table["first_raw"].to_numpy(), abs=1e-12)
    assert table["total"].to_numpy() == pytest.approx(table["total_raw"].to_numpy(), abs=1e-12)
    assert about["chance"] == 0


def test_uncorrected_they_are_scipys(design):
    values = ishigami(design.units).reshape(2048, 5)
    function = {"f_A": values[:, 0][None], "f_B": values[:, 4][None], "f_AB": values[:, 1:4].T[:, None, :]}
    known = stats.sobol_indices(func=function, n=2048)
    table, _ = design.indices(noisy(design, 2, 0.0))
    assert table["first_raw"].to_numpy() == pytest.approx(known.first_order.ravel(), abs=0.01)
    assert table["total_raw"].to_numpy() == pytest.approx(known.total_order.ravel(), abs=0.01)


def test_the_same_luck_at_every_point_would_be_taken_for_an_input_however_many_points_there_are():
    """Why Sobol' runs every point in worlds of its own: here luck alone decides which way an input works."""
    unlucky = np.array([[1.6, 0.3, 1.1]])  # three draws of a standard normal, as they come
    for points in (128, 2048):
        design = sensitivity.Sobol(("x1", "x2"), points, 1)
        own = np.random.default_rng(3).standard_normal((len(design.worlds), 3))
        x1, x2 = design.units[:, [0]], design.units[:, [1]]
        shared, apart = (
            design.indices(x1 + (x2 - 0.5) * luck)[0].set_index("input")["total"] for luck in (unlucky, own)
        )
        assert apart["x2"] == pytest.approx(0.0, abs=0.15 if points == 128 else 0.04)
        assert shared["x2"] > 0.3


def test_inputs_of_one_group_share_one_index():
    design = sensitivity.Sobol(("x1", "x2", "x3"), 1024, 1, ("both", "x2", "both"))
    table, _ = design.indices(noisy(design, 2, 0.0))
    assert table["input"].tolist() == ["both", "x2"]
    assert table["first"].to_numpy() == pytest.approx([(V1 + V13) / V, V2 / V], abs=0.05)


def test_an_outcome_that_hardly_varies_beyond_chance_has_no_shares_to_speak_of():
    design = sensitivity.Sobol(("a", "b"), 64, 1)
    table, about = design.indices(np.ones((len(design.worlds), 3)))
    assert table["total"].isna().all()
    assert about["sd_of_expected"] == 0


def test_sobol_gives_every_point_its_own_worlds_and_morris_a_trajectory():
    assert len(set(sensitivity.Sobol(("a", "b"), 8, 1).worlds)) == 8 * 4
    assert sensitivity.Morris(("a", "b"), 5, 1).worlds.tolist() == [t for t in range(5) for _ in range(3)]


def screened(noise_in_difference, trajectories=60, worlds=8):
    """y = 3a - 2b + luck of the world + luck that c stirs; c does nothing on average, d nothing at all."""
    design = sensitivity.Morris(("a", "b", "c", "d"), trajectories, 2)
    units, rng = design.units, np.random.default_rng(4)
    luck = rng.normal(0, 10, (trajectories, worlds))[design.worlds]
    stirred = rng.normal(0, noise_in_difference, (trajectories, worlds))[design.worlds]
    values = (3 * units[:, [0]] - 2 * units[:, [1]]) + luck + units[:, [2]] * stirred
    return design.effects(values).set_index("input")


def test_screening_finds_known_effects_under_luck_that_is_three_times_as_large():
    table = screened(1.0)
    assert table.loc["a", "mu"] == pytest.approx(3)
    assert table.loc["b", "mu"] == pytest.approx(-2)
    assert table.loc["b", "mu_star"] == pytest.approx(2)
    assert table.loc["d", "mu_star"] == pytest.approx(0, abs=1e-9)
    assert table.loc[["a", "b"], "above_chance"].all()


def test_what_luck_stirs_is_measured_as_luck_and_not_as_an_effect():
    row = screened(1.0).loc["c"]
    assert row["mu_star"] > 0.2  # it looks like an effect
    assert row["mu_star"] == pytest.approx(row["floor"], rel=0.25)
    assert not row["above_chance"]
    assert row["sigma"] < 0.2


def test_what_is_undefined_is_left_out_by_whole_trajectories_and_too_much_of_it_is_refused():
    design = sensitivity.Morris(("a", "b"), 10, 1)
    values = design.units.sum(axis=1)[:, None] * np.ones((1, 3))
    values[4] = np.nan
    table = design.effects(values)
    assert table["trajectories"].tolist() == [9, 9]
    assert table["mu"].to_numpy() == pytest.approx([1, 1])
    values[:, 1:] = np.nan
    with pytest.raises(sim.ScenarioError, match="undefined in 10 of 10 trajectories"):
        design.effects(values)


@pytest.mark.kernel
def test_a_barrier_that_nobody_meets_does_exactly_nothing_and_one_that_all_meet_does_not():
    around = scenarios.load("shared-decision", set=["setting=same/same"])
    space = contexts.context(around).only(["travel", "digital"])
    found = sensitivity.screen(around, ("accessibility",), trajectories=8, replicates=20, space=space)
    table = found.screening.set_index("input")
    assert table.loc["digital", "mu_star"] == 0
    assert table.loc["travel", "mu"] < -0.1
    assert table.loc["travel", "above_chance"]


@pytest.mark.kernel
def test_both_methods_share_a_space_and_say_what_was_found(tmp_path):
    space = contexts.everything(SMALL).only(["openness", "learning", "influence", "conflict", "facilitation"])
    told = []
    found = sensitivity.both(
        SMALL, ("alignment", "agreement"), trajectories=4, points=8, replicates=3, space=space,
        progress=lambda what, done: told.append((what, done)),
    )  # fmt: skip
    points = sensitivity.points_of("both", 5, 4, 8)
    assert found.runs == 3 * points
    assert max(done for what, done in told if what == "screening") == 4 * 6
    assert set(found.screening["outcome"]) == set(found.indices["outcome"]) == {"alignment", "agreement"}
    said = " ".join(sensitivity.sentences(found, "alignment"))
    assert "Chance is" in said
    assert "inputs do more to it than chance could feign" in said
    for name, chart in tornado.pictures(found).items():
        file = tmp_path / f"{name}.svg"
        chart.save(str(file))
        assert "<svg" in file.read_text(encoding="utf-8")


@pytest.mark.kernel
def test_the_same_seed_gives_the_same_answer_and_another_another():
    space = contexts.context(SMALL).only(["openness", "conflict"])
    tables = [
        sensitivity.screen(
            SMALL, ("alignment",), trajectories=2, replicates=2, space=space, seed=seed
        ).screening
        for seed in (1, 1, 2)
    ]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    assert not tables[0].equals(tables[2])


@pytest.mark.kernel
def test_it_stops_when_asked_to():
    stop = Event()
    stop.set()
    with pytest.raises(contexts.StoppedError):
        sensitivity.screen(SMALL, ("alignment",), trajectories=2, stop=stop)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"outcomes": ("aligment",)}, "nothing called 'aligment' is observed; did you mean 'alignment'?"),
        ({"replicates": 1}, "replicates: at least 2 are needed"),
        ({"trajectories": 1}, "trajectories: at least 2 are needed"),
        ({"outcomes": ()}, "name at least one outcome"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(asked, said):
    with pytest.raises(sim.ScenarioError, match=said.replace("?", r"\?")):
        sensitivity.screen(SMALL, **asked)


def coprod(*arguments):
    command = [sys.executable, "-m", "analysis", *map(str, arguments)]
    return subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.kernel
def test_the_command_prints_the_result_as_json_and_keeps_tables_and_pictures(tmp_path):
    done = coprod(
        "sensitivity", "shared-decision", "--method", "morris", "--outcome", "alignment", "--trajectories", 2,
        "--replicates", 2, "--json", "--out", tmp_path / "kept",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    inputs = found["outcomes"]["alignment"]["inputs"]
    assert {
        parameter.name for parameter in sim.PARAMETERS if parameter.sampled and not parameter.platform
    } <= inputs.keys()
    assert inputs.keys().isdisjoint(OPTIONAL)
    assert found["left_out"].keys() >= set(OPTIONAL)
    assert {"travel", "facilitation", "openness", "power_gap", "size", "time", "space"} <= inputs.keys()
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {
        "sensitivity.json", "screening.csv", "screening.parquet", "tornado-alignment.svg", "heat-map.svg",
    }  # fmt: skip
    assert len(pd.read_parquet(tmp_path / "kept/screening.parquet")) == len(inputs)


def test_the_command_tells_a_mistake_in_one_sentence():
    done = coprod("sensitivity", "shared-decision", "--outcome", "aligment")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "nothing called 'aligment' is observed; did you mean 'alignment'?\n"


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_run(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("")
    done = coprod("sensitivity", "shared-decision", "--out", taken)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{taken}: no folder can be made there (File exists); name another\n"
