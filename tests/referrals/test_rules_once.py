"""A rule that several doors ask stands in one place: in SQL where the database asks it, and nowhere a second time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from django.db import connection

from takedowns.access.actor import acting_as
from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.moments import Misdated, misdated, moment_told
from tests.people import People

PRODUCT: Final = Path(__file__).parent.parent.parent / "takedowns"
NOW: Final = datetime(2019, 11, 21, 12, tzinfo=UTC)

#: What a second copy would look like, and the files that may hold it (by name: they may move).
ONCE: Final = {
    "who takes part in an operation": (
        r"referrals_operation_agencies|agencies\.through",
        {
            *(
                "takedowns_operations_of.sql",
                "takedowns_own_operations.sql",
                "referrals_operation_agencies.sql",
            ),
            "postgres/rights.py",  # names every table
        },
    ),
    "who sees a referral": (
        r"was_referred|platform_id__in=\w+\.platforms, ref|platform_id in \w+\.platforms and|platform_id = ANY[^;]{0,60}AND\s+ref",
        {"takedowns_sees_referral.sql"},
    ),
    "who joined a referral": (r"CoReferral\.objects\.filter", {"co_referrals.py"}),
    "whether a hold stands": (
        r"released_at\s+IS\s|released_at__isnull|released_at=None",
        {
            *("takedowns_hold_stands.sql", "holds/services.py"),
            # Legal holds are another matter, with a column of the same name.
            *("takedowns_under_legal_hold.sql", "takedowns_names_legal_hold.sql"),
            *("rights/models.py", "rights/legal_holds.py"),
            # So is a finding of malware that somebody said was wrong.
            "evidence/models.py",
        },
    ),
    "what a legal hold covers": (
        r"hold\.referral_id|LegalHold\.objects[^;]{0,120}referral(_id)?(__isnull)?=(None|True)",
        # The second reads names in a text.
        {"takedowns_under_legal_hold.sql", "takedowns_names_legal_hold.sql"},
    ),
    "what a hold covers": (
        r"\bhold\.(item|outlet)_id\s*=|of_outlet\s*=|hold__outlet=|holds__|item__outlet_id=hold",
        {"takedowns_hold_covers.sql"},
    ),
    "row locks on items and referrals": (
        r"FOR (NO KEY )?UPDATE(?! USING| SKIP LOCKED)\b|FOR (KEY )?SHARE|(Item|Referral)\.objects[^;]{0,80}select_for_update",
        {"locks.py"},
    ),
    "that deciding shows receipt": (
        r"acknowledge['\"],\s*['\"]remove|IN \('acknowledged_at",
        {"takedowns_shows_receipt.sql"},
    ),
    "what is told to platforms": (r"'co_refer',\s*'approve'", {"takedowns_told_to_platforms.sql"}),
    "who decides on it is somebody else": (
        # Whether the column is what its event told is another question.
        r"IN \(referral\.submitted_by_id|submitted_by(_id)? IS (NOT )?DISTINCT FROM (?!told\.)|in \((\w+\.)?submitted_by_id",
        {"permissions.py"},
    ),
    "when something may be dated": (r"CLOCK_SKEW|> timezone\.now\(\) \+", {"moments.py"}),
}


def sources() -> list[Path]:
    return [
        path
        for pattern in ("**/*.py", "**/*.sql")
        for path in sorted(PRODUCT.glob(pattern))
        if "migrations" not in path.parts and path.parent.name != "simulation"
    ]


@pytest.mark.parametrize("rule", ONCE)
def test_a_rule_stands_once(rule: str) -> None:
    pattern, homes = ONCE[rule]
    found = {path for path in sources() if re.search(pattern, _code(path))}
    elsewhere = [path for path in found if not {path.name, f"{path.parent.name}/{path.name}"} & homes]
    assert elsewhere == []
    assert len(found) > 0, "the pattern finds nothing, not even the rule itself"


def _code(path: Path) -> str:
    """Return a file without its comments."""
    return re.sub(r"(?m)^\s*(--|#).*$", "", path.read_text())


@pytest.mark.django_db
@pytest.mark.parametrize("name", TRANSITIONS)
def test_the_database_knows_which_moves_show_receipt(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT takedowns_shows_receipt(%s)", [name])
        assert cursor.fetchone() == (TRANSITIONS[name].stamps in {"acknowledged_at", "decided_at"},)


def test_the_planner_puts_the_rule_in_the_place_of_its_call(people: People) -> None:
    with acting_as(people.actor("officer")), connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT id FROM referrals_referral")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "takedowns_sees_referral" not in plan
    assert "hashed SubPlan" in plan
    # Which operations are one's own is looked up once a statement, below that sub-plan.
    assert [line.split("(")[0].strip(" ->") for line in plan.splitlines() if "own_operations" in line] == [
        "Function Scan on takedowns_own_operations own"
    ]


@pytest.mark.parametrize(
    ("at", "since", "wrong", "kept"),
    [
        (NOW, None, None, NOW),
        (NOW + timedelta(seconds=60), None, None, NOW),
        (NOW + timedelta(seconds=61), None, Misdated.AHEAD, None),
        (NOW - timedelta(days=900), None, None, NOW - timedelta(days=900)),
        (NOW - timedelta(seconds=90), NOW - timedelta(seconds=30), None, NOW - timedelta(seconds=30)),
        (NOW - timedelta(seconds=91), NOW - timedelta(seconds=30), Misdated.BEFORE, None),
        (NOW - timedelta(seconds=10), NOW - timedelta(seconds=30), None, NOW - timedelta(seconds=10)),
    ],
)
def test_a_minute_is_forgiven_and_put_right(
    at: datetime, since: datetime | None, wrong: Misdated | None, kept: datetime | None
) -> None:
    assert misdated(at, since=since, now=NOW) is wrong
    if kept is not None:
        assert moment_told(at, since=since, now=NOW) == kept
