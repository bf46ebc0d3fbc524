"""Looking before handing in: what the preview says is what the load does, and nothing is referred until confirmed."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.hosts import declare
from takedowns.directory.models import User
from takedowns.holds.services import place_on_address
from takedowns.intake.confirm import choose_columns, confirm, discard, discard_abandoned
from takedowns.intake.load import take_up_waiting
from takedowns.intake.models import Submission, SubmissionRow
from takedowns.intake.preview import Preview, preview
from takedowns.intake.receive import IntakeError, Loading, Received, receive
from takedowns.readers import ReaderError
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals, number_of_rows
from tests.intake.test_load import hand_in
from tests.people import People

LIST = """url;kind;note;colour
https://t.me/demo_one/1;message;;red
https://telegram.me/s/demo_one/1;;the same;
https://l.facebook.com/l.php?u=https%3A%2F%2Ft.me%2Fdemo_one%2F2;;;
hxxps://t[.]me/demo_one/3;;;
youtu.be/demoVIDEO02;;;
https://chat.example.org/channel/one;;;
https://chat[.]example[.]org/channel/two;;;
nonsense;;;
https://t.me/demo_one/4;;;
"""


def look(people: People, text: str, *, by: User | None = None, **more: Any) -> Received:
    user = by or people.officer
    agency = user.memberships.get().agency
    assert agency is not None
    facts: dict[str, Any] = {
        "operation": people.operation,
        "source": Submission.Source.FILE,
        "filename": "list.csv",
        **more,
    }
    return receive(agency=agency, user=user, content=text.encode(), loading=Loading.PREVIEW, **facts)


def told(received: Received, **more: Any) -> Preview:
    with acting_as(SYSTEM):
        return preview(Submission.objects.get(pk=received.submission.pk), **more)


def test_nothing_is_referred_by_looking(people: People) -> None:
    received = look(people, LIST)
    assert received.submission.state == Submission.State.PREVIEWED
    seen = told(received)
    assert seen.rows == 9
    assert seen.is_whole
    for table in ("referrals_item", "referrals_referral", "referrals_event", "intake_submissionrow"):
        assert number_of_rows(table) == 0, table


def hold(people: People, url: str, by: str = "other_officer") -> None:
    """Let an agency, another unless told, hold what an address names."""
    agency = people.agency if by == "officer" else people.other_agency
    place_on_address(
        url,
        {},
        agency_id=agency.pk,
        by=people.actor(by),
        reason="r",
        ends_at=timezone.now() + timedelta(days=1),
    )


def test_the_preview_counts_what_the_load_then_counts(people: People) -> None:
    hand_in(people, "url\nhttps://t.me/demo_one/3\n", by=people.other_officer)
    [withdrawn] = make_referrals(people.operation, people.other_agency, ["https://t.me/demo_held/1"])
    apply_to_all("withdraw", [withdrawn], by=SYSTEM, reason="r")
    hold(people, "https://t.me/demo_held/1")
    received = look(people, LIST + "https://t.me/demo_held/1;;;\n")
    seen = told(received)
    loaded = confirm(received.submission.pk, people.officer).submission
    assert dict(seen.outcomes) == loaded.counts
    assert seen.outcomes["on_hold"] == 1
    assert seen.outcomes["already_referred"] == 1
    assert seen.outcomes["repeated"] == 1


def test_the_preview_tells_how_rows_are_written_and_which_hosts_are_unknown(people: People) -> None:
    seen = told(look(people, LIST))
    assert seen.platforms == {"telegram": 5, "youtube": 1}
    assert seen.ways["telegram"]["as_it_is"] >= 2
    assert seen.ways["telegram"]["defanged"] == 1
    assert seen.ways["telegram"]["l.facebook.com"] == 1
    assert seen.ways["youtube"] == {"scheme_added": 1}
    assert list(seen.unknown) == ["example.org"]
    assert seen.unknown["example.org"].rows == 2
    assert seen.unknown["example.org"].hosts == {"chat.example.org": 2}
    assert [(row.line, row.raw) for row in seen.invalid] == [(9, "nonsense;;;")]
    assert seen.invalid[0].remarks[0]
    assert seen.layout is not None
    assert seen.layout.unrecognised == ["colour"]


def test_who_has_it_is_named_only_where_one_may_know(people: People) -> None:
    elsewhere = Operation.objects.create(reference="ELSE19", name="Elsewhere", starts=people.operation.starts)
    elsewhere.refresh_from_db()
    elsewhere.agencies.set([people.absent_agency])
    hand_in(people, "url\nhttps://t.me/demo_one/1\n", by=people.other_officer)
    hand_in(people, "url\nhttps://t.me/demo_one/2\n", by=people.absent_officer, operation=elsewhere)
    hand_in(people, "url\nhttps://t.me/demo_one/3\n")
    already = {one.whose: (one.agency, one.rows, one.lines) for one in told(look(people, LIST)).already}
    assert already == {"other_agency": ("South Unit", 1, [2]), "own_agency": ("", 1, [5])}
    hold(people, "https://t.me/demo_one/4")
    hold(people, "https://t.me/demo_one/5")
    nobodys = "https://t.me/demo_nobody/1\nhttps://t.me/demo_nobody/2\nhttps://t.me/demo_nobody/3\n"
    theirs = "https://t.me/demo_one/2\nhttps://t.me/demo_one/4\nhttps://t.me/demo_one/5\n"
    seen = {name: told(look(people, f"url\n{rows}")) for name, rows in (("t", theirs), ("n", nobodys))}
    assert seen["t"].outcomes == seen["n"].outcomes == {"new": 3}, (
        "looked at and thrown away, it tells nothing"
    )
    assert seen["t"].already == []
    loaded = confirm(look(people, f"url\n{theirs}").submission.pk, people.officer).submission
    assert loaded.counts == {"already_referred": 1, "on_hold": 2}, "submitted, which is on record, it does"


def test_an_agency_is_told_of_its_own_holds_though_nobody_has_referred_what_they_cover(
    people: People,
) -> None:
    hold(people, "https://t.me/demo_own", by="officer")
    hold(people, "https://t.me/demo_others")
    rows = "url\nhttps://t.me/demo_own\nhttps://t.me/demo_own/7\nhttps://t.me/demo_owner\nhttps://t.me/demo_others/7\n"
    assert told(look(people, rows)).outcomes == {"on_hold": 2, "new": 2}


def test_of_a_long_list_the_beginning_is_looked_at_and_said(people: People) -> None:
    received = look(people, LIST)
    seen = told(received, most_rows=3)
    assert (seen.rows, seen.is_whole) == (3, False)
    assert told(received, most_rows=9).is_whole


def test_confirming_twice_hands_in_once_and_counts_from_the_confirmation(people: People) -> None:
    received = look(people, LIST, received_at=timezone.now() - timedelta(hours=3))
    before = timezone.now()
    first = confirm(received.submission.pk, people.reviewer)
    again = confirm(received.submission.pk, people.officer)
    assert (first.repeated, again.repeated) == (False, True)
    with acting_as(SYSTEM):
        assert Referral.objects.count() == 5
        assert all(one.submitted_at >= before for one in Referral.objects.all())
        assert {one.submitted_by for one in Referral.objects.all()} == {people.reviewer}


def test_the_same_content_again_shows_what_is_there(people: People) -> None:
    first, again = look(people, LIST), look(people, LIST)
    assert again.repeated
    assert again.submission.pk == first.submission.pk
    handed_in = hand_in(people, LIST)
    assert handed_in.submission.pk == first.submission.pk
    assert handed_in.submission.state == Submission.State.LOADED, (
        "whoever asks for more than a preview gets it"
    )
    assert look(people, LIST).submission.state == Submission.State.LOADED


def test_another_agency_neither_confirms_nor_discards(people: People) -> None:
    received = look(people, LIST)
    for user in (people.other_officer, people.auditor, people.administrator, people.stranger):
        for act in (confirm, discard):
            with pytest.raises(IntakeError):
                act(received.submission.pk, user)
    assert number_of_rows("referrals_referral") == 0
    assert number_of_rows("intake_submission") == 1


def test_discarding_leaves_nothing(people: People, django_capture_on_commit_callbacks: Any) -> None:
    received = look(people, LIST)
    content = received.submission.content
    assert content.storage.exists(content.name)
    with django_capture_on_commit_callbacks(execute=True):
        discard(received.submission.pk, people.reviewer)
    assert number_of_rows("intake_submission") == 0
    assert not content.storage.exists(content.name)
    with pytest.raises(Submission.DoesNotExist):
        confirm(received.submission.pk, people.officer)


def test_what_is_handed_in_is_not_discarded(people: People) -> None:
    handed_in = hand_in(people, LIST)
    with pytest.raises(IntakeError, match="stays"):
        discard(handed_in.submission.pk, people.officer)
    assert number_of_rows("intake_submission") == 1


def test_a_preview_left_alone_goes_after_a_day_and_nothing_else_does(people: People) -> None:
    hand_in(people, "url\nhttps://t.me/demo_old/1\n", received_at=timezone.now() - timedelta(days=3))
    look(people, LIST, received_at=timezone.now() - timedelta(hours=25))
    young = look(people, "url\nhttps://t.me/demo_young/1\n", received_at=timezone.now() - timedelta(hours=23))
    assert discard_abandoned() == 1
    with acting_as(SYSTEM):
        left = set(Submission.objects.values_list("state", flat=True))
        assert left == {"loaded", "previewed"}
        assert Submission.objects.filter(pk=young.submission.pk).exists()


def test_columns_that_are_not_recognised_can_be_said(people: People) -> None:
    received = look(people, "Gesehen bei;Farbe\nt.me;2\nyoutube;3\n")
    seen = told(received)
    assert seen.error is not None
    assert seen.error.code == "no_url_column"
    assert seen.headers == ["Gesehen bei", "Farbe"]
    with pytest.raises(ReaderError):
        choose_columns(received.submission.pk, people.officer, {"url": "No such"})
    choose_columns(received.submission.pk, people.officer, {"url": "Gesehen bei", "tier": "Farbe"})
    seen = told(received)
    assert seen.error is None
    assert seen.rows == 2
    loaded = confirm(received.submission.pk, people.officer).submission
    assert loaded.layout["columns"] == {"url": "Gesehen bei", "tier": "Farbe"}


def test_a_declared_host_takes_up_defanged_rows_too(people: People) -> None:
    hand_in(people, LIST)
    declared = declare("chat.example.org", "rocketchat")
    assert take_up_waiting(declared.host, inline_bytes=1).later, "long lists are left to the worker"
    assert take_up_waiting(declared.host).rows == 2
    call_command("declare_host", "chat.example.org", "rocketchat", stdout=StringIO())
    with acting_as(SYSTEM):
        assert not SubmissionRow.objects.filter(outcome="unknown_platform").exists()
