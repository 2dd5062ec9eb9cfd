"""`python -m benchmarks`: everything, in about a quarter of an hour; --quick for a smoke test, --rivals for other frameworks,
--only to measure some parts anew, --readme to write the table into README.md.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import dialogue, hearing, machine, pairs, scaling, starts, studies, table, twin, workers
from benchmarks.clock import wall

MEASUREMENTS: dict[str, Any] = {
    "hearing": hearing.measure,
    "dialogue": dialogue.measure,
    "twin": twin.measure,
    "workers": workers.measure,
    "pairs": pairs.measure,
    "scaling": scaling.measure,
    "starts": starts.measure,
    "studies": studies.measure,
}

OUT = Path(__file__).parent.parent / "build" / "benchmarks.json"


def everything(
    console: Console, known: dict[str, Any], only: list[str], *, quick: bool, rivals: bool
) -> dict[str, Any]:
    """The measurements asked for, one after the other, on top of what is known; each compiles or loads before it times."""
    found = {**known, "quick": quick, "machine": machine.described()}
    found["load"] = dict(known.get("load", {}))
    for name in only or MEASUREMENTS:
        told = {"rivals": rivals} if name == "pairs" else {}
        before = machine.load()
        with console.status(f"{name} ..."):
            taken = wall(
                lambda name=name, told=told: found.update({name: MEASUREMENTS[name](quick=quick, **told)})
            )
        found["load"][name] = (before + machine.load()) / 2
        console.print(f"{name}: measured in {taken:.0f} s", style="dim")
    return found


def shown(found: dict[str, Any]) -> Table:
    """The results for a screen."""
    seen = Table("what", "figure", caption=table.conditions(found))
    for what, figure in table.rows(found):
        seen.add_row(what.replace("`", ""), figure.replace("**", ""))
    return seen


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Measure, show, and write build/benchmarks.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, under a minute: is everything there?"
    )
    parser.add_argument("--rivals", action="store_true", help="install and measure other frameworks as well")
    parser.add_argument(
        "--only", nargs="+", default=[], choices=MEASUREMENTS, help="these anew, the others as they were"
    )
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    parser.add_argument("--out", type=Path, default=OUT, help="where the figures go, as JSON")
    asked, console = parser.parse_args(arguments), Console()
    if asked.only and not asked.out.exists():
        parser.error("--only measures some parts anew: there is no earlier run to put them into")
    known = json.loads(asked.out.read_text(encoding="utf-8")) if asked.only else {}
    found = everything(console, known, asked.only, quick=asked.quick, rivals=asked.rivals)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    console.print(shown(found))
    for name, sentence in found["pairs"]["skipped"].items():
        console.print(f"{name}: {sentence}", style="dim")
    if asked.readme:
        table.write_readme(json.loads(asked.out.read_text(encoding="utf-8")))
    return found


if __name__ == "__main__":
    main()
