"""Help for a platform's own people: what is asked of them, and how each thing is done at the desk."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from takedowns.directory.models import Platform
from takedowns.pages.access import StaffRequest, at_the_desk
from takedowns.referrals.lifecycle import ANSWERS, CORRECTION, TRANSITIONS


@at_the_desk
def desk_help(request: StaffRequest, platform: str) -> HttpResponse:
    """Show the help; the answers are those of the lifecycle."""
    context = {
        "platform": get_object_or_404(Platform, pk=platform),
        "answers": [TRANSITIONS[name].label for name in (*ANSWERS, CORRECTION.name)],
    }
    return render(request, "desk/help.html", context)
