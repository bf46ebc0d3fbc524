"""Sealing: entries become leaves of the tree, in the order of the log, and a signed head says what they come to.

A reader of the log with a cursor (the last seal), behind the oldest transaction in flight. No writer waits for it, and it
waits for none: its only lock is one of its own, so that two do not seal the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import tree, witnesses
from takedowns.ledger.entries import Entry, bind, next_stretch, read
from takedowns.ledger.keys import make_known, signing_keys
from takedowns.ledger.models import Head, Salts, Seal
from takedowns.ledger.notes import Checkpoint, SecretKey, sign
from takedowns.referrals.log import BEGINNING, Position

#: Entries sealed in one transaction, at most.
STRETCH: Final = 50_000
SALT_BYTES: Final = 16
#: Any number of its own.
LOCK: Final = 0x5365_616C


class _End(NamedTuple):
    """Where the ledger ends: its size, the place in the log, and the leaves of its last block that is not whole."""

    size: int
    position: Position
    leaves: list[bytes]


def seal(*, stretch: int = STRETCH) -> int:
    """Seal what is behind the oldest transaction in flight; return how many entries. Another that seals is not waited for.

    Raises:
        ImproperlyConfigured: there is no key to sign with, or one that does not follow the last.
    """
    sealed = 0
    while more := _seal_a_stretch(stretch):
        sealed += more
    witnesses.tell()
    return sealed


def _seal_a_stretch(stretch: int) -> int:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        keys = signing_keys()
        make_known(keys)
        end = _end()
        upto = next_stretch(cursor, end.position, stretch)
        if upto is None:
            return 0
        after = _append(end, read(cursor, end.position, upto))
        sign_head(keys)
        return after - end.size


def sign_head(keys: list[SecretKey]) -> None:
    """Sign what the ledger comes to now. As the system."""
    last = Seal.objects.order_by("-first").first()
    if last is None:
        return
    checkpoint = Checkpoint(
        settings.LEDGER_NAME, last.first + last.size, tree.root(frontier()), timezone.now()
    )
    Head.objects.create(
        size=checkpoint.size, root=checkpoint.root, at=checkpoint.at, note=sign(checkpoint.text(), keys)
    )


class Lag(NamedTuple):
    """How far sealing is behind: how many entries wait (so many are counted at most), since when, and when the last head was signed."""

    waiting: int
    since: datetime | None
    signed_at: datetime | None

    def seconds(self, now: datetime) -> float:
        """Return for how long the oldest has waited; 0 where none waits."""
        return (now - self.since).total_seconds() if self.since else 0.0


#: So many entries that wait are counted.
MOST_COUNTED: Final = 10_000
_LAG: Final = """
    SELECT count(*), min(at), (SELECT max(at) FROM ledger_head)
    FROM (
        (SELECT at FROM ledger_entry WHERE (xid, id) > (%(xid)s::text::xid8, %(id)s) ORDER BY xid, id LIMIT %(most)s)
        UNION ALL
        (SELECT recorded_at FROM referrals_event WHERE (xid, id) > (%(xid)s::text::xid8, %(id)s)
         ORDER BY xid, id LIMIT %(most)s)
    ) AS waiting (at)
"""


def lag() -> Lag:
    """Return how far sealing is behind. Two statements. As the system."""
    last = Seal.objects.order_by("-first").only("xid", "last_id").first()
    end = Position(last.xid, last.last_id) if last else BEGINNING
    with connection.cursor() as cursor:
        cursor.execute(_LAG, {"xid": str(end.xid), "id": end.event_id, "most": MOST_COUNTED})
        return Lag(*cursor.fetchone())


def frontier(size: int | None = None) -> list[bytes]:
    """Return what the root is made of: the hashes of whole blocks, and what the leaves after them come to. Two statements.

    Args:
        size: of an earlier head; now, where None.
    """
    seals = Seal.objects.order_by("first")
    if size is not None:
        seals = seals.filter(first__lt=size // tree.BLOCK * tree.BLOCK)
    whole = seals.exclude(block_hash=None).values_list("block_hash", flat=True)
    hashes = [bytes(one) for one in whole if one is not None]
    leaves = leaves_between(len(hashes) * tree.BLOCK, size)
    return [*hashes, tree.root(leaves)] if leaves else hashes


def leaves_between(first: int, end: int | None) -> list[bytes]:
    """Return the hashes of the leaves from a place on, to before another or to the last. One statement."""
    seals = Seal.objects.filter(first__gt=first - tree.BLOCK).order_by("first")
    if end is not None:
        seals = seals.filter(first__lt=end)
    found: list[bytes] = []
    for start, packed in seals.values_list("first", "leaves"):
        leaves = tree.split(bytes(packed))
        found += leaves[max(0, first - start) : None if end is None else max(0, end - start)]
    return found


def _end() -> _End:
    last = Seal.objects.order_by("-first").first()
    if last is None:
        return _End(0, BEGINNING, [])
    size = last.first + last.size
    return _End(size, Position(last.xid, last.last_id), leaves_between(size // tree.BLOCK * tree.BLOCK, None))


def _append(end: _End, entries: Iterator[Entry]) -> int:
    """Write seals of the entries, none across the border of a block; return the size of the ledger then."""
    size, block = end.size, list(end.leaves)
    seals: list[Seal] = []
    salts: list[Salts] = []
    while batch := list(islice(entries, tree.BLOCK - len(block))):
        made, salted = _seal_of(size, batch)
        leaves = tree.split(made.leaves)
        block += leaves
        if len(block) == tree.BLOCK:
            made.block_hash, block = tree.root(block), []
        size += len(batch)
        seals.append(made)
        salts += [Salts(seal=made, salts=salted)] if salted else []
    Seal.objects.bulk_create(seals)
    Salts.objects.bulk_create(salts)
    return size


def _seal_of(first: int, batch: list[Entry]) -> tuple[Any, bytes]:
    """Return the seal of entries, and the salts of what is withheld of them; no salts where nothing is."""
    count = len(batch)
    random = os.urandom(SALT_BYTES * count)
    salts, bindings, leaves = [], [], []
    any_withheld = False
    for place, one in enumerate(batch):
        salt, binding = b"", None
        if one.withheld is not None:
            salt = random[place * SALT_BYTES : (place + 1) * SALT_BYTES]
            binding, any_withheld = bind(salt, one.withheld), True
        salts.append(salt or bytes(SALT_BYTES))
        bindings.append(binding or bytes(tree.HASH_BYTES))
        leaves.append(tree.leaf_hash(one.text(binding)))
    last = batch[-1]
    made = Seal(
        first=first,
        size=count,
        ids=pack_ids([one.id for one in batch]),
        leaves=b"".join(leaves),
        bindings=b"".join(bindings) if any_withheld else b"",
        xid=int(last.xid),
        last_id=UUID(last.id.decode()),
    )
    return made, b"".join(salts) if any_withheld else b""


def pack_ids(ids: list[bytes]) -> bytes:
    """Return UUIDs, given as text, one after the other in 16 bytes each."""
    return bytes.fromhex(b"".join(ids).replace(b"-", b"").decode())
