"""Moments as they are read from the database: in UTC, to the microsecond, as Django's own reader reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from django.db.utils import DataError

pytestmark = pytest.mark.django_db


def read(text: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "text",
    [
        "2019-11-21 08:00:00+00",
        "2019-11-21 08:00:00.5+00",
        "2019-11-21 08:00:00.123456+00",
        "2019-11-21 08:00:00.000001+00",
        "0001-01-01 00:00:00+00",
        "0999-02-28 23:59:59.999999+00",
        "9999-12-31 23:59:59.999999+00",
    ],
)
def test_a_moment_is_read_as_it_was_written(text: str) -> None:
    found = read(text)
    assert found == datetime.fromisoformat(text)
    assert isinstance(found, datetime)
    assert found.tzinfo is UTC
    loader = type("Djangos", (BaseTzLoader,), {"timezone": UTC})(1184, connection.connection)
    assert loader.load(text.encode()) == found


def test_an_offset_is_taken_into_account() -> None:
    assert read("2019-11-21 10:00:00+02") == datetime(2019, 11, 21, 8, tzinfo=UTC)
    found = read("2019-11-21 10:00:00+05:45")
    assert isinstance(found, datetime)
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["infinity", "0044-03-15 12:00:00+00 BC", "12019-01-01 00:00:00+00"])
def test_what_no_datetime_holds_is_an_error(text: str) -> None:
    with pytest.raises(DataError):
        read(text)
