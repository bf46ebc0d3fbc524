"""Whether this is the installation that its data say. A copy that was restored elsewhere calls no endpoint and mails nobody."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import connections

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
    Installation.objects.using(using).create(site_url=site_url, cluster=cluster)


def disown(using: str = "default") -> None:
    """Say that this is a copy, also where it stands on the installation's own server under its own address: it was restored."""
    Installation.objects.using(using).update(cluster="")


def after_migrate(*, using: str, **_: Any) -> None:
    """Signal handler: a database that says nothing of an installation is a new one's."""
    if Installation._meta.db_table not in connections[using].introspection.table_names():
        return  # the migration was taken back
    if not Installation.objects.using(using).exists():
        claim(using)


def _here(using: str) -> tuple[str, str]:
    with connections[using].cursor() as cursor:
        cursor.execute(_CLUSTER)
        return settings.SITE_URL, cursor.fetchone()[0]
