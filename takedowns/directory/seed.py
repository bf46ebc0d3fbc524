"""Providers and platforms every installation starts with: those that identity has rules for."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.utils.text import slugify

from takedowns.directory.models import Platform, Provider
from takedowns.identity import PLATFORMS


def after_migrate(*, using: str, **_: Any) -> None:
    """Signal handler: a new platform file is a new platform after the next ``migrate``, unless that took our tables back."""
    if Platform._meta.db_table in connections[using].introspection.table_names():
        seed(using)


def seed(using: str = "default") -> None:
    """Add the platforms identity knows, with the company that runs each. An administrator's changes stay."""
    operators = {slugify(rules.operator): rules.operator for rules in PLATFORMS.values() if rules.operator}
    Provider.objects.using(using).bulk_create(
        [Provider(slug=slug, name=name) for slug, name in operators.items()], ignore_conflicts=True
    )
    Platform.objects.using(using).bulk_create(
        [
            Platform(slug=slug, name=rules.name, provider_id=slugify(rules.operator) or None)
            for slug, rules in PLATFORMS.items()
        ],
        ignore_conflicts=True,
    )
