"""A past moment's figures: what the ledger said then, the same whenever and however often it is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Platform
from takedowns.figures.board import board
from takedowns.figures.exports import as_csv, as_json
from takedowns.figures.fold import fold
from takedowns.figures.models import SelfReport
from takedowns.figures.moment import NotSettledError, first_id_of
from takedowns.referrals.transitions import apply_to_all
from tests.factories import MORNING
from tests.figures.test_fold import a_day, another_session, now_and_a_little_later, write_by_hand
from tests.people import make_people

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_the_same_moment_gives_the_same_bytes_whatever_came_later() -> None:
    people = make_people()
    ids = a_day(people)
    SelfReport.objects.create(
        operation=people.operation, platform_id="telegram", day=date(2019, 11, 21), what="accounts", count=12
    )
    moment = now_and_a_little_later()
    with acting_as(SYSTEM):
        first = (
            as_csv(people.operation, SYSTEM, as_of=moment),
            as_json(people.operation, SYSTEM, as_of=moment),
        )
    assert b"removed,referral,4" in first[0]
    # Told later, of before: it does not change what the ledger said.
    apply_to_all("remove", ids[4:], by=SYSTEM, at=MORNING + timedelta(hours=1), action="visibility_removed")
    SelfReport.objects.create(
        operation=people.operation, platform_id="youtube", day=date(2019, 11, 21), what="videos", count=3
    )
    people.operation.platforms.add(Platform.objects.get(slug="tamtam"))
    fold()
    with acting_as(SYSTEM):
        assert board(people.operation, SYSTEM).total.removed == 6
        assert (
            as_csv(people.operation, SYSTEM, as_of=moment),
            as_json(people.operation, SYSTEM, as_of=moment),
        ) == first


def test_before_everything_there_is_nothing() -> None:
    people = make_people()
    moment = now_and_a_little_later()
    a_day(people)
    with acting_as(SYSTEM):
        then = board(people.operation, SYSTEM, as_of=moment)
    assert (then.total.handed_in, then.rows, then.hours, then.as_of) == (0, (), (), moment)


def test_who_asks_sees_of_the_past_what_they_see_of_now() -> None:
    people = make_people()
    a_day(people)
    moment = now_and_a_little_later()
    for who, sees in (("officer", 6), ("absent_officer", 0), ("platform_contact", 6), ("stranger", 0)):
        actor = people.actor(who)
        with acting_as(actor):
            assert board(people.operation, actor, as_of=moment).total.handed_in == sees


def test_a_moment_that_is_not_final_is_refused() -> None:
    people = make_people()
    a_day(people)
    with acting_as(SYSTEM), pytest.raises(NotSettledError, match="still to come"):
        board(people.operation, SYSTEM, as_of=datetime.now(UTC) + timedelta(minutes=1))
    before = now_and_a_little_later()
    with another_session() as slow:
        write_by_hand(slow)
        moment = now_and_a_little_later()
        with acting_as(SYSTEM):
            assert board(people.operation, SYSTEM, as_of=before).total.handed_in == 6
            with pytest.raises(NotSettledError, match="still being written"):
                board(people.operation, SYSTEM, as_of=moment)
        slow.commit()
    with acting_as(SYSTEM):
        assert board(people.operation, SYSTEM, as_of=moment).total.handed_in == 7


@pytest.mark.parametrize("moment", [datetime(2019, 11, 22, 8), datetime(1969, 1, 1, tzinfo=UTC)])
def test_a_moment_that_is_none_is_refused(moment: datetime) -> None:
    with pytest.raises(ValueError, match=r"time zone|1970"):
        first_id_of(moment)
