"""The report: the numbers are those of the runs, nothing is invented, and nothing in a scenario can break the page."""

import re
from collections import Counter
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

import scenarios
import sim
from analysis import report, statistics, tables
from analysis.report import answers, figures, story, words
from analysis.store import Store, Study

pytestmark = pytest.mark.kernel

ROW = re.compile(
    r'<tr data-outcome="(\w+)" data-design="([\w-]+)"><th scope="row">.*?</th>(.*?)</tr>', re.DOTALL
)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)


def runs_of(name, replicates=8, **changes):
    return sim.simulate(scenarios.load(name, set=changes), replicates=replicates, seed=1)


def text_of(page):
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(style|svg).*?</\1>", " ", page, flags=re.DOTALL)))


@pytest.fixture(scope="module")
def consultation():
    return runs_of("shared-decision")


@pytest.fixture(scope="module")
def designs():
    return runs_of("around-the-table"), runs_of("citizens-online")


@pytest.fixture(scope="module")
def html(designs):
    return report.render(Study(designs, {}))


def test_the_figures_in_the_page_are_those_of_the_runs(designs, html):
    rows = ROW.findall(html)
    found = {
        (outcome, design): [unescape(cell) for cell in CELL.findall(cells)] for outcome, design, cells in rows
    }
    for runs in designs:
        for family in words.FAMILIES:
            for outcome in family.outcomes:
                estimate = statistics.at_the_end(runs, outcome)
                name, mean, interval, _, worlds = found[outcome, runs.scenario.name]
                assert name == runs.scenario.name
                assert mean == words.mean(estimate)
                assert interval == (words.interval(estimate) or words.DASH)
                assert worlds == str(estimate["n"])


def test_every_main_outcome_has_its_meaning_and_its_interval(designs, html):
    shown, text = Counter(outcome for outcome, _, _ in ROW.findall(html)), " ".join(text_of(html).split())
    meaning = {outcome.name: outcome.meaning for outcome in sim.OUTCOMES}
    for outcome in tables.MAIN:
        assert shown[outcome] == len(designs), outcome
        assert " ".join(meaning[outcome].split()) in text


def test_every_outcome_that_is_observed_stands_in_the_page(designs, html):
    text = text_of(html)
    assert all(statistics.words(outcome) in text for outcome in designs[0].outcomes)


def test_designs_are_held_against_each_other_in_the_words_of_the_statistics(designs, html):
    for outcome in tables.COMPARED:
        said = words.minus(statistics.sentence(statistics.compare(*designs, outcome)))
        assert said in unescape(html)


def test_a_design_is_best_only_where_its_worlds_show_it(designs):
    for answer in answers.answers(designs):
        if answer.best is not None:
            compared = statistics.compare(
                designs[1 - answer.best], designs[answer.best], answer.question.outcome
            )
            assert compared.shows
            assert 2 * answer.worlds > answer.of
            assert (compared.difference["mean"] < 0) == answer.question.less_is_better


def test_of_two_designs_that_are_the_same_none_is_best(consultation):
    twin = replace(consultation, scenario=consultation.scenario.model_copy(update={"name": "twin"}))
    given = answers.answers((consultation, twin))
    assert all(answer.best is None and answer.same for answer in given)
    assert "The designs do not differ in" in report.render(Study((consultation, twin), {}))


def test_the_told_run_is_one_of_the_runs(designs):
    for runs in designs:
        told = story.tell(runs, 3)
        spoken = runs.final("contributions")[3] * runs.scenario.people
        kept = runs.final("recorded")[3] * spoken
        assert sum(told.said.values()) == round(spoken)
        assert sum(told.kept.values()) == round(kept)
        came = [chapter.came for chapter in told.chapters]
        assert sum(came) == round(
            runs.final("accessibility")[3] * sum(chapter.invited for chapter in told.chapters)
        )


def test_the_told_run_is_the_one_nearest_to_the_middle(designs):
    runs = designs[0]
    values = runs.values.copy()
    for outcome in story.MIDDLE:
        values[5, -1, 0, runs.outcomes.index(outcome)] = np.median(runs.final(outcome))
    assert story.typical([replace(runs, values=values)]) == 5


def test_the_story_says_where_it_comes_from_and_quotes_nobody(html, designs):
    text = " ".join(text_of(html).split())
    assert f"World {story.typical(designs)} of seed 1, the most typical one" in text
    told = story.tell(designs[0], 0)
    assert all(
        re.search(r"\b(said that|thinks that|because|feels|wants)\b", line) is None
        for c in told.chapters
        for line in c.lines
    )


def test_a_process_with_too_many_people_to_watch_says_why_no_run_is_told(consultation, monkeypatch):
    monkeypatch.setattr(story, "MOST_TOLD", 1)
    text = " ".join(text_of(report.render(Study((consultation,), {}))).split())
    assert "is not told: a run is told person by person" in text
    assert "not counted" in text


def test_what_is_not_defined_is_said_with_its_reason():
    runs = runs_of("shared-decision", **{"sessions.encounter.decide": False})
    text = " ".join(text_of(report.render(Study((runs,), {}))).split())
    assert "Not defined in any world: no draft was put to the participants." in text


def test_a_study_of_one_world_has_means_and_no_intervals():
    runs = runs_of("shared-decision", replicates=1)
    rows = ROW.findall(report.render(Study((runs,), {})))
    assert all(unescape(CELL.findall(cells)[2]) == words.DASH for _, _, cells in rows)


def test_a_study_without_sessions_kept_says_that_there_is_no_line_to_draw(consultation):
    end = replace(consultation, values=consultation.values[:, -1:])
    assert "This study observed the end of the process alone" in report.render(Study((end,), {}))


def test_what_a_scenario_says_cannot_become_markup():
    nasty = '<script>alert("x")</script> & Ünïcødé 患者 <b>'
    runs = runs_of(
        "shared-decision",
        replicates=2,
        **{"title": nasty, "description": nasty, "groups.patient.title": nasty, "issues.operate.title": nasty,
           "sessions.encounter.title": nasty, "prices.currency": "<i>", "provenance.guessed": {nasty: nasty}},
    )  # fmt: skip
    page = report.render(Study((runs,), {"command": nasty} | made()))
    assert "<script" not in page
    assert "<b>" not in page.replace("<b>Open: to be answered by people</b>", "").replace(
        "<b>1</b>", ""
    ).replace("<b></b>", "")
    assert "Ünïcødé 患者" in unescape(page)


def made():
    return {
        "seed": 1, "replicates": 2, "hash": "h", "model": "m", "designs": [], "versions": {}, "machine": {},
    }  # fmt: skip


def test_nothing_in_the_page_points_outside_it(html):
    assert re.search(r'\s(src|href|action|srcset)="(?!#|data:)', html) is None
    assert "url(" not in re.sub(r"url\(#", "", html)
    assert "@import" not in html


def test_ids_are_unique(html):
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_the_five_headings_of_gripp2_stand_there_and_people_keep_the_last_word(html):
    text = text_of(html)
    for heading in (
        "1. Aim",
        "2. Methods",
        "3. Study results",
        "4. Discussion and conclusions",
        "5. Reflections / critical perspective",
    ):
        assert heading in text
    boxes = re.findall(r'<div class="open"><b>Open: to be answered by people</b><p>(.*?)</p></div>', html)
    assert len(boxes) >= 5
    assert all(unescape(box).endswith("?") for box in boxes)


def test_constants_that_differ_from_their_defaults_are_told_apart():
    runs = runs_of(
        "shared-decision", replicates=2, **{"parameters.influence": 0.06, "dials.documentation": 0.5}
    )
    text = " ".join(text_of(report.render(Study((runs,), {}))).split())
    assert "1 constant differs from the default" in text
    assert "documentation at 0.5 throughout" in text


def test_the_store_writes_the_report_with_how_to_make_it_again(tmp_path):
    from analysis import studies

    command = "coprod run shared-decision --replicates 3"
    study = studies.make(
        [scenarios.load("shared-decision")], replicates=3, store=Store(tmp_path), command=command
    )
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert command in page
    assert study.made["hash"] in page
    assert all(version in page for version in study.made["versions"].values())


def test_a_report_is_written_whole_or_not_at_all(tmp_path, monkeypatch, consultation):
    path = tmp_path / "report.html"
    path.write_text("before")
    monkeypatch.setattr(story, "tell", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        report.write(Study((consultation,), {}), path)
    assert path.read_text() == "before"
    assert [found.name for found in tmp_path.iterdir()] == ["report.html"]


def test_groups_have_letters_of_their_own_however_many_there_are():
    groups = {
        f"patients_{n}": sim.scenario.Group(size=1, title=title)
        for n, title in enumerate(["Patients"] * 80 + ["…", "患者"])
    }
    given = words.letters(groups)
    assert len(set(given.values())) == len(groups)
    assert all(given.values())


@pytest.mark.parametrize(
    ("group", "size", "said"),
    [
        ("patients", 3, "a patient (P2)"),
        ("elders", 3, "an elder (E2)"),
        ("families", 3, "a family (F2)"),
        ("staff", 3, "one of the staff (S2)"),
    ],
)
def test_a_person_is_called_by_group_letter_and_number(group, size, said):
    scenario = scenarios.load("shared-decision").model_copy(
        update={"groups": {group: sim.scenario.Group(size=size)}}
    )
    assert words.Names(scenario).person(1) == said


def test_somebody_alone_in_a_group_needs_no_number():
    names = words.Names(scenarios.load("shared-decision"))
    assert names.person(0) == "the patient (P)"
    assert names.person(1) == "the professional (Pr)"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0%"),
        (0.0004, "<0.1%"),
        (0.012, "1.2%"),
        (0.62, "62%"),
        (0.999, ">99%"),
        (1.0, "100%"),
        (None, words.DASH),
    ],
)
def test_shares_are_never_rounded_to_nobody_or_everybody(share, said):
    assert words.percent(share) == said


@pytest.mark.parametrize(
    "values", [[0.5] * 9, [0.0, 1.0], [0.1], list(np.linspace(-0.3, 1, 200)), [np.nan, 0.2]]
)
def test_a_dot_plot_keeps_every_part_of_the_worlds(values):
    stacked = figures._stacked(np.array(values), 0.02)
    assert len(stacked) == min(figures.MOST_DOTS, int((~np.isnan(values)).sum()))
    assert max(Counter(stacked).values()) == 1
