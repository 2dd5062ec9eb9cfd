"""What is sent: security headers with everything, a plain page where something is refused or fails, tidied pages of Solara."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analysis import look
from analysis.dashboard.gate import LARGEST_BODY, LOOPBACK, NOWHERE, Refused, place

log = logging.getLogger(__name__)

# Vue 2 compiles its templates in the page ('unsafe-eval') and writes styles into elements; anywidgets are modules made
# from text (blob:). Scripts that stand in the page are named by their hash, so that no other can be slipped in.
POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send a form without saying where it comes from
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TOLD: Final = {401, 503}  # a page learns by the closing code of its websocket why it is refused
FAILED: Final = (
    500,
    "Something went wrong",
    "This page could not be made. Load it again; what you did in others is kept.",
)

_SCRIPT: Final = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_ZOOM: Final = re.compile(rb"(initial-scale=1), maximum-scale=1, user-scalable=no, minimal-ui")


class Answers:
    """The outermost of ours: whatever happens further in, the answer is a proper one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, and see to the answer."""
        match scope["type"]:
            case "http":
                await self._answer(scope, receive, send)
            case "websocket":
                await self._connect(scope, receive, send)
            case _:
                await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(scope, send)
        try:
            _check_size(HTTPConnection(scope))
            await self.app(scope, receive, answer.send)
        except Refused as refused:
            await page(refused)(scope, receive, answer.send_ours)
        except Exception:
            log.exception("A request failed")
            if answer.begun:
                raise
            await page(Refused(*FAILED))(scope, receive, answer.send_ours)
        else:
            if answer.failed:
                await page(_refused(answer.failed))(scope, receive, answer.send_ours)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except Refused as refused:
            await receive()  # the wish to connect
            if refused.status in TOLD:
                await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4000 + refused.status, "reason": refused.title})


class _Answer:
    """One answer on its way out: an error of Solara's is kept back, a page of Solara's is tidied."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self._send = scope, send
        self.begun, self.failed = False, 0
        self._start: Message | None = None
        self._body: list[bytes] = []

    async def send(self, message: Message) -> None:
        """Pass on what Solara says."""
        if message["type"] == "http.response.start":
            if message["status"] >= 400:
                self.failed = message["status"]
            elif _is_page(message):
                self._start = message
            else:
                await self._pass_on(message)
        elif self._start is not None:
            self._body.append(message.get("body", b""))
            if not message.get("more_body"):
                await self._pass_on_page(self._start, b"".join(self._body))
        elif not self.failed:
            await self._send(message)

    async def send_ours(self, message: Message) -> None:
        """Pass on a page of our own."""
        await (self._pass_on(message) if message["type"] == "http.response.start" else self._send(message))

    async def _pass_on(self, start: Message, scripts: Iterable[str] = ()) -> None:
        self.begun = True
        headers = MutableHeaders(scope=start)
        headers.update(HEADERS)
        headers["Content-Security-Policy"] = policy(scripts)
        if self._is_secure():
            headers["Cross-Origin-Opener-Policy"] = "same-origin"  # elsewhere browsers complain about it
        if _is_page(start):
            headers["Cache-Control"] = "no-store"
        start["headers"] = [
            (name, _tidied_cookie(value, self.scope["scheme"]) if name == b"set-cookie" else value)
            for name, value in start["headers"]
            if not (name == b"set-cookie" and value.startswith(b"solara-session-id-lax="))
        ]
        await self._send(start)

    async def _pass_on_page(self, start: Message, body: bytes) -> None:
        if self.scope["method"] != "HEAD":
            body = body.replace(b"<html>", b'<html lang="en">', 1)
            body = _ZOOM.sub(rb"\1", body, count=1)
            MutableHeaders(scope=start)["Content-Length"] = str(len(body))
        await self._pass_on(start, map(_hash, _SCRIPT.findall(body)))
        await self._send({"type": "http.response.body", "body": body})

    def _is_secure(self) -> bool:
        return (
            self.scope["scheme"] == "https"
            or place(f"//{HTTPConnection(self.scope).headers.get('host', '')}")[0] in LOOPBACK
        )


def policy(scripts: Iterable[str] = ()) -> str:
    """The content security policy of a page, whose own scripts are named by their hashes."""
    allowed = {**POLICY, "script-src": " ".join([POLICY["script-src"], *dict.fromkeys(scripts)])}
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def _is_page(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


def _tidied_cookie(value: bytes, scheme: str) -> bytes:
    """A cookie of Solara's that scripts cannot read, that other sites cannot use, and that ends with the browser."""
    named = value.split(b";", 1)[0]
    if not named.startswith(b"solara-session-id="):
        return value
    return named + b"; Path=/; HttpOnly; SameSite=Lax" + (b"; Secure" if scheme == "https" else b"")


def _check_size(asked: HTTPConnection) -> None:
    length = asked.headers.get("content-length", "0")
    if not length.isdigit() or int(length[:20]) > LARGEST_BODY:
        raise Refused(413, "Too much at once", f"At most {LARGEST_BODY:,} bytes can be sent to this address.")


def _refused(status: int) -> Refused:
    if status == 404:
        return Refused(*NOWHERE)
    if status < 500:
        return Refused(status, "Not like this", "This address cannot be asked for in this way.")
    return Refused(*FAILED)


@cache
def _template() -> Any:
    import jinja2

    folder = Path(__file__).parent / "templates"
    return jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=True).get_template(
        "sentence.html.j2"
    )


def page(refused: Refused) -> HTMLResponse:
    """A page that says one sentence, in the look of the others; it needs no script and asks for nothing more."""
    from markupsafe import Markup

    text = _template().render(
        title=refused.title,
        sentence=refused.sentence,
        form=refused.form,
        home=refused.status in {404, 405, 500},
        css=Markup(look.css()),
    )
    headers = {"Retry-After": str(refused.wait)} if refused.wait else None
    return HTMLResponse(text, refused.status, headers)
