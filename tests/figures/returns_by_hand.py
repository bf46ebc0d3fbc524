"""What came back, worked out by hand: rows read by plain SELECTs, and loops that a reader can follow. None of our functions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection


@dataclass
class ByHand:
    """The figures, by their names; times as they are."""

    items_seen_gone: int = 0
    items_back: int = 0
    waits: list[timedelta] = field(default_factory=list)
    outlets_seen_gone: int = 0
    outlets_back: int = 0
    moves: dict[tuple[str, str], list[tuple[timedelta, int]]] = field(default_factory=dict)
    spans: list[tuple[timedelta, bool]] = field(default_factory=list)


def _rows(query: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def returns_by_hand(reference: str, closes: datetime | None) -> ByHand:
    """Return what came back of an operation; ``closes`` is the end of an action's last day."""
    looks: dict[Any, list[tuple[datetime, str]]] = defaultdict(list)
    for item, at, seen in _rows("SELECT item_id, at, seen FROM verification_check ORDER BY at"):
        looks[item].append((at, seen))
    mine = _rows(
        "SELECT item.id, item.outlet_id, item.platform_id, min(event.at) FROM referrals_event AS event"
        " JOIN referrals_referral AS referral ON referral.id = event.referral_id"
        " JOIN referrals_operation AS operation ON operation.id = referral.operation_id"
        " JOIN referrals_item AS item ON item.id = referral.item_id"
        " WHERE event.kind = 'refer' AND operation.reference = %s GROUP BY 1, 2, 3",
        reference,
    )
    found = ByHand()
    gone: dict[Any, list[tuple[datetime, str]]] = defaultdict(list)
    signs: dict[Any, list[datetime]] = defaultdict(list)
    for item, outlet, platform, referred in mine:
        away = [at for at, seen in looks[item] if seen == "offline" and at >= referred]
        if not away:
            continue
        found.items_seen_gone += 1
        if outlet:
            gone[outlet].append((away[0], platform))
        again = [at for at, seen in looks[item] if seen == "online" and at > away[0]]
        if again:
            found.items_back += 1
            found.waits.append(again[0] - away[0])
            if outlet:
                signs[outlet].append(again[0])
    theirs: dict[Any, list[Any]] = defaultdict(list)
    for item, outlet, platform, since in _rows(
        "SELECT id, outlet_id, platform_id, first_seen_at FROM referrals_item WHERE outlet_id IS NOT NULL"
    ):
        theirs[outlet].append((item, platform, since))
    for outlet, moments in gone.items():
        _add_outlet(found, min(moments), closes, items=theirs[outlet], signs=signs[outlet], looks=looks)
    return found


def _add_outlet(
    found: ByHand,
    first: tuple[datetime, str],
    closes: datetime | None,
    *,
    items: list[Any],
    signs: list[datetime],
    looks: dict[Any, list[tuple[datetime, str]]],
) -> None:
    start, source = first
    known_by = max(start, closes) if closes else start
    platforms: dict[str, list[datetime]] = defaultdict(list)
    for _item, platform, since in items:
        platforms[platform].append(since)
    for platform, days in platforms.items():
        if min(days) > known_by:
            found.moves.setdefault((source, platform), []).append((min(days) - start, len(days)))
            signs.append(min(days))
    found.outlets_seen_gone += 1
    if signs:
        found.outlets_back += 1
        found.spans.append((min(signs) - start, True))
    else:
        last = max(at for item, *_ in items for at, _seen in looks[item])
        found.spans.append((max(last - start, timedelta(0)), False))


def middle(values: list[timedelta]) -> timedelta | None:
    """Return the smallest value that at least half do not exceed."""
    return sorted(values)[(len(values) + 1) // 2 - 1] if values else None
