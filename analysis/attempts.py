"""Running replicates of a definition so that one that fails is found, recorded and left out, and the others stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING, Final

import numpy as np

import sim
from analysis import parts
from analysis.definitions import Definition, order_of
from sim import CoprodError, TooBigError

if TYPE_CHECKING:
    from sim import Runs

LONGEST: Final = 200  # characters of a reason that are written down


class StoppedError(Exception):
    """Somebody asked for a study to stop before it was done."""


@dataclass(frozen=True)
class Attempt:
    """What came of running some replicates in a row."""

    runs: Runs
    """Those that ended as they should."""
    upto: int
    """The first replicate that was not run, because somebody asked to stop or because it was not asked for."""
    failed: dict[int, str] = field(default_factory=dict)
    """Those that failed, and why."""


def attempt(
    what: Definition,
    first: int,
    upto: int,
    *,
    workers: int | None = None,
    series: bool = True,
    progress: Callable[[int], None] | None = None,
    stop: Event | None = None,
) -> Attempt:
    """Run the replicates from `first` up to, and without, `upto`.

    A run fails if it raises an error or if something that is observed in it is infinite. To find which one raised, the
    replicates are halved and run again; a run depends on nothing but its number, so the others come out the same.

    Raises
    ------
    TooBigError
        If memory runs out: that is no property of a run.
    """
    try:
        runs = sim.simulate(
            what.scenario,
            replicates=upto - first,
            seed=what.seed,
            workers=workers,
            series=series,
            first=first,
            progress=progress,
            stop=stop,
            session=order_of(what),
        )
    except CoprodError:
        raise
    except MemoryError:
        raise TooBigError(
            f"{what.scenario.name}: memory ran out in the runs {first:,} to {upto - 1:,}; ask for fewer workers"
        ) from None
    except Exception as error:  # noqa: BLE001 - an extension may fail in any way
        if upto - first == 1:
            return Attempt(_none(what, series=series), upto, {first: _in_a_line(error)})
        return _halves(what, first, upto, workers=workers, series=series, stop=stop)
    return _finite(runs, first + len(runs.replicates))


def _halves(
    what: Definition, first: int, upto: int, *, workers: int | None, series: bool, stop: Event | None
) -> Attempt:
    middle = (first + upto) // 2
    one = attempt(what, first, middle, workers=workers, series=series, stop=stop)
    if one.upto < middle:
        return one
    two = attempt(what, middle, upto, workers=workers, series=series, stop=stop)
    runs = replace(
        one.runs,
        replicates=np.concatenate([one.runs.replicates, two.runs.replicates]),
        values=np.concatenate([one.runs.values, two.runs.values]),
    )
    return Attempt(runs, two.upto, one.failed | two.failed)


def infinite(runs: Runs) -> dict[int, str]:
    """The runs in which something observed is infinite, and what; no average of them would mean anything."""
    bad = np.isinf(runs.values).any(axis=(1, 2))  # (runs, outcomes)
    return {
        int(runs.replicates[n]): f"{runs.outcomes[int(np.argmax(bad[n]))]} is infinite"
        for n in np.flatnonzero(bad.any(axis=1))
    }


def _finite(runs: Runs, upto: int) -> Attempt:
    failed = infinite(runs)
    if failed:
        sound = ~np.isin(runs.replicates, list(failed))
        runs = replace(runs, replicates=runs.replicates[sound], values=runs.values[sound])
    return Attempt(runs, upto, failed)


def _none(what: Definition, *, series: bool) -> Runs:
    times, scopes = parts.rows_kept(what.scenario).shape
    shape = (0, times if series else 1, scopes, len(what.outcomes))
    return parts.runs_with(what, np.zeros(0, dtype=np.int64), np.zeros(shape))


def _in_a_line(error: Exception) -> str:
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}"[:LONGEST] if said else type(error).__name__
