"""Who reads at a desk: as the platform's key does."""

from __future__ import annotations

from dataclasses import dataclass

from takedowns.access.actor import Actor


@dataclass(frozen=True, slots=True)
class AtTheDesk:
    """One of a platform's own people.

    Attributes:
        actor: the person, who answers for this platform alone while its desk is open.
        platform_id: slug of the platform.
    """

    actor: Actor
    platform_id: str
