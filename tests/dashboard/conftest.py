"""The dashboard as a real second process, and visitors with real browsers.

`served` is one server for all tests of a worker; `serve(...)` starts a further one for a special case. `app` is the page of
a visitor, `newcomer(...)` lets another come, `opened(path)` opens a page and waits until it is there. When a test ends,
nothing may have gone wrong in any of its pages, and nothing may have been asked for elsewhere; a picture of each page is in
test-results/dashboard.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "test-results" / "dashboard"
CHROMIUM = (
    "this test opens pages in Chromium, and there is none: install it (on Debian and Ubuntu `apt-get install chromium`, "
    "elsewhere `playwright install chromium`), or say in the environment variable CHROMIUM where it is"
)
expect.set_options(timeout=20_000)  # as patient as a machine that does much else needs it
LIMITED = """
import json, os, sys
from dataclasses import replace
from analysis.dashboard import server
from analysis.dashboard.limits import Limits
if pages := os.environ.get("PAGES"):
    server.SOLARA |= {"APP": pages, "THEME_LOADER": "plain"}
with server.listening("127.0.0.1", 0) as listener:
    server.serve(
        listener,
        limits=replace(Limits.alone(), **json.loads(sys.argv[1])),
        ready=lambda: print(server.addresses(listener)[0], flush=True),
    )
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent not in Path(item.path).parents:
            continue
        if "serve" in item.fixturenames:
            item.add_marker(pytest.mark.kernel)
        if "newcomer" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
            # a fixture of pytest-base-url, which pytest-playwright brings along, is written in a way that pytest 9 calls old
            old = "ignore:.*fixtures defined as instance methods:pytest.PytestRemovedIn10Warning"
            item.add_marker(pytest.mark.filterwarnings(old))


# ---- servers -------------------------------------------------------------------------------------------------------


class Served:
    """A dashboard in a process of its own."""

    def __init__(self, command, environment):
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - ended in end(); a pipe would have to be emptied
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        gives_up = threading.Timer(240, self.process.kill)  # the first start may have to compile the model
        gives_up.start()
        self.said = self.process.stdout.readline()
        gives_up.cancel()
        found = re.search(r"http://\S+", self.said)
        if not found:
            wrong = self.errors()
            self.end()
            pytest.fail(f"the dashboard did not start: {wrong}", pytrace=False)
        self.url = found[0]
        self.host = urlsplit(self.url).netloc

    def errors(self):
        self.log.seek(0)
        return self.log.read()

    def ask(self, path, method="GET", body=None, **headers):
        """One answer, as it is: status, headers and text. `Host` and others are given as keywords, with _ for -."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, told)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode("utf-8", "replace"))
        finally:
            connection.close()

    def kernels(self):
        """How many pages are being run, counting those that lost their connection."""
        return json.loads(self.ask("/resourcez").text)["kernels"]["total"]

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


class Answer:
    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text

    @property
    def cookie(self):
        """What a browser would send back."""
        return "; ".join(value.split(";")[0] for value in self.headers.get_all("set-cookie", []))


@pytest.fixture(scope="session")
def serve():
    """Start a server: with options of `coprod dashboard`, or with limits of its own and perhaps other PAGES (a module)."""
    started = []

    def start(*options, limits=None, **environment):
        asked = [sys.executable, "-c", LIMITED, json.dumps(limits)]
        port = () if "--port" in options else ("--port", "0")
        usual = [sys.executable, "-m", "analysis", "dashboard", *port, "--no-browser", *options]
        clean = {name: value for name, value in os.environ.items() if name != "COPROD_PASSCODE"}
        server = Served(asked if limits is not None else usual, {**clean, **environment})
        started.append(server)
        return server

    yield start
    for server in started:
        server.end()


@pytest.fixture(scope="session")
def served(serve):
    """The server that most tests share."""
    return serve()


# ---- visitors ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, browser_type):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not Path(chromium or browser_type.executable_path).exists():
        pytest.fail(CHROMIUM, pytrace=False)
    where = {"executable_path": chromium} if chromium else {}
    return {
        **browser_type_launch_args,
        **where,
        "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    }


@pytest.fixture
def trouble():
    """What went wrong in pages; a test that provokes an error takes it out of here."""
    return []


SIZE = {"width": 1280, "height": 720}


@pytest.fixture(scope="session")
def profile(browser_type, browser_type_launch_args, served, tmp_path_factory):
    """A browser that keeps the scripts it has read, as those of people do: pages open in about half the time."""
    folder = tmp_path_factory.mktemp("profile")
    profile = browser_type.launch_persistent_context(
        folder, **browser_type_launch_args, base_url=served.url, viewport=SIZE
    )
    yield profile
    profile.close()


@pytest.fixture
def newcomer(profile, served, trouble, request):
    """Let a visitor come: `newcomer(server, viewport=..., color_scheme=...)`.

    The first one of a test comes with the browser that others before have used, and nothing is left of their visits: a visit
    is in a cookie and in the tab. Further ones have a browser of their own.
    """
    pages = []

    def come(server=served, viewport=SIZE, color_scheme=None, reduced_motion=None, **options):
        if server is served and not pages and not options:
            profile.clear_cookies()
            page = profile.new_page()
            page.set_viewport_size(viewport)
        else:
            browser = request.getfixturevalue("browser")
            page = browser.new_context(viewport=viewport, base_url=server.url, **options).new_page()
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        ours = (server.url, "data:", "blob:", "file:", server.url.replace("http", "ws", 1))
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
        for kind in ("request", "websocket"):
            page.on(kind, lambda asked: None if asked.url.startswith(ours) else trouble.append(asked.url))
        page.on("popup", lambda other: trouble.append(f"another window: {other.url}"))
        pages.append(page)
        return page

    yield come
    PICTURES.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9]+", "-", f"{request.path.stem} {request.node.name}").strip("-")[:120]
    for number, page in enumerate(pages, start=1):
        if not page.is_closed():
            page.screenshot(path=PICTURES / f"{name}{f'-{number}' if len(pages) > 1 else ''}.png")
        if page.context is profile:
            page.close()
        else:
            page.context.close()
    assert trouble == []


# what can differ in the dark; the rest is the same in both
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@pytest.fixture
def barriers():
    """What a machine finds on a page that keeps somebody out, in light and in dark."""

    def found(page, impacts=("serious", "critical", "moderate", "minor", None)):
        bad = []
        for scheme, options in (("light", None), ("dark", COLOURS)):
            # without motion no colour is on its way to another
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            bad += [
                (scheme, one["id"], [node["html"][:160] for node in one["nodes"]][:3])
                for one in Axe().run(page, options=options).response["violations"]
                if one["impact"] in impacts
            ]
        return bad

    return found


@pytest.fixture
def app(newcomer):
    """The page of one visitor."""
    return newcomer()


@pytest.fixture
def opened(app):
    """Open a page, and wait until it is there."""

    def open_page(path="/", page=app):
        page.goto(path)
        page.locator("h1").first.wait_for()
        return page

    return open_page
