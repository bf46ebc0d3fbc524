"""Many at once: one decision on all that are selected, or on all that match."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import as_uuid
from takedowns.pages.templatetags.plain import number
from takedowns.referrals.models import Operation
from takedowns.referrals.piles import COUNT_LIMIT
from takedowns.referrals.reference import reference_of
from takedowns.review import leases, queue
from takedowns.review.forms import ManyForm, narrowing, read_after, read_narrowed
from takedowns.review.services import approve_many, assess
from takedowns.review.views.shared import choosing, last_decided, operation_to_review, tell

MANY = 100
#: What can be decided of many at once.
DECISIONS = ("approve", "reject")


@staff
@opens(What.REFERRALS)
def review_many(request: StaffRequest, reference: str) -> HttpResponse:
    """List what waits, narrowed; take one decision on all that are selected, or on all that match."""
    operation = operation_to_review(request, reference)
    form = ManyForm()
    if request.method == "POST":
        decision = request.POST.get("decision", "")
        form = ManyForm(request.POST, decision=decision)
        chosen = _chosen(request, operation, form)
        if decision not in DECISIONS or not chosen:
            form.add_error(None, _("Nothing is selected yet: tick the referrals this decision is about."))
        if form.is_valid():
            _assess_many(request, operation, decision, chosen, form)
            return redirect(_without_selection(request))
    return _show_many(request, operation, form)


def _chosen(request: StaffRequest, operation: Operation, form: ManyForm) -> list[UUID]:
    """Return the referrals that are ticked, or all that match, if they are as many as the page said."""
    if "matching" not in request.POST:
        return [one for text in request.POST.getlist("referral") if (one := as_uuid(text))]
    found = queue.matching(operation, request.actor, read_narrowed(request.GET))
    if str(len(found)) != request.POST["matching"]:
        form.add_error(
            None,
            ngettext(
                "Now %(shown)s matches, which is not what you were shown: look again.",
                "Now %(shown)s match, which is not what you were shown: look again.",
                len(found),
            )
            % {"shown": number(len(found))},
        )
    return found


def _without_selection(request: StaffRequest) -> str:
    asked = request.GET.copy()
    asked.pop("select", None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def _assess_many(
    request: StaffRequest, operation: Operation, decision: str, chosen: list[UUID], form: ManyForm
) -> None:
    given = form.cleaned_data
    if decision == "approve":
        outcome = approve_many(
            chosen,
            by=request.actor,
            ground=given["ground"],
            exemptions_checked=given["exemptions_checked"],
        )
    else:
        outcome = assess("reject", chosen, by=request.actor, reason=given["reason"])
    tell(request, operation, decision, outcome)


def _show_many(request: StaffRequest, operation: Operation, form: ManyForm) -> HttpResponse:
    narrowed, after, asked = read_narrowed(request.GET), read_after(request.GET), narrowing(request.GET)
    found = queue.front(operation, request.actor, MANY + 1, after=after, narrowed=narrowed)
    more, until = len(found) > MANY, leases.end()
    mine = leases.take([one.pk for one in found[:MANY]], request.actor, until)
    rows = [one for one in found[:MANY] if one.pk in mine]
    saw(request, (one.pk for one in rows))
    chosen = set(request.POST.getlist("referral"))
    selected = request.GET.get("select", "")
    matching = len(queue.matching(operation, request.actor, narrowed)) if selected == "matching" else None
    everything = selected in ("all", "matching") and request.method == "GET"
    here = {**asked, **({"after": request.GET["after"]} if after else {})}
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
            "count_limit": COUNT_LIMIT,
            "choosing": choosing(queue.offers(operation, request.actor), asked),
            "is_narrowed": bool(asked),
            "picture": narrowed.picture_id,
            "select_all": urlencode({**here, "select": "all"}),
            "select_matching": urlencode({**asked, "select": "matching"}) if more or after else "",
            "select_none": urlencode(here),
            "matching": matching,
            "everything": everything,
            "next": urlencode({**asked, "after": f"{rows[-1].tier}.{rows[-1].pk}"}) if more and rows else "",
            "from_the_front": urlencode(asked) if after else None,
            "undo": last_decided(request, operation),
            "until": until.isoformat(),
        },
        status=422 if form.errors else 200,
    )
