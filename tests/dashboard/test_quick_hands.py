"""What is done before the page has been drawn with what was done before is kept beside it."""

import pytest
import solara

import scenarios
from analysis.dashboard import choices, controls, desk, editors, jobs, links, visit
from analysis.dashboard.pages import compare, teach, watch

pytestmark = pytest.mark.kernel  # a page draws the run that is before the visitor


@pytest.fixture(autouse=True)
def nothing_done():
    """A visitor who has done nothing yet, before and after."""
    stores = (compare.asked, visit.run, desk.bench, desk.start, desk.chosen, teach.bets)
    before = [store.peek() for store in stores]
    yield
    for store, value in zip(stores, before, strict=True):
        store.set(value)


def told(element, legend, *messages):
    """Draw a part of a page, and tell a form of it several things as it was drawn then."""
    _, drawn = solara.render(element, handle_error=False)
    (hear,) = [form.hear for form in drawn.find(controls.Form).widgets if form.spec["legend"] == legend]
    for key, value in messages:
        hear({"key": key, "value": value})
    drawn.close()


def test_a_seed_and_a_number_of_worlds():
    part = compare.HowMany(compare.now_asked(), [], jobs.Job(), lambda: None)
    told(part, "How many worlds", ("seed", 11), ("worlds", "50"), ("add", 1), ("add", 2))
    now = compare.asked.value
    assert (now.seed, now.worlds, len(now.choices)) == (11, 50, choices.MOST)


def test_a_design_and_what_is_changed_in_it():
    told(
        compare.Choosing(compare.now_asked()),
        "Design 2",
        ("option", "citizens-online"),
        ("change", "no-scribe"),
    )
    assert compare.asked.value.choices[1] == choices.Choice("citizens-online", "no-scribe")


def test_other_luck_again_and_again():
    visit.look_at(links.Run(scenarios.load("tick-box"), seed=5))
    told(watch.Page(), "What to watch", ("other", 1), ("other", 2), ("other", 3))
    assert visit.current().seed == 8


def test_groups_that_are_not_invited():
    visit.look_at(links.Run(scenarios.load("citizens-blended"), seed=7))
    draft = desk.at_work().now
    session = next(iter(draft.table["sessions"]))
    first, second, *_ = draft.scenario.groups
    part = editors.SessionEditor(draft, session, 0)
    told(part, "Who is invited", *((f"invite {session} {group}", False) for group in (first, second)))
    assert not {first, second} & set(desk.at_work().now.scenario.invited(session))


def test_a_bet_and_how_often(monkeypatch):
    monkeypatch.setattr(jobs, "use_job", jobs.Job)  # one that ends with a visit would need a server
    lesson = teach.lessons.all_lessons()["tick-box"]
    told(teach.Betting(lesson), "Your bet", ("choice", "more"), ("worlds", 70))
    assert teach.bets.value["tick-box"] == teach.Bet("more", 70)
