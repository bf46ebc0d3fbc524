"""Eight agencies hand in at once, lists that overlap: rows a second against one agency alone, and whether an item came twice."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks import claims
from benchmarks.database import bench_database, empty
from benchmarks.intake import settle

AGENCIES = 8
ROWS = int(os.environ.get("AGENCIES_ROWS", "13000"))
#: Rows that each list shares with the next agency's.
SHARED = ROWS // 4
LEAST_GAIN = 1.5


def main() -> None:
    """Print the throughput of one and of eight, and how many items have more than one open referral (none may)."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.csv" for number in range(AGENCIES)]
        for number, path in enumerate(paths):
            first = number * (ROWS - SHARED)
            path.write_text(
                "url\n" + "".join(f"https://t.me/demo_bench/{first + row + 1}\n" for row in range(ROWS))
            )
        alone = _hand_in(paths, at_once=1)
        together = _hand_in(paths, at_once=AGENCIES)
        print(f"  one after the other {alone:,.0f} rows/s, {AGENCIES} at once {together:,.0f} rows/s")
        claims.figure("items with two open referrals", _twice(), "items", at_most=0)
        claims.figure(
            f"{AGENCIES} agencies at once against one", together / alone, "times", at_least=LEAST_GAIN
        )


def _hand_in(paths: list[Path], *, at_once: int) -> float:
    """Let each agency hand in its list, so many at once; return rows a second from the first to the last commit."""
    empty()
    _make_agencies()
    settle()
    waiting = list(enumerate(paths))
    waited = 0.0
    while waiting:
        now, waiting = waiting[:at_once], waiting[at_once:]
        loaders = [
            subprocess.Popen(
                [sys.executable, "-c", _ONE, str(number), str(path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number, path in now
        ]
        for one in loaders:
            assert one.stdout is not None
            one.stdout.readline()  # it has started
        started = time.perf_counter()
        for one in loaders:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        for one in loaders:
            if one.wait():
                raise RuntimeError("An agency's list was not loaded; see above.")
        waited += time.perf_counter() - started
    return ROWS * len(paths) / waited


def _make_agencies() -> None:
    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.access.roles import Role
    from takedowns.directory.models import Agency, Membership, User
    from takedowns.referrals.models import Operation

    with acting_as(SYSTEM):
        operation = Operation.objects.create(
            reference="BENCH",
            name="Bench",
            starts=date(2019, 11, 21),
            default_ground="Directive (EU) 2017/541, Art. 5",
        )
        for number in range(AGENCIES):
            agency = Agency.objects.create(slug=f"bench-{number}", name=f"Bench Unit {number}")
            user = User.objects.create_user(f"officer{number}@bench.example", "Officer")
            Membership.objects.create(user=user, agency=agency, role=Role.OFFICER)
            operation.agencies.add(agency)


def _twice() -> int:
    from django.db import connections

    from takedowns.referrals.vocabulary import OPEN

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT item_id FROM referrals_referral WHERE status = ANY (%s)"
            " GROUP BY item_id HAVING count(*) > 1) AS twice",
            [[str(status) for status in OPEN]],
        )
        return int(cursor.fetchone()[0])


# One agency's process: it is ready, waits for the word, and hands in.
_ONE = """
import sys
import django
from django.conf import settings
for database in settings.DATABASES.values():
    database["NAME"] = "takedowns_bench"
django.setup()
from takedowns.directory.models import Agency, User
from takedowns.intake.load import load
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from benchmarks.database import the_operation
number = sys.argv[1]
operation, agency = the_operation(), Agency.objects.get(slug="bench-" + number)
user = User.objects.get(email="officer" + number + "@bench.example")
print("ready", flush=True)
sys.stdin.readline()
with open(sys.argv[2], "rb") as content:
    received = receive(operation=operation, agency=agency, user=user, source=Submission.Source.FILE, filename="list.csv",
                       content=content, loading=Loading.CALLER)
    loaded = load(received.submission.pk)
assert loaded.state == "loaded", loaded.error
"""
