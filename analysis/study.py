"""A study for a notebook: ask, run, and look at what came out as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

import sim
from analysis import parts, statistics, store, studies
from analysis.attempts import infinite
from analysis.definitions import definition, order_of
from analysis.statistics import Comparison
from sim import CoprodError, TooBigError

if TYPE_CHECKING:
    import pandas as pd

    from sim import Runs, Scenario

MOST_CELLS: Final = (
    200_000_000  # numbers in one DataFrame, 1.6 GB; beyond it `sql` brings the part that matters
)


class Study:
    """Designs to be run in the same worlds, and what came out.

    Parameters
    ----------
    designs : scenarios, or their names in the library, or paths of files.
    replicates : worlds per design: one number for all, or the name of each design with its number.
    seed : the same seed gives the same worlds.
    folder : where to keep runs, what made them and the report; what it holds is not run again. Without a folder the study
        is held in memory, and only the end of each process is observed.
    set : changes to each design, as `scenarios.load` takes them.
    session : another order of a session (docs/extending.md).
    """

    def __init__(
        self,
        designs: str | Scenario | Sequence[str | Scenario],
        *,
        replicates: int | Mapping[str, int] = 100,
        seed: int = 1,
        folder: str | Path | None = None,
        set: Sequence[str] | Mapping[str, Any] = (),
        session: Any = None,
    ) -> None:
        import scenarios

        several = [designs] if isinstance(designs, (str, sim.Scenario)) else list(designs)
        if not several:
            raise sim.CoprodError("designs: a study needs at least one, as in Study(['citizens-blended'])")
        self.scenarios: tuple[Scenario, ...] = tuple(
            scenarios.load(design, set=set) if isinstance(design, str) else design for design in several
        )
        self.replicates = studies.counted(self.scenarios, replicates)
        self.seed = seed
        self.folder = Path(folder) if folder is not None else None
        self.session = session
        self._found: store.Study | None = None
        self._first: dict[str, Runs] = {}

    def run(
        self,
        workers: int | None = None,
        *,
        scheduler: str | None = None,
        resume: bool = False,
        stop: Event | None = None,
        quiet: bool = False,
    ) -> Self:
        """Run what is missing, and be the study that holds it.

        Parameters
        ----------
        workers : threads; all cores if left out. They change the time it takes, not the result.
        scheduler : the address of a Dask scheduler whose workers do it; needs a folder.
        resume : the folder must hold this very study already.
        stop : set by another thread to end early.
        quiet : show neither progress nor notes.
        """
        from analysis.waiting import Bar

        keeping = store.Store(self.folder) if self.folder is not None else None
        asked: dict[str, Any] = {
            "seed": self.seed,
            "replicates": self.replicates,
            "workers": workers,
            "store": keeping,
            "command": "analysis.Study(...).run()",
            "stop": stop,
            "session": self.session,
            "scheduler": scheduler,
            "resume": resume,
        }
        if quiet:
            self._found = studies.make(self.scenarios, **asked)
            return self
        with Bar(sum(self.replicates.values())) as bar:
            self._found = studies.make(self.scenarios, **asked, progress=bar.show, say=bar.say)
        return self

    # ---- what came out ---------------------------------------------------------------------------------------------

    @property
    def designs(self) -> dict[str, Runs]:
        """The runs of each design, by its name."""
        return {runs.scenario.name: runs for runs in self._what_was_found().designs}

    @property
    def failed(self) -> Mapping[str, Mapping[int, str]]:
        """Of each design, the replicates that failed and why. They are in no table and in no figure."""
        return self._what_was_found().failed

    def table(self, *, end: bool = True) -> pd.DataFrame:
        """The runs as a table: design, replicate, session and scope, then a column per outcome.

        Parameters
        ----------
        end : the end of the process alone (`session` is then the number of sessions), or also each session on the way
            there; 0 is before the first. Those who face a barrier are observed at the end.

        Raises
        ------
        TooBigError
            If it would not fit into memory with ease; `sql` can ask for less.
        """
        import pandas as pd

        found = self._what_was_found().designs
        if not end and any(runs.over_sessions(runs.outcomes[0]).shape[1] == 1 for runs in found):
            raise CoprodError(
                "the sessions on the way are observed in a study that has a folder; give it one"
            )
        cells = sum(len(runs.replicates) * self._rows(runs, end=end) * len(runs.outcomes) for runs in found)
        if cells > MOST_CELLS:
            raise TooBigError(
                f"this table would have {cells:,} numbers; ask for what matters with `sql`, or for an outcome at a time with "
                "`designs[name].final(outcome)`"
            )
        tables = [frame(runs, end=end) for runs in found]
        return pd.concat(tables, ignore_index=True)

    def sql(self, query: str) -> pd.DataFrame:
        """Ask the kept runs a question in SQL; they are the table `runs`.

        Parameters
        ----------
        query : for DuckDB, as in "SELECT design, avg(engagement) FROM runs WHERE scope = 'all' GROUP BY design".

        Raises
        ------
        CoprodError
            If the study has no folder, or the query is not understood.
        """
        import duckdb

        if self.folder is None:
            raise CoprodError("sql: the study is held in memory; give it a folder, or use `table`")
        self._what_was_found()
        with duckdb.connect() as connection:
            connection.execute(_VIEW.format(folder=str(self.folder).replace("'", "''"), these=self._these()))
            try:
                found: pd.DataFrame = connection.execute(query).df()
            except duckdb.Error as error:
                raise CoprodError(f"sql: {' '.join(str(error).split())}") from None
        return found

    def summary(self, scope: str = "all") -> pd.DataFrame:
        """Every outcome at the end of every design: mean, its 95% interval, and in how many worlds it is defined.

        Parameters
        ----------
        scope : everybody, a group, or those who face a barrier. Designs that have no such group are left out.
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {"design": name, "outcome": outcome, **found, "failed": len(self.failed.get(name, {}))}
                for name, runs in self.designs.items()
                if scope in runs.scopes
                for outcome, found in statistics.summary(runs, scope).items()
            ]
        )

    def compare(self, first: str, second: str, outcome: str, scope: str = "all") -> Comparison:
        """Two designs held against each other, world by world: how much more of an outcome the second one has."""
        designs = self.designs
        for name in (first, second):
            if name not in designs:
                raise CoprodError(f"there is no design {name} in this study; there are {', '.join(designs)}")
        if outcome not in designs[first].outcomes:
            raise CoprodError(f"there is no outcome {outcome}; `sim.OUTCOMES` lists them")
        return statistics.compare(designs[first], designs[second], outcome, scope)

    def again(self, design: str, replicate: int, session: Any = None) -> Runs:
        """One run of the study once more, whatever comes of it: the way to see why it failed.

        Parameters
        ----------
        session : the order of a session that it was run with, if that cannot be imported.

        Raises
        ------
        Exception
            What the run raises.
        """
        scenario = next((one for one in self.scenarios if one.name == design), None)
        if scenario is None:
            raise CoprodError(
                f"there is no design {design} in this study; there are {', '.join(self.replicates)}"
            )
        runs = sim.simulate(
            scenario, 1, self.seed, workers=1, first=replicate, session=session or self.session
        )
        if strange := infinite(runs):
            raise CoprodError(f"{design}, replicate {replicate}: {strange[replicate]}")
        return runs

    def __repr__(self) -> str:
        names = ", ".join(f"{name} x {count:,}" for name, count in self.replicates.items())
        where = f" in {self.folder}" if self.folder else ""
        return f"<Study {names}, seed {self.seed}{where}, {'run' if self._found else 'not run yet'}>"

    def _what_was_found(self) -> store.Study:
        if self._found is None:
            raise CoprodError("the study has not been run yet; `run()` does it")
        return self._found

    def _these(self) -> str:
        """The definitions that are this study's, for SQL."""
        return " OR ".join(
            f"(definition = '{definition(scenario, self.seed, self.session).digest}' AND replicate < {self.replicates[scenario.name]})"
            for scenario in self.scenarios
        )

    @staticmethod
    def _rows(runs: Runs, *, end: bool) -> int:
        kept = parts.rows_kept(runs.scenario)
        return int(kept[-1].sum() if end else kept.sum())


_VIEW: Final = """
CREATE VIEW runs AS SELECT * REPLACE (design::VARCHAR AS design, scope::VARCHAR AS scope)
FROM read_parquet('{folder}/runs/*.parquet') WHERE {these}
"""


def open_study(folder: str | Path) -> Study:
    """The study that a folder keeps.

    Raises
    ------
    sim.CoprodError
        If it keeps none, or if some of its runs are missing or damaged.
    """
    found = store.read(folder)
    asked = store.asked_in(found.made)
    study = Study(
        [what.scenario for what, _ in asked],
        replicates={what.scenario.name: count for what, count in asked},
        seed=found.made["seed"],
        folder=folder,
        session=order_of(asked[0][0]) if asked[0][0].session else None,
    )
    study._found = found
    return study


open = open_study  # as `analysis.open`


def frame(runs: Runs, *, end: bool) -> pd.DataFrame:
    """The runs of one design, as rows."""
    import pandas as pd

    kept = parts.rows_kept(runs.scenario)
    if end:
        kept = np.concatenate([np.zeros_like(kept[:-1]), kept[-1:]])
    sessions, scopes = np.nonzero(kept)
    count, names = len(runs.replicates), np.array(runs.scopes)
    columns: dict[str, Any] = {
        "design": np.full(count * len(scopes), runs.scenario.name),
        "replicate": np.repeat(runs.replicates, len(scopes)),
        "session": np.tile(sessions, count),
        "scope": np.tile(names[scopes], count),
    }
    for outcome in runs.outcomes:
        if end:
            values = np.column_stack([runs.final(outcome, scope) for scope in runs.scopes])
        else:
            series = np.stack([runs.over_sessions(outcome, scope) for scope in runs.scopes], axis=2)
            values = series[:, sessions, scopes]
        columns[outcome] = values.ravel()
    return pd.DataFrame(columns)
