"""Everything that looks at runs: studies, statistics, reports and the command line.

What stands here is for notebooks; names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.contests import Contest, contest
    from analysis.examination import Examination, examine
    from analysis.explaining import Explanation, Shares, explain, shapley
    from analysis.study import Study, open

_WHERE = {
    "contests": ("Contest", "contest"),
    "examination": ("Examination", "examine"),
    "explaining": ("Explanation", "Shares", "explain", "shapley"),
    "study": ("Study", "open"),
}

__all__ = [
    "Contest",
    "Examination",
    "Explanation",
    "Shares",
    "Study",
    "contest",
    "examine",
    "explain",
    "open",
    "shapley",
]


def __getattr__(name: str) -> Any:
    for module, names in _WHERE.items():
        if name in names:
            globals()[name] = getattr(import_module(f"analysis.{module}"), name)
            return globals()[name]
    msg = f"module 'analysis' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
