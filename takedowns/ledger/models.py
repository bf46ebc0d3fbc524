"""Entries that triggers write, and what seals them together with the events of referrals.

An event of a referral is an entry as it stands (``entries.py`` says how it reads), so that an import writes nothing
twice. Whatever else counts is written here by triggers of its table, in the same transaction, whoever changes it.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from takedowns.postgres.functions import UUID7, EntryId, LogTransaction, TransactionField


def _kept_for_ever() -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="never_emptied",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'The ledger is never emptied.';",
        ),
    ]


class Entry(models.Model):
    """One change of one row of a table, or one thing that was done: who, when, from where, from what, to what.

    ``was`` and ``became`` are canonical JSON (RFC 8785) of the columns that may be shown to whoever checks; names, addresses
    and free text stand in ``withheld``, which the ledger binds by a salted digest, so that it can go and the seal stays.
    """

    append_only = True
    written_by_triggers = True

    class Action(models.TextChoices):
        """What was done to the row."""

        FOUND = "found"  # it was there when the ledger began
        ADDED = "added"
        CHANGED = "changed"
        REMOVED = "removed"
        DONE = "done"  # no row of a table: an export was made

    number = models.BigAutoField(primary_key=True)
    # The number as a UUID, so that entries and events are ordered by one pair: transaction and id.
    id = models.GeneratedField(
        expression=EntryId(models.F("number")), output_field=models.UUIDField(), db_persist=True
    )
    xid = TransactionField(db_default=LogTransaction(), editable=False)
    at = models.DateTimeField(db_default=Now())
    what = models.CharField(max_length=63, help_text="The table, or what was done.")
    action = models.CharField(max_length=8, choices=Action.choices)
    key = models.CharField(max_length=300, help_text="Of the row: its primary key.")
    person_id = models.UUIDField(null=True)
    agency_id = models.UUIDField(null=True, help_text="For which agency the person acted.")
    origin = models.CharField(max_length=100)
    referral_id = models.UUIDField(null=True)
    item_id = models.UUIDField(null=True)
    was = models.TextField(null=True)  # noqa: DJ001 - there was nothing
    became = models.TextField(null=True)  # noqa: DJ001 - there is nothing
    withheld = models.TextField(null=True, help_text="Canonical JSON; NULL once it was removed.")  # noqa: DJ001

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["xid", "id"], name="entry_in_log_order"),
            models.Index(fields=["what", "key", "number"], name="entry_of_row"),
            models.Index(
                fields=["referral_id"],
                name="entry_of_referral",
                condition=models.Q(referral_id__isnull=False),
            ),
        ]
        triggers = _kept_for_ever()

    def __str__(self) -> str:
        return f"{self.number} {self.what} {self.action}"


class Seal(models.Model):
    """Entries next to each other in the order of the log: their ids, the hashes of their leaves, in one row.

    A seal lies within one block of ``tree.BLOCK`` leaves; the seal that completes a block carries the block's hash.
    """

    append_only = True

    first = models.BigIntegerField(
        primary_key=True, help_text="Place of its first entry in the ledger, from 0."
    )
    size = models.PositiveIntegerField()
    ids = models.BinaryField(help_text="16 bytes an entry.")
    leaves = models.BinaryField(help_text="32 bytes an entry: SHA-256 as RFC 9162 hashes a leaf.")
    bindings = models.BinaryField(
        help_text="32 bytes an entry: the salted digest of what is withheld of it, or zeros; empty where nothing is."
    )
    block_hash = models.BinaryField(null=True)
    xid = TransactionField(help_text="With last_id: the place in the log after which the next seal begins.")
    last_id = models.UUIDField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["xid", "last_id"], name="seal_in_log_order"),
            models.Index(
                fields=["first"], name="seal_ends_block", condition=models.Q(block_hash__isnull=False)
            ),
        ]
        triggers = _kept_for_ever()

    def __str__(self) -> str:
        return f"{self.first}+{self.size}"


class Salts(models.Model):
    """The salts of what is withheld of a seal's entries: 16 bytes each; zeros once it was removed, or where nothing is."""

    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, primary_key=True, related_name="salts")
    salts = models.BinaryField()

    class Meta:
        verbose_name_plural = "salts"

    def __str__(self) -> str:
        return f"of {self.seal_id}"


class Head(models.Model):
    """A signed tree head: how many entries there were, and the one hash that all of them come to."""

    append_only = True

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    at = models.DateTimeField()
    note = models.TextField(help_text="The signed note, as it was given to witnesses.")

    class Meta:
        triggers = _kept_for_ever()

    def __str__(self) -> str:
        return f"{self.size} at {self.at:%Y-%m-%d %H:%M}"


class TimeStamp(models.Model):
    """What a time-stamp authority (RFC 3161) said of a head: that it was there at a moment by the authority's clock."""

    append_only = True

    head = models.OneToOneField(Head, on_delete=models.PROTECT, primary_key=True, related_name="time_stamp")
    response = models.BinaryField(
        help_text="The whole answer in DER, with the token, as “openssl ts” reads it."
    )
    at = models.DateTimeField(help_text="By the authority's clock.")
    authority = models.CharField(max_length=300, help_text="The subject of the certificate that signed.")
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = _kept_for_ever()

    def __str__(self) -> str:
        return f"{self.head_id} at {self.at:%Y-%m-%d %H:%M:%S} by {self.authority}"


class Countersignature(models.Model):
    """What another installation said of a head: that it saw nothing of this ledger with which the head is not consistent."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    head = models.ForeignKey(Head, on_delete=models.PROTECT, related_name="countersignatures")
    witness = models.CharField(max_length=300, help_text="Where it was asked.")
    key = models.CharField(max_length=300, help_text="That countersigned: NAME+HASH+KEY.")
    at = models.DateTimeField(help_text="By the witness's clock.")
    note = models.TextField(help_text="The signed head with the countersignature.")
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["witness", "head"], name="countersigned_by_witness")]
        triggers = _kept_for_ever()

    def __str__(self) -> str:
        return f"{self.head_id} at {self.at:%Y-%m-%d %H:%M:%S} by {self.key.partition('+')[0]}"


class WitnessedHead(models.Model):
    """A head of another's ledger that this installation countersigned; the last of each ledger is what the next is compared with."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    ledger = models.CharField(max_length=300)
    size = models.BigIntegerField(help_text="Zero where somebody let the ledger begin anew.")
    root = models.BinaryField()
    note = models.TextField(help_text="With the countersignature; empty where it begins anew.")
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=300, blank=True, help_text="Why it begins anew.")

    class Meta:
        indexes = [models.Index(fields=["ledger", "-id"], name="witnessed_last")]
        triggers = _kept_for_ever()

    def __str__(self) -> str:
        return f"{self.ledger}: {self.size}"


class Fork(models.Model):
    """Two histories of one ledger, as a witness saw them: what an alarm is about. It stands here and with the witness."""

    id = models.BigAutoField(primary_key=True)
    ledger = models.CharField(max_length=300)
    witness = models.CharField(
        max_length=300, blank=True, help_text="Who refused ours; empty: we refused another's."
    )
    at = models.DateTimeField(db_default=Now())
    said = models.CharField(max_length=300, help_text="What is wrong, in English.")
    refused = models.TextField(help_text="The signed head that was refused.")
    known = models.TextField(blank=True, help_text="The signed head that the witness countersigned before.")
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["ledger", "witness", "-id"], name="fork_last")]

    def __str__(self) -> str:
        return f"{self.ledger}: {self.said}"


class Receiver(models.Model):
    """To whom heads go over the network, and how that went: since when it fails, why, and when it is tried again."""

    name = models.CharField(max_length=300, primary_key=True)
    succeeded_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0, help_text="That failed, one after the other.")
    next_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name


class SigningKey(models.Model):
    """A public key that signed heads, and how it came to: by a statement that it and the key before it both signed."""

    append_only = True

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    name = models.CharField(max_length=200, unique=True, help_text="As in a signed note: NAME+HASH+KEY.")
    since = models.DateTimeField()
    statement = models.TextField(blank=True, help_text="Signed by both keys; empty for the first key.")

    class Meta:
        ordering = ["since"]
        triggers = _kept_for_ever()

    def __str__(self) -> str:
        return self.name
