"""What is longer than its page takes is refused before anything of it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

import takedowns
from takedowns.directory.models import User
from takedowns.pages.bodies import most_for
from tests.clients import SignedIn, Work

SIGN_IN = reverse("web:sign-in")
_REFERRAL = "0190a000-0000-7000-8000-000000000000"
#: Every page with a form that takes files, by the template that holds the form.
TAKE_FILES = [
    ("/operations/RAD19/hand-in/", "intake/hand_in.html"),
    ("/operations/RAD19/answers/", "answers/answers.html"),
    ("/operations/RAD19/statements/", "statements/statements.html"),
    ("/operations/RAD19/exchange/bring/", "exchange/exchange.html"),
    ("/operations/RAD19/look-again/", "verification/look_again.html"),
    (f"/operations/RAD19/referrals/{_REFERRAL}/evidence/", "evidence/evidence.html"),
    (f"/operations/RAD19/referrals/{_REFERRAL}/evidence/", "web/parts/evidence.html"),
    ("/desk/telegram/answers/", "desk/answers.html"),
    ("/exports/", "ledger/check_file.html"),
    ("/listed-groups/import/", "directory/listed_groups_import.html"),
]


def most_of(path: str) -> int:
    """Return how many bytes a page takes from somebody who is signed in."""
    request = RequestFactory().post(path)
    request.user = User()
    return most_for(request)


class _Unread:
    """A body of which nobody may read anything."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("it was read")

    def close(self) -> None:
        """Nothing is open."""

    readline = read


def _send(client: Client, path: str, length: int) -> int:
    """Send a form of a length with files, as a browser would; what cannot be short is never made."""
    extra: dict[str, Any] = {"CONTENT_LENGTH": str(length), "wsgi.input": _Unread()}
    response = client.generic("POST", path, content_type="multipart/form-data; boundary=x", **extra)
    return int(response.status_code)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", [SIGN_IN, "/invitation/abc/", "/operations/RAD19/hand-in/", "/account/password/reset/"]
)
def test_from_whoever_is_not_signed_in_a_page_takes_64_kilobytes(path: str) -> None:
    assert _send(Client(), path, 64 * 1024 + 1) == 413


def test_who_is_signed_in_sends_files_where_files_are_taken(work: Work, signed_in: SignedIn) -> None:
    officer = signed_in("officer")
    assert _send(officer, reverse("web:identify"), 9 * 2**20) == 413
    assert _send(officer, reverse("web:hand-in", args=["RAD19"]), 600 * 2**20) == 413
    assert _send(officer, reverse("web:hand-in", args=["RAD19"]), 400 * 2**20) != 413


@pytest.mark.parametrize(("path", "template"), TAKE_FILES)
def test_a_page_takes_what_its_form_takes(path: str, template: str) -> None:
    resolve(path)
    takes = 20 * settings.EVIDENCE_MAX_BYTES if "/evidence/" in path else settings.SUBMISSION_MAX_BYTES
    assert most_of(path) == takes + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_no_other_page_has_a_form_that_takes_files() -> None:
    folders = (Path(takedowns.__file__).parent).glob("*/templates")
    found = {
        str(page.relative_to(folder))
        for folder in folders
        for page in folder.rglob("*.html")
        if "multipart/form-data" in page.read_text(encoding="utf-8")
    }
    assert found == {template for _, template in TAKE_FILES}


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["²", "-1", "1_0", "9" * 5000])
@pytest.mark.parametrize("path", [SIGN_IN, "/api/v1/decisions"])
def test_a_length_that_is_none_is_refused(path: str, length: str) -> None:
    extra: dict[str, Any] = {"CONTENT_LENGTH": length, "wsgi.input": _Unread()}
    sent = Client(raise_request_exception=False).generic("POST", path, content_type="text/plain", **extra)
    assert sent.status_code in (401, 413)


@pytest.mark.django_db
def test_a_form_of_the_usual_length_is_taken() -> None:
    page = Client().post(SIGN_IN, {"login": "a@example.org", "password": "x" * 1000})
    assert page.status_code == 200
