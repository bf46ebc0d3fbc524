"""Django's PostgreSQL backend, which starts the embedded server at the first connection where it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from takedowns.postgres.bootstrap import prepare
from takedowns.postgres.cluster import cluster_at


class DatabaseWrapper(base.DatabaseWrapper):
    """``EMBEDDED`` in the database's settings names the folder of the embedded server."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return what psycopg connects with, after making sure that there is something to connect to."""
        if folder := self.settings_dict.get("EMBEDDED"):
            prepare(cluster_at(Path(folder)))
        return super().get_connection_params()
