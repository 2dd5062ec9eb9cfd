"""Where keys stand in a TOML text."""

import tomllib

import pytest

import scenarios
from scenarios.lines import lines

TEXT = '''# a comment with = and [brackets]
title = "a = b # not a comment"
long = """
[not.a.table]
x = 1
"""
literal = \'\'\'it's
''\'\'\'
list = [
  1, # one
  "two]",
  { three = 3 },
]

[groups."odd name"]
size = 1
barriers.travel = { share = 0.1, level = { x = 1 } }

[[rows]]
a = 1
[[rows]]
a = 2
'''


def test_every_kind_of_writing_is_found_in_its_line():
    found = lines(TEXT)
    assert tomllib.loads(TEXT)
    assert found[("title",)] == 2
    assert found[("long",)] == 3
    assert found[("literal",)] == 7
    assert found[("list", "1")] == 11
    assert found[("list", "2", "three")] == 12
    assert found[("groups",)] == 15
    assert found[("groups", "odd name", "size")] == 16
    assert found[("groups", "odd name", "barriers", "travel", "level", "x")] == 17
    assert found[("rows", "0", "a")] == 20
    assert found[("rows", "1", "a")] == 22


def test_a_key_within_a_text_is_not_a_key():
    assert ("not",) not in lines(TEXT)
    assert ("x",) not in lines(TEXT)


def test_lines_that_end_as_on_windows_are_counted_once():
    assert lines(TEXT.replace("\n", "\r\n")) == lines(TEXT)


@pytest.mark.parametrize("name", scenarios.names())
def test_every_key_of_the_library_stands_in_the_line_that_is_named(name):
    text = scenarios.path(name).read_text(encoding="utf-8")
    rows = text.splitlines()
    found = lines(text)

    def keys(table, path=()):
        for key, value in table.items():
            yield (*path, key)
            if isinstance(value, dict):
                yield from keys(value, (*path, key))

    for path in keys(tomllib.loads(text)):
        assert path[-1] in rows[found[path] - 1], path


def test_a_text_that_is_not_toml_does_no_harm():
    assert lines("a = [") == {("a",): 1}
