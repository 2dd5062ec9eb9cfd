"""Which sentence of the model's description a control changes.

The description is docs/odd.md, and nothing is written twice: behind a sentence, a comment says which fields of a scenario
change it (`<!-- changed by: sessions.scribe -->`, `also changed by` for further sentences) and which rule stands there
(`<!-- rule: access -->`). A behavioural constant changes each sentence that names it. For other pages::

    rules.address("sessions.scribe")              # "/about#field-sessions.scribe"
    rules.address("groups.carers.power.mean")     # names of groups and the like may stand in a path, or be left out
    rules.address("dials.dialogue")               # "/about#mechanism-dialogue", also for agendas, dials and contexts
    rules.address("parameters.influence")         # "/about#field-parameters.influence"
    rules.address("decision")                     # a whole table; also "seed" and "replicates", which stand in none
    rules.sentence("sessions.scribe")             # the sentence itself, as plain text
    rules.rule("access")                          # "/about#rule-access"; rules.rules() names them all
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

import sim

PAGE: Final = "/about"
HERE: Final = Path(__file__).parent
NAMED: Final = ("groups", "issues", "sessions", "context")  # tables whose entries have names of their own
WHOLE: Final = (
    *NAMED,
    "decision",
    "prices",
    "parameters",
)  # tables whose fields each have a sentence of their own
SHARES: Final = ("dials", "agenda", "effects")  # tables with an entry for each mechanism
_COMMENT: Final = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_SENTENCE: Final = re.compile(r"\S.*?(?:(?<!\.)\.(?:<!--[^>]*-->)?(?=\s|$)|\Z)", re.DOTALL)
_CODE: Final = re.compile(r"`(\w+)`")


@dataclass(frozen=True)
class Sentence:
    """A sentence of the description, and what changes it."""

    number: int
    """Its place among all sentences."""
    markdown: str
    section: str
    """The heading above it."""
    first: tuple[str, ...] = ()
    """The fields of a scenario that change this sentence before all others."""
    further: tuple[str, ...] = ()
    """The fields that change it besides."""
    rules: tuple[str, ...] = ()
    """The rules that stand here, by name."""

    @property
    def text(self) -> str:
        """The sentence without marks."""
        inline = _parser().parseInline(self.markdown)[0].children or []
        return "".join(" " if token.type == "softbreak" else token.content for token in inline)


def address(field: str) -> str:
    """Where the sentence stands that a field of a scenario changes.

    Parameters
    ----------
    field : path in a scenario, with the names of groups, issues, sessions and factors or without; or "seed", "replicates".

    Raises
    ------
    KeyError : there is no such field.
    """
    return f"{PAGE}#{anchor(known(field))}"


def sentence(field: str) -> str:
    """The sentence that a field changes before all others, as plain text; raises KeyError like `address`."""
    return sentences(field)[0].text


def sentences(field: str) -> tuple[Sentence, ...]:
    """All sentences that a field changes, the foremost first; raises KeyError like `address`."""
    return fields()[known(field)]


def rule(name: str) -> str:
    """Where a rule stands; raises KeyError if there is none of this name."""
    if name not in rules():
        raise KeyError(name)
    return f"{PAGE}#rule-{name}"


@cache
def rules() -> Mapping[str, Sentence]:
    """The rules that the description marks, by name, in its order."""
    return {name: one for one in _sentences() for name in one.rules}


@cache
def fields() -> Mapping[str, tuple[Sentence, ...]]:
    """Every field that changes something, as `known` calls it, with all sentences that it changes."""
    first = [(field, one) for one in _sentences() for field in one.first]
    further = [(field, one) for one in _sentences() for field in one.further]
    rules_first = sorted(_sentences(), key=lambda one: not one.section.startswith("7"))
    named = [
        (f"parameters.{constant.name}", one)
        for constant in sim.PARAMETERS
        for one in rules_first
        if one.section[0].isdigit() and constant.name in _CODE.findall(one.markdown)
    ]
    found: dict[str, list[Sentence]] = {}
    for field, one in (*first, *further, *named):
        found.setdefault(field, []).append(one)
    return {field: tuple(dict.fromkeys(changed)) for field, changed in found.items()}


def known(path: str) -> str:
    """What the description calls a field: without names, and without what the same sentence says of its parts.

    Raises
    ------
    KeyError : there is no such field.
    """
    parts = path.split(".")
    if len(parts) > 1 and parts[-1] in sim.MECHANISMS and parts[-2] in SHARES:
        return f"dials.{parts[-1]}"
    unnamed = [parts[0], *parts[2:]] if parts[0] in NAMED else parts
    # of two parts the second is a field, or else a name, and the whole table is meant
    tried = (parts, unnamed) if len(parts) == 2 else (unnamed, parts)
    for candidate in (*_shortened(tried[0]), *_shortened(tried[1])):
        if candidate in fields():
            return candidate
    msg = f"docs/odd.md has no sentence that is changed by {path!r}"
    raise KeyError(msg)


@cache
def meanings() -> Mapping[str, str]:
    """What each field of a scenario means, by its path without names."""
    schema = sim.json_schema()
    return dict(_meanings(schema, schema, ()))


def _meanings(
    node: dict[str, Any], schema: dict[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    for part in (
        node,
        *node.get("anyOf", ()),
    ):  # what may be left out, or be told in short, stands among others
        if "$ref" in part:
            yield from _meanings(schema["$defs"][part["$ref"].rpartition("/")[2]], schema, path)
        for key, field in part.get("properties", {}).items():
            if said := field.get("description"):
                yield ".".join((*path, key)), " ".join(said.split())
            yield from _meanings(field, schema, (*path, key))
        for entry in part.get("patternProperties", {}).values():
            yield from _meanings(entry, schema, path)


def _shortened(parts: list[str]) -> Iterator[str]:
    least = 2 if parts[0] in WHOLE and len(parts) > 1 else 1
    return (".".join(parts[:length]) for length in range(len(parts), least - 1, -1))


def anchor(field: str, place: int = 1) -> str:
    """What the first place of a field on the page is called, or a further one."""
    table, _, mechanism = field.rpartition(".")
    return f"{f'mechanism-{mechanism}' if table == 'dials' else f'field-{field}'}{f'-{place}' if place > 1 else ''}"


# ---- reading the description ---------------------------------------------------------------------------------------


def written(name: str) -> str:
    """A page of docs/ that the dashboard shows: of the installed package, or of the folder in which it is made."""
    installed = HERE / "texts" / name
    return (installed if installed.exists() else HERE.parents[1] / "docs" / name).read_text(encoding="utf-8")


def as_html(markdown: str, deeper: int = 0) -> Markup:
    """A text of docs/ as HTML, with its headings lowered by so many levels."""
    return _rendered(_parser().parse(_COMMENT.sub("", markdown)), deeper)


def inline(markdown: str) -> Markup:
    """A sentence with `code` and the like as HTML."""
    return Markup(_parser().renderInline(markdown))  # the parser lets no HTML through


@cache
def description() -> Markup:
    """The whole description as HTML, in which every place that has an address can be found."""
    places: dict[int, list[str]] = {}
    for name, one in rules().items():
        places.setdefault(one.number, []).append(f"rule-{name}")
    for field, changed in fields().items():
        for place, one in enumerate(changed, start=1):
            places.setdefault(one.number, []).append(anchor(field, place))
    tokens, sentences_left = _tokens(), iter(_sentences())
    for token, _, texts in _paragraphs(tokens):
        said = [
            (_parser().renderInline(one.markdown), places.get(one.number, []))
            for _, one in zip(texts, sentences_left, strict=False)
        ]
        token.children = [Token("html_inline", "", 0, content=" ".join(_placed(*pair) for pair in said))]
    return _rendered(tokens, 2)


def _placed(html: str, places: list[str]) -> str:
    """A sentence in which each of these places can be found; one inside the other, so that each can be the target."""
    for place in places:
        html = f'<span class="place" id="{place}">{html}</span>'
    return html


@cache
def _sentences() -> tuple[Sentence, ...]:
    """All sentences of the description, in its order."""
    texts = [(section, text) for _, section, texts in _paragraphs(_tokens()) for text in texts]
    return tuple(_read(number, section, text) for number, (section, text) in enumerate(texts))


def _read(number: int, section: str, text: str) -> Sentence:
    """A sentence and the marks in the comment behind it."""
    marks: dict[str, tuple[str, ...]] = {"changed by": (), "also changed by": (), "rule": ()}
    for mark in ";".join(_COMMENT.findall(text)).split(";"):
        if mark:
            kind, _, names = mark.partition(":")
            marks[kind.strip()] += tuple(name.strip() for name in names.split(","))
    return Sentence(number, _COMMENT.sub("", text), section, *marks.values())


def _tokens() -> list[Token]:
    return _parser().parse(written("odd.md"))


def _paragraphs(tokens: list[Token]) -> Iterator[tuple[Token, str, list[str]]]:
    """The pieces of running text, each with the heading above it and its sentences."""
    section = ""
    for before, token in pairwise(tokens):
        if token.type == "inline" and before.type == "heading_open":
            section = token.content
        elif token.type == "inline":
            yield token, section, _SENTENCE.findall(token.content)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _rendered(tokens: list[Token], deeper: int) -> Markup:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + deeper)}"
    return Markup(_parser().renderer.render(tokens, _parser().options, {}))
