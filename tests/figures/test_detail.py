"""Figures that are read one by one: counted again from the rows as they stand, where the code under test reads events."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from python_calamine import CalamineWorkbook

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.complaints.models import Complaint
from takedowns.complaints.services import Complained, Decided, decide_complaints, record_complaints
from takedowns.figures.board import board
from takedowns.figures.detail import detail_of
from takedowns.figures.detail_measures import AFTER, DETAIL_MEASURES
from takedowns.figures.exports import csv_of, json_of, pdf_of, workbook_of
from takedowns.figures.publication import publish
from takedowns.figures.report import report
from takedowns.figures.values import Share
from takedowns.intake.models import SubmissionRow
from takedowns.orders.services import CannotComply, Receipt, record_impediments, record_receipts
from takedowns.orders.vocabulary import HOUR
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.transitions import Move, apply, apply_to_all
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.models import Check
from takedowns.verification.recording import record_checks
from tests.factories import make_referrals
from tests.orders.test_orders import make_orders
from tests.people import People
from tests.played import PlayOnce


def quantile(times: Sequence[timedelta], share: float) -> timedelta | None:
    return sorted(times)[ceil(len(times) * share) - 1] if times else None


def by_hand(operation: Operation) -> dict[str, Any]:
    """Count once more, from the columns of referrals, checks, complaints and rows; without events."""
    referrals = list(Referral.objects.filter(operation=operation))
    looks: dict[Any, list[Check]] = {}
    for look in Check.objects.order_by("at", "id"):
        looks.setdefault(look.item_id, []).append(look)
    made = [one for one in referrals if one.referred_at]
    removed = [one for one in referrals if one.status == "removed"]
    outcomes = list(
        SubmissionRow.objects.filter(submission__operation=operation, submission__state="loaded").values_list(
            "outcome", flat=True
        )
    )
    found: dict[str, Any] = {
        "rows_handed_in": len(outcomes),
        "rows_new": sum(one in {"new", "on_hold"} for one in outcomes),
        "rows_duplicate": sum(one in {"repeated", "already_referred"} for one in outcomes),
        "rows_on_hold": outcomes.count("on_hold"),
        "no_answer": sum(one.status == "referred" for one in referrals),
        "checked": sum(
            any(look.at >= one.referred_at for look in looks.get(one.item_id, ())) for one in made
        ),
    }
    for name in DETAIL_MEASURES:
        if reason := name.removeprefix("declined_") if name.startswith("declined_") else "":
            found[name] = sum(one.status == "declined" and one.decline_reason == reason for one in referrals)
    answered = [
        max(one.acknowledged_at - one.referred_at, timedelta()) for one in made if one.acknowledged_at
    ]
    found |= {
        f"{name}_time_to_acknowledge": quantile(answered, share)
        for name, share in (("median", 0.5), ("p90", 0.9), ("p99", 0.99))
    }
    acted = [
        one.decided_at - one.referred_at
        for one in made
        if one.status in {"removed", "restricted"} and one.decided_at
    ]
    found["p99_time_to_action"] = quantile(acted, 0.99)

    def seen(one: Referral, after: timedelta) -> list[str]:
        return [
            look.seen
            for look in looks.get(one.item_id, ())
            if look.at >= one.decided_at + after and look.seen != "unknown"
        ]

    for name, after in AFTER.items():
        first = [later[0] for one in removed if (later := seen(one, after))]
        found[f"online_after_{name}"] = Share(first.count("online"), len(first))
    last = [later[-1] for one in removed if (later := seen(one, timedelta()))]
    found["agreement"] = Share(last.count("offline"), len(last))
    complaints = list(
        Complaint.objects.filter(referral__operation=operation).values_list("verdict", flat=True)
    )
    found |= {
        "complaints": len(complaints),
        "complaints_upheld": complaints.count("upheld"),
        "complaints_dismissed": complaints.count("dismissed"),
    }
    return found


@pytest.mark.django_db(transaction=True)
def test_the_demo_counted_by_hand(play_once: PlayOnce) -> None:
    play_once(0.03)
    for reference in ("RAD19", "RAD19-F"):
        with acting_as(SYSTEM):
            operation = Operation.objects.get(reference=reference)
            found, expected = detail_of(operation, SYSTEM).values, by_hand(operation)
            then = detail_of(operation, SYSTEM, as_of=timezone.now() + timedelta(seconds=1)).values
            figures = report(operation, SYSTEM)
        assert {name: found[name] for name in expected} == expected
        assert {name: then[name] for name in expected} == expected
        assert found["rows_new"]
        _assert_in_every_format(figures, found)


def _assert_in_every_format(figures: Any, found: Any) -> None:
    told = json.loads(json_of(figures))["closer"]["figures"]
    assert set(told) == set(DETAIL_MEASURES)
    assert told["agreement"]["denominator"] == found["agreement"].denominator
    rows = {
        row["measure"]: row
        for row in csv.DictReader(io.StringIO(csv_of(figures).decode("utf-8-sig")))
        if row["scope"] == "total"
    }
    assert rows["no_answer"]["value"] == str(found["no_answer"])
    sheet = (
        CalamineWorkbook.from_filelike(io.BytesIO(workbook_of(figures)))
        .get_sheet_by_name("Closer")
        .to_python()
    )
    assert {row[0]: row[1] for row in sheet}[DETAIL_MEASURES["checked"].label] == found["checked"]
    assert pdf_of(figures).startswith(b"%PDF")


@pytest.mark.django_db
def test_orders_errors_and_complaints_by_hand(people: People) -> None:
    at = timezone.now() - 5 * HOUR
    quick, late, overdue, stopped, wrong, silent = make_orders(people, 6, at=at)
    record_receipts([Receipt(one, at) for one in (quick, late, overdue, stopped, wrong)], by=SYSTEM)
    removal = {"action": "visibility_removed"}
    apply(
        [Move(quick, "remove", removal, at + HOUR), Move(late, "remove", removal, at + 1.5 * HOUR)], by=SYSTEM
    )
    record_impediments(
        [
            CannotComply(stopped, "force_majeure", "Fire.", at + HOUR / 2),
            CannotComply(wrong, "manifest_errors", "No such page.", at + HOUR / 2),
        ],
        by=SYSTEM,
    )
    told = record_complaints(
        [Complained(quick, at + 2 * HOUR), Complained(late, at + 2 * HOUR)], by=SYSTEM
    ).complaints
    decide_complaints(
        [Decided(told[0], "upheld", at + 3 * HOUR), Decided(told[1], "dismissed", at + 3 * HOUR)], by=SYSTEM
    )
    apply_to_all("withdraw", [silent], by=SYSTEM, reason="Mistaken.")
    with acting_as(SYSTEM):
        found = detail_of(people.operation, SYSTEM).values
    assert {
        name: found[name]
        for name in found
        if name.startswith(("orders", "complaints", "reinstated", "errors"))
    } == {
        "orders_received": 5,
        "orders_within_the_hour": 1,
        "orders_late": 1,
        "orders_overdue": 1,
        "complaints": 2,
        "complaints_upheld": 1,
        "complaints_dismissed": 1,
        "reinstated_after_complaint": 1,
        "errors": 3,
    }


@pytest.mark.django_db
def test_the_first_look_after_a_time_counts(people: People) -> None:
    """Online after an hour, gone after a day: still online after 1 h, not after 24 h, and nobody looked after 7 d."""
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_a", "https://t.me/demo_b"])
    at = timezone.now() - timedelta(days=3)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True, at=at)
    apply_to_all("refer", ids, by=SYSTEM, at=at)
    apply_to_all("remove", ids, by=SYSTEM, at=at, action="visibility_removed")
    with acting_as(SYSTEM):
        first, second = Referral.objects.filter(pk__in=ids).order_by("id").values_list("item_id", flat=True)
    record_checks(
        [
            Look(first, Availability.OFFLINE, at + HOUR / 2),
            Look(first, Availability.ONLINE, at + HOUR),
            Look(first, Availability.OFFLINE, at + 24 * HOUR),
            Look(second, Availability.UNKNOWN, at + 2 * HOUR),
        ],
        by=SYSTEM,
        robot="test",
    )
    with acting_as(SYSTEM):
        found = detail_of(people.operation, SYSTEM).values
    assert [found[f"online_after_{name}"] for name in AFTER] == [Share(1, 1), Share(0, 1), Share(0, 0)]
    assert (found["agreement"], found["checked"]) == (Share(1, 1), 2)


@pytest.mark.django_db(transaction=True)
def test_what_is_published_holds_nothing_of_it(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_lantern"])
    with acting_as(SYSTEM):
        figures = publish(board(people.operation, SYSTEM), 5)
    assert figures.closer is None
    assert "closer" not in json.loads(json_of(figures))
    written = csv_of(figures).decode()
    assert not [name for name in DETAIL_MEASURES if f",{name}," in written]


@pytest.mark.django_db
def test_a_platform_s_contact_and_an_agency_elsewhere_read_nothing(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_a"])
    for name, rows in (
        ("officer", 1),
        ("other_officer", 1),
        ("auditor", 1),
        ("absent_officer", 0),
        ("platform_contact", 0),
    ):
        with acting_as(people.actor(name)), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM takedowns_ways(%s, NULL, NULL)", [people.operation.pk])
            assert cursor.fetchone()[0] == rows, name
