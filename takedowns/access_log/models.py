"""The log of who looked. Kept apart from the events: it is many times as long, and goes after a time of its own.

A row is never changed. The table is partitioned by month (``sql/takedowns_prepare_access_log.sql``), so that retention drops a
month instead of deleting its rows; what no month takes goes into a default partition, so no page waits for one.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from takedowns.postgres.functions import UUID7


class Look(models.Model):
    """One page or call that showed something to somebody.

    People, keys and agencies stand here by their ids alone: a row outlives them, and costs no look-up.
    """

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    at = models.DateTimeField(db_default=Now())
    person_id = models.UUIDField(null=True)
    key_id = models.UUIDField(null=True, help_text="The API key, where it was a program.")
    agency_id = models.UUIDField(null=True, help_text="For which agency, where the person has one.")
    roles = models.CharField(max_length=100, help_text="That they had then, with commas.")
    origin = models.CharField(max_length=100, help_text="As access/origin.py says it.")
    view = models.CharField(max_length=100, help_text="Name of the page or call.")
    what = models.CharField(max_length=20, help_text="One of vocabulary.What.")
    operation = models.CharField(max_length=50, blank=True, help_text="Its reference, where it is of one.")
    subject = models.CharField(max_length=64, blank=True, help_text="Of one thing: its id or name.")
    referral_id = models.UUIDField(null=True, help_text="Where it is of one referral.")
    count = models.PositiveIntegerField(default=0, help_text="How many things.")
    digest = models.BinaryField(null=True, help_text="Of many: SHA-256 of their ids (recording.digest_of).")
    asked = models.BinaryField(null=True, help_text="Of a search: recording.keyed() of its words.")
    is_file = models.BooleanField(default=False, help_text="Whether it was taken away as a file.")
    entry = models.BigIntegerField(null=True, help_text="Number of the ledger's entry of the file.")

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "at"], name="look_by_person"),
            models.Index(
                fields=["referral_id", "at"],
                name="look_at_referral",
                condition=models.Q(referral_id__isnull=False),
            ),
            models.Index(fields=["asked"], name="look_for_words", condition=models.Q(asked__isnull=False)),
            models.Index(fields=["at"], name="look_of_file", condition=models.Q(is_file=True)),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.subject} at {self.at:%Y-%m-%d %H:%M}"
