"""Taking in what an officer hands in: checked, kept, and loaded at once or by the worker."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext

from takedowns.access.actor import NOBODY, SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Agency, User
from takedowns.intake.load import load
from takedowns.intake.models import Repair, Submission
from takedowns.intake.queueing import load_later
from takedowns.readers import is_mail, without_the_rest
from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.models import Operation

CHUNK = 1 << 20


class IntakeError(ValueError):
    """A submission was not taken; ``code`` is stable, the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Loading(Enum):
    """Who loads what was received."""

    BY_SIZE = "by_size"  # here when small, so that the officer sees the report at once; else the worker
    HERE = "here"
    WORKER = "worker"
    CALLER = "caller"  # calls load() itself, after its transaction
    PREVIEW = "preview"  # nobody yet: a person looks at a preview and confirms (intake/confirm.py)


class Received(NamedTuple):
    """What became of what was handed in.

    ``repeated``: the same content was handed in before; nothing changed. ``queued``: the worker loads it.
    """

    submission: Submission
    repeated: bool
    queued: bool


def receive(
    *,
    operation: Operation,
    agency: Agency,
    user: User | None,
    source: Submission.Source,
    filename: str,
    content: BinaryIO | bytes,
    received_at: datetime | None = None,
    loading: Loading = Loading.BY_SIZE,
    by: Actor | None = None,
    instrument: str = "",
    platform: str = "",
    decisions: Mapping[tuple[Repair.Subject, str], str] | None = None,
) -> Received:
    """Take in a file or a pasted list (UTF-8 bytes).

    The same content from the same agency for the same operation, under the same instrument, is one submission: handing
    it in again changes nothing, except that one whose load was interrupted is loaded, and that a preview is handed in by whoever asks
    for more than a preview.

    Args:
        received_at: when it was handed in; now unless told.
        loading: who loads it.
        by: who hands in, where that is not ``user`` (an agency's API key has no user).
        instrument: of all its referrals; the operation's default where empty.
        platform: slug of the platform that bare names (@name) in it are on; of no platform where empty.
        decisions: what is decided about it beforehand, as of a preview: subject and what it is about to what it becomes.

    Raises:
        IntakeError: ``closed``, ``not_taking_part``, ``not_your_role``, ``too_large``, ``empty``, ``read_otherwise`` where the
            same content was handed in before and read otherwise.
    """
    if source == Submission.Source.PASTE:
        source, content = _of_a_message(content, user)
    stream = BytesIO(content) if isinstance(content, bytes) else content
    actor = acting_for(user, by)
    with acting_as(SYSTEM):
        check_may_hand_in(operation, agency, actor)
    digest, size = _measure(stream)
    when = received_at or timezone.now()
    with _no_file_of_what_failed() as kept, acting_as(SYSTEM):
        submission, repeated = _keep(
            kept=kept,
            operation=operation,
            agency=agency,
            submitted_by=user,
            source=source,
            filename=filename[-255:],
            sha256=digest,
            size=size,
            instrument="" if instrument == operation.default_instrument else instrument,
            received_at=when,
            stream=stream,
            platform_id=platform,
            state=Submission.State.PREVIEWED if loading is Loading.PREVIEW else Submission.State.RECEIVED,
        )
        if repeated:
            _read_as_said(submission, platform, decisions or {})
        return _go_on(submission, loading, user, when, repeated=repeated, decisions=decisions or {})


def _go_on(
    submission: Submission,
    loading: Loading,
    user: User | None,
    received_at: datetime,
    *,
    repeated: bool,
    decisions: Mapping[tuple[Repair.Subject, str], str],
) -> Received:
    """Take what was kept as far as it is asked for: to its preview, or to its load."""
    if submission.state == Submission.State.LOADED:
        return Received(submission, repeated=True, queued=False)
    if decisions and (not repeated or submission.state == Submission.State.PREVIEWED):
        _decide(submission, user, decisions)
    if loading is Loading.PREVIEW:
        if submission.state == Submission.State.PREVIEWED:
            return Received(submission, repeated, queued=False)
        loading = Loading.WORKER  # handed in before, and the load was interrupted
    elif submission.state == Submission.State.PREVIEWED:
        submission.state, submission.submitted_by = Submission.State.RECEIVED, user
        submission.received_at = received_at
        submission.save(update_fields=["state", "submitted_by", "received_at", "platform_id"])
    return start(submission, loading, repeated=repeated)


def _decide(
    submission: Submission, user: User | None, decisions: Mapping[tuple[Repair.Subject, str], str]
) -> None:
    """Keep what was said when it was handed in."""
    now = timezone.now()
    Repair.objects.bulk_create(
        [
            Repair(submission=submission, subject=subject, about=about, becomes=becomes, by=user, at=now)
            for (subject, about), becomes in decisions.items()
        ],
        update_conflicts=True,
        unique_fields=["submission", "subject", "about"],
        update_fields=["becomes", "by", "at"],
    )


def start(submission: Submission, loading: Loading, *, repeated: bool = False) -> Received:
    """Load a submission that was received, here or by the worker; :class:`Loading` says who."""
    if loading is Loading.BY_SIZE:
        small = submission.size <= settings.SUBMISSION_INLINE_BYTES
        loading = Loading.HERE if small else Loading.WORKER
    if loading is Loading.HERE:
        submission = load(submission.pk)
    elif loading is Loading.WORKER:
        load_later(submission.pk)
    return Received(submission, repeated, queued=loading is Loading.WORKER)


def acting_for(user: User | None, by: Actor | None) -> Actor:
    """Return as whom something is judged: ``by`` where a program does it for a person, else the person with all their roles."""
    return by or (Actor.of(user) if user else NOBODY)


def why_not_open(operation: Operation) -> str:
    """Say why an operation takes nothing in, and what to do; empty of one that is open."""
    if operation.is_open:
        return ""
    sentence = (
        gettext("%(operation)s is a draft and takes nothing in yet; ask a coordinator to open it.")
        if operation.is_draft
        else gettext("%(operation)s is closed; ask a coordinator to reopen it.")
    )
    return sentence % {"operation": operation.reference}


def check_may_hand_in(
    operation: Operation, agency: Agency, actor: Actor, *, even_closed: bool = False
) -> None:
    """Refuse who may not hand in for an agency; ``even_closed`` asks of the person alone.

    Raises:
        IntakeError: ``closed``, ``not_taking_part``, ``not_your_role``.
    """
    if not operation.is_open and not even_closed:
        raise IntakeError("closed", why_not_open(operation))
    if not operation.agencies.filter(pk=agency.pk).exists():
        raise IntakeError(
            "not_taking_part",
            gettext("%(agency)s does not take part in %(operation)s.")
            % {"agency": agency, "operation": operation.reference},
        )
    if not any(actor.has_role(role, agency.pk) for role in TRANSITIONS["submit"].roles):
        roles = ", ".join(sorted(Role(role).label.lower() for role in TRANSITIONS["submit"].roles))
        raise IntakeError(
            "not_your_role",
            gettext("Submitting for %(agency)s is for its: %(roles)s.") % {"agency": agency, "roles": roles},
        )


def person_behind(agency_id: UUID, email: str, registered_id: UUID | None) -> User:
    """Return who hands in through a program: whom it names, or who is registered with its key. One statement.

    Two persons see what is referred: whoever is behind a list does not review it, so there must be somebody.

    Raises:
        IntakeError: ``no_person`` where neither is given, ``unknown_person`` where nobody of that kind hands in for the agency.
    """
    if not email and registered_id is None:
        raise IntakeError(
            "no_person",
            gettext(
                "Say who submits it (submitted_by), or have somebody registered with the key: they do not review it."
            ),
        )
    with acting_as(SYSTEM):
        who = User.objects.filter(
            is_active=True,
            memberships__agency=agency_id,
            memberships__role__in=[str(role) for role in TRANSITIONS["submit"].roles],
        )
        found = (who.filter(email__iexact=email) if email else who.filter(pk__in=[registered_id])).first()
    if found is None:
        raise IntakeError(
            "unknown_person",
            gettext("“%(email)s” is the account of nobody who submits for your agency.") % {"email": email}
            if email
            else gettext(
                "Who is registered with the key does not submit for your agency any more. Replace the key, or name somebody (submitted_by)."
            ),
        )
    return found


def _of_a_message(content: BinaryIO | bytes, user: User | None) -> tuple[Submission.Source, BinaryIO | bytes]:
    """Return a pasted list as it is; of a message that was pasted whole, what of it names items, for nothing else is stored."""
    whole = content if isinstance(content, bytes) else content.read()
    text = whole.decode("utf-8", "replace")
    if len(whole) > settings.SUBMISSION_INLINE_BYTES or not is_mail(text):
        return Submission.Source.PASTE, whole
    own = [user.email.rpartition("@")[2]] if user else []
    return Submission.Source.MAIL, without_the_rest(text, own).encode()


def _read_as_said(
    submission: Submission, platform: str, decisions: Mapping[tuple[Repair.Subject, str], str]
) -> None:
    """Let a preview be read as it is now said; refuse where rows are in, or being read, that were read otherwise."""
    if submission.state == Submission.State.PREVIEWED:
        submission.platform_id = platform or submission.platform_id
        return
    decided = {(one.subject, one.about): one.becomes for one in submission.repairs.all()} if decisions else {}
    if platform not in ("", submission.platform_id) or any(
        decided.get(about) != becomes for about, becomes in decisions.items()
    ):
        raise IntakeError(
            "read_otherwise",
            gettext(
                "The same list was submitted before and read otherwise (columns, platform, or what else was decided about it); "
                "nothing was changed. Withdraw that submission first."
            ),
        )


def _measure(stream: BinaryIO) -> tuple[str, int]:
    """Return the SHA-256 and the length of a stream, which is then at its start again."""
    digest, size = hashlib.sha256(), 0
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if size > settings.SUBMISSION_MAX_BYTES:
            raise IntakeError(
                "too_large",
                gettext("It is larger than %(most)d MiB; submit it in parts.")
                % {"most": settings.SUBMISSION_MAX_BYTES // 2**20},
            )
    if not size:
        raise IntakeError("empty", gettext("There is nothing in it."))
    stream.seek(0)
    return digest.hexdigest(), size


@contextmanager
def _no_file_of_what_failed() -> Iterator[list[FieldFile]]:
    """Delete the files in the list where the block, and so its transaction, fails."""
    kept: list[FieldFile] = []
    try:
        yield kept
    except BaseException:
        for file in kept:
            file.storage.delete(str(file.name))
        raise


def _keep(*, stream: BinaryIO, kept: list[FieldFile], **facts: Any) -> tuple[Submission, bool]:
    """Store the content and the submission; return the one there is where the same content came before."""
    same = Submission.objects.filter(
        operation=facts["operation"],
        agency=facts["agency"],
        sha256=facts["sha256"],
        instrument=facts["instrument"],
        withdrawn_at=None,
    ).exclude(state=Submission.State.FAILED)
    if (known := same.first()) is not None:
        return known, True
    submission = Submission(**facts)
    # Named by its digest: the officer's own file name is a fact about it, not a path.
    submission.content.save(f"{facts['sha256']}", File(stream), save=False)
    kept.append(submission.content)
    try:
        with transaction.atomic():
            submission.save(force_insert=True)
    except IntegrityError:  # handed in twice at the same moment
        kept.pop().delete(save=False)
        return same.get(), True
    return submission, False
