"""What stands in an address or a body and nobody would read is told, never passed over; every list goes on the same way."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import URLPattern

from takedowns.api.base import ApiView
from takedowns.api.urls import urlpatterns
from takedowns.directory.keys import PLATFORM_SCOPES
from takedowns.webhooks.endpoints import create
from takedowns.webhooks.feeding import ping
from tests.api.conftest import World

#: Every address of the API that needs a key.
ROUTES = [
    one
    for one in urlpatterns
    if isinstance(one, URLPattern)
    and hasattr(one.callback, "view_class")
    and issubclass(one.callback.view_class, ApiView)
]


def _path(route: URLPattern, world: World) -> str:
    path = str(route.pattern).removeprefix("v1/")
    given = {"<str:name>": str(world.made[0]), "<slug:reference>": "RAD19"}
    for place, value in given.items():
        path = path.replace(place, value)
    for place in ("complaint_id", "duty_id", "endpoint_id", "evidence_id", "hold_id", "submission_id"):
        path = path.replace(f"<uuid:{place}>", str(world.made[0]))
    return path


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_parameter_that_nobody_reads_is_refused_at_every_address(route: URLPattern, world: World) -> None:
    view: Any = route.callback
    scopes = view.view_class.scope
    for method in ("get", "post", "put", "patch", "delete"):
        if not hasattr(view.view_class, method):
            continue
        needed = scopes[method.upper()] if isinstance(scopes, dict) else scopes
        program = world.telegram if needed in (None, *PLATFORM_SCOPES) else world.north
        body = None if method in ("get", "delete") else {}
        answer = program.call(method, f"{_path(route, world)}?colour=red", body)
        assert answer.status_code == 400, (method, answer.content)
        assert answer.json()["errors"][0]["parameter"] == "colour"
        assert "no such parameter" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("referrals?limit=1&limit=2", "limit"),
        ("changes?after=latest&after=latest", "after"),
        ("referrals?url=a&url=b", "url"),
    ],
)
def test_a_parameter_given_twice_is_refused(path: str, parameter: str, world: World) -> None:
    answer = world.telegram.get(path)
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, parameter)
    assert "2 times" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("caller", "path"),
    [
        ("telegram", "referrals?operation=NOPE"),
        ("telegram", "referrals?operation=RAD19,NOPE"),
        ("telegram", "referrals?operation="),
        ("telegram", "referrals?platform=nobody"),
        ("telegram", "referrals?agency=nobody"),
        ("telegram", "referrals?agency=absent"),
        ("north", "referrals?operation=NOPE"),
        ("north", "submissions?operation=NOPE"),
    ],
)
def test_a_filter_by_a_name_that_is_nobodys_is_refused(caller: str, path: str, world: World) -> None:
    answer = world.program(caller).get(path)
    assert (answer.status_code, answer.json()["type"]) == (400, "/api/v1/problems/invalid-parameter")


@pytest.mark.parametrize(
    "body",
    [
        b'{"verdict": "acknowledge", "verdict": "decline"}',
        b'{"verdict": "acknowledge", "puid": "a", "puid": "a"}',
        rb'{"verdict": "acknowledge", "v\u0065rdict": "acknowledge"}',
    ],
)
def test_a_name_that_stands_twice_in_a_body_is_refused(body: bytes, world: World) -> None:
    answer = world.telegram.client.post(
        f"/api/v1/referrals/{world.made[0]}/decision",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {world.telegram.text}"},
    )
    assert (answer.status_code, answer.json()["type"]) == (400, "/api/v1/problems/malformed")
    assert "stands twice" in answer.json()["detail"]
    assert world.telegram.get(f"referrals/{world.made[0]}").json()["status"] == "referred"


def _three_submissions(world: World) -> str:
    for number in range(3):
        rows = [{"url": f"https://t.me/demo_list/{number}"}]
        assert world.north.post("submissions", {"operation": "RAD19", "rows": rows}).status_code == 201
    return "submissions"


def _rows(world: World) -> str:
    rows = [{"url": f"https://t.me/demo_list/{number}"} for number in range(3)]
    made = world.north.post("submissions", {"operation": "RAD19", "rows": rows}).json()
    return f"submissions/{made['id']}/rows"


def _deliveries(world: World) -> str:
    endpoint, _ = create("telegram", url="https://hooks.example/takedowns")
    for _ in range(3):
        ping(endpoint)
    return f"webhooks/{endpoint.pk}/deliveries"


@pytest.mark.parametrize(
    ("caller", "prepare", "name"),
    [
        ("telegram", lambda world: "referrals?status=referred", "referrals"),
        ("north", _three_submissions, "submissions"),
        ("north", _rows, "rows"),
        ("telegram", _deliveries, "deliveries"),
    ],
)
def test_every_list_goes_on_with_next_as_after(caller: str, prepare: Any, name: str, world: World) -> None:
    program, path = world.program(caller), prepare(world)
    joint = "&" if "?" in path else "?"
    whole = program.get(f"{path}{joint}limit=1000")
    assert whole.status_code == 200, whole.content
    seen, query = [], f"{joint}limit=2"
    while query:
        page = program.get(f"{path}{query}").json()
        seen += page[name]
        assert len(page[name]) <= 2
        query = f"{joint}limit=2&after={page['next']}" if page["next"] else ""
    assert seen == whole.json()[name]
    assert len(seen) >= 3
    assert program.get(f"{path}{joint}after=x").json()["type"] == "/api/v1/problems/invalid-cursor"
