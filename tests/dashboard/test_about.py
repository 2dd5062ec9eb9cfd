"""About: every control leads to the sentence that it changes, and the page says what its numbers rest on."""

import re

import pytest
from playwright.sync_api import expect

import scenarios
import sim
from analysis.dashboard import links, rules
from analysis.dashboard.pages import about
from sim.scenario import Scenario
from tests.documents.blocks import ROOT

PLACES = re.findall(r'id="([^"]+)"', rules.description())
PAGE = ROOT / "docs" / "odd.md"


def leaves(value, path=""):
    """The path of every value that a scenario holds, with the names of its groups, sessions and so on."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from leaves(below, f"{path}.{key}" if path else key)
    else:
        yield path


# ---- the rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", scenarios.names())
def test_whatever_a_scenario_says_has_its_sentence(name):
    for path in leaves(links.plain(scenarios.load(name))):
        assert rules.address(path).partition("#")[2] in PLACES, path
        assert rules.sentence(path)


def test_every_field_that_a_scenario_can_have_has_its_sentence():
    assert set(Scenario.model_fields) <= {path.partition(".")[0] for path in rules.meanings()}
    for path in rules.meanings():
        assert rules.address(path).partition("#")[2] in PLACES, path


def test_every_constant_stands_in_a_sentence_of_the_rules():
    for constant in sim.PARAMETERS:
        field = f"parameters.{constant.name}"
        assert rules.address(field) == f"/about#field-{field}"
        assert rules.sentences(field)[0].section[0] in "2578", field


def test_the_description_names_nothing_that_is_not_there():
    there = {*rules.meanings(), *about.OUTSIDE, *(f"parameters.{one.name}" for one in sim.PARAMETERS)}
    assert set(rules.fields()) <= there


def test_no_comment_is_left_unread():
    marks = re.findall(r"<!--(.*?)-->", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    said = [name for mark in marks for part in mark.split(";") for name in part.partition(":")[2].split(",")]
    read = [name for one in rules._sentences() for name in (*one.rules, *one.first, *one.further)]
    assert sorted(map(str.strip, said)) == sorted(read)


def test_no_place_stands_twice():
    assert len(PLACES) == len(set(PLACES))


def test_a_field_goes_by_its_own_name():
    assert [rules.known(field) for field in rules.fields()] == list(rules.fields())


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("groups.carers.power", "groups.power"),
        ("groups.carers.power.mean", "groups.power"),
        ("groups.*.power", "groups.power"),
        ("groups.power.mean", "groups.power"),
        ("groups.size.power", "groups.power"),  # a group may be called size
        ("groups.carers", "groups"),
        ("groups.carers.barriers.travel.level", "groups.barriers"),
        ("groups.carers.barriers.communication.share", "groups.barriers.communication"),
        ("groups.carers.views.cost.spread", "groups.views"),
        ("sessions.first.agenda.dialogue", "dials.dialogue"),
        ("sessions.*.dials.assets", "dials.assets"),
        ("context.haste.effects.understanding", "dials.understanding"),
        ("sessions.first.supports.digital", "sessions.supports"),
        ("templates.workshop.minutes", "templates"),
        ("decision", "decision"),
    ],
)
def test_a_path_may_hold_names(path, field):
    assert rules.known(path) == field


@pytest.mark.parametrize("path", ["groups.carers.charm", "decision.mood", "parameters.luck", "nothing", ""])
def test_a_field_that_is_not_there_has_no_sentence(path):
    with pytest.raises(KeyError):
        rules.address(path)


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("sessions.scribe", "Notes: capacity = count("),
        ("groups.size", "For each group, person number n = 0, 1, ... in it."),
        ("sessions.captures_divergence", "If more was said, keep"),
        ("dials.interpretation", "Entries that can be read:"),
        ("decision.rule", "Rules, per issue,"),
        ("groups.fee_per_hour", "Participants (in every scope):"),
        ("parameters.influence", "Then x(l,k) += influence x openness"),
        ("seed", "The seed gives two keys"),
    ],
)
def test_a_sentence_is_the_one_that_the_control_changes_and_is_marked_on_the_page(field, says):
    assert rules.sentence(field).startswith(says)
    place = rules.address(field).partition("#")[2]
    shown = re.sub(r"<[^>]+>", "", str(rules.description()).partition(f'id="{place}">')[2][:900])
    assert " ".join(shown.split()).startswith(rules.inline(says))


def test_every_word_of_the_description_is_on_the_page():
    shown = re.sub(r"<[^>]+>", " ", str(rules.description()))
    text = re.sub(
        r"<!--.*?-->|[`*|#]|^[ \t]*[-:|]+$", " ", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.M
    )
    words = re.findall(r"[A-Za-z]{2,}", text)
    assert words == [
        word for word in re.findall(r"[A-Za-z]{2,}", shown) if word not in ("lt", "gt", "amp", "quot")
    ]


def test_no_line_of_the_description_begins_a_list_by_chance():
    lists = re.findall(r"<(?:ul|ol)\b", rules.description())
    assert lists == ["<ul"]  # that of outcomes
    assert rules.as_html("w = 1\n- v").count("<ul") == 1  # which is what would go wrong


def test_a_rule_that_is_not_there_has_no_address():
    assert rules.rule("access") == "/about#rule-access"
    with pytest.raises(KeyError):
        rules.rule("magic")


# ---- what the page says --------------------------------------------------------------------------------------------


def test_every_link_on_the_page_leads_somewhere():
    page = str(about.about())
    places = set(re.findall(r'id="([^"]+)"', page))
    targets = re.findall(r'href="(?:/about)?#([^"]+)"', page)
    assert len(targets) > 150
    assert set(targets) <= places
    assert not re.findall(r'href="(?!#|/about#)', page)


def test_every_rule_in_the_order_of_a_session_is_told_once():
    named = [name for _, _, names in about.ORDER for name in names]
    assert len(named) == len(set(named))
    assert set(named) <= set(rules.rules())


def test_it_cites_as_the_citation_file_does():
    cff = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    told = {
        key: re.search(rf'^{key}: "?(.+?)"?$', cff, re.MULTILINE)[1]
        for key in ("title", "version", "license")
    }
    assert all(value in about.cite() for value in told.values())
    assert re.search(r"doi: (\S+)", cff)[1] in about.about()


def test_numbers_and_outcomes_are_all_there():
    page = str(about.about())
    for constant in sim.PARAMETERS:
        assert f">{constant.name}</a>" in page
    assert page.count('<tr><th scope="row">') >= len(sim.PARAMETERS) + len(sim.OUTCOMES)
    assert "rest on judgement" in page


def test_it_tells_every_key_that_the_player_knows():
    player = (ROOT / "analysis/replay/js/player.js").read_text(encoding="utf-8")
    keys = set(re.findall(r"\b(Arrow\w+|Page\w+)\b", player)) | set(
        re.findall(r'event\.key === "(\w+)"', player)
    )
    arrows = {"ArrowRight": "\u2192", "ArrowLeft": "\u2190", "ArrowUp": "\u2191", "ArrowDown": "\u2193"}
    told = [arrows.get(key, re.sub(r"(?<=\w)(?=[A-Z])", " ", key)) for key in keys]
    page = str(about.about()).replace("&rarr;", "\u2192").replace("&larr;", "\u2190")
    page = page.replace("&uarr;", "\u2191").replace("&darr;", "\u2193")
    assert len(told) >= 6
    for key in told:
        assert f"<kbd>{key}</kbd>" in page


# ---- in the browser ------------------------------------------------------------------------------------------------


def marked(page):
    """The place that the browser took the visitor to, once it is in sight."""
    page.wait_for_function("document.querySelector(':target')")
    target = page.locator(":target")
    page.wait_for_function(
        "(at => at.top >= 0 && at.bottom <= innerHeight)(document.querySelector(':target').getBoundingClientRect())"
    )
    return target


def test_the_page_opens(opened):
    page = opened("/about")
    expect(page.locator("h1")).to_have_text(["About"])
    expect(page).to_have_title("About \u00b7 coprod")
    page.get_by_role("heading", name="What this is not").wait_for()
    expect(page.get_by_role("link", name="About")).to_have_attribute("aria-current", "page")


def test_a_link_to_a_rule_leads_to_its_sentence_when_the_page_is_opened_with_it(opened):
    page = opened(rules.address("sessions.scribe"))
    assert marked(page).inner_text().startswith("Notes: capacity")


def test_a_link_on_another_page_leads_to_its_sentence_and_keeps_the_visit(opened):
    page = opened("/watch?scenario=tick-box&seed=5")
    now = page.locator(".top .now").inner_text()
    page.locator(".replay").wait_for()
    page.evaluate(
        "address => { const link = document.createElement('a'); link.href = address; link.textContent = 'rule';"
        "document.querySelector('h1').append(link); }",
        rules.address("dials.understanding"),
    )
    page.get_by_role("link", name="rule").click()
    page.get_by_role("heading", name="About", exact=True).wait_for()
    assert "circles of at least two: count(60 x live minutes" in marked(page).inner_text()
    expect(page).to_have_url(re.compile("/about#mechanism-understanding$"))
    expect(page.locator(".top .now")).to_have_text(now)
    page.go_back()
    page.get_by_role("heading", name="Watch", exact=True).wait_for()


def test_links_within_the_page_work_by_keyboard(opened):
    page = opened("/about")
    summary = page.get_by_text("Every control, and the sentence that it changes")
    summary.focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="sessions.facilitation: section 7.9")
    link.focus()
    page.keyboard.press("Enter")
    assert marked(page).inner_text().startswith("Per session, in hours: facilitation")


def test_who_moves_on_before_the_page_is_there_is_left_alone(opened):
    page = opened("/about#no-such-place")
    page.get_by_role("heading", name="The rules in full").wait_for()
    page.mouse.wheel(0, 400)
    page.wait_for_function("scrollY > 0")
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") <= 400


def test_axe_finds_nothing_wrong_with_everything_open(opened, barriers):
    page = opened("/about")
    page.locator("#in-full").wait_for()
    for summary in page.locator("summary").all():
        summary.click()
    assert barriers(page) == []


@pytest.mark.parametrize("size", [(1280, 720), (820, 1180), (390, 844)])
def test_it_fits_the_screen(newcomer, size):
    page = newcomer(viewport={"width": size[0], "height": size[1]})
    page.goto("/about")
    page.locator("#in-full").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
