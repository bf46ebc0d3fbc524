"""Deciding on what another administrator asked for: approved, it is done at once, in the same transaction; refused, nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.accounts.invitations import InvitationError, give_links, revoke_those_of
from takedowns.accounts.models import AccountEvent, AccountRequest, Invitation
from takedowns.accounts.people import clear_factors, give_role, password_link, switch
from takedowns.accounts.second import WHAT, PeopleError, is_ones_own, note
from takedowns.directory.changes import may_administer
from takedowns.directory.models import Membership, User

Outcome = AccountRequest.Outcome


@dataclass(frozen=True, slots=True)
class Approved:
    """What came of an approval, to be handed over by whoever approved: it is shown this once.

    Attributes:
        link: path of the link for a new password; empty where it is none.
        invited: each invitation with the secret of its link.
    """

    request: AccountRequest
    link: str = ""
    invited: tuple[tuple[Invitation, str], ...] = ()


def approve(request_id: UUID, *, by: Actor, request: HttpRequest | None = None) -> Approved:
    """Do what another administrator asked for.

    Raises:
        PeopleError: not for the actor, one's own, decided or ended already, whoever asked administers no more, or it cannot be done any more.
    """
    with acting_as(SYSTEM):
        asked = _locked(request_id, by)
        if is_ones_own(asked, by.user_id):
            raise PeopleError(_("You asked for it yourself; another administrator must approve it."))
        if not asked.is_open:
            raise PeopleError(_("It has ended: requests are good for three days. Ask again."))
        if not _administers(asked.asked_by):
            raise PeopleError(_("Whoever asked for it is no administrator any more. Refuse it."))
        link, invited = _carry_out(asked, by, request)
        _decide(asked, Outcome.APPROVED, by=by, request=request)
        return Approved(asked, link, invited)


def refuse(request_id: UUID, *, by: Actor, request: HttpRequest | None = None) -> AccountRequest:
    """Refuse what another administrator asked for, or take one's own request back.

    Raises:
        PeopleError: not for the actor, or decided already.
    """
    with acting_as(SYSTEM):
        asked = _locked(request_id, by)
        if asked.kind == WHAT.INVITATION:
            revoke_those_of(asked)
        own = is_ones_own(asked, by.user_id)
        _decide(asked, Outcome.TAKEN_BACK if own else Outcome.REFUSED, by=by, request=request)
        return asked


def _locked(request_id: UUID, by: Actor) -> AccountRequest:
    """Return a request that waits, locked, so that it is decided once."""
    if not may_administer(by):
        raise PeopleError(_("People and roles are for administrators."))
    rows = AccountRequest.objects.select_for_update(of=("self",)).filter(pk=request_id, outcome=Outcome.WAITS)
    asked = rows.select_related("person", "agency", "platform", "asked_by").first()
    if asked is None:
        raise PeopleError(_("Somebody has decided on it already."))
    return asked


def _carry_out(
    asked: AccountRequest, by: Actor, request: HttpRequest | None
) -> tuple[str, tuple[tuple[Invitation, str], ...]]:
    """Do what was asked for; return the link for a password, and invitations with their secrets."""
    if asked.kind == WHAT.INVITATION:
        try:
            return "", tuple(give_links(asked, by=by, request=request))
        except InvitationError as error:
            raise PeopleError(str(error)) from error
    user = User.objects.select_for_update().get(pk=cast("UUID", asked.person_id))  # a constraint of the table
    match asked.kind:
        case WHAT.ROLE:
            give_role(
                user,
                asked.role,
                agency=asked.agency,
                platform=asked.platform,
                by=by,
                request=request,
                approved=asked,
            )
        case WHAT.SWITCH_ON:
            switch(user, on=True, by=by, request=request, approved=asked)
        case WHAT.FACTORS:
            clear_factors(user, by=by, request=request, approved=asked)
        case WHAT.PASSWORD:
            return password_link(user, by=by, request=request, approved=asked), ()
    return "", ()


def _decide(asked: AccountRequest, outcome: Outcome, *, by: Actor, request: HttpRequest | None) -> None:
    """Write down what became of a request, and keep it in the record of accounts."""
    asked.outcome, asked.decided_by_id, asked.decided_at = outcome, by.user_id, timezone.now()
    asked.save(update_fields=["outcome", "decided_by", "decided_at"])
    emails = (
        (asked.person.email,) if asked.person else tuple(asked.invitations.values_list("email", flat=True))
    )
    note(AccountEvent.Kind[f"REQUEST_{outcome.name}"], asked, emails, by=by, request=request)


def _administers(user: User) -> bool:
    held = Membership.objects.filter(user=user, role=Role.ADMINISTRATOR)
    return user.is_active and held.exists()
