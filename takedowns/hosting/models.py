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


class Problem(models.TextChoices):
    """Why a registry did not say whom to tell."""

    NO_RECORD = "no_record", _("The registry has no record of it.")
    DENIED = "denied", _("The registry does not answer us.")
    BUSY = "busy", _("The registry answers no more questions for now. Ask again in an hour.")
    FAULT = "fault", _("The registry has a fault of its own. Ask again later.")
    NO_REGISTRY = "no_registry", _("No registry is known that answers for this ending.")
    NO_LISTS = "no_lists", _("IANA’s lists of registries could not be read. Ask again later.")
    CIRCLE = "circle", _("The registry leads from one address to the next without an answer.")
    NOT_HTTPS = "not_https", _("The registry leads to an address that is not https.")
    UNREADABLE = "unreadable", _("What the registry answers cannot be read.")


class AbuseContact(models.Model):
    """What RDAP said of a host, kept for a time so that it is not asked each day.

    Attributes:
        mail_to: empty where it names none.
        problem: what went wrong, one of :class:`Problem` or in words; empty where nothing did.
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

    @property
    def why(self) -> str:
        """What went wrong, in the reader's language where it is one of :class:`Problem`."""
        return str(Problem(self.problem).label) if self.problem in Problem.values else self.problem
