"""Keyed chance: uniform, independent, and the same compiled or not; a sloppy generator fails the same tests."""

import hashlib
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

import sim
from sim import chance
from sim.chance import bits, count, draw, normal, one_of, sooner, triangle

pytestmark = pytest.mark.kernel

compiled = sim.compiled
kin = chance.child


def child(key, name):
    """A key, which stays unsigned on its way through Python."""
    return np.uint64(kin(key, name))


# A true generator is rejected once in a hundred thousand tests; the controls fail by far more.
REJECT = 1e-5
N = 20_000


@compiled
def fill(out, key, decision):
    for n in range(out.size):
        out[n] = draw(key, decision, n)


@compiled
def fill_over_children(out, key, decision):
    for n in range(out.size):
        out[n] = draw(kin(key, n), decision, 0)


@compiled
def fill_over_grandchildren(out, key, decision):
    for n in range(out.size):
        out[n] = draw(kin(kin(key, n // 40), n % 40), decision, 0)


@compiled
def fill_over_pairs(out, key, decision):
    """Whoever mishears whom: keys of two people, one upon the other."""
    for n in range(out.size):
        out[n] = draw(kin(kin(key, n // 150), 7) ^ kin(key, n % 150), decision, 3)


@compiled
def fill_over_decisions(out, key, decision):
    for n in range(out.size):
        out[n] = draw(kin(key, n // 40), decision + n % 40, 0)


WAYS = (fill, fill_over_children, fill_over_grandchildren, fill_over_pairs, fill_over_decisions)
KEY = chance.stream(1, "process")


def sequence(way, seed=1, n=N):
    out = np.empty(n)
    way(out, chance.stream(seed, "process"), chance.FLOOR)
    return out


def even(numbers):
    """Equidistribution in 100 cells."""
    return stats.chisquare(np.bincount((numbers * 100).astype(int), minlength=100)).pvalue


def serial(numbers):
    """Pairs of neighbours in 15 x 15 cells."""
    cells = (numbers * 15).astype(int)
    pairs = cells[0::2][: len(cells) // 2] * 15 + cells[1::2]
    return stats.chisquare(np.bincount(pairs, minlength=225)).pvalue


def lagged(numbers):
    """Correlation with what came 1 to 10 draws before; the least likely counts, for ten looks."""
    worst = min(stats.pearsonr(numbers[lag:], numbers[:-lag]).pvalue for lag in range(1, 11))
    return min(1.0, 10 * worst)


def fine(numbers):
    """Equidistribution of what stands far behind the point."""
    return even((numbers * 1_000_003) % 1.0)


def spaced(numbers):
    """Birthday spacings (Marsaglia 1985): among 512 birthdays in 2**24 days, repeated spacings are Poisson, mean 2."""
    repeats = 0
    samples = len(numbers) // 512
    for sample in numbers[: samples * 512].reshape(samples, 512):
        spacings = np.diff(np.sort((sample * 2**24).astype(np.int64)))
        repeats += len(spacings) - len(np.unique(spacings))
    return stats.binomtest(repeats, 10**7, samples * 2 / 10**7).pvalue


def runs_up(numbers):
    """Kolmogorov and Smirnov on maxima of five (Knuth's maximum-of-t)."""
    return stats.kstest(numbers.reshape(-1, 5).max(axis=1) ** 5, "uniform").pvalue


BATTERY = (even, serial, lagged, fine, spaced, runs_up)


@pytest.mark.parametrize("test", BATTERY, ids=lambda test: test.__name__)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: getattr(way, "__name__", str(way)))
@pytest.mark.parametrize("seed", [1, 2])
def test_draws_are_uniform_and_independent_in_every_direction(way, test, seed):
    assert test(sequence(way, seed)) > REJECT


def golden_ratio(n=N):
    """Evenly spread, and anything but independent."""
    return (np.arange(n) * 0.6180339887498949) % 1.0


def counting(n=N):
    """A key that is added instead of mixed: neighbours get nearly the same number."""
    return (np.arange(n) // 40 * 0.37 + np.arange(n) % 40 * 0.001) % 1.0


def short_memory(n=N):
    """A linear congruential generator of 16 bits."""
    out, x = np.empty(n), 1
    for i in range(n):
        x = (75 * x + 74) % 65537
        out[i] = x / 65537
    return out


@pytest.mark.parametrize("sloppy", [golden_ratio, counting, short_memory], ids=lambda s: s.__name__)
def test_the_battery_rejects_sloppy_generators(sloppy):
    assert min(test(sloppy()) for test in BATTERY) < REJECT


def test_the_battery_rejects_a_rate_that_is_slightly_wrong():
    tilted = sequence(fill) ** 1.1
    assert min(test(tilted) for test in BATTERY) < REJECT


@pytest.mark.parametrize("other", range(1, 6))
def test_streams_of_chance_know_nothing_of_each_other(other):
    here = sequence(fill, 1)
    for there in (sequence(fill, 1 + other), sequence(fill_over_children, 1 + other)):
        assert stats.pearsonr(here, there).pvalue > REJECT
        assert np.abs(here - there).min() > 0
    population = np.empty(N)
    fill(population, chance.stream(1, "population"), chance.FLOOR)
    assert stats.pearsonr(here, population).pvalue > REJECT


def test_every_bit_is_as_often_0_as_1_and_changes_when_one_bit_of_the_key_does():
    words = [int(bits(child(KEY, n), 3, 4)) for n in range(2000)]
    for bit in range(64):
        ones = sum(word >> bit & 1 for word in words)
        assert stats.binomtest(ones, 2000, 0.5).pvalue > REJECT
    for flipped in range(64):
        other = [int(bits(np.uint64(int(child(KEY, n)) ^ (1 << flipped)), 3, 4)) for n in range(200)]
        changed = sum((a ^ b).bit_count() for a, b in zip(words[:200], other, strict=True))
        assert abs(changed / (200 * 64) - 0.5) < 0.03


def test_no_two_keys_of_a_family_are_the_same():
    names = [chance.named(text) for text in ("why", "who", "how", "what", "citizens", "patients")]
    keys = {int(child(child(KEY, replicate), name)) for replicate in range(2000) for name in names}
    assert len(keys) == 12_000


def test_decisions_and_occasions_do_not_run_into_each_other():
    words = {
        int(bits(KEY, decision, occasion)) for decision in range(42) for occasion in (0, 1, 2**20, 2**40 - 1)
    }
    assert len(words) == 42 * 4


def test_decisions_have_numbers_of_their_own():
    names = [name for name in dir(chance) if name.isupper() and isinstance(getattr(chance, name), int)]
    decisions = [
        getattr(chance, name)
        for name in names
        if name not in ("MASK", "GOLDEN", "FIRST", "SECOND", "FREE", "PLAIN")
    ]
    assert len(decisions) == len(set(decisions)) >= 42
    assert max(decisions) < chance.FREE


def test_triangles_are_triangular_and_normals_normal():
    triangles = np.array([triangle(KEY, 5, n) for n in range(N)])
    assert stats.kstest(triangles, stats.triang(0.5, -1, 2).cdf).pvalue > REJECT
    assert stats.kstest(triangles, stats.norm(0, 6**-0.5).cdf).pvalue < REJECT
    normals = np.array([normal(KEY, 5, 2 * n) for n in range(N)])
    assert stats.kstest(normals, "norm").pvalue > REJECT
    assert stats.kstest(normals, stats.t(8).cdf).pvalue < REJECT


@compiled
def race(weights, key, wins):
    for n in range(wins.sum(), wins.sum() + 20_000):
        best, winner = np.inf, -1
        for i in range(weights.size):
            wait = sooner(best, weights[i], draw(kin(key, i), 1, n))
            if wait < best:
                best, winner = wait, i
        wins[winner] += 1


def test_races_are_won_in_proportion_to_the_weights():
    weights, wins = np.array([1.0, 0.0, 2.5, 0.3, 4.0]), np.zeros(5, np.int64)
    race(weights, KEY, wins)
    assert wins[1] == 0
    share = weights / weights.sum()
    assert stats.chisquare(np.delete(wins, 1), np.delete(share, 1) * 20_000).pvalue > REJECT
    wrong = weights**1.1 / (weights**1.1).sum()
    assert stats.chisquare(np.delete(wins, 1), np.delete(wrong, 1) * 20_000).pvalue < REJECT


def test_one_more_runner_takes_only_the_races_that_it_wins():
    weights = [1.0, 2.0, 0.5, 3.0]

    def winner(runners, n):
        waits = {i: sooner(math.inf, weights[i], draw(child(KEY, i), 1, n)) for i in range(runners)}
        return min(waits, key=waits.get)

    for n in range(500):
        few, more = winner(3, n), winner(4, n)
        assert more in (few, 3)


def by_share(key, decision, occasion, n):
    """One of n by the share of the row at which a draw falls: as likely each, and another one in a longer row."""
    return int(draw(key, decision, occasion * 64) * n)


def chosen(way, n, times=4000):
    return np.array([way(child(KEY, t), chance.FOLLOWED, t % 40, n) for t in range(times)])


@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_each_in_a_row_is_chosen_as_often(n):
    counts = np.bincount(chosen(one_of, n), minlength=n)
    assert len(counts) == n
    if n > 1:
        assert stats.chisquare(counts).pvalue > REJECT
        lopsided = np.bincount((chosen(one_of, n) ** 2 // n), minlength=n)
        assert stats.chisquare(lopsided).pvalue < REJECT


@pytest.mark.parametrize("n", [1, 6, 99])
def test_a_longer_row_changes_only_the_choices_that_the_newcomer_wins(n):
    short, long = chosen(one_of, n), chosen(one_of, n + 1)
    won = long == n
    assert (short[~won] == long[~won]).all()
    assert stats.binomtest(int(won.sum()), len(won), 1 / (n + 1)).pvalue > REJECT
    if n > 1:
        moved = chosen(by_share, n) != chosen(by_share, n + 1)
        assert moved.mean() > 2 / (n + 1), "a choice by share moves many others too"


@pytest.mark.parametrize("amount", [0.0, 0.25, 1.0, 2.7, 1000.001])
def test_a_fractional_amount_is_the_whole_part_plus_one_with_the_fraction_as_chance(amount):
    counts = np.array([count(amount, draw(KEY, 9, n)) for n in range(4000)])
    whole = int(amount)
    assert set(counts) <= {whole, whole + 1}
    assert stats.binomtest(int((counts > whole).sum()), 4000, amount - whole).pvalue > REJECT


PLAIN_AND_COMPILED = """
import hashlib
import numpy as np
from sim import chance
digest = hashlib.sha256()
for n in range(10_000):
    key = np.uint64(chance.child(chance.stream(n % 7, "process"), n * n))
    digest.update(np.float64(chance.draw(key, n % 50, n)).tobytes())
    digest.update(np.float64(chance.triangle(key, n % 50, n)).tobytes())
    digest.update(np.float64(chance.normal(key, n % 50, n)).tobytes())
    digest.update(np.int64(chance.count(n / 7, chance.draw(key, 1, n))).tobytes())
    digest.update(np.float64(chance.sooner(np.inf, 0.3 + n, chance.draw(key, 2, n))).tobytes())
print(digest.hexdigest())
"""


def test_ten_thousand_draws_are_the_same_compiled_or_not():
    digests = {
        subprocess.run(
            [sys.executable, "-W", "error", "-c", PLAIN_AND_COMPILED],
            env={**os.environ, "NUMBA_DISABLE_JIT": plain}, capture_output=True, text=True, check=True,
        ).stdout
        for plain in ("0", "1")
    }  # fmt: skip
    assert len(digests) == 1
    assert len(digests.pop().strip()) == len(hashlib.sha256().hexdigest())


def splitmix64(state):
    """The published finaliser, written out again with Python's integers."""
    mask = 2**64 - 1
    z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


REFERENCE_BITS = splitmix64((1 + 0x9E3779B97F4A7C15 * ((2 << 40) + 3 + 1)) % 2**64)


def test_a_draw_is_splitmix64_of_its_key_decision_and_occasion():
    assert int(bits(np.uint64(1), 2, 3)) == REFERENCE_BITS
    assert draw(np.uint64(1), 2, 3) == (REFERENCE_BITS >> 11) / 2**53


def test_a_name_is_the_same_number_in_every_year():
    digest = hashlib.blake2b(b"citizens", digest_size=8).digest()
    assert int(chance.named("citizens")) == int.from_bytes(digest, "little")
    assert int(chance.stream(1, "process")) == int(chance.named("coprod/process/1"))
