"""An operation's figures as files that explain themselves."""

from __future__ import annotations

from takedowns.directory.asking import Asker
from takedowns.referrals.models import Operation

__all__ = ["as_csv", "as_json"]


def as_csv(operation: Operation, asker: Asker) -> bytes:
    """Return the figures as tidy CSV, UTF-8 with a byte order mark: one row per platform and measure."""
    raise NotImplementedError


def as_json(operation: Operation, asker: Asker) -> bytes:
    """Return the figures as JSON, UTF-8, with the definition of each measure."""
    raise NotImplementedError
