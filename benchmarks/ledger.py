"""What the ledger costs an import of 26,000 rows, and how fast entries are sealed and checked, beside bare hashing."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import claims
from benchmarks.database import bench_database, empty, hand_in, make_operation
from benchmarks.intake import settle
from benchmarks.rows import write_list

if TYPE_CHECKING:
    from takedowns.directory.models import Agency, User
    from takedowns.referrals.models import Operation

ROWS = 26_000
RUNS = 5
#: Imports that are sealed and checked together.
IMPORTS = 8
#: Entries that one core checks in a second.
LEAST_CHECKED = 200_000


def main() -> None:
    """Print what it costs and how fast it is."""
    with tempfile.TemporaryDirectory() as folder, bench_database():
        from django.conf import settings

        settings.LEDGER_KEY_FILE = str(Path(folder) / "key.pem")
        path = Path(folder) / "list.csv"
        write_list(path, ROWS)
        _cost_of_import(path)
        _sealing_and_checking(Path(folder))


def _cost_of_import(path: Path) -> None:
    """Load the same list with the ledger and without, in turn."""
    with_ledger: list[float] = []
    without: list[float] = []
    for _ in range(RUNS):
        for kept, times in ((True, with_ledger), (False, without)):
            empty()
            made = make_operation()
            _switch(on=kept)
            settle()
            times.append(_load(path, made))
            _switch(on=True)
    median, bare = statistics.median(with_ledger), statistics.median(without)
    cost = statistics.median(one / other for one, other in zip(with_ledger, without, strict=True)) - 1
    print(
        f"  import of {ROWS:,} rows: {median:.2f} s of processor time, ours and the server's; without triggers of the ledger"
        f" {bare:.2f} s: {cost:+.1%} (median of {RUNS} pairs)"
    )


def _sealing_and_checking(folder: Path) -> None:
    from takedowns.ledger.keys import signing_keys
    from takedowns.ledger.models import Seal
    from takedowns.ledger.sealing import seal
    from takedowns.ledger.verifying import verify

    empty()
    made = make_operation()
    for number in range(IMPORTS):
        path = folder / f"{number}.csv"
        path.write_text("url\n" + "".join(f"https://t.me/demo_{number}_{row}\n" for row in range(ROWS)))
        _load(path, made)
    settle()
    started, used = time.perf_counter(), time.process_time()
    sealed = seal()
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    print(
        f"  sealing {sealed:,} entries: {seconds:.2f} s, {sealed / seconds:,.0f}/s ({sealed / cpu:,.0f}/s of our own processor time)"
    )
    started, used = time.perf_counter(), time.process_time()
    report = verify([signing_keys()[0].public])
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    if not report.is_sound or report.entries != sealed:
        raise RuntimeError(f"The check found {report.findings[:3]} in {report.entries} entries.")
    print(
        f"  checking them and {report.rows:,} rows: {seconds:.2f} s, {sealed / seconds:,.0f}/s"
        f" ({sealed / cpu:,.0f}/s of our own processor time), sound; bare SHA-256 of a leaf and a node of such entries"
        f" {_bare():,.0f}/s; {Seal.__name__}s take {_size_of_seals() / sealed:.0f} bytes an entry"
    )
    claims.figure("verify", sealed / seconds, "entries/s a core", at_least=LEAST_CHECKED)


def _load(path: Path, made: tuple[Operation, Agency, User]) -> float:
    from takedowns.access.origin import coming_from

    with path.open("rb") as content, coming_from("page 192.0.2.1"):
        started = _worked()
        hand_in(made, content)
        return _worked() - started


def _worked() -> float:
    """Return how many seconds of processor time this process and the server's for its connection took so far."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _switch(*, on: bool) -> None:
    """Let the triggers of the ledger fire, or not."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname ~ '^ledger_' AND NOT tgisinternal"
            " AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        )
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER {trigger}")


def _bare() -> float:
    """Return how many leaves of 500 bytes a second one core hashes, each with a node above it."""
    leaf, node, count = b"\0" + b"x" * 500, b"\1" + b"x" * 64, 100_000
    started = time.process_time()
    for _ in range(count):
        sha256(leaf).digest()
        sha256(node).digest()
    return count / (time.process_time() - started)


def _size_of_seals() -> int:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_total_relation_size('ledger_seal') + pg_total_relation_size('ledger_salts')"
        )
        return int(cursor.fetchone()[0])
