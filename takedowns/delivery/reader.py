"""Who reads: whatever asks for a platform or for an agency, over the API or as the receiver of a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from takedowns.directory.asking import Asker


class Reader(Protocol):
    """Whose eyes a referral is shown to.

    Attributes:
        asker: as whom statements ask.
        platform_id: slug of the platform that reads, None for an agency.
    """

    @property
    def asker(self) -> Asker: ...

    @property
    def platform_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class PlatformReader:
    """A platform, told without having asked."""

    platform_id: str

    @property
    def asker(self) -> Asker:
        """Return the platform as it asks with a key."""
        return Asker(platforms=frozenset({self.platform_id}))
