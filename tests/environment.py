"""Loaded by pytest before Django reads its settings: a test run is a developer's machine."""

import os
from pathlib import Path

from takedowns.languages.catalogues import compile_all
from tests.memory import keep_in_memory

os.environ.setdefault("DEBUG", "1")
# Tests sign people in by a shortcut; tests/accounts turns the second factor on.
os.environ.setdefault("REQUIRE_SECOND_FACTOR", "0")
# What a test calls is on this machine, whatever stands between it and the world.
for _name in ("HTTPS_PROXY", "NO_PROXY"):
    os.environ.pop(_name, None)
# The server and the files of tests stand apart from the demo's, and each worker of a parallel run has its own: readers of
# the log wait for the oldest transaction of a whole server, so tests that share one would wait for each other.
_NAMED = os.environ.get("TESTS_VAR_DIR")
_VAR = Path(_NAMED) if _NAMED else keep_in_memory(Path(__file__).parent.parent / "var" / "tests")
os.environ["VAR_DIR"] = str(_VAR / os.environ.get("PYTEST_XDIST_WORKER", "alone"))

# What the pages say in French and German is compiled, as an installation does after each update.
compile_all()
