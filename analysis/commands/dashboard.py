"""The dashboard: a page in the browser, for one person or for a class on the network."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final

from cyclopts import Parameter

from analysis.commands.asking import note, say_if_the_model_must_be_prepared, whole

SHORTEST: Final = 4  # characters of a passcode


def _word(_: Any, tokens: Sequence[Any]) -> str:
    """A converter for passcodes."""
    word: str = tokens[0].value.strip()
    if not SHORTEST <= len(word) <= 100:
        raise ValueError(f"it must have {SHORTEST} to 100 characters")
    return word


def dashboard(
    *,
    host: Annotated[
        str,
        Parameter(
            help="Where to listen: 127.0.0.1 is for this computer alone, 0.0.0.0 shares with the network."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, Parameter(converter=whole(0, 65535), help="The port; 0 for any that is free.")
    ] = 8765,
    passcode: Annotated[
        str | None,
        Parameter(
            converter=_word,
            env_var="COPROD_PASSCODE",
            help="A word that lets visitors in. Other users of this computer can read it here; in the environment "
            "variable COPROD_PASSCODE they cannot.",
        ),
    ] = None,
    name: Annotated[
        tuple[str, ...],
        Parameter(
            help="A further name under which others reach it, as behind a proxy; may be repeated.",
            show_default=False,
        ),
    ] = (),
    browser: Annotated[
        bool, Parameter(negative="--no-browser", help="Open it in the browser.", show_default=False)
    ] = True,
) -> None:
    """Open the dashboard in the browser: watch it happen, compare designs, find out why."""
    from threading import Thread

    from analysis.dashboard import server

    with server.listening(host, port) as listener:
        _prepare()

        def ready() -> None:
            addresses = server.addresses(listener)
            _tell(addresses, shared=bool(name) or not server.is_local(listener), asks=passcode is not None)
            if browser and _has_a_screen():
                Thread(target=_open, args=addresses[:1], daemon=True).start()  # it may take its time

        server.serve(listener, passcode=passcode, names=name, ready=ready)


def _tell(addresses: Sequence[str], *, shared: bool, asks: bool) -> None:
    """Say where it is, and who can open it."""
    here, *elsewhere = addresses
    print(f"The dashboard is at {here} (Ctrl-C ends it).", flush=True)
    if not shared:
        return
    for address in elsewhere:
        print(f"On the network it is at {address}", flush=True)
    if asks:
        note("Everybody on the network can open it who knows the passcode.")
    else:
        note("Everybody on the network can open it; with --passcode WORD it asks them for a word.")


def _prepare() -> None:
    """Have the model's machine code at hand before the first page asks for it, and its modules before two ask at once."""
    from threading import Event

    from analysis.waiting import attended

    say_if_the_model_must_be_prepared()
    attended(_warm, Event())


def _warm() -> None:
    import scenarios
    import sim

    smallest = scenarios.load("shared-decision")
    sim.simulate(smallest, replicates=1)
    sim.CoProduction(smallest, log=True).step()


def _has_a_screen() -> bool:
    """Is there a screen for a browser? Where there is none, one that fills the terminal might be started instead."""
    return sys.platform in {"darwin", "win32"} or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )


def _open(address: str) -> None:
    import webbrowser

    webbrowser.open(address)  # where there is no browser, the address has been told
