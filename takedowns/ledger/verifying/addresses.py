"""The addresses of items against what their ids are made of: platform and key, which the address alone decides.

Entries name an item by its id, a digest of platform and key. So an item whose key was changed, or whose address leads to
another item, is found here.
"""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

from takedowns.identity import Identity, identify, packed_ids
from takedowns.ledger.verifying.findings import Report

#: Platform of hosts that no file describes, each page an item; one may have been declared since.
_UNDESCRIBED: Final = "web"
#: Keys whose letters stand in addresses as they are.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]{5,}(?:/[0-9]+)?").fullmatch
_AT_ONCE: Final = 20_000
_ITEMS: Final = """
    SELECT string_agg(uuid_send(id), ''), array_agg(platform_id::text), array_agg(key), array_agg(url)
    FROM (SELECT id, platform_id, key, url FROM referrals_item WHERE id > %s::uuid ORDER BY id LIMIT %s) AS item
"""


def check(cursor: Any, report: Report) -> None:
    """Note each item that is not the one its id names. As the system."""
    cursor.execute("SELECT host, platform_id FROM directory_platformhost")
    addresses = _Addresses(dict(cursor.fetchall()))
    last = UUID(int=0)
    while True:
        cursor.execute(_ITEMS, [str(last), _AT_ONCE])
        packed, platforms, keys, urls = cursor.fetchone()
        if packed is None:
            return
        packed = bytes(packed)
        made = packed_ids(map("{}:{}".format, platforms, keys))
        others = _differing(packed, made) if packed != made else frozenset[int]()
        for place, named in enumerate(map(addresses.names, platforms, keys, urls)):
            if not named or place in others:
                said = "address" if not named else "key"
                report.find(
                    "row",
                    None,
                    f"referrals_item {UUID(bytes=packed[16 * place : 16 * place + 16])}",
                    f"its {said} is another item's: {keys[place]} on {platforms[place]}, {urls[place]}",
                )
        last = UUID(bytes=packed[-16:])


def _differing(packed: bytes, made: bytes) -> frozenset[int]:
    """Return the places where the ids are not those that were made."""
    places = range(0, len(packed), 16)
    return frozenset(
        start // 16 for start in places if packed[start : start + 16] != made[start : start + 16]
    )


class _Addresses:
    """Tells whether an address names an item. Of many that are put together alike, the first is read, and all are compared."""

    def __init__(self, hosts: dict[str, str]) -> None:
        self._hosts = hosts
        self._right: set[tuple[str, str, str]] = set()

    def names(self, platform: str, key: str, url: str) -> bool:
        """Tell whether the address names the item of a platform with that key."""
        if platform == _UNDESCRIBED:
            return True
        before, found, after = url.rpartition(key)
        if not found or not _PLAIN(key):
            return self._leads(platform, key, url)
        alike = (platform, before, after)
        if alike not in self._right:
            if not self._leads(platform, key, url):
                return False
            self._right.add(alike)
        return True

    def _leads(self, platform: str, key: str, url: str) -> bool:
        found = identify(url, self._hosts)
        return isinstance(found, Identity) and (found.platform, found.key) == (platform, key)
