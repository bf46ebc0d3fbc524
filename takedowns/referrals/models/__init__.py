"""The heart's tables: operations, items, referrals, their events, evidence, holds, dispatches."""

from takedowns.referrals.models.complaint import Complainant, Complaint, Verdict
from takedowns.referrals.models.dispatch import Dispatch, HandOff, Sending
from takedowns.referrals.models.events import Cell, Event
from takedowns.referrals.models.evidence import (
    PICTURES,
    Evidence,
    EvidenceAccess,
    EvidenceWithdrawal,
    MediaType,
)
from takedowns.referrals.models.holds import Hold
from takedowns.referrals.models.items import Item, Outlet
from takedowns.referrals.models.operations import (
    Channel,
    Operation,
    OperationChange,
    OperationPlatform,
    WallLink,
)
from takedowns.referrals.models.order import Addressee, IssuingAuthority, PriorNotice, RemovalOrder
from takedowns.referrals.models.referral import CoReferral, Referral

__all__ = [
    "PICTURES",
    "Addressee",
    "Cell",
    "Channel",
    "CoReferral",
    "Complainant",
    "Complaint",
    "Dispatch",
    "Event",
    "Evidence",
    "EvidenceAccess",
    "EvidenceWithdrawal",
    "HandOff",
    "Hold",
    "IssuingAuthority",
    "Item",
    "MediaType",
    "Operation",
    "OperationChange",
    "OperationPlatform",
    "Outlet",
    "PriorNotice",
    "Referral",
    "RemovalOrder",
    "Sending",
    "Verdict",
    "WallLink",
]
