"""The second pair of eyes: one referral after the other, or many at once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import as_uuid
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.permissions import reviews_for
from takedowns.referrals.queries import outlet_names
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.referrals.transitions import Applied
from takedowns.review import queue
from takedowns.review.forms import ApproveForm, ManyForm, RejectForm, read_after, read_narrowed
from takedowns.review.queries import one_to_assess, surroundings_of
from takedowns.review.queue import After
from takedowns.review.services import assess

MANY = 100
REFUSALS_SHOWN = 10
#: What is said of one, of many, of one that was refused, and of more that were.
SAID = {
    "approve": (
        gettext_noop("%(reference)s approved."),
        gettext_noop("%(count)d approved."),
        gettext_noop("%(reference)s was not approved: %(why)s"),
        gettext_noop("%(count)d more were not approved; they are still in the queue."),
    ),
    "reject": (
        gettext_noop("%(reference)s rejected."),
        gettext_noop("%(count)d rejected."),
        gettext_noop("%(reference)s was not rejected: %(why)s"),
        gettext_noop("%(count)d more were not rejected; they are still in the queue."),
    ),
}


@staff
def review(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the one in front, or the one that ``?referral=`` names; take the decision on it and go on to the next."""
    operation = _operation_to_review(request, reference)
    if request.method == "POST":
        return _decide(request, operation)
    after = read_after(request.GET)
    named = as_uuid(request.GET.get("referral", ""))
    found = one_to_assess(operation, request.actor, named) if named else None
    if found is None:
        found = next(iter(queue.front(operation, request.actor, 1, after=after)), None)
    approve = ApproveForm.of(found, operation.default_ground) if found else None
    return _show(request, operation, found, after, approve=approve, reject=RejectForm())


@staff
def review_many(request: StaffRequest, reference: str) -> HttpResponse:
    """List what waits, narrowed by platform or outlet; take one decision on all that are selected."""
    operation = _operation_to_review(request, reference)
    form = ManyForm()
    if request.method == "POST":
        decision = request.POST.get("decision", "")
        form = ManyForm(request.POST, decision=decision)
        chosen = [one for text in request.POST.getlist("referral") if (one := as_uuid(text))]
        if decision not in SAID or not chosen:
            form.add_error(None, _("Nothing is selected yet: tick the referrals this decision is about."))
        if form.is_valid():
            _assess_many(request, operation, decision, chosen, form)
            return redirect(request.get_full_path())
    return _show_many(request, operation, form)


def _operation_to_review(request: StaffRequest, reference: str) -> Operation:
    operation = operation_or_404(request, reference)
    if not reviews_for(request.actor):
        raise PermissionDenied(_("Assessing is for reviewers, each for the referrals of their own agency."))
    return operation


def _decide(request: StaffRequest, operation: Operation) -> HttpResponse:
    named, after = as_uuid(request.POST.get("referral", "")), read_after(request.POST)
    found = one_to_assess(operation, request.actor, named) if named else None
    if found is None:
        messages.warning(
            request,
            _("Somebody else decided on it meanwhile, or it is not for you to assess. Nothing was changed."),
        )
        return _next(operation, after)
    if request.POST.get("decision") == "approve":
        approve, reject = ApproveForm(request.POST), RejectForm()
        if not approve.is_valid():
            return _show(request, operation, found, after, approve=approve, reject=reject, status=422)
        outcome = assess(
            "approve", [found.pk], by=request.actor, ground=approve.cleaned_data["ground"],
            exemptions_checked=True, correction=approve.correction(found.pk),
        )  # fmt: skip
    else:
        approve, reject = ApproveForm.of(found, operation.default_ground), RejectForm(request.POST)
        if not reject.is_valid():
            return _show(request, operation, found, after, approve=approve, reject=reject, status=422)
        outcome = assess("reject", [found.pk], by=request.actor, reason=reject.cleaned_data["reason"])
    _tell(request, operation, "approve" if approve.is_bound else "reject", outcome)
    return _next(operation, after)


def _assess_many(
    request: StaffRequest, operation: Operation, decision: str, chosen: list[UUID], form: ManyForm
) -> None:
    given = form.cleaned_data
    if decision == "approve":
        outcome = assess(
            "approve",
            chosen,
            by=request.actor,
            ground=given["ground"],
            exemptions_checked=given["exemptions_checked"],
        )
    else:
        outcome = assess("reject", chosen, by=request.actor, reason=given["reason"])
    _tell(request, operation, decision, outcome)


def _tell(request: HttpRequest, operation: Operation, decision: str, outcome: Applied) -> None:
    """Say what became of a decision, by reference; of many refusals the first."""
    one, many, refusal, others = SAID[decision]
    if len(outcome.moved) == 1:
        messages.success(request, _(one) % {"reference": reference_of(operation.reference, outcome.moved[0])})
    elif outcome.moved:
        messages.success(request, _(many) % {"count": len(outcome.moved)})
    for refused in outcome.refused[:REFUSALS_SHOWN]:
        name = reference_of(operation.reference, refused.referral_id)
        messages.warning(request, _(refusal) % {"reference": name, "why": refused.message})
    if (more := len(outcome.refused) - REFUSALS_SHOWN) > 0:
        messages.warning(request, _(others) % {"count": more})


def _next(operation: Operation, after: After | None) -> HttpResponse:
    query = f"?after={after.tier}.{after.referral_id}" if after else ""
    return redirect(reverse("web:review", args=[operation.reference]) + query)


def _show(
    request: StaffRequest, operation: Operation, found: Referral | None, after: After | None, *,
    approve: ApproveForm | None, reject: RejectForm, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context: dict[str, object] = {
        "operation": operation,
        "waiting": queue.waiting(operation, request.actor),
        "count_limit": queue.COUNT_LIMIT,
        "after": f"{after.tier}.{after.referral_id}" if after else "",
        "referral": found,
        "reject": reject,
        "approve": approve,
    }
    if found is not None:
        context |= {
            "reference": reference_of(operation.reference, found.pk),
            "seen": surroundings_of(found, request.actor),
            "next": f"{found.tier}.{found.pk}",
            "outlets": outlet_names(),
        }
    return render(request, "review/review.html", context, status=status)


def _show_many(request: StaffRequest, operation: Operation, form: ManyForm) -> HttpResponse:
    narrowed, after = read_narrowed(request.GET), read_after(request.GET)
    found = queue.front(operation, request.actor, MANY + 1, after=after, narrowed=narrowed)
    rows, more = found[:MANY], len(found) > MANY
    platforms, outlets = queue.platforms_and_outlets(operation, request.actor)
    asked = {name: request.GET[name] for name in ("platform", "outlet") if request.GET.get(name)}
    chosen = set(request.POST.getlist("referral"))
    everything = request.GET.get("select") == "all" and request.method == "GET"
    return render(
        request,
        "review/review_many.html",
        {
            "operation": operation,
            "form": form,
            "rows": [
                (one, reference_of(operation.reference, one.pk), everything or str(one.pk) in chosen)
                for one in rows
            ],
            "waiting": queue.waiting(operation, request.actor, narrowed),
            "count_limit": queue.COUNT_LIMIT,
            "platforms": platforms,
            "outlets": outlets,
            "platform": narrowed.platform_id,
            "outlet": str(narrowed.outlet_id or ""),
            "is_narrowed": bool(asked),
            "select_all": urlencode(
                {**asked, "select": "all", **({"after": request.GET["after"]} if after else {})}
            ),
            "select_none": urlencode({**asked, **({"after": request.GET["after"]} if after else {})}),
            "everything": everything,
            "next": urlencode({**asked, "after": f"{rows[-1].tier}.{rows[-1].pk}"}) if more else "",
            "from_the_front": urlencode(asked) if after else None,
        },
        status=422 if form.errors else 200,
    )
