"""What can be taken away from a comparison: the report, the data with all that makes them again, and a pair to replay.

Each is made when it is asked for, in a temporary place, and nothing of it stays here.
"""

from __future__ import annotations

import io
import shlex
import zipfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import scenarios
import sim
from analysis import store, studies, study
from analysis.dashboard import jobs, links
from analysis.dashboard.downloads import File
from analysis.replay import document, handout
from analysis.report import story, words

if TYPE_CHECKING:
    from sim import Runs, Scenario

FOLDER: Final = "comparison"  # what the command line of a download calls its folder


def command(designs: Sequence[Scenario], worlds: int, seed: int) -> str:
    """The line that makes a comparison again; what is not in the library is a file of the same name."""
    names = [_called(scenario) for scenario in designs]
    asked = ["--replicates", str(worlds), "--seed", str(seed), "--out", FOLDER]
    return shlex.join(["coprod", "compare", *names, *asked])


def _called(scenario: Scenario) -> str:
    return scenario.name if links.in_library(scenario) else f"{scenario.name}.toml"


def report(designs: Sequence[Scenario], worlds: int, seed: int) -> File:
    """The report, as `coprod compare --out` writes it: it needs every session, so the designs are run again."""
    with jobs.in_turn(), TemporaryDirectory(prefix="coprod-") as folder:
        studies.make(
            designs,
            seed=seed,
            replicates=worlds,
            store=store.Store(folder),
            command=command(designs, worlds, seed),
        )
        page = (Path(folder) / "report.html").read_bytes()
    return File(f"{FOLDER}.html", "text/html", page)


def data(found: Sequence[Runs], asked: int) -> File:
    """The outcomes of every world, the scenarios, and how to make them again, in one zip.

    found : the designs, in the worlds that were run.
    asked : how many worlds that were to be.
    """
    designs = [runs.scenario for runs in found]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("README.txt", _readme(found, asked))
        files.writestr("outcomes.csv", _table(found))
        for scenario in designs:
            files.writestr(f"{scenario.name}.toml", scenarios.dumps(scenario))
    return File(f"{FOLDER}.zip", "application/zip", packed.getvalue())


def _table(found: Sequence[Runs]) -> str:
    import pandas as pd

    text: str = pd.concat([study.frame(runs, end=True) for runs in found], ignore_index=True).to_csv(
        index=False
    )
    return text


def _readme(found: Sequence[Runs], asked: int) -> str:
    designs, seed = [runs.scenario for runs in found], found[0].seed
    worlds = len(found[0].replicates)
    lines = [
        f"{words.listed(one.name for one in designs)}: {words.count(worlds, 'world')} each"
        + (f" (of {asked:,} asked for)" if worlds < asked else "")
        + f", seed {seed}, coprod {version('coprod')}.",
        "A simulation, not a forecast: it shows what would follow if people behaved as the model assumes.",
        "",
        "outcomes.csv   one row per design, world (replicate) and scope, at the end of the process. Scopes: all, each group,",
        "               and the people who face a barrier. The same replicate of every design meets the same people with the",
        "               same luck. An empty cell: not defined in that world.",
        *(f"{one.name}.toml   {words.called(one.title, one.name)}" for one in designs),
        "",
        "To make it again, in the folder that holds these files:",
        f"    {command(designs, asked, seed)}",
        "",
        "The columns of outcomes.csv:",
        *(f"    {kind.name}: {kind.meaning} ({kind.unit})" for kind in sim.OUTCOMES),
        "",
    ]
    return "\n".join(lines)


def pair(found: Sequence[Runs], first: int, second: int) -> File:
    """Two designs side by side in the world that is most typical of all designs, as one page that replays it."""
    world = story.typical(found)
    two = [found[first], found[second]]
    docs: list[Any] = [document(runs.scenario, runs.seed, world, worlds=40) for runs in two]
    names = [runs.scenario.name for runs in two]
    intro = (
        f"World {world} of seed {two[0].seed}, the same people with the same luck in both. Of "
        f"{words.count(len(story.shared(found)), 'world')} it lies nearest to the middle."
    )
    page = handout(docs, names=names, title=f"{words.listed(names)}, side by side", intro=intro)
    return File(f"{names[0]}-and-{names[1]}.html", "text/html", page.encode())
