"""Issuing orders at dispatch: what keeps one back, what is printed, what the bundle holds."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Membership, Platform
from takedowns.orders.document import pdf_of
from takedowns.orders.drawing import differing
from takedowns.orders.issuing import NoticeError, record_notice, reopen_changed, waiting_unready
from takedowns.orders.models import Addressee, IssuingAuthority, RemovalOrder
from takedowns.orders.writing import OrderText, write_orders
from takedowns.referrals.models import Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Instrument
from takedowns.review.queue import front, waiting
from takedowns.sending.dispatch import DispatchError, dispatch
from takedowns.sending.models import HandOff
from tests.factories import make_referrals
from tests.orders.test_orders import TEXT
from tests.people import People

EMERGENCY = OrderText(("threatens",), "It names a day.", emergency=True, emergency_reason="It is tomorrow.")


def make_authority(people: People) -> IssuingAuthority:
    for slug in ("telegram", "youtube", "twitter"):
        Addressee.objects.get_or_create(
            platform_id=slug,
            defaults={"name": "Example Ltd", "contact_point": "orders@example.com", "member_state": "IE"},
        )
    return IssuingAuthority.objects.create(
        agency=people.agency,
        name="Example Police",
        kind="law_enforcement",
        member_state="NL",
        address="1 Example Street",
        email="orders@example.org",
        redress_body="District Court",
        redress_deadline="within 30 days of receipt",
    )


def approved(people: People, *urls: str, text: OrderText | None = TEXT) -> list[UUID]:
    ids = make_referrals(people.operation, people.agency, urls, instrument="removal_order")
    if text:
        write_orders(ids, text, by=SYSTEM)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    return ids


def approve_again(ids: list[UUID]) -> None:
    apply_to_all("undo_review", ids, by=SYSTEM)
    assert apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True).moved == ids


def give_notice(people: People, hours: float, platform: str = "telegram") -> None:
    now = timezone.now()
    record_notice(
        people.agency.pk,
        Platform.objects.get(pk=platform),
        people.operation,
        by=people.actor("coordinator"),
        given_at=now - timedelta(hours=hours),
        now=now,
    )


def text_of(pdf: bytes) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())


def codes(people: People) -> list[str]:
    with acting_as(people.actor("coordinator")):
        return [one.code for one in waiting_unready(people.operation, people.actor("coordinator"))]


@pytest.mark.django_db
def test_an_order_goes_only_with_its_text_its_authority_and_notice(people: People) -> None:
    ids = approved(people, "https://t.me/demo_a", text=None)
    assert codes(people) == ["order_missing"]
    write_orders(ids, TEXT, by=SYSTEM)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    assert codes(people) == ["no_authority"]
    make_authority(people)
    assert codes(people) == ["changed_since_approval"]
    approve_again(ids)
    assert codes(people) == ["notice_missing"]
    give_notice(people, 11.9)
    assert codes(people) == ["notice_too_short"]
    with pytest.raises(DispatchError, match="12 hours"):
        dispatch(people.operation, by=people.actor("coordinator"))
    give_notice(people, 12.1)
    assert codes(people) == []
    assert dispatch(people.operation, by=people.actor("coordinator")).total == 1


@pytest.mark.django_db
def test_an_emergency_needs_no_notice_and_the_second_order_none_either(people: People) -> None:
    make_authority(people)
    approved(people, "https://t.me/demo_a", text=EMERGENCY)
    assert dispatch(people.operation, by=SYSTEM).total == 1
    approved(people, "https://t.me/demo_b")
    assert codes(people) == []


@pytest.mark.django_db
def test_the_first_order_counts_for_all_platforms_of_a_provider(people: People) -> None:
    make_authority(people)
    assert (
        Platform.objects.get(pk="youtube").provider_id == Platform.objects.get(pk="google_drive").provider_id
    )
    give_notice(people, 13, "google_drive")
    approved(people, "https://youtu.be/demoVIDEO01")
    assert codes(people) == []
    approved(people, "https://t.me/demo_a")
    assert codes(people) == ["notice_missing"], "Telegram is another provider"


@pytest.mark.django_db
def test_what_is_not_ready_is_noted_and_the_rest_goes(people: People) -> None:
    make_authority(people)
    bare = approved(people, "https://t.me/demo_a", text=None)
    approved(people, "https://t.me/demo_b", text=EMERGENCY)
    plain = make_referrals(people.operation, people.agency, ["https://t.me/demo_c"])
    apply_to_all("approve", plain, by=SYSTEM, exemptions_checked=True)
    made = dispatch(people.operation, by=SYSTEM)
    assert made.total == 2
    assert made.refused == [{"referral": str(bare[0]), "platform": "telegram", "code": "order_missing"}]


@pytest.mark.django_db
def test_the_document_says_all_of_annex_one(people: People) -> None:
    make_authority(people)
    Addressee.objects.filter(platform_id="telegram").update(
        name="Telegram Messenger",
        legal_representative="Example Rep SA",
        contact_point="tco@example.org",
        member_state="BE",
        copy_to="Belgian authority",
    )
    until = timezone.now() + timedelta(weeks=5)
    text = OrderText(
        ("incites", "threatens"),
        "It calls for attacks.",
        "The second post.",
        "NL-118",
        "A. Officer, inspector",
        False,
        "An investigation would be harmed.",
        until,
        True,
        "It is tomorrow.",
    )
    url = "https://t.me/demo_" + "long" * 6
    [one] = approved(people, url, text=text)
    made = dispatch(people.operation, by=SYSTEM)
    with acting_as(SYSTEM):
        order = RemovalOrder.objects.select_related("referral").get(pk=one)
    document = bytes(order.document or b"")
    assert order.sha256 == hashlib.sha256(document).hexdigest()
    assert order.issued_at == made.at
    assert pdf_of(order.particulars) == document, "the same particulars give the same bytes"
    printed = text_of(document)
    for words in (
        "Removal order",
        reference_of("RAD19", one),
        f"{order.referral.approved_at:%Y-%m-%d, %H:%M:%S} UTC",
        "NL",
        "Telegram Messenger",
        "Example Rep SA",
        "tco@example.org",
        "BE",
        url,
        "The second post.",
        "It calls for attacks.",
        "Directive (EU) 2017/541, Art. 5",
        "is not to be informed (applies)",
        "An investigation would be harmed.",
        f"{until:%Y-%m-%d, %H:%M:%S} UTC",
        "Belgian authority",
        "It is tomorrow.",
        "Law enforcement authority (applies)",
        "Example Police",
        "NL-118",
        "A. Officer, inspector",
        "orders@example.org",
        "District Court",
        "within 30 days",
        "one hour of receipt",
    ):
        assert words in printed, words
    assert printed.count("(applies)") == 4


@pytest.mark.django_db
def test_the_bundle_holds_letter_list_and_orders_byte_for_byte(people: People) -> None:
    make_authority(people)
    [order] = approved(people, "https://t.me/demo_a", text=EMERGENCY)
    plain = make_referrals(people.operation, people.agency, ["https://t.me/demo_b", "https://t.me/demo_c"])
    apply_to_all("approve", plain, by=SYSTEM, exemptions_checked=True)
    made = dispatch(people.operation, by=SYSTEM)
    with acting_as(SYSTEM):
        kept = HandOff.objects.get(dispatch=made)
        document = bytes(RemovalOrder.objects.get(pk=order).document or b"")
    bundle = bytes(kept.bundle)
    assert kept.bundle_sha256 == hashlib.sha256(bundle).hexdigest()
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        names = archive.namelist()
        contents = {name: archive.read(name) for name in names}
    stamp = f"{made.at:%Y%m%d-%H%M%S}Z"
    assert names == [
        "letter.pdf",
        f"RAD19-telegram-{stamp}.csv",
        f"orders/{reference_of('RAD19', order)}.pdf",
    ]
    assert contents[names[1]] == bytes(kept.content)
    assert contents[names[2]] == document
    letter = text_of(contents["letter.pdf"])
    for words in (
        "RAD19 Action day",
        "North Unit",
        "Telegram",
        "Referrals 2",
        "Removal orders 1",
        kept.sha256,
        names[2],
    ):
        assert words in letter, words


@pytest.mark.parametrize("size", [1, 25])
@pytest.mark.django_db
def test_orders_cost_as_many_statements_for_one_as_for_many(
    people: People, size: int, django_assert_num_queries: Any
) -> None:
    make_authority(people)
    approved(people, *(f"https://t.me/demo_{number}" for number in range(size)), text=EMERGENCY)
    with django_assert_num_queries(38):
        assert dispatch(people.operation, by=SYSTEM).total == size


@pytest.mark.parametrize("who", ["other_officer", "auditor", "absent_officer", "platform_contact"])
@pytest.mark.django_db
def test_a_notice_is_recorded_by_its_agency_or_the_coordinator(people: People, who: str) -> None:
    now, telegram = timezone.now(), Platform.objects.get(pk="telegram")
    with pytest.raises(NoticeError, match="agency that gave it"):
        record_notice(
            people.agency.pk, telegram, people.operation, by=people.actor(who), given_at=now, now=now
        )
    with pytest.raises(NoticeError, match="ahead of now"):
        record_notice(
            people.agency.pk,
            telegram,
            people.operation,
            by=people.actor("officer"),
            given_at=now + timedelta(minutes=1),
            now=now,
        )


@pytest.mark.django_db
def test_a_held_order_stays(people: People) -> None:
    from takedowns.holds.services import place

    make_authority(people)
    [order] = approved(people, "https://t.me/demo_a", text=EMERGENCY)
    with acting_as(SYSTEM):
        item = Referral.objects.get(pk=order).item_id
    place(
        agency_id=people.agency.pk,
        by=SYSTEM,
        reason="r",
        ends_at=timezone.now() + timedelta(days=1),
        item_id=item,
    )
    with pytest.raises(DispatchError, match="on hold"):
        dispatch(people.operation, by=SYSTEM)
    with acting_as(SYSTEM):
        assert RemovalOrder.objects.get(pk=order).issued_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "field", ["name", "member_state", "address", "email", "redress_body", "redress_deadline"]
)
def test_an_order_whose_authority_lacks_something_is_not_issued(people: People, field: str) -> None:
    make_authority(people)
    approved(people, "https://t.me/demo_a", text=EMERGENCY)
    IssuingAuthority.objects.update(**{field: " "})
    with pytest.raises(DispatchError, match="Annex I"):
        dispatch(people.operation, by=SYSTEM)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["name", "contact_point", "member_state"])
def test_an_order_without_the_contact_of_its_addressee_is_not_issued(people: People, field: str) -> None:
    make_authority(people)
    approved(people, "https://t.me/demo_a", text=EMERGENCY)
    Addressee.objects.update(**{field: ""})
    with pytest.raises(DispatchError, match="contact point"):
        dispatch(people.operation, by=SYSTEM)
    Addressee.objects.all().delete()
    with pytest.raises(DispatchError, match="contact point"):
        dispatch(people.operation, by=SYSTEM)


@pytest.mark.django_db
def test_an_order_is_approved_on_its_text(people: People) -> None:
    make_authority(people)
    [one] = approved(people, "https://t.me/demo_a", text=EMERGENCY)
    again = replace(EMERGENCY, reasons="Something else entirely.")
    assert write_orders([one], again, by=people.actor("reviewer")).moved == [one]
    with pytest.raises(DispatchError, match="Nothing is approved"):
        dispatch(people.operation, by=SYSTEM)
    checked = {"exemptions_checked": True}
    refused = apply_to_all("approve", [one], by=people.actor("reviewer"), **checked).refused
    assert [each.code for each in refused] == ["four_eyes"]
    apply_to_all("approve", [one], by=SYSTEM, **checked)
    dispatch(people.operation, by=SYSTEM)
    with acting_as(SYSTEM):
        assert RemovalOrder.objects.get(pk=one).particulars["reasons"] == "Something else entirely."


@pytest.mark.django_db
def test_who_wrote_an_order_does_not_approve_it(people: People) -> None:
    """Also where another person submitted the address: what goes out is the text, and two persons see it."""
    make_authority(people)
    [one] = make_referrals(
        people.operation,
        people.agency,
        ["https://t.me/demo_a"],
        submitted_by=people.officer,
        instrument=Instrument.REMOVAL_ORDER,
    )
    reviewer = people.actor("reviewer")
    checked = {"exemptions_checked": True}
    assert write_orders([one], EMERGENCY, by=reviewer).moved == [one]
    for move, facts in (("approve", checked), ("reject", {"reason": "r"}), ("send_back", {"note": "n"})):
        refused = apply_to_all(move, [one], by=reviewer, **facts).refused
        assert [(each.code, "You wrote" in each.message) for each in refused] == [("four_eyes", True)]
    with acting_as(reviewer):
        assert front(people.operation, reviewer, 5) == []
        assert waiting(people.operation, reviewer).your_own == 1
    Membership.objects.create(user=people.other_officer, agency=people.agency, role=Role.REVIEWER)
    other = Actor.of(people.other_officer)
    with acting_as(other):
        assert [each.pk for each in front(people.operation, other, 5)] == [one]
    assert apply_to_all("approve", [one], by=other, **checked).moved == [one]


@pytest.mark.django_db
def test_what_goes_out_is_what_was_approved_byte_for_byte(people: People) -> None:
    make_authority(people)
    [one] = approved(people, "https://t.me/demo_a", text=EMERGENCY)
    with acting_as(SYSTEM):
        seen = RemovalOrder.objects.get(pk=one)
    assert text_of(bytes(seen.document or b"")).count("It names a day.") == 1
    made = dispatch(people.operation, by=SYSTEM, at=timezone.now() + timedelta(hours=2))
    with acting_as(SYSTEM):
        sent = RemovalOrder.objects.get(pk=one)
        bundle = bytes(HandOff.objects.get(dispatch=made).bundle)
    assert (sent.sha256, bytes(sent.document or b"")) == (seen.sha256, bytes(seen.document or b""))
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert archive.read(f"orders/{reference_of('RAD19', one)}.pdf") == bytes(seen.document or b"")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [
        lambda: IssuingAuthority.objects.update(name="Another Police"),
        lambda: IssuingAuthority.objects.update(redress_deadline="within 14 days"),
        lambda: Addressee.objects.update(legal_representative="Somebody Else SA"),
        lambda: Platform.objects.filter(pk="telegram").update(name="Telegram FZ"),
    ],
)
def test_an_order_whose_parties_changed_after_its_approval_is_not_issued(
    people: People, changed: Callable[[], int]
) -> None:
    make_authority(people)
    ids = approved(people, "https://t.me/demo_a", text=EMERGENCY)
    assert changed()
    assert codes(people) == ["changed_since_approval"]
    with pytest.raises(DispatchError, match="not what was approved"):
        dispatch(people.operation, by=SYSTEM)
    approve_again(ids)
    assert dispatch(people.operation, by=SYSTEM).total == 1
    with acting_as(SYSTEM):
        assert differing(ids) == set(), "what is kept is what was approved last"


@pytest.mark.django_db
def test_who_changes_an_authority_sends_its_approved_orders_back_to_review(people: People) -> None:
    make_authority(people)
    [one] = approved(people, "https://t.me/demo_a", text=EMERGENCY)
    assert reopen_changed(agency=people.agency.pk, by=people.actor("coordinator")) == 0
    IssuingAuthority.objects.update(name="Another Police")
    assert reopen_changed(agency=people.agency.pk, by=people.actor("coordinator")) == 1
    with acting_as(SYSTEM):
        referral = Referral.objects.get(pk=one)
        assert (referral.status, referral.changed_by_id) == ("submitted", people.coordinator.pk)
        assert RemovalOrder.objects.get(pk=one).document is None
