"""Database functions and types that PostgreSQL 15 lacks or Django does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    NumberField = models.Field[int, int]
    AnyField = models.Field[Any, Any]
else:  # Django's fields take no type parameters at run time
    NumberField = AnyField = models.Field


class UUID7(models.Func):
    """A time-ordered UUID (RFC 9562, version 7), made by the database: ``takedowns_uuid7()``."""

    function = "takedowns_uuid7"
    output_field = models.UUIDField()
    arity = 0


class CurrentTransaction(models.Func):
    """The number of the transaction that writes the row, ``pg_current_xact_id()``: what migrations before epochs name."""

    function = "pg_current_xact_id"
    arity = 0

    @property
    def output_field(self) -> AnyField:
        return TransactionField()


class LogTransaction(models.Func):
    """Where in the log a row stands: the transaction's number in the log's epoch, ``takedowns_transaction()``."""

    function = "takedowns_transaction"
    arity = 0

    @property
    def output_field(self) -> AnyField:
        return TransactionField()


class EntryId(models.Func):
    """A number as a UUID that orders as the number does, before every time-ordered UUID."""

    template = "lpad(to_hex(%(expressions)s), 32, '0')::uuid"
    arity = 1
    output_field = models.UUIDField()


class CurrentOrigin(models.Func):
    """Where the change comes from, as ``access/origin.py`` told the database; empty where nobody said."""

    template = "coalesce(current_setting('takedowns.origin', true), '')"
    arity = 0
    output_field = models.CharField()


class TransactionField(NumberField):
    """PostgreSQL's ``xid8``: a 64-bit transaction number that never wraps around."""

    description = "transaction number"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002
        """Return the column's type."""
        return "xid8"

    def from_db_value(self, value: str | int | None, *_: Any) -> int | None:
        """Return the number; psycopg hands an ``xid8`` over as text."""
        return None if value is None else int(value)

    def get_prep_value(self, value: int | None) -> str | None:
        """Return the number as text, which PostgreSQL casts to ``xid8``."""
        return None if value is None or hasattr(value, "resolve_expression") else str(value)
