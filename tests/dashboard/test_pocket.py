"""What a visitor has made is still there after a reload, and a link is still a link."""

import json

from playwright.sync_api import expect

import scenarios
from analysis.dashboard import links


def stored(page):
    return json.loads(page.evaluate("sessionStorage.getItem('coprod')") or "{}")


def test_a_draft_is_there_again_after_a_reload(opened):
    page = opened("/design")
    title = page.locator(".editor").get_by_label("Title", exact=True)
    title.fill("A first look")
    title.press("Tab")
    page.wait_for_function("(sessionStorage.getItem('coprod') || '').includes('\"draft\":\"')")
    page.reload()
    page.locator("h1", has_text="Design").wait_for()
    expect(page.locator(".editor").get_by_label("Title", exact=True)).to_have_value("A first look")


def test_a_bet_is_there_again_after_a_reload(opened):
    page = opened("/teach?lesson=tick-box")
    choice = page.get_by_role("radio").first
    choice.check()
    page.wait_for_function(
        "(JSON.parse(sessionStorage.getItem('coprod') || '{}').bets || {})['tick-box']?.[0] === 'more'"
    )
    page.reload()
    expect(page.get_by_role("radio").first).to_be_checked()


def test_the_run_before_the_visitor_is_there_again_after_a_reload(opened):
    page = opened("/watch")
    page.get_by_role("button", name="Other luck").click()
    now = page.locator(".top .now")
    expect(now).to_contain_text("seed 8")
    page.wait_for_function("(sessionStorage.getItem('coprod') || '').includes('\"run\":\"')")
    page.reload()
    expect(now).to_contain_text("seed 8")


def test_who_opens_a_link_gets_the_run_of_the_link_and_keeps_what_is_their_own(opened):
    mine = scenarios.load("tick-box", set=["title=Ours", "name=ours"])
    page = opened("/watch?" + links.query(links.Run(mine, seed=42)))
    expect(page.locator(".top .now")).to_contain_text("Ours (yours) · seed 42")
    page.wait_for_function("(sessionStorage.getItem('coprod') || '').includes('\"own\":[\"')")
    page.goto("/watch?scenario=nine-cells&seed=3")
    expect(page.locator(".top .now")).to_contain_text("seed 3")
    expect(page.get_by_label("Process", exact=True).locator("option", has_text="Ours (yours)")).to_have_count(
        1
    )


def test_what_is_damaged_in_the_storage_is_left_out(opened):
    page = opened("/watch")
    page.locator(".replay").wait_for()
    for text in (
        "nonsense",
        '{"own": ["abc"], "bets": {"tick-box": [1, 2]}, "run": "x", "search": ""}',
        '{"own": 3}',
        "[]",
    ):
        page.evaluate("text => sessionStorage.setItem('coprod', text)", text)
        page.reload()
        page.locator(".replay").wait_for()
        expect(page.locator(".top .now")).to_contain_text("seed 7")
        expect(page.get_by_role("alert").locator("p")).to_have_count(0)
