"""What a reviewer sees of the referral in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from takedowns.access.actor import Actor
from takedowns.deconfliction.queries import PartnerAnswer, partner_answers_of, read_partner_answers
from takedowns.evidence.models import PICTURES, Evidence, finding_stands
from takedowns.fingerprints.queries import Alike, most_alike, read_alike
from takedowns.holds.services import is_on_hold
from takedowns.referrals.models import Event, Operation, Referral
from takedowns.referrals.permissions import is_ones_own, reviews_for
from takedowns.referrals.vocabulary import EventKind, Instrument, Status

#: So many pieces of evidence stand beside the decision; the rest on the referral's page.
MOST_ATTACHED: Final = 4


@dataclass(frozen=True)
class Attached:
    """A piece of evidence beside the decision."""

    id: UUID
    filename: str
    note: str
    is_picture: bool


@dataclass(frozen=True)
class Surroundings:
    """Beside the referral itself: who handed it in with what note, a hold, whether it is one's own, what partners said, what is attached."""

    handed_in_by: str
    note: str
    on_hold: bool
    is_own: bool
    alike: Alike | None = None
    partners: Sequence[PartnerAnswer] = ()
    pieces: list[Attached] = field(default_factory=list)


def one_to_assess(operation: Operation, actor: Actor, referral_id: UUID) -> Referral | None:
    """Return a submitted referral of an agency the actor reviews for, also one's own. One statement."""
    return (
        Referral.objects.visible_to(actor)
        .filter(
            pk=referral_id, operation=operation, status=Status.SUBMITTED, agency_id__in=reviews_for(actor)
        )
        .select_related("item__outlet", "platform", "agency")
        .first()
    )


def facts_of_order(referral: Referral) -> dict[str, list[str]]:
    """Return what the order of a referral says, by label, for the version of its review; nothing of what is no order.

    One statement for an order. Whose app that is stands above this one; the referral knows its order all the same.
    """
    order = _order_of(referral)
    if order is None:
        return {}
    told = (
        []
        if order.content_provider_told
        else [order.not_told_reason, f"{order.not_told_until:%Y-%m-%d %H:%M} UTC"]
    )
    says = (
        order.reasons,
        order.further_information,
        order.emergency_reason,
        order.file_number,
        order.officer,
    )
    return {_("The order"): [one for one in (*says, *order.material, *told) if one]}


def _order_of(referral: Referral) -> Any:
    """Return the order that is written for a referral; None where there is none. One statement at most, the first time."""
    return (
        getattr(referral, "removal_order", None) if referral.instrument == Instrument.REMOVAL_ORDER else None
    )


def surroundings_of(referral: Referral, actor: Actor) -> Surroundings:
    """Read what stands around the referral. A fixed number of statements."""
    event = (
        Event.objects.filter(referral=referral, kind=EventKind.SUBMIT)
        .select_related("actor")
        .annotate(
            alike=most_alike(referral.pk),
            partner_answers=partner_answers_of(referral.item_id),
            pieces=_attached_to(referral, actor),
        )
        .first()
    )
    return Surroundings(
        handed_in_by=str(event.actor) if event and event.actor else "",
        note=str(event.details.get("note", "")) if event else "",
        on_hold=is_on_hold(referral.item_id),
        is_own=is_ones_own(
            actor.user_id,
            referral.submitted_by_id,
            referral.changed_by_id,
            getattr(_order_of(referral), "written_by_id", None),
        ),
        alike=read_alike(event.alike) if event else None,
        partners=read_partner_answers(event.partner_answers) if event else (),
        pieces=[
            Attached(UUID(one["id"]), one["filename"], one["note"], one["media_type"] in PICTURES)
            for one in (event.pieces if event else [])
        ],
    )


def _attached_to(referral: Referral, actor: Actor) -> ArraySubquery:
    """Return what is attached to a referral that the actor may open, in the statement that reads who handed it in."""
    found = (
        Evidence.objects.visible_to(actor)
        .filter(referral=referral, withdrawal=None)
        .exclude(finding_stands("scan__"))
    )
    named = JSONObject(id="id", filename="filename", note="note", media_type="media_type")
    return ArraySubquery(found.order_by("at", "id").values_list(named)[:MOST_ATTACHED])
