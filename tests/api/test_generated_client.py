"""Typed clients that others' programs make from the schema, in Python and TypeScript, run the whole cycle on a live server."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests.api.conftest import World, make_world
from tests.api.tools import FOLDER, tool
from tests.factories import wait_for_the_log
from tests.people import make_people

#: What docs/platforms-api.md tells integrators to write.
CONFIGURATION = """\
post_hooks: []
content_type_overrides:
  text/csv: application/octet-stream
  application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: application/octet-stream
  application/vnd.oasis.opendocument.spreadsheet: application/octet-stream
  application/pdf: application/octet-stream
  application/x-ndjson: application/octet-stream
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Generate the client; yield the name of its package."""
    folder = tmp_path_factory.mktemp("client")
    description = folder / "schema.json"
    description.write_bytes(Client().get("/api/v1/schema").content)
    assert json.loads(description.read_bytes())["openapi"].startswith("3.1")
    config = folder / "config.yml"
    config.write_text(CONFIGURATION)
    done = subprocess.run(
        [
            Path(sys.executable).parent / "openapi-python-client",
            "generate",
            "--path",
            description,
            "--meta",
            "none",
            "--output-path",
            folder / "takedowns_client",
            "--config",
            config,
            "--fail-on-warning",
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield "takedowns_client"
    sys.path.remove(str(folder))


@pytest.fixture
def committed(transactional_db: None) -> World:
    """A world that the live server sees."""
    return make_world(make_people())


def test_the_generated_client_runs_the_whole_cycle(
    generated: str, committed: World, live_server: LiveServer
) -> None:
    def api(path: str) -> Any:
        return importlib.import_module(f"{generated}.api.{path}")

    models = importlib.import_module(f"{generated}.models")
    client_class = importlib.import_module(f"{generated}.client").AuthenticatedClient

    def program(key: str) -> Any:
        return client_class(
            base_url=live_server.url, token=committed.texts[key], raise_on_unexpected_status=True
        )

    north, telegram = program("north"), program("telegram")
    handed_in = api("submissions.hand_in").sync(
        client=north,
        body=models.SubmissionHandedInRequest(
            operation="RAD19", rows=[models.RowHandedInRequest(url="https://t.me/demo_generated/1", tier=3)]
        ),
    )
    assert handed_in.counts.additional_properties["new"] == 1
    report = api("submissions.list_submission_rows").sync(handed_in.id, client=north)
    assert report.rows[0].outcome == "new"

    page = api("referrals.list_referrals").sync(client=telegram, limit=1000)
    assert {str(one.id) for one in page.referrals} == set(map(str, committed.made))
    first = page.referrals[0]
    assert first.action is None
    answered = api("decisions.decide_many").sync(
        client=telegram,
        idempotency_key="generated-1",
        body=models.DecisionsAskedRequest(
            decisions=[
                models.DecisionRowRequest(referral=str(one.id), verdict=models.Verdict("acknowledge"))
                for one in page.referrals[1:]
            ]
        ),
    )
    assert (answered.moved, answered.refused) == (5, 0)
    decided = api("decisions.decide_one").sync(
        str(first.id),
        client=telegram,
        if_match=f'"{first.etag}"',
        body=models.DecisionRequest(
            verdict=models.Verdict("remove"), action=models.Action("visibility_removed")
        ),
    )
    assert decided.status == "removed"
    wait_for_the_log()
    told = api("referrals.follow_changes").sync(client=telegram, limit=1000)
    assert [one.change for one in told.changes].count("refer") == 6
    assert told.changes[-1].referral.status == "removed"
    refused = api("decisions.decide_one").sync(
        str(first.id), client=telegram, body=models.DecisionRequest(verdict=models.Verdict("acknowledge"))
    )
    assert (refused.status, refused.type_) == (409, "/api/v1/problems/transition-refused")
    figures = api("operations.get_statistics").sync("RAD19", client=telegram)
    assert figures.figures.additional_properties["total"]["removed"] == 1
    known = api("identify.identify").sync(client=north, url_query="telegram.me/demo_generated/1")
    assert len(known.referrals) == 1


#: As docs/platforms-api.md has it.
MAKE = "--default-non-nullable false -o schema.d.ts schema.json"
COMPILE = "--strict --target es2022 --module nodenext --skipLibCheck"


def test_the_client_with_types_made_for_typescript_runs_the_whole_cycle(
    committed: World, live_server: LiveServer, tmp_path: Path
) -> None:
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
    (tmp_path / "schema.json").write_bytes(Client().get("/api/v1/schema").content)
    shutil.copy(FOLDER / "cycle.ts", tmp_path)
    _run(tmp_path, committed, live_server.url, tool("openapi-typescript"), *MAKE.split())
    _run(tmp_path, committed, live_server.url, tool("tsc"), *COMPILE.split(), "cycle.ts")
    said = json.loads(_run(tmp_path, committed, live_server.url, "node", "cycle.js"))
    assert said["counts"]["new"] == 1
    assert said["outcome"] == "new"
    assert set(said["referrals"]) == set(map(str, committed.made))
    assert (said["moved"], said["status"]) == (5, "removed")
    assert said["changes"][-1] == "removed"
    assert said["refused"] == [409, "/api/v1/problems/transition-refused"]


def _run(folder: Path, world: World, url: str, *words: str | Path) -> str:
    """Run a program of Node.js; return what it printed."""
    keys = {"BASE": url, "NORTH": world.texts["north"], "TELEGRAM": world.texts["telegram"]}
    done = subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, **keys},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
