"""The dashboard's server: Solara's application behind our own gate, on a uvicorn of our own.

Solara is set up here and nowhere else. It is pinned to one version, because the names that are used of its inside (the
running pages, its cookie, where it looks for scripts) are promised to nobody; tests/dashboard/test_server.py covers each.
"""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import signal
import socket
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from analysis.dashboard import limits as allowed
from analysis.dashboard.limits import MB, Limits
from sim import CoprodError

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn import Server

HERE: Final = Path(__file__).parent
NPM: Final = HERE / "npm"  # scripts and styles for the browser; see analysis/dashboard/browser_files.py
ASSETS: Final = (
    HERE.parent / "look" / "styles",
)  # beside analysis/dashboard/assets, where Solara looks by itself
PORT: Final = 8765
LOCAL: Final = "127.0.0.1"
PATIENCE: Final = 1.0  # seconds that open pages get to close after Ctrl-C
LONGEST_ADDRESS: Final = 64 * 1024  # bytes of a request's head: a link can carry a whole scenario

SOLARA: Final = {
    "APP": "analysis.dashboard.pages.frame",
    "MODE": "production",
    "ROOT_PATH": "",  # otherwise the first visitor's headers decide it for all
    "ASSETS_PROXY_CACHE_DIR": str(NPM),
    "ASSETS_FONTAWESOME_ENABLED": "false",
    "SERVER_HTTP_GZIP": "false",  # ours compresses, after the page's scripts have been read
    "SESSION_HTTP_ONLY": "true",
    "TELEMETRY_MIXPANEL_ENABLE": "false",
    "TELEMETRY_SERVER_USER_ID": "nobody",
    "THEME_LOADER": "coprod",  # templates/loader-coprod.html
    "THEME_SHOW_BANNER": "false",
    "THEME_TITLE": "coprod",
    "THEME_VARIANT": "light",  # "auto" breaks the page of Solara 1.64.1; dark is the look's own
}


FAILED: Final = (
    "Something went wrong on this page. Load it again; if it happens again, start from another one."
)

log = logging.getLogger(__name__)


class ServerError(CoprodError):
    """The dashboard cannot be served as asked; the message says why and what would do."""


def application(
    limits: Limits, *, passcode: str | None = None, names: tuple[str, ...] = (), network: bool = False
) -> ASGIApp:
    """The whole dashboard as one ASGI application.

    Parameters
    ----------
    limits : what it allows.
    passcode : a word that lets people in; everybody comes in if left out.
    names : names under which this server is reached, beside localhost.
    network : it is reached from other machines, by its address in numbers.
    """
    from starlette.middleware.gzip import GZipMiddleware

    from analysis.dashboard.answers import Answers
    from analysis.dashboard.gate import Doors, Origins, Passcode, Room

    allowed.impose(limits)
    app: ASGIApp = _solara(limits)
    app = Room(app, limits.visitors, limits.tabs, running)
    app = Doors(app, _files(), running, shared=limits.shared)
    if passcode:
        app = Passcode(app, passcode)
    app = Origins(app, names, addresses=network)
    # at its best level it takes three times as long for each newcomer's three megabytes, to save 50 kB of 800
    return GZipMiddleware(Answers(app), minimum_size=1000, compresslevel=4)


def running() -> Mapping[str, str]:
    """The running pages: the name of each, and of the visitor to whom it belongs."""
    from solara.server.kernel_context import contexts

    return {name: context.session_id for name, context in list(contexts.items())}


def _solara(limits: Limits) -> Any:
    """Solara's own application, set up for us, whatever the environment says."""
    for name in [name for name in os.environ if name.upper().startswith("SOLARA_")]:
        del os.environ[name]
    told = {**SOLARA, "KERNEL_CULL_TIMEOUT": f"{limits.idle}s"}
    os.environ.update({f"SOLARA_{name}": value for name, value in told.items()})
    os.environ["JUPYTER_PREFER_ENV_PATH"] = (
        "1"  # our widgets' scripts, not those of another Jupyter on this machine
    )
    # It warns of each visitor who comes without https, and of parts of uvicorn's that we do not use.
    warnings.filterwarnings("ignore", module=r"solara\.server\.starlette")
    warnings.filterwarnings("ignore", message="websockets.legacy is deprecated", category=DeprecationWarning)
    from solara.server import settings
    from solara.server.starlette import app

    settings.assets.extra_locations = [str(folder) for folder in ASSETS if folder.is_dir()]
    _keep_tracebacks_here()
    return app


def _keep_tracebacks_here() -> None:
    """Where Solara would show a visitor how our code failed, say a sentence; the rest is for the terminal."""
    import reacton.core
    import solara.server.app
    import solara.server.patch

    def told(_: object, error: BaseException, *__: object) -> list[str]:
        log.error("A page failed", exc_info=error)
        return [FAILED]

    kept = SimpleNamespace(**{**vars(traceback), "format_exception": told})
    for module in (reacton.core, solara.server.app, solara.server.patch):
        vars(module)["traceback"] = kept


def _files() -> frozenset[str]:
    return frozenset(path.relative_to(NPM).as_posix() for path in NPM.rglob("*") if path.is_file())


def serve(
    listener: socket.socket,
    *,
    passcode: str | None = None,
    names: tuple[str, ...] = (),
    limits: Limits | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve the dashboard until somebody stops it.

    Parameters
    ----------
    listener : where, from `listening`.
    passcode : a word that lets people in.
    names : further names under which others reach it, as behind a proxy of this machine.
    limits : what it allows; by whether others can reach it, if left out.
    ready : called when pages can be opened.

    Raises
    ------
    KeyboardInterrupt : after Ctrl-C.
    """
    network = not is_local(listener)
    limits = limits or (Limits.together() if network or names else Limits.alone())
    own = (socket.gethostname(), f"{socket.gethostname()}.local") if network else (listener.getsockname()[0],)
    app = application(limits, passcode=passcode, names=(*own, *names), network=network)
    _server(app, limits, ready).run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """A socket at this place, or a plain refusal."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        msg = f"--host {host}: there is no such address; leave it out for this computer alone, or say 0.0.0.0 to share"
        raise ServerError(msg) from None
    listener = socket.socket(family, kind, protocol)
    if os.name == "posix":  # elsewhere this lets two servers have one port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(place)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise ServerError(_why(error, host, port)) from None
    return listener


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"--port {port}: something else uses it, perhaps another dashboard; choose another port, or 0 for any that is free"
    if error.errno == errno.EACCES:
        return f"--port {port}: this machine does not allow it; choose one above 1023"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"--host {host}: it is not an address of this computer; say 0.0.0.0 to share with the network"
    return f"the server cannot listen at {host}, port {port}: {error.strerror}"


def _server(app: ASGIApp, limits: Limits, ready: Callable[[], None]) -> Server:
    """A uvicorn that says when it is ready, and that ends within a second or so."""
    from uvicorn import Config, Server

    class Ours(Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            super().handle_exit(sig, frame)
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # what is interrupted has no say
            if sig == signal.SIGINT:
                threading.Thread(target=_see_to_the_end, daemon=True).start()

    config = Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        # a file that is loaded comes as text in a message, which can take six bytes for one
        ws_max_size=max(MB, 8 * limits.upload),
        h11_max_incomplete_event_size=LONGEST_ADDRESS,
        timeout_graceful_shutdown=1,
    )
    return Ours(config)


def _see_to_the_end() -> None:
    """End the process even if some page's run is still busy in compiled code, and does not let it end."""
    time.sleep(PATIENCE + 0.5)
    print("Stopped.", file=sys.stderr, flush=True)
    os._exit(130)


def is_local(listener: socket.socket) -> bool:
    """Does a server that listens here answer to this machine alone?"""
    return _is_loopback(listener.getsockname()[0])


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def addresses(listener: socket.socket) -> list[str]:
    """What to type to reach a server that listens here; on this machine itself, then elsewhere on its networks."""
    host, port = listener.getsockname()[:2]
    if not ipaddress.ip_address(host.partition("%")[0]).is_unspecified:
        return [_address(host, port)]
    return [_address(one, port) for one in (LOCAL, *_network_addresses())]


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _network_addresses() -> Iterator[str]:
    """Addresses of this machine in its networks, of the kind that can be typed."""
    import psutil

    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    for name, places in psutil.net_if_addrs().items():
        for place in places:
            if name in up and place.family == socket.AF_INET and not _is_loopback(place.address):
                yield place.address
