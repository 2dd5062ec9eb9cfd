"""A base is found beside the file that names it, or in the library."""

from __future__ import annotations

from pathlib import Path

import scenarios


def test_a_price_list_of_the_library_is_a_base_from_any_folder(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'base = "prices/sweden.toml"\n[groups.a]\nsize = 2\n[issues.x]\n[sessions.one]\nweek = 0\n',
        encoding="utf-8",
    )
    assert scenarios.load(mine).prices.currency == "SEK"


def test_what_was_read_can_be_loaded_again() -> None:
    assert (
        scenarios.load(scenarios.read("citizens-blended")).digest()
        == scenarios.load("citizens-blended").digest()
    )
