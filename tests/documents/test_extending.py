"""docs/extending.md builds a mechanism that is in the model: the page and the file are one text."""

import pytest

from sim.extensions import creativity
from tests.documents.blocks import ROOT, blocks

PAGE = ROOT / "docs" / "extending.md"
FILE = ROOT / "sim" / "extensions" / "creativity.py"


def test_the_rule_on_the_page_is_the_file_in_the_model_letter_by_letter():
    assert FILE.read_text(encoding="utf-8") in [
        block.text for block in blocks(PAGE) if block.language == "python"
    ]


@pytest.mark.parametrize("constant", ["TURNS_A_TRY", "POSTS_A_TRY", "BOLDNESS"])
def test_the_page_explains_the_constants_of_the_rule(constant):
    told, _, _ = PAGE.read_text(encoding="utf-8").partition("### The rule\n")
    assert hasattr(creativity, constant)
    assert f"`{constant}`" in told
