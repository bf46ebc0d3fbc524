"""Withdrawing all that a submission handed in: its referrals as far as each allows, what it joined, and what still waits.

Before review nothing stands in the way, and it is done at once. Afterwards it is looked at first: a platform may have the
referrals already, or have answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import User
from takedowns.intake.models import Submission, SubmissionRow
from takedowns.intake.receive import IntakeError, acting_for, check_may_hand_in
from takedowns.referrals import co_referrals
from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import Move, Refused, apply, rehearse
from takedowns.referrals.vocabulary import Status

LONGEST_REASON: Final = 500


@dataclass(frozen=True)
class Withdrawal:
    """What withdrawing a submission would do, or did.

    Attributes:
        withdrawn: referrals that end, by the status they are in.
        staying: referrals that stay as they are, by status: answered, rejected or withdrawn before.
        waiting: rows on hosts that nobody knows, which then wait for nothing any more.
        passed_on: how many go on as another agency's that asks for them too; known once it is done.
    """

    withdrawn: Counter[Status]
    staying: Counter[Status]
    waiting: int = 0
    passed_on: int = 0

    @property
    def number(self) -> int:
        """How many referrals end."""
        return self.withdrawn.total()

    @property
    def is_before_review(self) -> bool:
        """Whether nobody has decided on any of them."""
        return not self.staying and not self.withdrawn.keys() - {Status.SUBMITTED}


def look(submission: Submission, *, by: Actor) -> Withdrawal:
    """Say what withdrawing a submission would do now. A fixed number of statements; nothing is written."""
    with acting_as(SYSTEM):
        statuses = _statuses(submission)
        waiting = SubmissionRow.objects.waiting().filter(submission=submission).count()
    outcome = rehearse(_moves(statuses, "-"), by=by)
    return _told(statuses, outcome.moved, outcome.refused, waiting)


def withdraw(
    submission_id: UUID, user: User | None, *, reason: str, expected: int, by: Actor | None = None
) -> Withdrawal:
    """Withdraw what a submission handed in, once; the reason stands with each referral. A fixed number of statements.

    Args:
        expected: how many referrals were to end when it was looked at.
        by: who withdraws, where that is not the user with all their roles: a program of the agency does it for them.

    Raises:
        IntakeError: ``not_your_role`` and so on; ``missing_reason``; ``not_loaded``: it is still being read, or was never handed
            in; ``withdrawn`` before; ``moved_on``: other referrals would end now than when it was looked at.
        Submission.DoesNotExist: there is none.
    """
    by = acting_for(user, by)
    with acting_as(SYSTEM), transaction.atomic():
        submission = (
            Submission.objects.select_for_update(of=("self",))
            .select_related("operation", "agency")
            .get(pk=submission_id)
        )
        check_may_hand_in(submission.operation, submission.agency, by, even_closed=True)
        _require(submission, reason)
        now = timezone.now()
        statuses = _statuses(submission)
        waiting = SubmissionRow.objects.waiting().filter(submission=submission).count()
        done = apply(_moves(statuses, reason.strip()), by=by, at=now)
        if len(done.moved) != expected:
            raise IntakeError(
                "moved_on",
                gettext(
                    "Meanwhile something changed. Nothing was withdrawn; look at what would be withdrawn now."
                ),
            )
        co_referrals.leave(submission.pk, _items(submission), now)
        submission.withdrawn_at, submission.withdrawn_by = now, user
        submission.withdrawal_reason, submission.withdrawn = reason.strip(), len(done.moved)
        submission.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason", "withdrawn"])
    told = _told(statuses, done.moved, done.refused, waiting)
    return Withdrawal(told.withdrawn, told.staying, told.waiting, done.passed_on)


def may_withdraw(submission: Submission, actor: Actor) -> bool:
    """Tell whether the actor may withdraw a submission, as far as roles go. No statement."""
    return any(actor.has_role(role, submission.agency_id) for role in TRANSITIONS["withdraw"].roles)


def _require(submission: Submission, reason: str) -> None:
    if not submission.can_be_withdrawn:
        if submission.withdrawn_at is not None:
            raise IntakeError("withdrawn", gettext("It was withdrawn before."))
        raise IntakeError("not_loaded", gettext("It is not in yet; wait until all its rows are read."))
    if not reason.strip():
        raise IntakeError("missing_reason", gettext("Say why the agency no longer asks."))
    if len(reason.strip()) > LONGEST_REASON:
        raise IntakeError(
            "too_long",
            gettext("The reason has more than %(most)d characters; shorten it.") % {"most": LONGEST_REASON},
        )


def _statuses(submission: Submission) -> dict[UUID, Status]:
    """Return the referrals that a submission made, with their statuses. One statement."""
    # By its items, of which there is an index; what went on to its agency after another withdrew is among them.
    made = Referral.objects.filter(
        item_id__in=_items(submission), submission_id=submission.pk, agency_id=submission.agency_id
    )
    return {pk: Status(status) for pk, status in made.values_list("pk", "status")}


def _items(submission: Submission) -> QuerySet[SubmissionRow, UUID | None]:
    return SubmissionRow.objects.filter(submission=submission, item_id__isnull=False).values_list(
        "item_id", flat=True
    )


def _moves(statuses: dict[UUID, Status], reason: str) -> list[Move]:
    return [Move(one, "withdraw", {"reason": reason}) for one in statuses]


def _told(
    statuses: dict[UUID, Status], moved: Sequence[UUID], refused: Sequence[Refused], waiting: int
) -> Withdrawal:
    return Withdrawal(
        Counter(statuses[one] for one in moved),
        Counter(statuses[one.referral_id] for one in refused),
        waiting,
    )
