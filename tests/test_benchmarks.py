"""The benchmarks run, compare equals, and say everything that the table shows. No times are judged here."""

import json
import math

import pytest

from benchmarks import __main__ as bench
from benchmarks import hearing, table

pytestmark = [pytest.mark.kernel, pytest.mark.slow]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    out = tmp_path_factory.mktemp("bench") / "benchmarks.json"
    bench.main(["--quick", "--out", str(out)])
    return json.loads(out.read_text())


def numbers(found):
    if isinstance(found, dict):
        return [number for value in found.values() for number in numbers(value)]
    return [found] if isinstance(found, float) else []


def test_every_measurement_is_there_and_every_figure_is_a_number(found):
    assert set(found) == {
        "quick", "machine", "load", "hearing", "dialogue", "twin", "workers", "pairs", "scaling", "starts",
        "studies",
    }  # fmt: skip
    assert len(numbers(found)) > 60
    assert all(math.isfinite(number) for number in numbers(found))


def test_c_and_kernel_hear_the_same(found):
    if hearing.compiler() is None:
        pytest.skip("there is no C compiler here")
    for name in ("six_on_video", "six_in_a_room", "two_hundred_on_video"):
        assert found["hearing"][name]["largest_difference"] <= 1e-12
        assert found["hearing"][name]["hearings"] > 1000


def test_numpy_and_kernel_hold_the_same_dialogue(found):
    for circles in found["dialogue"].values():
        assert circles["turns"] > 10
        assert circles["largest_difference"] <= 1e-12


def test_every_rival_is_measured_or_said_to_be_skipped(found):
    pairs = found["pairs"]
    assert {"coprod", "coprod, whole run", "Mesa", "bare numpy"} <= set(pairs["nanoseconds"])
    assert set(pairs["skipped"]) == {"NDlib", "AgentPy", "mesa-frames"}


def test_the_table_is_written_between_its_markers_and_nowhere_else(found, tmp_path, monkeypatch):
    readme = tmp_path / "README.md"
    readme.write_text("# coprod\n\n## Where things are\n\nhere\n")
    monkeypatch.setattr(table, "README", readme)
    table.write_readme(found)
    once = readme.read_text()
    table.write_readme(found)
    assert readme.read_text() == once
    assert once.startswith("# coprod\n\n## How fast\n\n<!-- bench -->\n| what | figure |\n")
    assert once.endswith("<!-- /bench -->\n\n## Where things are\n\nhere\n")
    assert 8 <= len(table.rows(found)) <= 11
