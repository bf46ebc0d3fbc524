"""One referral after the other: the second pair of eyes on it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import as_uuid
from takedowns.referrals.locks import lock_items_of
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.piles import COUNT_LIMIT
from takedowns.referrals.queries import names_offered
from takedowns.referrals.reference import reference_of
from takedowns.review import leases, queue
from takedowns.review.forms import ApproveForm, RejectForm, SendBackForm, narrowing, read_after, read_narrowed
from takedowns.review.queries import one_to_assess, surroundings_of
from takedowns.review.queue import After
from takedowns.review.services import assess
from takedowns.review.views.shared import choosing, last_decided, operation_to_review, tell

#: Of two who ask at the same moment one gets the referral in front; the other asks again, so often.
TRIES = 5


@staff
@opens(What.REFERRALS)
def review(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the one in front, or the one that ``?referral=`` names; take the decision on it and go on to the next."""
    operation = operation_to_review(request, reference)
    if request.method == "POST":
        return _decide(request, operation)
    after = read_after(request.GET)
    named = as_uuid(request.GET.get("referral", ""))
    found = one_to_assess(operation, request.actor, named) if named else None
    if found is None:
        found = _front(request, operation, after)
    elif found.pk not in leases.take([found.pk], request.actor, leases.end()):
        return _show(request, operation, found, after, held=leases.held_by_another(found, request.actor))
    return _show(request, operation, found, after)


def _front(request: StaffRequest, operation: Operation, after: After | None) -> Referral | None:
    """Return the next referral that no colleague has open, now open for the actor alone."""
    for _try in range(TRIES):
        ahead = queue.front(operation, request.actor, 1, after=after, narrowed=read_narrowed(request.GET))
        mine = leases.take([one.pk for one in ahead], request.actor, leases.end())
        if not ahead or ahead[0].pk in mine:
            return ahead[0] if ahead else None
    return None


def _decide(request: StaffRequest, operation: Operation) -> HttpResponse:
    named, after = as_uuid(request.POST.get("referral", "")), read_after(request.POST)
    if named and one_to_assess(operation, request.actor, named):
        with acting_as(SYSTEM):
            lock_items_of([named])
    found = one_to_assess(operation, request.actor, named) if named else None
    if found is None:
        messages.warning(
            request,
            _("Somebody else decided on it meanwhile, or it is not for you to assess. Nothing was changed."),
        )
        return _next(request, operation, after)
    decision = request.POST.get("decision", "")
    if decision == "approve":
        approve = ApproveForm.of(found, operation.default_ground, request.POST)
        if not approve.is_valid():
            return _show(request, operation, found, after, approve=approve)
        outcome = assess(
            "approve",
            [found.pk],
            by=request.actor,
            ground=approve.cleaned_data["ground"],
            exemptions_checked=True,
            correction=approve.correction(found.pk),
        )
    elif decision == "send_back":
        send_back = SendBackForm(request.POST)
        if not send_back.is_valid():
            return _show(request, operation, found, after, send_back=send_back)
        outcome = assess("send_back", [found.pk], by=request.actor, reason=send_back.cleaned_data["note"])
    else:
        decision, reject = "reject", RejectForm(request.POST)
        if not reject.is_valid():
            return _show(request, operation, found, after, reject=reject)
        outcome = assess("reject", [found.pk], by=request.actor, reason=reject.cleaned_data["reason"])
    tell(request, operation, decision, outcome)
    return _next(request, operation, after)


def _next(request: StaffRequest, operation: Operation, after: After | None) -> HttpResponse:
    asked = narrowing(request.GET)
    if after:
        asked["after"] = _place(after.tier, after.referral_id)
    query = f"?{urlencode(asked)}" if asked else ""
    return redirect(reverse("web:review", args=[operation.reference]) + query)


def _place(tier: int, referral_id: object) -> str:
    return f"{tier}.{referral_id}"


def _show(
    request: StaffRequest,
    operation: Operation,
    found: Referral | None,
    after: After | None,
    *,
    approve: ApproveForm | None = None,
    reject: RejectForm | None = None,
    send_back: SendBackForm | None = None,
    held: leases.Held | None = None,
) -> HttpResponse:
    asked = narrowing(request.GET)
    context: dict[str, object] = {
        "operation": operation,
        "waiting": queue.waiting(operation, request.actor, read_narrowed(request.GET)),
        "count_limit": COUNT_LIMIT,
        "after": _place(after.tier, after.referral_id) if after else "",
        "referral": found,
        "choosing": choosing(queue.offers(operation, request.actor), asked),
        "narrowed": urlencode(asked),
        "undo": last_decided(request, operation),
    }
    if found is not None:
        saw(request, [found.pk])
        outlets, groups = names_offered()
        context |= {
            "reference": reference_of(operation.reference, found.pk),
            "seen": surroundings_of(found, request.actor),
            "held": held,
            "until": leases.end().isoformat(),
            "next": urlencode({**asked, "after": _place(found.tier, found.pk)}),
            "outlets": outlets,
            "groups": groups,
            "approve": approve or ApproveForm.of(found, operation.default_ground),
            "reject": reject or RejectForm(),
            "send_back": send_back or SendBackForm(),
        }
    wrong = any(form is not None for form in (approve, reject, send_back))
    status = approve.status if approve else 422 if wrong else 200
    return render(request, "review/review.html", context, status=status)
