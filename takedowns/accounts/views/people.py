"""People: who has an account and what they may do, invitations, the record of accounts. For administrators."""

from __future__ import annotations

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
    PeopleError,
    Person,
    clear_factors,
    give_role,
    password_link,
    people,
    person,
    switch,
    take_role,
)
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
        "links": [(one, link) for one, link, is_mailed in made if not is_mailed],
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
                link = request.build_absolute_uri(
                    password_link(found.user, by=request.actor, request=request)
                )
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
    match request.POST.get("do"):
        case "give":
            if not form.is_valid():
                return False
            give_role(user, by=request.actor, request=request, **form.given())
            messages.success(request, _("The role is given."))
        case "take":
            if (membership_id := as_uuid(request.POST.get("membership", ""))) is not None:
                take_role(user, membership_id, by=request.actor, request=request)
                messages.success(request, _("The role is taken."))
        case "off" | "on" as asked:
            switch(user, on=asked == "on", by=request.actor, request=request)
            messages.success(
                request,
                _("The account is switched on.")
                if asked == "on"
                else _("The account is switched off and its sessions have ended."),
            )
        case "clear":
            clear_factors(user, by=request.actor, request=request)
            messages.success(
                request, _("The second factors are cleared; at the next sign-in a new one is set up.")
            )
        case _other:
            return False
    return True


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
