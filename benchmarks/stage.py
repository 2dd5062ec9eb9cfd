"""One run held at any point: the kernel's parts called one by one, on arrays that can be put back as they were."""

from __future__ import annotations

from typing import Any

import numpy as np

import sim
from sim import chance, outcomes, people
from sim.compiler import compiled
from sim.ensemble import Workspace, scopes_of
from sim.mechanisms.access import arrive
from sim.mechanisms.dialogue import _claim_the_floor, _talk, hear
from sim.plan import make_plan, make_setup, meeting_at, turn_to
from sim.run import begin, run_block
from sim.session import hold_session


@compiled
def talk_in_circles(world, meeting, setup):
    """Dialogue without its notes and posts: claims to the floor, turns, hearing."""
    room = world.room
    for c in range(room.n[1]):
        members = room.members[room.start[c] : room.start[c + 1]]
        _claim_the_floor(world, meeting, setup, members)
        room.n[3] = 0
        if members.size > 1:
            _talk(world, meeting, setup, members, c)


@compiled
def meet_and_talk(world, meeting, plan, setup):
    """All sessions, of which only arriving, dealing into circles and talking."""
    for t in range(plan.name.size):
        turn_to(meeting, plan, t)
        arrive(world, meeting, setup)
        talk_in_circles(world, meeting, setup)


@compiled
def hold_sessions(world, meeting, plan, setup):
    """All sessions of a run, and nothing observed."""
    for t in range(plan.name.size):
        turn_to(meeting, plan, t)
        hold_session(world, meeting, setup)


@compiled
def hear_everything(world, setup):
    """The first circle hears all contributions that lie in the room."""
    room = world.room
    members = room.members[room.start[0] : room.start[1]]
    for n in range(room.n[3]):
        hear(world, setup, members, room.speaker[n], room.said_issue[n], room.said[n], n)


class Stage:
    """A world at the start of a run."""

    def __init__(self, scenario: sim.Scenario, seed: int = 1, replicate: int = 0) -> None:
        self.scenario = scenario
        self.plan, self.setup = make_plan(scenario), make_setup(scenario)
        self.work = Workspace(scenario, self.plan, self.setup, people.blueprint(scenario))
        self.arrays = self.work.arrays
        self.streams = chance.stream(seed, "population"), chance.stream(seed, "process")
        self.begin(replicate)

    def begin(self, replicate: int = 0) -> None:
        """Draw the people of a replicate."""
        begin(self.work.world, self.work.setup, self.work.blueprint, replicate, *self.streams)

    def turn_to(self, t: int) -> Any:
        """Make session t the next one; returns it for Python."""
        turn_to(self.work.meeting, self.work.plan, t)
        return meeting_at(self.plan, t)

    def act(self, *phases: Any) -> None:
        """Let phases of a session happen."""
        for phase in phases:
            phase(self.work.world, self.work.meeting, self.work.setup)

    def hold(self, replicate: int) -> None:
        """A whole run, of which nothing is observed."""
        work = self.work
        self.begin(replicate)
        hold_sessions(work.world, work.meeting, work.plan, work.setup)

    def run(self, replicates: int, first: int = 0) -> None:
        """Whole runs, observed once at the end, as `simulate` makes them."""
        scopes = len(scopes_of(self.scenario))
        values = np.empty((replicates, 1, scopes, len(outcomes.NAMES)))
        work, done, halt = self.work, np.zeros(1, np.int64), np.zeros(1, np.bool_)
        run_block(
            work.world, work.meeting, work.plan, work.setup, work.blueprint, first, *self.streams, values, done, halt
        )  # fmt: skip

    def copied(self) -> list[np.ndarray]:
        """All arrays as they are now."""
        return [array.copy() for part in self.arrays for array in part]

    def put_back(self, copies: list[np.ndarray]) -> None:
        """All arrays as they were."""
        for array, copy in zip((array for part in self.arrays for array in part), copies, strict=True):
            array[...] = copy


def circle(size: int, setting: str, minutes: float) -> sim.Scenario:
    """One circle of people from four groups who talk about five issues, and come for certain."""
    names = ("citizens", "patients", "professionals", "researchers")
    sizes = {name: size // 4 + (n < size % 4) for n, name in enumerate(names)}
    sure = {"mean": 1, "spread": 0}
    return sim.Scenario.model_validate(
        {
            "name": "circle",
            "groups": {name: {"size": n, "engagement": sure, "openness": sure} for name, n in sizes.items() if n},
            "issues": {name: {} for name in "abcde"},
            "sessions": {
                "meeting": {
                    "week": 0, "minutes": minutes, "setting": setting, "circle_size": size, "scribe": 0,
                    "agenda": {"dialogue": 1},
                }
            },
        }
    )  # fmt: skip


__all__ = ["Stage", "circle", "hear_everything", "hold_sessions", "meet_and_talk", "talk_in_circles"]
