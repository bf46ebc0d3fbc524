"""Agencies, for administrators: the list, adding one, one with its people, operations and record."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from takedowns.directory import platforms as service
from takedowns.directory.changes import Kind, may_administer
from takedowns.directory.platforms import DirectoryError
from takedowns.directory.queries import agencies_listed, done_to, keys_listed, members_of
from takedowns.pages.access import StaffRequest, staff
from takedowns.web.administration import agency_shown
from takedowns.web.forms.platforms import AgencyForm


@staff
def agencies(request: StaffRequest) -> HttpResponse:
    """List every agency; add one."""
    _require(request)
    form = AgencyForm(request.POST or None)
    if form.is_valid():
        try:
            made = service.save_agency(by=request.actor, **form.cleaned_data)
        except DirectoryError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("%(agency)s is added. Invite its people next.") % {"agency": made})
            return redirect("web:agency", made.slug)
    return render(
        request,
        "web/agencies.html",
        {"agencies": agencies_listed(), "form": form},
        status=422 if form.errors else 200,
    )


@staff
def agency(request: StaffRequest, slug: str) -> HttpResponse:
    """Show one agency; take another name or country."""
    _require(request)
    found = agency_shown(slug, request.actor)
    if found is None:
        raise Http404(_("There is no such agency."))
    form = AgencyForm(request.POST or None, agency=found)
    if form.is_valid():
        service.save_agency(slug=slug, agency=found, by=request.actor, **form.cleaned_data)
        messages.success(request, _("The agency is changed."))
        return redirect("web:agency", slug)
    return render(
        request,
        "web/agency.html",
        {
            "agency": found,
            "form": form,
            "members": members_of(found),
            "keys": keys_listed(agency=slug),
            "record": done_to(Kind.AGENCY, slug),
        },
        status=422 if form.errors else 200,
    )


def _require(request: StaffRequest) -> None:
    if not may_administer(request.actor):
        raise PermissionDenied(_("Agencies are for administrators."))
