"""Management commands from a shell: what is the matter outside the program is one line, not a traceback."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path

from django import get_version
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

import takedowns
from takedowns.installation.places import var_dir
from takedowns.postgres.cluster import ClusterError
from takedowns.postgres.trouble import Trouble, trouble_of


def run(arguments: list[str]) -> None:
    """Run a management command as ``manage.py`` does; exit with 1 and a line where it cannot be run.

    ``--traceback`` shows everything, as with Django's own errors.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takedowns.settings")
    try:
        execute_from_command_line(arguments)
    except Exception as error:
        if "--traceback" in arguments or (line := line_of(error)) is None:
            raise
        sys.stderr.write(f"{line}\n")
        sys.exit(1)


def line_of(error: Exception) -> str | None:
    """Return a sentence for an error that no program can mend, or None where it is the program's own."""
    if isinstance(error, ImproperlyConfigured | ClusterError):
        return " ".join(str(error).split())
    said = " ".join(str(error).split())
    match trouble_of(error):
        case Trouble.AWAY:
            return f"The database does not answer. Is it running, and is DATABASE_URL right? It says: {said}"
        case Trouble.FULL:
            return f"There is no space left: {said}"
        case Trouble.CLOCKS:
            return f"{said} Let both follow a time server (chrony, systemd-timesyncd)."
    return None


def main() -> None:
    """Run ``takedowns COMMAND ...``: management commands, with dashes for underscores, and ``worker`` for procrastinate's."""
    command, *rest = sys.argv[1:] or ["help"]
    if command in ("version", "--version"):
        sys.stdout.write(f"Takedowns {takedowns.__version__} (Django {get_version()})\n")
        return
    if command == "demo":
        _settings_of_the_demo()
    words = ["procrastinate", "worker"] if command == "worker" else [command.replace("-", "_")]
    run(["takedowns", *(words if not command.startswith("-") else [command]), *rest])


def _settings_of_the_demo() -> None:
    """Choose what only the demo may leave to us: a secret of its own, this machine alone, a password as the only factor."""
    secret = var_dir(Path(__file__).resolve().parent.parent.parent) / "secret-key"
    if "SECRET_KEY" not in os.environ:
        secret.parent.mkdir(parents=True, exist_ok=True)
        with (
            suppress(FileExistsError),
            os.fdopen(os.open(secret, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file,
        ):
            file.write(secrets.token_urlsafe(48))
        os.environ["SECRET_KEY"] = secret.read_text().strip()
    for name, value in (
        ("ALLOWED_HOSTS", "127.0.0.1,localhost"),
        ("HTTPS", "0"),
        ("REQUIRE_SECOND_FACTOR", "0"),
    ):
        os.environ.setdefault(name, value)
