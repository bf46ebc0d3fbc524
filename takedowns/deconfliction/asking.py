"""Asking partners: each minute about what was handed in since, and each day anew about all that is open. In the worker; nobody waits for it.

A partner that does not answer is tried again after half a minute, then after twice as long each time. What it was not asked about
has no answer here, and is shown so.
"""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.origin import coming_from
from takedowns.deconfliction import wire
from takedowns.deconfliction.answering import left_today, note_look, origin_of
from takedowns.deconfliction.keys import DayKey, unseal
from takedowns.deconfliction.models import Exchange, PairKey, Partner, day_began
from takedowns.deconfliction.wire import Question, Reply, WireError
from takedowns.installation.identity import is_copy
from takedowns.installation.switches import Way, is_on
from takedowns.outbound import Limits, Refused, Unreachable, networks, proxy_of, send
from takedowns.referrals.vocabulary import OPEN, Status

log = logging.getLogger(__name__)

_FIRST_S, _MOST_S = 30, 30 * 60
_LIMITS: Final = Limits(total_s=90, max_bytes=wire.MOST_BYTES)
#: So many calls to one partner in a row; the next minute goes on.
_CALLS: Final = 5
#: What a partner may answer instead, in words for administrators.
_PROBLEMS: Final = {
    "clock": "The clocks of the two installations differ by more than five minutes.",
    "day": "The two installations do not agree which day it is.",
    "paused": "It has paused the exchange.",
    "busy": "It is answering another question of ours.",
    "limit": "It answers no more today: its limit for a day is reached.",
    "replay": "It says that it has answered this call before.",
    "question": "It does not understand the question: it runs another version.",
}

#: What waits to go to a platform comes first.
_DUE: Final = f"""
    SELECT item.id, takedowns_names_of(item.platform_id, item.key)
    FROM referrals_referral AS referral JOIN referrals_item AS item ON item.id = referral.item_id
    WHERE referral.status = ANY (%(open)s) AND NOT EXISTS (
        SELECT 1 FROM deconfliction_answer AS answer
        WHERE answer.partner_id = %(partner)s AND answer.item_id = item.id AND answer.at >= %(today)s AND NOT answer.is_due
    )
    ORDER BY referral.status IN ('{Status.SUBMITTED}', '{Status.APPROVED}') DESC, referral.submitted_at, item.id
    LIMIT %(most)s
"""
_KEEP: Final = """
    INSERT INTO deconfliction_answer (partner_id, item_id, at, has, on_hold, referred_on, is_due)
    SELECT %(partner)s, asked.item, %(at)s, coalesce(told.has, false), coalesce(told.on_hold, false), told.referred_on, false
    FROM unnest(%(items)s::uuid[]) WITH ORDINALITY AS asked (item, place)
    LEFT JOIN unnest(%(places)s::int[], %(has)s::bool[], %(on_hold)s::bool[], %(referred_on)s::date[])
         AS told (place, has, on_hold, referred_on) ON told.place = asked.place - 1
    ON CONFLICT (partner_id, item_id) DO UPDATE
    SET at = EXCLUDED.at, has = EXCLUDED.has, on_hold = EXCLUDED.on_hold, referred_on = EXCLUDED.referred_on, is_due = false
"""


class NotAnsweredError(Exception):
    """A partner gave no answer that can be believed; the message says why, for administrators.

    ``left`` is about how many items it would still answer today, where it said so.
    """

    def __init__(self, message: str, left: int | None = None) -> None:
        super().__init__(message)
        self.left = left


def ask_partners() -> int:
    """Ask each partner whose turn it is about what it was not asked today; return about how many items. Failures are written down."""
    if not is_on(Way.DECONFLICTION) or is_copy():
        return 0
    with acting_as(SYSTEM):
        keys = list(PairKey.objects.select_related("partner").filter(partner__state=Partner.State.ACTIVE))
    return sum(_ask_all(key) for key in keys if _may_be_asked(key))


def _may_be_asked(key: PairKey) -> bool:
    if key.made_here and key.confirmed_at is None:
        return False  # the code was not entered there yet
    return key.next_at is None or key.next_at <= timezone.now()


def _ask_all(key: PairKey) -> int:
    asked, most = 0, wire.MOST_ITEMS
    for _call in range(_CALLS):
        with acting_as(SYSTEM):
            left = left_today(key.partner, Exchange.Direction.ASKED)
            due = _due(key, min(most, left)) if left else []
        if not left:
            _failed(key, "Our own limit for a day is reached.", until=_tomorrow())
            break
        if not due and key.confirmed_at is not None:
            break
        try:
            _ask(key, due)
        except NotAnsweredError as error:
            if error.left is None:
                _failed(key, str(error))
                break
            if not error.left:
                _failed(key, str(error), until=_tomorrow())
                break
            most = error.left
            continue
        except (Refused, Unreachable) as error:
            _failed(key, str(error))
            break
        asked += len(due)
        if not due:
            break
    return asked


def _due(key: PairKey, most: int) -> list[tuple[UUID, list[str]]]:
    values: dict[str, Any] = {
        "partner": key.partner_id,
        "open": [str(one) for one in OPEN],
        "today": day_began(),
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, values)
        return [(pk, names) for pk, names in cursor.fetchall()]


def _ask(key: PairKey, due: list[tuple[UUID, list[str]]]) -> None:
    """Ask about items, and keep what is said.

    Raises:
        NotAnsweredError, Refused, Unreachable: it said nothing that can be believed.
    """
    try:
        secret = unseal(key.secret)
    except InvalidToken as error:
        raise NotAnsweredError("The shared secret cannot be read here: see SECRET_KEY_FALLBACKS.") from error
    now = timezone.now()
    day = now.astimezone(UTC).date()
    digests = DayKey(secret, day)
    question = Question(day, [[digests.digest(one) for one in _itself_first(names)] for _pk, names in due])
    nonce = secrets.token_hex(16)
    reply = _called(key, secret, nonce, question)
    told = reply.told
    with (
        coming_from(origin_of(key.partner, urlsplit(key.partner.url).netloc)),
        acting_as(SYSTEM),
        connection.cursor() as cursor,
    ):
        fresh = PairKey.objects.select_for_update().filter(pk=key.pk, pair=key.pair).first()
        if fresh is None:
            return  # ended, or another key meanwhile
        if due:
            cursor.execute(
                _KEEP,
                {
                    "partner": key.partner_id,
                    "at": now,
                    "items": [pk for pk, _names in due],
                    "places": [one.place for one in told],
                    "has": [one.has for one in told],
                    "on_hold": [one.on_hold for one in told],
                    "referred_on": [one.referred_on for one in told],
                },
            )
        Exchange.objects.create(
            partner=key.partner,
            direction=Exchange.Direction.ASKED,
            day=day,
            nonce=nonce,
            items=len(due),
            had=sum(one.has for one in told),
            held=sum(one.on_hold for one in told),
        )
        note_look(
            key.partner,
            "deconfliction",
            (due[one.place][0] for one in told),
            urlsplit(key.partner.url).netloc,
        )
        _went(key, now)
        Partner.objects.filter(pk=key.partner_id).exclude(contact_point=reply.contact).update(
            contact_point=reply.contact
        )


def _itself_first(names: list[str]) -> list[str]:
    """Return what an item goes by, itself first; of a very deep one, behind it what is furthest above."""
    *above, itself = names
    return [itself, *above[: wire.MOST_NAMES - 1]]


def _called(key: PairKey, secret: str, nonce: str, question: Question) -> Reply:
    body, time = question.encode(), str(int(timezone.now().timestamp()))
    signature = wire.call_signature(secret, by_maker=key.made_here, time=time, nonce=nonce, body=body)
    answer = send(
        "POST",
        key.partner.url + wire.PATH,
        headers=[
            ("content-type", "application/json"),
            ("user-agent", "Takedowns-Deconfliction/1"),
            (wire.PAIR, key.pair),
            (wire.TIME, time),
            (wire.NONCE, nonce),
            (wire.SIGNATURE, signature),
        ],
        body=body,
        limits=_LIMITS,
        allow=networks(settings.DECONFLICTION_ALLOW_NETWORKS),
        ports=None,
        plain_http=settings.DECONFLICTION_PLAIN_HTTP,
        proxy=proxy_of(settings.HTTPS_PROXY, settings.NO_PROXY),
    )
    expected = wire.answer_signature(
        secret, by_maker=key.made_here, nonce=nonce, status=answer.status, body=answer.body
    )
    if not wire.is_same(expected, answer.headers.get(wire.SIGNATURE.lower(), "")):
        raise NotAnsweredError(
            f"It answered {answer.status}, not signed with the shared key: the code was not entered there, was replaced, or this is another server."
        )
    if answer.status != 200:
        told = wire.read_problem(answer.body)
        code, left = str(told.get("problem", "")), told.get("left")
        raise NotAnsweredError(
            _PROBLEMS.get(code, f"It answered {answer.status}."),
            left if code == "limit" and isinstance(left, int) else None,
        )
    try:
        return Reply.decode(answer.body, len(question.items))
    except WireError as error:
        raise NotAnsweredError(str(error)) from error


def _went(key: PairKey, at: datetime) -> None:
    key.confirmed_at = key.confirmed_at or at
    PairKey.objects.filter(pk=key.pk, pair=key.pair).update(
        asked_at=at, confirmed_at=key.confirmed_at, failing_since=None, tries=0, next_at=None, problem=""
    )


def _failed(key: PairKey, problem: str, until: datetime | None = None) -> None:
    now = timezone.now()
    wait = timedelta(seconds=min(_FIRST_S * 2 ** min(key.tries, 20), _MOST_S))
    log.warning("The installation of %s was not asked: %s", key.partner, problem)
    with acting_as(SYSTEM):
        PairKey.objects.filter(pk=key.pk, pair=key.pair).update(
            failing_since=key.failing_since or now,
            tries=key.tries + 1,
            next_at=until or now + wait,
            problem=problem[:300],
        )


def _tomorrow() -> datetime:
    return day_began() + timedelta(days=1)
