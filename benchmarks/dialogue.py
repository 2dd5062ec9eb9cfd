"""The dialogue phase written as numpy would have it: circle by circle, hearing vectorised over listeners.

The same draws and the same turns as the kernel's, compared number by number before anything is timed: so nobody has to take
our word that the twin was not made slow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

import scenarios
from benchmarks.clock import best, interleaved, ratio, seconds
from benchmarks.stage import Stage, circle, talk_in_circles
from sim import chance
from sim.chance import GOLDEN, MASK
from sim.compiler import plainly
from sim.mechanisms.access import arrive
from sim.mechanisms.assets import name_assets
from sim.mechanisms.intentions import share_intentions
from sim.plan import FLAT, SMOOTH, turns_in
from sim.setting import LIVE_REMOTE

COMPARED = ("views", "picture", "certainty", "trust", "heard", "contributions", "said")
TOLERANCE = 1e-12

FIRST, SECOND = np.uint64(chance.FIRST), np.uint64(chance.SECOND)
ELEVEN, TWENTY_SEVEN, THIRTY, THIRTY_ONE, THIRTY_TWO = (np.uint64(n) for n in (11, 27, 30, 31, 32))


def bits(keys: np.ndarray, decision: int, occasion: int) -> np.ndarray:
    """Keyed draws of many at once."""
    x = keys + np.uint64(GOLDEN * ((decision << 40) + occasion + 1) & MASK)
    x = (x ^ (x >> THIRTY)) * FIRST
    x = (x ^ (x >> TWENTY_SEVEN)) * SECOND
    return x ^ (x >> THIRTY_ONE)


def draws(keys: np.ndarray, decision: int, occasion: int) -> np.ndarray:
    """Uniform numbers in [0, 1)."""
    return (bits(keys, decision, occasion) >> ELEVEN) * 2.0**-53


def triangles(keys: np.ndarray, decision: int, occasion: int) -> np.ndarray:
    """Triangular numbers in (-1, 1)."""
    z = bits(keys, decision, occasion)
    return ((z >> THIRTY_TWO) + z.astype(np.uint32) + np.uint64(1)) * 2.0**-32 - 1.0


def winner(weights: np.ndarray, uniform: np.ndarray) -> int:
    """Who waits shortest."""
    with np.errstate(divide="ignore"):
        return int(np.argmin(-np.log(1.0 - uniform) / weights))


class Circle:
    """People who talk; what does not change while they do is worked out once."""

    def __init__(self, arrays: Any, setup: Any, meeting: Any, members: np.ndarray, number: int) -> None:
        self.people, self.room, self.flow = arrays.people, arrays.room, arrays.ledger.flow
        self.setup, self.values, self.meeting = setup, setup.values, meeting
        self.members, self.number = members, number
        self.group = self.people.group[members]
        self.live, self.keys = self.room.live[members], self.room.key[members]
        self.carries = setup.fidelity[self.live]
        self.takes_in = self.people.engagement[members] * self.room.fluency[members]
        self.others = [np.delete(np.arange(members.size), at) for at in range(members.size)]

    def talk(self) -> None:
        """All turns, in a race or in rounds."""
        remote = bool((self.live == LIVE_REMOTE).any())
        turns = plainly(turns_in)(self.meeting, self.values, self.members.size, remote)
        claims = self.claims()
        for turn in range(chance.count(turns, chance.draw(self.room.nobody[1], chance.TURNS, self.number))):
            if self.meeting.rounds:
                everything = [self.voice(at, turn) for at in range(self.members.size)]
                for at, (k, voiced) in enumerate(everything):
                    self.hear(at, k, voiced, turn)
            else:
                at = winner(claims, draws(self.keys, chance.FLOOR, turn))
                self.hear(at, *self.voice(at, turn), turn)

    def claims(self) -> np.ndarray:
        """Everybody's claim to the floor."""
        people, floor, members = self.people, self.values.facilitated_floor, self.members
        claim = people.talkativeness[members] * people.power[members] * self.takes_in
        remote = self.live == LIVE_REMOTE
        if 0 < remote.sum() < members.size:
            claim = np.where(remote, claim * self.values.hybrid_penalty, claim)
        return claim ** (floor + (1.0 - floor) * (1.0 - self.meeting.facilitation))

    def voice(self, at: int, turn: int) -> tuple[int, float]:
        """Somebody picks an issue and states a position."""
        people, i, own = self.people, self.members[at], self.group[at]
        views, floor = people.views[i], self.values.salience_floor
        weights = self.setup.weight * (floor + (1.0 - floor) * np.abs(views))
        k = winner(weights, draws(self.keys[at] ^ self.setup.issue, chance.ISSUE, turn))
        trust = (people.trust[i, self.group].sum() - people.trust[i, own]) / (self.members.size - 1)
        c = people.certainty[i, :, k]
        prevails = (c * people.picture[i, :, k] + (1.0 - c) * views[k]).mean()
        voiced = views[k] + self.values.self_silencing * (1.0 - trust) * (prevails - views[k])
        voiced = max(-1.0, min(1.0, voiced))
        people.contributions[i] += 1
        people.said[i, k] = voiced
        return k, voiced

    def hear(self, at: int, k: int, voiced: float, turn: int) -> None:
        """All others hear it at once."""
        people, values, others = self.people, self.values, self.others[at]
        speaker, g, listeners = self.members[at], self.group[at], self.members[others]
        fidelity = np.minimum(self.carries[others], self.carries[at])
        attends = self.takes_in[others] * fidelity
        heard, scale = voiced, values.noise * (1.0 - fidelity)
        if scale.any():
            misheard = triangles(self.keys[others] ^ people.key[speaker], chance.MISHEARD, turn)
            heard = np.clip(voiced + scale * misheard, -1.0, 1.0)
        a, c = values.learning * attends, people.certainty[listeners, g, k]
        picture = people.picture[listeners, g, k]
        people.picture[listeners, g, k] = picture + a / (a + c * (1.0 - a)) * (heard - picture)
        people.certainty[listeners, g, k] = c + a * (1.0 - c)
        views, openness, trust = (
            people.views[listeners, k],
            people.openness[listeners],
            people.trust[listeners, g],
        )
        apart = heard - views
        near = self.near(np.abs(apart), people.tolerance[listeners])
        people.views[listeners, k] = views + values.influence * openness * trust * attends * near * apart
        seen = fidelity * people.openness[speaker] + (1.0 - fidelity) * openness
        people.trust[listeners, g] = trust + values.trust_gain * attends * (seen - trust)
        self.flow[g] += np.bincount(self.group[others], attends, self.flow.shape[0])
        people.heard[speaker] += attends.sum()

    def near(self, distance: np.ndarray, tolerance: np.ndarray) -> np.ndarray:
        """Share of a heard difference that moves."""
        if self.setup.kernel == FLAT:
            return np.ones_like(distance)
        share = (1.0 - (distance / tolerance) ** 2) ** 2 if self.setup.kernel == SMOOTH else 1.0
        return np.where(distance <= tolerance, share, 0.0)


def largest_gap(pairs: Iterable[tuple[np.ndarray, np.ndarray]], whose: str) -> float:
    """The largest difference between arrays, relative where numbers exceed 1; an error if there is one to speak of."""
    apart = 0.0
    for ours, theirs in pairs:
        gap = np.abs(ours - theirs) / np.maximum(1.0, np.abs(ours))
        apart = max(apart, float(np.nanmax(gap, initial=0.0)))
        if not np.array_equal(np.isnan(ours), np.isnan(theirs)) or apart > TOLERANCE:
            msg = f"{whose} differs from the kernel's by {apart}"
            raise AssertionError(msg)
    return apart


def talk_with_numpy(stage: Stage, meeting: Any) -> None:
    """Dialogue of all circles."""
    room = stage.arrays.room
    for c in range(int(room.n[1])):
        members = room.members[room.start[c] : room.start[c + 1]]
        if members.size > 1:
            Circle(stage.arrays, stage.setup, meeting, members, c).talk()


def largest_difference(stage: Stage, meeting: Any, before: list[np.ndarray]) -> float:
    """How far kernel and numpy are apart after the same dialogue, over everything that it moves."""
    ends = []
    for talk in (lambda: stage.act(talk_in_circles), lambda: talk_with_numpy(stage, meeting)):
        stage.put_back(before)
        talk()
        ends.append([getattr(stage.arrays.people, name).astype(float) for name in COMPARED])
    return largest_gap(zip(*ends, strict=True), "the dialogue in numpy")


def compared(stage: Stage, rounds: int) -> dict[str, object]:
    """One dialogue phase, by the kernel and by numpy, from the same start."""
    meeting = stage.turn_to(0)
    stage.act(arrive, share_intentions, name_assets)
    before = stage.copied()
    apart = largest_difference(stage, meeting, before)
    turns = int(stage.arrays.people.contributions.sum())

    def timed(talk: Any) -> float:
        stage.put_back(before)
        return seconds(talk)

    contestants = {
        "numpy": lambda: min(timed(lambda: talk_with_numpy(stage, meeting)) for _ in range(3)),
        "kernel": lambda: min(timed(lambda: stage.act(talk_in_circles)) for _ in range(3)),
    }
    taken = interleaved(contestants, rounds)
    return {
        "turns": turns,
        "largest_difference": apart,
        "numpy_seconds": best(taken["numpy"]),
        "kernel_seconds": best(taken["kernel"]),
        "ratio": ratio(taken["numpy"], taken["kernel"]),
    }


def measure(*, quick: bool) -> dict[str, object]:
    """Circles of six, as in the scenario, and one circle of two hundred, where numpy has most to gain."""
    rounds = 3 if quick else 15
    return {
        "circles_of_six": compared(Stage(scenarios.load("citizens-blended")), rounds),
        "circle_of_200": compared(Stage(circle(200, "same/distributed", 60)), rounds),
    }
