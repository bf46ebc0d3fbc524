"""What leaves of referrals, in whatever format: what the asking person sees, without what is on hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.exchange.models import Marking, Tlp
from takedowns.holds.services import items_on_hold
from takedowns.identity import Kind
from takedowns.readers import MediaHashes
from takedowns.referrals.listing import Filters, ids
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.vocabulary import tier_told
from takedowns.verification.models import Check

#: So many referrals go into one file: libraries check each object of it, which takes about a millisecond.
PART: Final = 2_000
#: So many in all: as in other files of the list.
MOST: Final = 50_000
#: Kinds that are somebody's account, in the words of the formats.
ACCOUNTS: Final = frozenset({Kind.ACCOUNT, Kind.CHANNEL, Kind.GROUP, Kind.PAGE, Kind.DEVELOPER})
#: Kinds that somebody published there.
POSTS: Final = frozenset({Kind.POST, Kind.MESSAGE, Kind.COMMENT, Kind.STORY})


@dataclass(frozen=True, slots=True)
class Look:
    """One check: when, what was seen, and by whom in a word."""

    at: datetime
    seen: str
    by: str


@dataclass(frozen=True, slots=True)
class Record:
    """One referral as it leaves.

    Attributes:
        account: the name of the account in the item's key, as far as it has one.
        facts: what travels as labels or tags, by name.
        note: what there is to say in a sentence.
        hashes: of pictures and files at the address, as they were given.
    """

    referral_id: UUID
    item_id: UUID
    reference: str
    url: str
    platform: str
    kind: str
    key: str
    outlet: str
    first_seen: datetime
    referred_at: datetime | None
    changed_at: datetime
    note: str
    facts: Mapping[str, str] = field(default_factory=dict)
    looks: tuple[Look, ...] = ()
    hashes: tuple[MediaHashes, ...] = ()

    @property
    def account(self) -> str:
        """The name of the account that the item is, or under which it was published; empty where the key names none."""
        if self.kind in ACCOUNTS:
            return self.key
        return self.key.rpartition("/")[0] if self.kind in POSTS else ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Records of one operation under their marking, and how many stayed here because they are on hold."""

    operation: Operation
    tlp: Tlp
    records: list[Record]
    held: int


def marking_of(operation: Operation, actor: Actor) -> Tlp | None:
    """Return how an operation's records are marked; None where it gives none. One statement."""
    found = Marking.objects.visible_to(actor).filter(operation=operation).first()
    return Tlp(found.tlp) if found else None


def mark(operation: Operation, tlp: Tlp | None, *, by: Actor) -> None:
    """Let an operation's records leave under a marking, or no longer. The page asks who may. One statement."""
    with acting_as(SYSTEM):
        if tlp is None:
            Marking.objects.filter(operation=operation).delete()
            return
        Marking.objects.update_or_create(
            operation=operation, defaults={"tlp": tlp, "changed_by_id": by.user_id}
        )


def parcel(operation: Operation, actor: Actor, filters: Filters, tlp: Tlp, part: int) -> Parcel:
    """Return the records of one part of a list, the newest first. Six statements."""
    return parcel_with(operation, actor, ids(operation, filters, MOST)[part * PART : (part + 1) * PART], tlp)


def parcel_with(operation: Operation, actor: Actor, wanted: Sequence[UUID], tlp: Tlp) -> Parcel:
    """Return the records of the referrals ``wanted``, in their order. Five statements."""
    told = RawSQL("takedowns_hashes_of(referrals_referral.id)", [], output_field=JSONField())
    visible = Referral.objects.visible_to(actor).annotate(hashes=told)
    found = visible.select_related("item__outlet", "agency").in_bulk(wanted)
    referrals = [found[one] for one in wanted if one in found]
    held = items_on_hold([one.item_id for one in referrals])
    leaving = [one for one in referrals if one.item_id not in held]
    looks: dict[UUID, list[Look]] = {}
    for check in Check.objects.filter(item__in=[one.item_id for one in leaving]).order_by("at", "pk"):
        looks.setdefault(check.item_id, []).append(Look(check.at, check.seen, check.robot or "person"))
    records = [_record(one, operation.reference, tuple(looks.get(one.item_id, ()))) for one in leaving]
    return Parcel(operation, tlp, records, len(referrals) - len(leaving))


def _record(one: Referral, operation: str, looks: tuple[Look, ...]) -> Record:
    reference = reference_of(operation, one.pk)
    tier = tier_told(one.tier)
    facts = {
        "platform": one.platform_id,
        "kind": one.item.kind,
        "instrument": one.instrument,
        "status": one.status,
        "availability": one.availability,
        "tier": str(tier) if tier else "",
        "language": one.language,
        "listed-group": one.listed_group,
        "ground": one.ground,
        "action": one.action,
        "decision-ground": one.decision_ground,
        "decline-reason": one.decline_reason,
        "agency": one.agency.slug,
        "reference": reference,
    }
    moments = (("referred", one.referred_at), ("decided", one.decided_at))
    told = "; ".join(f"{what} {at:%Y-%m-%dT%H:%M:%SZ}" for what, at in moments if at)
    latest = max(
        filter(None, (one.submitted_at, one.referred_at, one.decided_at, *(look.at for look in looks)))
    )
    return Record(
        one.pk,
        one.item_id,
        reference,
        one.item.url,
        one.platform_id,
        one.item.kind,
        one.item.key,
        one.item.outlet.name if one.item.outlet else "",
        one.item.first_seen_at,
        one.referred_at,
        latest,
        f"{reference}: {one.status}" + (f" ({told})" if told else ""),
        {name: value for name, value in facts.items() if value},
        looks,
        tuple(
            MediaHashes(told["sha256"] or "", told["md5"] or "", told["pdq"] or "", told["quality"])
            for told in one.hashes  # type: ignore[attr-defined]  # annotated
        ),
    )
