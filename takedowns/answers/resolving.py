"""Which referral of an operation, or to a platform, a row names: by reference, by any spelling of the address, or by both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from takedowns.answers.pieces import is_reference
from takedowns.answers.rows import Problem, Row
from takedowns.directory.models import Platform
from takedowns.identity import Refusal, identify
from takedowns.referrals.models import Operation
from takedowns.referrals.reference import parse_reference

#: Where answers are brought: in an operation, whose coordinator records them, or at the desk of a platform that answers itself.
Where = Operation | Platform


@dataclass(frozen=True, slots=True)
class Known:
    """A referral as it stands; ``operation`` is the reference of the one it belongs to."""

    referral_id: UUID
    item_id: UUID
    referred_at: datetime | None
    status: str
    action: str
    decline_reason: str
    operation: str


class _Named(NamedTuple):
    """What a row names: an operation and the end of a referral's id, an item, or both."""

    operation: str
    ending: str
    item_id: UUID | None


_COLUMNS = (
    "referral.id, referral.item_id, referral.referred_at, referral.status, referral.action, referral.decline_reason,"
    " operation.reference"
)


def resolve(rows: Sequence[Row], where: Where, hosts: Mapping[str, str]) -> list[Known | Problem]:
    """Return the referral each row names (of several rounds the last), or why there is none. Two statements.

    A reference and an address in one row must be of one item: a list that was sorted by one column alone is not believed.
    """
    named = [_named(row, where, dict(hosts)) for row in rows]
    column = "platform_id" if isinstance(where, Platform) else "operation_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT named.ending, {_COLUMNS}
            FROM takedowns_ending_in(%s) AS named JOIN referrals_referral AS referral ON referral.id = named.id
            JOIN referrals_operation AS operation ON operation.id = referral.operation_id
            WHERE referral.{column} = %s
            """,
            [[one.ending for one in named if isinstance(one, _Named) and one.ending], where.pk],
        )
        by_ending = {(row[-1], row[0]): Known(*row[1:]) for row in cursor.fetchall()}
        cursor.execute(
            f"""
            SELECT DISTINCT ON (referral.item_id) {_COLUMNS} FROM referrals_referral AS referral
            JOIN referrals_operation AS operation ON operation.id = referral.operation_id
            WHERE referral.item_id = ANY(%s::uuid[]) AND referral.{column} = %s
            ORDER BY referral.item_id, referral.round DESC
            """,
            [
                [one.item_id for one in named if isinstance(one, _Named) and one.item_id and not one.ending],
                where.pk,
            ],
        )
        by_item = {row[1]: Known(*row) for row in cursor.fetchall()}
    missing = (
        Problem("not_at_platform", {"platform": where.name})
        if isinstance(where, Platform)
        else Problem("not_in_operation", {"operation": where.reference})
    )

    def known(one: _Named | Problem) -> Known | Problem:
        if isinstance(one, Problem):
            return one
        found = (
            by_ending.get((one.operation, one.ending))
            if one.ending
            else by_item.get(one.item_id)
            if one.item_id
            else None
        )
        if found and one.item_id and found.item_id != one.item_id:
            return Problem("two_referrals")
        return found or missing

    return [known(one) for one in named]


def _named(row: Row, where: Where, hosts: dict[str, str]) -> _Named | Problem:
    """Return by what the row's referral is looked up, or why that is impossible."""
    if row.problem:
        return row.problem
    operation, ending, item_id = "", "", None
    refusal = Problem("no_name")
    for name in row.names:
        if (parts := parse_reference(name)) is not None:
            if isinstance(where, Operation) and parts[0] != where.reference:
                return Problem("other_operation", {"found": parts[0], "operation": where.reference})
            operation, ending = parts
        elif is_reference(name):
            return Problem("bad_reference", {"said": name})
        else:
            identity = identify(name, hosts)
            if isinstance(identity, Refusal):
                refusal = Problem("address", {"message": identity.message})
            else:
                item_id = identity.id
    # The check character vouches for a reference, even beside an address that nobody can read any more.
    return _Named(operation, ending, item_id) if ending or item_id else refusal
