"""Runs as a table, and parts of that table as files.

One row per observation, run and scope, in this order: before the first session, after the first, ... at the end; within
one observation run by run. What is undefined is null. A chunk, which is soon part of something larger, is an Arrow file:
quick to write, quick to read. A part that stays is Parquet: a quarter of the size. Each says in its metadata what it
holds: the definition, the replicates from `first` to `last`, those among them that failed and why, and a hash of the
values of each chunk. A large part keeps each observation in a row group of its own, so that whoever asks about the end
reads the end alone.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import sim
from analysis.definitions import Definition

if TYPE_CHECKING:
    import pyarrow as pa

    from sim import Runs, Scenario

KEYS: Final = ("design", "definition", "seed", "replicate", "session", "scope")
LARGE: Final = 1000  # runs from which on each observation has a row group of its own


@dataclass(frozen=True)
class Said:
    """What a part says of itself."""

    definition: str
    first: int
    last: int
    each: int
    """Replicates in a chunk; the last chunk may have fewer."""
    values: tuple[str, ...]
    """A hash of the values of each chunk."""
    failed: dict[int, str] = field(default_factory=dict)
    """Replicates that failed, with the reason."""

    @property
    def replicates(self) -> np.ndarray:
        """The runs that are there."""
        return np.array([r for r in range(self.first, self.last + 1) if r not in self.failed], dtype=np.int64)


# ---- the table -----------------------------------------------------------------------------------------------------


def scopes_of(scenario: Scenario) -> tuple[str, ...]:
    """Whose outcomes are read: everyone's, each group's, and those of the people who face each barrier."""
    return ("all", *scenario.groups, *sim.BARRIERS)


def rows_kept(scenario: Scenario) -> np.ndarray:
    """Which (observation, scope) of a run get a row: everyone and the groups always, the barriers at the end only."""
    kept = np.zeros((len(scenario.sessions) + 1, len(scopes_of(scenario))), dtype=bool)
    kept[:, : 1 + len(scenario.groups)] = True
    kept[-1] = True
    return kept


def bytes_of_a_run(scenario: Scenario) -> int:
    """What the rows of one run take in memory."""
    return 8 * int(rows_kept(scenario).sum()) * len(sim.OUTCOMES)


def values_of(what: Definition, runs: Runs) -> np.ndarray:
    """The values of runs, float64 (outcomes, rows), with one kind of NaN."""
    kept, count = rows_kept(what.scenario), len(runs.replicates)
    values = np.empty((len(runs.outcomes), count * int(kept.sum())))
    at = 0
    for t, row in enumerate(kept):
        there = (
            runs.values[:, t] if row.all() else runs.values[:, t, : int(row.sum())]
        )  # groups stand before barriers
        block = there.reshape(-1, len(runs.outcomes)).T
        values[:, at : at + block.shape[1]] = block
        at += block.shape[1]
    values[np.isnan(values)] = np.nan
    return values


def table_of(what: Definition, runs: Runs, values: np.ndarray) -> pa.Table:
    """Runs as a table; what is undefined is null.

    values : as `values_of` gives them.
    """
    import pyarrow as pa

    kept = rows_kept(what.scenario)
    sessions, scopes = _rows(kept, len(runs.replicates))
    replicates = np.concatenate([np.repeat(runs.replicates, row.sum()) for row in kept])
    columns = {
        "design": _named(np.zeros(len(sessions)), (what.scenario.name,)),
        "definition": _named(np.zeros(len(sessions)), (what.digest,)),
        "seed": pa.array(np.full(len(sessions), what.seed, dtype=np.int64)),
        "replicate": pa.array(replicates.astype(np.int64)),
        "session": pa.array(sessions.astype(np.int32)),
        "scope": _named(scopes, runs.scopes),
    }
    for position, outcome in enumerate(runs.outcomes):
        columns[outcome] = pa.array(values[position], from_pandas=True)
    return pa.table(columns)


def runs_of(table: pa.Table, what: Definition, said: Said) -> Runs:
    """The runs that a part's table holds."""
    kept, replicates = rows_kept(what.scenario), said.replicates
    values = np.full((len(replicates), *kept.shape, len(what.outcomes)), np.nan)
    at = 0
    columns = np.stack([_floats(table[outcome]) for outcome in what.outcomes])
    for t, row in enumerate(kept):
        block = columns[:, at : at + len(replicates) * int(row.sum())]
        values[:, t, row, :] = block.reshape(len(what.outcomes), len(replicates), int(row.sum())).transpose(
            1, 2, 0
        )
        at += block.shape[1]
    return runs_with(what, replicates, values)


def within(table: pa.Table, said: Said, first: int, last: int) -> pa.Table:
    """The rows of the replicates from `first` to `last`."""
    import pyarrow.compute as pc

    if first <= said.first and last >= said.last:
        return table
    there = table["replicate"]
    return table.filter(pc.and_(pc.greater_equal(there, first), pc.less_equal(there, last)))


def cut(what: Definition, said: Said, table: pa.Table, last: int) -> Said:
    """What a part would say of itself if it ended with the replicate `last`."""
    failed = {replicate: why for replicate, why in said.failed.items() if replicate <= last}
    shorter = Said(said.definition, said.first, last, said.each, (), failed)
    return replace(shorter, values=hashes(what, shorter, within(table, said, said.first, last)))


def runs_with(what: Definition, replicates: np.ndarray, values: np.ndarray) -> Runs:
    """Runs of a definition."""
    return sim.Runs(what.scenario, what.seed, replicates, what.outcomes, scopes_of(what.scenario), values)


def _rows(kept: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The observation and the scope of each row, for so many runs."""
    sessions = np.concatenate([np.full(count * int(row.sum()), t) for t, row in enumerate(kept)])
    scopes = np.concatenate([np.tile(np.flatnonzero(row), count) for row in kept])
    return sessions, scopes


def _named(codes: np.ndarray, names: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names))


def _floats(column: pa.ChunkedArray) -> np.ndarray:
    """A column as numbers, NaN where it is undefined."""
    found: np.ndarray = column.to_numpy()
    return found


# ---- a part as a file ----------------------------------------------------------------------------------------------


def chunk_of(
    what: Definition, runs: Runs, first: int, last: int, failed: dict[int, str], *, small: bool = False
) -> bytes:
    """The replicates from `first` to `last` as the bytes of an Arrow file.

    small : take the time to make it small, because it has to travel.
    """
    import pyarrow as pa

    values = values_of(what, runs)
    said = Said(what.digest, first, last, last - first + 1, (), failed)
    said = replace(said, values=(_hash(np.split(values, _ends(what, len(runs.replicates)), axis=1)),))
    table = table_of(what, runs, values)
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="lz4" if small else None)
    with pa.ipc.new_file(sink, table.schema.with_metadata(_written(what, said)), options=options) as writer:
        writer.write_table(table)
    return sink.getvalue()


def write(what: Definition, said: Said, tables: Sequence[pa.Table], path: Path) -> None:
    """Write neighbouring tables of one definition as one Parquet file; the same runs give the same bytes.

    said : what it holds.
    tables : as `table_of` makes them, in the order of their replicates.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    observations = list(_observations(what, tables))
    schema = tables[0].schema.with_metadata(_written(what, said))
    if said.last - said.first + 1 < LARGE:
        observations = [pa.concat_tables(observations)]
    with pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=list(KEYS),
        write_statistics=list(KEYS),  # nobody looks for a run by its outcome
        write_page_checksum=True,
    ) as writer:
        for observation in observations:
            whole = observation.combine_chunks().replace_schema_metadata(schema.metadata)
            writer.write_table(whole, row_group_size=max(1, len(whole)))


def hashes(what: Definition, said: Said, table: pa.Table) -> tuple[str, ...]:
    """A hash of each chunk's values, observation by observation and outcome by outcome: equal only if every bit is."""
    replicates, found = said.replicates, []
    starts = [0, *_ends(what, len(replicates))]
    widths = rows_kept(what.scenario).sum(axis=1)
    for start in range(said.first, said.last + 1, said.each):
        low, high = (int(n) for n in np.searchsorted(replicates, (start, start + said.each)))
        blocks = (
            table.slice(at + low * int(width), (high - low) * int(width))
            for at, width in zip(starts, widths, strict=True)
        )
        found.append(_hash(np.stack([_floats(block[name]) for name in what.outcomes]) for block in blocks))
    return tuple(found)


def _hash(blocks: Iterable[np.ndarray]) -> str:
    """A hash of blocks of values, one for each observation; what is undefined is numpy's NaN, as Arrow gives it, too."""
    hashed = hashlib.sha256()
    for block in blocks:
        hashed.update(np.ascontiguousarray(block, dtype="<f8").data)
    return hashed.hexdigest()


def _ends(what: Definition, count: int) -> list[int]:
    """Where in a table of so many runs each observation but the last one ends."""
    ends: list[int] = (count * rows_kept(what.scenario).sum(axis=1)).cumsum()[:-1].tolist()
    return ends


def said_by(path: Path) -> tuple[Said, Any] | None:
    """What a Parquet part says of itself, with its footer; None if that cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        footer = pq.read_metadata(path)
        return _told(footer.metadata), footer
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException):
        return None


def read(path: Path, what: Definition, *, checked: bool = True) -> tuple[Said, pa.Table] | None:
    """The table in a file; None if it is damaged, cut short or of another definition.

    checked : look at every value.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if path.suffix == ".parquet":
            table = pq.read_table(path, page_checksum_verification=True)
        else:
            with pa.memory_map(str(path)) as file:
                table = pa.ipc.open_file(file).read_all()
        said = _told(table.schema.metadata)
        replicates = said.replicates
        there = table["replicate"].to_numpy()
        first_rows = there[:: int(rows_kept(what.scenario)[0].sum())][: len(replicates)]
        whole = len(table) == len(replicates) * int(rows_kept(what.scenario).sum())
        if said.definition != what.digest or not whole or not np.array_equal(first_rows, replicates):
            return None
        if checked and hashes(what, said, table) != said.values:
            return None
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None
    return said, table


def _written(what: Definition, said: Said) -> dict[str, str]:
    """What a file says of what it holds, complete enough to make its runs again."""
    told = {
        "definition": said.definition,
        "first": said.first,
        "last": said.last,
        "each": said.each,
        "values": said.values,
        "failed": {str(replicate): why for replicate, why in sorted(said.failed.items())},
        "scenario": what.scenario.model_dump(mode="json"),
        "parameters": what.parameters,
        "model": what.model,
    }
    return {"coprod": json.dumps(told)}


def _told(metadata: Any) -> Said:
    said = json.loads(metadata[b"coprod"])
    failed = {int(replicate): str(why) for replicate, why in said["failed"].items()}
    return Said(said["definition"], said["first"], said["last"], said["each"], tuple(said["values"]), failed)


def _observations(what: Definition, tables: Sequence[pa.Table]) -> Iterator[pa.Table]:
    """Observation by observation, the rows of all tables; nothing is copied."""
    import pyarrow as pa

    kept = rows_kept(what.scenario)
    at = [0] * len(tables)
    for row in kept:
        slices = []
        for n, table in enumerate(tables):
            length = len(table) // int(kept.sum()) * int(row.sum())
            slices.append(table.slice(at[n], length))
            at[n] += length
        yield pa.concat_tables(slices)
