"""An upgrade from the first migrations of every app to this version, on a database with rows while people work, and the way back; what stops one before it begins."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

import takedowns
from tests.operating.installation import Installation

pytestmark = pytest.mark.torture

#: Takes every app back to its first migration, as somebody does who installed the version before: as the owner, with rows in the tables.
#: An app that came later rests on later migrations of others, and goes with them.
BACK = """
from django.apps import apps
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
ours = {one.label for one in apps.get_app_configs() if one.name.startswith("takedowns.")}
executor = MigrationExecutor(connections["owner"])
applied = dict(executor.loader.applied_migrations)
first = [node for node in applied if node[0] in ours and node[1].startswith("0001_")]
rests_on = {node: set(executor.loader.graph.forwards_plan(node)) - {node} for node in first}
later = [node for node, others in rests_on.items() if any(one[0] in ours and one not in first for one in others)]
executor.migrate([(node[0], None) if node in later else node for node in first])
left = MigrationExecutor(connections["owner"]).loader.applied_migrations
print("WENT BACK", len(applied) - len(left), [node for node in left if node[0] in ours and not node[1].startswith("0001_")])
"""


@dataclass
class Load:
    """Somebody who works meanwhile: reads and writes what everybody does, in transactions that take their time."""

    installation: Installation
    ended: threading.Event = field(default_factory=threading.Event)
    seconds: list[float] = field(default_factory=list)

    def work(self) -> None:
        with psycopg.connect(self.installation.cluster.dsn("takedowns", "postgres")) as connection:
            while not self.ended.is_set():
                began = time.monotonic()
                try:
                    connection.execute("SELECT count(*) FROM referrals_referral, directory_platform")
                    connection.execute("UPDATE directory_user SET last_login = last_login")
                    connection.execute("UPDATE referrals_operation SET reference = reference")
                    connection.execute("SELECT pg_sleep(0.3)")
                    connection.commit()
                except psycopg.errors.DeadlockDetected:
                    # It holds one table of two that a migration ties together, and asks for the other: one of the two gives way.
                    connection.rollback()
                self.seconds.append(time.monotonic() - began)


@contextmanager
def under_load(installation: Installation) -> Iterator[Load]:
    load = Load(installation)
    with ThreadPoolExecutor(2) as people:
        working = [people.submit(load.work) for _ in range(2)]
        try:
            yield load
        finally:
            load.ended.set()
            for one in working:
                one.result()


def test_from_the_first_migrations_to_this_version_while_people_work(
    migrated: Installation, tmp_path: Path
) -> None:
    migrated.start_server()
    counted = "SELECT count(*), (SELECT count(*) FROM directory_user) FROM referrals_operation"
    before = migrated.ask(counted)
    assert before[0][0] > 0
    said = migrated.done("shell", "--no-imports", "-c", BACK)
    assert re.search(r"WENT BACK \d{2} \[\]", said), said
    assert migrated.run("check", "--database", "default")[0] == 1
    code, said = migrated.run("upgrade")
    assert code == 1
    assert "Name a folder for the backup" in said
    with under_load(migrated) as load:
        said = migrated.done("upgrade", "--backup", str(tmp_path / "kept"))
    assert "From an earlier version to" in said
    assert "migrations (" in said
    assert f"The database is of Takedowns {takedowns.__version__}." in said
    # A migration waits five seconds for a lock, and lets everybody go on.
    assert max(load.seconds) < 12
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
