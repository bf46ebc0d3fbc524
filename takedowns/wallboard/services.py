"""Links for screens on the wall: the sums of one operation, without anybody's session, until they end or are revoked.

A link carries the id of its row, signed with the installation's secret key: nobody can make one, and the row says
whether it still holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.referrals.models import Operation, OperationChange
from takedowns.referrals.operations import OperationError, keep_change, may_run
from takedowns.wallboard.models import WallLink

LONGEST: Final = timedelta(days=14)
_SIGNER: Final = Signer(salt="takedowns.wall", sep=".")


class WallEnded(Exception):  # noqa: N818 - what is the case, not an error of the program
    """A link shows nothing: unknown, past its end or revoked. Which of them is nobody's business."""


def make_link(operation: Operation, *, name: str, expires_at: datetime, by: Actor) -> WallLink:
    """Make a link for one screen.

    Args:
        name: which screen, so that people know it again.
        expires_at: at most two weeks from now.

    Raises:
        OperationError: not for the actor, or an end that has passed or is too far.
    """
    now = timezone.now()
    if not may_run(by, operation):
        raise OperationError(_("This is for the coordinators of the operation and for administrators."))
    if not now < expires_at <= now + LONGEST:
        raise OperationError(
            _("A link ends at the latest two weeks from now, and not in the past."), "expires_at"
        )
    with acting_as(SYSTEM):
        link = WallLink.objects.create(
            operation=operation, name=name.strip(), made_by_id=by.user_id, made_at=now, expires_at=expires_at
        )
        link.refresh_from_db(fields=["id"])
        keep_change(operation, OperationChange.Kind.WALL_LINK_MADE, by, {"screen": link.name})
    return link


def revoke_link(operation: Operation, link_id: UUID, *, by: Actor) -> None:
    """End a link now; the screen says so at its next look. Revoking it twice changes nothing.

    Raises:
        OperationError: not for the actor, or the operation has no such link.
    """
    if not may_run(by, operation):
        raise OperationError(_("This is for the coordinators of the operation and for administrators."))
    with acting_as(SYSTEM):
        link = (
            WallLink.objects.select_for_update(of=("self",)).filter(pk=link_id, operation=operation).first()
        )
        if link is None:
            raise OperationError(_("This operation has no such link."))
        if link.revoked_at is None:
            link.revoked_at, link.revoked_by_id = timezone.now(), by.user_id
            link.save(update_fields=["revoked_at", "revoked_by"])
            keep_change(operation, OperationChange.Kind.WALL_LINK_REVOKED, by, {"screen": link.name})


def standing_links(operation: Operation) -> list[WallLink]:
    """Return the links of an operation that hold now, as far as the asking person may see them. One statement."""
    links = WallLink.objects.filter(operation=operation, revoked_at=None, expires_at__gt=timezone.now())
    return list(links.select_related("made_by"))


def token_of(link: WallLink) -> str:
    """Return what stands in the address of a link."""
    return _SIGNER.sign(link.pk.hex)


def link_on_the_wall(token: str) -> WallLink:
    """Return a link that holds, with the operation that it shows. One statement; the caller asks as the system.

    Raises:
        WallEnded: the link does not hold, or never did.
    """
    try:
        link_id = UUID(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        raise WallEnded from None
    held = WallLink.objects.filter(pk=link_id, revoked_at=None, expires_at__gt=timezone.now())
    link = held.select_related("operation").first()
    if link is None:
        raise WallEnded
    return link
