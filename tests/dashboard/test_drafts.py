"""A scenario in the making: what is sound is in force, what is not is kept, and every step can be taken back."""

import pytest

import scenarios
from analysis.dashboard import drafts
from analysis.dashboard.drafts import Desk
from sim import ScenarioError


@pytest.fixture
def draft():
    return drafts.begun(scenarios.load("citizens-blended"))


SIZE = ("groups", "citizens", "size")


def test_a_sound_value_is_in_force_at_once(draft):
    now = drafts.put(draft, SIZE, 12)
    assert now.scenario.groups["citizens"].size == 12
    assert draft.scenario.groups["citizens"].size == 8
    assert not now.pending


def test_a_mistake_stays_in_its_field_with_a_sentence_and_the_last_sound_scenario_in_force(draft):
    now = drafts.put(draft, SIZE, 0)
    assert now.value(*SIZE) == 0
    assert now.wrong(*SIZE) == "Found 0; a whole number from 1 to 2000000 would do."
    assert now.scenario == draft.scenario


def test_what_is_typed_elsewhere_counts_while_a_mistake_waits(draft):
    now = drafts.put(drafts.put(draft, SIZE, "many"), ("groups", "patients", "size"), 6)
    assert now.scenario.groups["patients"].size == 6
    assert now.value(*SIZE) == "many"
    assert drafts.put(now, SIZE, 9).pending == {}
    assert drafts.dismiss(now, SIZE).value(*SIZE) == 8


def test_two_values_that_are_wrong_apart_may_be_right_together(draft):
    own = drafts.own_agenda(draft, "why", True)
    agenda = ("sessions", "why", "agenda")
    more = drafts.put(own, (*agenda, "dialogue"), 0.9)
    assert more.wrong(*agenda, "dialogue") == "The six shares add up to 1.6; they must not exceed 1."
    less = drafts.put(more, (*agenda, "intentions"), 0)
    assert less.pending.keys() == {(*agenda, "dialogue")}  # 0 is in force, and still too much
    done = drafts.put(drafts.put(less, (*agenda, "assets"), 0), (*agenda, "understanding"), 0)
    assert done.pending == {}
    assert done.scenario.sessions["why"].shares() == (0, 0, 0.9, 0.05, 0.05, 0)
    assert drafts.own_agenda(done, "why", False).scenario.sessions["why"].agenda is None


def test_a_changed_process_of_the_library_is_another_one(draft):
    now = drafts.put(draft, SIZE, 12)
    assert now.scenario.name == "my-citizens-blended"
    assert "citizens-blended" in now.scenario.provenance.guessed["changes"]
    assert drafts.put(now, ("title",), "The Ward, 2nd floor").scenario.name == "the-ward-2nd-floor"
    assert draft.scenario == scenarios.load("citizens-blended")


def test_a_draft_reads_no_files_whatever_is_put_in(draft, tmp_path):
    (tmp_path / "secret.toml").write_text('title = "secret"', encoding="utf-8")
    for base in (str(tmp_path / "secret.toml"), "/etc/passwd", "tick-box"):
        now = drafts.put(draft, ("base",), base)
        assert now.scenario.base is None or now.scenario == draft.scenario
        assert now.scenario.title == draft.scenario.title
        assert drafts.put(now, SIZE, 9).scenario.base is None


def test_sessions_stand_in_the_order_of_their_weeks(draft):
    now = drafts.put(draft, ("sessions", "why", "week"), 9.5)
    assert list(now.scenario.sessions) == ["who", "how", "why", "what", "refine", "reflect"]
    late = drafts.put(now, ("sessions", "who", "week"), -2)
    assert late.wrong("sessions", "who", "week") == "Found -2; a number from 0 to 5200 would do."
    assert next(iter(late.scenario.sessions)) == "who"


def test_a_session_that_nobody_can_reach_there_stays_where_it_was(draft):
    away = drafts.begun(scenarios.load(draft.table, ["groups.*.barriers.travel=1"]))
    away = drafts.put(away, ("sessions", "why", "supports", "travel"), 0)
    now = drafts.place(away, "why", "same/same")
    assert now.scenario.cell("why") == "blended/blended"
    assert now.wrong("sessions", "why", "setting").startswith("Nobody can reach it")


def test_one_session_can_leave_a_cell_that_was_set_for_all():
    draft = drafts.place(drafts.begun(scenarios.load("around-the-table")), "why", "different/distributed")
    assert draft.scenario.setting is None
    assert {draft.scenario.cell(name) for name in draft.scenario.sessions if name != "why"} == {"same/same"}
    assert draft.scenario.cell("why") == "different/distributed"


def test_a_group_is_added_like_another_and_its_name_is_made_of_what_is_typed(draft):
    now, name = drafts.add_group(draft, "Carers & friends", "patients")
    again, other = drafts.add_group(now, "Carers & friends", "patients")
    assert (name, other) == ("carers-friends", "carers-friends-2")
    assert again.scenario.groups[other].barriers == draft.scenario.groups["patients"].barriers
    assert again.scenario.groups[name].title == "Carers & friends"
    with pytest.raises(ScenarioError, match="Type a name"):
        drafts.add_group(draft, "  ", "patients")


def test_what_is_removed_is_gone_from_everywhere(draft):
    only = drafts.invite(draft, "why", "citizens", False)
    only = drafts.put(only, ("groups", "researchers", "trust_in"), {"patients": 0.9})
    typed = drafts.put(only, ("groups", "patients", "size"), 0)
    now = drafts.remove(typed, "groups", "patients")
    assert now.scenario.sessions["why"].invited == ("professionals", "researchers")
    assert now.scenario.groups["researchers"].trust_in == {}
    assert now.pending == {}
    assert "pay" not in drafts.remove(draft, "issues", "pay").scenario.groups["citizens"].views
    assert "who" not in drafts.remove(draft, "sessions", "who").scenario.sessions


def test_a_factor_that_was_at_work_in_a_removed_session_alone_does_not_spread_to_all(draft):
    at_work = {"haste": {"effects": {"dialogue": 0.5}, "sessions": ["who"]}}
    busy = drafts.begun(scenarios.load(draft.table | {"context": at_work}))
    assert drafts.remove(busy, "sessions", "who").scenario.context == {}


@pytest.mark.parametrize(
    ("kind", "said"),
    [("groups", "one is needed"), ("issues", "one is needed"), ("sessions", "one is needed")],
)
def test_the_last_of_a_kind_stays(kind, said, draft):
    names = list(draft.table[kind])
    one = drafts.begun(scenarios.load({**draft.table, **_alone(draft.table, kind)}))
    with pytest.raises(ScenarioError, match=said):
        drafts.remove(one, kind, names[0])


def _alone(table, kind):
    name, thing = next(iter(table[kind].items()))
    groups = table["groups"] if kind != "groups" else {name: thing}
    issues = [name] if kind == "issues" else list(table["issues"])
    groups = {
        key: {**group, "views": {i: group["views"][i] for i in issues}} for key, group in groups.items()
    }
    return {"groups": groups} | ({kind: {name: thing}} if kind != "groups" else {})


def test_the_only_group_that_is_invited_stays(draft):
    alone = draft
    for group in ("citizens", "professionals", "researchers"):
        alone = drafts.invite(alone, "why", group, False)
    with pytest.raises(ScenarioError, match="at least one group"):
        drafts.invite(alone, "why", "patients", False)
    with pytest.raises(ScenarioError, match="Nobody else is invited to 'Why are we here"):
        drafts.remove(alone, "groups", "patients")


def test_inviting_everybody_again_leaves_it_open_for_groups_to_come(draft):
    now = drafts.invite(drafts.invite(draft, "why", "citizens", False), "why", "citizens", True)
    assert now.scenario.sessions["why"].invited == ()


def test_sessions_are_added_in_step_and_copied_in_place(draft):
    added, name = drafts.add_session(draft, "why", "different/distributed")
    assert list(added.scenario.sessions)[-1] == name
    assert (added.scenario.sessions[name].week, added.scenario.cell(name)) == (24, "different/distributed")
    twice, name = drafts.duplicate(added, "who")
    assert list(twice.scenario.sessions)[1:3] == ["who", name]
    assert twice.scenario.sessions[name].week == 4
    whole, name = drafts.add_session(drafts.begun(scenarios.load("around-the-table")), "why", "same/same")
    assert whole.scenario.cell(name) == "same/same"


def test_sixty_steps_can_be_taken_back_and_made_again(draft):
    desk = Desk(draft)
    for size in range(1, 61):
        desk = desk.did(drafts.put(desk.now, SIZE, size), f"size {size}")
    back = desk
    for _ in range(60):
        back = back.undone()
    assert back.now.scenario == draft.scenario  # the very process of the library again
    assert back.now.table == draft.table
    assert back.undone() is back
    forth = back
    for _ in range(60):
        forth = forth.redone()
    assert forth.now.scenario == desk.now.scenario
    assert sum(len(step.packed) for step in forth.past) < 250_000
    assert forth.redone() is forth


def test_a_slider_that_is_moved_by_its_keys_is_one_step(draft):
    desk = Desk(draft)
    for number in range(5):
        desk = desk.did(drafts.put(desk.now, SIZE, 9 + number), "citizens: size", at=10 + 0.3 * number)
    assert desk.undone().now.scenario == draft.scenario
    later = desk.did(drafts.put(desk.now, SIZE, 2), "citizens: size", at=20)
    assert later.undone().now.scenario == desk.now.scenario


def test_a_mistake_comes_back_by_undo_as_it_was_typed(draft):
    desk = Desk(draft).did(drafts.put(draft, SIZE, 0), "size")
    desk = desk.did(drafts.put(desk.now, SIZE, 3), "size again")
    assert desk.undone().now.wrong(*SIZE)
