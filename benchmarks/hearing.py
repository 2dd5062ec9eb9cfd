"""The kernel against the machine: nanoseconds per hearing, beside the same loop written by hand in C (hearing.c)."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np

from benchmarks.clock import best, interleaved, ratio, seconds
from benchmarks.dialogue import largest_gap
from benchmarks.stage import Stage, circle, hear_everything
from sim import chance
from sim.mechanisms.access import arrive

HERE = Path(__file__).parent
BUILD = HERE.parent / "build"
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")
MOVED = ("views", "trust", "picture", "certainty", "heard")

PEOPLE = (
    "group",
    "key",
    "openness",
    "tolerance",
    "engagement",
    "views",
    "trust",
    "picture",
    "certainty",
    "heard",
)
NUMBERS = ("size", "contributions", "groups", "issues", "kernel", "misheard")
CONSTANTS = ("learning", "influence", "noise", "trust_gain")
ARRAYS = (
    *PEOPLE, "key_today", "live", "fluency", "carries", "heard_today", "flow", "members", "speaker", "issue", "said",
)  # fmt: skip


class InC(ctypes.Structure):
    """`struct circle` of hearing.c."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ARRAYS),
        *((name, ctypes.c_int64) for name in NUMBERS),
        *((name, ctypes.c_double) for name in CONSTANTS),
    )


def compiler() -> str | None:
    """A C compiler, if there is one."""
    return next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)


def library(folder: Path = BUILD) -> ctypes.CDLL | None:
    """hearing.c, compiled for this processor; None without a compiler."""
    found = compiler()
    if found is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "hearing.so"
    subprocess.run([found, *FLAGS, "-o", str(made), str(HERE / "hearing.c"), "-lm"], check=True)
    return ctypes.CDLL(str(made))


def as_in_c(stage: Stage) -> InC:
    """The same arrays, by their addresses."""
    people, room, setup, ledger = stage.arrays.people, stage.arrays.room, stage.setup, stage.arrays.ledger
    arrays = {name: getattr(people, name) for name in PEOPLE} | {
        "key_today": room.key, "live": room.live, "fluency": room.fluency, "carries": setup.fidelity,
        "heard_today": room.heard, "flow": ledger.flow, "members": room.members,
        "speaker": room.speaker, "issue": room.said_issue, "said": room.said,
    }  # fmt: skip
    _, groups, issues = people.picture.shape
    numbers = (int(room.n[0]), int(room.n[3]), groups, issues, setup.kernel, chance.MISHEARD)
    assert all(array.flags.c_contiguous for array in arrays.values())
    return InC(
        **{name: array.ctypes.data for name, array in arrays.items()},
        **dict(zip(NUMBERS, numbers, strict=True)),
        **{name: getattr(setup.values, name) for name in CONSTANTS},
    )


def full_of_contributions(size: int, setting: str, contributions: int) -> Stage:
    """A circle that has so much to listen to; who says what is drawn here, since only hearing is looked at."""
    stage = Stage(circle(size, setting, minutes=min(100_000, contributions)))
    stage.turn_to(0)
    stage.act(arrive)
    room, rng = stage.arrays.room, np.random.default_rng(1)
    contributions = min(contributions, room.said.size)
    room.speaker[:contributions] = rng.choice(room.members[: int(room.n[0])], contributions)
    room.said_issue[:contributions] = rng.integers(0, len(stage.scenario.issues), contributions)
    room.said[:contributions] = rng.uniform(-1, 1, contributions)
    room.n[3] = contributions
    return stage


def compared(c: ctypes.CDLL | None, size: int, setting: str, hearings: int, rounds: int) -> dict[str, object]:
    """Nanoseconds per hearing in one circle."""
    stage = full_of_contributions(size, setting, hearings // (size - 1))
    hearings = int(stage.arrays.room.n[3]) * (int(stage.arrays.room.n[0]) - 1)
    before, circle_in_c = stage.copied(), as_in_c(stage)
    people = stage.arrays.people

    def kernel() -> None:
        hear_everything(stage.work.world, stage.work.setup)

    def by_hand() -> None:
        assert c is not None
        c.hear_everything(ctypes.byref(circle_in_c))

    def timed(work) -> float:
        stage.put_back(before)
        return seconds(work) / hearings

    def after(work) -> list[np.ndarray]:
        stage.put_back(before)
        work()
        return [getattr(people, name).copy() for name in MOVED] + [stage.arrays.ledger.flow.copy()]

    kernel()
    found: dict[str, object] = {"people": size, "setting": setting, "hearings": hearings}
    contestants = {"kernel": lambda: min(timed(kernel) for _ in range(3))}
    if c is not None:
        found["largest_difference"] = largest_gap(
            zip(after(kernel), after(by_hand), strict=True), "hearing in C"
        )
        contestants["c"] = lambda: min(timed(by_hand) for _ in range(3))
    taken = interleaved(contestants, rounds)
    found["kernel_ns"] = 1e9 * best(taken["kernel"])
    if c is not None:
        found["c_ns"] = 1e9 * best(taken["c"])
        found["ratio"] = ratio(taken["kernel"], taken["c"])
    return found


def measure(*, quick: bool) -> dict[str, object]:
    """Six on video, each hearing with a draw; six in a room, where nothing is misheard; two hundred on video."""
    c, rounds = library(), 3 if quick else 25
    hearings = 20_000 if quick else 100_000
    return {
        "compiler": " ".join(FLAGS) if c is not None else "no C compiler here: the kernel stands alone",
        "six_on_video": compared(c, 6, "same/distributed", hearings, rounds),
        "six_in_a_room": compared(c, 6, "same/same", hearings, rounds),
        "two_hundred_on_video": compared(c, 200, "same/distributed", hearings, rounds),
    }
