"""What the demo consists of, as plain data for whoever imports and plays it.

All times are aware and in UTC. Platforms are named by their slug in `takedowns.identity`. URLs in batches and looks
are one plain spelling of the item; which item that is, `identify()` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Role = Literal["officer", "reviewer", "coordinator", "auditor", "administrator", "platform"]
# In the order in which those of one minute are played.
Action = Literal[
    "approve",
    "reject",
    "withdraw",
    "refer",
    "acknowledge",
    "request_information",
    "provide_information",
    "remove",
    "suspend",
    "restrict",
    "decline",
    "unavailable",
    "complaint",
    "reinstate",
]
Availability = Literal["online", "offline", "unknown"]


# What the demo tells apart and the lifecycle does not: to suspend an account is to remove it, by another action.
_TRANSITIONS: dict[str, str | None] = {
    "suspend": "remove",
    "unavailable": "report_unavailable",
    "complaint": None,
}


@dataclass(frozen=True, slots=True)
class AgencySpec:
    """An agency that refers content. `country` is ISO 3166-1 alpha-2, empty for Europol."""

    slug: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class PersonSpec:
    """Somebody who signs in, for an agency or for a platform. Auditor and administrator sit at the coordinating agency."""

    email: str
    name: str
    agency_slug: str | None
    platform_slug: str | None
    role: Role


@dataclass(frozen=True, slots=True)
class OperationSpec:
    """A referral action day or a standing stream of work, with first and last day and slugs of who takes part."""

    reference: str
    name: str
    starts: date
    ends: date
    scope: str
    default_ground: str
    """legal ground of a referral whose list names none"""
    agencies: tuple[str, ...]
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutletSpec:
    """An invented media outlet, as analysts name it."""

    name: str


@dataclass(frozen=True, slots=True)
class SubmissionSpec:
    """A file that an officer hands in; `text_bytes` is the file as it lies on the officer's disk."""

    filename: str
    agency_slug: str
    officer_email: str
    operation_reference: str
    handed_in_at: datetime
    text_bytes: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """One set-based call of the lifecycle: all these items make the same move at the same time.

    `platform_slug` is set where a platform acts (then all items are on it). `agency_slug` is set on our side and names
    the agency whose referrals move. `actor` is the e-mail address of the person who acts. `details` are the facts the
    move requires, by the names and in the vocabularies of `takedowns.referrals`.
    """

    at: datetime
    action: Action
    operation_reference: str
    platform_slug: str | None
    agency_slug: str | None
    actor: str
    urls: list[str] = field(repr=False)
    details: Mapping[str, object]

    @property
    def transition(self) -> str | None:
        """Name of the move in the lifecycle's table. None for a complaint, which leaves the status as it is."""
        return _TRANSITIONS.get(self.action, self.action)


@dataclass(frozen=True, slots=True)
class CheckBatch:
    """Looks made at one time by one robot, or by one officer of `agency_slug` (then `actor` is the officer's e-mail)."""

    at: datetime
    by: Literal["officer", "probe"]
    agency_slug: str | None
    actor: str | None
    looks: list[tuple[str, Availability]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SelfReportSpec:
    """A platform's own total for one day of an operation: shown beside the counts, never added to them."""

    operation_reference: str
    platform_slug: str
    day: date
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What the report of one submission must say, in rows."""

    rows: int
    new: int
    """first seen here: one item, one referral each"""
    duplicate: int
    """the same item further up in the same file, in whatever spelling"""
    co_referred: int
    """already submitted by another agency, still open: this agency joins that referral"""
    unknown_host: int
    """a well-formed address on a host that is no known platform"""
    invalid: int
    """no address of an item at all"""


@dataclass(frozen=True, slots=True)
class Expected:
    """The totals the board must show after everything was played, from the generator's own books.

    Rows on unknown hosts are in no figure but `unknown_hosts`. Nested figures are {operation reference: {…}}.
    """

    files: dict[str, FileOutcome]
    """by file name"""
    rows: int
    items: int
    """distinct items on known platforms; each has one referral, so this is the number of referrals too"""
    duplicates: int
    co_referred: int
    unknown_hosts: int
    invalid: int
    items_by_operation: dict[str, int]
    statuses: dict[str, dict[str, dict[str, int]]]
    """operation → platform → status → referrals, at the very end"""
    referred: dict[str, dict[str, int]]
    """operation → platform → referrals that were ever referred"""
    agencies: dict[str, dict[str, int]]
    """operation → agency → referrals it submitted first"""
    kinds: dict[str, dict[str, dict[str, int]]]
    """operation → platform → kind as the officer named it → items"""
    availability: dict[str, dict[str, dict[str, int]]]
    """operation → platform → what the last look saw ("unknown" also where nobody looked) → items"""
    outlets: dict[str, dict[str, dict[str, int]]]
    """operation → outlet → platform → items; items without a named outlet are under \"\""""
    removed_but_online: dict[str, dict[str, int]]
    """operation → platform → status removed, last seen online"""
    resurfaced: int
    """removed, seen offline, later seen online; reinstated items are not among them"""
    complaints: int
    reinstated: int
