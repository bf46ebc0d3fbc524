"""Which referrals a platform is silent about, and what is done about each next: one statement for all of them.

Silent is a platform about a voluntary referral that it has and did not acknowledge, or did not decide. What is on hold, withdrawn
or answered is none of it; nor is a question that waits for us: its time starts anew with our answer. Removal orders have a clock
of their own (``orders/clock.py``).

Each referral climbs by itself: the next step that there is somebody for, once it has been silent long enough, and as long after
the step before as the ladder says. So a ladder that is switched on late begins at its foot.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from takedowns.accounts.mail import mail_works
from takedowns.referrals.models import Operation
from takedowns.referrals.vocabulary import EventKind, Instrument, SilenceStep, Status
from takedowns.reminders.ladder import STANDARD_HOURS

#: A platform gets each kind of reminder at most this often in an operation; what falls due meanwhile comes with the next.
APART: Final = timedelta(hours=12)
#: As many suggestions are shown; all are counted.
SHOWN: Final = 100

_STEPS: Final = ", ".join(f"'{step}'" for step in SilenceStep.values)
_BASE: Final = f"""
    WITH ladder AS (
        SELECT kept.operation_id, kept.receipt_contact, kept.receipt_superior, kept.decision_contact, kept.decision_superior,
               kept.suggest_order
        FROM reminders_ladder AS kept
        WHERE CASE WHEN %(operation)s::uuid IS NULL THEN kept.is_on ELSE kept.operation_id = %(operation)s::uuid END
        UNION ALL
        SELECT %(operation)s::uuid, {", ".join(str(STANDARD_HOURS[step]) for step in SilenceStep.values)}
        WHERE %(operation)s::uuid IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM reminders_ladder AS kept WHERE kept.operation_id = %(operation)s::uuid)
    ), rung AS MATERIALIZED (
        SELECT asked.operation_id, asked.platform_id, step.name, step.place, step.statuses, step.hours, step.recipient,
               (SELECT max(reminder.at) FROM reminders_reminder AS reminder
                WHERE reminder.operation_id = asked.operation_id AND reminder.platform_id = asked.platform_id
                  AND reminder.step = step.name) + %(apart)s AS not_before
        FROM ladder
        JOIN referrals_operation_platforms AS asked ON asked.operation_id = ladder.operation_id
        LEFT JOIN reminders_recipients AS named
            ON named.operation_id = asked.operation_id AND named.platform_id = asked.platform_id
        LEFT JOIN orders_addressee AS addressee ON addressee.platform_id = asked.platform_id
        CROSS JOIN LATERAL (
            SELECT coalesce(nullif(named.mail_to, ''), addressee.mail_to, '') AS contact, coalesce(named.copy_to, '') AS superior
        ) AS mail
        CROSS JOIN LATERAL (VALUES
            ('{SilenceStep.RECEIPT_CONTACT}', 1, ARRAY['{Status.REFERRED}'], ladder.receipt_contact, mail.contact),
            ('{SilenceStep.RECEIPT_SUPERIOR}', 2, ARRAY['{Status.REFERRED}'], ladder.receipt_superior, mail.superior),
            ('{SilenceStep.DECISION_CONTACT}', 3, ARRAY['{Status.REFERRED}', '{Status.ACKNOWLEDGED}'],
                ladder.decision_contact, mail.contact),
            ('{SilenceStep.DECISION_SUPERIOR}', 4, ARRAY['{Status.REFERRED}', '{Status.ACKNOWLEDGED}'],
                ladder.decision_superior, mail.superior),
            ('{SilenceStep.SUGGEST_ORDER}', 5, ARRAY['{Status.REFERRED}', '{Status.ACKNOWLEDGED}'], ladder.suggest_order, '')
        ) AS step (name, place, statuses, hours, recipient)
        WHERE named.off_at IS NULL AND step.hours IS NOT NULL
          AND (step.name = '{SilenceStep.SUGGEST_ORDER}' OR %(mail)s AND step.recipient <> '')
    ), there AS MATERIALIZED (
        SELECT referral.id, referral.item_id, referral.operation_id, referral.platform_id, referral.status, referral.referred_at
        FROM referrals_cell AS cell JOIN referrals_referral AS referral ON referral.cell_id = cell.id
        WHERE cell.operation_id IN (SELECT ladder.operation_id FROM ladder)
          AND cell.status IN ('{Status.REFERRED}', '{Status.ACKNOWLEDGED}') AND cell.instrument = '{Instrument.REFERRAL}'
          AND (%(only)s::uuid[] IS NULL OR referral.id = ANY (%(only)s::uuid[]))
    ), held AS (
        SELECT takedowns_items_on_hold(ARRAY(SELECT there.item_id FROM there)) AS item_id
    ), silent AS (
        SELECT there.*, known.since, last.at AS last_at, last.step AS last_step,
               array_position(ARRAY[{_STEPS}], last.step) AS last_place
        FROM there
        CROSS JOIN LATERAL (
            SELECT greatest(there.referred_at, max(event.at)) AS since FROM referrals_event AS event
            WHERE event.referral_id = there.id AND event.kind = 'provide_information'
        ) AS known
        LEFT JOIN LATERAL (
            SELECT event.at, event.details->>'silence' AS step FROM referrals_event AS event
            WHERE event.referral_id = there.id AND event.at >= known.since
              AND event.kind IN ('{EventKind.REMIND}', '{EventKind.SUGGEST_ORDER}')
            ORDER BY event.at DESC, event.id DESC LIMIT 1
        ) AS last ON true
        WHERE NOT EXISTS (SELECT 1 FROM held WHERE held.item_id = there.item_id)
    ), climbing AS (
        SELECT silent.*, next.name AS step, next.recipient, next.due
        FROM silent CROSS JOIN LATERAL (
            SELECT rung.name, rung.recipient, greatest(
                silent.since + rung.hours * interval '1 hour',
                silent.last_at + (rung.hours - coalesce(taken.hours, rung.hours)) * interval '1 hour',
                rung.not_before
            ) AS due
            FROM rung LEFT JOIN rung AS taken
                ON taken.operation_id = rung.operation_id AND taken.platform_id = rung.platform_id AND taken.name = silent.last_step
            WHERE rung.operation_id = silent.operation_id AND rung.platform_id = silent.platform_id
              AND rung.place > coalesce(silent.last_place, 0) AND silent.status = ANY (rung.statuses)
            ORDER BY rung.place LIMIT 1
        ) AS next
    )
"""
_DUE: Final = f"""{_BASE}
    SELECT climbing.id, climbing.item_id, climbing.operation_id, climbing.platform_id, climbing.step, climbing.recipient,
           climbing.since
    FROM climbing WHERE climbing.due <= %(now)s
    ORDER BY climbing.operation_id, climbing.platform_id, climbing.step, climbing.since, climbing.id
"""
_AHEAD: Final = f"""{_BASE}
    SELECT climbing.platform_id, climbing.step, climbing.recipient, count(*), min(climbing.due), max(climbing.due),
           min(climbing.since)
    FROM climbing GROUP BY 1, 2, 3 ORDER BY 1, min(climbing.due), 2
"""
_SUGGESTED: Final = f"""{_BASE}
    SELECT silent.id, silent.platform_id, silent.since, silent.last_at, count(*) OVER ()
    FROM silent WHERE silent.last_step = '{SilenceStep.SUGGEST_ORDER}'
    ORDER BY silent.since, silent.id LIMIT {SHOWN}
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A referral about which a step is to be taken now."""

    referral_id: UUID
    item_id: UUID
    operation_id: UUID
    platform_id: str
    step: str
    recipient: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Ahead:
    """A step that is to come at a platform: about how many referrals, from when to when, silent since when.

    Attributes:
        recipient: the mail address; empty of a suggestion.
    """

    platform_id: str
    step: str
    recipient: str
    number: int
    first: datetime
    last: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Suggested:
    """A referral of which a removal order is suggested, as long as the platform stays silent."""

    referral_id: UUID
    platform_id: str
    since: datetime
    at: datetime


def due_now(now: datetime, only: Collection[UUID] | None = None) -> list[Due]:
    """Return what is to be done now in all operations whose ladder is on, by mail; asked by the system. One statement."""
    return [Due(*row) for row in _rows(_DUE, now=now, only=list(only) if only is not None else None)]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What will be done in an operation if nothing changes, and of which referrals a removal order is suggested by now.

    Attributes:
        suggested: the longest silent first; ``number`` counts them all.
    """

    ahead: Sequence[Ahead] = ()
    suggested: Sequence[Suggested] = ()
    number: int = 0


def outlook(operation: Operation) -> Outlook:
    """Return what is ahead, or would be if the ladder were on, as far as the asking person sees the referrals. Two statements."""
    ahead = [Ahead(*row) for row in _rows(_AHEAD, operation=operation.pk)]
    suggested = _rows(_SUGGESTED, operation=operation.pk)
    return Outlook(ahead, [Suggested(*row[:4]) for row in suggested], suggested[0][4] if suggested else 0)


def _rows(statement: str, **given: Any) -> list[tuple[Any, ...]]:
    values = {"operation": None, "only": None, "mail": mail_works(), "apart": APART, **given}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
