"""docs/conventions.md defines the words that coprod uses."""

import re

import pytest

from sim.layout import Field
from sim.plan import TABLES
from sim.scenario import MECHANISMS, THEMES
from sim.setting import BARRIERS
from tests.documents.blocks import ROOT

TEXT = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([\w, ]+?) \| (.+) \|$", TEXT.split("## Axes")[0], re.MULTILINE))
FIXED = [
    "scenario",
    "design",
    "session",
    "setting",
    "channel",
    "group",
    "participant",
    "barrier",
    "support",
    "mechanism",
    "dial",
    "record",
    "entry",
    "picture",
    "draft",
    "outcome",
    "run",
    "replicate",
    "study",
]


@pytest.mark.parametrize("word", FIXED)
def test_every_fixed_word_has_its_line(word):
    assert ROWS[word]


@pytest.mark.parametrize(
    ("word", "names"), [("mechanism", MECHANISMS), ("theme", THEMES), ("barrier", BARRIERS)]
)
def test_words_for_short_lists_name_the_whole_list_in_its_order(word, names):
    places = [re.search(rf"\b{name}\b", ROWS[word]).start() for name in names]
    assert places == sorted(places)


def test_every_letter_that_stands_for_an_axis_is_explained():
    fields = [field for _, table in TABLES for field in table if isinstance(field, Field)]
    used = {axis for field in fields for axis in field.axes if isinstance(axis, str)}
    axes = TEXT.split("## Axes")[1].split("## Units")[0]
    explained = set(re.findall(r"(?<=[| ])([A-Z])(?=[,| ])", axes))
    assert used <= explained
