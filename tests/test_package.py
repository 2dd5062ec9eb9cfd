"""The wheel is whole: installed into an empty place, `coprod` works from any folder, with its library and its report."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that `pip install .` would build, from the files that git knows."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(out.glob("*.whl"))


def test_the_wheel_holds_the_library_and_the_templates_of_the_report(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    in_the_library = {
        f"scenarios/library/{path.name}" for path in (ROOT / "scenarios/library").glob("*.toml")
    }
    assert in_the_library <= set(inside)
    templates = [path for path in (ROOT / "analysis/report/templates").rglob("*") if path.is_file()]
    assert templates
    assert {path.relative_to(ROOT).as_posix() for path in templates} <= set(inside)
    assert {"analysis/dashboard/texts/odd.md", "analysis/dashboard/texts/model-card.md"} <= set(inside)
    assert not [name for name in inside if name.startswith(("tests/", "docs/", "benchmarks/"))]


def test_the_wheel_holds_all_that_the_dashboard_sends_to_a_browser(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    kinds = {".js", ".css", ".svg", ".j2", ".html", ".toml", ".txt"}
    kept = subprocess.run(
        ["git", "ls-files", "-z", "analysis"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    sent = {
        name for name in kept.decode().split("\0") if Path(name).suffix in kinds and (ROOT / name).is_file()
    }
    assert {name.split("/")[2] for name in sent if name.startswith("analysis/dashboard/")} >= {
        "assets",
        "js",
        "npm",
        "templates",
    }
    assert sent <= inside


def test_the_installed_command_works_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    place, elsewhere = tmp_path / "place", tmp_path / "elsewhere"
    elsewhere.mkdir()
    zipfile.ZipFile(wheel).extractall(place)
    # first on the path, so that it is the installed packages that are found, and not this checkout
    environment = {
        **os.environ,
        "PYTHONPATH": str(place),
        "COPROD_CACHE_DIR": str(tmp_path / "cache"),
        "NUMBA_DISABLE_JIT": "1",
    }
    where = [
        sys.executable,
        "-c",
        "import analysis, scenarios, sim; print(analysis.__file__, scenarios.__file__, sim.__file__)",
    ]
    found = subprocess.run(
        where, cwd=elsewhere, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert found.count(str(place)) == 3
    run = [sys.executable, "-m", "analysis", "run", "shared-decision", "--replicates", "2", "--out", "mine"]
    done = subprocess.run(run, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (elsewhere / "mine/report.html").stat().st_size > 10_000
