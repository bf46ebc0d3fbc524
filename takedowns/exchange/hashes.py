"""Hashes of the pictures of an operation, in the shapes that hash-sharing systems read.

``threatexchange``: threat descriptors as the ThreatExchange API writes them, PDQ, MD5 and SHA-256 of each picture. ``pdq``: a line
for each PDQ hash, as the file exchange of ThreatExchange's library and of HMA takes it. A PDQ hash of too little quality is left out.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

import orjson

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.exchange.models import Tlp
from takedowns.exchange.records import Parcel
from takedowns.fingerprints.models import LEAST_QUALITY, Fingerprint

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
    for one in _fingerprints(parcel):
        for kind, hashed in (("HASH_PDQ", _pdq(one)), ("HASH_MD5", one.md5), ("HASH_SHA256", one.sha256)):
            if hashed:
                told.setdefault(
                    (kind, hashed),
                    {
                        "id": str(_number(one.evidence_id, kind)),
                        "raw_indicator": hashed,
                        "type": kind,
                        "owner": {"id": "0"},
                        "status": "MALICIOUS",
                        "share_level": _SHARE[parcel.tlp],
                        "tags": ["terrorism", parcel.operation.reference.lower()],
                        "added_on": f"{one.made_at:%Y-%m-%dT%H:%M:%S%z}",
                    },
                )
    return orjson.dumps({"data": list(told.values())}, option=orjson.OPT_INDENT_2)


def pdq(parcel: Parcel) -> bytes:
    """Return the PDQ hashes of the pictures of a parcel, a line each, each once."""
    hashes = dict.fromkeys(hashed for one in _fingerprints(parcel) if (hashed := _pdq(one)))
    return "".join(f"pdq {one}\n" for one in hashes).encode()


def _fingerprints(parcel: Parcel) -> list[Fingerprint]:
    """Return those of a parcel's referrals, without what was taken back. The page has checked who takes them."""
    with acting_as(SYSTEM):
        return list(
            Fingerprint.objects.filter(
                referral__in=[one.referral_id for one in parcel.records], evidence__withdrawal=None
            ).order_by("pk")
        )


def _pdq(one: Fingerprint) -> str:
    return one.pdq if one.quality >= LEAST_QUALITY else ""


def _number(evidence_id: UUID, kind: str) -> int:
    """Return a number for a descriptor, the same each time."""
    return (evidence_id.int >> 66) * 4 + ("HASH_PDQ", "HASH_MD5", "HASH_SHA256").index(kind)


WRITERS: Final = {"threatexchange": threatexchange, "pdq": pdq}
