"""Messages to everybody in an operation: those that stood, writing one, ending one, putting one away as read."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.notices import messages as service
from takedowns.notices.forms import MessageForm
from takedowns.notices.messages import MessageError
from takedowns.notices.models import Message
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.versions import Changed, lock
from takedowns.referrals.models import Operation
from takedowns.referrals.operations import may_run
from takedowns.referrals.shortcuts import operation_or_404


@staff
@opens(What.MESSAGES)
def all_messages(request: StaffRequest, reference: str) -> HttpResponse:
    """List an operation's messages, also those that ended; write one where one runs it."""
    operation = operation_or_404(request, reference)
    may_write = may_run(request.actor, operation)
    if request.method == "POST" and may_write:
        lock(Operation.objects.filter(pk=operation.pk))
    kept = service.messages_of(operation, request.actor)
    latest = kept[0].message if kept else None
    form = MessageForm(
        request.POST or None,
        facts={_("The latest message"): [latest.text] if latest else []},
        changed=lambda: Changed(latest.at, latest.by) if latest else None,
    )
    if request.method == "POST" and not may_write:
        raise PermissionDenied(
            _("Announcements are posted by the coordinators of the operation and by administrators.")
        )
    if form.is_valid():
        try:
            service.write(operation, by=request.actor, **form.cleaned_data)
        except MessageError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("It stands at the top of this operation’s pages now."))
            return redirect("web:messages", operation.reference)
    return render(
        request,
        "notices/messages.html",
        {
            "operation": operation,
            "kept": kept,
            "may_write": may_write,
            "audience": service.audience(operation) if may_write else None,
            "form": form,
        },
        status=form.status,
    )


@require_POST
@staff
def end(request: StaffRequest, reference: str, message_id: UUID) -> HttpResponse:
    """End a message now."""
    operation = operation_or_404(request, reference)
    try:
        service.end(operation, message_id, by=request.actor)
    except MessageError as error:
        raise PermissionDenied(error.message) from None
    except Message.DoesNotExist:
        raise Http404(_("This operation has no such announcement.")) from None
    messages.success(request, _("The announcement has ended."))
    return redirect("web:messages", operation.reference)


@require_POST
@staff
def put_away(request: StaffRequest, reference: str, message_id: UUID) -> HttpResponse:
    """Put a message away as read, and go back to where it was read."""
    operation = operation_or_404(request, reference)
    try:
        service.put_away(operation, message_id, by=request.actor)
    except Message.DoesNotExist:
        raise Http404(_("This operation has no such announcement.")) from None
    back = request.POST.get("back", "")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        return redirect("web:board", operation.reference)
    return redirect(back)
