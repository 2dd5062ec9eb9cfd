"""docs/theory.md points at things that are there."""

import ast
import re
from functools import cache

import pytest

import scenarios
from sim import layout, people, plan, record
from sim.outcomes import NAMES
from sim.parameters import BY_NAME
from sim.scenario import KERNELS, MECHANISMS, THEMES, Context, Scenario, Session, json_schema
from sim.setting import HUMAN_INTERACTION
from tests.documents.blocks import ROOT

PAGE = ROOT / "docs" / "theory.md"
TEXT = PAGE.read_text(encoding="utf-8")
REFERENCES = sorted(set(re.findall(r"\[`(sim/[\w/]+\.py):(\w+)`\]\[(\w+)\]", TEXT)))
TARGETS = dict(re.findall(r"^\[(\w+)\]: (\S+)$", TEXT, re.MULTILINE))
ROWS = re.findall(r"^\| ([EBS]\d+)(?: \((R\d+)\))? \| (.+?) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)


@cache
def names_in(file: str) -> frozenset[str]:
    """What a module defines at its top."""
    found = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {
                name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)
            }
    return frozenset(found)


@pytest.mark.parametrize(("file", "name", "label"), REFERENCES, ids=lambda part: part)
def test_every_place_in_the_code_that_the_page_names_is_there(file, name, label):
    assert name in names_in(file)
    assert TARGETS[label] == f"../{file}"


def test_a_place_that_is_not_there_is_noticed():
    assert "no_such_rule" not in names_in("sim/mechanisms/dialogue.py")


def test_the_page_has_no_reference_in_another_form():
    assert set(re.findall(r"sim/[\w/]+\.py:\w+", TEXT)) == {f"{file}:{name}" for file, name, _ in REFERENCES}
    assert set(TARGETS) == {label for *_, label in REFERENCES}


def test_every_row_says_what_is_claimed_where_it_lives_and_how_it_fails():
    assert len(ROWS) == len(re.findall(r"^\| [EBS]\d+ ", TEXT, re.MULTILINE))
    assert [name for name, *_ in ROWS] == list(dict.fromkeys(name for name, *_ in ROWS))
    for name, _, claim, place, failure in ROWS:
        assert re.search(r"\[[^\]]+\](?!\()", claim), f"{name}: no source"
        assert re.search(r"`|\*Hardly|\*Assumed|no term", place), f"{name}: nowhere in the code"
        assert failure.strip(), name


def test_the_twelve_numbered_statements_of_the_theory_each_have_a_row():
    assert {number for _, number, *_ in ROWS if number} == {f"R{n}" for n in range(1, 13)}


def test_each_mechanism_outcome_and_theme_of_the_theory_is_named():
    words = set(re.findall(r"\w+", TEXT.lower()))
    assert {*MECHANISMS, *THEMES, "engagement", "alignment", "agreement"} <= words


def test_every_source_that_a_row_cites_is_in_the_list():
    listed = set(re.findall(r"^\| (\w+) \| .* \| .* \|$", TEXT.split("## Sources")[1], re.MULTILINE))
    cited = set()
    for _, _, claim, *_ in ROWS:
        cited |= {
            word
            for found in re.findall(r"\[([^\]]+)\]", claim)
            for word in re.findall(r"\b[A-Z][a-zA-Z]*\d+\b|\bT\b|\bNIHR\b", found)
        }
    assert listed - {"key"} == cited


def known_words() -> set[str]:
    """Names that stand for something in coprod: outcomes, parameters, state, fields of a scenario and their values."""
    fields = (*people.FIELDS, *record.FIELDS, *plan.PLAN, *plan.ROOM, *plan.DRAFT, *plan.LEDGER)
    assert all(isinstance(field, layout.Field) for field in fields)
    schema = {key for part in json_schema()["$defs"].values() for key in part.get("properties", {})}
    options = {"value", "practical", "eaa_only", "onsite", *HUMAN_INTERACTION, *KERNELS, *MECHANISMS, *THEMES}
    parts = {*Scenario.model_fields, *Session.model_fields, *Context.model_fields}
    return {
        *NAMES,
        *BY_NAME,
        *(field.name for field in fields),
        *schema,
        *options,
        *parts,
        *scenarios.names(),
        *scenarios.theories(),
        "novelty",
    }


def test_every_word_in_code_letters_is_a_name_that_coprod_knows():
    known = known_words()
    words = {word for word in re.findall(r"(?<!\[)`([a-z][a-z0-9_-]*)`(?!\])", TEXT) if word != "code"}
    assert words - known == set()


def test_every_key_path_on_the_page_can_be_set():
    paths = set(re.findall(r"`([a-z_]+(?:\.[a-z_*]+)+)`", TEXT))
    assert paths
    for path in paths:
        assert scenarios.check("tick-box", set=[f"{path}=0.5"]) == ()


def test_every_claim_that_the_page_names_can_be_put_to_the_test():
    named = re.findall(r"`([a-z-]+)/([a-z_]+)`", TEXT)
    assert len(named) >= 15
    for theory, claim in named:
        assert claim in scenarios.theory(theory).claims
