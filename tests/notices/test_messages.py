"""Messages to all in an operation: who writes, who sees, who read, and that what was said stays said."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.notices import messages as service
from takedowns.notices.messages import MessageError
from takedowns.notices.models import Message, MessageSeen
from takedowns.referrals.models import Operation
from tests.people import People

pytestmark = pytest.mark.django_db


def standing(people: People, name: str) -> list[str]:
    """Return what stands at the top of the operation's pages for a person, as the person."""
    with acting_as(people.actor(name)), connection.cursor() as cursor:
        cursor.execute("SELECT takedowns_standing_messages(%s)", [people.operation.pk])
        [found] = cursor.fetchone()
    return [one["text"] for one in (json.loads(found) if isinstance(found, str) else found)]


def test_everybody_who_takes_part_sees_it_and_nobody_else(people: People) -> None:
    service.write(people.operation, text="  Stop at six.  ", by=people.actor("coordinator"))
    for name in ("officer", "reviewer", "other_officer", "coordinator", "auditor", "administrator"):
        assert standing(people, name) == ["Stop at six."], name
    for name in ("absent_officer", "platform_contact", "stranger"):
        assert standing(people, name) == [], name


@pytest.mark.parametrize(
    "name", ["officer", "reviewer", "other_officer", "absent_officer", "auditor", "platform_contact"]
)
def test_only_those_who_run_the_operation_write_and_end(people: People, name: str) -> None:
    made = service.write(people.operation, text="Stop at six.", by=people.actor("coordinator"))
    with pytest.raises(MessageError):
        service.write(people.operation, text="No.", by=people.actor(name))
    with pytest.raises(MessageError):
        service.end(people.operation, made.pk, by=people.actor(name))
    assert standing(people, "officer") == ["Stop at six."]


def test_put_away_it_is_gone_for_that_person_alone_and_counted(people: People) -> None:
    made = service.write(people.operation, text="Stop at six.", by=people.actor("coordinator"))
    for name in ("officer", "officer", "reviewer"):
        with acting_as(people.actor(name)):
            service.put_away(people.operation, made.pk, by=people.actor(name))
    assert (standing(people, "officer"), standing(people, "other_officer")) == ([], ["Stop at six."])
    with acting_as(people.actor("coordinator")):
        [kept] = service.messages_of(people.operation, people.actor("coordinator"))
        assert (kept.read, service.audience(people.operation)) == (2, 4)
    with acting_as(people.actor("other_officer")):
        [kept] = service.messages_of(people.operation, people.actor("other_officer"))
    assert kept.read is None, "who read it is for who runs the operation"


def test_it_ends_by_itself_or_by_hand_and_stays_on_record(people: People) -> None:
    now = timezone.now()
    by = people.actor("coordinator")
    with acting_as(SYSTEM):
        Message.objects.create(
            operation=people.operation,
            text="Over.",
            by=people.coordinator,
            at=now - timedelta(hours=2),
            ends_at=now - timedelta(hours=1),
        )
    made = service.write(people.operation, text="Now.", ends_at=now + timedelta(hours=1), by=by)
    assert standing(people, "officer") == ["Now."]
    service.end(people.operation, made.pk, by=by)
    service.end(people.operation, made.pk, by=by)
    assert standing(people, "officer") == []
    with acting_as(people.actor("officer")):
        kept = service.messages_of(people.operation, people.actor("officer"))
    assert [(one.message.text, one.ended_at is not None, one.ended_by) for one in kept] == [
        ("Now.", True, people.coordinator),
        ("Over.", True, None),
    ]


@pytest.mark.parametrize(
    ("text", "hours", "field"), [(" ", None, "text"), ("x" * 501, None, "text"), ("Late.", -1, "ends_at")]
)
def test_what_cannot_be_said_says_why(people: People, text: str, hours: int | None, field: str) -> None:
    ends_at = timezone.now() + timedelta(hours=hours) if hours is not None else None
    with pytest.raises(MessageError) as refused:
        service.write(people.operation, text=text, ends_at=ends_at, by=people.actor("coordinator"))
    assert refused.value.field == field


def test_what_was_said_cannot_be_changed_even_by_the_system(people: People) -> None:
    made = service.write(people.operation, text="Stop at six.", by=people.actor("coordinator"))
    service.end(people.operation, made.pk, by=people.actor("coordinator"))
    with acting_as(people.actor("officer")):
        service.put_away(people.operation, made.pk, by=people.actor("officer"))
    for table in ("notices_message", "notices_messageend", "notices_messageseen"):
        for statement in (
            f"UPDATE {table} SET at = now()",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                acting_as(SYSTEM),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


def test_nobody_marks_it_read_for_another(people: People) -> None:
    made = service.write(people.operation, text="Stop at six.", by=people.actor("coordinator"))
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        acting_as(people.actor("officer")),
    ):
        MessageSeen.objects.create(
            message=made, user=people.reviewer, how=MessageSeen.How.READ, at=timezone.now()
        )


def test_a_message_of_another_operation_is_not_there(people: People) -> None:
    made = service.write(people.operation, text="Stop at six.", by=people.actor("coordinator"))
    other = Operation.objects.create(reference="RAD20", name="Another", starts=people.operation.starts)
    other.refresh_from_db()
    other.agencies.set([people.other_agency])
    with pytest.raises(Message.DoesNotExist):
        service.end(other, made.pk, by=people.actor("coordinator"))
    with pytest.raises(Message.DoesNotExist):
        service.put_away(people.operation, made.pk, by=people.actor("absent_officer"))
