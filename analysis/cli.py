"""`coprod`, the command line. Nothing heavy is imported before a command needs it.

What was asked for goes to standard output, everything else (progress, notes, mistakes) to standard error. A mistake is
one plain sentence and exit code 2; Ctrl-C ends within about a second with exit code 130.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from cyclopts import (
    App,
    CycloptsError,
    MissingArgumentError,
    Parameter,
    UnknownCommandError,
    UnusedCliTokensError,
)

from analysis.commands import dashboard, explaining, library, limits, replaying, running, theories
from analysis.commands.asking import INTERRUPTED, mistake, note, screen


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
app.command(library.list_, name="list")
app.command(library.show)
app.command(library.check)
app.command(running.run)
app.command(running.compare)
app.command(running.resume)
app.command(theories.put_to_test, name="test")
app.command(theories.lock)
app.command(theories.contest)
app.command(explaining.explain)
app.command(replaying.replay)
app.command(limits.sensitivity)
app.command(limits.discover)
app.command(limits.configurations)
app.command(dashboard.dashboard)
app.command(library.schema)


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
        code = app(arguments, console=screen(), exit_on_error=False, print_error=False, verbose=False)
    except CycloptsError as error:
        return mistake(_in_a_sentence(error))
    except _told() as error:
        return mistake(str(error))
    except KeyboardInterrupt as stopped:
        note(str(stopped) or "Stopped.")
        return INTERRUPTED
    return code if isinstance(code, int) else 0


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
