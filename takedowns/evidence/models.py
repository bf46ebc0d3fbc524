"""What an officer saw, kept as a file: its facts, and who opened it. The bytes are in ``evidence_store``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.directory.models import Agency, User
from takedowns.evidence.pdfs import HIDES, OPENS_FILE, RUNS_SCRIPT, SENDS, STARTS_PROGRAM
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models.items import Item
from takedowns.referrals.models.operations import Operation
from takedowns.referrals.models.referral import Referral

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class MediaType(models.TextChoices):
    """What a file is, told from its content alone."""

    PNG = "image/png", _("Picture (PNG)")
    JPEG = "image/jpeg", _("Picture (JPEG)")
    WEBP = "image/webp", _("Picture (WebP)")
    MP4 = "video/mp4", _("Video (MP4)")
    PDF = "application/pdf", _("Document (PDF)")
    TEXT = "text/plain", _("Plain text")
    WARC = "application/warc", _("Web archive (WARC)")
    WARC_GZ = "application/gzip", _("Web archive (WARC, compressed)")


#: The types of which a picture is drawn anew for the page; all others are downloaded only.
PICTURES = (MediaType.PNG, MediaType.JPEG, MediaType.WEBP)


#: What a PDF may do when it is opened, in words (``pdfs.py``).
BY_ITSELF: Final[dict[str, str | _StrPromise]] = {
    RUNS_SCRIPT: _("runs a script"),
    STARTS_PROGRAM: _("starts a program"),
    SENDS: _("sends what is in it"),
    OPENS_FILE: _("opens another file"),
    HIDES: _("hides what it does"),
}


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Pieces of evidence; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> EvidenceQuerySet:
        """Return those of the actor's agencies and of operations they coordinate; no platform's. Row-level security says the same.

        Auditors and administrators see all, as everywhere. That a further agency works on the same referral is no need to
        know what another saved of it.
        """
        if actor.sees_everything:
            return self.all()
        if actor.platforms:
            return self.none()
        return self.filter(
            Q(agency__in=list(actor.agencies))
            | Q(referral__operation__in=Operation.objects.coordinated_by(actor))
        )


class Evidence(models.Model):
    """One file attached to a referral. Inserted and read, never changed or deleted: it is what was seen."""

    append_only = True

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="evidence")
    sha256 = models.CharField(max_length=64, help_text="Of the file, computed while it was taken.")
    size = models.BigIntegerField(help_text="Bytes.")
    media_type = models.CharField(max_length=24, choices=MediaType.choices)
    seconds = models.PositiveIntegerField(null=True, help_text="How long a video runs, where it says so.")
    by_itself = ArrayField(
        models.CharField(max_length=8),
        null=True,
        help_text="What a PDF does when it is opened (pdfs.py); NULL where nobody looked.",
    )
    filename = models.CharField(max_length=255, help_text="As it was given; a fact, never a path.")
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[Evidence]] = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "evidence"
        constraints = [
            # The same file sent twice is one.
            models.UniqueConstraint(name="evidence_once", fields=["referral", "agency", "sha256"]),
            models.CheckConstraint(name="evidence_digest", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="evidence_size", condition=Q(size__gt=0)),
            models.CheckConstraint(name="evidence_type", condition=Q(media_type__in=MediaType.values)),
        ]
        indexes = [models.Index(fields=["sha256"], name="evidence_by_digest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.filename} ({self.sha256[:12]})"

    @property
    def taken_back(self) -> EvidenceWithdrawal | None:
        """Who took it back and why, where somebody did."""
        return getattr(self, "withdrawal", None)

    @property
    def scanned(self) -> EvidenceScan | None:
        """What the scanner for malware said last, where one did."""
        return getattr(self, "scan", None)

    @property
    def is_kept_away(self) -> bool:
        """Whether malware was found in it, and nobody said since that it is none: nobody opens it here, and nothing of it is lost."""
        return self.scanned is not None and self.scanned.stands

    def may_be_opened_by(self, actor: Actor) -> bool:
        """Tell whether somebody who sees the row may open the file: malware nobody, what was taken back auditors and administrators only."""
        return not self.is_kept_away and (self.taken_back is None or actor.sees_everything)

    @property
    def is_picture(self) -> bool:
        """Whether it can be looked at on the page, drawn anew."""
        return self.media_type in PICTURES

    @property
    def does(self) -> list[str | _StrPromise]:
        """What a PDF does by itself when it is opened, in words."""
        return [BY_ITSELF[one] for one in self.by_itself or ()]


class EvidenceAccessQuerySet(models.QuerySet["EvidenceAccess"]):
    """Who opened evidence; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> EvidenceAccessQuerySet:
        """Return those of the evidence the actor may see. Row-level security says the same."""
        return self.filter(evidence__in=Evidence.objects.visible_to(actor))


class EvidenceAccess(models.Model):
    """Somebody opened a piece of evidence, or was refused because it is damaged. Inserted and read, never changed."""

    append_only = True

    class Action(models.TextChoices):
        """What was done."""

        PREVIEWED = "previewed", _("Looked at")
        DOWNLOADED = "downloaded", _("Downloaded")
        DAMAGED = "damaged", _("Not shown: the file does not match its digest")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="accesses")
    action = models.CharField(max_length=12, choices=Action.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[EvidenceAccess]] = EvidenceAccessQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="evidence_access_action",
                condition=Q(action__in=["previewed", "downloaded", "damaged"]),
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"


class EvidenceWithdrawalQuerySet(models.QuerySet["EvidenceWithdrawal"]):
    """What was taken back; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> EvidenceWithdrawalQuerySet:
        """Return those of the evidence the actor may see. Row-level security says the same."""
        return self.filter(evidence__in=Evidence.objects.visible_to(actor))


class EvidenceWithdrawal(models.Model):
    """A file was attached by mistake and taken back: by whom, why. Inserted and read, never changed; the evidence stays."""

    append_only = True

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[EvidenceWithdrawal]] = EvidenceWithdrawalQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(name="evidence_withdrawal_reason", condition=~Q(reason="")),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"withdrawn {self.at:%Y-%m-%d %H:%M}"


class EvidenceScanQuerySet(models.QuerySet["EvidenceScan"]):
    """What the scanner said; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> EvidenceScanQuerySet:
        """Return those of the evidence the actor may see. Row-level security says the same."""
        return self.filter(evidence__in=Evidence.objects.visible_to(actor))


def finding_stands(prefix: str = "") -> Q:
    """Return the condition that malware was found and nobody said since that it is none; ``EvidenceScan.stands`` says the same."""
    return Q(**{f"{prefix}outcome": "found", f"{prefix}released_at": None})


class EvidenceScan(models.Model):
    """What a scanner for malware said of a file; each time that it says something else is an entry of the ledger.

    A finding is about the bytes, so it is the same for each piece of evidence with their digest. It stands until a person of the
    installation says that it was wrong: a later scan that finds nothing takes nothing back (``scanning.py``).

    Attributes:
        signature: the name of what was found; of a file that was not scanned, the scanner's word why.
        engine: the scanner, and which signatures it had.
        release_reason: why the finding was wrong, where somebody said so.
    """

    class Outcome(models.TextChoices):
        """What it said."""

        CLEAN = "clean", _("nothing found")
        FOUND = "found", _("malware found")
        TOO_LARGE = "too_large", _("not scanned: larger than the scanner takes")
        FAILED = "failed", _("not scanned: the scanner could not")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="scan")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    signature = models.CharField(max_length=200, blank=True)
    engine = models.CharField(max_length=200)
    at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    release_reason = models.CharField(max_length=500, blank=True, default="", db_default="")

    objects: ClassVar[models.Manager[EvidenceScan]] = EvidenceScanQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="evidence_scan_outcome",
                condition=Q(outcome__in=["clean", "found", "too_large", "failed"]),
            ),
            models.CheckConstraint(
                name="evidence_scan_names_it", condition=~Q(outcome="found") | ~Q(signature="")
            ),
            models.CheckConstraint(
                name="evidence_scan_release",
                condition=Q(released_at__isnull=True, released_by__isnull=True, release_reason="")
                | Q(outcome="found", released_at__isnull=False, released_by__isnull=False)
                & ~Q(release_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.at:%Y-%m-%d %H:%M}"

    @property
    def stands(self) -> bool:
        """Whether malware was found, and nobody said since that it is none."""
        return self.outcome == self.Outcome.FOUND and self.released_at is None
