"""Where a study is kept: a folder with its runs, what made them, and the report.

    runs/*.parquet   the runs, in parts; one row per run, session and scope, one column per outcome
    made.json        what made them: scenarios as data, seed, parameters, versions, machine, command
    report.html      what they say

A part is written whole or not at all: under a hidden name, synced, then renamed. Its name says what it holds (design,
definition, first and last replicate), so a study that was stopped goes on with the parts that are there. Parts of other
definitions may lie in the same folder: they are left alone and never mixed in.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import sim
from sim import CoprodError

if TYPE_CHECKING:
    import pyarrow as pa

    from sim import Runs, Scenario

KEYS: Final = ("design", "definition", "seed", "replicate", "session", "scope")
LEFT_BEHIND: Final = 600  # seconds after which a hidden file is no longer being written by anybody


class OutputError(CoprodError):
    """A folder for results cannot be used, or does not hold what it should."""


@dataclass(frozen=True)
class Study:
    """Designs that were run in the same worlds, and what made them."""

    designs: tuple[Runs, ...]
    """The runs of each design, in the order asked for."""
    made: dict[str, Any]
    """What made them, as `made.json` says it."""


@dataclass(frozen=True)
class Definition:
    """What the runs of one design follow from; the same definition gives the same runs."""

    scenario: Scenario
    seed: int
    outcomes: tuple[str, ...]
    model: str
    """A hash of the model's sources and of the versions that compile them."""
    parameters: dict[str, float] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that name this definition in files."""
        said = [self.scenario.digest(), self.parameters, self.seed, self.outcomes, self.model]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]


def definition(scenario: Scenario, seed: int) -> Definition:
    """What the runs of a scenario follow from here: its data, the behavioural constants, the seed and this model."""
    from sim import sources_digest, values_of

    constants = values_of(scenario)._asdict()
    outcomes = tuple(outcome.name for outcome in sim.OUTCOMES)
    return Definition(scenario, seed, outcomes, sources_digest(), constants)


class Store:
    """A folder that keeps one study; it is made, and tried out, before anything is computed.

    Parameters
    ----------
    folder : where results go; made if it is not there.

    Raises
    ------
    OutputError
        If nothing can be written there, or if files of the same names, made by somebody else, would be lost.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.runs = self.folder / "runs"
        self._counts: dict[Path, int] = {}
        self.damaged: list[str] = []
        """Names of parts that could not be read."""
        with self._or_say_why():
            self._refuse_what_is_not_ours()
            self.runs.mkdir(parents=True, exist_ok=True)
            for place in (self.folder, self.runs):
                with tempfile.NamedTemporaryFile(dir=place, prefix=".coprod-"):
                    pass
            self._forget_what_was_left_behind()

    @property
    def kept(self) -> int:
        """Runs of the study at hand that stand in the folder, whole."""
        return sum(count for path, count in list(self._counts.items()) if path.exists())

    def find(self, what: Definition, first: int, last: int) -> Runs | None:
        """The runs `first` to `last` of a definition, if a sound part holds them."""
        for path in self._parts(what, first):
            if _last(path) < last:
                continue
            runs = read_part(path, what)
            if runs is None:
                self.damaged.append(path.name)
                continue
            self._counts[path] = last - first + 1
            return _up_to(runs, last)
        return None

    def keep(self, what: Definition, runs: Runs) -> Runs:
        """Write one part, whole or not at all; returns the runs as they will be read back."""
        first, last = int(runs.replicates[0]), int(runs.replicates[-1])
        table = _table(what, runs)
        path = self.runs / f"{what.scenario.name}-{what.digest}-{first:07d}-{last:07d}.parquet"
        self._counts[path] = len(runs.replicates)
        with self._or_say_why(), _written_whole(path) as hidden:
            _write_parquet(table, hidden)
        for shorter in self._parts(what, first):
            if _last(shorter) < last:  # the new part holds all of it
                shorter.unlink(missing_ok=True)
        return _runs(table, what)

    def close(self, study: Study) -> None:
        """Write what made the study, and the report."""
        with self._or_say_why():
            with _written_whole(self.folder / "made.json") as hidden:
                hidden.write_text(
                    json.dumps(study.made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
                )
            if find_spec("analysis.report"):
                with _written_whole(self.folder / "report.html") as hidden:
                    _write_report(study, hidden)

    def others(self, definitions: list[Definition]) -> int:
        """Number of parts here that belong to none of these definitions."""
        ours = {
            path
            for what in definitions
            for path in self.runs.glob(f"{what.scenario.name}-{what.digest}-*.parquet")
        }
        return sum(path not in ours for path in self.runs.glob("*.parquet"))

    def _parts(self, what: Definition, first: int) -> list[Path]:
        """Parts of a definition that start at one replicate, shortest first."""
        return sorted(self.runs.glob(f"{what.scenario.name}-{what.digest}-{first:07d}-*.parquet"))

    def _refuse_what_is_not_ours(self) -> None:
        made, report = self.folder / "made.json", self.folder / "report.html"
        if made.exists() or report.exists():
            try:
                read_made(self.folder)
            except OutputError:
                there = made if made.exists() else report
                raise OutputError(
                    f"{there}: this file was not made by coprod and would be lost; choose another --out"
                ) from None

    def _forget_what_was_left_behind(self) -> None:
        """Remove hidden files of writers that were killed; the young ones may have a living writer."""
        for place in (self.folder, self.runs):
            for path in place.glob(".coprod-*"):
                if time.time() - path.stat().st_mtime > LEFT_BEHIND:
                    path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _or_say_why(self) -> Iterator[None]:
        try:
            yield
        except FileExistsError as error:
            raise OutputError(
                f"{error.filename}: a file stands where a folder for results is needed; choose another --out"
            ) from error
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            kept = f" ({self.kept:,} runs are kept)" if self.kept else ""
            raise OutputError(
                f"{self.folder}: results cannot be written here: {reason}{kept}; choose another --out"
            ) from error


def read(folder: str | Path) -> Study:
    """Read back the study that a folder keeps.

    Raises
    ------
    OutputError
        If there is no study, or if some of its runs are missing or damaged.
    """
    from sim import Scenario

    made = read_made(folder)
    designs = []
    for design in made["designs"]:
        scenario = Scenario.model_validate(design["scenario"])
        what = Definition(
            scenario, made["seed"], tuple(made["outcomes"]), made["model"], design["parameters"]
        )
        parts, upto = [], 0
        for path in sorted((Path(folder) / "runs").glob(f"{scenario.name}-{what.digest}-*.parquet")):
            runs = read_part(path, what)
            if runs is not None and int(runs.replicates[0]) == upto < made["replicates"]:
                parts.append(_up_to(runs, made["replicates"] - 1))
                upto = int(parts[-1].replicates[-1]) + 1
        if upto < made["replicates"]:
            raise OutputError(
                f"{folder}: runs of {scenario.name} are missing from number {upto} on; `{made['command']}` makes them again"
            )
        designs.append(joined(parts))
    return Study(tuple(designs), made)


def read_made(folder: str | Path) -> dict[str, Any]:
    """What made the study in a folder.

    Raises
    ------
    OutputError
        If the folder keeps no study of coprod's.
    """
    path = Path(folder) / "made.json"
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        made["coprod"], made["designs"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(f"{path}: no study of coprod's is kept here") from error
    return made


def read_part(path: Path, what: Definition) -> Runs | None:
    """The runs in one part; None if it is damaged, cut short or of another definition."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, page_checksum_verification=True)
        said = json.loads(table.schema.metadata[b"coprod"])
        if said["definition"] != what.digest or len(table) != said["rows"]:
            return None
        runs = _runs(table, what)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None
    first, last = (int(number) for number in path.stem.split("-")[-2:])
    whole = np.array_equal(runs.replicates, np.arange(first, last + 1))
    kept = runs.values[:, _rows_kept(what.scenario), :]
    return runs if whole and results_digest(kept) == said["values"] else None


def joined(parts: list[Runs]) -> Runs:
    """Parts of one design as one."""
    return replace(
        parts[0],
        replicates=np.concatenate([part.replicates for part in parts]),
        values=np.concatenate([part.values for part in parts]),
    )


def results_digest(values: np.ndarray) -> str:
    """A hash of values: two studies with the same hash found the same to the last bit."""
    plain = np.where(np.isnan(values), np.nan, values)  # one kind of NaN
    return hashlib.sha256(np.ascontiguousarray(plain, dtype="<f8").tobytes()).hexdigest()


def _up_to(runs: Runs, last: int) -> Runs:
    among = runs.replicates <= last
    return (
        runs if among.all() else replace(runs, replicates=runs.replicates[among], values=runs.values[among])
    )


def _last(path: Path) -> int:
    """The last replicate that a part holds, by its name."""
    return int(path.stem.rpartition("-")[2])


def _scopes(scenario: Scenario) -> tuple[str, ...]:
    """Whose outcomes are read: everyone's, each group's, and those of the people who face each barrier."""
    return ("all", *scenario.groups, "travel", "digital", "schedule", "communication")


def _rows_kept(scenario: Scenario) -> np.ndarray:
    """Which (session, scope) of a run get a row: everyone and the groups always, the barriers at the end only."""
    kept = np.zeros((len(scenario.sessions) + 1, len(_scopes(scenario))), dtype=bool)
    kept[:, : 1 + len(scenario.groups)] = True
    kept[-1] = True
    return kept


def _table(what: Definition, runs: Runs) -> pa.Table:
    """Runs as a table: one row per run, session and scope; what is undefined is null."""
    import pyarrow as pa

    sessions, scopes = np.nonzero(_rows_kept(what.scenario))
    count, rows = len(runs.replicates), len(sessions)
    values = runs.values[:, sessions, scopes, :].reshape(count * rows, -1)
    columns = {
        "design": _named(np.zeros(count * rows), (what.scenario.name,)),
        "definition": _named(np.zeros(count * rows), (what.digest,)),
        "seed": pa.array(np.full(count * rows, what.seed, dtype=np.int64)),
        "replicate": pa.array(np.repeat(runs.replicates.astype(np.int64), rows)),
        "session": pa.array(np.tile(sessions.astype(np.int32), count)),
        "scope": _named(np.tile(scopes, count), runs.scopes),
    }
    for position, outcome in enumerate(runs.outcomes):
        columns[outcome] = pa.array(np.ascontiguousarray(values[:, position]), from_pandas=True)
    said = {
        "definition": what.digest,
        "rows": count * rows,
        "values": results_digest(runs.values[:, sessions, scopes, :]),
        "scenario": what.scenario.model_dump(mode="json"),
        "parameters": what.parameters,
        "model": what.model,
    }
    return pa.table(columns).replace_schema_metadata({"coprod": json.dumps(said)})


def _named(codes: np.ndarray, names: tuple[str, ...]) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names))


def _runs(table: pa.Table, what: Definition) -> Runs:
    """The runs that a table holds."""
    scenario = what.scenario
    kept = _rows_kept(scenario)
    replicates = table["replicate"].to_numpy()[:: int(kept.sum())]
    values = np.full((len(replicates), *kept.shape, len(what.outcomes)), np.nan)
    flat = np.column_stack([table[outcome].to_numpy() for outcome in what.outcomes])
    values[:, kept, :] = flat.reshape(len(replicates), int(kept.sum()), -1)
    return sim.Runs(
        scenario=scenario,
        seed=what.seed,
        replicates=replicates,
        outcomes=what.outcomes,
        scopes=_scopes(scenario),
        values=values,
    )


def _write_parquet(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    outcomes = [name for name in table.column_names if name not in KEYS]
    pq.write_table(
        table,
        path,
        compression="zstd",
        use_dictionary=list(KEYS),
        use_byte_stream_split=outcomes,
        write_page_checksum=True,
    )


@contextlib.contextmanager
def _written_whole(path: Path) -> Iterator[Path]:
    """A hidden file to write to, which takes its name when it is complete and on the disk."""
    hidden = path.with_name(f".coprod-{secrets.token_hex(8)}")
    try:
        yield hidden
        _sync(hidden)
        hidden.replace(path)
        _sync(path.parent)
    finally:
        hidden.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on the disk and not on their way to it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_report(study: Study, path: Path) -> None:
    from analysis import report

    report.write(study, path)
