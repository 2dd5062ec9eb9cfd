"""Lessons: one idea each, with a surprise that comes out of the model. A lesson is a TOML file in this folder."""

from __future__ import annotations

from analysis.dashboard.lessons.findings import Outcome, came_out, counted, holds
from analysis.dashboard.lessons.lesson import IT, Lesson, all_lessons, read

__all__ = ["IT", "Lesson", "Outcome", "all_lessons", "came_out", "counted", "holds", "read"]
