"""Webhook endpoints: for a platform's own people, an agency's coordinators, and administrators who help them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.ledger.services import last_change
from takedowns.pages.access import StaffRequest, signed_in
from takedowns.pages.versions import lock
from takedowns.webhooks import endpoints as service
from takedowns.webhooks.endpoints import EndpointError
from takedowns.webhooks.feeding import ping
from takedowns.webhooks.forms import ChangeForm, MakeForm, ReplayForm
from takedowns.webhooks.log import deliveries_of, replay
from takedowns.webhooks.models import Delivery, Endpoint
from takedowns.webhooks.permissions import (
    agencies_managed_by,
    endpoints_managed_by,
    may_manage,
    platforms_managed_by,
)

SHOWN = 50


@signed_in
@opens(What.ADMINISTRATION)
def webhooks(request: StaffRequest) -> HttpResponse:
    """List the endpoints one manages, and make one. The secret is in the answer to that, and nowhere else."""
    if not may_manage(request.actor):
        raise PermissionDenied(
            _("Webhooks are for a platform’s own people, an agency’s coordinators and administrators.")
        )
    platforms, agencies = platforms_managed_by(request.actor), agencies_managed_by(request.actor)
    form = MakeForm(request.POST or None, platforms=platforms, agencies=agencies)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made, secret = service.create(
                given["owner"], url=given["url"], types=given["types"], description=given["description"]
            )
        except EndpointError as error:
            form.add_error(error.field, str(error))
        else:
            return _show_secret(request, made, secret)
    found = endpoints_managed_by(request.actor)
    return render(
        request,
        "webhooks/webhooks.html",
        {"endpoints": found.order_by("platform__name", "agency__name", "id"), "form": form},
        status=422 if form.errors else 200,
    )


@signed_in
@opens(What.ADMINISTRATION, "endpoint_id")
def webhook(request: StaffRequest, endpoint_id: UUID) -> HttpResponse:
    """Show an endpoint with its log, and change it."""
    endpoint = _endpoint_or_404(request, endpoint_id)
    if request.method == "POST":
        lock(Endpoint.objects.filter(pk=endpoint.pk))
        endpoint = _endpoint_or_404(request, endpoint_id)
    form = _form(endpoint, request.POST or None)
    if form.is_valid():
        try:
            service.change(endpoint.owner, endpoint.pk, **form.cleaned_data)
        except EndpointError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Changed."))
            return redirect("web:webhook", endpoint.pk)
    return _show(request, endpoint, form, ReplayForm())


@signed_in
@require_POST
@opens(What.ADMINISTRATION, "endpoint_id")
def webhook_rotate(request: StaffRequest, endpoint_id: UUID) -> HttpResponse:
    """Give it a new secret, and show it this once."""
    endpoint = _endpoint_or_404(request, endpoint_id)
    return _show_secret(request, *service.rotate(endpoint.owner, endpoint.pk))


@signed_in
@require_POST
def webhook_ping(request: StaffRequest, endpoint_id: UUID) -> HttpResponse:
    """Have a test call made."""
    endpoint = _endpoint_or_404(request, endpoint_id)
    if endpoint.disabled_at is not None:
        messages.warning(request, _("The endpoint is turned off. Turn it on first."))
    else:
        ping(endpoint)
        service.wake(endpoint.pk)
        messages.success(request, _("A test call is on its way; look for it in the log below."))
    return redirect("web:webhook", endpoint.pk)


@signed_in
@require_POST
def webhook_replay(request: StaffRequest, endpoint_id: UUID) -> HttpResponse:
    """Send one delivery again, or all since a moment."""
    endpoint = _endpoint_or_404(request, endpoint_id)
    form = ReplayForm(request.POST)
    try:
        if one := request.POST.get("delivery"):
            number = replay(endpoint.owner, endpoint.pk, delivery_id=UUID(one))
        elif form.is_valid():
            number = replay(endpoint.owner, endpoint.pk, since=form.cleaned_data["since"])
        else:
            return _show(request, endpoint, None, form)
    except (ValueError, Delivery.DoesNotExist):
        raise Http404(_("The endpoint has no such delivery.")) from None
    told = ngettext("%(number)s delivery is sent again.", "%(number)s deliveries are sent again.", number)
    messages.success(request, told % {"number": number})
    return redirect("web:webhook", endpoint.pk)


@signed_in
@require_POST
def webhook_remove(request: StaffRequest, endpoint_id: UUID) -> HttpResponse:
    """Remove it with its log."""
    endpoint = _endpoint_or_404(request, endpoint_id)
    service.remove(endpoint.owner, endpoint.pk)
    messages.success(request, _("Removed: %(url)s") % {"url": endpoint.url})
    return redirect("web:webhooks")


def _endpoint_or_404(request: StaffRequest, endpoint_id: UUID) -> Endpoint:
    found = endpoints_managed_by(request.actor).filter(pk=endpoint_id).first()
    if found is None:
        raise Http404(_("There is no such endpoint, or it is somebody else’s."))
    return found


def _show(
    request: StaffRequest, endpoint: Endpoint, form: ChangeForm | None, again: ReplayForm
) -> HttpResponse:
    form = form or _form(endpoint)
    return render(
        request,
        "webhooks/webhook.html",
        {
            "endpoint": endpoint,
            "form": form,
            "again": again,
            "deliveries": deliveries_of(endpoint, most=SHOWN),
        },
        status=422 if again.errors else form.status,
    )


def _form(endpoint: Endpoint, sent: QueryDict | None = None) -> ChangeForm:
    initial = {
        "url": endpoint.url,
        "description": endpoint.description,
        "types": endpoint.types,
        "active": endpoint.disabled_at is None,
    }
    return ChangeForm(sent, initial=initial, changed=lambda: last_change("webhooks_endpoint", endpoint.pk))


def _show_secret(request: StaffRequest, endpoint: Endpoint, secret: str) -> HttpResponse:
    return render(request, "webhooks/webhook_secret.html", {"endpoint": endpoint, "secret": secret})
