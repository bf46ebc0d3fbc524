"""A NUL, which PostgreSQL cannot store, sent in any field of any page: a sentence, or an answer; never an error of ours."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Submission, SubmissionRow
from tests.clients import SignedIn, Work

NUL = "demo\0_1"


def test_a_pasted_list_with_a_nul_is_handed_in_but_for_that_row(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    pasted = f"https://t.me/demo_nul_1\nhttps://t.me/{NUL}\nhttps://t.me/demo_nul_2\n"
    sent = {"pasted": pasted, "agency": work.people.agency.pk}
    response = client.post(reverse("web:hand-in", args=["RAD19"]), sent, follow=True)
    assert response.status_code == 200
    assert "shown as \u2400" in response.content.decode()
    with acting_as(SYSTEM):
        brought = Submission.objects.get(state="previewed")
    with brought.content.open("rb") as kept:
        assert kept.read().decode().splitlines() == pasted.splitlines(), "kept as it came, byte for byte"


@pytest.mark.parametrize(
    "content",
    [
        b"url\nhttps://t.me/demo_nul_1\n" + b"https://t.me/demo_nul_2\n" * 100 + b"https://t.me/demo\0_1\n",
        b"url,note\nhttps://t.me/demo_nul_1,it\0 was\n",
        b"\xff\xfe" + "url\nhttps://t.me/demo_nul_1\n".encode("utf-16-le") + b"\x00\xd8\n\x00",
        b"\0" * 5000,
        b"url\n" + b"\xff\xfe\xfd" * 500,
    ],
    ids=["after a thousand bytes", "in a note", "half a character", "nothing but", "no encoding at all"],
)
@pytest.mark.parametrize("page", ["hand-in", "answers"])
def test_a_file_with_what_is_no_character_gets_a_page(
    work: Work, signed_in: SignedIn, page: str, content: bytes
) -> None:
    client = signed_in("coordinator")
    sent = {"file": SimpleUploadedFile("list\0.csv", content), "answer": "", "at": "2026-11-28T10:00"}
    response = client.post(reverse(f"web:{page}", args=["RAD19"]), sent, follow=True)
    assert response.status_code < 500
    with acting_as(SYSTEM):
        assert not SubmissionRow.objects.filter(
            raw__contains="\u2400", outcome="new", url__contains="\u2400"
        ).exists()
