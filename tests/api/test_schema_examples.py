"""What stands in the OpenAPI description: it is the same in each form, and its examples keep to it."""

from __future__ import annotations

import json
import re

from django.test import Client
from jsonschema import Draft202012Validator

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.webhooks.endpoints import create as create_endpoint
from takedowns.webhooks.feeding import feed, ping
from takedowns.webhooks.models import Delivery
from tests.api.conftest import refer
from tests.people import People


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
    with acting_as(SYSTEM):
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
