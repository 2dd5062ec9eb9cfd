"""The report of a study: one HTML file that a planner reads and a researcher can check.

`write(study, path)` is all that the store needs. Nothing in the page asks for anything outside it, and nothing in it
needs a script.
"""

from __future__ import annotations

from analysis.report.page import render, write

__all__ = ["render", "write"]
