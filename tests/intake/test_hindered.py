"""A load that fails for a reason outside is tried again until it succeeds, and its page says what is the case."""

from __future__ import annotations

import asyncio
import html
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone
from procrastinate import periodic
from procrastinate.contrib.django import app

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Submission
from takedowns.intake.queueing import load_later
from takedowns.intake.receive import Loading, receive
from takedowns.intake.tasks import retry_jobs_of_silent_workers, sweep
from takedowns.postgres.queueing import BackOff
from tests.clients import SignedIn
from tests.intake.queued import handed_in, work
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)


def jobs(what: str = "status") -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {what} FROM procrastinate_jobs WHERE task_name = 'intake.load_submission' ORDER BY id"
        )
        return [row[0] for row in cursor.fetchall()]


def execute(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def page(client: Client, submission: Submission) -> str:
    said = client.get(reverse("web:submission", args=["RAD19", submission.pk])).content.decode()
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", said)))


def worker_lives(seconds_ago: int = 0) -> None:
    execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
        seconds_ago,
    )


def state(submission_id: UUID) -> str:
    with acting_as(SYSTEM):
        return Submission.objects.get(pk=submission_id).state


def test_files_that_are_away_for_hours_delay_a_load_and_do_not_end_it(
    people: People, signed_in: SignedIn
) -> None:
    submission = handed_in(people)
    content = Path(submission.content.path)
    away = content.rename(content.with_suffix(".away"))
    for tries in range(1, 7):
        execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
        work()
        assert (jobs(), jobs("attempts")) == (["todo"], [tries])
    (waits,) = jobs("scheduled_at - now()")
    assert timedelta(minutes=10) < waits <= timedelta(minutes=30)  # type: ignore[operator]
    worker_lives()
    said = page(signed_in("officer"), submission)
    assert "The file as it was submitted was not where the worker looks for it." in said
    assert "It is tried again at" in said
    assert "do not submit it again" in said
    assert "the reading goes on" not in said

    away.rename(content)
    execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    work()
    assert state(submission.pk) == Submission.State.LOADED


def test_a_full_disk_is_told_as_what_it_is(
    people: People, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = handed_in(people)
    # The server itself refuses: the temporary table of the load is larger than it may be.
    monkeypatch.setattr(
        "takedowns.intake.statements.STAGE",
        "DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$",
    )
    work()
    worker_lives()
    assert "There was no space left on the server. It is tried again at" in page(
        signed_in("officer"), submission
    )


def test_what_has_no_job_any_more_is_swept_up(people: People, signed_in: SignedIn) -> None:
    submission = handed_in(people)
    execute("UPDATE procrastinate_jobs SET status = 'failed'")
    sweep(0)
    assert jobs() == ["failed"], "one that has just come may be in somebody's hands"
    with acting_as(SYSTEM):
        Submission.objects.update(received_at=timezone.now() - timedelta(minutes=3))
    worker_lives()
    assert "It is taken up within five minutes." in page(signed_in("officer"), submission)
    sweep(0)
    sweep(0)
    assert jobs() == ["failed", "todo"]
    work()
    assert state(submission.pk) == Submission.State.LOADED
    sweep(0)
    assert jobs() == ["failed", "succeeded"]


def test_the_page_says_when_nobody_works_and_when_a_worker_was_killed(
    people: People, signed_in: SignedIn
) -> None:
    submission, client = handed_in(people), signed_in("officer")
    assert "No worker is running" in page(client, submission)
    worker_lives(100)
    execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
    )
    assert "The program that read it was stopped." in page(client, submission)


def look_after_jobs() -> None:
    """Do what the worker does each minute."""

    async def retry() -> None:
        with app.replace_connector(app.connector.get_worker_connector()):
            async with app.open_async():
                await retry_jobs_of_silent_workers(SimpleNamespace(app=app))  # type: ignore[arg-type]

    asyncio.run(retry())


def test_the_pauses_grow_to_half_an_hour_and_never_end() -> None:
    class Tried:
        def __init__(self, attempts: int) -> None:
            self.attempts = attempts

    now = timezone.now()
    waits = [
        (BackOff().get_retry_decision(exception=OSError(), job=Tried(tries)).retry_at - now).total_seconds()  # type: ignore[arg-type,operator]
        for tries in (0, 1, 5, 500)
    ]
    assert [round(one) for one in waits] == [30, 60, 960, 1800]


def test_queueing_what_waits_already_breaks_no_transaction(people: People) -> None:
    submission = handed_in(people)
    with acting_as(SYSTEM):
        load_later(submission.pk)
        assert Submission.objects.count() == 1
    assert jobs() == ["todo"]


def test_one_silent_workers_locked_job_does_not_keep_the_others_from_being_retried(people: People) -> None:
    handed_in(people)
    worker_lives(100)
    execute(
        """
        INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, status, worker_id)
        SELECT 'intake', 'intake.load_submission', lock, '{"submission_id": "00000000-0000-0000-0000-000000000000"}', 'doing',
               (SELECT max(id) FROM procrastinate_workers)
        FROM unnest(ARRAY[(SELECT queueing_lock FROM procrastinate_jobs), 'another', NULL]) AS lock
        """
    )

    look_after_jobs()
    assert jobs("status::text") == ["todo", "aborted", "todo", "todo"], (
        "the first does what the second was to do"
    )


def test_where_the_clock_was_set_back_what_waits_for_another_try_waits_no_longer(people: People) -> None:
    handed_in(people)
    later = "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '30 seconds'"
    execute(later)
    look_after_jobs()
    assert jobs("scheduled_at > now()") == [True], "by this clock it waits"
    # An hour ahead it failed, and was to be tried again half a minute later.
    execute(later.replace("30 seconds", "3630 seconds"))
    execute("UPDATE procrastinate_events SET at = now() + interval '1 hour' WHERE type = 'deferred'")
    look_after_jobs()
    assert jobs("scheduled_at > now()") == [False]


def test_where_the_clock_was_set_back_a_dead_workers_job_is_tried_again_all_the_same(people: People) -> None:
    handed_in(people)
    worker_lives(-3600)
    execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
    )
    look_after_jobs()
    assert jobs("status::text") == ["doing"], "it may live"
    execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '31 seconds'")
    look_after_jobs()
    assert jobs("status::text") == ["todo"]


def test_where_the_clock_was_set_back_what_comes_each_minute_still_comes() -> None:
    deferrer = periodic.PeriodicDeferrer(registry=app.periodic_registry)
    now = timezone.now().timestamp()

    def due(at: float) -> list[int]:
        return [moment for one, moment in deferrer.get_previous_tasks(at) if one.task.name == "ledger.seal"]

    assert len(due(now)) == 1
    assert len(due(now - 3600)) == 1
    assert len(due(now - 3600 + 20)) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only who may mount a file system can make a disk full")
    yield place
    subprocess.run(["umount", place], check=True)


def files(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()]


def test_a_full_disk_is_a_sentence_and_leaves_no_file(
    people: People, signed_in: SignedIn, small_disk: Path
) -> None:
    client = signed_in("officer")
    client.raise_request_exception = False
    with override_settings(MEDIA_ROOT=small_disk):
        said = client.post(
            reverse("web:hand-in", args=["RAD19"]),
            {
                "file": SimpleUploadedFile("list.csv", b"url\n" + b"https://t.me/demo\n" * 30_000),
                "agency": people.agency.pk,
            },
        )
    assert said.status_code == 503
    assert "There is no space left on the server" in said.content.decode()
    assert said["Retry-After"] == "60"
    assert files(small_disk) == []
    with acting_as(SYSTEM):
        assert not Submission.objects.exists()


def test_a_submission_that_is_not_taken_after_all_leaves_no_file(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "takedowns.intake.statements.STAGE",
        "DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$",
    )
    with pytest.raises(OperationalError):
        receive(
            operation=people.operation,
            agency=people.agency,
            user=people.officer,
            source=Submission.Source.FILE,
            filename="list.csv",
            content=b"url\nhttps://t.me/demo_one\n",
            loading=Loading.HERE,
        )
    assert files(Path(settings.MEDIA_ROOT)) == []
