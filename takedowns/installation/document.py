"""Writes docs/settings.md and deploy/takedowns.env from the settings: ``python -m takedowns.installation.document``."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from subprocess import run
from typing import Any, Final, NamedTuple

import orjson

PROJECT: Final = Path(__file__).resolve().parents[2]
SETTINGS: Final = PROJECT / "docs" / "settings.md"
ENVIRONMENT: Final = PROJECT / "deploy" / "takedowns.env"
#: What an installation cannot do without, as the example file shows it.
REQUIRED: Final = {
    "SECRET_KEY": "",  # one that everybody knows would be worse than none
    "ALLOWED_HOSTS": "takedowns.example.org",
    "DATABASE_URL": "postgresql://takedowns_app:PASSWORD@localhost/takedowns",
    "DATABASE_WEB_URL": "postgresql://takedowns_web:PASSWORD@localhost/takedowns",
    "DATABASE_API_URL": "postgresql://takedowns_api:PASSWORD@localhost/takedowns",
    "DATABASE_SIGN_IN_URL": "postgresql://takedowns_sign_in:PASSWORD@localhost/takedowns",
    "DATABASE_WORKER_URL": "postgresql://takedowns_worker:PASSWORD@localhost/takedowns",
    "BEHIND_PROXY": "on",
    "VAR_DIR": "/var/lib/takedowns",
}
_TYPES: Final = {
    "String": "text",
    "Integer": "number",
    "Float": "number",
    "Boolean": "on or off",
    "List": "list, comma-separated",
}
#: Asks a process without any setting of its own what is read and what it is then. An installation has a secret and hosts.
_ASK: Final = """
import orjson, sys
from takedowns import settings
read = {name: (type(field).__name__, settings.env._values[name]) for name, field in settings.env._fields.items()}
sys.stdout.write(orjson.dumps(read, default=str).decode())
"""

_HEAD: Final = """# Settings

Written from `takedowns/settings.py` and `takedowns/installation/variables.toml` by `python -m takedowns.installation.document`; do not edit.

All come from the environment. A variable that is empty is one that is not set, for addresses and folders. Without `DEBUG` the application
refuses to start on a missing, default or short secret and on wildcard hosts. `deploy/takedowns.env` is a file to begin with.
"""


class Variable(NamedTuple):
    """A variable of the environment: what kind of value it takes, what it is where it is not set, and what it means."""

    name: str
    kind: str
    default: str
    meaning: str


def read_by_settings() -> dict[str, tuple[str, Any]]:
    """Return each variable that the settings read, with the name of its type and what it is where nothing is set."""
    clean = {
        "PATH": os.environ.get("PATH", ""),
        "SECRET_KEY": "x" * 40,
        "ALLOWED_HOSTS": "takedowns.example.org",
    }
    asked = run([sys.executable, "-c", _ASK], env=clean, cwd=PROJECT, check=True, capture_output=True)
    return {name: (kind, value) for name, (kind, value) in orjson.loads(asked.stdout).items()}


def described() -> dict[str, dict[str, Any]]:
    """Return what variables.toml says, by group and variable."""
    groups = tomllib.loads(files(__package__).joinpath("variables.toml").read_text(encoding="utf-8"))
    return {
        group: {name: {"meaning": said} if isinstance(said, str) else said for name, said in of.items()}
        for group, of in groups.items()
    }


def variables() -> dict[str, list[Variable]]:
    """Return every variable by group, in the order of variables.toml."""
    read = read_by_settings()
    return {
        group: [_variable(name, said, read.get(name)) for name, said in of.items()]
        for group, of in described().items()
    }


def _variable(name: str, said: Mapping[str, Any], read: tuple[str, Any] | None) -> Variable:
    kind = said.get("type") or (_TYPES[read[0]] if read else "text")
    default = said["default"] if "default" in said else _written(read[1] if read else "")
    return Variable(name, kind, default, said["meaning"])


def _written(value: Any) -> str:
    """Write a value as the environment would hold it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def settings_page(groups: Mapping[str, list[Variable]]) -> str:
    """Return docs/settings.md."""
    lines = [_HEAD]
    for group, of in groups.items():
        lines += [f"## {group}", "", "| variable | takes | default | meaning |", "|---|---|---|---|"]
        lines += [f"| `{one.name}` | {one.kind} | {one.default or '–'} | {one.meaning} |" for one in of]
        lines.append("")
    return "\n".join(lines)


def environment_file(groups: Mapping[str, list[Variable]]) -> str:
    """Return deploy/takedowns.env: what must be set, and all else behind a number sign with its default."""
    lines = [
        "# The settings of an installation; docs/settings.md explains each. Readable by root alone: it holds secrets."
    ]
    for group, of in groups.items():
        lines += ["", f"## {group}"]
        for one in of:
            meaning = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", one.meaning).replace("`", "")
            lines.append(f"# {one.name}: {meaning} ({one.kind})" if meaning else f"# {one.name} ({one.kind})")
            shown = REQUIRED.get(one.name, "" if "`" in one.default or " " in one.default else one.default)
            lines.append(f"{'' if one.name in REQUIRED else '#'}{one.name}={shown}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both files."""
    groups = variables()
    ENVIRONMENT.parent.mkdir(exist_ok=True)
    SETTINGS.write_text(settings_page(groups), encoding="utf-8")
    ENVIRONMENT.write_text(environment_file(groups), encoding="utf-8")


if __name__ == "__main__":
    main()
