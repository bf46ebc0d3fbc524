"""What the filters of an operation's list offer and understand."""

from __future__ import annotations

from takedowns.directory.models import Agency, Platform, PlatformHost
from takedowns.referrals.models import Cell, Operation


def agencies_platforms_kinds(operation: Operation) -> tuple[list[Agency], list[Platform], list[str]]:
    """Return what occurs among the operation's referrals, read from cells, not from referrals. Three statements."""
    cells = Cell.objects.filter(operation=operation)
    agencies = Agency.objects.filter(pk__in=cells.values("agency_id"))
    platforms = Platform.objects.filter(pk__in=cells.values("platform_id"))
    kinds = cells.values_list("kind", flat=True).distinct().order_by("kind")
    return list(agencies), list(platforms), list(kinds)


def declared_hosts() -> dict[str, str]:
    """Return the hosts declared to run a platform's software, as identify() takes them. One statement."""
    return dict(PlatformHost.objects.values_list("host", "platform_id"))
