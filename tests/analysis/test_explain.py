"""Why a run ended as it did: replays that are what they say, sentences that rest on something, causes that are counted."""

import html
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import analysis
import scenarios
import sim
from analysis import cli
from analysis.explaining import happened, mattered
from analysis.explaining.evidence import EventLog, replayed
from analysis.explaining.mattered import NO_SINGLE_CAUSE, Findings, Together, helping
from analysis.explaining.replays import Replay
from analysis.explaining.switches import RULE, Switch, switched, switches_of
from analysis.report import words

pytestmark = pytest.mark.kernel

HERE = Path(analysis.__file__).parents[1]
SMALL = [name for name in scenarios.names() if name not in ("platform", "citizens-assembly")]


@pytest.fixture(scope="module")
def failed():
    """A run without consensus: its residents were stopped on the way, and its convenors held the floor and the pen."""
    return analysis.explain("tick-box", seed=7, replicates=24)


@pytest.fixture(scope="module")
def agreed():
    """A run with consensus."""
    return analysis.explain("nine-cells", seed=7, replicate=1, replicates=12)


def watched(scenario, seed, replicate):
    run = sim.CoProduction(scenario, seed=seed, replicate=replicate, log=True)
    while run.running:
        run.step()
    return run


# ---- replays -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMALL)
def test_a_replay_with_nothing_switched_is_the_run_to_the_bit(name):
    scenario = scenarios.load(name)
    again = switched(scenario, ())
    before, after = (sim.simulate(one, replicates=2, seed=9, first=3) for one in (scenario, again))
    assert before.values.tobytes() == after.values.tobytes()
    run = watched(again, 9, 4)
    ends = np.array([run.outcome(outcome) for outcome in before.outcomes])
    assert ends.tobytes() == before.values[1, -1, 0].tobytes()


def test_the_same_luck_everything_before_the_draft_is_as_it_was_if_only_the_pen_is_taken_away():
    scenario = scenarios.load("tick-box")
    before = watched(scenario, 7, 0).events
    after = watched(switched(scenario, ("parameters.pen=0",)), 7, 0).events
    draft = next(n for n, event in enumerate(before) if event.kind == "drafted")
    assert before[:draft] == after[:draft]
    assert before[draft:] != after[draft:]
    with_another_seed = watched(scenario, 8, 0).events
    assert before[:draft] != with_another_seed[:draft]


@pytest.mark.parametrize("name", scenarios.names())
def test_every_switch_of_the_library_changes_the_design_and_can_be_run(name):
    scenario = scenarios.load(name)
    plain, switches = switched(scenario, ()).digest(), switches_of(scenario)
    assert len({switch.key for switch in switches}) == len(switches)
    for switch in switches:
        assert switched(scenario, switch.changes).digest() != plain, switch.key
    assert {f"no-{m}" for m in sim.MECHANISMS} <= {switch.key for switch in switches}


def test_what_a_design_does_not_have_is_not_switched():
    keys = {switch.key for switch in switches_of(scenarios.load("tick-box"))}
    assert {"no-travel-barrier", "full-travel-support", "full-intentions", "no-context-plan_is_drawn"} <= keys
    assert not {"no-digital-barrier", "no-travel-support", "full-dialogue", "turns-race", "rule-75"} & keys
    even = {switch.key for switch in switches_of(scenarios.load("nine-cells"))}
    assert not {"powerful-open", "powerful-closed"} & even  # both groups have as much power


def test_each_replay_is_what_simulating_the_changed_design_gives(failed):
    plain = sim.simulate(scenarios.load("tick-box"), replicates=24, seed=7, series=False).final("agreement")
    for key in ("no-dialogue", "full-facilitation", "no-schedule-barrier", "powerful-open"):
        row = failed.switches.set_index("switch").loc[key]
        design = scenarios.load("tick-box", set=row["set"].split())
        ends = sim.simulate(design, replicates=24, seed=7, series=False)
        assert row["value"] == ends.final("agreement")[0]
        assert row["difference"] == pytest.approx(ends.final("agreement")[0] - plain[0])
        assert row["worlds_mean"] == pytest.approx(np.mean(ends.final("agreement") - plain))
        assert row["reached"] == np.sum(ends.final("consensus_reached") == 1)
        assert row["consensus"] == (ends.final("consensus_reached")[0] == 1)
        sign = np.sign(ends.final("agreement") - plain)
        assert row["likewise"] == np.sum(sign == sign[0])


def test_a_full_support_gives_what_no_barrier_gives_and_is_counted_once(failed):
    rows = failed.switches.set_index("switch")
    assert rows.loc["full-travel-support", "same_as"] == "no-travel-barrier"
    assert rows.loc["full-travel-support", "worlds_mean"] == rows.loc["no-travel-barrier", "worlds_mean"]
    assert pd.isna(rows.loc["no-travel-barrier", "same_as"])
    assert "full-travel-support" not in {replay.switch.key for replay in failed.findings.tried}


def test_a_run_beyond_the_worlds_is_run_too():
    design = scenarios.load("shared-decision")
    far = analysis.explain(design, seed=3, replicate=50, replicates=4, shares=False)
    assert far.value == sim.simulate(design, replicates=1, seed=3, first=50).final("agreement")[0]
    assert far.findings.worlds["n"] == 4


def test_a_switch_that_leaves_nobody_a_way_in_is_not_tried_and_says_why():
    changes = ["groups.*.barriers.travel=1", "sessions.*.supports.travel=1"]
    why = analysis.explain(scenarios.load("shared-decision", set=changes), seed=1, replicates=3, shares=False)
    row = why.switches.set_index("switch").loc["no-travel-support"]
    assert np.isnan(row["value"])
    assert "nobody can reach it" in row["refused"]
    assert any(note.startswith("Not tried: no travel support, because ") for note in why.notes)


# ---- what happened -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["majority", "70/15", "75", "80", "unanimity"])
def test_the_votes_in_the_log_make_the_consensus_that_the_model_found(rule):
    scenario = scenarios.load("tick-box", set=[f"decision.rule={rule}", "groups.convenors.power=0.4"])
    for replicate in range(6):
        run = watched(scenario, 4, replicate)
        votes = happened.ballots(EventLog(scenario, run.events))
        assert all(vote.agreed for vote in votes) == (run.outcome("consensus_reached") == 1.0)


def test_every_sentence_rests_on_something_that_can_be_looked_up(failed, agreed):
    for why in (failed, agreed):
        assert 8 <= len(why.account) <= 16
        events, switches = why.events, why.switches.set_index("switch")
        for sentence in why.account:
            assert sentence.evidence, sentence.says
            for proof in sentence.evidence:
                if "events" in proof:
                    found = events
                    for column, values in proof["events"].items():
                        found = found[found[column].isin(values)]
                    assert len(found) == proof["count"], sentence.says
                    assert list(found["line"][:20]) == proof["lines"]
                    assert found["actor"][found["actor"] >= 0].nunique() == proof["persons"]
                elif proof.get("replay") in switches.index:
                    assert proof["value"] == switches.loc[proof["replay"], "value"]
                    assert proof["worlds"]["mean"] == switches.loc[proof["replay"], "worlds_mean"]


def figures(proof):
    """Every number in a piece of evidence."""
    if isinstance(proof, dict):
        for key, value in proof.items():
            if key == "actor":
                yield len(value)
            elif key not in ("lines", "replay", "set", "events") or key == "events":
                yield from figures(value)
    elif isinstance(proof, list | tuple):
        for value in proof:
            yield from figures(value)
        yield len(proof)
    elif isinstance(proof, bool) or proof is None:
        return
    elif isinstance(proof, int | float):
        yield proof
    elif isinstance(proof, str):
        yield from map(float, re.findall(r"\d+", proof))


def unsupported(sentence):
    """Numbers in a sentence, outside quoted titles, that its evidence does not hold."""
    known = [float(figure) for proof in sentence.evidence for figure in figures(proof)]
    shares = [100 * a / b for a in known for b in known if 0 < a <= b and a == int(a) and b == int(b)]
    text = re.sub(r"“[^”]*”", "", sentence.says).replace(words.MINUS, "-").replace(",", "")
    text = text.replace("0 no better than", "no better than").replace("1 perfect", "perfect")
    for number in re.findall(r"\d+(?:\.\d+)?", text):
        near = 0.5 * 10.0 ** -len(number.partition(".")[2]) * 1.001
        if not any(abs(abs(figure) - float(number)) <= near for figure in [*known, *shares]):
            yield number


def test_every_number_in_an_account_stands_in_its_evidence(failed, agreed):
    for why in (failed, agreed):
        for sentence in why.account:
            assert list(unsupported(sentence)) == [], sentence.says


def test_a_number_that_stands_nowhere_is_found_out(failed):
    sentence = failed.account[-1]
    assert list(unsupported(replace(sentence, says=sentence.says + " 4711 of them."))) == ["4711"]


def told(why, **changes):
    """The account of the same explanation with other findings or another log."""
    log = changes.pop("log", why.log)
    return [one.says for one in replace(why, log=log, findings=replace(why.findings, **changes)).account]


def without(why, drop):
    """The log without some lines."""
    return EventLog(why.scenario, [event for event in why.log.events if not drop(event)])


def test_other_events_make_other_sentences(failed):
    plain = told(failed)
    assert told(failed) == plain
    residents = [
        event.actor for event in failed.log.events if event.kind == "said" and event.group == "residents"
    ]
    quiet = without(failed, lambda e: e.kind == "said" and e.actor == residents[0])
    now = next(s for s in told(failed, log=quiet) if "never spoke or wrote" in s)
    before = next(s for s in plain if "never spoke or wrote" in s)
    assert int(now.split()[0]) == int(before.split()[0]) + 1
    unwritten = without(failed, lambda e: e.kind == "noted")
    assert any(s.startswith("0 of ") and "on record" in s for s in told(failed, log=unwritten))
    free = without(failed, lambda e: e.kind == "stopped" and e.about == "schedule")
    assert "the hour stopped them" in before
    assert not any("the hour stopped them" in s for s in told(failed, log=free))
    accepted = without(failed, lambda e: e.kind == "accepted" and e.issue == "merge")
    assert "accepted by 0 of the" in told(failed, log=accepted)[0]


def test_other_replays_make_other_sentences(failed):
    plain, found = told(failed), failed.findings
    first = found.ranked(1)[0]
    sentence = next(s for s in plain if s.startswith(first.switch.had))
    assert f"would have been {first.value:.2f} instead of {found.value:.2f}" in sentence
    other = replace(first, value=0.99, difference=0.99 - found.value, consensus=not first.consensus)
    changed = told(failed, replays=tuple(other if r is first else r for r in found.replays))
    assert "would have been 0.99 instead of" in next(s for s in changed if s.startswith(first.switch.had))
    gone = told(failed, replays=tuple(r for r in found.replays if r is not first), together=None)
    assert not any(s.startswith(first.switch.had) for s in gone)
    assert len(told(failed, shares=None)) < len(plain)


def test_the_account_of_silence_counts_everybody_once():
    scenario = scenarios.load("tick-box")
    for replicate in range(4):
        run = watched(scenario, 2, replicate)
        (sentence,) = happened.silence(EventLog(scenario, run.events))
        numbers = [int(n) for n in re.findall(r"(\d+) (?:could never|never came|came and)", sentence.says)]
        silent = round(run.outcome("left_out") * scenario.people)
        assert sentence.says.startswith(f"{silent} of 39 people")
        assert sum(numbers) in (silent, 0)


def test_without_a_draft_there_is_no_verdict_and_no_line():
    why = analysis.explain(
        scenarios.load("shared-decision", set=["sessions.*.decide=false"]), seed=1, replicates=3, shares=False
    )
    assert why.consensus is None
    assert why.account[0].says.startswith("No draft was put")
    assert not why.findings.has_line
    undefined = analysis.explain(why.scenario, outcome="consensus_reached", replicates=3, shares=False)
    assert undefined.value is None
    assert "is not defined in this run" in str(undefined)


def test_with_too_many_people_to_watch_the_account_rests_on_replays_alone(monkeypatch):
    monkeypatch.setattr(sim.model, "MOST_AGENTS", 1)
    why = analysis.explain("shared-decision", seed=1, replicates=3, shares=False)
    assert why.events.empty
    assert all("events" not in proof for sentence in why.account for proof in sentence.evidence)
    assert any("too many to watch" in note for note in why.notes)


# ---- causes --------------------------------------------------------------------------------------------------------


def sure(mean, half=0.05, n=100):
    return {"mean": mean, "low": mean - half, "high": mean + half, "n": n}


def replay(key, difference=0.2, worlds=0.2, *, consensus=False, agreed=0.0, kind="session", same_as=""):
    switch = Switch(key, key, f"Had {key}", (f"x.{key}=1",), kind, key)
    return Replay(
        switch, 0.4 + difference, difference, consensus, sure(worlds), 80, 10, sure(agreed), same_as=same_as
    )


def findings(*replays, consensus=False, outcome="agreement", gap=0.5):
    together = Together(tuple(r.switch.key for r in replays), replay("together", gap, gap))
    return Findings(outcome, 0.4, consensus, sure(0.45), 5, 40, tuple(replays), together, None)


def test_the_one_switch_that_brings_consensus_here_and_in_the_worlds_is_the_cause():
    found = findings(replay("open", consensus=True, agreed=0.3), replay("note"))
    assert found.cause == "open"
    assert mattered.ending(found).says.startswith("One cause stands out: of 2 switches, “open”")


def test_two_switches_that_would_each_do_are_no_single_cause():
    found = findings(replay("open", consensus=True, agreed=0.3), replay("free", consensus=True, agreed=0.2))
    assert found.cause == NO_SINGLE_CAUSE
    assert "2 of 2 switches would each have brought consensus" in mattered.ending(found).says


def test_where_no_switch_does_there_is_no_single_cause():
    found = findings(replay("open"), replay("note"))
    assert found.cause == NO_SINGLE_CAUSE
    assert "none of 2 switches alone brings consensus" in mattered.ending(found).says


def test_what_does_it_here_and_not_in_the_worlds_is_chance_and_no_cause():
    found = findings(replay("open", consensus=True, agreed=0.02))
    assert found.cause == NO_SINGLE_CAUSE
    assert [r.switch.key for r in found.by_chance] == ["open"]
    assert "1 would have done so in this run alone, by chance" in mattered.ending(found).says


def test_neither_another_rule_nor_the_same_thing_twice_makes_a_cause():
    rule = replay("majority", 0.0, 0.0, consensus=True, agreed=0.9, kind=RULE)
    assert findings(rule, replay("note")).cause == NO_SINGLE_CAUSE
    one = replay("barrier", consensus=True, agreed=0.3)
    twin = replay("support", consensus=True, agreed=0.3, same_as="barrier")
    assert findings(one, twin, rule).cause == "barrier"


def test_what_alone_undoes_a_consensus_is_what_it_hung_on():
    found = findings(replay("talk", -0.3, -0.3, agreed=-0.5), replay("note", consensus=True), consensus=True)
    assert found.cause == "talk"
    assert mattered.ending(found).says.startswith("It hung on one thing")
    assert findings(replay("note", consensus=True), consensus=True).cause == NO_SINGLE_CAUSE


def test_most_worlds_ending_otherwise_is_said():
    found = replace(findings(replay("note")), reached=80)
    assert "Chance had its part: 80 of 100 worlds" in mattered.ending(found).says
    assert "Chance had its part" not in mattered.ending(replace(found, reached=20)).says


def test_without_a_line_a_cause_goes_more_than_half_the_way_here_and_in_the_worlds():
    most, less = replay("open", 0.3, 0.3), replay("note", 0.2, 0.2)
    assert findings(most, less, outcome="alignment").cause == "open"
    assert findings(less, outcome="alignment").cause == NO_SINGLE_CAUSE
    assert findings(replay("open", 0.3, 0.1), less, outcome="alignment").cause == NO_SINGLE_CAUSE
    fewer = findings(replay("open", -0.3, -0.3), outcome="left_out", gap=-0.5)
    assert fewer.cause == "open"


def test_of_each_family_the_best_helps_and_never_the_rule():
    weak, strong = replay("some", worlds=0.1), replay("all", worlds=0.3)
    strong = replace(strong, switch=replace(strong.switch, family="some"))
    rule, harm, unsure = replay("rule", kind=RULE), replay("harm", worlds=-0.2), replay("maybe", worlds=0.01)
    assert helping((weak, strong, rule, harm, unsure), 1) == (strong,)
    assert helping((weak, strong, rule, harm, unsure), -1) == (harm,)


def test_effects_that_do_not_add_up_are_said_to_overlap():
    found = findings(replay("open"), replay("note"), gap=0.25)
    (sentence,) = mattered.overlap(found)
    assert "would add up to +0.40 in 100 worlds; all at once they bring +0.25 (they overlap)" in sentence.says
    (sentence,) = mattered.overlap(findings(replay("open"), replay("note"), gap=0.7))
    assert "(they strengthen one another)" in sentence.says


def test_a_difference_of_this_run_that_the_worlds_do_not_show_is_called_an_accident():
    found = findings(replay("pen", 0.3, 0.01), replay("note", 0.1, 0.1))
    says = [sentence.says for sentence in mattered.switches(found)]
    assert sum("an accident of this run" in one for one in says) == 1
    assert next(one for one in says if "an accident" in one).startswith("Had pen,")


# ---- outside -------------------------------------------------------------------------------------------------------


def test_the_json_has_everything_and_no_number_that_json_cannot_say(failed):
    said = json.loads(json.dumps(failed.as_json(), allow_nan=False))
    assert {
        "design",
        "seed",
        "replicate",
        "outcome",
        "value",
        "consensus",
        "account",
        "switches",
        "shapley",
        "cause",
    } <= set(said)
    assert (said["design"], said["seed"], said["replicate"], said["consensus"]) == ("tick-box", 7, 0, False)
    assert set(said["account"][0]) == {"says", "evidence"}
    assert set(said["shapley"]) == set(sim.MECHANISMS)
    assert {"switch", "value", "difference", "worlds"} <= set(said["switches"][0])
    assert set(said["switches"][0]["worlds"]) == {"mean", "low", "high", "n"}
    cited = {event["line"] for event in said["events"]}
    assert cited == {
        line for one in said["account"] for proof in one["evidence"] for line in proof.get("lines", [])
    }
    assert replayed(failed.findings.replays[0])["replay"] == said["switches"][0]["switch"]


def test_the_page_is_whole_says_every_sentence_and_asks_for_nothing_outside(failed, tmp_path):
    named = replace(failed, scenario=failed.scenario.model_copy(update={"title": "Us & <b>them</b>"}))
    named.write(tmp_path / "why.html")
    page = (tmp_path / "why.html").read_text(encoding="utf-8")
    assert "Us &amp; &lt;b&gt;them&lt;/b&gt;" in page
    assert page.rstrip().endswith("</html>")
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", page)
    for sentence in failed.account:
        assert sentence.says in html.unescape(page)
    failed.write(tmp_path / "why.txt")
    text = (tmp_path / "why.txt").read_text(encoding="utf-8")
    assert all(sentence.says in text for sentence in failed.account)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["why.html", "why.txt"]


def coprod(capsys, *arguments):
    """What the command prints to each of its outputs, and its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["explain", *map(str, arguments)])
    return ended.value.code, *capsys.readouterr()


def test_the_command_tells_the_account_and_keeps_it_in_a_file(tmp_path, capsys):
    few = ["shared-decision", "--seed", 7, "--replicates", 3]
    code, out, told = coprod(capsys, *few, "--out", tmp_path / "why.txt")
    assert code == 0, told
    assert "1. The draft put in “The consultation”" in out
    assert "Shapley share" in out
    assert (tmp_path / "why.txt").read_text(encoding="utf-8").startswith("Shared decision-making")
    said = json.loads(coprod(capsys, *few, "--json", "--set", "decision.rule=80")[1])
    assert said["cause"] in {NO_SINGLE_CAUSE, *(row["switch"] for row in said["switches"])}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--outcome", "agrement"], "outcome: there is no outcome 'agrement'; did you mean 'agreement'?"),
        (["--out", "."], "--out .: this is a folder; name a file, as in why.html"),
        (["--out", "no/such/why.html"], "--out no/such/why.html: there is no folder no/such"),
        (
            ["--out", "why.pdf"],
            "--out why.pdf: the account is a page (.html) or plain text (.txt), found .pdf",
        ),
        (
            ["--set", "dials.dialog=0"],
            "--set dials.dialog=0: there is no 'dialog' in dials; did you mean 'dialogue'?",
        ),
    ],
)
def test_a_mistake_is_one_sentence_before_anything_is_run(arguments, sentence, capsys):
    assert coprod(capsys, "tick-box", *arguments) == (2, "", f"{sentence}\n")


def test_ctrl_c_is_answered_at_once():
    process = subprocess.Popen(
        [sys.executable, "-m", "analysis", "explain", "citizens-blended", "--replicates", "100000"],
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "80"},
    )
    time.sleep(4)
    assert process.poll() is None, process.stderr.read()
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - asked < 10  # about a second; machines that do much else get more
    assert out == ""
    assert told.strip().endswith("fewer --replicates take less time.")
