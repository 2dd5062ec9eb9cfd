"""The report in a real browser: it is read without scripts, by everybody, in light, in dark, on a phone and on paper."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

import scenarios
import sim
from analysis import report
from analysis.store import Study

pytestmark = [
    pytest.mark.browser,
    pytest.mark.kernel,
    # a fixture of pytest-base-url, which pytest-playwright brings along, is written in a way that pytest 9 calls old
    pytest.mark.filterwarnings(
        "ignore:.*fixtures defined as instance methods:pytest.PytestRemovedIn10Warning"
    ),
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    where = {"executable_path": chromium} if chromium else {}
    return {
        **browser_type_launch_args,
        **where,
        "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    }


def written(folder, *names):
    runs = tuple(sim.simulate(scenarios.load(name), replicates=6, seed=1) for name in names)
    report.write(Study(runs, {}), folder / "report.html")
    return (folder / "report.html").as_uri()


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    return written(tmp_path_factory.mktemp("compared"), "around-the-table", "citizens-online")


@pytest.fixture(scope="module")
def consultation(tmp_path_factory):
    return written(tmp_path_factory.mktemp("consultation"), "shared-decision")


@pytest.fixture
def opened(page):
    """Open a page; at the end, nothing may have been asked for, and nothing may have gone wrong."""
    trouble = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda request: None if request.url.startswith(("file:", "data:")) else trouble.append(request.url),
    )

    def open_page(address):
        page.goto(address)
        return page

    yield open_page
    assert trouble == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["compared", "consultation"])
def test_axe_finds_nothing_wrong(opened, page, name, scheme, request):
    page.emulate_media(color_scheme=scheme)
    found = Axe().run(opened(request.getfixturevalue(name)))
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []


@pytest.mark.parametrize("name", ["compared", "consultation"])
def test_the_page_fits_a_phone(opened, page, name, request):
    page.set_viewport_size({"width": 390, "height": 800})
    opened(request.getfixturevalue(name))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_first_tab_leads_past_the_contents(opened, compared):
    page = opened(compared)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash == '#answer'")


def test_contents_lead_to_sections_with_a_heading(opened, compared):
    page = opened(compared)
    for link in page.query_selector_all("nav a"):
        target = page.query_selector(link.get_attribute("href"))
        assert target.query_selector("h2").inner_text()
    assert len(page.query_selector_all("h1")) == 1
    assert page.get_attribute("html", "lang") == "en"


def test_charts_tell_in_words_what_they_show_and_their_labels_stay_inside_the_page(opened, compared):
    page = opened(compared)
    charts = page.query_selector_all("svg[role=img]")
    assert len(charts) >= 20
    for chart in charts:
        title, description = (
            page.query_selector(f"#{name}") for name in chart.get_attribute("aria-labelledby").split()
        )
        assert title.text_content()
        assert any(digit in description.text_content() for digit in "0123456789")
    outside = "[...document.querySelectorAll('svg text')].filter(t => t.getBoundingClientRect().right > innerWidth).length"
    assert page.evaluate(outside) == 0


def test_dark_is_dark_and_charts_follow_it(opened, page, compared):
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        opened(compared)
        colours.append(
            page.evaluate(
                "[document.body, document.querySelector('svg text')].map(e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).fill])"
            )
        )
    (light_paper, light_text), (dark_paper, dark_text) = colours
    assert light_paper[0] == "rgb(251, 250, 247)"
    assert dark_paper[0] != light_paper[0]
    assert dark_text[1] != light_text[1]


def test_on_paper_contents_are_gone_and_folded_parts_are_open(opened, page, compared):
    opened(compared)
    folded = "document.querySelector('#outcomes details table').checkVisibility()"
    assert not page.evaluate(folded)
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.is_visible("nav")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(folded)


def test_a_process_of_two_people_is_told(opened, consultation):
    page = opened(consultation)
    text = page.inner_text("#told")
    assert (
        "the patient (P)" in text
        or "The patient (P)" in text
        or "Everyone came" in text
        or "Nobody came" in text
    )
    assert "World" in text
