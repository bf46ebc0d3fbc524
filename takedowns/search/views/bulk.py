"""Changing many referrals of a list: choose, look at what would happen, do it, take it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import as_uuid, whole_number
from takedowns.referrals import listing
from takedowns.referrals.filters import FilterForm, read_filters
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role
from takedowns.referrals.queries import agencies_platforms_kinds, names_offered
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.search import bulk_changes as bulk
from takedowns.search import long_changes
from takedowns.search.bulk_changes import BulkError, Change, MovedOn, Outcome, facts_of
from takedowns.search.forms import BulkForm
from takedowns.search.models import BulkChange

CHANGES_SHOWN = 50


@staff
@opens(What.REFERRALS)
def change_many(request: StaffRequest, reference: str) -> HttpResponse:
    """Take a change for the ticked ones or for all that the filters find; show what it would do, then do it.

    Where a filter means nothing, lead to the list, which says so.
    """
    operation = _operation_to_change(request, reference)
    filters = read_filters(request.GET, operation.reference, *agencies_platforms_kinds(operation))
    if filters.is_wider and "one" not in request.GET:
        return redirect(f"{reverse('web:referrals', args=[operation.reference])}?{request.GET.urlencode()}")
    chosen = _chosen(request, operation, filters)
    saw(request, chosen, asked=filters.q)
    form = BulkForm(request.POST or None)
    is_long = len(chosen) > bulk.MOST
    rehearsed, status = None, 200
    if form.is_valid() and "back" not in request.POST:
        try:
            if (expected := whole_number(request.POST.get("expected", ""))) is not None:
                return _begin(request, operation, form.change(), chosen, expected)
            rehearsed = _rehearsed(request, form.change(), chosen)
        except MovedOn as moved:
            messages.warning(request, str(moved))
            rehearsed = _rehearsed(request, form.change(), chosen)
        except BulkError as error:
            form.add_error(None, str(error))
    if form.errors:
        status = 422
    outlets, groups = names_offered()
    preview = "search/long_preview.html" if is_long else "search/bulk_preview.html"
    return render(
        request,
        preview if rehearsed else "search/bulk.html",
        {
            "operation": operation,
            "form": form,
            "number": len(chosen),
            "most": long_changes.MOST,
            "too_many": len(chosen) > long_changes.MOST,
            "is_long": is_long,
            "portion": long_changes.PORTION,
            "ticked": request.GET.getlist("one"),
            "outlets": outlets,
            "groups": groups,
            "rehearsed": rehearsed,
            "facts": facts_of(form.change().given) if rehearsed else [],
        },
        status=status,
    )


@staff
@opens(What.CHANGES)
def bulk_changes(request: StaffRequest, reference: str) -> HttpResponse:
    """List what was changed of many at once, the latest first."""
    operation = operation_or_404(request, reference)
    # What a portion of a long change did stands on the page of that change.
    changes = (
        BulkChange.objects.filter(operation=operation, portion=None)
        .select_related("by", "undone_by")
        .defer("before")
    )
    rows = [(one, facts_of(one.given)) for one in changes[:CHANGES_SHOWN]]
    long = [(one, facts_of(one.given)) for one in long_changes.latest(operation, CHANGES_SHOWN)]
    saw(request, [*(one.pk for one, _facts in rows), *(one.pk for one, _facts in long)])
    return render(
        request, "search/bulk_changes.html", {"operation": operation, "changes": rows, "long": long}
    )


@staff
@opens(What.CHANGES, "change_id")
def bulk_change(request: StaffRequest, reference: str, change_id: UUID) -> HttpResponse:
    """Show one change of many, with what was refused and the way back."""
    operation = operation_or_404(request, reference)
    done = (
        BulkChange.objects.filter(operation=operation, pk=change_id)
        .select_related("by", "undone_by", "portion")
        .defer("before", "portion__referral_ids")
        .first()
    )
    if done is None:
        raise Http404(_("There is no such change in this operation."))
    return render(
        request,
        "search/bulk_change.html",
        {
            "operation": operation,
            "change": done,
            "facts": facts_of(done.given),
            "portion": getattr(done, "portion", None),
            "undoes": done.kind == BulkChange.Kind.CORRECT
            and done.undone_at is None
            and done.changed
            and bool(agencies_with_a_role(request.actor, MAY_CORRECT)),
        },
    )


@require_POST
@staff
def bulk_undo(request: StaffRequest, reference: str, change_id: UUID) -> HttpResponse:
    """Take one change back."""
    operation = _operation_to_change(request, reference)
    try:
        outcome = bulk.undo(change_id, operation, by=request.actor)
    except BulkError as error:
        messages.warning(request, str(error))
    else:
        messages.success(
            request,
            ngettext(
                "%(count)d referral is what it was before.",
                "%(count)d referrals are what they were before.",
                outcome.changed,
            )
            % {"count": outcome.changed},
        )
        for message, number in outcome.refused:
            messages.warning(request, f"{number}: {message}")
    return redirect("web:bulk-change", operation.reference, change_id)


def _operation_to_change(request: StaffRequest, reference: str) -> Operation:
    operation = operation_or_404(request, reference)
    if not agencies_with_a_role(request.actor, MAY_CORRECT):
        raise PermissionDenied(_("Changing referrals is for officers, reviewers and coordinators."))
    return operation


def _chosen(request: StaffRequest, operation: Operation, form: FilterForm) -> list[UUID]:
    """Return the ticked ones of a list, or all that its filters find; one more than is possible tells "too many"."""
    if "one" in request.GET:
        return [one for text in request.GET.getlist("one") if (one := as_uuid(text))]
    return [] if form.nothing else listing.ids(operation, form.filters, long_changes.MOST + 1)


def _rehearsed(request: StaffRequest, change: Change, chosen: list[UUID]) -> Outcome:
    """Try a change: on all of them, or on the first portion where the worker is to do it."""
    long_changes.require_not_more(chosen)
    if len(chosen) > bulk.MOST:
        chosen = chosen[: long_changes.PORTION]
    return bulk.rehearse(change, chosen, by=request.actor)


def _begin(
    request: StaffRequest, operation: Operation, change: Change, chosen: list[UUID], expected: int
) -> HttpResponse:
    """Do what was shown, or let the worker do it where it is too much for one transaction."""
    if len(chosen) > bulk.MOST:
        asked = long_changes.ask_for(change, chosen, operation, by=request.actor, expected=expected)
        return redirect("web:bulk-long", operation.reference, asked.pk)
    done = bulk.carry_out(change, chosen, operation, by=request.actor, expected=expected)
    return redirect("web:bulk-change", operation.reference, done.pk)
