"""Loaded by pytest before Django reads its settings: a test run is a developer's machine."""

import os

os.environ.setdefault("DEBUG", "1")
# Tests sign people in by a shortcut; tests/web/accounts turns the second factor on.
os.environ.setdefault("REQUIRE_SECOND_FACTOR", "0")

# What the pages say in French and German is compiled, as an installation does after each update.
from takedowns.languages.catalogues import compile_all

compile_all()
