"""Links to who looked: shown to whom they are meant for; the rules are asked, not repeated."""

from __future__ import annotations

from django import template

from takedowns.access.actor import Actor
from takedowns.oversight import queries
from takedowns.referrals.models import Referral

register = template.Library()


@register.filter
def may_see_looks_at(actor: Actor, referral: Referral) -> bool:
    """Tell whether the actor may see who looked at a referral."""
    return queries.may_see_looks_at(actor, referral)
