"""Django's cache for what signing in counts and remembers: moments of tries, and marks that something was used.

Kept in plain columns. Django's own cache in the database keeps pickled objects, so that whoever writes a row there runs
code in the web process; and it throws entries away at three hundred, so that whoever tries three hundred addresses is
forgotten himself.
"""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

_SET = """
    INSERT INTO accounts_cache AS kept (cache_key, moments, expires)
    VALUES (%(key)s, %(moments)s::double precision[], clock_timestamp() + make_interval(secs => %(seconds)s))
    ON CONFLICT (cache_key) DO UPDATE SET moments = EXCLUDED.moments, expires = EXCLUDED.expires
"""
#: Ten years: as good as for ever, for a count.
_LONGEST = 10 * 365 * 86400.0


class CountsCache(BaseCache):
    """Keeps ``True`` or a list of moments (seconds) by key, shared by all processes; one statement each. Nothing else fits in."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept of a key and has not expired: ``True`` or the list of moments."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT moments FROM accounts_cache WHERE cache_key = %s AND expires > clock_timestamp()",
                [self.make_and_validate_key(key, version=version)],
            )
            row = cursor.fetchone()
        if row is None:
            return default
        return True if row[0] is None else row[0]

    def set(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep a value for so many seconds, in the place of what was kept.

        Raises:
            TypeError: it is neither ``True`` nor a list of moments.
        """
        self._write(_SET, key, value, timeout, version)

    def add(
        self,
        key: str,
        value: Any,  # noqa: ARG002 - libraries mark with True or with a letter
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Set a mark unless something is kept; return whether it was. Of two who add at the same moment one is told yes."""
        return self._write(f"{_SET} WHERE kept.expires <= clock_timestamp()", key, True, timeout, version)

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep what there is for so many seconds from now; return whether there is anything."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_cache SET expires = clock_timestamp() + make_interval(secs => %s)"
                " WHERE cache_key = %s AND expires > clock_timestamp()",
                [self._seconds(timeout), self.make_and_validate_key(key, version=version)],
            )
            return bool(cursor.rowcount)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a key; return whether anything was kept."""
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM accounts_cache WHERE cache_key = %s",
                [self.make_and_validate_key(key, version=version)],
            )
            return bool(cursor.rowcount)

    def clear(self) -> None:
        """Forget everything."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_cache")

    def _write(
        self, statement: str, key: str, value: Any, timeout: float | None, version: int | None
    ) -> bool:
        if value is not True and not (
            isinstance(value, list) and all(isinstance(one, float) for one in value)
        ):
            raise TypeError(f"Only True and lists of moments are kept here, not {type(value).__name__}.")
        with connection.cursor() as cursor:
            cursor.execute(
                statement,
                {
                    "key": self.make_and_validate_key(key, version=version),
                    "moments": None if value is True else value,
                    "seconds": self._seconds(timeout),
                },
            )
            return bool(cursor.rowcount)

    def _seconds(self, timeout: float | None) -> float:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return _LONGEST if seconds is None else float(seconds)
