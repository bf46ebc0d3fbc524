"""Databases of the test run: migrated once and kept as a template, copied for each run and each worker in a fraction of a second.

Each worker of a parallel run has a server of its own (``tests.environment`` gives it a folder): readers of the log wait for the
oldest transaction of a whole server, so tests that share one would wait for each other.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from takedowns.postgres.bootstrap import APPLICATION_ROLE
from takedowns.postgres.cluster import SUPERUSER
from takedowns.postgres.grants import of_database, roles_of_parts

PRODUCT: Final = Path(__file__).parent.parent / "takedowns"
#: What a migrated database follows from; whatever of it changes, the template is made anew.
SOURCES: Final = (
    "*/migrations/*.py",
    "*/sql/**/*.sql",
    "postgres/*.py",
    "identity/platforms/*.toml",
    "directory/seed.py",
    "settings.py",
    "../requirements-dev.txt",
)
#: Only tests: what a power cut would lose is made again. Half of what a copy of a database costs is packing what is logged of it.
QUICK: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_compression": "off",
    "max_wal_size": "256MB",
}
_PREFIX: Final = "takedowns_template_"


def digest() -> str:
    """Return what names the template: a digest of everything its schema and its first rows follow from."""
    found = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(PRODUCT.glob(pattern)):
            found.update(str(path).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def administrator() -> Iterator[psycopg.Connection[Any]]:
    """Connect beside Django to the server's own database, as its superuser where that is let in, else as the owner."""
    owner = {**connections["owner"].get_connection_params(), "dbname": "postgres"}
    owner = {
        name: value for name, value in owner.items() if name in ("host", "port", "user", "password", "dbname")
    }
    try:
        connection = psycopg.connect(**{**owner, "user": SUPERUSER}, autocommit=True)
    except psycopg.OperationalError:
        connection = psycopg.connect(**owner, autocommit=True)
    with connection:
        yield connection


def point_at(name: str) -> None:
    """Let Django's connections lead to the database of that name."""
    leave()
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name


def leave() -> None:
    """Close every connection of this process: a database in use is neither copied nor dropped."""
    connections.close_all()
    connections["default"].close_pool()


def copy(source: str, name: str) -> None:
    """Make the database ``name`` anew as a copy of ``source``."""
    with administrator() as server:
        drop(server, name)
        owner = sql.Identifier(connections["owner"].settings_dict["USER"])
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(source), owner
            )
        )
        for statement in of_database(name, connections["default"].settings_dict["USER"]):
            server.execute(statement)


def drop(server: psycopg.Connection[Any], name: str) -> None:
    """Drop a database and whoever is still connected to it."""
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def migrated() -> str:
    """Return the name of the migrated template, made if need be: one process makes it, the others wait."""
    name = _PREFIX + digest()
    with administrator() as server:
        if server.info.user == SUPERUSER:
            for setting, value in QUICK.items():
                server.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
            server.execute("SELECT pg_reload_conf()")
            # For tests that keep one transaction (tests/parts.py); no installation has it.
            parts = sql.SQL(", ").join(map(sql.Identifier, roles_of_parts().values()))
            server.execute(sql.SQL("GRANT {} TO {}").format(parts, sql.Identifier(APPLICATION_ROLE)))
        server.execute("SELECT pg_advisory_lock(hashtext('takedowns test template'))")
        known = {row[0] for row in server.execute("SELECT datname FROM pg_database").fetchall()}
        if name not in known:
            for stale in known:
                if stale.startswith(_PREFIX):
                    drop(server, stale)
            _migrate(f"{name}_unfinished")
            server.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(f"{name}_unfinished"), sql.Identifier(name)
                )
            )
        _forget_dead_runs(server, known)
    return name


def _migrate(name: str) -> None:
    copy("template0", name)
    before = connections["owner"].settings_dict["NAME"]
    point_at(name)
    call_command("migrate", verbosity=0, interactive=False)
    point_at(before)


def _forget_dead_runs(server: psycopg.Connection[Any], known: set[str]) -> None:
    for name in known:
        run = name.removeprefix("takedowns_run_").split("_")[0]
        if name.startswith("takedowns_run_") and not Path(f"/proc/{run}").exists():
            drop(server, name)


class Run:
    """The database of this process' tests, and templates that tests fill once and then copy."""

    def __init__(self, files: Path) -> None:
        self.pristine = migrated()
        self.name = f"takedowns_run_{os.getpid()}"
        self.files = files
        self.filled: dict[str, str] = {}
        self.reset()
        self.rows = Rows()
        self.is_filled = False
        _current[:] = [self]

    def clean_up(self) -> None:
        """After a test that committed: bring the database back to what ``migrate`` leaves."""
        if self.is_filled or not self.rows.restore():
            self.reset()

    def reset(self) -> None:
        """Begin with a database as ``migrate`` leaves it."""
        leave()
        copy(self.pristine, self.name)
        point_at(self.name)
        self.is_filled = False

    def use(self, what: str, fill: Callable[[], None]) -> None:
        """Begin with a copy of the database, and of the files, that ``fill`` made when it was first asked for."""
        kept = self.files / what
        if what not in self.filled:
            self.reset()
            with settings_of_files(kept):
                fill()
            leave()
            self.filled[what] = f"{self.name}_{len(self.filled)}"
            copy(self.name, self.filled[what])
        leave()
        copy(self.filled[what], self.name)
        self.is_filled = True
        for name in ("MEDIA_ROOT", "EVIDENCE_ROOT"):
            if (source := kept / name).exists():
                shutil.copytree(source, getattr(settings, name), dirs_exist_ok=True)

    def end(self) -> None:
        """Drop what this run made; the migrated template stays for the next."""
        leave()
        with administrator() as server:
            for name in (self.name, *self.filled.values()):
                drop(server, name)


def clean_up() -> None:
    """Undo what was committed, between the examples of one test; after a test it happens by itself."""
    _current[0].clean_up()


_current: list[Run] = []


class Rows:
    """What the tables of the migrated database hold, to bring them back to that after a test that committed."""

    #: Above this much a copy of the template is quicker than deleting, and leaves no dead rows.
    LARGE: Final = 40_000_000

    def __init__(self) -> None:
        with self._connect() as database:
            self.tables = self._there(database)
            self.first = {table: self._read(database, table) for table in self._filled(database)}

    @staticmethod
    def _connect() -> psycopg.Connection[Any]:
        """Connect as the superuser, for whom triggers that guard events and foreign keys can be left out."""
        return psycopg.connect(
            **connections["owner"].get_connection_params() | {"user": SUPERUSER},
            options="-c session_replication_role=replica",
        )

    @staticmethod
    def _there(database: psycopg.Connection[Any]) -> list[tuple[str, str]]:
        return database.execute(
            "SELECT relnamespace::regnamespace::text, relname FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('public', 'sandbox', 'access_log')"
            " AND relname <> 'django_migrations' ORDER BY 1, 2"
        ).fetchall()

    def _filled(self, database: psycopg.Connection[Any]) -> list[tuple[str, str]]:
        asked = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(number, sql.Identifier(*table))
            for number, table in enumerate(self.tables)
        )
        return [self.tables[row[0]] for row in database.execute(asked).fetchall()]

    @staticmethod
    def _read(database: psycopg.Connection[Any], table: tuple[str, str]) -> list[bytes]:
        with database.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(*table))) as rows:
            return sorted(b"".join(bytes(part) for part in rows).splitlines(keepends=True))

    def restore(self) -> bool:
        """Bring every table back to what it first held; return False where so much was written that a copy is better."""
        with self._connect() as database:
            row = database.execute("SELECT pg_database_size(current_database())").fetchone()
            # A test that made a month of the access log, or dropped one, changed more than rows.
            if row is None or row[0] > self.LARGE or self._there(database) != self.tables:
                return False
            for table in self._filled(database):
                first = self.first.get(table)
                if first is not None and self._read(database, table) == first:
                    continue
                database.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))
            for table in self.first.keys() - set(self._filled(database)):
                with database.cursor().copy(
                    sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(*table))
                ) as rows:
                    rows.write(b"".join(self.first[table]))
            database.execute(
                "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences"
                " WHERE last_value IS NOT NULL AND schemaname IN ('public', 'sandbox')"
                " AND sequencename !~ '^(django_content_type|auth_permission|django_migrations|ledger_entry)'"
            )
        return True


@contextmanager
def settings_of_files(folder: Path) -> Iterator[None]:
    """Let what is handed in and attached be kept below ``folder``."""
    from django.test.utils import override_settings

    with override_settings(MEDIA_ROOT=folder / "MEDIA_ROOT", EVIDENCE_ROOT=folder / "EVIDENCE_ROOT"):
        yield
