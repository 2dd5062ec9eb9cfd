"""docs/dashboard.md says what the dashboard allows, which pages it has, and where things are."""

import re

from analysis.dashboard.limits import MB, Limits
from tests.documents.blocks import ROOT

TEXT = (ROOT / "docs" / "dashboard.md").read_text(encoding="utf-8")
ROWS = {
    what: (alone, shared)
    for what, alone, shared in re.findall(
        r"^\| ([^|]+?) \| ([\d,]+[^|]*?) \| ([\d,]+[^|]*?) \|$", TEXT, re.MULTILINE
    )
}


def test_its_limits_are_those_of_the_server():
    kinds = (Limits.alone(), Limits.together())
    said = {
        "people in one design": [f"{one.people:,}" for one in kinds],
        "worlds for one design": [f"{one.replicates:,}" for one in kinds],
        "people x sessions x worlds of one design": [f"{one.work:,}" for one in kinds],
        "browsers at a time": [f"{one.visitors}" for one in kinds],
        "size of a scenario file": [f"{one.upload * 1024 // MB} kB" for one in kinds],
        "a page without its browser is kept for": [f"{one.idle // 60} minutes" for one in kinds],
    }
    assert {what: list(row) for what, row in ROWS.items()} == said


def test_it_names_every_page_and_no_other():
    from analysis.dashboard.pages.frame import PAGES

    assert re.findall(r"^\| \*\*(\w+)\*\* \(`/(\w+)`", TEXT, re.MULTILINE) == [
        (name, path) for path, name in PAGES
    ]


def test_every_place_in_the_code_that_it_names_is_there():
    for place in re.findall(r"`(analysis/[\w./]+)`", TEXT):
        assert (ROOT / place).exists(), place
