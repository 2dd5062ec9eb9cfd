"""What a change does to the outcomes: in the run that is looked at, and in many worlds, so that one run is not taken for the rule."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from markupsafe import Markup

from analysis import statistics
from analysis.report import page, words

if TYPE_CHECKING:
    from analysis.statistics import Estimate
    from sim import Runs

WIDTH, HEIGHT, MARGIN = 280, 30, 8
NARROWEST: Final = 0.1  # the scale ends no nearer than this, so that nothing is made to look large


@dataclass(frozen=True)
class Effect:
    """One outcome under a change."""

    title: str
    before: float | None
    """At the end of the run that is looked at."""
    after: float | None
    differences: np.ndarray
    """After less before, in each world in which both are defined."""
    found: Estimate
    sentence: str

    @property
    def here(self) -> float | None:
        """The difference in the run that is looked at."""
        return None if self.before is None or self.after is None else self.after - self.before


def effects(
    designs: Sequence[Runs], ends: Mapping[str, tuple[float | None, float | None]], name: str
) -> list[Effect]:
    """What a change does to the outcomes that are drawn as curves, which both processes have.

    Parameters
    ----------
    designs : the process as it was and the changed one, in the same worlds.
    ends : each outcome at the end of the run that is looked at, before and after the change.
    name : what a sentence calls the change: `without documentation`.
    """
    return [_effect(designs, outcome, ends[outcome], name) for outcome in ends]


def _effect(
    designs: Sequence[Runs], outcome: str, ends: tuple[float | None, float | None], name: str
) -> Effect:
    compared = replace(
        statistics.compare(designs[0], designs[1], outcome), first="as it was", second=f"the process {name}"
    )
    differences = designs[1].final(outcome) - designs[0].final(outcome)
    said = words.sentence(minus_signs(statistics.sentence(compared)))
    known = differences[~np.isnan(differences)]
    return Effect(words.title(outcome), *ends, known, compared.difference, said)


def table(found: Sequence[Effect], name: str, worlds: int) -> Markup:
    """The outcomes as a table, with a picture of all worlds."""
    reach = max([NARROWEST, *(float(np.abs(one.differences).max(initial=0.0)) for one in found)])
    rows = [(one, _picture(one, reach)) for one in found]
    made: Markup = template("theories.html.j2").effects(rows, name, worlds, reach, _picture_of_axis(reach))
    return made


def _picture(effect: Effect, reach: float) -> Markup:
    """The difference in each world as a fine line, their mean with its interval, and the run that is looked at as a ring."""
    found = effect.found
    if found["mean"] is None:
        return Markup("")
    middle = HEIGHT / 2
    lines = "".join(
        f"M{_place(value, reach):.1f} {middle - 9}v18" for value in np.sort(effect.differences).tolist()
    )
    parts = [f'<path class="each" d="{lines}"/>', _line("zero", 0.0, reach)]
    if found["low"] is not None and found["high"] is not None:
        low, high = _place(found["low"], reach), _place(found["high"], reach)
        parts.append(
            f'<rect class="mean" x="{low:.1f}" y="{middle - 3}" width="{max(2.5, high - low):.1f}" height="6"/>'
        )
    if effect.here is not None:
        parts.append(f'<circle class="here" cx="{_place(effect.here, reach):.1f}" cy="{middle}" r="5"/>')
    # the sentence beside it says the same
    return Markup(
        f'<svg class="paired" aria-hidden="true" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">{"".join(parts)}</svg>'
    )


def _picture_of_axis(reach: float) -> Markup:
    ends = ((-reach, "start"), (0.0, "middle"), (reach, "end"))
    texts = "".join(
        f'<text x="{_place(value, reach):.1f}" y="11" text-anchor="{anchor}">{words.signed(value)}</text>'
        for value, anchor in ends
    )
    return Markup(
        f'<svg class="paired" aria-hidden="true" viewBox="0 0 {WIDTH} 14" width="{WIDTH}" height="14">{texts}</svg>'
    )


def _line(kind: str, value: float, reach: float) -> str:
    x = _place(value, reach)
    return f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HEIGHT}"/>'


def _place(value: float, reach: float) -> float:
    return MARGIN + (WIDTH - 2 * MARGIN) * (value + reach) / (2 * reach)


def minus_signs(text: str) -> str:
    """Numbers with a true minus sign, and hyphens as they are."""
    return re.sub(r"(?<!\w)-(?=\d)", words.MINUS, text)


@cache
def template(name: str) -> Any:
    """A template of the dashboard, with the filters and the macros of the report."""
    from jinja2 import ChoiceLoader, PackageLoader

    loader = ChoiceLoader([PackageLoader("analysis.dashboard"), PackageLoader("analysis.report")])
    environment = page.template("report.html.j2").environment.overlay(loader=loader)
    environment.filters = {**environment.filters, "minus_signs": minus_signs}
    return environment.get_template(name).module
