"""The dispatch pages: the preview, the button, the result, the file."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory import keys
from takedowns.directory.models import Platform
from takedowns.holds.services import place
from takedowns.referrals.models import Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.models import HandOff
from tests.clients import SignedIn, Work

DISPATCH = reverse("web:dispatch", args=["RAD19"])
TELEGRAM = "https://t.me/demo_lantern/12"


@pytest.fixture
def coordinator(signed_in: SignedIn) -> Client:
    return signed_in("coordinator")


@pytest.fixture
def approved(work: Work) -> list[UUID]:
    ids = work.referral_ids
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    return ids


def hold(work: Work) -> UUID:
    referral = work.referral(TELEGRAM)
    place(
        agency_id=work.people.agency.pk,
        by=SYSTEM,
        reason="Our source.",
        item_id=referral.item_id,
        ends_at=timezone.now() + timedelta(days=1),
    )
    return referral.pk


def statuses() -> dict[str, str]:
    with acting_as(SYSTEM):
        return dict(Referral.objects.values_list("item__url", "status"))


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_before_anything_is_approved_the_page_says_what_it_waits_for(work: Work, coordinator: Client) -> None:
    page = coordinator.get(DISPATCH).content.decode()
    assert "Nothing is ready to go" in page
    assert "4 in review wait for a second person" in plain(page)
    assert "Refer 0" not in page


def test_the_button_says_how_many_go_and_the_result_which_did_not_and_why(
    work: Work, approved: list[UUID], coordinator: Client
) -> None:
    held = hold(work)
    keys.create(name="YouTube", platform=Platform.objects.get(pk="youtube"))
    page = plain(coordinator.get(DISPATCH).content.decode())
    assert "Refer 3 to 2 platforms" in page
    assert "1 on hold is kept back" in page
    response = coordinator.post(DISPATCH, follow=True)
    result = plain(response.content.decode())
    assert "3 referred" in result
    assert "1 On hold. It goes with a dispatch after the hold has ended or was released." in result
    assert reference_of("RAD19", held) in result
    assert "Our source." not in result
    assert "It reads the API: they stand there now" in result
    assert statuses()[TELEGRAM] == "approved"


def test_one_platform_is_previewed_and_sent_alone(
    work: Work, approved: list[UUID], coordinator: Client
) -> None:
    page = coordinator.get(DISPATCH, {"platform": "youtube"}).content.decode()
    assert "Refer 2 to YouTube" in page
    assert "Telegram" not in page
    coordinator.post(DISPATCH, {"platform": "youtube"})
    assert sorted(statuses().values()) == ["approved", "approved", "referred", "referred"]


def test_the_file_is_downloaded_as_it_was_made_with_its_digest_on_the_page(
    work: Work, approved: list[UUID], coordinator: Client
) -> None:
    page = coordinator.post(DISPATCH, follow=True).content.decode()
    link = re.search(r'href="([^"]+/telegram\.csv)"', page)
    assert link
    first = coordinator.get(link[1])
    assert first["Content-Disposition"].startswith('attachment; filename="RAD19-telegram-')
    assert hashlib.sha256(first.content).hexdigest() in page
    apply_to_all("acknowledge", approved, by=SYSTEM)
    assert coordinator.get(link[1]).content == first.content, "what was told stays what it was"
    with acting_as(SYSTEM):
        assert HandOff.objects.count() == 3
    assert coordinator.get(link[1].replace("telegram", "tamtam")).status_code == 404


def test_pressing_again_refers_nothing_twice_and_says_so(
    work: Work, approved: list[UUID], coordinator: Client
) -> None:
    coordinator.post(DISPATCH)
    page = coordinator.post(DISPATCH, follow=True).content.decode()
    assert "Nothing is approved and waiting, so nothing was referred." in page
    assert "Sent before" in page


def test_another_operations_dispatch_is_not_found(
    work: Work, approved: list[UUID], coordinator: Client
) -> None:
    address = coordinator.post(DISPATCH)["Location"]
    from takedowns.referrals.models import Operation

    other = Operation.objects.create(reference="RAD20", name="Other", starts="2020-07-02")
    other.refresh_from_db()
    other.agencies.set([work.people.other_agency])
    assert coordinator.get(address.replace("RAD19", "RAD20")).status_code == 404
