"""Signing in, health, and what is shown when something is wrong."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.clients import SignedIn
from tests.people import PASSWORD, People


def test_health_answers_without_sign_in(db: None) -> None:
    response = Client().get("/health/")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.parametrize("email", ["officer@example.org", "Officer@Example.ORG"])
def test_signing_in_with_the_address_in_any_case(people: People, email: str) -> None:
    response = Client().post(reverse("web:sign-in"), {"login": email, "password": PASSWORD})
    assert response["Location"] == reverse("web:home")


@pytest.mark.parametrize("email", ["officer@example.org", "nobody@example.org"])
def test_a_refused_sign_in_does_not_tell_which_accounts_exist(people: People, email: str) -> None:
    page = Client().post(reverse("web:sign-in"), {"login": email, "password": "wrong"}).content.decode()
    assert "do not belong together" in page
    assert email in page


def test_sign_in_leads_on_to_the_page_asked_for_but_never_elsewhere(people: People) -> None:
    given = {"login": "officer@example.org", "password": PASSWORD}
    board = reverse("web:board", args=["RAD19"])
    assert Client().post(reverse("web:sign-in"), {**given, "next": board})["Location"] == board
    away = Client().post(reverse("web:sign-in"), {**given, "next": "https://evil.example/"})
    assert away["Location"] == reverse("web:home")


def test_signing_out_needs_a_button_not_a_link(people: People, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    assert client.get(reverse("web:sign-out")).status_code == 405
    client.post(reverse("web:sign-out"))
    assert client.get(reverse("web:operations")).status_code == 302


def test_a_page_that_is_not_there_says_so_in_words(people: People, signed_in: SignedIn) -> None:
    response = signed_in("officer").get("/no/such/page/")
    assert response.status_code == 404
    assert "There is no page at this address." in response.content.decode()


def test_a_page_too_old_to_send_says_what_to_do(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("web:sign-in"), {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert "This page was too old to be sent" in response.content.decode()


def test_our_own_fault_is_told_without_asking_the_database(
    people: People, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("officer")
    client.raise_request_exception = False
    monkeypatch.setattr("takedowns.referrals.views.operations.Operation", None)
    response = client.get(reverse("web:operations"))
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()


def test_every_answer_carries_the_strict_policy(people: People, signed_in: SignedIn) -> None:
    policy = signed_in("officer").get(reverse("web:operations"))["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
