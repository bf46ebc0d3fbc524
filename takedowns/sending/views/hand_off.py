"""Hand-off bundles: downloading one, sending it again by mail, saying that it went by hand."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.accounts.mail import mail_works
from takedowns.pages.access import StaffRequest, staff
from takedowns.sending import answer_links, mail
from takedowns.sending.forms import HandedOverForm
from takedowns.sending.mail import SendingError
from takedowns.sending.shortcuts import hand_off_or_404


@staff
@opens(What.DISPATCH, "dispatch_id")
def hand_off_zip(request: StaffRequest, reference: str, dispatch_id: UUID, platform: str) -> HttpResponse:
    """Send a bundle, byte for byte as it was made."""
    found = hand_off_or_404(request, reference, dispatch_id, platform)
    if not found.bundle:
        raise Http404("This hand-off was made before there were bundles: download its list.")
    return HttpResponse(
        bytes(found.bundle),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{found.name}.zip"'},
    )


@staff
@opens(What.DISPATCH, "dispatch_id")
def hand_off_sent(request: StaffRequest, reference: str, dispatch_id: UUID, platform: str) -> HttpResponse:
    """Show how a bundle went; send it again, or record that it went by hand."""
    found = hand_off_or_404(request, reference, dispatch_id, platform)
    operation = found.dispatch.operation
    here = reverse("web:hand-off-sent", args=[operation.reference, dispatch_id, platform])
    again = request.method == "POST" and "again" in request.POST
    form = HandedOverForm(request.POST if request.method == "POST" and not again else None)
    try:
        if again:
            mail.send_again(found, by=request.actor)
            messages.success(request, _("It waits to be sent; this page says what becomes of it."))
            return redirect(here)
        if form.is_valid():
            given = form.cleaned_data
            mail.record_by_hand(found, by=request.actor, to=given["to"], at=given["at"])
            messages.success(request, _("Recorded."))
            return redirect("web:dispatched", operation.reference, dispatch_id)
    except SendingError as error:
        if again:
            messages.warning(request, str(error))
            return redirect(here)
        form.add_error(None, str(error))
    return render(
        request,
        "sending/hand_off.html",
        {
            "operation": operation,
            "hand_off": found,
            "sendings": found.sendings.select_related("asked_by").order_by("id"),
            "mails": mail_works(),
            "links": answer_links.links_of(found),
            "links_on": answer_links.are_on(),
            "now": timezone.now(),
            "form": form,
        },
        status=422 if form.errors else 200,
    )
