"""Which referrals have the same picture, and which hashes are known of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import JSONField, Value
from django.db.models.expressions import Combinable, RawSQL

from takedowns.access.actor import Actor
from takedowns.fingerprints.models import Fingerprint, GivenHash
from takedowns.installation.switches import Way, is_on

_HASH: Final = re.compile(r"(?:(?:sha-?256|md5|pdq)[:=]\s*)?([0-9a-f]{64}|[0-9a-f]{32})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Alike:
    """A picture of a referral, and how many others of its operation have it or one that looks like it, whatever became of those.

    Attributes:
        picture: id of the evidence, or of what was given; by it the queue of review is narrowed.
    """

    picture: UUID
    others: int


@dataclass(frozen=True, slots=True)
class Hashes:
    """What is known of one picture of a referral.

    Attributes:
        agency: who gave the hashes; empty of what was computed here of an attached picture.
    """

    sha256: str
    md5: str
    pdq: str
    quality: int | None
    agency: str = ""


def most_alike(referral_id: UUID) -> Combinable:
    """Return what a statement reads beside other things: the picture of a referral that most others have, as whoever asks sees them."""
    if not is_on(Way.HASHES):
        return Value(None, JSONField())
    return RawSQL(
        """
        (SELECT jsonb_build_array(given.id, count(*))
         FROM takedowns_pictures() AS given
         CROSS JOIN LATERAL takedowns_pictures_like(given.id) AS other (referral_id)
         WHERE given.referral_id = %s AND other.referral_id <> given.referral_id
         GROUP BY given.id ORDER BY count(*) DESC, given.id LIMIT 1)
        """,
        [referral_id],
        output_field=JSONField(),
    )


def read_alike(found: Any) -> Alike | None:
    """Return what :func:`most_alike` read; None where no other has a picture of it."""
    return Alike(UUID(found[0]), found[1]) if found else None


def hashes_of(referral_id: UUID, actor: Actor) -> list[Hashes]:
    """Return the hashes of a referral that the actor may see: those that were given, then those computed here. One statement."""
    given = (
        GivenHash.objects.visible_to(actor)
        .filter(referral=referral_id)
        .values_list("sha256", "md5", "pdq", "quality", "agency__name", "pk")
    )
    computed = (
        Fingerprint.objects.visible_to(actor)
        .filter(referral=referral_id, evidence__withdrawal=None)
        .values_list("sha256", "md5", "pdq", "quality", Value(""), "evidence_id")
    )
    found = sorted(given.union(computed, all=True), key=lambda row: (not row[4], row[5]))
    return list(dict.fromkeys(Hashes(*row[:5]) for row in found))


def hash_in(text: str) -> str:
    """Return the hash that a text is, in lower case; empty where it is none."""
    found = _HASH.fullmatch(text.strip())
    return found[1].lower() if found else ""


def with_hash(hashed: str) -> RawSQL:
    """Return the ids of referrals with exactly this SHA-256, MD5 or PDQ hash, as a subselect, as far as whoever asks sees them."""
    return RawSQL(
        "SELECT one.referral_id FROM takedowns_pictures() AS one WHERE %s IN (one.sha256, one.md5, one.pdq)",
        [hashed],
    )
