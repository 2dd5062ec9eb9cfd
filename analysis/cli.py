"""`coprod`, the command line. Nothing heavy is imported before a command needs it.

What was asked for goes to standard output, everything else (progress, notes, mistakes) to standard error. A mistake is
one plain sentence and exit code 2; Ctrl-C ends within about a second with exit code 130.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

from cyclopts import (
    App,
    CycloptsError,
    MissingArgumentError,
    Parameter,
    UnknownCommandError,
    UnusedCliTokensError,
)
from rich.console import Console

if TYPE_CHECKING:
    from analysis.store import Store, Study
    from sim import Scenario

MISTAKE, INTERRUPTED = 2, 130
MOST_REPLICATES: Final = 10_000_000
MOST_WORKERS: Final = 1024
LARGEST_SEED: Final = 2**63 - 1
ESTIMATE: Final = 20_000  # persons x sessions that `show` runs to estimate the cost


def _version() -> str:
    from importlib.metadata import version

    return f"coprod {version('coprod')}"


app = App(
    name="coprod",
    help="Simulate co-production: people with unequal power design services together.",
    version=_version,
    result_action="return_value",
    suppress_keyboard_interrupt=False,
    help_format="plaintext",
    default_parameter=Parameter(negative=()),
)
app.register_install_completion_command()


def whole(low: int, high: int) -> Callable[..., int]:
    """A converter that takes whole numbers between two bounds and says so where it meets something else."""

    def convert(_: Any, tokens: Sequence[Any]) -> int:
        text = tokens[0].value
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and low <= int(text[:40]) <= high):
            raise ValueError(f"it must be a whole number from {low} to {high:,}, found {text!r}")
        return int(text)

    return convert


def folder(_: Any, tokens: Sequence[Any]) -> Path:
    """A converter for folders, which have names."""
    if not tokens[0].value:
        raise ValueError("it must be the name of a folder")
    return Path(tokens[0].value)


@Parameter(name="*")
@dataclass(frozen=True)
class Asked:
    """How a study is to be made."""

    seed: Annotated[
        int,
        Parameter(converter=whole(0, LARGEST_SEED), help="The seed: the same seed gives the same worlds."),
    ] = 1
    replicates: Annotated[
        int, Parameter(converter=whole(1, MOST_REPLICATES), help="How many worlds to run each design in.")
    ] = 100
    workers: Annotated[
        int | None,
        Parameter(
            converter=whole(1, MOST_WORKERS),
            help="Threads; all cores if left out. They change the time it takes, not the result.",
        ),
    ] = None
    set: Annotated[
        tuple[str, ...],
        Parameter(
            help="Change a field, as in dials.documentation=0 or groups.carers.size=12; may be repeated."
        ),
    ] = ()
    out: Annotated[
        Path | None,
        Parameter(
            converter=folder,
            help="Folder for the runs (Parquet), what made them and report.html; the same command goes on there.",
        ),
    ] = None
    json: Annotated[
        bool,
        Parameter(
            help="Print {design: {outcome: {mean, low, high, n}}} and nothing else.", show_default=False
        ),
    ] = False


Name = Annotated[str, Parameter(help="A name in the library (see `coprod list`), or the path of a file.")]


@app.command(name="list")
def list_() -> None:
    """The scenarios in the library."""
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
    _screen().print(table)


@app.command
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
    screen = _screen()
    for part in timetable.draw(scenario):
        screen.print(part)
    for line in _costs(scenario):
        screen.print(line)


@app.command
def check(
    *files: Annotated[str, Parameter(help="Files or names.")],
) -> int:
    """Is each file a scenario that can be simulated? One sentence per mistake."""
    import scenarios

    if not files:
        return _mistake("check: name at least one file")
    sound = True
    for file in files:
        mistakes = scenarios.check(file)
        for mistake in mistakes:
            _note(mistake)
        if not mistakes:
            print(f"{file}: ok", flush=True)
        sound = sound and not mistakes
    return 0 if sound else MISTAKE


@app.command
def run(name: Name, /, *, asked: Asked = Asked()) -> None:
    """Run one design in many worlds, and say what came out."""
    _answer([name], asked)


@app.command
def compare(
    *names: Annotated[
        str, Parameter(help="Two or more names or files. The first is what the others are held against.")
    ],
    asked: Asked = Asked(),
) -> int | None:
    """Run several designs in the same worlds, and say how they differ."""
    if len(names) < 2:
        return _mistake(
            "compare: name at least two designs, as in `coprod compare around-the-table citizens-blended`"
        )
    _answer(names, asked)
    return None


@app.command
def schema() -> None:
    """The JSON Schema of a scenario file."""
    from sim import json_schema

    print(json.dumps(json_schema(), indent=2))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Do what the command line asks for, and end the process with its exit code."""
    try:
        code = _attempt(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    if code == INTERRUPTED:
        sys.stderr.flush()
        os._exit(INTERRUPTED)  # a run may still be busy in compiled code; what is kept is on the disk
    sys.exit(code)


def _attempt(arguments: Sequence[str] | None) -> int:
    try:
        code = app(arguments, console=_screen(), exit_on_error=False, print_error=False, verbose=False)
    except CycloptsError as error:
        return _mistake(_in_a_sentence(error))
    except _told() as error:
        return _mistake(str(error))
    except KeyboardInterrupt as stopped:
        _note(str(stopped) or "Stopped.")
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _answer(names: Sequence[str], asked: Asked) -> None:
    """Make the study and print what it says."""
    study = _study(names, asked)
    if asked.json:
        from analysis.statistics import summary

        said = {runs.scenario.name: summary(runs) for runs in study.designs}
        print(json.dumps(said, indent=2, allow_nan=False))
    else:
        from analysis import tables

        screen = _screen()
        for part in tables.of(study.designs, screen.width):
            screen.print(part)
    if asked.out is not None:
        _note(f"The report, the runs and what made them are in {asked.out}")


def _study(names: Sequence[str], asked: Asked) -> Study:
    """The study asked for; what must be refused is refused before anything is computed or written."""
    import scenarios
    from analysis import studies
    from analysis.store import Store
    from analysis.waiting import Bar, attended

    designs = [scenarios.load(name, set=asked.set) for name in names]
    studies.check(designs, asked.replicates, series=asked.out is not None)
    store = Store(asked.out) if asked.out is not None else None
    _say_if_the_model_must_be_prepared()
    stop = Event()
    try:
        with Bar(asked.replicates * len(designs)) as bar:
            return attended(
                lambda: studies.make(
                    designs,
                    seed=asked.seed,
                    replicates=asked.replicates,
                    workers=asked.workers,
                    store=store,
                    command=shlex.join(["coprod", *sys.argv[1:]]),
                    progress=bar.show,
                    say=bar.say,
                    stop=stop,
                ),
                stop,
            )
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_what_was_kept(store, asked.replicates * len(designs))) from None


def _what_was_kept(store: Store | None, wanted: int) -> str:
    if store is None:
        return "Stopped. Nothing was kept, because no --out folder was given to keep runs in."
    if not store.kept:
        return f"Stopped, before any runs could be kept in {store.folder}."
    return f"Stopped. {store.kept:,} of {wanted:,} runs are kept in {store.folder}; the same command goes on from there."


def _costs(scenario: Scenario) -> list[str]:
    """What the process costs, by heading, as a few quick runs estimate it."""
    import sim
    from analysis.statistics import estimate, number
    from sim import BARRIERS

    _say_if_the_model_must_be_prepared()
    replicates = max(1, min(50, ESTIMATE // (scenario.people * len(scenario.sessions))))
    try:
        runs = sim.simulate(scenario, replicates=replicates, seed=1, series=False)
    except sim.TooBigError as error:
        return [f"What it costs is not estimated: {error}"]
    headings = [outcome for outcome in runs.outcomes if outcome.startswith("cost_")]
    total, *means = (estimate(runs.final(outcome))["mean"] or 0.0 for outcome in ("cost", *headings))
    by = "one run" if replicates == 1 else f"{replicates} runs"
    lines = [f"Costs about {number(total)} {scenario.prices.currency}, by an estimate from {by}:"]
    for heading, mean in zip((heading.removeprefix("cost_") for heading in headings), means, strict=True):
        if mean:
            lines.append(f"  {heading + ' support' if heading in BARRIERS else heading} {number(mean)}")
    return lines


def _say_if_the_model_must_be_prepared() -> None:
    from sim import is_warm

    if not is_warm():
        _note("Preparing the model for this machine (once, about half a minute).")


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # main() knows what to do


def _screen() -> Console:
    """Standard output for people: as wide as the terminal, 80 columns where there is none."""
    return _Screen(highlight=False, markup=False, emoji=False)


def _told() -> type[Exception]:
    """The errors whose message is for people; looked up only when there is one, because `sim` takes time to import."""
    from sim import CoprodError

    return CoprodError


def _in_a_sentence(error: CycloptsError) -> str:
    """What is wrong with a command line, and where to read more."""
    command = " ".join(["coprod", *(error.command_chain or ())])
    match error:
        case UnknownCommandError(unused_tokens=[str(token), *_]) if token.startswith("-"):
            return f"there is no option {token}; `coprod --help` lists what there is"
        case UnusedCliTokensError(unused_tokens=[token, *_]):
            return f"{token!r} is one argument too many; see `{command} --help`"
        case MissingArgumentError(argument=argument) if argument is not None:
            return f"{error.keyword or argument.name} is missing its value; see `{command} --help`"
    return str(error)


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _mistake(sentence: str) -> int:
    _note(sentence)
    return MISTAKE
