"""Means with their uncertainty, and designs held against each other."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis import statistics

NAN = float("nan")


def runs(name, values, *, seed=1, replicates=None, outcome="agreement"):
    """Runs in which one outcome ended with these values."""
    ended = np.array(values, dtype=float)
    numbers = np.arange(len(ended)) if replicates is None else np.array(replicates)
    return SimpleNamespace(
        scenario=SimpleNamespace(name=name),
        seed=seed,
        replicates=numbers,
        outcomes=(outcome,),
        final=lambda outcome, scope="all": ended.copy(),
    )


def said(first, second, **more):
    comparison = statistics.compare(
        runs("plain", first, **more), runs("fancy", second, **more), more.get("outcome", "agreement")
    )
    return statistics.sentence(comparison)


def test_the_interval_of_a_mean_is_the_t_interval_of_the_textbook():
    values = np.random.default_rng(5).normal(3, 2, 17)
    found = statistics.estimate(values)
    low, high = stats.t.interval(0.95, 16, loc=values.mean(), scale=stats.sem(values))
    assert (found["low"], found["mean"], found["high"]) == pytest.approx(
        (low, values.mean(), high), rel=1e-12
    )
    assert found["n"] == 17


def test_the_interval_holds_the_truth_as_often_as_it_claims_and_a_narrower_one_does_not():
    draws = np.random.default_rng(11).normal(size=(4000, 5))
    found = [statistics.estimate(row) for row in draws]
    held = sum(one["low"] <= 0 <= one["high"] for one in found)
    held_if_narrower = sum(
        0.8 * one["low"] + 0.2 * one["mean"] <= 0 <= 0.8 * one["high"] + 0.2 * one["mean"] for one in found
    )
    assert stats.binomtest(held, 4000, 0.95).pvalue > 0.001
    assert stats.binomtest(held_if_narrower, 4000, 0.95).pvalue < 0.001


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], (None, None, None, 0)),
        ([NAN, NAN], (None, None, None, 0)),
        ([0.3], (0.3, None, None, 1)),
        ([NAN, 0.3], (0.3, None, None, 1)),
        ([0.1, 0.1, 0.1], (0.1, 0.1, 0.1, 3)),
    ],
)
def test_where_there_is_little_to_say_little_is_said(values, expected):
    found = statistics.estimate(np.array(values))
    assert (found["mean"], found["low"], found["high"], found["n"]) == expected


def test_undefined_worlds_are_left_out_and_counted():
    with_holes, without = np.array([0.2, NAN, 0.4, NAN, 0.9]), np.array([0.2, 0.4, 0.9])
    assert statistics.estimate(with_holes) == statistics.estimate(without)
    assert statistics.estimate(with_holes)["n"] == 3


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_a_mean_lies_in_its_interval_whatever_the_order_of_worlds(values):
    found = statistics.estimate(np.array(values))
    turned = statistics.estimate(np.array(values[::-1]))
    assert found["low"] <= found["mean"] <= found["high"]
    assert turned["mean"] == pytest.approx(found["mean"], rel=1e-9, abs=1e-9)


def test_the_summary_has_every_outcome():
    found = {"agreement": statistics.estimate(np.array([0.5, 0.6, 0.55]))}
    assert statistics.summary(runs("plain", [0.5, 0.6, 0.55])) == found


def test_an_interval_ends_where_the_range_of_the_outcome_does():
    values = [0, 0, 0, 0.1]
    assert statistics.estimate(np.array(values))["low"] < 0
    assert statistics.at_the_end(runs("plain", values), "agreement")["low"] == 0


@pytest.mark.parametrize(("yes", "n"), [(0, 20), (7, 20), (20, 20)])
def test_the_interval_of_a_share_of_worlds_is_wilsons(yes, n):
    found = statistics.at_the_end(runs("plain", [1] * yes + [0] * (n - yes) + [NAN]), "consensus_reached")
    low, high = stats.binomtest(yes, n).proportion_ci(method="wilson")
    assert (found["low"], found["high"]) == pytest.approx((low, high), abs=1e-12)
    assert (found["mean"], found["n"]) == (yes / n, n)


def test_pairing_worlds_shows_what_means_alone_would_hide():
    luck = np.random.default_rng(3).random(50)
    comparison = statistics.compare(runs("plain", luck), runs("fancy", luck + 0.01), "agreement")
    assert (comparison.more, comparison.less, comparison.same) == (50, 0, 0)
    assert comparison.shows
    assert comparison.difference["mean"] == pytest.approx(0.01)


def test_only_worlds_that_both_designs_were_run_in_are_paired():
    first = runs("plain", [1, 2, 3], replicates=[0, 1, 2])
    second = runs("fancy", [9, 2, 5], replicates=[1, 2, 3])
    comparison = statistics.compare(first, second, "agreement")
    assert (comparison.worlds, comparison.more, comparison.less) == (2, 1, 1)
    assert comparison.difference["mean"] == pytest.approx(3)


def test_worlds_of_different_seeds_are_not_paired():
    with pytest.raises(ValueError, match="do not share worlds"):
        statistics.compare(runs("plain", [1, 2], seed=1), runs("fancy", [1, 2], seed=2), "agreement")


def test_rounding_is_not_a_difference():
    comparison = statistics.compare(runs("plain", [0.1 + 0.2, 1.0]), runs("fancy", [0.3, 1.0]), "agreement")
    assert (comparison.more, comparison.less, comparison.same) == (0, 0, 2)


def test_a_clear_difference_is_told_with_its_count_and_size():
    low = [0.1, 0.2, 0.3, 0.4, 0.5]
    assert said(low, [0.5, 0.6, 0.7, 0.8, 0.45], outcome="informed_agreement") == (
        "fancy reaches more informed agreement than plain in 4 of 5 worlds (difference 0.31, 95% interval 0.06 to 0.56)."
    )


def test_less_is_told_as_less():
    assert said([0.5, 0.6, 0.7], [0.1, 0.21, 0.3], outcome="left_out").startswith(
        "fancy leaves fewer people out than plain in 3 of 3 worlds (difference -0.4"
    )
    assert said([500, 600, 700.0], [100, 210, 300], outcome="cost").startswith(
        "fancy costs less than plain in 3 of 3 worlds"
    )


def test_a_difference_that_the_worlds_cannot_show_is_not_claimed():
    sentence = said([0.1, 0.5, 0.9, 0.3], [0.5, 0.1, 0.85, 0.4])
    assert sentence.startswith("fancy and plain: no difference in agreement that 4 worlds can show")
    assert "reaches" not in sentence


def test_a_difference_carried_by_few_worlds_says_so():
    first, second = np.zeros(100), np.zeros(100)
    second[:30] = 1.0
    assert said(first, second) == (
        "fancy reaches more agreement than plain on average, though in only 30 of 100 worlds, as much in 70 "
        "(difference 0.30, 95% interval 0.21 to 0.39)."
    )


def test_equal_designs_are_called_equal():
    assert said([0.1, 0.2], [0.1, 0.2]) == "fancy and plain do not differ in agreement in any of 2 worlds."


def test_worlds_in_which_it_is_undefined_are_named():
    assert said([0.1, 0.2, 0.4, NAN], [0.5, 0.6, 0.81, 0.9]).startswith(
        "fancy reaches more agreement than plain in 3 of the 3 worlds where it is defined for both"
    )
    assert (
        said([NAN, 1], [1, NAN]) == "fancy and plain: agreement is not defined for both in any of 2 worlds."
    )


def test_one_world_shows_no_difference():
    assert (
        said([0.1], [0.4])
        == "fancy and plain: agreement differs by 0.30 in one world, and one world shows no difference."
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.50"), (12345.6, "12,346"), (42.123, "42.1"), (-0.0001, "0.00"), (-0.5, "-0.50")],
)
def test_numbers_have_the_decimals_that_they_can_bear(value, text):
    assert statistics.number(value) == text


def test_a_small_difference_has_the_decimals_to_be_seen():
    chance = np.random.default_rng(2)
    luck, gain = chance.random(400), chance.normal(0.001, 0.001, 400)
    found = statistics.estimate(gain)
    assert said(luck, luck + gain).endswith(
        f"(difference {found['mean']:.4f}, 95% interval {found['low']:.4f} to {found['high']:.4f})."
    )


def test_an_interval_that_leaves_out_zero_does_not_look_as_if_it_ended_there():
    gain = np.array([0.1] * 4 + [0.0] * 96)
    found = statistics.estimate(gain)
    assert 0 < found["low"] < 0.0005
    assert "95% interval 0.0001 to 0.0079" in said(np.zeros(100), gain)
