"""What one administrator asked of another: the list, approving and refusing. For administrators."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.accounts.deciding import Approved, approve, refuse
from takedowns.accounts.invitations import mail_invitation
from takedowns.accounts.models import Invitation
from takedowns.accounts.second import PeopleError, is_ones_own, requests
from takedowns.directory.changes import may_administer
from takedowns.pages.access import StaffRequest, staff


@staff
@opens(What.PEOPLE)
def all_requests(request: StaffRequest) -> HttpResponse:
    """List what waits for a second administrator, and what was decided."""
    _require(request)
    return _show(request)


@require_POST
@staff
@opens(What.PEOPLE)
def one_request(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Approve what another administrator asked for, refuse it, or take one's own back."""
    _require(request)
    try:
        if request.POST.get("do") == "approve":
            approved = approve(request_id, by=request.actor, request=request)
        else:
            asked = refuse(request_id, by=request.actor, request=request)
            own = is_ones_own(asked, request.actor.user_id)
            messages.success(
                request, _("The request is taken back.") if own else _("The request is refused.")
            )
            return redirect("web:people-requests")
    except PeopleError as error:
        messages.warning(request, str(error))
        return redirect("web:people-requests")
    messages.success(request, _("Approved, and done."))
    link, handed_over = _links(request, approved)
    if not link and not handed_over:
        return redirect("web:people-requests")
    return _show(request, link=link, handed_over=handed_over)


def _links(request: StaffRequest, approved: Approved) -> tuple[str, list[tuple[Invitation, str]]]:
    """Mail the invitations that were approved; return what is to be handed over by hand."""
    link = request.build_absolute_uri(approved.link) if approved.link else ""
    handed_over = []
    for one, secret in approved.invited:
        address = request.build_absolute_uri(reverse("web:invitation", args=[secret]))
        if not mail_invitation(one, address):
            handed_over.append((one, address))
    return link, handed_over


def _show(
    request: StaffRequest, *, link: str = "", handed_over: list[tuple[Invitation, str]] | None = None
) -> HttpResponse:
    found = requests(request.actor)
    saw(request, (one.pk for one in found))
    response = render(
        request,
        "accounts/people_requests.html",
        {
            "waiting": [(one, is_ones_own(one, request.actor.user_id)) for one in found if one.is_open],
            "decided": [one for one in found if not one.is_open],
            "link": link,
            "handed_over": handed_over or (),
        },
    )
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _require(request: StaffRequest) -> None:
    if not may_administer(request.actor):
        raise PermissionDenied(_("People and roles are for administrators."))
