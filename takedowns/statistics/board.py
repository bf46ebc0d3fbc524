"""The figures of an operation as its board shows them."""

from __future__ import annotations

from takedowns.directory.asking import Asker
from takedowns.referrals.models import Operation
from takedowns.statistics.figures import Board, Counts, Hour, PlatformRow, SelfReportTotal, Share
from takedowns.statistics.fingerprint import fingerprint

__all__ = ["Board", "Counts", "Hour", "PlatformRow", "SelfReportTotal", "Share", "board", "fingerprint"]


def board(operation: Operation, asker: Asker, *, etag: str | None = None) -> Board:
    """Return the figures of ``operation`` that ``asker`` may see, in a fixed number of SQL statements.

    Args:
        operation: one that the asker may see.
        asker: as whom the request runs.
        etag: a fingerprint taken before in the same request, so that it is not taken twice.
    """
    raise NotImplementedError
