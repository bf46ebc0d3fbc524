"""docs/platforms-api.md says what is so: its commands are run as they stand, its names are the API's, its answers the real ones."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from standardwebhooks import Webhook

from takedowns.api.problems import PROBLEMS
from takedowns.api.rehearsal import kinds
from takedowns.directory.keys import create
from takedowns.directory.models import ApiKey, Platform, Scope
from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.webhooks.models import EventType
from tests.api.conftest import World, complaint_of, make_world
from tests.evidence.hostile import picture
from tests.factories import wait_for_the_log
from tests.people import make_people

DOCUMENT = (Path(__file__).parents[2] / "docs" / "platforms-api.md").read_text()
#: What is shown indented, as one text each.
BLOCKS = [
    "\n".join(line[4:] for line in block.splitlines())
    for block in re.findall(r"(?:(?<=\n\n)|(?<=\A))((?: {4}.*(?:\n|\Z))+)", DOCUMENT)
]
COMMANDS = [block for block in BLOCKS if re.match(r"curl|export KEY", block)]
#: The two referrals that the document names.
NAMED = ("RAD19-7F3K-22QX5", "0190b3a0-7c11-7d4e-9a55-0f1b2c3d4e5f")


@pytest.fixture
def committed(transactional_db: None) -> World:
    return make_world(make_people())


def shell(script: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, (script, done.stdout, done.stderr)
    return done.stdout


def run(block: str, world: World, server: LiveServer, folder: Path) -> tuple[int, Any]:
    """Run a command of the document with a real key and real referrals in place of its own; return status and answer."""
    of_agency = any(f"/{part}" in block for part in ("submissions", "evidence", "previews"))
    key = world.north.text if of_agency else world.telegram.text
    if "/sandbox/" in block:
        key = create(name="Trial", platform=Platform.objects.get(pk="telegram"), test=True)[1]
    script = block.replace(NAMED[0], world.reference(world.made[0])).replace(NAMED[1], str(world.made[1]))
    script = script.replace("wait=30", "wait=1").replace("4f1c09a7e2", key.split("_")[1])
    # The referrals were made now, and nobody acts upon one before it is made; the endpoint is not called.
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    script = re.sub(r'("(?:acted|received)_at": ")[^"]+', rf"\g<1>{now}", script)
    said = shell(
        "curl() { command curl -w '\\n%{http_code}' \"$@\"; }\n" + script,
        folder,
        KEY=key,
        BASE=f"{server.url}/api/v1",
    )
    body, _, status = said.rpartition("\n")
    # Of a stream the last line, which says that it is whole.
    return int(status), json.loads(body.splitlines()[-1] if "/streams/" in block else body or "null")


def test_from_the_key_to_the_first_decision_by_pasting_what_stands_there(
    committed: World, live_server: LiveServer, tmp_path: Path
) -> None:
    first = DOCUMENT.split("## From key to first decision", 1)[1].split("\n## ", 1)[0]
    blocks = [block for block in BLOCKS if block.splitlines()[0] in first]
    pasted = blocks[: 1 + next(at for at, block in enumerate(blocks) if "/decision " in block)]
    assert pasted[0].startswith("export KEY=")
    assert not any("RAD19" in block for block in pasted), "nothing in it is to be replaced"
    for key in (
        committed.telegram.text,
        create(name="Trial", platform=Platform.objects.get(pk="telegram"), test=True)[1],
    ):
        line = f"export KEY={key} BASE={live_server.url}/api/v1"
        began = time.monotonic()
        said = shell("\n".join([line, *pasted[1:]]), tmp_path)
        assert time.monotonic() - began < 20
        assert said.count('"status":"removed"') == 1, said
        assert "problems/" not in said, "nothing was refused"


def test_every_other_command_works_in_its_order(
    committed: World, live_server: LiveServer, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text("url,tier\nhttps://t.me/demo_documented/1,2\n")
    (tmp_path / "week47.csv").write_text("url,tier\nhttps://t.me/demo_documented/2,2\n")
    (tmp_path / "before.png").write_bytes(picture())
    answers: dict[str, Any] = {}
    others = [block for block in COMMANDS if not block.startswith("export KEY") and "$REFERRAL" not in block]
    assert len(others) >= 8
    for block in others:
        if "/complaints" in block:  # what is complained about was removed before
            committed.telegram.post(
                f"referrals/{committed.made[0]}/decision",
                {"verdict": "remove", "action": "visibility_removed"},
            )
        if "/changes" in block:
            wait_for_the_log()
        for one in re.split(r"\n(?=curl )", block):
            status, answer = run(one, committed, live_server, tmp_path)
            assert status in {200, 201}, (one, status, answer)
            answers[one] = answer
    told = list(answers.values())
    assert told[0]["scopes"], "which key it is"
    bulk = next(answer for one, answer in answers.items() if "/decisions " in one)
    assert (bulk["moved"], bulk["refused"]) == (2, 0), bulk
    expanded = next(answer for one, answer in answers.items() if "expand=" in one)
    assert {"id", "reference", "item", "agency", "tier", "legal_ground", "due_at", "allowed"} <= set(
        expanded["referrals"][0]
    )
    assert (expanded["referrals"][0]["order"], expanded["referrals"][0]["complaints"]) == (None, [])
    changes = next(answer for one, answer in answers.items() if "/changes" in one)
    assert {"changes", "next", "more"} <= set(changes)
    assert all("referral" in change for change in changes["changes"])
    assert next(answer for one, answer in answers.items() if "/webhooks" in one)["secret"].startswith(
        "whsec_"
    )
    assert next(answer for one, answer in answers.items() if "/submissions" in one)["counts"]["new"] == 1


def addresses(text: str) -> str:
    """Write an address with an empty pair of braces for whatever it names."""
    text = re.sub(r"\{[^}]*\}|RAD19-7F3K-22QX5|\$REFERRAL", "{}", text)
    return text.partition("?")[0].rstrip("/")


def documented() -> set[tuple[str, str]]:
    """Return the calls that the document names: by method and address, and those of its commands."""
    found = {
        (method.lower(), addresses(path))
        for method, path in re.findall(
            r"`(GET|POST|PUT|DELETE|PATCH) (/[^`\s]*(?: or [^`\s]*)?[^`\s]*)", DOCUMENT
        )
    }
    for block in COMMANDS:
        for one in re.split(r"\n(?=curl )", block):
            if address := re.search(r"\$BASE(/[^\s\"]*)", one):
                found.add(
                    ("post" if re.search(r"-d |--data-binary|-X POST", one) else "get", addresses(address[1]))
                )
    return found


def described() -> set[tuple[str, str]]:
    """Return the calls of the schema."""
    schema = json.loads(Client().get("/api/v1/schema").content)
    return {
        (method, addresses(path.removeprefix("/api/v1")))
        for path, item in schema["paths"].items()
        for method in item
        if method in {"get", "post", "put", "delete", "patch"}
    }


@pytest.mark.django_db
def test_it_names_every_call_there_is_and_none_that_is_not() -> None:
    assert documented() - described() == set(), "named and not there"
    assert described() - documented() == set(), "there and not named"


def column(heading: str) -> list[str]:
    """Return the words in backticks in the first column of the table under a heading."""
    table = DOCUMENT.split(heading, 1)[1].split("\n\n", 1)[0]
    return [
        word
        for line in table.splitlines()
        if line.startswith("| `")
        for word in re.findall(r"`([^`]+)`", line.split("|")[1])
    ]


def test_its_tables_are_the_vocabularies() -> None:
    verdicts = {
        name for name, transition in TRANSITIONS.items() if name in column("| verdict | needs | means |")
    }
    assert verdicts == set(column("| verdict | needs | means |"))
    schema = json.loads(Client().get("/api/v1/schema").content)
    assert set(schema["components"]["schemas"]["Verdict"]["enum"]) == verdicts
    assert set(column("| type | when |")) == {str(value) for value in EventType.values}
    assert {*column("| type of event |")} == {*kinds(for_platform=True), *kinds(for_platform=False)}
    assert set(column("| scope | for |")) == {str(scope) for scope in Scope}


def test_every_status_of_a_problem_has_advice() -> None:
    advice = DOCUMENT.split("| status | what to do |", 1)[1].split("\n\n", 1)[0]
    told = {
        int(number) for line in advice.splitlines()[2:] for number in re.findall(r"\d{3}", line.split("|")[1])
    }
    for name, kind in PROBLEMS.items():
        # A program that is written wrongly, not one that meets them in its work.
        if kind.status not in {405, 406, 411, 415}:
            assert kind.status in told, name


@pytest.mark.django_db
def test_a_refusal_reads_as_it_is_shown(world: World) -> None:
    [shown] = [json.loads(block) for block in BLOCKS if block.startswith('{"type": "/api/v1/problems')]
    complaint_of(world)  # it is removed
    answer = world.telegram.post(
        f"referrals/{world.made[0]}/decision", {"verdict": "remove", "action": "visibility_removed"}
    )
    real = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert {name: real[name] for name in shown} == shown
    wrong = world.telegram.post(
        "decisions", {"decisions": [{"referral": str(world.made[1])}], "atomik": True}
    )
    assert wrong.status_code == 422
    assert {one["pointer"] for one in wrong.json()["errors"]} == {"#/atomik"}


@pytest.mark.django_db
def test_the_limits_are_told_as_it_says(world: World) -> None:
    answer = world.telegram.get("key")
    policy, left = re.findall(
        r'`(RateLimit(?:-Policy)?: )?("key";[^`]+)`', DOCUMENT.replace("RateLimit-Policy: `", "`")
    )
    assert answer["RateLimit-Policy"] == policy[1]
    assert re.fullmatch(re.sub(r"\d+", r"\\d+", left[1]), answer["RateLimit"])
    assert ApiKey._meta.get_field("requests_per_minute").default == 3000


def test_the_signature_made_by_hand_is_the_library_s(tmp_path: Path) -> None:
    [by_hand] = [block for block in BLOCKS if "openssl dgst" in block]
    secret = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    body = '{"type": "changes"}'
    made = Webhook(secret).sign("msg_1", datetime.fromtimestamp(1_700_000_000, UTC), body)
    said = shell(by_hand, tmp_path, ID="msg_1", TIMESTAMP="1700000000", BODY=body, SECRET=secret)
    assert f"v1,{said.strip()}" == made
