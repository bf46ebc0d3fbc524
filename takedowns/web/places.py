"""The places of an operation: six, and settings for those who run it. Each page of an operation stands in one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.access.roles import Role
from takedowns.exchange.formats import formats
from takedowns.installation.switches import Way, is_on
from takedowns.referrals.operations import may_prepare
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role, reviews_for
from takedowns.verification.looking import MAY_LOOK

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _everybody(actor: Actor) -> bool:  # noqa: ARG001 - as the others
    return True


def _reviews(actor: Actor) -> bool:
    return bool(reviews_for(actor))


def _changes(actor: Actor) -> bool:
    return bool(agencies_with_a_role(actor, MAY_CORRECT))


def _coordinates(actor: Actor) -> bool:
    return actor.has_role(Role.COORDINATOR)


def _uses_statements(actor: Actor) -> bool:
    return is_on(Way.STATEMENTS) and _coordinates(actor)


def _uses_hosts(actor: Actor) -> bool:  # noqa: ARG001 - as the others
    return is_on(Way.HOSTS)


def _exchanges(actor: Actor) -> bool:  # noqa: ARG001 - as the others
    return bool(formats())


def _looks(actor: Actor) -> bool:
    return bool(agencies_with_a_role(actor, MAY_LOOK))


@dataclass(frozen=True)
class PlacePage:
    """A page that a place leads to.

    Attributes:
        name: of its address, which needs the operation's reference alone.
        query: what its address ends in: a list narrowed, or a part of the page.
        within: names of the pages that one comes to from it.
        for_whom: whether it is offered to somebody; the page itself asks whether in this operation.
    """

    name: str
    label: _StrPromise
    within: tuple[str, ...] = ()
    for_whom: Callable[[Actor], bool] = _everybody
    query: str = ""


@dataclass(frozen=True)
class Place:
    """A place and its pages; its first page that is offered is where it leads to."""

    key: str
    label: _StrPromise
    pages: tuple[PlacePage, ...]


PLACES: Final = (
    Place(
        "overview",
        _("Overview"),
        (
            PlacePage("board", _("Dashboard")),
            PlacePage("morning-after", _("Follow-up")),
            PlacePage("messages", _("Announcements")),
        ),
    ),
    Place(
        "submissions",
        _("Submissions"),
        (
            PlacePage("submissions", _("Submitted lists"), ("submission", "submission-withdraw", "preview")),
            PlacePage("hand-in", _("Submit"), for_whom=_changes),
            PlacePage("returned", _("Returned to me"), for_whom=_changes),
        ),
    ),
    Place(
        "referrals",
        _("Referrals"),
        (
            PlacePage(
                "referrals",
                _("List"),
                (
                    "referral",
                    "leave",
                    "sealed",
                    "looked",
                    "comments",
                    "comments-read",
                    "mentions",
                    "evidence",
                    "evidence-one",
                    "evidence-take-back",
                    "origin",
                    "hold-referral",
                    "hold-override",
                    "information",
                ),
            ),
            PlacePage("review", _("Review"), for_whom=_reviews),
            PlacePage("review-many", _("Bulk review"), for_whom=_reviews),
            PlacePage(
                "bulk-changes", _("Bulk changes"), ("bulk", "bulk-change", "bulk-long", "bulk-long-stop")
            ),
            PlacePage("exchange", _("Other systems"), for_whom=_exchanges),
        ),
    ),
    Place(
        "platforms",
        _("Platforms"),
        (
            PlacePage("dispatch", _("Send"), ("dispatched", "hand-off-sent", "conflicts"), _coordinates),
            PlacePage(
                "answers",
                _("Decisions"),
                (
                    "answer",
                    "correct-answer",
                    "answers-batch",
                    "answers-read",
                    "answers-rest",
                    "answers-correct",
                    "answers-take-back",
                ),
                _coordinates,
            ),
            PlacePage(
                "orders",
                _("Removal orders"),
                (
                    "order",
                    "order-write",
                    "order-issue",
                    "order-record",
                    "order-preservation",
                    "order-parties",
                    "order-authority",
                    "order-addressee",
                    "order-notice",
                ),
            ),
            PlacePage("referrals", _("Questions"), query="?status=information_requested"),
            PlacePage("reminders", _("Reminders"), ("reminder-times", "reminder-recipients"), may_prepare),
            PlacePage("complaints", _("Complaints"), ("complain", "complaint-decide")),
            PlacePage("statements", _("Statements"), ("statements-compared",), _uses_statements),
            PlacePage("other-hosts", _("Other hosts"), ("other-host",), _uses_hosts),
        ),
    ),
    Place(
        "verification",
        _("Verification"),
        (
            PlacePage("look-again", _("Due"), ("look-again-many", "look-again-schedule"), _looks),
            PlacePage("still-online", _("Still online")),
            PlacePage("came-back", _("Resurfaced")),
        ),
    ),
    Place(
        "figures",
        _("Figures"),
        (
            PlacePage("figures", _("Explore")),
            PlacePage("figures-closer", _("In detail")),
            PlacePage("figures-compare", _("Compare")),
            PlacePage("figures", _("Reports and files"), query="#reports"),
            PlacePage("publications", _("Publications"), ("publication", "publish"), _coordinates),
        ),
    ),
    Place(
        "settings",
        _("Settings"),
        (
            PlacePage("operation-set-up", _("Operation"), ("operation-close",), may_prepare),
            PlacePage("operation-checklist", _("Checklist"), for_whom=may_prepare),
            PlacePage("wall-links", _("Wallboards"), for_whom=may_prepare),
        ),
    ),
)


def place_of(page: str) -> tuple[Place, PlacePage] | None:
    """Return the place in which a page stands, and the page of the place; None of what stands in no operation."""
    for place in PLACES:
        for one in place.pages:
            if not one.query and page in (one.name, *one.within):
                return place, one
    return None


def elsewhere(place: Place, page: PlacePage) -> str:
    """Return the name of the page that keeps a place in another operation.

    Who coordinates one operation need not coordinate the other: there it is the place's first page for everybody.
    """
    if page.for_whom not in (_coordinates, _uses_statements, may_prepare):
        return page.name
    return next((one.name for one in place.pages if one.for_whom is _everybody and not one.query), "board")
