"""Who reads: whatever asks for a platform or for an agency, over the API or as the receiver of a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from takedowns.access.actor import Actor


class Reader(Protocol):
    """Whose eyes a referral is shown to.

    Attributes:
        actor: as whom statements ask.
        platform_id: slug of the platform that reads, None for an agency.
    """

    @property
    def actor(self) -> Actor: ...

    @property
    def platform_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class PlatformReader:
    """A platform, told without having asked."""

    platform_id: str

    @property
    def actor(self) -> Actor:
        """Return the platform as it asks with a key."""
        return Actor(platforms=frozenset({self.platform_id}))
