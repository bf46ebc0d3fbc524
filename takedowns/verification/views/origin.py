"""Who is back: outlets and where they were up, and what an item replaces."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.directory.hosts import declared_hosts
from takedowns.identity import Refusal, identify
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import as_uuid
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.locks import lock_items_of
from takedowns.referrals.models import Referral
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role, may_correct
from takedowns.referrals.queries import last_correction, outlet_names, visible_referral
from takedowns.referrals.reference import reference_of
from takedowns.verification import resurfacing
from takedowns.verification.forms import OriginForm
from takedowns.verification.resurfacing import LinkError


@staff
@opens(What.REFERRAL, "referral_id")
def origin(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Show and keep of which outlet a referral's item is, and what it replaces."""
    found = visible_referral(request.actor, reference, referral_id)
    if found is None or not found.in_own_operation:  # type: ignore[attr-defined]
        raise Http404(_("There is no such referral in this operation."))
    if not agencies_with_a_role(request.actor, MAY_CORRECT):
        raise PermissionDenied(
            _("Outlets and predecessors are named by officers, reviewers and coordinators.")
        )
    if request.method == "POST":
        with acting_as(SYSTEM):
            lock_items_of([found.pk])
        found = visible_referral(request.actor, reference, referral_id) or found
    form = OriginForm(
        request.POST or None,
        initial={"outlet": found.item.outlet.name if found.item.outlet else ""},
        changed=lambda: last_correction(found.item_id),
    )
    if form.is_valid() and _keep(request, found, form):
        return redirect("web:origin", found.operation.reference, found.pk)
    ticked = set(request.POST.getlist("predecessor"))
    context = {
        "operation": found.operation,
        "referral": found,
        "reference": reference_of(found.operation.reference, found.pk),
        "form": form,
        "names_outlet": may_correct(request.actor, found),
        "outlets": outlet_names(),
        "suggestions": [(one, str(one.item.pk) in ticked) for one in resurfacing.suggestions(found.item)],
        "predecessors": resurfacing.predecessors(found.item_id),
        "successors": resurfacing.successors(found.item_id),
    }
    return render(request, "verification/origin.html", context, status=form.status)


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
        outcome = correct([Correction(referral.pk, outlet=form.cleaned_data["outlet"])], by=request.actor)
        if outcome.refused:
            form.add_error("outlet", outcome.refused[0].message)
            return False
        messages.success(request, _("The outlet is kept."))
        if outcome.reopened:
            messages.warning(
                request, _("It had been approved and goes back to review: somebody else sees it again.")
            )
    if wanted:
        try:
            made = resurfacing.link(referral.item_id, wanted, by=request.actor)
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
            resurfacing.unlink(referral.item_id, other, by=request.actor)
        except LinkError as error:
            form.add_error(None, str(error))
            return False
        messages.success(request, _("The link is taken back; the history still tells of it."))
    return True
