"""The example of docs/mesa-page.md in a real browser: Mesa's own page, with our model."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

import scenarios
from analysis.dashboard import server
from tests.documents.blocks import ROOT, blocks

PAGE = ROOT / "docs" / "mesa-page.md"
EXAMPLE = next(block.text for block in blocks(PAGE) if block.language == "python")
COMMAND, OFFLINE = (block.text for block in blocks(PAGE) if block.language == "sh")

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.browser,
    pytest.mark.filterwarnings(
        "ignore:.*fixtures defined as instance methods:pytest.PytestRemovedIn10Warning"
    ),
]


def started(command, folder, url):
    """Solara's own server, once it answers."""
    asked = dict(re.findall(r"(SOLARA_\w+)=(\w+)", OFFLINE))
    environment = {
        **os.environ,
        **asked,
        "SOLARA_ASSETS_PROXY_CACHE_DIR": str(server.NPM),
        "MPLBACKEND": "agg",
    }
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    gives_up = time.monotonic() + 120
    while time.monotonic() < gives_up and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=5).close()
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
        else:
            return process
    process.kill()
    raise AssertionError("Solara's server did not answer")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mesa")
    (folder / "mesa_page.py").write_text(EXAMPLE, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    where = f"http://localhost:{port}"
    command = [sys.executable, "-m", *COMMAND.split(), "--no-open", "--port", str(port)]
    process = started(command, folder, where)
    yield where
    process.kill()
    process.wait()


@pytest.fixture
def visitors(browser, url):
    """Let somebody open the page; nothing may go wrong in it, and nothing may be asked for elsewhere."""
    contexts, trouble = [], []

    def come():
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 720}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request",
            lambda asked: (
                trouble.append(asked.url) if not asked.url.startswith((url, "data:", "blob:")) else None
            ),
        )
        page.goto(url)
        page.get_by_role("button", name="Step").wait_for()
        return page

    yield come
    for context in contexts:
        context.close()
    assert trouble == []


def test_the_example_has_about_ten_lines():
    assert len([line for line in EXAMPLE.splitlines() if line and not line.startswith("#")]) <= 11


def test_a_step_holds_a_session_and_the_curves_grow(visitors):
    page = visitors()
    page.get_by_text("Step: 0").wait_for()
    expect(page.get_by_text(scenarios.load("tick-box").title)).to_have_count(1)
    curves = page.locator("img").first
    curves.wait_for()
    before = curves.get_attribute("src")
    page.get_by_role("button", name="Step").click()
    page.get_by_text("Step: 1").wait_for()
    expect(curves).not_to_have_attribute("src", before)


def test_a_process_ends_and_begins_anew(visitors):
    page, sessions = visitors(), len(scenarios.load("tick-box").sessions)
    for held in range(1, sessions + 1):
        page.get_by_role("button", name="Step").click()
        page.get_by_text(f"Step: {held}").wait_for()
    expect(page.get_by_role("button", name="Step")).to_be_disabled()
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("Step: 0").wait_for()


def test_every_tab_has_a_run_of_its_own(visitors):
    one, other = visitors(), visitors()
    one.get_by_role("button", name="Step").click()
    one.get_by_text("Step: 1").wait_for()
    other.wait_for_timeout(500)
    assert other.get_by_text("Step: 0").count() == 1
