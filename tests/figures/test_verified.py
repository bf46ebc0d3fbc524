"""Verified after referral, narrowed figures, and the two clocks of a past moment: counted again by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.detail import detail_of
from takedowns.figures.moment import NotSettledError
from takedowns.figures.part import Slice
from takedowns.figures.resurfacing import resurfacing_of
from takedowns.figures.slices import Line, slice_of
from takedowns.figures.values import Share
from takedowns.figures.verified_measures import VERIFIED_MEASURES, WINDOWS
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.models import Check
from takedowns.verification.recording import record_checks
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.people import People
from tests.played import PlayOnce

pytestmark = pytest.mark.django_db(transaction=True)


def by_hand(referrals: Iterable[Referral], checks: dict[Any, list[Check]], until: datetime) -> dict[str, Any]:
    """Count the way a patient person with a pencil would."""
    found: dict[str, list[int]] = {name: [0, 0] for name in VERIFIED_MEASURES}
    times: list[timedelta] = []
    for referral in referrals:
        asked = referral.referred_at
        if asked is None:
            continue
        could_tell = [
            one for one in checks.get(referral.item_id, ()) if one.seen != "unknown" and one.at >= asked
        ]
        gone = [one for one in could_tell if one.seen == "offline"]
        whose = {
            "verified": gone,
            "verified_by_person": [one for one in gone if not one.robot],
            "verified_by_robot": [one for one in gone if one.robot],
            "checked": could_tell,
        }
        for name, looks in whose.items():
            for window, long in WINDOWS.items():
                if asked + long <= until:
                    found[f"{name}_{window}"][1] += 1
                    found[f"{name}_{window}"][0] += any(one.at <= asked + long for one in looks)
        for name in ("verified", "verified_by_person", "verified_by_robot"):
            found[name.replace("verified", "verified_since")][0] += bool(whose[name])
        if gone:
            first = min(one.at for one in gone)
            times.append(first - asked)
            found["back_online"][1] += 1
            found["back_online"][0] += any(one.seen == "online" and one.at > first for one in could_tell)
    told: dict[str, Any] = {name: Share(*pair) for name, pair in found.items()}
    for name in ("verified_since", "verified_since_by_person", "verified_since_by_robot"):
        told[name] = found[name][0]
    times.sort()
    for name, share in (("median_time_to_verified", 0.5), ("p90_time_to_verified", 0.9)):
        place = -int(-share * len(times) // 1) - 1
        told[name] = times[place] if times else None
    return told


def told(line: Line) -> dict[str, Any]:
    return {name: line.values[name] for name in VERIFIED_MEASURES}


def test_what_was_verified_after_referral_is_what_the_checks_say(play_once: PlayOnce) -> None:
    play_once(0.02)
    with acting_as(SYSTEM):
        operation = Operation.objects.get(reference="RAD19")
        until = timezone.now() - timedelta(milliseconds=50)
        checks = {
            item: list(group)
            for item, group in groupby(Check.objects.order_by("item_id", "at"), key=lambda one: one.item_id)
        }
        referrals = list(Referral.objects.filter(operation=operation))
        found = slice_of(operation, SYSTEM, Slice(), by="platform", one_by_one=True)
        assert told(found.total) == by_hand(referrals, checks, until)
        assert found.total.values["verified_24h"].numerator > 50
        assert found.total.values["verified_by_person_7d"] != found.total.values["verified_by_robot_7d"]
        for line in found.lines:
            of_it = [one for one in referrals if one.platform_id == line.key]
            assert told(line) == by_hand(of_it, checks, until), line.key
        for happened in (False, True):
            then = slice_of(operation, SYSTEM, Slice(), as_of=until, happened=happened, one_by_one=True)
            assert then.total.values == found.total.values, happened


def test_figures_in_detail_and_what_came_back_take_the_same_filters(play_once: PlayOnce) -> None:
    play_once(0.02)
    with acting_as(SYSTEM):
        operation = Operation.objects.get(reference="RAD19")
        whole = detail_of(operation, SYSTEM).values
        lines = slice_of(operation, SYSTEM, Slice(), by="platform").lines
        parts = [detail_of(operation, SYSTEM, part=Slice(platform=(line.key,))).values for line in lines]
        for name in ("no_answer", "declined_other", "checked", "complaints", "errors"):
            assert sum(part[name] for part in parts) == whole[name], name
        assert "rows_handed_in" in whole
        assert "rows_handed_in" not in parts[0], "rows of lists are of no part"
        back = resurfacing_of(operation, SYSTEM)
        pieces = [resurfacing_of(operation, SYSTEM, part=Slice(platform=(line.key,))) for line in lines]
        assert sum(one.items_seen_gone for one in pieces) == back.items_seen_gone
        assert sum(one.items_back for one in pieces) == back.items_back
        days = slice_of(operation, SYSTEM, Slice(), by="referred_day").lines
        assert len(days) > 1
        assert {line.key: line.referred for line in days if line.key} == {
            line.key: slice_of(
                operation, SYSTEM, Slice(referred_since=day, referred_until=day)
            ).total.referred
            for line in days
            if line.key and (day := datetime.strptime(line.key, "%Y-%m-%d").date())  # noqa: DTZ007 - a day alone
        }


def test_the_two_clocks_differ_where_something_was_told_late(people: People, signed_in: SignedIn) -> None:
    """On Friday the platform removed it and a check saw it online; both were told on Monday, the platform's word last."""
    friday = datetime(2019, 11, 22, 10, tzinfo=UTC)
    [one] = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_late"], at=friday - timedelta(hours=2)
    )
    with acting_as(SYSTEM):
        apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True, at=friday - timedelta(hours=1))
        apply_to_all("refer", [one], by=SYSTEM, at=friday)
        item = Referral.objects.get(pk=one).item_id
        record_checks(
            [Look(item, Availability.ONLINE, friday + timedelta(hours=5))], by=SYSTEM, robot="probe"
        )
        apply_to_all("remove", [one], by=SYSTEM, action="visibility_removed", at=friday + timedelta(hours=3))

        def at(hours: int) -> tuple[int, int, int, int]:
            found = slice_of(
                people.operation, SYSTEM, Slice(), as_of=friday + timedelta(hours=hours), happened=True
            )
            return found.total.referred, found.total.open, found.total.removed, found.total.removed_but_online

        assert at(-3) == (0, 0, 0, 0)
        assert at(2) == (1, 1, 0, 0)
        assert at(4) == (1, 0, 1, 0)
        assert at(6) == (1, 0, 1, 1)
        recorded = slice_of(people.operation, SYSTEM, Slice(), as_of=friday + timedelta(hours=6))
        assert recorded.total.handed_in == 0, "nothing had been recorded by then"
        by_then = detail_of(people.operation, SYSTEM, as_of=friday + timedelta(hours=2), happened=True).values
        later = detail_of(people.operation, SYSTEM, as_of=friday + timedelta(hours=6), happened=True).values
        assert (by_then["no_answer"], later["no_answer"]) == (1, 0)
        with pytest.raises(NotSettledError, match="still to come"):
            slice_of(
                people.operation, SYSTEM, Slice(), as_of=timezone.now() + timedelta(days=1), happened=True
            )
    client = signed_in("officer")
    address = f"/operations/{people.operation.reference}/figures/"
    page = client.get(f"{address}?as_of=2019-11-22T15:00&clock=happened").content.decode()
    assert "what happened by then, as told until today" in page
    assert "clock=happened" in page
    page = client.get(f"{address}?as_of=2019-11-22T15:00&clock=sundial").content.decode()
    assert "Clock “sundial” is not known here" in page
    refused = client.get(f"{address}report.csv?as_of=2019-11-22T15:00&clock=happened")
    assert refused.status_code == 422
    assert "as recorded by a moment" in refused.content.decode()
    for nonsense in ("yesterday", "2019-13-40T00:00", "2019-11-22T25:00"):
        for page in ("", "closer/", "came-back/", "compare/"):
            refused = client.get(f"{address}{page}?as_of={nonsense}")
            assert refused.status_code == 422, "figures of now are no answer"
            assert refused.content.decode().count("is no moment") == 1, (page, nonsense)
