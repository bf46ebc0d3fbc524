"""Whether this is the installation that its data say. A copy that was restored elsewhere calls no endpoint and mails nobody."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import connections

import takedowns
from takedowns.installation.models import Installation

_CLUSTER: Final = "SELECT system_identifier::text FROM pg_control_system()"


class CopyError(OSError):
    """This is a copy of an installation: nothing leaves it."""

    def __init__(self) -> None:
        super().__init__(
            "This is a copy of an installation; it calls and mails nobody until somebody says that it is the real one."
        )


def is_copy(using: str = "default") -> bool:
    """Tell whether the data belong to an installation with another address or on another server. Two statements."""
    found = Installation.objects.using(using).first()
    return found is not None and (found.site_url, found.cluster) != _here(using)


def claim(using: str = "default") -> None:
    """Say that this is the installation from now on."""
    site_url, cluster = _here(using)
    Installation.objects.using(using).all().delete()
    Installation.objects.using(using).create(
        site_url=site_url, cluster=cluster, version=takedowns.__version__
    )


def disown(using: str = "default") -> None:
    """Say that this is a copy, also where it stands on the installation's own server under its own address: it was restored."""
    Installation.objects.using(using).update(cluster="")


def after_migrate(*, using: str, **_: Any) -> None:
    """Signal handler: a database that says nothing of an installation is a new one's."""
    if Installation._meta.db_table not in connections[using].introspection.table_names():
        return  # the migration was taken back
    if not _knows_version(using):
        return  # so were those behind the first
    if not Installation.objects.using(using).exists():
        claim(using)
    Installation.objects.using(using).exclude(version=takedowns.__version__).update(
        version=takedowns.__version__
    )


def version_of(using: str = "default") -> str:
    """Return the version of the program that migrated the database last; empty where that was before it was written down."""
    if not _knows_version(using):
        return ""
    return Installation.objects.using(using).values_list("version", flat=True).first() or ""


def _knows_version(using: str) -> bool:
    """Tell whether the column is there: not while somebody has gone back to an earlier migration."""
    with connections[using].cursor() as cursor:
        columns = connections[using].introspection.get_table_description(cursor, Installation._meta.db_table)
    return any(one.name == "version" for one in columns)


def _here(using: str) -> tuple[str, str]:
    with connections[using].cursor() as cursor:
        cursor.execute(_CLUSTER)
        return settings.SITE_URL, cursor.fetchone()[0]
