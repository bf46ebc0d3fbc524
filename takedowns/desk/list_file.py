"""The list of a desk as a file to fill in: the columns of the file that comes by mail, which the pages take back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from takedowns.desk.reader import AtTheDesk
from takedowns.referrals.list_files import hash_cells
from takedowns.representation.referrals import among, in_order, shown, visible
from takedowns.sending.hand_off import ANSWERED, TOLD, columns


def to_fill_in(reader: AtTheDesk, ids: Sequence[UUID]) -> Iterator[tuple[object, ...]]:
    """Yield the header, then those of the ids that the desk may see, in their order. One statement."""
    referrals = in_order(shown(visible(reader).filter(among(ids)), reader), ids)
    hashed = any(one["hashes"] for one in referrals)
    yield columns(hashed=hashed)
    for one in referrals:
        facts = _facts(one)
        known = hash_cells(one["hashes"]) if hashed else ()
        yield (*(facts[name] for name in TOLD), *known, *("" for _ in ANSWERED))


def _facts(one: dict[str, Any]) -> dict[str, object]:
    plain = {
        name: one[name] or "" for name in ("reference", "instrument", "tier", "language", "listed_group")
    }
    return {
        **plain,
        "url": one["item"]["url"],
        "kind": one["item"]["kind"],
        "legal_ground": one["legal_ground"] or "",
        "agency": one["agency"]["name"],
        "referred_at": one["referred_at"].isoformat(timespec="seconds"),
    }
