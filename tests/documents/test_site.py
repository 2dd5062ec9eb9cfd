"""`make docs`: the pages build without a warning, and nothing in them is fetched from the net."""

import re
import subprocess
import sys

import pytest

from tests.documents.blocks import PAGES, ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "sphinx",
            "-W",
            "--keep-going",
            "-q",
            "-b",
            "html",
            "docs",
            str(folder / "html"),
            "-d",
            str(folder / "trees"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_page_is_built(site):
    for page in PAGES:
        if page.parent.name == "docs":
            assert (site / page.with_suffix(".html").name).exists()


def test_nothing_is_fetched_from_the_net(site):
    fetched = re.compile(
        r"""<(?:script|img|iframe|link|source)\b[^>]*(?:src|href)=["'](?:https?:)?//|@import\s+["']?(?:url\()?["']?https?:"""
    )
    for file in (*site.rglob("*.html"), *site.rglob("*.css")):
        assert not fetched.search(file.read_text(encoding="utf-8")), file.name


def test_links_between_files_lead_somewhere():
    for page in PAGES:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)[^)]*\)", text):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
