"""What a person decides and puts right in a preview: kept beside the list, which stays as it came."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import User
from takedowns.intake.models import Repair, Submission
from takedowns.intake.receive import IntakeError, acting_for, check_may_hand_in

Subject = Repair.Subject


class Becomes(NamedTuple):
    """What something in the list becomes, and what stands there."""

    becomes: str
    found: str = ""


#: By subject and what they are about (:class:`Repair.Subject`); None takes a decision back.
Changes = dict[Subject, dict[str, Becomes | None]]


def repair(
    submission_id: UUID,
    user: User | None,
    changes: Mapping[Subject, Mapping[str, Becomes | None]],
    *,
    whole: Collection[Subject] = (),
    by: Actor | None = None,
) -> Submission:
    """Keep what somebody decided about a list that is not handed in yet, all or nothing, and return the list.

    Args:
        changes: see :data:`Changes`.
        whole: subjects of which these are all there are; others are forgotten.
        by: who decides, where that is not the user with all their roles: a program of the agency does it for them.

    Raises:
        IntakeError: ``not_your_role`` and so on, or ``handed_in``.
        Submission.DoesNotExist: it was discarded.
    """
    with acting_as(SYSTEM):
        submission = locked(submission_id)
        check_may_hand_in(submission.operation, submission.agency, acting_for(user, by))
        if submission.state != Submission.State.PREVIEWED:
            raise IntakeError("handed_in", gettext("It was submitted meanwhile, as it was."))
        for subject, about in changes.items():
            kept = submission.repairs.filter(subject=subject)
            if subject in whole:
                kept.exclude(about__in=about).delete()
            if back := [one for one, becomes in about.items() if becomes is None]:
                kept.filter(about__in=back).delete()
        _keep(submission, user, changes)
        return submission


def repairs_of(submission: Submission) -> list[Repair]:
    """Return what was decided about a list and put right in it, in the order in which it was. One statement."""
    return list(submission.repairs.select_related("by"))


def locked(submission_id: UUID) -> Submission:
    """Return a submission, locked. Raises Submission.DoesNotExist."""
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("operation", "agency")
        .get(pk=submission_id)
    )


def _keep(
    submission: Submission, user: User | None, changes: Mapping[Subject, Mapping[str, Becomes | None]]
) -> None:
    """Write decisions down. What somebody decides as it is decided already stays whose it was."""
    known = {(one.subject, one.about): one.becomes for one in submission.repairs.all()}
    now = timezone.now()
    Repair.objects.bulk_create(
        [
            Repair(
                submission=submission,
                subject=subject,
                about=about,
                found=one.found,
                becomes=one.becomes,
                by=user,
                at=now,
            )
            for subject, of_subject in changes.items()
            for about, one in of_subject.items()
            if one is not None and known.get((subject, about)) != one.becomes
        ],
        update_conflicts=True,
        unique_fields=["submission", "subject", "about"],
        update_fields=["becomes", "by", "at"],
    )
