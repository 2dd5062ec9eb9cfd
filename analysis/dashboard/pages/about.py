"""About: the theory, the rules, what the numbers rest on, and what this is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import metadata
from typing import Final

import solara
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import scenarios
import sim
from analysis.dashboard import rules
from analysis.dashboard.tags import html, tag
from analysis.report import words

WHEELS: Final = ("engagement", "alignment", "agreement")
ORDER: Final = (  # a session, as `sim.session` holds it: what happens, and the rules by which it does
    ("Weeks pass", "What people were told fades, and views drift back to those that they came with.", ("weeks",)),
    ("People arrive", "Barriers and engagement decide who comes, and by which channel.", ("access", "coming", "circles")),
    ("They say why they are here", "Openness and trust move towards what people see in the others.", ("intentions",)),
    ("They name strengths", "What somebody can do becomes known.", ("assets",)),
    ("They talk", "One floor in each circle; who speaks is heard by the others, if they attend.", ("floor", "speaking", "hearing")),
    ("It is written down", "A scribe keeps some of it; those who come later write for themselves.", ("documentation",)),
    ("A platform carries it on", "Where a session has one: posts answer each other, a feed decides what is on top, a moderator what stays.",
     ("platform", "following", "seeing", "answering", "moderation", "feed", "conflict")),
    ("They read", "Each alone, as far as time and openness go.", ("interpretation",)),
    ("They ask back", "Is this what you think? Somebody of that group answers.", ("understanding",)),
    ("A draft is made", "It follows the record, and the pen of whoever drafts; each accepts it or not, in private and in public.",
     ("decision", "accepting", "voting")),
    ("Some leave", "Whoever is heard, known and in contact stays engaged; others tire, and may leave for good.", ("leaving",)),
    ("It is counted", "Outcomes are read off people and record; minutes and money are added up.", ("outcomes", "costs")),
)  # fmt: skip
OUTSIDE: Final = {  # what a control of the dashboard may change that stands in no scenario
    "seed": "Which people, and which luck.",
    "replicates": "How many worlds: the same design with other people and other luck.",
}


@dataclass(frozen=True)
class Control:
    """A field of a scenario, and where the sentences stand that it changes."""

    field: str
    meaning: str
    places: tuple[tuple[str, str], ...]
    """Address on this page and number of the section, for each sentence."""


@solara.component
def Page() -> None:
    """What stands behind the other pages."""
    with tag("div", class_="sheet"):
        with tag("div", class_="bar"):
            tag("h1", "About")
        html(about())


@cache
def about() -> Markup:
    """The page, which is the same for everybody."""
    environment = Environment(
        loader=PackageLoader("analysis.dashboard"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    constants = [(one, rules.address(f"parameters.{one.name}")) for one in sim.PARAMETERS]
    given = [scenarios.load(name).provenance for name in scenarios.names()]
    page = environment.get_template("about.html.j2").render(
        words=words,
        rule=rules.rule,
        inline=rules.inline,
        pairs=list(zip(WHEELS, pairs(), strict=True)),
        times=sim.TIMES,
        spaces=sim.SPACES,
        order=ORDER,
        controls=tuple(controls()),
        constants=constants,
        judged=sum(one.source.startswith("judgement") for one in sim.PARAMETERS),
        sure=[(how, sum(one.sure == how for one in sim.PARAMETERS)) for how in ("high", "medium", "low")],
        sourced=sum(len(one.sourced) for one in given),
        guessed=sum(len(one.guessed) for one in given),
        library=len(given),
        outcomes=sim.OUTCOMES,
        card=card,
        description=rules.description(),
        cite=cite(),
        digest=sim.sources_digest()[:12],
    )
    return Markup(page)


def pairs() -> Iterator[list[tuple[str, str, str]]]:
    """The mechanisms in pairs, one for each wheel: name, what it is, where its rule stands."""
    told = [
        (name, rules.meanings()[f"dials.{name}"], rules.address(f"dials.{name}")) for name in sim.MECHANISMS
    ]
    return (told[first : first + 2] for first in range(0, len(told), 2))


def controls() -> Iterator[Control]:
    """Every field that a control may change, but for the constants, which have a table of their own."""
    for field, meaning in {**rules.meanings(), **OUTSIDE}.items():
        if field in rules.fields() and field != "parameters":
            changed = enumerate(rules.sentences(field), start=1)
            places = tuple(
                (f"#{rules.anchor(field, place)}", one.section.split()[0]) for place, one in changed
            )
            yield Control(field, meaning, places)


def card(section: str) -> Markup:
    """A section of the model card, without its heading."""
    found = re.search(
        rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)",
        rules.written("model-card.md"),
        re.MULTILINE | re.DOTALL,
    )
    assert found, f"the model card has no section {section!r}"
    return rules.as_html(found[1])


def cite() -> str:
    """How the program is cited; CITATION.cff says the same to machines."""
    package = metadata("coprod")
    return (
        f"{package['Author']}. coprod: an agent-based simulation of co-production. "
        f"Version {package['Version']}. Licence: {package['License-Expression']}."
    )
