"""Evidence: files that officers attach to a referral, kept once by digest, and a record of everybody who opens one.

Who sees it: the agency that attached it, the coordinators of the operation, auditors and administrators. No platform ever
does, and no other agency of the operation. Therefore attaching is no event of the referral, which the platform and all
agencies read: the row itself is the record, inserted and never changed.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Agency
from takedowns.evidence import store
from takedowns.evidence.media_types import NotTakenError, media_type_of
from takedowns.evidence.models import Evidence, EvidenceAccess, MediaType
from takedowns.evidence.pdfs import does_by_itself
from takedowns.evidence.scanning import carry_over, scan_soon
from takedowns.evidence.videos import seconds_of
from takedowns.referrals.models import Referral

logger = logging.getLogger(__name__)

#: Who attaches evidence for their agency.
MAY_ATTACH: Final = frozenset({Role.OFFICER, Role.REVIEWER, Role.COORDINATOR})
LONGEST_NOTE: Final = 500
#: What a downloaded file of each type is called at its end, so that it opens as what it is and nothing else.
ENDINGS: Final = {
    MediaType.PNG: (".png",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.WEBP: (".webp",),
    MediaType.MP4: (".mp4", ".m4v"),
    MediaType.PDF: (".pdf",),
    MediaType.TEXT: (".txt", ".log"),
    MediaType.WARC: (".warc",),
    MediaType.WARC_GZ: (".warc.gz",),
}


class TakenBackError(PermissionError):
    """The file was taken back; auditors and administrators alone open it."""


class KeptAwayError(PermissionError):
    """Malware was found in the file and nobody said since that it is none: nobody opens it here. It is kept, and whoever runs the installation has it."""


class NotYoursError(PermissionError):
    """Attaching is for officers, reviewers and coordinators of an agency that works on the referral."""


@dataclass(frozen=True, slots=True)
class Brought:
    """One file as it was sent."""

    name: str
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was not attached."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Attached:
    """What became of a set of files.

    Attributes:
        evidence: by digest, what is attached now, also what had been attached before.
        repeated: names of files that the agency had attached to this referral before. One that it took back is refused.
        refused: those of which nothing was kept; the others are kept all the same.
    """

    evidence: dict[str, UUID] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def what_is_taken() -> str:
    """Say in a sentence which files may be attached, and how large they may be."""
    return _(
        "PNG, JPEG, WebP, PDF, MP4, plain text (UTF-8) or WARC, at most %(most)s MiB each. The content counts, not the name."
    ) % {"most": f"{settings.EVIDENCE_MAX_BYTES / 2**20:g}"}


def attaches_for(actor: Actor, referral: Referral) -> UUID | None:
    """Return the agency for which the actor attaches evidence to a referral they see; None where they do not. One statement at most.

    The referral's own agency first, then one that takes part in its operation.
    """
    own = {agency for agency, held in actor.roles.items() if held & MAY_ATTACH}
    if not own or actor.platforms:
        return None
    if referral.agency_id in own:
        return referral.agency_id
    working = Agency.objects.filter(operations=referral.operation_id)
    return min(set(working.filter(pk__in=own).values_list("pk", flat=True)), default=None)


def attach(files: Sequence[Brought], referral: Referral, *, by: Actor, note: str = "") -> Attached:
    """Keep files with a referral. Each is judged by itself; a fixed number of statements for all of them.

    Raises:
        NotYoursError: not for them to attach.
    """
    agency_id = attaches_for(by, referral)
    if agency_id is None:
        raise NotYoursError
    attached, rows = Attached(), []
    for file in files:
        try:
            rows.append(_kept(file, referral, agency_id, by, note))
        except NotTakenError as error:
            attached.refused.append(Refusal(written(file.name), str(error)))
    digests = [row.sha256 for row in rows]
    with acting_as(SYSTEM):
        of_agency = Evidence.objects.filter(referral=referral, agency=agency_id, sha256__in=digests)
        before = dict(of_agency.values_list("sha256", "withdrawal"))
        attached.repeated.extend(row.filename for row in rows if before.get(row.sha256, "") is None)
        attached.refused.extend(
            Refusal(
                row.filename, _("Your agency attached this file here before and took it back; it stays so.")
            )
            for row in rows
            if before.get(row.sha256)
        )
        Evidence.objects.bulk_create([row for row in rows if row.sha256 not in before], ignore_conflicts=True)
        attached.evidence.update(of_agency.filter(withdrawal=None).values_list("sha256", "pk"))
        if rows:
            carry_over(digests)
            scan_soon()
    return attached


def open_evidence(evidence: Evidence, action: EvidenceAccess.Action | None, *, by: Actor) -> BinaryIO:
    """Open a file that the actor may see, compared with its digest, and record that they did.

    The caller has found ``evidence`` among what is visible to the actor, and commits even when this raises.

    Args:
        action: None where it is blurred: that is no looking at it.

    Raises:
        KeptAwayError: malware was found in it.
        TakenBackError: it was taken back, and the actor is neither auditor nor administrator.
        DamagedError: it is missing or was altered; that is recorded, and written to the log.
    """
    if evidence.is_kept_away:
        raise KeptAwayError
    if not evidence.may_be_opened_by(by):
        raise TakenBackError
    try:
        file = store.open_whole(evidence.sha256)
    except store.DamagedError:
        _record(evidence, EvidenceAccess.Action.DAMAGED, by)
        logger.critical("Evidence %s does not match its SHA-256 %s.", evidence.pk, evidence.sha256)
        raise
    if action is not None:
        _record(evidence, action, by)
    return file


def written(name: str) -> str:
    """Return a file's name as it is shown: its last part, without signs that control how text is read (such as U+202E)."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip()
    return shown[-255:] or _("without a name")


def download_name(evidence: Evidence) -> str:
    """Return under which name a file is downloaded: as it was given, with the ending of what it is."""
    endings = ENDINGS[MediaType(evidence.media_type)]
    return (
        evidence.filename
        if evidence.filename.lower().endswith(endings)
        else f"{evidence.filename}{endings[0]}"
    )


def _kept(file: Brought, referral: Referral, agency_id: UUID, by: Actor, note: str) -> Evidence:
    """Take one file in and keep it, and return the row that is to be inserted."""
    try:
        with store.take(file.content) as taken:
            media_type = media_type_of(taken.content)
            seconds = seconds_of(taken.content) if media_type == MediaType.MP4 else None
            by_itself = does_by_itself(taken.content) if media_type == MediaType.PDF else None
            store.keep(taken)
            return Evidence(
                item_id=referral.item_id,
                referral=referral,
                sha256=taken.sha256,
                size=taken.size,
                media_type=media_type,
                seconds=seconds,
                by_itself=by_itself,
                filename=written(file.name),
                note=note.strip()[:LONGEST_NOTE],
                by_id=by.user_id,
                agency_id=agency_id,
            )
    except store.TooLargeError as error:
        raise NotTakenError(
            _("It is larger than %(most)s MiB, which is the most that is taken.")
            % {"most": f"{settings.EVIDENCE_MAX_BYTES / 2**20:g}"}
        ) from error


def _record(evidence: Evidence, action: EvidenceAccess.Action, by: Actor) -> None:
    """Record an opening, by the agency whose evidence it is where the person works there, otherwise by theirs."""
    own = by.agencies
    agency_id = evidence.agency_id if evidence.agency_id in own else min(own, default=None)
    with acting_as(SYSTEM):
        EvidenceAccess.objects.create(evidence=evidence, action=action, by_id=by.user_id, agency_id=agency_id)
