"""`coprod test`, `lock` and `contest`, as real processes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import analysis

pytestmark = pytest.mark.kernel

ROOT = Path(analysis.__file__).parents[1]
COPROD = [sys.executable, "-m", "analysis"]
MINE = """
title = "Mine"
source = "nobody"

[claims.notes]
says = "Notes help."
source = "nobody"
context = { scenario = "shared-decision" }
mechanism = ["documentation"]
factors.documentation.levels = { without = ["dials.documentation=0"], with = [] }
outcome = "alignment"
expected = "more"
smallest = 0.05
kind = "emergent"
"""


@pytest.fixture
def coprod(tmp_path):
    (tmp_path / "mine.toml").write_text(MINE)

    def run(*arguments):
        return subprocess.run(
            [*COPROD, *map(str, arguments)],
            cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "COLUMNS": "100", **os.environ},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    run.folder = tmp_path
    return run


def test_a_test_shows_its_plan_before_and_its_verdicts_after(coprod):
    done = coprod("test", "mine.toml")
    assert done.returncode == 0
    assert re.search(
        r"1 experiment, 2 designs, 50 worlds for each: 100 runs in all, about \S+ second", done.stderr
    )
    assert re.search(r"notes +(supported|refuted|equivalent|undecided)", done.stdout)
    assert "Intervals are adjusted for 1 claims" not in done.stdout


def test_json_is_the_result_and_nothing_else(coprod):
    done = coprod("test", "mine.toml", "--replicates", 20, "--robust", 2, "--json")
    said = json.loads(done.stdout)
    assert set(said) == {"notes"}
    assert said["notes"]["replicates"] == 20
    assert 0 <= said["notes"]["share_of_plausible_worlds"] <= 1


def test_a_folder_keeps_runs_verdicts_and_a_page_and_the_same_command_goes_on_there(coprod):
    first = coprod("test", "mine.toml", "--replicates", 20, "--out", "kept", "--json")
    kept = {path.name: path.read_bytes() for path in (coprod.folder / "kept" / "runs").iterdir()}
    again = coprod("test", "mine.toml", "--replicates", 20, "--out", "kept", "--json")
    assert (
        json.loads(first.stdout)
        == json.loads(again.stdout)
        == json.loads((coprod.folder / "kept" / "test.json").read_text())
    )
    assert kept == {path.name: path.read_bytes() for path in (coprod.folder / "kept" / "runs").iterdir()}
    page = (coprod.folder / "kept" / "report.html").read_text()
    assert "What the model says to each claim" in page
    assert "://" not in page, "nothing is fetched"


def test_resuming_a_test_is_left_to_the_command_that_judges(coprod):
    coprod("test", "mine.toml", "--replicates", 10, "--out", "kept")
    before = {path.name: path.read_bytes() for path in (coprod.folder / "kept").iterdir() if path.is_file()}
    done = coprod("resume", "kept")
    assert done.returncode == 2
    assert "this folder keeps a test of theories" in done.stderr
    assert "`coprod test mine.toml --replicates 10 --out kept` goes on with it" in done.stderr
    assert before == {
        path.name: path.read_bytes() for path in (coprod.folder / "kept").iterdir() if path.is_file()
    }


def test_check_finds_what_a_test_would_refuse(coprod):
    (coprod.folder / "odd.toml").write_text(MINE.replace('"alignment"', '"happiness"'))
    done = coprod("check", "mine.toml", "odd.toml")
    assert done.returncode == 2
    assert done.stdout == "mine.toml: ok\n"
    assert "claims.notes.outcome: nothing called 'happiness' is observed" in done.stderr


def test_what_was_locked_is_what_is_run_or_every_deviation_is_told(coprod):
    assert coprod("lock", "mine.toml", "--replicates", 10).returncode == 0
    same = coprod("test", "mine.toml", "--replicates", 10)
    assert "This is the test that mine.lock.json locked" in same.stderr
    other = coprod("test", "mine.toml", "--replicates", 12, "--seed", 2)
    assert "deviates in 2 points" in other.stderr
    assert "analysis.replicates: locked 10, run 12" in other.stderr
    assert other.returncode == 0


def test_rivals_are_held_against_each_other(coprod):
    done = coprod("contest", "contact", "power-first", "--replicates", 10, "--out", "kept")
    assert done.returncode == 0
    assert "contact and power-first are equifinal here" in done.stdout
    assert set(json.loads((coprod.folder / "kept" / "contest.json").read_text())["theories"]) == {
        "contact",
        "power-first",
    }
    assert (
        "Which theory predicts what the model shows" in (coprod.folder / "kept" / "report.html").read_text()
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["test", "eea"], "there is no theory 'eea' in the library; did you mean 'eaa'?"),
        (["test", "eaa/interpretation_alone"], "test takes a whole theory, as in `coprod test eaa`"),
        (["test", "mine.toml", "--replicates", "some"], "it must be a whole number from 2 to 10,000,000, found 'some'"),
        (["test", "mine.toml", "--locked", "none.json"], "none.json: it cannot be read: no such file or directory"),
        (["contest", "eaa"], "a contest needs at least two theories"),
        (["contest", "eaa", "contact", "--patterns", "cores"], "there is no set of patterns 'cores' in the library; did you mean 'core'?"),
        (["contest", "eaa", "mine.toml"], "mine predicts nothing about these patterns"),
        (["lock", "mine.toml", "--out", "no/such/place.json"], "no/such/place.json: it cannot be written: no such file or directory"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_plain_sentence(coprod, arguments, sentence):
    done = coprod(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert [path.name for path in coprod.folder.iterdir()] == ["mine.toml"]


def test_ctrl_c_ends_a_test_and_keeps_what_is_done(coprod):
    command = [*COPROD, "test", "mine.toml", "--replicates", "400000", "--out", "kept"]
    process = subprocess.Popen(
        command, cwd=coprod.folder, env={"PYTHONPATH": str(ROOT), **os.environ},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not list((coprod.folder / "kept").rglob("*.parquet")) and not list(
        (coprod.folder / "kept").rglob("*-0*")
    ):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "Stopped." in told
