"""A database of a test's own, which may be migrated back to nothing: a copy of the migrated one, filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connections, models, transaction

from takedowns.accounts.models import AccountRequest
from takedowns.answers.models import Batch
from takedowns.demo.play import make_cast
from takedowns.demo.practice import make_practice
from takedowns.demo.scenario import build
from takedowns.directory.keys import create as create_key
from takedowns.directory.models import Platform, Scope
from takedowns.figures.fold import fold
from takedowns.fingerprints.models import Fingerprint, GivenHash
from takedowns.notices.building import build_notices
from takedowns.referrals.models import Operation
from takedowns.sending.models import AnswerLink
from tests.databases import administrator, copy, drop, leave, point_at

#: A value for a field that must have one, by the name of the field's type.
_VALUES: Final[dict[str, Any]] = {
    "BigIntegerField": 1,
    "IntegerField": 1,
    "PositiveIntegerField": 1,
    "PositiveSmallIntegerField": 1,
    "SmallIntegerField": 1,
    "PositiveBigIntegerField": 1,
    "FloatField": 1.0,
    "DecimalField": Decimal(1),
    "BooleanField": False,
    "CharField": "x",
    "TextField": "x",
    "SlugField": "x",
    "EmailField": "x@example.org",
    "URLField": "https://example.org/",
    "UUIDField": uuid4,
    "DateField": date(2019, 11, 21),
    "BinaryField": b"x",
    "DateTimeField": datetime(2019, 11, 21, 8, tzinfo=UTC),
    "DurationField": timedelta(1),
    "JSONField": {},
    "GenericIPAddressField": "192.0.2.1",
    "ArrayField": [],
    "FileField": "x",
    "TransactionField": 1,
}


@contextmanager
def scratch_database() -> Iterator[None]:
    """Make a copy of the test's database, on which both connections work until the block ends."""
    template = connections["owner"].settings_dict["NAME"]
    name = f"{template}_scratch"
    leave()
    copy(template, name)
    try:
        point_at(name)
        yield
    finally:
        point_at(template)
        # As the superuser: a connection of the application's that has not ended yet is not the owner's to end.
        with administrator() as server:
            drop(server, name)


#: What a constraint wants more than plain values of: a link ends after it was made, a fingerprint is hexadecimal.
_GIVEN: Final[dict[type[models.Model], dict[str, Any]]] = {
    AccountRequest: {"kind": "invitation"},
    AnswerLink: {"expires_at": datetime(2099, 1, 1, tzinfo=UTC)},
    Fingerprint: {"pdq": ""},
    GivenHash: {"sha256": "0f" * 32, "md5": "", "pdq": ""},
}


def fill() -> list[str]:
    """Put rows into every table of ours, by the doors of the demo where these lead there; return those still empty."""
    make_cast(build(scale=0.005))
    make_practice()
    create_key(name="x", platform=Platform.objects.all()[0], scopes=[Scope.REFERRALS_READ])
    build_notices()
    fold()
    ContentType.objects.clear_cache()
    put_row(Group, "owner")  # to which a table of ours refers
    put_row(
        Batch, "owner", operation=Operation.objects.all()[0]
    )  # of an operation or of a platform, never of neither
    models_of_ours = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("takedowns.")
    ]
    for _ in range(2):  # the second time finds the rows that the first one's refer to
        for model in models_of_ours:
            if not model._base_manager.using("owner").exists():
                put_row(model, "owner", **_GIVEN.get(model, {}))
    return [
        model._meta.db_table for model in models_of_ours if not model._base_manager.using("owner").exists()
    ]


def put_row(model: type[models.Model], using: str, **given: Any) -> None:
    """Write one row with plain values beside those given, past managers; none where a constraint wants more than that."""
    row = model(**given)
    pointed_at: Counter[type[models.Model]] = Counter()
    for field in model._meta.concrete_fields:
        if field.name in given or isinstance(field, models.AutoField):
            continue
        if field.null or field.has_default() or field.db_default is not models.NOT_PROVIDED:
            continue
        if field.remote_field:  # two that point at the same table must often point at two rows
            others = field.remote_field.model._base_manager.using(using).order_by("pk")
            nth = pointed_at[field.remote_field.model]
            found = others.values_list(field.target_field.attname, flat=True)[nth : nth + 1]
            pointed_at[field.remote_field.model] += 1
            value = next(iter(found), None)
        else:
            value = _value_for(field)
        setattr(row, field.attname, value)
    with suppress(IntegrityError), transaction.atomic(using=using):
        model._base_manager.using(using).bulk_create([row])


def _value_for(field: models.Field[Any, Any]) -> Any:
    if field.choices:
        return next(value for value, _ in field.flatchoices if value != "")
    value = _VALUES[field.get_internal_type()]
    return value() if callable(value) else value
