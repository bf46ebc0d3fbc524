"""The operations somebody may see; preparing one, changing, closing and reopening it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access.roles import Role
from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.versions import lock
from takedowns.referrals import operations as service
from takedowns.referrals.forms.operations import OperationForm, initial_like
from takedowns.referrals.models import Operation
from takedowns.referrals.operation_changes import changes_of, last_change_of
from takedowns.referrals.operations import OperationError, may_prepare
from takedowns.referrals.shortcuts import operation_to_run


@staff
@opens(What.OPERATIONS)
def operations(request: StaffRequest) -> HttpResponse:
    """List them, the latest first."""
    visible = Operation.objects.visible_to(request.actor).prefetch_related("agencies", "platforms")
    return render(
        request,
        "referrals/operations.html",
        {
            "operations": visible,
            "is_coordinator": request.actor.has_role(Role.COORDINATOR),
            "may_prepare": may_prepare(request.actor),
        },
    )


@staff
@opens(What.ADMINISTRATION)
def prepare(request: StaffRequest) -> HttpResponse:
    """Show the form of a new operation, filled as an earlier one is where one is named; make it and go on to what it needs next."""
    if not may_prepare(request.actor):
        raise PermissionDenied(_("Operations are prepared by coordinators and administrators."))
    named = request.POST.get("from", "") or request.GET.get("from", "")
    like = operation_to_run(request, named) if named else None
    own = [agency for agency in request.actor.agencies if request.actor.has_role(Role.COORDINATOR, agency)]
    initial = initial_like(service.facts_of(like)) if like else {"agencies": own}
    form = OperationForm(request.POST or None, initial=initial)
    if form.is_valid():
        is_draft = "draft" in request.POST
        try:
            made = service.prepare(form.facts(), by=request.actor, is_draft=is_draft, like=like)
        except OperationError as error:
            form.refuse(error)
        else:
            said = (
                _("%(operation)s is kept as a draft. Here is what is missing.")
                if is_draft
                else _("%(operation)s is prepared and open.")
            )
            messages.success(request, said % {"operation": made.reference})
            return redirect("web:operation-checklist" if is_draft else "web:operation-set-up", made.reference)
    return render(
        request,
        "referrals/operation_prepare.html",
        {"form": form, "like": like},
        status=422 if form.errors else 200,
    )


@staff
@opens(What.ADMINISTRATION)
def set_up(request: StaffRequest, reference: str) -> HttpResponse:
    """Show what an operation is set up as, and its history; take what is changed."""
    operation = operation_to_run(request, reference)
    if request.method == "POST":
        lock(Operation.objects.filter(pk=operation.pk))
        operation = operation_to_run(request, reference)
    now = service.facts_of(operation)
    form = OperationForm(
        request.POST or None, facts=now, changed=lambda: last_change_of(operation, request.actor)
    )
    if form.is_valid():
        try:
            changed = service.change(operation.pk, form.facts(), by=request.actor)
        except OperationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The operation is changed."))
            return redirect("web:operation-set-up", changed.reference)
    context = {"operation": operation, "form": form, "changes": changes_of(operation, request.actor)}
    return render(request, "referrals/operation_set_up.html", context, status=form.status)


@staff
def close(request: StaffRequest, reference: str) -> HttpResponse:
    """Say what closing means for what was handed in; close, or reopen, once confirmed."""
    operation = operation_to_run(request, reference)
    if request.method == "POST":
        service.close(operation.pk, by=request.actor)
        messages.success(
            request, _("%(operation)s is closed. Answers still arrive.") % {"operation": operation.reference}
        )
        return redirect("web:operation-set-up", operation.reference)
    return render(
        request,
        "referrals/operation_close.html",
        {"operation": operation, "standing": service.standing(operation)},
    )


@require_POST
@staff
def reopen(request: StaffRequest, reference: str) -> HttpResponse:
    """Take lists in again."""
    operation = operation_to_run(request, reference)
    service.reopen(operation.pk, by=request.actor)
    said = _("%(operation)s is open.") if operation.is_draft else _("%(operation)s is open again.")
    messages.success(request, said % {"operation": operation.reference})
    return redirect("web:operation-set-up", operation.reference)
