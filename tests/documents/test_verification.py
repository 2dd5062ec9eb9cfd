"""docs/verification.md has a control and a figure or a number for everything that it says is verified, and they are there."""

import json
import re

import pytest

from tests.documents.blocks import ROOT

DOCS = ROOT / "docs"
TEXT = (DOCS / "verification.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
ROWS = [
    [cell.strip() for cell in row]
    for row in re.findall(
        r"^\| (\[.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", TEXT.split("## ")[0], re.MULTILINE
    )
]
FIGURES = re.findall(r"^!\[(.+)\]\(figures/([\w-]+)\.svg\)$", TEXT, re.MULTILINE)
MEASURED = json.loads((DOCS / "figures" / "measured.json").read_text(encoding="utf-8"))
NO_RESULT = {"What this does not show"}


def anchor(title):
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def test_the_table_has_a_row_for_every_section():
    assert [re.search(r"\(#([\w-]+)\)", row[0])[1] for row in ROWS] == [
        anchor(title) for title in SECTIONS if title not in NO_RESULT
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_names_a_figure_a_test_and_a_control(row):
    _, how, figure, test, control = row
    assert how
    assert control
    title = next(t for t in SECTIONS if f"(#{anchor(t)})" in row[0])
    if figure.startswith("in numbers:"):
        assert re.search(r"\d", SECTIONS[title])
        assert "Measured" in SECTIONS[title] or "| measured |" in SECTIONS[title]
    else:
        number = re.match(r"\[(\d)\]", figure)[1]
        assert f"*Figure {number}." in SECTIONS[title]
        assert "](figures/" in SECTIONS[title]
    files = re.findall(r"`(tests/[\w/]+\.py)`", test)
    assert files or "python -m" in test
    assert all((ROOT / file).exists() for file in files)


def test_figures_are_drawn_once_each_and_all_are_shown():
    assert sorted(name for _, name in FIGURES) == sorted(MEASURED)
    assert sorted(name for _, name in FIGURES) == sorted(p.stem for p in (DOCS / "figures").glob("*.svg"))
    numbers = re.findall(r"^\*Figure (\d)\.", TEXT, re.MULTILINE)
    assert numbers == [str(n + 1) for n in range(len(FIGURES))]


@pytest.mark.parametrize(("words", "name"), FIGURES, ids=[name for _, name in FIGURES])
def test_every_figure_is_told_in_words_to_those_who_cannot_see_it(words, name):
    assert len(words.split()) > 25
    drawing = (DOCS / "figures" / f"{name}.svg").read_text(encoding="utf-8")
    assert drawing.startswith("<svg")
    assert 0 < float(re.search(r'width="([\d.]+)"', drawing)[1]) <= 780
    assert not re.search(r'(?:href|src)="https?:', drawing)


@pytest.mark.parametrize("name", MEASURED)
def test_the_page_says_the_numbers_that_were_measured_with_the_figure(name):
    section = next(body for body in SECTIONS.values() if f"figures/{name}.svg" in body)
    for what, value in MEASURED[name].items():
        shown = f"{value:,}" if isinstance(value, int) else value
        assert re.search(rf"(?<![\d.,]){re.escape(shown)}(?![\d]|[.,]\d)", section), f"{what}: {shown}"


def test_every_test_that_the_page_names_is_there():
    there = {
        name
        for file in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = set(re.findall(r"`(test_\w+)`", TEXT))
    assert named
    assert named <= there


def test_the_figures_show_what_must_hold_and_controls_that_do_not():
    """Drawn rarely, so what was drawn must not say less than the tests do."""
    twin, luck, rates, chance = (MEASURED[name] for name in ("twin", "same-luck", "random-rules", "chance"))
    assert float(twin["largest difference"]) < 1e-9
    assert twin["control found out in"] > twin["scenarios"] / 2
    assert luck["changed, keyed"] == 0
    assert all(int(luck[what].removesuffix("%")) > 20 for what in luck if what.startswith("shared, "))
    assert float(rates["farthest claimed"]) < float(rates["limit"]) < float(rates["nearest wrong"])
    assert float(chance["least, short list"]) > float(chance["limit"])
