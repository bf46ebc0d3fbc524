"""``kill -9`` in the middle of an import, with a real process, and the same import again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from tests.factories import number_of_rows
from tests.people import make_people

pytestmark = [pytest.mark.torture, pytest.mark.django_db(transaction=True)]

TABLES = (
    "referrals_item", "referrals_referral", "referrals_event", "referrals_cell", "intake_submission", "intake_submissionrow",
)  # fmt: skip
ROWS = 30_000
ROOT = Path(__file__).resolve().parent.parent.parent


def import_command(path: Path) -> subprocess.Popen[bytes]:
    """Start the import as a person would, in the test's database."""
    program = (
        "import sys; from django.conf import settings\n"
        f"[database.update(NAME={connection.settings_dict['NAME']!r}) for database in settings.DATABASES.values()]\n"
        f"settings.MEDIA_ROOT = {str(path.parent)!r}\n"
        "from django.core.management import execute_from_command_line\n"
        f"execute_from_command_line(['manage.py', 'import_submission', {str(path)!r}, '--operation', 'RAD19', '--by', 'officer@example.org'])\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "takedowns.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    )


def counts() -> dict[str, int]:
    return {table: number_of_rows(table) for table in TABLES}


def is_copying() -> bool:
    """Tell whether the import is inside its transaction: some connection runs a statement of the load."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle' AND (query LIKE 'COPY staged%' OR query LIKE '%INSERT INTO referrals_%')"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("after", [0.0, 0.5, 1.2])
def test_a_killed_import_leaves_nothing_half_written_and_succeeds_the_second_time(
    tmp_path: Path, after: float
) -> None:
    make_people()
    path = tmp_path / "list.csv"
    path.write_text("url,note\n" + "".join(f"https://t.me/demo_{n},note {n}\n" for n in range(ROWS)))
    process = import_command(path)
    deadline = time.monotonic() + 60
    while not is_copying():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL, "it ended by itself: too few rows for this machine"
    while is_copying():  # the server notices when it next writes to the dead client
        time.sleep(0.05)
    assert counts() == dict.fromkeys(TABLES, 0) | {"intake_submission": 1}, "nothing half-written"

    again = import_command(path)
    said, _ = again.communicate(timeout=120)
    assert again.returncode == 0
    assert f"{ROWS:,} rows" in said.decode()
    undisturbed = {
        "referrals_item": ROWS, "referrals_referral": ROWS, "referrals_event": ROWS, "referrals_cell": 1,
        "intake_submission": 1, "intake_submissionrow": ROWS,
    }  # fmt: skip
    assert counts() == undisturbed
