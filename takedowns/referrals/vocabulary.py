"""The closed vocabularies of a referral. Words are DESIGN's; codes of decisions are the DSA's.

Sources: Regulation (EU) 2021/784; Digital Services Act, Art. 17 and the Transparency Database's API
(``decision_visibility``, ``decision_account``, ``decision_ground``, ``automated_decision``).
"""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Where our work on a referral stands, and what the platform answered. Not what anybody saw."""

    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected in review")
    REFERRED = "referred", _("Referred")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    INFORMATION_REQUESTED = "information_requested", _("Information requested")
    REMOVED = "removed", _("Removed")
    RESTRICTED = "restricted", _("Restricted")
    DECLINED = "declined", _("Declined")
    UNAVAILABLE = "unavailable", _("Already unavailable")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REINSTATED = "reinstated", _("Reinstated")


class Availability(TextChoices):
    """What somebody saw when they looked. Never inferred from a decision."""

    UNKNOWN = "unknown", _("Not known")
    ONLINE = "online", _("Seen online")
    OFFLINE = "offline", _("Verified offline")


class Instrument(TextChoices):
    """Under what a platform is asked: voluntarily, or by order (Regulation (EU) 2021/784, Art. 3)."""

    REFERRAL = "referral", _("Referral")
    REMOVAL_ORDER = "removal_order", _("Removal order")


class Tier(TextChoices):
    """Priority, after the Terrorist Content Analytics Platform (stored as a number)."""

    THREAT_TO_LIFE = "1", _("Priority 1: threat to life")
    CRISIS = "2", _("Priority 2: crisis")
    DESIGNATION = "3", _("Priority 3: designation")
    PROMOTIONAL = "4", _("Priority 4: promotional")
    OTHER = "5", _("Priority 5: other")
    NOT_GIVEN = "9", _("No priority given")


class Action(TextChoices):
    """What a platform did: the DSA's visibility and account decisions in one list."""

    REMOVED = "visibility_removed", _("Content removed")
    DISABLED = "visibility_disabled", _("Access disabled")
    DEMOTED = "visibility_demoted", _("Demoted")
    AGE_RESTRICTED = "visibility_age_restricted", _("Age-restricted")
    INTERACTION_RESTRICTED = "visibility_interaction_restricted", _("Interaction restricted")
    LABELLED = "visibility_labelled", _("Labelled")
    ACCOUNT_SUSPENDED = "account_suspended", _("Account suspended")
    ACCOUNT_TERMINATED = "account_terminated", _("Account terminated")
    GEO_BLOCKED = "geo_blocked", _("Blocked in some countries")


class DecisionGround(TextChoices):
    """Why a platform acted (DSA ``decision_ground``)."""

    ILLEGAL_CONTENT = "illegal_content", _("Illegal content")
    INCOMPATIBLE_CONTENT = "incompatible_content", _("Incompatible with its terms")


class DeclineReason(TextChoices):
    """Why a platform did not act."""

    NOT_IN_BREACH = "not_in_breach", _("Not in breach of its terms")
    JOURNALISTIC = "journalistic", _("Journalistic, research, artistic or educational")
    INSUFFICIENT_INFORMATION = "insufficient_information", _("Not enough information")
    NOT_FOUND = "not_found", _("Not found at this address")
    NOT_RESPONSIBLE = "not_responsible", _("Not hosted by this platform")
    OTHER = "other", _("Other")


class EventKind(TextChoices):
    """What an event records, beside the transitions of the lifecycle (whose names it uses)."""

    SUBMIT = "submit", _("Submitted")
    CO_REFER = "co_refer", _("Submitted by a further agency")
    CHECK = "check", _("Looked at")
    CORRECT = "correct", _("Corrected")
    WRITE_ORDER = "write_order", _("Order written")
    RECEIPT = "receipt", _("Order received")
    IMPEDIMENT = "impediment", _("Cannot comply")
    IMPEDIMENT_ENDED = "impediment_ended", _("Impediment ended")
    COMPLAINT = "complaint", _("Complaint")
    COMPLAINT_DECIDED = "complaint_decided", _("Complaint decided")
    REMIND = "remind", _("Platform reminded")
    SUGGEST_ORDER = "suggest_order", _("Removal order suggested")


class SilenceStep(TextChoices):
    """What is done about a platform's silence, in the order in which it is done."""

    RECEIPT_CONTACT = "receipt_contact", _("No acknowledgement: reminder to the contact")
    RECEIPT_SUPERIOR = "receipt_superior", _("No acknowledgement: reminder to the superior")
    DECISION_CONTACT = "decision_contact", _("No decision: reminder to the contact")
    DECISION_SUPERIOR = "decision_superior", _("No decision: reminder to the superior")
    SUGGEST_ORDER = "suggest_order", _("No decision: removal order suggested")


#: Stored where nobody gave a tier. It sorts behind the others, is a group of its own in figures, and is told as nothing.
NO_TIER: Final = int(Tier.NOT_GIVEN)


def tier_told(tier: int) -> int | None:
    """Return a stored tier as it is told: 1 to 5, None where nobody gave one."""
    return None if tier == NO_TIER else tier


#: Statuses in which a referral is open; an item has at most one open referral.
OPEN: Final = (
    Status.SUBMITTED,
    Status.APPROVED,
    Status.REFERRED,
    Status.ACKNOWLEDGED,
    Status.INFORMATION_REQUESTED,
)
