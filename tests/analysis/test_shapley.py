"""Shapley shares: games whose answer is known, the axioms, and the six mechanisms over worlds."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import analysis
import scenarios
import sim
from analysis.explaining.shares import COALITIONS, Shares
from analysis.games import interaction_indices, players_of, shapley_values

whole = st.integers(-50, 50)


def game(players, worth):
    """The values of all coalitions, each given as the set of its players."""
    return np.array(
        [Fraction(worth({i for i in range(players) if c >> i & 1})) for c in range(2**players)], dtype=object
    )


def airport(costs):
    """Whoever lands needs a runway; a coalition needs the longest among its own."""
    return game(len(costs), lambda who: max((costs[i] for i in who), default=0))


def by_orders(values, weight=lambda order: 1):
    """The same shares the long way: the mean, over all orders of joining, of what each adds. `weight` is for controls."""
    n = players_of(values)
    orders = list(permutations(range(n)))
    shares = [Fraction(0)] * n
    for order in orders:
        there = 0
        for player in order:
            shares[player] += weight(order) * (values[there | 1 << player] - values[there])
            there |= 1 << player
    return [share / sum(weight(order) for order in orders) for share in shares]


# ---- games with a known answer -------------------------------------------------------------------------------------


def test_in_the_glove_game_the_one_left_glove_is_worth_two_thirds_and_each_right_one_a_sixth():
    gloves = game(3, lambda who: 0 in who and bool(who & {1, 2}))
    assert list(shapley_values(gloves)) == [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]


def test_in_an_additive_game_everybody_gets_what_they_bring_and_nobody_interacts():
    brings = [3, -1, 4, 1, 5, 0]
    values = game(6, lambda who: sum(brings[i] for i in who))
    assert list(shapley_values(values)) == brings
    assert not interaction_indices(values).any()


def test_in_the_airport_game_each_stretch_of_runway_is_paid_by_those_who_use_it():
    costs = [
        12,
        20,
        33,
        33,
        50,
    ]  # Littlechild & Owen (1973): each stretch is shared evenly by all who need it
    stretches = [b - a for a, b in zip([0, *costs], costs, strict=False)]
    expected = [
        sum((Fraction(stretches[s], len(costs) - s) for s in range(i + 1)), Fraction(0))
        for i in range(len(costs))
    ]
    assert list(shapley_values(airport(costs))) == expected


def test_the_averages_over_orders_written_out_agree_and_a_skewed_average_does_not():
    values = airport([5, 7, 1, 9])
    assert list(shapley_values(values)) == by_orders(values)
    assert list(shapley_values(values)) != by_orders(values, weight=lambda order: 1 + (order[0] == 0))


def test_sharing_by_what_each_adds_alone_or_last_does_not_share_out_all():
    values = airport([12, 20, 33, 33, 50])
    everybody = len(values) - 1
    alone = [values[1 << i] for i in range(5)]
    last = [values[everybody] - values[everybody & ~(1 << i)] for i in range(5)]
    assert sum(shapley_values(values)) == values[everybody]
    assert sum(alone) > values[everybody] > sum(last)


def test_two_players_who_are_worth_something_only_together_interact_by_just_that():
    values = game(4, lambda who: 6 * ({0, 2} <= who))
    index = interaction_indices(values)
    assert index[0, 2] == index[2, 0] == 6
    index[0, 2] = index[2, 0] = 0
    assert not index.any()


def test_two_players_who_stand_in_for_one_another_interact_below_nothing():
    assert interaction_indices(game(2, lambda who: bool(who)))[0, 1] == -1


def test_three_who_are_needed_together_share_an_interaction_in_each_pair():
    index = interaction_indices(game(3, lambda who: len(who) == 3))
    assert index[0, 1] == index[0, 2] == index[1, 2] == Fraction(1, 2)  # Grabisch & Roubens (1999)


# ---- axioms --------------------------------------------------------------------------------------------------------


@given(st.integers(1, 5).flatmap(lambda n: st.lists(whole, min_size=2**n, max_size=2**n)))
def test_the_shares_add_up_to_the_last_digit(values):
    exact = np.array([Fraction(v, 7) for v in values], dtype=object)
    assert sum(shapley_values(exact)) == exact[-1] - exact[0]


@given(st.lists(whole, min_size=8, max_size=8), st.lists(whole, min_size=8, max_size=8))
def test_the_shares_of_two_games_played_together_are_the_shares_of_each_added_up(first, second):
    one, two = (np.array([Fraction(v) for v in values], dtype=object) for values in (first, second))
    assert list(shapley_values(one + two)) == list(shapley_values(one) + shapley_values(two))


@given(st.lists(whole, min_size=8, max_size=8))
def test_somebody_who_never_adds_anything_gets_nothing_and_interacts_with_nobody(values):
    with_a_bystander = np.array([*values, *values], dtype=float)
    assert shapley_values(with_a_bystander)[3] == 0
    assert not interaction_indices(with_a_bystander)[3].any()


def test_many_games_at_once_give_what_each_gives_alone():
    games = np.random.default_rng(3).normal(size=(4, 5, 16))
    assert shapley_values(games).shape == (4, 5, 4)
    np.testing.assert_allclose(shapley_values(games)[2, 3], shapley_values(games[2, 3]), atol=1e-14)
    np.testing.assert_allclose(interaction_indices(games)[2, 3], interaction_indices(games[2, 3]), atol=1e-14)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0, 3.0], 7.0])
def test_what_is_no_game_is_refused(values):
    if np.shape(values) == (1,):
        assert len(shapley_values(values)) == 0
    else:
        with pytest.raises(ValueError, match="a value for each coalition"):
            shapley_values(values)


# ---- mechanisms over worlds ----------------------------------------------------------------------------------------


def made_of(values, outcome="agreement", undefined=0):
    values = np.asarray(values, dtype=float)
    return Shares(outcome, 1, np.arange(len(values)), undefined, values)


def test_the_bootstrap_interval_holds_the_truth_about_as_often_as_it_claims_and_a_narrow_one_does_not():
    rng, held, narrow = np.random.default_rng(8), 0, 0
    bits = np.arange(COALITIONS) & 1
    for _ in range(80):
        found = made_of(bits * rng.normal(1.0, 1.0, (60, 1))).share["intentions"]
        held += found["low"] <= 1.0 <= found["high"]
        narrow += abs(found["mean"] - 1.0) <= 0.25 * (found["high"] - found["low"]) / 2
    assert 0.88 <= held / 80 <= 1.0
    assert narrow / 80 < 0.6


def test_one_world_has_shares_and_no_interval_and_none_has_neither():
    one = made_of(np.arange(64.0)[None, :])
    assert one.share["assets"] == {"mean": pytest.approx(2.0), "low": None, "high": None, "n": 1}
    none = made_of(np.empty((0, 64)), undefined=5)
    assert none.share["assets"] == {"mean": None, "low": None, "high": None, "n": 0}
    assert none.start is None
    assert none.large == ()


def test_an_interaction_is_large_only_if_it_is_a_good_part_of_the_whole():
    who = np.arange(COALITIONS)
    both = ((who & 3) == 3).astype(float)
    noise = np.random.default_rng(2).normal(0, 0.01, (50, COALITIONS))
    assert made_of(both + noise).large == (("intentions", "assets"),)
    assert made_of(100 * (who >> 5 & 1) + both + noise).large == ()


@pytest.fixture(scope="module")
def shares():
    return analysis.shapley("nine-cells", seed=5, replicates=12)


@pytest.mark.kernel
def test_the_shares_of_the_mechanisms_add_up_to_what_all_six_change(shares):
    total = sum(found["mean"] for found in shares.share.values())
    assert total == pytest.approx(shares.end - shares.start, abs=1e-12)
    exact = shapley_values(np.array([[Fraction(v) for v in world] for world in shares.values], dtype=object))
    for world, shared in zip(shares.values, exact, strict=True):
        assert sum(shared) == Fraction(world[-1]) - Fraction(world[0])


@pytest.mark.kernel
def test_each_coalition_is_what_the_same_worlds_give_with_the_others_switched_off(shares):
    plain = sim.simulate(scenarios.load("nine-cells"), replicates=12, seed=5).final("agreement")
    np.testing.assert_array_equal(shares.values[:, -1], plain)
    off = [
        f"dials.{name}=0"
        for name in ("intentions", "assets", "documentation", "interpretation", "understanding")
    ]
    talk = sim.simulate(scenarios.load("nine-cells", set=off), replicates=12, seed=5).final("agreement")
    coalition = 1 << sim.MECHANISMS.index("dialogue")
    np.testing.assert_array_equal(shares.values[:, coalition], talk)
    assert shares.coalitions.loc[coalition, "dialogue"]
    assert shares.coalitions.loc[coalition, list(sim.MECHANISMS)].sum() == 1
    assert shares.coalitions.loc[coalition, "mean"] == pytest.approx(talk.mean())


@pytest.mark.kernel
def test_a_mechanism_that_is_switched_off_anyway_carries_nothing():
    design = scenarios.load("shared-decision", set=["dials.understanding=0"])
    found = analysis.shapley(design, seed=2, replicates=8).share
    assert found["understanding"] == {"mean": 0.0, "low": 0.0, "high": 0.0, "n": 8}
    assert found["dialogue"]["mean"] != 0


@pytest.mark.kernel
def test_worlds_in_which_the_outcome_is_not_defined_for_some_coalition_are_left_out_and_counted():
    found = analysis.shapley(
        "nine-cells", "voice_equality", seed=5, replicates=4
    )  # nobody speaks without dialogue
    assert (found.undefined, len(found.worlds)) == (4, 0)
    assert found.table["mean"].isna().all()


@pytest.mark.kernel
def test_an_outcome_that_there_is_not_is_refused_in_a_sentence():
    with pytest.raises(sim.CoprodError, match="there is no outcome 'agrement'; did you mean 'agreement'"):
        analysis.shapley("nine-cells", "agrement")


def test_those_who_are_needed_share_evenly_however_many_others_there_are():
    for n, k in ((3, 2), (6, 4)):
        shares_of_all = shapley_values(game(n, lambda who, k=k: set(range(k)) <= who))
        assert list(shares_of_all) == [Fraction(1, k)] * k + [Fraction(0)] * (n - k)
