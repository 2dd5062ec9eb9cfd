"""Runs that stay on the disk: what somebody asks about is read, the rest is not."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import psutil

import sim
from analysis import parts
from analysis.definitions import Definition
from analysis.parts import Said
from sim import CoprodError, TooBigError

if TYPE_CHECKING:
    import pyarrow as pa

REMEMBERED: Final = (
    128_000_000  # bytes of ends that are kept at hand, because many questions are about the same outcome
)


class KeptRuns(sim.Runs):
    """Runs of one design in a folder: like any `sim.Runs`, and memory holds only what is being asked about.

    Parameters
    ----------
    what : the definition that they follow from.
    files : the parts that hold them, in the order of their replicates.
    replicates : the numbers of the runs.
    """

    _what: Definition
    _files: tuple[tuple[Path, Said, Any], ...]
    _ends: OrderedDict[str, np.ndarray]
    _lock: Lock

    def __init__(
        self, what: Definition, files: Sequence[tuple[Path, Said, Any]], replicates: np.ndarray
    ) -> None:
        put = object.__setattr__  # the class is frozen
        put(self, "scenario", what.scenario)
        put(self, "seed", what.seed)
        put(self, "replicates", replicates)
        put(self, "outcomes", what.outcomes)
        put(self, "scopes", parts.scopes_of(what.scenario))
        put(self, "_what", what)
        put(self, "_files", tuple(files))
        put(self, "_ends", OrderedDict())
        put(self, "_lock", Lock())

    @property
    def values(self) -> np.ndarray:
        """All values at once, where there is room for them.

        Raises
        ------
        TooBigError
            If there is not.
        """
        shape = (len(self.replicates), len(self.sessions) + 1, len(self.scopes), len(self.outcomes))
        needed, free = 8 * int(np.prod(shape)), psutil.virtual_memory().available
        if needed > free // 2:
            raise TooBigError(
                f"{self.scenario.name}: all values of {shape[0]:,} runs take {needed / 1e9:,.1f} GB and {free / 1e9:,.1f} GB is "
                "free; ask for one outcome at a time with `final` or `over_sessions`"
            )
        values = np.empty(shape)
        for place, outcome in enumerate(self.outcomes):
            values[..., place] = self._everything(outcome)
        return values

    def final(self, outcome: str, scope: str = "all") -> np.ndarray:
        """One outcome at the end of each run, shape (R,)."""
        with self._lock:
            if outcome not in self._ends:
                self._ends[outcome] = self._at(outcome, len(self.sessions))
            self._ends.move_to_end(outcome)
            while len(self._ends) > 1 and sum(end.nbytes for end in self._ends.values()) > REMEMBERED:
                self._ends.popitem(last=False)
            found: np.ndarray = self._ends[outcome][:, self.scopes.index(scope)].copy()
        return found

    def over_sessions(self, outcome: str, scope: str = "all") -> np.ndarray:
        """One outcome over the observations of each run, shape (R, T)."""
        place = self.scopes.index(scope)
        return np.column_stack([self._at(outcome, t)[:, place] for t in range(len(self.sessions) + 1)])

    def _everything(self, outcome: str) -> np.ndarray:
        return np.stack([self._at(outcome, t) for t in range(len(self.sessions) + 1)], axis=1)

    def _at(self, outcome: str, t: int) -> np.ndarray:
        """One outcome at one observation, shape (R, P); NaN in the scopes that have no row there."""
        row = parts.rows_kept(self.scenario)[t]
        values = np.full((len(self.replicates), len(row)), np.nan)
        done = 0
        for path, said, footer in self._files:
            column = _column(path, said, footer, outcome, t, self._what)
            block = column.reshape(-1, int(row.sum()))[: len(values) - done]
            values[done : done + len(block), row] = block
            done += len(block)
        return values


def _column(path: Path, said: Said, footer: Any, outcome: str, t: int, what: Definition) -> np.ndarray:
    """One outcome at one observation, as one part holds it: its runs, each with its scopes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = parts.rows_kept(what.scenario)
    try:
        with pq.ParquetFile(path, metadata=footer, page_checksum_verification=True) as file:
            if file.num_row_groups == len(kept) > 1:
                return _numbers(file.read_row_group(t, columns=[outcome]))
            count = len(said.replicates)
            before, here = count * int(kept[:t].sum()), count * int(kept[t].sum())
            return _numbers(file.read(columns=[outcome]).slice(before, here))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise CoprodError(
            f"{path}: this part is damaged or gone; the command that made the study makes it again"
        ) from error


def _numbers(table: pa.Table) -> np.ndarray:
    found: np.ndarray = table.column(0).to_numpy()
    return found
