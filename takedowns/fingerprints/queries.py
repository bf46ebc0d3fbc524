"""Which referrals have the same picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import JSONField, Value
from django.db.models.expressions import Combinable, RawSQL

from takedowns.fingerprints.making import are_made


@dataclass(frozen=True, slots=True)
class Alike:
    """A picture of a referral, and how many others of its operation have it or one that looks like it, whatever became of those.

    Attributes:
        picture: id of the evidence; by it the queue of review is narrowed.
    """

    picture: UUID
    others: int


def most_alike(referral_id: UUID) -> Combinable:
    """Return what a statement reads beside other things: the picture of a referral that most others have, as whoever asks sees them."""
    if not are_made():
        return Value(None, JSONField())
    return RawSQL(
        """
        (SELECT jsonb_build_array(given.evidence_id, count(*))
         FROM fingerprints_fingerprint AS given
         CROSS JOIN LATERAL takedowns_pictures_like(given.evidence_id) AS other (referral_id)
         WHERE given.referral_id = %s AND other.referral_id <> given.referral_id
         GROUP BY given.evidence_id ORDER BY count(*) DESC, given.evidence_id LIMIT 1)
        """,
        [referral_id],
        output_field=JSONField(),
    )


def read_alike(found: Any) -> Alike | None:
    """Return what :func:`most_alike` read; None where no other has a picture of it."""
    return Alike(UUID(found[0]), found[1]) if found else None
