"""Loaded by pytest before Django reads its settings: a test run is a developer's machine."""

import os

os.environ.setdefault("DEBUG", "1")
