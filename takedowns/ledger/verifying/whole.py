"""The whole check, in one snapshot of the database."""

from __future__ import annotations

import gc
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from cryptography.x509 import Certificate
from django.db import connection, transaction
from django.db.models import Sum
from psycopg import Cursor

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import columns, tree
from takedowns.ledger.entries import END, Entry, Shape, bind, read, read_by_id, shape_now
from takedowns.ledger.keys import trusted_keys
from takedowns.ledger.lines import UnusualError
from takedowns.ledger.models import Seal
from takedowns.ledger.notes import PublicKey
from takedowns.ledger.sealing import SALT_BYTES, pack_ids
from takedowns.ledger.verifying import rows, stamps
from takedowns.ledger.verifying.findings import Report
from takedowns.ledger.verifying.heads import Heads
from takedowns.referrals.log import BEGINNING, Position

#: Seals read at once, and the entries that they cover.
_AT_ONCE: Final = 8
_ID_BYTES: Final = 16
_NO_SALT: Final = bytes(SALT_BYTES)
_NOTHING: Final = bytes(tree.HASH_BYTES)

Progress = Callable[[int, int], None]


def verify(
    keys: list[PublicKey],
    witnessed: Iterable[str] = (),
    progress: Progress = lambda _done, _all: None,
    authorities: list[Certificate] | None = None,
    witnesses: list[PublicKey] | None = None,
) -> Report:
    """Check all of the ledger and what rests on it. Changes nothing.

    Args:
        keys: whose signatures count; those that statements tie to them count too.
        witnessed: notes that a witness kept.
        progress: called now and then with how many entries were checked, and how many there are.
        authorities: certificates of the time-stamp authority; None: time stamps are counted and not checked.
        witnesses: public keys of those whose countersignatures are checked.

    Raises:
        NoteError: what a witness kept is no note.
        RuntimeError: it runs inside another transaction, and so could not choose its snapshot.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A check needs a transaction of its own.")
    report = Report()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        with acting_as(SYSTEM):
            heads = Heads(trusted_keys(keys), report)
            heads.take(witnessed)
            stamps.check_witnesses(report, heads, witnesses or [])
            with _nothing_collected():
                position = _check_entries(report, heads, progress)
            heads.end(report.entries)
            stamps.check(report, authorities)
            with connection.cursor() as cursor:
                report.waiting = sum(1 for _ in read(cursor, position, END))
            rows.check(report)
    return report


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep Python from looking for cycles meanwhile: among millions of short texts there are none, and looking costs a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _check_entries(report: Report, heads: Heads, progress: Progress) -> Position:
    """Compare entries with seals, a few seals at a time; return the place in the log where the seals end."""
    total = Seal.objects.aggregate(all=Sum("size"))["all"] or 0
    position = BEGINNING
    with connection.cursor() as cursor:
        shape = shape_now(cursor)
    for seals in _in_groups():
        places = _well_made(seals, report)
        upto = Position(seals[-1].xid, seals[-1].last_id)
        if not _is_as_sealed(shape, position, upto, places):
            with connection.cursor() as cursor:
                entries = list(read(cursor, position, upto))
            _compare(places, entries, report)
        for one in seals:
            heads.grow(tree.split(bytes(one.leaves)))
        position = upto
        progress(report.entries, total)
    return position


def _is_as_sealed(shape: Shape, after: Position, upto: Position, places: _Sealed) -> bool:
    """Tell whether a stretch of the log reads as it was sealed; where not, it is looked at row by row."""
    sealed = columns.Sealed(places.ids, places.bindings, places.salts)
    with Cursor(connection.connection) as cursor:
        try:
            return columns.leaves(cursor, shape, after, upto, sealed) == places.leaves
        except UnusualError:
            return False


def _in_groups() -> Iterator[list[Any]]:
    """Yield seals in order, a few at a time, each with its salts. No cursor stays open: entries are read in between."""
    after = -1
    while True:
        found = list(
            Seal.objects.select_related("salts").filter(first__gt=after).order_by("first")[:_AT_ONCE]
        )
        if not found:
            return
        after = found[-1].first
        yield found


class _Sealed:
    """What a group of seals says: ids, leaves, digests and salts, place by place."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.ids = self.leaves = self.bindings = self.salts = b""

    def add(self, one: Any) -> None:
        """Append what one seal says."""
        self.ids += bytes(one.ids)
        self.leaves += bytes(one.leaves)
        self.bindings += bytes(one.bindings) or _NOTHING * one.size
        salts = getattr(one, "salts", None)
        self.salts += bytes(salts.salts) if salts else _NO_SALT * one.size

    def leaf(self, place: int, entry: Entry) -> bytes:
        """Return the hash of an entry that stands at a place; none where what is withheld is not what was bound.

        What was removed, salt and all, is still bound by its digest.
        """
        binding = self.bindings[place * tree.HASH_BYTES : (place + 1) * tree.HASH_BYTES]
        salt = self.salts[place * SALT_BYTES : (place + 1) * SALT_BYTES]
        if entry.withheld is not None and bind(salt, entry.withheld) != binding:
            return b""
        return tree.leaf_hash(entry.text(binding if binding != _NOTHING else None))


def _well_made(seals: list[Any], report: Report) -> _Sealed:
    """Return what the seals say, and note where one is not as they are made, or does not follow the one before."""
    sealed = _Sealed(seals[0].first)
    for one in seals:
        counts = (len(one.ids) // _ID_BYTES, len(one.leaves) // tree.HASH_BYTES)
        if one.first != report.entries:
            report.find("seal", report.entries, f"seal {one.first}", "Seals before it are missing.")
        if counts != (one.size, one.size) or len(one.bindings) not in (0, one.size * tree.HASH_BYTES):
            report.find("seal", one.first, f"seal {one.first}", "It does not hold what its size says.")
        sealed.add(one)
        report.entries = one.first + one.size
    return sealed


def _compare(sealed: _Sealed, entries: list[Entry], report: Report) -> None:
    """Compare the entries of a stretch of the log with those that were sealed of it."""
    ids = pack_ids([one.id for one in entries])
    if ids == sealed.ids:
        leaves = [sealed.leaf(place, one) for place, one in enumerate(entries)]
        if b"".join(leaves) == sealed.leaves:
            return
    _name_differences(sealed, dict(zip(tree.split(ids, _ID_BYTES), entries, strict=True)), report)


def _name_differences(sealed: _Sealed, there: dict[bytes, Entry], report: Report) -> None:
    expected = {raw: place for place, raw in enumerate(tree.split(sealed.ids, _ID_BYTES))}
    leaves = tree.split(sealed.leaves)
    elsewhere = _elsewhere([raw for raw in expected if raw not in there])
    out_of_order = _out_of_order([expected[raw] for raw in there if raw in expected])
    for raw, place in expected.items():
        at, name = sealed.first + place, str(UUID(bytes=raw))
        if raw not in there:
            if raw in elsewhere:
                report.find("moved", at, name, "It stands elsewhere in the log.")
            else:
                report.find("missing", at, name, "It was sealed, and is not there.")
            continue
        if place in out_of_order:
            report.find("moved", at, name, "It stands elsewhere in the log.")
        if sealed.leaf(place, there[raw]) != leaves[place]:
            report.find("altered", at, name, f"It reads now: {there[raw].shown.decode()}}}")
    for raw, entry in there.items():
        if raw not in expected and not _is_sealed(raw):
            report.find(
                "inserted", sealed.first, entry.id.decode(), f"It was not sealed: {entry.shown.decode()}}}"
            )


def _out_of_order(places: list[int]) -> set[int]:
    """Return the fewest places that had to be moved, given the places where entries were sealed in the order they have now.

    What stays is a longest increasing subsequence (patience sorting).
    """
    ends: list[int] = []
    before: list[int | None] = []
    at: list[int] = []  # index into places of each end
    for index, place in enumerate(places):
        length = bisect_left(ends, place)
        if length == len(ends):
            ends.append(place)
            at.append(index)
        else:
            ends[length], at[length] = place, index
        before.append(at[length - 1] if length else None)
    stays: set[int] = set()
    step: int | None = at[-1] if at else None
    while step is not None:
        stays.add(places[step])
        step = before[step]
    return {*places} - stays


def _elsewhere(missing: list[bytes]) -> set[bytes]:
    """Return those of the ids that stand somewhere else in the log."""
    if not missing:
        return set()
    with connection.cursor() as cursor:
        found = read_by_id(cursor, [UUID(bytes=raw) for raw in missing])
    return {UUID(one.id.decode()).bytes for one in found}


def _is_sealed(raw: bytes) -> bool:
    """Tell whether an id stands in any seal; bytes of two neighbours may look like one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ids FROM ledger_seal WHERE position(%s::bytea IN ids) > 0", [raw])
        return any(raw in tree.split(bytes(ids), _ID_BYTES) for (ids,) in cursor.fetchall())
