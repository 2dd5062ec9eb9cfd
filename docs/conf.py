"""Sphinx: the pages of this folder as a site that needs nothing from the net."""

from importlib.metadata import version as version_of

project = "coprod"
author = "The coprod developers"
release = version = version_of("coprod")

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = f"coprod {release}"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
