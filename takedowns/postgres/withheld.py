"""Columns of secrets, which read as empty where the role that asks may not read them (``rights.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.sql.compiler import SQLCompiler

from takedowns.postgres.narrowing import is_withheld
from takedowns.postgres.parts import part_now

if TYPE_CHECKING:
    TextField = models.CharField[str, str]
else:  # Django's fields take no type parameters at run time
    TextField = models.CharField


class WithheldCharField(TextField):
    """A ``CharField`` that a row read by another part has empty. The database refuses that part both the column and writing it back."""

    def deconstruct(self) -> Any:
        """Return what a migration says: for the table it is a ``CharField`` as any other."""
        name, _path, arguments, named = super().deconstruct()
        return name, "django.db.models.CharField", arguments, named

    def select_format(self, compiler: SQLCompiler, sql: str, params: Any) -> tuple[str, Any]:
        """Return what stands in the list of columns."""
        if compiler.connection.alias == "default" and is_withheld(
            part_now(), self.model._meta.db_table, str(self.column)
        ):
            return "''", ()
        return sql, params
