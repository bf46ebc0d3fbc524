"""Removal orders (Regulation (EU) 2021/784), who issues them, to whom they are addressed, and the notice before the first."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.directory.models import Agency, Platform, User
from takedowns.orders.clock import Clock
from takedowns.orders.vocabulary import AuthorityKind, ClockState, Impediment, Material, Requester
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models.items import Item
from takedowns.referrals.models.referral import Referral


class IssuingAuthority(models.Model):
    """What every order of an agency says of the authority that issues it (Annex I, sections A, E, F, G).

    An agency may issue orders if and only if it has one: entered once, it is the agency's flag as competent authority.
    """

    agency = models.OneToOneField(
        Agency, on_delete=models.PROTECT, primary_key=True, related_name="issuing_authority"
    )
    name = models.CharField(_("Authority"), max_length=200)
    kind = models.CharField(_("Type of authority"), max_length=16, choices=AuthorityKind.choices)
    member_state = models.CharField(
        _("Issuing Member State"), max_length=2, help_text=_("Two letters, as in DE.")
    )
    address = models.TextField(_("Postal address"), max_length=500)
    phone = models.CharField(_("Telephone"), max_length=40, blank=True)
    email = models.EmailField(
        _("E-mail for feedback"), help_text=_("Where the provider sends Annexes II and III.")
    )
    redress_body = models.CharField(
        _("Body for redress"),
        max_length=200,
        help_text=_("Before which court or body the order is challenged."),
    )
    redress_deadline = models.CharField(
        _("Deadline for redress"), max_length=200, help_text=_("Such as: within 30 days of receipt.")
    )

    class Meta:
        verbose_name_plural = "issuing authorities"

    def __str__(self) -> str:
        return self.name


class Addressee(models.Model):
    """To whom orders and hand-offs for a platform go (Annex I, sections A and D)."""

    platform = models.OneToOneField(
        Platform, on_delete=models.PROTECT, primary_key=True, related_name="addressee"
    )
    name = models.CharField(_("Hosting service provider"), max_length=200)
    legal_representative = models.CharField(
        _("Legal representative"),
        max_length=200,
        blank=True,
        help_text=_("In the Union (Art. 17), if it has one."),
    )
    contact_point = models.CharField(
        _("Contact point"), max_length=200, blank=True, help_text=_("For removal orders (Art. 15).")
    )
    member_state = models.CharField(
        _("Member State of the provider"),
        max_length=2,
        blank=True,
        help_text=_("Of its main establishment or legal representative: two letters, as in IE."),
    )
    copy_to = models.CharField(
        _("Authority that gets a copy"),
        max_length=200,
        blank=True,
        help_text=_("The competent authority of that Member State (Art. 4)."),
    )
    mail_to = models.EmailField(
        _("E-mail for hand-offs"), blank=True, help_text=_("Empty: bundles are sent by hand.")
    )

    def __str__(self) -> str:
        return self.name


class PriorNotice(models.Model):
    """That an authority told a provider of procedures and deadlines, before its first order to it (Art. 3(2))."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"Notice to {self.platform_id}, {self.given_at:%Y-%m-%d %H:%M} UTC"


#: Of an order, until when the provider keeps what it took away (``takedowns_preserved_until.sql``); None: it need not.
PRESERVED_UNTIL: Final = Func(
    F("pk"), function="takedowns_preserved_until", output_field=models.DateTimeField(null=True)
)


class RemovalOrderQuerySet(models.QuerySet["RemovalOrder"]):
    """Orders; :meth:`visible_to` first, then whatever else."""

    def visible_to(self, actor: Actor) -> RemovalOrderQuerySet:
        """Return those whose referral the actor may see. Row-level security says the same."""
        return self.filter(referral__in=Referral.objects.visible_to(actor))


class RemovalOrder(models.Model):
    """What a referral under the instrument ``removal_order`` says beyond a voluntary one, and where its hour stands.

    The address ordered is the item's; until when to act is ``Referral.due_at``; when it acted ``Referral.decided_at``.
    """

    referral = models.OneToOneField(
        Referral, on_delete=models.PROTECT, primary_key=True, related_name="removal_order"
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    material = ArrayField(models.CharField(max_length=24, choices=Material.choices))
    reasons = models.TextField(help_text="Why it is terrorist content: the statement of reasons.")
    further_information = models.TextField(blank=True, help_text="What locates it beyond its address.")
    file_number = models.CharField(max_length=100, blank=True)
    officer = models.CharField(max_length=200, blank=True, help_text="Who signs: name and post.")
    content_provider_told = models.BooleanField(
        default=True, help_text="Whether the platform may tell whoever put it there (Art. 11)."
    )
    not_told_reason = models.TextField(blank=True)
    not_told_until = models.DateTimeField(null=True, blank=True)
    emergency = models.BooleanField(
        default=False,
        help_text="Duly justified: the first order goes without notice of 12 hours (Art. 3(2)).",
    )
    emergency_reason = models.TextField(blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True, help_text="The moment of its dispatch.")
    particulars = models.JSONField(default=dict, help_text="Sections A to G as drawn when it was approved.")
    # In the database: made, kept and restored with what it orders, byte for byte.
    document = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the document, hexadecimal.")
    received_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    impediment = models.CharField(max_length=24, choices=Impediment.choices, blank=True)
    impediment_explained = models.TextField(blank=True)

    objects: ClassVar[models.Manager[RemovalOrder]] = RemovalOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="order_names_material", condition=Q(material__len__gt=0)),
            models.CheckConstraint(
                name="order_stops_after_receipt",
                condition=Q(stopped_at=None) | Q(received_at__isnull=False, stopped_at__gte=F("received_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def clock(self) -> Clock:
        """The order's times; reads the referral."""
        return Clock(self.received_at, self.referral.due_at, self.stopped_at)

    def state(self, now: datetime) -> ClockState:
        """Say where its hour stands at ``now``; reads the referral."""
        found = self.referral
        return self.clock.state(found.status, found.decided_at, now, issued=found.referred_at is not None)


class Preservation(models.Model):
    """That a court or authority asked a provider to preserve what it took away for longer than six months (Art. 6(2)). Never changed.

    The last one recorded says until when; a shorter one follows where the proceedings ended.

    Attributes:
        until: the end of the further period.
        requester, name: who asked for it: which kind, and which one.
        reason: the proceedings that need it, and their file number; withheld from the ledger's entry, as the name is.
        asked_at: when the provider was asked.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    requester = models.CharField(max_length=16, choices=Requester.choices)
    name = models.CharField(max_length=300)
    reason = models.CharField(max_length=1000)
    asked_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-recorded_at", "-id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"preserved until {self.until:%Y-%m-%d}"
