"""Inviting people: an administrator, or a platform's manager, names somebody and a role; a link, once and for three days, makes
the account."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import fits
from takedowns.accounts import second
from takedowns.accounts.mail import mail_works
from takedowns.accounts.models import AccountEvent, AccountRequest, Invitation
from takedowns.accounts.record import keep, keep_all
from takedowns.directory.changes import may_administer, may_manage
from takedowns.directory.models import Agency, Membership, Platform, User

LASTS: Final = timedelta(days=3)
LATELY: Final = timedelta(days=30)
MOST_SHOWN: Final = 200


class InvitationError(ValueError):
    """Nothing was changed; ``str()`` says why and what to do.

    Attributes:
        field: the field it is about, or "".
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def invite(
    email: str,
    name: str,
    role: str,
    *,
    agency: Agency | None = None,
    platform: Platform | None = None,
    by: Actor,
    request: HttpRequest | None = None,
) -> tuple[Invitation, str]:
    """Invite somebody. An open invitation to the same address is revoked: the newest link is the one that works.

    Returns:
        The invitation and the secret of its link, which cannot be read again; no secret where another administrator must approve it first.

    Raises:
        InvitationError: not for the actor, no address, somebody has it already, or role and place do not fit.
    """
    _require(by, platform)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise InvitationError(_("This is no e-mail address."), "email") from None
    require_fit(role, agency, platform)
    with acting_as(SYSTEM):
        _require_free(email, platform, by)
        [made] = make([(email, name.strip())], role, agency=agency, platform=platform, by=by, request=request)
    return made


def require_fit(role: str, agency: Agency | None, platform: Platform | None) -> None:
    """Raise :class:`InvitationError` where role and place do not fit."""
    if not fits(role, agency=agency, platform=platform):
        raise InvitationError(
            _("Responders and managers belong to a platform, every other role to an agency."), "role"
        )


def make(
    guests: Sequence[tuple[str, str]],
    role: str,
    *,
    agency: Agency | None,
    platform: Platform | None,
    by: Actor,
    request: HttpRequest | None,
) -> list[tuple[Invitation, str]]:
    """Make invitations, as the system, in the transaction of the checks: the caller has made them. Eight statements at most.

    Open invitations to the same addresses are revoked. A platform's own managers need no second administrator: whom they invite sees what was
    referred to their platform, and no more.

    Args:
        guests: e-mail address, each once and in small letters, and name.

    Returns:
        Each invitation and the secret of its link, in the order of ``guests``; empty where another administrator must approve it first.
    """
    emails, now = [email for email, _name in guests], timezone.now()
    standing = Invitation.objects.filter(email__in=emails, accepted_at=None, revoked_at=None)
    standing.update(revoked_at=now)
    asked = None
    if not (platform is not None and platform.pk in by.manages) and second.is_needed(by):
        asked = second.ask(
            second.WHAT.INVITATION,
            emails=tuple(emails),
            role=role,
            agency=agency,
            platform=platform,
            by=by,
            request=request,
        )
    links = {email: secrets.token_urlsafe(32) for email in emails}
    Invitation.objects.bulk_create(
        [
            Invitation(
                email=email,
                name=name,
                role=role,
                agency=agency,
                platform=platform,
                secret_hash=_hash(links[email]),
                invited_by_id=by.user_id,
                made_at=now,
                expires_at=now + LASTS,
                request=asked,
            )
            for email, name in guests
        ]
    )
    if asked is None:
        _keep_invited(emails, role, agency or platform, by, request)
    by_email = {one.email: one for one in standing.select_related("agency", "platform", "request")}
    return [(by_email[email], "" if asked else links[email]) for email in emails]


def give_links(
    asked: AccountRequest, *, by: Actor, request: HttpRequest | None = None
) -> list[tuple[Invitation, str]]:
    """Give the invitations of a request their links, as the system, once another administrator has approved it. Three statements.

    Returns:
        Each invitation and the secret of its link, by address.

    Raises:
        InvitationError: they were revoked, or others took their place.
    """
    rows = Invitation.objects.select_for_update(of=("self",)).filter(
        request=asked, accepted_at=None, revoked_at=None
    )
    waiting = list(rows.select_related("agency", "platform", "request").order_by("email"))
    if not waiting:
        raise InvitationError(
            _("These invitations were revoked meanwhile, or newer ones took their place. Refuse the request.")
        )
    given, until = [], timezone.now() + LASTS
    for one in waiting:
        secret = secrets.token_urlsafe(32)
        one.secret_hash, one.expires_at = _hash(secret), until
        given.append((one, secret))
    Invitation.objects.bulk_update(waiting, ["secret_hash", "expires_at"])
    _keep_invited([one.email for one in waiting], asked.role, asked.agency or asked.platform, by, request)
    return given


def revoke_those_of(asked: AccountRequest) -> None:
    """Let what a refused request invited never have a link, as the system. One statement."""
    Invitation.objects.filter(request=asked, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )


def _keep_invited(
    emails: Sequence[str],
    role: str,
    place: Agency | Platform | None,
    by: Actor,
    request: HttpRequest | None,
) -> None:
    keep_all(
        AccountEvent.Kind.INVITED,
        emails,
        by_id=by.user_id,
        request=request,
        role=str(role),
        place=str(place),
    )


def _require_free(email: str, platform: Platform | None, by: Actor) -> None:
    """Raise :class:`InvitationError` where somebody has the address, or is invited where ``by`` may not revoke it."""
    if User.objects.filter(email=email).exists():
        raise InvitationError(
            _("Somebody with this address has an account already; give them the role there.")
            if may_administer(by)
            else _(
                "Somebody with this address has an account already; ask an administrator to give it the role."
            ),
            "email",
        )
    if not may_administer(by) and _open(email=email).exclude(platform=platform).exists():
        raise InvitationError(_("Somebody with this address is invited elsewhere already."), "email")


def mail_invitation(invitation: Invitation, link: str) -> bool:
    """Mail the link; return whether a mail server took it. Without one, or on its failure, the link is handed over by hand."""
    if not mail_works():
        return False
    subject = _("Your account at Takedowns")
    body = _(
        "%(who)s,\n\nyou are invited to Takedowns as %(role)s of %(place)s. Open this link within three days and choose a"
        " password:\n\n%(link)s\n\nIt works once. If you did not expect this, do nothing."
    ) % {
        "who": invitation.name or invitation.email,
        "role": invitation.get_role_display(),
        "place": invitation.agency or invitation.platform,
        "link": link,
    }
    try:
        return bool(send_mail(subject, body, None, [invitation.email]))
    except OSError:
        return False


def lately_invited() -> list[Invitation]:
    """Return who was invited within the last 30 days, the latest first, whatever became of it, without what was replaced by a newer one.

    Row-level security shows them to administrators. One statement.
    """
    newer = Invitation.objects.filter(email=OuterRef("email"), made_at__gt=OuterRef("made_at"))
    found = Invitation.objects.filter(made_at__gt=timezone.now() - LATELY).exclude(Exists(newer))
    return list(
        found.select_related("agency", "platform", "invited_by", "request").order_by("-made_at", "email")[
            :MOST_SHOWN
        ]
    )


def open_invitations_of(platform: Platform, by: Actor) -> list[Invitation]:
    """Return a platform's invitations that can still be accepted, the latest first.

    Raises:
        InvitationError: not for the actor.
    """
    _require(by, platform)
    with acting_as(SYSTEM):
        return list(_open(platform=platform).select_related("platform", "invited_by", "request"))


def revoke(invitation_id: UUID, *, by: Actor, request: HttpRequest | None = None) -> None:
    """Let a link stop working. One that does not work any more stays as it is.

    Raises:
        InvitationError: not for the actor.
    """
    with acting_as(SYSTEM):
        waiting = Invitation.objects.select_related("platform").filter(accepted_at=None, revoked_at=None)
        found = waiting.filter(pk=invitation_id).first()
        _require(by, found.platform if found else None)
        if found is not None:
            found.revoked_at = timezone.now()
            found.save(update_fields=["revoked_at"])
            keep(AccountEvent.Kind.INVITATION_REVOKED, found.email, by=_person(by), request=request)


def invitation_of(secret: str) -> Invitation | None:
    """Return the invitation of a link if it can be accepted. One statement."""
    with acting_as(SYSTEM):
        return _with_links(secret_hash=_hash(secret)).select_related("agency", "platform").first()


def accept(secret: str, name: str, password: str, *, request: HttpRequest | None = None) -> User:
    """Make the account of an invitation, with its role.

    Raises:
        InvitationError: the link does not work (any more), no name, or a password that is too weak.
    """
    with acting_as(SYSTEM):
        invitation = _with_links(secret_hash=_hash(secret)).select_for_update(of=("self",)).first()
        if invitation is None or User.objects.filter(email=invitation.email).exists():
            raise InvitationError(_("This invitation was used, revoked or has ended. Ask for a new one."))
        if not name.strip():
            raise InvitationError(_("Enter your name; colleagues see it beside what you do."), "name")
        user = User(email=invitation.email, name=name.strip())
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise InvitationError(" ".join(error.messages), "password") from None
        user.set_password(password)
        user.save()
        Membership.objects.create(
            user=user, agency=invitation.agency, platform=invitation.platform, role=invitation.role
        )
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        keep(AccountEvent.Kind.INVITATION_ACCEPTED, user.email, by=user, request=request)
    return user


def _open(**those: Any) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        accepted_at=None, revoked_at=None, expires_at__gt=timezone.now(), **those
    )


def _with_links(**those: Any) -> QuerySet[Invitation]:
    """Return those that can be accepted: no request of theirs waits for another administrator, or was refused."""
    approved = Q(request=None) | Q(request__outcome=AccountRequest.Outcome.APPROVED)
    return _open(**those).filter(approved)


def _require(by: Actor, platform: Platform | None) -> None:
    if not (may_administer(by) or (platform is not None and may_manage(by, platform.pk))):
        raise InvitationError(_("Inviting people is for administrators, and for the managers of a platform."))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _person(by: Actor) -> User | None:
    return User.objects.filter(pk=by.user_id).first() if by.user_id else None
