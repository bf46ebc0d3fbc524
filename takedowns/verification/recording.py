"""Recording checks: by an officer who looked, or by a robot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.referrals.availability import Look, record_seen


class Found(NamedTuple):
    """What a robot has to say beside what it saw: a code of :class:`Reason`, and the HTTP status, if there was one."""

    reason: str = ""
    http_status: int | None = None


NOTHING_SAID = Found()


def record_checks(
    looks: Sequence[Look],
    *,
    by: Actor,
    agency_id: UUID | None = None,
    robot: str = "",
    note: str = "",
    found: Mapping[UUID, Found] | None = None,
    evidence_id: UUID | None = None,
) -> int:
    """Keep a set of looks, and let items and referrals say what was last seen. Fixed number of statements.

    Args:
        looks: item, what was seen, when.
        by: the person who looked; the system for a robot.
        agency_id: for which agency.
        robot: name of the probe; empty for a person.
        note: what a person noted; the same for the whole set.
        found: what a robot says of each item.
        evidence_id: the screenshot of a person's look.

    Returns:
        How many of the looks concern items that exist; others are left out.

    Raises:
        ValueError: neither a person nor a robot is named, or both.
    """
    if (by.user_id is None) == (not robot):
        raise ValueError("A check is made by a person or by a named robot.")
    said = [(found or {}).get(look.item_id, NOTHING_SAID) for look in looks]
    with acting_as(SYSTEM):
        counted = record_seen(looks, by=by, agency_id=agency_id, robot=robot)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO verification_check (item_id, at, seen, reason, http_status, by_id, robot, agency_id, note,
                                                evidence_id)
                SELECT item.id, look.at, look.seen, look.reason, look.http_status, %s, %s, %s, %s, %s
                FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::text[], %s::smallint[])
                    AS look (item_id, at, seen, reason, http_status)
                JOIN referrals_item AS item ON item.id = look.item_id
                """,
                [
                    by.user_id,
                    robot,
                    agency_id,
                    note,
                    evidence_id,
                    [look.item_id for look in looks],
                    [look.at for look in looks],
                    [str(look.seen) for look in looks],
                    [one.reason for one in said],
                    [one.http_status for one in said],
                ],
            )
    return counted
