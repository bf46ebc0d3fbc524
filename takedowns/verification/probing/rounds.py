"""Rounds of questions: each platform that is asked has a lane, and a lane asks one address at a time.

A round takes the free lanes (``SKIP LOCKED``, so that any number of workers may), and for each the item that is due the
longest and that no robot asked for since. Questions are put outside any transaction, all lanes at once; what came of
them is recorded as one set. A worker that dies leaves leases that run out.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.installation.identity import is_copy
from takedowns.outbound import networks, proxy_of
from takedowns.referrals.availability import Look
from takedowns.verification.due import LATEST_ROUND, SAID_GONE
from takedowns.verification.models import Reason
from takedowns.verification.probing.asking import MOST_HOPS, Manners, Question, ask
from takedowns.verification.probing.judging import Verdict
from takedowns.verification.recording import Found, record_checks
from takedowns.verification.schedule import STANDARD_HOURS

ROBOT: Final = "probe"
#: Lanes that one round asks at once.
LANES_AT_ONCE: Final = 8
#: A lane with nothing due is looked at again after this.
IDLE: Final = timedelta(minutes=1)
#: A platform that asks for fewer questions (429) is left alone for so long.
TOLD_OFF: Final = timedelta(minutes=15)

_PICK: Final = f"""
WITH free AS (
    SELECT platform_id FROM verification_probelane WHERE next_at <= %(now)s
    ORDER BY next_at LIMIT %(lanes)s FOR UPDATE SKIP LOCKED
), picked AS (
    SELECT free.platform_id, due.* FROM free LEFT JOIN LATERAL (
        SELECT item.id, item.kind, item.url
        FROM referrals_cell AS cell
        JOIN referrals_referral AS referral ON referral.cell_id = cell.id
        JOIN referrals_item AS item ON item.id = referral.item_id
        LEFT JOIN verification_schedule AS schedule ON schedule.operation_id = cell.operation_id
        CROSS JOIN LATERAL (
            SELECT max(at) AS at FROM verification_check WHERE item_id = item.id AND robot = '{ROBOT}'
        ) AS asked
        CROSS JOIN LATERAL (
            SELECT min(referral.decided_at + hours * interval '1 hour') AS at
            FROM unnest(coalesce(schedule.hours, %(standard)s::integer[])) AS hours
            WHERE referral.decided_at + hours * interval '1 hour'
                  > coalesce(greatest(item.checked_at, asked.at), '-infinity')
        ) AS look
        WHERE cell.platform_id = free.platform_id AND cell.status = ANY(%(said_gone)s)
          AND look.at <= %(now)s AND {LATEST_ROUND}
        ORDER BY look.at, referral.id LIMIT 1
    ) AS due ON true
)
UPDATE verification_probelane AS lane
SET next_at = CASE WHEN picked.id IS NULL THEN %(idle)s ELSE %(lease)s END
FROM picked WHERE lane.platform_id = picked.platform_id
RETURNING lane.platform_id, picked.id, picked.kind, picked.url
"""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round asked and saw, by item."""

    verdicts: dict[Question, Verdict]


def manners() -> Manners:
    """Return how this installation's robot asks, from its settings."""
    return Manners(
        settings.PROBE_USER_AGENT,
        settings.PROBE_TIMEOUT_SECONDS,
        networks(settings.PROBE_ALLOW_NETWORKS),
        settings.PROBE_PORTS,
        proxy_of(settings.HTTPS_PROXY, settings.NO_PROXY),
    )


def probe_round() -> Round:
    """Put one question in each free lane, and record what came of them."""
    if is_copy():
        return Round({})
    how = manners()
    questions = pick(timezone.now(), lease=timedelta(seconds=how.seconds * (MOST_HOPS + 1) + 30))
    if not questions:
        return Round({})
    with ThreadPoolExecutor(max_workers=LANES_AT_ONCE, thread_name_prefix="probe") as threads:
        verdicts = list(threads.map(lambda question: ask(question, how), questions))
    asked = dict(zip(questions, verdicts, strict=True))
    _record(asked)
    return Round(asked)


def pick(now: datetime, *, lease: timedelta) -> list[Question]:
    """Take the free lanes and what each is to ask next. One statement beside the transaction's."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            _PICK,
            {
                "now": now,
                "idle": now + IDLE,
                "lease": now + lease,
                "lanes": LANES_AT_ONCE,
                "standard": list(STANDARD_HOURS),
                "said_gone": [str(status) for status in SAID_GONE],
            },
        )
        return [
            Question(item_id, platform, kind, url)
            for platform, item_id, kind, url in cursor.fetchall()
            if item_id is not None
        ]


def next_round_at() -> datetime | None:
    """Return when the first lane is free again; None where there are no lanes. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(next_at) FROM verification_probelane")
        found: datetime | None = cursor.fetchone()[0]
        return found


def _record(asked: dict[Question, Verdict]) -> None:
    """Keep the looks and free the lanes, as one set. A fixed number of statements."""
    now = timezone.now()
    told_off = [one.platform for one, verdict in asked.items() if verdict.reason == Reason.TOO_MANY]
    with acting_as(SYSTEM):
        record_checks(
            [Look(one.item_id, verdict.seen, now) for one, verdict in asked.items()],
            by=SYSTEM,
            robot=ROBOT,
            found={one.item_id: Found(verdict.reason, verdict.http_status) for one, verdict in asked.items()},
        )
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE verification_probelane SET next_at = CASE
                    WHEN platform_id = ANY(%s) THEN %s ELSE %s + seconds * interval '1 second'
                END WHERE platform_id = ANY(%s)
                """,
                [told_off, now + TOLD_OFF, now, [one.platform for one in asked]],
            )
