"""The looks at an operation's items: whole for whoever takes part, none for anybody else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import NOBODY, SYSTEM, Actor, acting_as
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Referral
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.recording import record_checks
from tests.factories import make_referrals
from tests.people import People


def _looks(people: People, actor: Actor) -> int:
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM takedowns_looks(%s)", [people.operation.pk])
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("officer", 2),
        ("other_officer", 2),
        ("coordinator", 2),
        ("auditor", 2),
        ("administrator", 2),
        ("absent_officer", 0),
        ("platform_contact", 0),
        ("stranger", 0),
    ],
)
def test_who_takes_part_reads_them_all_and_nobody_else_any(person: str, seen: int, people: People) -> None:
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_a", "https://t.me/demo_b"])
    with acting_as(SYSTEM):
        items = list(Referral.objects.filter(pk__in=ids).values_list("item_id", flat=True))
    record_checks([Look(one, Availability.OFFLINE, timezone.now()) for one in items], by=SYSTEM, robot="test")
    assert _looks(people, people.actor(person)) == seen
    assert _looks(people, NOBODY) == 0
