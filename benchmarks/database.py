"""A database of its own for benchmarks, made as the owner and used as the application's role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, BinaryIO

import django
from django.apps import apps

if TYPE_CHECKING:
    from takedowns.directory.models import Agency, User
    from takedowns.intake.models import Submission
    from takedowns.referrals.models import Operation


@contextmanager
def bench_database() -> Iterator[None]:
    """Set Django up on a fresh, migrated database and drop it afterwards."""
    django.setup()
    from django.core.management import call_command
    from django.db import connections

    name = "takedowns_bench"
    owner = connections["owner"]
    _drop(name)
    with owner._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connections["default"].close()
        connections["default"].close_pool()  # type: ignore[attr-defined]
        owner.close()
        _drop(name)


def _drop(name: str) -> None:
    """Drop a database, ending what is still connected to it.

    A vacuum of PostgreSQL's own may be at work in it: FORCE may not end that one, and dropping without it does.
    """
    from django.db import OperationalError, connections

    with connections["owner"]._nodb_cursor() as cursor:
        try:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        except OperationalError:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def empty() -> None:
    """Empty every table and seed the platforms anew."""
    from django.db import connections

    from takedowns.access.context import keep_keys
    from takedowns.directory.seed import seed

    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    tables -= {"access_contextkey"}  # without the keys nobody is believed to ask
    names = ", ".join(f'"{table}"' for table in sorted(tables) if table != "django_migrations")
    kept = [
        model._meta.db_table
        for model in apps.get_models()
        if any(trigger.name == "never_emptied" for trigger in getattr(model._meta, "triggers", ()))
    ]
    with connections["owner"].cursor() as cursor:
        for table in kept:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        for table in kept:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    keep_keys("owner")  # without them the database believes nobody who asks
    seed()


def make_operation() -> tuple[Operation, Agency, User]:
    """Return an operation, an agency and its officer."""
    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.access.roles import Role
    from takedowns.directory.models import Agency, Membership, User
    from takedowns.referrals.models import Operation

    with acting_as(SYSTEM):
        agency = Agency.objects.create(slug="bench", name="Bench Unit")
        user = User.objects.create_user("officer@bench.example", "Officer")
        Membership.objects.create(user=user, agency=agency, role=Role.OFFICER)
        operation = Operation.objects.create(
            reference="BENCH",
            name="Bench",
            starts=date(2019, 11, 21),
            default_ground="Directive (EU) 2017/541, Art. 5",
        )
        operation.refresh_from_db()
        operation.agencies.add(agency)
    return operation, agency, user


def fold_all() -> None:
    """Fold what was loaded, on statistics that a server has by then: without them the fold of a whole day takes minutes."""
    from django.db import connections

    from takedowns.figures.fold import fold

    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    fold()


def hand_in(made: tuple[Operation, Agency, User], content: bytes | BinaryIO) -> Submission:
    """Hand a list in as a file and load it, in this process."""
    from takedowns.intake.load import load
    from takedowns.intake.models import Submission
    from takedowns.intake.receive import Loading, receive

    operation, agency, user = made
    received = receive(
        operation=operation,
        agency=agency,
        user=user,
        source=Submission.Source.FILE,
        filename="list.csv",
        content=content,
        loading=Loading.CALLER,
    )
    return load(received.submission.pk)


def the_operation() -> Operation:
    """Return the one operation that there is."""
    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.referrals.models import Operation

    with acting_as(SYSTEM):
        return Operation.objects.get()
