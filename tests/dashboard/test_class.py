"""A class of thirty on one laptop: everybody has a run of their own, and it stays quick. The figures are printed (-s)."""

import statistics
import time

import psutil
import pytest
from playwright.sync_api import expect

import scenarios
from analysis.replay import document

CLASS = 30

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lesson(serve):
    """A server for this class alone, so that its memory is that of the class."""
    return serve()


def resident(server):
    """Megabytes of memory that the server holds."""
    return psutil.Process(server.process.pid).memory_info().rss / 1e6


def test_thirty_browsers_each_with_a_run_of_their_own(lesson, newcomer):
    first = newcomer(lesson)
    first.goto("/watch")
    first.locator(".replay").wait_for()
    before = resident(lesson)
    spent = psutil.Process(lesson.process.pid).cpu_times()
    visitors, loads = [], []
    for n in range(CLASS):
        page = newcomer(lesson, viewport={"width": 1000, "height": 700}, reduced_motion="reduce")
        began = time.perf_counter()
        page.goto(f"/watch?scenario=citizens-blended&seed={100 + n}")
        page.locator(".replay").wait_for()
        loads.append(time.perf_counter() - began)
        visitors.append(page)
    each = (resident(lesson) - before) / CLASS
    now = psutil.Process(lesson.process.pid).cpu_times()
    opening = (now.user + now.system - spent.user - spent.system) / CLASS

    clicks = []
    for page in visitors:  # everybody goes on to other people, while the others are there
        began = time.perf_counter()
        page.get_by_role("button", name="Other luck").click()
        seed = 101 + visitors.index(page)
        page.locator(f".replay[data-run$='seed {seed}']").wait_for()
        clicks.append(time.perf_counter() - began)

    scenario = scenarios.load("citizens-blended")
    for n, page in enumerate(visitors):
        page.get_by_role("slider", name="Moment of the process").fill("6000")
        expected = document(scenario, seed=101 + n)["series"]["alignment"][-1]
        expect(page.locator(".wheel.alignment .value")).to_have_text(f"{expected:.2f}")

    idle = psutil.Process(lesson.process.pid).cpu_times()
    for page in visitors:
        page.get_by_role("button", name="Play", exact=True).click()
    time.sleep(3)
    after = psutil.Process(lesson.process.pid).cpu_times()
    playing = (after.user + after.system - idle.user - idle.system) / 3
    there = lesson.kernels()
    for page in visitors:
        page.close()  # thirty that play are too much for one machine, and thirty pictures of them tell nothing
    print(
        f"\n{CLASS} browsers: page open {statistics.median(loads):.2f} s (slowest {max(loads):.2f} s), another run "
        f"{statistics.median(clicks):.2f} s (slowest {max(clicks):.2f} s); server {each:.1f} MB and {opening:.2f} s of "
        f"processor for each visitor, {100 * playing:.0f}% of a core while all {CLASS} play"
    )
    assert there == CLASS + 1
    assert each < 10  # megabytes: a class must fit beside a browser
    assert playing < 0.5  # of one core: what plays, plays in the browsers


def test_those_who_close_the_page_leave_nothing_behind(lesson, newcomer):
    before = lesson.kernels()
    pages = [newcomer(lesson) for _ in range(3)]
    for page in pages:
        page.goto("/watch")
        page.locator(".replay").wait_for()
    assert lesson.kernels() >= 3
    for page in pages:
        page.close()
    for _ in range(100):
        if lesson.kernels() <= before:
            break
        time.sleep(0.1)
    assert lesson.kernels() <= before
