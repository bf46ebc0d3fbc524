"""Coming in by the link in the mail of a hand-off: the address, the door with its code, leaving; and revoking the link."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from takedowns.access.guests import DOOR
from takedowns.pages.access import StaffRequest, staff
from takedowns.sending import answer_links
from takedowns.sending.answer_links import LinkEnded, LinkError
from takedowns.sending.forms import CodeForm
from takedowns.sending.shortcuts import hand_off_or_404


@require_safe
def address(request: HttpRequest, token: str) -> HttpResponse:
    """Take the address of a link out of the browser's line: the door has one that says nothing. Nothing is shown or used up."""
    try:
        link = answer_links.link_of(token)
    except LinkEnded:
        return _ended(request)
    if not request.user.is_authenticated:
        answer_links.stand_at_the_door(request, link)
    response = redirect("web:hand-off")
    response.headers["Referrer-Policy"] = "no-referrer"
    return _private(response)


def door(request: HttpRequest) -> HttpResponse:
    """Mail a code, and let in whoever types it. Nothing of the hand-off is told here, not even whose it is."""
    if request.user.is_authenticated:
        return _private(render(request, "sending/answer_link_signed_in.html", status=409))
    try:
        link, name = answer_links.at_the_door(request)
        form = CodeForm(request.POST if "code" in request.POST else None)
        try:
            if "send" in request.POST:
                answer_links.send_code(link.pk, name, request)
                messages.success(request, _("A code is on its way to the mailbox that the link came to."))
                return _private(redirect("web:hand-off"))
            if form.is_valid():
                if answer_links.come_in(link.pk, name, form.cleaned_data["code"], request):
                    return _private(redirect("web:desk", link.hand_off.platform_id))
                form.add_error("code", _("This is not the code of the last mail."))
        except LinkError as error:
            if "send" in request.POST:
                messages.warning(request, str(error))
                return _private(redirect("web:hand-off"))
            form.add_error("code", str(error))
    except LinkEnded:
        return _ended(request)
    context = {"form": form, "mailed": answer_links.has_code(link, name)}
    status = 422 if form.errors else 200
    return _private(render(request, "sending/answer_link_door.html", context, status=status))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End what the link opened in this browser; the link itself still works."""
    for name in (answer_links.OPENED, DOOR):
        request.session.pop(name, None)
    request.signed_out = True  # type: ignore[attr-defined]  # nothing of it stays in the browser (pages/headers.py)
    return _private(render(request, "sending/answer_link_left.html"))


@require_POST
@staff
def revoke(
    request: StaffRequest, reference: str, dispatch_id: UUID, platform: str, link_id: UUID
) -> HttpResponse:
    """Let the link in the mail of a hand-off open nothing any more."""
    found = hand_off_or_404(request, reference, dispatch_id, platform)
    try:
        answer_links.revoke(found, link_id, by=request.actor)
    except LinkError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The link is revoked, and opens nothing any more."))
    return redirect("web:hand-off-sent", found.dispatch.operation.reference, dispatch_id, platform)


def _ended(request: HttpRequest) -> HttpResponse:
    return _private(render(request, "sending/answer_link_ended.html", status=410))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store, private"
    return response
