"""Hosts that are no platform: what stands on them, asking one, making one a platform."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.accounts.mail import mail_works
from takedowns.directory.changes import may_declare
from takedowns.hosting import queries, services
from takedowns.hosting.contacts import contacts_of, is_known, look_up_later, registries_are_asked
from takedowns.hosting.forms import AskForm, PromoteForm
from takedowns.hosting.services import HostingError
from takedowns.installation.switches import Way, needs
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.shortcuts import operation_or_404


@needs(Way.HOSTS)
@staff
@opens(What.SUBMISSIONS)
def other_hosts(request: StaffRequest, reference: str) -> HttpResponse:
    """List the hosts of rows that wait, and those that are asked."""
    operation = operation_or_404(request, reference)
    leads = coordinates(request.actor, operation)
    waiting, asked = queries.standing(operation, request.actor, leads=leads)
    saw(request, (one for domain in waiting for one in domain.submissions))
    return render(
        request,
        "hosting/other_hosts.html",
        {
            "operation": operation,
            "waiting": waiting,
            "asked": asked,
            "leads": leads,
            "shown": queries.SHOWN,
        },
    )


@needs(Way.HOSTS)
@staff
@opens(What.SUBMISSIONS)
def other_host(request: StaffRequest, reference: str, domain: str) -> HttpResponse:
    """Show what waits on the hosts below a domain and whom registries name; ask it."""
    operation = _led(request, reference)
    hosts = queries.hosts_of(operation, domain)
    if not hosts:
        raise Http404(_("Nothing waits on this host."))
    contacts = contacts_of(domain)
    first = next((one for one in contacts if one.mail_to), None)
    initial = {"name": first.organisation or domain, "mail_to": first.mail_to} if first else {}
    form = AskForm(request.POST or None, hosts=hosts, initial=initial)
    if form.is_valid():
        try:
            service, taken = services.ask(
                operation, domain, form.cleaned_data["hosts"], form.whom(), by=request.actor
            )
        except HostingError as error:
            form.add_error(None, str(error))
        else:
            told = ngettext(
                "%(host)s: %(rows)s row is a referral now and waits for review.",
                "%(host)s: %(rows)s rows are referrals now and wait for review.",
                taken.rows,
            )
            messages.success(request, told % {"host": service.domain, "rows": taken.rows})
            if taken.later or taken.busy:
                messages.info(request, _("Long lists are read again in the background."))
            return redirect("web:other-hosts", operation.reference)
    return render(
        request,
        "hosting/other_host.html",
        {
            "operation": operation,
            "domain": domain,
            "form": form,
            "contacts": contacts,
            "uses_registries": registries_are_asked(),
            "all_said": is_known(contacts),
            "sends_mail": mail_works(),
        },
        status=422 if form.errors else 200,
    )


@require_POST
@needs(Way.HOSTS)
@needs(Way.RDAP)
@staff
def other_host_look_up(request: StaffRequest, reference: str, domain: str) -> HttpResponse:
    """Have registries asked whom to tell of abuse of a host."""
    operation = _led(request, reference)
    if not registries_are_asked():
        raise Http404(
            _("The program that asks registries is missing here. Whoever operates it can install it.")
        )
    hosts = queries.hosts_of(operation, domain)
    if not hosts:
        raise Http404(_("Nothing waits on this host."))
    look_up_later(domain, hosts[0])
    messages.info(request, _("Registries are asked in the background. Load this page again in a minute."))
    return redirect("web:other-host", operation.reference, domain)


@needs(Way.HOSTS)
@staff
@opens(What.ADMINISTRATION)
def host_promote(request: StaffRequest, slug: str) -> HttpResponse:
    """Make a host that comes up often a platform."""
    if not may_declare(request.actor):
        raise PermissionDenied(_("Platforms are for coordinators and administrators."))
    service = queries.service_of(slug)
    if service is None:
        raise Http404(_("There is no such host, or it is a platform already."))
    provider = service.platform.provider
    form = PromoteForm(
        request.POST or None,
        initial={"name": service.platform.name, "provider": provider.name if provider else ""},
    )
    if form.is_valid():
        try:
            platform = services.promote(slug, by=request.actor, **form.cleaned_data)
        except HostingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(platform)s is a platform now.") % {"platform": platform})
            return redirect("web:platform", slug)
    return render(
        request,
        "hosting/promote.html",
        {"form": form, "service": service},
        status=422 if form.errors else 200,
    )


def _led(request: StaffRequest, reference: str) -> Operation:
    operation = operation_or_404(request, reference)
    if not coordinates(request.actor, operation):
        raise PermissionDenied(_("Hosts are asked by the coordinators of the operation."))
    return operation
