"""What part of the referrals figures are asked of, and by what they are broken down."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Final

#: Dimensions that the folded standings know, and those only the referrals themselves do; each an SQL column of both sources.
FOLDED: Final = {
    "platform": "platform_id",
    "provider": "owner_provider",
    "kind": "kind",
    "agency": "agency_id::text",
    "instrument": "instrument",
    "tier": "tier::text",
    "operation": "operation_id::text",
}
READ: Final = {
    "language": "language",
    "outlet": "outlet",
    "group": "listed_group",
    "day": "day::text",
    "referred_day": "coalesce(referred_day::text, '')",
    "referred_month": "coalesce(to_char(referred_day, 'YYYY-MM'), '')",
}
#: Dimensions whose lines stand in the order of time.
OF_TIME: Final = ("day", "referred_day", "referred_month")
COLUMNS: Final = {**FOLDED, **READ}

DIMENSIONS: Final = (*FOLDED, *READ)


@dataclass(frozen=True)
class Slice:
    """What part of an operation's referrals is asked for; nothing given is all of them.

    Attributes:
        platform, provider, kind, agency, instrument, tier, language, outlet, group: values; a referral has one of them. Agencies by
            id, operations too, outlets by name, an outlet or group "" is none.
        since, until: the days (first and last, in the installation's zone) on which it was handed in.
        referred_since, referred_until: the days on which it was referred.
    """

    platform: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    instrument: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    outlet: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    operation: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    referred_since: date | None = None
    referred_until: date | None = None

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """The dimensions that are narrowed, with the values asked for."""
        named = (one.name for one in fields(self) if one.name in DIMENSIONS)
        return {name: values for name in named if (values := getattr(self, name))}

    def is_folded(self, by: str = "") -> bool:
        """Whether the folded standings can answer."""
        return not ({*self.chosen, *([by] if by else [])} & READ.keys() or self.is_dated)

    @property
    def is_dated(self) -> bool:
        """Whether days are asked for."""
        return any((self.since, self.until, self.referred_since, self.referred_until))

    @property
    def is_all(self) -> bool:
        """Whether nothing is narrowed."""
        return not (self.chosen or self.is_dated)
