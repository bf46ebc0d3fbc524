"""The SQL that turns staged rows into items, referrals and events. Each statement serves any number of rows.

Writers that overlap insert in the order of item ids, so that one waits for the other and never both for each other;
what the other committed meanwhile is then found by the statement after (READ COMMITTED).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from takedowns.access.actor import Actor
from takedowns.intake.models import Outcome, Submission
from takedowns.readers.model import SHEET_SHIFT
from takedowns.referrals import visibility
from takedowns.referrals.locks import on_hold
from takedowns.referrals.visibility import sees
from takedowns.referrals.vocabulary import NO_TIER, OPEN, Availability, EventKind, Status

STAGED_COLUMNS: Final = (
    "place",
    "line",
    "raw",
    "url",
    "outcome",
    "reason",
    "message",
    "problems",
    "notes",
    "platform_id",
    "domain",
    "item_id",
    "key",
    "canonical",
    "kind",
    "tier",
    "language",
    "outlet",
    "listed_group",
    "ground",
    "found_at",
    "note",
    "part",
    "parts",
    "moment",
    "hashes",
)

STAGE: Final = """
CREATE TEMPORARY TABLE staged (
    place bigint, line integer, raw text, url text, outcome text, reason text, message text, problems text[], notes text[],
    platform_id text, domain text, item_id uuid, key text, canonical text, kind text, tier smallint, language text,
    outlet text, listed_group text, ground text, found_at timestamptz, note text, part integer, parts integer, moment integer,
    hashes text[]
) ON COMMIT DROP
"""

COPY: Final = f"COPY staged ({', '.join(STAGED_COLUMNS)}) FROM STDIN"


def _sheet(table: str) -> str:
    """The name of the sheet that a row of a table stands in, "" where only one is read."""
    return f"coalesce((%(sheets)s::text[])[({table}.place >> {SHEET_SHIFT}) + 1], '')"


_OPEN: Final = ", ".join(f"'{status}'" for status in OPEN)

#: Whether an item opens a referral, given its ``latest`` one and the ``item``: none yet; or closed, and asked for by
#: another operation, or withdrawn, or seen gone and now found again (the next round).
ASKED_ANEW: Final = f"""(
    latest.id IS NULL
    OR latest.status NOT IN ({_OPEN}) AND (
        latest.operation_id <> %(operation)s
        OR latest.status = '{Status.WITHDRAWN}'
        OR item.availability = '{Availability.OFFLINE}' AND item.checked_at < %(at)s
    )
)"""

LATEST: Final = """
LATERAL (
    SELECT latest.* FROM referrals_referral AS latest
    WHERE latest.item_id = first.item_id ORDER BY latest.round DESC LIMIT 1
)
"""

_FIRST: Final = """
-- Where each item stands first in the submission; later rows of it are repetitions.
CREATE TEMPORARY TABLE first ON COMMIT DROP AS
WITH led_to AS (
    SELECT item_id, array_agg(DISTINCT moment ORDER BY moment) AS moments
    FROM staged WHERE item_id IS NOT NULL AND moment IS NOT NULL GROUP BY item_id
)
SELECT DISTINCT ON (staged.item_id) staged.*, coalesce(led_to.moments, '{}') AS moments
FROM staged LEFT JOIN led_to ON led_to.item_id = staged.item_id
WHERE staged.item_id IS NOT NULL ORDER BY staged.item_id, staged.place
"""

_OUTLETS: Final = """
INSERT INTO referrals_outlet (name) SELECT DISTINCT outlet FROM first WHERE outlet <> '' ORDER BY outlet
ON CONFLICT (name) DO NOTHING
"""

_ITEMS: Final = f"""
INSERT INTO referrals_item AS item (id, platform_id, kind, key, url, outlet_id, first_seen_at)
SELECT first.item_id, first.platform_id, first.kind, first.key, first.canonical, outlet.id, %(at)s
FROM first LEFT JOIN referrals_outlet AS outlet ON outlet.name = first.outlet
ORDER BY first.item_id
-- A further agency may know whose it is.
ON CONFLICT (id) DO UPDATE SET outlet_id = EXCLUDED.outlet_id
WHERE item.outlet_id IS NULL AND EXCLUDED.outlet_id IS NOT NULL
  -- What a second person approved is not changed by handing it in again.
  AND NOT EXISTS (
      SELECT 1 FROM referrals_referral AS approved
      WHERE approved.item_id = item.id AND approved.status = '{Status.APPROVED}'
  )
"""

_CELL_OF_NEW: Final = f"""
    %(operation)s::uuid AS operation_id, item.platform_id, item.kind, %(agency)s::uuid AS agency_id,
    %(instrument)s AS instrument, coalesce(first.tier, {NO_TIER})::smallint AS tier,
    '{Status.SUBMITTED}' AS status, '{Availability.UNKNOWN}' AS availability
"""

_CELLS: Final = f"""
INSERT INTO referrals_cell (operation_id, platform_id, kind, agency_id, instrument, tier, status, availability)
SELECT DISTINCT {_CELL_OF_NEW}
FROM first JOIN referrals_item AS item ON item.id = first.item_id
ORDER BY 2, 3, 6
ON CONFLICT DO NOTHING
"""

_REFERRALS: Final = f"""
WITH fresh AS (
    INSERT INTO referrals_referral (
        item_id, operation_id, agency_id, platform_id, submission_id, instrument, tier, language, listed_group, ground,
        status, availability, cell_id, action, decision_ground, decline_reason, submitted_by_id, submitted_at,
        round, previous_id, moments
    )
    SELECT
        wanted.item_id, wanted.operation_id, wanted.agency_id, wanted.platform_id, %(submission)s, wanted.instrument,
        wanted.tier, wanted.language, wanted.listed_group, wanted.ground, wanted.status, wanted.availability,
        -- One look-up a row, rather than a join whose size the planner would have to guess.
        (
            SELECT cell.id FROM referrals_cell AS cell
            WHERE (cell.operation_id, cell.platform_id, cell.kind, cell.agency_id) =
                  (wanted.operation_id, wanted.platform_id, wanted.kind, wanted.agency_id)
              AND (cell.instrument, cell.tier, cell.status, cell.availability) =
                  (wanted.instrument, wanted.tier, wanted.status, wanted.availability)
        ),
        '', '', '', %(user)s, %(at)s, wanted.round, wanted.previous_id, wanted.moments
    FROM (
        SELECT {_CELL_OF_NEW}, first.item_id, first.language, first.listed_group,
               coalesce(nullif(first.ground, ''), %(ground)s) AS ground,
               coalesce(latest.round, 0) + 1 AS round, latest.id AS previous_id, first.moments
        FROM first
        JOIN referrals_item AS item ON item.id = first.item_id
        LEFT JOIN {LATEST} AS latest ON true
        WHERE {ASKED_ANEW}
    ) AS wanted
    ORDER BY wanted.item_id
    ON CONFLICT DO NOTHING
    RETURNING id, item_id, cell_id
)
INSERT INTO referrals_event (item_id, referral_id, at, kind, to_cell_id, actor_id, agency_id, details)
SELECT fresh.item_id, fresh.id, %(at)s, '{EventKind.SUBMIT}', fresh.cell_id, %(user)s, %(agency)s,
       jsonb_strip_nulls(jsonb_build_object(
           'submission', %(submission)s, 'line', first.line, 'note', nullif(first.note, ''), 'found_at', first.found_at,
           'part', CASE WHEN first.parts > 1 THEN first.part END, 'moments', nullif(first.moments, '{{}}'),
           'sheet', nullif({_sheet("first")}, '')
       ))
FROM fresh JOIN first USING (item_id)
"""

_STANDING: Final = f"""
-- How each item stands now: newly referred by this submission, or by whom before.
CREATE TEMPORARY TABLE standing ON COMMIT DROP AS
SELECT first.item_id, first.place, first.line, first.part, first.moments, latest.id AS referral_id, latest.status,
       latest.submitted_at, latest.agency_id,
       latest.operation_id,
       latest.submission_id IS NOT DISTINCT FROM %(submission)s::uuid AND latest.submitted_at = %(at)s AS is_new,
       {on_hold("item.id", "item.outlet_id", "item.platform_id", "item.key")} AS on_hold,
       {sees("latest")} AS seen
FROM first JOIN {LATEST} AS latest ON true JOIN referrals_item AS item ON item.id = first.item_id
"""

_CO_REFERRALS: Final = f"""
WITH joined AS (
    INSERT INTO referrals_coreferral AS before (
        referral_id, item_id, agency_id, submission_id, submitted_by_id, operation_id, instrument, at
    )
    SELECT referral_id, item_id, %(agency)s, %(submission)s, %(user)s, %(operation)s, %(instrument)s, %(at)s
    FROM standing
    WHERE NOT is_new AND status IN ({_OPEN}) AND agency_id <> %(agency)s
    ORDER BY item_id
    -- An agency that withdrew what it submitted may ask for it again.
    ON CONFLICT (referral_id, agency_id) DO UPDATE SET
        withdrawn_at = NULL, submission_id = EXCLUDED.submission_id, submitted_by_id = EXCLUDED.submitted_by_id,
        operation_id = EXCLUDED.operation_id, instrument = EXCLUDED.instrument, at = EXCLUDED.at
    WHERE before.withdrawn_at IS NOT NULL
    RETURNING referral_id, item_id
)
INSERT INTO referrals_event (item_id, referral_id, at, kind, actor_id, agency_id, details)
SELECT item_id, referral_id, %(at)s, '{EventKind.CO_REFER}', %(user)s, %(agency)s,
       jsonb_strip_nulls(jsonb_build_object(
           'submission', %(submission)s, 'line', standing.line, 'moments', nullif(standing.moments, '{{}}'),
           'sheet', nullif({_sheet("standing")}, '')
       ))
FROM joined JOIN standing USING (item_id, referral_id)
"""

_MOMENTS: Final = f"""
-- A further address of an open referral may lead to a further moment of it.
UPDATE referrals_referral AS referral
SET moments = ARRAY (SELECT DISTINCT moment FROM unnest(referral.moments || standing.moments) AS moment ORDER BY moment)
FROM standing
WHERE referral.id = standing.referral_id AND NOT standing.is_new AND standing.status IN ({_OPEN})
  AND NOT standing.moments <@ referral.moments
"""

_HASHES: Final = f"""
-- Hashes of what stands at the addresses, beside the open referral: each agency's its own, each once.
INSERT INTO fingerprints_givenhash (item_id, referral_id, operation_id, agency_id, submission_id, sha256, md5, pdq, quality, at)
SELECT standing.item_id, standing.referral_id, standing.operation_id, %(agency)s, %(submission)s,
       staged.hashes[1], staged.hashes[2], staged.hashes[3], staged.hashes[4]::smallint, %(at)s
FROM staged JOIN standing ON standing.item_id = staged.item_id
WHERE staged.hashes IS NOT NULL AND standing.status IN ({_OPEN})
ORDER BY standing.item_id, staged.place
ON CONFLICT DO NOTHING
"""

_ROWS: Final = f"""
INSERT INTO intake_submissionrow (
    submission_id, place, sheet, line, raw, url, outcome, reason, message, problems, notes, platform_id, domain, item_id,
    referral_id, first_line, first_part, first_sheet, part, parts, note, moment
)
SELECT
    %(submission)s, staged.place, {_sheet("staged")}, staged.line, staged.raw, staged.url,
    CASE
        WHEN staged.outcome <> '' THEN staged.outcome
        WHEN staged.place <> standing.place THEN '{Outcome.REPEATED}'
        WHEN NOT standing.is_new THEN '{Outcome.ALREADY_REFERRED}'
        WHEN standing.on_hold THEN '{Outcome.ON_HOLD}'
        ELSE '{Outcome.NEW}'
    END,
    CASE
        WHEN staged.outcome <> '' THEN staged.reason
        WHEN staged.place <> standing.place OR standing.is_new THEN ''
        WHEN standing.agency_id = %(agency)s THEN 'own_agency'
        WHEN NOT standing.seen THEN 'agency_not_named'
        ELSE 'other_agency'
    END,
    CASE
        WHEN staged.outcome <> '' THEN staged.message
        WHEN staged.place >> {SHEET_SHIFT} <> standing.place >> {SHEET_SHIFT}
            THEN format('The same item as in line %%s of sheet %%s.', standing.line, {_sheet("standing")})
        WHEN staged.line <> standing.line THEN format('The same item as in line %%s.', standing.line)
        WHEN staged.part <> standing.part THEN 'The same item as before on this line.'
        WHEN standing.is_new AND standing.on_hold
            THEN 'Recorded. There is a hold on it, so it will not be referred until the hold ends.'
        WHEN standing.is_new THEN ''
        -- Need to know: another operation's agency is not named.
        ELSE format(
            'Already submitted by %%s on %%s UTC; it is %%s.',
            CASE
                WHEN standing.agency_id = %(agency)s THEN 'your agency'
                WHEN NOT standing.seen THEN 'another agency'
                ELSE agency.name
            END,
            to_char(standing.submitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
            replace(standing.status, '_', ' ')
        )
    END,
    staged.problems, staged.notes, staged.platform_id, staged.domain, staged.item_id,
    -- What became of another operation's is told by the co-referral (referrals/co_referrals.py).
    CASE WHEN standing.seen THEN standing.referral_id END,
    CASE WHEN staged.place <> standing.place THEN standing.line END,
    CASE WHEN staged.place <> standing.place THEN standing.part END,
    CASE WHEN staged.place <> standing.place THEN {_sheet("standing")} ELSE '' END,
    staged.part, staged.parts, staged.note, staged.moment
FROM staged
LEFT JOIN standing ON standing.item_id = staged.item_id
LEFT JOIN directory_agency AS agency ON agency.id = standing.agency_id
ORDER BY staged.place
"""

AFTER_COPY: Final = (
    # Of what is joined by; the longest columns would cost the most.
    "ANALYZE staged (place, outcome, item_id, moment)",
    _FIRST,
    "ANALYZE first (item_id, outlet, tier, place)",
    _OUTLETS,
    _ITEMS,
    _CELLS,
    _REFERRALS,
    _STANDING,
    "ANALYZE standing (item_id, referral_id, place)",
    _CO_REFERRALS,
    _MOMENTS,
    _HASHES,
    _ROWS,
)

FORGET_ROWS: Final = """
DELETE FROM intake_submissionrow WHERE submission_id = %(submission)s AND place = ANY (%(places)s)
"""

COUNT: Final = """
SELECT outcome, count(*) FROM intake_submissionrow WHERE submission_id = %(submission)s GROUP BY outcome ORDER BY outcome
"""

CLEAR: Final = "DROP TABLE staged, first, standing"


def seen_by_agency(agency_id: UUID) -> dict[str, Any]:
    """Return what the statements need to know to tell an agency no more of a referral than it may see."""
    return visibility.parameters(Actor(roles={agency_id: frozenset()}))


def parameters(
    submission: Submission, at: datetime | None = None, sheets: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """Return what the statements need to know of a submission.

    Args:
        at: when it was handed in, unless as it says itself.
        sheets: number and name of the sheets that are read, where there are several.
    """
    operation = submission.operation
    return {
        "submission": submission.pk,
        "operation": operation.pk,
        "sheets": [sheets.get(number, "") for number in range(max(sheets) + 1)] if sheets else [],
        "agency": submission.agency_id,
        "user": submission.submitted_by_id,
        "at": at or submission.received_at,
        "instrument": submission.instrument or operation.default_instrument,
        "ground": operation.default_ground,
        **seen_by_agency(submission.agency_id),
    }
