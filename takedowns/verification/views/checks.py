"""Looking again: the queue of what is due, one after the other or many at once, its schedule, and what is still up."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.evidence.forms import brought
from takedowns.evidence.services import NotYoursError, attach
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import as_uuid
from takedowns.pages.versions import lock
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.referrals.vocabulary import Availability
from takedowns.verification import due, schedule
from takedowns.verification.forms import (
    SEEN,
    LookForm,
    OneLookForm,
    ScheduleForm,
    read_place,
    write_place,
    written,
)
from takedowns.verification.looking import Marked, looks_for, mark, would_change
from takedowns.verification.people_and_robots import NOBODY_LOOKED, both_views
from takedowns.verification.still_online import PAGE_SIZE, After, online_for, still_online

MANY = 100
REFUSALS_SHOWN = 10


@staff
@opens(What.REFERRALS)
def look_again(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the item in front, or the one that ``?referral=`` names; take what was seen and go on to the next."""
    operation = _operation_to_look(request, reference)
    if request.method == "POST":
        return _take_one(request, operation)
    return _show_one(request, operation, OneLookForm())


@staff
@opens(What.REFERRALS)
def look_again_many(request: StaffRequest, reference: str) -> HttpResponse:
    """List what is due; say what a mark on all that are selected would change, then make it."""
    operation = _operation_to_look(request, reference)
    if request.method != "POST":
        return _show_many(request, operation, LookForm())
    form = LookForm(request.POST)
    chosen = _chosen(request)
    if not chosen:
        form.add_error(None, _("Nothing is selected yet: tick what you looked at."))
    if not form.is_valid() or "back" in request.POST:
        return _show_many(request, operation, form)
    if "confirmed" not in request.POST:
        return _confirm(request, operation, form, chosen)
    given = form.cleaned_data
    outcome = mark(
        chosen,
        Availability(given["seen"]),
        operation,
        by=request.actor,
        note=given["note"],
        shown_at=given["shown_at"],
    )
    _tell(request, operation, outcome)
    return redirect(
        _with(reverse("web:look-again-many", args=[operation.reference]), platform=_platform(request))
    )


@staff
def look_again_schedule(request: StaffRequest, reference: str) -> HttpResponse:
    """Show and set after how long the operation looks again."""
    operation = operation_or_404(request, reference)
    if not coordinates(request.actor, operation):
        raise PermissionDenied(_("The schedule is set by a coordinator of the operation."))
    if request.method == "POST":
        lock(Operation.objects.filter(pk=operation.pk))
    form = ScheduleForm(
        request.POST or None,
        initial={"hours": written(schedule.hours_of(operation))},
        changed=lambda: schedule.last_change_of(operation),
    )
    if form.is_valid():
        try:
            schedule.change(operation, form.cleaned_data["hours"], by=request.actor)
        except schedule.ScheduleError as error:
            form.add_error("hours", str(error))
        else:
            messages.success(request, _("The schedule is kept. It holds for what was decided before, too."))
            return redirect("web:look-again", operation.reference)
    context = {"operation": operation, "form": form, "standard": written()}
    return render(request, "verification/look_again_schedule.html", context, status=form.status)


@staff
@opens(What.REFERRALS)
def still_up(request: StaffRequest, reference: str) -> HttpResponse:
    """List what is removed by word and was seen online, the longest in front."""
    operation = operation_or_404(request, reference)
    place = read_place(request.GET)
    found = still_online(
        operation,
        request.actor,
        platform_id=_platform(request),
        after=After(*place) if place else None,
        size=PAGE_SIZE + 1,
    )
    rows, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    saw(request, (one.pk for one in rows))
    seen = both_views([one.item_id for one in rows])
    context = {
        "operation": operation,
        "rows": [
            (one, _named(operation, one), seen.get(one.item_id, NOBODY_LOOKED), online_for(one))
            for one in rows
        ],
        "may_look": looks_for(request.actor, operation) is not None,
        "platform": _platform(request),
        "is_later_page": place is not None,
        "next": write_place(rows[-1].decided_at, rows[-1].pk) if more else "",
    }
    return render(request, "verification/still_online.html", context)


def _operation_to_look(request: StaffRequest, reference: str) -> Operation:
    operation = operation_or_404(request, reference)
    if looks_for(request.actor, operation) is None:
        raise PermissionDenied(
            _("Looking is for officers, reviewers and coordinators of the agencies that take part.")
        )
    return operation


def _take_one(request: StaffRequest, operation: Operation) -> HttpResponse:
    form = OneLookForm(request.POST, request.FILES)
    chosen = _chosen(request)[:1]
    if not form.is_valid() or not chosen:
        return _show_one(request, operation, form)
    given = form.cleaned_data
    screenshot = _screenshot(request, operation, form, chosen[0]) if given["screenshot"] else None
    if form.errors:
        return _show_one(request, operation, form)
    outcome = mark(
        chosen,
        Availability(given["seen"]),
        operation,
        by=request.actor,
        note=given["note"],
        shown_at=given["shown_at"],
        evidence_id=screenshot,
    )
    _tell(request, operation, outcome)
    if screenshot and outcome.refused:
        messages.info(request, _("The screenshot is kept with the referral all the same."))
    here = reverse("web:look-again", args=[operation.reference])
    return redirect(_with(here, platform=_platform(request), after=request.POST.get("after", "")))


def _screenshot(
    request: StaffRequest, operation: Operation, form: OneLookForm, referral_id: UUID
) -> UUID | None:
    """Attach what the officer saw to the referral; what is refused is an error of the form, and nothing else is kept."""
    found = _visible(request, operation, referral_id)
    if found is None:
        form.add_error("screenshot", _("There is no such referral in this operation."))
        return None
    given = form.cleaned_data
    try:
        attached = attach(brought([given["screenshot"]]), found, by=request.actor, note=given["note"])
    except NotYoursError:
        form.add_error("screenshot", _("Whoever answers for a platform attaches no evidence."))
        return None
    for refusal in attached.refused:
        form.add_error("screenshot", refusal.message)
    return next(iter(attached.evidence.values()), None)


def _show_one(request: StaffRequest, operation: Operation, form: OneLookForm) -> HttpResponse:
    delays, now = schedule.delays_of(operation), timezone.now()
    named = as_uuid((request.POST or request.GET).get("referral", ""))
    place = read_place(request.POST or request.GET)
    found, due_at, position = None, None, ""
    if named is not None:
        found = _visible(request, operation, named)
    if found is not None:
        waiting = due.waiting(operation, delays, now)
    else:
        after = due.After(*place) if place else None
        waiting, in_front = due.queue(
            operation, request.actor, delays, now, size=1, platform_id=_platform(request), after=after
        )
        for one in in_front:
            found, due_at = one.referral, one.due_at
            position = write_place(one.due_at, one.referral.pk)
    context = {
        **_queue(request, operation, waiting),
        "form": form,
        "referral": found,
        "due_at": due_at,
        "after": request.GET.get("after", ""),
        "next": urlencode({"platform": _platform(request), "after": position}),
        "is_named": found is not None and due_at is None,
        "now": now,
    }
    if found is not None:
        saw(request, [found.pk])
        context |= {
            "reference": _named(operation, found),
            "sides": both_views([found.item_id]).get(found.item_id, NOBODY_LOOKED),
        }
    return render(request, "verification/look_again.html", context, status=422 if form.errors else 200)


def _show_many(request: StaffRequest, operation: Operation, form: LookForm) -> HttpResponse:
    delays, now = schedule.delays_of(operation), timezone.now()
    place = read_place(request.GET)
    waiting, found = due.queue(
        operation,
        request.actor,
        delays,
        now,
        size=MANY + 1,
        platform_id=_platform(request),
        after=due.After(*place) if place else None,
    )
    rows, more = found[:MANY], len(found) > MANY
    saw(request, (one.referral.pk for one in rows))
    seen = both_views([one.referral.item_id for one in rows])
    ticked = set(request.POST.getlist("referral"))
    everything = request.GET.get("select") == "all" and request.method == "GET"
    context = {
        **_queue(request, operation, waiting),
        "form": form,
        "rows": [
            (
                one,
                _named(operation, one.referral),
                seen.get(one.referral.item_id, NOBODY_LOOKED),
                everything or str(one.referral.pk) in ticked,
            )
            for one in rows
        ],
        "everything": everything,
        "next": write_place(rows[-1].due_at, rows[-1].referral.pk) if more else "",
        "is_later_page": place is not None,
        "now": now,
    }
    return render(request, "verification/look_again_many.html", context, status=422 if form.errors else 200)


def _confirm(request: StaffRequest, operation: Operation, form: LookForm, chosen: list[UUID]) -> HttpResponse:
    seen = form.cleaned_data["seen"]
    before = would_change(chosen, operation)
    saw(request, chosen)
    context = {
        "operation": operation,
        "form": form,
        "chosen": chosen,
        "seen": seen,
        "changes": [(value, before[value], value != seen) for value in Availability.values if before[value]],
        "count": before.total(),
        "platform": _platform(request),
        "word": dict(SEEN)[seen],
    }
    return render(request, "verification/look_again_confirm.html", context)


def _queue(request: StaffRequest, operation: Operation, waiting: list[due.Waiting]) -> dict[str, object]:
    """Return what both forms of the queue show above it."""
    counted = sum(one.due for one in waiting)
    return {
        "operation": operation,
        "waiting": waiting,
        "due": counted,
        "due_is_more": counted >= due.COUNT_LIMIT,
        "platform": _platform(request),
        "may_schedule": coordinates(request.actor, operation),
    }


def _visible(request: StaffRequest, operation: Operation, referral_id: UUID) -> Referral | None:
    return (
        Referral.objects.visible_to(request.actor)
        .filter(operation=operation, pk=referral_id, referred_at__isnull=False)
        .select_related("item__outlet", "platform", "agency")
        .first()
    )


def _chosen(request: StaffRequest) -> list[UUID]:
    return [one for text in request.POST.getlist("referral") if (one := as_uuid(text))]


def _platform(request: StaffRequest) -> str:
    return str((request.POST or request.GET).get("platform", ""))


def _named(operation: Operation, referral: Referral) -> str:
    return reference_of(operation.reference, referral.pk)


def _with(address: str, **parameters: str) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return f"{address}?{urlencode(given)}" if given else address


def _tell(request: StaffRequest, operation: Operation, outcome: Marked) -> None:
    """Say what became of the looks, by reference; of many refusals the first."""
    if len(outcome.recorded) == 1:
        messages.success(
            request,
            _("%(name)s: kept what you saw.")
            % {"name": reference_of(operation.reference, outcome.recorded[0])},
        )
    elif outcome.recorded:
        messages.success(
            request,
            ngettext(
                "Kept what you saw of %(count)d item.",
                "Kept what you saw of %(count)d items.",
                len(outcome.recorded),
            )
            % {"count": len(outcome.recorded)},
        )
    for refused in outcome.refused[:REFUSALS_SHOWN]:
        messages.warning(
            request, f"{reference_of(operation.reference, refused.referral_id)}: {refused.message}"
        )
    if (more := len(outcome.refused) - REFUSALS_SHOWN) > 0:
        messages.warning(
            request,
            ngettext("%(count)d more was not kept.", "%(count)d more were not kept.", more) % {"count": more},
        )
