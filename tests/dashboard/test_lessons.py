"""Lessons: what each says comes out of the model, no number in them is typed, and a mistake in one is told in a sentence."""

import re
import tomllib

import numpy as np
import pytest

import sim
from analysis import statistics
from analysis.dashboard import lessons
from analysis.dashboard.lessons import findings, sheets
from analysis.dashboard.lessons.lesson import HERE, SEED, WORLDS, short
from analysis.dashboard.lessons.strips import Strip, differences, strips
from analysis.report import words

pytestmark = pytest.mark.kernel

KEYS = sorted(path.stem for path in HERE.glob("*.toml"))


def of(key):
    return lessons.all_lessons()[key]


@pytest.fixture(scope="module")
def found():
    """What came out of a lesson, run once."""
    runs = {}

    def run(key, seed=SEED):
        if (key, seed) not in runs:
            runs[key, seed] = lessons.counted(of(key), seed)
        return runs[key, seed]

    return run


# ---- what lessons say ----------------------------------------------------------------------------------------------


def test_every_file_in_the_folder_is_a_lesson_with_a_place_of_its_own():
    every = lessons.all_lessons()
    assert sorted(every) == KEYS
    assert 5 <= len(every) <= 7
    assert [lesson.order for lesson in every.values()] == list(range(1, len(every) + 1))


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
@pytest.mark.parametrize("key", KEYS)
def test_what_a_lesson_says_comes_out_of_the_model(found, key, seed):
    outcome = found(key, seed)
    assert outcome.worlds == WORLDS
    for name, finding in of(key).findings.items():
        comparison = outcome.comparisons[name]
        assert findings.as_said(finding, comparison), (name, finding.expect, comparison)
    assert lessons.holds(outcome)


@pytest.mark.parametrize("key", KEYS)
def test_what_texts_count_on_in_a_trial_comes_out_too(key):
    lesson = of(key)
    runs = [sim.simulate(scenario, WORLDS, seed=SEED, series=False) for scenario in lesson.designs()]
    designs = dict(zip(("first", "second"), runs, strict=True))
    for trial in lesson.trials:
        tried = sim.simulate(lesson.scenario(trial), WORLDS, seed=SEED, series=False)
        if trial.against:
            assert findings.trial_as_said(lesson, trial, designs[trial.against], tried), trial.name


def test_later_is_not_less_says_truly_that_it_comes_out_smaller_under_two_readings_of_the_grid():
    lesson = of("later-is-not-less")
    sizes = {}
    for reading in ("media", "diagonal", "vertical"):
        designs = [one.model_copy(update={"fidelity": reading}) for one in lesson.designs()]
        runs = [sim.simulate(one, WORLDS, seed=SEED, series=False) for one in designs]
        sizes[reading] = statistics.compare(*runs, lesson.finding.outcome).difference
    assert sizes["diagonal"]["low"] > 0
    assert sizes["vertical"]["low"] > 0
    assert max(sizes["diagonal"]["high"], sizes["vertical"]["high"]) < sizes["media"]["low"]


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_what_a_lesson_says_comes_out_under_most_other_guesses_too(key):
    lesson = of(key)
    shaken = findings.shaken(lesson)
    assert shaken.more + shaken.same + shaken.less == findings.POINTS
    assert getattr(shaken, lesson.finding.expect) > findings.POINTS / 2
    assert f"{findings.POINTS} other sets of guesses" in sheets.shaken(lesson, shaken)


@pytest.mark.parametrize("key", KEYS)
def test_numbers_in_explanations_come_from_runs(found, key):
    lesson = of(key)
    for where, text in lesson.texts():
        if where == "surprise" or where.startswith("explain"):
            assert not re.search(r"\d[.,]\d|\d ?%|\d of", re.sub(r"{[^}]*}", "", text)), where
        told = findings.told(found(key), text)
        assert "{" not in told
        assert told.count(words.DASH) == 0  # nothing that is not defined


@pytest.mark.parametrize("key", KEYS)
def test_a_lesson_is_short_and_its_texts_do_not_shout(key):
    lesson = of(key)
    assert len(" ".join(lesson.situation).split()) <= 90
    assert len(" ".join(lesson.explain).split()) <= 170
    assert "!" not in (HERE / f"{key}.toml").read_text(encoding="utf-8")
    assert {short(getattr(lesson.bet, way)) for way in ("more", "same", "less")} == {
        short(lesson.bet.more), short(lesson.bet.same), short(lesson.bet.less),
    }  # fmt: skip


# ---- how it is judged ----------------------------------------------------------------------------------------------


def comparison(low, mean, high, more=0, less=0, worlds=200):
    found = {"mean": mean, "low": low, "high": high, "n": worlds}
    return statistics.Comparison("alignment", "a", "b", found, more, less, worlds)


@pytest.mark.parametrize(
    ("low", "mean", "high", "way"),
    [
        (0.03, 0.05, 0.07, "more"),
        (-0.07, -0.05, -0.03, "less"),
        (-0.01, 0.0, 0.01, "same"),
        (0.001, 0.004, 0.007, "same"),  # a difference that shows, and is too small to count
        (-0.01, 0.03, 0.07, None),  # large enough, and it may be chance
        (0.005, 0.015, 0.025, None),  # neither surely small nor large enough
        (None, None, None, None),
    ],
)
def test_a_difference_is_more_less_about_the_same_or_can_not_be_told(low, mean, high, way):
    finding = of("note-taker").finding
    assert finding.smallest == 0.02
    assert findings.came_out(finding, comparison(low, mean, high)) == way


def test_a_direction_must_come_out_often_enough():
    finding = of("note-taker").finding
    assert findings.as_said(finding, comparison(0.03, 0.05, 0.07, more=190))
    assert not findings.as_said(finding, comparison(0.03, 0.05, 0.07, more=150, less=50))


def test_a_lesson_that_is_stopped_at_once_has_no_outcome():
    from threading import Event

    stop = Event()
    stop.set()
    assert lessons.counted(of("tick-box"), seed=987, stop=stop) is None
    findings._SHAKEN.pop("tick-box", None)
    assert findings.shaken(of("tick-box"), stop=stop) is None


# ---- pictures and sheets -------------------------------------------------------------------------------------------


def test_every_world_is_a_dot_and_the_picture_says_in_words_what_it_shows(found):
    outcome = found("note-taker")
    drawn = strips("alignment", [Strip("a <b>", outcome.values[0], "first"), Strip("c", outcome.values[1])])
    assert len(re.findall(r'r="2.3"', drawn)) == 2 * WORLDS
    assert "a &lt;b&gt;: mean 0.43, 95% interval" in drawn
    assert "8 of 10 worlds lie between" in drawn
    assert len(re.findall(r'r="2.3"', differences("alignment", "c minus a", *outcome.values))) == WORLDS


@pytest.mark.parametrize("values", [[np.nan] * 20, [0.4] * 20, [0.0, 1.0], [1e6, 2e6]])
def test_pictures_can_be_drawn_of_anything(values):
    array = np.array(values, dtype=float)
    assert strips("alignment", [Strip("a", array)])
    assert differences("alignment", "d", array, array)


@pytest.mark.parametrize("key", KEYS)
def test_a_worksheet_tells_learners_nothing_and_teachers_everything(found, key):
    outcome = found(key)
    page = sheets.worksheet(outcome)
    learners, teachers = page.split('<article class="page teachers">')
    surprise = str(findings.told(outcome, of(key).surprise))
    assert surprise not in learners
    assert surprise in teachers.replace("&#39;", "'")
    assert "95% intervals" in teachers
    assert "95%" not in learners
    assert "://" not in page  # nothing is asked of anybody


def test_shares_are_told_in_per_cent_and_others_as_numbers():
    assert findings.written("left_out", 0.431) == "43%"
    assert findings.written("left_out", -0.031, difference=True) == f"{words.MINUS}3.1 points"
    assert findings.written("alignment", 0.431) == "0.43"
    assert findings.written("contributions", 51.42) == "51.4"
    assert findings.written("alignment", None) == words.DASH


# ---- files ---------------------------------------------------------------------------------------------------------


def broken(tmp_path, old, new):
    """A lesson with one mistake, and what is said of it."""
    text = (HERE / "note-taker.toml").read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file = tmp_path / "lesson.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(sim.ScenarioError) as told:
        lessons.read(file)
    return str(told.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("order = 1", "", "lesson.toml: order: it is missing"),
        ("order = 1", "ordre = 1", "ordre: a lesson has no such key; did you mean 'order'?"),
        ("order = 1", "order = [", "this is not TOML"),
        ('outcome = "alignment"', 'outcome = "aligment"', "there is no outcome 'aligment'; did you mean 'alignment'?"),
        ('expect = "more"', 'expect = "most"', "finding.expect: input should be 'more', 'less' or 'same', found 'most'"),
        ("{it.more}", "{it.mroe}", "surprise: runs can not fill the place with 'mroe'"),
        ("{it.more}", "{it.more", "surprise: runs can not fill the place"),
        ("{talk.second}", "{talks.second}", "explain.0: runs can not fill the place with 'talks'"),
        ('rests_on = ["forgetting"', 'rests_on = ["forgeting"', "there is no behavioural constant 'forgeting'; did you mean"),
        ('rules = ["sessions.scribe"', 'rules = ["meetings.scribe"', "rules.0: no rule is changed by 'meetings.scribe'"),
        ('"sessions.*.scribe=0"]', '"sessions.*.scrib=0"]', "first: --set sessions.*.scrib=0"),
        ('changes = ["sessions.*.minutes=150", "sessions.*.scribe=0"]', "", "trials.2: it is the same design as first"),
        ('base = "around-the-table"', 'base = "around-the-tabel"', "first: "),
        ('name = "both"', 'name = "with-notes"', "two designs have one name"),
        ("smallest = 0.02", "smallest = 0.02\nwhom = \"nobody\"", "there is nobody called 'nobody'"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_lesson_is_told_in_a_sentence(tmp_path, old, new, says):
    assert says in broken(tmp_path, old, new)


def test_one_more_file_is_one_more_lesson(tmp_path):
    text = (HERE / "note-taker.toml").read_text(encoding="utf-8")
    file = tmp_path / "another.toml"
    file.write_text(text.replace('title = "The note-taker"', 'title = "Another"'), encoding="utf-8")
    lesson = lessons.read(file)
    assert (lesson.key, lesson.title) == ("another", "Another")
    assert [one.name for one in lesson.designs()] == ["another-only-talk", "another-with-notes"]
    assert tomllib.loads(text)["order"] == lesson.order
