"""Where a study is kept: a folder with its runs, what made them, and the report.

    study.json       what makes the runs: scenarios as data, seed, parameters, versions, machine, command. It is written before
                     the first run (`"state": "planned"`) and again when all are there (`"complete"`)
    runs/*.parquet   the runs, in few parts; one row per run, observation and scope, one column per outcome
    chunks/*.arrow   while the study goes on: chunks of runs that are not yet in a part
    report.html      what they say

Every file is written whole or not at all: under a hidden name, synced, then renamed. Its name says what it holds (design,
definition, first and last replicate), so a study that was stopped goes on with what is there. Chunks are put together as
soon as neighbours make a large part. Files of other definitions may lie in the same folder: they are left alone and never
mixed in.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis import locks, parts
from analysis.definitions import Definition, definition
from analysis.parts import KEYS, Said
from sim import CoprodError

if TYPE_CHECKING:
    import pyarrow as pa

    from sim import Runs

__all__ = [
    "KEYS",
    "Definition",
    "OutputError",
    "Store",
    "Study",
    "definition",
    "read",
    "read_made",
    "read_part",
]

LEFT_BEHIND: Final = 600  # seconds after which a hidden file is no longer being written by anybody
AT_HAND: Final = 64_000_000  # bytes of values up to which the runs of a design are read at once


class OutputError(CoprodError):
    """A folder for results cannot be used, or does not hold what it should."""


@dataclass(frozen=True)
class Study:
    """Designs that were run in the same worlds, and what made them."""

    designs: tuple[Runs, ...]
    """The runs of each design, in the order asked for."""
    made: dict[str, Any]
    """What made them, as `study.json` says it."""
    failed: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Of each design, the replicates that failed and why; they are in no table."""


@dataclass(frozen=True)
class Held:
    """A file that holds the replicates from `first` to `last` of a definition."""

    first: int
    last: int
    path: Path


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
        self.runs, self.chunks = self.folder / "runs", self.folder / "chunks"
        self._asked: list[tuple[Definition, int]] = []
        self.damaged: list[str] = []
        """Names of parts that could not be read."""
        with self._or_say_why():
            self._refuse_what_is_not_ours()
            self.runs.mkdir(parents=True, exist_ok=True)
            for place in (self.folder, self.runs):
                with tempfile.NamedTemporaryFile(dir=place, prefix=".coprod-"):
                    pass
            self._forget_what_was_left_behind()

    # ---- who is at work --------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def at_work(self, part: tuple[int, int] | None = None) -> Iterator[None]:
        """Nobody else works on this study meanwhile, or, for part k of n, nobody else on the same part.

        Raises
        ------
        OutputError
            If another living process does. A process that was killed holds nothing.
        """
        whole, piece = (
            self.folder / ".lock",
            self.folder / f".lock-part-{part[0]}-of-{part[1]}" if part else None,
        )
        with contextlib.ExitStack() as stack:
            try:
                with self._or_say_why():
                    stack.enter_context(locks.held(whole, shared=part is not None))
                    if piece is not None:
                        stack.enter_context(locks.held(piece))
            except locks.BusyError as busy:
                of_it = f"part {part[0]} of this study" if part else "this study"
                raise OutputError(
                    f"{self.folder}: {busy} is at work on {of_it}; wait until it has ended, or choose another --out"
                ) from None
            yield

    # ---- what is asked ---------------------------------------------------------------------------------------------

    def plan(
        self, made: dict[str, Any], asked: Sequence[tuple[Definition, int]], *, resume: bool = False
    ) -> None:
        """Write down what is going to be made, unless it stands there already.

        Parameters
        ----------
        made : what `study.json` is to say.
        asked : each definition, with the number of its replicates.
        resume : the folder must hold this very study.

        Raises
        ------
        OutputError
            If the folder holds a study that another version of the model made or, with `resume`, not the one asked for.
        """
        with self._or_say_why(), locks.held(self.folder / ".lock-plan", wait=True):
            there = read_made(self.folder) if (self.folder / "study.json").exists() else None
            if there is None and resume:
                raise OutputError(
                    f"{self.folder}: no study of coprod's is kept here to resume; leave out --resume to start one"
                )
            if there is not None:
                refuse_another_version(self.folder, there)
                if resume:
                    _refuse_another_study(self.folder, there, made)
            if there is None or there["hash"] != made["hash"]:
                self._write_down(made)
        self._asked = list(asked)

    def complete(self, study: Study, *, report: bool = True) -> None:
        """Write down what made the study and what came out and, if asked for, the report."""
        with self._or_say_why():
            with contextlib.suppress(OSError):
                self.chunks.rmdir()  # where other studies have chunks in it, it stays
            self._write_down(study.made)
            if report and find_spec("analysis.report") and _share_a_world(study.designs):
                with _written_whole(self.folder / "report.html") as hidden:
                    _write_report(study, hidden)

    def write(self, name: str, text: str) -> None:
        """Keep a text beside the runs, whole or not at all: verdicts, say, or a page about them."""
        with self._or_say_why(), _written_whole(self.folder / name) as hidden:
            hidden.write_text(text, encoding="utf-8")

    def _write_down(self, made: dict[str, Any]) -> None:
        with _written_whole(self.folder / "study.json") as hidden:
            hidden.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    # ---- what is there ---------------------------------------------------------------------------------------------

    @property
    def kept(self) -> int:
        """Runs of the study at hand that stand in the folder, whole."""
        runs = 0
        for what, count in self._asked:
            upto = 0
            for held in self.held(what):
                first, end = max(held.first, upto), min(held.last + 1, count)
                runs, upto = runs + max(0, end - first), max(upto, end)
        return runs

    def held(self, what: Definition) -> list[Held]:
        """The files that hold runs of a definition, by their names."""
        found = []
        name = f"{what.scenario.name}-{what.digest}-*"
        for path in (*self.runs.glob(f"{name}.parquet"), *self.chunks.glob(f"{name}.arrow")):
            with contextlib.suppress(ValueError):
                first, last = (int(number) for number in path.stem.split("-")[-2:])
                found.append(Held(first, last, path))
        return sorted(found, key=lambda held: (held.first, -held.last))

    def sound(self, what: Definition, first: int, last: int) -> list[Held]:
        """Those that hold some of the runs `first` to `last`, read through and found sound."""
        found = []
        for held in self.held(what):
            if held.first > last or held.last < first:
                continue
            if read_table(held.path, what) is None:
                self.damaged.append(held.path.name)
            else:
                found.append(held)
        return found

    def keep(self, what: Definition, first: int, last: int, content: bytes) -> Held:
        """Write one chunk, whole or not at all."""
        path = self.chunks / f"{_called(what, first, last)}.arrow"
        with self._or_say_why():
            self.chunks.mkdir(exist_ok=True)
            with _written_whole(path) as hidden:
                hidden.write_bytes(content)
        return Held(first, last, path)

    def merge(self, what: Definition, first: int, last: int, each: int, held: Sequence[Held]) -> Held:
        """Make one part out of the files that hold the runs `first` to `last`; then they are not needed any more.

        each : replicates in a chunk.
        """
        stays = [
            one for one in held if one.path.parent == self.runs and one.first <= first and one.last >= last
        ]
        whole = stays[0] if stays else Held(first, last, self.runs / f"{_called(what, first, last)}.parquet")
        if not stays:
            said, tables = self._pieces(what, first, last, each, held)
            with self._or_say_why(), _written_whole(whole.path) as hidden:
                parts.write(what, said, tables, hidden)
        for other in self.held(what):
            if whole.first <= other.first and other.last <= whole.last and other.path != whole.path:
                other.path.unlink(missing_ok=True)
        return whole

    def designs(
        self, asked: Sequence[tuple[Definition, int]]
    ) -> tuple[tuple[Runs, ...], dict[str, dict[int, str]]]:
        """The runs of each definition, and those that failed."""
        found: list[Runs] = []
        failed: dict[str, dict[int, str]] = {}
        for what, count in asked:
            runs, broken = _open(self.folder, what, count)
            found.append(runs)
            if broken:
                failed[what.scenario.name] = broken
        return tuple(found), failed

    def results(self, what: Definition, count: int) -> str:
        """A hash of what was found in a definition's first so many runs: two studies with the same hash found the same."""
        hashed = hashlib.sha256()
        for held in self.held(what):
            if held.path.parent == self.runs and held.first < count:
                found = read_table(held.path, what) if held.last >= count else parts.said_by(held.path)
                assert found is not None  # it was read through, or written, a moment ago
                said = parts.cut(what, *found, count - 1) if held.last >= count else found[0]
                hashed.update(json.dumps([said.values, sorted(said.failed)]).encode())
        return hashed.hexdigest()

    def others(self, definitions: Sequence[Definition]) -> int:
        """Number of parts here that belong to none of these definitions."""
        ours = {held.path for what in definitions for held in self.held(what)}
        return sum(path not in ours for path in (*self.runs.glob("*.parquet"), *self.chunks.glob("*.arrow")))

    def _pieces(
        self, what: Definition, first: int, last: int, each: int, held: Sequence[Held]
    ) -> tuple[Said, list[pa.Table]]:
        """Neighbouring tables that together hold the runs `first` to `last`, each once, and what they hold."""
        tables: list[pa.Table] = []
        values: list[str] = []
        failed: dict[int, str] = {}
        at = first
        while at <= last:

            def end(one: Held) -> int:  # a piece ends where a chunk does
                return last if one.last >= last else one.last - (one.last + 1 - first) % each

            here = max((one for one in held if one.first <= at <= end(one)), key=end)
            found = parts.read(
                here.path, what, checked=False
            )  # it was looked at before, or was made by this process
            if found is None:
                raise OutputError(
                    f"{here.path}: this part was damaged while the study was made; the same command makes it again"
                )
            (said, table), upto = found, end(here)
            table = parts.within(table, said, at, upto)
            broken = {r: why for r, why in said.failed.items() if at <= r <= upto}
            if (at, upto) == (said.first, said.last) and said.each in (each, upto - at + 1):
                values += said.values
            else:
                values += parts.hashes(what, Said(what.digest, at, upto, each, (), broken), table)
            tables.append(table)
            failed |= broken
            at = upto + 1
        return Said(what.digest, first, last, each, tuple(values), failed), tables

    def _refuse_what_is_not_ours(self) -> None:
        made, report = self.folder / "study.json", self.folder / "report.html"
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
        for place in (self.folder, self.runs, self.chunks):
            for path in place.glob(".coprod-*"):
                with contextlib.suppress(FileNotFoundError):
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


# ---- reading a study back ------------------------------------------------------------------------------------------


def read(folder: str | Path) -> Study:
    """Read back the study that a folder keeps. A large one stays on the disk, and is read as it is asked about.

    Raises
    ------
    OutputError
        If there is no study, or if some of its runs are missing or damaged.
    """
    made = read_made(folder)
    designs: list[Runs] = []
    failed: dict[str, dict[int, str]] = {}
    for what, count in asked_in(made):
        runs, broken = _open(Path(folder), what, count, made["command"])
        designs.append(runs)
        if broken:
            failed[what.scenario.name] = broken
    return Study(tuple(designs), made, failed)


def read_made(folder: str | Path) -> dict[str, Any]:
    """What made the study in a folder.

    Raises
    ------
    OutputError
        If the folder keeps no study of coprod's.
    """
    path = Path(folder) / "study.json"
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        made["coprod"], made["designs"], made["hash"], made["model"], made["seed"], made["versions"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(f"{path}: no study of coprod's is kept here") from error
    return made


def asked_in(made: dict[str, Any]) -> list[tuple[Definition, int]]:
    """The definitions that a `study.json` names, each with the number of its replicates."""
    from sim import Scenario

    return [
        (
            Definition(
                Scenario.model_validate(design["scenario"]),
                made["seed"],
                tuple(made["outcomes"]),
                made["model"],
                design["parameters"],
                made.get("session", ""),
            ),
            design["replicates"],
        )
        for design in made["designs"]
    ]


def read_table(path: Path, what: Definition) -> tuple[Said, pa.Table] | None:
    """What a part says of itself and its table; None if it is damaged, is not what its name says, or of another definition."""
    found = parts.read(path, what)
    if found is None or path.stem.split("-")[-2:] != [f"{found[0].first:07d}", f"{found[0].last:07d}"]:
        return None
    return found


def read_part(path: Path, what: Definition) -> Runs | None:
    """The runs in one part; None if it is damaged, cut short or of another definition."""
    found = read_table(path, what)
    return None if found is None else parts.runs_of(found[1], what, found[0])


def refuse_another_version(folder: Path, made: dict[str, Any]) -> None:
    """Refuse to go on with runs that another version of the model made: what is there would be mixed with what is new.

    Raises
    ------
    OutputError
        If the model, or what compiles it, is not what it was.
    """
    from sim import sources_digest

    if made["model"] == sources_digest():
        return
    raise OutputError(
        f"{folder}: another version of the model made this study ({_versions(made)}, model {made['model']}; here it is model "
        f"{sources_digest()}). Nothing was changed; go on with that version, or choose another --out"
    )


def _open(
    folder: Path, what: Definition, count: int, again: str = "the same command"
) -> tuple[Runs, dict[int, str]]:
    """The runs 0 to `count` - 1 of a definition, and those that failed."""
    files, upto = [], 0
    for path in sorted((folder / "runs").glob(f"{what.scenario.name}-{what.digest}-*.parquet")):
        found = parts.said_by(path)
        if found is None or found[0].definition != what.digest:
            continue
        if found[0].first <= upto <= found[0].last and upto < count:
            files.append((path, *found))
            upto = found[0].last + 1
    failed = {r: why for _, said, _ in files for r, why in said.failed.items() if r < count}
    runs: Runs | None = None
    if upto >= count and count * parts.bytes_of_a_run(what.scenario) > AT_HAND:
        from analysis.kept import KeptRuns

        replicates = np.concatenate([said.replicates for _, said, _ in files])
        runs = KeptRuns(what, files, replicates[replicates < count])
    elif upto >= count:
        read_runs = [read_part(path, what) for path, _, _ in files]
        whole = [one for one in read_runs if one is not None]
        if len(whole) == len(files):
            runs = _up_to(_joined(whole), count - 1)
        else:
            upto = files[read_runs.index(None)][1].first
    if runs is None:
        raise OutputError(
            f"{folder}: runs of {what.scenario.name} are missing from number {upto} on; `{again}` makes them"
        )
    return runs, failed


def _joined(runs: Sequence[Runs]) -> Runs:
    """Parts of one design as one."""
    return replace(
        runs[0],
        replicates=np.concatenate([part.replicates for part in runs]),
        values=np.concatenate([part.values for part in runs]),
    )


def _up_to(runs: Runs, last: int) -> Runs:
    among = runs.replicates <= last
    return (
        runs if among.all() else replace(runs, replicates=runs.replicates[among], values=runs.values[among])
    )


def _refuse_another_study(folder: Path, there: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Refuse to resume a study that is not the one asked for, and say what differs."""
    if there["hash"] == wanted["hash"]:
        return
    before, after = (_in_brief(made) for made in (there, wanted))
    differs = [f"{name} {before[name]}, not {after[name]}" for name in before if before[name] != after[name]]
    raise OutputError(
        f"{folder}: the study here has {'; '.join(differs) or 'other scenarios'}; `coprod resume {folder}` goes on with it as it is"
    )


def _in_brief(made: dict[str, Any]) -> dict[str, str]:
    names = [design["name"] for design in made["designs"]]
    counts = {design["replicates"] for design in made["designs"]}
    return {
        "designs": ", ".join(names),
        "seed": str(made["seed"]),
        "replicates": f"{counts.pop():,}"
        if len(counts) == 1
        else ", ".join(str(d["replicates"]) for d in made["designs"]),
        "scenarios": " ".join(_hash(design["scenario"]) for design in made["designs"]),
        "session": made.get("session", "") or "coprod's own",
    }


def _hash(scenario: Any) -> str:
    return hashlib.sha256(json.dumps(scenario, sort_keys=True).encode()).hexdigest()[:8]


def _versions(made: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {made['versions'][name]}"
        for name in ("coprod", "python", "numba")
        if name in made["versions"]
    )


def _share_a_world(designs: Sequence[Runs]) -> bool:
    """Is there a world in which no design's run failed?"""
    shared = set.intersection(*(set(runs.replicates.tolist()) for runs in designs))
    return bool(shared)


def _called(what: Definition, first: int, last: int) -> str:
    return f"{what.scenario.name}-{what.digest}-{first:07d}-{last:07d}"


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
