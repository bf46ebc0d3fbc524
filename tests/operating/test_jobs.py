"""The page of jobs: what waits, runs and failed, why, and how it is done again."""

from __future__ import annotations

import html
import re
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Submission
from tests.clients import SignedIn
from tests.intake.queued import handed_in, work
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)


def execute(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def said(client: Client) -> str:
    text = client.get(reverse("web:jobs")).content.decode()
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def test_a_failed_job_is_shown_with_its_reason_and_done_again(people: People, signed_in: SignedIn) -> None:
    client = signed_in("administrator")
    assert "No worker is running" in said(client)
    submission = handed_in(people)
    content = Path(submission.content.path)
    away = content.rename(content.with_suffix(".away"))
    work()
    shown = said(client)
    assert f"intake.load_submission submission_id={submission.pk}" in shown
    assert "FileNotFoundError" in shown
    assert "Tried again at" in shown

    away.rename(content)
    execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'intake.load_submission'")
    page = client.get(reverse("web:jobs")).content.decode()
    (address,) = set(re.findall(r'action="(/jobs/[0-9]+/try-again/)"', page))
    answer = client.post(address, follow=True)
    assert "The job waits to be done again." in answer.content.decode()
    work()
    with acting_as(SYSTEM):
        assert Submission.objects.get().state == Submission.State.LOADED
    assert "FileNotFoundError" not in said(client)
    assert "Nothing to do" in client.post(address, follow=True).content.decode()


def test_workers_that_ended_without_a_word_are_shown_as_dead(people: People, signed_in: SignedIn) -> None:
    execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()), (now() - interval '2 minutes')"
    )
    shown = said(signed_in("administrator"))
    assert shown.count("Dead: not heard of for half a minute") == 1
    assert shown.count("At work") == 1


def test_the_page_warns_of_a_copy(people: People, signed_in: SignedIn, settings: object) -> None:
    client = signed_in("administrator")
    assert "This is a copy" not in said(client)
    settings.SITE_URL = "https://training.example"  # type: ignore[attr-defined]
    assert "This is a copy of an installation." in said(client)


def test_a_long_transaction_in_another_database_is_shown(
    people: People, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takedowns.postgres.transactions.ALARM_SECONDS", 0)
    client = signed_in("administrator")
    owner = {**connections["owner"].get_connection_params(), "dbname": "postgres"}
    with psycopg.connect(**owner) as somebody:
        somebody.execute("SELECT pg_current_xact_id()")
        shown = said(client)
        assert (
            f"In the database postgres, role {somebody.info.user}, process {somebody.info.backend_pid},"
            in shown
        )
    assert "A long transaction" not in said(client)


def test_it_is_for_administrators(people: People, signed_in: SignedIn) -> None:
    for who in ("officer", "coordinator", "auditor"):
        assert signed_in(who).get(reverse("web:jobs")).status_code == 403


def test_a_job_whose_next_time_is_far_is_tried_again() -> None:
    """Where the database is away just then, a job of the night would wait for the next one, and raise no alarm meanwhile."""
    given_up = [
        periodic.task.name
        for periodic in app.periodic_registry.periodic_tasks.values()
        if not re.match(r"(\*|\*/[2-5]) ", periodic.cron) and periodic.task.retry_strategy is None
    ]
    assert given_up == []
