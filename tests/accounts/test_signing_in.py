"""Signing in: password, second factor, recovery codes, reset by mail, lock-out, the end of an idle session."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.accounts.models import AccountEvent
from takedowns.directory.models import User
from tests.people import PASSWORD, People

SIGN_IN = reverse("web:sign-in")
OPERATIONS = reverse("web:operations")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _required(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def officer(people: People) -> User:
    return people.officer


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def give_factor(user: User) -> list[str]:
    """Set up an app and recovery codes; return the codes."""
    TOTP.activate(user, SECRET)
    return list(RecoveryCodes.activate(user).get_unused_codes())


def enter(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"login": user.email, "password": password, **more})


def guess_at(accounts: int) -> None:
    """Fail once at each of so many accounts, all from one place."""
    for number in range(accounts):
        typed = {"login": f"{accounts}-{number}@example.org", "password": "guessed"}
        assert "do not belong together" in Client().post(SIGN_IN, typed).content.decode()


def kept(*kinds: str) -> list[str]:
    with acting_as(SYSTEM):
        return list(AccountEvent.objects.filter(kind__in=kinds).order_by("id").values_list("kind", flat=True))


def test_without_a_second_factor_nothing_is_shown_but_setting_one_up(
    officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    assert enter(client, officer).status_code == 302
    response = client.get(OPERATIONS)
    assert (response.status_code, response["Location"]) == (302, reverse("mfa_index"))
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'id="authenticator_secret" value="([A-Z2-7]+)"', page)
    assert secret
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret[1])})
    assert done["Location"] == reverse("mfa_view_recovery_codes"), "the codes are shown next"
    assert len(re.findall(r"\d{8}", client.get(done["Location"]).content.decode())) >= 10
    assert client.get(OPERATIONS).status_code == 200
    stored = Authenticator.objects.get(user=officer, type="totp").data["secret"]
    assert secret[1] not in stored, "it stands sealed in the database"
    assert kept("signed_in", "factor_added", "codes_made") == ["signed_in", "factor_added", "codes_made"]


def test_password_then_code_lead_to_the_page_that_was_asked_for(officer: User) -> None:
    give_factor(officer)
    client = Client()
    board = reverse("web:board", args=["RAD19"])
    response = enter(client, officer, next=board)
    assert response["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(OPERATIONS).status_code == 302, "half a sign-in is none"
    assert "Incorrect code" in client.post(reverse("mfa_authenticate"), {"code": "123456"}).content.decode()
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})["Location"] == board
    assert client.get(board).status_code == 200


def test_a_recovery_code_works_once(officer: User) -> None:
    code = give_factor(officer)[0]
    for expected in (302, 200):
        client = Client()
        enter(client, officer)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected


def test_what_is_wrong_is_one_sentence_for_all(officer: User) -> None:
    for typed, password in ((officer.email, "wrong"), ("nobody@example.org", PASSWORD)):
        page = Client().post(SIGN_IN, {"login": typed, "password": password}).content.decode()
        assert "do not belong together" in page
        assert typed in page, "what was typed is kept"
        assert "wrong" not in page
    assert kept("sign_in_failed") == ["sign_in_failed"] * 2


def test_after_five_failures_one_waits_with_the_right_password_too(officer: User) -> None:
    for _ in range(5):
        enter(Client(), officer, "wrong")
    page = enter(Client(), officer)
    assert "Too many failed tries. Wait five minutes" in page.content.decode()
    assert page.status_code == 200


def test_whoever_guesses_at_an_account_does_not_lock_its_owner_out(officer: User) -> None:
    for _ in range(6):
        page = enter(Client(REMOTE_ADDR="203.0.113.7"), officer, "guessed")
    assert "Too many failed tries" in page.content.decode()
    assert enter(Client(REMOTE_ADDR="198.51.100.4"), officer).status_code == 302


def test_who_guesses_from_many_places_is_slowed_and_the_owner_comes_in_where_they_did_before(
    officer: User, settings: Any
) -> None:
    settings.SIGN_IN_MOST_FAILED = 8
    assert enter(Client(REMOTE_ADDR="198.51.100.4"), officer).status_code == 302
    for number in range(8):
        enter(Client(REMOTE_ADDR=f"203.0.113.{number}"), officer, "guessed")
    page = enter(Client(REMOTE_ADDR="203.0.113.99"), officer).content.decode()
    assert "from many places. Sign in with your passkey" in page
    assert enter(Client(REMOTE_ADDR="198.51.100.4"), officer).status_code == 302


def test_the_code_that_set_the_telephone_up_does_not_work_again(officer: User) -> None:
    client = Client()
    enter(client, officer)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = code_of(secret)
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    again = Client()
    enter(again, officer)
    assert again.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert again.get(OPERATIONS).status_code == 302, "not in"


def test_a_room_of_forty_behind_one_address_comes_in_within_a_minute(officer: User) -> None:
    for _ in range(4):
        enter(Client(), officer, "mistyped")
    guess_at(20)
    for _ in range(40):
        assert enter(Client(), officer).status_code == 302


def test_after_sixty_failures_at_whatever_accounts_one_place_waits(officer: User) -> None:
    guess_at(59)
    assert enter(Client(), officer).status_code == 302
    guess_at(1)
    assert "Too many failed tries. Wait five minutes" in enter(Client(), officer).content.decode()
    elsewhere = Client(REMOTE_ADDR="203.0.113.7")
    assert enter(elsewhere, officer).status_code == 302


def test_a_session_ends_that_a_clock_which_ran_ahead_says_was_used_later_than_now(
    officer: User, settings: Any
) -> None:
    give_factor(officer)
    client = Client()
    client.force_login(officer)
    assert client.get(OPERATIONS).status_code == 200
    session = client.session
    session["used_at"] = int(time.time()) + 200  # another machine's clock may be ahead by so much
    session.save()
    assert client.get(OPERATIONS).status_code == 200
    session = client.session
    session["used_at"] = int(time.time()) + 4000
    session.save()
    assert client.get(OPERATIONS).status_code == 302, "it would last 4000 s longer than it may"


def test_a_session_that_nobody_uses_ends_though_its_board_refreshes_itself(
    officer: User, settings: Any
) -> None:
    give_factor(officer)
    client = Client()
    client.force_login(officer)
    assert client.get(OPERATIONS).status_code == 200
    live = reverse("web:board-live", args=["RAD19"])
    session = client.session
    session["used_at"] = int(time.time()) - settings.SESSION_IDLE_SECONDS + 5
    session.save()
    assert client.get(live).status_code == 200
    assert client.session["used_at"] < time.time() - 60, "the board's own refresh is no use"
    session = client.session
    session["used_at"] = int(time.time()) - settings.SESSION_IDLE_SECONDS - 1
    session.save()
    assert client.get(live, headers={"HX-Request": "true"})["HX-Redirect"] == SIGN_IN
    response = client.get(OPERATIONS, follow=True)
    assert "Sign in" in response.content.decode()
    with acting_as(SYSTEM):
        assert AccountEvent.objects.filter(kind="signed_out").count() == 1


def test_a_password_is_reset_by_mail_and_unknown_addresses_learn_nothing(
    officer: User, settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.example"
    reset = reverse("account_reset_password")
    told = [Client().post(reset, {"email": one}) for one in (officer.email, "nobody@example.org")]
    assert [one.status_code for one in told] == [302, 302]
    assert told[0]["Location"] == told[1]["Location"]
    assert [one.to for one in mail.outbox] == [[officer.email]]
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    client = Client()
    form = client.get(link[1], follow=True)
    where = form.redirect_chain[-1][0]
    new = "a quite different long password"
    assert client.post(where, {"password1": new, "password2": new}).status_code == 302
    assert enter(Client(), officer).status_code == 200, "the old one works no more"
    assert enter(Client(), officer, new).status_code == 302
    assert "password_reset" in kept("password_reset")


def test_nobody_signs_up_and_nobody_changes_who_they_are(officer: User) -> None:
    response = Client().get("/account/signup/")
    assert response["Location"] == SIGN_IN
    client = Client()
    client.force_login(officer)
    give_factor(officer)
    assert client.get("/account/email/").status_code == 404


def test_a_session_without_a_factor_is_nobody_to_the_api(officer: User) -> None:
    client = Client()
    client.force_login(officer)
    path = "/api/v1/identify?url=t.me/demo_lantern/1"
    assert client.get(path).status_code == 401
    give_factor(officer)
    assert client.get(path).status_code == 200


def test_an_account_that_is_switched_off_does_not_come_in(officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(is_active=False)
    client = Client()
    enter(client, officer)
    assert client.get(OPERATIONS).status_code == 302


def test_what_was_sent_after_the_end_of_a_session_is_said_to_be_undone(officer: User, settings: Any) -> None:
    give_factor(officer)
    for method, sentence in (("get", "Sign in to go on."), ("post", "What you sent last was not done.")):
        client = Client()
        client.force_login(officer)
        client.get(OPERATIONS)
        session = client.session
        session["used_at"] = int(time.time()) - settings.SESSION_IDLE_SECONDS - 1
        session.save()
        response = getattr(client, method)(f"{OPERATIONS}?a=1&b=2", follow=True)
        assert sentence in response.content.decode()
        back = [("/sign-in/?next=%2Foperations%2F%3Fa%3D1%26b%3D2", 302)]
        assert response.redirect_chain == (back if method == "get" else [(SIGN_IN, 302)])


def test_who_removes_the_only_factor_is_led_to_a_new_one_at_once(officer: User) -> None:
    give_factor(officer)
    client = Client()
    enter(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    assert client.get(OPERATIONS).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert not officer.authenticator_set.exists()
    assert client.get(OPERATIONS)["Location"] == reverse("mfa_index")


def test_a_wrong_code_is_kept_and_an_address_that_is_none_keeps_nobody_out(
    officer: User, settings: Any
) -> None:
    give_factor(officer)
    settings.API_TRUST_FORWARDED_FOR = True
    client = Client(headers={"x-forwarded-for": "203.0.113.9, somebody"})
    enter(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": "123456"})
    client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    assert client.get(OPERATIONS).status_code == 200
    assert kept("sign_in_failed", "signed_in") == ["sign_in_failed", "signed_in"]
