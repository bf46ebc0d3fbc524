"""PostgreSQL's own programs: where they are, and how they are run on our database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db import connections
from psycopg.conninfo import make_conninfo

from takedowns.postgres.cluster import ClusterError, embedded_bin_dir

#: Where Debian, Red Hat and PostgreSQL's own packages put them.
_FOLDERS: Final = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
_NOT_LIBPQ: Final = {
    "cursor_factory",
    "prepare_threshold",
    "context",
    "autocommit",
    "password",
    "row_factory",
}


class ProgramError(RuntimeError):
    """A program of PostgreSQL is not there, or did not do what it should; the message says what to do."""


def server_major(using: str = "owner") -> int:
    """Return the major version of the server, such as 15."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


def find(name: str, major: int) -> Path:
    """Return the program of that name which fits a server of that version best: the same, else the next later one.

    Raises:
        ProgramError: there is none.
    """
    found = {version: path for path in _candidates(name) if (version := _major(path)) >= major}
    if not found:
        raise ProgramError(
            f"{name} of PostgreSQL {major} or later is not here. Install it (Debian: postgresql-client-{major}), or name its folder"
            " in POSTGRES_BIN_DIR."
        )
    return found[min(found)]


def command(name: str, *arguments: str, using: str = "owner") -> tuple[list[str], dict[str, str]]:
    """Return the command that runs a program on our database, and its environment, which holds the password."""
    parameters: dict[str, Any] = connections[using].get_connection_params()
    known = {key: value for key, value in parameters.items() if key not in _NOT_LIBPQ}
    environment = {**os.environ, "PGAPPNAME": f"takedowns {name}"}
    if parameters.get("password"):
        environment["PGPASSWORD"] = str(parameters["password"])
    program = find(name, server_major(using))
    return [str(program), *arguments, f"--dbname={make_conninfo(**known)}"], environment


def said_by(process: subprocess.Popen[bytes], errors: bytes) -> str:
    """Return what a program that failed said, for a person."""
    text = " ".join(errors.decode(errors="replace").split())[-1500:]
    return f"{Path(str(process.args[0])).name} ended with {process.returncode}: {text}"  # type: ignore[index]


def _candidates(name: str) -> Iterator[Path]:
    """Yield where a program of that name is; of two of one version the later one counts."""
    with suppress(ClusterError):
        yield embedded_bin_dir() / name
    for pattern in _FOLDERS:
        yield from (folder / name for folder in sorted(Path("/").glob(pattern[1:])))
    if there := shutil.which(name):
        yield Path(there)
    if named := os.environ.get("POSTGRES_BIN_DIR"):
        yield Path(named) / name


@cache
def _major(program: Path) -> int:
    """Return the major version of a program; 0 where it cannot be run."""
    try:
        said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    match = re.search(r"\s(\d+)", said)
    return int(match[1]) if match else 0
