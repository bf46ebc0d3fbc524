"""The end of a session: what was typed comes back to who typed it, and to nobody else; going on; and the way back to a list."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from takedowns.accounts import typed
from takedowns.directory.models import User
from tests.clients import SignedIn
from tests.people import PASSWORD, People

SIGN_IN = reverse("web:sign-in")
TYPED = reverse("web:typed")
NOTHING = "Nothing is kept for you."
SESSION, LIVE = reverse("web:session"), reverse("web:session-live")
MESSAGES = reverse("web:messages", args=["RAD19"])
HAND_IN = reverse("web:hand-in", args=["RAD19"])
WORDS = {"text": "Arrête à six heures.\nWe meet in room 3 <at noon>.", "lasts": "24"}


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False


def page_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def leave_alone(client: Client, seconds: int) -> None:
    session = client.session
    session["used_at"] = int(time.time()) - seconds
    session.save()


def ended(client: Client, settings: Any, address: str, sent: dict[str, Any]) -> Any:
    """Send a form a second after the session's end."""
    client.get("/")
    leave_alone(client, settings.SESSION_IDLE_SECONDS + 1)
    return client.post(address, sent)


def enter(client: Client, user: User, to: str) -> Any:
    return client.post(SIGN_IN, {"login": user.email, "password": PASSWORD, "next": to})


def test_what_was_typed_comes_back_after_signing_in_and_can_be_sent(
    people: People, signed_in: SignedIn, settings: Any
) -> None:
    client = signed_in("coordinator")
    response = ended(client, settings, MESSAGES, WORDS)
    assert response["Location"] == f"{SIGN_IN}?next=%2Ftyped%2F"
    assert "comes back when you have signed in" in page_of(client.get(response["Location"]))
    assert enter(client, people.coordinator, TYPED)["Location"] == TYPED
    page = page_of(client.get(TYPED))
    assert WORDS["text"] in page
    assert f'action="{MESSAGES}"' in page
    assert '<input type="hidden" name="lasts" value="24">' in page
    assert client.post(MESSAGES, WORDS).status_code == 302
    assert "room 3" in page_of(client.get(MESSAGES))
    assert NOTHING in page_of(client.get(TYPED)), "sent is sent"


def test_it_is_shown_on_the_start_page_whichever_way_one_came_in_and_can_be_put_away(
    people: People, signed_in: SignedIn, settings: Any
) -> None:
    client = signed_in("coordinator")
    ended(client, settings, MESSAGES, WORDS)
    client.force_login(people.coordinator)
    assert client.get("/")["Location"] == TYPED
    client.post(TYPED)
    assert client.get("/").status_code == 200


def test_nobody_else_reads_it_neither_in_the_browser_nor_in_the_database(
    people: People, signed_in: SignedIn, settings: Any
) -> None:
    client = signed_in("coordinator")
    ended(client, settings, MESSAGES, WORDS)
    [stored] = Session.objects.filter(pk=client.session.session_key)
    assert "room 3" not in str(stored.get_decoded())
    enter(client, people.officer, TYPED)
    assert NOTHING in page_of(client.get(TYPED))
    client.force_login(people.coordinator)
    assert "room 3" not in page_of(client.get(TYPED, follow=True))


def test_it_is_forgotten_after_an_hour(
    people: People, signed_in: SignedIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("coordinator")
    ended(client, settings, MESSAGES, WORDS)
    enter(client, people.coordinator, TYPED)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert NOTHING in page_of(client.get(TYPED))
    assert client.get("/").status_code == 200


def test_passwords_buttons_and_what_is_too_long_are_not_kept(
    signed_in: SignedIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed, "LONGEST", 1000)
    for address, sent in (
        ("/account/password/change/", {"oldpassword": "a long enough password", "password1": "b b"}),
        (reverse("web:operation-reopen", args=["RAD19"]), {"do": "reopen"}),
        (MESSAGES, {"text": "word " * 500}),
    ):
        client = signed_in("coordinator")
        assert ended(client, settings, address, sent)["Location"] == SIGN_IN
        assert "typed" not in client.session


def test_asking_how_long_it_lasts_is_no_use_and_going_on_is(signed_in: SignedIn, settings: Any) -> None:
    client = signed_in("officer")
    page = client.get("/").content.decode()
    assert f'data-seconds="{settings.SESSION_IDLE_SECONDS}"' in page
    leave_alone(client, settings.SESSION_IDLE_SECONDS - 100)
    assert 95 <= client.get(LIVE).json()["left"] <= 100
    assert 95 <= client.get(LIVE).json()["left"] <= 100
    assert client.get(SESSION).json()["left"] == settings.SESSION_IDLE_SECONDS
    assert client.get(LIVE).json()["left"] >= settings.SESSION_IDLE_SECONDS - 5
    leave_alone(client, settings.SESSION_IDLE_SECONDS + 1)
    assert client.get(LIVE).status_code == 302


def test_back_from_a_preview_the_list_is_there_to_be_changed_and_replaces_the_first(
    people: People, signed_in: SignedIn
) -> None:
    client = signed_in("officer")
    first = client.post(HAND_IN, {"pasted": "https://t.me/demo_one/1", "agency": people.agency.pk})[
        "Location"
    ]
    [number] = re.findall(r"[0-9a-f-]{36}", first)
    assert f"{HAND_IN}?from={number}" in client.get(first).content.decode()
    page = page_of(client.get(HAND_IN))
    assert "go on with its preview" in page
    assert "demo_one/1" not in page
    page = page_of(client.get(HAND_IN, {"from": number}))
    assert "https://t.me/demo_one/1" in page
    changed = {
        "pasted": "https://t.me/demo_one/1\nhttps://t.me/demo_one/2",
        "agency": people.agency.pk,
        "from": number,
    }
    second = client.post(HAND_IN, changed)["Location"]
    assert second != first
    assert client.get(first).status_code == 404, "one draft, not two"
    other = signed_in("reviewer")
    assert "demo_one" not in page_of(other.get(HAND_IN, {"from": re.findall(r"[0-9a-f-]{36}", second)[0]}))
