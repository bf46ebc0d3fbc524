"""What stands in the OpenAPI description: it is the same in each form, and its examples keep to it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.webhooks.endpoints import create as create_endpoint
from takedowns.webhooks.feeding import feed, ping
from takedowns.webhooks.models import Delivery
from tests.api.conftest import refer
from tests.api.tools import tool
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


def test_it_says_where_it_is_served_what_it_is_about_and_what_needs_no_key() -> None:
    described = json.loads(Client().get("/api/v1/schema").content)
    assert described["servers"][0]["url"] == "/"
    declared = {one["name"] for one in described["tags"]}
    operations = [one for item in described["paths"].values() for one in item.values()]
    told = {tag for operation in operations for tag in operation["tags"]}
    assert told == declared, "each tag is declared, with a description, and none in vain"
    open_to_all = {one["operationId"] for one in operations if not one["security"]}
    assert open_to_all == {"explain_problem", "get_collection", "see_certificate"}
    referred = set(re.findall(r'"#/components/(\w+/\w+)"', json.dumps(described)))
    there = {
        f"{kind}/{name}"
        for kind, parts in described["components"].items()
        if kind != "securitySchemes"
        for name in parts
    }
    assert referred == there, "nothing is named that is not there, and nothing there that is not named"


#: What public linters find wrong that only its owner can say: under which licence the API stands.
EXCEPT = ("info-license", "info-license-url", "info-license-strict")


@pytest.mark.parametrize(
    ("linter", "arguments"),
    [
        ("spectral", ["lint", "--fail-severity=warn", "--ruleset=rules.yaml"]),
        ("redocly", ["lint", "--extends=recommended-strict", *(f"--skip-rule={rule}" for rule in EXCEPT)]),
    ],
)
def test_a_strict_linter_finds_nothing(linter: str, arguments: list[str], tmp_path: Path) -> None:
    program = tool(linter)
    (tmp_path / "rules.yaml").write_text('extends: ["spectral:oas"]\n')
    (tmp_path / "openapi.json").write_bytes(Client().get("/api/v1/schema").content)
    done = subprocess.run(
        [program, *arguments, "openapi.json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
