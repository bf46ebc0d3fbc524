"""Records for other systems: their marking, files of a list, and files that are brought."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from takedowns.access.origin import of_request
from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.directory.models import Agency
from takedowns.exchange.archive import MEDIA_TYPE as ZIP
from takedowns.exchange.archive import archive
from takedowns.exchange.formats import FORMATS, Format, formats
from takedowns.exchange.forms import BringForm, MarkForm
from takedowns.exchange.models import Tlp
from takedowns.exchange.reading import WrongFile, as_list
from takedowns.exchange.records import MOST, PART, mark, marking_of, parcel
from takedowns.intake.forms import agencies_to_hand_in_for
from takedowns.intake.models import Submission
from takedowns.intake.receive import IntakeError, Loading, Received, receive
from takedowns.ledger.services import note_file
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import whole_number
from takedowns.referrals.filters import FilterForm, read_filters
from takedowns.referrals.listing import ids
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.queries import agencies_platforms_kinds
from takedowns.referrals.shortcuts import operation_or_404

WRONG: Final = {
    "stix": gettext_lazy("This is no STIX 2.1 bundle that can be read."),
    "misp": gettext_lazy("This is no MISP event that can be read."),
    "too_many": gettext_lazy("The file has more than 50,000 objects. Bring it in parts."),
}


@staff
@opens(What.OPERATIONS)
def exchange(request: StaffRequest, reference: str) -> HttpResponse:
    """Show under which marking records leave, the files of a list, and where one is brought."""
    return _show(request, _operation(request, reference))


@require_POST
@staff
@opens(What.OPERATIONS)
def exchange_mark(request: StaffRequest, reference: str) -> HttpResponse:
    """Mark what leaves, or let nothing leave."""
    operation = _operation(request, reference)
    if not coordinates(request.actor, operation):
        raise PermissionDenied(_("What leaves is marked by the coordinators of the operation."))
    form = MarkForm(request.POST)
    if not form.is_valid():
        return _show(request, operation, marked=form)
    chosen = form.cleaned_data["tlp"]
    mark(operation, Tlp(chosen) if chosen else None, by=request.actor)
    messages.success(request, _("The marking is changed.") if chosen else _("Nothing leaves any more."))
    return redirect("web:exchange", operation.reference)


@staff
@opens(What.REFERRALS)
def exchange_file(request: StaffRequest, reference: str, name: str) -> HttpResponse:
    """Send one part of a list, with the filters that stand in the address."""
    operation = _operation(request, reference)
    used, tlp = _format(name), _marking(request, operation)
    part = whole_number(request.GET.get("part", "0"), MOST // PART)
    form = _filters(request, operation)
    if form.problems:  # a filter that means nothing is left out, and more would leave than was asked for
        return _show(request, operation, status=422)
    if part is None:
        raise Http404(_("There is no such part of the list."))
    made = parcel(operation, request.actor, form.filters, tlp, part)
    saw(request, (one.referral_id for one in made.records))
    content = used.write(made)
    title = f"{operation.reference}-{part + 1}.{used.ending}"
    number = note_file(
        "export", title, content, request.GET.urlencode(), count=len(made.records), held=made.held, tlp=tlp
    )
    headers = {"Content-Disposition": f'attachment; filename="{title}"', "Ledger-Entry": str(number)}
    return HttpResponse(content, content_type=used.media_type, headers=headers)


@staff
@opens(What.REFERRALS)
def exchange_all(request: StaffRequest, reference: str, name: str) -> HttpResponse | StreamingHttpResponse:
    """Send all parts of a list as one ZIP, with the filters that stand in the address."""
    operation = _operation(request, reference)
    used, tlp = _format(name), _marking(request, operation)
    form = _filters(request, operation)
    if form.problems:
        return _show(request, operation, status=422)
    wanted = [] if form.nothing else ids(operation, form.filters, MOST)
    saw(request, wanted)
    title = f"{operation.reference}.{name}.zip"
    packed = archive(
        operation,
        wanted,
        used,
        tlp,
        name=title,
        filters=request.GET.urlencode(),
        by=request.actor,
        origin=of_request(request),
    )
    headers = {"Content-Disposition": f'attachment; filename="{title}"', "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(packed, content_type=ZIP, headers=headers)


@require_POST
@staff
@opens(What.OPERATIONS)
def exchange_bring(request: StaffRequest, reference: str) -> HttpResponse:
    """Take in a file of another system: its addresses become a list, which is previewed as any other."""
    operation = _operation(request, reference)
    agencies = agencies_to_hand_in_for(request.actor, operation)
    if not agencies:
        raise PermissionDenied(
            _(
                "Submitting is for officers, reviewers and coordinators of an agency that takes part in the operation."
            )
        )
    form = _bring_form(agencies, request)
    if not form.is_valid():
        return _show(request, operation, brought=form)
    try:
        received = _bring(request, operation, form)
    except WrongFile as wrong:
        form.add_error("file", str(WRONG[str(wrong)]))
        return _show(request, operation, brought=form)
    except IntakeError as error:
        form.add_error(None, str(error))
        return _show(request, operation, brought=form)
    if received.submission.state == Submission.State.PREVIEWED:
        return redirect("web:preview", operation.reference, received.submission.pk)
    return redirect("web:submission", operation.reference, received.submission.pk)


def _bring(request: StaffRequest, operation: Operation, form: BringForm) -> Received:
    file = form.cleaned_data["file"]
    agencies = agencies_to_hand_in_for(request.actor, operation)
    found = _format(form.cleaned_data["format"]).read(file.read())
    if not found:
        raise IntakeError("empty", _("The file names no address."))
    return receive(
        operation=operation,
        agency=next(one for one in agencies if str(one.pk) == form.cleaned_data["agency"]),
        user=request.user,
        source=Submission.Source.FILE,
        filename=f"{get_valid_filename(file.name)}.csv",
        content=as_list(found),
        loading=Loading.PREVIEW,
    )


def _show(
    request: StaffRequest,
    operation: Operation,
    *,
    marked: MarkForm | None = None,
    brought: BringForm | None = None,
    status: int = 200,
) -> HttpResponse:
    tlp = marking_of(operation, request.actor)
    form = _filters(request, operation)
    count = 0 if form.nothing else len(ids(operation, form.filters, MOST))
    leads = coordinates(request.actor, operation)
    agencies = agencies_to_hand_in_for(request.actor, operation)
    wrong = brought or marked
    return render(
        request,
        "exchange/exchange.html",
        {
            "operation": operation,
            "formats": formats(),
            "tlp": tlp,
            "leads": leads,
            "form": wrong,
            "count": count,
            "narrowed": form.is_narrowed,
            "problems": form.problems,
            "parts": range(-(-count // PART)),
            "in_a_part": PART,
            "mark_form": marked or MarkForm(initial={"tlp": tlp or ""}),
            "bring_form": brought or (_bring_form(agencies) if agencies else None),
        },
        status=422 if wrong else status,
    )


def _bring_form(agencies: list[Agency], request: StaffRequest | None = None) -> BringForm:
    known = [(one.way.value, one.name) for one in formats() if one.reads]
    sent = (request.POST, request.FILES) if request is not None else (None, None)
    return BringForm(*sent, agencies=agencies, formats=known)


def _filters(request: StaffRequest, operation: Operation) -> FilterForm:
    return read_filters(request.GET, operation.reference, *agencies_platforms_kinds(operation))


def _format(name: str) -> Format:
    found = FORMATS.get(name)
    if found is None or not found.is_there:
        raise Http404(_("There is no such format."))
    return found


def _marking(request: StaffRequest, operation: Operation) -> Tlp:
    """Return under which marking records leave, where the person may take them."""
    if not coordinates(request.actor, operation):
        raise PermissionDenied(_("Records for other systems are taken by the coordinators of the operation."))
    tlp = marking_of(operation, request.actor)
    if tlp is None:
        raise PermissionDenied(
            _("The records of this operation are not marked, so that none leaves. Mark them first.")
        )
    return tlp


def _operation(request: StaffRequest, reference: str) -> Operation:
    if not formats():
        raise Http404(
            _("This installation does not use it. Whoever operates it can turn it on (EXCHANGE=%(name)s).")
            % {"name": "stix,misp"}
        )
    return operation_or_404(request, reference)
