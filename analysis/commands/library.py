"""What there is: the library, a scenario's timetable and cost, its mistakes, the schema of a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from analysis.commands.asking import MISTAKE, Name, mistake, note, say_if_the_model_must_be_prepared, screen

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.table import Table

    from sim import Scenario


def list_() -> None:
    """The scenarios in the library, and the programme theories."""
    from rich.table import Table
    from rich.text import Text

    import scenarios

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("name", no_wrap=True)
    table.add_column("what it is, and where on the grid", overflow="fold")
    table.add_column("people", justify="right")
    table.add_column("sessions", justify="right")
    for name in scenarios.names():
        scenario = scenarios.load(name)
        cells = dict.fromkeys(scenario.cell(session) for session in scenario.sessions)
        what = Text.assemble(scenario.title, ("\n" + ", ".join(cells), "dim"))
        table.add_row(name, what, f"{scenario.people:,}", f"{len(scenario.sessions)}")
    page = screen()
    page.print(table)
    page.print(_theories())


def _theories() -> Table:
    """The programme theories that `coprod test` can put to the test."""
    from rich.table import Table

    import scenarios

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", title=" ")
    table.add_column("theory", no_wrap=True)
    table.add_column("what it is: coprod test NAME", overflow="fold")
    table.add_column("claims", justify="right")
    for name in scenarios.theories():
        theory = scenarios.theory(name)
        table.add_row(name, theory.title, f"{len(theory.claims)}")
    return table


def show(
    name: Name,
    /,
    *,
    set: Annotated[
        tuple[str, ...], Parameter(help="Change a field first, as in `run`.", show_default=False)
    ] = (),
) -> None:
    """The timetable of a scenario on the grid, who takes part, and what it costs."""
    import scenarios
    from analysis import timetable

    scenario = scenarios.load(name, set=set)
    page = screen()
    for part in timetable.draw(scenario):
        page.print(part)
    for line in _costs(scenario):
        page.print(line)


def check(
    *files: Annotated[str, Parameter(help="Files or names.")],
) -> int:
    """Is each file a scenario, or a theory, that can be simulated? One sentence per mistake."""
    import scenarios

    if not files:
        return mistake("check: name at least one file")
    sound = True
    for file in files:
        mistakes = scenarios.check(file) or _of_experiments(file)
        for sentence in mistakes:
            note(sentence)
        if not mistakes:
            print(f"{file}: ok", flush=True)
        sound = sound and not mistakes
    return 0 if sound else MISTAKE


def _of_experiments(file: str) -> tuple[str, ...]:
    """What a theory asks for that is not observed; the model is looked at only if the file is a theory."""
    import scenarios
    from sim import ScenarioError

    try:
        theory = scenarios.theory(file)
    except ScenarioError:
        return ()  # a scenario, or patterns
    from analysis import experiments

    return experiments.mistakes_in(theory)


def schema(
    of: Annotated[
        Literal["scenario", "theory", "patterns"], Parameter(help="Of which kind of file.")
    ] = "scenario",
    /,
) -> None:
    """The JSON Schema of a scenario file, a theory or a set of patterns."""
    import scenarios
    from sim import json_schema

    kept: dict[str, type[BaseModel]] = {"theory": scenarios.Theory, "patterns": scenarios.Patterns}
    said = kept[of].model_json_schema() if of in kept else json_schema()
    print(json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema"} | said, indent=2))


def _costs(scenario: Scenario) -> list[str]:
    """What the process costs, by heading, as a few quick runs estimate it."""
    from analysis.budget import budget
    from analysis.statistics import number
    from sim import BARRIERS, TooBigError

    say_if_the_model_must_be_prepared()
    try:
        found = budget(scenario)
    except TooBigError as error:
        return [f"What it costs is not estimated: {error}"]
    assert found is not None  # nobody stops it
    by = "one run" if found.worlds == 1 else f"{found.worlds} runs"
    total = number(found.total["mean"] or 0.0)
    lines = [f"Costs about {total} {found.currency}, by an estimate from {by}:"]
    for heading, cost in found.headings.items():
        lines.append(
            f"  {heading + ' support' if heading in BARRIERS else heading} {number(cost['mean'] or 0.0)}"
        )
    return lines
