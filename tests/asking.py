"""As whom a test's own statements ask, where the test does not say: as the system.

What a test puts into tables and looks up afterwards is no part of what is tested. Statements of the product are left as they
are, whoever called it: outside ``acting_as`` they ask as nobody, as in production.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from takedowns.access import actor
from takedowns.access.context import SAY, everything

TESTS: Final = str(Path(__file__).parent)
PRODUCT: Final = str(Path(actor.__file__).parent.parent)
#: As the product: what is run from a command must name who asks, though tests call it, too.
_RUN_BY_ITSELF: Final = tuple(str(Path(__file__).parent.parent / name) for name in ("benchmarks", "tour"))
#: Runs in no transaction, and reads no rows.
_BY_ITSELF: Final = re.compile(
    r"\s*(VACUUM|CREATE DATABASE|DROP DATABASE|ALTER SYSTEM|REINDEX|(CREATE|DROP) INDEX CONCURRENTLY)",
    re.IGNORECASE,
)
#: Part of every statement, whoever makes it.
_ON_THE_WAY: Final = (str(Path(actor.__file__).parent.parent / "postgres" / "backend"), __file__)


@contextmanager
def own_statements_ask_as_the_system() -> Iterator[None]:
    """Let the statements of test code ask as the system wherever nobody is named, in this thread and those it starts."""
    connection_created.connect(_wrap)
    try:
        with connection.execute_wrapper(_ask):
            yield
    finally:
        connection_created.disconnect(_wrap)


def _wrap(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Take the connection of a thread along that a test started; it ends with the thread."""
    if connection.alias == "default" and _ask not in connection.execute_wrappers:
        connection.execute_wrappers.append(_ask)


def _ask(
    execute: Callable[..., Any], statement: Any, values: Any, many: bool, context: dict[str, Any]
) -> Any:
    if actor._acting.get(None) is not None or not _is_of_a_test():
        return execute(statement, values, many, context)
    plain = connection.connection
    if plain is None or _is_spoilt(plain) or _BY_ITSELF.match(str(statement)):
        return execute(statement, values, many, context)
    if not connection.in_atomic_block:
        with plain.transaction():
            plain.execute(SAY, [everything()])
            return execute(statement, values, many, context)
    plain.execute(SAY, [everything()])
    try:
        return execute(statement, values, many, context)
    finally:
        if not _is_spoilt(plain):  # else the end of the transaction takes it back
            plain.execute(SAY, [""])


def _is_of_a_test() -> bool:
    """Tell whether what makes the statement, of the product and the tests the innermost, is a test's."""
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith((TESTS, PRODUCT, *_RUN_BY_ITSELF)) and not file.startswith(_ON_THE_WAY):
            return file.startswith(TESTS)
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _is_spoilt(plain: Any) -> bool:
    return plain.info.transaction_status.name in ("INERROR", "UNKNOWN")
