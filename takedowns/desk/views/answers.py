"""Answers to many: those selected in the inbox, a pasted list, a filled file. What they would do is looked at first."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.answers.batches import BatchError, File, bring
from takedowns.answers.forms import ManyAnswersForm
from takedowns.answers.models import Batch
from takedowns.answers.queries import brought_before
from takedowns.answers.recording import Answer
from takedowns.desk import inbox
from takedowns.desk.filters import read_filters
from takedowns.desk.reader import AtTheDesk
from takedowns.directory.models import Platform
from takedowns.pages.access import StaffRequest, also_by_link, at_the_desk
from takedowns.pages.fields import as_uuid


@at_the_desk
@also_by_link
@opens(What.ANSWERS)
def answers(request: StaffRequest, platform: str) -> HttpResponse:
    """Take what was selected in the inbox, or a list; go on to what recording it would do."""
    found = get_object_or_404(Platform, pk=platform)
    if "selected" in request.POST:
        return _selected(request, found)
    form = ManyAnswersForm(request.POST or None, request.FILES or None, own=True)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = bring(
                found,
                form.given(),
                by=request.actor,
                pasted=form.cleaned_data["pasted"],
                file=File(file.name or "", file.read()) if file else None,
            )
        except BatchError:
            form.add_error(None, _("Nothing is named yet: paste a list or choose the file."))
        else:
            return redirect("web:desk-answers-batch", platform, batch.pk)
    context = {
        "platform": found,
        "form": form,
        "batches": brought_before(Batch.objects.filter(platform=found)),
        "most": inbox.MOST,
    }
    return render(request, "desk/answers.html", context, status=422 if form.errors else 200)


def _selected(request: StaffRequest, platform: Platform) -> HttpResponse:
    """Bring what is ticked, or with ``everything`` all that fits the filters of the list it was ticked in."""
    if "everything" in request.POST:
        reader = AtTheDesk(request.actor, platform.pk)
        asked = read_filters(QueryDict(request.POST["selected"]), inbox.counts(reader))
        ids = inbox.ids_of(reader, asked.filters)
    else:
        ids = _ticked(request)
    if not ids:
        messages.warning(request, _("Nothing is selected. Tick what you answer, or the whole list."))
        return redirect("web:desk", platform.pk)
    given = Answer("acknowledge") if request.POST.get("answer") == "acknowledge" else Answer()
    batch = bring(platform, given, by=request.actor, selected=ids)
    return redirect("web:desk-answers-batch", platform.pk, batch.pk)


def _ticked(request: StaffRequest) -> list[UUID]:
    return [one for text in request.POST.getlist("referral") if (one := as_uuid(text))]
