"""What becomes of an item whose agency withdraws while others still ask for it: the first of them goes on alone.

The withdrawn referral ends. The item opens its next round as the other agency's own, to be reviewed there: its reviewer
has not seen it yet, and may reject it where the reason of the withdrawal holds for both. Nothing goes to a platform by itself.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from takedowns.referrals.cells import Dimensions, ensure_cells
from takedowns.referrals.vocabulary import Availability, EventKind, Status

# Whoever handed it in first, in the operation they handed it in for, as long as that is open and they take part.
_NEXT: Final = """
SELECT DISTINCT ON (ended.id)
    ended.id, further.id, asked.id, ended.platform_id, item.kind, further.agency_id,
    coalesce(further.instrument, ended.instrument), ended.tier
FROM referrals_referral AS ended
JOIN referrals_item AS item ON item.id = ended.item_id
JOIN referrals_coreferral AS further
    ON further.referral_id = ended.id AND further.agency_id <> ended.agency_id AND further.withdrawn_at IS NULL
JOIN referrals_operation AS asked
    ON asked.id = coalesce(further.operation_id, ended.operation_id) AND asked.closed_at IS NULL
JOIN takedowns_operations_of(ARRAY[further.agency_id]) AS taking_part ON taking_part.operation_id = asked.id
WHERE ended.id = ANY (%s)
ORDER BY ended.id, further.at, further.id
"""

_PASS_ON: Final = f"""
WITH fresh AS (
    INSERT INTO referrals_referral (
        item_id, operation_id, agency_id, platform_id, submission_id, instrument, tier, language, listed_group, ground,
        status, availability, cell_id, action, decision_ground, decline_reason, submitted_by_id, submitted_at,
        round, previous_id
    )
    SELECT
        ended.item_id, cell.operation_id, cell.agency_id, ended.platform_id, further.submission_id, cell.instrument,
        ended.tier, ended.language, ended.listed_group, operation.default_ground, cell.status, cell.availability, cell.id,
        '', '', '', further.submitted_by_id, %(at)s, ended.round + 1, ended.id
    FROM unnest(%(ended)s::uuid[], %(further)s::uuid[], %(cells)s::bigint[]) AS wanted (ended_id, further_id, cell_id)
    JOIN referrals_referral AS ended ON ended.id = wanted.ended_id
    JOIN referrals_coreferral AS further ON further.id = wanted.further_id
    JOIN referrals_cell AS cell ON cell.id = wanted.cell_id
    JOIN referrals_operation AS operation ON operation.id = cell.operation_id
    ORDER BY ended.item_id
    RETURNING id, item_id, agency_id, cell_id, previous_id, submission_id
),
told AS (
    -- No actor: whoever submitted it did nothing at this moment.
    INSERT INTO referrals_event (item_id, referral_id, at, kind, to_cell_id, agency_id, details)
    SELECT item_id, id, %(at)s, '{EventKind.SUBMIT}', cell_id, agency_id,
           jsonb_strip_nulls(jsonb_build_object('submission', submission_id, 'passed_on', true))
    FROM fresh
),
others AS (
    INSERT INTO referrals_coreferral (
        referral_id, item_id, agency_id, submission_id, submitted_by_id, operation_id, instrument, at
    )
    SELECT fresh.id, fresh.item_id, further.agency_id, further.submission_id, further.submitted_by_id,
           further.operation_id, further.instrument, further.at
    FROM fresh
    JOIN referrals_coreferral AS further ON further.referral_id = fresh.previous_id
    JOIN referrals_referral AS ended ON ended.id = fresh.previous_id
    WHERE further.agency_id NOT IN (fresh.agency_id, ended.agency_id) AND further.withdrawn_at IS NULL
    RETURNING referral_id, item_id, agency_id
),
hashed AS (
    -- Who goes on asks with the hashes they gave; those of whoever withdrew stay where they were.
    INSERT INTO fingerprints_givenhash (
        item_id, referral_id, operation_id, agency_id, submission_id, sha256, md5, pdq, quality, at
    )
    SELECT fresh.item_id, fresh.id, cell.operation_id, given.agency_id, given.submission_id,
           given.sha256, given.md5, given.pdq, given.quality, given.at
    FROM fresh
    JOIN referrals_cell AS cell ON cell.id = fresh.cell_id
    JOIN fingerprints_givenhash AS given ON given.referral_id = fresh.previous_id
    WHERE given.agency_id = fresh.agency_id
       OR EXISTS (SELECT 1 FROM others WHERE others.referral_id = fresh.id AND others.agency_id = given.agency_id)
    ORDER BY given.id
)
INSERT INTO referrals_event (item_id, referral_id, at, kind, agency_id, details)
SELECT item_id, referral_id, %(at)s, '{EventKind.CO_REFER}', agency_id, jsonb_build_object('passed_on', true) FROM others
"""


def pass_on(withdrawn: Collection[UUID], at: datetime) -> int:
    """Open the next round of each withdrawn referral's item for the first further agency that asked for it.

    The caller asks as the system, and has just withdrawn them in the same transaction, so that no other referral of the
    items is open. Facts of the item (tier, language, listed group) go on, and the hashes that those who go on gave beside its
    address; the legal ground is the other operation's.

    Returns:
        How many went on. One statement where none does, four otherwise.
    """
    if not withdrawn:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [list(withdrawn)])
        found = cursor.fetchall()
        if not found:
            return 0
        entered = [
            Dimensions._make((*row[2:], Status.SUBMITTED.value, Availability.UNKNOWN.value)) for row in found
        ]
        cells = ensure_cells(entered)
        cursor.execute(
            _PASS_ON,
            {
                "at": at,
                "ended": [row[0] for row in found],
                "further": [row[1] for row in found],
                "cells": [cells[cell] for cell in entered],
            },
        )
    return len(found)
