"""The parts of the application, each of which connects as a role of its own where the settings name one for it.

A statement smuggled into a page runs as the role of the pages: it reads no password, no session, no second factor, and writes
neither the ledger nor what only the worker writes (``rights.py``). A role that could become another one (``SET ROLE``) would be
no barrier, so each part logs in by itself: signing in and a page are two connections, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final, cast

from django.conf import settings
from django.db import connections
from django.db.transaction import TransactionManagementError

from takedowns.postgres.backend.base import DatabaseWrapper


class Part(StrEnum):
    """What connects as a role of its own."""

    WEB = "web"
    API = "api"
    SIGN_IN = "sign_in"
    WORKER = "worker"


#: As which connections of this process begin; none for a command, which may all that the application may.
WHOLE: Final = ""


def role_of(part: str) -> str | None:
    """Return the name of the role that a part connects as; None where the settings name none, and it connects as the application."""
    found = settings.DATABASE_PARTS.get(part)
    return str(found["USER"]) if found else None


def begin_as(part: Part) -> None:
    """Let every connection of this process, in whatever thread, be this part's unless :func:`connected_as` says otherwise."""
    connections["default"].close()
    DatabaseWrapper.part = part


@contextmanager
def connected_as(part: Part) -> Iterator[None]:
    """Run a block whose statements this part's role makes.

    Raises:
        TransactionManagementError: a transaction is open, which cannot go on as another role.
    """
    wrapper = cast("DatabaseWrapper", connections["default"])
    before = wrapper.part
    change(wrapper, part)
    try:
        yield
    finally:
        change(wrapper, before)


def change(wrapper: DatabaseWrapper, part: str) -> None:
    """Give the connection back where the next statement is another role's."""
    if role_of(part) != role_of(wrapper.part):
        if wrapper.in_atomic_block:
            raise TransactionManagementError(f"A transaction cannot go on as the role of “{part}”.")
        wrapper.close()
    wrapper.part = part


def part_now() -> str:
    """Return which part makes the statements now; empty where the whole application does."""
    part = cast("DatabaseWrapper", connections["default"]).part
    return part if role_of(part) else WHOLE
