"""What the dashboard's pages need in the browser, taken from the packages that hold it: `make assets`.

`python -m analysis.dashboard.browser_files` fetches each package by name and exact version with the `npm` client, refuses
what does not have the digest in the table below, and writes the few files that a page asks for into
`analysis/dashboard/npm`, laid out as Solara's page looks for them, with the licences beside them. The folder is kept in
the repository, so that nothing is fetched where coprod is installed or used.

Solara's icons and its Roboto are left out: pages have the type of the reader's system, and pictures of their own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "npm"


@dataclass(frozen=True)
class Package:
    """A package for browsers, and what is taken from it.

    Attributes
    ----------
    name, version : what it is called, exactly.
    sha512 : the digest of the whole package, in base 64.
    files : what pages ask for.
    licences : its own file of terms, and those of what is bundled into it.
    copyright : whose it is.
    """

    name: str
    version: str
    sha512: str
    files: tuple[str, ...]
    licences: tuple[str, ...]
    copyright: str


SOLARA_APP: Final = "@widgetti/solara-vuetify-app"

PACKAGES: Final = (
    Package(
        SOLARA_APP,
        "10.1.1",
        "Cdu6G7KIBeohT2jyeQUEDr61dhEozY23St+iDwfA3+ZyPZyoIza/nS4W2g8+dbs0Xhb+WQnXlaRI92TLgeY/Jw==",
        ("dist/main8.css", "dist/solara-vuetify-app8.min.js"),
        ("dist/solara-vuetify-app8.min.js.LICENSE.txt",),
        "Copyright (c) 2022 Maarten A. Breddels and the contributors of Solara",
    ),
    Package(
        "requirejs",
        "2.3.6",
        "ipEzlWQe6RK3jkzikgCupiTbTvm4S0/CAU5GlgptkN5SO6F3u0UD0K18wy6ErDqiCyP4J4YYe1HuAShvsxePLg==",
        ("require.js",),
        (),
        "Copyright jQuery Foundation and other contributors",
    ),
    Package(
        "@widgetti/vue-grid-layout",  # for Mesa's own page, SolaraViz
        "2.3.13-alpha.2",
        "zCPKe2r09eLUDl1NcdL66oPELDsbC07Z2xejPiQpPbE8hLITcr0DHvPEdL5UITQQilordKJwcxJXDE/QWo/KUA==",
        ("dist/vue-grid-layout.umd.js",),
        ("LICENSE",),
        "Copyright (c) 2015 greyby; by Gustavo Santos (JBay Solutions)",
    ),
)

NO_FONTS: Final = f"""/* Solara's page asks for this file of {SOLARA_APP}, which brings the fonts Roboto, Material Icons and Material
   Design Icons. Pages of coprod use none of them: this one, which is empty, stands in its place. */
"""


def write(folder: Path) -> None:
    """Fetch the packages and write what pages need of them.

    Parameters
    ----------
    folder : what is in it is replaced.
    """
    with tempfile.TemporaryDirectory() as place:
        new = Path(place) / "npm"
        notices = [_unpack(package, _fetched(package, Path(place)), new) for package in PACKAGES]
        (_home(new, PACKAGES[0]) / "dist" / "fonts.css").write_text(NO_FONTS, encoding="utf-8")
        (new / "NOTICE.txt").write_text("\n".join([_HEAD, *notices]), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(new, folder)


_HEAD: Final = """Scripts and styles for the browser that coprod passes on, unchanged, from the packages named below. Written by `make assets`.

All three are under the MIT licence; what is bundled into them is named in the files that stand beside them. Its terms:

    Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
    documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
    rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
    persons to whom the Software is furnished to do so, subject to the following conditions:

    The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
    Software.

    THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
    WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
    COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
    OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def _home(folder: Path, package: Package) -> Path:
    return folder / f"{package.name}@{package.version}"


def _fetched(package: Package, place: Path) -> Path:
    """The package as a file, as the registry that npm is set up for hands it out, once its digest is right."""
    asked = ["npm", "pack", "--silent", "--json", f"{package.name}@{package.version}"]
    said = subprocess.run(asked, cwd=place, capture_output=True, text=True, check=True).stdout
    file = place / Path(json.loads(said)[0]["filename"]).name.replace("@", "").replace("/", "-")
    found = base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()
    if found != package.sha512:
        raise SystemExit(
            f"{package.name} {package.version}: it is not what it was (sha512 {found}); nothing is written"
        )
    return file


def _unpack(package: Package, file: Path, folder: Path) -> str:
    """Write what is taken from a package; returns the notice of where it comes from."""
    with tarfile.open(file) as packed:
        for name in (*package.files, *package.licences):
            where = _home(folder, package) / name
            where.parent.mkdir(parents=True, exist_ok=True)
            where.write_bytes(_inside(packed, name))
        told = json.loads(_inside(packed, "package.json"))
        terms = told.get("license") or _inside(packed, "LICENSE").decode()
    if not terms.startswith(("MIT", "The MIT License")):
        raise SystemExit(f"{package.name} is under other terms than the notice says: {terms[:200]}")
    return (
        f"{package.name} {package.version}: {told['description']}\n  {package.copyright}\n"
        f"  sha512 of the package: {package.sha512}\n"
    )


def _inside(packed: tarfile.TarFile, name: str) -> bytes:
    file = packed.extractfile(f"package/{name}")
    if file is None:
        raise SystemExit(f"{name} is not a file in this package")
    return file.read()


if __name__ == "__main__":
    write(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
