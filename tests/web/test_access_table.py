"""Role by page by action: each of the cast opens each page and acts on it; what happens is pinned as data and shown in docs/access.md.

Whoever is refused must have written nothing, in whatever table; what is shown is not to be kept by browsers.
To pin anew, and look at what changed before committing it: ``PIN_ACCESS=1 pytest -n 0 tests/web/test_access_table.py``
(``-n 0``: each person's test writes a column of the same file).
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.accounts.invitations import invite
from takedowns.accounts.models import AccountRequest
from takedowns.answers.batches import File, bring
from takedowns.answers.recording import Answer
from takedowns.comments.services import comment
from takedowns.complaints.services import Complained, record_complaints
from takedowns.deconfliction.pairing import Facts as Partner
from takedowns.deconfliction.pairing import offer
from takedowns.directory import keys
from takedowns.directory.hosts import declare
from takedowns.directory.listed_groups import Facts, save_group
from takedowns.directory.models import Platform
from takedowns.duties.models import Outcome
from takedowns.duties.services import Told, record
from takedowns.exchange.models import Tlp
from takedowns.exchange.records import mark
from takedowns.holds.services import place
from takedowns.hosting.models import HostingService
from takedowns.installation.switches import Way
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.notices.messages import write
from takedowns.oversight.models import Alarm
from takedowns.referrals.models import Item, Outlet, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.reminders.models import Reminder
from takedowns.rights.legal_holds import Covered
from takedowns.rights.legal_holds import place as place_legal_hold
from takedowns.search import bulk_changes, long_changes
from takedowns.search.models import BulkChange
from takedowns.sending.dispatch import dispatch
from takedowns.sending.models import AnswerLink, HandOff
from takedowns.statements.reconciling import reconcile
from takedowns.wallboard.services import make_link
from takedowns.webhooks.endpoints import create
from tests.clients import SignedIn, Work
from tests.evidence.hostile import picture
from tests.evidence.test_pages import attached
from tests.factories import make_publication, undone
from tests.orders.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.web import access

DOCUMENT = settings.BASE_DIR / "docs" / "access.md"


@pytest.fixture
def arguments(work: Work) -> dict[str, list[Any]]:  # noqa: PLR0915 - one of everything
    """Make one of everything a page can be about; return by page what its address names."""
    people, tomorrow = work.people, timezone.now() + timedelta(days=1)
    make_authority(people)
    coordinator = people.actor("coordinator")
    [order] = approved(people, "https://t.me/demo_order", text=EMERGENCY)
    one = work.referral("https://t.me/demo_lantern/12")
    apply_to_all("approve", [one.pk], by=SYSTEM, exemptions_checked=True)
    sent = dispatch(people.operation, by=coordinator).pk
    answered = work.referral("https://www.youtube.com/watch?v=demoVIDEO02")
    for move, facts in (
        ("approve", {"exemptions_checked": True}),
        ("refer", {}),
        ("remove", {"action": "visibility_removed"}),
    ):
        assert apply_to_all(move, [answered.pk], by=SYSTEM, **facts).moved
    waiting = work.referral("https://www.youtube.com/watch?v=demoVIDEO01")
    brought = receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.PASTE,
        filename="",
        content=b"https://t.me/demo_brought/1",
        loading=Loading.PREVIEW,
    ).submission.pk
    with acting_as(coordinator):
        comment(waiting, text="@Officer Look.", by=coordinator)
    hold = place(
        agency_id=people.agency.pk,
        by=people.actor("officer"),
        reason="We read it.",
        item_id=waiting.item_id,
        ends_at=tomorrow,
    )
    with acting_as(SYSTEM):
        outlet = Outlet.objects.create(name="Amber Lantern")
        Item.objects.filter(pk=one.item_id).update(outlet=outlet)
    [told] = record_complaints([Complained(answered.pk, timezone.now())], by=SYSTEM).complaints
    change = bulk_changes.Change(BulkChange.Kind.CORRECT, {"tier": 1})
    done = bulk_changes.carry_out(
        change, [waiting.pk], people.operation, by=people.actor("officer"), expected=1
    )
    in_portions = long_changes.ask_for(
        change, [waiting.pk], people.operation, by=people.actor("officer"), expected=1
    )
    screen = make_link(people.operation, name="Room", expires_at=tomorrow, by=coordinator)
    piece = attached(people, one.pk, "shot.png", picture()).pk
    endpoint, _ = create("telegram", url="https://hooks.example/in")
    invitation, _ = invite("later@example.org", "L.", "officer", agency=people.agency, by=SYSTEM)
    declare("chat.example.org", "rocketchat")
    key, _ = keys.create(name="Case system", agency=people.agency)
    said = write(people.operation, text="Stop at six.", by=coordinator)
    returned = bring(
        people.operation,
        Answer(),
        by=coordinator,
        file=File("returned.csv", b"url,answer\nhttps://t.me/demo_lantern/12,removed\n"),
    ).pk
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('x', 'x', 'failed') RETURNING id"
        )
        (job,) = cursor.fetchone()
    rad = "RAD19"
    with acting_as(SYSTEM):
        link = AnswerLink.objects.create(
            hand_off=HandOff.objects.get(dispatch=sent, platform="telegram"),
            to="abuse@example.org",
            made_at=timezone.now(),
            expires_at=tomorrow,
        )
        link.refresh_from_db(fields=["id"])
        reminder = Reminder.objects.create(
            operation=people.operation,
            platform_id="telegram",
            step="receipt_contact",
            at=timezone.now(),
            referrals=1,
            to="abuse@example.org",
            state=Reminder.State.FAILED,
        )
        reminder.refresh_from_db(fields=["id"])
        HostingService.objects.create(platform_id="rocketchat", domain="chat.example.org")
        alarm = Alarm.objects.create(
            kind="others", who_id=people.officer.pk, agency=people.other_agency, since=tomorrow, count=200
        )
        group = save_group(Facts("eu", "E1", "Amber Front"), by=SYSTEM)
        Referral.objects.filter(pk=waiting.pk).update(listed_group="Ambr")
        kept = place_legal_hold(Covered(people.operation), "File 12/19", by=SYSTEM)
        asked = AccountRequest.objects.create(
            kind="password", person=people.officer, asked_by=people.auditor, expires_at=tomorrow
        )
        asked.refresh_from_db(fields=["id"])
    named: dict[str, list[Any]] = {
        "alarm-look-into": [alarm.pk],
        "legal-hold-release": [kept.pk],
        "invitation-revoke": [invitation.pk],
        "people-request": [asked.pk],
        "reminder-again": [rad, reminder.pk],
        "reminder-recipients": [rad, "telegram"],
        "job-try-again": [job],
        "person": [people.officer.pk],
        "outlet": [outlet.pk],
        "listed-group": [group.pk],
        "agency": ["north"],
        **{name: [key.prefix] for name in ("key", "key-certificates", "key-rotate", "key-revoke")},
        "platform": ["rocketchat"],
        "host-promote": ["rocketchat"],
        "other-host": [rad, "example.org"],
        "other-host-look-up": [rad, "example.org"],
        "host-take-back": ["chat.example.org"],
        "hold-release": [hold.pk],
        "complain": [rad, answered.pk],
        "complaint-decide": [rad, answered.pk, told],
        "information": [rad, one.pk],
        "comments": [rad, one.pk],
        "comments-read": [rad, one.pk],
        "evidence": [rad, one.pk],
        "evidence-one": [rad, one.pk, piece],
        "evidence-picture": [rad, one.pk, piece],
        "evidence-file": [rad, one.pk, piece],
        "evidence-take-back": [rad, one.pk, piece],
        "wall-revoke": [rad, screen.pk],
        "bulk-change": [rad, done.pk],
        "bulk-undo": [rad, done.pk],
        "bulk-long": [rad, in_portions.pk],
        "bulk-long-progress": [rad, in_portions.pk],
        "bulk-long-stop": [rad, in_portions.pk],
        "dispatched": [rad, sent],
        "hand-off-csv": [rad, sent, "telegram"],
        "hand-off-zip": [rad, sent, "telegram"],
        "hand-off-sent": [rad, sent, "telegram"],
        "hand-off-link-revoke": [rad, sent, "telegram", link.pk],
        "order-authority": [rad, "north"],
        "order-addressee": [rad, "telegram"],
        "order-notice": [rad, "north", "telegram"],
        "order-record": [rad, order, "receipt"],
        "figures-report": [rad, "csv"],
        "figures-chart": [rad, "seen", "svg"],
        "referrals-file": [rad, "csv"],
        "exchange-file": [rad, "stix"],
        "exchange-all": [rad, "stix"],
        "publication": [rad, 1],
        "publication-file": [rad, 1, "csv"],
    }
    make_publication(people)
    table = SimpleUploadedFile("sor.csv", b"uuid,platform_uid,category\n")
    compared = reconcile(people.operation, "telegram", "sor.csv", table, by=coordinator).pk
    named |= _at_the_desk(work, order)
    mark(people.operation, Tlp.AMBER, by=coordinator)
    south, _code = offer(Partner("South", "https://south.example", "desk@example.org"), by=SYSTEM)
    recorded = record(Told(people.agency.pk, Outcome.EXPOSED, timezone.now()), by=SYSTEM)
    by_kind = {
        "uuid:duty_id": recorded.pk,
        "uuid:partner_id": south.pk,
        "uuid:batch_id": returned,
        "uuid:comparison_id": compared,
        "uuid:message_id": said.pk,
        "uuid:referral_id": order,
        "uuid:submission_id": work.submission.pk,
        "uuid:endpoint_id": endpoint.pk,
        "slug:reference": rad,
        "slug:platform": "telegram",
        "uuid:user_id": people.platform_contact.pk,
    }
    for name, pattern in access.pages().items():
        holes = str(pattern.pattern).replace("<", "\n<").split("\n")[1:]
        kinds = [one.partition(">")[0][1:] for one in holes]
        if name not in named:
            unknown = [kind for kind in kinds if kind not in by_kind]
            assert not unknown, f"say in this fixture what the address of “{name}” names: {unknown}"
            named[name] = [by_kind[kind] for kind in kinds]
        if name.startswith("preview"):
            named[name] = [rad, brought]
        if name == "correct-answer":
            named[name] = [rad, answered.pk]
        if name in ("answer", "hold-referral", "hold-override", "origin", "referral", "leave"):
            named[name] = [rad, one.pk]
    return named


def _at_the_desk(work: Work, order: UUID) -> dict[str, list[Any]]:
    """Make one of everything a page of Telegram's desk can be about; return by page what its address names."""
    people, telegram = work.people, Platform.objects.get(pk="telegram")
    removed = work.referral("https://t.me/demo_lantern/12").pk
    apply_to_all("remove", [removed], by=SYSTEM, action="visibility_removed")
    [told] = record_complaints([Complained(removed, timezone.now())], by=SYSTEM).complaints
    invitation, _ = invite("desk@example.org", "D.", "platform", platform=telegram, by=SYSTEM)
    own = bring(telegram, Answer("acknowledge"), by=people.actor("platform_contact"), selected=[order])
    named: dict[str, list[Any]] = {
        "desk-complain": ["telegram", removed],
        "desk-complaint-decide": ["telegram", removed, told],
        "desk-list": ["telegram", "csv"],
        "desk-order-record": ["telegram", order, "receipt"],
        "desk-person": ["telegram", people.platform_contact.pk],
        "desk-invitation-revoke": ["telegram", invitation.pk],
    }
    of_a_batch = [name for name in access.pages() if name.startswith("desk-answers-")]
    return {**named, **{name: ["telegram", own.pk] for name in of_a_batch}}


def _written() -> int:
    """Return how many rows this transaction has written so far, in whatever table but the sessions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables "
            "WHERE relname <> 'django_session'"
        )
        return int(cursor.fetchone()[0])


def _told(client: Client, method: str, address: str, sent: Any) -> tuple[str, str]:
    """Ask, and undo whatever it did; return in a word what happened, and the page. Whoever is refused must have written nothing."""
    with undone():
        before = _written()
        response: Any = client.get(address) if method == "GET" else client.post(address, sent)
        content = b"".join(response)
        told = access.word(response)
        assert told == "yes" or _written() == before, (
            f"{method} {address}: refused, yet something was written"
        )
    if told == "yes" and method == "GET":
        at_desk = response.status_code == 302 and response["Location"].startswith("/desk/")
        assert response.status_code == 200 or at_desk, (address, response.status_code)
    if response.status_code == 200:
        assert "no-store" in response["Cache-Control"], address
    is_page = told == "yes" and response.get("Content-Type", "").startswith("text/html")
    return told, content.decode() if is_page else ""


def _sent_to(page: str, address: str) -> Iterator[str]:
    """Yield the name of each of our pages that a form of this page sends to."""
    for form in re.findall(r"<form\b[^>]*>", page):
        if 'method="post"' in form:
            action = re.search(r'\baction="([^"]*)"', form)
            target = resolve(urlsplit(urljoin(address, action[1] if action else "")).path)
            if target.namespace == "web":
                yield str(target.url_name)


@dataclass
class Observed:
    """What one person was told by page and method, and what the forms of the pages send to with the page they are on."""

    told: dict[tuple[str, str], str] = field(default_factory=dict)
    forms: set[tuple[str, str]] = field(default_factory=set)


def _observe(person: str, work: Work, client: Client, arguments: dict[str, list[Any]]) -> Observed:
    """Open each page as a person, and act where there is something to do."""
    seen = Observed()
    for name in access.pages():
        address = reverse(f"web:{name}", args=arguments[name]) + access.QUERIES.get(name, "")
        sent = {"agency": str(work.people.agency.pk), "referral": [str(work.referral_ids[0])]}
        opens, page = _told(client, "GET", address, {})
        seen.told[name, "GET"] = opens
        seen.forms |= {(target, name) for target in _sent_to(page, address)}
        if name in access.ACTIONS:
            seen.told[name, "POST"], _ = _told(client, "POST", address, {**access.ACTIONS[name][1], **sent})
        elif opens != "yes":
            # Nothing is done on this page: what may not be opened is not shown to whoever sends something either.
            assert _told(client, "POST", address, sent) == (opens, ""), f"POST {address} as {person}"
    return seen


@pytest.fixture(autouse=True)
def every_way(settings: Any) -> None:
    """Turn on what an installation may leave off: a page that is not there is for nobody."""
    settings.EXCHANGE = [str(way) for way in Way]


@pytest.mark.parametrize("person", access.COLUMNS)
def test_each_of_the_cast_may_do_what_the_table_says(
    person: str,
    work: Work,
    signed_in: SignedIn,
    arguments: dict[str, list[Any]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR, "django.request")  # being refused is no news here
    seen = _observe(person, work, signed_in(person), arguments)
    if os.environ.get("PIN_ACCESS"):
        _pin(person, seen.told)
    pinned = access.pinned()
    wrong = [
        f"{method} {name} as {person}: the table says “{said}”, it was “{was}”"
        for (name, method), was in seen.told.items()
        if (said := pinned.get(name, {}).get(method, {}).get(person, "")) != was
    ]
    known = {*access.ACTIONS, *access.OPEN_TO_ALL}
    wrong += [
        f"ACTIONS in tests/web/access.py lacks “{target}”, which a form on “{name}” sends to"
        for target, name in sorted(seen.forms)
        if target not in known
    ]
    assert not wrong, "\n".join(wrong)
    assert bool(seen.forms) == ("yes" in seen.told.values())


def _pin(person: str, told: dict[tuple[str, str], str]) -> None:
    """Put a person's column into the table, and show the table in the document."""
    former = access.pinned()
    table: access.Table = {}
    for name, method in sorted(told, key=lambda one: list(access.pages()).index(one[0])):
        row = former.get(name, {}).get(method, {}) | {person: told[name, method]}
        if any(row.values()):
            table.setdefault(name, {})[method] = {one: row.get(one, "") for one in access.COLUMNS}
    access.PINNED.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    DOCUMENT.write_text(access.document(table), encoding="utf-8")


def test_the_table_has_a_row_for_each_page_and_no_other() -> None:
    pinned, pages = access.pinned(), access.pages()
    assert sorted(pages.keys() - pinned.keys()) == [], "new pages: pin them, and look at what the table says"
    assert sorted(pinned.keys() - pages.keys()) == [], "pages that are gone: pin the table anew"
    for name, methods in pinned.items():
        assert all(told.keys() == access.COLUMNS.keys() for told in methods.values()), name
        assert ("POST" in methods) == (name in access.ACTIONS), name


def test_nobody_acts_on_a_page_that_is_closed_to_them() -> None:
    for name, told in access.pinned().items():
        for person, word in told.get("POST", {}).items():
            if word == "yes":
                assert told.get("GET", {}).get(person, "") in ("yes", ""), (name, person)
        assert told.get("POST", {}).get("anonymous", "sign in") == "sign in", name
        if name != "typed":  # one's own words, whoever one is
            assert told.get("POST", {}).get("stranger", "no") != "yes", name


def test_the_document_shows_the_table() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == access.document(access.pinned()), (
        "PIN_ACCESS=1 writes it anew"
    )
