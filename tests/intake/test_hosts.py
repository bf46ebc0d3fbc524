"""Hosts that nobody knew, and rules that change."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.hosts import HostError, declare
from takedowns.directory.models import PlatformHost
from takedowns.intake.models import Submission, SubmissionRow
from takedowns.referrals.models import Item, Referral
from tests.intake.test_load import hand_in, report
from tests.people import People


def test_rows_that_waited_for_a_host_are_referred_when_it_is_declared(people: People) -> None:
    received = hand_in(
        people,
        "url;tier\nhttps://chat.example.org/channel/one;2\nhttps://t.me/demo_1;3\nhttps://other.example.net/x;\n"
        "https://chat.example.org/channel/one?msg=;2\nhttps://chat.example.org/channel/two;1\n",
    )
    before = report(received)
    assert [before[line][0] for line in (2, 4, 6)] == ["unknown_platform"] * 3
    out = StringIO()
    call_command("declare_host", "https://CHAT.example.org/", "rocketchat", stdout=out)
    assert "3 rows" in out.getvalue()
    after = report(received)
    assert {line: outcome for line, (outcome, _) in after.items()} == {
        2: "new",
        3: "new",
        4: "unknown_platform",
        5: "repeated",
        6: "new",
    }
    with acting_as(SYSTEM):
        submission = Submission.objects.get()
        assert submission.counts == {"new": 3, "repeated": 1, "unknown_platform": 1}
        taken_up = Referral.objects.get(tier=2)
        assert taken_up.submitted_at > submission.received_at, "figures of the past stay as they were"
        assert Referral.objects.get(tier=3).submitted_at == submission.received_at
        assert SubmissionRow.objects.count() == 5
    call_command("declare_host", "chat.example.org", "rocketchat", stdout=StringIO())
    assert report(received) == after


@pytest.mark.parametrize(
    ("host", "platform", "says"),
    [
        ("t.me", "rocketchat", "telegram"),
        ("localhost", "rocketchat", "no public host"),
        ("chat.example.org", "nothing", "no platform"),
        ("known.example.org", "mastodon", "declared as"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_declared_says_why(host: str, platform: str, says: str) -> None:
    PlatformHost.objects.create(host="known.example.org", platform_id="rocketchat")
    with pytest.raises(HostError, match=says):
        declare(host, platform)
    with pytest.raises(CommandError, match=says):
        call_command("declare_host", host, platform)


def test_todays_rules_keep_every_stored_item(people: People) -> None:
    hand_in(
        people, "url\nhttps://t.me/demo_1\nhttps://telegram.me/DEMO_1?x=1\nhttps://youtu.be/demo0000001\n"
    )
    out = StringIO()
    call_command("compare_identities", stdout=out)
    assert "5 stored addresses" in out.getvalue()
    assert "0 items merged, 0 split" in out.getvalue()


def test_rules_that_would_merge_items_are_refused_by_name(people: People) -> None:
    hand_in(people, "url\nhttps://t.me/demo_1\nhttps://t.me/demo_2\n")
    with acting_as(SYSTEM):
        # As if an earlier version of the rules had taken these for two items.
        Item.objects.filter(key="demo_2").update(key="demo_1?old", url="https://t.me/demo_1")
        SubmissionRow.objects.filter(url="https://t.me/demo_2").update(url="https://t.me/demo_1")
    out = StringIO()
    with pytest.raises(CommandError, match="merge or split"):
        call_command("compare_identities", stdout=out)
    assert "MERGED   telegram:demo_1, telegram:demo_1?old -> telegram:demo_1" in out.getvalue()
