"""Workers on other machines, through Dask: chunks of runs are done there and kept here.

Whoever reaches a Dask scheduler can make its workers do anything. So an address without TLS is accepted on this machine
alone. Dask is an optional extra: `pip install 'coprod[cluster]'`.
"""

from __future__ import annotations

import ipaddress
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from analysis import parts
from analysis.attempts import StoppedError, attempt
from analysis.definitions import Definition
from sim import CoprodError

if TYPE_CHECKING:
    from distributed import Client, Future

PATIENCE: Final = 15  # seconds that a scheduler gets to answer
GLANCE: Final = 0.05  # seconds between two looks at what has come back
AHEAD: Final = 2  # chunks that wait for each thread of the workers, so that none is idle while results travel


class ClusterError(CoprodError):
    """Workers on other machines cannot be reached, may not be used as asked, or were lost."""


def check_address(address: str) -> str:
    """The address of a scheduler, if it may be used.

    Raises
    ------
    ClusterError
        If it is none, or leads to another machine without TLS.
    """
    whole = address if "://" in address else f"tcp://{address}"
    parts_of_it = urlsplit(whole)
    try:
        host, port = parts_of_it.hostname, parts_of_it.port
    except ValueError:
        host, port = None, None
    if parts_of_it.scheme not in ("tcp", "tls") or not host or not port:
        raise ClusterError(f"--scheduler: an address such as tls://host:8786 is needed, found {address!r}")
    if parts_of_it.scheme == "tcp" and not _is_here(host):
        raise ClusterError(
            f"--scheduler: {address} is another machine, and without TLS anybody on the way could make it do anything; start "
            f"scheduler and workers with certificates and give tls://{host}:{port} (docs/many-runs.md shows how)"
        )
    return whole


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def connected(address: str, say: Callable[[str], None], stop: Event) -> Iterator[Workers]:
    """The workers of the scheduler at an address, once there are any.

    Raises
    ------
    ClusterError
        If the scheduler does not answer, or its workers have another version of the model.
    """
    whole = check_address(address)
    try:
        import distributed
    except ImportError:
        raise ClusterError(
            "--scheduler needs Dask, which is not installed: pip install 'coprod[cluster]'"
        ) from None
    _hush()
    security = distributed.Security(require_encryption=True) if whole.startswith("tls") else None
    if security is not None and security.get_connection_args("client").get("ssl_context") is None:
        raise ClusterError(
            f"--scheduler: {address} needs certificates; name them in DASK_DISTRIBUTED__COMM__TLS__CA_FILE and "
            "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and __KEY (docs/many-runs.md shows how)"
        )
    try:
        client = distributed.Client(whole, timeout=PATIENCE, security=security, set_as_default=False)
    except (OSError, ValueError):
        fit = " to whoever holds these certificates" if security is not None else ""
        raise ClusterError(
            f"--scheduler: nothing answers at {address}{fit}; is the scheduler running there, and can this machine reach it?"
        ) from None
    try:
        yield Workers(client, address, say, stop)
    finally:
        client.close(timeout=2)


def _hush() -> None:
    """Dask tells its log what is worth knowing to people who know Dask; here it is said in sentences."""
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class Workers:
    """Workers that a scheduler commands."""

    def __init__(self, client: Client, address: str, say: Callable[[str], None], stop: Event) -> None:
        self._client, self._address, self._say, self._stop = client, address, say, stop
        self._wait_for_one()

    def run(self, what: Definition, chunks: Sequence[range]) -> Iterator[tuple[range, bytes]]:
        """The chunks, ready to be kept, in the order in which they come back.

        Raises
        ------
        ClusterError
            If the scheduler is lost, or a chunk loses its worker again and again.
        StoppedError
            If somebody asked to stop.
        """
        todo, out = deque(chunks), dict[Any, range]()
        try:
            while todo or out:
                self._look_around()
                while todo and len(out) < self._most():
                    chunk = todo.popleft()
                    out[self._submit(what, chunk)] = chunk
                back = [future for future in out if future.status != "pending"]
                for future in back:
                    yield out[future], self._content(future, what, out[future])
                    del out[future]
                if not back:
                    time.sleep(GLANCE)
        finally:
            for future in out:
                future.release()

    def _submit(self, what: Definition, chunk: range) -> Future:
        key = f"{what.scenario.name}-{what.digest}-{chunk.start}-{secrets.token_hex(4)}"
        return self._client.submit(
            chunk_at, what, chunk.start, chunk.stop, key=key, pure=False, priority=-chunk.start
        )

    def _content(self, future: Future, what: Definition, chunk: range) -> bytes:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        try:
            content: bytes = future.result(timeout=60)
        except KilledWorker:
            raise ClusterError(
                f"{what.scenario.name}: the runs {chunk.start:,} to {chunk[-1]:,} have lost their worker again and again; "
                "perhaps it has too little memory for its threads. What was done is kept"
            ) from None
        except CoprodError:
            raise
        except (CancelledError, OSError, TimeoutError):
            raise self._lost() from None
        return content

    def _look_around(self) -> None:
        if self._stop.is_set():
            raise StoppedError
        if self._client.status != "running":
            raise self._lost()

    def _lost(self) -> ClusterError:
        return ClusterError(
            f"--scheduler: {self._address} was lost; what was done is kept, and the same command goes on from there"
        )

    def _most(self) -> int:
        """Chunks to have out at a time; workers may come and go."""
        return max(4, AHEAD * sum(worker["nthreads"] for worker in self._seen().values()))

    def _seen(self) -> dict[str, Any]:
        found: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return found

    def _wait_for_one(self) -> None:
        if not self._seen():
            self._say(f"{self._address} has no workers yet; the study starts as soon as there is one.")
        while not self._seen():
            self._look_around()
            time.sleep(GLANCE)


def chunk_at(what: Definition, first: int, upto: int) -> bytes:
    """What a worker does: run a chunk of replicates, and hand it back.

    Raises
    ------
    ClusterError
        If the worker has another version of the model: its runs would not fit to the others.
    """
    from sim import sources_digest

    if what.model != sources_digest():
        raise ClusterError(
            "--scheduler: a worker has another version of the model, or of Python, numpy or numba; install the same on all "
            "machines, from requirements/run.txt"
        )
    done = attempt(what, first, upto, workers=1)
    return parts.chunk_of(what, done.runs, first, upto - 1, done.failed, small=True)
