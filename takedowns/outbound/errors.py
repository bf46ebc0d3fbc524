"""Why a request was not made, or not answered."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - it says what happened
    """The request was not made: its address may not be asked. The message says why; another try changes nothing."""


class Unreachable(Exception):  # noqa: N818
    """No answer came in time. Another try later may succeed.

    Attributes:
        reason: ``name`` (it does not resolve), ``connection``, ``proxy`` (our own), ``tls``, ``too_slow`` or ``no_http`` (it answers
            something else).
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
