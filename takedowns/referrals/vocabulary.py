"""The closed vocabularies of a referral. Words are DESIGN's; codes of decisions are the DSA's.

Sources: Regulation (EU) 2021/784; Digital Services Act, Art. 17 and the Transparency Database's API
(``decision_visibility``, ``decision_account``, ``decision_ground``, ``automated_decision``).
"""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices


class Status(TextChoices):
    """Where our work on a referral stands, and what the platform answered. Not what anybody saw."""

    SUBMITTED = "submitted", "Submitted"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected in review"
    REFERRED = "referred", "Referred"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    INFORMATION_REQUESTED = "information_requested", "Information requested"
    REMOVED = "removed", "Removed"
    RESTRICTED = "restricted", "Restricted"
    DECLINED = "declined", "Declined"
    UNAVAILABLE = "unavailable", "Already unavailable"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REINSTATED = "reinstated", "Reinstated"


class Availability(TextChoices):
    """What somebody saw when they looked. Never inferred from a decision."""

    UNKNOWN = "unknown", "Not known"
    ONLINE = "online", "Seen online"
    OFFLINE = "offline", "Seen gone"


class Instrument(TextChoices):
    """Under what a platform is asked: voluntarily, or by order (Regulation (EU) 2021/784, Art. 3)."""

    REFERRAL = "referral", "Referral"
    REMOVAL_ORDER = "removal_order", "Removal order"


class Tier(TextChoices):
    """Priority, after the Terrorist Content Analytics Platform (stored as a number)."""

    THREAT_TO_LIFE = "1", "1 Threat to life"
    CRISIS = "2", "2 Crisis"
    DESIGNATION = "3", "3 Designation"
    PROMOTIONAL = "4", "4 Promotional"
    OTHER = "5", "5 Other"


class Action(TextChoices):
    """What a platform did: the DSA's visibility and account decisions in one list."""

    REMOVED = "visibility_removed", "Content removed"
    DISABLED = "visibility_disabled", "Access disabled"
    DEMOTED = "visibility_demoted", "Demoted"
    AGE_RESTRICTED = "visibility_age_restricted", "Age-restricted"
    INTERACTION_RESTRICTED = "visibility_interaction_restricted", "Interaction restricted"
    LABELLED = "visibility_labelled", "Labelled"
    ACCOUNT_SUSPENDED = "account_suspended", "Account suspended"
    ACCOUNT_TERMINATED = "account_terminated", "Account terminated"
    GEO_BLOCKED = "geo_blocked", "Blocked in some countries"


class DecisionGround(TextChoices):
    """Why a platform acted (DSA ``decision_ground``)."""

    ILLEGAL_CONTENT = "illegal_content", "Illegal content"
    INCOMPATIBLE_CONTENT = "incompatible_content", "Incompatible with its terms"


class DeclineReason(TextChoices):
    """Why a platform did not act."""

    NOT_IN_BREACH = "not_in_breach", "Not in breach of its terms"
    JOURNALISTIC = "journalistic", "Journalistic, research, artistic or educational"
    INSUFFICIENT_INFORMATION = "insufficient_information", "Not enough information"
    NOT_FOUND = "not_found", "Not found at this address"
    NOT_RESPONSIBLE = "not_responsible", "Not hosted by this platform"
    OTHER = "other", "Other"


class EventKind(TextChoices):
    """What an event records, beside the transitions of the lifecycle (whose names it uses)."""

    SUBMIT = "submit", "Handed in"
    CO_REFER = "co_refer", "Handed in by a further agency"
    CHECK = "check", "Looked at"
    CORRECT = "correct", "Corrected"
    WRITE_ORDER = "write_order", "Order written"
    RECEIPT = "receipt", "Order received"
    IMPEDIMENT = "impediment", "Cannot comply"
    IMPEDIMENT_ENDED = "impediment_ended", "Impediment ended"


DEFAULT_TIER: Final = 5

#: Statuses in which a referral is open; an item has at most one open referral.
OPEN: Final = (
    Status.SUBMITTED,
    Status.APPROVED,
    Status.REFERRED,
    Status.ACKNOWLEDGED,
    Status.INFORMATION_REQUESTED,
)
