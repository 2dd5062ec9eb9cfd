"""The draws pass a published battery in every order in which the model asks for them, and careless draws do not."""

from __future__ import annotations

import numpy as np
import pytest

from sim import chance
from tests.verify import battery
from tests.verify.battery import ADDED, CONGRUENTIAL, COPROD, SHORT, UNMIXED, Result

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

asks_dieharder = pytest.mark.skipif(
    not battery.installed(), reason="dieharder is not installed (apt install dieharder)"
)

ORDERS = ("occasions", "people", "decisions", "replicates", "listeners", "interleaved")
LOOKS = 19 * len(
    ORDERS
)  # p-values in all: a true generator would be rejected once in 100,000 runs of this file


@pytest.fixture(scope="module")
def generators():
    return battery.generators()


def short_list(generators, generator: str, order: str, tests=SHORT) -> list[Result]:
    fill = generators[generator][order]
    return [result for test in tests for result in battery.results(generator, order, fill, test, "short")]


@asks_dieharder
@pytest.mark.parametrize("order", ORDERS)
def test_draws_pass_the_battery_in_every_order(generators, order):
    found = short_list(generators, COPROD, order)
    assert len(found) * len(ORDERS) == LOOKS
    assert battery.rejected(found, LOOKS) == []
    standing = {
        (r.number, r.tuple_of, r.statistic): r.p
        for r in battery.published()
        if (r.generator, r.order, r.list) == (COPROD, order, "short")
    }
    now = {(r.number, r.tuple_of, r.statistic): r.p for r in found}
    assert now == pytest.approx(standing, abs=1e-4), "docs/figures/battery.csv says what comes out"


@asks_dieharder
@pytest.mark.parametrize(
    ("generator", "order"),
    [(UNMIXED, "occasions"), (UNMIXED, "people"), (ADDED, "interleaved"), (CONGRUENTIAL, "sequence")],
)
def test_careless_draws_fail_the_same_battery(generators, generator, order):
    some = [test for test in SHORT if test.number in (0, 3, 8, 9, 200, 203)]
    found = short_list(generators, generator, order, some)
    assert len(battery.rejected(found, LOOKS)) >= 2


def test_every_order_is_made_of_the_draws_of_the_model(generators):
    """The first words of each, written out with the functions that the model calls."""
    world = chance.stream(7, "process")

    def key(world, number):
        return np.uint64(chance.child(chance.child(world, chance.named("citizens")), number))

    def present(world, number):
        return np.uint64(chance.child(key(world, number), chance.named("workshop")))

    def first(order, n=200):
        out = np.zeros(n, np.uint64)
        generators[COPROD][order](out, 0, world)
        return out.tolist()

    def bits(*what):
        return int(chance.bits(*what))

    assert first("occasions", 3) == [bits(present(world, 0), chance.FLOOR, n) for n in range(3)]
    assert first("people", 3) == [bits(present(world, n), chance.WILLING, 0) for n in range(3)]
    assert first("decisions")[43] == bits(present(world, 1), 1, 0)
    assert first("replicates")[5] == bits(present(np.uint64(chance.child(world, 5)), 0), chance.WILLING, 0)
    circle = np.uint64(chance.child(world, 0))
    assert first("listeners")[0] == bits(present(circle, 1) ^ key(circle, 0), chance.MISHEARD, 0)
    assert first("listeners")[19 + 1] == bits(present(circle, 2) ^ key(circle, 1), chance.MISHEARD, 1)
    table = np.uint64(chance.child(circle, 0))
    assert first("interleaved")[4] == bits(present(table, 0), chance.WILLING, 0)
    assert first("interleaved")[100 + 42 + 3] == bits(present(table, 3), chance.FLOOR, 1)
    assert first("interleaved")[100 + 20] == bits(
        present(table, 0) ^ np.uint64(chance.named("parking")), chance.ISSUE, 0
    )


def test_words_go_on_where_the_last_block_ended(generators):
    for orders in generators.values():
        for fill in orders.values():
            whole, parts = np.zeros(64, np.uint64), np.zeros(32, np.uint64)
            fill(whole, 0, np.uint64(5))
            for first in (0, 32):
                fill(parts, first, np.uint64(5))
                assert parts.tolist() == whole[first : first + 32].tolist()


def test_samples_are_read_as_dieharder_prints_them():
    said = "  craps,  3,0.96,  PASSED  \n#===#\n,0.5,\n,0.6,\n,0.9,\n#===#\n\n  craps,  3,1.0,  FAILED \n,0.1,\n,0.2,\n,0.3,\n"
    assert battery.read(said) == [
        ("craps", [0.5, 0.6, 0.9], 0.96, "PASSED"),
        ("craps", [0.1, 0.2, 0.3], 1.0, "FAILED"),
    ]
