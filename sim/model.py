"""One run, to watch: a Mesa model whose agents are windows on the kernel's arrays.

`model.step()` holds one session. Anything that speaks Mesa works on it: AgentSet, DataCollector, SolaraViz, a notebook.
Nothing is copied: what an agent shows is what the kernel computes with, and what is set on an agent takes effect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import mesa
import numpy as np

from sim import chance, events, outcomes, people
from sim.ensemble import Workspace, observing, scopes_of
from sim.errors import ScenarioError, TooBigError
from sim.extensions import session_of
from sim.plan import make_plan, make_setup, turn_to
from sim.run import begin
from sim.scenario import Scenario
from sim.session import hold_session
from sim.setting import CHANNELS

MOST_AGENTS: Final = 10_000


def _window(name: str, meaning: str) -> property:
    """An attribute of an agent that is a place, or a row, in the model's arrays."""

    def get(agent: Participant) -> Any:
        array = getattr(agent.model.people, name)
        value = array[agent.index]
        return value.item() if array.ndim == 1 else value

    def put(agent: Participant, value: Any) -> None:
        getattr(agent.model.people, name)[agent.index] = value

    return property(get, put, doc=meaning)


class Participant(mesa.Agent):  # type: ignore[misc]
    """Somebody who takes part. Attributes are those of `sim.people.FIELDS`, read and written in place."""

    model: CoProduction

    def __init__(self, model: CoProduction, index: int) -> None:
        super().__init__(model)
        self.index = index

    @property
    def stakeholders(self) -> str:
        """Name of this person's group."""
        return self.model.group_names[int(self.model.people.group[self.index])]

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels through which this person took part in the latest session; none if it did not."""
        room = self.model.state.room
        here = (int(room.live[self.index]), int(room.later[self.index]))
        return tuple(CHANNELS[channel] for channel in here if channel >= 0)

    def believes(self, group: str, issue: str) -> float:
        """What this person believes a group to think on an issue, in [-1, 1]."""
        model = self.model
        g, k = model.group_names.index(group), list(model.scenario.issues).index(issue)
        return float(_believed(model.people, slice(self.index, self.index + 1))[0, g, k])


for _field in people.FIELDS:
    setattr(Participant, _field.name, _window(_field.name, _field.meaning))


class CoProduction(mesa.Model):  # type: ignore[misc]
    """One run of a scenario, session by session.

    Parameters
    ----------
    scenario : what is simulated; at most 10,000 people (`sim.simulate` goes to a million).
    seed, replicate : replays replicate `replicate` of `sim.simulate(scenario, seed=seed)`, to the bit.
    log : keep the event log, from which `events` tells the run.
    session : another order of a session, in place of the one that the scenario asks for, as in `sim.simulate`.
    extra : further outcomes, name -> compiled function of (world, setup) that returns a number.

    Attributes
    ----------
    people : the participants' arrays (a named tuple, see `sim.people.FIELDS`).
    state : all arrays of the run: people, room, record, board, commons, draft, ledger, log.
    datacollector : outcomes after each session, by model and by agent.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        replicate: int = 0,
        *,
        log: bool = False,
        session: Any = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        if scenario.people > MOST_AGENTS:
            msg = (
                f"{scenario.name}: {scenario.people:,} people are too many to watch one by one (at most {MOST_AGENTS:,}); "
                "sim.simulate counts outcomes of up to a million"
            )
            raise TooBigError(msg)
        if replicate < 0:
            msg = f"replicate: replicates are numbered from 0, found {replicate}"
            raise ScenarioError(msg)
        super().__init__(rng=np.random.default_rng([seed & (2**63 - 1), replicate]))
        self.scenario, self.seed_of_run, self.replicate = scenario, seed, replicate
        self.group_names = tuple(scenario.groups)
        self._hold = session or session_of(scenario) or hold_session
        self._names = (*outcomes.NAMES, *(extra or {}))
        self._read = observing(extra or {})
        self._open(lines=4096 if log else 0)
        for index in range(scenario.people):
            Participant(self, index)
        names = [field.name for field in people.FIELDS if field.axes == ("N",) and field.name != "key"]
        self.datacollector = mesa.DataCollector(
            model_reporters={name: _outcome(name) for name in self._names},
            agent_reporters={"stakeholders": "stakeholders", **{name: name for name in names}},
        )
        self.datacollector.collect(self)

    @property
    def scenario(self) -> Scenario:
        """What is simulated."""
        return self._scenario_run

    @scenario.setter
    def scenario(self, scenario: Any) -> None:
        # from 3.5 on, Mesa gives every model a scenario of its own kind under this name; ours is frozen and stays
        if isinstance(scenario, Scenario):
            self._scenario_run = scenario

    def _open(self, lines: int) -> None:
        """Make the world, draw the people and observe the start."""
        plan, setup = make_plan(self.scenario), make_setup(self.scenario)
        self._workspace = Workspace(self.scenario, plan, setup, people.blueprint(self.scenario), lines)
        self.state = self._workspace.arrays
        self.people = self.state.people
        streams = (chance.stream(self.seed_of_run, name) for name in ("population", "process"))
        begin(
            self._workspace.world, self._workspace.setup, self._workspace.blueprint, self.replicate, *streams
        )
        self.sessions_held = 0
        self.running = True
        self._row = np.full((len(scopes_of(self.scenario)), len(self._names)), np.nan)
        self._observe()

    def _observe(self) -> None:
        self._read(self._workspace.world, self._workspace.setup, self._row)

    @property
    def next_session(self) -> str | None:
        """Name of the session that the next step holds; None when the process is over."""
        names = tuple(self.scenario.sessions)
        return names[self.sessions_held] if self.sessions_held < len(names) else None

    def step(self) -> None:
        """Hold one session and observe what came of it. When the process is over nothing happens any more."""
        if self.next_session is None:
            return
        work = self._workspace
        before = _copied(self.state) if self.state.log.kind.size else None
        turn_to(work.meeting, work.plan, self.sessions_held)
        self._hold(work.world, work.meeting, work.setup)
        if before is not None and self.state.log.length[0] > self.state.log.kind.size:
            self._hold_again_with_more_room(before)
        self.sessions_held += 1
        self.running = self.next_session is not None
        self._observe()
        self.datacollector.collect(self)

    def _hold_again_with_more_room(self, before: Any) -> None:
        """The log was too short: make a longer one, go back to where the session began, and hold it again."""
        lines = 2 * int(self.state.log.length[0])
        plan, setup = make_plan(self.scenario), make_setup(self.scenario)
        work = Workspace(self.scenario, plan, setup, people.blueprint(self.scenario), lines)
        for part, old in zip(work.arrays, before, strict=True):
            for array, was in zip(part, old, strict=True):
                array[tuple(slice(n) for n in was.shape)] = was
        self._workspace, self.state, self.people = work, work.arrays, work.arrays.people
        turn_to(work.meeting, work.plan, self.sessions_held)
        self._hold(work.world, work.meeting, work.setup)

    def outcome(self, name: str, scope: str = "all") -> float:
        """An outcome as it stands now; NaN where undefined. Scopes: `all`, a group, a barrier."""
        return float(self._row[scopes_of(self.scenario).index(scope), self._names.index(name)])

    @property
    def events(self) -> list[events.Event]:
        """What happened so far, line by line; empty unless the model was made with `log=True`."""
        return events.events_of(self.state.log, self.scenario, self.people.group)

    def record(self) -> list[dict[str, Any]]:
        """The entries of the shared record, oldest first, in names instead of numbers.

        `answers` is the number of the entry that one answers, and `reads` how many have read it: None in a design without
        a platform, and `answers` of an entry that opens a thread.
        """
        r, sessions, issues = self.state.record, tuple(self.scenario.sessions), tuple(self.scenario.issues)
        commons = self.state.commons
        threaded = commons.parent.size > 0
        return [
            {
                "author": int(r.author[e]),
                "group": self.group_names[int(self.people.group[r.author[e]])],
                "issue": issues[r.issue[e]],
                "position": float(r.position[e]),
                "session": sessions[r.session[e]],
                "channel": CHANNELS[r.channel[e]],
                "divergent": bool(r.divergent[e]),
                "noted": bool(r.noted[e]),
                "answers": int(commons.parent[e]) if threaded and commons.parent[e] >= 0 else None,
                "reads": int(commons.reads[e]) if threaded else None,
            }
            for e in range(int(r.length[0]))
        ]

    def followed(self, person: int) -> list[int]:
        """Whom somebody follows; nobody in a design without followers."""
        follows = self.state.commons.follows
        return [int(j) for j in follows[person] if j != person] if follows.size else []

    def beliefs(self) -> np.ndarray:
        """What everybody believes each group to think on each issue, in [-1, 1]; shape (N, G, K)."""
        return _believed(self.people, slice(None))

    def draft(self) -> dict[str, float | None]:
        """The latest draft: position by issue; None where there is none."""
        positions = self.state.draft.position
        return {
            k: None if np.isnan(x) else float(x) for k, x in zip(self.scenario.issues, positions, strict=True)
        }


def _believed(people: Any, who: slice) -> np.ndarray:
    """What some people believe, shape (of them, G, K): their picture as far as they are certain, else their own view."""
    c = people.certainty[who]
    return np.asarray(c * people.picture[who] + (1 - c) * people.views[who][:, None, :])


def _outcome(name: str) -> Callable[[CoProduction], float]:
    """A reporter that reads one outcome."""
    return lambda model: model.outcome(name)


def _copied(state: Any) -> tuple[tuple[np.ndarray, ...], ...]:
    """A copy of every array of a state."""
    return tuple(tuple(array.copy() for array in part) for part in state)
