"""Each job does its work as the worker's own role, over a day's work, and that role may no more than jobs need."""

from __future__ import annotations

import inspect
import io
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app
from psycopg.errors import InsufficientPrivilege

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.context import SAY, everything
from takedowns.evidence.services import Brought, attach
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.intake.tasks import load_submission
from takedowns.postgres.parts import Part, connected_as, role_of
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from takedowns.webhooks.endpoints import create
from tests.evidence.fake_clamd import clamd
from tests.people import People, make_people

#: What the worker has no business with: roles, keys, the parties of orders, holds, what people set up; and no row of the work goes.
NOT_THE_WORKERS = (
    "INSERT INTO directory_membership (role) VALUES ('administrator')",
    "UPDATE directory_apikey SET scopes = '{}'",
    "UPDATE directory_user SET is_superuser = true",
    "UPDATE directory_user SET password = 'x'",
    "UPDATE orders_issuingauthority SET name = 'x'",
    "UPDATE referrals_operation SET closed_at = NULL",
    "DELETE FROM referrals_operation_agencies",
    "INSERT INTO referrals_operation_agencies (operation_id) VALUES (NULL)",
    "UPDATE directory_platform SET name = 'x'",
    "INSERT INTO directory_platformhost (host) VALUES ('x')",
    "UPDATE holds_hold SET released_at = now()",
    "INSERT INTO holds_hold (reason) VALUES ('x')",
    "UPDATE complaints_complaint SET verdict = 'x'",
    "UPDATE figures_selfreport SET count = 1",
    "INSERT INTO wallboard_walllink (name) VALUES ('x')",
    "UPDATE exchange_marking SET tlp = 'clear'",
    "INSERT INTO evidence_evidence (sha256) VALUES ('x')",
    "DELETE FROM evidence_evidencescan",
    "UPDATE verification_check SET seen = 'offline'",
    "DELETE FROM referrals_referral",
    "DELETE FROM referrals_item",
    "DELETE FROM sending_handoff",
    "DELETE FROM orders_removalorder",
    "UPDATE accounts_accountrequest SET outcome = 'approved'",
    "SELECT secret_hash FROM directory_apikey",
    "SELECT * FROM takedowns_key_of('x', 'x')",
    "SELECT takedowns_forget_entry(1)",
)


def _work(people: People) -> None:
    """Leave something for the jobs: a list to load, referrals that were sent, evidence, an endpoint of a webhook."""
    officer = people.actor("officer")
    for number, inline in enumerate((True, False)):
        made = receive(
            operation=people.operation,
            agency=people.agency,
            user=people.officer,
            source=Submission.Source.PASTE,
            filename="",
            content=f"https://t.me/demo_worker{number}/1\nhttps://t.me/demo_worker{number}/2\n".encode(),
            loading=Loading.HERE if inline else Loading.WORKER,
        ).submission
        if not inline:
            with connected_as(Part.WORKER):
                load_submission(str(made.pk))
    with acting_as(SYSTEM):
        ids = list(Referral.objects.values_list("pk", flat=True))
        referral = Referral.objects.select_related("operation").get(pk=ids[0])
    assert len(ids) == 4
    with acting_as(officer):
        attach([Brought("log.txt", io.BytesIO(b"A log.\n"))], referral, by=officer)
    with acting_as(SYSTEM):
        create("telegram", url="https://hooks.example/in")
    assert len(apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True).moved) == 4
    dispatch(people.operation, by=people.actor("coordinator"))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_each_job_of_the_clock_does_its_work_as_the_worker(settings: Any) -> None:
    _work(make_people())
    jobs = [one.task for one in app.periodic_registry.periodic_tasks.values()]
    assert len(jobs) > 15
    with clamd() as scanner:
        settings.MALWARE_SCANNER = scanner.address
        refused = []
        for job in jobs:
            if job.pass_context or inspect.iscoroutinefunction(job.func):
                continue  # the queue's own, which a worker runs in every other test of it
            with connected_as(Part.WORKER):
                assert connection.connection is None or connection.connection.info.user == role_of(
                    Part.WORKER
                )
                try:
                    job.func(timestamp=0)
                except Exception as error:
                    if "permission denied" in str(error):
                        refused.append(f"{job.name}: {error}")
                    else:
                        raise
        assert refused == []
        assert scanner.came == [b"A log.\n"], "the work was there"


@pytest.fixture
def worker(db: None) -> Any:
    """A connection that logged in as the worker does, with nothing of Django's between."""
    with connected_as(Part.WORKER):
        parameters = connection.get_connection_params()
    with psycopg.connect(
        **parameters | {"user": role_of(Part.WORKER), "cursor_factory": psycopg.Cursor}
    ) as there:
        there.autocommit = True
        yield there


def test_what_is_smuggled_into_a_job_gives_no_role_and_changes_nothing_that_people_set_up(
    worker: psycopg.Connection[Any],
) -> None:
    assert settings.DATABASE_PARTS["worker"]
    got_through = []
    for statement in NOT_THE_WORKERS:
        try:
            with worker.transaction(force_rollback=True):
                worker.execute(SAY, [everything()])
                with psycopg.ClientCursor(worker) as cursor:
                    cursor.execute(statement)
            got_through.append(statement)
        except InsufficientPrivilege:
            pass
    assert got_through == []
