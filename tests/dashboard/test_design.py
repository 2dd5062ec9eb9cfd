"""Design, as a planner would: drop sessions on the grid, change who takes part, make mistakes, go back, keep and pass on."""

import json
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

import scenarios
from analysis.budget import budget
from analysis.dashboard import drafts, fields
from analysis.dashboard.pages import about
from analysis.report import words

GRAVE = ("serious", "critical")
HOW = "[data-key='session how']"


def reckoned(page):
    """Wait for the cost, and read it."""
    bill = page.locator(".takes .bill:not(.stale) .sum")
    bill.wait_for()
    return bill.inner_text()


def inside(page, cell):
    """What stands in a cell of the grid."""
    return page.locator(f"td[data-cell='{cell}'] .session .name")


def drawn(page):
    """Wait until the board stands as it will: costs and reach, which come later, move what is on it."""
    reckoned(page)
    page.locator("[data-key='session why'] .reach").wait_for()
    return page


def step(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def edit(page, label, value):
    """Type into a field of the editor, and leave it."""
    field = page.locator(".editor").get_by_label(label, exact=True)
    field.fill(value)
    field.press("Tab")
    return field


def turned(page, tab, heading):
    """Turn the editor to another kind of thing."""
    step(page, tab)
    page.locator(".editor h2", has_text=heading).wait_for(state="attached")


def saved(page):
    """The file that Save hands over: its name and its text. What was done before has then come back to the page."""
    with page.expect_download() as download:
        step(page, "Save TOML")
    file = download.value
    return file.suggested_filename, file.path().read_text(encoding="utf-8")


def loaded(page, name, text):
    page.get_by_label("Load TOML").set_input_files({"name": name, "mimeType": "", "buffer": text.encode()})


def test_something_is_on_the_board_when_it_opens(opened):
    page = opened("/design")
    expect(page.locator("h1")).to_have_text(["Design"])
    expect(inside(page, "blended/blended")).to_have_count(6)
    known = budget(scenarios.load("citizens-blended"), 20, 7)
    said = reckoned(page)
    assert f"{words.money(known.total['mean'])} SEK" in said
    assert "95% interval" in said
    assert "20 worlds, seed 7" in said
    expect(page.locator("[data-key='session why'] .reach")).to_contain_text("of 22 come")


def test_a_session_is_dragged_to_another_cell(opened):
    page = drawn(opened("/design"))
    chip = page.locator(HOW).bounding_box()
    cell = page.locator("td[data-cell='same/distributed']").bounding_box()
    page.mouse.move(chip["x"] + 20, chip["y"] + 10)
    page.mouse.down()
    page.mouse.move(chip["x"] + 60, chip["y"] - 20, steps=4)
    page.mouse.move(cell["x"] + 30, cell["y"] + 15, steps=4)
    page.mouse.up()
    expect(page.locator(f"td[data-cell='same/distributed'] {HOW}")).to_be_visible()
    expect(page.get_by_label("Place on the grid", exact=True)).to_have_value("same/distributed")
    expect(inside(page, "blended/blended")).to_have_count(5)


def test_a_session_is_moved_by_keyboard_alone_and_it_is_said(opened):
    page = opened("/design")
    page.locator(HOW).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"td[data-cell='blended/distributed'] {HOW}")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="blended time, distributed")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"td[data-cell='different/distributed'] {HOW}")).to_be_focused()
    page.keyboard.press("ArrowRight")  # there is nothing further on
    page.locator("[data-key='week how']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageUp")
    expect(page.get_by_role("slider", name="How do we want to work?")).to_have_attribute(
        "aria-valuetext", "week 13"
    )
    expect(page.locator(".mark").nth(3)).to_have_attribute("data-key", "week how")  # after that of week 12
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("slider", name="How do we want to work?")).to_have_attribute(
        "aria-valuetext", "week 8"
    )
    page.keyboard.press("Control+Shift+Z")
    expect(page.get_by_role("slider", name="How do we want to work?")).to_have_attribute(
        "aria-valuetext", "week 9"
    )


def test_a_session_is_dragged_along_the_weeks(opened):
    page = drawn(opened("/design"))
    mark = page.locator("[data-key='week why']").bounding_box()
    line = page.locator(".track").bounding_box()
    page.mouse.move(mark["x"] + 12, mark["y"] + 12)
    page.mouse.down()
    page.mouse.move(mark["x"] + 60, mark["y"] + 12, steps=3)
    page.mouse.move(line["x"] + line["width"] * 6 / 23, mark["y"] + 12, steps=5)
    page.mouse.up()
    expect(page.locator(".editor").get_by_label("Week", exact=True)).to_have_value("6")
    expect(page.locator(".mark").nth(1)).to_have_attribute("data-key", "week why")


def test_sessions_are_added_copied_and_removed(opened):
    page = opened("/design")
    page.get_by_role("button", name="Add a session in different time, same space").click()
    expect(page.locator("td[data-cell='different/same'] .session .name")).to_have_text("Session 7")
    expect(page.locator(".editor").get_by_label("Week", exact=True)).to_have_value("24")
    edit(page, "Title", "Looking back")
    expect(page.locator("td[data-cell='different/same'] .session .name")).to_have_text("Looking back")
    step(page, "Duplicate")
    expect(page.locator("td[data-cell='different/same'] .session")).to_have_count(2)
    step(page, "Remove this session")
    expect(page.locator("td[data-cell='different/same'] .session")).to_have_count(1)


def test_a_group_is_added_and_named_by_what_is_typed(opened):
    page = opened("/design")
    page.locator(".taking-part").get_by_role("button", name="Add a group").click()
    step(page, "Add the group")
    expect(page.get_by_role("alert").filter(has_text="Type a name first.")).to_be_visible()
    edit(page, "What it is called", "Carers at home")
    page.get_by_label("Starts like").select_option(label="patients")
    step(page, "Add the group")
    expect(page.locator(".thing.chosen")).to_contain_text("Carers at home")
    expect(page.locator(".editor").get_by_label("People", exact=True)).to_have_value("5")
    assert "[groups.carers-at-home]\n" in saved(page)[1]
    step(page, "Remove this group")
    expect(page.locator(".thing")).to_have_count(4)


def test_an_issue_is_added_with_the_views_of_all(opened):
    page = opened("/design")
    step(page, "Issue")
    step(page, "Add an issue")
    edit(page, "What it is called", "Meetings are short")
    step(page, "Add the issue")
    slider = page.locator(".editor").get_by_role("slider", name="patients")
    slider.focus()
    for _ in range(3):
        slider.press("PageUp")
    expect(slider).not_to_have_value("0")
    assert float(slider.input_value()) > 0.1
    text = saved(page)[1]
    assert 'meetings-are-short = {title = "Meetings are short"}' in text


def test_a_mistake_stays_in_its_field_and_nothing_is_lost(opened):
    page = opened("/design")
    cost = reckoned(page)
    field = edit(page, "Minutes", "0")
    said = page.locator(".editor .wrong", has_text="Found 0; a number above 0")
    expect(said).to_be_visible()
    expect(field).to_have_value("0")
    expect(page.get_by_role("status").filter(has_text="Not in force yet")).to_be_visible()
    assert reckoned(page) == cost
    edit(page, "Title", "Still here")  # goes on beside it
    expect(page.locator("[data-key='session why'] .name")).to_have_text("Still here")
    expect(field).to_have_value("0")
    edit(page, "Minutes", "")
    expect(page.locator(".editor .wrong", has_text="Found nothing; a number above 0")).to_be_visible()
    step(page, "Take back")
    expect(field).to_have_value("150")
    expect(page.get_by_role("status").filter(has_text="Not in force yet")).to_have_count(0)


def test_a_box_that_is_unticked_in_vain_is_ticked_again(opened):
    page = opened("/design")
    for group in ("citizens", "patients", "professionals"):
        page.get_by_role("checkbox", name=group).uncheck()
        expect(page.locator(".editor summary", has_text="Who is invited")).not_to_contain_text(group)
    page.get_by_role("checkbox", name="researchers").click()
    expect(page.get_by_role("alert").filter(has_text="needs at least one group")).to_be_visible()
    expect(page.get_by_role("checkbox", name="researchers")).to_be_checked()


def test_nothing_is_lost_however_quickly_it_is_typed(opened):
    page = opened("/design")
    turned(page, "Group", "Group: citizens")
    page.locator("summary", has_text="Views").click()
    editor = page.locator(".editor")
    for label, value in (("Title", "Folk"), ("People", "9"), ("Fee per hour", "10")):
        editor.get_by_label(label, exact=True).fill(value)
    for _ in range(12):
        page.locator("[data-key='week why']").press("ArrowRight")
    page.locator("[data-key='week reflect']").press("ArrowRight")
    text = saved(page)[1]
    assert 'size = 9\ntitle = "Folk"\n' in text
    assert "fee_per_hour = 10\n" in text
    assert "week = 21\n" in text
    expect(page.get_by_role("slider", name="Why are we here?")).to_have_attribute("aria-valuenow", "12")


def test_an_agenda_of_its_own_tells_its_sum_and_what_is_idle(opened):
    page = opened("/design")
    page.locator("summary", has_text="Agenda").click()
    page.get_by_role("checkbox", name="An agenda of its own").check()
    slider = page.locator(".editor").get_by_role("slider", name="Intentions")
    slider.focus()
    slider.press("Home")
    expect(page.get_by_role("status").filter(has_text="together 60%, and 40% is left idle")).to_be_visible()
    slider.press("End")
    expect(page.locator(".editor .wrong", has_text="The six shares add up to 1.6")).to_be_visible()


def test_steps_are_kept_while_one_is_on_another_page(opened):
    page = opened("/design")
    edit(page, "Minutes", "90")
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    page.get_by_role("link", name="About").click()
    page.locator("h1", has_text="About").wait_for()
    page.get_by_role("link", name="Design").click()
    field = page.locator(".editor").get_by_label("Minutes", exact=True)
    expect(field).to_have_value("90")
    step(page, "Undo")
    expect(field).to_have_value("150")
    step(page, "Redo")
    expect(field).to_have_value("90")


def test_another_process_can_be_started_from_and_taken_back(opened):
    page = opened("/design")
    page.get_by_label("Start from").select_option("nine-cells")
    expect(page.locator(".mark")).to_have_count(len(scenarios.load("nine-cells").sessions))
    step(page, "Undo")
    expect(page.locator(".mark")).to_have_count(6)


def test_a_process_that_is_too_large_says_so_and_can_still_be_changed(opened):
    page = opened("/design")
    page.get_by_label("Start from").select_option("platform")
    expect(page.locator(".takes")).to_contain_text("are more than this page runs")
    step(page, "Watch it")
    expect(page.get_by_role("alert").filter(has_text="more than this page runs")).to_be_visible()
    turned(page, "Group", "Group: ")
    edit(page, "People", "40")
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()


@pytest.fixture
def changed(opened):
    """A design that has a bit of everything changed."""
    page = opened("/design")
    page.locator(HOW).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"td[data-cell='different/blended'] {HOW}")).to_be_focused()
    edit(page, "Minutes", "95.5")
    turned(page, "Whole process", "The whole process")
    edit(page, "Title", "Our own, 2nd try")
    expect(page.get_by_label("Start from").locator("option").first).to_contain_text("Our own, 2nd try")
    return page


def test_what_is_saved_runs_on_the_command_line_with_the_same_numbers(changed, tmp_path):
    name, text = saved(changed)
    said = reckoned(changed)
    assert name == "our-own-2nd-try.toml"
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    coprod = [sys.executable, "-m", "analysis"]
    checked = subprocess.run([*coprod, "check", file], capture_output=True, text=True, check=True)
    assert checked.stdout.strip().endswith("ok")
    ran = subprocess.run(
        [*coprod, "run", file, "--replicates", "20", "--seed", "7", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    cost = json.loads(ran.stdout)["our-own-2nd-try"]["cost"]
    assert f"{words.money(cost['mean'])} SEK (95% interval {words.money(cost['low'])}" in said


def test_a_saved_file_is_loaded_again_as_it_was(changed, newcomer):
    name, text = saved(changed)
    other = newcomer()
    other.goto("/design")
    reckoned(other)
    loaded(other, name, text)
    expect(other.locator(f"td[data-cell='different/blended'] {HOW}")).to_be_visible()
    assert saved(other) == (name, text)
    assert reckoned(other) == reckoned(changed)


def test_a_link_gives_the_same_numbers_elsewhere(changed, newcomer):
    mine = scenarios.loads(saved(changed)[1], "x.toml")
    said = reckoned(changed)
    link = changed.locator(".files [data-link]").get_attribute("data-link")
    other = newcomer()
    other.goto(link)
    expect(other.locator(f"td[data-cell='different/blended'] {HOW}")).to_be_visible()
    assert reckoned(other) == said
    assert scenarios.loads(saved(other)[1], "x.toml").digest() == mine.digest()


@pytest.mark.parametrize(("name", "text", "said"), [
    ("plan.toml", 'base = "/etc/passwd"\n', "plan.toml, line 1: base: a file that is handed in builds on the library alone"),
    ("plan.toml", 'base = "../x.toml"\n', "builds on the library alone, and '../x.toml' is not in it"),
    ("plan.toml", 'base = "tick-box"\n\n[groups.users]\nsize = 0\n', "plan.toml, line 4: groups.users.size: found 0"),
    ("plan.toml", "<script>alert(1)</script>", "plan.toml, line 1: this is not TOML"),
    ("plan.txt", 'base = "tick-box"\n', "plan.txt: a scenario is a text file in TOML"),
    ("plan.toml", "#" * 400_000, "plan.toml: this file is larger than this page takes"),
])  # fmt: skip
def test_a_broken_file_is_told_in_a_sentence_and_changes_nothing(opened, name, text, said):
    page = opened("/design")
    edit(page, "Minutes", "90")
    loaded(page, name, text)
    expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    expect(page.locator(".editor").get_by_label("Minutes", exact=True)).to_have_value("90")
    step(page, "Close")
    loaded(page, "good.toml", 'base = "tick-box"\ntitle = "From a file"\n')
    expect(page.get_by_label("Start from").locator("option").first).to_contain_text("From a file")


def test_the_design_can_be_watched_and_compared(changed):
    step(changed, "Watch it")
    changed.locator("h1", has_text="Watch").wait_for()
    expect(changed.locator(".top .now")).to_contain_text("Our own, 2nd try")
    changed.get_by_role("link", name="Design").click()
    changed.locator("h1", has_text="Design").wait_for()
    step(changed, "Compare it")
    changed.locator("h1", has_text="Compare").wait_for()
    expect(changed.get_by_text("Our own, 2nd try").first).to_be_attached()


def test_what_a_field_means_is_said_in_one_place(opened):
    page = opened("/design")
    page.locator(".editor").get_by_label("Minutes", exact=True).focus()
    expect(page.locator(".explains")).to_contain_text(scenarios.at(("sessions", "x", "minutes")).says)


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(newcomer, barriers, width):
    page = newcomer(viewport={"width": width, "height": 800})
    page.goto("/design")
    reckoned(page)
    edit(page, "Minutes", "0")
    for tab, heading in (
        ("Session", "Session: "),
        ("Group", "Group: "),
        ("Issue", "Issue: "),
        ("Whole process", "The whole"),
    ):
        turned(page, tab, heading)
        page.evaluate("document.querySelectorAll('.editor details').forEach(part => part.open = true)")
        assert barriers(page, GRAVE) == [], tab
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["experience-based-codesign", "tick-box"])
def test_every_control_leads_to_a_sentence_that_is_there(name):
    draft = drafts.begun(scenarios.load(name))
    parts = [*fields.process(draft).values(), *(fields.issue(draft, key) for key in draft.scenario.issues)]
    parts += [part for key in draft.scenario.sessions for part in fields.session(draft, key).values()]
    parts += [part for key in draft.scenario.groups for part in fields.group(draft, key).values()]
    asked = [field["rule"] for part in parts for field in part]
    assert len(asked) > 100
    page = str(about.about())
    missing = {address for address in asked if f'id="{address.partition("#")[2]}"' not in page}
    assert missing == set()


def test_a_control_shows_the_way_to_its_rule(opened):
    page = opened("/design")
    page.get_by_label("Week", exact=True).focus()
    page.keyboard.press("Tab")
    rule = page.get_by_role("link", name="The rule: Week")
    expect(rule).to_be_focused()
    rule.press("Enter")
    page.locator("h1", has_text="About").wait_for()
    expect(page).to_have_url(re.compile("/about#field-sessions.week$"))
    page.go_back()
    page.get_by_label("Week", exact=True).wait_for()


def test_what_went_wrong_is_no_longer_told_once_something_went_well(opened):
    page = opened("/design")
    loaded(page, "broken.toml", "this is [not")
    told = page.locator(".trouble", has_text="this is not TOML")
    expect(told).to_be_visible()
    loaded(page, "plain.toml", scenarios.dumps(scenarios.load("tick-box")))
    expect(page.locator(".mark")).to_have_count(3)
    expect(told).to_have_count(0)


def test_a_damaged_link_is_told_and_the_board_is_there(opened):
    page = opened("/design?run=xx")
    expect(page.locator(".trouble", has_text="This link is damaged")).to_be_visible()
    expect(page.locator("h1")).to_have_text(["Design"])
    expect(inside(page, "blended/blended")).to_have_count(6)
