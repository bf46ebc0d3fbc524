"""What one administrator asks of another, invitations, and the record of what was done to accounts."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.access.roles import Role
from takedowns.directory.models import Agency, Platform, User
from takedowns.postgres.functions import UUID7
from takedowns.postgres.withheld import WithheldCharField


class AccountRequest(models.Model):
    """Something that one administrator asked for and another one decides on: a role, invitations, a way into somebody's account.

    Attributes:
        person: whose account it is about; None of invitations, which name their guests themselves.
        expires_at: afterwards nobody can approve it.
        decided_by: None while it waits, and where the operator decided by a command.
    """

    class Kind(models.TextChoices):
        """What is asked for."""

        ROLE = "role", _("Give a role")
        INVITATION = "invitation", _("Invite")
        PASSWORD = "password", _("Make a link for a new password")
        FACTORS = "factors", _("Clear lost second factors")
        SWITCH_ON = "switch_on", _("Switch the account on")

    class Outcome(models.TextChoices):
        """What became of it."""

        WAITS = "waits", _("waits")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        TAKEN_BACK = "taken_back", _("taken back")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.WAITS)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="account_request_by_two",
                condition=~Q(outcome="approved") | Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="account_request_about_somebody", condition=Q(kind="invitation") | ~Q(person=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.person or self.role}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be approved."""
        return self.outcome == self.Outcome.WAITS and self.expires_at > timezone.now()


class Invitation(models.Model):
    """Somebody may make an account, once, until it ends. Of the link only the SHA-256 of its secret is kept.

    Attributes:
        request: which another administrator approves first, where that is needed; until then there is no link.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    email = models.EmailField()
    name = models.CharField(max_length=200)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)
    secret_hash = WithheldCharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    request = models.ForeignKey(
        AccountRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted, or approved."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def waits(self) -> bool:
        """Whether another administrator must approve it before there is a link; read with its request."""
        return self.request is not None and self.request.outcome != AccountRequest.Outcome.APPROVED


class AccountEvent(models.Model):
    """What was done to or with an account, when, by whom and from where. Inserted and read, never changed."""

    append_only = True

    class Kind(models.TextChoices):
        """What was done."""

        SIGNED_IN = "signed_in", _("Signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
        SIGNED_OUT = "signed_out", _("Signed out")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        PASSWORD_RESET = "password_reset", _("Password reset by a link")
        PASSWORD_LINK = "password_link", _("Link for a new password made")
        FACTOR_ADDED = "factor_added", _("Second factor added")
        FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        CODES_MADE = "codes_made", _("Recovery codes made")
        INVITED = "invited", _("Invited")
        INVITATION_ACCEPTED = "invitation_accepted", _("Invitation accepted")
        INVITATION_REVOKED = "invitation_revoked", _("Invitation revoked")
        ROLE_GIVEN = "role_given", _("Role given")
        ROLE_TAKEN = "role_taken", _("Role removed")
        SWITCHED_OFF = "switched_off", _("Account switched off")
        SWITCHED_ON = "switched_on", _("Account switched on")
        FACTORS_CLEARED = "factors_cleared", _("Second factors cleared by an administrator")
        REQUEST_MADE = "request_made", _("Another administrator asked to approve")
        REQUEST_APPROVED = "request_approved", _("Request approved")
        REQUEST_REFUSED = "request_refused", _("Request refused")
        REQUEST_TAKEN_BACK = "request_taken_back", _("Request taken back")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    at = models.DateTimeField(db_default=models.functions.Now())
    kind = models.CharField(max_length=24, choices=Kind.choices)
    email = models.EmailField(
        blank=True, help_text="Of the account, as it was then; of a failed sign-in as typed."
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    address = models.GenericIPAddressField(null=True, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.email}"
