"""By which mails one is alerted: each person's own switches."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from takedowns.accounts.mail import mail_works
from takedowns.directory.models import Platform
from takedowns.notices.alerts import choice_of, choose
from takedowns.notices.forms import AlertForm
from takedowns.pages.access import StaffRequest, at_the_desk


@at_the_desk
def alerts(request: StaffRequest, platform: str) -> HttpResponse:
    """Show by what one is alerted, and keep what one chooses."""
    form = AlertForm(request.POST) if request.method == "POST" else AlertForm(initial=_chosen(request))
    if form.is_valid():
        choose(request.actor, **form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect("web:desk-alerts", platform)
    context = {
        "platform": get_object_or_404(Platform, pk=platform),
        "form": form,
        "mail_works": mail_works(),
        "email": request.user.email,
    }
    return render(request, "desk/alerts.html", context)


def _chosen(request: StaffRequest) -> dict[str, bool]:
    chosen = choice_of(request.actor)
    return {"hand_offs": chosen.hand_offs, "orders": chosen.orders}
