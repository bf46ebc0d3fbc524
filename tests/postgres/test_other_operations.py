"""What an agency reads, table by table, of an operation that it takes no part in: nothing but the address it handed in itself.

Its officer asks with statements of their own making, and has an operation of their own, in which the same address was handed in.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.context import token
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.models import Operation, Outlet, Referral
from tests.people import People
from tests.postgres.test_row_security import LATER, guarded
from tests.postgres.test_row_security import rows as rows  # noqa: PLC0414 - a fixture

#: What of the other operation the officer does read.
THEIR_OWN = {"directory_membership", "referrals_item"}
#: The names of partner installations are told to all agencies.
OF_THE_INSTALLATION = {"deconfliction_partner"}


def keys(actor: Actor) -> dict[str, set[str]]:
    """Return the primary keys of what somebody reads of each guarded table."""
    of_table = {
        model._meta.db_table: ", ".join(f'"{field.column}"' for field in model._meta.pk_fields)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in guarded()
    }
    found = {}
    with acting_as(actor), connection.cursor() as cursor:
        for table, columns in sorted(of_table.items()):
            cursor.execute(f"SELECT concat_ws(' ', {columns}) FROM \"{table}\"")
            found[table] = {key for (key,) in cursor.fetchall()}
    return found


@pytest.fixture
def of_the_other(people: People, rows: Referral) -> dict[str, set[str]]:
    """All rows of an operation and what stands beside it; the absent agency then hands the same address in to its own."""
    before, officers = keys(SYSTEM), keys(people.actor("officer"))
    before = {
        table: found | officers[table] for table, found in before.items()
    }  # a kept view is its owner's alone
    assert set(before) == guarded()
    assert all(before.values())
    with acting_as(SYSTEM):
        own = Operation.objects.create(reference="OTHER", name="Other", starts=LATER.date())
        own.agencies.set([people.absent_agency])
        own.platforms.set(people.operation.platforms.all())
    receive(
        operation=own,
        agency=people.absent_agency,
        user=people.absent_officer,
        source=Submission.Source.PASTE,
        filename="",
        content=f"{rows.item.url}\nhttps://t.me/demo_absent".encode(),
        loading=Loading.HERE,
    )
    return before


@pytest.mark.parametrize("as_key", [False, True])
def test_of_the_others_operation_nothing_is_read_but_the_address_handed_in(
    people: People, rows: Referral, of_the_other: dict[str, set[str]], as_key: bool
) -> None:
    actor = people.actor("absent_officer")
    seen = keys(Actor(roles=actor.roles) if as_key else actor)
    theirs = {table: seen[table] & of_the_other[table] for table in seen}
    read = {table for table, found in theirs.items() if found} - OF_THE_INSTALLATION
    assert read == ({"referrals_item"} if as_key else THEIR_OWN)
    assert theirs["referrals_item"] == {str(rows.item_id)}, "and not what else the other has"
    # Of their own they read what they must, so that nothing above is empty because nobody is named.
    for table in ("referrals_operation", "referrals_referral", "referrals_event", "intake_submission"):
        assert seen[table] - of_the_other[table], table


def test_neither_names_of_outlets_nor_counts_of_the_other_are_read(
    people: People, rows: Referral, of_the_other: dict[str, set[str]]
) -> None:
    with acting_as(people.actor("absent_officer")), connection.cursor() as cursor:
        assert not Outlet.objects.exists()
        for asked in (
            f"SELECT * FROM takedowns_tallies('{people.operation.pk}', NULL)",
            f"SELECT * FROM takedowns_standings('{people.operation.pk}', NULL)",
            f"SELECT * FROM takedowns_looks('{people.operation.pk}')",
            f"SELECT * FROM takedowns_items_on_hold(ARRAY['{rows.item_id}'::uuid])",
        ):
            cursor.execute(asked)
            assert cursor.fetchall() == [], asked
        cursor.execute("SELECT item_id FROM takedowns_own_items() AS own")
        own = {item for (item,) in cursor.fetchall()}
    assert rows.item_id in own
    assert len(own) == 2


def test_the_systems_signature_does_not_outlast_its_block(people: People, rows: Referral) -> None:
    """A service asks as the system on the way; a statement smuggled in afterwards finds who asked before, and no more."""
    told = "SELECT current_setting('takedowns.actor'), takedowns_asks_everything(), takedowns_doer()"
    absent = people.actor("absent_officer")
    with acting_as(absent), connection.cursor() as cursor:
        with acting_as(SYSTEM):
            cursor.execute(told)
            signed, everything, doer = cursor.fetchone()
            assert (everything, doer) == (True, people.absent_officer.pk)
        cursor.execute(told)
        now, everything, doer = cursor.fetchone()
        assert (everything, doer) == (False, people.absent_officer.pk)
        assert now != signed
        assert not Referral.objects.exists()


@pytest.mark.parametrize("part", range(1, 8))
def test_no_part_of_what_was_signed_is_changed_or_moved(people: People, rows: Referral, part: int) -> None:
    """When, everything, agencies, platforms, person, who does it, for whom, from where: one signature for all of them."""
    absent = people.actor("absent_officer")
    person, agency = str(people.officer.pk), str(people.agency.pk)
    wanted = ["", "on", agency, "telegram", person, person, agency, "console"]
    said = token(agencies=absent.agencies, person=absent.user_id, doer=absent.user_id, origin="page")
    with connection.cursor() as cursor:  # good for the whole test, which is one transaction
        cursor.execute("SELECT takedowns_bound(%s)", [said])
        (own,) = cursor.fetchone()
    parts = own.split("|")
    parts[part] = wanted[part]
    moved = own.replace("|", "", 1)
    with acting_as(absent), connection.cursor() as cursor:
        for forged in ("|".join(parts), moved, own + " ", own.upper(), f"{own}|{own}"):
            cursor.execute("SELECT set_config('takedowns.actor', %s, true)", [forged])
            cursor.execute("SELECT takedowns_actor(), takedowns_doer(), takedowns_asking_person()")
            assert cursor.fetchone() == (None, None, None), forged
            assert not Referral.objects.exists()
        cursor.execute("SELECT set_config('takedowns.actor', %s, true), takedowns_doer()", [own])
        cursor.execute("SELECT takedowns_doer()")
        assert cursor.fetchone() == (people.absent_officer.pk,)


def test_no_look_is_recorded_in_anothers_name(people: People, rows: Referral) -> None:
    look = (
        "INSERT INTO access_log_look (person_id, roles, origin, view, what, operation, subject, count, is_file)"
        " VALUES (%s, '', '', '', '', '', '', 0, false)"
    )
    officer, colleague = people.officer.pk, people.reviewer.pk
    for acting in (people.actor("officer"), SYSTEM):
        with acting_as(people.actor("officer")), acting_as(acting), connection.cursor() as cursor:
            cursor.execute(look, [officer])
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                cursor.execute(look, [colleague])
