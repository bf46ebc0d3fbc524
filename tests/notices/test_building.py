"""From the log to notices: everybody is told what happened to what they handed in, once, whoever else writes meanwhile."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone

from takedowns.access.actor import NOBODY, SYSTEM, Actor, acting_as
from takedowns.complaints.services import Complained, record_complaints
from takedowns.directory.models import User
from takedowns.holds.models import Hold
from takedowns.holds.services import place, release
from takedowns.notices import news as service
from takedowns.notices.building import build_notices
from takedowns.notices.models import Attention, Mail, Notice, NoticeCursor, Scope, What
from takedowns.referrals.availability import Look
from takedowns.referrals.models import CoReferral, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Availability
from takedowns.retention.services import forget
from takedowns.verification.recording import record_checks
from tests.factories import wait_for_the_log
from tests.notices.conftest import referred, told
from tests.people import People


def news_of(user: User, scope: str = Scope.MINE) -> dict[str, int]:
    """Return how many of each kind are new to a person, as the person."""
    actor = Actor.of(user)
    with acting_as(actor):
        found = service.news(actor, Attention(user=user, scope=scope, seen=service.attention_of(actor).seen))
        counts: dict[str, int] = {}
        for one in found.counts:
            counts[one.what] = counts.get(one.what, 0) + one.number
    return counts


def read_all(user: User) -> None:
    actor = Actor.of(user)
    with acting_as(actor):
        attention = service.attention_of(actor)
        service.mark_read(actor, service.news(actor, attention).upto)


def badge(user: User) -> int:
    with acting_as(Actor.of(user)):
        return service.unread_number()


def item_of(referral_id: UUID) -> UUID:
    with acting_as(SYSTEM):
        return Referral.objects.get(pk=referral_id).item_id


def look(referral_id: UUID, seen: Availability) -> None:
    record_checks([Look(item_of(referral_id), seen, timezone.now())], by=SYSTEM, robot="probe")


def test_an_officer_is_told_of_each_answer_and_of_nothing_else(day: People) -> None:
    ids = referred(day, *(f"https://t.me/demo_lantern/{number}" for number in range(1, 7)))
    apply_to_all("acknowledge", ids, by=SYSTEM)
    apply_to_all("remove", ids[:2], by=SYSTEM, action="visibility_removed")
    apply_to_all("decline", ids[2:3], by=SYSTEM, decline_reason="not_in_breach")
    apply_to_all("restrict", ids[3:4], by=SYSTEM, action="geo_blocked")
    apply_to_all("request_information", ids[4:5], by=SYSTEM, question="Which?")
    apply_to_all("report_unavailable", ids[5:], by=SYSTEM)
    told()
    assert news_of(day.officer) == {
        What.REMOVED: 2,
        What.DECLINED: 1,
        What.RESTRICTED: 1,
        What.QUESTION: 1,
        What.UNAVAILABLE: 1,
    }
    assert badge(day.officer) == 6


def test_a_complaint_and_what_came_of_it_are_told(day: People) -> None:
    [one] = referred(day, "https://t.me/demo_lantern/1")
    apply_to_all("remove", [one], by=SYSTEM, action="visibility_removed")
    record_complaints([Complained(one, timezone.now())], by=SYSTEM)
    apply_to_all("reinstate", [one], by=SYSTEM, reason="It was a film review.")
    told()
    assert news_of(day.officer) == {What.REMOVED: 1, What.COMPLAINT: 1, What.REINSTATED: 1}


def test_nobody_else_is_told_and_colleagues_only_if_they_wish(day: People) -> None:
    apply_to_all(
        "remove", referred(day, "https://t.me/demo_lantern/1"), by=SYSTEM, action="visibility_removed"
    )
    told()
    assert news_of(day.reviewer) == {}
    assert news_of(day.reviewer, Scope.AGENCY) == {What.REMOVED: 1}
    for stranger in (
        day.other_officer,
        day.coordinator,
        day.auditor,
        day.administrator,
        day.platform_contact,
    ):
        assert news_of(stranger, Scope.AGENCY) == {}, stranger
        assert badge(stranger) == 0


def test_the_database_itself_shows_a_notice_to_its_agency_alone(day: People) -> None:
    apply_to_all(
        "remove", referred(day, "https://t.me/demo_lantern/1"), by=SYSTEM, action="visibility_removed"
    )
    told()
    seen = {}
    for name in (
        "officer",
        "reviewer",
        "other_officer",
        "absent_officer",
        "platform_contact",
        "stranger",
        "auditor",
    ):
        with acting_as(day.actor(name)):
            seen[name] = Notice.objects.count()
    assert seen == {
        "officer": 1,
        "reviewer": 1,
        "other_officer": 0,
        "absent_officer": 0,
        "platform_contact": 0,
        "stranger": 0,
        "auditor": 1,
    }
    with acting_as(NOBODY):
        assert Notice.objects.count() == 0


def test_an_agency_that_joined_a_referral_is_told_too(day: People) -> None:
    [one] = referred(day, "https://t.me/demo_lantern/1")
    with acting_as(SYSTEM):
        CoReferral.objects.create(
            referral_id=one,
            item_id=item_of(one),
            agency=day.other_agency,
            submitted_by=day.other_officer,
            at=timezone.now() - timedelta(minutes=1),
        )
    apply_to_all("remove", [one], by=SYSTEM, action="visibility_removed")
    told()
    assert news_of(day.other_officer) == news_of(day.officer) == {What.REMOVED: 1}


def test_what_somebody_did_themselves_is_no_news_to_them(day: People) -> None:
    [one] = referred(day, "https://t.me/demo_lantern/1")
    apply_to_all("withdraw", [one], by=day.actor("officer"), reason="A mistake.")
    told()
    assert news_of(day.officer) == {}
    assert badge(day.officer) == 0
    assert news_of(day.reviewer, Scope.AGENCY) == {What.WITHDRAWN: 1}


def test_telling_again_tells_nothing_twice(day: People) -> None:
    ids = referred(day, "https://t.me/demo_lantern/1", "https://t.me/demo_lantern/2")
    apply_to_all("remove", ids, by=SYSTEM, action="visibility_removed")
    wait_for_the_log()
    assert build_notices(stretch=1) >= 8, "one event to a transaction"
    assert build_notices() == 0
    assert news_of(day.officer) == {What.REMOVED: 2}


def test_what_is_read_is_no_news_and_what_comes_later_is(day: People) -> None:
    first, second = referred(day, "https://t.me/demo_lantern/1", "https://t.me/demo_lantern/2")
    apply_to_all("remove", [first], by=SYSTEM, action="visibility_removed")
    told()
    read_all(day.officer)
    assert (news_of(day.officer), badge(day.officer)) == ({}, 0)
    apply_to_all("decline", [second], by=SYSTEM, decline_reason="other")
    told()
    assert (news_of(day.officer), badge(day.officer)) == ({What.DECLINED: 1}, 1)


def test_marking_reads_no_more_than_was_shown(day: People) -> None:
    first, second = referred(day, "https://t.me/demo_lantern/1", "https://t.me/demo_lantern/2")
    actor = day.actor("officer")
    apply_to_all("remove", [first], by=SYSTEM, action="visibility_removed")
    told()
    with acting_as(actor):
        shown = service.news(actor, service.attention_of(actor)).upto
    apply_to_all("remove", [second], by=SYSTEM, action="visibility_removed")
    told()
    with acting_as(actor):
        service.mark_read(actor, shown)
    assert news_of(day.officer) == {What.REMOVED: 1}
    with acting_as(actor):
        service.mark_read(actor, 0)  # an old window of the browser
    assert news_of(day.officer) == {What.REMOVED: 1}
    with acting_as(actor):
        service.mark_read(actor, 10**18)
    apply_to_all("reinstate", [first], by=SYSTEM, reason="A mistake.")
    told()
    assert news_of(day.officer) == {What.REINSTATED: 1}, (
        "a number out of the air swallows nothing that comes later"
    )


def test_an_answer_whose_transaction_ends_late_is_told_all_the_same(day: People) -> None:
    slow, quick = referred(day, "https://t.me/demo_lantern/1", "https://t.me/demo_lantern/2")
    wrote, may_end = threading.Event(), threading.Event()

    def writer() -> None:
        with acting_as(SYSTEM):
            apply_to_all("remove", [slow], by=SYSTEM, action="visibility_removed")
            wrote.set()
            assert may_end.wait(30)
        connections.close_all()

    thread = threading.Thread(target=writer)
    thread.start()
    assert wrote.wait(30)
    apply_to_all("decline", [quick], by=SYSTEM, decline_reason="other")
    build_notices()
    read_all(day.officer)  # whatever was told up to here
    may_end.set()
    thread.join(30)
    told()
    assert news_of(day.officer) == {What.REMOVED: 1, What.DECLINED: 1}


def test_something_online_after_its_removal_is_told_once_until_it_was_gone_again(day: People) -> None:
    [one] = referred(day, "https://t.me/demo_lantern/1")
    look(one, Availability.ONLINE)  # before the removal: what else would one refer
    told()
    assert news_of(day.officer) == {}
    apply_to_all("remove", [one], by=SYSTEM, action="visibility_removed")
    for _ in range(3):
        look(one, Availability.ONLINE)
    told()
    look(one, Availability.ONLINE)
    told()
    assert news_of(day.officer) == {What.REMOVED: 1, What.ONLINE: 1}
    look(one, Availability.OFFLINE)
    look(one, Availability.ONLINE)
    told()
    assert news_of(day.officer) == {What.REMOVED: 1, What.ONLINE: 2}


def test_holds_that_ended_are_told_once_to_their_own_agency(day: People) -> None:
    now = timezone.now()
    facts = {"agency_id": day.agency.pk, "by": day.actor("officer"), "reason": "We read it."}
    first, second, third = (
        item_of(one)
        for one in referred(day, *(f"https://t.me/demo_lantern/{number}" for number in range(1, 4)))
    )
    released = place(item_id=first, ends_at=now + timedelta(days=1), **facts)  # type: ignore[arg-type]
    expired = place(item_id=second, ends_at=now + timedelta(days=1), **facts)  # type: ignore[arg-type]
    place(item_id=third, ends_at=now + timedelta(days=1), **facts)  # type: ignore[arg-type]
    release(released.pk, by=day.actor("reviewer"))
    with acting_as(SYSTEM):
        Hold.objects.filter(pk=expired.pk).update(
            placed_at=now - timedelta(days=1), ends_at=now - timedelta(seconds=1)
        )
    told()
    told()
    assert news_of(day.officer) == {What.HOLD_ENDED: 2}
    assert news_of(day.other_officer, Scope.AGENCY) == {}


def test_old_notices_go_and_what_they_told_of_is_not_told_anew(day: People) -> None:
    [one] = referred(day, "https://t.me/demo_lantern/1")
    hold = place(
        agency_id=day.agency.pk,
        by=day.actor("officer"),
        reason="r",
        item_id=item_of(one),
        ends_at=timezone.now() + timedelta(days=1),
    )
    release(hold.pk, by=day.actor("reviewer"))
    apply_to_all("remove", [one], by=SYSTEM, action="visibility_removed")
    told()
    later = timezone.now() + timedelta(days=90, minutes=1)
    assert forget()["notices_notice"] == 0
    assert forget(later)["notices_notice"] == 2
    with acting_as(SYSTEM):
        # As it would stand after those ninety days: told each minute, of nothing.
        NoticeCursor.objects.update(moved_at=later)
    told()
    assert news_of(day.officer) == {}


def test_choosing_keeps_what_was_read(day: People) -> None:
    actor = day.actor("officer")
    apply_to_all(
        "remove", referred(day, "https://t.me/demo_lantern/1"), by=SYSTEM, action="visibility_removed"
    )
    told()
    read_all(day.officer)
    with acting_as(actor):
        service.choose(actor, scope=Scope.AGENCY, mail=Mail.DAILY)
        kept = service.attention_of(actor)
        assert (kept.scope, kept.mail) == (Scope.AGENCY, Mail.DAILY)
    assert badge(day.officer) == 0
    with acting_as(actor), pytest.raises(ValueError, match="weekly"):
        service.choose(actor, scope=Scope.AGENCY, mail="weekly")


def test_what_somebody_reads_is_their_own_affair(day: People) -> None:
    with acting_as(day.actor("officer")):
        service.choose(day.actor("officer"), scope=Scope.MINE, mail=Mail.HOURLY)
    with acting_as(day.actor("reviewer")):
        assert not Attention.objects.exists()


def test_the_badge_counts_no_further_than_it_says(day: People) -> None:
    [one] = referred(day, "https://t.me/demo_lantern/1")
    with acting_as(SYSTEM):
        Notice.objects.bulk_create(
            Notice(
                what=What.REMOVED,
                at=timezone.now(),
                agency=day.agency,
                person=day.officer,
                event_id=one,
                operation=day.operation,
                platform_id="telegram",
                referral_id=one,
            )
            for _ in range(2500)
        )
    assert badge(day.officer) == service.MANY
