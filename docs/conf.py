"""How Sphinx builds the documentation."""

import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = PROJECT["name"]
author = "The fieldplan contributors"
release = version = PROJECT["version"]
project_copyright = author

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"description": "Technicians and rooms, assigned.", "fixed_sidebar": True}
