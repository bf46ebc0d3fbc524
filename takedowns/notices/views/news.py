"""What changed since somebody last looked, on what they handed in; what they want to be told."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.accounts.mail import mail_works
from takedowns.directory.models import Platform
from takedowns.notices import news as service
from takedowns.notices.building import told_up_to
from takedowns.notices.forms import AttentionForm, number_asked, what_asked
from takedowns.notices.news import Wanted
from takedowns.notices.news_page import SHOWN, grouped, lines_of
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.models import Operation


@staff
def what_changed(request: StaffRequest) -> HttpResponse:
    """Count what is new by operation, kind and platform; list it, ``?operation=&what=&platform=`` only, ``?read=1`` also what was read."""
    return _show(request, None)


@require_POST
@staff
def read(request: StaffRequest) -> HttpResponse:
    """Mark as read what the page showed, and no more."""
    if (upto := number_asked(request.POST.get("upto", ""))) is not None:
        service.mark_read(request.actor, upto)
        messages.success(request, _("Marked as read."))
    return redirect("web:news")


@require_POST
@staff
def choose(request: StaffRequest) -> HttpResponse:
    """Keep what somebody wants to be told."""
    form = AttentionForm(request.POST)
    if not form.is_valid():
        return _show(request, form)
    service.choose(request.actor, **form.cleaned_data)
    messages.success(request, _("Kept."))
    return redirect("web:news")


def _show(request: StaffRequest, form: AttentionForm | None) -> HttpResponse:
    attention = service.attention_of(request.actor)
    found = service.news(request.actor, attention)
    groups = grouped(found, request.actor)
    also_read = "read" in request.GET
    wanted, operation, platform = _wanted(request)
    listed = service.lines(
        request.actor,
        attention,
        wanted,
        before=number_asked(request.GET.get("before", "")),
        most=SHOWN + 1,
        also_read=also_read,
    )
    return render(
        request,
        "notices/news.html",
        {
            "attention": attention,
            "news": found,
            "groups": groups,
            "lines": lines_of(listed[:SHOWN]),
            "older": listed[SHOWN - 1].number if len(listed) > SHOWN else None,
            "wanted": wanted,
            "of_operation": operation,
            "on_platform": platform,
            "also_read": also_read,
            "unread": found.number,
            "told_up_to": told_up_to(),
            "form": form or AttentionForm(attention=attention),
            "mail_works": mail_works(),
        },
        status=422 if form else 200,
    )


def _wanted(request: StaffRequest) -> tuple[Wanted, Operation | None, Platform | None]:
    """Return which notices the address asks for; what is not known is left out. Two statements at most."""
    operation = platform = None
    if reference := request.GET.get("operation", ""):
        operation = Operation.objects.filter(reference=reference.upper()).first()
    if slug := request.GET.get("platform", ""):
        platform = Platform.objects.filter(pk=slug).first()
    wanted = Wanted(
        operation.pk if operation else None,
        what_asked(request.GET),
        platform.pk if platform else "",
        of_others="others" in request.GET,
    )
    return wanted, operation, platform
