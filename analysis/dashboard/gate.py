"""Who may come in: the right address, the passcode, a free place, and one's own pages alone.

Each guard is a small ASGI application around the next one. It looks at a request or at a websocket and either hands it on
or raises `Refused`, which `analysis.dashboard.answers` turns into a page with one plain sentence.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import math
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LARGEST_BODY: Final = 4096  # bytes: a passcode; files come through the websocket
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
FILES: Final = "/_solara/cdn/"  # where Solara's page looks for its scripts
KERNELS: Final = "/jupyter/api/kernels/"
CLOSE: Final = "/_solara/api/close/"
SOLARAS: Final = ("/_solara/", "/jupyter/", "/static/", "/readyz", "/resourcez")  # whatever else is a page
HOST: Final = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
KERNEL: Final = re.compile(rf"{KERNELS}([A-Za-z0-9-]{{1,64}})/channels")
HEARSAY: Final = frozenset(
    {b"x-forwarded-host", b"x-forwarded-proto", b"script-name", b"x-script-name"}
)  # Solara believes these


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """A request or a websocket that is not handed on.

    Parameters
    ----------
    status : the status of the answer; a websocket is closed with 4000 more.
    title : what happened, as a heading.
    sentence : why, and what would do.
    form : ask for the passcode below it.
    wait : seconds after which it is worth trying again.
    """

    def __init__(self, status: int, title: str, sentence: str, *, form: bool = False, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.title, self.sentence, self.form, self.wait = status, title, sentence, form, wait


NOWHERE: Final = (404, "There is no such page", "Nothing is kept at this address.")


class Origins:
    """Only pages of this very server speak to it.

    A page elsewhere could otherwise have a visitor's browser open a websocket here, or give this machine a name of its own
    and then read everything (DNS rebinding).

    Parameters
    ----------
    app : the next one.
    names : the names under which this server is reached; an address in numbers always may be one, if `addresses`.
    addresses : it is reached by others than this machine.
    """

    def __init__(self, app: ASGIApp, names: Collection[str], *, addresses: bool) -> None:
        self.app, self.names, self.addresses = app, LOOPBACK | {name.lower() for name in names}, addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what is meant for here and comes from here."""
        if scope["type"] != "lifespan":
            headers = HTTPConnection(scope).headers
            host, origin = headers.get("host", ""), headers.get("origin")
            if not HOST.fullmatch(host) or not self._is_ours(place(f"//{host}")[0]):
                sentence = "This server does not go by that name; open the address that it printed when it was started."
                raise Refused(421, "Not at this address", sentence)
            talks = scope["type"] == "websocket" or scope["method"] not in {"GET", "HEAD"}
            if talks and not _same(origin, host, needed=scope["type"] == "websocket"):
                raise Refused(403, "Not from there", "Only pages of this very server can speak to it.")
        await self.app(scope, receive, send)

    def _is_ours(self, name: str) -> bool:
        return name in self.names or (self.addresses and _is_number(name))


def place(address: str, port: int | None = None) -> tuple[str, int | None]:
    """Name and port of an address; an empty name where it cannot be read."""
    try:
        found = urlsplit(address)
        return (found.hostname or "").lower(), found.port or port
    except ValueError:
        return "", None


def _same(origin: str | None, host: str, *, needed: bool) -> bool:
    """Is a page of this origin one that came from this host?"""
    if origin is None:
        return not needed
    port = {"http": 80, "https": 443}.get(origin.partition(":")[0])
    return port is not None and place(origin, port) == place(f"//{host}", port)


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Doors:
    """Of all that Solara offers, what a page needs, and of one's own pages alone.

    Parameters
    ----------
    app : the next one.
    files : what is kept for the browser, relative to its folder. Solara would fetch what is missing from the internet, and
        would remove a folder that somebody asks for by its name.
    kernels : the running pages: which visitor each belongs to.
    shared : keep the server's figures from visitors.
    """

    def __init__(
        self, app: ASGIApp, files: Collection[str], kernels: Callable[[], Mapping[str, str]], *, shared: bool
    ) -> None:
        self.app, self.files, self.kernels, self.shared = app, files, kernels, shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what is open to this visitor."""
        if scope["type"] == "websocket":
            self._check_socket(HTTPConnection(scope), scope["path"])
        elif scope["type"] == "http":
            self._check(HTTPConnection(scope), scope["path"], scope["method"])
        await self.app(_without_hearsay(scope), receive, send)

    def _check(self, asked: HTTPConnection, path: str, method: str) -> None:
        if path.startswith(CLOSE):
            self._check_owner(asked, path.removeprefix(CLOSE))
        elif method not in {"GET", "HEAD"}:
            raise Refused(
                405, "Nothing to send here", "Pages can be read; nothing can be sent to this address."
            )
        elif path.startswith(FILES):
            if path.removeprefix(FILES) not in self.files:
                raise Refused(*NOWHERE)
        elif path.startswith(("/_solara/", "/jupyter/api/")) or (self.shared and path == "/resourcez"):
            raise Refused(*NOWHERE)

    def _check_socket(self, asked: HTTPConnection, path: str) -> None:
        kernel = KERNEL.fullmatch(path)
        if not kernel or not asked.query_params.get("session_id"):
            raise Refused(*NOWHERE)
        self._check_owner(asked, kernel[1])

    def _check_owner(self, asked: HTTPConnection, kernel: str) -> None:
        owner = self.kernels().get(kernel)
        if owner is not None and owner != visitor(asked):
            raise Refused(403, "Somebody else's page", "This page belongs to another visitor.")


def visitor(asked: HTTPConnection) -> str | None:
    """The name by which Solara knows a browser; nobody else is told it."""
    return asked.cookies.get("solara-session-id")


def _without_hearsay(scope: Scope) -> Scope:
    """The request without headers that Solara believes, and that anybody can write."""
    if "headers" not in scope:
        return scope
    kept = [(name, value) for name, value in scope["headers"] if name not in HEARSAY]
    return {**scope, "headers": kept}


class Room:
    """As many visitors as the server holds, and each with a few pages.

    Who has a page already is let in again when it is full: a reload must not cost anybody their place.
    """

    def __init__(
        self, app: ASGIApp, visitors: int, tabs: int, kernels: Callable[[], Mapping[str, str]]
    ) -> None:
        self.app, self.visitors, self.tabs, self.kernels = app, visitors, tabs, kernels
        self.opening: Counter[tuple[str, str]] = Counter()  # (kernel, visitor) of websockets that are open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on whom there is room for."""
        if scope["type"] == "websocket":
            await self._admit(scope, receive, send)
            return
        if scope["type"] == "http" and not scope["path"].startswith(SOLARAS):
            self._check(visitor(HTTPConnection(scope)))
        await self.app(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = HTTPConnection(scope)
        found = KERNEL.fullmatch(scope["path"])
        key = (found[1] if found else "", visitor(asked) or secrets.token_hex())
        if key not in self._taken():
            self._check(key[1])
        self.opening[key] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.opening[key] -= 1
            self.opening += Counter()  # forgets those that are closed

    def _taken(self) -> set[tuple[str, str]]:
        return {*self.kernels().items(), *self.opening}

    def _check(self, who: str | None) -> None:
        taken = self._taken()
        visitors = {owner for _, owner in taken}
        if who not in visitors and len(visitors) >= self.visitors:
            sentence = (
                f"All {self.visitors} places on this server are taken; a place is free again some minutes after somebody "
                "leaves. Try again then, or run `coprod dashboard` on your own computer."
            )
            raise Refused(503, "All places are taken", sentence, wait=60)
        if sum(owner == who for _, owner in taken) >= self.tabs:
            sentence = f"You have {self.tabs} of these pages open, which is as many as one visitor may; close one first."
            raise Refused(503, "Too many pages open", sentence, wait=10)


class Passcode:
    """Whoever wants in says a word first; the browser then keeps a token that holds until the server is stopped.

    Parameters
    ----------
    app : the next one.
    word : what lets people in.
    """

    def __init__(self, app: ASGIApp, word: str) -> None:
        self.app, self.word, self.guesses = app, _digest(word), Guesses()
        self.token = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on who has said the word."""
        if scope["type"] == "lifespan" or self._is_known(HTTPConnection(scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "POST":
            answer = await self._asked_in(Request(scope, receive))
            await answer(scope, receive, send)
        else:
            raise Refused(401, "Passcode, please", "Whoever shares this page with you knows it.", form=True)

    def _is_known(self, asked: HTTPConnection) -> bool:
        given = asked.cookies.get(_cookie(asked), "")
        return hmac.compare_digest(given.encode(), self.token.encode())

    async def _asked_in(self, asked: Request) -> RedirectResponse:
        fields = parse_qs((await _body(asked)).decode("utf-8", "replace"), max_num_fields=8)
        client = asked.client.host if asked.client else ""
        await self.guesses.take_turn(client)
        if not hmac.compare_digest(_digest(fields.get("passcode", [""])[0]), self.word):
            raise Refused(401, "Not this one", "That is not the passcode; try again.", form=True)
        self.guesses.forgive(client)
        back = RedirectResponse(_here(asked), status_code=303)
        back.set_cookie(
            _cookie(asked), self.token, httponly=True, samesite="lax", secure=asked.scope["scheme"] == "https"
        )
        return back


def _cookie(asked: HTTPConnection) -> str:
    """Browsers keep cookies by name alone: another server of this machine, at another port, has its own."""
    return f"coprod-passcode-{(asked.scope.get('server') or ('', 0))[1]}"


def _digest(word: str) -> bytes:
    """Equally long for every word, so that a comparison takes equally long."""
    return hashlib.sha256(word.strip().encode("utf-8", "replace")).digest()


def _here(asked: Request) -> str:
    """The address that was asked for, on this server and no other."""
    path = "/" + quote(asked.scope["path"].lstrip("/\\"))
    query = asked.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


async def _body(asked: Request) -> bytes:
    body = b""
    async for chunk in asked.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Refused(
                413, "Too much at once", f"At most {LARGEST_BODY:,} bytes can be sent to this address."
            )
    return body


class Guesses:
    """Guessing is slowed down for each address and for all together, and nobody is locked out for long.

    An address has `FREE` tries, then one every `EVERY` seconds. When many addresses guess at once, tries take turns, and
    whoever knows the word waits for seconds.
    """

    FREE: Final = 8
    EVERY: Final = 5.0
    FREE_TOGETHER: Final = 100
    EVERY_TOGETHER: Final = 0.2
    QUEUE: Final = 300
    MOST: Final = 10_000  # addresses that are remembered

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.paid: dict[str, float] = {}  # address -> when its tries so far will have been waited for
        self.together = 0.0
        self.turn, self.waiting = asyncio.Lock(), 0

    async def take_turn(self, client: str) -> None:
        """Count a try of this address; wait, or refuse, if there were too many."""
        self._count(_network(client))
        now = self.clock()
        self.together = max(now, self.together) + self.EVERY_TOGETHER
        if self.together - now <= self.FREE_TOGETHER * self.EVERY_TOGETHER:
            return
        if self.waiting >= self.QUEUE:
            raise Refused(429, "Many try at once", "Try again in a few seconds.", form=True, wait=5)
        self.waiting += 1
        try:
            async with self.turn:
                await asyncio.sleep(self.EVERY_TOGETHER)
        finally:
            self.waiting -= 1

    def forgive(self, client: str) -> None:
        """Forget the tries of somebody who knew the word."""
        self.paid.pop(_network(client), None)
        self.together -= self.EVERY_TOGETHER

    def _count(self, network: str) -> None:
        now = self.clock()
        if len(self.paid) >= self.MOST:
            self.paid = {other: until for other, until in self.paid.items() if until > now}
        if len(self.paid) >= self.MOST:
            self.paid.clear()  # the pace of all together still holds
        until = max(now, self.paid.get(network, 0.0)) + self.EVERY
        too_soon = until - now - self.FREE * self.EVERY
        if too_soon > 0.0:
            wait = math.ceil(too_soon)
            sentence = f"There were many tries from your address; the next is free in {wait} s."
            raise Refused(429, "Wait a little", sentence, form=True, wait=wait)
        self.paid[network] = until


def _network(client: str) -> str:
    """Whom tries are counted for: an address, or what one household or class has of the newer ones."""
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
