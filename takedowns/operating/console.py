"""Management commands from a shell: what is the matter outside the program is one line, not a traceback."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

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
    return None
