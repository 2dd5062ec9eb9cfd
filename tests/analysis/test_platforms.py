"""Platforms in words: what one is, what took place on it, and the report's section on it."""

import re

import pytest

import scenarios
import sim
from analysis import statistics, timetable
from analysis.report import platforms, story, words
from analysis.report.words import Names


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "private-group",
            "a private group: those invited read; the newest first, of the last 60; 6 of 10 contributions answer; "
            "moderated (0.3)",
        ),
        (
            "forum",
            "a forum: everybody reads; the most answered first, of the last 200; 8 of 10 contributions answer; "
            "moderated (0.5); names are hidden from readers (0.7)",
        ),
        (
            "blog",
            "a blog: everybody reads; the newest first, of the last 60; the blogger alone opens threads; 5 of 10 of what "
            "they write themselves answers; moderated (0.7)",
        ),
    ],
)
def test_a_platform_is_told_in_a_sentence(name, says):
    assert platforms.described(scenarios.load(f"elderly-care-{name}"), "week-2") == says


def test_a_platform_with_nothing_said_is_a_document():
    scenario = scenarios.load("citizens-blended", set=["sessions.why.platform.answering=0"])
    assert platforms.described(scenario, "why") == (
        "a shared document: everybody reads; what one has not read first; nobody answers"
    )


@pytest.mark.kernel
def test_show_tells_the_platform_and_who_follows_how_many():
    microblog = scenarios.load("elderly-care-microblog")
    said = " ".join(getattr(part, "plain", "") for part in timetable.draw(microblog))
    assert (
        "Platform of sessions 1-8: a microblog: followers read; the newest first, of the last 1,000" in said
    )
    assert "Each of 400 people follows 12 others, looking among their own group 60% of the time" in said
    assert timetable.bytes_of_following(microblog) == 400 * 12 * 4
    model = sim.CoProduction(microblog)
    assert model.state.commons.follows.nbytes == 400 * 12 * 4
    assert timetable.bytes_of_following(scenarios.load("elderly-care-forum")) == 0


@pytest.mark.kernel
@pytest.mark.parametrize("name", ["private-group", "forum", "blog", "mixed"])
def test_the_account_counts_what_the_log_holds(name):
    model = sim.CoProduction(scenarios.load(f"elderly-care-{name}"), seed=3, log=True)
    names = Names(model.scenario)
    while model.running:
        session = model.next_session
        model.step()
        scene = story.Scene(model, session, story.happened(model, session), names, set(), set())
        happened = [event for event in model.events if event.session == session]
        said = " ".join(platforms.told(scene))
        if model.scenario.sessions[session].platform is None:
            assert said == ""
            continue
        of = {
            kind: [e for e in happened if e.kind == kind]
            for kind in ("wrote", "took_in", "taken_down", "clashed")
        }
        answers = sum(event.about is not None for event in of["wrote"])
        for count, what in ((len(of["wrote"]) - answers, "thread"), (answers, "answer")):
            assert re.search(rf"\b{count or 'no'} {what}s? (was|were|opened)", said)
        assert f"{len(of['took_in']):,} entr" in said
        assert ("taken down" in said or "took down" in said) == bool(of["taken_down"])
        assert ("a conflict." in said or "conflicts; in the first" in said) or not of["clashed"]
        assert "  " not in said
        assert "None" not in said


@pytest.mark.kernel
def test_only_designs_with_a_platform_have_its_section():
    group, plain = (
        sim.simulate(scenarios.load(name), replicates=3, seed=1)
        for name in ("elderly-care-private-group", "citizens-online")
    )
    assert platforms.families([plain]) == words.FAMILIES
    assert platforms.families([plain, group]) == (*words.FAMILIES, words.ON_PLATFORMS)
    for outcome in words.ON_PLATFORMS.outcomes:
        assert outcome in words.UNDEFINED
        assert "_" not in words.title(outcome) + statistics.words(outcome)
        assert statistics.at_the_end(plain, outcome)["n"] == 0 < statistics.at_the_end(group, outcome)["n"]
