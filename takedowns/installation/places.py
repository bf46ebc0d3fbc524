"""Where an installation keeps its files where nobody says so."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

#: What a checkout of the sources holds and an installed package does not.
_OF_A_CHECKOUT: Final = "manage.py"


def environment_of_children() -> dict[str, str]:
    """Return the environment in which a program of ours finds the package that is running, wherever it is started from."""
    package = str(Path(__file__).resolve().parent.parent.parent)
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")])),
    }


def var_dir(base: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder for files: ``VAR_DIR``; ``var/`` in a checkout; ``/var/lib/takedowns`` for root; else after the XDG rules.

    Never a folder inside the installed package, which an update replaces.

    Args:
        base: the folder that holds the package ``takedowns``.
    """
    if named := environment.get("VAR_DIR"):
        return Path(named)
    if (base / _OF_A_CHECKOUT).exists():
        return base / "var"
    if os.geteuid() == 0:
        return Path("/var/lib/takedowns")
    state = environment.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "takedowns"
