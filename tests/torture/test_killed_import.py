"""``kill -9`` in the middle of an import, with a real process, and the same import again."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.factories import number_of_rows
from tests.people import make_people
from tests.torture.processes import is_copying, start

pytestmark = [pytest.mark.torture, pytest.mark.django_db(transaction=True)]

TABLES = (
    "referrals_item",
    "referrals_referral",
    "referrals_event",
    "referrals_cell",
    "intake_submission",
    "intake_submissionrow",
)
ROWS = 30_000


def import_command(path: Path) -> subprocess.Popen[bytes]:
    """Start the import as a person would."""
    return start("import_submission", str(path), "--operation", "RAD19", "--by", "officer@example.org")


def counts() -> dict[str, int]:
    return {table: number_of_rows(table) for table in TABLES}


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
        "referrals_item": ROWS,
        "referrals_referral": ROWS,
        "referrals_event": ROWS,
        "referrals_cell": 1,
        "intake_submission": 1,
        "intake_submissionrow": ROWS,
    }
    assert counts() == undisturbed
