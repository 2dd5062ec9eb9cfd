"""Whatever a page shows as code works: Python runs and prints what it says, commands exist, files can be read."""

import linecache
import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import scenarios
from tests.documents.blocks import PAGES, ROOT, Block, blocks

NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
CHANGES_OVER_TIME = 0.1  # printed numbers may differ by this share, or by this much


def ids(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def says_the_same(printed: str, shown: str) -> bool:
    """The same words, and numbers that are near."""
    words = [" ".join(NUMBER.sub("#", text).split()) for text in (printed, shown)]
    near = [
        abs(float(a) - float(b)) <= CHANGES_OVER_TIME * max(1.0, abs(float(b)))
        for a, b in zip(NUMBER.findall(printed), NUMBER.findall(shown), strict=False)
    ]
    return words[0] == words[1] and all(near)


def name_of(block: Block) -> str | None:
    """The file that a TOML block stands for, if its first line says so."""
    found = re.match(r"# ([\w-]+\.toml)\n", block.text)
    return found[1] if found else None


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder of one's own, so that what a page writes does not stay."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_files(page: Path, folder: Path) -> None:
    for block in blocks(page):
        if block.language == "toml" and (name := name_of(block)):
            (folder / name).write_text(block.text, encoding="utf-8")


@pytest.mark.kernel
@pytest.mark.parametrize("document", PAGES, ids=ids)
def test_python_on_a_page_runs_from_top_to_bottom_and_prints_what_is_shown(document, folder, capsys):
    write_files(document, folder)
    namespace = {"__name__": "page"}
    shown = {
        block.line: after.text for block, after in pairwise(blocks(document)) if after.language == "text"
    }
    for block in blocks(document):
        if block.language == "python":
            source, name = "\n" * (block.line - 1) + block.text, f"<{ids(document)}, line {block.line}>"
            linecache.cache[name] = (
                len(source),
                None,
                source.splitlines(keepends=True),
                name,
            )  # Solara reads it
            exec(compile(source, name, "exec"), namespace)
            printed = capsys.readouterr().out
            if block.line in shown:
                assert says_the_same(printed, shown[block.line]), printed


@pytest.mark.parametrize("document", PAGES, ids=ids)
def test_every_scenario_on_a_page_can_be_loaded(document, folder):
    write_files(document, folder)
    for block in blocks(document):
        if block.language == "toml":
            name = name_of(block) or "unnamed.toml"
            (folder / name).write_text(block.text, encoding="utf-8")
            table = scenarios.read(name)
            if "groups" in table:  # the rest are parts, which others build on
                assert scenarios.check(name) == ()


def commands(page: Path) -> list[list[str]]:
    """What a page says to type at `coprod` or at `make`."""
    found = []
    for block in blocks(page):
        for line in block.text.splitlines() if block.language in ("bash", "sh", "console") else ():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words and Path(words[0]).name in ("coprod", "make"):
                found.append([Path(words[0]).name, *words[1:]])
    return found


COPROD = sorted({tuple(words[1:]) for page in PAGES for words in commands(page) if words[0] == "coprod"})
HELP: dict[str, str] = {}


def help_of(command: str) -> str:
    if command not in HELP:
        done = subprocess.run(
            [sys.executable, "-m", "analysis", *command.split(), "--help"],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        HELP[command] = done.stdout
    return HELP[command]


@pytest.mark.parametrize("words", COPROD, ids=" ".join)
def test_every_command_on_a_page_is_one_that_coprod_knows(words):
    command, *rest = words
    text = help_of("" if command.startswith("-") else command)
    flags = [word.split("=")[0] for word in rest if word.startswith("--")]
    assert [flag for flag in flags if flag not in text] == []


@pytest.mark.parametrize("words", COPROD, ids=" ".join)
def test_every_scenario_and_every_change_that_a_command_names_is_there(words, folder):
    for page in PAGES:
        write_files(page, folder)
    changes = [after for word, after in pairwise(words) if word == "--set"]
    given = {after for word, after in pairwise(words) if word.startswith("--")}
    names = [word for word in words[1:] if not word.startswith("-") and word not in given]
    theories = [file.stem for file in (ROOT / "scenarios" / "theories").glob("*.toml")]
    for name in names:
        if name in scenarios.names() or (folder / name).exists():
            assert scenarios.check(name, set=changes) == ()
        elif (theory := name.partition("/"))[0] in theories:
            assert not theory[2] or theory[2] in scenarios.theory(theory[0]).claims
        else:  # a file that the reader is asked to write, or the folder of a study
            assert name.endswith(".toml") or words[0] == "resume"


def test_every_task_that_a_page_names_is_in_the_makefile():
    tasks = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {words[1] for page in PAGES for words in commands(page) if words[0] == "make" and len(words) > 1}
    assert named
    assert named <= tasks


def test_the_comparison_of_printed_words_can_fail():
    assert says_the_same("agreement 0.81\n", "agreement 0.80")
    assert not says_the_same("agreement 0.81\n", "agreement 0.31")
    assert not says_the_same("agreement 0.81\n", "engagement 0.81")
    assert not says_the_same("agreement 0.81 0.5\n", "agreement 0.81")
