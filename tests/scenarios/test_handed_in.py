"""A file that somebody hands in is read like any other, but reads nothing else from this disk."""

import pytest

import scenarios
from sim import ScenarioError

SMALL = "groups.a.size = 2\nissues.x = {}\nsessions.s.week = 0\n"


def test_it_says_the_same_as_the_file_on_disk():
    file = scenarios.path("citizens-blended")
    assert scenarios.loads(file.read_text(encoding="utf-8"), file.name) == scenarios.load("citizens-blended")


def test_it_may_build_on_a_process_of_the_library():
    table = scenarios.loads('base = "citizens-blended"\ngroups.citizens.size = 9\n', "Ours, 2nd try.toml")
    assert (table.name, table.groups["citizens"].size) == ("ours-2nd-try", 9)


@pytest.mark.parametrize(
    "base", ["/etc/passwd", "../x.toml", "library/../../secret.toml", "citizens-blended.toml", "."]
)
def test_it_may_not_build_on_a_file(base, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "citizens-blended.toml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(ScenarioError) as mistake:
        scenarios.loads(f'title = "x"\nbase = "{base}"\n', "mine.toml")
    said = str(mistake.value)
    assert said.startswith("mine.toml, line 2: base: a file that is handed in builds on the library alone")
    assert "\n" not in said


def test_mistakes_are_told_with_the_lines_of_the_file():
    with pytest.raises(
        ScenarioError, match=r"^mine\.toml, line 4: groups\.a\.power: the mean must be above 0"
    ):
        scenarios.loads(SMALL + "groups.a.power = 3\n", "mine.toml")


def test_what_is_no_toml_is_told():
    with pytest.raises(ScenarioError, match=r"^mine\.toml, line 1: this is not TOML"):
        scenarios.loads("<html>", "folder/mine.toml")


def test_a_text_that_is_far_too_long_is_refused():
    with pytest.raises(ScenarioError, match="too long"):
        scenarios.loads("#" * 2_000_001, "mine.toml")


def test_faults_stand_by_the_key_path_of_what_is_wrong():
    table = scenarios.read(
        "citizens-blended", ["groups.citizens.size=0", "sessions.why.agenda={dialogue=0.7, assets=0.6}"]
    )
    assert dict(scenarios.faults(table)) == {
        ("groups", "citizens", "size"): "found 0; a whole number from 1 to 2000000 would do",
        ("sessions", "why", "agenda"): "the six shares add up to 1.3; they must not exceed 1",
    }


def test_there_are_no_faults_where_there_is_nothing_wrong():
    assert scenarios.faults(scenarios.read("nine-cells")) == ()


@pytest.mark.parametrize(("path", "low", "high", "above"), [
    ("groups.any.power", 0, 1, True),
    ("groups.any.views.any", -1, 1, False),
    ("groups.any.tolerance", 0, 2, True),
    ("groups.any.barriers.travel.share", 0, 1, False),
    ("sessions.any.minutes", 0, 100_000, True),
])  # fmt: skip
def test_what_may_stand_at_a_key_path_is_read_off_the_definition(path, low, high, above):
    kind = scenarios.at(path.split("."))
    assert (kind.low, kind.high, kind.above) == (low, high, above)


@pytest.mark.parametrize("name", scenarios.names())
def test_a_written_scenario_is_read_as_the_same(name):
    once = scenarios.loads(scenarios.dumps(scenarios.load(name)), f"{name}.toml")
    assert scenarios.loads(scenarios.dumps(once), f"{name}.toml") == once
    assert _said(once) == _said(scenarios.load(name))


def _said(scenario):
    table = scenario.model_dump(exclude={"base", "templates"})
    for session in table["sessions"].values():
        del session["template"]
    return table


@pytest.mark.parametrize(
    "text",
    [
        'two\nlines, "quoted"',
        "\nfirst",
        'tri"""ple',
        "back\\slash",
        "carriage\r\nreturn",
        "\x00\x1b",
        "æøå 🙂",
    ],
)
def test_any_text_can_be_written(text):
    table = scenarios.read("nine-cells") | {"description": text, "title": text}
    table["provenance"] = {"guessed": {text: text}}
    scenario = scenarios.load(table)
    assert _said(scenarios.loads(scenarios.dumps(scenario), f"{scenario.name}.toml")) == _said(scenario)


def test_what_is_written_is_short():
    said = scenarios.dumps(scenarios.load("citizens-blended"))
    assert "size = 8\n" in said
    assert "week = 4\n" in said
    assert "openness" not in said  # nobody changed it
    assert "barriers.travel = {level = 0.3, share = 0.3}\n" in said
    assert "name" not in said.split("\n", 1)[0]
