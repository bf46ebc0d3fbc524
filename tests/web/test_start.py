"""The start page: what waits, each number the length of the list behind it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.accounts.second import ask
from takedowns.directory.models import Membership, User
from takedowns.holds.services import place
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.notices.messages import write
from takedowns.orders.services import Receipt, record_receipts
from takedowns.orders.writing import write_orders
from takedowns.oversight.models import Alarm
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Operation
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Availability, Status
from takedowns.verification import schedule
from takedowns.verification.recording import record_checks
from takedowns.web import kept
from tests.clients import SignedIn, Work
from tests.factories import make_item, make_referrals
from tests.orders.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.people import PASSWORD, People
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

HOME = reverse("web:home")


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def lines(page: str) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Return the lines of the page by kind and operation: the number, the list behind it, and the first of it."""
    found = {}
    for kind, section in re.findall(
        r'<section class="panel pile (\w+)".*?</h2>(.*?)</section>', page, re.DOTALL
    ):
        for line in re.findall(r"<li.*?</li>", section, re.DOTALL):
            number = re.search(r'class="count" href="([^"]+)">([^<]+)<', line)
            where = re.search(r"<strong>([A-Z0-9-]+)</strong>", line)
            go = re.search(r'class="button go" href="([^"]+)"', line)
            assert number is not None
            assert go is not None
            address = number[1].replace("&amp;", "&")
            found[kind, where[1] if where else ""] = (number[2], address, go[1].replace("&amp;", "&"))
    return found


def rows(page: str) -> int:
    """Return how many rows the first table of a page has."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    return len(re.findall(r"<tr\b", body[1])) if body else 0


def test_an_officer_sees_questions_and_drafts_and_each_number_is_the_length_of_its_list(
    work: Work, signed_in: SignedIn
) -> None:
    people, client = work.people, signed_in("officer")
    asked = [
        work.referral("https://t.me/demo_lantern/12").pk,
        work.referral("https://t.me/demo_lantern/12").pk,
    ]
    others = make_referrals(people.operation, people.other_agency, ["https://t.me/demo_other_agency"])
    for one in (asked[0], *others):
        for move, facts in (
            ("approve", {"exemptions_checked": True}),
            ("refer", {}),
            ("request_information", {"question": "Which?"}),
        ):
            assert apply_to_all(move, [one], by=SYSTEM, **facts).moved
    for content in (b"https://t.me/demo_draft/1", b"https://t.me/demo_draft/2"):
        receive(
            operation=people.operation,
            agency=people.agency,
            user=people.officer,
            source=Submission.Source.PASTE,
            filename="",
            content=content,
            loading=Loading.PREVIEW,
        )
    found = lines(shown(client, HOME))
    assert {key: number for key, (number, *_) in found.items()} == {
        ("questions", "RAD19"): "1",
        ("drafts", "RAD19"): "2",
    }
    for number, behind, first in found.values():
        assert rows(shown(client, behind)) == int(number), behind
        shown(client, first)
    assert "Which?" in shown(client, found["questions", "RAD19"][2])
    # A colleague's drafts are not mine; a coordinator answers for the whole operation.
    assert ("drafts", "RAD19") not in lines(shown(signed_in("reviewer"), HOME))
    everybodys = lines(shown(signed_in("coordinator"), HOME))["questions", "RAD19"]
    assert everybodys[0] == "2"
    assert rows(shown(signed_in("coordinator"), everybodys[1])) == 2


def test_a_reviewer_sees_what_waits_for_their_eyes_and_never_their_own(
    work: Work, signed_in: SignedIn
) -> None:
    people = work.people
    make_referrals(people.operation, people.agency, ["https://t.me/demo_own"], submitted_by=people.reviewer)
    page = shown(signed_in("reviewer"), HOME)
    number, behind, _ = lines(page)["review", "RAD19"]
    assert int(number) == len(work.referral_ids) - 1
    assert f"<strong>{number}</strong> wait for you" in shown(signed_in("reviewer"), behind)
    assert ("review", "RAD19") not in lines(shown(signed_in("officer"), HOME))


def test_orders_whose_hour_runs_stand_first_and_say_what_is_overdue(
    people: People, signed_in: SignedIn
) -> None:
    make_authority(people)
    orders = approved(
        people,
        "https://t.me/demo_order1",
        "https://t.me/demo_order2",
        "https://t.me/demo_order3",
        text=EMERGENCY,
    )
    from takedowns.sending.dispatch import dispatch

    long_ago = timezone.now() - timedelta(hours=3)
    dispatch(people.operation, by=people.actor("coordinator"), at=long_ago)
    by = people.actor("coordinator")
    record_receipts([Receipt(orders[0], long_ago + timedelta(minutes=1))], by=by)
    record_receipts([Receipt(orders[1], timezone.now() - timedelta(minutes=10))], by=by)
    for person in ("officer", "coordinator"):
        client = signed_in(person)
        page = shown(client, HOME)
        assert next(iter(lines(page))) == ("orders", "RAD19")
        number, behind, first = lines(page)["orders", "RAD19"]
        assert (number, rows(shown(client, behind))) == ("2", 2), (
            "the third was not received: its hour does not run"
        )
        assert str(orders[0]) in first
        assert "1 overdue" in page
        assert rows(shown(client, reverse("web:orders", args=["RAD19"]))) == 3
    assert ("orders", "RAD19") not in lines(shown(signed_in("auditor"), HOME))


def test_orders_to_write_wait_for_whoever_may_write_them(people: People, signed_in: SignedIn) -> None:
    make_authority(people)
    urls = ["https://t.me/demo_write1", "https://t.me/demo_write2"]
    mine = make_referrals(people.operation, people.agency, urls, instrument="removal_order")
    other = make_referrals(
        people.operation, people.other_agency, ["https://t.me/demo_write3"], instrument="removal_order"
    )
    make_referrals(people.operation, people.agency, ["https://t.me/demo_no_order"])
    approved(people, "https://t.me/demo_written", text=EMERGENCY)
    assert apply_to_all("approve", mine[1:], by=SYSTEM, exemptions_checked=True).moved
    assert apply_to_all(
        "reject",
        make_referrals(
            people.operation, people.agency, ["https://t.me/demo_rejected"], instrument="removal_order"
        ),
        by=SYSTEM,
        reason="No.",
    ).moved
    for person, number, first in (
        ("officer", 2, mine[0]),
        ("other_officer", 1, other[0]),
        ("coordinator", 3, mine[0]),
    ):
        client = signed_in(person)
        found = lines(shown(client, HOME))["writing", "RAD19"]
        assert found[0] == str(number), person
        listed = shown(client, found[1])
        assert rows(listed) == number, person
        assert found[2] == reverse("web:order-write", args=["RAD19", first])
        shown(client, found[2])
    for person in ("auditor", "absent_officer"):
        assert ("writing", "RAD19") not in lines(shown(signed_in(person), HOME)), person
    write_orders([*mine, *other], EMERGENCY, by=SYSTEM)
    client = signed_in("coordinator")
    assert ("writing", "RAD19") not in lines(shown(client, HOME))
    assert "No removal order waits to be written." in shown(
        client, reverse("web:orders", args=["RAD19"]) + "?only=unwritten"
    )


def test_what_is_approved_leads_coordinators_to_where_it_is_sent(people: People, signed_in: SignedIn) -> None:
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_1", "https://t.me/demo_2"])
    assert apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True).moved == ids
    client = signed_in("coordinator")
    number, behind, first = lines(shown(client, HOME))["sending", "RAD19"]
    assert (number, rows(shown(client, behind))) == ("2", 2)
    assert first.partition("?")[0] == reverse("web:dispatch", args=["RAD19"])
    assert "What would go to whom" in shown(client, first)
    places = shown(client, reverse("web:places-waiting", args=["RAD19"]))
    assert re.search(r'platforms"[^>]*>.*?\b2\b', places, re.DOTALL), places
    for person in ("officer", "reviewer", "auditor"):
        assert ("sending", "RAD19") not in lines(shown(signed_in(person), HOME)), person
    Operation.objects.filter(pk=people.operation.pk).update(closed_at=timezone.now())
    assert ("sending", "RAD19") not in lines(shown(client, HOME)), "a closed operation sends nothing"


def test_rechecks_are_counted_in_each_operation_by_its_own_schedule(
    people: People, signed_in: SignedIn
) -> None:

    later = Operation.objects.create(reference="LATER", name="Later", starts=people.operation.starts)
    later.refresh_from_db()
    later.agencies.set([people.agency])
    schedule.change(later, [2000], by=SYSTEM)
    at = timezone.now() - timedelta(hours=30)
    for operation, urls in (
        (people.operation, ["https://t.me/demo_gone1", "https://t.me/demo_gone2"]),
        (later, ["https://t.me/demo_gone3"]),
    ):
        ids = make_referrals(operation, people.agency, urls)
        for move, facts in (
            ("approve", {"exemptions_checked": True}),
            ("refer", {}),
            ("remove", {"action": "visibility_removed"}),
        ):
            assert apply_to_all(move, ids, by=SYSTEM, at=at, **facts).moved
    client = signed_in("officer")
    found = lines(shown(client, HOME))
    assert found["rechecks", "RAD19"][0] == "2"
    assert ("rechecks", "LATER") not in found, "there it is looked at after 2000 hours"
    assert rows(shown(client, reverse("web:look-again-many", args=["RAD19"]))) == 2
    schedule.change(later, [1], by=SYSTEM)
    assert lines(shown(client, HOME))["rechecks", "LATER"][0] == "1"


def test_holds_running_out_and_announcements(people: People, signed_in: SignedIn) -> None:
    officer = people.actor("officer")
    with acting_as(SYSTEM):
        items = [make_item(f"https://t.me/demo_held{number}") for number in range(3)]
    for item, hours in zip(items, (10, 40, 100), strict=True):
        place(
            agency_id=people.agency.pk,
            by=officer,
            reason="We read it.",
            item_id=item.pk,
            ends_at=timezone.now() + timedelta(hours=hours),
        )
    write(people.operation, text="Stop at six.", by=people.actor("coordinator"))
    client = signed_in("officer")
    found = lines(shown(client, HOME))
    number, behind, _ = found["holds", ""]
    assert (number, rows(shown(client, behind))) == ("2", 2)
    assert found["messages", "RAD19"][0] == "1"
    assert "Stop at six." in shown(client, found["messages", "RAD19"][1])
    assert ("holds", "") not in lines(shown(signed_in("other_officer"), HOME)), (
        "another agency's holds are not told"
    )


def test_where_nothing_waits_the_page_says_so_and_what_is_going_on(work: Work, signed_in: SignedIn) -> None:
    page = shown(signed_in("officer"), HOME)
    assert "Nothing waits for you." in page
    assert lines(page) == {}
    in_review = re.search(r'\?status=submitted">(\d+)<', page)
    assert in_review is not None
    assert int(in_review[1]) == len(work.referral_ids)
    audited = shown(signed_in("auditor"), HOME)
    assert "Nothing waits for you." in audited
    assert f'?status=submitted">{len(work.referral_ids)}<' in audited
    absent = shown(signed_in("absent_officer"), HOME)
    assert "RAD19" not in absent
    assert "No operation is open." in absent


def test_an_administrator_is_told_what_waits_before_there_is_an_operation(
    people: People, signed_in: SignedIn
) -> None:
    with acting_as(SYSTEM):
        asker = User.objects.create_user("second@example.org", "Second Administrator", PASSWORD)
        Membership.objects.create(user=asker, agency=people.absent_agency, role=Role.ADMINISTRATOR)
        ask(
            "invitation",
            by=Actor.of(asker),
            emails=("new@example.org",),
            role="officer",
            agency=people.agency,
        )
        Alarm.objects.create(kind="night", who_id=people.officer.pk, since=timezone.now(), count=3)
        Operation.objects.all().delete()
    found = lines(shown(signed_in("administrator"), HOME))
    assert found == {
        ("requests", ""): ("1", reverse("web:people-requests"), reverse("web:people-requests")),
        ("alarms", ""): ("1", reverse("web:alarms"), reverse("web:alarms")),
    }
    assert "Nothing waits for you." in shown(signed_in("officer"), HOME)


def test_a_platforms_people_see_what_waits_at_their_platform_and_nothing_else(
    work: Work, signed_in: SignedIn
) -> None:
    client = signed_in("platform_contact")
    assert client.get(HOME)["Location"] == "/desk/telegram/"
    Membership.objects.create(user=work.people.platform_contact, platform_id="twitter", role=Role.PLATFORM)
    assert "Nothing waits for a decision." in shown(client, HOME)
    ids = [
        work.referral("https://t.me/demo_lantern/12").pk,
        work.referral("https://www.youtube.com/watch?v=demoVIDEO01").pk,
    ]
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    page = shown(client, HOME)
    assert "<dt>Not acknowledged</dt><dd>1</dd>" in page
    assert "RAD19" not in page
    assert "/desk/telegram/" in page
    assert "/desk/youtube/" not in page
    assert signed_in("stranger").get(HOME).status_code == 403
    assert reverse("web:sign-in") in signed_in("anonymous").get(HOME)["Location"]


@pytest.mark.parametrize("person", ["officer", "reviewer", "coordinator", "auditor", "administrator"])
def test_more_operations_do_not_mean_more_statements(work: Work, signed_in: SignedIn, person: str) -> None:
    people, client = work.people, signed_in(person)
    Membership.objects.create(user=people.coordinator, agency=people.agency, role=Role.REVIEWER)
    client.get(HOME)
    kept.STANDING.forget()  # made anew each time: that of another operation is not kept
    with CaptureQueriesContext(connection) as before:
        client.get(HOME)
    assert len(before) - OF_THE_TEST <= MOST_OF_ANY
    for number in range(5):
        one = Operation.objects.create(reference=f"OP{number}", name="n", starts=people.operation.starts)
        one.refresh_from_db()
        one.agencies.set([people.agency, people.other_agency])
        make_referrals(one, people.agency, [f"https://t.me/demo_op_{number}"])
    with CaptureQueriesContext(connection) as after:
        page = client.get(HOME).content.decode()
    assert len(after) == len(before)
    assert "OP4" in page
    with acting_as(SYSTEM):
        assert Operation.objects.get(reference="OP4").referrals.filter(status=Status.SUBMITTED).count() == 1


def test_what_is_kept_is_worked_out_once_and_never_out_of_date(work: Work, signed_in: SignedIn) -> None:
    """What is due costs most of the page: a colleague gets what was worked out, and whatever it rests on makes it anew."""
    people = work.people
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_k1", "https://t.me/demo_k2"])
    at = timezone.now() - timedelta(hours=3)
    apply_to_all("approve", ids, by=SYSTEM, at=at, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM, at=at)
    assert apply_to_all("remove", ids, by=SYSTEM, at=at, action="visibility_removed").moved
    kept.RECHECKS.forget()
    officer, colleague = signed_in("officer"), signed_in("reviewer")

    def due_for(client: Client) -> tuple[str | None, int]:
        with CaptureQueriesContext(connection) as counted:
            page = shown(client, HOME)
        found = lines(page).get(("rechecks", people.operation.reference))
        worked_out = sum("takedowns_last_looks" in one["sql"] for one in counted)
        return found and found[0], worked_out

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kept, "GOOD_FOR_S", 10**9)
        assert due_for(officer) == ("2", 1)
        assert due_for(colleague) == ("2", 0)
        with acting_as(SYSTEM):
            item = people.operation.referrals.get(pk=ids[0]).item_id
        record_checks([Look(item, Availability.OFFLINE, timezone.now())], by=SYSTEM, robot="probe")
        assert due_for(officer) == ("1", 1)
        schedule.change(people.operation, [], by=SYSTEM)
        assert due_for(colleague) == (None, 1)
