"""A long list that is being loaded keeps no platform from its changes, and none of them is lost or told twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Signal
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake import statements
from takedowns.intake.load import load
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.referrals import log
from takedowns.referrals.log import let_platforms_pass
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.representation.changes import changes
from takedowns.representation.reader import AgencyReader, PlatformReader, Reader
from tests.factories import make_referrals, wait_for_the_log
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)
LISTED = [f"https://t.me/demo_listed_{number}" for number in range(40)]


@contextmanager
def being_loaded(submission: Submission) -> Iterator[None]:
    """Let another session load a list as the worker does; for the length of the block all is written, and nothing committed."""
    written, may_end, failed = Signal(), Signal(), []

    def wait_at_the_end(execute: Any, sql: str, *more: Any) -> Any:
        if sql == statements.COUNT:
            written.set()
            assert may_end.wait(60)
        return execute(sql, *more)

    def run() -> None:
        try:
            with connection.execute_wrapper(wait_at_the_end):
                load(submission.pk)
        except BaseException as error:
            failed.append(error)
        finally:
            written.set()
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    try:
        assert written.wait(60)
        yield
    finally:
        may_end.set()
        thread.join(60)
    assert not failed
    assert not thread.is_alive()


class Follower:
    """Whoever reads the feed, from now on."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.position, self.told = reader, log.latest(), []

    def read(self) -> list[UUID]:
        """Return what the feed tells that it did not tell before."""
        with acting_as(self.reader.actor):
            reading, found = changes(self.reader, self.position, 1000)
        self.position = reading.position
        self.told += [one["id"] for one in found]
        return [one["referral_id"] for one in found]


def logged(*, without: tuple[str, ...] = ()) -> list[UUID]:
    with acting_as(SYSTEM):
        events = Event.objects.exclude(kind__in=without).order_by("xid", "pk")
        return list(events.values_list("pk", flat=True))


@pytest.fixture
def submission(people: People) -> Submission:
    return receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="list.csv",
        content="\n".join(["url", *LISTED]).encode(),
        loading=Loading.CALLER,
    ).submission


def test_platforms_are_told_of_others_work_while_a_list_is_loaded_and_of_the_list_once_it_is_referred(
    people: People, submission: Submission
) -> None:
    url = "https://t.me/demo_listed_3"  # another agency's, so that the list is asked for together with it
    waiting = make_referrals(people.operation, people.other_agency, [url], submitted_by=people.other_officer)
    wait_for_the_log()
    platform, agency = Follower(PlatformReader("telegram")), Follower(AgencyReader(people.agency.pk))
    with being_loaded(submission):
        for move in ("approve", "refer", "acknowledge"):
            apply_to_all(
                move, waiting, by=SYSTEM, **({"exemptions_checked": True} if move == "approve" else {})
            )
        assert platform.read() == waiting * 2, "referred and acknowledged: told at once"
        assert agency.read() == [], "an agency is told of the list, too, and in the order of the log"
    wait_for_the_log()
    assert platform.read() == [], "what was submitted and not sent is nobody's yet"
    with acting_as(SYSTEM):
        listed = list(Referral.objects.filter(status="submitted").values_list("pk", flat=True))
    assert len(listed) == len(LISTED) - 1
    apply_to_all("approve", listed, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", listed, by=SYSTEM)
    wait_for_the_log()
    assert sorted(platform.read()) == sorted(listed)
    agency.read()
    everything = logged()
    assert platform.told == logged(without=("submit", "approve", "co_refer"))
    assert [one for one in everything if one in set(agency.told)] == agency.told
    assert len(set(agency.told)) == len(agency.told) >= 3 * len(listed)


def test_a_transaction_that_did_not_say_so_is_waited_for(people: People) -> None:
    urls = [f"https://t.me/demo_{number}" for number in range(3)]
    first, *ids = make_referrals(people.operation, people.agency, urls, submitted_by=people.officer)

    def send(one: UUID) -> None:
        apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
        apply_to_all("refer", [one], by=SYSTEM)

    send(first)  # from then on its cells are known: nobody waits for them
    wait_for_the_log()
    platform, written, may_end = Follower(PlatformReader("telegram")), Signal(), Signal()

    def send_slowly() -> None:
        with acting_as(SYSTEM):
            send(ids[0])
            written.set()
            may_end.wait(60)
        connections.close_all()

    thread = Thread(target=send_slowly)
    thread.start()
    assert written.wait(60)
    send(ids[1])
    assert platform.read() == []
    may_end.set()
    thread.join(60)
    wait_for_the_log()
    assert platform.read() == ids


def test_who_has_written_already_cannot_let_platforms_pass(people: People) -> None:
    with acting_as(SYSTEM):
        people.operation.save()
        with pytest.raises(RuntimeError, match="written nothing"):
            let_platforms_pass()
    with pytest.raises(RuntimeError, match="written nothing"):
        let_platforms_pass()
