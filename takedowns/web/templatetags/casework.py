"""What case work the asker may do from a page: links only; the rules are asked, not repeated."""

from __future__ import annotations

from typing import Any

from django import template

from takedowns.directory.asking import Asker
from takedowns.directory.models import Role
from takedowns.referrals import permissions
from takedowns.referrals.complaints import ACTED_ON
from takedowns.referrals.lifecycle import ANSWERS, CORRECTION, allowed_from
from takedowns.referrals.models import Referral
from takedowns.referrals.operations import may_prepare
from takedowns.referrals.permissions import MAY_CORRECT, MAY_HOLD, agencies_with_a_role, reviews_for
from takedowns.referrals.vocabulary import Instrument, Status
from takedowns.verification.looking import MAY_LOOK

register = template.Library()


@register.filter
def may_review(asker: Asker) -> bool:
    """Tell whether the asker reviews for any agency."""
    return bool(reviews_for(asker))


@register.filter
def may_coordinate(asker: Asker) -> bool:
    """Tell whether the asker is a coordinator anywhere; the page itself asks whether of this operation."""
    return asker.has_role(Role.COORDINATOR)


@register.filter
def may_run_operations(asker: Asker) -> bool:
    """Tell whether the asker prepares and runs operations anywhere; the page itself asks whether this one."""
    return may_prepare(asker)


@register.filter
def may_hold(asker: Asker) -> bool:
    """Tell whether the asker may place holds for an agency."""
    return bool(agencies_with_a_role(asker, MAY_HOLD))


@register.filter
def may_look(asker: Asker) -> bool:
    """Tell whether the asker says what they see for any agency; the page itself asks whether in this operation."""
    return bool(agencies_with_a_role(asker, MAY_LOOK))


@register.filter
def may_manage_webhooks(asker: Asker) -> bool:
    """Tell whether the asker manages webhooks of any platform."""
    return bool(asker.platforms) or asker.has_role(Role.ADMINISTRATOR)


@register.filter
def may_inform(asker: Asker, referral: Referral) -> bool:
    """Tell whether the asker may answer what the platform asked."""
    return permissions.may_inform(asker, referral)


@register.inclusion_tag("web/parts/case_actions.html", takes_context=True)
def case_actions(context: dict[str, Any], referral: Referral) -> dict[str, object]:
    """Offer what the asker may do with one referral now. No statement."""
    asker: Asker = context["request"].asker
    inside = not context.get("outside")
    return {
        "referral": referral,
        "operation": referral.operation,
        "answer": inside
        and asker.has_role(Role.COORDINATOR)
        and any(move.name in ANSWERS for move in allowed_from(referral.status)),
        "correct": inside and asker.has_role(Role.COORDINATOR) and referral.status in CORRECTION.leaves,
        "complaint": inside and referral.status in ACTED_ON,
        "change": inside and bool(agencies_with_a_role(asker, MAY_CORRECT)),
        "look": inside and referral.referred_at is not None and may_look(asker),
        "order": inside and referral.instrument == Instrument.REMOVAL_ORDER,
        "origin": inside and bool(agencies_with_a_role(asker, MAY_CORRECT)),
        "hold": bool(agencies_with_a_role(asker, MAY_HOLD)),
        "assess": inside and referral.status == Status.SUBMITTED and referral.agency_id in reviews_for(asker),
    }
