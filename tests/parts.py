"""Requests of a test run as the roles that they run as in an installation, also where the test keeps one transaction.

In an installation each part of the application logs in by itself. A test that is rolled back has one connection: there the
application's role becomes the part's for the time of the request (``SET LOCAL ROLE``). Tests that commit log in as an installation does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.conf import settings
from psycopg import sql
from psycopg.pq import TransactionStatus

from takedowns.postgres import parts
from takedowns.postgres.backend.base import DatabaseWrapper

_change = parts.change


@contextmanager
def parts_share_a_transaction() -> Iterator[None]:
    """Let a request made within a transaction go on in it, as its part's role."""
    with patch.object(parts, "change", _become):
        yield


def _become(wrapper: DatabaseWrapper, part: str) -> None:
    if not wrapper.in_atomic_block:
        _change(wrapper, part)
        return
    plain = wrapper.connection
    if (
        plain.info.transaction_status == TransactionStatus.INTRANS
    ):  # else the end of the savepoint takes it back
        role = parts.role_of(part) or settings.DATABASES["default"]["USER"]
        plain.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
    wrapper.part = part
