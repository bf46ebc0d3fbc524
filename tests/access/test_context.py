"""Who asks is signed by the application: no statement of somebody else's making widens what the web role sees or writes."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client
from psycopg.errors import InsufficientPrivilege

from takedowns.access import actor, context
from takedowns.access.actor import NOBODY, SYSTEM, Actor, acting_as
from takedowns.access.context import SAY, everything, keep_keys
from takedowns.access.models import ContextKey
from takedowns.access.origin import coming_from
from takedowns.directory.keys import create
from takedowns.postgres.trouble import ClocksDifferError
from takedowns.referrals.models import Referral
from tests.factories import make_referrals, undone
from tests.people import People, make_people


def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def told() -> str:
    return str(run("SELECT current_setting('takedowns.actor')")[0][0])


@pytest.fixture
def referral(people: People) -> Any:
    return make_referrals(people.operation, people.agency, ["https://t.me/demo_a"])[0]


def forgeries(own: str, people: People) -> list[str]:
    """Return what somebody could say who knows the form, a signature of their own, and the names of everybody."""
    at, signature = own.split("|", maxsplit=1)[0], own.rsplit("|", 1)[1]
    now = f"{time.time():.3f}"
    return [
        f"{now}|on||||{'0' * 64}",
        own.replace(at, now, 1),
        f"{at}|on||||{signature}",
        f"{at}|on||||{'0' * 64}",
        f"{at}|on|||",
        f"{own}|on",
        f"{at}||{people.agency.pk}||{people.officer.pk}|{signature}",
        own.replace(f"{at}||", f"{at}|on|", 1),
        own.replace("|", "||", 1),
        f"{own[:-1]}{'0' if own[-1] != '0' else '1'}",
        "on",
        "|" * 5 + signature,
    ]


@pytest.mark.parametrize("who", ["absent_officer", "stranger", "platform_contact"])
def test_a_statement_of_somebody_elses_making_widens_nothing(people: People, referral: Any, who: str) -> None:
    with acting_as(people.actor(who)):
        for forged in forgeries(told(), people):
            with transaction.atomic():
                run(
                    "SELECT set_config('takedowns.actor', coalesce(nullif(takedowns_bound(%s), ''), %s), true)",
                    forged,
                    forged,
                )
                assert run("SELECT id FROM referrals_referral") == [], forged
                assert run("UPDATE referrals_referral SET tier = 1 RETURNING 1") == [], forged
        # As it was said before there was a signature.
        for setting, value in (
            ("everything", "on"),
            ("agencies", str(people.agency.pk)),
            ("person", str(people.officer.pk)),
        ):
            run(f"SELECT set_config('takedowns.{setting}', %s, true)", value)
        assert run("SELECT id FROM referrals_referral") == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM access_contextkey",
        "INSERT INTO access_contextkey VALUES ('x', 'x', 'x')",
        "UPDATE access_contextkey SET inner_pad = ''",
        "DELETE FROM access_contextkey",
        "TRUNCATE access_contextkey",
        "CREATE OR REPLACE FUNCTION takedowns_actor() RETURNS text[] LANGUAGE sql AS $$SELECT ARRAY['', 'on']$$",
        "ALTER FUNCTION takedowns_actor() SECURITY INVOKER",
        "ALTER TABLE referrals_referral DISABLE ROW LEVEL SECURITY",
        "CREATE POLICY open ON referrals_referral USING (true)",
        "SET ROLE takedowns_owner",
        "SET SESSION AUTHORIZATION takedowns_owner",
    ],
)
def test_the_web_role_reads_no_key_and_changes_no_rule(people: People, statement: str) -> None:
    with pytest.raises(ProgrammingError) as refused, acting_as(people.actor("officer")):
        run(statement)
    assert isinstance(refused.value.__cause__, InsufficientPrivilege), statement


@pytest.fixture
def in_anothers_name(people: People) -> list[tuple[str, str]]:
    """What a statement may set to be taken for somebody else, now and as it was told before it was signed."""
    colleague = str(people.reviewer.pk)
    said = context.token(
        person=people.officer.pk, everything=True, doer=people.officer.pk, origin="page 192.0.2.1"
    )
    [(signed,)] = run("SELECT takedowns_bound(%s)", said)  # good for the whole test, which is one transaction
    return [
        ("takedowns.doer", colleague),
        ("takedowns.doing_for", str(people.other_agency.pk)),
        ("takedowns.origin", "page 203.0.113.99"),
        ("takedowns.actor", signed.replace(str(people.officer.pk), colleague)),
        ("takedowns.actor", signed.replace("192.0.2.1", "203.0.113.99")),
    ]


def test_an_entry_of_the_ledger_names_who_did_it_whatever_a_statement_sets(
    people: People, referral: Any, in_anothers_name: list[tuple[str, str]]
) -> None:
    for setting, value in in_anothers_name:
        with undone(), coming_from("page 192.0.2.1"), acting_as(people.actor("officer")), acting_as(SYSTEM):
            run("SELECT set_config(%s, %s, true)", setting, value)
            if setting == "takedowns.actor":  # who asks is then nobody, who does nothing
                with pytest.raises(ProgrammingError), transaction.atomic():
                    run("INSERT INTO referrals_outlet (id, name) VALUES (%s, 'x')", uuid4())
                with pytest.raises(ProgrammingError), transaction.atomic():
                    run("SELECT takedowns_note_entry('export', 'x', '{}', '{}')")
                continue
            run("INSERT INTO referrals_outlet (id, name) VALUES (%s, 'x')", uuid4())
            run("SELECT takedowns_note_entry('export', 'x', '{}', '{}')")
            kept = run("SELECT person_id, agency_id, origin FROM ledger_entry ORDER BY number DESC LIMIT 2")
        assert kept == [(people.officer.pk, people.agency.pk, "page 192.0.2.1")] * 2, setting


def test_no_event_is_written_in_anothers_name_or_from_elsewhere(
    people: People, referral: Any, in_anothers_name: list[tuple[str, str]]
) -> None:
    event = (
        "INSERT INTO referrals_event (id, item_id, referral_id, at, kind, actor_id, details) SELECT takedowns_uuid7(), item_id,"
        " id, now(), 'acknowledge', %s, '{}' FROM referrals_referral RETURNING actor_id, origin"
    )
    with undone(), coming_from("page 192.0.2.1"), acting_as(people.actor("officer")), acting_as(SYSTEM):
        assert run(event, people.officer.pk) == [(people.officer.pk, "page 192.0.2.1")]
        for setting, value in [("takedowns.unused", "x"), *in_anothers_name]:
            written = None
            with suppress(ProgrammingError), transaction.atomic():
                run("SELECT set_config(%s, %s, true)", setting, value)
                written = run(event, people.reviewer.pk)
                transaction.set_rollback(True)
            # Refused; or, where nobody is believed to ask any more, there is nothing to write of.
            assert written == ([] if setting == "takedowns.actor" else None), setting
        run("SELECT set_config('takedowns.origin', 'page 203.0.113.99', true)")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            run(event, people.officer.pk)


def test_the_roles_of_others_are_told_to_no_statement_of_somebody_elses_making(people: People) -> None:
    own = context.token(person=people.officer.pk)
    asked = "SELECT role FROM takedowns_roles_of(%s)"
    assert run(asked, own) == [("officer",)]
    for forged in (
        own.replace(str(people.officer.pk), str(people.administrator.pk)),
        "",
        str(people.administrator.pk),
    ):
        assert run(asked, forged) == [], forged


def test_turning_row_security_off_shows_nothing_more(people: People, referral: Any) -> None:
    with acting_as(people.actor("stranger")):
        run("SET LOCAL row_security = off")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            run("SELECT id FROM referrals_referral")


def test_a_temporary_table_in_the_place_of_the_keys_signs_nothing(people: People, referral: Any) -> None:
    with acting_as(people.actor("stranger")):
        run(
            "CREATE TEMPORARY TABLE access_contextkey AS"
            " SELECT 'x'::text AS id, ''::bytea AS inner_pad, ''::bytea AS outer_pad"
        )
        run("SET LOCAL search_path = pg_temp, public")
        said = f"{time.time()}|on|||"
        run(
            "SELECT set_config('takedowns.actor',"
            " %s || '|' || encode(sha256(sha256(convert_to(%s, 'UTF8'))), 'hex'), true)",
            said,
            said,
        )
        assert run("SELECT takedowns_asks_everything()") == [(False,)]
        assert run("SELECT id FROM referrals_referral") == []


def test_what_was_signed_before_is_of_no_use_later(
    people: People, referral: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = time.time() - 6 * 60
    with monkeypatch.context() as patched:
        patched.setattr(context.time, "time", lambda: then)
        old = everything()
    with acting_as(people.actor("stranger")):
        run(SAY, old)
        assert run("SELECT id FROM referrals_referral") == []
        run(SAY, everything())
        assert run("SELECT id FROM referrals_referral") == [(referral,)], "only the age was wrong"


def test_where_the_clock_is_behind_the_databases_that_is_said_and_not_that_there_is_nothing(
    people: People, referral: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(people.officer)
    client.raise_request_exception = False  # as a browser has it
    program = Client(headers={"Authorization": f"Bearer {create(name='x', agency=people.agency)[1]}"})
    program.raise_request_exception = False
    now = time.time
    for behind, expected in ((4 * 60, 200), (6 * 60, 503)):
        monkeypatch.setattr(time, "time", lambda behind=behind: now() - behind)
        page, call = client.get("/operations/RAD19/referrals/"), program.get("/api/v1/operations")
        assert (page.status_code, call.status_code) == (expected, expected)
    assert page["Retry-After"] == call["Retry-After"] == "60"
    assert "The clocks of the servers differ" in page.content.decode()
    assert call.json()["type"] == "/api/v1/problems/clocks-differ"
    with pytest.raises(ClocksDifferError), acting_as(SYSTEM):
        pass  # a job fails, and is tried again, where it did nothing and was done


def test_a_transaction_during_which_the_clock_is_set_back_fails_as_that(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time
    with acting_as(people.actor("officer")):
        monkeypatch.setattr(
            time, "time", lambda: now() - 3600
        )  # the database's too, which has its transaction's from before
        with pytest.raises(ClocksDifferError), acting_as(SYSTEM):
            pass


@pytest.mark.django_db(transaction=True)
def test_what_was_set_for_one_transaction_is_of_no_use_in_another() -> None:
    """Taken along from within a write, it shows nothing in another connection at the same time, nor in the same one afterwards."""
    people = make_people()
    make_referrals(people.operation, people.agency, ["https://t.me/demo_a"])
    shown = "SELECT count(*) FROM referrals_referral"
    unnamed = psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor})
    with unnamed as other:
        with acting_as(people.actor("officer")), acting_as(SYSTEM):
            stolen = told()
            assert run(shown) == [(1,)]
            other.execute("SELECT set_config('takedowns.actor', %s, true)", [stolen])
            assert other.execute(shown).fetchone() == (0,)
            other.execute(SAY, [stolen])  # nor is it made good for that one
            assert other.execute(shown).fetchone() == (0,)
            assert other.execute("SELECT role FROM takedowns_roles_of(%s)", [stolen]).fetchall() == []
        pid = run("SELECT pg_backend_pid()")
        with acting_as(people.actor("stranger")):
            assert run("SELECT pg_backend_pid()") == pid
            run("SELECT set_config('takedowns.actor', %s, true)", stolen)
            assert run(shown) == [(0,)]
        other.rollback()
        other.execute("SELECT set_config('takedowns.actor', %s, false)", [stolen])
        other.commit()
        assert other.execute(shown).fetchone() == (0,)


def test_what_the_application_signed_stands_in_no_setting_that_a_statement_reads(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: list[str] = []
    monkeypatch.setattr(actor, "token", lambda **said: signed.append(context.token(**said)) or signed[-1])
    with acting_as(SYSTEM):
        kept = told()
    [own] = signed[:1]
    assert own.startswith(str(int(time.time()))[:6])
    assert kept.startswith("at ")
    assert own not in kept
    assert own.rsplit("|", 1)[1] not in kept
    with acting_as(people.actor("stranger")):
        run("SELECT set_config('takedowns.actor', %s, true)", own)
        assert run("SELECT takedowns_asks_everything()") == [(False,)], "only what is bound is believed"


def test_what_was_told_stands_in_no_list_of_statements(people: People) -> None:
    signed = everything()
    with transaction.atomic(), connection.server_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(
            "SELECT public.takedowns_bound(%s), query FROM pg_stat_activity WHERE pid = pg_backend_pid()",
            [signed],
        )
        bound, shown = cursor.fetchone()
    assert bound.startswith("at ")
    assert signed not in shown
    assert "$1" in shown


def test_it_is_one_statement_a_transaction(people: People, django_assert_num_queries: Any) -> None:
    officer = people.actor("officer")
    with transaction.atomic(), django_assert_num_queries(4), acting_as(officer):
        pass  # a savepoint, who asks, who asked before, and the savepoint's release


def test_nobody_is_told_as_nobody(people: People, referral: Any) -> None:
    with acting_as(NOBODY):
        assert told() == ""
        assert Referral.objects.count() == 0


def test_agencies_platforms_and_person_arrive_as_they_were_said(people: People) -> None:
    agencies = {uuid4(): frozenset({"officer"}), uuid4(): frozenset({"reviewer"})}
    actor = Actor(people.officer.pk, agencies, frozenset({"telegram", "youtube"}))
    with acting_as(actor):
        assert run(
            "SELECT takedowns_asks_everything(), takedowns_asking_agencies(), takedowns_asking_platforms(),"
            " takedowns_asking_person()"
        ) == [(False, sorted(agencies, key=str), ["telegram", "youtube"], people.officer.pk)]


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_a_new_secret_key_is_believed_after_migrate_and_the_old_one_while_it_is_a_fallback(
    settings: Any,
) -> None:
    old, new = settings.SECRET_KEY, "another long enough secret key of an installation"
    settings.SECRET_KEY = new
    assert "takedowns.E006" in {one.id for one in run_checks(databases=["default"])}
    settings.SECRET_KEY_FALLBACKS = [old]
    try:
        keep_keys("owner")
        for secret in (new, old):
            settings.SECRET_KEY = secret
            with acting_as(SYSTEM):
                assert run("SELECT takedowns_asks_everything()") == [(True,)]
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, []
        keep_keys("owner")
        settings.SECRET_KEY = old
        with acting_as(SYSTEM):
            assert run("SELECT takedowns_asks_everything()") == [(False,)]
        assert ContextKey.objects.using("owner").count() == 1
    finally:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = old, []
        keep_keys("owner")
