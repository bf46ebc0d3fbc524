"""Entries read column by column, many at once: what a check of all of them needs, and quicker than row by row.

Only ``entries.Shape`` says how an entry reads. Here its variable parts are made for thousands of entries at a time; where
anything is out of the ordinary, the caller reads the same stretch row by row.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from takedowns.ledger.entries import Shape, bind, split_facts
from takedowns.referrals.log import Position

_KEY_BYTES: Final = 24  # the place of the transaction, and the id
_UUID_BYTES: Final = 16
_HASH_BYTES: Final = 32
_NULL: Final = b"\\N"
_NO_UUID: Final = bytes(_UUID_BYTES)
_NO_BINDING: Final = bytes(_HASH_BYTES)
#: Between rows and between columns; where a text holds one, there are more of them than columns, and that is noticed.
_ROW, _COLUMN = b"\x1e", b"\x1f"
_EPOCH: Final = date(2000, 1, 1)  # of PostgreSQL
_DAY: Final = 86_400_000_000  # microseconds

_Bytes = NDArray[np.uint8]
_TWO: Final = np.frombuffer(b"".join(b"%02d" % number for number in range(100)), np.uint8).reshape(100, 2)

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


class UnusualError(Exception):
    """Something that is better read row by row."""


class Sealed(NamedTuple):
    """What seals say of a stretch, place by place: ids one after the other, digests of what is withheld, and salts."""

    ids: bytes
    bindings: list[bytes]
    salts: list[bytes]


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
    keys = [*_cut(events[0], _KEY_BYTES), *_cut(changes[0], _KEY_BYTES)]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    if b"".join([keys[index][8:] for index in order]) != sealed.ids:
        raise UnusualError
    places = np.empty(len(keys), np.int64)
    places[order] = np.arange(len(keys))
    of_events = len(events[0] or b"") // _KEY_BYTES
    bound = _bound(sealed)
    found = [b""] * len(keys)
    for columns, make, where in (
        (events, _of_events, places[:of_events].tolist()),
        (changes, _of_changes, places[of_events:].tolist()),
    ):
        if where:
            for place, leaf in zip(where, make(shape, columns, bound, where), strict=True):
                found[place] = leaf
    return b"".join(found)


class _Bound(NamedTuple):
    """What is bound to entries, place by place: its digest, its salt, and how it ends their text."""

    bindings: list[bytes]
    salts: list[bytes]
    ends: list[bytes]


def _bound(sealed: Sealed) -> _Bound:
    ends = _framed(b',"withheld":"', _hex(b"".join(sealed.bindings), _HASH_BYTES), b'"}')
    return _Bound(
        sealed.bindings,
        sealed.salts,
        [end if one != _NO_BINDING else b"}" for end, one in zip(ends, sealed.bindings, strict=True)],
    )


def _of_events(shape: Shape, columns: Any, bound: _Bound, places: list[int]) -> list[bytes]:
    """Return the leaves of events."""
    ids, at, recorded, items, referrals, shared, details = columns
    ids = np.frombuffer(ids, np.uint8).reshape(-1, _KEY_BYTES)[:, 8:].tobytes()
    about = _framed(
        b',"id":"', _uuids(ids), b'","item":"', _uuids(items), b'","recorded":"'
    )  # what stands between facts and the moment
    referral_ids = _framed(b'","referral":"', _uuids(referrals), b'"')
    if _NO_UUID in referrals:
        no_referral = _cut(referrals, _UUID_BYTES)
        referral_ids = [
            text if one != _NO_UUID else b'"' for text, one in zip(referral_ids, no_referral, strict=True)
        ]
    starts, middles, ends, addresses = _shared(shape, shared)
    facts = _Facts().of_all(details.split(_ROW), addresses)
    _check_withheld(bound, places, [withheld for _, withheld in facts])
    texts = zip(
        starts,
        _moments(at),
        middles,
        [told for told, _ in facts],
        about,
        _moments(recorded),
        referral_ids,
        ends,
        [bound.ends[place] for place in places],
        strict=True,
    )
    return [sha256(text).digest() for text in map(b"".join, texts)]


def _check_withheld(bound: _Bound, places: list[int], withheld: list[bytes | None]) -> None:
    """Raise where what is withheld of an entry is not what was bound to it."""
    bindings, salts = bound.bindings, bound.salts
    for place, one in zip(places, withheld, strict=True):
        if one is not None and sha256(salts[place] + one).digest() != bindings[place]:
            raise UnusualError


def _shared(shape: Shape, packed: bytes) -> list[list[bytes]]:
    """Return what the entries of events share with others: starts, what stands before the facts, ends, and addresses."""
    texts = packed.split(_ROW)
    parts: dict[bytes, tuple[bytes, ...]] = {}
    for text in set(texts):
        fields = text.split(_COLUMN)
        if len(fields) != 6 or b"\\" in text:
            raise UnusualError
        action, agency, was, became, actor, origin = fields
        start, *others = shape.event_parts(
            (action, *(one or _NULL for one in (agency, was, became, actor)), origin)
        )
        parts[text] = (b"\0" + start, *others)  # a leaf begins with a zero
    return [
        list(map({text: part[column] for text, part in parts.items()}.__getitem__, texts))
        for column in range(4)
    ]


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


def _of_changes(shape: Shape, columns: Any, bound: _Bound, places: list[int]) -> list[bytes]:
    """Return the leaves of changes of rows."""
    packed, at, texts = columns
    ids = np.frombuffer(packed, np.uint8).reshape(-1, _KEY_BYTES)[:, 8:].tobytes()
    found = []
    for id_, moment, text, place in zip(
        _framed(_uuids(ids)), _moments(at), texts.split(_ROW), places, strict=True
    ):
        fields = text.split(_COLUMN)
        if len(fields) != 11 or b"\\" in fields[9]:
            raise UnusualError
        what, action, key, item, referral, was, became, person, agency, origin, beside = fields
        told = (what, action, key, moment, item, referral, was, became, person or _NULL, agency)
        shown, withheld = shape.change(id_, told, origin, beside)
        if withheld is not None and bind(bound.salts[place], withheld) != bound.bindings[place]:
            raise UnusualError
        found.append(sha256(b"\0" + shown + bound.ends[place]).digest())
    return found


def _cut(packed: bytes | None, width: int) -> list[bytes]:
    return [packed[start : start + width] for start in range(0, len(packed), width)] if packed else []


def _hex(packed: bytes, width: int) -> _Bytes:
    """Return the digits of values of one width, a line each."""
    return np.frombuffer(packed.hex().encode(), np.uint8).reshape(-1, 2 * width)


def _uuids(packed: bytes) -> _Bytes:
    """Return UUIDs as they are written, a line each."""
    digits = _hex(packed, _UUID_BYTES)
    text = np.full((len(digits), 36), ord("-"), np.uint8)
    for start, end, place in ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24)):
        text[:, place : place + end - start] = digits[:, start:end]
    return text


def _framed(*parts: bytes | _Bytes) -> list[bytes]:
    """Return lines of constant texts and columns of texts, one beside the other."""
    count = next(len(part) for part in parts if not isinstance(part, bytes))
    columns = [
        np.broadcast_to(np.frombuffer(part, np.uint8), (count, len(part)))
        if isinstance(part, bytes)
        else part
        for part in parts
    ]
    return _cut(np.hstack(columns).tobytes(), sum(column.shape[1] for column in columns))


def _moments(packed: bytes) -> list[bytes]:
    """Return moments, given as PostgreSQL's microseconds, as RFC 3339 writes them: no more digits than there are."""
    days, within = np.divmod(np.frombuffer(packed, ">i8").astype(np.int64), _DAY)
    known, which = np.unique(days, return_inverse=True)
    try:
        dates = b"".join((_EPOCH + timedelta(days=int(day))).isoformat().encode() for day in known)
    except OverflowError as error:
        raise UnusualError from error
    text = np.empty((len(days), 27), np.uint8)
    text[:, :10] = np.frombuffer(dates, np.uint8).reshape(-1, 10)[which]
    text[:, 10:20] = np.frombuffer(b"T00:00:00.", np.uint8)
    seconds, micro = np.divmod(within, 1_000_000)
    for place, pair in (
        (11, seconds // 3600),
        (14, seconds // 60 % 60),
        (17, seconds % 60),
        (20, micro // 10_000),
        (22, micro // 100 % 100),
        (24, micro % 100),
    ):
        text[:, place : place + 2] = _TWO[pair]
    lengths = np.full(len(days), 26)
    for digits in range(1, 6):
        lengths[micro % 10**digits == 0] = 26 - digits
    lengths[micro == 0] = 19
    text[np.arange(len(days)), lengths] = ord("Z")
    raw = text.tobytes()
    return [
        raw[start : start + length + 1]
        for start, length in zip(range(0, len(raw), 27), lengths.tolist(), strict=True)
    ]
