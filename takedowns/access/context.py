"""Telling the database who asks, so that no statement of somebody else's making can say it.

The application signs it for each transaction with a key made from ``SECRET_KEY``; ``takedowns_bound()`` checks the signature
with the copies that ``migrate`` keeps where the application's role may not read. What is signed travels as a parameter and
not in the statement, where other sessions of the same role could read it (``pg_stat_activity``). Nor does it stand in a setting,
where a statement smuggled in could read it: there stands what the database itself signed, for that one transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connections

from takedowns.sealing import derived

#: So long is believed what was signed (takedowns_bound.sql).
BELIEVED_SECONDS: Final = 300
_PURPOSE: Final = "who asks the database"
#: Says to the database who asks until the transaction ends, with what :func:`token` returned.
SAY: Final = "SELECT set_config('takedowns.actor', public.takedowns_bound(%s), true)"
_BLOCK: Final = 64  # bytes of SHA-256


def token(
    *,
    everything: bool = False,
    agencies: Iterable[UUID] = (),
    platforms: Iterable[str] = (),
    person: UUID | None = None,
    doer: UUID | None = None,
    doing_for: UUID | None = None,
    origin: str = "",
    hand_off: Iterable[str] = (),
) -> str:
    """Return who asks, signed for a transaction that begins now; empty for nobody.

    Args:
        everything: sees all, and writes.
        agencies, platforms: for which whoever asks works.
        person: who asks.
        doer: who does it, for the record: also where a service asks as the system on the way.
        doing_for: the agency that person works for, where it is one.
        origin: where it comes from (``origin.py``).
        hand_off: the operation and the moment of the one dispatch to which all is narrowed.
    """
    said = [
        "on" if everything else "",
        ",".join(sorted(map(str, agencies))),
        ",".join(sorted(platforms)),
        str(person or ""),
    ]
    if not any(said):
        return ""
    said += [str(doer or ""), str(doing_for or ""), origin.replace("|", " "), ",".join(hand_off)]
    claims = "|".join([f"{time.time():.3f}", *said])
    signature = hmac.new(_key(settings.SECRET_KEY), claims.encode(), hashlib.sha256).hexdigest()
    return f"{claims}|{signature}"


def everything() -> str:
    """Return the system, signed: for a transaction that no request and no job stands behind (:data:`SAY`)."""
    return token(everything=True)


def keep_keys(using: str) -> None:
    """Let the database check what is signed with ``SECRET_KEY`` and its fallbacks, and with no other key."""
    from takedowns.access.models import ContextKey  # noqa: PLC0415 - models are not there before the apps are

    keys = [_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    rows = [
        ContextKey(
            id=hashlib.sha256(key).hexdigest()[:16], inner_pad=_pad(key, 0x36), outer_pad=_pad(key, 0x5C)
        )
        for key in keys
    ]
    kept = ContextKey.objects.using(using)
    kept.exclude(pk__in=[row.pk for row in rows]).delete()
    kept.bulk_create(rows, ignore_conflicts=True)


def keep_keys_after_migrate(using: str, **_: Any) -> None:
    """As :func:`keep_keys`, as a receiver of ``post_migrate``."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('access_contextkey') IS NOT NULL")
        there = cursor.fetchone()[0]
    if there:  # not where its migration was taken back
        keep_keys(using)


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return derived(secret, _PURPOSE)


def _pad(key: bytes, byte: int) -> bytes:
    """Return one of the two blocks that HMAC (RFC 2104) begins with; the key is shorter than a block."""
    return bytes(one ^ byte for one in key.ljust(_BLOCK, b"\0"))
