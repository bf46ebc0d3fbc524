"""One referral as its platform may see it, and the way out to the item."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.desk import inbox
from takedowns.desk.history import question_of, steps
from takedowns.desk.inbox import Line
from takedowns.desk.reader import AtTheDesk
from takedowns.directory.models import Platform
from takedowns.pages.access import StaffRequest, at_the_desk
from takedowns.referrals.vocabulary import Action, DecisionGround, DeclineReason, Instrument


@at_the_desk
def referral(request: StaffRequest, platform: str, referral_id: UUID) -> HttpResponse:
    """Show a referral with its history."""
    return render(request, "desk/referral.html", told(request, platform, referral_id))


@at_the_desk
def leave(request: StaffRequest, platform: str, referral_id: UUID) -> HttpResponse:
    """Warn before the address is opened: opening one is a deliberate act."""
    line = line_or_404(request, platform, referral_id)
    context = {"platform": get_object_or_404(Platform, pk=platform), "one": line.referral}
    return render(request, "desk/leave.html", context)


def told(request: StaffRequest, platform: str, referral_id: UUID) -> dict[str, Any]:
    """Return what the page of a referral shows."""
    line = line_or_404(request, platform, referral_id)
    one, reader = line.referral, AtTheDesk(request.actor, platform)
    happened = steps(one, reader)
    return {
        "platform": get_object_or_404(Platform, pk=platform),
        "line": line,
        "one": one,
        "is_order": one["instrument"] == Instrument.REMOVAL_ORDER,
        "instrument": Instrument(one["instrument"]).label,
        "said": [
            str(choices(one[name]).label)
            for name, choices in (
                ("action", Action),
                ("decision_ground", DecisionGround),
                ("decline_reason", DeclineReason),
            )
            if one[name]
        ],
        "steps": happened,
        "question": question_of(happened, one["status"]),
    }


def line_or_404(request: StaffRequest, platform: str, referral_id: UUID) -> Line:
    """Return a referral as the platform may see it.

    Raises:
        Http404: there is none, or it is another's: the two look the same.
    """
    found = inbox.lines(AtTheDesk(request.actor, platform), [referral_id], timezone.now())
    if not found:
        raise Http404(_("Nothing of this address was referred to the platform."))
    return found[0]
