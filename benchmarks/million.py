"""Import of 1,000,000 rows: how far from linear against 26,000, and the peak memory of the importing process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import claims
from benchmarks.database import bench_database, empty, make_operation
from benchmarks.intake import ROWS, settle
from benchmarks.rows import write_list

MANY = 1_000_000
#: 1,000,000 rows take at most 50 times the seconds of 26,000, in at most so much more memory.
MOST_TIMES, MOST_MEMORY = 50, 1.2


def main() -> None:
    """Import both sizes, each in a process of its own, and print seconds per row and peak memory."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few.csv", Path(folder) / "many.csv"
        write_list(few, ROWS)
        write_list(many, MANY)
        small = sorted((_import(few) for _ in range(3)), key=lambda run: run["seconds"])[1]
        large = _import(many)
    per_row = [run["seconds"] / rows * 1e6 for run, rows in ((small, ROWS), (large, MANY))]
    print(
        f"  {ROWS:>9,} rows {small['seconds']:7.2f} s  {per_row[0]:6.1f} µs a row  peak {small['peak_mib']:5.0f} MiB"
    )
    print(
        f"  {MANY:>9,} rows {large['seconds']:7.2f} s  {per_row[1]:6.1f} µs a row  peak {large['peak_mib']:5.0f} MiB"
    )
    claims.figure(
        "import of 1,000,000 rows against 26,000",
        large["seconds"] / small["seconds"],
        "times the seconds",
        at_most=MOST_TIMES,
    )
    claims.figure(
        "import of 1,000,000 rows against 26,000, peak memory",
        large["peak_mib"] / small["peak_mib"],
        "times",
        at_most=MOST_MEMORY,
    )


def _import(path: Path) -> dict[str, float]:
    empty()
    make_operation()
    settle()
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, str(path)], check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


# The importing process: nothing but the product, so that its peak memory is the product's.
IMPORT = """
import json, resource, sys, time
import django
from django.conf import settings
for database in settings.DATABASES.values():
    database["NAME"] = "takedowns_bench"
django.setup()
from takedowns.directory.models import Agency, User
from takedowns.intake.load import load
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from django.db import connection
from benchmarks.database import the_operation
from benchmarks.requests import seconds_of
started = time.perf_counter()
with open(sys.argv[1], "rb") as content:
    received = receive(operation=the_operation(), agency=Agency.objects.get(), user=User.objects.get(),
                       source=Submission.Source.FILE, filename="list.csv", content=content, loading=Loading.CALLER)
    loaded = load(received.submission.pk)
seconds = time.perf_counter() - started
assert loaded.state == "loaded", loaded.error
used = resource.getrusage(resource.RUSAGE_SELF)
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_backend_pid()")
    backend = seconds_of(cursor.fetchone()[0])
print(json.dumps({"seconds": seconds, "peak_mib": used.ru_maxrss / 1024,
                  "own": used.ru_utime + used.ru_stime, "backend": backend}))
"""
