"""Starting management commands as processes of their own, in the test's database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent

PROGRAM = """
import sys
from django.conf import settings
for database in settings.DATABASES.values():
    database["NAME"] = sys.argv[1]
settings.MEDIA_ROOT = sys.argv[2]
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", *sys.argv[3:]])
"""


def start(*command: str) -> subprocess.Popen[bytes]:
    """Start ``manage.py command ...`` on the database and the files of the running test."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, connection.settings_dict["NAME"], str(settings.MEDIA_ROOT), *command],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "takedowns.settings"},
        stdout=subprocess.PIPE,
    )


def is_copying() -> bool:
    """Tell whether a load is inside its transaction: some connection runs a statement of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle' AND (query LIKE 'COPY staged%' OR query LIKE '%INSERT INTO referrals_%')"
        )
        return bool(cursor.fetchone()[0])
