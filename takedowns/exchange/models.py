"""How what leaves of an operation for other systems is marked; an operation without a marking gives nothing."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.directory.models import User
from takedowns.referrals.models import Operation


class Tlp(models.TextChoices):
    """The Traffic Light Protocol, version 2.0 (FIRST)."""

    CLEAR = "clear", _("TLP:CLEAR – no limit")
    GREEN = "green", _("TLP:GREEN – the community")
    AMBER = "amber", _("TLP:AMBER – the recipient’s organisation and its clients")
    AMBER_STRICT = "amber+strict", _("TLP:AMBER+STRICT – the recipient’s organisation")
    RED = "red", _("TLP:RED – the recipients alone")


class MarkingQuerySet(models.QuerySet["Marking"]):
    """Markings; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> MarkingQuerySet:
        """Return those of operations the actor may see. Row-level security says the same."""
        return self.filter(operation__in=Operation.objects.visible_to(actor))


class Marking(models.Model):
    """An operation's records may leave, under this marking."""

    operation = models.OneToOneField(Operation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    tlp = models.CharField(max_length=12, choices=Tlp.choices)
    changed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    changed_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[Marking]] = MarkingQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="marking_tlp", condition=models.Q(tlp__in=Tlp.values))]

    def __str__(self) -> str:
        return f"TLP:{self.tlp.upper()}"
