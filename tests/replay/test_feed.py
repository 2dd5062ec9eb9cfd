"""What a page shows of a platform is what happened on it: threads, the feed, reading, who follows whom."""

import json
from collections import Counter

import pytest

import scenarios
import sim
from analysis.replay import document
from analysis.replay.feed import MOST_ROWS, NOTED
from analysis.replay.sampling import MOST_DRAWN

pytestmark = pytest.mark.kernel

PLACES = ("number", "author", "short", "group", "issue", "position", "parent", "session", "flags", "reads")


def run_of(scenario, seed=3):
    model = sim.CoProduction(scenario, seed=seed, log=True)
    while model.running:
        model.step()
    return model


def both(name, seed=3):
    scenario = scenarios.load(name)
    return run_of(scenario, seed), document(scenario, seed)


def entries_of(doc):
    return {one[0]: dict(zip(PLACES, one, strict=True)) for one in doc["entries"]}


def moments(session, kind):
    return [moment for moment in session["moments"] if moment["is"] == kind]


@pytest.mark.parametrize("name", ["elderly-care-mixed", "elderly-care-blog"])
def test_threads_hold_every_entry_under_what_it_answers(name):
    model, doc = both(name)
    shown, sessions = entries_of(doc), list(model.scenario.sessions)
    assert len(shown) == doc["written"] == len(model.record())
    for number, entry in enumerate(model.record()):
        here = shown[number]
        assert (here["author"], here["parent"]) == (
            entry["author"],
            -1 if entry["answers"] is None else entry["answers"],
        )
        assert (sessions[here["session"]], bool(here["flags"] & NOTED)) == (
            entry["session"],
            entry["noted"],
        )
        assert sum(here["reads"]) == entry["reads"]


def test_a_feed_ranks_as_the_platform_does_and_says_what_has_sunk():
    model, doc = both("elderly-care-private-group")
    window = model.scenario.sessions["week-1"].platform.feed_window
    for session in doc["sessions"]:
        feed = session["feed"]
        end = feed["first"] + session["kept"]
        assert feed["rows"] == list(range(end - 1, max(-1, end - 1 - window), -1))
        assert feed["sunk"] == max(0, end - window)
        assert moments(session, "post")[-1]["upto"] == end
    ranked = document(
        scenarios.load(
            "elderly-care-private-group",
            set=["sessions.*.platform.order=answered", "sessions.*.platform.feed_window=40"],
        ),
        seed=3,
    )
    last, shown = ranked["sessions"][-1]["feed"], entries_of(ranked)
    answers = Counter(entry["parent"] for entry in shown.values())
    assert last["rows"] == sorted(last["rows"], key=lambda e: (-answers[e], -e))


def test_who_reads_what_is_what_the_log_says():
    model, doc = both("elderly-care-private-group")
    shown = entries_of(doc)
    for n, session in enumerate(doc["sessions"]):
        taken = [e for e in model.events if e.session == session["name"] and e.kind == "took_in"]
        readings, rows = moments(session, "take"), session["feed"]["rows"]
        read = {(i, e) for moment in readings for i, _, entries in moment["reads"] for e in entries}
        assert read == {(event.actor, event.about) for event in taken if event.about in rows}
        assert sum(moment["reads"][k][1] for moment in readings for k in range(len(moment["reads"]))) == len(
            taken
        )
        for at, e in enumerate(rows):
            assert sum(moment["got"][at] for moment in readings) == sum(
                shown[e]["reads"][n - shown[e]["session"] :][:1]
            )
        groups = model.people.group
        authors = [entry["author"] for entry in model.record()]
        pairs = Counter((int(groups[event.actor]), int(groups[authors[event.about]])) for event in taken)
        assert session["feed"]["attention"] == [[pairs[g, h] for h in range(3)] for g in range(3)]


def test_conflicts_and_what_a_moderator_took_down_are_marked_where_they_happened():
    model, doc = both("elderly-care-blog")
    for session in doc["sessions"]:
        events = [event for event in model.events if event.session == session["name"]]
        gone = [event for event in events if event.kind == "taken_down"]
        wrote = [event for event in events if event.kind == "wrote"]
        taken = session["feed"]["taken"]
        assert [(one[1], one[6]) for one in taken] == [(event.actor, event.about) for event in gone]
        assert all((wrote[one[0]].actor, wrote[one[0]].about) == (one[1], one[6]) for one in taken)
        clashed = [pair[1] for moment in moments(session, "take") for pair in moment.get("clashed", ())]
        assert clashed == [event.about for event in events if event.kind == "clashed"]
    assert any(session["feed"]["taken"] for session in doc["sessions"])


def test_of_six_hundred_people_some_are_drawn_and_the_feeds_say_what_they_leave_out():
    scenario = scenarios.load("elderly-care-forum")
    doc = document(scenario, seed=3)
    assert len(json.dumps(doc, separators=(",", ":"))) < 400_000
    assert len(doc["people"]) <= MOST_DRAWN < doc["everybody"] == 600
    for session in doc["sessions"]:
        feed, shown = session["feed"], entries_of(doc)
        assert len(feed["rows"]) <= MOST_ROWS
        assert len(feed["rows"]) + feed["more"] + feed["sunk"] == feed["first"] + session["kept"]
        assert all(e in shown for e in feed["rows"])
        assert session["here"]["later"] == session["came"]
        assert sum(moment["readers"] for moment in moments(session, "take")) <= session["came"]
    assert any(session["feed"]["more"] for session in doc["sessions"])


def test_followers_are_those_of_the_model():
    model, doc = both("elderly-care-microblog")
    by = Counter(j for i in range(400) for j in model.followed(i))
    for person in doc["people"]:
        assert person["follows_n"] == len(model.followed(person["i"]))
        assert person["followed_n"] == by[person["i"]]
    assert all(session["feed"]["followers"] for session in doc["sessions"])


def test_a_run_without_a_platform_knows_nothing_of_feeds():
    doc = document(scenarios.load("citizens-blended"), seed=3)
    assert "entries" not in doc
    assert not any("feed" in session for session in doc["sessions"])
    assert not any(moments(session, "take") for session in doc["sessions"])
