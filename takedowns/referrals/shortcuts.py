"""What pages of an operation begin with: the operation that the actor may see, or 404."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext as _

from takedowns.pages.access import StaffRequest
from takedowns.referrals.models import Operation
from takedowns.referrals.queries import head_annotations, others_of


def operation_or_404(request: StaffRequest, reference: str) -> Operation:
    """Return the operation of that reference if the actor may see it; what may not be seen does not exist."""
    found = Operation.objects.visible_to(request.actor).filter(reference=reference.upper())
    operation = found.annotate(others=others_of("pk", request.actor), **head_annotations("pk")).first()
    if operation is None:
        raise Http404(_("There is no such operation, or your agency takes no part in it."))
    return operation
