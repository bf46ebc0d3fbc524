"""``Idempotency-Key``: a repeated call gets the first one's answer and changes nothing, for 24 hours.

After draft-ietf-httpapi-idempotency-key-header. The answer is kept in the transaction of what the call changed, so
there is no moment at which one is there without the other. Only calls that succeeded are kept: one that was refused
changed nothing and is judged anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.api.models import KeptAnswer
from takedowns.api.problems import Problem
from takedowns.directory.models import ApiKey
from takedowns.representation.wire import dumps

KEPT_FOR: Final = timedelta(hours=24)
_SHAPE: Final = re.compile(r"[\x21-\x7e]{1,255}")
_EXPIRED_AT_ONCE: Final = 100
KEPT_HEADERS: Final = ("ETag", "Location")


def answer_once(
    request: Request, key: ApiKey, body_hash: str, act: Callable[[], Response]
) -> Response | HttpResponse:
    """Return the answer of ``act``, or the one it gave before under the same idempotency key.

    Args:
        body_hash: SHA-256 of the body as it came.

    Raises:
        Problem: ``malformed`` (the header), ``idempotency-mismatch`` (another request), ``idempotency-in-use``.
    """
    name = request.headers.get("Idempotency-Key")
    if name is None:
        return act()
    if not _SHAPE.fullmatch(name):
        raise Problem(
            "malformed", "Idempotency-Key must be 1 to 255 visible ASCII characters; a UUID is a good one."
        )
    asked = "\n".join([request.method or "", request.get_full_path(), request.content_type or "", body_hash])
    digest = hashlib.sha256(asked.encode()).hexdigest()
    _take(key, name)
    since = timezone.now() - KEPT_FOR
    kept = KeptAnswer.objects.filter(key_id=key.pk, idempotency_key=name).first()
    if kept is not None and kept.created_at > since:
        if kept.request_hash != digest:
            raise Problem(
                "idempotency-mismatch",
                f"The idempotency key was used at {kept.created_at:%Y-%m-%d %H:%M:%S} UTC for a different request.",
            )
        headers = {**kept.headers, "Idempotency-Replayed": "true"}
        return HttpResponse(
            bytes(kept.body), status=kept.status, content_type="application/json", headers=headers
        )
    response = act()
    _keep(key, name, digest, response)
    return response


def _take(key: ApiKey, name: str) -> None:
    """Hold the name until the transaction ends, or say that another call holds it."""
    number = int.from_bytes(hashlib.sha256(f"{key.pk} {name}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise Problem("idempotency-in-use", headers={"Retry-After": "1"})


def _keep(key: ApiKey, name: str, digest: str, response: Response) -> None:
    now = timezone.now()
    headers = {header: response.headers[header] for header in KEPT_HEADERS if header in response.headers}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO api_keptanswer (key_id, idempotency_key, request_hash, status, headers, body, created_at)
            VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s)
            ON CONFLICT (key_id, idempotency_key) DO UPDATE SET
                request_hash = EXCLUDED.request_hash, status = EXCLUDED.status, headers = EXCLUDED.headers,
                body = EXCLUDED.body, created_at = EXCLUDED.created_at
            """,
            [key.pk, name, digest, response.status_code, dumps(headers).decode(), dumps(response.data), now],
        )
        # Each call that keeps one answer takes a few old ones away, so that the table needs no housekeeping.
        cursor.execute(
            """
            DELETE FROM api_keptanswer WHERE (key_id, idempotency_key) IN (
                SELECT key_id, idempotency_key FROM api_keptanswer WHERE created_at < %s LIMIT %s FOR UPDATE SKIP LOCKED
            )
            """,
            [now - KEPT_FOR, _EXPIRED_AT_ONCE],
        )
