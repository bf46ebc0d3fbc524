"""Comments on a referral: who reads them, who is mentioned, where it waits for them, and how what was said goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.comments.mentions import Colleague, mentioned_in, named
from takedowns.comments.models import Comment, Mention
from takedowns.comments.queries import comments_of
from takedowns.comments.services import CommentError, NotYoursError, colleagues, comment
from takedowns.directory.models import User
from takedowns.installation.identity import claim
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.sealing import seal
from takedowns.ledger.verifying import verify
from takedowns.notices import digest
from takedowns.notices.models import Attention, Mail
from takedowns.retention.services import forget
from takedowns.rights.legal_holds import Covered
from takedowns.rights.legal_holds import place as place_legal_hold
from takedowns.rights.subject import about
from tests.clients import SignedIn, Work

ADDRESS = "https://t.me/demo_lantern/12"


def people_named(*names: str) -> list[Colleague]:
    return [
        Colleague(uuid4(), name, f"{name.split()[0].lower()}.{n}@example.org") for n, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("text", "meant", "unclear"),
    [
        ("@Ann Berg, look", ["Ann Berg"], []),
        ("@ann berg and @JOSÉ: look", ["Ann Berg", "José Nuñez"], []),
        ("@jose nunez look", ["José Nuñez"], []),
        ("@Ann look", [], ["Ann"]),
        ("@Ann Bergmann look", ["Ann Bergmann"], []),
        ("@nuñ look", ["José Nuñez"], []),
        ("see @demo_lantern and mail ann@example.org", [], []),
        ("@ann.0@example.org", ["Ann Berg"], []),
        ("@ann.0@elsewhere.example look", [], []),
        ("@ann@elsewhere.example look", [], []),
        ("@José @José", ["José Nuñez"], []),
        ("@ and @x", [], []),
    ],
)
def test_a_name_behind_an_at_is_a_colleague(text: str, meant: list[str], unclear: list[str]) -> None:
    known = people_named("Ann Berg", "Ann Bergmann", "José Nuñez")
    found = mentioned_in(text, known)
    assert [one.name for one in found.people] == meant
    assert list(found.unclear) == unclear


def test_what_the_list_offers_names_one_of_two_of_the_same_name() -> None:
    known = people_named("Ann Berg", "Ann Berg")
    assert named("Ann Berg", known) == known
    assert named(known[1].label, known) == [known[1]]
    assert named("nobody", known) == []


def say(work: Work, text: str, by: str = "officer", **more: Any) -> Comment:
    actor = work.people.actor(by)
    with acting_as(actor):
        made, _people = comment(work.referral(ADDRESS), text=text, by=actor, **more)
    return made


def read_by(work: Work, name: str) -> list[str]:
    actor = work.people.actor(name)
    with acting_as(actor):
        return [one.comment.text for one in comments_of(work.referral(ADDRESS), actor)]


def test_whoever_sees_the_referral_for_an_agency_reads_it_and_no_platform(work: Work) -> None:
    from takedowns.referrals.transitions import apply_to_all

    one = work.referral(ADDRESS).pk
    apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", [one], by=SYSTEM)
    say(work, "Same voice as last week.")
    for name in ("officer", "reviewer", "other_officer", "coordinator", "auditor", "administrator"):
        assert read_by(work, name) == ["Same voice as last week."], name
    for name in ("absent_officer", "platform_contact", "platform_manager", "stranger"):
        assert read_by(work, name) == [], name


def test_only_those_who_work_on_it_comment(work: Work) -> None:
    for name in ("auditor", "administrator", "absent_officer", "platform_contact"):
        actor = work.people.actor(name)
        with pytest.raises(NotYoursError):
            comment(work.referral(ADDRESS), text="x", by=actor)
    with acting_as(SYSTEM):
        assert not Comment.objects.exists()


def test_who_may_be_mentioned_sees_the_referral_and_is_known(work: Work) -> None:
    def offered(name: str) -> set[str]:
        actor = work.people.actor(name)
        with acting_as(actor):
            found = work.referral(ADDRESS)
            return {one.name for one in colleagues(found, actor)}

    # Colleagues, and who runs the operation; of another agency nobody else, until they have spoken themselves.
    assert offered("officer") == {"Reviewer", "Coordinator"}
    assert offered("other_officer") == {"Coordinator"}
    say(work, "Look.")
    assert offered("other_officer") == {"Coordinator", "Officer"}


def test_a_mention_waits_until_it_is_read(work: Work, signed_in: SignedIn) -> None:
    say(work, "@Reviewer Look, please.")
    reviewer = signed_in("reviewer")
    home = reviewer.get(reverse("web:home")).content.decode()
    assert "Comments that mention you" in home
    mentions = reverse("web:mentions", args=["RAD19"])
    assert mentions in home
    assert "Look, please." in reviewer.get(mentions).content.decode()
    assert "Comments that mention you" not in signed_in("officer").get(reverse("web:home")).content.decode()
    one = work.referral(ADDRESS).pk
    page = reviewer.get(reverse("web:referral", args=["RAD19", one])).content.decode()
    assert "mentions you" in page
    assert reviewer.post(reverse("web:comments-read", args=["RAD19", one])).status_code == 302
    assert "Comments that mention you" not in reviewer.get(reverse("web:home")).content.decode()
    assert "Look, please." not in reviewer.get(mentions).content.decode()


def test_an_answer_counts_as_having_read(work: Work, signed_in: SignedIn) -> None:
    say(work, "@Reviewer Look, please.")
    say(work, "Seen, @Officer.", by="reviewer")
    assert "Comments that mention you" not in signed_in("reviewer").get(reverse("web:home")).content.decode()
    assert "Comments that mention you" in signed_in("officer").get(reverse("web:home")).content.decode()


def test_a_name_that_fits_several_is_asked_about_and_nothing_is_kept(work: Work, signed_in: SignedIn) -> None:
    from takedowns.directory.models import Membership

    with acting_as(SYSTEM):
        twin = User.objects.create_user("ron@example.org", "Reviewer Ron")
        Membership.objects.create(user=twin, agency=work.people.agency, role="officer")
    page = reverse("web:comments", args=["RAD19", work.referral(ADDRESS).pk])
    client = signed_in("officer")
    told = client.post(page, {"text": "@Revie look"})
    assert told.status_code == 422
    assert "Choose whom you mean" in told.content.decode()
    assert "Reviewer Ron (ron@example.org)" in told.content.decode()
    with acting_as(SYSTEM):
        assert not Comment.objects.exists()
    assert client.post(page, {"text": "@Revie look", "chosen": [str(twin.pk)]}).status_code == 302
    with acting_as(SYSTEM):
        assert [one.user_id for one in Mention.objects.all()] == [twin.pk]


def test_a_name_can_be_chosen_from_a_list_without_script(work: Work, signed_in: SignedIn) -> None:
    page = reverse("web:comments", args=["RAD19", work.referral(ADDRESS).pk])
    client = signed_in("officer")
    label = "Reviewer (reviewer@example.org)"
    assert f'<option value="{label}">' in client.get(page).content.decode()
    said = client.post(page, {"text": "Look.", "also": label}, follow=True).content.decode()
    assert "Reviewer will find it in their work" in said
    wrong = client.post(page, {"text": "Look.", "also": "Stranger"})
    assert wrong.status_code == 422
    assert "is nobody who may be mentioned here" in wrong.content.decode()
    assert client.post(page, {"text": "  "}).status_code == 422


def test_a_stranger_cannot_be_put_among_the_mentioned(work: Work) -> None:
    say(work, "Look.", chosen=[work.people.stranger.pk, work.people.platform_contact.pk])
    with acting_as(SYSTEM):
        assert not Mention.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_what_says_nothing_or_too_much_is_refused(work: Work, text: str) -> None:
    with pytest.raises(CommentError):
        say(work, text)


def test_a_mail_tells_of_it_once_and_says_nothing_of_what_was_said(work: Work, settings: Any) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "Desk <desk@example.org>"
    settings.SITE_URL = "https://takedowns.example"
    claim()
    say(work, "@Reviewer Look at the lantern.")
    who = work.people.reviewer
    now = timezone.now()
    with acting_as(SYSTEM):
        Attention.objects.create(user=who, mail=Mail.HOURLY, mailed_at=now - timedelta(days=2))
    assert digest.send(who.pk, now)
    [sent] = outbox.outbox
    assert "1 comment that mentions you" in sent.body
    assert "lantern" not in sent.body
    assert not digest.send(who.pk, now + timedelta(hours=2)), "told once"
    with acting_as(SYSTEM):
        Attention.objects.create(
            user=work.people.officer, mail=Mail.HOURLY, mailed_at=now - timedelta(days=2)
        )
    assert not digest.send(work.people.officer.pk, now), "nobody mentions the officer"


def _withheld() -> list[str]:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT withheld FROM ledger_entry WHERE what = 'comments_comment'")
        return [row[0] or "" for row in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_what_was_said_goes_after_its_time_and_the_ledger_stays_valid(work: Work) -> None:
    say(work, "@Reviewer Look at the lantern.")
    seal()
    assert any("lantern" in one for one in _withheld())
    late = timezone.now() + timedelta(days=settings.KEEP_COMMENTS_DAYS + 1)
    gone = forget(late)
    assert (gone["comments_mention"], gone["comments_comment"]) == (1, 1)
    with acting_as(SYSTEM):
        assert not Comment.objects.exists()
    assert len(_withheld()) == 2, "that it was said, and that it went, stay"
    assert not any(_withheld())
    seal()
    report = verify([signing_keys()[0].public])
    assert report.is_sound


def test_a_legal_hold_keeps_it(work: Work) -> None:
    say(work, "@Reviewer Look.")
    place_legal_hold(Covered(work.people.operation), "File 12/19", by=SYSTEM)
    gone = forget(timezone.now() + timedelta(days=settings.KEEP_COMMENTS_DAYS + 1))
    assert (gone["comments_mention"], gone["comments_comment"]) == (0, 0)


def test_it_stands_in_what_is_held_about_a_person(work: Work) -> None:
    say(work, "Posted by janedoe77. @Reviewer")
    with acting_as(work.people.actor("auditor")):
        of_whom = about("janedoe77", by=work.people.actor("auditor"))
        assert "comments_comment" in {one.table for one in of_whom.named}
        author = about("officer@example.org", by=work.people.actor("auditor"))
    assert ("comments_comment", "by_id", 1) in author.did


def test_nobody_changes_what_was_said(work: Work) -> None:
    say(work, "Look.")
    with acting_as(SYSTEM):
        assert Comment.objects.update(text="Something else.") == 0
        assert [one.text for one in Comment.objects.all()] == ["Look."]


def test_pages_cost_a_fixed_number_of_statements(work: Work, signed_in: SignedIn) -> None:
    page = reverse("web:comments", args=["RAD19", work.referral(ADDRESS).pk])

    def counted() -> int:
        client = signed_in("officer")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    say(work, "@Reviewer one")
    few = counted()
    for n in range(5):
        say(work, f"@Reviewer @Coordinator {n}")
    assert counted() == few
