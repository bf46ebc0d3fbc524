"""Outlets: where each was up, and when."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.figures.charts.presence import presence_svg
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.models import Outlet
from takedowns.verification import presence


@staff
@opens(What.OUTLETS)
def outlets(request: StaffRequest) -> HttpResponse:
    """List the outlets of which the reader may see something, by name or as searched for."""
    search, after = request.GET.get("q", "").strip(), request.GET.get("after", "")
    found, following = presence.outlets(search, after=after)
    saw(request, (one.outlet_id for one in found), asked=search)
    return render(
        request, "web/outlets.html", {"outlets": found, "q": search, "after": after, "next": following}
    )


@staff
@opens(What.OUTLET, "outlet_id")
def outlet(request: StaffRequest, outlet_id: UUID) -> HttpResponse:
    """Show where an outlet was up, and when, as far as the reader may see its items."""
    found = get_object_or_404(Outlet, pk=outlet_id)
    stays = presence.presence(found.pk)
    if not stays:
        raise Http404(_("There is no such outlet, or your agency sees nothing of it."))
    return render(
        request,
        "web/outlet.html",
        {
            "outlet": found,
            "stays": stays,
            "items": sum(stay.items for stay in stays),
            "up": sum(stay.up for stay in stays),
            "chart": presence_svg(found.name, stays, timezone.now()),
        },
    )
