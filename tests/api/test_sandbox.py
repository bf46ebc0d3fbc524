"""A test key works on invented referrals: it sees nothing real, and whatever it does changes nothing real."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.api.sandbox import NUMBER, ORDERS, ensure_filled, reset
from takedowns.directory.keys import create
from takedowns.directory.models import ApiKey, Platform
from takedowns.postgres.sandbox import rebuild
from takedowns.referrals.models import Referral
from takedowns.sending.dispatch import reading_the_api
from tests.api.conftest import Program, World
from tests.api.test_access import ROUTES, _filled, _path

#: What calling leaves behind, about the key itself.
#: Of keys, test keys too: what they used, what they were answered, and that they looked.
ABOUT_KEYS = {"api_accesstoken", "api_usage", "api_keptanswer", "directory_apikey", "access_log_look"}


@pytest.fixture
def tester(world: World) -> Program:
    """A test key of Telegram's."""
    return Program(create(name="trial", platform=Platform.objects.get(pk="telegram"), test=True)[1])


@pytest.fixture
def agency_tester(world: World) -> Program:
    """A test key of an agency that has real referrals."""
    return Program(create(name="trial", agency=world.people.agency, test=True)[1])


def everything_real() -> dict[str, str]:
    """Return a digest of each real table, as the owner of the transaction sees it."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND has_table_privilege(oid, 'SELECT') ORDER BY 1"
        )
        tables = {name for (name,) in cursor.fetchall()} - ABOUT_KEYS
        found = {}
        for table in tables:
            # That a key was replaced is kept in the records like that of any key; nothing else there may change.
            about_others = {
                "directory_directorychange": "WHERE kind <> 'key'",
                "ledger_entry": "WHERE what NOT IN ('directory_apikey', 'directory_directorychange')",
                # A job about the sandbox's webhooks works there.
                "procrastinate_jobs": "WHERE NOT args ? 'sandbox'",
                "procrastinate_events": "WHERE job_id IN (SELECT id FROM public.procrastinate_jobs WHERE NOT args ? 'sandbox')",
            }.get(table, "")
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(one::text, '|' ORDER BY one::text), '')) FROM public.{table} AS one {about_others}"
            )
            found[table] = cursor.fetchone()[0]
    return found


def test_a_test_key_says_so(tester: Program) -> None:
    assert tester.text.startswith("tkd_test_")
    assert tester.get("key").json()["test"] is True
    as_real = Program(tester.text.replace("tkd_test_", "tkd_"))
    assert as_real.get("key").status_code == 401, "the same secret is no real key"


def test_it_finds_invented_referrals_and_nothing_real(tester: Program, world: World) -> None:
    found = tester.get("referrals?limit=1000").json()["referrals"]
    assert len(found) == NUMBER
    assert {one["operation"] for one in found} == {"SANDBOX"}
    assert all(one["item"]["url"].startswith("https://sandbox.example/") for one in found)
    for one in world.made:
        assert tester.get(f"referrals/{one}").status_code == 404
        assert tester.get(f"referrals/{world.reference(one)}").status_code == 404
        assert tester.post(f"referrals/{one}/decision", {"verdict": "acknowledge"}).status_code == 404
    assert [one["reference"] for one in tester.get("operations").json()["operations"]] == ["SANDBOX"]
    assert tester.get("operations/RAD19/statistics").status_code == 404


def test_an_invented_item_is_found_in_any_spelling(tester: Program) -> None:
    one = tester.get("referrals?limit=1").json()["referrals"][0]
    place = one["item"]["url"].removeprefix("https://")
    for spelling in (f"https://{place}", place, f"http://{place.replace('sandbox', 'SANDBOX', 1)}"):
        found = tester.get(f"referrals?url={spelling}").json()["referrals"]
        assert [each["id"] for each in found] == [one["id"]], spelling
    assert tester.get("referrals?url=https://sandbox.example/telegram/0/1").json()["referrals"] == []


def test_a_whole_cycle_is_answered_counted_and_told(tester: Program) -> None:
    found = tester.get("referrals?limit=1000").json()["referrals"]
    rows = [{"referral": one["id"], "verdict": "remove", "action": "visibility_removed"} for one in found]
    answered = tester.post("decisions", {"decisions": rows[:-1]}, **{"Idempotency-Key": "once"}).json()
    assert (answered["moved"], answered["refused"]) == (NUMBER - 1, 0)
    again = tester.post("decisions", {"decisions": rows[:-1]}, **{"Idempotency-Key": "once"})
    assert again["Idempotency-Replayed"] == "true"
    assert len(tester.get("referrals?status=removed&limit=1000").json()["referrals"]) == NUMBER - 1
    told = tester.get(f"referrals/{found[0]['id']}").json()
    assert [one["change"] for one in told["history"]] == ["refer", "remove"]
    assert told["reference"] == tester.get(f"referrals/{found[0]['reference']}").json()["reference"]
    figures = tester.get("operations/SANDBOX/statistics").json()["figures"]
    assert figures["total"]["removed"] == NUMBER - 1


def test_a_removal_order_is_tried_from_receipt_to_annex_ii(tester: Program) -> None:
    found = tester.get("referrals?instrument=removal_order").json()["referrals"]
    assert len(found) == ORDERS
    path = f"referrals/{found[0]['id']}/order"
    assert tester.get(path).json()["clock"] == "unreceived"
    document = tester.get(f"{path}/document").content
    assert document.startswith(b"%PDF")
    assert hashlib.sha256(document).hexdigest() == tester.get(path).json()["sha256"]
    now = f"{timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    assert tester.post(f"{path}/receipt", {"received_at": now}).status_code == 200
    assert tester.get(path).json()["clock"] == "running"
    answer = {"outcome": "removed", "acted_at": now, "signatory": "N. N., counsel"}
    answered = tester.post(f"{path}/feedback", answer)
    assert answered.status_code == 200, answered.content
    assert tester.get(path).json()["clock"] == "met"


def test_it_begins_anew_when_asked(tester: Program, world: World) -> None:
    before = {one["id"] for one in tester.get("referrals?limit=1000").json()["referrals"]}
    tester.post("decisions", {"decisions": [{"referral": one, "verdict": "acknowledge"} for one in before]})
    assert tester.post("sandbox/reset", {}).json() == {"referrals": NUMBER}
    after = tester.get("referrals?limit=1000").json()["referrals"]
    assert {one["status"] for one in after} == {"referred"}
    assert not before & {one["id"] for one in after}
    assert world.telegram.post("sandbox/reset", {}).status_code == 403


def test_an_agency_hands_in_and_follows_it_in_the_sandbox(agency_tester: Program, world: World) -> None:
    body = {"operation": "SANDBOX", "rows": [{"url": "https://t.me/demo_lantern/1"}]}
    handed_in = agency_tester.post("submissions", body)
    assert handed_in.status_code == 201, handed_in.content
    assert handed_in.json()["counts"]["new"] == 1, "that a real referral has the item is not known here"
    path = f"submissions/{handed_in.json()['id']}"
    assert agency_tester.get(path).status_code == 200
    assert world.north.get(path).status_code == 404
    assert agency_tester.get(f"{path}/rows").json()["rows"][0]["outcome"] == "new"
    looked_up = agency_tester.get("identify?url=t.me/demo_lantern/2").json()
    assert looked_up["referrals"] == []
    assert looked_up["elsewhere"] is False
    assert agency_tester.post("submissions", {**body, "operation": "RAD19"}).status_code == 404
    assert agency_tester.post("sandbox/reset", {}).json() == {"referrals": NUMBER}
    assert agency_tester.get(path).status_code == 404


@pytest.mark.parametrize("kind", ["platform", "agency"])
def test_no_route_lets_a_test_key_touch_or_see_anything_real(
    kind: str, tester: Program, agency_tester: Program, world: World
) -> None:
    program = tester if kind == "platform" else agency_tester
    paths = {
        route: _path(route, world)
        for route in {route for _, route in ROUTES if not route.startswith("webhook-")}
    }
    with acting_as(SYSTEM):
        secrets = [str(pk) for pk in Referral.objects.values_list("pk", flat=True)]
    calls = [
        (
            method,
            route,
            paths.get(route) or paths["webhook"] + route.removeprefix("webhook").replace("-", "/"),
            body,
        )
        for (method, route), (body, _) in ROUTES.items()
    ]
    inside = program.get("referrals").json()["referrals"][0]["id"]
    before = everything_real()
    statuses: dict[str, set[int]] = {}
    for method, route, path, body in calls:
        for there, operation in ((str(world.made[0]), "RAD19"), (inside, "SANDBOX")):
            asked = path.replace(str(world.made[0]), there).replace("RAD19", operation)
            given = _replaced(_filled(body, world), {str(world.made[0]): there, "RAD19": operation})
            response = program.call(method, asked, given)
            said = b"".join(response) if response.streaming else response.content
            assert response.status_code < 500, (method, asked, said)
            told = said.decode().replace(there, "")
            assert not [one for one in secrets if one in told], (method, asked)
            assert "demo_quay" not in told
            statuses.setdefault(route, set()).add(response.status_code)
    assert everything_real() == before
    of_real = {"webhook", "webhook-rotate", "webhook-ping", "webhook-deliveries", "webhook-replay"}
    assert {route for route in of_real if statuses[route] != {404}} == set(), "a real endpoint is none here"
    assert 200 in statuses["referral"]


def test_nothing_of_the_sandbox_shows_to_real_keys_and_to_those_who_see_everything(
    tester: Program, agency_tester: Program, world: World
) -> None:
    before = {
        path: world.telegram.get(path).json()
        for path in ("referrals?limit=1000", "operations", "changes?limit=1000")
    }
    in_all = [
        one["id"]
        for program in (tester, agency_tester)
        for one in program.get("referrals").json()["referrals"]
    ]
    tester.post("decisions", {"decisions": [{"referral": in_all[0], "verdict": "acknowledge"}]})
    for path, told in before.items():
        assert world.telegram.get(path).json() == told
    for name in ("telegram", "north"):
        for one in in_all[:3]:
            assert world.program(name).get(f"referrals/{one}").status_code == 404
    with acting_as(Actor.of(world.people.auditor)):
        assert not Referral.objects.filter(pk__in=in_all).exists()
    with acting_as(SYSTEM):
        assert not Referral.objects.filter(pk__in=in_all).exists()


def test_a_platform_with_nothing_but_a_test_key_still_gets_its_file(world: World) -> None:
    ApiKey.objects.all().delete()
    create(name="trial", platform=Platform.objects.get(pk="telegram"), test=True)
    assert reading_the_api(["telegram"]) == set()


def test_its_successor_is_a_test_key_too(tester: Program) -> None:
    rotated = tester.post("key/rotate", {"overlap_hours": 1}).json()
    assert rotated["key"].startswith("tkd_test_")
    assert Program(rotated["key"]).get("key").json()["test"] is True


def test_a_test_key_may_be_given_what_a_real_one_may(tester: Program, world: World) -> None:
    scopes = tester.get("key").json()["scopes"]
    assert "webhooks:manage" in scopes
    assert scopes == world.telegram.get("key").json()["scopes"]


def test_only_a_test_key_gets_in(world: World) -> None:
    real = Actor(platforms=frozenset({"telegram"}))
    for act in (ensure_filled, reset):
        with pytest.raises(ValueError, match="test key"):
            act(real)


def test_the_copy_is_rebuilt_only_where_the_real_tables_changed(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT real.tablename FROM pg_tables AS real WHERE schemaname = 'public'"
            " AND tablename ~ '^(referrals|holds|duties|evidence|fingerprints|orders|complaints|sending|wallboard|intake|figures|verification|webhooks)_' AND NOT EXISTS"
            " (SELECT 1 FROM pg_tables AS copy WHERE copy.schemaname = 'sandbox' AND copy.tablename = real.tablename)"
        )
        assert cursor.fetchall() == [], "every table of the work has its copy"


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_second_rebuild_changes_nothing() -> None:
    assert rebuild("owner") is False


def _replaced(body: Any, names: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: _replaced(value, names) for name, value in body.items()}
    if isinstance(body, list):
        return [_replaced(value, names) for value in body]
    return names.get(body, body) if isinstance(body, str) else body
