"""What migrations need beside Django's operations."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

from takedowns.postgres.objects import drop_statement


class RemoveSQL(Operation):
    """Drop objects of ``APP/sql/`` that the operations after this one cannot work around, such as a policy on a column.

    Nothing says how they were: at its end ``migrate`` installs what the files say, forwards and backwards alike.

    Args:
        keys: as ``"policy visible on referrals_event"``, ``"function takedowns_hour"`` (``postgres/objects.py``).
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change no model."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        """Drop them; one that is not there is none too many."""
        for key in self.keys:
            schema_editor.execute(drop_statement(key))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop them as well: what is undone may be in their way no less."""
        self.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Return what it does, for ``migrate --plan``."""
        return f"Take out {', '.join(self.keys)} until the end of migrate"
