"""What of hosts that are no platform is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.hosting.contacts import KEPT as CONTACTS_KEPT
from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("Contacts for abuse that registries named"),
        _(
            "Asked for again when somebody needs them; those that a person typed in are kept with the platform."
        ),
        period=CONTACTS_KEPT,
        table="hosting_abusecontact",
        nightly=True,
        past="found_at < %(before)s",
        age="found_at",
    ),
)
