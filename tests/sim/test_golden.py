"""One small process, number by number. The table changes only with a line in the CHANGELOG that says which results change.

To write it anew after such a change: python -m tests.sim.test_golden
"""

import json
import math
from pathlib import Path

import pytest

import sim

pytestmark = pytest.mark.kernel

FILE = Path(__file__).with_name("golden.json")

SCENE = sim.Scenario.model_validate(
    {
        "name": "golden",
        "groups": {
            "citizens": {
                "size": 5,
                "views": {"share_power": 0.6, "digital_first": -0.2},
                "assets": {"lived_experience": 0.8},
                "barriers": {"travel": {"share": 0.5, "level": 0.5}, "communication": 0.2},
                "fee_per_hour": 20,
            },
            "professionals": {
                "size": 4,
                "power": 0.8,
                "views": {"share_power": -0.4, "digital_first": 0.5},
                "assets": {"clinical": 0.9},
                "barriers": {"schedule": 0.4},
                "fee_per_hour": 45,
            },
        },
        "issues": {"share_power": {"kind": "value"}, "digital_first": {"weight": 2}},
        "sessions": {
            "why": {"week": 0, "theme": "why", "setting": "same/blended", "minutes": 90, "circle_size": 5},
            "what": {
                "week": 3,
                "theme": "what",
                "setting": "blended/blended",
                "minutes": 120,
                "supports": {"travel": 0.5},
            },
            "refine": {"week": 5, "theme": "refine", "setting": "different/distributed", "minutes": 60},
            "result": {
                "week": 6,
                "theme": "result",
                "setting": "same/same",
                "turns": "round",
                "decide": True,
            },
        },
    }
)


def table():
    """Every outcome of three runs, for everybody and by group, at the end."""
    runs = sim.simulate(SCENE, replicates=3, seed=2026, series=False)
    return {
        scope: {
            outcome: [None if math.isnan(x) else float(x) for x in runs.final(outcome, scope)]
            for outcome in runs.outcomes
        }
        for scope in ("all", *SCENE.groups)
    }


def test_the_golden_run_gives_the_numbers_that_stand_in_git():
    golden, now = json.loads(FILE.read_text(encoding="utf-8")), table()
    assert {scope: list(rows) for scope, rows in now.items()} == {
        scope: list(rows) for scope, rows in golden.items()
    }
    for scope, rows in golden.items():
        for outcome, numbers in rows.items():
            for r, (expected, found) in enumerate(zip(numbers, now[scope][outcome], strict=True)):
                where = f"{outcome} of {scope} in run {r}: {found}, and in git {expected}; see the note above"
                if expected is None or found is None:
                    assert expected is found, where
                else:
                    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9), where


if __name__ == "__main__":
    FILE.write_text(json.dumps(table(), indent=1) + "\n", encoding="utf-8")
