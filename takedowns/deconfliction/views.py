"""Partners, for administrators; asking them again, for coordinators; and the address at which they ask, for programs."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from takedowns.access.origin import address_of
from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.deconfliction import answering, pairing, queries, wire
from takedowns.deconfliction.forms import AddForm, ChangeForm, CodeForm
from takedowns.deconfliction.models import Partner
from takedowns.deconfliction.pairing import PairingError
from takedowns.directory.changes import may_administer
from takedowns.installation.identity import is_copy
from takedowns.installation.switches import Way, is_on, needs
from takedowns.ledger.services import last_change
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.versions import lock
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.shortcuts import operation_or_404


@needs(Way.DECONFLICTION)
@staff
@opens(What.DECONFLICTION)
def partners(request: StaffRequest) -> HttpResponse:
    """List the partner installations, and how it goes with each."""
    _require(request)
    found = queries.partners_listed()
    saw(request, (one.pk for one in found))
    return render(
        request, "deconfliction/partners.html", {"partners": found, "most_a_day": queries.most_a_day()}
    )


@needs(Way.DECONFLICTION)
@staff
@opens(What.DECONFLICTION)
def add(request: StaffRequest) -> HttpResponse:
    """Add a partner: with its code, or with one that is made here and shown this once."""
    _require(request)
    form = AddForm(request.POST or None)
    if form.is_valid():
        code = form.cleaned_data["code"]
        try:
            if code:
                made, shown = pairing.take(form.facts(), code, by=request.actor), ""
            else:
                made, shown = pairing.offer(form.facts(), by=request.actor)
        except PairingError as error:
            form.add_error(error.field, str(error))
        else:
            if shown:
                return _show_code(request, made, shown)
            messages.success(
                request, _("The partner is added, and is called now to see whether the code works.")
            )
            return redirect("web:deconfliction-partner", made.pk)
    return render(request, "deconfliction/add.html", {"form": form}, status=422 if form.errors else 200)


@needs(Way.DECONFLICTION)
@staff
@opens(What.DECONFLICTION, "partner_id")
def partner(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    """Show a partner with the last calls; change what is said of it."""
    _require(request)
    if request.method == "POST":
        lock(Partner.objects.filter(pk=partner_id))
    found = _partner_or_404(partner_id)
    form = _form(found, request)
    if form.is_valid():
        try:
            pairing.change(found.pk, form.facts(), by=request.actor)
        except PairingError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Changed."))
            return redirect("web:deconfliction-partner", found.pk)
    return _show(request, found, form, CodeForm())


@require_POST
@needs(Way.DECONFLICTION)
@staff
@opens(What.DECONFLICTION, "partner_id")
def new_code(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    """Give a partner a new code, shown this once; the former key ends."""
    _require(request)
    found = _partner_or_404(partner_id)
    try:
        return _show_code(request, found, pairing.renew(found.pk, by=request.actor))
    except PairingError as error:
        return _refused(request, found, error)


@require_POST
@needs(Way.DECONFLICTION)
@staff
@opens(What.DECONFLICTION, "partner_id")
def enter_code(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    """Enter the new code that was made there; the former key ends."""
    _require(request)
    found = _partner_or_404(partner_id)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            pairing.renew_by(found.pk, form.cleaned_data["code"], by=request.actor)
        except PairingError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("The new code is entered; the partner is called now."))
            return redirect("web:deconfliction-partner", found.pk)
    return _show(request, found, _form(found), form)


@require_POST
@needs(Way.DECONFLICTION)
@staff
def pause(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    """Pause a partner, or let it go on."""
    _require(request)
    found = _partner_or_404(partner_id)
    goes_on = request.POST.get("to") == "on"
    try:
        pairing.pause(found.pk, by=request.actor, goes_on=goes_on)
    except PairingError as error:
        return _refused(request, found, error)
    told = (
        _("It is asked again, and answered.")
        if goes_on
        else _("Nothing is asked and nothing answered any more.")
    )
    messages.success(request, told)
    return redirect("web:deconfliction-partner", found.pk)


@require_POST
@needs(Way.DECONFLICTION)
@staff
def end(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    """End a partner."""
    _require(request)
    found = _partner_or_404(partner_id)
    try:
        pairing.end(found.pk, by=request.actor)
    except PairingError as error:
        return _refused(request, found, error)
    messages.success(
        request, _("Ended: %(partner)s. Its key and what it said are deleted.") % {"partner": found}
    )
    return redirect("web:deconfliction")


@require_POST
@needs(Way.DECONFLICTION)
@staff
def ask_again(request: StaffRequest, reference: str) -> HttpResponse:
    """Have partners asked anew about all that waits to go to platforms in an operation."""
    operation = operation_or_404(request, reference)
    if not coordinates(request.actor, operation):
        raise PermissionDenied(_("Partners are asked again by the coordinators of the operation."))
    number = pairing.ask_again(operation.pk)
    told = ngettext(
        "Partners are asked again about %(number)s item. Load this page again in a minute.",
        "Partners are asked again about %(number)s items. Load this page again in a minute.",
        number,
    )
    messages.info(request, told % {"number": number})
    return redirect("web:dispatch", operation.reference)


@csrf_exempt
@require_POST
@opens(What.DECONFLICTION, itself=True)
def ask(request: HttpRequest) -> HttpResponse:
    """Answer a partner's program. Whoever is none learns nothing: not even whether there are partners here."""
    if not is_on(Way.DECONFLICTION) or not answering.is_known(request.headers.get(wire.PAIR, "")):
        return _answer(answering.NOTHING)
    if is_copy():
        return HttpResponse("This is a copy of an installation.\n", "text/plain", 503)
    body = request.read(wire.MOST_BYTES + 1)
    if len(body) > wire.MOST_BYTES:
        return _answer(answering.NOTHING)
    headers = {
        name: request.headers.get(name, "") for name in (wire.PAIR, wire.TIME, wire.NONCE, wire.SIGNATURE)
    }
    return _answer(answering.answer(headers, body, address_of(request) or ""))


def _answer(told: answering.Answered) -> HttpResponse:
    headers = {"Cache-Control": "no-store"} | ({wire.SIGNATURE: told.signature} if told.signature else {})
    return HttpResponse(told.body, "application/json", told.status, headers=headers)


def _require(request: StaffRequest) -> None:
    if not may_administer(request.actor):
        raise PermissionDenied(_("Partners are for administrators."))


def _partner_or_404(partner_id: UUID) -> Partner:
    found = Partner.objects.select_related("pair_key", "added_by").filter(pk=partner_id).first()
    if found is None:
        raise Http404(_("There is no such partner."))
    return found


def _form(found: Partner, request: StaffRequest | None = None) -> ChangeForm:
    initial = {"name": found.name, "url": found.url, "contact": found.contact}
    sent = request.POST if request is not None and request.method == "POST" else None
    return ChangeForm(sent, initial=initial, changed=lambda: last_change("deconfliction_partner", found.pk))


def _show(request: StaffRequest, found: Partner, form: ChangeForm, code: CodeForm) -> HttpResponse:
    calls = queries.calls_of(found)
    return render(
        request,
        "deconfliction/partner.html",
        {
            "partner": found,
            "key": getattr(found, "pair_key", None),
            "form": form,
            "code": code,
            "calls": calls,
            "shown": queries.CALLS_SHOWN,
        },
        status=422 if code.errors else form.status,
    )


def _show_code(request: StaffRequest, found: Partner, code: str) -> HttpResponse:
    context = {"partner": found, "code": code, "days": pairing.CODE_LASTS.days}
    return render(request, "deconfliction/code.html", context)


def _refused(request: StaffRequest, found: Partner, error: PairingError) -> HttpResponse:
    messages.warning(request, str(error))
    return redirect("web:deconfliction-partner", found.pk)
