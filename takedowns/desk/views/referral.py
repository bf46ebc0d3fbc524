"""One referral as its platform may see it, and the way out to the item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.answers.forms import AnswerForm, CorrectAnswerForm
from takedowns.answers.queries import sentence
from takedowns.answers.recording import Outcome, record, rows_of_selected
from takedowns.complaints.services import ACTED_ON
from takedowns.desk import inbox
from takedowns.desk.history import question_of, steps
from takedowns.desk.inbox import Filters, Line
from takedowns.desk.reader import AtTheDesk
from takedowns.directory.models import Platform
from takedowns.pages.access import StaffRequest, also_by_link, at_the_desk
from takedowns.referrals.lifecycle import ANSWERS, CORRECTION, allowed_from
from takedowns.referrals.locks import lock_items_of
from takedowns.referrals.transitions import Move, apply
from takedowns.referrals.vocabulary import Action, DecisionGround, DeclineReason, Instrument, Status, Tier


@at_the_desk
@also_by_link
@opens(What.REFERRAL, "referral_id")
def referral(request: StaffRequest, platform: str, referral_id: UUID) -> HttpResponse:
    """Show a referral with its history, and take the answer to it."""
    line = _line_to_answer(request, platform, referral_id)
    one = line.referral
    sent = request.POST if request.method == "POST" else None
    form = AnswerForm(sent, status=one["status"], own=True, facts=_standing(one))
    if form.is_valid():
        where = get_object_or_404(Platform, pk=platform)
        [result] = record(
            rows_of_selected([referral_id], where), form.given(), where, by=request.actor, hosts={}
        )
        if result.outcome == Outcome.RECORDED:
            messages.success(
                request, _("The answer to %(reference)s is recorded.") % {"reference": result.reference}
            )
            return redirect("web:desk-referral", platform, referral_id)
        if result.problem is not None:
            form.add_error(None, sentence(*result.problem))
    moves = [move for move in allowed_from(one["status"]) if move.name in ANSWERS]
    context = told(request, platform, line) | {
        "form": form if moves else None,
        "acknowledges": any(move.name == "acknowledge" for move in moves),
        "corrects": one["status"] in CORRECTION.leaves,
        "complains": one["status"] in ACTED_ON,
        "next": _next(request, platform, referral_id),
    }
    return render(request, "desk/referral.html", context, status=form.status)


@at_the_desk
@also_by_link
@opens(What.REFERRAL, "referral_id")
def correct(request: StaffRequest, platform: str, referral_id: UUID) -> HttpResponse:
    """Put a wrong answer right, with the reason."""
    line = _line_to_answer(request, platform, referral_id)
    sent = request.POST if request.method == "POST" else None
    form = CorrectAnswerForm(sent, own=True, facts=_standing(line.referral))
    if form.is_valid():
        move = Move(referral_id, CORRECTION.name, form.facts(), form.cleaned_data["at"])
        done = apply([move], by=request.actor)
        if not done.refused:
            messages.success(
                request,
                _("The answer to %(reference)s is corrected.") % {"reference": line.referral["reference"]},
            )
            return redirect("web:desk-referral", platform, referral_id)
        [no] = done.refused
        form.add_error(
            None, sentence(no.code, {"status": no.status, "fact": no.fact, "answer": CORRECTION.name})
        )
    context = told(request, platform, line) | {
        "form": form,
        "correctable": line.referral["status"] in CORRECTION.leaves,
    }
    return render(request, "desk/correct.html", context, status=form.status)


@at_the_desk
@also_by_link
@opens(What.REFERRAL, "referral_id")
def leave(request: StaffRequest, platform: str, referral_id: UUID) -> HttpResponse:
    """Warn before the address is opened: opening one is a deliberate act."""
    line = line_or_404(request, platform, referral_id)
    context = {"platform": get_object_or_404(Platform, pk=platform), "one": line.referral}
    return render(request, "desk/leave.html", context)


def told(request: StaffRequest, platform: str, line: Line) -> dict[str, Any]:
    """Return what the page of a referral shows."""
    one, reader = line.referral, AtTheDesk(request.actor, platform)
    happened = steps(one, reader)
    return {
        "platform": get_object_or_404(Platform, pk=platform),
        "line": line,
        "one": one,
        "is_order": one["instrument"] == Instrument.REMOVAL_ORDER,
        "instrument": Instrument(one["instrument"]).label,
        "priority": str(Tier(str(one["tier"])).label) if one["tier"] else "",
        "said": [
            str(choices(one[name]).label)
            for name, choices in (
                ("action", Action),
                ("decision_ground", DecisionGround),
                ("decline_reason", DeclineReason),
            )
            if one[name]
        ],
        "steps": happened,
        "question": question_of(happened, one["status"]),
    }


def _next(request: StaffRequest, platform: str, referral_id: UUID) -> UUID | None:
    """Return what waits behind this one in the inbox, or first in it where nothing does."""
    reader, waiting = AtTheDesk(request.actor, platform), Filters()
    behind = inbox.ids_of(reader, waiting, after=referral_id, most=1)
    found = behind or inbox.ids_of(reader, waiting, most=1)
    return found[0] if found and found[0] != referral_id else None


def _line_to_answer(request: StaffRequest, platform: str, referral_id: UUID) -> Line:
    """Return a referral, as :func:`line_or_404`; where it is answered, locked, so that a colleague's answer is seen."""
    line = line_or_404(request, platform, referral_id)
    if request.method != "POST":
        return line
    with acting_as(SYSTEM):
        lock_items_of([referral_id])
    return line_or_404(request, platform, referral_id)


def _standing(one: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what an answer is given to: the referral as it stands, which a colleague may change meanwhile."""
    answered = [str(Action(one["action"]).label)] if one["action"] else []
    return {_("Status"): [str(Status(one["status"]).label), *answered]}


def line_or_404(request: StaffRequest, platform: str, referral_id: UUID) -> Line:
    """Return a referral as the platform may see it.

    Raises:
        Http404: there is none, or it is another's: the two look the same.
    """
    found = inbox.lines(AtTheDesk(request.actor, platform), [referral_id], timezone.now())
    if not found:
        raise Http404(_("Nothing of this address was referred to the platform."))
    return found[0]
