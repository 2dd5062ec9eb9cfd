"""The page: what each section shows, put into the template and written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from analysis import look, statistics
from analysis.report import assumptions, dialogue, sections, story, words
from analysis.whole import write_whole

if TYPE_CHECKING:
    from analysis.store import Study
    from sim import Runs


def write(study: Study, path: str | Path) -> None:
    """Write the report of a study: a complete file under its name, or nothing.

    Parameters
    ----------
    study : the runs of one design or of several, and what made them.
    path : the file; what stood there is replaced.
    """
    write_whole(Path(path), render(study))


def render(study: Study) -> str:
    """The report of a study as one HTML page that needs nothing else."""
    designs = study.designs
    replicate = story.typical(designs)
    stories = [story.tell(runs, replicate) for runs in designs]
    return template("report.html.j2").render(
        title=_title(designs),
        readings=list(dict.fromkeys(assumptions.READINGS[runs.scenario.fidelity] for runs in designs)),
        one=len(designs) == 1,
        worlds=len(story.shared(designs)),
        seed=designs[0].seed,
        designs=[sections.design(runs, n) for n, runs in enumerate(designs)],
        answer=sections.answer(designs),
        families=sections.families(designs),
        every=sections.every_outcome(designs),
        pairs=sections.pairs(designs),
        funnel=sections.funnel(designs),
        voice=sections.voice(designs),
        cost=sections.cost(designs),
        wheels=sections.wheels(designs),
        minutes=sections.minutes(designs),
        replicate=replicate,
        stories=[sections.told(runs, told) for runs, told in zip(designs, stories, strict=True)],
        most_told=story.MOST_TOLD,
        middle=words.listed(statistics.words(outcome) for outcome in story.MIDDLE),
        headings=dialogue.headings(designs),
        cells=[
            (runs.scenario.name, dialogue.cells(runs.scenario, told))
            for runs, told in zip(designs, stories, strict=True)
        ],
        assumptions=sections.rests_on(designs),
        made=study.made,
        coprod=version("coprod"),
    )


@cache
def template(name: str) -> Any:
    """A template of this folder, with the house's style and its ways to write numbers."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("analysis.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": words.percent,
        "mean": words.mean,
        "interval": words.interval,
        "span": words.span,
        "finely": words.finely,
        "money": words.money,
        "signed": words.signed,
        "stance": words.stance,
        "minus": words.minus,
    }
    environment.globals |= {
        "count": words.count,
        "css": Markup(look.css() + environment.get_template("report.css").render()),
    }
    return environment.get_template(name)


def _title(designs: Sequence[Runs]) -> str:
    first = designs[0].scenario
    if len(designs) == 1:
        return words.called(first.title, first.name)
    names = [runs.scenario.name for runs in designs]
    shown = names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"]
    return f"{words.listed(shown)}, compared"
