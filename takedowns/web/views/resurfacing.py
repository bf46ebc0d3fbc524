"""Who is back: outlets and where they were up, and what an item replaces."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from takedowns.identity import Refusal, identify
from takedowns.referrals.correct import Correction, correct
from takedowns.referrals.models import Outlet, Referral
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role, may_correct
from takedowns.referrals.reference import reference_of
from takedowns.statistics.charts.presence import presence_svg
from takedowns.verification import presence, resurfacing
from takedowns.verification.resurfacing import LinkError
from takedowns.web.access import StaffRequest, staff
from takedowns.web.forms.resurfacing import OriginForm
from takedowns.web.forms.review import as_uuid
from takedowns.web.reading.dossier import visible_referral
from takedowns.web.reading.in_front import outlet_names
from takedowns.web.reading.offers import declared_hosts


@staff
def outlets(request: StaffRequest) -> HttpResponse:
    """List the outlets of which the reader may see something, by name or as searched for."""
    search, after = request.GET.get("q", "").strip(), request.GET.get("after", "")
    found, following = presence.outlets(search, after=after)
    return render(
        request, "web/outlets.html", {"outlets": found, "q": search, "after": after, "next": following}
    )


@staff
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


@staff
def origin(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Show and keep of which outlet a referral's item is, and what it replaces."""
    found = visible_referral(request.asker, reference, referral_id)
    if found is None or not found.in_own_operation:  # type: ignore[attr-defined]
        raise Http404(_("There is no such referral in this operation."))
    if not agencies_with_a_role(request.asker, MAY_CORRECT):
        raise PermissionDenied(
            _("Outlets and predecessors are named by officers, reviewers and coordinators.")
        )
    form = OriginForm(
        request.POST or None, initial={"outlet": found.item.outlet.name if found.item.outlet else ""}
    )
    if form.is_valid() and _keep(request, found, form):
        return redirect("web:origin", found.operation.reference, found.pk)
    ticked = set(request.POST.getlist("predecessor"))
    context = {
        "operation": found.operation,
        "referral": found,
        "reference": reference_of(found.operation.reference, found.pk),
        "form": form,
        "names_outlet": may_correct(request.asker, found),
        "outlets": outlet_names(),
        "suggestions": [(one, str(one.item.pk) in ticked) for one in resurfacing.suggestions(found.item)],
        "predecessors": resurfacing.predecessors(found.item_id),
        "successors": resurfacing.successors(found.item_id),
    }
    return render(request, "web/origin.html", context, status=422 if form.errors else 200)


def _keep(request: StaffRequest, referral: Referral, form: OriginForm) -> bool:
    """Keep what was given; False with the errors in the form where something was refused."""
    if "unlink" in request.POST:
        return _unlink(request, referral, form)
    wanted = [one for text in request.POST.getlist("predecessor") if (one := as_uuid(text))]
    if url := form.cleaned_data["url"].strip():
        identity = identify(url, declared_hosts())
        if isinstance(identity, Refusal):
            form.add_error("url", identity.message)
            return False
        wanted.append(identity.id)
    before = referral.item.outlet.name if referral.item.outlet else ""
    if form.cleaned_data["outlet"].strip() != before:
        outcome = correct([Correction(referral.pk, outlet=form.cleaned_data["outlet"])], by=request.asker)
        if outcome.refused:
            form.add_error("outlet", outcome.refused[0].message)
            return False
        messages.success(request, _("The outlet is kept."))
    if wanted:
        try:
            made = resurfacing.link(referral.item_id, wanted, by=request.asker)
        except LinkError as error:
            form.add_error("url" if url else None, str(error))
            return False
        messages.success(
            request, ngettext("%(count)d link is kept.", "%(count)d links are kept.", made) % {"count": made}
        )
    return True


def _unlink(request: StaffRequest, referral: Referral, form: OriginForm) -> bool:
    other = as_uuid(request.POST["unlink"])
    if other is not None:
        try:
            resurfacing.unlink(referral.item_id, other, by=request.asker)
        except LinkError as error:
            form.add_error(None, str(error))
            return False
        messages.success(request, _("The link is taken back; the history still tells of it."))
    return True
