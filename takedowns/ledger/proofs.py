"""Proofs that the entries about one referral stand in the sealed ledger, for whoever must not have to trust us."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection
from django.db.models import Q, Subquery

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import tree
from takedowns.ledger.consistency import as_file, between
from takedowns.ledger.entries import Entry, read_by_id
from takedowns.ledger.exports import Made
from takedowns.ledger.models import Countersignature, Head, SigningKey, TimeStamp
from takedowns.ledger.models import Entry as WrittenEntry
from takedowns.ledger.notes import Checkpoint
from takedowns.ledger.sealing import SALT_BYTES, frontier, leaves_between
from takedowns.referrals.models import Event, Referral

FORMAT: Final = "takedowns-proof/1"
SCRIPT: Final = Path(__file__).with_name("verify_proof.py")
_ID_BYTES: Final = 16
_READ_ME: Final = """\
dossier.pdf      what the record said of the referral when this was made, to be read
proof.json       the entries about the referral, each with its path to the root of the ledger, and the signed head
verify_proof.py  checks it: python verify_proof.py proof.json --key "NAME+HASH+KEY"
                 It needs Python 3.9 or later and the package "cryptography", and nothing of the program that made the proof.

It proves that these entries were sealed and are as they were. That there is no further one, only the whole ledger shows: whoever runs it
checks that with "takedowns verify", and a witness with the heads that it kept.

The public key is on the page /.well-known/takedowns-ledger of whoever runs the ledger; ask a witness for it, too.
"""
_ORDER: Final = """
order.pdf        the removal order, byte for byte as it was drawn when it was approved; the entries bind its SHA-256
"""
_DIGESTS: Final = """
SHA-256 of each file, as sha256sum -c takes them. The ledger holds them with the number {number}: whoever runs it can tell of each file
by itself whether it is as it was made.

{digests}"""
_STAMPED: Final = """
time-stamp/head.txt          a signed head of the ledger, over {size} entries: those at places before {size} were there when it was stamped
time-stamp/head.tsr          its time stamp (RFC 3161), by {authority}, at {at:%Y-%m-%d %H:%M:%S} UTC:
                             openssl ts -verify -data time-stamp/head.txt -in time-stamp/head.tsr -CAfile AUTHORITY.pem
                             Get the certificate of the authority from the authority.
time-stamp/consistency.json  that the head in proof.json grew out of it; verify_proof.py checks it like proof.json
"""
_WITNESSED: Final = """
witness/head.txt             a signed head of the ledger that another installation, {name}, countersigned on {at:%Y-%m-%d %H:%M:%S} UTC
witness/consistency.json     that the head in proof.json grew out of it:
                             python verify_proof.py witness/consistency.json --key "NAME+HASH+KEY" --witness "NAME+HASH+KEY"
                             Get the second key from the witness, on its page /.well-known/takedowns-ledger.
"""


@dataclass(frozen=True)
class Sealed:
    """One entry about a referral, for the page.

    Attributes:
        place: in the ledger, from 0; None where it waits to be sealed.
        said: the entry.
        withheld: what is kept beside it, as JSON; empty where nothing is, or nothing is left.
        sealed_at: when it was sealed.
    """

    place: int | None
    said: dict[str, Any]
    withheld: str
    sealed_at: datetime | None

    @property
    def at(self) -> datetime:
        """When it happened."""
        return datetime.fromisoformat(self.said["at"])


@dataclass(frozen=True)
class Countersigned:
    """A head that a witness countersigned.

    Attributes:
        name: of the witness.
        size: how many entries the head is over.
        at: when, by the witness's clock.
        note: the signed head with the countersignature.
    """

    name: str
    size: int
    at: datetime
    note: str


@dataclass(frozen=True)
class History:
    """What the ledger holds of one referral, and the head that covers it.

    Attributes:
        head: the last signed head; None before the first.
        countersigned: the largest head that another installation countersigned; None where none did.
        stamp: of the largest head that was time-stamped outside; None where none was.
        keys: names of the public keys that signed heads, the last first.
    """

    entries: list[Sealed]
    head: Checkpoint | None
    note: str
    keys: list[str]
    proof: dict[str, Any]
    stamp: TimeStamp | None
    countersigned: Countersigned | None

    @property
    def waiting(self) -> int:
        """How many entries wait to be sealed."""
        return sum(1 for one in self.entries if one.place is None)


def history_of(referral: Referral) -> History:
    """Return what the ledger holds of a referral, with its proof. The caller has seen to it that the actor may read all of it.

    A fixed number of statements, and one for each block in which entries are sealed.
    """
    with acting_as(SYSTEM):
        entries = _entries_about(referral)
        head, stamp, countersigned = _last_of_all()
        keys = list(SigningKey.objects.order_by("-since").values_list("name", flat=True))
        size = head.size if head else 0
        paths = _Paths(size)
        told: list[Sealed] = []
        proven: list[dict[str, Any]] = []
        for one, found in zip(entries, _sealed(entries), strict=True):
            if found is None or found.place >= size:
                told.append(_waiting(one))
                continue
            text = one.text(found.binding).decode()
            withheld = one.withheld.decode() if one.withheld is not None else None
            told.append(Sealed(found.place, orjson.loads(text), withheld or "", found.at))
            proven.append(
                {
                    "place": found.place,
                    "entry": text,
                    "withheld": withheld,
                    "salt": found.salt.hex() if withheld is not None else None,
                    "path": [step.hex() for step in paths.of(found.place)],
                }
            )
        note = head.note if head else ""
        proof = {
            "format": FORMAT,
            "ledger": settings.LEDGER_NAME,
            "referral": str(referral.pk),
            "head": note,
            "keys": keys,
            "entries": proven,
        }
        parsed = Checkpoint.parse(note) if note else None
        return History(told, parsed, note, keys, proof, stamp, countersigned)


def _last_of_all() -> tuple[Head | None, TimeStamp | None, Countersigned | None]:
    """Return the last head, the time stamp of the largest one that has one, and the last countersignature. One statement."""
    last = Head.objects.order_by("-size").values("size")[:1]
    stamped = TimeStamp.objects.order_by("-head").values("head")[:1]
    seen = Countersignature.objects.order_by("-head", "-id")
    heads = list(
        Head.objects.filter(Q(size=Subquery(last)) | Q(size=Subquery(stamped)))
        .select_related("time_stamp")
        .annotate(
            **{f"seen_{name}": Subquery(seen.values(name)[:1]) for name in ("note", "key", "at", "head")}
        )
        .order_by("-size")
    )
    if not heads:
        return None, None, None
    stamps = (getattr(one, "time_stamp", None) for one in heads)
    found: Any = heads[0]
    countersigned = found.seen_note and Countersigned(
        found.seen_key.partition("+")[0], found.seen_head, found.seen_at, found.seen_note
    )
    return heads[0], next((one for one in stamps if one is not None), None), countersigned


def for_the_court(history: History, made: Made, more: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files for a court by name: the proof, the program that checks it and how, what others said of the ledger, and by whom it was made.

    Args:
        more: further files, such as the dossier; the read-me names them.
    """
    read_me, outside = _said_outside(history)
    files = {
        **more,
        "proof.json": json.dumps(history.proof, ensure_ascii=False, indent=1).encode(),
        SCRIPT.name: SCRIPT.read_bytes(),
        **{name: said.encode() if isinstance(said, str) else said for name, said in outside.items()},
    }
    told = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    line = _DIGESTS.format(number=made.number, digests=told)
    order = _ORDER if "order.pdf" in more else ""
    return {**files, "README.txt": f"{_READ_ME}{order}{read_me}{line}\n{made.line}\n".encode()}


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return files as a ZIP, the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(zipfile.ZipInfo(name, date_time=(2019, 11, 21, 0, 0, 0)), content)
    return out.getvalue()


def _said_outside(history: History) -> tuple[str, dict[str, str | bytes]]:
    """Return what the read-me says of time stamp and witness, and the files about them; nothing where there are none."""
    told, files = "", dict[str, str | bytes]()
    if stamp := history.stamp:
        told += _STAMPED.format(size=stamp.head_id, authority=stamp.authority, at=stamp.at.astimezone(UTC))
        files |= {
            "time-stamp/head.txt": stamp.head.note,
            "time-stamp/head.tsr": bytes(stamp.response),
            "time-stamp/consistency.json": as_file(between(stamp.head.note, history.note)),
        }
    if seen := history.countersigned:
        told += _WITNESSED.format(name=seen.name, at=seen.at.astimezone(UTC))
        files |= {
            "witness/head.txt": seen.note,
            "witness/consistency.json": as_file(between(seen.note, history.note)),
        }
    return told, files


def _entries_about(referral: Referral) -> list[Entry]:
    ids = list(Event.objects.filter(referral=referral).values_list("pk", flat=True))
    about = Q(referral_id=referral.pk) | Q(item_id=referral.item_id, referral_id=None)
    ids += WrittenEntry.objects.filter(about).values_list("id", flat=True)
    with connection.cursor() as cursor:
        return read_by_id(cursor, ids)


@dataclass(frozen=True)
class _Found:
    place: int
    binding: bytes | None
    salt: bytes
    at: datetime


_SEALS: Final = """
    SELECT seal.first, seal.ids, seal.bindings, salts.salts, seal.sealed_at
    FROM unnest(%s::text[]::xid8[], %s::uuid[]) WITH ORDINALITY AS wanted (xid, id, number)
    LEFT JOIN LATERAL (
        SELECT * FROM ledger_seal WHERE (xid, last_id) >= (wanted.xid, wanted.id) ORDER BY xid, last_id LIMIT 1
    ) AS seal ON true
    LEFT JOIN ledger_salts AS salts ON salts.seal_id = seal.first
    ORDER BY wanted.number
"""


def _sealed(entries: list[Entry]) -> list[_Found | None]:
    """Return where each entry is sealed, with its digest and salt; None where it is not yet. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SEALS, [[one.xid.decode() for one in entries], [one.id.decode() for one in entries]])
        rows = cursor.fetchall()
    return [_found(UUID(one.id.decode()).bytes, row) for one, row in zip(entries, rows, strict=True)]


def _found(raw: bytes, row: tuple[Any, ...]) -> _Found | None:
    first, ids, bindings, salts, at = row
    if first is None or raw not in (there := tree.split(bytes(ids), _ID_BYTES)):
        return None
    place = there.index(raw)
    binding = bytes(bindings)[place * tree.HASH_BYTES : (place + 1) * tree.HASH_BYTES]
    salt = bytes(salts or b"")[place * SALT_BYTES : (place + 1) * SALT_BYTES]
    return _Found(first + place, binding if any(binding) else None, salt, at)


def _waiting(entry: Entry) -> Sealed:
    said = orjson.loads(entry.text(None))
    return Sealed(None, said, entry.withheld.decode() if entry.withheld else "", None)


class _Paths:
    """Paths to the root of one head; what many of them share is read once."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._tops = frontier(size) if size else []
        self._blocks: dict[int, list[bytes]] = {}

    def of(self, place: int) -> list[bytes]:
        """Return the path of the entry at a place: within its block, then among the blocks."""
        number, within = divmod(place, tree.BLOCK)
        if number not in self._blocks:
            first = number * tree.BLOCK
            self._blocks[number] = leaves_between(first, min(first + tree.BLOCK, self.size))
        return tree.inclusion_path(self._blocks[number], within) + tree.inclusion_path(self._tops, number)
