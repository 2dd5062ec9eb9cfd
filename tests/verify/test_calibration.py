"""The defaults say what the evidence for calibration says; what does not fit is listed as a misfit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.verify.calibration import FIGURES, ON_PLATFORMS, Figure

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("figure", [*FIGURES, *ON_PLATFORMS], ids=lambda figure: figure.what)
def test_the_model_is_as_near_to_the_evidence_as_the_page_says(figure: Figure) -> None:
    value = figure.measured()
    row = next(line for line in (DOCS / "calibration.md").read_text().splitlines() if figure.what in line)
    written = float(row.split("|")[3])
    assert value == pytest.approx(written, abs=0.006)
    assert ("misfit" in row) == (not figure.low <= value <= figure.high)
    if figure.fitted:
        assert "misfit" not in row


def test_every_misfit_is_on_the_model_card() -> None:
    card = (DOCS / "model-card.md").read_text()
    misfits = [line for line in (DOCS / "calibration.md").read_text().splitlines() if "**misfit**" in line]
    silence, forum = misfits[:2], misfits[2:]
    assert all("silent" in line for line in silence)
    assert len(forum) == 4
    assert all("open forum" in line for line in forum)
    assert re.search(r"\*\*Superusers\.\*\*.*39% write, and the top 1% write 7%", card, re.DOTALL)
    assert re.search(r"\*\*Silence\.\*\*.*6%.*9%", card, re.DOTALL)
