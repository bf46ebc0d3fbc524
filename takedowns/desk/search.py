"""Finding one referral at a desk: by its reference, or by any spelling of the address."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from takedowns.desk.reader import AtTheDesk
from takedowns.directory.hosts import declared_hosts
from takedowns.identity import Identity, identify
from takedowns.representation.referrals import ids_of, visible

#: An item comes back in further rounds; more than these nobody reads.
MOST: Final = 50


def find(q: str, reader: AtTheDesk) -> list[UUID]:
    """Return the referrals to the platform that a reference or an address names, the latest first. Two statements at most."""
    named = ids_of([q])
    if named:
        wanted = visible(reader).filter(pk__in=named.values())
    else:
        found = identify(q, declared_hosts())
        if not isinstance(found, Identity):
            return []
        wanted = visible(reader).filter(item_id=found.id)
    mine = wanted.filter(platform_id=reader.platform_id)
    return list(mine.order_by("-pk").values_list("pk", flat=True)[:MOST])
