"""Dispatch: what goes, what is kept back, what is noted, and the files for platforms without the API."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory import keys
from takedowns.directory.models import Platform
from takedowns.holds.services import place
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import DispatchError, dispatch, preview
from takedowns.sending.models import Dispatch, HandOff
from tests.factories import make_item, make_referrals, number_of_rows
from tests.intake.test_concurrent import at_once
from tests.people import People, make_people

URLS = [
    "https://t.me/demo_a",
    "https://t.me/demo_b",
    "https://youtu.be/demoVIDEO01",
    "https://twitter.com/demo_quay",
]


@pytest.fixture
def approved(people: People) -> list[UUID]:
    ids = make_referrals(people.operation, people.agency, URLS)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    return ids


def hold(people: People, url: str) -> None:
    place(
        agency_id=people.agency.pk,
        by=SYSTEM,
        reason="r",
        ends_at=timezone.now() + timedelta(days=1),
        item_id=make_item(url).pk,
    )


def statuses(ids: list[UUID]) -> list[str]:
    with acting_as(SYSTEM):
        found = dict(Referral.objects.values_list("pk", "status"))
    return [found[one] for one in ids]


def rows_of(file: HandOff) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bytes(file.content).decode("utf-8-sig"))))


@pytest.mark.django_db
def test_the_preview_counts_by_platform_what_is_ready_held_and_in_review(
    people: People, approved: list[UUID]
) -> None:
    hold(people, URLS[0])
    make_referrals(people.operation, people.other_agency, ["https://t.me/demo_in_review"])
    keys.create(name="YouTube", platform=Platform.objects.get(pk="youtube"))
    coordinator = people.actor("coordinator")
    with acting_as(coordinator):
        lines = preview(people.operation)
    assert [(one.name, one.ready, one.on_hold, one.in_review, one.reads_api) for one in lines] == [
        ("Telegram", 1, 1, 1, False),
        (lines[1].name, 1, 0, 0, False),
        ("YouTube", 1, 0, 0, True),
    ]
    assert lines[1].slug == "twitter"


@pytest.mark.django_db
def test_all_that_is_approved_goes_at_one_moment_and_what_is_held_is_noted(
    people: People, approved: list[UUID]
) -> None:
    hold(people, URLS[0])
    made = dispatch(people.operation, by=people.actor("coordinator"))
    assert statuses(approved) == ["approved", "referred", "referred", "referred"]
    assert made.referred == {"telegram": 1, "youtube": 1, "twitter": 1}
    assert made.refused == [{"referral": str(approved[0]), "platform": "telegram", "code": "on_hold"}]
    assert (made.by_id, made.platform_id, made.total) == (people.coordinator.pk, None, 3)
    with acting_as(SYSTEM):
        assert set(Referral.objects.filter(status="referred").values_list("referred_at", flat=True)) == {
            made.at
        }


@pytest.mark.django_db
def test_one_platform_goes_alone(people: People, approved: list[UUID]) -> None:
    made = dispatch(people.operation, by=people.actor("coordinator"), platform="telegram")
    assert made.referred == {"telegram": 2}
    assert statuses(approved) == ["referred", "referred", "approved", "approved"]


@pytest.mark.django_db
def test_a_platform_that_reads_the_api_gets_no_file_and_every_other_one_exactly_its_own(
    people: People, approved: list[UUID]
) -> None:
    key = keys.create(name="YouTube", platform=Platform.objects.get(pk="youtube"))
    correct([Correction(approved[0], tier=1, outlet="Amber Lantern", listed_group="=Example")], by=SYSTEM)
    # What was changed after its approval waits for a second person again.
    apply_to_all("approve", [approved[0]], by=SYSTEM, exemptions_checked=True)
    made = dispatch(people.operation, by=people.actor("coordinator"))
    with acting_as(SYSTEM):
        files = {file.platform_id: file for file in HandOff.objects.filter(dispatch=made)}
        assert files.keys() == {"telegram", "twitter"}
        telegram = files["telegram"]
        assert (telegram.rows, telegram.made_by_id, telegram.made_at) == (2, people.coordinator.pk, made.at)
        assert telegram.sha256 == hashlib.sha256(bytes(telegram.content)).hexdigest()
        rows = rows_of(telegram)
        assert [row["reference"] for row in rows] == [reference_of("RAD19", one) for one in approved[:2]]
        assert (rows[0]["url"], rows[0]["tier"], rows[0]["agency"]) == (URLS[0], "1", "North Unit")
        assert rows[0]["listed_group"] == "'=Example", "no spreadsheet runs it"
        assert rows[0]["answer"] == ""
        assert "Amber Lantern" not in bytes(telegram.content).decode(), "analysts' words stay here"
    assert key


@pytest.mark.parametrize(
    "who", ["officer", "reviewer", "other_officer", "auditor", "administrator", "platform_contact"]
)
@pytest.mark.django_db
def test_only_a_coordinator_of_the_operation_dispatches(
    people: People, approved: list[UUID], who: str
) -> None:
    with pytest.raises(DispatchError, match="coordinators"):
        dispatch(people.operation, by=people.actor(who))
    assert statuses(approved) == ["approved"] * 4


@pytest.mark.django_db
def test_nothing_to_send_says_why_and_keeps_no_record(people: People, approved: list[UUID]) -> None:
    coordinator = people.actor("coordinator")
    for url in URLS:
        hold(people, url)
    with pytest.raises(DispatchError, match="on hold"):
        dispatch(people.operation, by=coordinator)
    apply_to_all("withdraw", approved, by=SYSTEM, reason="r")
    with pytest.raises(DispatchError, match="Nothing is approved"):
        dispatch(people.operation, by=coordinator)
    assert number_of_rows("sending_dispatch") == 0


@pytest.mark.parametrize("size", [1, 80])
@pytest.mark.django_db
def test_a_dispatch_costs_as_many_statements_for_one_as_for_many(
    people: People, size: int, django_assert_num_queries
) -> None:
    ids = make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_{number}" for number in range(size)]
    )
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    with django_assert_num_queries(26):
        assert dispatch(people.operation, by=SYSTEM).total == size


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_at_once_each_referral_goes_with_one(transactional_db: None) -> None:
    people = make_people()
    ids = make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_{number}" for number in range(60)]
    )
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    said: list[str] = []

    def press() -> None:
        try:
            dispatch(people.operation, by=SYSTEM)
        except DispatchError as error:
            said.append(str(error))

    at_once(press, press)
    with acting_as(SYSTEM):
        made = Dispatch.objects.get()
        assert made.total == 60
        assert HandOff.objects.get().rows == 60
    assert len(said) == 1
    assert "twice" in said[0] or "Nothing is approved" in said[0]


@pytest.mark.django_db
def test_the_database_shows_a_dispatch_and_its_files_to_its_operation_only(
    people: People, approved: list[UUID]
) -> None:
    dispatch(people.operation, by=SYSTEM)
    for who, sees in (
        ("officer", True),
        ("auditor", True),
        ("absent_officer", False),
        ("platform_contact", False),
    ):
        with acting_as(people.actor(who)), connection.cursor() as cursor:
            for table in ("sending_dispatch", "sending_handoff"):
                cursor.execute(f"SELECT count(*) > 0 FROM {table}")
                assert cursor.fetchone()[0] == sees, who
