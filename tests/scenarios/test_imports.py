"""The room of scenarios stands on the definition alone."""

import ast
from pathlib import Path

import pytest

import scenarios

FILES = sorted(Path(scenarios.__file__).parent.glob("*.py"))
ALLOWED = {"sim.scenario", "sim.errors", "sim.setting", "sim.parameters"}


def imported(file: Path):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_scenarios_import_the_definition_and_nothing_else_of_the_product(file):
    ours = {name for name in imported(file) if name.split(".")[0] in ("sim", "analysis")}
    assert ours <= ALLOWED
