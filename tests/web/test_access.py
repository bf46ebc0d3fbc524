"""How somebody is refused. Who may open and do what is the table's: tests/web/test_access_table.py."""

from __future__ import annotations

from django.urls import reverse

from tests.clients import SignedIn, Work

BOARD = reverse("web:board", args=["RAD19"])


def test_what_may_not_be_seen_looks_like_what_does_not_exist(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("absent_officer")
    hidden = client.get(BOARD)
    missing = client.get(reverse("web:board", args=["NOSUCH"]))
    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)


def test_whoever_has_no_agency_is_told_why(signed_in: SignedIn) -> None:
    response = signed_in("platform_contact").get(reverse("web:operations"))
    assert "A platform’s people answer at their own desk." in response.content.decode()


def test_a_live_part_takes_the_whole_page_to_the_sign_in(work: Work, signed_in: SignedIn) -> None:
    live = reverse("web:board-live", args=["RAD19"])
    response = signed_in("anonymous").get(live, headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == reverse("web:sign-in")
