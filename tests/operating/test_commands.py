"""What an operator meets on the way: a dead database, a forgotten step, a copy of an installation, secrets in a log."""

from __future__ import annotations

import subprocess
import sys
import time

import psycopg
import pytest

import takedowns
from takedowns.postgres.bootstrap import DATABASE
from takedowns.postgres.cluster import SUPERUSER
from tests.operating.installation import ROOT, Installation, until

pytestmark = pytest.mark.torture


def test_a_command_says_in_one_line_that_the_database_is_away(installation: Installation) -> None:
    installation.stop_server()
    for command in (["recount"], ["migrate"], ["invite", "a@example.org", "--agency", "north"]):
        code, said = installation.run(*command)
        assert code == 1
        assert said.startswith("The database does not answer.")
        assert len(said.splitlines()) == 1


def test_an_invitation_leads_to_the_address_of_the_installation(installation: Installation) -> None:
    said = installation.done(
        "invite", "new@example.org", "--agency", "north", SITE_URL="https://takedowns.example"
    )
    assert said.startswith("https://takedowns.example/invitation/")


def test_an_empty_url_of_the_owner_is_none(installation: Installation) -> None:
    code = "from django.conf import settings as s; print(s.DATABASES['owner']['HOST'] == s.DATABASES['default']['HOST'])"
    assert installation.done("shell", "--no-imports", "-c", code, DATABASE_OWNER_URL="").strip() == "True"


def test_the_demo_makes_nobody_where_people_work(installation: Installation) -> None:
    before = installation.ask("SELECT count(*) FROM directory_user")
    code, said = installation.run("demo", "--no-serve", "--scale", "0.01")
    assert code == 1
    assert "a known password" in said
    code, said = installation.run("demo", "--no-serve", "--scale", "0.01", DEBUG="1")
    assert code == 1
    assert "not a demo's" in said
    assert installation.ask("SELECT count(*) FROM directory_user") == before


def test_migrating_gives_way_to_a_long_transaction_and_tries_again(installation: Installation) -> None:
    with psycopg.connect(installation.cluster.dsn(DATABASE, SUPERUSER)) as somebody:
        somebody.execute("SELECT count(*) FROM demo_step")
        code, said = installation.run("migrate", "demo", "zero", "--patience", "0")
        assert code == 1
        assert "A long transaction holds a table" in said
        migrating = installation.start("manage.py", "migrate", "demo", "zero")
        until(lambda: "trying again" in installation.said)
        with psycopg.connect(installation.cluster.dsn(DATABASE, SUPERUSER)) as reader:
            began = time.monotonic()
            reader.execute("SELECT count(*) FROM demo_step")
            assert time.monotonic() - began < 7, "readers do not queue up behind it"
    assert migrating.wait(60) == 0, installation.said
    installation.done("migrate", "--verbosity", "0")


def test_error_pages_need_no_collected_static_files(installation: Installation) -> None:
    installation.serve(VAR_DIR=str(installation.folder / "nothing"))
    failed = installation.get("/sign-in/", Accept_Language="de")
    assert failed.status == 500
    assert "Zu Ihren Operationen" in failed.text
    assert installation.get("/no/such/page/").status == 404
    code, said = installation.run("check", "--deploy", VAR_DIR=str(installation.folder / "nothing"))
    assert code == 1
    assert "takedowns.E006" in said


def test_secret_addresses_are_in_no_log(installation: Installation) -> None:
    installation.serve(LOG_LEVEL="DEBUG")
    for path in (
        "/invitation/verysecret1/",
        "/wall/verysecret2/",
        "/wall/verysecret3/live/",
        "/account/password/reset/key/1-verysecret4/",
    ):
        installation.get(path)
    installation.get("/invitation/verysecret5/more")
    assert "/invitation/…" in installation.said
    assert "verysecret" not in installation.said


def test_queueing_what_waits_already_leaves_nothing_in_the_log_of_the_server(
    installation: Installation,
) -> None:
    code = """
import asyncio
from uuid import UUID
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicDeferrer
from takedowns.intake.queueing import load_later
for _ in range(3):
    load_later(UUID(int=1))

async def by_the_clock():
    with app.replace_connector(app.connector.get_worker_connector()):
        async with app.open_async():
            deferrer = PeriodicDeferrer(app.periodic_registry)
            for at in (60, 120, 180):
                await deferrer.defer_jobs((one, at) for one in app.periodic_registry.periodic_tasks.values())
asyncio.run(by_the_clock())
"""
    installation.done("shell", "--no-imports", "-c", code)
    assert (
        installation.ask(
            "SELECT count(*) FROM procrastinate_jobs WHERE queueing_lock LIKE 'submission %' AND status = 'todo'"
        )[0][0]
        == 1
    )
    assert "duplicate key" not in installation.log()
    installation.ask("DELETE FROM procrastinate_periodic_defers")
    installation.ask("DELETE FROM procrastinate_jobs")


def test_a_copy_is_silent_until_somebody_says_that_it_is_the_real_one(installation: Installation) -> None:
    ask = (
        "shell",
        "--no-imports",
        "-c",
        "from takedowns.installation.identity import is_copy; print(is_copy())",
    )
    assert installation.done(*ask).strip() == "False", "a new installation needs no word"
    elsewhere = {"SITE_URL": "https://training.example"}
    assert installation.done(*ask, **elsewhere).strip() == "True"
    installation.done("migrate", "--verbosity", "0", **elsewhere)
    assert installation.done(*ask, **elsewhere).strip() == "True", (
        "migrating a copy makes no installation of it"
    )
    said = installation.done("this_is_production", **elsewhere)
    assert "go out again" in said
    assert installation.done(*ask, **elsewhere).strip() == "False"
    assert installation.done(*ask).strip() == "True", "and what stands at the old address is one now"
    installation.done("this_is_production")


@pytest.mark.parametrize("asked", ["--version", "version"])
def test_it_says_its_own_version_and_not_that_of_a_library(asked: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "takedowns", asked], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.startswith(f"Takedowns {takedowns.__version__} ")
