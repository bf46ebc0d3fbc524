"""How often a key may call: counted in PostgreSQL, since several processes on several machines serve one key.

A cache would be counted per process (Django's default) or need a second server. One row a key is updated in a
transaction of its own before the call's begins: a call that fails counts, and calls of one key never wait for each
other. The table is unlogged: losing it in a crash gives everybody a fresh minute.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db import connection

from takedowns.api.problems import Problem
from takedowns.directory.models import ApiKey

WINDOW_SECONDS: Final = 60


class Allowance(NamedTuple):
    """What a key may still do in this window."""

    limit: int
    remaining: int
    resets_in: int  # seconds

    @property
    def headers(self) -> dict[str, str]:
        """The RateLimit fields of the IETF's draft (draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "RateLimit-Policy": f'"key";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"key";r={self.remaining};t={self.resets_in}',
        }


def count_call(key: ApiKey) -> Allowance:
    """Count one call of the key. One statement.

    Raises:
        Problem: ``rate-limited``, with Retry-After.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO api_usage AS usage (key_id, "window", used)
            VALUES (%(key)s, date_bin(make_interval(secs => %(seconds)s), clock_timestamp(), 'epoch'), 1)
            ON CONFLICT (key_id) DO UPDATE SET
                used = CASE WHEN usage."window" < EXCLUDED."window" THEN 1 ELSE usage.used + 1 END,
                "window" = greatest(usage."window", EXCLUDED."window")
            RETURNING used, ceil(extract(epoch FROM "window" - clock_timestamp()) + %(seconds)s)::integer
            """,
            {"key": key.pk, "seconds": WINDOW_SECONDS},
        )
        used, seconds = cursor.fetchone()
    allowance = Allowance(key.requests_per_minute, max(0, key.requests_per_minute - used), max(1, seconds))
    if used > key.requests_per_minute:
        raise Problem(
            "rate-limited",
            f"This key may call {key.requests_per_minute} times a minute. Wait {allowance.resets_in} seconds."
            " Larger pages and bulk calls need fewer.",
            headers={**allowance.headers, "Retry-After": str(allowance.resets_in)},
        )
    return allowance
