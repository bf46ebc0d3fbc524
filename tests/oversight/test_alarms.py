"""Alarms about who looked: raised once, told to who answers for it, put away with a reason by somebody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.ledger.models import Entry
from takedowns.oversight.alarms import raise_alarms
from takedowns.oversight.models import Alarm
from tests.clients import SignedIn, Work
from tests.people import People

pytestmark = pytest.mark.django_db


def _looked(person: Any, agency: Any, ids: list[Any], at: datetime, **more: Any) -> None:
    given = {"roles": "", "origin": "", "view": "web:referral", "what": "referral"} | more
    with acting_as(SYSTEM):
        Look.objects.bulk_create(
            Look(person_id=person.pk, agency_id=agency.pk, referral_id=one, at=at, **given) for one in ids
        )


def raised() -> list[tuple[str, Any, int]]:
    with acting_as(SYSTEM):
        return list(Alarm.objects.order_by("kind", "since").values_list("kind", "who_id", "count"))


def test_many_referrals_of_other_agencies_in_an_hour_raise_one_alarm(work: Work, settings: Any) -> None:
    people, now = work.people, timezone.now()
    settings.ALARM_REFERRALS_OF_OTHERS = 3
    hour = now.replace(minute=0, second=0, microsecond=0)
    ids = work.referral_ids
    assert len(ids) == 4
    _looked(people.officer, people.agency, ids, hour)  # of one's own agency
    _looked(people.other_officer, people.other_agency, ids[:3], hour)  # no more than may be
    _looked(
        people.other_officer, people.other_agency, ids[3:], hour - timedelta(minutes=30)
    )  # in another hour
    assert raise_alarms(now) == []
    _looked(people.other_officer, people.other_agency, ids[3:], hour)
    assert len(raise_alarms(now)) == 1
    assert raise_alarms(now) == []
    assert raised() == [("others", people.other_officer.pk, 4)]
    settings.ALARM_REFERRALS_OF_OTHERS = 0
    with acting_as(SYSTEM):
        assert Entry.objects.filter(what="oversight_alarm", action="added").count() == 1


def test_a_whole_list_taken_as_a_file_raises_one_and_a_part_does_not(
    work: Work, settings: Any, monkeypatch: Any
) -> None:
    people, now = work.people, timezone.now()
    monkeypatch.setattr("takedowns.oversight.alarms.WHOLE_LEAST", 4)
    file = {"what": "referrals", "is_file": True, "operation": "RAD19"}
    _looked(people.officer, people.agency, [None], now, count=3, **file)
    assert raise_alarms(now) == []
    _looked(people.officer, people.agency, [None], now, count=4, **file)
    assert len(raise_alarms(now)) == 1
    assert raised() == [("everything", people.officer.pk, 4)]
    settings.ALARM_WHOLE_LISTS = False
    _looked(people.reviewer, people.agency, [None], now, count=4, **file)
    assert raise_alarms(now) == []


def test_the_night_is_that_of_the_agency_and_off_unless_set(people: People, settings: Any) -> None:
    people.agency.zone, people.other_agency.zone = "Europe/Lisbon", "Europe/Helsinki"
    for agency in (people.agency, people.other_agency):
        with acting_as(SYSTEM):
            agency.save()
    # 23:30 in Lisbon, 1:30 on the next day in Helsinki.
    at, now = datetime(2026, 11, 20, 23, 30, tzinfo=UTC), datetime(2026, 11, 21, 8, tzinfo=UTC)
    for person, agency in ((people.officer, people.agency), (people.other_officer, people.other_agency)):
        _looked(person, agency, [None, None], at)
    assert raise_alarms(now) == []
    settings.ALARM_NIGHT_HOURS = (0, 6)
    assert len(raise_alarms(now)) == 1
    assert raised() == [("night", people.other_officer.pk, 2)]
    settings.ALARM_NIGHT_HOURS = (23, 5)
    assert len(raise_alarms(now)) == 2  # and the night of Helsinki now begins at 23
    with acting_as(SYSTEM):
        began = {one.who_id: one.since for one in Alarm.objects.order_by("since")}
    assert began[people.officer.pk] == datetime(2026, 11, 20, 23, tzinfo=UTC)


@pytest.fixture
def alarm(people: People) -> Alarm:
    with acting_as(SYSTEM):
        return Alarm.objects.create(
            kind="others",
            who_id=people.other_officer.pk,
            agency=people.other_agency,
            since=timezone.now(),
            count=120,
        )


def test_it_is_told_to_the_agencys_coordinator_and_auditors_and_put_away_with_a_reason(
    people: People, alarm: Alarm, signed_in: SignedIn
) -> None:
    for person in ("coordinator", "auditor", "administrator"):
        page = signed_in(person).get("/who-looked/alarms/").content.decode()
        assert "120 referrals of other agencies" in page, person
    assert "1<span" in signed_in("coordinator").get("/").content.decode().partition("alarms-heading")[2]
    assert signed_in("officer").get("/who-looked/alarms/").status_code == 403
    client, address = signed_in("coordinator"), f"/who-looked/alarms/{alarm.pk}/"
    assert client.post(address, {f"{alarm.pk}-note": " "}).status_code == 422
    assert signed_in("officer").post(address, {f"{alarm.pk}-note": "x"}).status_code in (302, 403)
    with acting_as(SYSTEM):
        alarm.refresh_from_db()
    assert alarm.looked_into_at is None
    client.post(address, {f"{alarm.pk}-note": "She prepared the dispatch."})
    assert "She prepared" not in client.get("/who-looked/alarms/").content.decode()
    assert "She prepared the dispatch." in client.get("/who-looked/alarms/?done=1").content.decode()


def test_nobody_puts_away_an_alarm_about_themselves(people: People, signed_in: SignedIn) -> None:
    with acting_as(SYSTEM):
        own = Alarm.objects.create(
            kind="night",
            who_id=people.coordinator.pk,
            agency=people.other_agency,
            since=timezone.now(),
            count=3,
        )
    client = signed_in("coordinator")
    assert "somebody else looks into it" in client.get("/who-looked/alarms/").content.decode()
    client.post(f"/who-looked/alarms/{own.pk}/", {f"{own.pk}-note": "It was nothing."})
    with acting_as(SYSTEM):
        own.refresh_from_db()
    assert own.looked_into_at is None


def test_mail_says_that_there_is_one_and_not_about_whom(work: Work, settings: Any) -> None:
    people, now = work.people, timezone.now()
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = (
        "mail.example",
        "django.core.mail.backends.locmem.EmailBackend",
    )
    settings.ALARM_REFERRALS_OF_OTHERS = 3
    _looked(people.other_officer, people.other_agency, work.referral_ids, now)
    raise_alarms(now)
    assert sorted(one.to[0] for one in mail.outbox) == ["auditor@example.org", "coordinator@example.org"]
    for one in mail.outbox:
        assert "/who-looked/alarms/" in one.body
        assert "other_officer" not in one.body.lower() + one.subject.lower()
        assert "Other Officer" not in one.body
