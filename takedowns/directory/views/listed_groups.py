"""Listed groups: the vocabulary, for whoever works here; adding, changing and taking a table of them, for administrators."""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.directory import listed_groups as service
from takedowns.directory import listed_groups_file as table
from takedowns.directory.changes import Kind, may_administer
from takedowns.directory.forms import GroupForm, GroupsFileForm
from takedowns.directory.models import ListedGroup
from takedowns.directory.platforms import DirectoryError
from takedowns.directory.queries import done_to, last_done_to
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.versions import lock


@staff
@opens(What.ADMINISTRATION)
def groups(request: StaffRequest) -> HttpResponse:
    """List every listed group with all that it is called."""
    return render(
        request,
        "directory/listed_groups.html",
        {"groups": list(service.groups_listed()), "administers": may_administer(request.actor)},
    )


@staff
def add(request: StaffRequest) -> HttpResponse:
    """Add one listed group."""
    _require(request)
    form = GroupForm(request.POST or None)
    if form.is_valid():
        try:
            made = service.save_group(form.facts(), by=request.actor)
        except DirectoryError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("%(group)s is added.") % {"group": made})
            return redirect("web:listed-groups")
    return render(request, "directory/listed_group.html", {"form": form, "group": None}, status=form.status)


@staff
@opens(What.ADMINISTRATION, "group_id")
def group(request: StaffRequest, group_id: UUID) -> HttpResponse:
    """Show one listed group with its record; let it be called otherwise, or be removed where no referral was named by it."""
    _require(request)
    if request.method == "POST":
        lock(ListedGroup.objects.filter(pk=group_id))
    found = service.groups_listed().filter(pk=group_id).first()
    if found is None:
        raise Http404(_("There is no such listed group."))
    if "remove" in request.POST:
        return _removed(request, group_id)
    known = service.facts_of(found)
    form = GroupForm(request.POST or None, known=known, changed=lambda: last_done_to(Kind.GROUP, known.label))
    if form.is_valid():
        try:
            service.save_group(form.facts(), by=request.actor, group_id=group_id)
        except DirectoryError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("The listed group is changed."))
            return redirect("web:listed-group", group_id)
    return render(
        request,
        "directory/listed_group.html",
        {"form": form, "group": found, "record": done_to(Kind.GROUP, known.label)},
        status=form.status,
    )


def _removed(request: StaffRequest, group_id: UUID) -> HttpResponse:
    try:
        known = service.remove_group(group_id, by=request.actor)
    except DirectoryError as error:
        messages.warning(request, error.message)
        return redirect("web:listed-group", group_id)
    messages.success(request, _("%(group)s is removed.") % {"group": known.name})
    return redirect("web:listed-groups")


@staff
@opens(What.ADMINISTRATION)
def take(request: StaffRequest) -> HttpResponse:
    """Read a table of listed groups; show what it would do; take it as it was shown."""
    _require(request)
    if "expected" in request.POST:
        return _taken(request)
    form = GroupsFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        return _show(request, *form.content())
    return render(
        request,
        "directory/listed_groups_import.html",
        {"form": form, "headers": table.HEADERS.items(), "needed": table.NEEDED},
        status=422 if form.errors else 200,
    )


def _taken(request: StaffRequest) -> HttpResponse:
    try:
        content = base64.b64decode(request.POST.get("content", ""), validate=True)
    except binascii.Error:
        messages.warning(request, _("The table did not come back whole. Choose it again."))
        return redirect("web:listed-groups-import")
    name = request.POST.get("filename", "")[:200]
    try:
        plan = table.take(content, name, expected=request.POST["expected"], by=request.actor)
    except table.ChangedMeanwhileError as error:
        messages.warning(request, str(error))
        return _show(request, content, name)
    number = len(plan.changes)
    messages.success(
        request,
        ngettext("%(count)d listed group is taken.", "%(count)d listed groups are taken.", number)
        % {"count": number},
    )
    return redirect("web:listed-groups")


def _show(request: StaffRequest, content: bytes, name: str) -> HttpResponse:
    plan = table.plan_of(content, name)
    return render(
        request,
        "directory/listed_groups_preview.html",
        {
            "plan": plan,
            "filename": name,
            "content": base64.b64encode(content).decode(),
            "number": len(plan.changes),
        },
        status=422 if plan.wrong else 200,
    )


def _require(request: StaffRequest) -> None:
    if not may_administer(request.actor):
        raise PermissionDenied(_("Listed groups are looked after by administrators."))
