"""PostgreSQL is restarted, or away: what people, programs, load balancers and the worker notice."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import pytest

from tests.operating.installation import Installation, until

pytestmark = pytest.mark.torture


def test_after_a_clean_restart_the_next_requests_succeed(installation: Installation) -> None:
    installation.serve()
    for _ in range(6):
        assert installation.get("/operations/", as_="officer").status == 200
    installation.stop_server()
    installation.start_server()
    found = [
        installation.get(path, as_=who).status
        for path, who in [("/operations/", "officer"), ("/api/v1/referrals", "key"), ("/health/", "")] * 4
    ]
    assert found == [200] * 12


def test_while_it_is_away_everything_says_so_soon_and_it_works_again_by_itself(
    installation: Installation,
) -> None:
    installation.serve()
    assert installation.get("/operations/", as_="officer").status == 200
    installation.stop_server()
    for _ in range(2):
        page = installation.get("/operations/", as_="officer", Accept_Language="fr")
        assert (page.status, page.headers["Retry-After"]) == (503, "5")
        assert page.seconds < 3
        assert "La base de données ne répond pas" in page.text
        assert page.headers["Content-Language"] == "fr"
    told = installation.get("/api/v1/referrals", as_="key")
    assert (told.status, told.headers["Retry-After"]) == (503, "5")
    assert told.headers["Content-Type"] == "application/problem+json"
    assert '"/api/v1/problems/unavailable"' in told.text
    assert told.seconds < 3
    health = installation.get("/health/")
    assert (health.status, health.headers["Retry-After"]) == (503, "5")
    assert health.seconds < 3
    assert "Traceback" not in installation.said, "a line each, and no more"

    installation.start_server()
    until(lambda: installation.get("/operations/", as_="officer").status == 200, 5)


def test_a_server_that_hangs_is_away_too(installation: Installation) -> None:
    installation.serve()
    assert installation.get("/operations/", as_="officer").status == 200
    # The one that asks is left out: it ends with its question.
    processes = [
        row[0]
        for row in installation.ask(
            "SELECT pid FROM pg_stat_activity WHERE datname = 'takedowns' AND pid <> pg_backend_pid()"
        )
    ]
    everyone = [*processes, installation.cluster._server_pid()]
    try:
        _tell(everyone, signal.SIGSTOP)
        answers = [installation.get("/operations/", as_="officer") for _ in range(3)]
    finally:
        _tell(everyone, signal.SIGCONT)
    assert [answer.status for answer in answers] == [503, 503, 503]
    assert max(answer.seconds for answer in answers) < 4
    until(lambda: installation.get("/operations/", as_="officer").status == 200, 5)


def test_the_worker_goes_on_when_it_is_back(installation: Installation) -> None:
    def heartbeat() -> list[tuple]:
        return installation.ask(
            "SELECT id FROM procrastinate_workers WHERE last_heartbeat > now() - interval '15 seconds'"
        )

    def done() -> int:
        return int(
            installation.ask("SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'")[0][0]
        )

    worker = installation.start("manage.py", "procrastinate", "worker", "--concurrency", "2")
    until(heartbeat)
    before = heartbeat()
    installation.stop_server()
    with pytest.raises(TimeoutError):
        _wait(worker, 12)
    installation.start_server()
    until(lambda: heartbeat() not in ([], before), 45)
    earlier = done()
    installation.ask(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('notices', 'notices.tell', '{\"timestamp\": 1}')"
    )
    until(lambda: done() > earlier, 20)
    worker.terminate()
    assert worker.wait(20) == 0, "and it ends in order when it is asked to"


def _tell(processes: list[int], what: signal.Signals) -> None:
    """Send a signal to each that is still there: a connection of a pool may end at any time."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, what)


def _wait(process, seconds: float) -> None:  # type: ignore[no-untyped-def]
    import subprocess

    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
