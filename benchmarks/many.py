"""Referrals in numbers no list has: written set by set in SQL, with the events that led each to where it stands.

Foreign keys are dropped first, in this database that is thrown away: checking them would cost more than all that is
measured. Ids ascend (real items' do not), so tables are filled faster than in life; what is read afterwards is the same.
"""

from __future__ import annotations

from typing import Any, Final

#: Referrals in one transaction, so that the log has many of them.
PORTION: Final = 50_000
#: By platform, an address that names another item for each number.
ADDRESSES: Final = {
    "telegram": "https://t.me/demo_bench/{}",
    "youtube": "https://www.youtube.com/watch?v={:011d}",
    "twitter": "https://x.com/i/status/1{:017d}",
    "facebook": "https://www.facebook.com/permalink.php?story_fbid=1{:014d}",
    "google_drive": "https://drive.google.com/open?id=1{:032d}",
    "tamtam": "https://tt.me/demo_bench_{}",
}
PLATFORMS: Final = tuple(ADDRESSES)

# Four in five are removed, half of all are looked at; a referral's events are written minutes apart over two days.
_WAYS: Final = """
    CREATE TEMPORARY TABLE ways ON COMMIT DROP AS
    SELECT number,
           ('00000000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid AS id,
           item.id AS item_id, item.key, item.url, item.platform, 1 + number %% 5 AS tier, number %% 5 <> 0 AS is_removed, number %% 2 = 0 AS is_seen,
           %(begin)s + (number::float8 / %(all)s) * interval '36 hours' AS submitted_at
    FROM bench_items AS item
"""
_ITEMS: Final = """
    INSERT INTO referrals_item (id, platform_id, kind, key, url, availability, checked_at, first_seen_at)
    SELECT item_id, platform, 'post', key, url,
           CASE WHEN is_seen THEN 'offline' ELSE 'unknown' END,
           CASE WHEN is_seen THEN submitted_at + interval '20 hours' END, submitted_at FROM ways
"""
_REFERRALS: Final = """
    INSERT INTO referrals_referral (
        id, item_id, operation_id, agency_id, platform_id, instrument, tier, language, listed_group, ground, status, availability,
        availability_since, cell_id, action, decision_ground, decline_reason, submitted_at, approved_at, referred_at, acknowledged_at,
        decided_at, round
    )
    SELECT ways.id, ways.item_id, %(operation)s, %(agency)s, platform, 'referral', ways.tier, 'ar', '', 'Bench',
           cell.status, cell.availability, CASE WHEN is_seen THEN submitted_at + interval '20 hours' END, cell.id,
           CASE WHEN is_removed THEN 'visibility_removed' ELSE '' END, '', '', submitted_at,
           submitted_at + interval '10 minutes', submitted_at + interval '20 minutes',
           CASE WHEN is_removed THEN submitted_at + interval '30 minutes' + number %% 997 * interval '1 minute' END,
           CASE WHEN is_removed THEN submitted_at + interval '30 minutes' + number %% 997 * interval '1 minute' END, 1
    FROM ways JOIN bench_cells AS cell ON cell.platform_id = ways.platform AND cell.tier = ways.tier
      AND cell.status = CASE WHEN is_removed THEN 'removed' ELSE 'referred' END
      AND cell.availability = CASE WHEN is_seen THEN 'offline' ELSE 'unknown' END
"""
# An id of an event is a UUID of version 7: the millisecond in which it was written, the step, the referral's number.
_EVENTS: Final = """
    INSERT INTO referrals_event (
        id, item_id, referral_id, at, recorded_at, kind, from_cell_id, to_cell_id, agency_id, details, origin
    )
    SELECT (lpad(to_hex((extract(epoch FROM moment.at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(step.number), 3, '0')
            || '8' || lpad(to_hex(ways.number), 15, '0'))::uuid,
           ways.item_id, ways.id, moment.at, moment.at, step.kind, before.id, after.id, %(agency)s,
           CASE step.kind WHEN 'submit' THEN jsonb_build_object('line', ways.number)
                          WHEN 'approve' THEN '{"exemptions_checked": true}'
                          WHEN 'remove' THEN '{"action": "visibility_removed"}'
                          WHEN 'check' THEN '{"seen": "offline", "robot": "bench"}' ELSE '{}' END,
           CASE step.kind WHEN 'remove' THEN 'key' WHEN 'check' THEN '' ELSE 'page 192.0.2.1' END
    FROM ways
    CROSS JOIN (VALUES
        (1, 'submit', NULL, 'submitted', 'unknown', 'unknown', interval '0'),
        (2, 'approve', 'submitted', 'approved', 'unknown', 'unknown', interval '10 minutes'),
        (3, 'refer', 'approved', 'referred', 'unknown', 'unknown', interval '20 minutes'),
        (4, 'remove', 'referred', 'removed', 'unknown', 'unknown', interval '30 minutes'),
        (5, 'check', NULL, NULL, 'unknown', 'offline', interval '20 hours')
    ) AS step (number, kind, leaves, enters, seen, sees, after)
    CROSS JOIN LATERAL (
        SELECT submitted_at + step.after + CASE WHEN step.kind = 'remove' THEN ways.number %% 997 * interval '1 minute'
                                                ELSE interval '0' END AS at
    ) AS moment
    JOIN bench_cells AS after ON after.platform_id = ways.platform AND after.tier = ways.tier AND after.availability = step.sees
     AND after.status = coalesce(step.enters, CASE WHEN is_removed THEN 'removed' ELSE 'referred' END)
    LEFT JOIN bench_cells AS before ON before.platform_id = ways.platform AND before.tier = ways.tier
     AND before.availability = step.seen AND step.kind <> 'submit'
     AND before.status = coalesce(step.leaves, CASE WHEN is_removed THEN 'removed' ELSE 'referred' END)
    WHERE (step.kind <> 'remove' OR is_removed) AND (step.kind <> 'check' OR is_seen) AND (step.number = 1) = %(first_step)s
    ORDER BY step.number
"""


def write_many(operation: Any, agency: Any, number: int, begin: Any) -> int:
    """Write ``number`` referrals of one operation, the first at ``begin``, and return how many events they have."""
    from django.db import connections

    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.referrals.cells import Dimensions, ensure_cells

    with acting_as(SYSTEM):
        ensure_cells(
            [
                Dimensions(operation.pk, platform, "post", agency.pk, "referral", tier, status, seen)
                for platform in PLATFORMS
                for tier in range(1, 6)
                for status in ("submitted", "approved", "referred", "removed")
                for seen in ("unknown", "offline")
            ]
        )
    with connections["owner"].cursor() as cursor:
        _drop_foreign_keys(cursor)
        cursor.execute("DROP TABLE IF EXISTS bench_cells")
        cursor.execute(
            "CREATE TABLE bench_cells AS SELECT * FROM referrals_cell WHERE operation_id = %s", [operation.pk]
        )
        cursor.execute("ANALYZE bench_cells")
    for first in range(1, number + 1, PORTION):
        _portion(
            {
                "first": first,
                "last": min(first + PORTION - 1, number),
                "all": number,
                "operation": operation.pk,
                "agency": agency.pk,
                "begin": begin,
            }
        )
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE bench_cells")
        cursor.execute("VACUUM ANALYZE referrals_item, referrals_referral, referrals_event")
        cursor.execute("SELECT count(*) FROM referrals_event")
        return int(cursor.fetchone()[0])


def _portion(values: dict[str, Any]) -> None:
    from django.db import connections, transaction

    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        _write_items(cursor, values["first"], values["last"])
        for statement in (_WAYS, "ANALYZE ways", _ITEMS, _REFERRALS):
            cursor.execute(statement, values)
        cursor.execute(_EVENTS, values | {"first_step": True})
        # Each later event is placed behind its referral's last: found by its index, once the table is known not to be empty.
        cursor.execute("ANALYZE referrals_event")
        cursor.execute(_EVENTS, values | {"first_step": False})


def _write_items(cursor: Any, first: int, last: int) -> None:
    """Write which item each number is, as its address says."""
    from takedowns.identity import Identity, identify

    cursor.execute(
        "CREATE TEMPORARY TABLE bench_items (number bigint, id uuid, platform text, key text, url text) ON COMMIT DROP"
    )
    with cursor.copy("COPY bench_items FROM STDIN") as rows:
        for number in range(first, last + 1):
            found = identify(ADDRESSES[PLATFORMS[number % len(PLATFORMS)]].format(number))
            assert isinstance(found, Identity)
            rows.write_row((number, found.id, found.platform, found.key, found.url))


def _drop_foreign_keys(cursor: Any) -> None:
    cursor.execute(
        """
        SELECT conrelid::regclass::text, conname FROM pg_constraint
        WHERE contype = 'f' AND conrelid IN ('referrals_item'::regclass, 'referrals_referral'::regclass, 'referrals_event'::regclass)
        """
    )
    for table, name in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
