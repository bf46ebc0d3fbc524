"""Recording checks: by an officer who looked, or by a robot."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from takedowns.directory.asking import SYSTEM, Asker, asking_as
from takedowns.referrals.availability import Look, record_seen


def record_checks(looks: Sequence[Look], *, by: Asker, agency_id: UUID | None = None, robot: str = "") -> int:
    """Keep a set of looks, and let items and referrals say what was last seen. Fixed number of statements.

    Args:
        looks: item, what was seen, when.
        by: the person who looked; the system for a robot.
        agency_id: for which agency.
        robot: name of the probe; empty for a person.

    Returns:
        How many of the looks concern items that exist; others are left out.

    Raises:
        ValueError: neither a person nor a robot is named, or both.
    """
    if (by.user_id is None) == (not robot):
        raise ValueError("A check is made by a person or by a named robot.")
    with asking_as(SYSTEM):
        counted = record_seen(looks, by=by, agency_id=agency_id, robot=robot)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO verification_check (item_id, at, seen, by_id, robot, agency_id)
                SELECT item.id, look.at, look.seen, %s, %s, %s
                FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[]) AS look (item_id, at, seen)
                JOIN referrals_item AS item ON item.id = look.item_id
                """,
                [
                    by.user_id, robot, agency_id,
                    [look.item_id for look in looks], [look.at for look in looks], [str(look.seen) for look in looks],
                ],
            )  # fmt: skip
    return counted
