"""Which referral is open with which reviewer, so that no two get the same."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from takedowns.directory.models import User
from takedowns.referrals.models import Referral


class Lease(models.Model):
    """That a reviewer has a referral open until then. One that has run out means nothing."""

    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, primary_key=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    objects: ClassVar[models.Manager[Lease]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.referral_id} with {self.user_id} until {self.until:%Y-%m-%d %H:%M} UTC"
