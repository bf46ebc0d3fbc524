"""Saying that a call will end: in its answers (RFC 9745, RFC 8594) and in the description.

A view names it, ``deprecated = Deprecation(since=…, until=…, instead="…")``, for all its methods or by method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.utils.http import http_date

#: For so long a call that is deprecated goes on working, at least (docs/platforms-api.md, Versions).
LEAST: Final = timedelta(days=365)


@dataclass(frozen=True)
class Deprecation:
    """That a call will end.

    Attributes:
        since: the day on which it was announced.
        until: the last day before it ends.
        instead: the address that takes its place, below ``/api/v1``.

    Raises:
        ValueError: it would end sooner than :data:`LEAST` after the announcement.
    """

    since: date
    until: date
    instead: str

    def __post_init__(self) -> None:
        if self.until - self.since < LEAST:
            raise ValueError(f"A call goes on for {LEAST.days} days after it is deprecated.")

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every answer of the call."""
        return {
            "Deprecation": f"@{int(_begins(self.since).timestamp())}",
            "Sunset": http_date(_begins(self.until).timestamp()),
            "Link": f'</api/v1/docs>; rel="deprecation"; type="text/html", </api/v1{self.instead}>; rel="successor-version"',
        }

    @property
    def described(self) -> dict[str, Any]:
        """The headers as the description shows them."""
        return {
            name: {"schema": {"type": "string"}, "description": why, "example": self.headers[name]}
            for name, why in (
                ("Deprecation", "Since when the call is deprecated (RFC 9745)."),
                ("Sunset", "When it ends (RFC 8594)."),
                ("Link", "Where to read of it, and what takes its place."),
            )
        }


def deprecation_of(view: Any, method: str) -> Deprecation | None:
    """Return whether a view's method is deprecated; HEAD is as GET."""
    said: Deprecation | Mapping[str, Deprecation] | None = getattr(view, "deprecated", None)
    return said.get(method.replace("HEAD", "GET")) if isinstance(said, Mapping) else said


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
