"""A published battery on the draws: Brown's dieharder, which holds Marsaglia's Diehard and parts of NIST's suite.

The 64-bit words of the draws go into `dieharder -g 200` (raw numbers on its input) in the orders in which the model
asks for them. A keyed draw may be random along one order and not along another, so each order is a generator of its own.
Every test of the battery meets words of its own (another seed), so that the tests are independent of one another.

Dieharder takes each test several times and asks whether the p-values of these samples are uniform. Its own answer is
right for a hundred samples and wrong for ten (its Kolmogorov-Smirnov divides by n + 1, which makes ordinary samples look
too good), so the samples are read and the exact test is done here; its own answer and verdict stand beside it.

    python -m tests.verify.battery          the short list: every order, a cipher, and the controls (two minutes)
    python -m tests.verify.battery --all    every test of `dieharder -a` that counts as Good, on every order (hours)

Both write what came out to docs/figures/battery.csv, go on from what stands there, and print what is not plainly passed.
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
from scipy import stats

from sim import chance
from sim.compiler import compiled_anew

PUBLISHED = Path(__file__).parents[2] / "docs" / "figures" / "battery.csv"

Fill = Callable[[np.ndarray, int, np.uint64], None]
"""Fill an array with the words of an order, from the so-many-th on, under the key of a stream."""

BLOCK = 2**17  # words at a time: a megabyte


@dataclass(frozen=True)
class Test:
    """One call of dieharder: number of the test, its n-tuple, and how many p-values it takes to its end."""

    __test__ = False  # not one of pytest's

    number: int
    tuple_of: int = 0
    samples: int = 0
    """0: as many as dieharder takes by itself (mostly 100)."""

    @property
    def arguments(self) -> list[str]:
        """As dieharder wants them."""
        size = ["-n", str(self.tuple_of)] if self.tuple_of else []
        return ["-d", str(self.number), *size, *(["-p", str(self.samples)] if self.samples else [])]


# All of those that dieharder's own list marks Good and that take a second or less with ten samples.
SHORT = tuple(
    Test(number, tuple_of, 10)
    for number, tuple_of in (
        (0, 0), (1, 0), (3, 0), (4, 0), (8, 0), (9, 0), (10, 0), (12, 0), (15, 0), (16, 0), (100, 0), (101, 0),
        (200, 4), (201, 2), (201, 5), (202, 5), (203, 1),
    )
)  # fmt: skip

# The tests of `dieharder -a` with its own numbers of samples, without those that its list marks Suspect (5, 6, 7) or
# Do Not Use (14). What takes longest comes last.
LONG = (
    *(Test(number) for number in (0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 15, 16, 100, 101, 102)),
    *(Test(201, n) for n in range(2, 6)),
    *(Test(202, n) for n in range(2, 6)),
    Test(204),
    *(Test(200, n) for n in range(1, 13)),
    *(Test(number) for number in (206, 207, 208, 205, 209, 17)),
    *(Test(203, n) for n in range(33)),
)


@dataclass(frozen=True)
class Result:
    """One p-value of the battery."""

    generator: str
    order: str
    list: str
    """Short or all."""
    number: int
    """Dieharder's number for the test, and its n-tuple as asked."""
    tuple_of: int
    test: str
    statistic: int
    """Which of the p-values of this call."""
    samples: int
    p: float
    """Are the samples' p-values uniform? Exact Kolmogorov-Smirnov test, two-sided."""
    theirs: float
    verdict: str
    """Dieharder's own answer and word: PASSED, WEAK (outside 0.005 to 0.995) or FAILED (a millionth from an end)."""


# ------------------------------------------------------------------------------------------------- words in an order

PEOPLE, TURNS, ISSUES, SESSIONS, BARRIERS = 20, 30, 3, 4, 4
"""The meeting in `interleaved`: so many people, turns, issues, sessions in a replicate, and barriers."""


def family(bits: Callable, child: Callable) -> dict[str, Fill]:
    """The orders in which the model asks for draws, made with a way of drawing."""
    citizens, workshop = chance.named("citizens"), chance.named("workshop")
    issues = np.array([chance.named(name) for name in ("parking", "beds", "night-shifts")])
    decisions = chance.DROPOUT + 1

    @compiled_anew
    def person(world, number):
        """The key of somebody: world, group, number within it."""
        return child(child(world, citizens), number)

    @compiled_anew
    def present(world, number):
        """The key of somebody in one session."""
        return child(person(world, number), workshop)

    @compiled_anew
    def heard(world, listener, speaker, turn):
        """How the so-many-th of the others mishears a speaker."""
        someone = listener + (1 if listener >= speaker else 0)
        return bits(present(world, someone) ^ person(world, speaker), chance.MISHEARD, turn)

    @compiled_anew
    def occasions(out, first, key):
        """One person decides the same thing again and again."""
        someone = present(key, 0)
        for n in range(out.size):
            out[n] = bits(someone, chance.FLOOR, first + n)

    @compiled_anew
    def people(out, first, key):
        """Everybody of a large group decides once."""
        for n in range(out.size):
            out[n] = bits(present(key, first + n), chance.WILLING, 0)

    @compiled_anew
    def all_decisions(out, first, key):
        """Each person makes each kind of decision once, then the next person does."""
        for n in range(out.size):
            at = first + n
            out[n] = bits(present(key, at // decisions), at % decisions, 0)

    @compiled_anew
    def replicates(out, first, key):
        """One person decides once in every world."""
        for n in range(out.size):
            out[n] = bits(present(child(key, first + n), 0), chance.WILLING, 0)

    @compiled_anew
    def listeners(out, first, key):
        """Turn by turn, everybody else in the circle mishears the speaker: one person's key upon another's."""
        for n in range(out.size):
            at = first + n
            turn, listener = at // (PEOPLE - 1) % TURNS, at % (PEOPLE - 1)
            world = child(key, at // ((PEOPLE - 1) * TURNS))
            out[n] = heard(world, listener, turn % PEOPLE, turn)

    @compiled_anew
    def interleaved(out, first, key):
        """World by world and session by session: who comes, and in each turn who speaks, on what, and how it is heard."""
        arrivals = PEOPLE * (BARRIERS + 1)
        in_a_turn = PEOPLE + ISSUES + PEOPLE - 1
        in_a_session = arrivals + TURNS * in_a_turn
        for n in range(out.size):
            at = first + n
            meeting, within = at // in_a_session, at % in_a_session
            world = child(child(key, meeting // SESSIONS), meeting % SESSIONS)
            if within < arrivals:
                who, what = within // (BARRIERS + 1), within % (BARRIERS + 1)
                decision, occasion = (chance.BARRIER_MET, what) if what < BARRIERS else (chance.WILLING, 0)
                out[n] = bits(present(world, who), decision, occasion)
                continue
            turn, what = (within - arrivals) // in_a_turn, (within - arrivals) % in_a_turn
            if what < PEOPLE:
                out[n] = bits(present(world, what), chance.FLOOR, turn)
            elif what < PEOPLE + ISSUES:
                out[n] = bits(present(world, turn % PEOPLE) ^ issues[what - PEOPLE], chance.ISSUE, turn)
            else:
                out[n] = heard(world, what - PEOPLE - ISSUES, turn % PEOPLE, turn)

    return {
        "occasions": occasions, "people": people, "decisions": all_decisions, "replicates": replicates,
        "listeners": listeners, "interleaved": interleaved,
    }  # fmt: skip


def unmixed() -> dict[str, Fill]:
    """The same orders with the mixing of the draws made careless: without its two multiplications."""
    golden, one = np.uint64(chance.GOLDEN), np.uint64(1)
    _27, _30, _31, _40 = (np.uint64(n) for n in (27, 30, 31, 40))

    @compiled_anew
    def mixed(x):
        x = x ^ (x >> _30)
        x = x ^ (x >> _27)
        return x ^ (x >> _31)

    @compiled_anew
    def child(key, name):
        return mixed(np.uint64(key) + golden * (np.uint64(name) + one))

    @compiled_anew
    def bits(key, decision, occasion):
        return mixed(np.uint64(key) + golden * ((np.uint64(decision) << _40) + np.uint64(occasion) + one))

    return family(bits, child)


def added() -> dict[str, Fill]:
    """The same orders with good draws from careless keys: a name is added to a key and not mixed into it.

    Then the third person's fifth turn is the fifth person's third. Each order by itself may look random; together they
    are not.
    """
    golden, one = np.uint64(chance.GOLDEN), np.uint64(1)

    @compiled_anew
    def child(key, name):
        return np.uint64(key) + golden * (np.uint64(name) + one)

    return family(chance.bits, child)


def congruential() -> dict[str, Fill]:
    """A linear congruential generator of 32 bits (Numerical Recipes), two numbers a word."""
    a, c, _32, low = np.uint64(1664525), np.uint64(1013904223), np.uint64(32), np.uint64(0xFFFFFFFF)

    @compiled_anew
    def sequence(out, first, key):
        x = (np.uint64(key) + np.uint64(first)) & low if first == 0 else np.uint64(out[-1]) >> _32
        for n in range(out.size):
            x = (a * x + c) & low
            word = x
            x = (a * x + c) & low
            out[n] = word | (x << _32)

    return {"sequence": sequence}


COPROD, UNMIXED, ADDED, CONGRUENTIAL, CIPHER = "coprod", "unmixed", "keys added", "32-bit LCG", "AES"


def generators() -> dict[str, dict[str, Fill]]:
    """Whose words are tested: the draws, and controls that must be found out."""
    return {
        COPROD: family(chance.bits, chance.child),
        UNMIXED: unmixed(),
        ADDED: added(),
        CONGRUENTIAL: congruential(),
    }


# ------------------------------------------------------------------------------------------------ asking dieharder


def installed() -> bool:
    """Is dieharder here?"""
    return shutil.which("dieharder") is not None


def version() -> str:
    """The version of dieharder, as it says it."""
    said = subprocess.run(["dieharder", "-l"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"version (\S+)", said)
    assert found is not None
    return found[1]


COLUMNS = ("test_name", "psamples", "pvalues", "assessment", "65536")  # the last: the samples


def said_of(test: Test, source: Iterable[bytes] | None) -> str:
    """What dieharder prints about a source of bytes, or about its own cipher if there is none."""
    generator = ["-g", "205", "-S", "1"] if source is None else ["-g", "200"]
    shown = [part for column in COLUMNS for part in ("-D", column)]
    with subprocess.Popen(
        ["dieharder", *generator, *test.arguments, "-c", ",", *shown],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):  # it hangs up when it has seen enough
            for block in source or ():
                process.stdin.write(block)
        with suppress(BrokenPipeError):
            process.stdin.close()
        said = process.stdout.read().decode()
    assert "," in said, f"dieharder said: {said!r}"
    return said


def read(said: str) -> list[tuple[str, list[float], float, str]]:
    """Name, the samples' p-values, dieharder's answer and its verdict, for each statistic of one test."""
    found: list[tuple[str, list[float], float, str]] = []
    for line in said.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) == 4:
            found.append((cells[0], [], float(cells[2]), cells[3]))
        elif len(cells) == 3:
            found[-1][1].append(float(cells[1]))
    return found


def words(fill: Fill, seed: int) -> Iterator[bytes]:
    """The words of an order as bytes, without end."""
    out, key = np.zeros(BLOCK, np.uint64), np.uint64(chance.stream(seed, "process"))
    first = 0
    while True:
        fill(out, first, key)
        yield out.tobytes()
        first += BLOCK


def results(generator: str, order: str, fill: Fill | None, test: Test, name: str) -> list[Result]:
    """What one test says to one order; each test has a seed of its own."""
    source = None if fill is None else words(fill, seed=1000 * test.number + test.tuple_of)
    found = []
    for statistic, (called, samples, theirs, verdict) in enumerate(read(said_of(test, source))):
        p = float(stats.kstest(samples, "uniform", method="exact").pvalue)
        asked = (test.number, test.tuple_of, called, statistic, len(samples))
        found.append(Result(generator, order, name, *asked, p, theirs, verdict))
    return found


# ------------------------------------------------------------------------------------------------------ what came out


def threshold(number: int, once_in: float = 1e5) -> float:
    """The p-value below which one of so many is a rejection: true generators meet it once in so many runs (Bonferroni)."""
    return 1 / once_in / number


def rejected(found: list[Result], number: int | None = None) -> list[Result]:
    """Those p-values which no true generator would give, where so many were looked at in all."""
    limit = threshold(len(found) if number is None else number)
    return [result for result in found if result.p < limit]


KINDS: dict[str, Callable] = {"str": str, "int": int, "float": float}


def published(file_of: Path = PUBLISHED) -> list[Result]:
    """What stands in docs/figures/battery.csv."""
    if not file_of.exists():
        return []
    lines = [line for line in file_of.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [
        Result(**{field.name: KINDS[str(field.type)](row[field.name]) for field in fields(Result)})
        for row in csv.DictReader(lines)
    ]


def publish(found: list[Result], file_of: Path = PUBLISHED) -> None:
    """Write all results to the file."""
    file_of.parent.mkdir(exist_ok=True)
    half = file_of.with_suffix(".part")
    with half.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# dieharder {version()}; made by python -m tests.verify.battery, and with --all\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(Result)])
        for result in found:
            writer.writerow(
                [f"{value:.8g}" if isinstance(value, float) else value for value in astuple(result)]
            )
    half.replace(file_of)


def jobs(name: str) -> list[tuple[str, str, Fill | None]]:
    """Generator, order and way of filling: of the draws alone in the long list, also of the controls in the short one."""
    found: list[tuple[str, str, Fill | None]] = [
        (generator, order, fill)
        for generator, orders in generators().items()
        for order, fill in orders.items()
        if name == "short" or generator == COPROD
    ]
    return found if name == "all" else [*found, (CIPHER, "sequence", None)]


def main() -> None:
    """Run what is asked for, keep it, and say what is not plainly passed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--all", action="store_true", help="every test of `dieharder -a` that counts as Good")
    parser.add_argument("--to", type=Path, default=PUBLISHED, help="the file that keeps what came out")
    options = parser.parse_args()
    name, tests = ("all", LONG) if options.all else ("short", SHORT)
    work = jobs(name)
    done = {(r.generator, r.order, r.number, r.tuple_of) for r in published(options.to) if r.list == name}
    for test in tests:
        for generator, order, fill in work:
            if (generator, order, test.number, test.tuple_of) not in done:
                new = results(generator, order, fill, test, name)
                publish(published(options.to) + new, options.to)
    for generator, order, _ in work:
        own = [r for r in published(options.to) if (r.generator, r.order, r.list) == (generator, order, name)]
        print(
            f"{generator}, {order}: {len(own)} p-values, {len(rejected(own))} rejected, least {min(r.p for r in own):.2g}"
        )
        for result in own:
            if generator == COPROD and (result.verdict != "PASSED" or result.p < 0.005):
                print(
                    f"    {result.test} {result.tuple_of}: {result.p:.2g} ({result.theirs:.8f} {result.verdict})"
                )


if __name__ == "__main__":
    main()
