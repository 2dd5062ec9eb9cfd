"""The same bits compiled and as plain Python, and no look beyond the end of an array."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sim

pytestmark = pytest.mark.kernel

ROOT = Path(__file__).parents[2]

# Between them: hybrid and small circles, rounds, notes, posts, questions, votes, drop-out, all three readings and kernels.
RUNS = """
import hashlib
import numpy as np
import sim
from tests.sim.test_lanes import SCENES
for scene in SCENES:
    model = sim.CoProduction(scene, log=True)
    digest = hashlib.sha256()
    for _ in scene.sessions:
        model.step()
        digest.update(model._row.tobytes())
    for part in (model.people, model.state.record, model.state.board):
        for array in part:
            digest.update(array.tobytes())
    digest.update(repr(model.events).encode())
    values = sim.simulate(scene, replicates=2, workers=2).values
    digest.update(np.nan_to_num(values, nan=9).tobytes())
    print(digest.hexdigest())
"""


def scene(fidelity, kernel, rule, parameters=(), **meeting):
    groups = {
        "carers": {
            "size": 5,
            "views": {"topic": 0.6},
            "assets": {"lived": 0.8},
            "barriers": {"travel": 0.4, "digital": 0.2},
        },
        "nurses": {
            "size": 3,
            "views": {"topic": -0.5},
            "power": 0.9,
            "engagement": 0.4,
            "barriers": {"communication": 0.3},
        },
        "authors": {"size": 1, "openness": 0.2},
    }
    return sim.Scenario.model_validate(
        {
            "name": "lane",
            "groups": groups,
            "issues": {"topic": {"kind": "value"}, "place": {}},
            "sessions": {
                f"{theme}-{week}": {"week": week, "theme": theme, "decide": week > 0, **meeting}
                for week, theme in enumerate(("why", "refine", "result"))
            },
            "fidelity": fidelity,
            "kernel": kernel,
            "decision": {"rule": rule},
            "parameters": {"dropout_shape": 1} | dict(parameters),
        }
    )


SCENES = (
    scene("media", "smooth", "75", setting="blended/blended", minutes=40, circle_size=4, scribe=0.6),
    scene(
        "diagonal",
        "step",
        "70/15",
        setting="same/blended",
        minutes=30,
        circle_size=2,
        turns="round",
        facilitation=0,
    ),
    scene(
        "vertical",
        "flat",
        "unanimity",
        setting="different/distributed",
        minutes=60,
        supports={"digital": 0.5},
    ),
    scene("media", "smooth", "majority", setting="blended/same", minutes=45, circle_size=8, live_share=1),
    scene("media", "smooth", "80", setting="blended/distributed", minutes=45, live_share=0),
    scene(
        "media", "step", "75", setting="same/distributed", minutes=20, turns="round", circle_size=3, scribe=1
    ),
    scene(
        "media",
        "smooth",
        "majority",
        parameters={"creativity": 0.5, "mobilisation": 0.8, "enactment": 0.5, "divergence": 0.1},
        setting="blended/blended",
        minutes=240,
    ),
)


def digests(**environment):
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUNS],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(ROOT)]), **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout.split()


@pytest.fixture(scope="module")
def compiled_digests():
    return digests(NUMBA_DISABLE_JIT="0", NUMBA_BOUNDSCHECK="0")


def test_plain_python_gives_the_same_bits_as_machine_code(compiled_digests):
    assert digests(NUMBA_DISABLE_JIT="1") == compiled_digests
    assert len(set(compiled_digests)) == len(SCENES)
    assert all(len(digest) == len(hashlib.sha256().hexdigest()) for digest in compiled_digests)


@pytest.mark.skipif(
    os.environ.get("NUMBA_BOUNDSCHECK") != "1",
    reason="a kernel of its own has to be compiled: the lane with every index checked has it (make lanes)",
)
def test_no_array_is_read_or_written_beyond_its_end(compiled_digests):
    """With checks compiled in: a step beyond an end would raise, and nothing else may change."""
    assert digests(NUMBA_DISABLE_JIT="0", NUMBA_BOUNDSCHECK="1") == compiled_digests


@sim.compiled
def beyond(values, at):
    """A planted fault: nothing keeps `at` within the values."""
    return values[at]


CONTROL = """
import numpy as np
from tests.sim.test_lanes import beyond
try:
    beyond(np.zeros(8)[:5], 6)
    print("overlooked")
except IndexError:
    print("found out")
"""


@pytest.mark.parametrize(
    ("lane", "said"),
    [
        ({"NUMBA_BOUNDSCHECK": "1"}, "found out"),
        ({"NUMBA_DISABLE_JIT": "1", "NUMBA_BOUNDSCHECK": "0"}, "found out"),
        ({"NUMBA_DISABLE_JIT": "0", "NUMBA_BOUNDSCHECK": "0"}, "overlooked"),
    ],
    ids=["every index checked", "uncompiled", "machine code as it is used"],
)
def test_a_planted_step_beyond_an_end_is_found_out_in_both_lanes_and_nowhere_else(lane, said):
    run = subprocess.run(
        [sys.executable, "-c", CONTROL],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(ROOT)]), **lane},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.stdout.split("\n")[0] == said, run.stderr[-2000:]


EXTREMES = """
import itertools
import sim
from tests.sim.test_lanes import scene
extremes = {"gap_onsite": 60, "gap_remote": 0, "turn_seconds": 1, "floor_holding_remote": 1, "notes_per_minute": 1000,
            "post_seconds": 1, "exchange_seconds": 1}
for setting, turns, share in itertools.product(("same/distributed", "blended/blended"), ("race", "round"), (0, 0.5, 1)):
    table = scene("media", "smooth", "75", setting=setting, minutes=3, turns=turns, live_share=share, circle_size=2, scribe=1)
    table = table.model_dump(mode="json") | {"parameters": extremes}
    table["context"] = {"help": {"effects": {"dialogue": 3, "documentation": 3, "understanding": 3}}}
    model = sim.CoProduction(sim.Scenario.model_validate(table))
    for _ in range(3):
        model.step()
    assert model.state.record.length[0] <= model.state.record.issue.size
print("held")
"""


def test_capacities_hold_at_the_ends_of_the_bounds():
    """In plain Python a step beyond the end of an array raises, too."""
    run = subprocess.run(
        [sys.executable, "-c", EXTREMES],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(ROOT)]), "NUMBA_DISABLE_JIT": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.stdout.split() == ["held"], run.stderr[-2000:]
