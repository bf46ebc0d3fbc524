"""Role by page by action: each of the cast opens each page and acts on it; what happens is pinned as data and shown in docs/access.md.

To pin anew, and look at what changed before committing it: ``PIN_ACCESS=1 pytest tests/web/test_access_table.py``.
"""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from takedowns.accounts.invitations import invite
from takedowns.delivery.endpoints import create
from takedowns.directory import keys
from takedowns.directory.asking import SYSTEM, asking_as
from takedowns.directory.hosts import declare
from takedowns.finding import bulk
from takedowns.finding.models import BulkChange
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.notices.messages import write
from takedowns.referrals.apply import apply_to_all
from takedowns.referrals.complaints import Complained, record_complaints
from takedowns.referrals.dispatch import dispatch
from takedowns.referrals.holds import place
from takedowns.referrals.models import Item, Outlet
from takedowns.referrals.walls import make_link
from tests.referrals.hostile import picture
from tests.referrals.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.web import access
from tests.web.conftest import SignedIn, Work
from tests.web.test_evidence import attached

PINNED = Path(__file__).with_name("access.json")
DOCUMENT = settings.BASE_DIR / "docs" / "access.md"
Table = dict[str, dict[str, dict[str, str]]]


@pytest.fixture
def arguments(work: Work) -> dict[str, list[Any]]:
    """Make one of everything a page can be about; return by page what its address names."""
    people, tomorrow = work.people, timezone.now() + timedelta(days=1)
    make_authority(people)
    coordinator = people.asker("coordinator")
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
        operation=people.operation, agency=people.agency, user=people.officer, source=Submission.Source.PASTE,
        filename="", content=b"https://t.me/demo_brought/1", loading=Loading.PREVIEW,
    ).submission.pk  # fmt: skip
    hold = place(
        agency_id=people.agency.pk, by=people.asker("officer"), reason="We read it.", item_id=waiting.item_id,
        ends_at=tomorrow,
    )  # fmt: skip
    with asking_as(SYSTEM):
        outlet = Outlet.objects.create(name="Amber Lantern")
        Item.objects.filter(pk=one.item_id).update(outlet=outlet)
    [told] = record_complaints([Complained(answered.pk, timezone.now())], by=SYSTEM).complaints
    change = bulk.Change(BulkChange.Kind.CORRECT, {"tier": 1})
    done = bulk.carry_out(change, [waiting.pk], people.operation, by=people.asker("officer"), expected=1)
    screen = make_link(people.operation, name="Room", expires_at=tomorrow, by=coordinator)
    piece = attached(people, one.pk, "shot.png", picture()).pk
    endpoint, _ = create("telegram", url="https://hooks.example/in")
    invitation, _ = invite("later@example.org", "L.", "officer", agency=people.agency, by=SYSTEM)
    declare("chat.example.org", "rocketchat")
    key, _ = keys.create(name="Case system", agency=people.agency)
    said = write(people.operation, text="Stop at six.", by=coordinator)
    rad = "RAD19"
    named: dict[str, list[Any]] = {
        "invitation-revoke": [invitation.pk], "person": [people.officer.pk], "outlet": [outlet.pk],
        "agency": ["north"], **{name: [key.prefix] for name in ("key", "key-rotate", "key-revoke")},
        "platform": ["rocketchat"], "host-take-back": ["chat.example.org"], "hold-release": [hold.pk],
        "complain": [rad, answered.pk], "complaint-decide": [rad, answered.pk, told], "information": [rad, one.pk],
        "evidence": [rad, one.pk], "evidence-one": [rad, one.pk, piece], "evidence-picture": [rad, one.pk, piece],
        "evidence-file": [rad, one.pk, piece], "evidence-take-back": [rad, one.pk, piece],
        "wall-revoke": [rad, screen.pk], "bulk-change": [rad, done.pk], "bulk-undo": [rad, done.pk],
        "dispatched": [rad, sent], "hand-off-csv": [rad, sent, "telegram"], "hand-off-zip": [rad, sent, "telegram"],
        "hand-off-sent": [rad, sent, "telegram"], "order-authority": [rad, "north"], "order-addressee": [rad, "telegram"],
        "order-notice": [rad, "north", "telegram"], "order-record": [rad, order, "receipt"], "figures-report": [rad, "csv"],
        "figures-chart": [rad, "seen", "svg"],
    }  # fmt: skip
    by_kind = {"uuid:message_id": said.pk, "uuid:referral_id": order, "uuid:submission_id": work.submission.pk, "uuid:endpoint_id": endpoint.pk,
               "slug:reference": rad}  # fmt: skip
    for name, pattern in access.pages().items():
        holes = str(pattern.pattern).replace("<", "\n<").split("\n")[1:]
        kinds = [one.partition(">")[0][1:] for one in holes]
        if name not in named:
            unknown = [kind for kind in kinds if kind not in by_kind]
            assert not unknown, f"say in this fixture what the address of “{name}” names: {unknown}"
            named[name] = [by_kind[kind] for kind in kinds]
        if name.startswith("preview"):
            named[name] = [rad, brought]
        if name in ("answer", "hold-referral", "origin", "referral", "leave"):
            named[name] = [rad, one.pk]
    return named


def _written() -> int:
    """Return how many rows this transaction has written so far, in whatever table but the sessions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables "
            "WHERE relname <> 'django_session'"
        )
        return int(cursor.fetchone()[0])


def _told(client: Client, method: str, address: str, sent: Any) -> str:
    """Ask, and undo whatever it did; return in a word what happened. Whoever is refused must have written nothing."""
    with transaction.atomic():
        before = _written()
        response: Any = client.get(address) if method == "GET" else client.post(address, sent)
        b"".join(response)
        refused = response.status_code in (403, 404, 405)
        assert not refused or _written() == before, (
            f"{method} {address}: refused, and yet something was written"
        )
        transaction.set_rollback(True)
    if response.status_code == 302 and response["Location"].startswith(reverse("web:sign-in")):
        return "sign in"
    return {403: "no", 404: "not there", 405: ""}.get(response.status_code, "yes")


def _observe(work: Work, signed_in: SignedIn, arguments: dict[str, list[Any]]) -> Table:
    table: Table = {}
    clients = {person: signed_in(person) for person in access.COLUMNS}
    for name in access.pages():
        address = reverse(f"web:{name}", args=arguments[name]) + access.QUERIES.get(name, "")
        asked = {"GET": {}, "POST": dict(access.ACTIONS[name][1])} if name in access.ACTIONS else {"GET": {}}
        if "POST" in asked:
            asked["POST"] |= {"agency": str(work.people.agency.pk), "referral": [str(work.referral_ids[0])]}
        for method, sent in asked.items():
            told = {person: _told(client, method, address, sent) for person, client in clients.items()}
            if any(told.values()):
                table.setdefault(name, {})[method] = told
    return table


def test_each_of_the_cast_may_do_what_the_table_says(
    work: Work, signed_in: SignedIn, arguments: dict[str, list[Any]]
) -> None:
    table = _observe(work, signed_in, arguments)
    if os.environ.get("PIN_ACCESS"):
        PINNED.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        DOCUMENT.write_text(access.document(table), encoding="utf-8")
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    assert sorted(table.keys() - pinned.keys()) == [], "new pages: pin them, and look at what the table says"
    assert table == pinned


@pytest.mark.parametrize(
    "person", ["officer", "reviewer", "coordinator", "administrator", "platform_contact"]
)
def test_whatever_a_form_sends_to_is_an_action_of_the_table(
    person: str, signed_in: SignedIn, arguments: dict[str, list[Any]]
) -> None:
    client, missing = signed_in(person), set()
    for name in access.pages():
        address = reverse(f"web:{name}", args=arguments[name]) + access.QUERIES.get(name, "")
        response: Any = client.get(address)
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        for form in re.findall(r"<form\b[^>]*>", b"".join(response).decode()):
            if 'method="post"' in form:
                action = re.search(r'\baction="([^"]*)"', form)
                target = resolve(urlsplit(urljoin(address, action[1] if action else "")).path)
                known = target.namespace != "web" or target.url_name in {*access.ACTIONS, *access.OPEN_TO_ALL}
                missing |= set() if known else {f"{target.url_name} (on {name})"}
    assert not missing, f"ACTIONS in tests/web/access.py lacks what these forms do: {sorted(missing)}"


def test_nobody_acts_on_a_page_that_is_closed_to_them() -> None:
    for name, told in json.loads(PINNED.read_text(encoding="utf-8")).items():
        for person, word in told.get("POST", {}).items():
            if word == "yes":
                assert told.get("GET", {}).get(person, "") in ("yes", ""), (name, person)
        assert told.get("POST", {}).get("anonymous", "sign in") == "sign in", name
        assert told.get("POST", {}).get("stranger", "no") != "yes", name


def test_the_document_shows_the_table() -> None:
    table = json.loads(PINNED.read_text(encoding="utf-8"))
    assert DOCUMENT.read_text(encoding="utf-8") == access.document(table), "PIN_ACCESS=1 writes it anew"
