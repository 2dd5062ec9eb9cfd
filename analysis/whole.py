"""Files that are there whole or not at all: whoever reads them while they are written, or after a crash, sees no half."""

from __future__ import annotations

import secrets
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a text under a name; what stood there is replaced at once, when all of the new one is on the disk.

    Raises
    ------
    OSError : it cannot be written; nothing is left behind.
    """
    hidden = path.with_name(f".coprod-{secrets.token_hex(8)}")
    try:
        hidden.write_text(text, encoding="utf-8")
        hidden.replace(path)
    finally:
        hidden.unlink(missing_ok=True)
