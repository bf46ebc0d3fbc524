"""The heart's tables: operations, items, referrals, their events, evidence, holds, dispatches."""

from takedowns.referrals.models.events import Cell, Event
from takedowns.referrals.models.items import Item, Outlet
from takedowns.referrals.models.operations import Channel, Operation, OperationChange, OperationPlatform
from takedowns.referrals.models.referral import CoReferral, Referral

__all__ = [
    "Cell",
    "Channel",
    "CoReferral",
    "Event",
    "Item",
    "Operation",
    "OperationChange",
    "OperationPlatform",
    "Outlet",
    "Referral",
]
