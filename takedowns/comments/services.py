"""Comments on a referral: who may write one, whom it may mention, and what becomes of a mention.

Whoever attaches evidence to a referral comments on it, too, and for the same agency (``attaches_for``). Who sees a comment stands in
``models.py`` and ``sql/``: whoever sees its referral as somebody of an agency, and no platform. Whoever writes one is named in it to all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.comments.mentions import Colleague, mentioned_in, named
from takedowns.comments.models import LONGEST, Comment, Mention
from takedowns.directory.models import Membership, User
from takedowns.evidence.services import attaches_for
from takedowns.referrals.models import Referral


class CommentError(ValueError):
    """Nothing was kept; the message says why and what to do.

    Attributes:
        choices: by what was typed, whom it may mean.
    """

    def __init__(self, message: str, choices: dict[str, list[Colleague]] | None = None) -> None:
        super().__init__(message)
        self.choices = choices or {}


class NotYoursError(PermissionError):
    """Commenting is for those who work on the referral for an agency."""


def colleagues(referral: Referral, actor: Actor) -> list[Colleague]:
    """Return whom the actor may mention, by name: people of their own agencies, coordinators, and who has commented there.

    Of agencies that work in the referral's operation only, so that each of them sees it. One statement, as the system:
    nobody reads others' roles. The caller has checked that the actor sees the referral.
    """
    own = Q(agency__in=list(actor.agencies)) | Q(role=Role.COORDINATOR)
    works = Q(agency__operations=referral.operation_id) | Q(agency=referral.agency_id)
    held = Membership.objects.filter(own, works, user=OuterRef("pk"))
    spoke = Comment.objects.filter(referral=referral, by=OuterRef("pk"))
    still = Membership.objects.filter(works, user=OuterRef("pk"))
    with acting_as(SYSTEM):
        found = User.objects.filter(Exists(held) | Exists(spoke) & Exists(still), is_active=True)
        rows = (
            found.exclude(pk__in=[actor.user_id]).order_by("name", "email").values_list("pk", "name", "email")
        )
        return [Colleague(pk, name or email, email) for pk, name, email in rows]


def comment(
    referral: Referral, *, text: str, by: Actor, also: str = "", chosen: Collection[UUID] = ()
) -> tuple[Comment, list[Colleague]]:
    """Keep a comment, and whom it mentions; what mentioned the author there before counts as read. Six statements at most.

    Args:
        referral: found among what is visible to the actor.
        also: a name chosen from the list, who is mentioned beside those in the text.
        chosen: whom the author meant where a name was not clear.

    Raises:
        NotYoursError: not for them to comment.
        CommentError: no text, too long, or a name that means nobody or several.
    """
    agency_id = attaches_for(by, referral)
    if agency_id is None or by.user_id is None:
        raise NotYoursError
    text = text.strip()
    if not text:
        raise CommentError(_("Write what you want to say."))
    if len(text) > LONGEST:
        raise CommentError(
            _("This is longer than %(most)d characters. Shorten it, or attach it as a file.")
            % {"most": LONGEST}
        )
    people = _meant(text, also, chosen, colleagues(referral, by))
    now = timezone.now()
    with acting_as(SYSTEM):
        made = Comment(
            item_id=referral.item_id,
            referral=referral,
            text=text,
            by_id=by.user_id,
            agency_id=agency_id,
            at=now,
        )
        made.save(force_insert=True)
        Mention.objects.bulk_create(
            [Mention(comment=made, referral=referral, user_id=one.id, at=now) for one in people]
        )
    mark_read(referral, by)
    return made, people


def mark_read(referral: Referral, actor: Actor) -> int:
    """Note that the actor has read where a referral's comments mention them; return how many. One statement."""
    with acting_as(SYSTEM):
        mine = Mention.objects.filter(referral=referral, user=actor.user_id, read_at=None)
        return mine.update(read_at=timezone.now())


def note_mailed(user_id: UUID, at: datetime) -> None:
    """Note that a mail has told somebody of what mentions them. One statement; asks as the system."""
    with acting_as(SYSTEM):
        Mention.objects.filter(user=user_id, read_at=None, mailed_at=None).update(mailed_at=at)


def _meant(text: str, also: str, chosen: Collection[UUID], known: Sequence[Colleague]) -> list[Colleague]:
    found = mentioned_in(text, known)
    people = {one.id: one for one in found.people}
    unclear = dict(found.unclear)
    if also.strip():
        fits = named(also, known)
        if not fits:
            raise CommentError(
                _("“%(name)s” is nobody who may be mentioned here. Choose a name from the list.")
                % {"name": also.strip()}
            )
        if len(fits) == 1:
            people[fits[0].id] = fits[0]
        else:
            unclear[also.strip()] = fits
    picked = {one.id: one for one in known if one.id in chosen}
    still = {typed: fits for typed, fits in unclear.items() if not any(one.id in picked for one in fits)}
    if still:
        raise CommentError(
            _("More than one colleague fits %(names)s. Choose whom you mean.") % {"names": ", ".join(still)},
            still,
        )
    return list((people | picked).values())
