"""The OpenAPI description holds: whatever is sent within or against it, nothing fails and every answer is as described."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from takedowns.delivery.endpoints import create as create_endpoint
from takedowns.delivery.feeding import feed, ping
from takedowns.delivery.models import Delivery
from takedowns.directory.asking import SYSTEM, asking_as
from takedowns.directory.keys import create
from takedowns.directory.models import ApiKey, Platform
from tests.api.conftest import World, refer
from tests.people import People

load_all_checks()
# Workbooks are sent as the bytes they are.
schemathesis.serializer.alias(
    [
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    ],
    "application/octet-stream",
)
#: Each row of the body is judged on its own, and a wrong one refused in the answer: test_decisions.py.
ROW_BY_ROW = "POST /api/v1/decisions"


def refuses_what_the_schema_forbids(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> bool | None:
    """As schemathesis's own check, but for the header that this test puts in itself."""
    if case.operation.label == ROW_BY_ROW or "Authorization" not in (case.headers or {}):
        return None
    return negative_data_rejection(ctx, response, case)


CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    refuses_what_the_schema_forbids,
    unsupported_method,
    ignored_auth,
    missing_required_header,
]
schema = schemathesis.openapi.from_wsgi("/api/v1/schema", get_wsgi_application())


@pytest.fixture(autouse=True)
def _keep_the_connection() -> Iterator[None]:
    """Keep the test's transaction open between the calls, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(params=["telegram", "north", "test", "agency test", "reader"])
def key(request: pytest.FixtureRequest, world: World) -> str:
    """The key of a platform, of an agency, for tests of either, and one that may only read."""
    platform = Platform.objects.get(pk="telegram")
    if request.param == "test":
        text = create(name="Trial", platform=platform, test=True)[1]
    elif request.param == "agency test":
        text = create(name="Trial", agency=world.people.agency, test=True)[1]
    elif request.param == "reader":
        text = create(name="Reader", platform=platform, scopes=["referrals:read"])[1]
    else:
        text = world.texts[request.param]
    ApiKey.objects.update(requests_per_minute=10**6)
    return text


@schema.parametrize()
@settings(
    max_examples=12, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_no_call_fails_and_every_answer_is_as_described(
    case: schemathesis.Case, key: str, world: World
) -> None:
    if str(case.query.get("wait", "")).isdigit():
        case.query["wait"] = 0  # a long poll would make the run wait for nothing
    for name in ("name", "reference"):
        if name in case.path_parameters and len(str(case.path_parameters[name])) % 2:
            case.path_parameters[name] = str(world.made[0]) if name == "name" else "RAD19"
    case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)


def test_the_schema_is_the_same_as_json_and_yaml_and_needs_no_key() -> None:
    client = Client()
    as_json = client.get("/api/v1/schema")
    assert as_json.status_code == 200
    assert json.loads(as_json.content)["openapi"].startswith("3.1")
    as_yaml = client.get("/api/v1/schema", headers={"Accept": "application/yaml"})
    assert as_yaml.content.startswith(b"openapi: 3.1")


def test_each_call_and_answer_has_an_example_that_its_schema_allows() -> None:
    described = json.loads(Client().get("/api/v1/schema").content)
    paths = [*described["paths"].values(), *described["webhooks"].values()]
    tried = 0
    for operation in (one for methods in paths for one in methods.values()):
        bodies = [operation.get("requestBody", {})]
        bodies += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for content in (body.get("content", {}).get("application/json") for body in bodies):
            if content is None:
                continue
            # The components stand beside the schema, where its references look for them.
            judge = Draft202012Validator(content["schema"] | {"components": described["components"]})
            found = [error.message for error in judge.iter_errors(content["example"])]
            assert not found, (operation["operationId"], found)
            tried += 1
    assert tried > 50


def test_the_call_an_endpoint_gets_is_described(people: People, transactional_db: None) -> None:
    described = json.loads(Client().get("/api/v1/schema").content)
    told = described["webhooks"]["changes"]["post"]
    judge = Draft202012Validator(
        told["requestBody"]["content"]["application/json"]["schema"]
        | {"components": described["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    endpoint, _ = create_endpoint("telegram", url="https://hooks.example/")
    ping(endpoint)
    refer(people, ("https://t.me/demo_lantern/1",))
    feed(endpoint.pk)
    with asking_as(SYSTEM):
        bodies = [json.loads(bytes(one.payload)) for one in Delivery.objects.order_by("number")]
    assert [one["type"] for one in bodies] == ["ping", "changes"]
    for one in bodies:
        assert [error.message for error in judge.iter_errors(one)] == []
    assert {one["name"] for one in told["parameters"]} == {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }


def test_no_name_in_the_schema_was_made_up_for_want_of_one() -> None:
    described = json.loads(Client().get("/api/v1/schema").content)["components"]["schemas"]
    # Where two lists of values share a name, the generator adds digits that change with the next value.
    made_up = re.compile(r"(?=.{0,2}\d)[0-9A-Fa-f]{3}Enum$")
    assert made_up.search("Verdict411Enum")
    assert made_up.search("StateE2fEnum")
    assert not [name for name in described if made_up.search(name)]
    assert {"Verdict", "ComplaintVerdict", "SubmissionState", "DeliveryState"} <= set(described)
