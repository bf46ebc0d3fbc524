"""Programs of npm's that read OpenAPI descriptions: linters, and what a TypeScript client is made of. ``make test`` installs them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

FOLDER: Final = Path(__file__).parent


def tool(name: str) -> Path:
    """Return a program; skip the test where it is not installed, or fail where ``REQUIRE_API_TOOLS`` is 1."""
    program = FOLDER / "node_modules" / ".bin" / name
    if not program.exists():
        reason = (
            f"{name} is not installed: make tests/api/tools/node_modules/.ready (needs npm), and this runs"
        )
        if os.environ.get("REQUIRE_API_TOOLS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return program
