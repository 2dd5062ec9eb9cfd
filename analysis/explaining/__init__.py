"""Why did agreement not emerge, or what did it hang on? One run, explained from its event log and from replays.

>>> import analysis
>>> why = analysis.explain("tick-box", seed=7, replicates=20)
>>> print(why)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from analysis.explaining import happened, mattered
from analysis.explaining.evidence import EventLog, Sentence
from analysis.explaining.mattered import Findings, Together, helping
from analysis.explaining.replays import CONSENSUS, Replay, Replays, consensus, ending, wanted
from analysis.explaining.shares import COALITIONS, Shares, shapley, shares_of
from analysis.explaining.switches import Switch, switches_of

if TYPE_CHECKING:
    import pandas as pd

    from sim import Scenario

__all__ = [
    "Explanation",
    "Replay",
    "Sentence",
    "Shares",
    "Switch",
    "asked_for",
    "explain",
    "runs_needed",
    "shapley",
]

FEW: Final = 20  # worlds below which the account warns of rough intervals
CAUTION: Final = (
    "A replay says what would have been in this model, with the same people and the same luck; it is no forecast.",
    "Switches overlap: each effect is that of one switch alone, and effects do not add up.",
    "These people are simulated. They hold positions and have no reasons of their own, so that nobody is to blame.",
)


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Why one run ended as it did.

    Attributes
    ----------
    scenario, seed, replicate : the run.
    replicates : number of worlds in which each switch was tried: replicates 0, 1, ... of the same seed.
    log : its event log; None if there are too many people to watch.
    findings : what the replays found.
    """

    scenario: Scenario
    seed: int
    replicate: int
    replicates: int
    log: EventLog | None
    findings: Findings

    @property
    def design(self) -> str:
        """Name of the design."""
        return self.scenario.name

    @property
    def outcome(self) -> str:
        """What is explained."""
        return self.findings.outcome

    @property
    def value(self) -> float | None:
        """The outcome of this run; None where it is not defined."""
        return self.findings.value

    @property
    def consensus(self) -> bool | None:
        """Did the latest draft put find consensus by the scenario's rule? None if none was put."""
        return self.findings.consensus

    @property
    def cause(self) -> str:
        """The switch that accounts for how this run ended, or `no single cause`; `notes` say what counts as one."""
        return self.findings.cause

    @property
    def shapley(self) -> Shares | None:
        """What each mechanism carries, over the worlds."""
        return self.findings.shares

    @cached_property
    def account(self) -> tuple[Sentence, ...]:
        """The run in some sentences, each with what it rests on; made of nothing but what stands here."""
        about = self.outcome in mattered.WITH_LINE
        told = list(happened.verdict(self.log, self.consensus)) if self.log and about else []
        told.append(mattered.standing(self.findings))
        told += _events(self.log, about) if self.log else []
        found = self.findings
        for part in (mattered.switches, mattered.carried, mattered.overlap):
            told += part(found)
        return (*told, mattered.ending(found))

    @property
    def notes(self) -> tuple[str, ...]:
        """How to read the account: what counts as a cause, what is left out, what it cannot say."""
        notes = [mattered.definition(self.findings), *CAUTION]
        if self.log is None:
            notes.append(
                f"{self.scenario.people:,} people are too many to watch one by one: the account rests on replays alone."
            )
        if self.replicates < FEW:
            notes.append(
                f"{self.replicates} worlds are few: intervals are rough, and small effects do not show."
            )
        if self.shapley is not None and self.shapley.undefined:
            left = (
                f"{self.shapley.undefined:,} of {self.replicates:,} worlds are left out of the Shapley shares"
            )
            notes.append(f"{left}: without some mechanisms the outcome is not defined in them.")
        notes += [
            f"Not tried: {r.switch.label}, because {r.refused}" for r in self.findings.replays if r.refused
        ]
        return tuple(notes)

    @property
    def switches(self) -> pd.DataFrame:
        """A row for each switch: what it gave in this run and in the worlds."""
        import pandas as pd

        return pd.DataFrame([_row(replay) for replay in self.findings.replays])

    @property
    def events(self) -> pd.DataFrame:
        """The event log, a row for each line; empty if there are too many people to watch."""
        return EventLog(self.scenario, self.log.events if self.log else []).frame()

    @property
    def cited(self) -> list[dict[str, Any]]:
        """The lines of the event log that the account names."""
        lines = {line for one in self.account for proof in one.evidence for line in proof.get("lines", ())}
        return self.log.rows(lines) if self.log else []

    def as_json(self) -> dict[str, Any]:
        """Everything, in plain values."""
        shares = self.shapley
        return {
            "design": self.design,
            "seed": self.seed,
            "replicate": self.replicate,
            "outcome": self.outcome,
            "value": self.value,
            "consensus": self.consensus,
            "account": [{"says": one.says, "evidence": list(one.evidence)} for one in self.account],
            "switches": [_said(replay) for replay in self.findings.replays],
            "shapley": {} if shares is None else shares.share,
            "interactions": [] if shares is None else [
                {"between": list(pair), **found, "large": pair in shares.large} for pair, found in shares.interaction.items()
            ],
            "undefined_worlds": None if shares is None else shares.undefined,
            "cause": self.cause,
            "notes": list(self.notes),
            "events": self.cited,
        }  # fmt: skip

    def __str__(self) -> str:
        return "\n".join(one.says for one in self.account)

    def __repr__(self) -> str:
        return f"<Explanation of {self.outcome} in {self.design}, seed {self.seed}, world {self.replicate}: {self.cause}>"

    def write(self, path: Any) -> None:
        """Write the account as a page (`.html`) or as plain text, complete or not at all."""
        from analysis.explaining.page import write

        write(self, path)


def _events(log: EventLog, about_agreement: bool) -> list[Sentence]:
    """What happened, as far as it bears on the outcome: at most five sentences."""
    parts = [happened.silence, happened.floor, happened.record, happened.asking, happened.leaving]
    if about_agreement:
        parts = [happened.divide, happened.draft, *parts, happened.giving_way]
    return [sentence for part in parts for sentence in part(log)][:5]


def explain(
    scenario: Scenario | str,
    seed: int = 1,
    replicate: int = 0,
    *,
    outcome: str = "agreement",
    replicates: int = 100,
    workers: int | None = None,
    shares: bool = True,
    progress: Callable[[str, int], None] | None = None,
    stop: Event | None = None,
) -> Explanation:
    """Why one run ended as it did.

    The run is replayed with one thing switched at a time, by the same people with the same luck; each switch is also
    tried in many worlds, to see whether what it does here is typical.

    Parameters
    ----------
    scenario : a design, or its name in the library.
    seed, replicate : the run.
    outcome : what is to be explained; see `sim.OUTCOMES`.
    replicates : number of worlds: replicates 0, 1, ... of this seed.
    workers : threads; the result does not depend on them.
    shares : reckon Shapley shares of the mechanisms too (64 more designs).
    progress : called with what is run and how many worlds of it are done.
    stop : when set, `StoppedError` is raised soon.

    Raises
    ------
    sim.CoprodError
        If there is no such scenario or outcome, or it needs more memory than there is.
    """
    design = asked_for(scenario, outcome, replicates)
    replays = Replays(design, seed, replicate, outcome, replicates, workers, progress, stop)
    tried = replays.each(switches_of(design))
    worlds, run = replays.plain
    value = ending(run, outcome)
    found = Findings(
        outcome=outcome,
        value=value,
        consensus=consensus(run),
        worlds=_estimated(worlds, outcome),
        reached=int((worlds.final(CONSENSUS) == 1).sum()),
        below=0 if value is None else int((worlds.final(outcome) < value).sum()),
        replays=tried,
        together=_together(replays, tried),
        shares=shares_of(replays) if shares else None,
    )
    return Explanation(design, seed, replicate, replicates, _log(design, seed, replicate), found)


def runs_needed(scenario: Scenario, replicates: int) -> int:
    """How many runs an explanation takes at most: as it was, each switch, all that help, and the 64 coalitions."""
    return replicates * (2 + len(switches_of(scenario)) + COALITIONS)


def asked_for(scenario: Scenario | str, outcome: str, replicates: int) -> Scenario:
    """The design that is meant, once it is known that what is asked of it can be answered.

    Raises
    ------
    sim.CoprodError
        If there is no such outcome or scenario, or no world is asked for.
    """
    import scenarios
    import sim
    from sim.scenario import suggestion

    names = [known.name for known in sim.OUTCOMES]
    if outcome not in names:
        raise sim.CoprodError(f"outcome: there is no outcome {outcome!r}{suggestion(outcome, names)}")
    if replicates < 1:
        raise sim.CoprodError(f"replicates: at least 1 is needed, found {replicates}")
    return scenario if isinstance(scenario, sim.Scenario) else scenarios.load(scenario)


def _estimated(worlds: Any, outcome: str) -> Any:
    from analysis.statistics import at_the_end

    return at_the_end(worlds, outcome)


def _log(scenario: Scenario, seed: int, replicate: int) -> EventLog | None:
    """The event log of a run; None if there are too many people to watch."""
    import sim
    from sim.model import MOST_AGENTS

    if scenario.people > MOST_AGENTS:
        return None
    run = sim.CoProduction(scenario, seed=seed, replicate=replicate, log=True)
    while run.running:
        run.step()
    return EventLog(scenario, run.events)


def _together(replays: Replays, tried: tuple[Replay, ...]) -> Together | None:
    """Everything that helps in the worlds, switched at once."""
    parts = helping(tried, wanted(replays.outcome))
    if not parts:
        return None
    changes = tuple(change for part in parts for change in part.switch.changes)
    everything = Switch(
        "together", "all that helps", "Had all that helps been so", changes, "together", "together"
    )
    return Together(tuple(part.switch.key for part in parts), replays.replay(everything))


def _said(replay: Replay) -> dict[str, Any]:
    """A replay in plain values."""
    switch = replay.switch
    return {
        "switch": switch.key,
        "label": switch.label,
        "kind": switch.kind,
        "set": list(switch.changes),
        "value": replay.value,
        "difference": replay.difference,
        "consensus": replay.consensus,
        "worlds": dict(replay.worlds),
        "likewise": replay.likewise,
        "reached": replay.reached,
        "typical": replay.typical,
        "same_as": replay.same_as or None,
        "refused": replay.refused or None,
    }


def _row(replay: Replay) -> dict[str, Any]:
    """A replay as a row of a table."""
    said = _said(replay)
    worlds = said.pop("worlds")
    return said | {"set": " ".join(said["set"]), **{f"worlds_{key}": value for key, value in worlds.items()}}
