"""The hour of a removal order: from receipt, stopped by an impediment, starting anew when that has ended.

Regulation (EU) 2021/784, Art. 3(3): one hour from receipt. Art. 3(7) and 3(8): where the provider cannot comply for force
majeure, manifest errors or insufficient information, the time starts as soon as the reasons have ceased to exist or the
clarification has been received. No database: what is stored is in ``orders/models.py``, who may tell what in ``orders.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from takedowns.orders.vocabulary import HOUR, ClockState
from takedowns.referrals.vocabulary import Status

_ACTED: Final = frozenset({Status.REMOVED, Status.RESTRICTED, Status.UNAVAILABLE})
#: The order no longer asks for anything, or was undone after it had been followed.
_ENDED: Final = frozenset({Status.WITHDRAWN, Status.REJECTED, Status.REINSTATED})


@dataclass(frozen=True, slots=True)
class Clock:
    """The times of one order.

    Attributes:
        received_at: when the provider received it; None: not known.
        due_at: until when it must act; None while the clock has not started, or stands still.
        stopped_at: since when an impediment stops the clock; None while none does.
    """

    received_at: datetime | None = None
    due_at: datetime | None = None
    stopped_at: datetime | None = None

    def started(self, at: datetime) -> Clock:
        """Return the clock after receipt. A second receipt changes nothing."""
        return self if self.received_at else Clock(at, at + HOUR)

    def stopped(self, at: datetime) -> Clock:
        """Return the clock after an impediment that began at ``at``.

        One that begins after the hour has passed undoes no breach, so nothing stops; nor does a second impediment stop
        what stands still. An impediment cannot begin before the hour that it stops.
        """
        if self.due_at is None or at > self.due_at:
            return self
        return Clock(self.received_at, None, max(at, self.due_at - HOUR))

    def resumed(self, at: datetime) -> Clock:
        """Return the clock after the impediment ended or the clarification arrived: a whole hour from then."""
        if self.stopped_at is None:
            return self
        return Clock(self.received_at, max(at, self.stopped_at) + HOUR)

    def state(
        self, status: str, decided_at: datetime | None, now: datetime, *, issued: bool = True
    ) -> ClockState:
        """Say where the hour stands, given the referral's status and the time of the platform's decision.

        Declining is not acting: an order that was declined is overdue once its hour has passed.
        """
        if status in _ENDED:
            return ClockState.ENDED
        if not issued:
            return ClockState.NOT_ISSUED
        acted = status in _ACTED
        if self.received_at is None:
            return ClockState.ENDED if acted else ClockState.UNRECEIVED
        if self.due_at is None:
            return ClockState.MET if acted else ClockState.STOPPED
        if acted and decided_at is not None:
            return ClockState.MET if decided_at <= self.due_at else ClockState.LATE
        return ClockState.OVERDUE if now > self.due_at else ClockState.RUNNING
