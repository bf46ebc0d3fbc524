"""Django's PostgreSQL backend: starts the embedded server where it is used, and says soon when a database does not answer.

A connection of the pool is asked whether it lives before a request gets it, so that a restart of the server costs nothing.
Where no connection comes within a moment, the server itself is asked, once for all threads: one that is away is an error
at once (``takedowns.postgres.trouble`` names it), and a pool that is merely busy is waited for.
"""

from __future__ import annotations

import select
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base, psycopg_any
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout

from takedowns.postgres.bootstrap import prepare
from takedowns.postgres.cluster import cluster_at

#: Seconds to wait for a connection before asking whether the server is there at all.
FIRST_WAIT: Final = 0.7
#: Seconds within which a connection answers that lives.
ALIVE_WITHIN: Final = 0.5
#: Seconds for which an answer whether the server is there holds good.
KNOWN_FOR: Final = 1.0
#: What psycopg calls what Django's settings name.
_PARAMETERS: Final = {"USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}


class MomentLoader(psycopg_any.BaseTzLoader):  # type: ignore[misc]  # Django's has no types
    """Reads moments in UTC, as Django's own does, for a sixth of the time: it takes a text apart with a regular expression."""

    timezone = UTC

    def load(self, data: Any) -> datetime:
        """Return the moment; what only PostgreSQL writes (infinity, before the year 1) is left to Django's."""
        text = bytes(data)
        if text.endswith(b"+00"):
            try:
                return datetime.fromisoformat(text.decode())
            except ValueError:
                pass
        return cast("datetime", super().load(data))


class DatabaseWrapper(base.DatabaseWrapper):
    """``EMBEDDED`` in the database's settings names the folder of the embedded server."""

    #: Which part of the application makes the statements (``takedowns.postgres.parts``): of this connection, or of all of a process.
    part: str = ""

    def get_connection_params(self) -> dict[str, Any]:
        """Return what psycopg connects with, after making sure that there is something to connect to."""
        if folder := self.settings_dict.get("EMBEDDED"):
            prepare(cluster_at(Path(folder)))
        parameters: dict[str, Any] = super().get_connection_params()
        if self.alias.startswith("default") and (own := settings.DATABASE_PARTS.get(self.part)):
            parameters |= {_PARAMETERS[name]: value for name, value in own.items() if value}
        if self.timezone == UTC:
            parameters["context"].register_loader("timestamptz", MomentLoader)
        return parameters

    @property
    def pool(self) -> Any:
        """The connections that are kept, of each part its own."""
        if self.alias != "default" or self.part not in settings.DATABASE_PARTS:
            return super().pool
        self.alias = f"default as {self.part}"  # Django keeps pools by this
        try:
            return super().pool
        finally:
            self.alias = "default"

    def close_pool(self) -> None:
        """Close the connections that are kept, of every part."""
        pools: dict[str, Any] = self._connection_pools  # type: ignore[attr-defined]  # not in the stubs
        for name in [one for one in pools if one == self.alias or one.startswith(f"{self.alias} as ")]:
            pools.pop(name).close()

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        """Return a connection that lives.

        Raises:
            psycopg.OperationalError: the server does not answer; within three seconds.
        """
        if not self.pool:
            return cast("psycopg.Connection[Any]", super().get_new_connection(conn_params))
        self.isolation_level = IsolationLevel.READ_COMMITTED
        if _server.is_away:
            _server.ask(conn_params)
        self.pool.open()
        try:
            return self._from_pool(FIRST_WAIT)
        except PoolTimeout:
            _server.ask(conn_params)
            return self._from_pool(self.pool.timeout)

    def _configure_connection(self, connection: psycopg.Connection[Any]) -> bool:
        """Prepare a new connection, and let the log begin a new epoch where it leads to another server than before."""
        commit = bool(super()._configure_connection(connection))  # type: ignore[misc] # not in the stubs
        with suppress(psycopg.errors.UndefinedFunction), connection.transaction():  # nobody has migrated yet
            connection.execute("SELECT public.takedowns_keep_log_epoch()")
        return commit

    def _from_pool(self, seconds: float) -> psycopg.Connection[Any]:
        deadline = time.monotonic() + seconds
        while True:
            connection: psycopg.Connection[Any] = self.pool.getconn(max(0.01, deadline - time.monotonic()))
            if is_alive(connection):
                return connection
            connection.close()
            self.pool.putconn(connection)  # which replaces it

    def server_cursor(self) -> Any:
        """Return a cursor whose parameters travel beside the statement: other sessions do not read them in its text."""
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(psycopg.Cursor(self.connection))  # type: ignore[attr-defined]


def is_alive(connection: psycopg.Connection[Any], seconds: float = ALIVE_WITHIN) -> bool:
    """Tell whether the server still answers on an idle connection; a server that hangs does not."""
    low = connection.pgconn
    try:
        if low.transaction_status != TransactionStatus.IDLE:
            return False
        low.send_query(b"")
        low.flush()
        deadline = time.monotonic() + seconds
        while low.is_busy():
            if not select.select([low.socket], [], [], max(0, deadline - time.monotonic()))[0]:
                return False
            low.consume_input()
        while low.get_result() is not None:
            pass
    except (psycopg.Error, OSError, ValueError):
        return False
    return bool(low.transaction_status == TransactionStatus.IDLE)


class _Server:
    """Whether the server answers, as it was found last: one thread asks, the others take its answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_at = -KNOWN_FOR
        self._error: psycopg.Error | None = None

    @property
    def is_away(self) -> bool:
        return self._error is not None

    def ask(self, conn_params: dict[str, Any]) -> None:
        """Connect beside the pool.

        Raises:
            psycopg.OperationalError: it does not answer.
        """
        with self._lock:
            if time.monotonic() - self._asked_at >= KNOWN_FOR:
                self._error = None
                try:
                    psycopg.connect(**{**conn_params, "connect_timeout": 2}).close()
                except psycopg.Error as error:
                    self._error = error
                self._asked_at = time.monotonic()
            found = self._error
        if found is not None:
            raise psycopg.OperationalError(f"The database does not answer: {found}")


_server = _Server()
