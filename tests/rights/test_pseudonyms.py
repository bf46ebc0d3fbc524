"""Who left gets a pseudonym wherever their name stood outside what is sealed; figures, seals and heads stay as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test.utils import override_settings
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.accounts.models import AccountEvent
from takedowns.accounts.people import switch
from takedowns.accounts.second import PeopleError
from takedowns.directory.models import User
from takedowns.holds.models import Hold
from takedowns.holds.services import place as place_hold
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.models import Entry
from takedowns.ledger.sealing import LOCK, seal
from takedowns.ledger.verifying import verify
from takedowns.notices.models import Message
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.rights import pseudonyms
from takedowns.rights.legal_holds import Covered
from takedowns.rights.legal_holds import place as place_legal_hold
from takedowns.rights.models import Pseudonym
from takedowns.rights.pseudonyms import PseudonymError, agree, ask, drop, put_all
from tests.clients import SignedIn
from tests.factories import make_item, make_referrals, wait_until
from tests.people import PASSWORD, People

NAME, EMAIL = "Ada O'Lantern", "ada.lantern@example.org"
REASON = "Left the unit in May."


@pytest.fixture
def ada(people: People) -> User:
    """Let the officer be somebody with a name of her own, who has done something everywhere."""
    user = people.officer
    with acting_as(SYSTEM):
        User.objects.filter(pk=user.pk).update(name=NAME, email=EMAIL)
        user.refresh_from_db()
        AccountEvent.objects.create(kind="signed_in", email=EMAIL, by=user, address="192.0.2.7")
    return user


@pytest.fixture
def second(people: People) -> User:
    """Return a second administrator."""
    with acting_as(SYSTEM):
        user = User.objects.create_user("second@example.org", "Second Administrator", PASSWORD)
        user.memberships.create(agency=people.absent_agency, role="administrator")
    return user


def _left(ada: User, people: People) -> None:
    with acting_as(SYSTEM):
        switch(ada, on=False, by=people.actor("administrator"))


def _decided(ada: User, people: People, second: User) -> None:
    _left(ada, people)
    ask(ada, REASON, by=people.actor("administrator"))
    agree(ada, by=Actor.of(second))


def _everything() -> str:
    """Return every row of every table as text, but sessions, jobs, files and what events say."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND relname !~ '^(django_|procrastinate_|referrals_event|access_contextkey)' AND relname !~ 'accounts_cache'"
        )
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT string_agg(to_jsonb(one)::text, ' ') FROM {table} AS one")
            found.append(f"{table}: {cursor.fetchone()[0]}")
    return "\n".join(found)


@pytest.mark.django_db
def test_name_and_address_stand_nowhere_any_more_and_what_was_done_stays(
    people: People, ada: User, second: User
) -> None:
    [pk] = make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1"], submitted_by=ada)
    with acting_as(SYSTEM):
        events = Event.objects.filter(actor=ada).count()
        Message.objects.create(
            operation=people.operation,
            text=f"Ask {NAME} ({EMAIL.upper()}), not Ada O'Lanterna.",
            at=timezone.now(),
        )
    held = place_hold(
        agency_id=people.agency.pk,
        by=people.actor("officer"),
        reason=f"{NAME} reads it.",
        item_id=make_item("https://t.me/demo_held").pk,
        ends_at=timezone.now() + timedelta(days=7),
    )
    _decided(ada, people, second)
    assert "Lantern" in _everything()
    assert put_all() == 1
    with acting_as(SYSTEM):
        given = Pseudonym.objects.get()
        ada.refresh_from_db()
        assert (ada.name, ada.email) == (given.name, given.email)
        assert not ada.has_usable_password()
        assert not ada.memberships.exists()
        assert Hold.objects.get(pk=held.pk).reason == f"{given.name} reads it."
        assert Message.objects.get().text == f"Ask {given.name} ({given.email}), not Ada O'Lanterna."
        assert Event.objects.filter(actor=ada).count() == events
        assert Referral.objects.get(pk=pk).submitted_by_id == ada.pk
        assert set(AccountEvent.objects.filter(email=given.email).values_list("address", flat=True)) == {None}
        assert given.outcome["notices_message"] == 1
        assert given.outcome["ledger_entry"] > 3
    left = _everything().replace("O'Lanterna", "")
    assert "Lantern" not in left
    assert EMAIL not in left.lower()
    assert "192.0.2.7" not in left
    assert put_all() == 0


@pytest.mark.django_db
def test_two_administrators_decide_and_neither_is_the_person(people: People, ada: User, second: User) -> None:
    administrator = people.actor("administrator")
    with pytest.raises(PseudonymError, match="Switch it off first"):
        ask(ada, REASON, by=administrator)
    _left(ada, people)
    with pytest.raises(PseudonymError, match="for administrators"):
        ask(ada, REASON, by=people.actor("coordinator"))
    with pytest.raises(PseudonymError, match="Say why"):
        ask(ada, " ", by=administrator)
    asked = ask(ada, REASON, by=administrator)
    with pytest.raises(PseudonymError, match="asked for it already"):
        ask(ada, REASON, by=administrator)
    with pytest.raises(PseudonymError, match="yourself"):
        agree(ada, by=administrator)
    assert put_all() == 0
    with pytest.raises(DatabaseError, match="Nobody has decided"), transaction.atomic(), acting_as(SYSTEM):
        connection.cursor().execute("SELECT takedowns_put_pseudonym(%s)", [asked.pk])
    drop(ada, by=administrator)
    with pytest.raises(PseudonymError, match="Nobody has asked"):
        agree(ada, by=Actor.of(second))
    ask(ada, REASON, by=administrator)
    agree(ada, by=Actor.of(second))
    assert put_all() == 1
    with acting_as(SYSTEM):
        ada.refresh_from_db()
    with pytest.raises(PeopleError, match="invited anew"), acting_as(SYSTEM):
        switch(ada, on=True, by=administrator)


@pytest.mark.django_db
def test_it_comes_by_itself_after_the_time_that_is_set_and_not_under_a_legal_hold(
    people: People, ada: User
) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1"], submitted_by=ada)
    _left(ada, people)
    placed = place_legal_hold(Covered(people.operation), "12/19", by=SYSTEM)
    later = timezone.now() + timedelta(days=settings.PSEUDONYMISE_AFTER_DAYS + 1)
    assert put_all() == 0
    assert put_all(later) == 0
    with acting_as(SYSTEM):
        placed.released_at, placed.release_reason = timezone.now(), "Over."
        placed.save()
    assert put_all(later) == 1
    with acting_as(SYSTEM):
        assert Pseudonym.objects.get().is_due
        assert User.objects.get(pk=people.reviewer.pk).name == "Reviewer"


@pytest.mark.django_db
def test_a_legal_hold_on_a_referral_keeps_who_did_something_about_it_and_nobody_else(
    people: People, ada: User
) -> None:
    [hers] = make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1"], submitted_by=ada)
    [other] = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_a/2"], submitted_by=people.coordinator
    )
    _left(ada, people)
    with acting_as(SYSTEM):
        held = {pk: Covered(people.operation, Referral.objects.get(pk=pk)) for pk in (hers, other)}
    place_legal_hold(held[other], "12/19", by=SYSTEM)
    assert pseudonyms.hindered(ada) == ""
    place_legal_hold(held[hers], "13/19", by=SYSTEM)
    assert "A legal hold keeps what this person did" in pseudonyms.hindered(ada)


@pytest.fixture
def _ledger(tmp_path: Path) -> Iterator[None]:
    with override_settings(
        LEDGER_NAME="takedowns.example/ledger",
        LEDGER_KEY_FILE=str(tmp_path / "key.pem"),
        LEDGER_WITNESS_FILE=str(tmp_path / "witness.jsonl"),
    ):
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_ledger")
def test_every_seal_and_head_is_valid_before_and_after(people: People, ada: User, second: User) -> None:
    [pk] = make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1"], submitted_by=ada)
    apply_to_all(
        "approve", [pk], by=SYSTEM, ground="Directive (EU) 2017/541, Art. 5", exemptions_checked=True
    )
    _sealed()
    place_hold(  # not sealed yet when the name goes
        agency_id=people.agency.pk,
        by=people.actor("officer"),
        reason=f"{NAME} reads it.",
        item_id=make_item("https://t.me/demo_held").pk,
        ends_at=timezone.now() + timedelta(days=7),
    )
    _decided(ada, people, second)
    assert put_all() == 1
    with acting_as(SYSTEM):
        assert not Entry.objects.filter(withheld__contains="Lantern").exists()
        emptied = Entry.objects.filter(withheld=None, what="directory_user", key=str(ada.pk)).count()
    assert emptied >= 2
    keys = [one.public for one in signing_keys()]
    assert verify(keys).findings == []
    _sealed()
    report = verify(keys)
    assert report.findings == []
    assert report.waiting == 0


def _sealed() -> None:
    wait_until(
        "NOT EXISTS (SELECT 1 FROM referrals_event WHERE xid >= takedowns_log_horizon())"
        " AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE xid >= takedowns_log_horizon())"
    )
    assert seal() > 0


def test_nothing_is_sealed_while_a_name_goes() -> None:
    function = Path(pseudonyms.__file__).with_name("sql") / "takedowns_put_pseudonym.sql"
    assert f"pg_advisory_xact_lock({LOCK})" in function.read_text()


@pytest.mark.django_db
def test_the_page_asks_and_another_administrator_agrees(
    people: People, ada: User, second: User, signed_in: SignedIn
) -> None:
    page, client = f"/people/{ada.pk}/pseudonym/", signed_in("administrator")
    assert "Switch it off first" in client.get(page).content.decode()
    _left(ada, people)
    assert page in client.get(f"/people/{ada.pk}/").content.decode()
    assert client.post(page, {"do": "ask", "reason": ""}).status_code == 422
    assert client.post(page, {"do": "ask", "reason": REASON}).status_code == 302
    assert "Another administrator must agree." in client.get(page).content.decode()
    assert client.post(page, {"do": "agree"}).status_code == 422
    client.force_login(second)
    assert REASON in client.get(page).content.decode()
    assert client.post(page, {"do": "agree"}).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'rights.pseudonymise'")
        assert cursor.fetchone() == (1,)
    put_all()
    assert "Decided by Administrator and Second Administrator." in client.get(page).content.decode()
    assert signed_in("auditor").get(page).status_code == 403
    with acting_as(SYSTEM):
        said = json.loads(Entry.objects.filter(what="rights_pseudonym").order_by("-number")[0].became or "")
    assert "name" not in said
