"""What is no text is told in a sentence, and nothing of it is kept. That no page fails at it: tests/attack/test_hostile.py."""

from __future__ import annotations

import pytest

from takedowns.access.actor import acting_as
from takedowns.search.models import SavedView
from tests.clients import SignedIn, Work


@pytest.mark.parametrize(
    "path", ["outlets/?q=%00", "find/?q=a%00b", "news/?%00=1", "operations/RAD19/referrals/?after=%00"]
)
def test_a_nul_in_an_address_is_told_in_a_sentence(path: str, signed_in: SignedIn, work: Work) -> None:
    response = signed_in("coordinator").get(f"/{path}")
    assert response.status_code == 400
    assert "%00" in response.content.decode()
    response = signed_in("coordinator").get(f"/{path}", headers={"Accept-Language": "de"})
    assert "Adresse" in response.content.decode()


def test_bytes_that_are_no_text_are_told_and_never_replaced(signed_in: SignedIn, work: Work) -> None:
    client = signed_in("coordinator")
    assert client.get("/find/?q=a%FFb").status_code == 400
    keep = "/operations/RAD19/referrals/views/keep/"
    response = client.post(keep, "name=a%FFb&query=", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert "UTF-8" in response.content.decode()
    with acting_as(work.people.actor("coordinator")):
        assert not SavedView.objects.exists()
    sent = "name=caf%C3%A9+%E2%82%AC&query=tier%3D1"
    answer = client.post(keep, sent, content_type="application/x-www-form-urlencoded", follow=True)
    assert "café €" in answer.content.decode()
    with acting_as(work.people.actor("coordinator")):
        assert SavedView.objects.get().name == "café €"


def test_a_nul_in_a_form_is_told_in_a_sentence_and_nothing_is_written(
    signed_in: SignedIn, work: Work
) -> None:
    response = signed_in("coordinator").post(
        "/operations/RAD19/referrals/views/keep/", {"name": "a\0b", "query": ""}
    )
    assert response.status_code == 400
    assert "NUL" in response.content.decode()
    with acting_as(work.people.actor("coordinator")):
        assert not SavedView.objects.exists()


def test_a_box_that_would_clear_a_file_fails_no_form(signed_in: SignedIn, work: Work) -> None:
    """No form of ours has one; Django's own takes it for a file that is False."""
    sent = {
        "answer": "acknowledge",
        "at": "2019-11-21T12:00",
        "pasted": "https://t.me/demo_a",
        "file-clear": "1",
    }
    assert signed_in("coordinator").post("/operations/RAD19/answers/", sent).status_code == 302
