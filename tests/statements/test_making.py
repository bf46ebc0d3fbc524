"""Decisions leave as statements that the Transparency Database's own published rules accept."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.holds.services import place
from takedowns.ledger.models import Entry
from takedowns.referrals.models import Item, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Action, Instrument
from takedowns.statements.making import EARLIEST, digest_of
from takedowns.statements.models import Reconciliation
from tests.api.conftest import World, make_world
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.people import People
from tests.statements.rules import ARCHIVE, EXAMPLE, RESPONSE, problems


@pytest.fixture
def world(people: People) -> World:
    return make_world(people)


def test_the_schema_finds_faults() -> None:
    assert problems(EXAMPLE) == problems(RESPONSE) == []
    illegal = {"decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"}
    for wrong, field in (
        ({"puid": "a b"}, "puid"),
        ({"category": None}, "category"),
        ({"category": "STATEMENT_CATEGORY_OF_OURS"}, "category"),
        ({"content_date": "1999-12-31"}, "content_date"),
        ({"application_date": "24.11.2026"}, "application_date"),
        ({**illegal, "illegal_content_legal_ground": None}, "illegal_content_legal_ground"),
        ({"content_type": ["CONTENT_TYPE_OTHER"]}, "content_type_other"),
        ({"decision_facts": "x" * 5001}, "decision_facts"),
    ):
        assert any(field in one for one in problems(EXAMPLE | wrong)), wrong
    verdicts = dict.fromkeys(
        ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
    )
    assert problems(EXAMPLE | verdicts), "a statement of no decision"


def test_every_action_on_every_kind_makes_a_statement_that_the_database_accepts(world: World) -> None:
    urls = [f"https://t.me/demo_every_{number}" for number in range(len(Action.values))]
    urls += ["https://www.youtube.com/watch?v=demoVIDEO77", "https://t.me/demo_every_a/7"]
    ordered = ["https://t.me/demo_ordered/1"]
    ids = make_referrals(world.people.operation, world.people.agency, urls, ground="x" * 200)
    ids += make_referrals(
        world.people.operation, world.people.agency, ordered, instrument=Instrument.REMOVAL_ORDER
    )
    with acting_as(SYSTEM):
        Referral.objects.filter(pk__in=ids[:3]).update(language="de")
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    for pk, action in zip(
        ids, [*Action.values, "visibility_removed", "visibility_removed", "visibility_removed"], strict=True
    ):
        moved = [
            apply_to_all(verdict, [pk], by=SYSTEM, action=action, explanation="y" * 5000).moved
            for verdict in ("remove", "restrict")
        ]
        assert [pk] in moved, action
    page = world.north.get("operations/RAD19/statements").json()
    assert (len(page["statements"]), page["next"]) == (len(ids), None)
    assert {json.dumps(one)[:60]: problems(one) for one in page["statements"] if problems(one)} == {}
    assert len({one["puid"] for one in page["statements"]}) == len(ids)
    grounds = [one["decision_ground"] for one in page["statements"]]
    assert grounds == ["DECISION_GROUND_INCOMPATIBLE_CONTENT"] * (len(ids) - 1) + [
        "DECISION_GROUND_ILLEGAL_CONTENT"
    ]


def test_what_was_posted_is_given_back_as_it_was_sent_and_pages_hold_a_hundred(world: World) -> None:
    world.telegram.post(f"referrals/{world.made[0]}/statement", {**EXAMPLE, **RESPONSE})
    urls = [f"https://t.me/demo_many/{number}" for number in range(120)]
    ids = make_referrals(world.people.operation, world.people.agency, urls)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    apply_to_all("remove", [*ids, world.made_to_youtube[0]], by=SYSTEM, action="visibility_removed")
    first = world.telegram.get("operations/RAD19/statements").json()
    assert len(first["statements"]) == 100
    sent = first["statements"][0]
    assert problems(sent) == []
    assert not {"uuid", "id", "created_at", "permalink"} & sent.keys()
    assert sent["decision_facts"] == EXAMPLE["decision_facts"]
    second = world.telegram.get(f"operations/RAD19/statements?after={first['next']}").json()
    assert (len(second["statements"]), second["next"]) == (21, None)  # YouTube's is not Telegram's to read
    with acting_as(SYSTEM):
        given = Entry.objects.filter(what="statements")
        assert given.count() == 2
    assert world.absent.get("operations/RAD19/statements").status_code == 404


def test_a_coordinator_takes_a_file_of_batches_without_what_is_on_hold(
    world: World, signed_in: SignedIn
) -> None:
    apply_to_all("remove", world.made, by=SYSTEM, action="visibility_removed")
    with acting_as(SYSTEM):
        held = Item.objects.get(referrals=world.made[1])
    place(
        agency_id=world.people.agency.pk,
        by=world.people.actor("officer"),
        reason="We read it.",
        ends_at=timezone.now() + timedelta(days=1),
        item_id=held.pk,
    )
    client = signed_in("coordinator")
    page = client.get("/operations/RAD19/statements/")
    assert page.status_code == 200
    answer = client.get("/operations/RAD19/statements/batches.zip?platform=telegram")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == ["RAD19-statements-0001.json"]
        statements = json.loads(packed.read(packed.namelist()[0]))["statements"]
    puids = {one["puid"] for one in statements}
    assert len(puids) == len(world.made) - 1
    assert digest_of(held.url) not in puids
    assert sum(map(bool, map(problems, statements))) == 0
    with acting_as(SYSTEM):
        entry = Entry.objects.get(number=int(answer.headers["Ledger-Entry"]))
    assert sha256(answer.content).hexdigest() in (entry.became or "")
    assert signed_in("officer").get("/operations/RAD19/statements/batches.zip").status_code == 403
    with override_settings(EXCHANGE=[]):
        assert client.get("/operations/RAD19/statements/").status_code == 404


def test_decisions_of_before_the_database_s_first_day_are_told_and_in_no_file(
    world: World, signed_in: SignedIn
) -> None:
    client, path = signed_in("coordinator"), "/operations/RAD19/statements/"
    assert "Nothing was removed or restricted" in client.get(path).content.decode()
    apply_to_all("remove", world.made, by=SYSTEM, action="visibility_removed")
    with acting_as(SYSTEM):
        Referral.objects.filter(pk=world.made[0]).update(decided_at=EARLIEST - timedelta(days=1))
    page = client.get(path).content.decode()
    assert "1 decision is of before 2020" in page
    with acting_as(SYSTEM):
        Referral.objects.filter(pk__in=world.made).update(decided_at=EARLIEST - timedelta(days=1))
    page = client.get(path).content.decode()
    assert f"{len(world.made)} decisions are of before 2020" in page
    assert "Nothing was removed or restricted" not in page


@pytest.mark.parametrize("form", ["full", "light"])
def test_a_file_of_the_database_is_compared_by_uuid_by_puid_and_by_the_digest_of_the_address(
    world: World, signed_in: SignedIn, form: str
) -> None:
    apply_to_all("remove", world.made, by=SYSTEM, action="visibility_removed")
    world.telegram.post(f"referrals/{world.made[0]}/statement", {**EXAMPLE, **RESPONSE})
    world.telegram.post(f"referrals/{world.made[1]}/statement", {**EXAMPLE, "puid": "case-2"})
    with acting_as(SYSTEM):
        urls = dict(Item.objects.filter(referrals__in=world.made).values_list("referrals", "url"))
    terror = {
        "category": "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
        "category_specification": '["KEYWORD_TERRORIST_CONTENT"]',
    }
    rows: list[dict[str, Any]] = [
        {"uuid": RESPONSE["uuid"], "platform_uid": "not-looked-at", **terror},
        {"uuid": "0" * 8 + "-0000-4000-8000-000000000001", "platform_uid": "case-2", **terror},
        {
            "uuid": "0" * 8 + "-0000-4000-8000-000000000002",
            "platform_uid": digest_of(urls[world.made[2]]),
            **terror,
        },
        {"uuid": "0" * 8 + "-0000-4000-8000-000000000003", "platform_uid": "nobody-here-knows", **terror},
        {
            "uuid": "0" * 8 + "-0000-4000-8000-000000000004",
            "platform_uid": "a-toy",
            "category": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
        },
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, ARCHIVE[form])
    writer.writeheader()
    writer.writerows(rows)
    client = signed_in("coordinator")
    upload = SimpleUploadedFile("sor-telegram-2026-11-24-full.csv", text.getvalue().encode())
    sent = client.post("/operations/RAD19/statements/", {"platform": "telegram", "file": upload}, follow=True)
    assert sent.status_code == 200, sent.content.decode()[:2000]
    with acting_as(SYSTEM):
        found = Reconciliation.objects.get()
    assert found.counts == {
        "rows": 5, "by_uuid": 1, "by_puid": 1, "by_digest": 1, "only_here": 3, "only_there": 1, "not_ours": 1,
    }  # fmt: skip
    taken = client.get(f"/operations/RAD19/statements/{found.pk}/lines.csv")
    lines = list(csv.DictReader(io.StringIO(taken.content.decode("utf-8-sig"))))
    assert len(lines) == 7
    assert [one["outcome"] for one in lines].count("only_here") == 3
    assert world.reference(world.made[0]) in [one["reference"] for one in lines]
    assert "Ledger-Entry" in taken.headers


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"PK\x03\x04\xff\xfe", "UTF-8"), (b"uuid;platform_uid\n1;2\n", "platform_uid"), (b"", "uuid")],
)
def test_what_is_no_file_of_the_database_is_refused_by_name(
    world: World, signed_in: SignedIn, content: bytes, says: str
) -> None:
    upload = SimpleUploadedFile("x.csv", content or b"\n")
    sent = signed_in("coordinator").post(
        "/operations/RAD19/statements/", {"platform": "telegram", "file": upload}
    )
    assert sent.status_code == 422
    assert says in sent.content.decode()
    with acting_as(SYSTEM):
        assert not Reconciliation.objects.exists()
