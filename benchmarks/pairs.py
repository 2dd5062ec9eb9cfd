"""Against what one would otherwise pick for the part that overlaps: people who meet two by two (Deffuant et al. 2000).

coprod holds these encounters as a scenario of its own settings: circles of two, in rounds. That it equals Deffuant's model
is tested in tests/sim/test_known_limits.py. Rivals are installed into an environment of their own, and only on request.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import sim
from benchmarks.clock import best, interleaved, ratio, wall
from benchmarks.stage import Stage, meet_and_talk

HERE = Path(__file__).parent / "rivals"
ENVIRONMENT = HERE.parent.parent / "build" / "rivals"
TOLERANCE, INFLUENCE = 0.4, 0.5

ALWAYS = {"Mesa": "mesa_pairs", "bare numpy": "numpy_pairs"}

# What each needs; six, scikit-learn and typeguard are used by packages that do not ask for them.
ON_REQUEST = {
    "NDlib": ("ndlib_pairs", ("ndlib", "six", "scikit-learn")),
    "AgentPy": ("agentpy_pairs", ("agentpy", "pandas")),
    "mesa-frames": ("mesa_frames_pairs", ("mesa-frames", "typeguard", "pandas")),
}

MEANWHILE = (
    "draws attendance per person, deals circles afresh, picks issues, keeps each person's picture of the others and trust; "
    "a whole run also drafts, votes, accounts and observes 60 outcomes in 6 scopes"
)


def scenario(people: int, rounds: int) -> sim.Scenario:
    """Everybody comes, is open, says what it thinks, and talks with one other each time."""
    sure = {"mean": 1, "spread": 0}
    clear = dict.fromkeys(("noise", "self_silencing", "trust_gain", "accountability", "dropout_hazard"), 0)
    steady = dict.fromkeys(("disengage_unheard", "disengage_absent"), 0)
    group = {
        "size": people, "openness": sure, "engagement": sure, "trust": sure, "conviction": {"mean": 0, "spread": 0},
        "tolerance": {"mean": TOLERANCE, "spread": 0}, "views": {"topic": {"mean": 0, "spread": 1}},
    }  # fmt: skip
    meeting = {
        "setting": "same/same", "minutes": 2, "circle_size": 2, "turns": "round", "agenda": {"dialogue": 1}, "scribe": 0,
    }  # fmt: skip
    return sim.Scenario.model_validate(
        {
            "name": "pairs",
            "groups": {"people": group},
            "issues": {"topic": {}},
            "sessions": {f"week-{week}": {"week": week, **meeting} for week in range(rounds)},
            "kernel": "step",
            "parameters": {
                "influence": INFLUENCE, "turn_seconds": 60, "gap_onsite": 0, "fidelity_low": 1, **clear, **steady,
            },
        }
    )  # fmt: skip


def install(packages: tuple[str, ...]) -> str | None:
    """Put packages into the rivals' environment; a sentence if they cannot be had."""
    if not (ENVIRONMENT / "bin" / "python").exists():
        venv.create(ENVIRONMENT, with_pip=True)
    command = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"skipped: {packages[0]} could not be installed here"


def of_program(python: str, program: str, people: int, encounters: int) -> Callable[[], float]:
    """Seconds per encounter that a rival's program tells."""
    command = [python, str(HERE / f"{program}.py"), *map(str, (people, encounters, TOLERANCE, INFLUENCE, 1))]

    def run() -> float:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            msg = f"{program} failed: {done.stderr.strip().splitlines()[-1]}"
            raise RuntimeError(msg)
        told = json.loads(done.stdout.splitlines()[-1])
        return float(told["seconds"]) / int(told["encounters"])

    return run


def contestants(
    people: int, encounters: int, *, rivals: bool
) -> tuple[dict[str, Callable[[], float]], dict[str, str]]:
    """Everybody who can run here, and a sentence for those who cannot."""
    taking_part = {
        name: of_program(sys.executable, program, people, encounters) for name, program in ALWAYS.items()
    }
    skipped = {}
    for name, (program, packages) in ON_REQUEST.items():
        sentence = install(packages) if rivals else "skipped: ask for it with --rivals"
        if sentence is None:
            candidate = of_program(str(ENVIRONMENT / "bin" / "python"), program, people, encounters)
            try:
                candidate()
                taking_part[name] = candidate
            except RuntimeError as error:
                sentence = f"skipped: {error}"
        if sentence is not None:
            skipped[name] = sentence
    return taking_part, skipped


def measure(*, quick: bool, rivals: bool = False) -> dict[str, object]:
    """Nanoseconds per encounter; of coprod both the comparable part and a whole run."""
    people, rounds = (200, 20) if quick else (1000, 40)
    stage = Stage(scenario(people, rounds))
    encounters = people // 2 * rounds
    others, skipped = contestants(people, encounters, rivals=rivals)

    def comparable() -> float:
        stage.begin()
        work = stage.work
        return wall(lambda: meet_and_talk(work.world, work.meeting, work.plan, work.setup)) / encounters

    def whole() -> float:
        return wall(lambda: stage.run(1)) / encounters

    comparable(), whole()
    both = int(stage.arrays.people.contributions.sum())
    assert both == 2 * encounters, f"{both} contributions in {encounters} encounters"
    everybody = {"coprod": comparable, "coprod, whole run": whole, **others}
    taken = interleaved(everybody, 2 if quick else 4)
    return {
        "people": people,
        "encounters": encounters,
        "meanwhile": MEANWHILE,
        "nanoseconds": {name: 1e9 * best(times) for name, times in taken.items()},
        "ratio": {name: ratio(times, taken["coprod"]) for name, times in taken.items() if name != "coprod"},
        "skipped": skipped,
    }
