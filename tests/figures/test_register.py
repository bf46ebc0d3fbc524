"""The register of publications: what goes out is kept, numbered, and held against what went out before."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from takedowns.access.actor import acting_as
from takedowns.figures.models import Publication
from takedowns.figures.publication import disclosure
from takedowns.figures.register import services as register
from takedowns.figures.register.services import PublicationError
from takedowns.ledger.exports import find_bytes, find_number
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn
from tests.factories import MORNING, make_referrals, wait_for_the_log
from tests.people import People

PUBLICATIONS = "/operations/RAD19/publications/"


def refer(people: People, first: int, number: int, *, remove: int = 0) -> None:
    """Refer further channels to Telegram, which removes some of them after an hour."""
    urls = [f"https://t.me/demo_channel_{place}" for place in range(first, first + number)]
    ids = make_referrals(people.operation, people.agency, urls, submitted_by=people.officer)
    apply_to_all("approve", ids, by=people.actor("reviewer"), at=MORNING, exemptions_checked=True)
    apply_to_all("refer", ids, by=people.actor("coordinator"), at=MORNING)
    later = MORNING + timedelta(hours=1)
    if remove:
        contact = people.actor("platform_contact")
        apply_to_all("remove", ids[:remove], by=contact, at=later, action="visibility_removed")
    wait_for_the_log()


@pytest.fixture
def day(people: People) -> People:
    """Forty channels were referred, twenty removed."""
    refer(people, 0, 40, remove=20)
    return people


def published(people: People, **more: Any) -> Publication:
    """Publish the figures of now."""
    actor = people.actor("coordinator")
    with acting_as(actor):
        given = {"number": len(register.earlier_of(people.operation)) + 1, "provisional": False, **more}
        return register.register(people.operation, actor, timezone.now(), **given)


def previewed(client: Client, **asked: str) -> tuple[str, dict[str, str]]:
    """Return the page that shows what would be published, and what its button sends."""
    page = client.get(f"{PUBLICATIONS}new/", {"note": "", **asked}).content.decode()
    hidden = [
        dict(re.findall(r'(\w+)="([^"]*)"', one)) for one in re.findall(r"<input [^>]*hidden[^>]*>", page)
    ]
    sent = {one["name"]: one.get("value", "") for one in hidden}
    return page, {name: value for name, value in sent.items() if name not in ("csrfmiddlewaretoken", "next")}


pytestmark = pytest.mark.django_db(transaction=True)


def test_a_coordinator_looks_publishes_and_takes_the_same_bytes_twice(
    day: People, signed_in: SignedIn
) -> None:
    client = signed_in("coordinator")
    page, sent = previewed(client, provisional="on", note="For the press of the evening")
    assert "Platforms reported that they removed 20 items." in page
    assert not Publication.objects.exists(), "looking publishes nothing"
    answer = client.post(f"{PUBLICATIONS}new/", sent, follow=True)
    assert "Publication 1" in answer.content.decode()
    files = [client.get(f"{PUBLICATIONS}1/figures.csv?language=fr") for _ in range(2)]
    assert files[0].content == files[1].content
    rows = list(csv.DictReader(io.StringIO(files[0].content.decode("utf-8-sig"))))
    assert {row["value"] for row in rows if (row["scope"], row["measure"]) == ("total", "removed")} == {"20"}
    with acting_as(day.actor("auditor")):
        number = files[0]["Export-Number"]
        assert [found.said["sha256"] for found in find_number(number) or []] == [
            hashlib.sha256(files[0].content).hexdigest()
        ]
        assert find_bytes(io.BytesIO(files[0].content))[1]
    report = client.get(f"{PUBLICATIONS}1/figures.json").json()
    assert report["made"].startswith("Publication 1, provisional. Made by South Unit at ")
    assert day.coordinator.get_full_name() not in json.dumps(report)


def test_every_kind_of_file_in_every_language(day: People, signed_in: SignedIn) -> None:
    published(day)
    client = signed_in("auditor")
    begins = {"pdf": b"%PDF", "xlsx": b"PK", "hours.png": b"\x89PNG", "steps.svg": b"<"}
    for language in ("en", "de"):
        for kind, start in begins.items():
            file = client.get(f"{PUBLICATIONS}1/figures.{kind}?language={language}")
            assert file.content.startswith(start), kind
            assert f"-publication-1-{language}-E-" in file["Content-Disposition"]
    assert client.get(f"{PUBLICATIONS}1/figures.exe").status_code == 404
    assert client.get(f"{PUBLICATIONS}2/figures.csv").status_code == 404


def test_who_reads_and_who_publishes(day: People, signed_in: SignedIn) -> None:
    published(day)
    for person, read, publish in (
        ("coordinator", 200, 200),
        ("auditor", 200, 403),
        ("officer", 403, 403),
        ("absent_officer", 404, 404),
    ):
        client = signed_in(person)
        assert client.get(PUBLICATIONS).status_code == read, person
        assert client.get(f"{PUBLICATIONS}1/").status_code == read, person
        assert client.get(f"{PUBLICATIONS}1/figures.csv").status_code == read, person
        assert client.get(f"{PUBLICATIONS}new/").status_code == publish, person
    with acting_as(day.actor("officer")), pytest.raises(PublicationError, match="coordinators"):
        register.register(day.operation, day.actor("officer"), timezone.now(), number=2, provisional=False)


def test_two_more_removals_are_not_told_apart_until_there_are_enough(
    day: People, signed_in: SignedIn
) -> None:
    published(day)
    refer(day, 100, 10, remove=2)
    client = signed_in("coordinator")
    page, sent = previewed(client)
    assert "50 items were referred" in page
    assert "Platforms reported that they removed" not in page, "22 less 20 are two"
    client.post(f"{PUBLICATIONS}new/", sent)
    refer(day, 200, 20, remove=8)
    page, _ = previewed(client)
    assert "Platforms reported that they removed 30 items." in page


def test_two_more_items_leave_nothing_to_publish(day: People, signed_in: SignedIn) -> None:
    published(day)
    refer(day, 100, 2)
    page, sent = previewed(signed_in("coordinator"))
    assert "Nothing can be told" in page
    assert ">Publish<" not in page
    assert sent == {}
    with pytest.raises(PublicationError, match="too little"):
        published(day)


def test_what_the_linear_programs_find_is_named_and_not_published(
    day: People, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two coordinators published before there was a register: what they gave away together stands in the way of nobody but themselves."""
    monkeypatch.setattr(
        register,
        "given_away",
        lambda *_: [
            disclosure.GivenAway(1, 0, "telegram", "open"),
            disclosure.GivenAway(2, 1, "", "removed"),
        ],
    )
    page, _ = previewed(signed_in("coordinator"))
    assert "cannot be published beside the earlier ones" in page
    assert "of Telegram in publication 1 is small" in page
    assert "of all platforms: the change since publication 1 is small" in page
    with pytest.raises(PublicationError, match="cannot be published beside the earlier ones"):
        published(day)


def test_a_second_coordinator_does_not_publish_on_top_of_the_first(day: People, signed_in: SignedIn) -> None:
    client = signed_in("coordinator")
    _, sent = previewed(client)
    published(day)
    answer = client.post(f"{PUBLICATIONS}new/", sent)
    assert answer.status_code == 422
    assert "Publication 1 was registered meanwhile" in answer.content.decode()
    assert Publication.objects.count() == 1


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2019-11-21T25:61"]
)
def test_a_moment_that_no_clock_here_shows_is_refused(day: People, signed_in: SignedIn, moment: str) -> None:
    client = signed_in("coordinator")
    _, sent = previewed(client)
    assert client.post(f"{PUBLICATIONS}new/", sent | {"as_of": moment}).status_code == 422
    assert not Publication.objects.exists()


def test_a_revision_says_what_it_revises_and_the_earlier_one_says_by_what(
    day: People, signed_in: SignedIn
) -> None:
    first = published(day, provisional=True)
    refer(day, 100, 30, remove=10)
    published(day, revises=first.pk, note="Late answers")
    client = signed_in("coordinator")
    page = client.get(PUBLICATIONS).content.decode()
    assert "revises publication 1" in page
    assert "revised by publication 2" in page
    report = client.get(f"{PUBLICATIONS}2/figures.json").json()
    assert report["made"].startswith("Publication 2, revises publication 1. ")


def test_the_register_costs_the_same_however_long_it_is(
    day: People, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("coordinator")
    for number in range(2):
        refer(day, 100 * (number + 1), 30, remove=10)
        published(day)
    for page in ("", "2/", "new/?note="):
        client.get(PUBLICATIONS + page)
        with django_assert_max_num_queries(17):  # fifteen, the test's savepoint, and the entry of who looked
            assert client.get(PUBLICATIONS + page).status_code == 200


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_figures_that_somebody_changed_in_the_database_are_not_given_out(
    day: People, signed_in: SignedIn
) -> None:
    published(day)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE figures_publication SET told = jsonb_set(told, '{total,removed}', '90')")
    answer = signed_in("coordinator").get(f"{PUBLICATIONS}1/")
    assert answer.status_code == 500
    assert "not those that were registered" in answer.content.decode()


def test_the_command_writes_what_was_published(
    day: People, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    published(day)
    call_command("report", "RAD19", "--format", "json", "--publication", "1")
    assert json.loads(capfdbinary.readouterr().out)["figures"]["total"]["referred"] == 40
    with pytest.raises(CommandError, match=r"no publication 2\. Known: 1"):
        call_command("report", "RAD19", "--publication", "2")


def test_the_check_that_cannot_be_made_publishes_nothing(
    day: People, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refer(day, 100, 30, remove=27)
    published(day)
    refer(day, 200, 40, remove=2)
    broken = tmp_path / "ranges.py"
    broken.write_text("raise SystemExit(1)")
    monkeypatch.setattr(disclosure, "_PROGRAM", broken)
    page = signed_in("coordinator").get(f"{PUBLICATIONS}new/", {"note": ""}).content.decode()
    assert "could not be worked out" in page
    assert ">Publish<" not in page


def test_the_program_says_so_where_what_it_is_told_contradicts_itself() -> None:
    question = {"unknowns": 1, "known": [[[[0, 1]], 1, 1], [[[0, 1]], 2, 2]], "asked": [[[0, 1]]]}
    assert disclosure._solved(question) is None
    assert disclosure._solved(question | {"known": [[[[0, 1]], 1, 4]]}) == [[1, 4]]
