"""Who may call what: every route, by every key. A route that is not in the table fails the last test."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM
from takedowns.api.urls import urlpatterns
from takedowns.intake.models import Submission
from takedowns.intake.receive import receive
from takedowns.referrals.transitions import apply_to_all
from takedowns.webhooks.endpoints import create as create_endpoint
from tests.api.conftest import World, complaint_of, duty_of, evidence_of, hold_of, order_of, preview_of
from tests.factories import undone

PLATFORMS = ("telegram", "youtube")
HERE = ("north", "south")
KEYS = (*PLATFORMS, *HERE, "absent")
ALL = dict.fromkeys(KEYS, 200)
OF_OPERATION = ALL | {"absent": 404}
#: A referral made to Telegram; to YouTube it does not exist, nor to an agency that takes no part.
OF_TELEGRAM = ALL | {"youtube": 404, "absent": 404}
#: What an agency does with its own referral, which South works on, too; keys of platforms lack the scope.
OF_AGENCY = dict.fromkeys(KEYS, 403) | {"north": 200, "absent": 404}
#: What North handed in.
OF_LIST = dict.fromkeys(KEYS, 404) | dict.fromkeys(PLATFORMS, 403) | {"north": 200}
ONE_ROW = {"referral": "{referral}", "verdict": "acknowledge"}

STATEMENT = {
    "puid": "TS-1",
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
}

#: Telegram's endpoint; agencies have their own: tests/webhooks/test_agencies_api.py
OF_ENDPOINT = dict.fromkeys(KEYS, 404) | {"telegram": 200}

#: What only the platform does that the referral was made to; keys of agencies lack the scope.
OF_ACTED = dict.fromkeys(KEYS, 403) | {"telegram": 200, "youtube": 404}

#: Said of an order: by its platform, or by a coordinator of an agency, which is nobody registered with these keys.
OF_ORDER = OF_ACTED | {"absent": 404}

#: (method, route) to (body, status by key)
ROUTES: dict[tuple[str, str], tuple[Any, dict[str, int]]] = {
    ("get", "key"): (None, ALL),
    ("post", "key-rotate"): ({}, dict.fromkeys(KEYS, 201)),
    # No certificate comes with it.
    ("put", "key-certificates"): ({"certificates": ["ab" * 32]}, dict.fromkeys(KEYS, 409)),
    ("get", "referrals"): (None, ALL),
    ("get", "referral"): (None, OF_TELEGRAM),
    ("post", "decision"): (
        {"verdict": "acknowledge"},
        dict.fromkeys(KEYS, 403) | {"telegram": 200, "youtube": 404},
    ),
    ("post", "decisions"): (
        {"decisions": [ONE_ROW]},
        dict.fromkeys(KEYS, 403) | dict.fromkeys(PLATFORMS, 200),
    ),
    ("get", "complaints"): (None, OF_TELEGRAM),
    ("post", "complaints"): ({"received_at": "{now}"}, OF_ACTED | {"telegram": 201}),
    ("post", "complaint-decision"): ({"verdict": "dismissed"}, OF_ACTED),
    ("get", "order"): (None, OF_TELEGRAM),
    ("get", "order-document"): (None, OF_TELEGRAM),
    ("get", "order-draft"): (None, OF_TELEGRAM | dict.fromkeys(PLATFORMS, 403)),
    # It is issued; who works on it, too, is refused for that it is another's.
    ("put", "order-draft"): (
        {"material": ["threatens"], "reasons": "It names a day."},
        OF_AGENCY | {"north": 409},
    ),
    ("post", "order-receipt"): ({"received_at": "{now}"}, OF_ORDER),
    ("post", "order-feedback"): (
        {"outcome": "removed", "acted_at": "{now}", "received_at": "{now}", "signatory": "N. N., counsel"},
        OF_ORDER,
    ),
    ("post", "order-impediment"): ({"impediment": "force_majeure", "explanation": "Fire."}, OF_ORDER),
    ("post", "order-resumption"): ({}, OF_ORDER | {"telegram": 409}),
    ("get", "changes"): (None, ALL),
    ("get", "operations"): (None, ALL),
    ("get", "operation"): (None, OF_OPERATION),
    ("get", "operation-messages"): (None, OF_OPERATION | dict.fromkeys(PLATFORMS, 403)),
    ("get", "statistics"): (None, OF_OPERATION),
    ("get", "statistics-json-stat"): (None, OF_OPERATION),
    ("get", "self-reports"): (None, dict.fromkeys(KEYS, 403) | dict.fromkeys(PLATFORMS, 200)),
    ("put", "self-reports"): (
        {"reports": [{"day": "2019-11-21", "what": "accounts", "count": 5055}]},
        dict.fromkeys(KEYS, 403) | dict.fromkeys(PLATFORMS, 200),
    ),
    ("get", "submissions"): (None, ALL | dict.fromkeys(PLATFORMS, 403)),
    ("post", "submissions"): (
        {"operation": "RAD19", "rows": [{"url": "https://t.me/demo_new/1"}]},
        dict.fromkeys(HERE, 201) | dict.fromkeys(PLATFORMS, 403) | {"absent": 404},
    ),
    ("post", "previews"): (
        {"operation": "RAD19", "rows": [{"url": "https://t.me/demo_new/1"}]},
        dict.fromkeys(HERE, 201) | dict.fromkeys(PLATFORMS, 403) | {"absent": 404},
    ),
    ("get", "preview"): (None, OF_LIST),
    ("patch", "preview"): ({"rows": [{"line": 7, "left_out": True}]}, OF_LIST),
    ("delete", "preview"): (None, OF_LIST | {"north": 204}),
    ("post", "preview-confirmation"): ({}, OF_LIST | {"north": 201}),
    ("get", "submission"): (None, OF_LIST),
    ("get", "submission-rows"): (None, OF_LIST),
    ("post", "withdrawal"): ({"reason": "A mistake."}, OF_AGENCY),
    ("patch", "referral"): ({"tier": 1}, OF_AGENCY),
    ("get", "information"): (None, OF_TELEGRAM),
    # Telegram asked nothing.
    ("post", "information"): ({"answer": "The second."}, OF_AGENCY | {"north": 409, "south": 409}),
    ("get", "checks"): (None, OF_TELEGRAM | dict.fromkeys(PLATFORMS, 403)),
    ("post", "checks"): (
        {"seen": "online"},
        dict.fromkeys(HERE, 201) | dict.fromkeys(PLATFORMS, 403) | {"absent": 404},
    ),
    ("get", "holds"): (None, ALL | dict.fromkeys(PLATFORMS, 403)),
    ("post", "holds"): (
        {"url": "https://t.me/demo_lantern/1", "reason": "Ours.", "ends_at": "{tomorrow}"},
        dict.fromkeys(KEYS, 201) | dict.fromkeys(PLATFORMS, 403),
    ),
    ("get", "duties"): (None, ALL | dict.fromkeys(PLATFORMS, 403)),
    # Reviewers and coordinators record; the coordinator of the cast is South's.
    ("post", "duties"): (
        {"outcome": "europol_informed", "at": "{now}", "acted_by": "coordinator@example.org"},
        dict.fromkeys(KEYS, 422) | dict.fromkeys(PLATFORMS, 403) | {"south": 201},
    ),
    ("post", "duty-take-back"): (
        {"reason": "A mistake.", "acted_by": "coordinator@example.org"},
        dict.fromkeys(KEYS, 404) | dict.fromkeys(PLATFORMS, 403) | {"south": 200},
    ),
    ("get", "hold"): (None, OF_LIST),
    ("patch", "hold"): ({"reason": "Still ours."}, OF_LIST),
    ("post", "hold-release"): ({}, OF_LIST),
    ("get", "referral-evidence"): (None, OF_TELEGRAM | dict.fromkeys(PLATFORMS, 403)),
    ("post", "referral-evidence"): (
        b"What stood there.",
        dict.fromkeys(HERE, 201) | dict.fromkeys(PLATFORMS, 403) | {"absent": 404},
    ),
    ("get", "evidence"): (None, OF_LIST),
    ("get", "evidence-file"): (None, OF_LIST),
    ("post", "evidence-withdrawal"): ({"reason": "A mistake."}, OF_LIST),
    ("get", "submission-withdrawal"): (None, OF_LIST),
    ("post", "submission-withdrawal"): ({"reason": "A mistake.", "expected": 1}, OF_LIST),
    ("get", "identify"): (None, ALL | dict.fromkeys(PLATFORMS, 403)),
    ("post", "sandbox-reset"): ({}, dict.fromkeys(KEYS, 403)),  # for test keys: see test_sandbox.py
    ("post", "sandbox-events"): ({"type": "withdrawn"}, dict.fromkeys(KEYS, 403)),  # see test_rehearsal.py
    ("get", "webhooks"): (None, ALL),
    ("post", "webhooks"): ({"url": "https://hooks.example/new"}, dict.fromkeys(KEYS, 201)),
    ("get", "webhook"): (None, OF_ENDPOINT),
    ("patch", "webhook"): ({"url": "https://hooks.example/changed"}, OF_ENDPOINT),
    ("delete", "webhook"): (None, OF_ENDPOINT | {"telegram": 204}),
    ("post", "webhook-rotate"): ({}, OF_ENDPOINT),
    ("post", "webhook-ping"): ({}, OF_ENDPOINT | {"telegram": 202}),
    ("get", "webhook-deliveries"): (None, OF_ENDPOINT),
    ("post", "webhook-replay"): ({"since": "2019-11-21T08:00:00Z"}, OF_ENDPOINT | {"telegram": 202}),
    ("post", "statement"): (STATEMENT, OF_ACTED),
    ("post", "statements"): (
        {"statements": [STATEMENT]},
        dict.fromkeys(KEYS, 403) | dict.fromkeys(PLATFORMS, 200),
    ),
    ("get", "operation-statements"): (None, OF_OPERATION),
    ("get", "stream-referrals"): (None, ALL),
    ("get", "stream-changes"): (None, ALL),
    ("get", "stream-submission-rows"): (None, OF_LIST),
    ("post", "identify"): ({"urls": ["t.me/demo_lantern/1"]}, ALL | dict.fromkeys(PLATFORMS, 403)),
}
#: Open to everybody, and tried on their own.
OPEN = {"problem", "schema", "collection", "docs", "nowhere", "token", "token-revocation", "certificate"}


def _path(route: str, world: World) -> str:
    arguments: dict[str, list[Any]] = {
        "referral": [str(world.made[0])],
        "decision": [str(world.made[0])],
        "withdrawal": [str(world.made[0])],
        "referral-evidence": [str(world.made[0])],
        "checks": [str(world.made[0])],
        "information": [str(world.made[0])],
        "operation": ["RAD19"],
        "operation-messages": ["RAD19"],
        "statistics": ["RAD19"],
        "self-reports": ["RAD19"],
        "statistics-json-stat": ["RAD19"],
        "statement": [str(world.made[0])],
        "operation-statements": ["RAD19"],
    }
    if route == "complaints":
        apply_to_all("remove", world.made[:1], by=SYSTEM, action="visibility_removed")
        arguments[route] = [str(world.made[0])]
    if route == "complaint-decision":
        arguments[route] = [complaint_of(world)]
    if route.startswith("order"):
        arguments[route] = [str(order_of(world))]
    if route in {"submission", "submission-rows", "submission-withdrawal", "stream-submission-rows"}:
        arguments[route] = [_submission(world).pk]
    if route in {"preview", "preview-confirmation"}:
        arguments[route] = [preview_of(world)]
    if route.startswith("webhook-") or route == "webhook":
        arguments[route] = [create_endpoint("telegram", url="https://hooks.example/")[0].pk]
    if route.startswith("evidence"):
        arguments[route] = [evidence_of(world)]
    if route in {"hold", "hold-release"}:
        arguments[route] = [hold_of(world)]
    if route == "duty-take-back":
        arguments[route] = [duty_of(world)]
    return reverse(f"api:{route}", args=arguments.get(route, [])).removeprefix("/api/v1/")


def _submission(world: World) -> Submission:
    people = world.people
    return receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.PASTE,
        filename="",
        content=b"https://t.me/demo_handed/1",
    ).submission


#: What stands for a moment in a body: how far from now it is.
MOMENTS = {"{now}": timedelta(0), "{tomorrow}": timedelta(days=1)}


def _filled(body: Any, world: World) -> Any:
    if body == {"decisions": [ONE_ROW]}:
        return {"decisions": [{**ONE_ROW, "referral": str(world.made[0])}]}
    if isinstance(body, dict):
        return {
            name: f"{timezone.now() + MOMENTS[value]:%Y-%m-%dT%H:%M:%SZ}" if str(value) in MOMENTS else value
            for name, value in body.items()
        }
    return body


@pytest.mark.parametrize("key", KEYS)
def test_each_route_answers_each_key_as_the_table_says(key: str, world: World) -> None:
    order_of(world)
    wrong = []
    for (method, route), (body, expected) in ROUTES.items():
        with undone():
            path = _path(route, world)
            if method == "get" and "identify" in path:
                path = "identify?url=t.me/demo_lantern/1"
            if (method, route) == ("post", "referral-evidence"):
                path += "?filename=seen.txt"
            response = world.program(key).call(method, path, _filled(body, world))
        if response.status_code != expected[key]:
            wrong.append(
                f"{method} {route} by {key}: {response.status_code}, not {expected[key]}: {response.content!r}"
            )
            continue
        assert response["Cache-Control"] == "no-store", (method, route)
        if expected[key] >= 400:
            assert response["Content-Type"] == "application/problem+json", (method, route)
            assert response.json()["type"].startswith("/api/v1/problems/"), (method, route)
    assert not wrong, "\n".join(wrong)


def test_without_a_key_nothing_is_told(world: World) -> None:
    order_of(world)
    for method, route in ROUTES:
        with undone():
            path = _path(route, world)
            for headers in (
                {},
                {"Authorization": "Bearer tkd_0123456789_wrong"},
                {"Authorization": "Basic dTpw"},
            ):
                response = world.telegram.client.generic(method.upper(), f"/api/v1/{path}", headers=headers)
                assert response.status_code == 401, (method, route, headers)
                assert response["WWW-Authenticate"].startswith("Bearer"), (method, route, headers)
                assert response["Content-Type"] == "application/problem+json", (method, route, headers)


def test_every_id_of_one_platform_is_unknown_to_the_other(world: World) -> None:
    names = [name for one in world.made for name in (str(one), world.reference(one))]
    for name in names:
        assert world.telegram.get(f"referrals/{name}").status_code == 200
        assert world.youtube.get(f"referrals/{name}").status_code == 404
        assert world.youtube.post(f"referrals/{name}/decision", {"verdict": "acknowledge"}).status_code == 404
    rows = [{"referral": name, "verdict": "acknowledge"} for name in names]
    answered = world.youtube.post("decisions", {"decisions": rows}).json()
    assert {row["code"] for row in answered["results"]} == {"not_found"}
    assert answered["moved"] == 0
    for path in ("referrals?limit=1000", "changes?limit=1000", "operations/RAD19/statistics"):
        told = world.youtube.get(path).content.decode()
        assert not [one for one in world.made if str(one) in told]
        assert "demo_lantern" not in told
        assert "telegram" not in told


#: Not a platform's: an operation is for all that take part, a submission for agencies; a problem is explained to all.
NOT_OF_A_PLATFORM = {"reference", "submission_id", "hold_id", "duty_id", "evidence_id"}


def test_every_route_with_an_id_of_one_platform_is_404_for_another_whatever_the_method(world: World) -> None:
    theirs = {
        "name": [name for one in [*world.made, order_of(world)] for name in (str(one), world.reference(one))],
        "endpoint_id": [str(create_endpoint("telegram", url="https://hooks.example/")[0].pk)],
        "complaint_id": [str(complaint_of(world))],
    }
    tried = 0
    for pattern in urlpatterns:
        [name] = pattern.pattern.converters or [""]
        if not name or pattern.name in OPEN or name in NOT_OF_A_PLATFORM:
            continue
        view = pattern.callback.cls  # type: ignore[union-attr]
        for one in theirs[name]:
            path = reverse(f"api:{pattern.name}", args=[one]).removeprefix("/api/v1/")
            for method in (each for each in ("get", "post", "put", "patch", "delete") if hasattr(view, each)):
                body = _filled(ROUTES[method, str(pattern.name)][0], world)
                response = world.youtube.call(method, path, body)
                # What agencies alone do is no platform's, whosever it is: its keys have no such scope.
                expected = 403 if ROUTES[method, str(pattern.name)][1]["telegram"] == 403 else 404
                assert response.status_code == expected, (method, path, response.content)
                tried += 1
    assert tried > 100


def test_what_is_not_released_does_not_exist_for_its_platform(world: World) -> None:
    secret = str(world.unreleased[0])
    assert world.telegram.get(f"referrals/{secret}").status_code == 404
    assert world.telegram.post(f"referrals/{secret}/decision", {"verdict": "acknowledge"}).status_code == 404
    assert secret not in world.telegram.get("referrals?limit=1000").content.decode()
    assert secret not in world.telegram.get("changes?limit=1000").content.decode()
    assert world.north.get(f"referrals/{secret}").json()["status"] == "submitted"


def test_a_key_does_only_what_its_scopes_say(world: World) -> None:
    from takedowns.directory.keys import create
    from takedowns.directory.models import Platform
    from tests.api.conftest import Program

    _, text = create(name="reader", platform=Platform.objects.get(pk="telegram"), scopes=["referrals:read"])
    reader = Program(text)
    assert reader.get("referrals").status_code == 200
    refused = reader.post(f"referrals/{world.made[0]}/decision", {"verdict": "acknowledge"})
    assert refused.status_code == 403
    assert refused.json()["needs"] == "decisions:write"


def test_the_table_has_every_route() -> None:
    named = {pattern.name for pattern in urlpatterns}
    assert {route for _, route in ROUTES} | OPEN == named
    for pattern in urlpatterns:
        if pattern.name in OPEN:
            continue
        view = pattern.callback.cls  # type: ignore[union-attr]
        methods = {name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)}
        assert methods == {method for method, route in ROUTES if route == pattern.name}
