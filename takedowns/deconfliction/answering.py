"""Answering a partner: of which of its items there is something to say here. One statement over all of them, whatever it asks.

Digests are computed as they are compared, not kept: a key is good for one pair and one day, and a table of them would be a million
rows written for each pair each night to save seconds. Whoever is no partner is told that nothing is here, whatever is wrong.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.http import HttpResponse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.origin import coming_from
from takedowns.access_log.declaring import Opens, Shown
from takedowns.access_log.recording import record
from takedowns.access_log.vocabulary import What
from takedowns.deconfliction import wire
from takedowns.deconfliction.keys import DayKey, unseal
from takedowns.deconfliction.models import Exchange, PairKey, Partner, day_began
from takedowns.deconfliction.pairing import is_taken_in_time
from takedowns.deconfliction.wire import Question, Reply, Told, WireError
from takedowns.referrals.vocabulary import Status

log = logging.getLogger(__name__)

#: Clocks may differ by so much.
SKEW: Final = timedelta(minutes=5)
#: A question takes no longer, in seconds; a million items take some.
PATIENCE_S: Final = 60
#: Any number of its own.
_LOCK: Final = 0x6465_636F
_NONCE: Final = re.compile(r"[0-9a-f]{32}")

_FIND: Final = f"""
    WITH asked AS MATERIALIZED (
        SELECT place, digest, is_itself FROM unnest(%(places)s::int[], %(digests)s::bytea[], %(itself)s::bool[]) AS one (place, digest, is_itself)
    ), found AS MATERIALIZED (
        SELECT asked.place, item.id, item.outlet_id, item.platform_id, item.key
        FROM referrals_item AS item
        JOIN asked ON asked.digest = takedowns_keyed_digest(item.platform_id || ':' || item.key, %(inner)s, %(outer)s)
        WHERE asked.is_itself
    ), held AS (
        SELECT asked.place FROM unnest((SELECT takedowns_held_names())) AS name
        JOIN asked ON asked.digest = takedowns_keyed_digest(name, %(inner)s, %(outer)s)
        UNION
        SELECT found.place FROM found WHERE found.id IN (SELECT takedowns_held_since_placed()) OR takedowns_is_held(
            found.outlet_id, found.platform_id, found.key,
            (SELECT takedowns_held_names()), (SELECT takedowns_held_outlets())
        )
    ), handed_in AS (
        SELECT found.place, found.id, (max(referral.referred_at) AT TIME ZONE 'UTC')::date AS referred_on
        FROM found JOIN referrals_referral AS referral ON referral.item_id = found.id
        WHERE referral.status NOT IN ('{Status.REJECTED}', '{Status.WITHDRAWN}')
        GROUP BY 1, 2
    )
    SELECT place, handed_in.place IS NOT NULL, held.place IS NOT NULL, handed_in.referred_on, handed_in.id
    FROM handed_in FULL JOIN held USING (place) ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a caller gets.

    Attributes:
        signature: empty where nobody is told anything.
    """

    status: int
    body: bytes
    signature: str = ""


#: The same for everybody who is no partner, and where the way is off.
NOTHING: Final = Answered(404, b'{"problem":"nothing"}')


def origin_of(partner: Partner, address: str) -> str:
    """Return what the record says of who asks, or is asked: see ``access/origin.py``."""
    return " ".join(filter(None, ("partner", str(partner.pk), address)))


def is_known(pair: str) -> bool:
    """Tell whether a pair is one of ours, before anything of a call is read. One statement."""
    with acting_as(SYSTEM):
        return _key_of(pair) is not None


def answer(headers: Mapping[str, str], body: bytes, address: str = "") -> Answered:
    """Answer a call. What is told is in the ledger and the access log before it is told. Some ten statements, whatever is asked.

    Args:
        headers: of the call; names as :mod:`.wire` has them.
        address: from which it came.
    """
    with acting_as(SYSTEM):
        key = _key_of(headers.get(wire.PAIR, ""))
        if key is None:
            return NOTHING
        try:
            secret = unseal(key.secret)
        except InvalidToken:
            log.error("The secret shared with %s cannot be read: see SECRET_KEY_FALLBACKS.", key.partner)  # noqa: TRY400
            return NOTHING
        time, nonce = headers.get(wire.TIME, ""), headers.get(wire.NONCE, "")
        expected = wire.call_signature(secret, by_maker=not key.made_here, time=time, nonce=nonce, body=body)
        if not _NONCE.fullmatch(nonce) or not wire.is_same(expected, headers.get(wire.SIGNATURE, "")):
            return NOTHING
        with coming_from(origin_of(key.partner, address)), acting_as(SYSTEM, seconds=PATIENCE_S):
            status, content, items = _judge(key, secret, time, nonce, body)
        if status == 200:
            note_look(key.partner, "web:deconfliction-ask", items, address)
        signature = wire.answer_signature(
            secret, by_maker=not key.made_here, nonce=nonce, status=status, body=content
        )
        return Answered(status, content, signature)


def note_look(partner: Partner, view: str, items: Iterable[UUID], address: str) -> None:
    """Enter into the access log which items a partner was told of, or told us of. One statement, as the system."""
    opened, shown = Opens(What.DECONFLICTION, itself=True), Shown(tuple(str(one) for one in items))
    with coming_from(origin_of(partner, address)):
        record(opened, view, {}, shown, HttpResponse(), by=SYSTEM)


def left_today(partner: Partner, direction: str) -> int:
    """Return about how many items may still be asked today (UTC). One statement."""
    today = day_began()
    done = Exchange.objects.filter(partner=partner, direction=direction, refused=False, at__gte=today)
    return max(0, settings.DECONFLICTION_MOST_A_DAY - (done.aggregate(sum=Sum("items"))["sum"] or 0))


def _key_of(pair: str) -> PairKey | None:
    key = PairKey.objects.select_related("partner").filter(pair=pair[:32]).first()
    return key if key is not None and is_taken_in_time(key) else None


def _judge(
    key: PairKey, secret: str, time: str, nonce: str, body: bytes
) -> tuple[int, bytes, tuple[UUID, ...]]:
    partner, now = key.partner, timezone.now()
    if not _is_close(time, now):
        return 409, wire.problem("clock", now=int(now.timestamp())), ()
    try:
        question = Question.decode(body)
    except WireError:
        return 400, wire.problem("question"), ()
    if question.day not in {(now - SKEW).astimezone(UTC).date(), (now + SKEW).astimezone(UTC).date()}:
        return 409, wire.problem("day"), ()
    if partner.state != Partner.State.ACTIVE:
        return 403, wire.problem("paused"), ()
    if not _locked(partner):
        return 429, wire.problem("busy"), ()
    answered = Exchange(
        partner=partner,
        direction=Exchange.Direction.ANSWERED,
        day=question.day,
        nonce=nonce,
        items=len(question.items),
    )
    if Exchange.objects.filter(partner=partner, direction=answered.direction, nonce=nonce).exists():
        return 409, wire.problem("replay"), ()
    left = left_today(partner, answered.direction)
    PairKey.objects.filter(pk=key.pk).update(answered_at=now, confirmed_at=key.confirmed_at or now)
    if len(question.items) > left:
        answered.refused = True
        answered.save(force_insert=True)
        return 429, wire.problem("limit", left=left), ()
    told, items = _find(question, DayKey(secret, question.day))
    answered.had, answered.held = (sum(one.has for one in told), sum(one.on_hold for one in told))
    answered.save(force_insert=True)
    return 200, Reply(partner.contact, told).encode(), items


def _find(question: Question, key: DayKey) -> tuple[list[Told], tuple[UUID, ...]]:
    """Return what there is to say, and which items it is about. One statement; none where nothing is asked."""
    if not question.items:
        return [], ()
    flat = [
        (place, digest, number == 0)
        for place, names in enumerate(question.items)
        for number, digest in enumerate(names)
    ]
    places, digests, itself = (list(column) for column in zip(*flat, strict=True))
    inner, outer = key.pads
    values: dict[str, Any] = {
        "places": places,
        "digests": digests,
        "itself": itself,
        "inner": inner,
        "outer": outer,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIND, values)
        rows = cursor.fetchall()
    return [Told(*row[:4]) for row in rows], tuple(row[4] for row in rows if row[4])


def _is_close(time: str, now: datetime) -> bool:
    if not (time.isascii() and time.isdecimal() and len(time) <= 12):
        return False
    return abs(now.timestamp() - int(time)) <= SKEW.total_seconds()


def _locked(partner: Partner) -> bool:
    """Let a partner have one question at a time: each costs a look at all items."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, str(partner.pk)])
        return bool(cursor.fetchone()[0])
