"""An operation's referrals: the list, one of them, and the way out to the platform."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models.expressions import Combinable
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.deconfliction.queries import partner_answers_of, read_partner_answers
from takedowns.evidence.forms import EvidenceForm
from takedowns.evidence.queries import evidence_of
from takedowns.evidence.services import attaches_for
from takedowns.exchange.formats import formats
from takedowns.ledger.exports import made_by
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals import listing
from takedowns.referrals.filters import read_filters
from takedowns.referrals.list_files import MOST as MOST_IN_A_FILE
from takedowns.referrals.list_files import list_csv, list_xlsx
from takedowns.referrals.models import Referral
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role
from takedowns.referrals.queries import agencies_platforms_kinds, question_of, visible_referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.rights.disclosures import may_record, of_referral
from takedowns.search.saved_views import views_of
from takedowns.web.columns import read_columns
from takedowns.web.dossier import dossier

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff
@opens(What.REFERRALS)
def referrals(request: StaffRequest, reference: str) -> HttpResponse:
    """List referrals, newest first or sorted, with the filters that stand in the address."""
    operation = operation_or_404(request, reference)
    form = read_filters(request.GET, operation.reference, *agencies_platforms_kinds(operation))
    page, count = listing.Page([], None, None), 0
    columns = read_columns(request.GET, form.place.sort)
    if not form.nothing:
        page = listing.page(operation, request.actor, form.filters, form.place)
        count = listing.count_up_to(operation, form.filters)
    saw(request, (one.pk for one in page.referrals), asked=form.q)
    return render(
        request,
        "web/referrals.html",
        {
            "operation": operation,
            "form": form,
            "page": page,
            "rows": [(one, reference_of(operation.reference, one.pk)) for one in page.referrals],
            "count": min(count, listing.COUNT_LIMIT),
            "count_is_more": count > listing.COUNT_LIMIT,
            "is_last": page.older is None,
            "columns": columns,
            "shown": [one for one in columns if one.shown],
            "sort": form.place.sort,
            "sorted_by": next((one for one in columns if one.sorted), None),
            "views": views_of(request.user, operation),
            "changes_many": bool(agencies_with_a_role(request.actor, MAY_CORRECT)),
            "most_in_a_file": MOST_IN_A_FILE,
            "formats": formats(),
        },
    )


@staff
@opens(What.REFERRALS)
def referrals_file(request: StaffRequest, reference: str, file_format: str) -> HttpResponse | FileResponse:
    """Send the list as CSV or XLSX, with the filters and the order that stand in the address.

    Where a filter means nothing, lead to the list, which says so: without it the file would hold more than was asked for.
    """
    operation = operation_or_404(request, reference)
    if file_format not in ("csv", "xlsx"):
        raise Http404(_("The list can be had as CSV or XLSX."))
    form = read_filters(request.GET, operation.reference, *agencies_platforms_kinds(operation))
    if form.is_wider:
        return redirect(f"{reverse('web:referrals', args=[reference])}?{request.GET.urlencode()}")
    wanted = (
        [] if form.nothing else listing.ids(operation, form.filters, MOST_IN_A_FILE, sort=form.place.sort)
    )
    saw(request, wanted, asked=form.q)
    made, name = made_by(request.user.get_full_name()), f"{operation.reference}-referrals.{file_format}"
    asked = request.GET.urlencode()
    if file_format == "csv":
        file = list_csv(operation, request.actor, wanted)
        headers = made.kept(name, file, asked)
        return FileResponse(file, content_type="text/csv; charset=utf-8", headers=headers)
    content = list_xlsx(operation, request.actor, wanted, made.line)
    return HttpResponse(content, content_type=XLSX, headers=made.kept(name, content, asked))


@staff
@opens(What.REFERRAL, "referral_id")
def referral(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Show one referral with its history."""
    found = _referral_or_404(request, reference, referral_id, partner_answers=partner_answers_of())
    opened = dossier(found, request.actor)
    told = {
        "partners": read_partner_answers(found.partner_answers),  # type: ignore[attr-defined]
        "dossier": opened,
        "mentions_me": any(one.for_me for one in opened.comments),
        "question": question_of(found),
        "evidence": evidence_of(found, request.actor),
        "records_disclosures": may_record(request.actor),
        "disclosures": of_referral(found, request.actor),
        "attaches": attaches_for(request.actor, found) is not None,
        "evidence_form": EvidenceForm(),
    }
    return render(request, "web/referral.html", _named(found) | told)


@staff
@opens(What.REFERRAL, "referral_id")
def leave(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Warn before the address is opened: opening one is a deliberate act."""
    return render(request, "web/leave.html", _named(_referral_or_404(request, reference, referral_id)))


def _named(found: Referral) -> dict[str, object]:
    operation = found.operation
    return {
        "operation": operation,
        "outside": not found.in_own_operation,  # type: ignore[attr-defined]
        "referral": found,
        "reference": reference_of(operation.reference, found.pk),
    }


def _referral_or_404(
    request: StaffRequest, reference: str, referral_id: UUID, **beside: Combinable
) -> Referral:
    found = visible_referral(request.actor, reference, referral_id, **beside)
    if found is None:
        raise Http404(_("There is no such referral in this operation, or it is not for your agency to see."))
    return found
