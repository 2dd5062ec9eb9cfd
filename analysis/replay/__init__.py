"""One run, to play back: on a page of the dashboard, or from one file that needs nothing else."""

from __future__ import annotations

from analysis.replay.document import Document, document
from analysis.replay.page import handout, write

__all__ = ["Document", "document", "handout", "write"]
