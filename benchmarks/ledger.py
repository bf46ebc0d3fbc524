"""What the ledger costs an import of 26,000 rows, and how fast entries are sealed and checked, beside bare hashing.

What is claimed of a check: all that ``verify`` checks (entries, seals, heads, each row of the tables) divided by the processor time of
its own process, so entries a second of one core that does nothing else. The database's work runs on a core of its own, or on
another machine; what both take together is told beside, for all of it and for entries against seals and heads alone.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import claims
from benchmarks.database import bench_database, empty, hand_in, make_operation
from benchmarks.intake import settle
from benchmarks.many import write_many
from benchmarks.requests import seconds_of
from benchmarks.rows import write_list

if TYPE_CHECKING:
    from takedowns.directory.models import Agency, User
    from takedowns.referrals.models import Operation

ROWS = 26_000
RUNS = 5
#: Referrals whose events, with the entries of what was seen of them, come to a million entries.
REFERRALS = int(os.environ.get("LEDGER_REFERRALS", "210000"))
BEGIN = datetime(2019, 11, 21, 6, tzinfo=UTC)
#: Entries checked for a second of processor time of the command, every row of the tables included.
LEAST_CHECKED = 200_000


def main() -> None:
    """Print what it costs and how fast it is."""
    with tempfile.TemporaryDirectory() as folder, bench_database():
        from django.conf import settings

        settings.LEDGER_KEY_FILE = str(Path(folder) / "key.pem")
        path = Path(folder) / "list.csv"
        write_list(path, ROWS)
        _cost_of_import(path)
        _sealing_and_checking()


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


def _sealing_and_checking() -> None:
    """Seal and check a million entries. Processor time counts, ours and the server's: seconds are also those of others here."""
    from takedowns.ledger.keys import signing_keys
    from takedowns.ledger.models import Seal
    from takedowns.ledger.sealing import seal
    from takedowns.ledger.verifying import verify

    empty()
    operation, agency, _ = make_operation()
    write_many(operation, agency, REFERRALS, BEGIN)
    _enter_checks()
    settle()
    started, used, server = time.perf_counter(), time.process_time(), _server()
    sealed = seal()
    seconds, cpu, server = time.perf_counter() - started, time.process_time() - used, _server() - server
    print(
        f"  sealing {sealed:,} entries: {seconds:.1f} s; processor time {cpu:.1f} s ours, {server:.1f} s the server's,"
        f" {sealed / (cpu + server):,.0f}/s of both; {Seal.__name__}s take {_size_of_seals() / sealed:.0f} bytes an entry"
    )
    entries_alone = 0.0

    def note(done: int, total: int) -> None:
        nonlocal entries_alone
        if done == total:
            entries_alone = time.process_time() - used + _server() - server

    started, used, server = time.perf_counter(), time.process_time(), _server()
    report = verify([signing_keys()[0].public], progress=note)
    seconds, cpu, server = time.perf_counter() - started, time.process_time() - used, _server() - server
    if not report.is_sound or report.entries != sealed:
        raise RuntimeError(f"The check found {report.findings[:3]} in {report.entries} entries.")
    print(
        f"  checking them and {report.rows:,} rows: {seconds:.1f} s, sound; processor time {cpu:.1f} s ours, {server:.1f} s the"
        f" server's; bare SHA-256 of a leaf and a node of such entries {_bare():,.0f}/s"
    )
    claims.figure(
        "verify", sealed / cpu, "entries/s of a core of its own, every row included", at_least=LEAST_CHECKED
    )
    claims.figure(
        "verify, entries against seals and heads, the server's work included",
        sealed / entries_alone,
        "entries/s of a core",
    )
    claims.figure(
        "verify, every row and the server's work included", sealed / (cpu + server), "entries/s of a core"
    )


def _enter_checks() -> None:
    """Write a check for each item that was seen; triggers make an entry of each."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO verification_check (item_id, at, seen, reason, robot, note)"
            " SELECT id, checked_at, availability, '', 'bench', '' FROM referrals_item WHERE checked_at IS NOT NULL"
        )


def _server() -> float:
    """Return how many seconds of processor time the server's processes took so far, those that have ended too."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    server = int(backend[1])
    ended = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[13:15]
    running = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return sum(map(int, ended)) / os.sysconf("SC_CLK_TCK") + sum(map(_seconds_of, running))


def _seconds_of(pid: str) -> float:
    """Return the processor seconds of a process; of one that ended since it was listed they are among those of the ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return seconds_of(int(pid))
    return 0.0


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
