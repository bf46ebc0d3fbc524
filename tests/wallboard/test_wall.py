"""The screens on the wall: sums only, without a session, until the link ends or is revoked."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import OperationChange
from takedowns.referrals.operations import OperationError
from takedowns.referrals.transitions import apply_to_all
from takedowns.wallboard.models import WallLink
from takedowns.wallboard.services import LONGEST, make_link, revoke_link, token_of
from tests.clients import SignedIn, Work

LINKS = reverse("web:wall-links", args=["RAD19"])


def _make(work: Work, **given: Any) -> WallLink:
    facts = {
        "name": "Room 1",
        "expires_at": timezone.now() + timedelta(days=1),
        "by": work.people.actor("coordinator"),
    }
    return make_link(work.people.operation, **{**facts, **given})  # type: ignore[arg-type]


def _shown(link: WallLink) -> str:
    return reverse("web:wall-shown", args=[token_of(link)])


def test_a_coordinator_makes_a_link_that_shows_the_sums_to_nobody_in_particular(
    work: Work, signed_in: SignedIn
) -> None:
    coordinator = signed_in("coordinator")
    ends = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    page = coordinator.post(LINKS, {"name": "Press room", "expires_at": ends}, follow=True).content.decode()
    address = html.unescape(re.search(r'<code class="copyable"[^>]*>([^<]+)', page)[1])  # type: ignore[index]
    screen = Client().get(address)
    assert screen.status_code == 200
    assert (screen["Cache-Control"], screen["Referrer-Policy"]) == ("no-store, private", "no-referrer")
    shown = screen.content.decode()
    assert "RAD19" in shown
    assert "demo_lantern" not in shown
    assert "North Unit" not in shown, "sums by platform; nobody is named"
    assert 'data-wall="dark"' in shown
    assert 'data-wall="light"' in Client().get(f"{address}?theme=light").content.decode()
    assert "sessionid" not in screen.cookies


def test_the_live_part_says_when_nothing_changed(work: Work) -> None:
    live = reverse("web:wall-shown-live", args=[token_of(_make(work))])
    first = Client().get(live)
    unchanged = Client().get(live, headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["As-Of"]
    apply_to_all("approve", work.referral_ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", work.referral_ids, by=SYSTEM)
    changed = Client().get(live, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


@pytest.mark.parametrize("how", ["revoked", "ended", "tampered"])
def test_a_link_that_holds_no_more_shows_nothing_and_does_not_say_why(
    how: str, work: Work, signed_in: SignedIn
) -> None:
    link = _make(work)
    address, live = _shown(link), reverse("web:wall-shown-live", args=[token_of(link)])
    if how == "revoked":
        signed_in("coordinator").post(reverse("web:wall-revoke", args=["RAD19", link.pk]))
    elif how == "ended":
        with acting_as(SYSTEM):
            WallLink.objects.update(
                made_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(seconds=1)
            )
    else:
        address, live = (
            f"{one[:-2]}x/" if not one.endswith("live/") else one.replace("/live/", "x/live/")
            for one in (address, live)
        )
    gone = Client().get(address)
    assert gone.status_code == 410
    assert "Submitted" not in gone.content.decode()
    assert Client().get(live)["HX-Refresh"] == "true"


def test_who_does_not_run_the_operation_makes_and_revokes_none(work: Work) -> None:
    link = _make(work)
    for person in ("officer", "reviewer", "auditor", "absent_officer", "stranger"):
        with pytest.raises(OperationError):
            _make(work, by=work.people.actor(person))
        with pytest.raises(OperationError):
            revoke_link(work.people.operation, link.pk, by=work.people.actor(person))
    assert Client().get(_shown(link)).status_code == 200


def test_an_end_is_within_two_weeks_and_what_was_typed_stays(work: Work, signed_in: SignedIn) -> None:
    for late in (timezone.now() + LONGEST + timedelta(hours=1), timezone.now() - timedelta(minutes=1)):
        typed = timezone.localtime(late).strftime("%Y-%m-%dT%H:%M")
        answer = signed_in("coordinator").post(LINKS, {"name": "Press room", "expires_at": typed})
        assert answer.status_code == 422
        assert "two weeks" in answer.content.decode()
        assert 'value="Press room"' in answer.content.decode()
    with acting_as(SYSTEM):
        assert not WallLink.objects.exists()


def test_the_history_says_who_made_and_revoked_a_link(work: Work, signed_in: SignedIn) -> None:
    link = _make(work)
    revoke = reverse("web:wall-revoke", args=["RAD19", link.pk])
    for _ in range(2):  # revoking it twice changes nothing
        signed_in("coordinator").post(revoke)
    with acting_as(SYSTEM):
        kept = list(OperationChange.objects.order_by("id").values_list("kind", "by", "details"))
    by = work.people.coordinator.pk
    assert kept == [
        ("wall_link_made", by, {"screen": "Room 1"}),
        ("wall_link_revoked", by, {"screen": "Room 1"}),
    ]
    assert signed_in("coordinator").get(revoke).status_code == 405


def test_the_wall_is_one_link_away_from_the_board(work: Work, signed_in: SignedIn) -> None:
    board = signed_in("officer").get(reverse("web:board", args=["RAD19"])).content.decode()
    assert f'href="{reverse("web:wall", args=["RAD19"])}"' in board
    assert signed_in("officer").get(reverse("web:wall", args=["RAD19"])).status_code == 200
