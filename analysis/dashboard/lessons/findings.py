"""What came out of a lesson's runs: held against what the lesson says, and put into words and numbers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

import sim
from analysis import statistics
from analysis.dashboard import studies
from analysis.dashboard.lessons.lesson import IT, SEED, WORLDS, filled
from analysis.report import story, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.dashboard.lessons.lesson import Finding, Lesson, Trial
    from analysis.experiments import Direction
    from analysis.statistics import Comparison, Estimate
    from sim import Runs

POINTS: Final = 60  # other guesses at the behavioural constants that are tried
EACH: Final = 20  # worlds at each of them


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the two designs of a lesson came to, in the worlds run so far."""

    lesson: Lesson
    seed: int
    worlds: int
    comparisons: dict[str, Comparison]
    """Of each finding, the second design against the first."""
    estimates: dict[str, tuple[Estimate, Estimate]]
    """Of each finding, the first and the second design."""
    values: tuple[np.ndarray, np.ndarray]
    """What the bet is about, in each world under the first and the second design."""
    typical: int
    """The number of the world nearest to the middle of all."""


@dataclass(frozen=True)
class Shaken:
    """What comes out under other guesses at the behavioural constants and other readings of the grid."""

    differences: tuple[float, ...]
    """The mean difference under each guess."""
    smallest: float

    @property
    def more(self) -> int:
        """Guesses under which the second design has more."""
        return sum(one >= self.smallest for one in self.differences)

    @property
    def less(self) -> int:
        """Guesses under which it has less."""
        return sum(one <= -self.smallest for one in self.differences)

    @property
    def same(self) -> int:
        """Guesses under which there is no difference that counts."""
        return len(self.differences) - self.more - self.less


_SHAKEN: dict[str, Shaken] = {}


def outcome(lesson: Lesson, designs: Sequence[Runs]) -> Outcome:
    """Read off what two designs came to in the worlds that both were run in."""
    first, second = designs
    finding = lesson.finding
    return Outcome(
        lesson=lesson,
        seed=first.seed,
        worlds=len(first.replicates),
        comparisons={
            name: statistics.compare(first, second, one.outcome, one.whom)
            for name, one in lesson.findings.items()
        },
        estimates={
            name: (
                statistics.at_the_end(first, one.outcome, one.whom),
                statistics.at_the_end(second, one.outcome, one.whom),
            )
            for name, one in lesson.findings.items()
        },
        values=(first.final(finding.outcome, finding.whom), second.final(finding.outcome, finding.whom)),
        typical=story.typical(designs),
    )


def counted(
    lesson: Lesson,
    seed: int = SEED,
    worlds: int = WORLDS,
    hear: Callable[[Outcome], None] = lambda _: None,
    progress: Callable[[int], None] = lambda _: None,
    stop: threading.Event | None = None,
) -> Outcome | None:
    """Run both designs of a lesson in the same worlds.

    Parameters
    ----------
    hear : told what came out so far, a few times a second.
    progress : told how many runs are done, of two for each world.
    stop : ends it early when set.

    Returns
    -------
    What came out; None if it was stopped before anything did.

    Raises
    ------
    sim.CoprodError : a design can not be run here; the message says why.
    """
    found = studies.together(
        lesson.designs(),
        worlds,
        seed,
        lambda found: hear(outcome(lesson, found.designs)) if len(found.designs) == 2 else None,
        progress,
        stop or threading.Event(),
    )
    if found.refused:
        raise sim.CoprodError("\n".join(found.refused))
    return outcome(lesson, found.designs) if found.worlds else None


def came_out(finding: Finding, comparison: Comparison) -> Direction | None:
    """What the second design has against the first; None if these worlds can not tell.

    More or less needs a mean difference of at least the smallest that counts, and an interval on one side of 0; about the
    same needs a whole interval nearer to 0 than that.
    """
    mean, low, high = (comparison.difference[end] for end in ("mean", "low", "high"))
    if mean is None or low is None or high is None:
        return None
    if -finding.smallest < low and high < finding.smallest:
        return "same"
    if abs(mean) < finding.smallest or not comparison.shows:
        return None
    return "more" if mean > 0 else "less"


def trial_as_said(lesson: Lesson, trial: Trial, against: Runs, tried: Runs) -> bool:
    """Did a trial come out as the lesson's texts count on?"""
    finding = lesson.finding
    comparison = statistics.compare(against, tried, finding.outcome, finding.whom)
    return trial.expect is None or came_out(finding, comparison) == trial.expect


def as_said(finding: Finding, comparison: Comparison) -> bool:
    """Did it come out as the lesson says, in its direction and as often?"""
    if came_out(finding, comparison) != finding.expect:
        return False
    side = {"more": comparison.more, "less": comparison.less, "same": 0}[finding.expect]
    return finding.often is None or side >= finding.often * comparison.worlds


def holds(found: Outcome) -> bool:
    """Did everything come out as the lesson says?"""
    return all(as_said(one, found.comparisons[name]) for name, one in found.lesson.findings.items())


def told(found: Outcome, text: str) -> str:
    """A text of the lesson with the numbers of these runs."""
    return filled(text, lambda name, place: _place(found, name, place))


def _place(found: Outcome, name: str, place: str) -> str:
    finding, comparison = found.lesson.findings[name], found.comparisons[name]
    first, second = (estimate["mean"] for estimate in found.estimates[name])
    if place == "times":
        return f"{second / first:.1f}" if first and second is not None else words.DASH
    values = {"first": first, "second": second}
    if place in values:
        return written(finding.outcome, values[place])
    if place == "difference":
        mean = comparison.difference["mean"]
        return written(finding.outcome, None if mean is None else abs(mean), difference=True)
    return f"{getattr(comparison, place):,}"


def is_share(outcome: str) -> bool:
    """Is it a share of people, views or hours, which reads best in per cent?"""
    return _kind(outcome).unit in ("share", statistics.YES_OR_NO) and _kind(outcome).low is not None


def written(outcome: str, value: float | None, *, difference: bool = False) -> str:
    """A value of an outcome for people: shares in per cent (their differences in points), the others as numbers."""
    if value is None:
        return words.DASH
    if is_share(outcome):
        return words.minus(f"{100 * value:.1f} points") if difference else words.percent(value)
    if _kind(outcome).unit == "money":
        return words.money(value)
    return words.minus(
        statistics.number(value, 1 if _kind(outcome).unit == "number" else 3 if difference else 2)
    )


def bounds(outcome: str, found: Estimate, *, difference: bool = False) -> str:
    """The 95% interval of an estimate for people; empty where there is none."""
    low, high = found["low"], found["high"]
    if low is None or high is None:
        return ""
    if is_share(outcome):
        return words.minus(f"{100 * low:.1f} to {100 * high:.1f}") + ("" if difference else "%")
    if _kind(outcome).unit == "money":
        return f"{words.money(low)} to {words.money(high)}"
    places = 1 if _kind(outcome).unit == "number" else 3 if difference else 2
    return words.minus(f"{statistics.number(low, places)} to {statistics.number(high, places)}")


def _kind(outcome: str) -> sim.Outcome:
    return next(known for known in sim.OUTCOMES if known.name == outcome)


def shaken(
    lesson: Lesson, progress: Callable[[int], None] = lambda _: None, stop: threading.Event | None = None
) -> Shaken | None:
    """Run a lesson again under other guesses at the behavioural constants, and under all readings of the grid.

    Returns
    -------
    What comes out under each of them; None if it was stopped.
    """
    from analysis.examination import plausible, readings

    if lesson.key in _SHAKEN:  # the same for everybody, and a whole class may ask
        return _SHAKEN[lesson.key]
    finding, designs, every = lesson.finding, lesson.designs(), readings()
    differences: list[float] = []
    for number, guess in enumerate(plausible(POINTS, SEED)):
        if stop is not None and stop.is_set():
            return None
        ends = [
            sim.simulate(
                scenario.model_copy(
                    update={
                        "parameters": {**scenario.parameters, **guess},
                        "fidelity": every[number % len(every)],
                    }
                ),
                EACH,
                seed=SEED,
                series=False,
            ).final(finding.outcome, finding.whom)
            for scenario in designs
        ]
        apart = ends[1] - ends[0]
        differences.append(0.0 if np.isnan(apart).all() else float(np.nanmean(apart)))
        progress(number + 1)
    _SHAKEN[lesson.key] = Shaken(tuple(differences), finding.smallest)
    return _SHAKEN[lesson.key]


__all__ = ["IT", "Outcome", "Shaken", "as_said", "bounds", "came_out", "counted", "holds", "is_share", "outcome",
           "shaken", "told", "written"]  # fmt: skip
