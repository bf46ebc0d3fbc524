"""The figures of a report: the board's, and what came back. What is for publication is cut down here, nowhere later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from takedowns.directory.asking import Asker
from takedowns.referrals.models import Operation
from takedowns.statistics.board import Board, board
from takedowns.statistics.publication import publish
from takedowns.statistics.returns import came_back


def report(operation: Operation, asker: Asker, *, as_of: datetime | None = None, threshold: int = 0) -> Board:
    """Return all that a report says of an operation, as far as ``asker`` may see. Five statements, as of a moment six.

    Args:
        operation: whose figures.
        asker: who asks; the running transaction asks as the same.
        as_of: what had been recorded before this moment.
        threshold: for publication: the smallest count but 0 that is told. What came back is left out then: outlets are
            few, and nothing says yet which of their figures would give a small one away.

    Raises:
        NotSettledError, ValueError: see :func:`takedowns.statistics.board.board`.
    """
    figures = board(operation, asker, as_of=as_of)
    if threshold:
        return publish(figures, threshold)
    return replace(figures, came_back=came_back(operation, as_of=as_of))
