"""A host nobody knew becomes a platform, with the rows that waited for it; and not, where that was a mistake."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.changes import NotAllowed
from takedowns.directory.hosts import HostError
from takedowns.directory.models import DirectoryChange, Platform, PlatformHost
from takedowns.directory.platforms import DirectoryError, make_platform
from takedowns.identity import identify
from takedowns.intake.waiting import declare_hosts, hosts_waiting, take_back, waiting_domains
from takedowns.referrals.models import Event, Item, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.intake.test_load import hand_in, report
from tests.people import People

LIST = (
    "url\nhttps://files.drop.example.org/a?x=1\nhttps://files.drop.example.org/a?x=1#top\nhttps://t.me/demo_1\n"
    "https://www.drop.example.org/b\nhttps://else.example.net/\n"
)


def make(people: People) -> Platform:
    return make_platform(
        slug="", name="Drop Box Example", provider="Drop Ltd", by=people.actor("coordinator")
    )


def test_what_waits_is_grouped_by_domain_with_its_hosts(people: People) -> None:
    hand_in(people, LIST)
    assert [(one.domain, one.rows, one.submissions) for one in waiting_domains()] == [
        ("example.org", 3, 1),
        ("example.net", 1, 1),
    ]
    assert hosts_waiting("example.org") == [("files.drop.example.org", 2), ("drop.example.org", 1)]


def test_a_new_platform_takes_up_the_rows_of_its_hosts_each_page_an_item(people: People) -> None:
    received = hand_in(people, LIST)
    platform = make(people)
    assert (platform.slug, platform.provider.name) == ("drop-box-example", "Drop Ltd")  # type: ignore[union-attr]
    taken = declare_hosts(
        ["files.drop.example.org", "drop.example.org"], platform, "Drop Ltd", by=people.actor("coordinator")
    )
    assert (taken.rows, taken.later, taken.busy) == (3, [], [])
    assert {line: outcome for line, (outcome, _) in report(received).items()} == {
        2: "new",
        3: "new",
        4: "new",
        5: "new",
        6: "unknown_platform",
    }
    with acting_as(SYSTEM):
        items = Item.objects.filter(platform=platform).order_by("key")
        assert [(one.key, one.kind) for one in items] == [
            ("drop.example.org/b", "page"),
            ("files.drop.example.org/a?x=1", "page"),
            ("files.drop.example.org/a?x=1#top", "page"),
        ]
        kept = DirectoryChange.objects.values_list("kind", "name", "action", "by__name")
        assert set(kept) == {
            ("platform", "drop-box-example", "added", "Coordinator"),
            ("host", "files.drop.example.org", "added", "Coordinator"),
            ("host", "drop.example.org", "added", "Coordinator"),
        }


def test_a_platform_of_ones_own_never_hides_one_with_rules() -> None:
    found = identify("https://t.me/demo_1", {"t.me": "mine", "x.example.org": "mine"})
    assert found.platform == "telegram"
    assert identify("https://x.example.org/p", {"x.example.org": "mine"}).platform == "mine"
    assert identify("https://x.example.org/p", {"x.example.org": "telegram"}).platform == "web"


@pytest.mark.parametrize("slug", ["telegram", "web"])
def test_a_slug_that_has_a_meaning_is_refused(slug: str, people: People) -> None:
    with pytest.raises(DirectoryError, match="Choose another") as refused:
        make_platform(slug=slug, name="n", provider="", by=people.actor("administrator"))
    assert refused.value.field == "slug"


def test_all_hosts_are_declared_or_none(people: People) -> None:
    platform = make(people)
    with pytest.raises(HostError, match="telegram"):
        declare_hosts(["drop.example.org", "t.me"], platform, "", by=people.actor("coordinator"))
    assert not PlatformHost.objects.exists()
    with pytest.raises(HostError, match="runs on its own hosts only"):
        declare_hosts(
            ["drop.example.org"], Platform.objects.get(pk="telegram"), "", by=people.actor("coordinator")
        )


@pytest.mark.parametrize("person", ["officer", "reviewer", "auditor", "platform_contact", "stranger"])
def test_nobody_else_makes_platforms_or_declares_hosts(person: str, people: People) -> None:
    platform, actor = make(people), people.actor(person)
    with pytest.raises(NotAllowed):
        make_platform(slug="mine", name="n", provider="", by=actor)
    with pytest.raises(NotAllowed):
        declare_hosts(["drop.example.org"], platform, "", by=actor)
    declare_hosts(["drop.example.org"], platform, "", by=people.actor("coordinator"))
    with pytest.raises(NotAllowed):
        take_back("drop.example.org", by=actor)
    assert PlatformHost.objects.count() == 1


def test_a_wrong_declaration_is_taken_back_and_its_rows_wait_again(people: People) -> None:
    received = hand_in(people, LIST)
    before = report(received)
    coordinator = people.actor("coordinator")
    declare_hosts(["files.drop.example.org"], make(people), "", by=coordinator)
    with acting_as(SYSTEM):
        made = list(Referral.objects.exclude(item__platform="telegram").values_list("pk", flat=True))
    apply_to_all("approve", made[:1], by=SYSTEM, exemptions_checked=True)
    done = take_back("files.drop.example.org", by=coordinator)
    assert (done.withdrawn, done.rows) == (2, 2)
    assert report(received) == before
    with acting_as(SYSTEM):
        events = Event.objects.filter(kind="withdraw")
        assert {(event.actor_id, event.details["reason"]) for event in events} == {
            (people.coordinator.pk, "The host was declared by mistake.")
        }
        assert set(Referral.objects.filter(item__platform="telegram").values_list("status", flat=True)) == {
            "submitted"
        }


def test_what_went_to_the_platform_keeps_the_declaration(people: People) -> None:
    received = hand_in(people, LIST)
    coordinator = people.actor("coordinator")
    declare_hosts(["files.drop.example.org"], make(people), "", by=coordinator)
    after = report(received)
    with acting_as(SYSTEM):
        one = Referral.objects.filter(item__platform="drop-box-example").values_list("pk", flat=True)[:1]
        one = list(one)
    apply_to_all("approve", one, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", one, by=SYSTEM)
    with pytest.raises(HostError, match="1 of the referrals"):
        take_back("files.drop.example.org", by=coordinator)
    assert report(received) == after
    assert PlatformHost.objects.count() == 1


def test_taking_up_and_back_cost_as_many_statements_however_many_rows(people: People) -> None:
    coordinator, platform = people.actor("coordinator"), make(people)
    counts = []
    for number in (2, 3, 80):  # the first one also prepares what stays prepared
        host = f"host{number}.example"  # each its own domain: a submission costs its own statements
        hand_in(people, "url\n" + "".join(f"https://{host}/{n}\n" for n in range(number)))
        with CaptureQueriesContext(connection) as taking_up:
            declare_hosts([host], platform, "", by=coordinator)
        with CaptureQueriesContext(connection) as giving_back:
            assert take_back(host, by=coordinator).rows == number
        counts.append((len(taking_up), len(giving_back)))
    assert counts[1] == counts[2]
