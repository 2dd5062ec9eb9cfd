"""Changes to single fields, and scenarios that build on others."""

import doctest
import json

import pytest

import scenarios
from scenarios.kinds import ROOT, is_model
from sim.errors import ScenarioError
from sim.scenario import Barrier, Trait

# One process in which every field of the definition is given.
EVERYTHING = {
    "name": "everything",
    "title": "t",
    "description": "d",
    "provenance": {"sourced": {"a": "b"}, "guessed": {"c": "d"}},
    "groups": {
        "patients": {
            "size": 3,
            "trust_in": {"staff": 0.4},
            "views": {"purpose": 0.3},
            "assets": {"digital": {"mean": 0.3, "spread": 0.1}},
        },
        "staff": {"size": 2},
    },
    "issues": {"purpose": {"title": "why"}},
    "templates": {"t": {"minutes": 30}},
    "sessions": {
        "only": {
            "week": 1,
            "template": "t",
            "agenda": {"dialogue": 0.5},
            "invited": ["patients"],
            "decide": True,
            "platform": {"owner": "patients", "readers": "followers"},
        }
    },
    "follows": {"degree": 2},
    "setting": "same/same",
    "preset": "eaa_only",
    "context": {
        "heat": {"why": "hot", "effects": {"dialogue": 0.5}, "themes": ["what"], "sessions": ["only"]}
    },
    "parameters": {"influence": 0.05},
}


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif value is not None:
        yield path, value


def fields(kind=ROOT, path=()):
    """Every key path of the definition, with `*` for names."""
    if is_model(kind.type):
        for key in kind.keys:
            yield from fields(kind.beneath(key), (*path, key))
    elif kind.type is dict and kind.inner is not None:
        yield from fields(kind.inner, (*path, "*"))
    else:
        yield path


LEAVES = list(leaves(scenarios.load(EVERYTHING).model_dump(mode="json")))


def test_the_walk_meets_every_field_of_the_definition():
    met = {path for path, _ in LEAVES}

    def is_met(pattern):
        return any(
            len(path) == len(pattern) and all(p in ("*", q) for p, q in zip(pattern, path, strict=True))
            for path in met
        )

    not_of_a_session = [path for path in fields() if path[0] != "templates" and path != ("base",)]
    assert len(not_of_a_session) > 80
    assert [path for path in not_of_a_session if not is_met(path)] == []


@pytest.mark.parametrize(
    ("path", "value"), LEAVES, ids=lambda part: ".".join(part) if isinstance(part, tuple) else None
)
def test_every_field_can_be_set_to_the_value_that_it_has(path, value):
    before = scenarios.load(EVERYTHING)
    after = scenarios.load(EVERYTHING, [f"{'.'.join(path)}={json.dumps(value)}"])
    assert after.digest() == before.digest()
    assert after.model_dump(exclude={"templates"}) == before.model_dump(exclude={"templates"})


@pytest.mark.parametrize(
    ("change", "read", "wanted"),
    [
        ("dials.documentation=0", lambda s: s.dials.documentation, 0),
        ("groups.citizens.size=12", lambda s: s.groups["citizens"].size, 12),
        (
            "setting=different/distributed",
            lambda s: {s.cell(name) for name in s.sessions},
            {"different/distributed"},
        ),
        ("parameters.influence=0.06", lambda s: s.parameters, {"influence": 0.06}),
        ("fidelity=diagonal", lambda s: s.fidelity, "diagonal"),
        ("sessions.what.minutes=30", lambda s: s.sessions["what"].minutes, 30),
        (" sessions.what.minutes = 30 ", lambda s: s.sessions["what"].minutes, 30),
        ("sessions.what.decide=true", lambda s: s.sessions["what"].decide, True),
        ("sessions.what.agenda.dialogue=0.7", lambda s: s.sessions["what"].shares()[2], 0.7),
        (
            "sessions.what.invited=patients,citizens",
            lambda s: s.sessions["what"].invited,
            ("patients", "citizens"),
        ),
        ('sessions.what.invited=["patients"]', lambda s: s.sessions["what"].invited, ("patients",)),
        ("decision.rule=75", lambda s: s.decision.rule, "75"),
        ("decision.rule=70/15", lambda s: s.decision.rule, "70/15"),
        ("decision.kinds=value", lambda s: s.decision.kinds, ("value",)),
        ("title=2024", lambda s: s.title, "2024"),
        ('title="in quotes"', lambda s: s.title, "in quotes"),
        ("title=a = b", lambda s: s.title, "a = b"),
        ("templates.workshop.minutes=60", lambda s: {one.minutes for one in s.sessions.values()}, {60}),
        ("prices.currency=EUR", lambda s: s.prices.currency, "EUR"),
        ("groups.nurses={ size = 3 }", lambda s: s.groups["nurses"].size, 3),
        (
            "context.heat={ effects = { dialogue = 0.5 } }",
            lambda s: s.context["heat"].effects,
            {"dialogue": 0.5},
        ),
    ],
)
def test_a_change_means_what_a_planner_means_by_it(change, read, wanted):
    assert read(scenarios.load("citizens-blended", [change])) == wanted


def test_a_change_of_nothing_else_changes_nothing_else():
    before, after = (
        scenarios.load("citizens-blended"),
        scenarios.load("citizens-blended", ["dials.documentation=0"]),
    )
    assert after.model_copy(update={"dials": before.dials}) == before


def test_later_changes_win():
    assert scenarios.load("nine-cells", ["dials.assets=0.1", "dials.assets=0.2"]).dials.assets == 0.2


def test_changes_may_be_given_as_values():
    scenario = scenarios.load("nine-cells", {"dials.assets": 0.25, "sessions.first.invited": ["citizens"]})
    assert scenario.dials.assets == 0.25
    assert scenario.sessions["first"].invited == ("citizens",)


def test_a_star_stands_for_all_groups_and_all_sessions():
    scenario = scenarios.load("citizens-blended", ["sessions.*.scribe=0", "groups.*.openness=0.2"])
    assert {session.scribe for session in scenario.sessions.values()} == {0}
    assert {group.openness.mean for group in scenario.groups.values()} == {0.2}


def test_a_star_stands_for_all_keys_where_the_keys_are_fixed():
    dials = scenarios.load("nine-cells", ["dials.*=0"]).dials
    assert set(dials.model_dump().values()) == {0}


def test_two_stars_stand_for_every_view_of_every_group():
    scenario = scenarios.load("nine-cells", ["groups.*.views.*.spread=0.1"])
    assert {view.spread for group in scenario.groups.values() for view in group.views.values()} == {0.1}
    assert scenario.groups["citizens"].views["purpose"].mean == 0.5


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ("groups.patients.power.spread=0.05", Trait(mean=0.35, spread=0.05)),  # a plain number in the file
        ("groups.patients.power=0.9", Trait(mean=0.9)),
        ("groups.patients.power={ mean = 0.6, spread = 0.2 }", Trait(mean=0.6, spread=0.2)),
    ],
)
def test_a_trait_may_be_a_number_below_and_a_table_above_or_the_reverse(change, wanted):
    assert scenarios.load("citizens-blended", [change]).groups["patients"].power == wanted


def test_a_spread_alone_leaves_the_mean_that_the_definition_gives():
    assert scenarios.load("citizens-blended", ["groups.citizens.tolerance.spread=0.1"]).groups[
        "citizens"
    ].tolerance == Trait(mean=0.9, spread=0.1)


def test_a_barrier_that_is_a_plain_number_keeps_it_as_its_level():
    change = ["groups.patient.barriers.communication.share=0.3"]
    assert scenarios.load("shared-decision", change).groups["patient"].barriers.communication == Barrier(
        level=0.2, share=0.3
    )


def test_a_plain_number_replaces_a_table():
    change = ["groups.citizens.barriers.digital=0.5"]
    assert scenarios.load("citizens-blended", change).groups["citizens"].barriers.digital == Barrier(
        level=0.5, share=1
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("dials", "a change is written key.path=value"),
        ("=3", "a change is written key.path=value"),
        ("dials.=3", "a change is written key.path=value"),
        ("dial.documentation=0", "there is no 'dial'; did you mean 'dials'?"),
        ("groups.patient.size=3", "there is no 'patient' in groups; did you mean 'patients'?"),
        ("groups.patients.sise=3", "there is no 'sise' in groups.patients; did you mean 'size'?"),
        ("sessions.whatt.minutes=3", "there is no 'whatt' in sessions; did you mean 'what'?"),
        ("sessions.what.dials.dialog=0", "did you mean 'dialogue'?"),
        ("parameters.influense=0.1", "did you mean 'influence'?"),
        ("templates.workshop.minuts=3", "did you mean 'minutes'?"),
        ("groups.patients.views.pai=0.3", "there is no issue 'pai'; did you mean 'pay'?"),
        ("groups.patients.size.much=3", "groups.patients.size is a single value"),
        ("context.*.effects.dialogue=1", "there is nothing here that the * could stand for"),
        ("base=nine-cells", "a base cannot be changed in this way"),
        ("dials.documentation=2", "found 2; a number from 0 to 1 would do"),
        ("dials.documentation=none", "found the text 'none'; a number from 0 to 1 would do"),
        ("dials.documentation=nan", "found nan; a finite number from 0 to 1 would do"),
        ("sessions.what.decide=yes", "found the text 'yes'; true or false would do"),
        ("setting=same/table", "a setting is time/space"),
        ("fidelity=diagnal", "did you mean 'diagonal'?"),
        ("groups.*.power=0", "the mean must be above 0"),
        ("groups.citizens={ sise = 3 }", "groups.citizens.sise: there is no such key; did you mean 'size'?"),
        ("sessions.first.week=1\nx=2", "there is no 'first' in sessions"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused_in_a_sentence_that_repeats_it(change, words):
    with pytest.raises(ScenarioError) as caught:
        scenarios.load("citizens-blended", [change])
    told = str(caught.value)
    assert "--set" in told.split("\n")[0]
    assert words in told


# Bases


def test_a_scenario_takes_everything_from_its_base_but_what_it_is_called(tmp_path):
    file = tmp_path / "Our plan 2.toml"
    file.write_text('base = "citizens-blended"\n[groups.citizens]\nsize = 20\n', encoding="utf-8")
    mine, base = scenarios.load(file), scenarios.load("citizens-blended")
    assert (mine.name, mine.title, mine.description) == ("our-plan-2", "", "")
    assert mine.groups["citizens"].size == 20
    assert mine.groups["citizens"].views == base.groups["citizens"].views
    assert mine.sessions == base.sessions


def test_a_base_may_lie_in_a_folder_beside_the_file_and_have_a_base_itself(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.toml").write_text('base = "b.toml"\ndials.assets = 0.5\n', encoding="utf-8")
    (tmp_path / "parts" / "b.toml").write_text(
        'base = "nine-cells"\ndials.assets = 0.1\ndials.dialogue = 0.2\n', encoding="utf-8"
    )
    mine = tmp_path / "2025.toml"
    mine.write_text('base = "parts/a.toml"\n', encoding="utf-8")
    scenario = scenarios.load(mine)
    assert scenario.name == "scenario-2025"
    assert (scenario.dials.assets, scenario.dials.dialogue) == (0.5, 0.2)


def test_a_number_over_a_table_of_the_base_replaces_it_and_a_table_over_a_number_adds_to_it(tmp_path):
    (tmp_path / "a.toml").write_text(
        'base = "nine-cells"\n[groups.citizens]\npower = { mean = 0.4, spread = 0.01 }\ntrust = 0.3\n',
        encoding="utf-8",
    )
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'base = "a.toml"\n[groups.citizens]\npower = 0.7\ntrust.spread = 0.02\n', encoding="utf-8"
    )
    citizens = scenarios.load(mine).groups["citizens"]
    assert citizens.power == Trait(mean=0.7)
    assert citizens.trust == Trait(mean=0.3, spread=0.02)


def test_the_name_of_a_library_scenario_wins_over_a_folder_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nine-cells").mkdir()
    assert scenarios.load("nine-cells").name == "nine-cells"


def test_a_path_need_not_end_in_toml_if_it_exists(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan").write_text('base = "nine-cells"\n', encoding="utf-8")
    assert scenarios.load("plan").name == "plan"


def test_read_gives_the_table_before_it_is_checked():
    table = scenarios.read("around-the-table", ["groups.citizens.size=0"])
    assert table["groups"]["citizens"]["size"] == 0
    assert table["setting"] == "same/same"
    assert table["prices"]["currency"] == "SEK"


def test_the_public_surface_is_small():
    assert scenarios.__all__ == [
        "Claim", "Kind", "Pattern", "Patterns", "Theory", "at", "check", "dumps", "faults", "load", "loads", "names", "path",
        "patterns", "read", "slug", "theories", "theory",
    ]  # fmt: skip
    assert all(callable(getattr(scenarios, name)) for name in scenarios.__all__)


def test_the_example_of_the_package_runs():
    assert doctest.testmod(scenarios) == (0, 2)
