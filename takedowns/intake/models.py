"""What an officer hands in at once, and what became of each row of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.directory.models import Agency, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models import Operation
from takedowns.referrals.vocabulary import Instrument


class Outcome(models.TextChoices):
    """What became of one row."""

    NEW = "new", _("New")
    ON_HOLD = "on_hold", _("Recorded, on hold")
    REPEATED = "repeated", _("Already in this submission")
    ALREADY_REFERRED = "already_referred", _("Already referred")
    UNKNOWN_PLATFORM = "unknown_platform", _("Unknown platform")
    LEFT_OUT = "left_out", _("Left out")
    INVALID = "invalid", _("Not understood")


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Submissions; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> SubmissionQuerySet:
        """Return the submissions of the actor's own agencies; all for whoever sees everything."""
        return self if actor.sees_everything else self.filter(agency_id__in=actor.agencies)

    def drafts_of(self, actor: Actor) -> SubmissionQuerySet:
        """Return what the actor brought and has neither submitted nor discarded."""
        return self.filter(state=Submission.State.PREVIEWED, submitted_by=actor.user_id)


class Submission(models.Model):
    """A pasted list, a file or an API call: committed whole or not at all."""

    class Source(models.TextChoices):
        """How it came."""

        FILE = "file", _("File")
        PASTE = "paste", _("Pasted list")
        MAIL = "mail", _("Pasted e-mail")
        API = "api", _("API call")

    class State(models.TextChoices):
        """Whether its rows are in. There is no "loading": that is a lock, which dies with its process."""

        PREVIEWED = "previewed", _("Not submitted yet")
        RECEIVED = "received", _("Waiting or being read")
        LOADED = "loaded", _("In")
        FAILED = "failed", _("Not readable")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="submissions")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="submissions")
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="submissions")
    source = models.CharField(max_length=8, choices=Source.choices)
    filename = models.CharField(max_length=255, blank=True)
    content = models.FileField(upload_to="submissions/%Y/%m/", max_length=255)
    instrument = models.CharField(
        max_length=16,
        choices=Instrument.choices,
        blank=True,
        db_default="",
        default="",
        help_text="Under which its referrals are made; empty for the operation's default.",
    )
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    state = models.CharField(max_length=16, choices=State.choices, default=State.RECEIVED)
    received_at = models.DateTimeField(help_text="When it was handed in; of a preview, when it was brought.")
    loaded_at = models.DateTimeField(null=True, blank=True)
    platform_id = models.CharField(
        max_length=50,
        blank=True,
        db_default="",
        default="",
        help_text="Slug of the platform that all bare names of the list (@name) are on, where an officer said so.",
    )
    layout = models.JSONField(
        default=dict, help_text="Format, encoding, delimiter and columns as they were found."
    )
    counts = models.JSONField(default=dict, help_text="Rows by outcome.")
    error = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    withdrawal_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    withdrawn = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How many of its referrals were withdrawn with it."
    )

    objects: ClassVar[models.Manager[Submission]] = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(
                name="same_content_once",
                fields=["operation", "agency", "sha256", "instrument"],
                condition=~Q(state="failed") & Q(withdrawn_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.filename or self.get_source_display()

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether all it handed in is there, and stands."""
        return self.state == self.State.LOADED and self.withdrawn_at is None

    @property
    def columns(self) -> dict[str, str]:
        """Our field to the header as written, "" for none, where somebody said so. One statement."""
        said = self.repairs.filter(subject=Repair.Subject.COLUMN)
        return dict(said.values_list("about", "becomes"))


class SubmissionRowQuerySet(models.QuerySet["SubmissionRow"]):
    """Rows as they were handed in."""

    def waiting(self) -> SubmissionRowQuerySet:
        """Return those that wait for their host to be declared; of what was withdrawn, none does."""
        return self.filter(outcome=Outcome.UNKNOWN_PLATFORM, submission__withdrawn_at=None)


class SubmissionRow(models.Model):
    """One row as it was handed in, and what became of it.

    A row is one address: which of its line (``part`` of ``parts``), and the line of which sheet. ``place`` is those three
    as one number. It is the key because rows are read in its order, a page goes on after it, and a repair is about it; and
    because it says where in the file a row stands, it stays the same whatever else somebody decides about the list.
    """

    pk = models.CompositePrimaryKey("submission_id", "place")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, db_index=False, related_name="rows")
    place = models.BigIntegerField(help_text="Sheet, line and part as one number (HandedInRow.place).")
    sheet = models.TextField(
        blank=True,
        db_default="",
        default="",
        help_text="Name of its sheet, where several of a workbook are read.",
    )
    line = models.PositiveIntegerField()
    part = models.PositiveIntegerField(
        default=1, db_default=1, help_text="Which of the addresses of its line this is, from 1."
    )
    parts = models.PositiveIntegerField(default=1, db_default=1, help_text="How many rows the line became.")
    raw = models.TextField(help_text="The record as it was handed in.")
    url = models.TextField(blank=True, help_text="The spelling of the address in this row.")
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    reason = models.CharField(max_length=32, blank=True, help_text="A stable code.")
    message = models.TextField(blank=True, help_text="A sentence for the officer.")
    problems = ArrayField(models.TextField(), db_default=[])
    notes = ArrayField(
        models.TextField(),
        db_default=[],
        help_text="How the address was read: identity's notes and wrappers.",
    )
    note = models.TextField(
        blank=True,
        db_default="",
        default="",
        help_text="What the officer wrote beside the address, or around it.",
    )
    moment = models.PositiveIntegerField(
        null=True, help_text="Seconds from the start to which the address as written leads."
    )
    platform_id = models.CharField(max_length=50, blank=True)
    domain = models.CharField(max_length=253, blank=True, help_text="Registrable domain of an unknown host.")
    item_id = models.UUIDField(null=True)
    referral_id = models.UUIDField(null=True)
    first_line = models.PositiveIntegerField(
        null=True, help_text="Where the same item stands first in this submission."
    )
    first_part = models.PositiveIntegerField(null=True, help_text="Which address of that line it is.")
    first_sheet = models.TextField(
        blank=True,
        db_default="",
        default="",
        help_text="Of which sheet that line is, where several are read.",
    )

    objects: ClassVar[SubmissionRowQuerySet] = SubmissionRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["submission", "place"]
        # The spellings in which an item was handed in.
        indexes = [
            models.Index(fields=["item_id"], name="row_by_item", condition=Q(item_id__isnull=False)),
            # What waits until its host is declared.
            models.Index(fields=["domain"], name="row_waiting", condition=Q(outcome="unknown_platform")),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}, line {self.line}" if self.sheet else f"line {self.line}"


class Repair(models.Model):
    """One thing that a person decided or put right in the preview of a list; what was handed in stays as it came."""

    class Subject(models.TextChoices):
        """What it is about, and what ``about`` and ``becomes`` then hold."""

        COLUMN = "column", _("Column")  # our field; the header as written, "" for none
        DATES = "dates", _("Order of dates")  # nothing; "day" or "month"
        HIDDEN = "hidden", _("Hidden rows")  # nothing; "in" or "out"
        SHEET = "sheet", _("Sheet")  # its name; "in" or "out"
        PLATFORM = "platform", _("Platform outside the operation")  # its slug, "" for all; "in" or "out"
        WORD = "word", _("Word")  # "field:word"; a kind, tier, language or listed group, "" for nothing
        CELL = "cell", _("Cell")  # "place:field"; its text
        LEFT_OUT = "left_out", _("Row left out")  # its place; nothing

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="repairs", db_index=False
    )
    subject = models.CharField(max_length=16, choices=Subject.choices)
    about = models.TextField(blank=True, help_text="Which of them; see Subject.")
    found = models.TextField(blank=True, help_text="What stands in the list.")
    becomes = models.TextField(blank=True)
    by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="None: a program of the agency.",
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(name="repaired_once", fields=["submission", "subject", "about"])
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.about}: {self.becomes}"


class Hindrance(models.TextChoices):
    """What stood in the way of a load, from outside. It is tried again."""

    NO_SPACE = "no_space", _("There was no space left on the server.")
    NO_FILE = "no_file", _("The file as it was submitted was not where the worker looks for it.")
    NO_DATABASE = "no_database", _("The database did not answer.")
    OTHER = "other", _("Something unforeseen went wrong on our side.")


class Progress(models.Model):
    """How far the reading of a submission has come: written beside its transaction, so that others see it.

    ``hindrance``, ``hindered_at``: why the last try failed, and when; empty where none did.
    """

    submission_id = models.UUIDField(primary_key=True)
    bytes_read = models.PositiveBigIntegerField(default=0)
    rows_read = models.PositiveBigIntegerField(default=0)
    updated_at = models.DateTimeField(db_default=models.functions.Now())
    hindrance = models.CharField(
        max_length=16, choices=Hindrance.choices, blank=True, db_default="", default=""
    )
    hindered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.rows_read} rows"
