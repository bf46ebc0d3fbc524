"""Hashes of the pictures of an operation, computed of evidence or given with an address, in the shapes that hash-sharing systems read.

``threatexchange``: threat descriptors as the ThreatExchange API writes them, PDQ, MD5 and SHA-256 of each picture. ``pdq``: a line
for each PDQ hash, as the file exchange of ThreatExchange's library and of HMA takes it. A PDQ hash of too little quality is left out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.exchange.models import Tlp
from takedowns.exchange.records import Parcel
from takedowns.fingerprints.models import LEAST_QUALITY, Fingerprint, GivenHash

#: ThreatExchange's names of the markings; it has none beside these.
_SHARE: Final = {
    Tlp.CLEAR: "WHITE",
    Tlp.GREEN: "GREEN",
    Tlp.AMBER: "AMBER",
    Tlp.AMBER_STRICT: "AMBER",
    Tlp.RED: "RED",
}


def threatexchange(parcel: Parcel) -> bytes:
    """Return the descriptors of the pictures of a parcel, each hash once."""
    told: dict[tuple[str, str], dict[str, object]] = {}
    for one in _hashes(parcel):
        for kind, hashed in (("HASH_PDQ", _pdq(one)), ("HASH_MD5", one.md5), ("HASH_SHA256", one.sha256)):
            if hashed:
                told.setdefault(
                    (kind, hashed),
                    {
                        "id": str(_number(one.pk, kind)),
                        "raw_indicator": hashed,
                        "type": kind,
                        "owner": {"id": "0"},
                        "status": "MALICIOUS",
                        "share_level": _SHARE[parcel.tlp],
                        "tags": ["terrorism", parcel.operation.reference.lower()],
                        "added_on": f"{_since(one):%Y-%m-%dT%H:%M:%S%z}",
                    },
                )
    return orjson.dumps({"data": list(told.values())}, option=orjson.OPT_INDENT_2)


def pdq(parcel: Parcel) -> bytes:
    """Return the PDQ hashes of the pictures of a parcel, a line each, each once."""
    hashes = dict.fromkeys(hashed for one in _hashes(parcel) if (hashed := _pdq(one)))
    return "".join(f"pdq {one}\n" for one in hashes).encode()


def _hashes(parcel: Parcel) -> list[Fingerprint | GivenHash]:
    """Return those of a parcel's referrals, without what was taken back; what was computed here first. The page has checked who takes them."""
    referrals = [one.referral_id for one in parcel.records]
    with acting_as(SYSTEM):
        computed = Fingerprint.objects.filter(referral__in=referrals, evidence__withdrawal=None).order_by(
            "pk"
        )
        return [*computed, *GivenHash.objects.filter(referral__in=referrals).order_by("pk")]


def _pdq(one: Fingerprint | GivenHash) -> str:
    """Return a PDQ hash that can be compared; one whose quality nobody told is taken as it is."""
    return one.pdq if one.quality is None or one.quality >= LEAST_QUALITY else ""


def _since(one: Fingerprint | GivenHash) -> datetime:
    return one.made_at if isinstance(one, Fingerprint) else one.at


def _number(of: UUID, kind: str) -> int:
    """Return a number for a descriptor, the same each time."""
    return (of.int >> 66) * 4 + ("HASH_PDQ", "HASH_MD5", "HASH_SHA256").index(kind)


WRITERS: Final = {"threatexchange": threatexchange, "pdq": pdq}
