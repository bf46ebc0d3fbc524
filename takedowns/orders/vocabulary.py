"""The closed vocabularies of removal orders, after the annexes of Regulation (EU) 2021/784.

The wording of the annexes' tick boxes is general knowledge of the text, not copied from it; it stands here alone, so
that an installation's lawyer corrects it in one place.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

#: Within what a provider acts, from receipt or from when the clock starts anew (Art. 3(3), 3(7), 3(8)).
HOUR: Final = timedelta(hours=1)
#: How long before its first order from an authority a provider is told of procedures and deadlines (Art. 3(2)).
NOTICE: Final = timedelta(hours=12)
#: The longest that a content provider may be kept uninformed by one decision (Art. 11(3)); it may be prolonged once.
NON_DISCLOSURE: Final = timedelta(weeks=6)


class AuthorityKind(TextChoices):
    """What an issuing authority is (Annex I, section E)."""

    JUDICIAL = "judicial", _("Judge, court or investigating judge")
    LAW_ENFORCEMENT = "law_enforcement", _("Law enforcement authority")
    OTHER = "other", _("Other competent authority")


class Material(TextChoices):
    """What makes it terrorist content: the tick boxes of Annex I, section B; several may hold."""

    INCITES = (
        "incites",
        _("incites others to commit terrorist offences, such as by glorifying terrorist acts"),
    )
    SOLICITS_ACTS = "solicits_acts", _("solicits others to commit or to contribute to terrorist offences")
    SOLICITS_PARTICIPATION = (
        "solicits_participation",
        _("solicits others to participate in the activities of a terrorist group"),
    )
    INSTRUCTS = (
        "instructs",
        _("instructs in making or using explosives, weapons or noxious substances, or in other methods"),
    )
    THREATENS = "threatens", _("constitutes a threat to commit a terrorist offence")


class Impediment(TextChoices):
    """Why a provider cannot comply (Annex III)."""

    FORCE_MAJEURE = "force_majeure", _("Force majeure or de facto impossibility")
    MANIFEST_ERRORS = "manifest_errors", _("The order contains manifest errors")
    INSUFFICIENT_INFORMATION = (
        "insufficient_information",
        _("The order does not contain sufficient information"),
    )


class Outcome(TextChoices):
    """What a provider did about an order (Annex II)."""

    REMOVED = "removed", _("Content removed")
    ACCESS_DISABLED = "access_disabled", _("Access disabled in all Member States")


class ClockState(TextChoices):
    """Where the hour of an order stands."""

    NOT_ISSUED = "not_issued", _("Not issued")
    UNRECEIVED = "unreceived", _("Receipt not known")
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped")
    OVERDUE = "overdue", _("Overdue")
    MET = "met", _("Acted within the hour")
    LATE = "late", _("Acted after the hour")
    ENDED = "ended", _("Ended")


class Requester(TextChoices):
    """Who asks that content be preserved for longer (Art. 6(2))."""

    COURT = "court", _("court")
    AUTHORITY = "authority", _("competent authority")
