"""Mistakes in scenario files: each is one plain sentence, and each kind has its file in `scenarios/_broken/`."""

import re
from pathlib import Path

import pytest

import scenarios
from sim.errors import ScenarioError

BROKEN = Path(scenarios.__file__).parent / "_broken"
FILES = sorted(path for path in BROKEN.iterdir() if path.suffix == ".toml")
OF_THE_MACHINERY = re.compile(
    r"pydantic|Traceback|validation error|Input should|Value error|value_error|\bNone\b|<class"
)
WHERE = re.compile(r"^\S+?(\.toml)(, line \d+)?: ")

PLAIN = """
[groups.patients]
size = 6
[groups.staff]
size = 6
[issues.purpose]
[sessions.kickoff]
week = 0
"""


def expected(file: Path) -> list[str]:
    """The words that the message must hold: in the file's first line, or in the README of a folder."""
    told = file / "README" if file.is_dir() else file
    first = told.read_bytes().decode("latin-1").split("\n")[0]
    assert first.startswith("# expect: "), f"{file.name} does not say what is expected of it"
    return re.findall(r'"([^"]*)"', first)


def message(source, changes=()) -> str:
    with pytest.raises(ScenarioError) as caught:
        scenarios.load(source, changes)
    return str(caught.value)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A function that writes a file into a folder of its own, which is the working folder."""
    monkeypatch.chdir(tmp_path)

    def write(text: str | bytes, name: str = "mine.toml") -> str:
        content = text.encode() if isinstance(text, str) else text
        (tmp_path / name).write_bytes(content)
        return name

    return write


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_kind_of_mistake_is_told_in_the_words_that_its_file_expects(file):
    words, told = expected(file), message(file)
    assert words
    assert [word for word in words if word not in told] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_mistake_is_a_line_that_names_a_file_and_nothing_of_the_machinery(file):
    for sentence in message(file).split("\n"):
        assert WHERE.match(sentence) or re.fullmatch(r"and \d+ more mistakes?", sentence)
        assert not OF_THE_MACHINERY.search(sentence)


def test_an_empty_file_says_nothing(written):
    assert message(written("")) == (
        "mine.toml: this file says nothing; a scenario needs groups, issues and sessions, or a base"
    )


def test_a_file_that_is_absurdly_large_is_not_even_read(written):
    assert "this file has 2.1 MB; a scenario has at most 2 MB" in message(written(b"#" * 2_100_000))


def test_a_file_that_cannot_be_read_says_why(written, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    name = written(PLAIN)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert message(name) == "mine.toml: this file cannot be read: permission denied"


def test_a_file_that_is_not_there_is_named():
    assert message("nowhere/mine.toml") == "nowhere/mine.toml: there is no such file"


def test_a_link_that_leads_round_in_a_circle_is_not_a_file(tmp_path):
    link = tmp_path / "loop.toml"
    link.symlink_to(link)
    assert "loop.toml: this is not an ordinary file" in message(link)


@pytest.mark.parametrize("name", ["a\0b.toml", "x" * 400 + ".toml"])
def test_what_cannot_be_the_name_of_a_file_is_a_mistake_like_others(name):
    assert "\n" not in message(name)


def test_a_name_that_is_not_in_the_library_suggests_the_nearest():
    assert message("citizen-blended") == (
        "there is no scenario 'citizen-blended' in the library; did you mean 'citizens-blended'?"
    )


def test_a_name_that_is_near_to_nothing_lists_the_library():
    told = message("zzz")
    assert all(name in told for name in scenarios.names())


def test_a_mark_that_editors_put_before_the_text_is_no_mistake(written):
    assert scenarios.load(written(b"\xef\xbb\xbf" + PLAIN.encode())).people == 12


def test_lines_are_counted_alike_when_they_end_as_on_windows(written):
    name = written(PLAIN.replace("week = 0", "week = -1").replace("\n", "\r\n"))
    assert message(name).startswith("mine.toml, line 8: sessions.kickoff.week: found -1;")


def test_all_mistakes_are_told_in_the_order_in_which_they_stand(written):
    told = message(written(PLAIN.replace("size = 6", "size = 0").replace("week = 0", "week = inf"))).split(
        "\n"
    )
    assert [re.search(r"line \d+: [a-z.]+", sentence)[0] for sentence in told] == [
        "line 3: groups.patients.size",
        "line 5: groups.staff.size",
        "line 8: sessions.kickoff.week",
    ]


def test_a_mistake_in_a_template_is_told_once_however_many_sessions_use_it(written):
    text = PLAIN + 'template = "t"\n[sessions.second]\nweek = 1\ntemplate = "t"\n[templates.t]\nminutes = 0\n'
    assert message(written(text)).startswith("mine.toml, line 14: templates.t.minutes: found 0;")
    assert "\n" not in message("mine.toml")


def test_a_mistake_in_a_template_that_nobody_uses_is_told_too(written):
    assert "mine.toml, line 10: templates.t.minuts: there is no such key; did you mean 'minutes'?" in message(
        written(PLAIN + "[templates.t]\nminuts = 30\n")
    )


def test_a_mistake_is_looked_for_in_the_file_where_it_was_written_last(written):
    written(PLAIN.replace("size = 6", "size = 6\npower = { mean = 0.5 }", 1), "below.toml")
    assert message(written('base = "below.toml"\n[groups.patients]\npower = 3\n')).startswith(
        "mine.toml, line 3: groups.patients.power: "
    )


def test_what_is_wrong_in_a_base_is_said_of_the_base(written):
    written(PLAIN + "minutes = 0\n", "below.toml")
    assert message(written('base = "below.toml"\n')).startswith(
        "below.toml, line 9: sessions.kickoff.minutes: found 0;"
    )


def test_hundreds_of_mistakes_are_counted_and_not_told(written):
    told = message(written(PLAIN + "".join(f"x{number} = 1\n" for number in range(600)))).split("\n")
    assert len(told) == 11
    assert told[-1] == "and hundreds more mistakes"


def test_check_gives_the_sentences_and_nothing_for_a_sound_file(written):
    assert scenarios.check(written(PLAIN)) == ()
    assert len(scenarios.check(written(PLAIN.replace("size = 6", "size = 0")))) == 2


def test_a_table_in_memory_is_held_to_the_same_rules():
    assert message({"base": "nine-cells", "groups": {"citizens": {"size": 0}}}) == (
        "the scenario: groups.citizens.size: found 0; a whole number from 1 to 2000000 would do"
    )


def test_a_value_of_no_kind_that_toml_knows_is_named_by_its_kind():
    assert "kernel: found something of type object; one of smooth" in message(
        {"base": "nine-cells", "kernel": object()}
    )
