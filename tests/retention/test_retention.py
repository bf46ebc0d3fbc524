"""What is past its time goes by night, what is not stays, and what is for the court cannot go."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.accounts.invitations import invite
from takedowns.accounts.models import AccountEvent, Invitation
from takedowns.api.idempotency import KEPT_FOR
from takedowns.api.models import KeptAnswer
from takedowns.directory import keys
from takedowns.directory.models import Platform
from takedowns.referrals.models import Event, Referral
from takedowns.retention.services import Kept, classes, due, forget, plan
from tests.factories import make_referrals
from tests.people import People

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def _job(age: timedelta, status: str) -> int:
    """Let a job have come to a status so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES ('house', 'x', '{}', 'todo') RETURNING id"
        )
        [made] = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, made])
        cursor.execute("UPDATE procrastinate_events SET at = now() - %s WHERE job_id = %s", [age, made])
    return int(made)


def _jobs() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs")
        return {row[0] for row in cursor.fetchall()}


def due_of(table: str) -> int | None:
    """Return what the page says is due of a table."""
    kinds = classes()
    return next(number for one, number in zip(kinds, due(kinds), strict=True) if one.table == table)


def test_jobs_that_ended_long_ago_go_and_no_other(people: People) -> None:
    old = timedelta(days=settings.KEEP_JOBS_DAYS) + DAY
    gone = {_job(old, "succeeded"), _job(old, "failed")}
    stay = {_job(DAY, "succeeded"), _job(old, "todo"), _job(old, "doing")}
    assert due_of("procrastinate_jobs") == 2
    assert forget()["procrastinate_jobs"] == 2
    assert _jobs() & (gone | stay) == stay


def test_an_invitation_that_nobody_accepted_goes_and_one_that_was_stays(people: People) -> None:
    invite("late@example.org", "L.", "officer", agency=people.agency, by=SYSTEM)
    kept, _ = invite("kept@example.org", "K.", "officer", agency=people.agency, by=SYSTEM)
    with acting_as(SYSTEM):
        Invitation.objects.filter(pk=kept.pk).update(accepted_at=timezone.now())
    now = timezone.now()
    assert forget(now)["accounts_invitation"] == 0
    assert forget(now + timedelta(days=settings.KEEP_INVITATIONS_DAYS + 4))["accounts_invitation"] == 1
    with acting_as(SYSTEM):
        assert [one.email for one in Invitation.objects.all()] == ["kept@example.org"]
        assert AccountEvent.objects.filter(email="late@example.org").exists(), "the record of accounts stays"


def test_sessions_and_answers_go_when_they_have_ended(people: People) -> None:
    now = timezone.now()
    for key, ends in (("old", now - DAY), ("new", now + DAY)):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    key, _ = keys.create(name="n", platform=Platform.objects.get(pk="telegram"))
    with acting_as(SYSTEM):
        for name, at in (("old", now - KEPT_FOR - DAY), ("new", now)):
            KeptAnswer.objects.create(
                key=key, idempotency_key=name, request_hash="", status=200, body=b"", created_at=at
            )
    gone = forget(now)
    assert (gone["django_session"], gone["api_keptanswer"]) == (1, 1)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    with acting_as(SYSTEM):
        assert list(KeptAnswer.objects.values_list("idempotency_key", flat=True)) == ["new"]


def test_a_setting_says_how_long(people: People, settings: object) -> None:
    job = _job(DAY * 3, "succeeded")
    settings.KEEP_JOBS_DAYS = 2  # type: ignore[attr-defined]
    forget()
    assert job not in _jobs()


def test_what_is_for_the_court_stays_however_old(people: People) -> None:
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_lantern/1"])
    with acting_as(SYSTEM):
        people.operation.__class__.objects.update(closed_at=timezone.now())
        before = Event.objects.count()
        forget(timezone.now() + 100 * 365 * DAY)
        assert Event.objects.count() == before
        assert Referral.objects.filter(pk__in=ids).exists()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), acting_as(SYSTEM):
        Event.objects.all()._raw_delete("default")


def test_what_is_due_is_exactly_what_goes(people: People) -> None:
    later = timezone.now() + timedelta(days=400)
    _job(DAY, "succeeded")
    invite("late@example.org", "L.", "officer", agency=people.agency, by=SYSTEM)
    Session.objects.create(session_key="s", session_data="", expire_date=timezone.now())
    kinds = classes()
    shown = {one.table: number for one, number in zip(kinds, due(kinds, later), strict=True) if one.nightly}
    assert forget(later) == shown
    assert sum(number or 0 for number in shown.values()) >= 3


@pytest.mark.parametrize("one", classes(), ids=lambda one: str(one.name))
def test_each_class_says_what_becomes_of_it(one: Kept) -> None:
    assert str(one.why)
    if one.nightly:
        assert one.table
        assert "%(before)s" in one.past
    elif one.lasts is not None:
        assert one.by, "not by night: then how"


def _told(**options: bool) -> str:
    said = StringIO()
    call_command("retention", stdout=said, **options)
    return said.getvalue()


def test_the_dry_run_says_what_would_go_and_why_and_lets_it_stay(people: People) -> None:
    old = timedelta(days=settings.KEEP_JOBS_DAYS) + DAY
    job = _job(old, "succeeded")
    with acting_as(SYSTEM):
        Look.objects.create(
            person_id=people.officer.pk,
            roles="",
            origin="",
            view="x",
            what="figures",
            at=timezone.now() - timedelta(days=settings.KEEP_ACCESS_LOG_DAYS + 40),
        )
    told = {line.partition(":")[0]: line for line in _told(dry_run=True).splitlines()}
    assert "1 of procrastinate_jobs would go (by night)" in told["Jobs that ended"]
    assert f"Kept for {settings.KEEP_JOBS_DAYS} days (KEEP_JOBS_DAYS)" in told["Jobs that ended"]
    assert "Kept until it ends, so until" in told["Sessions"]
    assert "Kept for 24 hours, so until" in told["Answers to repeated API calls"]
    assert "1 of access_log_look would go (By night, a whole month at once" in told["Who looked"]
    assert "Ledger" in told["Kept for good"]
    assert "Nothing was deleted." in told
    rules = [one["rule"] for one in json.loads(_told(dry_run=True, json=True))["classes"]]
    assert [rule for rule in rules if "%%" in rule or "%(" in rule] == []
    assert job in _jobs()
    for number, one in enumerate(plan()):
        assert one.rows == due(classes())[[kept.table for kept in classes()].index(one.kept.table)], number


def test_it_goes_at_once_only_when_that_is_said(people: People) -> None:
    job = _job(timedelta(days=settings.KEEP_JOBS_DAYS) + DAY, "succeeded")
    for options in ({}, {"dry_run": True, "now": True}):
        with pytest.raises(CommandError, match="--dry-run to see what would go"):
            _told(**options)
    assert job in _jobs()
    assert "Deleted: 1 rows." in _told(now=True)
    assert job not in _jobs()
