"""From a preview to a submission that is handed in, or to nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import User
from takedowns.identity import PLATFORMS
from takedowns.intake.content import decided_about, open_content
from takedowns.intake.models import Submission
from takedowns.intake.preview import preview
from takedowns.intake.receive import IntakeError, Loading, Received, acting_for, check_may_hand_in, start
from takedowns.intake.repairs import Becomes, Subject, locked, repair
from takedowns.retention.services import held_by_law, not_held

#: A preview that nobody hands in is discarded after this long.
KEPT: Final = timedelta(days=1)
#: Of an operation under a legal hold nothing goes by itself.
HELD: Final = held_by_law(operation="intake_submission.operation_id")


def confirm(
    submission_id: UUID,
    user: User | None,
    loading: Loading = Loading.BY_SIZE,
    *,
    by: Actor | None = None,
) -> Received:
    """Hand in what was previewed. Confirming twice, or by two officers at once, hands it in once.

    It counts from now and as handed in by ``user``: looking at a preview yesterday refers nothing yesterday.

    Args:
        loading: who loads it.
        by: as :func:`takedowns.intake.repairs.repair` takes it; so in all of these.

    Raises:
        IntakeError: ``closed``, ``not_taking_part``, ``not_your_role``, ``undecided``: the preview asks something that
            nobody has decided.
        Submission.DoesNotExist: it was discarded.
    """
    with acting_as(SYSTEM):
        submission = locked(submission_id)
        check_may_hand_in(submission.operation, submission.agency, acting_for(user, by))
        if submission.state == Submission.State.PREVIEWED and preview(submission).open:
            raise IntakeError("undecided", gettext("Decide first what the preview asks; then submit it."))
        if submission.state != Submission.State.PREVIEWED:
            return Received(submission, repeated=True, queued=submission.state == Submission.State.RECEIVED)
        submission.state, submission.submitted_by = Submission.State.RECEIVED, user
        submission.received_at = timezone.now()
        submission.save(update_fields=["state", "submitted_by", "received_at"])
        return start(submission, loading)


def discard(submission_id: UUID, user: User | None, *, by: Actor | None = None) -> None:
    """Forget a preview and its content; nothing else knows of it.

    Raises:
        IntakeError: ``not_your_role``, or ``handed_in``: it is no preview any more, so it stays.
        Submission.DoesNotExist: it was discarded before.
    """
    with acting_as(SYSTEM):
        submission = locked(submission_id)
        check_may_hand_in(submission.operation, submission.agency, acting_for(user, by), even_closed=True)
        if submission.state != Submission.State.PREVIEWED:
            raise IntakeError("handed_in", gettext("It was submitted meanwhile, so it stays."))
        _forget(submission)


def put_in_place_of(before: UUID, brought: UUID, user: User) -> None:
    """Discard the preview that a changed list comes in the place of; one that was handed in or discarded meanwhile is left."""
    if before != brought:
        with suppress(IntakeError, Submission.DoesNotExist):
            discard(before, user)


def discard_abandoned(now: datetime | None = None) -> int:
    """Discard the previews that nobody handed in for a day; return how many."""
    with acting_as(SYSTEM):
        abandoned = Submission.objects.select_for_update(skip_locked=True).filter(
            not_held(HELD),
            state=Submission.State.PREVIEWED,
            received_at__lt=(now or timezone.now()) - KEPT,
        )
        return sum(map(_forget, abandoned))


def choose_columns(
    submission_id: UUID, user: User | None, columns: dict[str, str], *, by: Actor | None = None
) -> Submission:
    """Say which column of a preview fills which field; an empty dict lets them be recognised again.

    Args:
        columns: our field to the header as written, "" for a field that is not to be read.

    Raises:
        IntakeError: ``not_your_role`` and so on, or ``handed_in``.
        ReaderError: ``mapping``: these columns do not make a list. Nothing is changed.
        Submission.DoesNotExist: it was discarded.
    """
    with acting_as(SYSTEM):
        chosen = {name: Becomes(header) for name, header in columns.items()}
        submission = repair(submission_id, user, {Subject.COLUMN: chosen}, whole={Subject.COLUMN}, by=by)
        if columns:
            with submission.content.open("rb") as content:
                open_content(submission, content, decided_about(submission).choices)
        return submission


def choose_platform(
    submission_id: UUID, user: User | None, slug: str, *, by: Actor | None = None
) -> Submission:
    """Say on which platform the bare names (@name) of a preview are; "" takes it back.

    Raises:
        IntakeError: ``not_your_role`` and so on, ``handed_in``, or ``no_names``: names mean nothing on that platform.
        Submission.DoesNotExist: it was discarded.
    """
    with acting_as(SYSTEM):
        submission = locked(submission_id)
        check_may_hand_in(submission.operation, submission.agency, acting_for(user, by))
        if submission.state != Submission.State.PREVIEWED:
            raise IntakeError("handed_in", gettext("It was submitted meanwhile, so it stays."))
        if slug and not (slug in PLATFORMS and PLATFORMS[slug].name_link):
            raise IntakeError("no_names", gettext("Choose a platform on which names stand for accounts."))
        submission.platform_id = slug
        submission.save(update_fields=["platform_id"])
        return submission


def _forget(submission: Submission) -> bool:
    storage, name = submission.content.storage, submission.content.name
    submission.delete()
    # After the commit: a row whose content is gone would be worse than a file without a row.
    transaction.on_commit(lambda: storage.delete(str(name)))
    return True
