"""What the pages of review share: who may open them, and what is said of a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from takedowns.pages.access import StaffRequest
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import reviews_for
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.referrals.transitions import Applied
from takedowns.review.queue import Offer
from takedowns.review.services import transaction_of

REFUSALS_SHOWN: Final = 10
#: Where a session keeps what was decided last, to take it back.
LAST: Final = "review_last"
#: What is said of one, of many, of one that was refused, and of more that were.
SAID: Final = {
    "approve": (
        gettext_noop("%(reference)s approved."),
        gettext_noop("%(count)d approved."),
        gettext_noop("%(reference)s was not approved: %(why)s"),
        gettext_noop("%(count)d more were not approved; they are still in the queue."),
    ),
    "reject": (
        gettext_noop("%(reference)s rejected."),
        gettext_noop("%(count)d rejected."),
        gettext_noop("%(reference)s was not rejected: %(why)s"),
        gettext_noop("%(count)d more were not rejected; they are still in the queue."),
    ),
    "send_back": (
        gettext_noop("%(reference)s sent back."),
        gettext_noop("%(count)d sent back."),
        gettext_noop("%(reference)s was not sent back: %(why)s"),
        gettext_noop("%(count)d more were not sent back; they are still in the queue."),
    ),
    "undo": (
        gettext_noop("%(reference)s waits for review again."),
        gettext_noop("%(count)d wait for review again."),
        gettext_noop("%(reference)s stays decided: %(why)s"),
        gettext_noop("%(count)d more stay decided."),
    ),
    "resubmit": (
        gettext_noop("%(reference)s submitted again."),
        gettext_noop("%(count)d submitted again."),
        gettext_noop("%(reference)s was not submitted again: %(why)s"),
        gettext_noop("%(count)d more were not submitted again."),
    ),
}


@dataclass(frozen=True)
class Choosing:
    """One select that narrows the queue."""

    name: str
    label: str
    offers: list[Offer]
    chosen: str


@dataclass(frozen=True)
class Last:
    """What a session decided last: in which operation, in which transaction of the log, and of how many."""

    operation: str
    transaction: str
    count: int


def choosing(offers: Mapping[str, list[Offer]], asked: Mapping[str, str]) -> list[Choosing]:
    """Return the selects that narrow the queue, with what is chosen."""
    labels = {
        "tier": _("Priority"),
        "language": _("Language"),
        "submission": _("Submission"),
        "platform": _("Platform"),
        "outlet": _("Outlet"),
    }
    return [Choosing(name, labels[name], ones, asked.get(name, "")) for name, ones in offers.items()]


def operation_to_review(request: StaffRequest, reference: str) -> Operation:
    """Return the operation, for whoever reviews for an agency."""
    operation = operation_or_404(request, reference)
    if not reviews_for(request.actor):
        raise PermissionDenied(_("Assessing is for reviewers, each for the referrals of their own agency."))
    return operation


def tell(request: HttpRequest, operation: Operation, decision: str, outcome: Applied) -> None:
    """Say what became of a decision, by reference; of many refusals the first. What was decided can be taken back."""
    one, many, refusal, others = SAID[decision]
    if len(outcome.moved) == 1:
        messages.success(request, _(one) % {"reference": reference_of(operation.reference, outcome.moved[0])})
    elif outcome.moved:
        messages.success(request, _(many) % {"count": len(outcome.moved)})
    for refused in outcome.refused[:REFUSALS_SHOWN]:
        name = reference_of(operation.reference, refused.referral_id)
        messages.warning(request, _(refusal) % {"reference": name, "why": refused.message})
    if (more := len(outcome.refused) - REFUSALS_SHOWN) > 0:
        messages.warning(request, _(others) % {"count": more})
    if decision in ("approve", "reject") and outcome.moved:
        last = Last(str(operation.pk), str(transaction_of(outcome.moved[0])), len(outcome.moved))
        request.session[LAST] = asdict(last)


def last_decided(request: HttpRequest, operation: Operation) -> Last | None:
    """Return what this session decided last in the operation, to offer taking it back."""
    kept = request.session.get(LAST, {})
    return Last(**kept) if kept.get("operation") == str(operation.pk) else None
