"""Sessions in the database, as Django keeps them, but for one thing: a database that goes away signs nobody out."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError


class SessionStore(db.SessionStore):
    """Django's own takes each failure to write a session for one that was deleted, and answers 400 ("signed out meanwhile").

    Its class of what is kept stays the same, so that sessions that are open stay open.
    """

    def save(self, must_create: bool = False) -> None:
        """Write the session.

        Raises:
            UpdateError: it was deleted meanwhile.
            DatabaseError: the database is away or full, or refuses; told as that (``postgres/trouble.py``).
        """
        try:
            super().save(must_create)
        except UpdateError as gone:
            self._raise_what_failed(gone)
            raise

    async def asave(self, must_create: bool = False) -> None:
        """Do the same for who waits without a thread."""
        try:
            await super().asave(must_create)
        except UpdateError as gone:
            self._raise_what_failed(gone)
            raise

    @staticmethod
    def _raise_what_failed(gone: UpdateError) -> None:
        """Raise what the server or its driver said. That no row was there is Django's own sentence, with nothing behind it."""
        cause: Any = gone.__context__
        if isinstance(cause, DatabaseError) and (type(cause) is not DatabaseError or cause.__cause__):
            raise cause  # with what the server said as its own cause
