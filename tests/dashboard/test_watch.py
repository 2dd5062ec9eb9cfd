"""Watch, as a person would: play, pause, step, go back, drag, look at somebody, change the run, pass it on, take it home."""

import re

import pytest
from playwright.sync_api import expect

import scenarios
from analysis.dashboard import links
from analysis.replay import document


def place(page):
    return float(page.locator(".replay").get_attribute("data-at"))


def watched(page, seed, title="Citizens explore co-production, blended"):
    """Wait until this run is before the visitor: the frame says so, and so does the player."""
    page.locator(".top .now", has_text=f"{title} · seed {seed}").wait_for()
    played = f"{title.removesuffix(' (yours)')} · seed {seed}"
    expect(page.locator(".replay")).to_have_attribute("data-run", played)
    return page


def with_forms(page):
    """Wait until the forms above the run are there: each part of a page comes by itself."""
    for name in ("Other luck", "Hand out"):
        page.get_by_role("button", name=name).wait_for()
    return page


@pytest.mark.parametrize("path", ["/", "/watch"])
def test_something_is_on_screen_when_it_opens(opened, path):
    page = opened(path)
    page.locator(".replay").wait_for()
    expect(page.locator("h1")).to_have_text(["Watch"])
    expect(page).to_have_title("Watch · coprod")
    assert page.locator(".person:not(.gone)").count() >= 22
    expect(page.get_by_role("link", name="Watch")).to_have_attribute("aria-current", "page")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "user-scalable=no" not in page.get_attribute("meta[name=viewport]", "content")


def test_it_plays_and_pauses_and_the_wheels_turn_only_while_it_plays(opened):
    page = opened("/watch")
    running = "getComputedStyle(document.querySelector('.turn')).animationPlayState"
    page.locator(".replay").wait_for()
    assert page.evaluate(running) == "paused"
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("Number(document.querySelector('.replay').dataset.at) > 0.12")
    assert page.evaluate(running) == "running"
    page.locator(".person.speaks").first.wait_for()
    page.get_by_role("button", name="Pause").click()
    still = place(page)
    page.wait_for_timeout(250)
    assert place(page) == still


def test_it_moves_more_than_ten_times_a_second(opened):
    page = opened("/watch")
    page.get_by_role("button", name="Play", exact=True).click()
    moved = page.evaluate(
        """() => new Promise(done => { let n = 0; const replay = document.querySelector('.replay');
        const watch = new MutationObserver(() => n++); watch.observe(replay, {attributeFilter: ['data-at']});
        setTimeout(() => { watch.disconnect(); done(n / 2); }, 2000); })"""
    )
    print(f"{moved:.0f} updates a second")
    assert moved >= 10


def test_steps_sessions_and_the_timeline_lead_on_and_back(opened):
    page = opened("/watch")
    step = page.get_by_role("button", name="One step on")
    step.click()
    step.click()
    second = place(page)
    page.get_by_role("button", name="One step back").click()
    assert 0 < place(page) < second
    page.get_by_role("button", name="Next session").click()
    assert place(page) == 1
    page.get_by_role("slider", name="Moment of the process").fill("4200")
    assert page.locator(".picture .kicker").inner_text().startswith("Session 5 of 6")
    page.get_by_role("button", name=re.compile("^Session 2:")).click()
    assert place(page) == 1
    assert page.locator(".grid [aria-current]").inner_text() == "2"


def test_the_account_says_what_the_document_says(opened):
    page = opened("/watch")
    page.get_by_role("slider", name="Moment of the process").fill("2000")
    doc = document(scenarios.load("citizens-blended"), seed=7)
    told = page.locator(".account .lines").inner_text()
    for line in doc["sessions"][2]["lines"]:
        assert line in told
    page.get_by_role("slider", name="Moment of the process").fill("6000")
    for wheel in ("engagement", "alignment", "agreement"):
        assert page.locator(f".wheel.{wheel} .value").text_content() == f"{doc['series'][wheel][-1]:.2f}"


def test_another_process_and_another_seed_are_played_at_once(opened):
    page = watched(opened("/watch"), 7)
    page.get_by_label("Process", exact=True).select_option("tick-box")
    watched(page, 7, scenarios.load("tick-box").title)
    first = document(scenarios.load("tick-box"), seed=7)["sessions"][0]
    here = page.locator(".person:not(.gone):not(.hollow)")
    assert here.count() == len(first["onsite"]) + len(first["remote"]) + len(first["later"])
    seed = page.get_by_label("Seed", exact=True)
    seed.fill("12")
    seed.press("Enter")
    watched(page, 12, scenarios.load("tick-box").title)
    page.get_by_role("button", name="Other luck").click()
    watched(page, 13, scenarios.load("tick-box").title)


def test_a_seed_that_is_none_is_told_in_a_sentence_and_the_run_stays(opened):
    page = watched(opened("/watch"), 7)
    seed = page.get_by_label("Seed", exact=True)
    seed.fill("1.5")
    seed.press("Enter")
    page.get_by_role("alert").get_by_text("A seed is a whole number").wait_for()
    watched(page, 7)
    expect(seed).to_have_value("7")
    page.get_by_role("button", name="Close").click()
    page.get_by_text("A seed is a whole number").wait_for(state="detached")


def test_a_process_too_large_to_watch_is_refused_with_a_reason(opened):
    page = watched(opened("/watch"), 7)
    page.get_by_label("Process", exact=True).select_option("platform")
    page.get_by_role("alert").get_by_text("100,000 people").wait_for()
    watched(page, 7)
    expect(page.get_by_label("Process", exact=True)).to_have_value("citizens-blended")


def test_a_link_opens_the_same_run_elsewhere(opened, newcomer):
    page = watched(opened("/watch"), 7)
    page.get_by_label("Process", exact=True).select_option("nine-cells")
    watched(page, 7, scenarios.load("nine-cells").title)
    copy = page.get_by_role("button", name="Copy link")
    expect(copy).to_have_attribute("data-link", re.compile(r"^/watch\?scenario=nine-cells&"))
    other = newcomer()
    other.goto(copy.get_attribute("data-link"))
    watched(other, 7, scenarios.load("nine-cells").title)
    ends = []
    for one in (page, other):
        one.get_by_role("slider", name="Moment of the process").fill("4000")
        ends.append(one.locator(".wheel .value").all_text_contents())
    assert ends[0] == ends[1]


def test_a_link_carries_a_whole_scenario_of_ones_own(opened):
    mine = scenarios.load("tick-box", set=["title=Ours", "name=ours", "sessions.*.scribe=0.9"])
    page = opened("/watch?" + links.query(links.Run(mine, seed=42)))
    watched(page, 42, "Ours (yours)")
    doc = document(mine, seed=42)
    page.get_by_role("slider", name="Moment of the process").fill("3000")
    assert page.locator(".wheel.alignment .value").text_content() == f"{doc['series']['alignment'][-1]:.2f}"


def test_what_somebody_wrote_into_a_scenario_is_text_and_nothing_else(opened):
    title = "<img src=x onerror=alert(1)><b>bold</b>"
    mine = scenarios.load(
        "tick-box", set={"title": title, "name": "ours", "groups.convenors.title": "</script><i>us"}
    )
    page = opened("/watch?" + links.query(links.Run(mine, seed=3)))
    watched(page, 3, f"{title} (yours)")
    chosen = page.get_by_label("Process", exact=True).locator("option:checked")
    expect(chosen).to_have_text(f"{title} (yours)")
    expect(page.get_by_text("</script><i>us").first).to_be_visible()
    assert page.locator("img, main b, main i").count() == 0


@pytest.mark.parametrize(
    ("search", "says"),
    [
        ("run=abcdef", "This link is damaged"),
        ("run=eJzzSM3JyVcIzy_KSQEAGAsEAQ", "This link is damaged"),
        ("scenario=nothing", "There is no scenario 'nothing'"),
        ("scenario=tick-box&seed=minus", "This link is damaged"),
    ],
)
def test_a_damaged_link_is_told_and_something_is_on_screen(opened, search, says):
    page = opened(f"/watch?{search}")
    page.get_by_role("alert").get_by_text(says).wait_for()
    watched(page, 7)


def test_two_visitors_do_not_see_each_other(opened, newcomer):
    page, other = watched(opened("/watch"), 7), newcomer()
    other.goto("/watch")
    watched(other, 7)
    other.get_by_label("Process", exact=True).select_option("tick-box")
    watched(other, 7, scenarios.load("tick-box").title)
    page.get_by_role("button", name="Other luck").click()
    watched(page, 8)
    watched(other, 7, scenarios.load("tick-box").title)


def test_going_to_another_page_and_back_keeps_the_run(opened):
    page = watched(opened("/watch"), 7)
    page.get_by_role("button", name="Other luck").click()
    watched(page, 8)
    page.get_by_role("link", name="About").click()
    page.locator("h1", has_text="About").wait_for()
    page.go_back()
    watched(page, 8)


def test_by_keyboard_alone(opened):
    page = with_forms(opened("/watch"))
    page.locator(".replay").wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.labels?.[0]?.textContent || document.activeElement.textContent"
        )
        reached.append(name)
        if name == "Moment of the process":
            break
    assert "Process" in reached
    assert "Hand out" in reached
    assert reached[-1] == "Moment of the process"
    page.keyboard.press("PageDown")
    assert place(page) == 1
    page.keyboard.press("Space")
    page.wait_for_function("Number(document.querySelector('.replay').dataset.at) > 1.01")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(
        "document.activeElement.classList.contains('person') || document.activeElement.classList.contains('lines')"
    )


def test_the_arrow_keys_lead_from_one_person_to_the_next(opened):
    page = opened("/watch")
    first = page.locator(".person[tabindex='0']")
    first.focus()
    before = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowRight")
    after = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert before != after
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == before
    page.keyboard.press("Enter")
    assert page.get_by_role("region", name="one person looked at closely").is_visible()


def test_a_hand_out_is_the_same_run_and_opens_from_disk(opened, newcomer, tmp_path):
    page = watched(opened("/watch"), 7)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Hand out").click()
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    assert file.name == "citizens-blended-7.html"
    home = newcomer()
    home.goto(file.as_uri())
    ends = []
    for one in (page, home):
        one.get_by_role("slider", name="Moment of the process").fill("6000")
        ends.append(one.locator(".wheel .value").all_text_contents())
    assert ends[0] == ends[1]


def test_axe_finds_nothing_wrong(opened, barriers):
    page = with_forms(opened("/watch"))
    page.locator(".person:not(.gone)").first.press("Enter")
    assert barriers(page) == []


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900), (820, 1180), (390, 844)])
def test_it_fits_the_screen(newcomer, size):
    page = newcomer(viewport={"width": size[0], "height": size[1]})
    page.goto("/watch")
    with_forms(page)
    page.get_by_role("slider", name="Moment of the process").fill("2300")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    if size[0] >= 1280:  # on a projector nobody wants to scroll
        assert page.evaluate("document.documentElement.scrollHeight") <= size[1]
        assert page.get_by_role("button", name="Play", exact=True).bounding_box()["y"] < size[1] - 30
