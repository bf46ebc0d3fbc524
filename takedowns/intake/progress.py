"""Telling how far a long load has come, while its transaction is still open."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

SECONDS_BETWEEN = 0.25
#: From so many rows on, what follows the reading takes long enough to be told that the reading is over.
MANY_ROWS = 5000


class ProgressReport:
    """Writes progress through a connection of its own, so that others see it before the load commits.

    A load that ends within a quarter of a second never opens that connection.
    """

    def __init__(self, submission_id: UUID, also: Callable[[int, int], None] | None = None) -> None:
        self._submission_id = submission_id
        self._also = also
        self._beside: BaseDatabaseWrapper | None = None
        self._next = time.monotonic() + SECONDS_BETWEEN

    def __call__(self, bytes_read: int, rows_read: int, *, all_read: bool = False) -> None:
        """Say how far the reading is; written at most four times a second, and when all is read."""
        if self._also:
            self._also(bytes_read, rows_read)
        if time.monotonic() < self._next and not (all_read and rows_read >= MANY_ROWS):
            return
        self._next = time.monotonic() + SECONDS_BETWEEN
        if self._beside is None:
            self._beside = connections.create_connection(DEFAULT_DB_ALIAS)
        with self._beside.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO intake_progress (submission_id, bytes_read, rows_read) VALUES (%s, %s, %s)
                ON CONFLICT (submission_id) DO UPDATE
                SET bytes_read = EXCLUDED.bytes_read, rows_read = EXCLUDED.rows_read, updated_at = now()
                """,
                [self._submission_id, bytes_read, rows_read],
            )

    def close(self) -> None:
        """Give the connection back."""
        if self._beside is not None:
            self._beside.close()
            self._beside = None
