"""Each part of the application connects as a role of its own: what that may do is listed, and what it may not is refused by the server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from psycopg.errors import InsufficientPrivilege

from takedowns.access.context import SAY, everything
from takedowns.access.parts import part_of
from takedowns.directory.models import User
from takedowns.postgres.checks import check_parts
from takedowns.postgres.cluster import SUPERUSER
from takedowns.postgres.grants import grant, may, roles_of_parts
from takedowns.postgres.narrowing import ONLY_UPDATED, WITHHELD
from takedowns.postgres.parts import Part, connected_as, role_of
from takedowns.postgres.rights import RIGHTS
from takedowns.retention.services import classes
from tests.people import People, make_people

LETTERS = {"SELECT": "S", "INSERT": "I", "UPDATE": "U", "DELETE": "D"}
SECRETS = (
    "SELECT password FROM directory_user",
    "SELECT * FROM directory_user",
    "SELECT directory_user::text FROM directory_user",
    "SELECT to_jsonb(person) FROM directory_user AS person",
    "SELECT count(*) FROM directory_user WHERE password LIKE 'a%'",
    "SELECT id FROM directory_user ORDER BY password",
    "UPDATE directory_user SET language = password RETURNING language",
    "COPY directory_user TO STDOUT",
    "SELECT session_data FROM django_session",
    "SELECT data FROM mfa_authenticator",
    "SELECT key FROM account_emailconfirmation",
    "SELECT email FROM account_emailaddress",
    "SELECT token FROM socialaccount_socialtoken",
    "SELECT secret FROM socialaccount_socialapp",
    "SELECT secret_hash FROM directory_apikey",
    "SELECT secret_hash FROM accounts_invitation",
    "SELECT digest FROM sending_answercode",
    "SELECT inner_pad FROM access_contextkey",
    "SELECT moments FROM accounts_cache",
    "SELECT rolpassword FROM pg_authid",
    "SELECT query_to_xml('SELECT password FROM directory_user', true, false, '')",
    "SELECT pg_read_file('postgresql.conf')",
)
CHANGES = (
    "INSERT INTO ledger_entry (number) VALUES (1)",
    "UPDATE ledger_entry SET what = 'x'",
    "DELETE FROM ledger_entry",
    "INSERT INTO ledger_seal (first) VALUES (1)",
    "UPDATE ledger_salts SET salts = NULL",
    "INSERT INTO ledger_head (size) VALUES (1)",
    "INSERT INTO ledger_signingkey (name) VALUES ('x')",
    "TRUNCATE referrals_event",
    "UPDATE referrals_event SET kind = 'x'",
    "DELETE FROM access_log_look",
    "UPDATE directory_user SET is_superuser = true, is_staff = true",
    "UPDATE directory_user SET email = 'x@example.org'",
    "UPDATE directory_user SET password = 'x'",
    "INSERT INTO directory_user (email) VALUES ('x@example.org')",
    "INSERT INTO directory_membership (role) VALUES ('administrator')",
    "UPDATE directory_membership SET role = 'administrator'",
    "INSERT INTO django_session (session_key) VALUES ('x')",
    "DELETE FROM mfa_authenticator",
    "UPDATE directory_apikey SET secret_hash = 'x'",
    "UPDATE accounts_invitation SET accepted_at = NULL",
    "UPDATE figures_standing SET referred = false",
    "DELETE FROM figures_cursor",
    "UPDATE notices_noticecursor SET xid = '1'",
    "DELETE FROM procrastinate_jobs",
    "INSERT INTO operating_backup (name) VALUES ('x')",
    "DELETE FROM django_migrations",
    "SELECT setval('takedowns_log_epoch', 9)",
    "CREATE TABLE public.planted (id int)",
    "CREATE FUNCTION public.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE directory_user DISABLE ROW LEVEL SECURITY",
    "DROP POLICY visible ON referrals_referral",
    "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "CREATE ROLE planted",
)
BECOMING = "takedowns_app takedowns_sign_in takedowns_worker takedowns_owner postgres"


@pytest.fixture
def web(db: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection that logged in as the pages do, with nothing of Django's between."""
    with connected_as(Part.WEB):
        parameters = connection.get_connection_params()
    with psycopg.connect(
        **parameters | {"user": role_of(Part.WEB), "cursor_factory": psycopg.Cursor}
    ) as there:
        there.autocommit = True
        yield there


def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def test_every_table_is_on_the_list_once(db: None) -> None:
    listed = [table for one in RIGHTS for table in one.tables.split()]
    found = ask(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    )
    assert sorted(listed) == sorted(name for (name,) in found)
    assert all(one.why for one in RIGHTS)


def test_the_server_lets_each_part_do_what_is_listed_and_no_more(db: None) -> None:
    found = ask(
        """
        SELECT may.grantee::regrole::text, relname, may.privilege_type, NULL FROM pg_class, aclexplode(relacl) AS may
        WHERE relkind IN ('r', 'p', 'v') AND relnamespace = 'public'::regnamespace AND may.grantee <> relowner
        UNION ALL
        SELECT may.grantee::regrole::text, relname, may.privilege_type, attname FROM pg_class
        JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl) AS may
        WHERE relnamespace = 'public'::regnamespace AND may.grantee <> relowner
        """
    )
    columns: dict[str, set[str]] = {}
    for table, column in ask(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    ):
        columns.setdefault(table, set()).add(column)
    for part, role in roles_of_parts().items():
        whole = {(table, right) for who, table, right, column in found if who == role and column is None}
        some: dict[tuple[str, str], set[str]] = {}
        for who, table, right, column in found:
            if who == role and column is not None:
                some.setdefault((table, right), set()).add(column)
        assert {(table, LETTERS[right]) for table, right in whole | some.keys()} == {
            (table, letter) for one in RIGHTS for table in one.tables.split() for letter in may(part, table)
        }, part
        for (table, right), named in some.items():
            hidden = {column for (of, column), parts in WITHHELD.items() if of == table and part in parts}
            only = ONLY_UPDATED.get((table, part)) if right == "UPDATE" else None
            assert named == (set(only) if only else columns[table] - hidden), (part, table, right)
        for (table, column), parts in WITHHELD.items():
            if part in parts:
                assert {(table, "SELECT"), (table, "UPDATE")}.isdisjoint(whole), (part, table, column)


def test_what_goes_by_night_the_worker_may_delete_and_a_page_count() -> None:
    for one in classes():
        if one.table and not one.table.startswith("access_log."):
            assert "S" in may("web", one.table), one.table
            assert not one.nightly or "D" in may("worker", one.table), one.table


@pytest.mark.parametrize("told", ["nobody", "the system"])
def test_what_is_smuggled_into_a_page_reads_no_secret_and_writes_no_record(
    web: psycopg.Connection[Any], told: str
) -> None:
    got_through = []
    for statement in (*SECRETS, *CHANGES):
        try:
            with web.transaction(force_rollback=True):
                if told == "the system":  # as where a service asks as the system on the way
                    web.execute(SAY, [everything()])
                    assert web.execute("SELECT takedowns_asks_everything()").fetchone() == (True,)
                with psycopg.ClientCursor(web) as cursor:
                    cursor.execute(statement)
            got_through.append(statement)
        except InsufficientPrivilege:
            pass
    assert got_through == []


def test_it_becomes_no_other_role_and_no_other_session_of_it(web: psycopg.Connection[Any]) -> None:
    assert web.execute("SELECT session_user, current_user").fetchone() == ("takedowns_web", "takedowns_web")
    for role in BECOMING.split():
        for statement in (
            f"SET ROLE {role}",
            f"SELECT set_config('role', '{role}', false)",
            f"SET SESSION AUTHORIZATION {role}",
            f"GRANT {role} TO takedowns_web",
        ):
            with pytest.raises(psycopg.Error) as refused:
                web.execute(statement)
            assert refused.value.sqlstate in ("42501", "22023", "0LP01"), statement
    web.execute("RESET ROLE")
    assert web.execute("SELECT current_user").fetchone() == ("takedowns_web",)


def test_it_widens_nothing_by_what_is_set(web: psycopg.Connection[Any]) -> None:
    for value in ("on", "1|on||||||||x", everything().replace("|on|", "||", 1), everything()[:-1] + "x"):
        with web.transaction():
            web.execute("SELECT set_config('takedowns.actor', %s, true)", [value])
            web.execute("SELECT set_config('takedowns.everything', 'on', true)")
            assert web.execute("SELECT takedowns_asks_everything()").fetchone() == (False,)
            assert web.execute("SELECT count(*) FROM referrals_operation").fetchone() == (0,)


def _users_by_statement(seen: dict[str, set[str]]) -> Callable[..., Any]:
    def look(
        execute: Callable[..., Any], statement: str, values: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        found = execute(statement, values, many, context)
        seen.setdefault(context["connection"].connection.info.user, set()).add(statement)
        return found

    return look


@pytest.mark.django_db(transaction=True)
def test_a_page_logs_in_as_one_role_to_know_who_asks_and_as_another_to_answer() -> None:
    people, client, seen = make_people(), Client(), dict[str, set[str]]()
    client.force_login(people.officer)
    with connection.execute_wrapper(_users_by_statement(seen)):
        assert client.get("/operations/").status_code == 200
    assert seen.keys() == {"takedowns_sign_in", "takedowns_web"}
    of_secrets = ("django_session", "mfa_authenticator", '"password"')
    assert [one for one in seen["takedowns_web"] if any(name in one for name in of_secrets)] == []
    assert any("django_session" in one for one in seen["takedowns_sign_in"])
    assert any("referrals_operation" in one for one in seen["takedowns_web"])
    seen.clear()
    with connection.execute_wrapper(_users_by_statement(seen)):
        assert client.get("/people/").status_code in (200, 403)
        assert Client().get("/api/v1/me").status_code in (401, 404)
    assert "takedowns_web" not in seen


def test_a_person_read_by_a_page_has_no_password(people: People) -> None:
    with connected_as(Part.WEB):
        assert User.objects.get(pk=people.officer.pk).password == ""
    with connected_as(Part.SIGN_IN):
        assert User.objects.get(pk=people.officer.pk).password != ""


def test_which_part_answers_at_an_address() -> None:
    of = {
        Part.API: ["/api/v1/referrals", "/api/"],
        Part.SIGN_IN: ["/account/2fa/", "/sign-in/", "/people/", "/desk/telegram/people/", "/invitation/x/"],
        Part.WEB: [
            "/",
            "/operations/RAD19/",
            "/keys/",
            "/desk/telegram/",
            "/desk/people/",
            "/witness/add-checkpoint",
        ],
    }
    assert {path: part_of(path) for paths in of.values() for path in paths} == {
        path: part for part, paths in of.items() for path in paths
    }


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_role_that_the_server_does_not_know_is_named() -> None:
    with (
        override_settings(DATABASE_PARTS={"api": {"USER": "takedowns_nobody"}}),
        pytest.raises(CommandError, match=r"DATABASE_API_URL.*takedowns_nobody.*CREATE ROLE"),
    ):
        grant("owner")


def test_a_part_whose_role_is_not_as_it_must_be_is_refused(db: None) -> None:
    assert check_parts(["default"]) == []
    for role, wrong in (
        ("takedowns_nobody", "is not on the server"),
        (SUPERUSER, "bypasses row-level security"),
        ("pg_monitor", "has no rights yet"),
    ):
        with override_settings(DATABASE_PARTS={"api": {"USER": role}}):
            (problem,) = check_parts(["default"])
        assert (problem.id, f"'{role}' of a part {wrong}" in problem.msg) == ("takedowns.E008", True), role


def test_with_one_role_all_is_as_it_was() -> None:
    asked = "from takedowns import settings as s; print(sorted((p, r['USER']) for p, r in s.DATABASE_PARTS.items()))"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    url = "postgresql://one@localhost/takedowns"
    for given, parts in (
        ({"DATABASE_URL": url}, []),
        (
            {"DATABASE_URL": url, "DATABASE_API_URL": "postgresql://narrow@localhost/takedowns"},
            [("api", "narrow")],
        ),
    ):
        told = subprocess.run(
            [sys.executable, "-c", asked], env=plain | given, capture_output=True, text=True, check=True
        )
        assert told.stdout.strip() == str(parts)
    assert sorted(settings.DATABASE_PARTS) == sorted(Part)
