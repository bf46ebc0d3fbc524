"""Every error is problem details (RFC 9457) that say what is wrong, where, and what to do."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from takedowns.access.actor import SYSTEM
from takedowns.api.problems import PROBLEMS
from takedowns.referrals.transitions import apply_to_all
from tests.api.conftest import World


def _raw(
    world: World, method: str, path: str, content: bytes = b"", kind: str = "application/json", **headers: str
) -> Any:
    return world.telegram.client.generic(
        method,
        f"/api/v1/{path}",
        content,
        content_type=kind,
        headers={"Authorization": f"Bearer {world.telegram.text}", **headers},
    )


@pytest.mark.parametrize(
    ("method", "path", "content", "kind", "status", "name", "says"),
    [
        ("GET", "nothing", b"", "application/json", 404, "not-found", "not part of the API"),
        ("GET", "referrals/", b"", "application/json", 404, "not-found", "not part of the API"),
        ("GET", "referrals/what", b"", "application/json", 404, "not-found", "short reference"),
        ("DELETE", "referrals", b"", "application/json", 405, "method-not-allowed", "GET"),
        ("PATCH", "decisions", b"{}", "application/json", 405, "method-not-allowed", "POST"),
        ("POST", "decisions", b"<a/>", "text/xml", 415, "unsupported-media-type", "application/json"),
        ("POST", "decisions", b"", "application/json", 400, "malformed", "nothing in the body"),
        ("POST", "decisions", b"{'a': 1}", "application/json", 400, "malformed", "line 1 column"),
        ("POST", "decisions", b'{"decisions": NaN}', "application/json", 400, "malformed", "JSON"),
        ("POST", "decisions", b"[" * 100_000, "application/json", 400, "malformed", "JSON"),
        ("POST", "decisions", b'"\xff"', "application/json", 400, "malformed", "UTF-8"),
        ("POST", "decisions", b"[]", "application/json", 422, "invalid-body", ""),
        ("POST", "decisions", b"{}", "application/json", 422, "invalid-body", "#/decisions"),
        (
            "POST",
            "decisions",
            b'{"decisions": [], "atomik": 1}',
            "application/json",
            422,
            "invalid-body",
            "Known: atomic",
        ),
        (
            "POST",
            "decisions",
            b" " * (4 * 1024 * 1024 + 1),
            "application/json",
            413,
            "too-large",
            "4 194 304 bytes",
        ),
        ("GET", "referrals?limit=1001", b"", "application/json", 400, "invalid-parameter", "limit"),
        ("GET", "referrals?status=gone", b"", "application/json", 400, "invalid-parameter", "status"),
        ("GET", "referrals?colour=red", b"", "application/json", 400, "invalid-parameter", "Known: after"),
        (
            "GET",
            "referrals?due_before=2019-11-21T10:00:00",
            b"",
            "application/json",
            400,
            "invalid-parameter",
            "offset",
        ),
        ("GET", "referrals?url=not%20an%20address", b"", "application/json", 400, "invalid-parameter", "url"),
        ("GET", "changes?wait=31", b"", "application/json", 400, "invalid-parameter", "30"),
        ("GET", "operations/RAD99", b"", "application/json", 404, "not-found", "operation"),
    ],
)
def test_errors_are_problem_details(  # noqa: PLR0917
    method: str, path: str, content: bytes, kind: str, status: int, name: str, says: str, world: World
) -> None:
    response = _raw(world, method, path, content, kind)
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == f"/api/v1/problems/{name}"
    assert problem["status"] == status
    assert says in problem["detail"]
    assert not re.search("dictionary|valid choice", problem["detail"]), (
        "words of the framework, which say nothing to do"
    )
    if status == 405:
        assert response["Allow"]


def test_a_body_of_unknown_length_is_refused(world: World) -> None:
    response = _raw(world, "POST", "decisions", b"", **{"Transfer-Encoding": "chunked"})
    assert response.status_code == 411


def test_an_answer_in_another_format_is_not_offered(world: World) -> None:
    response = _raw(world, "GET", "referrals", Accept="text/html")
    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")


def test_what_nobody_foresaw_has_a_number_and_tells_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("takedowns.api.views.referrals.page", fail)
    response = _raw(world, "GET", "referrals")
    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["incident"] in response.json()["detail"]
    assert b"secret" not in response.content


def test_a_view_that_fails_has_written_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("after the write")

    monkeypatch.setattr("takedowns.api.views.decisions.shown", fail)
    path = f"referrals/{world.made[0]}/decision"
    assert world.telegram.post(path, {"verdict": "acknowledge"}).status_code == 500
    monkeypatch.undo()
    assert world.telegram.get(f"referrals/{world.made[0]}").json()["status"] == "referred"


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_type_leads_to_its_explanation_without_a_key(name: str) -> None:
    response = Client().get(f"/api/v1/problems/{name}")
    assert response.status_code == 200
    assert response.json()["remedy"] == PROBLEMS[name].remedy
    assert response.json()["status"] == PROBLEMS[name].status


def test_a_browser_is_shown_a_page_and_a_program_json() -> None:
    for accept in ("text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"):
        page = Client().get("/api/v1/problems/rate-limited", headers={"accept": accept})
        assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert PROBLEMS["rate-limited"].remedy in page.content.decode()
        unknown = Client().get("/api/v1/problems/whatever", headers={"accept": accept})
        assert (unknown.status_code, unknown["Content-Type"]) == (404, "application/problem+json")
        assert "no such problem" in unknown.content.decode()
    for accept in ("*/*", "application/json", "application/problem+json, application/json"):
        told = Client().get("/api/v1/problems/rate-limited", headers={"accept": accept})
        assert told.json()["remedy"] == PROBLEMS["rate-limited"].remedy


def test_the_explanations_need_no_key_and_others_do_not_exist() -> None:
    assert Client().get("/api/v1/problems/whatever").status_code == 404
    assert Client().get("/api/v2/referrals").json()["type"] == "/api/v1/problems/not-found"


def test_a_statement_that_takes_too_long_is_cancelled(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*_: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")

    monkeypatch.setattr("takedowns.api.views.referrals.page", slowly)
    settings.API_STATEMENT_SECONDS = 0.05
    refused = world.telegram.get("referrals")
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert refused.json()["type"] == "/api/v1/problems/too-slow"


@pytest.mark.django_db
def test_an_unknown_host_is_a_problem_for_programs_and_a_page_for_people() -> None:
    for path in ("/api/v1/referrals", "/api/", "/api/v1/schema"):
        refused = Client().get(path, headers={"host": "elsewhere.example"})
        assert refused.status_code == 400
        assert refused["Content-Type"] == "application/problem+json"
        assert refused.json()["type"] == "/api/v1/problems/malformed"
        assert "Host" in refused.json()["detail"]
    assert Client().get("/", headers={"host": "elsewhere.example"})["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_what_fails_outside_every_view_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_database(self: object, request: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("takedowns.access.middleware.ActorMiddleware.__call__", no_database)
    failed = Client(raise_request_exception=False).get("/api/v1/referrals")
    assert (failed.status_code, failed["Content-Type"]) == (500, "application/problem+json")
    assert failed.json()["type"] == "/api/v1/problems/internal"
    assert "connection" not in failed.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "changes?after=%00",
        "referrals?url=%00",
        "referrals?operation=a%00b",
        "referrals?%00=1",
        "referrals/%00",
        "referrals/RAD19-7F3K-22Q%00",
        "referrals/%00/order",
        "operations/%00",
        "referrals?limit=%C2%B2",
        "changes?wait=%D9%A3x",
        "referrals?tier=%C2%B9",
        "referrals?limit=99999999999999999999999",
        "referrals?after=%FF",
        "referrals?url=t.me/demo%FF%FE",
    ],
)
def test_a_nul_or_an_odd_number_in_an_address_is_told_and_never_fails(world: World, path: str) -> None:
    answer = world.telegram.get(path)
    assert answer.status_code in (400, 404), answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize("where", ["question", "referral", "puid", "\0"])
def test_a_nul_in_a_body_is_told_at_its_field_and_spoils_no_other_row(world: World, where: str) -> None:
    good = {"referral": str(world.made[0]), "verdict": "acknowledge"}
    bad = {
        "referral": str(world.made[1]),
        "verdict": "request_information",
        "question": "Which?",
        where: "a\0b",
    }
    answer = world.telegram.post("decisions", {"decisions": [good, bad]})
    assert answer.status_code == 200
    assert [one["outcome"] for one in answer.json()["results"]] == ["moved", "refused"]
    assert answer.json()["results"][1]["detail"]


@pytest.mark.parametrize("bad", ["a\0b", "\0"])
def test_a_nul_in_any_text_of_a_body_is_refused_and_nothing_is_kept(bad: str, world: World) -> None:
    apply_to_all("remove", world.made[:1], by=SYSTEM, action="visibility_removed")
    sent: list[tuple[Any, str, str, dict[str, Any]]] = [
        (
            world.telegram,
            "post",
            f"referrals/{world.made[0]}/complaints",
            {"received_at": "2019-11-21T10:00:00Z", "explanation": bad},
        ),
        (
            world.telegram,
            "put",
            "operations/RAD19/self-reports",
            {"reports": [{"day": "2019-11-21", "what": bad, "count": 1}]},
        ),
        (world.telegram, "post", "webhooks", {"url": f"https://hooks.example/{bad}"}),
        (world.telegram, "post", "webhooks", {"url": "https://hooks.example/", "description": bad}),
        (world.north, "post", "submissions", {"operation": "RAD19", "rows": [{"url": bad}]}),
        (
            world.north,
            "post",
            "submissions",
            {"operation": "RAD19", "rows": [{"url": "t.me/x", "note": bad}]},
        ),
    ]
    for program, method, path, body in sent:
        answer = program.call(method, path, body)
        assert answer.status_code == 422, (path, answer.content)
        assert answer.json()["errors"][0]["pointer"]


def test_a_nul_that_only_the_database_finds_is_told_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(*_: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::text", ["a\0b"])

    monkeypatch.setattr("takedowns.api.views.referrals.page", ask)
    answer = world.telegram.get("referrals")
    assert (answer.status_code, answer.json()["type"]) == (400, "/api/v1/problems/malformed")
    assert "NUL" in answer.json()["detail"]


def test_a_packed_body_is_read_as_what_it_holds_and_is_held_to_its_limits(
    world: World, settings: Any
) -> None:
    body = b'{"decisions": [{"referral": "%s", "verdict": "acknowledge"}]}' % str(world.made[0]).encode()
    packed = gzip.compress(body)
    given = {"Content-Encoding": "gzip"}
    assert _raw(world, "POST", "decisions", packed, **given).json()["moved"] == 1
    settings.API_MAX_BODY_BYTES = 10_000
    for content, encoding, status, says in (
        (gzip.compress(b" " * 50_000_000 + body), "gzip", 413, "10 000 bytes"),
        (packed[:-12], "gzip", 400, "cut off"),
        (body, "gzip", 400, "not gzip"),
        (packed, "br", 415, "gzip is"),
        (packed, "", 400, "not JSON"),
    ):
        headers = {"Content-Encoding": encoding} if encoding else {}
        answer = _raw(world, "POST", "decisions", content, **headers)
        assert answer.status_code == status, answer.content
        assert says in answer.json()["detail"]
