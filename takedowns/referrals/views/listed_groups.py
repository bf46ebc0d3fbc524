"""What was typed as a referral's listed group before there was a vocabulary: mapped, for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.directory.changes import may_administer
from takedowns.directory.listed_groups import groups_offered
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.forms.listed_groups import TypedForm
from takedowns.referrals.listed_groups import SHOWN, map_typed, typed_texts


@staff
@opens(What.ADMINISTRATION)
def typed(request: StaffRequest) -> HttpResponse:
    """Show each text that is no group's name, with how many referrals hold it; let those name the group that is chosen."""
    if not may_administer(request.actor):
        raise PermissionDenied(_("Listed groups are looked after by administrators."))
    form = TypedForm(request.POST if request.method == "POST" else None, texts=typed_texts())
    if form.is_valid():
        done = map_typed(form.meant(), by=request.actor)
        messages.success(
            request,
            ngettext(
                "%(count)d referral names its listed group now.",
                "%(count)d referrals name their listed group now.",
                done.changed,
            )
            % {"count": done.changed},
        )
        if done.reopened:
            messages.info(
                request,
                ngettext(
                    "%(count)d of them had been approved and waits for review again.",
                    "%(count)d of them had been approved and wait for review again.",
                    done.reopened,
                )
                % {"count": done.reopened},
            )
        return redirect("web:listed-groups-typed")
    return render(
        request,
        "referrals/listed_groups_typed.html",
        {"form": form, "groups": groups_offered(), "most": SHOWN},
        status=422 if form.errors else 200,
    )
