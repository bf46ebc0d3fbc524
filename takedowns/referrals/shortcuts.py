"""What pages of an operation begin with: the operation that the actor may see, or 404; where only those who run it may go on, 403."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from takedowns.pages.access import StaffRequest
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.operations import may_run
from takedowns.referrals.queries import head_annotations, others_of, visible_referral
from takedowns.referrals.vocabulary import Instrument


def operation_or_404(request: StaffRequest, reference: str) -> Operation:
    """Return the operation of that reference if the actor may see it; what may not be seen does not exist."""
    found = Operation.objects.visible_to(request.actor).filter(reference=reference.upper())
    operation = found.annotate(others=others_of("pk", request.actor), **head_annotations("pk")).first()
    if operation is None:
        raise Http404(_("There is no such operation, or your agency takes no part in it."))
    return operation


def operation_to_run(request: StaffRequest, reference: str) -> Operation:
    """Return the operation of that reference to who runs it, its coordinators and administrators; 403 to others who see it."""
    operation = operation_or_404(request, reference)
    if not may_run(request.actor, operation):
        raise PermissionDenied(_("This is for the coordinators of the operation and for administrators."))
    return operation


def removal_order_or_404(request: StaffRequest, reference: str, referral_id: UUID) -> Referral:
    """Return the referral under a removal order that the actor may see; what may not be seen, or is none, does not exist."""
    found = visible_referral(request.actor, reference, referral_id)
    if found is None or found.instrument != Instrument.REMOVAL_ORDER:
        raise Http404(
            _("There is no such removal order in this operation, or it is not for your agency to see.")
        )
    return found
