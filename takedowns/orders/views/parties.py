"""Who issues orders and to whom: entered once, printed on each. And the notice before a provider's first."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.directory.models import Agency, Platform
from takedowns.ledger.services import last_change
from takedowns.orders.forms import AddresseeForm, AuthorityForm, NoticeForm
from takedowns.orders.issuing import NoticeError, record_notice, reopen_changed
from takedowns.orders.models import Addressee, IssuingAuthority
from takedowns.orders.parties import may_name_parties, may_record_notice
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.versions import lock
from takedowns.referrals.models import Operation
from takedowns.referrals.shortcuts import operation_or_404


@staff
@opens(What.ADMINISTRATION)
def order_parties(request: StaffRequest, reference: str) -> HttpResponse:
    """List the operation's agencies with their authorities, and its platforms with their addressees."""
    operation = _operation_or_403(request, reference)
    return render(
        request,
        "orders/order_parties.html",
        {
            "operation": operation,
            "agencies": operation.agencies.select_related("issuing_authority"),
            "platforms": operation.platforms.select_related("addressee"),
        },
    )


@staff
@opens(What.ADMINISTRATION, "agency")
def order_authority(request: StaffRequest, reference: str, agency: str) -> HttpResponse:
    """Take in what every order of an agency says of its authority; with it the agency may issue orders."""
    operation = _operation_or_403(request, reference)
    found = operation.agencies.filter(slug=agency).first()
    if found is None:
        raise Http404("No such agency takes part in this operation.")
    if request.method == "POST":
        lock(Agency.objects.filter(pk=found.pk))
    kept = IssuingAuthority.objects.filter(agency=found).first()
    form = AuthorityForm(
        request.POST or None,
        instance=kept or IssuingAuthority(agency=found, name=found.name, member_state=found.country),
        changed=lambda: last_change("orders_issuingauthority", found.pk),
    )
    if form.is_valid():
        form.save()
        _tell(request, reopen_changed(agency=found.pk, by=request.actor))
        return redirect("web:order-parties", operation.reference)
    return _show(
        request, operation, form, _("The issuing authority of %(agency)s") % {"agency": found}, _("Save")
    )


@staff
@opens(What.ADMINISTRATION, "platform")
def order_addressee(request: StaffRequest, reference: str, platform: str) -> HttpResponse:
    """Take in to whom orders and bundles for a platform go."""
    operation = _operation_or_403(request, reference)
    found = _platform_or_404(operation, platform)
    if request.method == "POST":
        lock(Platform.objects.filter(pk=found.pk))
    kept = Addressee.objects.filter(platform=found).first()
    form = AddresseeForm(
        request.POST or None,
        instance=kept or Addressee(platform=found, name=found.name),
        changed=lambda: last_change("orders_addressee", found.pk),
    )
    if form.is_valid():
        form.save()
        _tell(request, reopen_changed(platform=found.pk, by=request.actor))
        return redirect("web:order-parties", operation.reference)
    return _show(
        request, operation, form, _("To whom orders for %(platform)s go") % {"platform": found}, _("Save")
    )


@staff
@opens(What.ADMINISTRATION, "agency")
def order_notice(request: StaffRequest, reference: str, agency: str, platform: str) -> HttpResponse:
    """Record that an authority told a provider of procedures and deadlines before its first order."""
    operation = operation_or_404(request, reference)
    told: Platform = _platform_or_404(operation, platform)
    by: Agency | None = operation.agencies.filter(slug=agency).first()
    if by is None:
        raise Http404("No such agency takes part in this operation.")
    if not may_record_notice(request.actor, operation, by.pk):
        raise PermissionDenied(
            _("Recording a notice is for the agency that gave it, and the operation’s coordinator.")
        )
    form = NoticeForm(request.POST or None)
    if form.is_valid():
        now = timezone.now()
        try:
            record_notice(
                by.pk, told, operation, by=request.actor, given_at=form.cleaned_data["given_at"], now=now
            )
        except NoticeError as error:
            form.add_error("given_at", str(error))
        else:
            messages.success(request, _("The notice is recorded."))
            return redirect("web:orders", operation.reference)
    title = _("The notice of %(agency)s to %(platform)s before its first order") % {
        "agency": by,
        "platform": told,
    }
    return _show(request, operation, form, title, _("Record the notice"))


def _tell(request: StaffRequest, reopened: int) -> None:
    messages.success(request, _("Kept. It stands on every order approved from now on."))
    if reopened:
        told = ngettext(
            "%(count)d order had been approved and goes back to review: it would say something else now.",
            "%(count)d orders had been approved and go back to review: they would say something else now.",
            reopened,
        )
        messages.warning(request, told % {"count": reopened})


def _show(request: StaffRequest, operation: Operation, form: object, title: str, button: str) -> HttpResponse:
    wrong = 422 if getattr(form, "errors", None) else 200
    context = {
        "operation": operation,
        "form": form,
        "title": title,
        "button": button,
        "nothing": _("Nothing was kept."),
        "back": reverse("web:order-parties", args=[operation.reference]),
        "back_to": _("Back to authorities and addressees"),
    }
    return render(request, "orders/order_form.html", context, status=getattr(form, "status", wrong))


def _operation_or_403(request: StaffRequest, reference: str) -> Operation:
    operation = operation_or_404(request, reference)
    if not may_name_parties(request.actor, operation):
        raise PermissionDenied(
            "Authorities and addressees are for administrators and the coordinators of the operation."
        )
    return operation


def _platform_or_404(operation: Operation, platform: str) -> Platform:
    found = operation.platforms.filter(pk=platform).first()
    if found is None:
        raise Http404("No such platform is asked in this operation.")
    return found
