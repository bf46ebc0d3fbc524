"""The doctor, and what load balancers ask: what is right is said to be right, and each thing that is broken is named with a remedy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from takedowns.postgres.cluster import SUPERUSER
from tests.operating.installation import Installation, until

pytestmark = pytest.mark.torture


@contextmanager
def writing_elsewhere(installation: Installation) -> Iterator[int]:
    """Hold a writing transaction open in another database of the server; yields its process."""
    with psycopg.connect(installation.cluster.dsn("postgres", SUPERUSER)) as somebody:
        somebody.execute("SELECT pg_current_xact_id()")
        yield somebody.info.backend_pid


def found(installation: Installation, **settings: str) -> tuple[int, dict[str, list[dict[str, str]]]]:
    code, said = installation.run("doctor", "--json", **settings)
    by_name: dict[str, list[dict[str, str]]] = {}
    for one in json.loads(said[said.index("[") :]):
        by_name.setdefault(one["what"], []).append(one)
    return code, by_name


def test_a_sound_installation_has_nothing_wrong(installation: Installation) -> None:
    # What other tests left.
    installation.ask("DELETE FROM procrastinate_jobs; UPDATE directory_apikey SET certificates = '{}'")
    installation.done("seal")
    worker = installation.start("manage.py", "procrastinate", "worker")
    until(
        lambda: installation.ask(
            "SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '20 s'"
        )
    )
    code, said = found(installation, BACKUP_ALARM_HOURS="0")  # its own tests make one
    assert {name for name, all_ in said.items() if any(one["level"] == "wrong" for one in all_)} == set()
    assert code == 0
    assert {
        "database",
        "privileges",
        "migrations",
        "identity",
        "transactions",
        "workers",
        "jobs",
        "secrets",
        "seals",
        "folder MEDIA_ROOT",
    } <= set(said)
    worker.terminate()
    worker.wait(30)
    # One that was stopped before it could say so counts as alive until its last sign is old.
    installation.ask("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    code, screen = installation.run("doctor")
    assert code == 1
    assert "WRONG  workers:" in screen
    assert "→ Start “takedowns worker”." in screen


def test_each_thing_that_is_broken_is_named_with_a_remedy(installation: Installation) -> None:
    installation.ask("GRANT pg_read_all_stats TO takedowns_app")
    installation.ask(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('x', 'x', 'failed')"
    )
    installation.ask("DELETE FROM django_migrations WHERE app = 'demo'")
    blocked = installation.folder / "a-file"
    blocked.write_text("")
    try:
        with writing_elsewhere(installation) as process:
            installation.ask(f"SELECT pg_sleep(0) /* {process} */")
            code, said = found(
                installation,
                VAR_DIR=str(blocked),
                SITE_URL="https://training.example",
                EMAIL_URL="smtp://127.0.0.1:9",
            )
    finally:
        installation.ask("DELETE FROM procrastinate_jobs")
        installation.ask(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('demo', '0001_initial', now())"
        )
    assert code == 1
    wrong = {name: all_[0] for name, all_ in said.items() if all_[0]["level"] != "right"}
    assert "demo.0001_initial" in wrong["migrations"]["said"]
    assert "This is a copy" in wrong["identity"]["said"]
    assert wrong["jobs"]["said"].startswith("1 failed")
    assert wrong["mail"]["level"] == "wrong"
    assert wrong["folder MEDIA_ROOT"]["level"] == "wrong"
    assert all(one["mend"] for name, one in wrong.items() if one["level"] == "wrong")
    installation.stop_server()
    code, said = found(installation)
    assert code == 1
    assert "does not answer" in said["database"][0]["said"]


def test_a_long_transaction_in_another_database_is_named(installation: Installation) -> None:
    installation.ask("GRANT pg_read_all_stats TO takedowns_app")
    code = """
from takedowns.postgres import transactions
transactions.ALARM_SECONDS = 0
found = transactions.oldest()
print(found.database, found.pid, found.is_long, found.is_lower_bound)
from takedowns.operating.tasks import watch
watch(0)
"""
    with writing_elsewhere(installation) as process:
        said = installation.done("shell", "--no-imports", "-c", code)
        assert f"postgres {process} True False" in said
        assert f"process {process} of role postgres in database postgres, open for" in said
        installation.ask("REVOKE pg_read_all_stats FROM takedowns_app")
        said = installation.done("shell", "--no-imports", "-c", code)
        assert f"postgres {process} True True" in said
        assert "open for at least" in said, "who is not told since when knows how long it has seen it"


def test_our_own_transactions_that_do_nothing_are_ended_by_the_server(installation: Installation) -> None:
    code = "from django.db import connection as c; k = c.cursor(); k.execute('SHOW idle_in_transaction_session_timeout'); print(k.fetchone()[0])"
    assert installation.done("shell", "--no-imports", "-c", code).strip() == "5min"


def test_what_load_balancers_ask(installation: Installation) -> None:
    installation.serve()
    assert installation.get("/livez").text == "ok\n"
    ready = installation.get("/readyz?verbose")
    assert (ready.status, ready.text.splitlines()[0], ready.text.splitlines()[-1]) == (
        200,
        "[+] database ok",
        "ready",
    )
    installation.stop_server()
    assert installation.get("/livez").status == 200, "the process lives"
    away = installation.get("/readyz?verbose")
    assert (away.status, away.headers["Retry-After"]) == (503, "5")
    assert "[-] database failed" in away.text
    assert away.seconds < 3
