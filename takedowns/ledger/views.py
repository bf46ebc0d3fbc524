"""What of a referral is sealed, for auditors; the keys that sign, for everybody. The proof for the court is given above (``web/views/court.py``)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.installation.identity import is_copy
from takedowns.ledger.exports import Found, find_bytes, find_number
from takedowns.ledger.forms import FileForm, NumberForm
from takedowns.ledger.overview import overview
from takedowns.ledger.proofs import history_of
from takedowns.ledger.public import published
from takedowns.ledger.witnessing import take
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.models import Referral
from takedowns.referrals.queries import visible_referral
from takedowns.referrals.reference import reference_of

#: Of a head with its path, in bytes.
LONGEST_REQUEST: Final = 16 * 1024


@staff
@opens(What.SEALED, "referral_id")
def sealed(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Show each entry about a referral, its place in the ledger, and who signed for it when."""
    found = _referral(request, reference, referral_id)
    return render(
        request,
        "ledger/sealed.html",
        {
            "operation": found.operation,
            "referral": found,
            "reference": reference_of(found.operation.reference, found.pk),
            "history": history_of(found),
        },
    )


@staff
@opens(What.SEALED)
def check_file(request: StaffRequest) -> HttpResponse:
    """Tell of which file a number is, or whether a file is one that the ledger knows, byte for byte. The file is not kept."""
    if not request.actor.sees_everything:
        raise PermissionDenied(_("What the ledger holds is for auditors and administrators."))
    number = NumberForm(request.GET if request.GET.get("number") else None)
    file = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    found: list[Found] | None = None
    digest = ""
    if file.is_bound and file.is_valid():
        digest, found = find_bytes(file.cleaned_data["file"].file)
    elif not file.is_bound and number.is_valid():
        found = find_number(number.cleaned_data["number"])
    saw(request, (one.entry.number for one in found or ()))
    return render(
        request,
        "ledger/check_file.html",
        {"number": number, "file": file, "found": found, "digest": digest},
        status=422 if number.errors or file.errors else 200,
    )


@staff
@opens(What.SEALED)
def ledger(request: StaffRequest) -> HttpResponse:
    """Show how far the ledger is sealed, with which keys, and what others outside said of it."""
    if not request.actor.sees_everything:
        raise PermissionDenied(_("What the ledger holds is for auditors and administrators."))
    return render(request, "ledger/ledger.html", {"ledger": overview()})


@csrf_exempt
@require_POST
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """Countersign a head of another's ledger, asked by a program: ``add-checkpoint`` of C2SP's ``tlog-witness``."""
    if not settings.LEDGER_WITNESSED_KEYS:
        raise Http404
    if is_copy():
        return HttpResponse("This is a copy of an installation.\n", "text/plain", 503)
    body = request.read(LONGEST_REQUEST + 1)
    if len(body) > LONGEST_REQUEST:
        return HttpResponse("The request is too long.\n", "text/plain", 413)
    reply = take(body, request.headers.get("Takedowns-Request-Signature", ""))
    return HttpResponse(reply.text, reply.media_type, reply.status)


@require_GET
def keys(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Tell everybody which public keys sign the ledger, and what ties each to the one before it."""
    return JsonResponse(published())


def _referral(request: StaffRequest, reference: str, referral_id: UUID) -> Referral:
    found = visible_referral(request.actor, reference, referral_id)
    if found is None:
        raise Http404(_("There is no such referral, or you may not see it."))
    if not request.actor.sees_everything:
        raise PermissionDenied(_("What the ledger holds is for auditors and administrators."))
    return found
