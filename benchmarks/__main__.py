"""`python -m benchmarks`: everything, in about five minutes; --quick for a smoke test, --rivals for other frameworks,
--readme to write the table into README.md.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import dialogue, hearing, machine, pairs, scaling, starts, table, twin, workers
from benchmarks.clock import wall

OUT = Path(__file__).parent.parent / "build" / "benchmarks.json"


def everything(console: Console, *, quick: bool, rivals: bool) -> dict[str, Any]:
    """All measurements, one after the other; each compiles or loads before it times."""
    found: dict[str, Any] = {"quick": quick, "machine": machine.described()}
    before = machine.load()
    measurements = {
        "hearing": hearing.measure,
        "dialogue": dialogue.measure,
        "twin": twin.measure,
        "workers": workers.measure,
        "pairs": lambda *, quick: pairs.measure(quick=quick, rivals=rivals),
        "scaling": scaling.measure,
        "starts": starts.measure,
    }
    for name, measure in measurements.items():
        with console.status(f"{name} ..."):
            taken = wall(lambda name=name, measure=measure: found.update({name: measure(quick=quick)}))
        console.print(f"{name}: measured in {taken:.0f} s", style="dim")
    return found | {"load": {"before": before, "after": machine.load()}}


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
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    parser.add_argument("--out", type=Path, default=OUT, help="where the figures go, as JSON")
    asked, console = parser.parse_args(arguments), Console()
    found = everything(console, quick=asked.quick, rivals=asked.rivals)
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
