"""People and what they may do: roles given and taken, accounts switched off and on, second factors cleared."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import OF_PLATFORMS, Role, fits
from takedowns.accounts import second
from takedowns.accounts.models import AccountEvent, AccountRequest
from takedowns.accounts.record import keep
from takedowns.accounts.second import WHAT, PeopleError
from takedowns.directory.changes import may_administer, may_manage
from takedowns.directory.models import Agency, Membership, Platform, User
from takedowns.pages.versions import Changed


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    user: User
    memberships: list[Membership]
    has_factor: bool

    @property
    def roles(self) -> dict[str, list[str]]:
        """The roles alone, by label."""
        held = [f"{one.get_role_display()}, {one.agency or one.platform}" for one in self.memberships]
        return {_("Roles"): held}

    @property
    def facts(self) -> dict[str, list[str]]:
        """What may be done depends on, by label: roles, the account, the second factor."""
        return self.roles | {
            _("Account"): [_("may sign in") if self.user.is_active else _("switched off")],
            _("Second factor"): [_("set up") if self.has_factor else _("none")],
        }


def people(actor: Actor, words: str = "") -> list[Person]:
    """Return everybody with an account, by name, or those whose name, address, agency, platform or role holds each word. Two statements.

    Raises:
        PeopleError: not for the actor.
    """
    _require(actor)
    found = _users()
    for word in words.split()[:10]:
        roles = [role for role, label in Role.choices if word.casefold() in str(label).casefold()]
        held = Membership.objects.filter(user=OuterRef("pk")).filter(
            Q(agency__name__icontains=word)
            | Q(agency__slug__icontains=word)
            | Q(platform__name__icontains=word)
            | Q(role__in=roles)
        )
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word) | Exists(held))
    return [_person(one) for one in found]


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
    approved: AccountRequest | None = None,
) -> bool:
    """Give a role; one that is held already stays.

    Args:
        approved: the request of another administrator that ``by`` approves.

    Returns:
        False where another administrator was asked, and must approve it first.

    Raises:
        PeopleError: not for the actor, role and place do not fit, or the other side's roles are held already.
    """
    _require(by)
    if not fits(role, agency=agency, platform=platform):
        raise PeopleError(_("Responders and managers belong to a platform, every other role to an agency."))
    with acting_as(SYSTEM):
        others = user.memberships.all()
        others = others.filter(agency__isnull=False) if platform else others.filter(platform__isnull=False)
        if others.exists():
            raise PeopleError(
                _(
                    "Nobody works for an agency and for a platform. Take the other role first, or make another account."
                )
            )
        if Membership.objects.filter(user=user, agency=agency, platform=platform, role=role).exists():
            return True
        if approved is None and second.is_needed(by):
            second.ask(
                WHAT.ROLE, person=user, role=role, agency=agency, platform=platform, by=by, request=request
            )
            return False
        _made, new = Membership.objects.get_or_create(user=user, agency=agency, platform=platform, role=role)
        if new:
            place = str(agency or platform)
            _keep(AccountEvent.Kind.ROLE_GIVEN, user, by, request, role=str(role), place=place)
    return True


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
    place = str(held.agency or held.platform)
    with acting_as(SYSTEM):
        held.delete()
        _keep(AccountEvent.Kind.ROLE_TAKEN, user, by, request, role=held.role, place=place)


def people_of(platform: Platform, actor: Actor) -> list[Person]:
    """Return who answers for a platform, by name, with their roles at it. Two statements.

    Raises:
        PeopleError: neither one of them nor administrator.
    """
    if platform.pk not in actor.platforms and not may_manage(actor, platform.pk):
        raise PeopleError(_("Who answers for a platform is shown to its people, and to administrators."))
    those = _users(platform).filter(pk__in=platform.memberships.values("user_id"))
    return [_person(one) for one in those]


def last_change_at(platform: Platform, user: User) -> Changed | None:
    """Return when a role of one of a platform's people was last changed there, and by whom. One statement.

    The caller has checked that whoever asks says who answers for the platform.
    """
    roles = (AccountEvent.Kind.ROLE_GIVEN, AccountEvent.Kind.ROLE_TAKEN)
    with acting_as(SYSTEM):
        found = AccountEvent.objects.filter(email=user.email, kind__in=roles, details__place=str(platform))
        last = found.select_related("by").first()
    return Changed(last.at, last.by) if last else None


def change_role_at(
    platform: Platform, user_id: UUID, role: str, *, by: Actor, request: HttpRequest | None = None
) -> None:
    """Make one of a platform's people responder or manager, or (``role`` empty) none of its people any more.

    Whoever has no role left is signed out everywhere. What is so already stays. A platform's own managers need no second one: what they
    give opens what was referred to their platform, and no more.

    Raises:
        PeopleError: neither manager of it nor administrator, oneself, no role of a platform, nobody of its people, or an administrator
            who needs a second one.
    """
    _require_manager(by, platform)
    if role and platform.pk not in by.manages and second.is_needed(by):
        raise PeopleError(
            _("Another administrator must approve this: give the role on the page of the person.")
        )
    if user_id == by.user_id:
        raise PeopleError(_("This is your own account; another manager or an administrator can change it."))
    if role and role not in OF_PLATFORMS:
        raise PeopleError(_("At a platform one is responder or manager."))
    with acting_as(SYSTEM):
        user = User.objects.select_for_update().filter(pk=user_id).first()
        held = list(Membership.objects.filter(user=user, platform=platform)) if user else []
        if user is None or not held:
            raise PeopleError(_("This person does not answer for the platform any more."))
        if role and role not in {one.role for one in held}:
            Membership.objects.create(user=user, platform=platform, role=role)
            _keep(AccountEvent.Kind.ROLE_GIVEN, user, by, request, role=role, place=str(platform))
        for one in held:
            if one.role != role:
                one.delete()
                _keep(AccountEvent.Kind.ROLE_TAKEN, user, by, request, role=one.role, place=str(platform))
        if not user.memberships.exists():
            end_sessions(user)


def switch(
    user: User,
    *,
    on: bool,
    by: Actor,
    request: HttpRequest | None = None,
    approved: AccountRequest | None = None,
) -> bool:
    """Switch an account off, which also ends its sessions, or on again, with the roles that it has.

    Returns:
        False where another administrator was asked, and must approve it first: to switch it on. Off it goes at once.

    Raises:
        PeopleError: not for the actor, one's own account, or the last administrator's.
    """
    _require(by)
    if user.pk == by.user_id:
        raise PeopleError(_("This is your own account; another administrator can switch it off."))
    if on and user.is_pseudonym:
        raise PeopleError(
            _(
                "This person left and has a pseudonym. Who comes back is invited anew, with an account of their own."
            )
        )
    administers = user.memberships.filter(role=Role.ADMINISTRATOR).exists()
    if not on and administers:
        _require_another(user)
    if user.is_active != on:
        if on and approved is None and second.is_needed(by):
            with acting_as(SYSTEM):
                second.ask(WHAT.SWITCH_ON, person=user, by=by, request=request)
            return False
        user.is_active = on
        user.save(update_fields=["is_active"])
        details = {"role": str(Role.ADMINISTRATOR)} if administers else {}
        kind = AccountEvent.Kind.SWITCHED_ON if on else AccountEvent.Kind.SWITCHED_OFF
        _keep(kind, user, by, request, **details)
    if not on:
        end_sessions(user)
    return True


def clear_factors(
    user: User, *, by: Actor, request: HttpRequest | None = None, approved: AccountRequest | None = None
) -> bool:
    """Clear the second factors of somebody who lost them; at the next sign-in they set one up anew.

    Returns:
        False where another administrator was asked, and must approve it first.

    Raises:
        PeopleError: not for the actor, or one's own: with a stolen session that would be the way in.
    """
    _require(by)
    if user.pk == by.user_id:
        raise PeopleError(_("These are your own; another administrator can clear them."))
    if approved is None and second.is_needed(by):
        with acting_as(SYSTEM):
            second.ask(WHAT.FACTORS, person=user, by=by, request=request)
        return False
    gone, _per_model = Authenticator.objects.filter(user=user).delete()
    if gone:
        _keep(AccountEvent.Kind.FACTORS_CLEARED, user, by, request)
    end_sessions(user)
    return True


def password_link(
    user: User, *, by: Actor, request: HttpRequest | None = None, approved: AccountRequest | None = None
) -> str:
    """Make a link with which somebody who forgot their password chooses a new one; second factors stay.

    Returns:
        The path, to hand over. It works once, for ``PASSWORD_RESET_TIMEOUT`` (three days), and until the next sign-in. Empty where another
        administrator was asked, who is given it on approving.

    Raises:
        PeopleError: not for the actor, one's own account, or one that is switched off.
    """
    _require(by)
    if user.pk == by.user_id:
        raise PeopleError(_("This is your own account; change your password on its page."))
    if not user.is_active:
        raise PeopleError(_("The account is switched off. Switch it on first."))
    if approved is None and second.is_needed(by):
        with acting_as(SYSTEM):
            second.ask(WHAT.PASSWORD, person=user, by=by, request=request)
        return ""
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


def _users(platform: Platform | None = None) -> QuerySet[User]:
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    held = Membership.objects.select_related("agency", "platform").order_by("role")
    if platform is not None:
        held = held.filter(platform=platform)
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


def _require_manager(actor: Actor, platform: Platform) -> None:
    if not may_manage(actor, platform.pk):
        raise PeopleError(_("Who answers for a platform is for its managers, and for administrators."))


def _require_another(user: User) -> None:
    others = Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True).exclude(user=user)
    if not others.exists():
        raise PeopleError(_("This is the last administrator. Make another one first."))


def _keep(kind: str, user: User, by: Actor, request: HttpRequest | None, **details: str) -> None:
    with acting_as(SYSTEM):
        actor = User.objects.filter(pk=by.user_id).first() if by.user_id else None
    keep(kind, user.email, by=actor, request=request, **details)
