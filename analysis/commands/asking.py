"""What the commands share: options with their sentences, the two outputs, and how a mistake is told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from cyclopts import Parameter
from rich.console import Console

if TYPE_CHECKING:
    from threading import Event

    from analysis.store import Store
    from analysis.waiting import Bar

Result = TypeVar("Result")

MISTAKE, INTERRUPTED = 2, 130
MOST_REPLICATES: Final = 10_000_000
MOST_WORKERS: Final = 1024
LARGEST_SEED: Final = 2**63 - 1


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


def file(_: Any, tokens: Sequence[Any]) -> Path:
    """A converter for files, which have names."""
    if not tokens[0].value:
        raise ValueError("it must be the name of a file")
    return Path(tokens[0].value)


Name = Annotated[str, Parameter(help="A name in the library (see `coprod list`), or the path of a file.")]
Seed = Annotated[
    int, Parameter(converter=whole(0, LARGEST_SEED), help="The seed: the same seed gives the same worlds.")
]
Workers = Annotated[
    int | None,
    Parameter(
        converter=whole(1, MOST_WORKERS),
        help="Threads; all cores if left out. They change the time it takes, not the result.",
    ),
]
Changes = Annotated[
    tuple[str, ...],
    Parameter(help="Change a field, as in dials.documentation=0 or groups.carers.size=12; may be repeated."),
]
Json = Annotated[bool, Parameter(help="Print the result as JSON and nothing else.", show_default=False)]


@Parameter(name="*")
@dataclass(frozen=True)
class Asked:
    """How a study is to be made."""

    seed: Seed = 1
    replicates: Annotated[
        int, Parameter(converter=whole(1, MOST_REPLICATES), help="How many worlds to run each design in.")
    ] = 100
    workers: Workers = None
    set: Changes = ()
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


USUAL: Final = Asked()


class Screen(Console):
    """Standard output, which may be closed by whoever reads it."""

    def on_broken_pipe(self) -> None:
        """Nobody reads any more."""
        raise BrokenPipeError  # cli.main() knows what to do


def screen() -> Console:
    """Standard output for people: as wide as the terminal, 80 columns where there is none."""
    return Screen(highlight=False, markup=False, emoji=False)


def note(sentence: str) -> None:
    """Tell a sentence beside the answer, on standard error."""
    print(sentence, file=sys.stderr, flush=True)


def mistake(sentence: str) -> int:
    """Tell what is wrong; returns the exit code of a mistake."""
    note(sentence)
    return MISTAKE


def say_if_the_model_must_be_prepared() -> None:
    """The first start compiles the model, and nobody should wonder what takes so long."""
    from sim import is_warm

    if not is_warm():
        note("Preparing the model for this machine (once, about half a minute).")


def waited_for(
    work: Callable[[Bar, Event], Result], total: int, stopped: Callable[[], str] = lambda: "Stopped."
) -> Result:
    """The result of long work, with a bar that says how long it takes; Ctrl-C ends it.

    Parameters
    ----------
    work : does it, given the bar to tell how far it is, and an event that asks it to end.
    total : how much work it is, in the unit in which the bar is told.
    stopped : what to say if somebody stops it.
    """
    from threading import Event

    from analysis.waiting import Bar, attended

    stop = Event()
    try:
        with Bar(total) as bar:
            return attended(lambda: work(bar, stop), stop)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(stopped()) from None


def what_was_kept(store: Store | None, wanted: int) -> str:
    """What is left of a study that somebody stopped."""
    if store is None:
        return "Stopped. Nothing was kept, because no --out folder was given to keep runs in."
    if not store.kept:
        return f"Stopped, before any runs could be kept in {store.folder}."
    return f"Stopped. {store.kept:,} of {wanted:,} runs are kept in {store.folder}; the same command goes on from there."
