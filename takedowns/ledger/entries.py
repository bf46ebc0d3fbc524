"""How an entry of the ledger reads, and all of them in the order of the log.

An entry is canonical JSON (RFC 8785), one flat shape for events of referrals and for changes of every other table::

    action      approve; added, changed, removed, done
    agency      for which agency whoever did it acted
    at          when it happened, as we were told
    became      what the row is since: the cell of a referral, the columns of a row
    by          door (page, key, command, partner), and the id of the key or partner, the name of the command, the id of the person
    facts       of an event: what it says beside, where that is from a closed vocabulary
    id          of the event, or the number of the entry as a UUID
    item, key, referral   what it is about; key is the primary key of a row
    recorded    when an event was written down
    version     of this shape: 1
    was         what the row was before
    what        "event", or the table
    withheld    SHA-256, hexadecimal, of a salt of 16 bytes and what is not shown here: addresses, names, free text

Members that say nothing are not there. The order of the log is (transaction, id), and no further than the oldest
transaction in flight; see ``referrals/log.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from psycopg import sql

from takedowns.referrals.log import BEGINNING, Position

#: Facts of events from closed vocabularies, numbers, moments and ids. Whatever else an event says is withheld.
SHOWN_FACTS: Final = frozenset(
    {
        "submission",
        "line",
        "part",
        "moments",
        "found_at",
        "passed_on",
        "action",
        "decision_ground",
        "decline_reason",
        "ground",
        "exemptions_checked",
        "right_answer",
        "corrects",
        "decided_at",
        "acknowledged_at",
        "seen",
        "robot",
        "tier",
        "kind",
        "instrument",
        "due_at",
        "received_at",
        "impediment",
        "verdict",
        "complainant",
    }
)
_CELL: Final = ("agency", "availability", "instrument", "kind", "operation", "platform", "status", "tier")
_NULL: Final = b"\\N"
_SALT_BYTES: Final = 16


class Entry(NamedTuple):
    """One entry, as it is sealed.

    Attributes:
        id: its UUID as text.
        shown: its canonical JSON without what ends it: ``,"withheld":"…"}`` or ``}``.
        withheld: canonical JSON of what is not shown; None where nothing is, or nothing is left.
        xid: number of its transaction, as text.
    """

    id: bytes
    shown: bytes
    withheld: bytes | None
    xid: bytes

    def text(self, binding: bytes | None) -> bytes:
        """Return the whole entry, given the digest of what is withheld."""
        return self.shown + (b',"withheld":"%b"}' % binding.hex().encode() if binding else b"}")


def bind(salt: bytes, withheld: bytes) -> bytes:
    """Return the digest that binds what is withheld to its entry."""
    return sha256(salt + withheld).digest()


#: Both sources with the same columns. Times are in UTC, as read() sees to.
_SOURCES: Final = """
    SELECT xid, id, 'event' AS what, kind AS action, NULL AS key, at, recorded_at, item_id, referral_id,
           from_cell_id::text AS was, to_cell_id::text AS became, actor_id, agency_id, origin, details::text AS beside
    FROM referrals_event
    UNION ALL
    SELECT xid, id, what, action, to_json(key)::text, at, NULL, item_id, referral_id,
           was, became, person_id, agency_id, origin, withheld
    FROM ledger_entry
"""
_IN_ORDER: Final = f"""
    SELECT * FROM ({_SOURCES}) AS entry
    WHERE (xid, id) > ({{xid}}::xid8, {{id}}::uuid) AND (xid, id) <= ({{upto_xid}}::xid8, {{upto_id}}::uuid)
    ORDER BY xid, id
"""
_BY_ID: Final = f"SELECT * FROM ({_SOURCES}) AS entry WHERE id = ANY ({{ids}}::uuid[]) ORDER BY xid, id"
_BOUND: Final = """
    SELECT xid::text, id FROM (
        SELECT xid, id FROM (
            SELECT xid, id FROM referrals_event UNION ALL SELECT xid, id FROM ledger_entry
        ) AS entry
        WHERE (xid, id) > (%(xid)s::xid8, %(id)s) AND xid < takedowns_log_horizon()
        ORDER BY xid, id LIMIT %(most)s
    ) AS stretch ORDER BY xid DESC, id DESC LIMIT 1
"""
#: Behind every entry that there can be.
END: Final = Position(2**64 - 1, UUID(int=2**128 - 1))


def next_stretch(cursor: Any, after: Position, most: int) -> Position | None:
    """Return where the next at most ``most`` entries end that are final; None where there are none. As the system."""
    cursor.execute(_BOUND, {"xid": str(after.xid), "id": after.event_id, "most": most})
    row = cursor.fetchone()
    return Position(int(row[0]), row[1]) if row else None


def read(cursor: Any, after: Position = BEGINNING, upto: Position = END) -> Iterator[Entry]:
    """Yield the entries after one position and not after the other, in log order. As the system; nothing else meanwhile."""
    return _read(
        cursor,
        sql.SQL(_IN_ORDER).format(
            xid=str(after.xid), id=str(after.event_id), upto_xid=str(upto.xid), upto_id=str(upto.event_id)
        ),
    )


def read_by_id(cursor: Any, ids: list[UUID]) -> list[Entry]:
    """Return the entries of certain ids that are still there, in log order."""
    return list(_read(cursor, sql.SQL(_BY_ID).format(ids=[str(one) for one in ids])))


def _read(cursor: Any, query: sql.Composed) -> Iterator[Entry]:
    cursor.execute("SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'")
    shape = shape_now(cursor)
    with cursor.copy(sql.SQL("COPY ({}) TO STDOUT").format(query)) as copy:
        for row in copy:
            yield shape.entry(bytes(row))


def shape_now(cursor: Any) -> Shape:
    """Return what makes entries of rows, with the cells as they are. As the system."""
    return Shape(_cells(cursor))


def _cells(cursor: Any) -> dict[bytes, bytes]:
    """Return each cell as canonical JSON, by its number as text."""
    cursor.execute(
        "SELECT id, agency_id::text, availability, instrument, kind, operation_id::text, platform_id, status, tier"
        " FROM referrals_cell"
    )
    return {
        b"%d" % number: orjson.dumps(dict(zip(_CELL, values, strict=True)))
        for number, *values in cursor.fetchall()
    }


class EventParts(NamedTuple):
    """What many events share of their entries: all before the moment, from there to the facts, what ends it; and the address."""

    start: bytes
    until_facts: bytes
    end: bytes
    address: bytes


class Shape:
    """Makes entries of rows. What many entries share is put together once."""

    def __init__(self, cells: Mapping[bytes, bytes]) -> None:
        self.cells = cells
        self.events: dict[tuple[bytes, ...], EventParts] = {}
        self.doers: dict[tuple[bytes, bytes], tuple[bytes, bytes]] = {}

    def entry(self, row: bytes) -> Entry:
        """Return the entry of one row of COPY's text format."""
        (
            xid,
            id_,
            what,
            action,
            key,
            at,
            recorded,
            item,
            referral,
            was,
            became,
            person,
            agency,
            origin,
            beside,
        ) = row[:-1].split(b"\t")
        if b"\\" in beside:
            beside = beside.replace(b"\\\\", b"\\") if beside != _NULL else b""
        if what == b"event":
            start, until_facts, end, address = self.event_parts((action, agency, was, became, person, origin))
            facts, withheld = split_facts(beside, address)
            about = b"" if item == _NULL else b',"item":"%b"' % item
            about += b',"recorded":"%b"' % _moment(recorded)
            about += b"" if referral == _NULL else b',"referral":"%b"' % referral
            shown = b'%b%b%b%b,"id":"%b"%b%b' % (start, _moment(at), until_facts, facts, id_, about, end)
            return Entry(id_, shown, withheld, xid)
        fields = (
            what,
            action,
            _unescaped(key),
            _moment(at),
            item,
            referral,
            _unescaped(was),
            _unescaped(became),
            person,
            agency,
        )
        shown, withheld = self.change(id_, fields, origin, beside)
        return Entry(id_, shown, withheld, xid)

    def change(
        self, id_: bytes, fields: Sequence[bytes], origin: bytes, beside: bytes
    ) -> tuple[bytes, bytes | None]:
        """Return the entry of a change of a row, as it is shown, and what is withheld of it.

        Args:
            id_: of the entry.
            fields: what, action, key, at, item, referral, was, became, person, agency; nothing or ``\\N`` where there is none.
            origin: where it came from, as COPY writes it.
            beside: what is withheld of the row.
        """
        what, action, key, at, item, referral, was, became, person, agency = fields
        doer = self.doers.get((person, origin))
        if doer is None:
            doer = self.doers[person, origin] = _by(person, origin)
        by, address = doer
        shown = b"".join(
            (
                b'{"action":"%b"' % action,
                _member(b"agency", agency),
                b',"at":"%b"' % at,
                b',"became":%b' % became if became else b"",
                b',"by":%b' % by,
                b',"id":"%b"' % id_,
                _member(b"item", item),
                b',"key":%b' % key,
                _member(b"referral", referral),
                b',"version":1',
                b',"was":%b' % was if was else b"",
                b',"what":"%b"' % what,
            )
        )
        return shown, _with_address(beside, address)

    def event_parts(self, shared: tuple[bytes, ...]) -> EventParts:
        """Return what the entries of events share that have the same action, agency, cells, person and origin."""
        parts = self.events.get(shared)
        if parts is None:
            parts = self.events[shared] = self._event(shared)
        return parts

    def _event(self, shared: tuple[bytes, ...]) -> EventParts:
        action, agency, was, became, person, origin = shared
        by, address = _by(person, origin)
        start = b'{"action":"%b"%b,"at":"' % (action, _member(b"agency", agency))
        until_facts = b'"%b,"by":%b' % (self._cell(b"became", became), by)
        return EventParts(
            start, until_facts, b',"version":1%b,"what":"event"' % self._cell(b"was", was), address
        )

    def _cell(self, name: bytes, number: bytes) -> bytes:
        """Return a cell; one that is not there any more reads as its number, which no seal has."""
        return b"" if number == _NULL else b',"%b":%b' % (name, self.cells.get(number, number))


def _member(name: bytes, value: bytes) -> bytes:
    return b"" if value in (b"", _NULL) else b',"%b":"%b"' % (name, value)


def _unescaped(value: bytes) -> bytes:
    return b"" if value == _NULL else value.replace(b"\\\\", b"\\")


def _moment(text: bytes) -> bytes:
    """Return PostgreSQL's ``2019-11-21 08:00:00.5+00`` as RFC 3339 writes it."""
    return text[:-3].replace(b" ", b"T") + b"Z"


def _by(person: bytes, origin: bytes) -> tuple[bytes, bytes]:
    """Return who did it as canonical JSON, and from which address, from the text of ``access/origin.py``."""
    door, *words = _unescaped(origin).decode().split(" ")
    who: dict[str, str] = {"door": door} if door else {}
    if door in ("key", "link", "command", "partner") and words:
        who[door] = words.pop(0)
    if person != _NULL:
        who["person"] = person.decode()
    return orjson.dumps(who, option=orjson.OPT_SORT_KEYS), " ".join(words).encode()


def split_facts(details: bytes, address: bytes) -> tuple[bytes, bytes | None]:
    """Return what an event says in the open, as a member, and what is withheld of it."""
    told: dict[str, Any] = orjson.loads(details)
    beside = {name: told.pop(name) for name in told.keys() - SHOWN_FACTS}
    if address:
        beside["address"] = address.decode()
    facts = b',"facts":' + orjson.dumps(told, option=orjson.OPT_SORT_KEYS) if told else b""
    return facts, orjson.dumps(beside, option=orjson.OPT_SORT_KEYS) if beside else None


def _with_address(withheld: bytes, address: bytes) -> bytes | None:
    """Return what is withheld of a row, and from where whoever changed it came."""
    if not address:
        return withheld if withheld not in (b"", b"{}") else None
    return b'{"from":%b%b}' % (orjson.dumps(address.decode()), b',"row":' + withheld if withheld else b"")
