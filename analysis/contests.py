"""Rival theories on the same patterns: what each predicts, what the model shows, and which theories nobody can tell apart.

Pattern-oriented modelling asks which of several explanations reproduces many patterns at once (Grimm et al. 2005,
doi:10.1126/science.1116681). Here the theories say in words what they predict, the patterns are virtual experiments, and
what studies of real processes report stands beside, where there is anything.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any, Literal

import sim
from analysis import experiments, studies
from analysis.examination import Examination, Plan, Progress, planned, run

if TYPE_CHECKING:
    import pandas as pd

    from analysis.store import Store
    from analysis.verdicts import Finding
    from scenarios import Patterns, Theory

Shown = Literal["more", "less", "same", "unclear"]
Fit = Literal["fits", "contradicted", "open", "silent"]


@dataclass(frozen=True)
class Contest:
    """Theories held against each other on the same patterns."""

    theories: tuple[Theory, ...]
    patterns: Patterns
    examination: Examination

    def shown(self, pattern: str) -> Shown:
        """What the model shows: more, less, no difference to speak of, or nothing that these worlds can tell."""
        return _shown(self.examination.findings[pattern])

    def fit(self, theory: Theory, pattern: str) -> Fit:
        """Whether what a theory predicts for a pattern is what the model shows."""
        predicted, shown = theory.predictions.get(pattern), self.shown(pattern)
        if predicted is None:
            return "silent"
        if shown == "unclear":
            return "open"
        return "fits" if predicted == shown else "contradicted"

    def shared(self, one: str, other: str) -> list[str]:
        """The patterns on which two theories both speak."""
        here, there = (next(t.predictions for t in self.theories if t.name == name) for name in (one, other))
        return [pattern for pattern in self.patterns.patterns if pattern in here and pattern in there]

    def equifinal(self) -> list[tuple[str, str]]:
        """Pairs of theories that predict the same on every pattern on which both speak: these patterns cannot part them."""
        pairs = []
        for one, other in itertools.combinations(self.theories, 2):
            both = self.shared(one.name, other.name)
            if both and all(one.predictions[pattern] == other.predictions[pattern] for pattern in both):
                pairs.append((one.name, other.name))
        return pairs

    def unmet(self) -> list[tuple[str, str]]:
        """Pairs of theories that never speak about the same pattern: nothing here could part them either."""
        return [
            (one.name, other.name)
            for one, other in itertools.combinations(self.theories, 2)
            if not set(one.predictions) & set(other.predictions) & set(self.patterns.patterns)
        ]

    def summary(self) -> dict[str, Any]:
        """The result, as `--json` prints it."""
        return {
            "patterns": {
                name: {
                    "says": pattern.says,
                    "observed": self.shown(name),
                    "effect": self.examination.findings[name].effect,
                    "low": self.examination.findings[name].low,
                    "high": self.examination.findings[name].high,
                    "smallest_effect": pattern.smallest,
                    "replicates": self.examination.findings[name].worlds,
                    "reported": pattern.reported,
                    "reported_by": pattern.reported_by,
                }
                for name, pattern in self.patterns.patterns.items()
            },
            "theories": {
                theory.name: {
                    name: {
                        "predicted": theory.predictions.get(name),
                        "observed": self.shown(name),
                        "verdict": self.fit(theory, name),
                    }
                    for name in self.patterns.patterns
                }
                for theory in self.theories
            },
            "equifinal": [list(pair) for pair in self.equifinal()],
            "not_comparable": [list(pair) for pair in self.unmet()],
        }

    def table(self) -> pd.DataFrame:
        """Theories by patterns: predicted, observed and verdict, a row each."""
        import pandas as pd

        rows = [
            {"theory": theory, "pattern": pattern, **cell}
            for theory, cells in self.summary()["theories"].items()
            for pattern, cell in cells.items()
        ]
        return pd.DataFrame(rows)


def plan(
    theories: Sequence[Theory],
    patterns: Patterns,
    *,
    seed: int = 1,
    replicates: int | None = None,
    workers: int | None = None,
) -> Plan:
    """Plan a contest: how many worlds each pattern takes.

    Raises
    ------
    sim.ScenarioError : theories of one name, or one that says nothing about any of the patterns.
    """
    check(theories, patterns)
    return planned(
        {name: experiments.of_pattern(patterns, name) for name in patterns.patterns},
        seed=seed, replicates=replicates, workers=workers,
    )  # fmt: skip


def contest(
    theories: Sequence[Theory | str],
    patterns: Patterns | str = "core",
    *,
    seed: int = 1,
    replicates: int | None = None,
    workers: int | None = None,
    store: Store | None = None,
    command: str = "",
    made: Plan | None = None,
    progress: Progress = lambda what, done: None,
    say: studies.Say = lambda note: None,
    stop: Event | None = None,
) -> Contest:
    """Hold rival theories against each other on the same patterns.

    Parameters
    ----------
    theories : at least two, or their names or files.
    patterns : the patterns, or their name or file.
    seed, replicates, workers, store, command, progress, say, stop : as in `analysis.examination.run`.
    made : a plan made before, so that it could be shown.

    Raises
    ------
    sim.ScenarioError : as for `plan`.
    """
    import scenarios

    if isinstance(theories, str):
        theories = [theories]  # one name, and not its letters
    known = tuple(scenarios.theory(one) if isinstance(one, str) else one for one in theories)
    held = scenarios.patterns(patterns) if isinstance(patterns, str) else patterns
    made = made or plan(known, held, seed=seed, replicates=replicates, workers=workers)
    examination = run(
        made, workers=workers, store=store, command=command, progress=progress, say=say, stop=stop
    )
    return Contest(known, held, examination)


def check(theories: Sequence[Theory], patterns: Patterns) -> None:
    """Refuse a contest that could say nothing.

    Raises
    ------
    sim.ScenarioError : fewer than two theories, two of one name, or one that says nothing about any of the patterns.
    """
    if len(theories) < 2:
        msg = "a contest needs at least two theories, as in `coprod contest eaa contact information`"
        raise sim.ScenarioError(msg)
    names = [theory.name for theory in theories]
    for theory in theories:
        if names.count(theory.name) > 1:
            msg = f"two theories are called {theory.name}; a table could not tell them apart"
            raise sim.ScenarioError(msg)
        if not set(theory.predictions) & set(patterns.patterns):
            said = ", ".join(patterns.patterns)
            msg = (
                f"{theory.name} predicts nothing about these patterns ({said}); its table [predictions] could"
            )
            raise sim.ScenarioError(msg)


def _shown(finding: Finding) -> Shown:
    if finding.verdict == "equivalent":
        return "same"
    if finding.low is None or finding.high is None or finding.low <= 0 <= finding.high:
        return "unclear"
    return "more" if finding.low > 0 else "less"
