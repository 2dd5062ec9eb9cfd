"""The command line, as real processes: what it prints where, how it ends, and what it leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

import analysis
import scenarios
import sim
from analysis import statistics, store, timetable

HERE = Path(analysis.__file__).parents[1]
COPROD = [sys.executable, "-m", "analysis"]
SMALL = "shared-decision"
LONG = ["run", "citizens-blended", "--replicates", "1200"]


def coprod(*arguments, **environment):
    return subprocess.run(
        [*COPROD, *map(str, arguments)],
        cwd=HERE,
        env={**os.environ, "COLUMNS": "80", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


def started(*arguments):
    return subprocess.Popen(
        [*COPROD, *map(str, arguments)], cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def after_the_first_part(process, folder):
    """Wait until first runs are kept, while the process goes on."""
    while not contents(folder):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)


def contents(folder):
    kept = (*(folder / "runs").glob("*.parquet"), *(folder / "chunks").glob("*.arrow"))
    return {path.name: path.read_bytes() for path in kept}


# ---- what is printed where -----------------------------------------------------------------------------------------


def test_help_names_every_command_and_is_asked_for_by_saying_nothing():
    asked, silent = coprod("--help"), coprod()
    assert asked.returncode == silent.returncode == 0
    assert asked.stdout == silent.stdout
    for command in ("list", "show", "check", "run", "compare", "schema"):
        assert f" {command} " in asked.stdout


def test_the_version_is_printed():
    assert coprod("--version").stdout.startswith("coprod ")


@pytest.mark.parametrize("command", [["--help"], ["check", SMALL], ["schema"], ["list"]])
def test_what_needs_no_run_does_not_import_the_compiler(command):
    code = (
        "import sys, analysis.cli\n"
        "try:\n    analysis.cli.main(sys.argv[1:])\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "heavy = {'numba', 'mesa', 'pandas', 'pyarrow', 'scipy', 'solara', 'altair'} & sys.modules.keys()\n"
        "assert not heavy, heavy\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, *command], cwd=HERE, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_list_names_the_whole_library_within_eighty_columns():
    ended = coprod("list")
    assert ended.returncode == 0
    for name in scenarios.names():
        assert f"\n{name} " in ended.stdout
    assert max(map(len, ended.stdout.splitlines())) <= 80


def test_check_says_ok_or_each_mistake_and_ends_accordingly(tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(f'base = "{SMALL}"\n[groups.patient]\nsize = 0\npowr = 1\n')
    good, bad = coprod("check", SMALL), coprod("check", SMALL, wrong)
    assert (good.returncode, good.stdout, good.stderr) == (0, f"{SMALL}: ok\n", "")
    assert (bad.returncode, bad.stdout) == (2, f"{SMALL}: ok\n")
    assert len(bad.stderr.splitlines()) == 2
    assert "size" in bad.stderr
    assert "powr" in bad.stderr


def test_the_schema_accepts_what_the_library_holds():
    import tomllib

    schema = json.loads(coprod("schema").stdout)
    for name in scenarios.names():
        jsonschema.validate(tomllib.loads(scenarios.path(name).read_text()), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"base": SMALL, "fidelity": "telepathy"}, schema)


@pytest.mark.kernel
@pytest.mark.parametrize("name", scenarios.names())
def test_show_draws_every_scenario_of_the_library_within_eighty_columns(name):
    ended = coprod("show", name)
    assert ended.returncode == 0, ended.stderr
    assert max(map(len, ended.stdout.splitlines())) <= 80
    assert "Costs about" in ended.stdout
    for group in scenarios.load(name).groups:
        assert group.split("_")[0] in ended.stdout


def test_sessions_stand_in_their_cell_of_the_grid():
    scenario = scenarios.load("nine-cells", set=["setting=different/distributed"])
    table = timetable.grid(scenario)
    columns = [list(column.cells) for column in table.columns]
    assert columns[0] == ["same time", "blended time", "different time"]
    assert [str(cell) for cell in columns[3]][:2] == ["", ""]
    assert str(columns[3][2]).startswith("1 ")


def test_a_long_timetable_is_numbers_in_the_grid():
    table = scenarios.read("nine-cells")
    table.pop("setting", None)
    first = next(iter(table["sessions"].values()))
    table["sessions"] = {f"s{week}": {**first, "week": week} for week in range(60)}
    table["sessions"]["s3"]["setting"] = "blended/distributed"
    drawn = timetable.grid(scenarios.load(table))
    cells = [str(cell) for column in drawn.columns for cell in column.cells]
    assert "4" in cells
    assert "1-3, 5-60" in cells


@pytest.mark.kernel
def test_json_is_all_that_stands_on_standard_output_and_says_what_the_runs_say():
    ended = coprod("run", SMALL, "--json", "--replicates", 5, "--seed", 3)
    direct = statistics.summary(sim.simulate(scenarios.load(SMALL), replicates=5, seed=3))
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout, parse_constant=pytest.fail) == {SMALL: direct}
    assert any(estimate["n"] == 0 and estimate["mean"] is None for estimate in direct.values())


@pytest.mark.kernel
def test_compare_answers_for_every_design_in_the_order_asked():
    ended = coprod("compare", "tick-box", SMALL, "--json", "--replicates", 3)
    assert list(json.loads(ended.stdout)) == ["tick-box", SMALL]


@pytest.mark.kernel
def test_set_reaches_the_model_and_may_be_repeated():
    plain = json.loads(coprod("run", SMALL, "--json", "--replicates", 3).stdout)[SMALL]
    ended = coprod(
        "run", SMALL, "--json", "--replicates", 3, "--set", "dials.documentation=0", "--set=dials.dialogue=0"
    )
    changed = json.loads(ended.stdout)[SMALL]
    assert plain["minutes_dialogue"]["mean"] > 0
    assert changed["minutes_dialogue"]["mean"] == changed["minutes_documentation"]["mean"] == 0


@pytest.mark.kernel
def test_what_people_read_fits_eighty_columns_and_needs_no_colour():
    ended = coprod(
        "compare", "around-the-table", "citizens-blended", "citizens-online", "--replicates", 5, NO_COLOR="1"
    )
    assert ended.returncode == 0, ended.stderr
    assert max(map(len, ended.stdout.splitlines())) <= 80
    assert "\x1b" not in ended.stdout
    for words in (
        "citizens-blended against around-the-table",
        "informed agreement",
        "people left out,",
    ):
        assert words in ended.stdout


@pytest.mark.kernel
def test_one_world_is_told_without_an_interval():
    ended = coprod("run", SMALL, "--replicates", 1)
    assert "1 world, seed 1" in ended.stdout
    assert "nan" not in ended.stdout.lower()
    assert " to " not in ended.stdout.split("alignment")[1].split("\n")[0]


def test_a_reader_who_has_seen_enough_ends_it_quietly():
    with subprocess.Popen(
        [*COPROD, "schema"], cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


# ---- mistakes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rnu"], 'Did you mean "run"?'),
        (["--nope"], "there is no option --nope"),
        (["run"], "NAME is missing"),
        (["run", SMALL, "again"], "'again' is one argument too many"),
        (["run", SMALL, "--replicate", "3"], "Did you mean --replicates?"),
        (["run", SMALL, "--replicates", "-5"], "found '-5'"),
        (["run", SMALL, "--replicates", "0"], "from 1 to 10,000,000, found '0'"),
        (["run", SMALL, "--replicates", "many"], "found 'many'"),
        (["run", SMALL, "--replicates", "2.5"], "found '2.5'"),
        (["run", SMALL, "--replicates", "1" + "0" * 5000], "10,000,000"),
        (["run", SMALL, "--replicates"], "--replicates is missing its value"),
        (["run", SMALL, "--workers", "0"], "--workers: it must be a whole number from 1 to"),
        (["run", SMALL, "--seed", "-1"], "--seed: it must be a whole number from 0 to"),
        (["run", SMALL, "--seed", str(2**63)], f"found '{2**63}'"),
        (["run", SMALL, "--seed", "1", "--seed", "2"], "multiple times"),
        (["run", SMALL, "--set", "dials.documentatoin=0"], "documentation"),
        (["run", SMALL, "--set"], "--set is missing its value"),
        (["run", SMALL, "--out", ""], "name of a folder"),
        (["run", "citizens-blendet"], "citizens-blended"),
        (["run", "no/such/file.toml"], "no such file"),
        (["run", str(HERE)], "folder"),
        (["show", "nosuch"], "no scenario"),
        (["check"], "at least one file"),
        (["compare", SMALL], "at least two designs"),
        (["compare", SMALL, SMALL], f"two designs are called {SMALL}"),
        (["schema", "theory", "x"], "one argument too many"),
        (["run", SMALL, "--json=perhaps"], "perhaps"),
    ],
)
def test_a_mistake_is_one_plain_sentence_and_exit_code_two(arguments, words):
    ended = coprod(*arguments)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert words in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("below", [".", "deeper"])
def test_an_output_folder_that_cannot_be_made_is_refused_before_anything_is_run(tmp_path, below):
    file = tmp_path / "file"
    file.write_text("mine")
    ended = coprod("run", SMALL, "--replicates", 10_000_000 // 100, "--out", file / below)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "choose another --out" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert file.read_text() == "mine"


def test_a_scenario_that_is_wrong_leaves_no_output_folder(tmp_path):
    ended = coprod("run", SMALL, "--set", "groups.patient.size=0", "--out", tmp_path / "out")
    assert ended.returncode == 2
    assert not (tmp_path / "out").exists()


def test_results_that_do_not_fit_are_refused_at_once():
    ended = coprod("run", "experience-based-codesign", "--replicates", 10_000_000)
    assert ended.returncode == 2
    assert "ask for at most" in ended.stderr
    assert "--out" in ended.stderr


# ---- stopping and going on -----------------------------------------------------------------------------------------


@pytest.mark.kernel
@pytest.mark.slow
def test_a_study_that_was_killed_goes_on_to_the_same_bytes_whatever_the_workers(tmp_path):
    killed, straight = tmp_path / "killed", tmp_path / "straight"
    with started(*LONG, "--out", killed, "--workers", 2) as process:
        after_the_first_part(process, killed)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    kept = contents(killed)
    ended = coprod(*LONG, "--out", killed, "--workers", 1)
    assert ended.returncode == 0, ended.stderr
    assert "are used again" in ended.stderr
    assert coprod(*LONG, "--out", straight, "--workers", 2).returncode == 0
    assert kept
    assert contents(killed) == contents(straight)
    results = [store.read_made(folder)["designs"][0]["results"] for folder in (killed, straight)]
    assert results[0] == results[1]


@pytest.mark.kernel
@pytest.mark.slow
def test_ctrl_c_ends_a_study_and_says_what_was_kept_and_how_to_go_on(tmp_path):
    with started("run", "citizens-blended", "--replicates", "100000", "--out", tmp_path) as process:
        after_the_first_part(process, tmp_path)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    said = err.splitlines()[-1]
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert said.startswith("Stopped.")
    assert said.endswith(f"are kept in {tmp_path}; the same command goes on from there.")
    claimed = int(said.split()[1].replace(",", ""))
    what = store.definition(scenarios.load("citizens-blended"), 1)
    parts = [store.read_part(held.path, what) for held in store.Store(tmp_path).held(what)]
    assert claimed == sum(len(part.replicates) for part in parts)


def test_ctrl_c_is_heard_while_work_that_cannot_be_stopped_goes_on():
    code = (
        "import os, signal, threading, time\n"
        "from analysis.waiting import attended\n"
        "stop = threading.Event()\n"
        "def work():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(600)\n"
        "try:\n    attended(work, stop)\n"
        "except KeyboardInterrupt:\n    print('heard', stop.is_set(), flush=True)\n"
        "os._exit(0)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True, timeout=60)
    assert ended.stdout == "heard True\n", ended.stderr


def test_work_that_stops_when_asked_has_ended_when_ctrl_c_is_answered():
    code = (
        "import os, signal, threading, time\n"
        "from analysis.waiting import attended\n"
        "stop, ended = threading.Event(), []\n"
        "def work():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    stop.wait()\n"
        "    time.sleep(0.2)\n"
        "    ended.append(True)\n"
        "try:\n    attended(work, stop)\n"
        "except KeyboardInterrupt:\n    print('heard', ended, flush=True)\n"
        "os._exit(0)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True, timeout=60)
    assert ended.stdout == "heard [True]\n", ended.stderr


@pytest.mark.kernel
def test_a_study_is_kept_whole_and_the_same_command_uses_it_again(tmp_path):
    first = coprod("compare", SMALL, "tick-box", "--replicates", 4, "--out", tmp_path)
    again = coprod("compare", SMALL, "tick-box", "--replicates", 4, "--out", tmp_path)
    assert first.returncode == again.returncode == 0, first.stderr
    assert first.stdout == again.stdout
    assert f"{SMALL}: 4 of 4 runs were in" in again.stderr
    assert store.read_made(tmp_path)["command"].startswith(
        "coprod compare shared-decision tick-box --replicates 4"
    )
    assert [runs.scenario.name for runs in store.read(tmp_path).designs] == [SMALL, "tick-box"]
