"""Teach, as a class uses it: bet, run, see, try, print."""

import re

import pytest
from playwright.sync_api import expect

GRAVE = ("serious", "critical")


@pytest.fixture
def lesson(opened):
    """Open a lesson by its key."""

    def open_lesson(key, **more):
        return opened(f"/teach?lesson={key}", **more)

    return open_lesson


def bet(page, words, worlds=None):
    page.get_by_role("radio", name=re.compile(words)).check()
    if worlds is not None:
        slider = page.get_by_role("slider", name=re.compile("In how many of 100 worlds"))
        slider.fill(str(worlds))
        page.get_by_text(re.compile("Leave it where it is")).wait_for(state="hidden")
    page.get_by_role("button", name="Run both in 200 worlds").click()
    page.get_by_role("heading", name="5. How it comes about").wait_for(timeout=60_000)


def result(page):
    return page.get_by_role("region", name="4. What came out")


# ---- predict, run, see, explain ------------------------------------------------------------------------------------


def test_nothing_can_be_run_before_a_bet(lesson):
    page = lesson("note-taker")
    run = page.get_by_role("button", name="Run both in 200 worlds")
    expect(run).to_be_disabled()
    assert page.get_by_role("heading", name="4. What came out").count() == 0
    assert "198" not in page.locator("main").inner_text()
    page.get_by_role("radio", name=re.compile("^Lower")).check()
    expect(run).to_be_enabled()


def test_a_bet_is_held_against_what_came_out_and_explained(lesson):
    page = lesson("note-taker")
    bet(page, "^Lower", worlds=20)
    for said in (
        "Alignment: higher. “Shorter, with notes” had more in 198 of 200 worlds, less in 2.",
        "You bet “lower”; it came out “higher”. You said more in 20 of 100 worlds; it was 99 of 100.",
    ):
        expect(result(page)).to_contain_text(said)
    expect(page.get_by_role("img", name=re.compile("^Only talk: mean 0.43, 95% interval"))).to_have_count(1)
    explained = page.get_by_role("region", name="5. How it comes about")
    expect(explained).to_contain_text("51.4 times instead of 64.1")
    page.get_by_text("The numbers and rules behind it").click()
    rule = page.get_by_role("link", name="scribe", exact=True)
    expect(rule).to_have_attribute("href", "/about#field-sessions.scribe")


def test_one_world_is_played_under_both_designs(lesson):
    page = lesson("quiet-quarter")
    bet(page, "^Higher")
    world = page.get_by_role("region", name="3. One world of many")
    expect(world.get_by_role("heading", name="Come when you can")).to_have_count(1)
    expect(world.get_by_role("heading", name="With respite care")).to_have_count(1)
    at = world.get_by_role("slider", name="Moment of the process")
    before = at.input_value()
    world.get_by_role("button", name="Next session").click()
    assert int(at.input_value()) > int(before)


def test_nobody_has_to_bet(lesson):
    page = lesson("tick-box")
    bet(page, "I would rather not bet")
    expect(result(page)).to_contain_text("about the same")
    expect(result(page)).not_to_contain_text("You bet")


def test_bets_are_kept_while_one_goes_to_other_pages(lesson):
    page = lesson("ten-at-the-table")
    bet(page, "^Higher", worlds=90)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Watch").click()
    page.get_by_role("heading", name="Watch", exact=True).wait_for()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Teach").click()
    kept = page.get_by_role("region", name="Your bets", exact=True)
    kept.wait_for()
    row = kept.get_by_role("row", name=re.compile("Ten at the table"))
    for part in ("higher", "90 of 100", "lower", "more in 3 of 200 worlds"):
        expect(row).to_contain_text(part)
    kept.get_by_role("link", name="Ten at the table").click()
    page.get_by_text("You bet “higher”; it came out “lower”.").wait_for()
    expect(page.get_by_role("radio", name=re.compile("^Higher"))).to_be_checked()
    expect(page.get_by_role("radio", name=re.compile("^Lower"))).to_be_disabled()


def test_other_worlds_can_be_run(lesson):
    page = lesson("ten-at-the-table")
    bet(page, "^Lower")
    expect(result(page)).to_contain_text("of 200 worlds")
    before = result(page).inner_text()
    page.get_by_role("button", name="Run 200 other worlds").click()
    page.wait_for_function(
        "before => { const now = document.querySelector('#came-out section'); return now && now.innerText !== before && /of 200 worlds/.test(now.innerText); }",
        arg=before,
    )
    expect(result(page)).to_contain_text("You bet “lower”, and so it came out.")


def test_one_thing_can_be_tried_and_taken_to_other_pages(lesson):
    page = lesson("ten-at-the-table")
    bet(page, "^Lower")
    tries = page.get_by_role("region", name="6. Try it")
    tries.get_by_role("button", name="Two tables, and one table every other time").click()
    tries.get_by_role(
        "img", name=re.compile("^Two tables, and one table every other time: mean 0.8")
    ).wait_for()
    expect(tries.get_by_role("link", name="Compare these in every outcome")).to_have_count(1)
    tries.get_by_role("link", name="Watch Two tables, and one table every other time").click()
    page.get_by_role("heading", name="Watch", exact=True).wait_for()
    page.get_by_text("Ten at the table: Two tables, and one table every other time").first.wait_for()


def test_guesses_can_be_shaken(lesson):
    page = lesson("quiet-quarter")
    bet(page, "^Higher")
    page.get_by_role("button", name="Shake the guesses").click()
    said = page.get_by_text(re.compile("other sets of guesses at all constants"))
    said.wait_for(timeout=120_000)
    expect(said).to_contain_text("“higher” under 60")


# ---- to take away --------------------------------------------------------------------------------------------------


def test_a_worksheet_prints_on_two_sheets(lesson, newcomer, tmp_path):
    page = lesson("later-is-not-less")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Worksheet with teacher's notes").click()
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    assert file.name == "worksheet-later-is-not-less.html"
    paper = newcomer()
    paper.goto(file.as_uri())
    assert paper.get_by_role("heading", level=1).all_inner_texts() == ["Later is not less"] * 2
    assert paper.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 2


def test_what_was_seen_can_be_handed_out_and_plays_from_disk(lesson, newcomer, tmp_path):
    page = lesson("remote-corner")
    page.get_by_role("button", name=re.compile("Worksheet")).wait_for()
    assert page.get_by_role("button", name=re.compile("Hand out")).count() == 0
    bet(page, "^More often")
    with page.expect_download() as coming:
        page.get_by_role("button", name=re.compile("Hand out")).click()
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    phone = newcomer(viewport={"width": 390, "height": 844})
    phone.goto(file.as_uri())
    phone.get_by_role("heading", name="The remote corner").wait_for()
    phone.get_by_role("button", name="Next session").click()
    assert phone.get_by_role("status").filter(has_text="session 2 of 4").count() >= 1


# ---- everybody -----------------------------------------------------------------------------------------------------


def test_all_lessons_stand_on_the_first_page(opened):
    page = opened("/teach")
    cards = page.get_by_role("main").get_by_role("link")
    expect(cards).to_have_count(7)
    cards.first.click()
    page.get_by_role("heading", name="The note-taker", level=1).wait_for()
    page.go_back()
    page.get_by_role("heading", name="Teach", level=1).wait_for()


def test_a_lesson_that_is_not_there_is_told(opened):
    page = opened("/teach?lesson=nonsense")
    page.get_by_role("alert").filter(has_text="There is no lesson of this name").wait_for()
    expect(page.get_by_role("main").get_by_role("link")).to_have_count(7)


def test_nobody_sees_the_bets_of_others(lesson, newcomer):
    page = lesson("tick-box")
    bet(page, "^Lower")
    other = newcomer()
    other.goto("/teach?lesson=tick-box")
    other.get_by_role("radio").first.wait_for()
    assert other.get_by_role("heading", name="4. What came out").count() == 0
    assert other.get_by_role("radio", checked=True).count() == 0


def test_a_lesson_is_held_with_the_keyboard_alone(opened):
    page = opened("/teach")
    page.get_by_role("link", name="4. The tick-box").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The tick-box", level=1).wait_for()
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("slider", name=re.compile("In how many"))).to_be_enabled()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text(re.compile("You said more in 49 of 100 worlds")).wait_for(timeout=60_000)
    expect(result(page)).to_contain_text("and so it came out")


def test_the_page_has_no_barrier_that_a_machine_can_find(lesson, barriers):
    page = lesson("note-taker")
    bet(page, "^Lower", worlds=20)
    page.get_by_role("button", name="Full time and notes").click()
    page.get_by_role("img", name=re.compile("^Full time and notes: mean")).wait_for()
    page.get_by_text("The numbers and rules behind it").click()
    assert barriers(page, GRAVE) == []
    page.get_by_role("link", name="All lessons").click()
    page.get_by_role("region", name="Your bets", exact=True).wait_for()
    assert barriers(page, GRAVE) == []


@pytest.mark.parametrize("width", [390, 820])
def test_a_lesson_fits_a_phone_and_a_tablet(newcomer, width):
    page = newcomer(viewport={"width": width, "height": 844})
    page.goto("/teach?lesson=remote-corner")
    page.get_by_role("heading", name="2. Your bet").wait_for()
    bet(page, "^Less often")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
