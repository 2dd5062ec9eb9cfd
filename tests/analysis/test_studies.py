"""Studies that are kept: the same bytes however they were made, and nothing damaged, lost or mixed in."""

import contextlib
import errno
import json
import os
import subprocess
import threading

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import scenarios
import sim
from analysis import kept, parts, shelf, statistics, store, studies
from sim.errors import CoprodError, TooBigError

pytestmark = pytest.mark.kernel


@pytest.fixture
def design():
    return scenarios.load("shared-decision")


@pytest.fixture
def pieces(monkeypatch):
    """Chunks of three replicates, put together to large parts of six, so that a small study has several parts."""
    monkeypatch.setattr(shelf, "chunk_size", lambda scenario: 3)
    monkeypatch.setattr(shelf, "large_size", lambda scenario: 6)
    monkeypatch.setattr(store, "_write_report", lambda study, path: path.write_text("told elsewhere"))


def made(folder, *designs, replicates=8, **more):
    said = []
    study = studies.make(designs, replicates=replicates, store=store.Store(folder), say=said.append, **more)
    return study, said


def contents(folder):
    return {path.name: path.read_bytes() for path in (folder / "runs").iterdir()}


def test_what_is_read_back_is_what_was_run(tmp_path, design, pieces):
    study, _ = made(tmp_path, design)
    back = store.read(tmp_path)
    direct = sim.simulate(design, replicates=8, seed=1)
    assert back.designs[0].scenario == design
    assert back.designs[0].sessions == direct.sessions
    np.testing.assert_array_equal(back.designs[0].values, study.designs[0].values)
    for outcome in direct.outcomes:
        np.testing.assert_array_equal(back.designs[0].final(outcome), direct.final(outcome))
        np.testing.assert_array_equal(back.designs[0].over_sessions(outcome), direct.over_sessions(outcome))
        for scope in direct.scopes:
            np.testing.assert_array_equal(back.designs[0].final(outcome, scope), direct.final(outcome, scope))


def test_a_study_that_is_not_kept_has_the_same_summary(tmp_path, design, pieces):
    kept, _ = made(tmp_path, design)
    passing = studies.make([design], replicates=8)
    assert statistics.summary(passing.designs[0]) == statistics.summary(kept.designs[0])


def test_the_bytes_do_not_depend_on_workers(tmp_path, design, pieces):
    made(tmp_path / "one", design, workers=1)
    made(tmp_path / "three", design, workers=3)
    assert len(contents(tmp_path / "one")) == 2
    assert contents(tmp_path / "one") == contents(tmp_path / "three")


def test_a_finished_study_is_used_again_and_nothing_is_run(tmp_path, design, pieces, monkeypatch):
    first, _ = made(tmp_path, design)
    before = contents(tmp_path)
    monkeypatch.setattr(sim, "simulate", None)
    again, said = made(tmp_path, design)
    assert any("8 of 8 runs were in" in note for note in said)
    assert contents(tmp_path) == before
    np.testing.assert_array_equal(again.designs[0].values, first.designs[0].values)


def test_more_replicates_build_on_those_that_are_there(tmp_path, design, pieces):
    made(tmp_path / "grown", design, replicates=5)
    _, said = made(tmp_path / "grown", design, replicates=11)
    made(tmp_path / "straight", design, replicates=11)
    assert any("3 of 11 runs were in" in note for note in said)  # the chunk of 3 and 4 was not whole
    assert contents(tmp_path / "grown") == contents(tmp_path / "straight")


def test_fewer_replicates_are_taken_from_more(tmp_path, design, pieces):
    many, _ = made(tmp_path, design, replicates=11)
    few, _ = made(tmp_path, design, replicates=4)
    np.testing.assert_array_equal(few.designs[0].values, many.designs[0].values[:4])
    np.testing.assert_array_equal(store.read(tmp_path).designs[0].replicates, np.arange(4))


@pytest.mark.parametrize("harm", ["emptied", "halved", "zeroed inside", "another part's"])
def test_a_damaged_part_is_seen_and_made_again(tmp_path, design, pieces, harm):
    made(tmp_path, design)
    before = contents(tmp_path)
    first, second = sorted((tmp_path / "runs").iterdir())
    whole = second.read_bytes()
    third = len(whole) // 3
    harmed = {
        "emptied": b"",
        "halved": whole[: len(whole) // 2],
        "zeroed inside": whole[:third] + bytes(200) + whole[third + 200 :],
        "another part's": first.read_bytes(),
    }
    second.write_bytes(harmed[harm])
    with pytest.raises(store.OutputError, match="missing from number 6 on"):
        store.read(tmp_path)
    _, said = made(tmp_path, design)
    assert any(second.name in note and "damaged" in note for note in said)
    assert contents(tmp_path) == before


def test_one_turned_bit_is_seen_or_changes_no_value(tmp_path, design, pieces):
    study, _ = made(tmp_path, design, replicates=3)
    (part,) = (tmp_path / "runs").iterdir()
    what = store.definition(design, 1)
    whole = part.read_bytes()
    seen = 0
    for place in range(0, len(whole), 1 + len(whole) // 400):
        part.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        runs = store.read_part(part, what)
        if runs is None:
            seen += 1
        else:
            np.testing.assert_array_equal(runs.values, study.designs[0].values)
    assert seen > 100


def test_parts_of_other_studies_are_left_alone_and_never_mixed_in(tmp_path, design, pieces):
    made(tmp_path, design, seed=1)
    before = contents(tmp_path)
    second, said = made(tmp_path, design, seed=2)
    assert before.items() < contents(tmp_path).items()
    assert any("2 part(s)" in note and "left alone" in note for note in said)
    np.testing.assert_array_equal(store.read(tmp_path).designs[0].values, second.designs[0].values)


@pytest.mark.parametrize(
    "change", ["parameters.influence=0.05", "dials.documentation=0", "setting=same/distributed"]
)
def test_another_scenario_is_another_definition(design, change):
    other = scenarios.load("shared-decision", set=[change])
    assert store.definition(other, 1).digest != store.definition(design, 1).digest


def test_a_title_does_not_make_another_definition(design):
    other = scenarios.load("shared-decision", set=["title=Something else"])
    assert store.definition(other, 1).digest == store.definition(design, 1).digest
    assert store.definition(design, 2).digest != store.definition(design, 1).digest


def test_a_stopped_study_keeps_whole_parts_and_goes_on_to_the_same_bytes(tmp_path, design, pieces):
    stop = threading.Event()
    keeping = store.Store(tmp_path / "stopped")
    with pytest.raises(studies.StoppedError):
        studies.make(
            [design],
            replicates=11,
            workers=1,
            store=keeping,
            stop=stop,
            progress=lambda _, done: done >= 4 and stop.set(),
        )
    assert keeping.kept in (3, 6)
    assert store.read_made(tmp_path / "stopped")["state"] == "planned"
    assert not (tmp_path / "stopped" / "report.html").exists()
    _, said = made(tmp_path / "stopped", design, replicates=11)
    made(tmp_path / "straight", design, replicates=11)
    assert any("used again" in note for note in said)
    assert contents(tmp_path / "stopped") == contents(tmp_path / "straight")


def test_progress_counts_every_run_of_every_design(tmp_path, pieces):
    designs = [scenarios.load("shared-decision"), scenarios.load("shared-decision", set=["name=other"])]
    seen = []
    studies.make(
        designs,
        replicates=7,
        progress=lambda design, done: seen.append((design, done)),
        store=store.Store(tmp_path),
    )
    for design in designs:
        done = [count for name, count in seen if name == design.name]
        assert done == sorted(done)
        assert done[-1] == 7


def test_the_runs_are_a_plain_table(tmp_path, design, pieces):
    study, _ = made(tmp_path, design)
    runs = study.designs[0]
    table = pq.read_table(tmp_path / "runs")
    sessions, groups = len(design.sessions), len(design.groups)
    assert table.column_names == [*store.KEYS, *runs.outcomes]
    assert len(table) == 8 * ((sessions + 1) * (1 + groups) + 4)
    at_the_end = pc.and_(pc.equal(table["session"], sessions), pc.equal(table["scope"].cast("string"), "all"))
    ended = table.filter(at_the_end).sort_by("replicate")
    np.testing.assert_array_equal(ended["engagement"].to_numpy(), runs.final("engagement"))
    undefined = sum(int(np.isnan(runs.final(outcome)).sum()) for outcome in runs.outcomes)
    assert sum(ended[outcome].null_count for outcome in runs.outcomes) == undefined


def test_what_made_a_study_is_written_down(tmp_path, design, pieces):
    made(tmp_path, design, seed=7, command="coprod run shared-decision --seed 7")
    told = json.loads((tmp_path / "study.json").read_text())
    assert (told["seed"], told["replicates"], told["state"]) == (7, 8, "complete")
    assert told["command"] == "coprod run shared-decision --seed 7"
    assert told["designs"][0]["parameters"]["influence"] == 0.04
    assert told["designs"][0]["failed"] == []
    assert {"python", "numpy", "numba", "mesa", "coprod"} <= told["versions"].keys()
    assert told["machine"]["system"]


def test_the_hash_of_the_results_is_the_same_exactly_when_every_value_is(tmp_path, design, pieces):
    def results(folder):
        return store.read_made(folder)["designs"][0]["results"]

    made(tmp_path / "one", design)
    made(tmp_path / "two", design, workers=1)
    made(tmp_path / "many", design, replicates=11)
    other = scenarios.load("shared-decision", set=["parameters.influence=0.0400001"])
    made(tmp_path / "other", other)
    assert results(tmp_path / "one") == results(tmp_path / "two")
    assert results(tmp_path / "one") != results(tmp_path / "other")
    assert results(tmp_path / "one") != results(tmp_path / "many")
    made(tmp_path / "many", design)  # the first eight of eleven that are there
    assert results(tmp_path / "one") == results(tmp_path / "many")


def test_the_same_study_is_described_by_the_same_bytes(tmp_path, design, pieces):
    made(tmp_path / "a", design)
    made(tmp_path / "b", design)
    assert (tmp_path / "a" / "study.json").read_bytes() == (tmp_path / "b" / "study.json").read_bytes()


def test_what_is_going_to_be_made_is_written_down_before_the_first_run(tmp_path, design, pieces, monkeypatch):
    seen = []
    simulate = sim.simulate

    def looked_at(*asked, **more):
        seen.append(store.read_made(tmp_path))
        return simulate(*asked, **more)

    monkeypatch.setattr(sim, "simulate", looked_at)
    made(tmp_path, design)
    assert seen[0]["state"] == "planned"
    assert store.asked_in(seen[0]) == [(store.definition(design, 1), 8)]


def test_designs_may_have_numbers_of_replicates_of_their_own(tmp_path, design, pieces):
    other = scenarios.load("shared-decision", set=["name=other"])
    study, _ = made(tmp_path, design, other, replicates={"shared-decision": 4, "other": 7})
    assert [len(runs.replicates) for runs in study.designs] == [4, 7]
    assert [len(runs.replicates) for runs in store.read(tmp_path).designs] == [4, 7]
    passing = studies.make([design, other], replicates={"shared-decision": 4, "other": 7})
    assert [len(runs.replicates) for runs in passing.designs] == [4, 7]
    for wrong, words in (
        ({"other": 7}, "shared-decision has none"),
        ({"shared-decision": 0, "other": 7}, "at least 1"),
        ({"shared-decision": 4, "other": 7, "third": 1}, "there is no design third"),
    ):
        with pytest.raises(CoprodError, match=words):
            studies.make([design, other], replicates=wrong)


# ---- few parts, and memory that does not grow ----------------------------------------------------------------------


def test_chunks_become_large_parts_while_the_study_goes_on(tmp_path, design, pieces, monkeypatch):
    merged = []
    keep = store.Store.keep

    def looked_at(self, what, first, last, content):
        merged.append([(held.first, held.last) for held in self.held(what)])
        return keep(self, what, first, last, content)

    monkeypatch.setattr(store.Store, "keep", looked_at)
    made(tmp_path, design, replicates=14, workers=1)
    assert merged == [[], [(0, 2)], [(0, 5)], [(0, 5), (6, 8)], [(0, 5), (6, 11)]]
    assert not (tmp_path / "chunks").exists()
    assert [name[-15:-8] for name in sorted(contents(tmp_path))] == ["0000005", "0000011", "0000013"]


def test_a_million_runs_are_some_dozens_of_files():
    for name in scenarios.names():
        scenario = scenarios.load(name)
        files = 1_000_000 / shelf.large_size(scenario)
        assert files < 130
        assert shelf.large_size(scenario) * parts.bytes_of_a_run(scenario) <= max(
            shelf.LARGE, shelf.chunk_size(scenario) * parts.bytes_of_a_run(scenario)
        )


@pytest.mark.parametrize("large", [1, 10**9])
def test_runs_that_stay_on_the_disk_are_those_that_are_read_at_once(tmp_path, pieces, monkeypatch, large):
    design = scenarios.load("nine-cells")
    study, _ = made(tmp_path, design, replicates=10)
    at_once = study.designs[0]
    monkeypatch.setattr(parts, "LARGE", large)
    monkeypatch.setattr(store, "AT_HAND", 0)
    again, _ = made(tmp_path / "again", design, replicates=14)
    assert isinstance(again.designs[0], kept.KeptRuns)
    few, _ = made(tmp_path / "again", design, replicates=10)
    on_disk = few.designs[0]
    assert isinstance(on_disk, kept.KeptRuns)
    np.testing.assert_array_equal(on_disk.replicates, at_once.replicates)
    np.testing.assert_array_equal(on_disk.values, at_once.values)
    for outcome in ("engagement", "cost", "left_out"):
        for scope in at_once.scopes:
            np.testing.assert_array_equal(on_disk.final(outcome, scope), at_once.final(outcome, scope))
            np.testing.assert_array_equal(
                on_disk.over_sessions(outcome, scope), at_once.over_sessions(outcome, scope)
            )
    assert statistics.summary(on_disk) == statistics.summary(at_once)


def test_a_part_that_vanishes_while_runs_stay_on_the_disk_is_told(tmp_path, design, pieces, monkeypatch):
    monkeypatch.setattr(store, "AT_HAND", 0)
    study, _ = made(tmp_path, design)
    for path in (tmp_path / "runs").iterdir():
        path.unlink()
    with pytest.raises(CoprodError, match="damaged or gone"):
        study.designs[0].final("engagement")


def test_results_that_do_not_fit_onto_the_disk_are_refused_with_what_would_do(tmp_path, design):
    with pytest.raises(
        TooBigError, match=r"GB on the disk of .*out; ask for at most [\d,]+, or choose another"
    ):
        studies.check([design], 10**12, folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_for_results_cannot_be_a_file(tmp_path):
    there = tmp_path / "notes.txt"
    there.write_text("mine")
    for folder in (there, there / "below"):
        with pytest.raises(store.OutputError, match=r"notes\.txt.*choose another --out"):
            store.Store(folder)
    assert there.read_text() == "mine"


@pytest.mark.parametrize("name", ["study.json", "report.html"])
def test_files_that_are_not_ours_are_not_written_over(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(store.OutputError, match="was not made by coprod"):
        store.Store(tmp_path)
    assert (tmp_path / name).read_text() == "mine"


def test_a_full_disk_leaves_nothing_half_written_and_is_told(tmp_path, design, pieces, monkeypatch):
    keeping = store.Store(tmp_path)

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(store.OutputError, match="no space left"):
        studies.make([design], replicates=4, store=keeping)
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_disk_that_gets_full_half_way_keeps_what_is_done_and_the_study_goes_on(
    tmp_path, design, pieces, monkeypatch
):
    sync, left = os.fsync, [8]

    def full_soon(handle):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full_soon)
        with pytest.raises(store.OutputError, match=r"no space left.*runs are kept"):
            made(tmp_path / "full", design, replicates=14, workers=1)
    assert not list((tmp_path / "full").rglob(".coprod-*"))
    _, said = made(tmp_path / "full", design, replicates=14)
    assert any("are used again" in note for note in said)
    made(tmp_path / "straight", design, replicates=14)
    assert contents(tmp_path / "full") == contents(tmp_path / "straight")


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own, of four megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only an administrator of Linux may mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_really_gets_full_keeps_what_is_done_and_the_study_goes_on(
    tmp_path, small_disk, design, pieces
):
    ballast = small_disk / "ballast"

    def fill(name, done):
        """Somebody else takes the rest of the disk when the first runs are there."""
        if done and not ballast.exists():
            with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))

    with pytest.raises(store.OutputError, match="no space left on device"):
        made(small_disk / "full", design, replicates=200, workers=1, progress=fill)
    assert not list((small_disk / "full").rglob(".coprod-*"))
    ballast.unlink()
    made(small_disk / "full", design, replicates=200)
    made(tmp_path / "straight", design, replicates=200)
    assert contents(small_disk / "full") == contents(tmp_path / "straight")


def test_hidden_files_of_killed_writers_are_removed_and_young_ones_left(tmp_path):
    store.Store(tmp_path)
    old, young = tmp_path / "runs" / ".coprod-old", tmp_path / "runs" / ".coprod-young"
    old.touch()
    young.touch()
    os.utime(old, (0, 0))
    store.Store(tmp_path)
    assert not old.exists()
    assert young.exists()


def test_a_folder_without_a_study_says_so(tmp_path):
    with pytest.raises(store.OutputError, match="no study of coprod's is kept here"):
        store.read(tmp_path)


def test_two_designs_of_one_name_are_refused(design):
    with pytest.raises(CoprodError, match="two designs are called shared-decision"):
        studies.make([design, design], replicates=1)


def test_results_that_do_not_fit_into_memory_are_refused_with_what_would_do(design):
    with pytest.raises(TooBigError, match="ask for at most"):
        studies.check([design], 10**12)


def test_chunks_depend_on_the_scenario_alone():
    sizes = [
        studies.chunk_size(scenarios.load(name))
        for name in ("shared-decision", "citizens-blended", "platform")
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 1
