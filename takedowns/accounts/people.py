"""People and what they may do: roles given and taken, accounts switched off and on, second factors cleared."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.accounts.models import AccountEvent
from takedowns.accounts.record import keep
from takedowns.directory.changes import may_administer
from takedowns.directory.models import Agency, Membership, Platform, User


class PeopleError(ValueError):
    """Nothing was changed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    user: User
    memberships: list[Membership]
    has_factor: bool


def people(actor: Actor) -> list[Person]:
    """Return everybody with an account, by name. Two statements.

    Raises:
        PeopleError: not for the actor.
    """
    _require(actor)
    return [_person(one) for one in _users()]


def person(user_id: UUID, actor: Actor) -> Person | None:
    """Return one of them. Two statements.

    Raises:
        PeopleError: not for the actor.
    """
    _require(actor)
    found = _users().filter(pk=user_id).first()
    return _person(found) if found else None


def give_role(
    user: User,
    role: str,
    *,
    agency: Agency | None = None,
    platform: Platform | None = None,
    by: Actor,
    request: HttpRequest | None = None,
) -> None:
    """Give a role; one that is held already stays.

    Raises:
        PeopleError: not for the actor, or role and place do not fit.
    """
    _require(by)
    if (role == Role.PLATFORM) != (platform is not None) or (platform is None) == (agency is None):
        raise PeopleError(_("A platform contact belongs to a platform, every other role to an agency."))
    _made, new = Membership.objects.get_or_create(user=user, agency=agency, platform=platform, role=role)
    if new:
        _keep(AccountEvent.Kind.ROLE_GIVEN, user, by, request, role=str(role), place=str(agency or platform))


def take_role(user: User, membership_id: UUID, *, by: Actor, request: HttpRequest | None = None) -> None:
    """Take a role; one that is not held any more is taken already.

    Raises:
        PeopleError: not for the actor, or it would leave nobody who administers.
    """
    _require(by)
    held = Membership.objects.filter(user=user, pk=membership_id).select_related("agency", "platform").first()
    if held is None:
        return
    if held.role == Role.ADMINISTRATOR:
        _require_another(user)
    held.delete()
    _keep(
        AccountEvent.Kind.ROLE_TAKEN,
        user,
        by,
        request,
        role=held.role,
        place=str(held.agency or held.platform),
    )


def switch(user: User, *, on: bool, by: Actor, request: HttpRequest | None = None) -> None:
    """Switch an account off, which also ends its sessions, or on again.

    Raises:
        PeopleError: not for the actor, one's own account, or the last administrator's.
    """
    _require(by)
    if user.pk == by.user_id:
        raise PeopleError(_("This is your own account; another administrator can switch it off."))
    if not on and user.memberships.filter(role=Role.ADMINISTRATOR).exists():
        _require_another(user)
    if user.is_active != on:
        user.is_active = on
        user.save(update_fields=["is_active"])
        _keep(AccountEvent.Kind.SWITCHED_ON if on else AccountEvent.Kind.SWITCHED_OFF, user, by, request)
    if not on:
        end_sessions(user)


def clear_factors(user: User, *, by: Actor, request: HttpRequest | None = None) -> None:
    """Clear the second factors of somebody who lost them; at the next sign-in they set one up anew.

    Raises:
        PeopleError: not for the actor, or one's own: with a stolen session that would be the way in.
    """
    _require(by)
    if user.pk == by.user_id:
        raise PeopleError(_("These are your own; another administrator can clear them."))
    gone, _per_model = Authenticator.objects.filter(user=user).delete()
    if gone:
        _keep(AccountEvent.Kind.FACTORS_CLEARED, user, by, request)
    end_sessions(user)


def password_link(user: User, *, by: Actor, request: HttpRequest | None = None) -> str:
    """Make a link with which somebody who forgot their password chooses a new one; second factors stay.

    Returns:
        The path, to hand over. It works once, for ``PASSWORD_RESET_TIMEOUT`` (three days), and until the next sign-in.

    Raises:
        PeopleError: not for the actor, one's own account, or one that is switched off.
    """
    _require(by)
    if user.pk == by.user_id:
        raise PeopleError(_("This is your own account; change your password on its page."))
    if not user.is_active:
        raise PeopleError(_("The account is switched off. Switch it on first."))
    _keep(AccountEvent.Kind.PASSWORD_LINK, user, by, request)
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )


def end_sessions(user: User) -> None:
    """End all sessions of a person. Sessions are few, and no index knows whose they are."""
    for session in Session.objects.all().iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


def _users() -> QuerySet[User]:
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    held = Membership.objects.select_related("agency", "platform").order_by("role")
    return (
        User.objects.annotate(has_factor=Exists(factors))
        .prefetch_related(Prefetch("memberships", held))
        .order_by("name", "email")
    )


def _person(user: User) -> Person:
    return Person(user, list(user.memberships.all()), user.has_factor)  # type: ignore[attr-defined]


def _require(actor: Actor) -> None:
    if not may_administer(actor):
        raise PeopleError(_("People and roles are for administrators."))


def _require_another(user: User) -> None:
    others = Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True).exclude(user=user)
    if not others.exists():
        raise PeopleError(_("This is the last administrator. Make another one first."))


def _keep(kind: str, user: User, by: Actor, request: HttpRequest | None, **details: str) -> None:
    with acting_as(SYSTEM):
        actor = User.objects.filter(pk=by.user_id).first() if by.user_id else None
    keep(kind, user.email, by=actor, request=request, **details)
