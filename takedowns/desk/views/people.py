"""Who answers for a platform: everybody of it reads, its managers invite, change roles and remove."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.accounts import invitations
from takedowns.accounts.invitations import InvitationError
from takedowns.accounts.people import change_role_at, last_change_at, people_of
from takedowns.accounts.second import PeopleError
from takedowns.desk.forms import ColleagueForm, RoleForm
from takedowns.directory.changes import may_manage
from takedowns.directory.models import Platform, User
from takedowns.pages.access import StaffRequest, at_the_desk
from takedowns.pages.versions import Conflict, lock


@at_the_desk
@opens(What.PEOPLE)
def people(request: StaffRequest, platform: str) -> HttpResponse:
    """List who answers for the platform; its managers invite somebody."""
    found = get_object_or_404(Platform, pk=platform)
    manages = may_manage(request.actor, platform)
    if request.method == "POST" and not manages:
        raise PermissionDenied(_("Inviting people is for the managers of the platform."))
    form = ColleagueForm(request.POST or None)
    link = ""
    if form.is_valid():
        try:
            made, secret = invitations.invite(
                **form.cleaned_data, platform=found, by=request.actor, request=request
            )
        except InvitationError as error:
            form.add_error(error.field or None, str(error))
        else:
            link = request.build_absolute_uri(reverse("web:invitation", args=[secret]))
            if invitations.mail_invitation(made, link):
                messages.success(request, _("The invitation went to %(email)s.") % {"email": made.email})
                return redirect("web:desk-people", platform)
            form = ColleagueForm()
    return _show(request, found, form, link=link)


@require_POST
@at_the_desk
@opens(What.PEOPLE)
def person(request: StaffRequest, platform: str, user_id: UUID) -> HttpResponse:
    """Make somebody responder or manager, or remove them from the platform's people."""
    found = get_object_or_404(Platform, pk=platform)
    role = request.POST.get("role", "")
    _require_manager(request, platform)
    lock(User.objects.filter(pk=user_id))
    colleague = next((one for one in people_of(found, request.actor) if one.user.pk == user_id), None)
    if colleague is not None:
        form = RoleForm(
            request.POST, facts=colleague.roles, changed=lambda: last_change_at(found, colleague.user)
        )
        if form.conflict:
            return _show(request, found, ColleagueForm(), conflict=form.conflict)
    try:
        change_role_at(found, user_id, role, by=request.actor, request=request)
    except PeopleError as error:
        messages.warning(request, str(error))
    else:
        messages.success(
            request,
            _("The role is changed.") if role else _("Removed. Nothing of the desk opens to them any more."),
        )
    return redirect("web:desk-people", platform)


@require_POST
@at_the_desk
def invitation_revoke(request: StaffRequest, platform: str, invitation_id: UUID) -> HttpResponse:
    """Let the link of an invitation stop working."""
    _require_manager(request, platform)
    try:
        invitations.revoke(invitation_id, by=request.actor, request=request)
    except InvitationError as error:
        raise PermissionDenied(str(error)) from error
    messages.success(request, _("The invitation is revoked; its link works no more."))
    return redirect("web:desk-people", platform)


def _show(
    request: StaffRequest,
    platform: Platform,
    form: ColleagueForm,
    *,
    link: str = "",
    conflict: Conflict | None = None,
) -> HttpResponse:
    manages = may_manage(request.actor, platform.pk)
    colleagues = people_of(platform, request.actor)
    saw(request, (one.user.pk for one in colleagues))
    context = {
        "platform": platform,
        "manages": manages,
        "people": [(one, RoleForm(facts=one.roles)) for one in colleagues],
        "open": invitations.open_invitations_of(platform, request.actor) if manages else (),
        "form": form,
        "link": link,
        "conflict": conflict,
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "desk/people.html", context, status=status)


def _require_manager(request: StaffRequest, platform: str) -> None:
    if not may_manage(request.actor, platform):
        raise PermissionDenied(_("Who answers for the platform is for its managers."))
