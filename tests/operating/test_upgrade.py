"""An upgrade from the first migrations of all to this version, on a database with rows; and what stops one before it begins."""

from __future__ import annotations

from pathlib import Path

import pytest

import takedowns
from tests.operating.installation import Installation

pytestmark = pytest.mark.torture

#: Those of the apps that this and later versions changed; the others have one migration, or none that may go.
FIRST = ("operating", "ledger", "referrals", "installation")


def test_from_the_first_migrations_to_this_version(migrated: Installation, tmp_path: Path) -> None:
    migrated.start_server()
    counted = "SELECT count(*), (SELECT count(*) FROM directory_user) FROM referrals_operation"
    before = migrated.ask(counted)
    assert before[0][0] > 0
    for app in FIRST:
        migrated.done("migrate", app, "0001", "--verbosity", "0")
    assert migrated.run("check", "--database", "default")[0] == 1
    code, said = migrated.run("upgrade")
    assert code == 1
    assert "Name a folder for the backup" in said
    said = migrated.done("upgrade", "--backup", str(tmp_path / "kept"))
    assert "From an earlier version to" in said
    assert "migrations (" in said
    assert f"The database is of Takedowns {takedowns.__version__}." in said
    assert migrated.ask(counted) == before
    assert migrated.ask("SELECT version FROM installation_installation") == [(takedowns.__version__,)]
    # What was backed up is the database before: another version restores it, and says so.
    assert "is whole" in migrated.done("restore", "--check", str(tmp_path / "kept"))
    again = migrated.done("upgrade", "--no-backup")
    assert f"From {takedowns.__version__} to {takedowns.__version__}: 0 migrations." in again


def test_what_stops_it_has_changed_nothing(installation: Installation) -> None:
    installation.ask(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('orders', '0999_later', now())"
    )
    try:
        code, said = installation.run("upgrade", "--no-backup")
    finally:
        installation.ask("DELETE FROM django_migrations WHERE name = '0999_later'")
    assert code == 1
    assert "The database is of a later version: this one does not know orders.0999_later." in said
    code, said = installation.run(
        "upgrade", "--no-backup", DATABASE_OWNER_URL=installation.url("takedowns_app")
    )
    assert code == 1
    assert "set DATABASE_OWNER_URL" in said
    installation.stop_server()
    code, said = installation.run("upgrade", "--no-backup")
    assert code == 1
    assert "The database does not answer" in said
    assert "Traceback" not in said
