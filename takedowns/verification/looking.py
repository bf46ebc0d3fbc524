"""Marking what somebody saw, for one item or many: who may, and what of it another saw meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as, asked_by
from takedowns.access.roles import Role
from takedowns.evidence.models import Evidence
from takedowns.referrals.availability import Look
from takedowns.referrals.locks import lock_items_of
from takedowns.referrals.models import Operation
from takedowns.referrals.moments import Misdated, misdated, moment_told
from takedowns.referrals.permissions import agencies_with_a_role
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.recording import record_checks

#: Who may say what they saw: people of an agency that takes part.
MAY_LOOK: Final = frozenset({Role.OFFICER, Role.REVIEWER, Role.COORDINATOR})
LONGEST_NOTE: Final = 500


class NotYoursError(PermissionError):
    """Looking is for officers, reviewers and coordinators of an agency that takes part in the operation."""


@dataclass(frozen=True, slots=True)
class NotMarked:
    """Why a look was not kept.

    Attributes:
        code: ``not_found``; ``seen_meanwhile``: somebody else looked after the page was shown; ``misdated``: nobody looks at what
            is still to come, or before it was handed in; ``no_evidence``: the screenshot is none that stands with the referral.
        seen, at: what they saw, and when.
    """

    referral_id: UUID
    code: str
    message: str
    seen: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of a set of looks."""

    recorded: list[UUID]
    refused: list[NotMarked]


def looks_for(actor: Actor, operation: Operation) -> UUID | None:
    """Return the agency for which the actor looks in this operation; None where they do not. One statement."""
    own = agencies_with_a_role(actor, MAY_LOOK)
    if not own:
        return None
    with asked_by(actor):
        found: UUID | None = (
            operation.agencies.filter(pk__in=own).order_by("pk").values_list("pk", flat=True).first()
        )
    return found


def mark(
    referral_ids: Sequence[UUID],
    seen: Availability,
    operation: Operation,
    *,
    by: Actor,
    note: str = "",
    shown_at: datetime | None = None,
    at: datetime | None = None,
    evidence_id: UUID | None = None,
) -> Marked:
    """Record that ``by`` looked at these referrals' items and saw ``seen``. A fixed number of statements.

    Args:
        note: what else was seen, for colleagues; never told to the platform.
        shown_at: when the list was shown. What somebody else looked at since is left as they saw it, and said: of two
            who mark the same item at once, the second is told what the first saw.
        at: when they looked; now, unless told, and judged where it is told.
        evidence_id: the screenshot of what they saw (``evidence.services.attach``), which stands with the referral.

    Raises:
        NotYoursError: not for them to say.
    """
    agency_id = looks_for(by, operation)
    if agency_id is None:
        raise NotYoursError
    attached_to = None if evidence_id is None else _attached_to(evidence_id, by)
    now = timezone.now()
    wanted = list(dict.fromkeys(referral_ids))
    with acting_as(SYSTEM):
        items = _locked(wanted, operation)
        refused = [
            verdict
            for one in wanted
            if (verdict := _refusal(one, items.get(one), shown_at, at)) is not None
            or (evidence_id is not None and (verdict := _not_with(one, attached_to)) is not None)
        ]
        left_out = {one.referral_id for one in refused}
        recorded = [one for one in wanted if one not in left_out]
        looks = [
            Look(items[one].item_id, seen, moment_told(at or now, since=items[one].since, now=now))
            for one in recorded
        ]
        record_checks(
            looks, by=by, agency_id=agency_id, note=note.strip()[:LONGEST_NOTE], evidence_id=evidence_id
        )
    return Marked(recorded, refused)


def would_change(referral_ids: Sequence[UUID], operation: Operation) -> Counter[str]:
    """Return how many of the items were last seen how: what a mark on all of them would change. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT item.availability, count(DISTINCT item.id)
            FROM referrals_referral AS referral JOIN referrals_item AS item ON item.id = referral.item_id
            WHERE referral.id = ANY(%s) AND referral.operation_id = %s GROUP BY 1
            """,
            [list(referral_ids), operation.pk],
        )
        return Counter(dict(cursor.fetchall()))


class _Found(NamedTuple):
    """A referral's item, how and when it was last seen, and since when it was handed in."""

    item_id: UUID
    seen: str
    checked_at: datetime | None
    since: datetime


def _locked(referral_ids: list[UUID], operation: Operation) -> dict[UUID, _Found]:
    """Lock the items in the order every other writer does; return what is known of them by referral."""
    lock_items_of(referral_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT referral.id, item.id, item.availability, item.checked_at, referral.submitted_at
            FROM referrals_referral AS referral JOIN referrals_item AS item ON item.id = referral.item_id
            WHERE referral.id = ANY(%s) AND referral.operation_id = %s
            """,
            [referral_ids, operation.pk],
        )
        return {row[0]: _Found(*row[1:]) for row in cursor.fetchall()}


def _attached_to(evidence_id: UUID, by: Actor) -> UUID | None:
    """Return the referral with which a piece stands that the actor sees and that nobody took back."""
    with asked_by(by):
        standing = Evidence.objects.visible_to(by).filter(pk=evidence_id, withdrawal=None)
        found: UUID | None = standing.values_list("referral_id", flat=True).first()
    return found


def _not_with(referral_id: UUID, attached_to: UUID | None) -> NotMarked | None:
    if referral_id == attached_to:
        return None
    said = _("Your agency attached no such evidence to this referral, or took it back.")
    return NotMarked(referral_id, "no_evidence", said)


def _refusal(
    referral_id: UUID, found: _Found | None, shown_at: datetime | None, at: datetime | None
) -> NotMarked | None:
    if found is None:
        return NotMarked(referral_id, "not_found", _("There is no such referral in this operation."))
    if at is not None and (wrong := misdated(at, since=found.since)) is not None:
        said = (
            _("This moment is still to come.")
            if wrong is Misdated.AHEAD
            else _("It was not submitted yet at this moment.")
        )
        return NotMarked(referral_id, "misdated", said)
    if shown_at is not None and found.checked_at is not None and found.checked_at > shown_at:
        return NotMarked(
            referral_id,
            "seen_meanwhile",
            _("Somebody looked after this page was shown: %(seen)s. It stays as they saw it.")
            % {"seen": Availability(found.seen).label.lower()},
            found.seen,
            found.checked_at,
        )
    return None
