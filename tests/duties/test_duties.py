"""What an authority decides or is told beside its orders is recorded, taken back, and counted in the yearly figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.duties.models import KIND_OF, Duty, Outcome
from takedowns.duties.services import DutyError, Told, record, take_back
from takedowns.figures.regulation import NOT_RECORDED, art8, art21
from takedowns.figures.regulation.orders import authorities_of
from takedowns.orders.models import RemovalOrder
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn
from tests.orders.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.people import People
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

IN_2024 = datetime(2024, 6, 1, 12, tzinfo=UTC)


def figures(people: People, year: int = 2024, as_of: datetime | None = None) -> dict[str, object]:
    """Return the figures that acts are counted in, of both provisions."""
    names = (
        "orders_issued",
        "orders_cross_border",
        "orders_scrutinised",
        "measures_decided",
        "access_requests",
    )
    with acting_as(SYSTEM):
        told = (art8(people.agency, year, as_of=as_of), art21("NL", authorities_of("nl"), year, as_of=as_of))
    return {one.name: one.told for each in told for one in each.figures if one.name in names}


def recorded(people: People, outcome: Outcome, at: datetime = IN_2024) -> Duty:
    return record(Told(people.agency.pk, outcome, at, "telegram", "Az. 7"), by=SYSTEM)


def test_each_outcome_belongs_to_one_kind_and_counts_where_its_article_is_asked_for(people: People) -> None:
    assert set(KIND_OF) == set(Outcome)
    for outcome in Outcome:
        recorded(people, outcome)
    recorded(people, Outcome.EXPOSED, datetime(2023, 12, 31, 22, 59, tzinfo=UTC))
    record(Told(people.other_agency.pk, Outcome.NO_INFRINGEMENT, IN_2024), by=SYSTEM)
    assert figures(people) == {
        "orders_issued": 0, "orders_cross_border": 0, "orders_scrutinised": 2, "measures_decided": 4, "access_requests": 3,
    }  # fmt: skip
    assert figures(people, 2023)["measures_decided"] == 1


def test_cross_border_orders_and_orders_scrutinised_are_two_numbers(people: People) -> None:
    make_authority(people)
    ids = approved(people, "https://t.me/demo_abroad", "https://t.me/demo_at_home", text=EMERGENCY)
    apply_to_all("refer", ids, by=SYSTEM)
    with acting_as(SYSTEM):
        for pk, state in zip(ids, ("IE", "NL"), strict=True):
            RemovalOrder.objects.filter(pk=pk).update(
                particulars={"provider_member_state": state, "issuing_member_state": "NL"}
            )
    now = timezone.now()
    recorded(people, Outcome.INFRINGEMENT, now)
    found = figures(people, timezone.localtime(now).year)
    assert (found["orders_issued"], found["orders_cross_border"], found["orders_scrutinised"]) == (2, 1, 1)


def test_what_is_taken_back_stays_in_the_list_and_counts_as_of_then(people: People) -> None:
    one = recorded(people, Outcome.INFRINGEMENT)
    with acting_as(SYSTEM):
        Duty.objects.filter(pk=one.pk).update(recorded_at=timezone.now() - timedelta(hours=2))
    before = timezone.now() - timedelta(hours=1)
    with pytest.raises(DutyError):
        take_back(one.pk, " ", by=SYSTEM)
    take_back(one.pk, "Recorded twice.", by=people.actor("reviewer"))
    with pytest.raises(DutyError):
        take_back(one.pk, "Again.", by=SYSTEM)
    assert figures(people)["orders_scrutinised"] == 0
    assert figures(people, as_of=before)["orders_scrutinised"] == 1
    with acting_as(SYSTEM):
        assert Duty.objects.get().taken_back_reason == "Recorded twice."


def test_where_the_installation_records_none_the_figures_say_so_and_there_is_no_page(
    people: People, signed_in: SignedIn
) -> None:
    with override_settings(EXCHANGE=[]):
        assert figures(people)["orders_scrutinised"] == NOT_RECORDED
        assert figures(people)["access_requests"] == NOT_RECORDED
        assert figures(people)["orders_cross_border"] == 0
        assert signed_in("reviewer").get("/duties/").status_code == 404


@pytest.mark.parametrize(("name", "may"), [("reviewer", True), ("coordinator", False), ("officer", False)])
def test_only_its_own_reviewers_and_coordinators_record_and_take_back(
    people: People, name: str, may: bool
) -> None:
    told = Told(people.agency.pk, Outcome.EXPOSED, IN_2024)
    actor = people.actor(name)  # the coordinator is of another agency
    if not may:
        with pytest.raises(DutyError):
            record(told, by=actor)
        with pytest.raises(DutyError):
            take_back(recorded(people, Outcome.ENDED).pk, "Mine now.", by=actor)
        return
    assert record(told, by=actor).recorded_by_id == actor.user_id
    with pytest.raises(DutyError, match="ahead"):
        record(Told(people.agency.pk, Outcome.EXPOSED, timezone.now() + timedelta(days=1)), by=actor)


def test_a_reviewer_records_on_the_page_and_takes_it_back(people: People, signed_in: SignedIn) -> None:
    client = signed_in("reviewer")
    given = {
        "agency": str(people.agency.pk), "outcome": "europol_informed", "at": "2024-06-01T12:00",
        "platform": "telegram", "file_number": "Az. 7", "note": "By phone.",
    }  # fmt: skip
    wrong = client.post("/duties/", {**given, "outcome": ""})
    assert wrong.status_code == 422
    assert client.post("/duties/", given).status_code == 302
    with CaptureQueriesContext(connection) as counted:
        page = client.get("/duties/").content.decode()
    assert len(counted) <= MOST_OF_ANY + OF_THE_TEST
    assert "Notice of an imminent threat to life" in page
    assert "By phone." in page
    with acting_as(SYSTEM):
        one = Duty.objects.get()
    assert client.post(f"/duties/{one.pk}/take-back/", {"reason": ""}).status_code == 422
    assert client.post(f"/duties/{one.pk}/take-back/", {"reason": "Twice."}).status_code == 302
    assert "Twice." in client.get("/duties/").content.decode()
    assert "Twice." not in signed_in("other_officer").get("/duties/").content.decode()
