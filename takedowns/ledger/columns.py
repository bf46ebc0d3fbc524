"""Entries read column by column, many at once: what a check of all of them needs, and quicker than row by row.

Only ``entries.Shape`` says how an entry reads. Here its variable parts are made for thousands of entries at a time; where
anything is out of the ordinary, the caller reads the same stretch row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from takedowns.ledger.entries import EventParts, Shape, split_facts
from takedowns.ledger.lines import Lines, Moments, UnusualError, are_some, cut, hexadecimal, rows, uuids
from takedowns.referrals.log import Position

_KEY_BYTES: Final = 24  # the place of the transaction, and the id
_UUID_BYTES: Final = 16
_HASH_BYTES: Final = 32
_SALT_BYTES: Final = 16
#: Lines of some 800 bytes that are made and hashed at once: what they take stays in the processor's cache.
_NEAR: Final = 256
_NULL: Final = b"\\N"
#: Between rows and between columns; where a text holds one, there are more of them than columns, and that is noticed.
_ROW, _COLUMN = b"\x1e", b"\x1f"

_WITHIN: Final = """
    (xid, id) > (%(xid)s::text::xid8, %(id)s::uuid) AND (xid, id) <= (%(upto_xid)s::text::xid8, %(upto_id)s::uuid)
    ORDER BY xid, id
"""
_EVENTS: Final = f"""
    SELECT string_agg(xid8send(xid) || uuid_send(id), ''), string_agg(timestamptz_send(at), ''),
           string_agg(timestamptz_send(recorded_at), ''), string_agg(uuid_send(coalesce(item_id, '00000000-0000-0000-0000-000000000000')), ''),
           string_agg(uuid_send(coalesce(referral_id, '00000000-0000-0000-0000-000000000000')), ''),
           convert_to(string_agg(concat(kind, e'\\x1f', agency_id, e'\\x1f', from_cell_id, e'\\x1f', to_cell_id,
                                        e'\\x1f', actor_id, e'\\x1f', origin), e'\\x1e'), 'UTF8'),
           convert_to(string_agg(details::text, e'\\x1e'), 'UTF8')
    FROM (SELECT * FROM referrals_event WHERE {_WITHIN}) AS event
"""
_CHANGES: Final = f"""
    SELECT string_agg(xid8send(xid) || uuid_send(id), ''), string_agg(timestamptz_send(at), ''),
           convert_to(string_agg(concat(
               what, e'\\x1f', action, e'\\x1f', to_json(key), e'\\x1f', item_id, e'\\x1f', referral_id, e'\\x1f',
               was, e'\\x1f', became, e'\\x1f', person_id, e'\\x1f', agency_id, e'\\x1f', origin, e'\\x1f', withheld
           ), e'\\x1e'), 'UTF8')
    FROM (SELECT * FROM ledger_entry WHERE {_WITHIN}) AS change
"""


class Sealed(NamedTuple):
    """What seals say of a stretch, one after the other: ids, digests of what is withheld, and salts; zeros where nothing is."""

    ids: bytes
    bindings: bytes
    salts: bytes


def leaves(cursor: Any, shape: Shape, after: Position, upto: Position, sealed: Sealed) -> bytes:
    """Return the leaves of the entries after one position and not after the other, one after the other. As the system.

    Args:
        cursor: psycopg's own; Django's reads no binary results.
        shape: what makes entries of rows.
        after, upto: where the stretch begins and ends.
        sealed: what was sealed of it.

    Raises:
        UnusualError: they are not those that were sealed, or something is not as it usually is.
    """
    try:
        return _leaves(cursor, shape, after, upto, sealed)
    except ValueError as error:  # columns of different lengths, texts with what stands between texts
        raise UnusualError from error


def _leaves(cursor: Any, shape: Shape, after: Position, upto: Position, sealed: Sealed) -> bytes:
    values = {
        "xid": str(after.xid),
        "id": str(after.event_id),
        "upto_xid": str(upto.xid),
        "upto_id": str(upto.event_id),
    }
    events = cursor.execute(_EVENTS, values, binary=True).fetchone()
    changes = cursor.execute(_CHANGES, values, binary=True).fetchone()
    keys = np.concatenate([rows(events[0], _KEY_BYTES), rows(changes[0], _KEY_BYTES)])
    order = _in_order(keys) if changes[0] else np.arange(len(keys))
    if keys[order, 8:].tobytes() != sealed.ids:
        raise UnusualError
    bindings, salts = (
        np.empty((len(keys), _HASH_BYTES), np.uint8),
        np.empty((len(keys), _SALT_BYTES), np.uint8),
    )
    bindings[order], salts[order] = rows(sealed.bindings, _HASH_BYTES), rows(sealed.salts, _SALT_BYTES)
    found = np.empty((len(keys), _HASH_BYTES), np.uint8)
    number = len(events[0] or b"") // _KEY_BYTES
    if number:
        found[:number] = _of_events(shape, events, _Bound(bindings[:number], salts[:number]))
    if changes[0]:
        found[number:] = _of_changes(shape, changes, _Bound(bindings[number:], salts[number:]))
    return found[order].tobytes()


def _in_order(keys: Lines) -> NDArray[np.intp]:
    """Return the order of the log: by the transaction, then by the id."""
    transaction, first, second = np.ascontiguousarray(keys).view(">u8").T
    return np.lexsort((second, first, transaction))


class _Bound(NamedTuple):
    """What is bound to entries, a line each: the digest of what is withheld, and its salt."""

    bindings: Lines
    salts: Lines


def _of_events(shape: Shape, columns: Any, bound: _Bound) -> Lines:
    """Return the leaves of events, a line each.

    Entries whose parts are as long as one another's are written at once, as lines of one table.
    """
    packed, at, recorded, items, referrals, shared, details = columns
    which, parts = _shared(shape, shared)
    if len(which) != len(bound.salts):  # a text holds what stands between texts
        raise UnusualError
    facts = _Facts().of_all(details.split(_ROW), [parts[one].address for one in which])
    _check_withheld(bound, [withheld for _, withheld in facts])
    known, table = np.array(which), _Table(parts)
    told = [one for one, _ in facts]
    moments, written = Moments(at), Moments(recorded)
    has_referral, is_bound = are_some(rows(referrals, _UUID_BYTES)), are_some(bound.bindings)
    alike = _alike(
        table.kinds[known],
        np.fromiter(map(len, told), np.int64, len(told)),
        moments.lengths,
        written.lengths,
        has_referral,
        is_bound,
    )
    order = np.argsort(alike, kind="stable")
    known, has_referral, is_bound = known[order], has_referral[order], is_bound[order]
    told = [told[place] for place in order.tolist()]
    moments, written = moments.taken(order), written.taken(order)
    ids, about, of = (
        uuids(np.take(rows(column, width)[:, width - _UUID_BYTES :], order, axis=0).tobytes())
        for column, width in ((packed, _KEY_BYTES), (items, _UUID_BYTES), (referrals, _UUID_BYTES))
    )
    digests = hexadecimal(np.take(bound.bindings, order, axis=0).tobytes(), _HASH_BYTES)
    borders = np.flatnonzero(np.diff(alike[order], prepend=-1, append=-1)).tolist()
    hashed: list[bytes] = []
    for start, end in _within(borders):
        some = slice(start, end)
        before, until_facts, behind = table.lines(known[some])
        lines = _lines(
            before,
            moments.text(some),
            until_facts,
            rows(b"".join(told[some]), len(told[start])) if told[start] else b"",
            b',"id":"',
            ids[some],
            b'","item":"',
            about[some],
            b'","recorded":"',
            written.text(some),
            *((b'","referral":"', of[some], b'"') if has_referral[start] else (b'"',)),
            behind,
            *((b',"withheld":"', digests[some], b'"}') if is_bound[start] else (b"}",)),
        )
        hashed += [sha256(line).digest() for line in lines]
    found = np.empty((len(order), _HASH_BYTES), np.uint8)
    found[order] = rows(b"".join(hashed), _HASH_BYTES)
    return found


def _check_withheld(bound: _Bound, withheld: list[bytes | None]) -> None:
    """Raise where what is withheld of an entry is not what was bound to it."""
    told = np.array([one is not None for one in withheld], bool)
    salts = cut(bound.salts[told].tobytes(), _SALT_BYTES)
    texts = [one for one in withheld if one is not None]
    found = [sha256(salt + text).digest() for salt, text in zip(salts, texts, strict=True)]
    if b"".join(found) != bound.bindings[told].tobytes():
        raise UnusualError


def _shared(shape: Shape, packed: bytes) -> tuple[list[int], list[EventParts]]:
    """Return what entries of events share with others, and which of it each has. A leaf begins with a zero."""
    texts = packed.split(_ROW)
    numbers: dict[bytes, int] = {}
    parts: list[EventParts] = []
    for text in dict.fromkeys(texts):
        fields = text.split(_COLUMN)
        if len(fields) != 6 or b"\\" in text:
            raise UnusualError
        action, agency, was, became, actor, origin = fields
        one = shape.event_parts((action, *(part or _NULL for part in (agency, was, became, actor)), origin))
        numbers[text] = len(parts)
        parts.append(one._replace(start=b"\0" + one.start))
    return list(map(numbers.__getitem__, texts)), parts


class _Table:
    """What entries share, as lines of tables: those of one kind are as long as one another, part by part.

    Attributes:
        kinds: of each of the parts that were given, the number of its kind.
    """

    def __init__(self, parts: list[EventParts]) -> None:
        kinds: dict[tuple[int, ...], list[EventParts]] = {}
        places = []
        for one in parts:
            members = kinds.setdefault((len(one.start), len(one.until_facts), len(one.end)), [])
            places.append(len(members))
            members.append(one)
        numbers = {lengths: number for number, lengths in enumerate(kinds)}
        self.kinds = np.array([numbers[len(one.start), len(one.until_facts), len(one.end)] for one in parts])
        self._places = np.array(places)
        self._tables = [
            tuple(
                rows(b"".join(one[column] for one in members), length)
                for column, length in enumerate(lengths)
            )
            for lengths, members in kinds.items()
        ]

    def lines(self, which: NDArray[np.intp]) -> tuple[Lines, ...]:
        """Return what stands before the moment, until the facts and at the end of some that are of one kind."""
        places = self._places[which]
        return tuple(np.take(table, places, axis=0) for table in self._tables[self.kinds[which[0]]])


def _alike(*lengths: NDArray[Any]) -> NDArray[np.int64]:
    """Return a number for each line that those have in common whose values are the same, column by column."""
    number = np.zeros(len(lengths[0]), np.int64)
    for one in lengths:
        number = number * (int(one.max()) + 1) + one
    return number


def _within(borders: list[int]) -> Iterator[tuple[int, int]]:
    """Yield where to begin and end, from border to border, no more lines at once than a processor keeps near."""
    for start, end in pairwise(borders):
        for first in range(start, end, _NEAR):
            yield first, min(first + _NEAR, end)


def _lines(*parts: bytes | Lines) -> list[bytes]:
    """Return lines of constant texts and columns of texts, one beside the other; at least one is a column."""
    widths = [len(part) if isinstance(part, bytes) else part.shape[1] for part in parts]
    count = next(len(part) for part in parts if not isinstance(part, bytes))
    table = np.empty((count, sum(widths)), np.uint8)
    place = 0
    for part, width in zip(parts, widths, strict=True):
        table[:, place : place + width] = np.frombuffer(part, np.uint8) if isinstance(part, bytes) else part
        place += width
    lines: list[bytes] = table.view(f"V{place}")[:, 0].tolist()
    return lines


class _Facts:
    """What events say, parted as their entries have it. Most say what many others say, or that and the line of a list."""

    _LINE: Final = b'{"line": '
    _SAID: Final = b',"facts":{"line":'

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, bytes], tuple[bytes, bytes | None]] = {}
        self._after_line: dict[tuple[bytes, bytes], tuple[bytes, bytes | None]] = {}

    def of_all(self, details: list[bytes], addresses: list[bytes]) -> list[tuple[bytes, bytes | None]]:
        """Return the facts of each event as a member of its entry, and what is withheld."""
        known, of = self._known.get, self._of
        return [known(pair) or of(*pair) for pair in zip(details, addresses, strict=True)]

    def _of(self, details: bytes, address: bytes) -> tuple[bytes, bytes | None]:
        if details.startswith(self._LINE):
            end = details.find(b",", 9)
            line, rest = details[9:end], details[end:]
            found = self._after_line.get((rest, address))
            if found is None:
                found = self._after_line[rest, address] = self._without_line(rest, address)
            if found[0] and line.isdigit():
                return self._SAID + line + found[0], found[1]
        known = self._known[details, address] = split_facts(details, address)
        return known

    def _without_line(self, rest: bytes, address: bytes) -> tuple[bytes, bytes | None]:
        """Return what comes behind the line, with which the facts must begin; empty where they do not."""
        facts, withheld = split_facts(self._LINE + b"0" + rest, address)
        begins = facts.startswith(self._SAID + b"0")
        return (facts[len(self._SAID) + 1 :] if begins else b"", withheld)


def _of_changes(shape: Shape, columns: Any, bound: _Bound) -> Lines:
    """Return the leaves of changes of rows, a line each."""
    packed, at, texts = columns
    ids = uuids(rows(packed, _KEY_BYTES)[:, _KEY_BYTES - _UUID_BYTES :].tobytes())
    leaves, beside = [], []
    for id_, moment, text, end in zip(
        cut(ids.tobytes(), ids.shape[1]), Moments(at).cut(), texts.split(_ROW), _ends(bound), strict=True
    ):
        fields = text.split(_COLUMN)
        if len(fields) != 11 or b"\\" in fields[9]:
            raise UnusualError
        what, action, key, item, referral, was, became, person, agency, origin, aside = fields
        told = (what, action, key, moment, item, referral, was, became, person or _NULL, agency)
        shown, withheld = shape.change(id_, told, origin, aside)
        beside.append(withheld)
        leaves.append(sha256(b"\0" + shown + end).digest())
    _check_withheld(bound, beside)
    return rows(b"".join(leaves), _HASH_BYTES)


def _ends(bound: _Bound) -> list[bytes]:
    """Return how the text of each entry ends, by what is bound to it."""
    digits = cut(bound.bindings.tobytes().hex().encode(), 2 * _HASH_BYTES)
    return [
        b',"withheld":"%b"}' % one if is_bound else b"}"
        for one, is_bound in zip(digits, are_some(bound.bindings).tolist(), strict=True)
    ]
