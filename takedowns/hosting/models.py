"""Hosts that nobody declared as a platform and that are asked all the same, and where abuse of a host is to be reported."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Platform, User


class HostingService(models.Model):
    """A host that is asked by mail: in lists and figures it stands among platforms, under its registrable domain.

    Attributes:
        promoted_at: since when it is a platform as others: no abuse report is enclosed any more.
    """

    platform = models.OneToOneField(Platform, on_delete=models.PROTECT, primary_key=True, related_name="+")
    domain = models.CharField(max_length=253, unique=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    added_at = models.DateTimeField(db_default=Now())
    promoted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    promoted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.domain


class AbuseContact(models.Model):
    """What RDAP said of a host, kept for a time so that it is not asked each day.

    Attributes:
        mail_to: empty where it names none.
        problem: what went wrong, empty where nothing did.
    """

    class Source(models.TextChoices):
        """Of whom it is the contact."""

        NETWORK = "network", _("Network in which it stands")
        REGISTRAR = "registrar", _("Registrar of its domain")

    id = models.BigAutoField(primary_key=True)
    domain = models.CharField(max_length=253)
    source = models.CharField(max_length=16, choices=Source.choices)
    mail_to = models.CharField(max_length=254, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    found_at = models.DateTimeField()

    class Meta:
        ordering = ["source"]  # the network first: it is who hosts
        constraints = [
            models.UniqueConstraint(name="abuse_contact_once", fields=["domain", "source"]),
            models.CheckConstraint(
                name="abuse_contact_source", condition=Q(source__in=["network", "registrar"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.domain}: {self.mail_to or '–'}"
