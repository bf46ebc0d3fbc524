"""Who may do what in the database beside the rows: functions that look past row-level security, schemas, the database itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from takedowns.access.actor import NOBODY, SYSTEM, Actor, acting_as
from takedowns.directory.admission import CalledFrom, check
from takedowns.directory.keys import create
from takedowns.directory.models import Platform, Scope
from takedowns.holds.services import place
from takedowns.postgres.checks import FROM_PUBLIC, check_public
from takedowns.postgres.grants import roles_of_parts
from takedowns.postgres.narrowing import IN_SANDBOX
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Item, Outlet, Referral
from takedowns.verification.recording import record_checks
from tests.databases import administrator
from tests.factories import MORNING, make_referrals
from tests.people import People
from tests.postgres.described import DEFINERS

#: What the application's role and those of its parts may do; PUBLIC may nothing.
APPLICATION = {
    ("database", "", "CONNECT"),
    ("database", "", "TEMPORARY"),
    ("schema", "public", "USAGE"),
    ("schema", "sandbox", "USAGE"),
}
FAR = datetime.now(UTC) + timedelta(days=30)
NOT_CALLED = {
    "takedowns_believed",
    "takedowns_bound",
    "takedowns_forget_access_log",
    "takedowns_forget_comments",
    "takedowns_keep_log_epoch",
    "takedowns_key_of",
    "takedowns_key_of_token",
    "takedowns_log_state",
    "takedowns_note_entry",
    "takedowns_prepare_access_log",
    "takedowns_put_pseudonym",
    "takedowns_roles_of",
    "takedowns_sees_outlet",
    "takedowns_valid_keys",
    "takedowns_wake_webhooks",
    "takedowns_write_entry",
}
_OURS = "('public'::regnamespace, 'sandbox'::regnamespace)"


def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def test_the_functions_that_look_past_row_level_security_are_those_reviewed(db: None) -> None:
    found = ask(f"SELECT DISTINCT proname FROM pg_proc WHERE prosecdef AND pronamespace IN {_OURS}")
    assert {name for (name,) in found} == DEFINERS.keys()


def test_none_of_them_can_be_led_to_a_temporary_table(db: None) -> None:
    found = ask(
        "SELECT oid::regprocedure::text, coalesce(array_to_string(proconfig, '; '), '') FROM pg_proc"
        f" WHERE prosecdef AND pronamespace IN {_OURS}"
    )
    paths = {
        name: [part for part in config.split("; ") if part.startswith("search_path=")]
        for name, config in found
    }
    assert paths
    assert [
        name
        for name, path in paths.items()
        if path
        not in (
            ["search_path=pg_catalog, public, pg_temp"],
            ["search_path=pg_catalog, sandbox, public, pg_temp"],
        )
    ] == []


def test_a_temporary_view_does_not_stand_in_for_a_table_of_ours(people: People) -> None:
    with acting_as(people.actor("officer")), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE referrals_referral AS SELECT 'x'::text AS id")
        assert ask("SELECT * FROM takedowns_ending_in(ARRAY['x'])") == []
        assert Referral.objects.count() == 0
        cursor.execute("SET search_path = pg_temp, public")  # as a statement of somebody else's making would
        assert ask("SELECT * FROM takedowns_ending_in(ARRAY['x'])") == []
    with acting_as(people.actor("officer")):
        assert ask("SHOW search_path") == [("public, pg_temp",)]


def test_public_may_nothing_and_the_application_only_this(db: None) -> None:
    found = ask(
        """
        SELECT 'database', '', may.privilege_type, may.grantee::regrole::text FROM pg_database,
               aclexplode(coalesce(datacl, acldefault('d', datdba))) AS may
        WHERE datname = current_database() AND may.grantee <> datdba
        UNION ALL
        SELECT 'schema', nspname, may.privilege_type, may.grantee::regrole::text FROM pg_namespace,
               aclexplode(coalesce(nspacl, acldefault('n', nspowner))) AS may
        WHERE nspname !~ '^(pg_|information_schema)' AND may.grantee <> nspowner
        UNION ALL
        SELECT 'function', oid::regprocedure::text, may.privilege_type, may.grantee::regrole::text FROM pg_proc,
               aclexplode(coalesce(proacl, acldefault('f', proowner))) AS may
        WHERE pronamespace::regnamespace::text !~ '^(pg_|information_schema)' AND may.grantee = 0
        """
    )
    application = ask("SELECT current_user")[0][0]
    parts = roles_of_parts()
    in_sandbox = {application, *(parts[part] for part in IN_SANDBOX)}
    assert {(*what, who) for *what, who in found} == {
        (*what, role)
        for what in APPLICATION
        for role in (application, *parts.values())
        if what[1] != "sandbox" or role in in_sandbox
    }


def test_a_database_whose_objects_everybody_may_make_is_refused(db: None) -> None:
    assert check_public(["default"]) == []
    # The database of the server's own, from which nobody has taken anything.
    with administrator() as server:
        open_ones = [what for (what,) in server.execute(FROM_PUBLIC)]
    assert open_ones == ["create temporary tables"]


def test_the_application_makes_no_object_that_outlives_it_and_no_trigger_of_ours(db: None) -> None:
    for statement in (
        "CREATE TABLE public.planted (id int)",
        "CREATE SCHEMA planted",
        "CREATE FUNCTION public.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        (
            "CREATE TEMPORARY TABLE log (kind text); CREATE TRIGGER wake AFTER INSERT ON log REFERENCING NEW TABLE AS new_events"
            " FOR EACH STATEMENT EXECUTE FUNCTION takedowns_wake_webhooks()"
        ),
    ):
        with pytest.raises(ProgrammingError) as refused, transaction.atomic():
            ask(statement)
        assert isinstance(refused.value.__cause__, InsufficientPrivilege), statement


def told(actor: Actor, operation: Any, ending: str, item: Any) -> set[str]:
    """Return the functions of the list that tell the actor anything."""
    calls = {
        "takedowns_ending_in": ("takedowns_ending_in(ARRAY[%s])", ending),
        "takedowns_found": ("takedowns_found('demo', NULL, 10)",),
        "takedowns_items_on_hold": ("takedowns_items_on_hold(%s::uuid[])", [item]),
        "takedowns_last_looks": (
            "takedowns_last_looks(%s, ARRAY['submitted'], '1 week')",
            operation,
        ),
        "takedowns_looks": ("takedowns_looks(%s)", operation),
        "takedowns_own_items": ("takedowns_own_items()",),
        "takedowns_own_operations": ("takedowns_own_operations()",),
        "takedowns_standings": ("takedowns_standings(%s, NULL)", operation),
        "takedowns_tallies": ("takedowns_tallies(%s, NULL)", operation),
        "takedowns_ways": ("takedowns_ways(%s, NULL, NULL)", operation),
    }
    assert calls.keys() == DEFINERS.keys() - NOT_CALLED
    with acting_as(actor):
        return {name for name, (call, *values) in calls.items() if ask(f"SELECT * FROM {call}", *values)}


def test_none_of_them_trusts_its_caller(people: People) -> None:
    (pk,) = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_a"], submitted_by=people.officer
    )
    make_referrals(people.operation, people.agency, ["https://t.me/demo_b"])  # whose item nobody looked at
    with acting_as(SYSTEM):
        item = Referral.objects.get(pk=pk).item_id
    place(agency_id=people.agency.pk, by=SYSTEM, reason="x", ends_at=FAR, item_id=item)
    record_checks([Look(item, "online", MORNING)], by=SYSTEM, robot="probe")
    of = (people.operation.pk, pk.hex[-10:], item)
    assert told(people.actor("officer"), *of) == DEFINERS.keys() - NOT_CALLED
    for name in ("absent_officer", "stranger", "platform_contact"):
        assert told(people.actor(name), *of) == set(), name
    assert told(NOBODY, *of) == set()
    state = "SELECT takedowns_log_state(ARRAY[%s]::uuid[])"
    for name in ("absent_officer", "stranger"):
        with acting_as(people.actor(name)):
            assert ask(state, people.operation.pk) == [(None,)], name
    for name in ("officer", "platform_contact"):
        with acting_as(people.actor(name)):
            assert ask(state, people.operation.pk) != [(None,)], name
    with acting_as(NOBODY):
        assert ask(state, people.operation.pk) == [(None,)]


def test_how_many_keys_a_platform_has_is_told_to_agencies_alone(people: People) -> None:
    create(name="x", platform=Platform.objects.get(pk="telegram"), scopes=[Scope.DECISIONS_WRITE])
    asked = "SELECT takedowns_valid_keys('telegram', ''), takedowns_valid_keys('telegram', %s)"
    for name, told_them in (("officer", [(1, 0)]), ("platform_contact", [(0, 0)]), ("stranger", [(0, 0)])):
        with acting_as(people.actor(name)):
            assert ask(asked, Scope.REFERRALS_READ) == told_them, name


def test_a_key_is_found_by_whoever_knows_its_secret(people: People) -> None:
    key, text = create(name="x", platform=Platform.objects.get(pk="telegram"))
    asked = "SELECT id FROM takedowns_key_of(%s, %s)"
    assert ask(asked, key.prefix, key.secret_hash) == [(key.pk,)]
    for digest in ("", "0" * 64, "%", None):
        assert ask(asked, key.prefix, digest) == [], digest
    assert check(text, by=CalledFrom("192.0.2.1")) == key


def test_an_outlet_is_seen_by_whoever_sees_a_referral_of_one_of_its_items(people: People) -> None:
    with acting_as(SYSTEM):
        outlet = Outlet.objects.create(name="Watched")
    make_referrals(people.operation, people.agency, ["https://t.me/demo_a", "https://t.me/demo_b"])
    with acting_as(SYSTEM):
        Item.objects.update(outlet=outlet)
    for name, sees in (
        ("officer", True),
        ("other_officer", True),
        ("auditor", True),
        ("absent_officer", False),
    ):
        with acting_as(people.actor(name)):
            assert ask("SELECT takedowns_sees_outlet(%s)", outlet.pk) == [(sees,)], name
            assert Outlet.objects.exists() == sees, name
    with acting_as(NOBODY):
        assert ask("SELECT takedowns_sees_outlet(%s)", outlet.pk) == [(False,)]
