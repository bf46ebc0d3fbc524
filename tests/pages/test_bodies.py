"""What is longer than its page takes is refused before anything of it is read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.clients import SignedIn, Work

SIGN_IN = reverse("web:sign-in")


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


@pytest.mark.django_db
def test_a_form_of_the_usual_length_is_taken() -> None:
    page = Client().post(SIGN_IN, {"login": "a@example.org", "password": "x" * 1000})
    assert page.status_code == 200
