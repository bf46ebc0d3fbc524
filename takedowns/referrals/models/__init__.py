"""The heart's tables: operations, items, referrals, their events, holds, dispatches."""

from takedowns.referrals.models.dispatch import Dispatch, HandOff
from takedowns.referrals.models.events import Cell, Event
from takedowns.referrals.models.holds import Hold
from takedowns.referrals.models.items import Item, Outlet
from takedowns.referrals.models.operations import Operation
from takedowns.referrals.models.referral import CoReferral, Referral

__all__ = [
    "Cell",
    "CoReferral",
    "Dispatch",
    "Event",
    "HandOff",
    "Hold",
    "Item",
    "Operation",
    "Outlet",
    "Referral",
]
