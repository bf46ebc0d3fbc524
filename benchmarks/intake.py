"""Import of a 26,000-row CSV, from opening the file to commit, beside bare PostgreSQL writing the same rows.

Two limits: *bare* writes the same rows into our own tables, with all that these hold rows to; *lean* writes them into tables that
hold next to nothing of it (a primary key each, two indexes and a foreign key on the referral, one index on the log).

Before it, the preview of the same file: from opening it to all that the preview's page says.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks import claims
from benchmarks.database import bench_database, empty, hand_in, make_operation, the_operation
from benchmarks.rows import write_list

ROWS = 26_000
RUNS = 5
MOST_LEAN = 4
MOST_PREVIEW = 2.0

# What the import wrote, as bare rows: read back from its own tables, with ids and all.
BARE_COLUMNS = """
    place bigint, line integer, raw text, url text, outcome text, reason text, message text, problems text[], notes text[],
    platform_id text, domain text, item_id uuid, referral_id uuid, first_line integer, kind text, key text,
    canonical text, outlet_id uuid, cell_id bigint, tier smallint, language text, details jsonb, event_id uuid
"""
READ_BACK = """
COPY (
    SELECT handed.place, handed.line, handed.raw, handed.url, handed.outcome, handed.reason, handed.message, handed.problems, handed.notes,
           handed.platform_id, handed.domain, handed.item_id, handed.referral_id, handed.first_line, item.kind, item.key, item.url,
           item.outlet_id, referral.cell_id, referral.tier, referral.language, event.details, event.id
    FROM intake_submissionrow AS handed
    LEFT JOIN referrals_item AS item ON item.id = handed.item_id AND handed.outcome = 'new'
    LEFT JOIN referrals_referral AS referral ON referral.item_id = item.id
    LEFT JOIN referrals_event AS event ON event.referral_id = referral.id
    ORDER BY item.id NULLS LAST
) TO STDOUT
"""
BARE = (
    """
    INSERT INTO referrals_item (id, platform_id, kind, key, url, outlet_id, first_seen_at)
    SELECT item_id, platform_id, kind, key, canonical, outlet_id, %(at)s FROM bare WHERE outcome = 'new'
    """,
    """
    INSERT INTO referrals_referral (
        id, item_id, operation_id, agency_id, platform_id, submission_id, instrument, tier, language, listed_group, ground,
        status, availability, cell_id, action, decision_ground, decline_reason, submitted_by_id, submitted_at, round
    )
    SELECT referral_id, item_id, %(operation)s, %(agency)s, platform_id, %(submission)s, 'referral', tier, language, '', '',
           'submitted', 'unknown', cell_id, '', '', '', %(user)s, %(at)s, 1 FROM bare WHERE outcome = 'new'
    """,
    """
    INSERT INTO referrals_event (id, item_id, referral_id, at, kind, to_cell_id, actor_id, agency_id, details)
    SELECT event_id, item_id, referral_id, %(at)s, 'submit', cell_id, %(user)s, %(agency)s, details FROM bare WHERE outcome = 'new'
    """,
    """
    INSERT INTO intake_submissionrow (
        submission_id, place, line, raw, url, outcome, reason, message, problems, notes, platform_id, domain, item_id, referral_id, first_line
    )
    SELECT %(submission)s, place, line, raw, url, outcome, reason, message, problems, notes, platform_id, domain, item_id, referral_id,
           first_line FROM bare
    """,
)

#: The same columns as ours, and no more than a shop's table would hold them to.
LEAN_TABLES = """
CREATE TABLE lean_item (id uuid PRIMARY KEY, platform_id text, kind text, key text, url text, outlet_id uuid, first_seen_at timestamptz);
CREATE TABLE lean_referral (
    id uuid PRIMARY KEY, item_id uuid REFERENCES lean_item, operation_id uuid, agency_id uuid, platform_id text, submission_id uuid,
    instrument text, tier smallint, language text, listed_group text, ground text, status text, availability text, cell_id bigint,
    action text, decision_ground text, decline_reason text, submitted_by_id uuid, submitted_at timestamptz, round integer
);
CREATE INDEX ON lean_referral (operation_id, id);
CREATE INDEX ON lean_referral (cell_id, id);
CREATE TABLE lean_event (
    id uuid PRIMARY KEY, item_id uuid, referral_id uuid, at timestamptz, kind text, to_cell_id bigint, actor_id uuid, agency_id uuid,
    details jsonb, xid xid8 DEFAULT pg_current_xact_id()
);
CREATE INDEX ON lean_event (xid, id);
"""
#: Handed-in rows are no part of it.
LEAN = tuple(statement.replace("referrals_", "lean_") for statement in BARE[:3])


def main() -> None:
    """Print the import's seconds, the bare and the lean ones, and their ratios, run by run."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_list(path, ROWS)
        run_import(path)  # warm up
        previews = [run_preview(path) for _ in range(RUNS)]
        print("  preview " + ", ".join(f"{seconds:.2f} s" for seconds in previews), flush=True)
        runs: list[tuple[float, float, float]] = []
        for _ in range(RUNS):
            ours, facts, statements = run_import(path)
            runs.append((ours, run_bare(facts), run_lean(facts)))
            bare, lean = runs[-1][1:]
            print(
                f"  import {ours:6.2f} s   bare {bare:6.2f} s   lean {lean:6.2f} s   {statements} statements",
                flush=True,
            )
        claims.figure("preview", statistics.median(previews), "s", at_most=MOST_PREVIEW)
        ours = statistics.median(run[0] for run in runs)
        claims.figure("import, rows a second", ROWS / ours, "rows/s")
        claims.figure("import against bare", statistics.median(run[0] / run[1] for run in runs), "times")
        claims.ratio("import", [(run[0], run[2]) for run in runs], limit="lean", at_most=MOST_LEAN)


def run_preview(path: Path) -> float:
    """Take the file in for a preview and preview it, nothing handed in before; return seconds."""
    from takedowns.intake.models import Submission
    from takedowns.intake.preview import preview
    from takedowns.intake.receive import Loading, receive

    empty()
    operation, agency, user = make_operation()
    settle()
    started = time.perf_counter()
    with path.open("rb") as content:
        received = receive(
            operation=operation,
            agency=agency,
            user=user,
            source=Submission.Source.FILE,
            filename="list.csv",
            content=content,
            loading=Loading.PREVIEW,
        )
    told = preview(received.submission)
    seconds = time.perf_counter() - started
    assert told.rows == ROWS, told.rows
    return seconds


def run_import(path: Path) -> tuple[float, dict[str, Any], int]:
    """Import into empty tables; return seconds, the facts the bare run needs, and the number of statements."""
    from django.db import connection

    from takedowns.access.actor import SYSTEM, acting_as

    empty()
    made = make_operation()
    settle()
    with path.open("rb") as content:
        started = time.perf_counter()
        hand_in(made, content)
        seconds = time.perf_counter() - started
    with acting_as(SYSTEM), connection.cursor() as cursor:
        # Nothing is known yet of tables that were just filled, and row by row this would take minutes.
        cursor.execute("SET LOCAL enable_nestloop = off")
        out = io.BytesIO()
        with cursor.copy(READ_BACK) as copy:
            for block in copy:
                out.write(bytes(block))
        cursor.execute(
            "SELECT operation_id, agency_id, id, submitted_by_id, received_at FROM intake_submission"
        )
        found = cursor.fetchone()
    facts = dict(zip(("operation", "agency", "submission", "user", "at"), found, strict=True)) | {
        "rows": out.getvalue()
    }
    return seconds, facts, count_statements(path)


@cache
def count_statements(path: Path) -> int:
    """Return how many statements a load runs: counted on a short list, since it is the same for any length."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from takedowns.directory.models import Agency, User
    from takedowns.intake.load import load
    from takedowns.intake.models import Submission
    from takedowns.intake.receive import Loading, receive

    short = b"".join(path.read_bytes().splitlines(keepends=True)[:50])
    received = receive(
        operation=the_operation(),
        agency=Agency.objects.get(),
        user=User.objects.get(),
        source=Submission.Source.FILE,
        filename="short.csv",
        content=short,
        loading=Loading.CALLER,
    )
    with CaptureQueriesContext(connection) as counted:
        load(received.submission.pk)
    return len(counted)


def run_bare(facts: dict[str, Any]) -> float:
    """Write the same rows with nothing but COPY and INSERT … SELECT; return seconds."""
    from django.db import connection

    from takedowns.access.actor import SYSTEM, acting_as

    empty_work()
    settle()
    started = time.perf_counter()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        _write(cursor, facts, BARE)
    return time.perf_counter() - started


def run_lean(facts: dict[str, Any]) -> float:
    """Write the same rows into lean tables, made anew; return seconds."""
    from django.db import connections, transaction

    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS lean_event, lean_referral, lean_item")
        cursor.execute(LEAN_TABLES)
        settle()
        started = time.perf_counter()
        with transaction.atomic("owner"):
            _write(cursor, facts, LEAN)
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE lean_event, lean_referral, lean_item")
    return seconds


def _write(cursor: Any, facts: dict[str, Any], statements: tuple[str, ...]) -> None:
    cursor.execute(f"CREATE TEMPORARY TABLE bare ({BARE_COLUMNS}) ON COMMIT DROP")
    with cursor.copy("COPY bare FROM STDIN") as copy:
        copy.write(facts["rows"])
    for statement in statements:
        cursor.execute(statement, facts)


def empty_work() -> None:
    """Empty what the import wrote, and leave the operation, the agency, the cells and the outlets."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE referrals_event DISABLE TRIGGER USER")
        cursor.execute(
            "TRUNCATE referrals_event, referrals_coreferral, referrals_referral, referrals_item, intake_submissionrow CASCADE"
        )
        cursor.execute("ALTER TABLE referrals_event ENABLE TRIGGER USER")


def settle() -> None:
    """Write out what earlier runs left, so that each run meets the server in the same state."""
    from django.db import connections

    from takedowns.postgres.cluster import SUPERUSER, cluster_at

    folder = connections["default"].settings_dict.get("EMBEDDED")
    if folder:
        import psycopg

        with psycopg.connect(
            cluster_at(Path(folder)).dsn(SUPERUSER, SUPERUSER), autocommit=True
        ) as superuser:
            superuser.execute("CHECKPOINT")
