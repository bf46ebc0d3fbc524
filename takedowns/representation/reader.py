"""Who reads: whatever asks for a platform or for an agency, over the API or as the receiver of a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from takedowns.access.actor import Actor
from takedowns.access.roles import Role


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


@dataclass(frozen=True, slots=True)
class AgencyReader:
    """An agency, told without having asked."""

    agency_id: UUID
    platform_id: None = None

    @property
    def actor(self) -> Actor:
        """Return the agency as it asks with a key."""
        return Actor(roles=MappingProxyType({self.agency_id: frozenset({str(Role.OFFICER)})}))
