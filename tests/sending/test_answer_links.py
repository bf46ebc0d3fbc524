"""Answering by the link in a hand-off's mail: for its platform, that hand-off alone, after a code, by nobody's account."""

from __future__ import annotations

import json
import re
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core import mail as outbox
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access_log.models import Look
from takedowns.answers.batches import bring
from takedowns.answers.models import Batch
from takedowns.answers.recording import Answer
from takedowns.desk.reader import AtTheDesk
from takedowns.directory.models import Membership, Platform
from takedowns.orders.models import Addressee
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.representation.referrals import visible
from takedowns.sending import answer_links, mail
from takedowns.sending.dispatch import dispatch
from takedowns.sending.models import AnswerCode, AnswerLink, AnswerLinkUse, HandOff, Sending
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.people import People

TO = "abuse@youtube.example"
DOOR = "/hand-off/"
INBOX = "/desk/youtube/"


@dataclass
class Handed:
    """Two hand-offs to YouTube, the first with a link in its mail, and one to Telegram."""

    people: People
    mine: list[UUID]
    later: list[UUID]
    telegrams: list[UUID]
    hand_off: HandOff
    #: The browser of whoever reads the mailbox.
    browser: Client = field(default_factory=Client)

    @property
    def link(self) -> AnswerLink:
        with acting_as(SYSTEM):
            return AnswerLink.objects.select_related("hand_off__dispatch").get(hand_off=self.hand_off)

    @property
    def address(self) -> str:
        return reverse("web:hand-off-link", args=[answer_links.token_of(self.link)])

    def code(self, browser: Client) -> str:
        """Have a code mailed; return it as the mail says it."""
        assert browser.post(DOOR, {"send": "1"}).status_code == 302
        found = re.search(r"Code: (\d{4} \d{4})", str(outbox.outbox[-1].body))
        assert found is not None
        return found[1]

    def comes_in(self, browser: Client | None = None) -> Client:
        browser = browser or self.browser
        assert browser.get(self.address)["Location"] == DOOR
        response: Any = browser.post(DOOR, {"code": self.code(browser)})
        assert response.get("Location") == INBOX, response.content.decode()
        return browser

    def statuses(self, ids: Iterable[UUID]) -> set[str]:
        with acting_as(SYSTEM):
            return set(Referral.objects.filter(pk__in=list(ids)).values_list("status", flat=True))


@pytest.fixture
def handed(people: People, settings: Any) -> Handed:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "Desk <desk@example.org>"
    settings.ANSWER_LINK_DAYS = 7
    Addressee.objects.create(platform_id="youtube", name="YouTube", mail_to=TO)
    Addressee.objects.create(platform_id="telegram", name="Telegram", mail_to="abuse@telegram.example")

    def sent(*urls: str) -> list[UUID]:
        ids = list(make_referrals(people.operation, people.agency, list(urls)))
        apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
        dispatch(people.operation, by=people.actor("coordinator"))
        return ids

    video = "https://www.youtube.com/watch?v=demoVIDEO0"
    mine = sent(f"{video}1", f"{video}2", f"{video}3")
    later = sent(f"{video}4")
    telegrams = sent("https://t.me/demo_a")
    with acting_as(SYSTEM):
        hand_offs = HandOff.objects.filter(platform="youtube").select_related(
            "dispatch__operation", "platform"
        )
        hand_off = hand_offs.earliest("made_at")
    return Handed(people, mine, later, telegrams, hand_off)


def _ids_shown(page: str) -> set[UUID]:
    return {UUID(one) for one in re.findall(r'name="referral" value="([0-9a-f-]{36})"', page)}


def test_the_mail_holds_the_link_where_nobody_is_enrolled_and_no_other(handed: Handed) -> None:
    with acting_as(SYSTEM):
        sendings = {
            one.to: one for one in Sending.objects.filter(hand_off__dispatch=handed.hand_off.dispatch)
        }
        telegrams = Sending.objects.get(hand_off__platform="telegram")
        assert not AnswerLink.objects.filter(hand_off__platform="telegram").exists(), "its people have a desk"
    mail.send(sendings[TO].pk)
    [message] = outbox.outbox
    assert f"{settings.SITE_URL}{handed.address}\n" in message.body
    assert handed.link.expires_at - handed.link.made_at == timedelta(days=7)
    mail.send(telegrams.pk)
    assert "/hand-off/" not in outbox.outbox[-1].body
    with acting_as(SYSTEM):
        mail.send_again(handed.hand_off, by=handed.people.actor("coordinator"))
        assert AnswerLink.objects.filter(hand_off=handed.hand_off).count() == 1, (
            "the link that stands goes again"
        )


def test_links_are_off_unless_the_installation_says_otherwise(
    people: People, settings: Any, handed: Handed
) -> None:
    assert handed.browser.get(handed.address).status_code == 302
    browser = handed.comes_in()
    settings.ANSWER_LINK_DAYS = 0
    assert browser.get(INBOX)["Location"] == DOOR
    assert browser.get(DOOR).status_code == 410
    assert Client().get(handed.address).status_code == 410
    make = make_referrals(people.operation, people.agency, ["https://www.youtube.com/watch?v=demoVIDEO09"])
    apply_to_all("approve", make, by=SYSTEM, exemptions_checked=True)
    made = dispatch(people.operation, by=people.actor("coordinator"))
    with acting_as(SYSTEM):
        assert not AnswerLink.objects.filter(hand_off__dispatch=made).exists()


def test_opening_the_address_shows_and_changes_nothing_however_often(handed: Handed) -> None:
    with acting_as(SYSTEM):
        before = Event.objects.count()
    for browser in (handed.browser, handed.browser, Client()):
        response = browser.get(handed.address)
        assert (response.status_code, response["Location"]) == (302, DOOR)
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "no-store, private"
        assert browser.head(handed.address).status_code == 302
        assert browser.post(handed.address).status_code == 405
        page: Any = browser.get(DOOR)
        assert page["Cache-Control"] == "no-store, private"
        told = page.content.decode().lower()
        for secret in (
            "youtube",
            "rad19",
            "demovideo",
            TO,
            "north",
            answer_links.token_of(handed.link).lower(),
        ):
            assert secret not in told, f"the door tells {secret} before the code"
        assert browser.get(INBOX)["Location"] == DOOR
    assert outbox.outbox == [], "no mail goes out by itself"
    with acting_as(SYSTEM):
        assert not AnswerLinkUse.objects.exists()
        assert not AnswerCode.objects.exists()
        assert Event.objects.count() == before
    handed.comes_in()


def test_the_link_opens_its_hand_off_and_nothing_else(handed: Handed) -> None:
    browser = handed.comes_in()
    page = browser.get(INBOX)
    assert page["Cache-Control"] == "no-store, private"
    assert _ids_shown(page.content.decode()) == set(handed.mine)
    assert f"link to {TO}" in page.content.decode()
    shown = browser.get(f"{INBOX}?show=all&q=https://www.youtube.com/watch?v=demoVIDEO04").content.decode()
    assert _ids_shown(shown) == set()
    for other in (*handed.later, *handed.telegrams):
        for page_name in ("desk-referral", "desk-correct", "desk-leave", "desk-order", "desk-order-pdf"):
            assert browser.get(reverse(f"web:{page_name}", args=["youtube", other])).status_code == 404
        assert (
            browser.post(
                reverse("web:desk-referral", args=["youtube", other]), {"answer": "acknowledge"}
            ).status_code
            == 404
        )
    assert handed.statuses([*handed.later, *handed.telegrams]) == {"referred"}
    for platform in ("telegram", "hoop", "nowhere"):
        assert browser.get(f"/desk/{platform}/").status_code == 404
    for closed in ("figures", "people", "alerts", "complaints", "help"):
        assert browser.get(f"{INBOX}{closed}/").status_code == 403, closed
    for elsewhere in ("/", "/operations/", "/operations/RAD19/", "/find/", "/webhooks/", "/my-record/"):
        assert browser.get(elsewhere).status_code in (302, 403), elsewhere
        assert "/sign-in/" in browser.get(elsewhere)["Location"], elsewhere
    assert browser.get("/api/v1/referrals").status_code == 401


def test_the_database_itself_narrows_a_link_to_its_hand_off(handed: Handed) -> None:
    actor = answer_links.actor_of(handed.link)
    with acting_as(actor):
        assert set(Referral.objects.values_list("pk", flat=True)) == set(handed.mine)
        assert set(Event.objects.values_list("referral_id", flat=True)) == set(handed.mine)
        assert set(visible(AtTheDesk(actor, "youtube")).values_list("pk", flat=True)) == set(handed.mine)
    refused = apply_to_all("acknowledge", [*handed.mine, *handed.later], by=actor).refused
    assert [(one.referral_id, one.code) for one in refused] == [(handed.later[0], "not_found")]


def test_one_is_answered_and_the_record_names_the_link(handed: Handed, signed_in: SignedIn) -> None:
    browser = handed.comes_in()
    page = reverse("web:desk-referral", args=["youtube", handed.mine[0]])
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"answer": "acknowledge"}).status_code == 302
    assert browser.post(page, {"answer": "remove", "action": "visibility_removed"}).status_code == 302
    assert handed.statuses([handed.mine[0]]) == {"removed"}
    with acting_as(SYSTEM):
        event = Event.objects.get(referral=handed.mine[0], kind="remove")
        assert (event.actor, event.details["link"], event.details["platform"]) == (None, TO, "youtube")
        looks = list(Look.objects.filter(view="web:desk-referral"))
    assert {(one.person_id, one.key_id) for one in looks} == {(None, None)}
    assert {one.origin for one in looks} == {f"link {handed.link.pk} 127.0.0.1"}
    assert f"link to {TO}" in browser.get(page).content.decode()
    seen = signed_in("officer").get(reverse("web:referral", args=["RAD19", handed.mine[0]])).content.decode()
    assert f"link to {TO}, YouTube" in seen
    correct = reverse("web:desk-correct", args=["youtube", handed.mine[0]])
    wrong = {"answer": "decline", "decline_reason": "other", "reason": "Read wrongly."}
    assert browser.post(correct, wrong).status_code == 302
    assert handed.statuses([handed.mine[0]]) == {"declined"}


def test_many_are_answered_by_ticking_and_by_the_filled_list(handed: Handed) -> None:
    browser = handed.comes_in()
    chosen = {
        "selected": "",
        "answer": "acknowledge",
        "referral": [str(one) for one in (*handed.mine, *handed.later)],
    }
    batch = browser.post(f"{INBOX}answers/", chosen)["Location"]
    preview = browser.get(batch).content.decode()
    assert "demoVIDEO04" not in preview
    assert browser.post(f"{batch}confirm/", {"expected": "3"}).status_code == 302
    assert handed.statuses(handed.mine) == {"acknowledged"}
    assert handed.statuses(handed.later) == {"referred"}
    everything = {"selected": "show=all", "everything": "1", "answer": "acknowledge"}
    assert browser.post(f"{INBOX}answers/", everything).status_code == 302
    got: Any = browser.get(f"{INBOX}list.csv?show=all")
    rows = b"".join(got).decode("utf-8-sig")
    assert rows.count("demoVIDEO0") == 3
    assert "demoVIDEO04" not in rows
    filled = rows.replace(";;;;", ";removed;;;") if ";;;;" in rows else rows.replace(",,,,", ",removed,,,")
    filled += (
        filled.splitlines()[1]
        .replace("demoVIDEO01", "demoVIDEO04")
        .replace("demoVIDEO02", "demoVIDEO04")
        .replace("demoVIDEO03", "demoVIDEO04")
        + "\n"
    )
    sent = {"file": SimpleUploadedFile("filled.csv", filled.encode())}
    batch = browser.post(f"{INBOX}answers/", sent)["Location"]
    browser.post(f"{batch}confirm/", {"expected": "3"})
    assert handed.statuses(handed.mine) == {"removed"}
    assert handed.statuses(handed.later) == {"referred"}
    assert browser.post(f"{batch}take-back/", {"reason": "The wrong list."}).status_code == 302
    assert handed.statuses(handed.mine) == {"acknowledged"}


def test_a_long_list_is_taken_from_whoever_came_in_and_from_nobody_before(handed: Handed) -> None:
    long = SimpleUploadedFile(
        "long.csv", b"url,answer\n" + b"https://www.youtube.com/watch?v=demoVIDEO01,removed\n" * 2_000
    )
    handed.browser.get(handed.address)
    for address in (DOOR, f"{INBOX}answers/"):
        assert handed.browser.post(address, {"file": long}).status_code == 413
        long.seek(0)
    handed.comes_in()
    assert handed.browser.post(f"{INBOX}answers/", {"file": long}).status_code == 302


def test_what_others_brought_for_the_platform_is_not_shown_to_a_link(handed: Handed, people: People) -> None:
    youtube = Platform.objects.get(pk="youtube")
    other = bring(
        youtube, Answer("acknowledge"), by=Actor(platforms=frozenset({"youtube"})), selected=handed.later
    )
    browser = handed.comes_in()
    address = reverse("web:desk-answers-batch", args=["youtube", other.pk])
    assert browser.get(address).status_code == 404
    for act in ("confirm", "discard", "take-back", "rest", "read", "correct"):
        sent = {"expected": "1", "reason": "r", "answer": "acknowledge"}
        assert browser.post(f"{address}{act}/", sent).status_code == 404, act
    assert str(other.pk) not in browser.get(f"{INBOX}answers/").content.decode()
    with acting_as(SYSTEM):
        assert Batch.objects.get(pk=other.pk).state == "previewed"
    assert handed.statuses(handed.later) == {"referred"}


def test_without_the_mailbox_the_link_is_worth_nothing(handed: Handed) -> None:
    """A mail that was forwarded: whoever has the link alone has the code mailed to somebody else."""
    stranger = Client()
    stranger.get(handed.address)
    code = handed.code(stranger)
    assert outbox.outbox[-1].to == [TO]
    assert handed.address not in outbox.outbox[-1].body
    other = Client()
    other.get(handed.address)
    response: Any = other.post(DOOR, {"code": code})
    assert response.status_code == 422, "a code is good in the browser that asked for it"
    assert other.get(INBOX)["Location"] == DOOR
    assert Client().post(DOOR, {"code": code}).status_code == 410


def test_guessing_a_code_ends_after_five_tries_and_the_network_address_waits(
    handed: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = handed.browser
    browser.get(handed.address)
    code = handed.code(browser)
    wrong = "0000 0000" if code != "0000 0000" else "0000 0001"
    for _ in range(5):
        response: Any = browser.post(DOOR, {"code": wrong})
        assert "This is not the code" in response.content.decode()
    response = browser.post(DOOR, {"code": code})
    assert "Too many failed tries" in response.content.decode()
    fresh = Client()
    fresh.get(handed.address)
    response = fresh.post(DOOR, {"code": handed.code(fresh)})
    assert "Too many failed tries" in response.content.decode(), (
        "another browser at the same address waits, too"
    )
    elsewhere: Any = browser.post(DOOR, {"code": code}, REMOTE_ADDR="192.0.2.9")
    assert "no code that is good" in elsewhere.content.decode(), (
        "five tries used the code up, wherever they came from"
    )
    with acting_as(SYSTEM):
        assert AnswerLinkUse.objects.filter(kind="wrong").count() == 5
        assert AnswerLinkUse.objects.update(at=timezone.now()) == 0, "what was done is never changed"
    monkeypatch.setattr(answer_links, "_TRIES_WITHIN", timedelta(0))  # as though they had passed
    handed.comes_in(Client())


def test_a_code_is_good_once_and_for_ten_minutes_and_the_newest_counts(handed: Handed) -> None:
    browser = handed.browser
    browser.get(handed.address)
    first, second = handed.code(browser), handed.code(browser)
    if first != second:
        assert browser.post(DOOR, {"code": first}).status_code == 422
    assert browser.post(DOOR, {"code": second})["Location"] == INBOX
    assert browser.post(DOOR, {"code": second}).status_code == 422, "used up"
    third = handed.code(browser)
    with acting_as(SYSTEM):
        AnswerCode.objects.update(ends_at=timezone.now())
    assert browser.post(DOOR, {"code": third}).status_code == 422
    with acting_as(SYSTEM):
        AnswerCode.objects.update(ends_at=timezone.now() + timedelta(hours=1))
    assert browser.post(DOOR, {"code": third}).status_code == 422, "made by a clock that was set back since"
    with acting_as(SYSTEM):
        AnswerCode.objects.update(ends_at=timezone.now() + timedelta(minutes=9))
    assert browser.post(DOOR, {"code": third})["Location"] == INBOX


def test_three_codes_an_hour_by_which_nobody_came_in_are_mailed_to_one_network_address(
    handed: Handed,
) -> None:
    """An office is one address: colleagues who come in one after another keep nobody out."""
    for _colleague in range(4):
        handed.comes_in(Client())
    handed.browser.get(handed.address)
    for _ in range(5):
        handed.browser.post(DOOR, {"send": "1"})
    assert len(outbox.outbox) == 4 + 3
    page = handed.browser.get(DOOR)
    assert "Too many codes were asked for." in page.content.decode()
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    handed.comes_in(elsewhere)


def test_codes_of_one_link_are_counted_whatever_the_network_address(handed: Handed) -> None:
    handed.browser.get(handed.address)
    for number in range(12):
        handed.browser.post(DOOR, {"send": "1"}, REMOTE_ADDR=f"192.0.2.{number}")
    assert len(outbox.outbox) == 10


@pytest.mark.parametrize("how", ["revoked", "ended", "tampered", "another installation's"])
def test_a_link_that_holds_no_more_opens_nothing_and_does_not_say_why(
    how: str, handed: Handed, signed_in: SignedIn, settings: Any
) -> None:
    browser = handed.comes_in()
    waiting = Client()
    waiting.get(handed.address)
    code, address = handed.code(waiting), handed.address
    if how == "revoked":
        place = ["RAD19", handed.hand_off.dispatch_id, "youtube"]
        page = reverse("web:hand-off-sent", args=place)
        coordinator = signed_in("coordinator")
        told = coordinator.get(page).content.decode()
        assert TO in told
        assert "Came in" in told
        revoke = reverse("web:hand-off-link-revoke", args=[*place, handed.link.pk])
        assert revoke in told
        for person in ("officer", "reviewer", "administrator", "platform_contact"):
            assert signed_in(person).post(revoke).status_code in (403, 404), person
        elsewhere = revoke.replace("/youtube/", "/telegram/")
        assert coordinator.post(elsewhere).status_code in (302, 404)
        assert handed.link.revoked_at is None
        coordinator.post(revoke)
        assert "Revoked at" in coordinator.get(page).content.decode()
    elif how == "ended":
        with acting_as(SYSTEM):
            ago = timezone.now() - timedelta(days=8)
            AnswerLink.objects.update(made_at=ago, expires_at=ago + timedelta(days=7))
    elif how == "tampered":
        address = address.replace(handed.link.pk.hex, UUID(int=1).hex)
    else:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(answer_links._SIGNER, "key", "of another installation, long enough to be one")
            address = handed.address
    gone = Client().get(address)
    assert gone.status_code == 410
    assert TO not in gone.content.decode()
    if how in ("revoked", "ended"):
        assert browser.get(INBOX)["Location"] == DOOR, "whoever came in before is out, too"
        page = reverse("web:desk-referral", args=["youtube", handed.mine[0]])
        assert browser.post(page, {"answer": "acknowledge"})["Location"] == DOOR
        assert browser.get(DOOR).status_code == 410
        assert waiting.post(DOOR, {"code": code}).status_code == 410, "a code opens no link that has ended"
        assert waiting.post(DOOR, {"send": "1"}).status_code == 410
        assert handed.statuses(handed.mine) == {"referred"}


def test_the_code_of_one_link_opens_no_other(handed: Handed) -> None:
    with acting_as(SYSTEM):
        second = AnswerLink.objects.filter(hand_off__platform="youtube").exclude(pk=handed.link.pk).get()
    browser = handed.browser
    browser.get(handed.address)
    code = handed.code(browser)
    browser.get(reverse("web:hand-off-link", args=[answer_links.token_of(second)]))
    assert browser.post(DOOR, {"code": code}).status_code == 422
    assert browser.get(INBOX)["Location"] == DOOR
    browser.get(handed.address)
    handed.comes_in(browser)
    browser.get(reverse("web:hand-off-link", args=[answer_links.token_of(second)]))
    assert browser.get(INBOX)["Location"] == DOOR, "at another door one is out of the first"


def test_coming_in_changes_the_session_that_leaving_and_idling_end(handed: Handed, settings: Any) -> None:
    browser = handed.browser
    browser.get(handed.address)
    planted = browser.cookies[settings.SESSION_COOKIE_NAME].value
    handed.comes_in(browser)
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert browser.get(INBOX).status_code == 200
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert thief.get(INBOX).status_code == 302
    session = browser.session
    session[answer_links.OPENED] |= {"used": 0}
    session.save()
    assert browser.get(INBOX)["Location"] == DOOR
    handed.comes_in(browser)
    assert browser.post("/hand-off/leave/")["Clear-Site-Data"] == '"cache", "storage"'
    assert "/sign-in/" in browser.get(INBOX)["Location"]
    checked = Client(enforce_csrf_checks=True)
    checked.get(handed.address)
    assert checked.post(DOOR, {"send": "1"}).status_code == 403, "no other site has codes mailed"


def test_whoever_is_signed_in_is_not_taken_for_the_link(handed: Handed, signed_in: SignedIn) -> None:
    contact = signed_in("platform_contact")
    assert contact.get(handed.address)["Location"] == DOOR
    assert contact.get(DOOR).status_code == 409
    assert contact.post(DOOR, {"send": "1"}).status_code == 409
    assert outbox.outbox == []
    assert contact.get(INBOX).status_code == 404
    browser = handed.comes_in()
    browser.force_login(handed.people.platform_contact)
    assert browser.get(INBOX).status_code == 404, "signed in, one is oneself"


def test_the_secret_and_the_code_stand_in_no_log_and_not_in_the_ledger(
    handed: Handed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    browser = handed.browser
    with acting_as(SYSTEM):
        mail.send(Sending.objects.get(hand_off=handed.hand_off).pk)
    browser.get(handed.address)
    code = handed.code(browser)
    Client().get(f"{handed.address[:-2]}x/")
    page = browser.post(DOOR, {"code": code}, follow=True).content.decode()
    secret = answer_links.token_of(handed.link).partition(".")[2]
    assert secret not in page, "nothing that a browser sends as Referer from here says it"
    assert secret not in browser.get(DOOR).content.decode()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for table in (
            "ledger_entry",
            "access_log_look",
            "sending_answerlink",
            "sending_answerlinkuse",
            "sending_answercode",
            "sending_sending",
            "procrastinate_jobs",
        ):
            cursor.execute(f"SELECT coalesce(string_agg(whole::text, ' '), '') FROM {table} AS whole")
            [said] = cursor.fetchone()
            assert secret not in said, table
            for written in (code, code.replace(" ", "")):
                assert written not in said, table
        cursor.execute(
            "SELECT action, became FROM ledger_entry WHERE what LIKE 'sending_answerlink%' ORDER BY number"
        )
        entries = [(action, json.loads(became or "{}")) for action, became in cursor.fetchall()]
    kinds = [became["kind"] for _action, became in entries if "kind" in became]
    assert kinds == ["code", "opened"]
    from takedowns.installation.logs import without_secrets

    assert secret not in without_secrets(caplog.text)


def test_a_mail_server_that_fails_is_told_and_the_link_stays(
    handed: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_named: object) -> int:
        raise smtplib.SMTPServerDisconnected

    handed.browser.get(handed.address)
    with monkeypatch.context() as patched:
        patched.setattr(answer_links, "send_mail", refuse)
        told = handed.browser.post(DOOR, {"send": "1"}, follow=True).content.decode()
    assert "No code could be mailed" in told
    handed.comes_in()


def test_somebody_who_is_enrolled_gets_no_link_and_revoking_lets_a_new_one_go(handed: Handed) -> None:
    coordinator = handed.people.actor("coordinator")
    former = handed.link
    with acting_as(coordinator):
        answer_links.revoke(handed.hand_off, former.pk, by=coordinator)
        answer_links.revoke(handed.hand_off, former.pk, by=coordinator)
    with acting_as(SYSTEM):
        Sending.objects.filter(hand_off=handed.hand_off).update(state="sent")
        Membership.objects.create(user=handed.people.stranger, platform_id="youtube", role="platform")
        mail.send_again(handed.hand_off, by=coordinator)
        assert AnswerLink.objects.filter(hand_off=handed.hand_off).count() == 1
        Membership.objects.filter(user=handed.people.stranger).delete()
        Sending.objects.filter(hand_off=handed.hand_off).update(state="sent")
        mail.send_again(handed.hand_off, by=coordinator)
        assert AnswerLink.objects.filter(hand_off=handed.hand_off).count() == 2
        assert mail.address_in_mail(handed.hand_off, TO) is not None
