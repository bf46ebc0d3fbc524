"""What case work the actor may do from a page: links only; the rules are asked, not repeated."""

from __future__ import annotations

from typing import Any

from django import template

from takedowns.access.actor import Actor
from takedowns.access.roles import Role
from takedowns.complaints.services import ACTED_ON
from takedowns.referrals import permissions
from takedowns.referrals.lifecycle import ANSWERS, CORRECTION, allowed_from
from takedowns.referrals.models import Referral
from takedowns.referrals.operations import may_prepare
from takedowns.referrals.permissions import MAY_CORRECT, MAY_HOLD, agencies_with_a_role, reviews_for
from takedowns.referrals.vocabulary import Instrument, Status
from takedowns.verification.looking import MAY_LOOK
from takedowns.webhooks.permissions import may_manage

register = template.Library()


@register.filter
def may_review(actor: Actor) -> bool:
    """Tell whether the actor reviews for any agency."""
    return bool(reviews_for(actor))


@register.filter
def may_coordinate(actor: Actor) -> bool:
    """Tell whether the actor is a coordinator anywhere; the page itself asks whether of this operation."""
    return actor.has_role(Role.COORDINATOR)


@register.filter
def may_run_operations(actor: Actor) -> bool:
    """Tell whether the actor prepares and runs operations anywhere; the page itself asks whether this one."""
    return may_prepare(actor)


@register.filter
def may_hold(actor: Actor) -> bool:
    """Tell whether the actor may place holds for an agency."""
    return bool(agencies_with_a_role(actor, MAY_HOLD))


@register.filter
def may_look(actor: Actor) -> bool:
    """Tell whether the actor says what they see for any agency; the page itself asks whether in this operation."""
    return bool(agencies_with_a_role(actor, MAY_LOOK))


@register.filter
def may_manage_webhooks(actor: Actor) -> bool:
    """Tell whether the actor manages webhooks of any platform or agency."""
    return may_manage(actor)


@register.filter
def may_inform(actor: Actor, referral: Referral) -> bool:
    """Tell whether the actor may answer what the platform asked."""
    return permissions.may_inform(actor, referral)


@register.inclusion_tag("web/parts/case_actions.html", takes_context=True)
def case_actions(context: dict[str, Any], referral: Referral) -> dict[str, object]:
    """Offer what the actor may do with one referral now. No statement."""
    actor: Actor = context["request"].actor
    inside = not context.get("outside")
    return {
        "referral": referral,
        "operation": referral.operation,
        "answer": inside
        and actor.has_role(Role.COORDINATOR)
        and any(move.name in ANSWERS for move in allowed_from(referral.status)),
        "correct": inside and actor.has_role(Role.COORDINATOR) and referral.status in CORRECTION.leaves,
        "complaint": inside and referral.status in ACTED_ON,
        "change": inside and bool(agencies_with_a_role(actor, MAY_CORRECT)),
        "look": inside and referral.referred_at is not None and may_look(actor),
        "order": inside and referral.instrument == Instrument.REMOVAL_ORDER,
        "origin": inside and bool(agencies_with_a_role(actor, MAY_CORRECT)),
        "hold": bool(agencies_with_a_role(actor, MAY_HOLD)),
        "assess": inside and referral.status == Status.SUBMITTED and referral.agency_id in reviews_for(actor),
    }
