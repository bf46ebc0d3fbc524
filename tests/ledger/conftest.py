"""What the ledger's tests share: a key and a witness of each test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.test.utils import override_settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger.models import Entry
from takedowns.ledger.sealing import seal
from takedowns.postgres.cluster import SUPERUSER
from tests.factories import wait_until


@pytest.fixture(autouse=True)
def _ledger(tmp_path: Path) -> Iterator[None]:
    with override_settings(
        LEDGER_NAME="takedowns.example/ledger",
        LEDGER_KEY_FILE=str(tmp_path / "key.pem"),
        LEDGER_WITNESS_FILE=str(tmp_path / "witness.jsonl"),
    ):
        yield


@pytest.fixture
def sealed() -> Callable[[], int]:
    """Return a function that seals everything there is, once no transaction of other tests holds it back."""

    def all_of_it() -> int:
        wait_until(
            "NOT EXISTS (SELECT 1 FROM referrals_event WHERE xid >= takedowns_log_horizon())"
            " AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE xid >= takedowns_log_horizon())"
        )
        return seal()

    return all_of_it


def entries_of(table: str) -> list[Entry]:
    """Return the entries about a table, in the order in which they were written."""
    with acting_as(SYSTEM):
        return list(Entry.objects.filter(what=table).order_by("number"))


def run_as_system(statement: str, *values: object) -> None:
    """Run a statement as the application's role, asking as the system."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def superuser(options: str = "") -> Iterator[psycopg.Connection[Any]]:
    """Connect beside Django as the database's superuser, who may do anything. Committed at the end."""
    found = connections["owner"].get_connection_params() | {"user": SUPERUSER, "options": options}
    found.pop("cursor_factory", None)
    with psycopg.connect(**found) as connection_:
        yield connection_
