"""The statistics of a test, against published numbers and against worlds whose truth is known."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import DescrStatsW

from analysis import verdicts


def claim(expected="more", smallest=0.1, kind="emergent"):
    return SimpleNamespace(expected=expected, smallest=smallest, kind=kind)


def worlds(mean, spread=0.05, n=200, seed=1):
    """Values with exactly this mean and spread."""
    noise = np.random.default_rng(seed).normal(size=n)
    return mean + spread * (noise - noise.mean()) / noise.std(ddof=1)


def verdict(values, *others, **said):
    claims = {"it": claim(**said)} | {f"other{i}": claim() for i in range(len(others))}
    effects = {"it": values} | {f"other{i}": other for i, other in enumerate(others)}
    return verdicts.found(claims, effects)["it"]


# ---- published numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variation", "n", "power"),
    [(0.3, 40, 0.815845), (0.2, 20, 0.834680)],  # PowerTOST, sampleN.TOST(theta0 = 0.95), 2x2 design
)
def test_power_of_two_one_sided_tests_is_what_powertost_publishes(variation, n, power):
    within = math.sqrt(math.log(1 + variation**2))
    found = verdicts.power_of_equivalence(math.log(1.25), math.log(0.95), within * math.sqrt(2 / n), n - 2)
    assert found == pytest.approx(power, abs=1e-6)


def test_power_of_a_paired_t_test_is_what_gpower_and_r_publish():
    """d = 0.5, alpha = .05: R's power.t.test(type = "paired", power = .95) gives n = 53.94, so that 54 are enough and 53 are not."""
    assert verdicts.power_of_difference(0.5, 1.0, 54) >= 0.95 > verdicts.power_of_difference(0.5, 1.0, 53)


def test_the_equivalence_interval_is_that_of_lakens_example():
    """Lakens 2017, TOSTone(m = 0.54, mu = 0.5, sd = 1.2, n = 100, bounds of 0.3 d): 90% interval -0.159 to 0.239, equivalent."""
    found = verdict(worlds(0.04, 1.2, 100), smallest=0.36)
    assert (found.low90, found.high90) == pytest.approx((-0.159, 0.239), abs=5e-4)
    assert found.verdict == "equivalent"
    assert verdict(worlds(0.04, 1.2, 100), smallest=0.2).verdict == "undecided"


def test_two_one_sided_tests_and_the_90_percent_interval_say_the_same():
    for mean in (0.0, 0.05, 0.085, 0.09, 0.095, 0.11):
        values = worlds(mean, 0.1, 60)
        p = DescrStatsW(values).ttost_mean(-0.1, 0.1)[0]
        assert (verdict(values).verdict == "equivalent") == (p < 0.05)


def test_holms_steps_are_those_of_the_textbook_example():
    """p = .01, .04, .03, .005 at .05: the first and the last are rejected, the other two are not."""
    shares = verdicts._adjusted({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    assert shares == pytest.approx({"d": 0.05 / 4, "a": 0.05 / 3, "c": 0.05 / 2, "b": 0.05 / 2})


def test_adjusted_intervals_leave_out_zero_exactly_where_holm_of_statsmodels_rejects():
    rng = np.random.default_rng(3)
    for _ in range(30):
        effects = {f"c{i}": rng.normal(rng.choice([0, 0.2, 0.4]), 1, 60) for i in range(rng.integers(1, 9))}
        found = verdicts.found({name: claim(smallest=1e-9) for name in effects}, effects)
        p = [DescrStatsW(values).ttest_mean(0)[1] for values in effects.values()]
        rejected = multipletests(p, method="holm")[0]
        assert [finding.low > 0 or finding.high < 0 for finding in found.values()] == list(rejected)


# ---- verdicts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mean", "expected", "said"),
    [
        (0.2, "more", "supported"),
        (-0.2, "more", "refuted"),
        (0.2, "less", "refuted"),
        (-0.2, "less", "supported"),
        (0.02, "more", "equivalent"),
        (-0.02, "more", "equivalent"),
        (0.02, "same", "equivalent"),
        (0.2, "same", "refuted"),
        (0.2, None, "different"),
        (0.02, None, "equivalent"),
    ],
)
def test_a_verdict_follows_from_the_interval_the_direction_and_the_smallest_effect(mean, expected, said):
    assert verdict(worlds(mean), expected=expected).verdict == said


@pytest.mark.parametrize("expected", ["more", "less", "same", None])
def test_wide_intervals_decide_nothing(expected):
    assert verdict(worlds(0.05, 2.0, 50), expected=expected).verdict == "undecided"


def test_what_is_shown_but_too_small_to_matter_is_equivalent_and_not_supported():
    found = verdict(worlds(0.03, 0.01))
    assert found.low > 0
    assert found.verdict == "equivalent"


def test_more_claims_make_it_harder():
    alone, among = (
        verdict(worlds(0.3, 1.0, 60)),
        verdict(worlds(0.3, 1.0, 60), *(worlds(0, 1, 60, s) for s in range(2, 12))),
    )
    assert alone.verdict == "supported"
    assert among.verdict == "undecided"
    assert (among.low90, among.high90) == (alone.low90, alone.high90)


def test_what_holds_by_construction_is_verified_and_takes_nothing_from_the_others():
    built = {"built": claim(kind="by_construction"), "it": claim()}
    found = verdicts.found(built, {"built": worlds(0.5), "it": worlds(0.3, 1.0, 60)})
    assert found["built"].verdict == "verified"
    assert found["it"].low == verdict(worlds(0.3, 1.0, 60)).low
    assert verdict(worlds(-0.5), kind="by_construction").verdict == "violated"
    assert verdict(worlds(0.0), kind="by_construction").verdict == "violated"


def test_undefined_worlds_are_left_out_and_counted():
    values = worlds(0.2)
    values[:30] = np.nan
    found = verdict(values)
    assert (found.n, found.worlds) == (170, 200)
    assert verdict(np.full(20, np.nan)) == verdicts.Finding(None, None, None, None, None, 0, 20, "undecided")


def test_what_never_varies_is_a_point():
    assert verdict(np.full(9, 0.3)) == verdicts.Finding(0.3, 0.3, 0.3, 0.3, 0.3, 9, 9, "supported", True)
    assert verdict(np.zeros(9)).verdict == "equivalent"
    assert verdict(np.array([0.3])).verdict == "undecided"


# ---- planning ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("effect", [0.1, 0.0])
def test_worlds_have_the_power_that_they_are_said_to_have_and_half_of_them_do_not(effect):
    """At the smallest effect the test is to support, without any effect to call it equivalent, in 95 of 100 studies."""
    rng, spread, smallest = np.random.default_rng(9), 0.5, 0.1
    wanted = "supported" if effect else "equivalent"

    def power(n):
        if effect:
            return verdicts.power_of_difference(effect, spread, n)
        return verdicts.power_of_equivalence(smallest, 0.0, spread / math.sqrt(n), n - 1)

    def share(n, studies=400):
        found = [verdict(rng.normal(effect, spread, n)).verdict for _ in range(studies)]
        return found.count(wanted) / studies

    enough = next(n for n in range(100, 10_000) if power(n) >= 0.95)
    error = math.sqrt(0.95 * 0.05 / 400)
    assert share(enough) > 0.95 - 4 * error
    assert share(enough // 2) < 0.95 - 4 * error
    assert verdicts.worlds_needed(spread, smallest, claims=1) >= enough


def test_planned_worlds_part_effects_near_the_smallest_one_from_it():
    """An effect of .8 of the smallest is called equivalent in nine of ten samples; with a tenth of the worlds it is a toss."""
    rng, spread = np.random.default_rng(5), 0.5
    planned = verdicts.worlds_needed(spread, 0.1, claims=1)

    def share(n):
        found = [verdict(rng.normal(0.08, spread, n)).verdict for _ in range(200)]
        return found.count("equivalent") / 200

    assert share(planned) > 0.9
    assert share(planned // 10) < 0.6
    values = rng.normal(0, spread, planned)
    low, high = verdicts.interval(values, verdicts.ALPHA)
    assert (high - low) / 2 == pytest.approx(verdicts.PRECISION * 0.1, rel=0.05)


def test_more_claims_and_smaller_effects_need_more_worlds():
    needed = verdicts.worlds_needed
    assert needed(0.5, 0.1, 1) < needed(0.5, 0.1, 10) < needed(0.5, 0.05, 10)
    assert needed(0.0, 0.1, 5) == needed(1e-9, 0.1, 5) == verdicts.FEWEST


def test_the_spread_that_is_planned_with_is_seldom_too_small():
    rng = np.random.default_rng(4)
    cautious = [verdicts.cautious_spread(rng.normal(0, 2, 40)) for _ in range(1000)]
    plain = [rng.normal(0, 2, 40).std(ddof=1) for _ in range(1000)]
    assert np.mean(np.array(cautious) >= 2) == pytest.approx(verdicts.CAUTION, abs=0.05)
    assert np.mean(np.array(plain) >= 2) < verdicts.CAUTION - 0.2
    assert verdicts.cautious_spread(np.array([1.0, np.nan])) == 0.0
