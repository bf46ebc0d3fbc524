"""Parts of an operation: the folded standings, the referrals one by one, and plain SQL say the same."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures import slices
from takedowns.figures.fold import fold
from takedowns.figures.slices import DIMENSIONS, FOLDED, READ, Slice, TooLargeError, slice_of, times_of
from takedowns.referrals.models import Operation
from tests.factories import make_referrals
from tests.people import People
from tests.played import PlayOnce

pytestmark = pytest.mark.django_db(transaction=True)

#: Where each dimension stands, in words of the tables.
COLUMNS = {
    "platform": "referral.platform_id",
    "provider": "coalesce(platform.provider_id, '')",
    "kind": "item.kind",
    "agency": "referral.agency_id::text",
    "instrument": "referral.instrument",
    "tier": "referral.tier::text",
    "language": "referral.language",
    "outlet": "coalesce(outlet.name, '')",
    "group": "referral.listed_group",
    "day": "to_char(referral.submitted_at AT TIME ZONE 'Europe/Amsterdam', 'YYYY-MM-DD')",
}
HAND = """
    SELECT {column}, count(*), count(referral.referred_at), count(*) FILTER (WHERE referral.status = 'removed'),
           count(*) FILTER (WHERE referral.status = 'removed' AND referral.availability = 'online')
    FROM referrals_referral AS referral JOIN referrals_item AS item ON item.id = referral.item_id
    JOIN directory_platform AS platform ON platform.slug = referral.platform_id
    JOIN referrals_operation AS operation ON operation.id = referral.operation_id
    LEFT JOIN referrals_outlet AS outlet ON outlet.id = item.outlet_id
    WHERE operation.reference = 'RAD19' AND {where} GROUP BY 1
"""


def by_hand(dimension: str, where: str = "true") -> dict[str, tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(HAND.format(column=COLUMNS[dimension], where=where))
        return {str(row[0]): tuple(row[1:]) for row in cursor.fetchall()}


def told(part: Slice, by: str, **how: Any) -> dict[str, tuple[int, ...]]:
    found = slice_of(Operation.objects.get(reference="RAD19"), SYSTEM, part, by=by, **how)
    assert found.left_out == 0
    return {
        line.key: (line.handed_in, line.referred, line.removed, line.removed_but_online)
        for line in found.lines
    }


def test_every_dimension_is_what_the_tables_say(play_once: PlayOnce) -> None:
    play_once(0.02)
    fold(stretch=300)
    with acting_as(SYSTEM):
        operation = Operation.objects.get(reference="RAD19")
        past = timezone.now() - timedelta(milliseconds=50)
        for dimension in DIMENSIONS:
            expected = by_hand(dimension)
            assert told(Slice(), dimension) == expected
            assert told(Slice(), dimension, as_of=past) == expected
            largest = max(expected, key=lambda key: expected[key])
            if dimension != "day":  # days are asked for by their first and last
                assert told(Slice(**{dimension: (largest,)}), dimension) == {largest: expected[largest]}
        day = Slice(since=date(2019, 11, 22), until=date(2019, 11, 22), platform=("telegram",))
        on_friday = f"{COLUMNS['day']} = '2019-11-22' AND referral.platform_id = 'telegram'"
        assert told(day, "kind") == by_hand("kind", on_friday)

        folded, read = (slice_of(operation, SYSTEM, Slice(), one_by_one=one) for one in (False, True))
        assert {name: read.total.values[name] for name in folded.total.values} == folded.total.values
        assert read.times == times_of(operation)


def test_what_the_standings_do_not_know_is_not_told() -> None:
    assert {*FOLDED, *READ} == {*DIMENSIONS}
    assert Slice(kind=("video",)).is_folded("agency")
    assert not Slice(kind=("video",)).is_folded("outlet")
    assert not Slice(since=date(2019, 11, 21)).is_folded()


def test_nobody_counts_what_is_not_theirs(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_lantern/12"])
    seen = {}
    for name in ("officer", "other_officer", "absent_officer", "auditor", "platform_contact", "stranger"):
        actor = people.actor(name)
        for by in ("agency", "outlet"):
            with acting_as(actor):
                seen[name, by] = slice_of(people.operation, actor, Slice(), by=by).total.handed_in
    assert {key for key, number in seen.items() if number} == {
        (name, by) for name in ("officer", "other_officer", "auditor") for by in ("agency", "outlet")
    }
    assert {*seen.values()} == {0, 1}


def test_the_database_itself_gives_standings_to_nobody_else(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_lantern/12"])
    found = {}
    for name in ("officer", "absent_officer", "platform_contact", "stranger"):
        with acting_as(people.actor(name)), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM takedowns_standings(%s, NULL)", [people.operation.pk])
            found[name] = cursor.fetchone()[0]
    assert found == {"officer": 1, "absent_officer": 0, "platform_contact": 0, "stranger": 0}


def test_what_takes_too_long_is_given_up_and_the_transaction_goes_on(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "PATIENCE", timedelta(milliseconds=20))
    with acting_as(SYSTEM):
        with pytest.raises(TooLargeError), slices.time_limit(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        assert Operation.objects.filter(pk=people.operation.pk).exists()
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone()[0] == "0"
