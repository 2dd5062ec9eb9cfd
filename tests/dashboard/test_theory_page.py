"""Test, as a person would: turn a dial, see where two runs part, read verdicts, hold rivals against each other, take it home."""

import json
import re
import threading

import pytest
from playwright.sync_api import expect

import analysis
import scenarios
from analysis import examination
from analysis.dashboard import trials
from analysis.dashboard.trials import Subject, Trials

GRAVE = ("serious", "critical")
TURNED = "They part in session 1: as it was, what a citizen (C3) says"


def until(page, text):
    """Wait until the sentence about where they part holds a text."""
    expect(page.locator(".parting")).to_contain_text(text)


def tab(page, name):
    page.get_by_text(name, exact=True).click()


# ---- one thing turned ------------------------------------------------------------------------------------------------


def test_two_runs_are_on_screen_at_once_at_the_moment_in_which_they_part(opened):
    page = opened("/test")
    until(page, TURNED)
    expect(page.locator("h1")).to_have_text(["Test"])
    expect(page.locator(".picture h2")).to_have_text(["as it was", "without documentation"])
    fates = page.locator(".told").filter(has_text="The framework")
    assert [re.search(r"(not )?noted", text)[0] for text in fates.all_text_contents()] == [
        "noted",
        "not noted",
    ]


def test_both_run_on_one_line_of_time_and_a_button_leads_back(opened):
    page = opened("/test")
    page.locator(".replay.two").wait_for()
    place = "Number(document.querySelector('.replay').dataset.at)"
    began = page.evaluate(place)
    page.get_by_role("button", name="Next session").click()
    assert page.evaluate(place) == 1
    assert [text.split(",")[0] for text in page.locator(".picture .kicker").all_inner_texts()] == [
        "Session 2 of 6"
    ] * 2
    page.get_by_role("button", name="Where they part").click()
    assert page.evaluate(place) == pytest.approx(began, abs=0.001)


def test_a_dial_is_turned_by_keyboard_and_back(opened):
    page = opened("/test")
    page.get_by_label("documentation", exact=True).press("End")
    until(page, "Nothing is turned")
    expect(page.locator(".replay.two")).to_have_count(0)
    expect(page.get_by_role("button", name="Turn all back")).to_be_disabled()
    page.get_by_label("understanding", exact=True).press("Home")
    until(page, "without understanding, they do not")
    page.get_by_role("button", name="Turn all back").click()
    until(page, "Nothing is turned")
    expect(page.get_by_label("understanding", exact=True)).to_have_value("1")


def test_a_change_that_makes_no_difference_says_so(opened):
    page = opened("/test")
    page.get_by_label("documentation", exact=True).press("End")
    page.get_by_label("and beside the dials").select_option(label="no digital barrier")
    until(page, "Nothing differs with no digital barrier in this run")


def test_a_hundred_worlds_say_whether_this_run_is_the_rule(opened):
    page = opened("/test")
    row = page.locator(".effects tbody tr", has_text="understanding")
    expect(row).to_contain_text(
        "The process without documentation reaches less understanding than as it was in 100 of 100 worlds"
    )
    expect(row).to_contain_text("95% interval")
    expect(page.locator(".effects thead")).to_contain_text("In 100 worlds")


def test_another_process_and_seed_are_turned_in_the_same_way(opened):
    page = opened("/test")
    page.locator(".effects").wait_for()
    page.get_by_label("Process", exact=True).select_option(label=scenarios.load("tick-box").title)
    page.locator(".top .now", has_text=scenarios.load("tick-box").title).wait_for()
    until(page, "session")
    page.get_by_label("Seed").fill("11")
    page.get_by_label("Seed").press("Enter")
    page.locator(".top .now", has_text="seed 11").wait_for()
    page.locator(".picture .kicker", has_text="of 3").first.wait_for()


def test_a_link_carries_the_run_and_what_is_turned(newcomer):
    page = newcomer()
    page.goto("/test")
    page.locator(".effects").wait_for()
    page.get_by_label("Seed").fill("11")
    page.get_by_label("Seed").press("Enter")
    page.get_by_label("documentation", exact=True).press("End")
    page.get_by_label("and beside the dials").select_option(label="no facilitation")
    until(page, "with no facilitation")
    page.locator("[data-link*='no-facilitation'][data-link*='seed=11']").wait_for()
    address = page.get_by_role("button", name="Copy link").get_attribute("data-link")
    other = newcomer()
    other.goto(address)
    until(other, "with no facilitation")
    expect(other.locator(".parting")).to_have_text(page.locator(".parting").inner_text())


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/test?theory=astrology", "There is no theory 'astrology' in the library"),
        ("/test?turned=everything", "This link turns 'everything'"),
    ],
)
def test_a_link_to_what_is_not_there_is_told_in_a_sentence(opened, address, sentence):
    page = opened(address)
    page.get_by_role("alert").filter(has_text=sentence).wait_for()
    page.locator(".replay").wait_for()


def test_each_dial_leads_to_its_rule(opened):
    page = opened("/test")
    rules = page.locator(".rules a")
    rules.first.wait_for()
    assert [link.get_attribute("href") for link in rules.all()] == [
        f"/about#mechanism-{name}"
        for name in ("intentions", "assets", "dialogue", "documentation", "interpretation", "understanding")
    ]
    rules.nth(3).click()
    page.locator("#mechanism-documentation").wait_for()


def test_both_runs_are_handed_out_as_one_page(opened, newcomer, tmp_path):
    page = opened("/test")
    until(page, TURNED)
    page.locator(".replay.two").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Hand out both runs").click()
    file = tmp_path / taken.value.suggested_filename
    taken.value.save_as(file)
    offline = newcomer()
    offline.context.set_offline(True)
    offline.goto(file.as_uri())
    expect(offline.locator(".picture h2")).to_have_text(["as it was", "without documentation"])
    here, there = (p.locator(".replay").get_attribute("data-at") for p in (page, offline))
    assert here == there


# ---- theories --------------------------------------------------------------------------------------------------------


def verdicts(page, found):
    """Wait until the verdicts are these."""
    wanted = [finding.verdict for finding in found.findings.values()]
    expect(page.locator(".claims td .verdict")).to_have_text(wanted)


def test_a_theory_has_its_verdicts_at_once_and_they_are_those_of_the_command(opened):
    page = opened("/test?theory=contact")
    found = analysis.examine("contact", replicates=40)
    verdicts(page, found)
    for claim in scenarios.theory("contact").claims.values():
        expect(page.locator(".claims")).to_contain_text(claim.says)
    expect(page.locator(".forest[role=img]")).to_have_count(len(found.findings))
    page.get_by_text("A first look in 40 worlds").wait_for()


def test_the_full_test_is_announced_made_once_and_taken_home(newcomer):
    page = newcomer()
    page.goto("/test?theory=linear")
    page.get_by_text(re.compile(r"The full test: 3 experiments, .* runs in all, about")).wait_for()
    page.get_by_role("button", name="Test in as many worlds as it takes").click()
    page.get_by_text("Tested in as many worlds as it takes").wait_for(timeout=120_000)
    found = analysis.examine("linear")
    verdicts(page, found)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Verdicts (JSON)").click()
    kept = json.loads(taken.value.path().read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(found.summary()))
    with page.expect_download() as taken:
        page.get_by_role("button", name="Report (HTML)").click()
    report = taken.value.path().read_text(encoding="utf-8")
    assert scenarios.theory("linear").title in report
    assert "coprod test linear --seed 1" in report
    second = newcomer()
    second.goto("/test?theory=linear")
    second.get_by_text("Tested in as many worlds as it takes").wait_for()  # nobody has asked for it here


def test_how_a_claim_is_tested_can_be_read(opened):
    page = opened("/test?theory=contact")
    page.locator(".claims td .verdict", has_text="supported").first.wait_for()
    page.get_by_text("How it is tested").first.click()
    told = page.locator(".claims details").first
    for part in ("nine-cells", "dials.dialogue=0", "contact reduces ignorance"):
        expect(told.get_by_text(part).first).to_be_visible()


def test_another_theory_is_chosen(opened):
    page = opened("/test")
    tab(page, "A theory")
    page.get_by_label("Theory", exact=True).select_option(label=scenarios.theory("information").title)
    page.get_by_role("heading", name=scenarios.theory("information").title).wait_for()
    page.locator(".claims td .verdict", has_text=re.compile("supported|refuted")).first.wait_for()


def test_rivals_are_held_against_the_same_patterns(opened):
    page = opened("/test")
    tab(page, "Rival theories")
    page.locator(".rivals").wait_for()
    contest = analysis.contest(["contact", "eaa", "information"], replicates=40)
    rows = page.locator(".rivals tbody tr")
    expect(rows).to_have_count(len(contest.patterns.patterns))
    for row, pattern in zip(rows.all(), contest.patterns.patterns, strict=True):
        fits = [contest.fit(theory, pattern) for theory in contest.theories]
        expect(row.locator(".verdict")).to_have_text(fits)
    page.get_by_label(scenarios.theory("linear").title).check()
    page.get_by_text("contact and linear are equifinal here").wait_for()
    for name in ("eaa", "contact", "information"):
        page.get_by_label(scenarios.theory(name).title).uncheck()
    page.get_by_text("Choose at least two theories.").wait_for()


def test_axe_finds_nothing_wrong_on_any_of_its_views(opened, barriers):
    page = opened("/test")
    page.locator(".effects").wait_for()
    views = {"One thing turned": ".effects", "A theory": ".claims td .forest", "Rival theories": ".rivals"}
    for name, there in views.items():
        tab(page, name)
        page.locator(there).first.wait_for()
        assert barriers(page, GRAVE) == [], name


@pytest.mark.parametrize("size", [(1280, 720), (820, 1180), (390, 844)])
def test_nothing_runs_out_of_the_page(newcomer, size):
    page = newcomer(viewport={"width": size[0], "height": size[1]})
    page.goto("/test")
    page.locator(".effects").wait_for()
    for name, there in {"A theory": ".claims td .forest", "Rival theories": ".rivals"}.items():
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        tab(page, name)
        page.locator(there).first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


# ---- tests made once -------------------------------------------------------------------------------------------------


@pytest.mark.kernel
def test_a_test_is_made_once_and_what_was_stopped_is_not_kept(monkeypatch):
    made, subject, calls = Trials(), Subject("theory", "linear"), []
    run = examination.run
    monkeypatch.setattr(examination, "run", lambda *a, **k: calls.append(1) or run(*a, **k))
    stopped = threading.Event()
    stopped.set()
    assert made.make(subject, full=False, progress=lambda _: None, stop=stopped) is None
    assert made.found(subject) is None
    told = []
    first = made.make(subject, full=False, progress=told.append, stop=threading.Event())
    again = made.make(subject, full=False, progress=told.append, stop=threading.Event())
    assert first is again is made.found(subject)
    assert len(calls) == 1
    assert told[-1] == trials.quick_runs(subject)
    assert first.examination.study is None  # thousands of runs are not kept for one table
    assert first.made["command"] == "coprod test linear --seed 1 --replicates 40"
