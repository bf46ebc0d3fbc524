"""People: who has an account and what they may do, invitations, the record of accounts. For administrators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access.roles import Role
from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.accounts import invitations, record
from takedowns.accounts.forms import InviteForm, InviteManyForm, RoleForm
from takedowns.accounts.invitations import InvitationError
from takedowns.accounts.inviting_many import LinesError, invite_all, read
from takedowns.accounts.models import Invitation
from takedowns.accounts.people import (
    Person,
    clear_factors,
    give_role,
    password_link,
    people,
    person,
    switch,
    take_role,
)
from takedowns.accounts.second import PeopleError, number_waiting, requests_about
from takedowns.directory.changes import may_administer
from takedowns.directory.models import User
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import as_uuid
from takedowns.pages.versions import lock


@staff
@opens(What.PEOPLE)
def everybody(request: StaffRequest) -> HttpResponse:
    """List who has an account and who is invited; invite somebody."""
    _require(request)
    form = InviteForm(request.POST or None, initial=_asked_for(request))
    link = ""
    if form.is_valid():
        try:
            made, secret = invitations.invite(by=request.actor, request=request, **form.given())
        except InvitationError as error:
            form.add_error(error.field or None, str(error))
        else:
            if not secret:
                _tell_asked(request)
                return redirect("web:people")
            link = request.build_absolute_uri(reverse("web:invitation", args=[secret]))
            if invitations.mail_invitation(made, link):
                messages.success(request, _("The invitation went to %(email)s.") % {"email": made.email})
                return redirect("web:people")
            form = InviteForm()
    words = request.GET.get("q", "").strip()[:200]
    found = people(request.actor, words)
    saw(request, (one.user.pk for one in found))
    response = render(
        request,
        "accounts/people.html",
        {
            "people": found,
            "words": words,
            "requests": number_waiting(request.actor),
            "invited": invitations.lately_invited(),
            "form": form,
            "link": link,
        },
        status=422 if form.errors else 200,
    )
    response.headers["Cache-Control"] = "no-store, private"
    return response


@staff
@opens(What.PEOPLE)
def invite_many(request: StaffRequest) -> HttpResponse:
    """Invite several people to one role; show which links are to be handed over."""
    _require(request)
    form = InviteManyForm(request.POST or None, initial=_asked_for(request))
    made: list[tuple[Invitation, str, bool]] = []
    if form.is_valid():
        try:
            guests = read(form.cleaned_data["people"])
            for one, secret in invite_all(guests, by=request.actor, request=request, **form.given()):
                if not secret:
                    made.append((one, "", False))
                    continue
                link = request.build_absolute_uri(reverse("web:invitation", args=[secret]))
                made.append((one, link, invitations.mail_invitation(one, link)))
        except LinesError as error:
            for line in error.lines:
                form.add_error("people", line)
        except InvitationError as error:
            form.add_error(error.field or None, str(error))
    context = {
        "form": form,
        "made": made,
        "waiting": sum(not link for _one, link, _is_mailed in made),
        "links": [(one, link) for one, link, is_mailed in made if link and not is_mailed],
        "mailed": sum(is_mailed for _one, _link, is_mailed in made),
    }
    return render(request, "accounts/people_invite.html", context, status=422 if form.errors else 200)


@staff
@opens(What.PERSON, "user_id")
def one_person(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """Show what somebody may do; change it."""
    _require(request)
    if request.method == "POST":
        lock(User.objects.filter(pk=user_id))
    found = person(user_id, request.actor)
    if found is None:
        raise Http404(_("There is nobody of this account."))
    form = RoleForm(
        request.POST or None,
        facts=found.facts,
        changed=lambda: record.last_change(request.actor, found.user.email),
    )
    link = ""
    if request.method == "POST" and not form.conflict:
        try:
            if request.POST.get("do") == "password":
                path = password_link(found.user, by=request.actor, request=request)
                if not path:
                    _tell_asked(request)
                    return redirect("web:person", found.user.pk)
                link = request.build_absolute_uri(path)
            elif _act(request, found, form):
                return redirect("web:person", found.user.pk)
            if request.POST.get("do") != "give":
                form = RoleForm(facts=found.facts)
        except PeopleError as error:
            messages.warning(request, str(error))
            return redirect("web:person", found.user.pk)
    response = render(
        request,
        "accounts/person.html",
        {
            "person": found,
            "form": form,
            "link": link,
            "requests": requests_about(found.user, request.actor),
            "events": record.events(request.actor, found.user.email)[:50],
        },
        status=form.status,
    )
    response.headers["Cache-Control"] = "no-store, private"
    return response


@staff
@opens(What.PEOPLE)
def people_log(request: StaffRequest) -> HttpResponse:
    """Show the record of accounts, the latest first."""
    _require(request)
    found = record.events(request.actor)
    saw(request, (one.pk for one in found))
    return render(request, "accounts/people_log.html", {"events": found})


@require_POST
@staff
def invitation_revoke(request: StaffRequest, invitation_id: UUID) -> HttpResponse:
    """Let an invitation's link stop working."""
    _require(request)
    invitations.revoke(invitation_id, by=request.actor, request=request)
    messages.success(request, _("The invitation is revoked; its link works no more."))
    return redirect("web:people")


def _act(request: StaffRequest, found: Person, form: RoleForm) -> bool:
    """Do what was asked for; return whether anything was."""
    user = found.user
    acting: dict[str, Any] = {"by": request.actor, "request": request}
    match request.POST.get("do"):
        case "give":
            if not form.is_valid():
                return False
            _tell(request, give_role(user, **acting, **form.given()), _("The role is given."))
        case "take":
            if (membership_id := as_uuid(request.POST.get("membership", ""))) is not None:
                take_role(user, membership_id, **acting)
                messages.success(request, _("The role is removed."))
        case "off" | "on" as asked:
            _tell(
                request,
                switch(user, on=asked == "on", **acting),
                _("The account is switched on.")
                if asked == "on"
                else _("The account is switched off and its sessions have ended."),
            )
        case "clear":
            _tell(
                request,
                clear_factors(user, **acting),
                _("The second factors are cleared; at the next sign-in a new one is set up."),
            )
        case _other:
            return False
    return True


def _tell(request: StaffRequest, done: bool, message: str) -> None:
    if done:
        messages.success(request, message)
    else:
        _tell_asked(request)


def _tell_asked(request: StaffRequest) -> None:
    messages.info(
        request,
        _(
            "Nothing is changed yet: another administrator must approve it within three days, under People, Requests."
        ),
    )


def _asked_for(request: StaffRequest) -> dict[str, str]:
    """Return the place that the page one comes from named: ``?agency=`` or ``?platform=``, as the form knows them."""
    initial = {}
    if (agency := as_uuid(request.GET.get("agency", ""))) is not None:
        initial["agency"] = str(agency)
    if platform := request.GET.get("platform", ""):
        initial |= {"platform": platform, "role": Role.MANAGER}
    return initial


def _require(request: StaffRequest) -> None:
    if not may_administer(request.actor):
        raise PermissionDenied(_("People and roles are for administrators."))
