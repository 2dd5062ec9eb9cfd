"""Platforms in the browser: the feed on Watch, as who watches would read it; a platform on Design, as a planner makes one."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import scenarios
from analysis.dashboard import drafts
from analysis.replay import document

GROUP = "elderly-care-private-group"


def step_to(page, doc, session, kind, nth=0):
    """Go to a moment of a session by its button and the steps, and wait until the account says so."""
    moments = doc["sessions"][session]["moments"]
    at = [n for n, moment in enumerate(moments) if moment["is"] == kind][nth]
    page.get_by_role("button", name=re.compile(f"^Session {session + 1}:")).click()
    for _ in range(at):
        page.get_by_role("button", name="One step on").click()
    said = {"post": "They write", "take": "They read on the platform"}[kind]
    expect(page.locator(".account .now")).to_contain_text(f"{said}, each in their own time ({nth + 1} of")


@pytest.fixture(scope="module")
def doc():
    return document(scenarios.load(GROUP), seed=7)


def test_the_feed_fills_and_is_read_and_a_person_shows_what_they_did(opened, doc):
    page = opened(f"/watch?scenario={GROUP}&seed=7")
    feed = page.get_by_role("region", name="The feed of a private group: the newest first")
    entries = feed.locator("li:not(.to-come) > .entry")
    session = doc["sessions"][1]
    before = session["feed"]["first"]
    step_to(page, doc, 1, "post")
    upto = next(moment["upto"] for moment in session["moments"] if moment["is"] == "post")
    expect(feed.locator("li.fresh")).to_have_count(upto - before)
    expect(entries).to_have_count(upto)
    step_to(page, doc, 1, "take", 1)
    expect(entries).to_have_count(before + session["kept"])
    reading = [moment for moment in session["moments"] if moment["is"] == "take"][1]
    expect(page.locator(".person.reads")).to_have_count(len(reading["reads"]))
    expect(page.locator(".speech .attends").first).to_be_attached()
    expect(page.get_by_role("img", name=re.compile("^Who reads whom: family carers read"))).to_be_visible()
    newest = next(one for one in doc["entries"] if one[0] == session["feed"]["rows"][0])
    got = sum(
        m["got"][0] for m in session["moments"][: session["moments"].index(reading) + 1] if m["is"] == "take"
    )
    row = feed.locator("li:not(.to-come)", has=page.locator(f".chip:text-is('{newest[2]}')")).first
    expect(row).to_contain_text(str(got or "0"))
    reader = reading["reads"][0][0]
    who = next(person for person in doc["people"] if person["i"] == reader)
    page.get_by_role("button", name=re.compile(rf"\({who['short']}\), takes part later")).press("Enter")
    closer = page.get_by_role("region", name="one person looked at closely")
    expect(closer).to_contain_text(re.compile("Wrote"))
    expect(feed.locator(".taken-in")).not_to_have_count(0)
    mine = [one for one in doc["entries"] if one[1] == reader and one[7] < 1]
    expect(closer.locator(".on-platform li")).to_have_count(len(mine))


@pytest.mark.parametrize(("size", "scheme"), [((1280, 720), "light"), ((390, 844), "dark")])
def test_axe_finds_nothing_wrong_with_a_feed_and_it_fits(newcomer, size, scheme):
    page = newcomer(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
    )
    page.goto(f"/watch?scenario={GROUP}&seed=7")
    page.locator(".replay").wait_for()
    page.get_by_role("slider", name="Moment of the process").fill("2750")
    expect(page.locator(".account .now")).to_contain_text("They read on the platform")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_a_platform_needs_goes_when_it_goes():
    blog = drafts.begun(scenarios.load("elderly-care-blog"))
    without = drafts.remove(blog, "groups", "blogger")
    assert {session.platform.owner for session in without.scenario.sessions.values()} == {None}
    followed = drafts.begun(scenarios.load("elderly-care-microblog"))
    *most, last = followed.table["sessions"]
    for session in most:
        followed = drafts.platform(followed, session, there=False)
        assert followed.scenario.follows is not None
    assert drafts.platform(followed, last, there=False).scenario.follows is None
    members = drafts.put(followed, ("sessions", last, "platform", "readers"), "members")
    assert (members.pending, members.scenario.follows) == ({}, None)
    alone = drafts.put(followed, ("follows", "degree"), 400)
    assert "there are only 399" in alone.wrong("follows", "degree")


def test_a_platform_is_added_edited_kept_and_removed(opened):
    page = opened("/design?scenario=tick-box")
    editor = page.get_by_role("region", name="Editor")

    def field(name):
        return editor.get_by_label(name, exact=True)

    first = next(iter(scenarios.load("tick-box").sessions))
    editor.locator("summary", has_text="Platform").click()
    carries = editor.get_by_role("checkbox", name="A platform carries what is contributed later")
    carries.click()
    expect(editor.locator(".wrong", has_text="nobody does; take blended or different time")).to_be_visible()
    field("Place on the grid").select_option("different/distributed")
    expect(page.locator(".mending .item")).to_have_count(0)
    expect(field("Who sees an entry")).to_have_value("everybody")
    expect(editor.get_by_role("link", name="The rule: Who opens threads")).to_have_attribute(
        "href", "/about#field-sessions.platform.owner"
    )
    field("Who sees an entry").select_option("followers")
    expect(editor.locator(".wrong", has_text="nobody follows anybody")).to_be_visible()
    field("Others whom each follows").fill("3")
    field("Others whom each follows").press("Tab")
    expect(page.locator(".mending .item")).to_have_count(0)
    expect(field("Looking among one's own group")).to_be_visible()
    field("What stands on top").select_option("newest")
    expect(page.get_by_role("status").filter(has_text="What stands on top of")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save TOML", exact=True).click()
    text = download.value.path().read_text(encoding="utf-8")
    made = scenarios.loads(text, "mine.toml")
    assert (made.follows.degree, made.sessions[first].platform.order) == (3, "newest")
    field("Who sees an entry").select_option("members")
    expect(field("Others whom each follows")).to_have_count(0)
    expect(page.locator(".mending .item")).to_have_count(0)
    page.get_by_label("Load TOML").set_input_files(
        {"name": "mine.toml", "mimeType": "", "buffer": text.encode()}
    )
    expect(field("Who sees an entry")).to_have_value("followers")
    carries.click()
    expect(field("Who sees an entry")).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(field("Others whom each follows")).to_have_value("3")
