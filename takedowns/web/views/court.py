"""What a court is given of one referral: its dossier, its sealed entries with their proof, and the program that checks it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.ledger.exports import digests_of, made_by
from takedowns.ledger.proofs import for_the_court, history_of, packed
from takedowns.orders.queries import document_of
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.queries import visible_referral
from takedowns.referrals.reference import reference_of
from takedowns.web.dossier_file import dossier_pdf


@require_POST
@staff
@opens(What.SEALED, "referral_id")
def proof(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Give it as a ZIP. Posted, since the ledger keeps that it was made, and the digest of each file in it."""
    found = visible_referral(request.actor, reference, referral_id)
    if found is None:
        raise Http404(_("There is no such referral, or you may not see it."))
    if not request.actor.sees_everything:
        raise PermissionDenied(_("What the ledger holds is for auditors and administrators."))
    history = history_of(found)
    if history.head is None:
        messages.error(request, _("Nothing is sealed yet. The worker seals every 20 seconds."))
        return redirect("web:sealed", found.operation.reference, found.pk)
    made = made_by(request.user.get_full_name())
    more = {"dossier.pdf": dossier_pdf(found, request.actor, made)}
    if order := document_of(found.pk, request.actor):
        more["order.pdf"] = order
    files = for_the_court(history, made, more)
    content = packed(files)
    name = f"{reference_of(found.operation.reference, found.pk)}-proof.zip"
    headers = made.kept(name, content, what="proof", key=str(found.pk), also=digests_of(files))
    return HttpResponse(content, content_type="application/zip", headers=headers)
