"""How the documentation site is built."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
_project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "Ebbtide"
author = "The Ebbtide maintainers"
copyright = "The Ebbtide maintainers, Apache-2.0"  # noqa: A001 - Sphinx's own name
release = _project["version"]

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = f"Ebbtide {release}"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f5c57", "color-brand-content": "#1f5c57"},
    "dark_css_variables": {"color-brand-primary": "#8fc7c0", "color-brand-content": "#8fc7c0"},
}
