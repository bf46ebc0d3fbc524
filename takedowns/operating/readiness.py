"""What a process of the web needs to serve, each a question of a moment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from takedowns.postgres.objects import outdated


def readiness(only: str = "") -> dict[str, bool]:
    """Return what is needed and whether it is there; of one thing where that is named."""
    found: dict[str, bool] = {}
    for name, ask in _NEEDED.items():
        if only in ("", name):
            found[name] = False if found.get("database") is False and name in _OF_THE_DATABASE else ask()
    return found


def unapplied() -> list[str]:
    """Return the migrations that the database does not have."""
    executor = MigrationExecutor(connection)
    return [
        f"{one.app_label}.{one.name}"
        for one, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]


def applied_but_unknown() -> list[str]:
    """Return the migrations of ours that the database has and this version does not know."""
    loader = MigrationLoader(connection)
    known = loader.disk_migrations.keys()
    return sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in loader.migrated_apps and (app, name) not in known
    )


def is_writable(folder: Path) -> bool:
    """Tell whether files can be made in a folder, or it can be made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def static_files_are_collected() -> bool:
    """Tell whether pages find their styles and scripts."""
    try:
        staticfiles_storage.url("pages/base.css")
    except (ValueError, OSError):
        return False
    return True


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


_NEEDED: Final[Mapping[str, Callable[[], bool]]] = {
    "database": _database_answers,
    "migrations": lambda: not unapplied() and not outdated("default"),
    "static-files": static_files_are_collected,
    "folders": lambda: all(is_writable(Path(one)) for one in (settings.MEDIA_ROOT, settings.EVIDENCE_ROOT)),
}
_OF_THE_DATABASE: Final = {"migrations"}
