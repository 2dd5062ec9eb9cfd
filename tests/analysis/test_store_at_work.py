"""One study, several processes: who may work on a folder at a time, how parts come together, and what is refused."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import analysis
import scenarios
import sim
from analysis import shelf, store, studies
from sim import CoprodError

HERE = Path(analysis.__file__).parents[1]
NAME, REPLICATES = "citizens-blended", 1500  # six chunks
ASKED = ["run", NAME, "--replicates", str(REPLICATES)]

pytestmark = pytest.mark.kernel


def started(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "analysis", *map(str, arguments)],
        cwd=HERE,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def coprod(*arguments, **environment):
    with started(*arguments, **environment) as process:
        out, err = process.communicate(timeout=200)
    return process.returncode, out, err


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for kind in ("runs", "chunks")
        for path in (folder / kind).glob("[!.]*")
    }


def everything(folder):
    return {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "lock" not in path.name
    }


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    folder = tmp_path_factory.mktemp("straight")
    studies.make([scenarios.load(NAME)], replicates=REPLICATES, store=store.Store(folder))
    return folder


@pytest.fixture
def quick(monkeypatch):
    """Chunks of three runs, and no report."""
    monkeypatch.setattr(shelf, "chunk_size", lambda scenario: 3)
    monkeypatch.setattr(shelf, "large_size", lambda scenario: 6)
    monkeypatch.setattr(store, "_write_report", lambda study, path: path.write_text("told elsewhere"))


# ---- one at a time -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_second_process_is_told_that_the_first_is_at_work_and_a_killed_one_blocks_nobody(
    tmp_path, straight
):
    long = ["run", NAME, "--replicates", "200000", "--out", tmp_path]
    with started(*long) as first:
        while not contents(tmp_path):
            assert first.poll() is None, first.stderr.read()
            time.sleep(0.01)
        for second in (long, ["resume", tmp_path], [*long, "--resume"], [*long, "--part", "1/2"]):
            code, out, err = coprod(*second)
            assert (code, out) == (2, "")
            assert f"{tmp_path}: process {first.pid} is at work" in err
            assert len(err.splitlines()) == 1
        first.kill()
    assert first.returncode == -signal.SIGKILL
    code, _, err = coprod(*ASKED, "--out", tmp_path)  # the first runs of the same definition
    assert code == 0, err
    assert "are used again" in err
    np.testing.assert_array_equal(
        store.read(tmp_path).designs[0].values, store.read(straight).designs[0].values
    )


def test_parts_may_be_at_work_together_but_not_the_same_part_twice_nor_beside_the_whole(tmp_path):
    here, there = store.Store(tmp_path), store.Store(tmp_path)
    with here.at_work((1, 3)):
        with there.at_work((2, 3)):
            pass
        for part, words in (((1, 3), "part 1 of this study"), (None, "this study")):
            with pytest.raises(store.OutputError, match=f"is at work on {words}"), there.at_work(part):
                pass
    with here.at_work(), pytest.raises(store.OutputError, match="is at work"), there.at_work((2, 3)):
        pass
    with there.at_work():
        pass


# ---- array jobs ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_parts_of_an_array_job_come_together_to_the_same_bytes_though_one_was_killed(tmp_path, straight):
    asked = [*ASKED, "--out", tmp_path]
    parts = [started(*asked, "--part", f"{k}/3") for k in (1, 2, 3)]
    while not any("-0000594-" in name for name in contents(tmp_path)):  # the second part's first chunk
        assert parts[1].poll() is None, parts[1].stderr.read()
        time.sleep(0.001)
    parts[1].kill()
    ended = [process.communicate(timeout=200) for process in parts]
    assert [process.returncode for process in parts] == [0, -signal.SIGKILL, 0], ended
    assert "its 594 runs are in" in ended[0][1]
    assert f"coprod resume {tmp_path}" in ended[0][1]
    assert store.read_made(tmp_path)["state"] == "planned"
    assert "--part" not in store.read_made(tmp_path)["command"]
    with pytest.raises(store.OutputError, match="missing"):
        store.read(tmp_path)
    code, _, err = coprod(*asked, "--resume")
    assert code == 0, err
    assert "are used again" in err
    assert contents(tmp_path) == contents(straight)
    made = [store.read_made(folder)["designs"] for folder in (tmp_path, straight)]
    assert made[0] == made[1]


def test_the_shares_of_all_parts_hold_every_run_once(quick):
    designs = [scenarios.load("shared-decision"), scenarios.load("shared-decision", set=["name=other"])]
    for first, second, n in ((8, 11, 3), (1, 1, 4), (100, 7, 5), (30, 30, 1)):
        counts = {"shared-decision": first, "other": second}
        shares = [studies.share_of(designs, counts, (k, n)) for k in range(1, n + 1)]
        for design, count in enumerate((first, second)):
            assert [run for share in shares for run in share[design]] == list(range(count))
        chunks = [sum(-(-len(share) // 3) for share in part) for part in shares]
        assert max(chunks) - min(chunks) <= 1


# ---- resuming what was asked, and nothing else ---------------------------------------------------------------------


def made(folder, *designs, resume=False, replicates=8, **more):
    return studies.make(
        designs, replicates=replicates, store=store.Store(folder), resume=resume, command="coprod run", **more
    )


def test_resuming_needs_a_study_and_makes_none(tmp_path):
    for arguments in (["run", NAME, "--resume", "--out", tmp_path / "none"], ["resume", tmp_path / "none"]):
        code, out, err = coprod(*arguments)
        assert (code, out) == (2, "")
        assert "no study of coprod's is kept here" in err
        assert len(err.splitlines()) == 1
        assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": 2}, "seed 1, not 2"),
        ({"replicates": 9}, "replicates 8, not 9"),
        ({"set": ["dials.documentation=0"]}, "scenarios "),
        ({"set": ["name=other"]}, "designs shared-decision, not other"),
    ],
)
def test_resuming_another_study_says_what_differs_and_changes_nothing(tmp_path, quick, change, words):
    made(tmp_path, scenarios.load("shared-decision"))
    before = everything(tmp_path)
    other = scenarios.load("shared-decision", set=change.pop("set", ()))
    with pytest.raises(store.OutputError, match="the study here has") as refused:
        made(tmp_path, other, resume=True, **change)
    assert words in str(refused.value)
    assert f"coprod resume {tmp_path}" in str(refused.value)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("how", [["run", "shared-decision", "--replicates", "5"], ["resume"]])
def test_a_study_of_another_version_of_the_model_is_left_as_it_is(tmp_path, quick, how):
    made(tmp_path, scenarios.load("shared-decision"), replicates=5)
    told = json.loads((tmp_path / "study.json").read_text())
    told |= {"model": "0123456789abcdef", "versions": {**told["versions"], "coprod": "0.0.9"}}
    (tmp_path / "study.json").write_text(json.dumps(told))
    before = everything(tmp_path)
    where = [tmp_path] if how == ["resume"] else ["--out", tmp_path]
    code, out, err = coprod(*how, *where)
    assert (code, out) == (2, "")
    assert "another version of the model made this study (coprod 0.0.9, python" in err.splitlines()[-1]
    assert "Nothing was changed" in err
    assert everything(tmp_path) == before


def test_what_was_killed_between_putting_chunks_together_and_removing_them_is_put_right(
    tmp_path, quick, monkeypatch
):
    design = scenarios.load("shared-decision")
    made(tmp_path / "straight", design)
    unlink, spared = Path.unlink, []

    def spare(self, missing_ok=False):
        if self.suffix == ".arrow":
            spared.append(self)
        else:
            unlink(self, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", spare)
        made(tmp_path / "killed", design)
    assert (
        len([name for name in contents(tmp_path / "killed") if name.startswith("chunks/")])
        == 3
        == len(set(spared))
    )
    assert len(store.read(tmp_path / "killed").designs[0].replicates) == 8
    made(tmp_path / "killed", design, resume=True)
    assert contents(tmp_path / "killed") == contents(tmp_path / "straight")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--resume"], "--resume needs the folder that keeps the study"),
        (["--scheduler", "tcp://127.0.0.1:1"], "--scheduler needs the folder"),
        (["--part", "1/2"], "--part needs the folder"),
        (["--part", "0/2"], "such as 3/40, found '0/2'"),
        (["--part", "3/2"], "found '3/2'"),
        (["--part", "half"], "found 'half'"),
        (["--part", "1/2", "--scheduler", "tcp://127.0.0.1:1", "--out", "never"], "choose one"),
    ],
)
def test_a_mistake_is_one_plain_sentence_and_nothing_is_made(tmp_path, arguments, words):
    code, out, err = coprod("run", "shared-decision", *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1
    assert not (HERE / "never").exists()


# ---- runs that fail ------------------------------------------------------------------------------------------------

BREAKS = """
import math
import sim
from sim.session import hold_session as ordinary

@sim.compiled
def breaking(world, meeting, setup):
    ordinary(world, meeting, setup)
    if setup_luck(world) > 0.8:
        raise ValueError("the coffee was cold")

@sim.compiled
def setup_luck(world):
    total = 0.0
    for i in range(world.people.views.shape[0]):
        for k in range(world.people.views.shape[1]):
            total += abs(world.people.views[i, k]) * 1000.0
    return total - math.floor(total)
"""

STUDIED = """
import sys, scenarios, sim
from analysis import store, studies
from breaks import breaking
study = studies.make(
    [scenarios.load("shared-decision")], replicates=30, session=breaking, store=store.Store(sys.argv[1]), workers=2
)
raised = []
for replicate in range(30):
    try:
        sim.simulate(scenarios.load("shared-decision"), 1, first=replicate, session=breaking)
    except ValueError:
        raised.append(replicate)
assert raised, "no run failed, so nothing is shown"
assert list(study.failed["shared-decision"]) == raised, (study.failed, raised)
assert study.designs[0].replicates.tolist() == [r for r in range(30) if r not in raised]
"""


def test_runs_that_raise_are_found_recorded_and_left_out_and_the_line_that_is_recorded_raises_again(tmp_path):
    (tmp_path / "breaks.py").write_text(BREAKS)
    environment = {
        **os.environ,
        "NUMBA_DISABLE_JIT": "1",  # the same rules, without minutes of compiling
        "PYTHONPATH": f"{HERE}{os.pathsep}{tmp_path}",
    }

    def python(*arguments, cwd=tmp_path):
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=200,
        )

    ended = python("-c", STUDIED, tmp_path / "out")
    assert ended.returncode == 0, ended.stderr
    told = store.read_made(tmp_path / "out")["designs"][0]["failed"]
    assert {one["why"] for one in told} == {"ValueError: the coffee was cold"}
    line = told[0]["again"]
    assert line.startswith('python -c "import analysis; analysis.open(')
    code = line.removeprefix('python -c "').removesuffix('"')
    seen = python("-c", code, cwd=tmp_path / "out")
    assert seen.returncode == 1
    assert "ValueError: the coffee was cold" in seen.stderr
    fine = next(r for r in range(30) if r not in {one["replicate"] for one in told})
    whole = python("-c", code.replace(f"{told[0]['replicate']})", f"{fine})"), cwd=tmp_path / "out")
    assert whole.returncode == 0, whole.stderr
    said = python("-m", "analysis", "resume", tmp_path / "out")
    assert said.returncode == 0, said.stderr
    assert f"{len(told)} of 30 runs of shared-decision failed and are left out" in said.stderr
    assert (
        f"analysis.open('{tmp_path / 'out'}').again('shared-decision', {told[0]['replicate']})" in said.stderr
    )
    page = (tmp_path / "out" / "report.html").read_text()
    assert "the coffee was cold" in page
    assert "failed and" in page


DEAR = "groups.researchers.fee_per_hour=3e306"  # so high that what a process costs is beyond all numbers in some worlds


def test_a_run_in_which_something_is_infinite_failed_and_is_in_no_table(tmp_path, quick):
    designs = [scenarios.load("citizens-blended", set=[DEAR]), scenarios.load("shared-decision")]
    values = sim.simulate(designs[0], 40).values
    expected = np.flatnonzero(np.isinf(values).any(axis=(1, 2, 3))).tolist()
    assert 0 < len(expected) < 40
    for study in (
        analysis.Study(designs, replicates=40, folder=tmp_path).run(quiet=True),
        analysis.open(tmp_path),
        analysis.Study(designs, replicates=40).run(quiet=True),
    ):
        assert list(study.failed) == ["citizens-blended"]
        assert list(study.failed["citizens-blended"]) == expected
        assert set(study.failed["citizens-blended"].values()) == {"cost is infinite"}
        table = study.table()
        assert table[table.design == "shared-decision"].replicate.nunique() == 40
        assert sorted(set(table[table.design == "citizens-blended"].replicate) | set(expected)) == list(
            range(40)
        )
        assert study.compare("citizens-blended", "shared-decision", "engagement").worlds == 40 - len(expected)
        with np.errstate(all="ignore"):  # the mean of what this costs is beyond all numbers, too
            summary = study.summary()
        assert summary.groupby("design").failed.max().to_dict() == {
            "citizens-blended": len(expected),
            "shared-decision": 0,
        }
        with pytest.raises(CoprodError, match=f"replicate {expected[0]}: cost is infinite"):
            study.again("citizens-blended", expected[0])
    assert [one["replicate"] for one in store.read_made(tmp_path)["designs"][0]["failed"]] == expected


def test_chunks_in_which_all_runs_failed_are_kept_and_not_run_again(tmp_path, quick, monkeypatch):
    hopeless = scenarios.load("citizens-blended", set=["groups.researchers.fee_per_hour=1.7e308"])
    study = made(tmp_path, hopeless)
    assert len(study.failed["citizens-blended"]) == 8
    assert len(study.designs[0].replicates) == 0
    monkeypatch.setattr(sim, "simulate", None)
    assert made(tmp_path, hopeless).failed == study.failed
