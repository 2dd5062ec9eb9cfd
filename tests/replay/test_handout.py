"""A hand-out opened from disk, on a projector and on a phone: it plays, by mouse and by keyboard, and asks for nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

import scenarios
from analysis import look
from analysis.replay import document, handout
from analysis.replay.page import PLAYER

pytestmark = [
    pytest.mark.browser,
    pytest.mark.kernel,
    # a fixture of pytest-base-url, which pytest-playwright brings along, is written in a way that pytest 9 calls old
    pytest.mark.filterwarnings(
        "ignore:.*fixtures defined as instance methods:pytest.PytestRemovedIn10Warning"
    ),
]
PICTURES = Path(__file__).parents[2] / "test-results" / "replay"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    where = {"executable_path": chromium} if chromium else {}
    return {
        **browser_type_launch_args,
        **where,
        "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    }


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    """Made by the command, as a teacher would."""
    file = tmp_path_factory.mktemp("one") / "replay.html"
    command = [
        sys.executable,
        "-m",
        "analysis",
        "replay",
        "citizens-blended",
        "--seed",
        "7",
        "--out",
        str(file),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return file.as_uri()


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    file = tmp_path_factory.mktemp("two") / "replay.html"
    docs = [
        document(scenarios.load("tick-box", set=change), seed=7) for change in ((), ["sessions.*.scribe=1"])
    ]
    file.write_text(
        handout(docs, names=["as planned", "with a <full> scribe"], title="Two & one"), encoding="utf-8"
    )
    return file.as_uri()


@pytest.fixture
def opened(page, request):
    trouble = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(("file:", "data:")) else trouble.append(asked.url),
    )

    def open_page(address):
        page.goto(address)
        page.locator(".replay").wait_for()
        return page

    yield open_page
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{request.node.name.replace('[', '-').strip(']')}.png", full_page=True)
    assert trouble == []


def place(page):
    return float(page.locator(".replay").get_attribute("data-at"))


def play_past(page, wanted):
    """Play until a place is passed; the page's own rules forbid to wait by a script."""
    page.get_by_role("button", name="Play", exact=True).click()
    for _ in range(200):
        if place(page) > wanted:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"it does not get past {wanted}")


def test_it_plays_pauses_and_goes_step_by_step_and_back(opened, one):
    page = opened(one)
    assert place(page) == 0
    play_past(page, 0.1)
    page.get_by_role("button", name="Pause").click()
    paused = place(page)
    page.wait_for_timeout(300)
    assert place(page) == paused
    page.get_by_role("button", name="One step on").click()
    onward = place(page)
    assert onward > paused
    page.get_by_role("button", name="One step back").click()
    assert place(page) < onward
    page.get_by_role("button", name="To the start").click()
    assert place(page) == 0


def test_the_timeline_leads_to_the_end_and_the_account_follows(opened, one):
    page = opened(one)
    line = page.get_by_role("slider", name="Moment of the process")
    line.fill("3500")
    assert page.get_by_text("session 4 of 6", exact=True).is_visible()
    assert "session 4 of 6" in line.get_attribute("aria-valuetext")
    assert page.get_by_role("heading", name="Session 4:").is_visible()
    line.fill("6000")
    assert page.get_by_text("the end", exact=True).is_visible()
    shown = page.locator(".wheel.engagement .value").text_content()
    doc = document(scenarios.load("citizens-blended"), seed=7)
    assert shown == f"{doc['series']['engagement'][-1]:.2f}"


def test_by_keyboard_alone_one_plays_moves_and_looks_at_somebody(opened, one):
    page = opened(one)
    page.get_by_role("slider", name="Moment of the process").focus()
    page.keyboard.press("ArrowRight")
    first = place(page)
    assert first > 0
    page.keyboard.press("PageDown")
    assert place(page) == 1
    page.keyboard.press("ArrowLeft")
    assert 0 < place(page) < 1
    page.keyboard.press("Space")
    page.get_by_role("button", name="Pause").wait_for()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    someone = page.locator(".person:not(.gone)").first
    someone.focus()
    page.keyboard.press("Enter")
    closer = page.get_by_role("region", name="one person looked at closely")
    closer.wait_for()
    assert page.evaluate("document.activeElement.closest('.closer') !== null")
    assert "engagement" in closer.inner_text()
    closer.get_by_role("button", name="Close").press("Enter")
    closer.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.classList.contains('person')")


def test_somebody_clicked_tells_views_pictures_barriers_and_history(opened, one):
    page = opened(one)
    page.get_by_role("slider", name="Moment of the process").fill("4000")
    # marks glide to their places, so that a click on a spot could meet somebody else
    page.get_by_role("button", name="a citizen (C1), ", exact=False).first.dispatch_event("click")
    closer = page.get_by_role("region", name="one person looked at closely")
    doc = document(scenarios.load("citizens-blended"), seed=7)
    text = closer.inner_text()
    for issue in doc["issues"]:
        assert issue["title"] in text
    assert f"engagement {doc['sessions'][3]['after']['engagement'][0]:.2f}" in text
    assert closer.locator("ol.history li").count() == 4


def test_two_runs_stand_side_by_side_on_one_line_of_time(opened, two):
    page = opened(two)
    assert page.locator(".run").count() == 2
    assert page.get_by_text("with a <full> scribe").first.is_visible()
    assert page.get_by_role("heading", level=1).inner_text() == "Two & one"
    page.get_by_role("slider", name="Moment of the process").fill("1500")
    kickers = page.locator(".run .kicker").all_inner_texts()
    assert all("Session 2 of 3" in text for text in kickers)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["one", "two"])
def test_axe_finds_nothing_wrong(opened, page, name, scheme, request):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    opened(request.getfixturevalue(name))
    page.locator("details.told summary").click()
    found = Axe().run(page)
    assert [(bad["id"], bad["nodes"][0]["html"][:200]) for bad in found.response["violations"]] == []


@pytest.mark.parametrize("name", ["one", "two"])
def test_it_fits_a_phone(opened, page, name, request):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(request.getfixturevalue(name))
    page.get_by_role("slider", name="Moment of the process").fill("1300")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_who_wants_no_motion_gets_none(opened, page, one):
    page.emulate_media(reduced_motion="reduce")
    opened(one)
    play_past(page, 0.02)
    assert page.evaluate("getComputedStyle(document.querySelector('.turn')).animationName") == "none"
    assert page.evaluate("getComputedStyle(document.querySelector('.person')).transitionDuration") in (
        "0s",
        "",
    )


def test_without_scripts_the_account_can_be_read(browser, one):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(one)
    page.locator("details.told summary").click()
    assert "contributions were made live" in page.inner_text("details.told")
    page.context.close()


def test_scripts_put_together_import_and_export_nothing():
    script = look.bundle(PLAYER)
    assert not [line for line in script.split("\n") if line.startswith(("import ", "export "))]
    assert script.count("function player(") == 1
