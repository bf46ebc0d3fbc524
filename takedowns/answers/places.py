"""Where answers are brought, as pages: in an operation, by its coordinators, or at a platform's desk, by its own people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from takedowns.answers.resolving import Where
from takedowns.directory.models import Platform
from takedowns.pages.access import Response, StaffRequest, at_the_desk, staff
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.shortcuts import operation_or_404

#: The pages of one batch, by the last part of their addresses' names.
_PAGES = ("batch", "read", "rest", "correct", "confirm", "discard", "take-back")


@dataclass(frozen=True)
class Place:
    """Where answers are brought, and the pages of it.

    Attributes:
        base: the template that frames them.
    """

    where: Where

    @property
    def own(self) -> bool:
        """Whether the platform answers itself."""
        return isinstance(self.where, Platform)

    @property
    def base(self) -> str:
        return "desk/base.html" if self.own else "web/operation_base.html"

    @property
    def context(self) -> dict[str, Any]:
        """What the frame needs."""
        return {"platform" if self.own else "operation": self.where, "base": self.base, "own": self.own}

    def address(self, page: str = "", *arguments: Any) -> str:
        """Return the address of the page where answers are brought, or of one of a batch."""
        first = self.where.pk if isinstance(self.where, Platform) else self.where.reference
        name = "desk-answers" if self.own else "answers"
        return reverse(f"web:{name}-{page}" if page else f"web:{name}", args=[first, *arguments])

    def addresses(self, batch_id: UUID) -> dict[str, str]:
        """Return the addresses of a batch's pages, by name; ``all`` is where it was brought."""
        pages = {page.replace("-", "_"): self.address(page, batch_id) for page in _PAGES}
        return {**pages, "all": self.address()}


def answering(view: Callable[..., Response]) -> Callable[..., Response]:
    """Let a page be opened by an operation's coordinators (``reference`` in its address), or at a platform's desk (``platform``)."""
    at_operation, at_platform = staff(view), at_the_desk(view)

    @wraps(view)
    def guarded(request: HttpRequest, /, **named: Any) -> Response:
        return (at_platform if "platform" in named else at_operation)(request, **named)

    return guarded


def place_of(request: StaffRequest, reference: str, platform: str) -> Place:
    """Return the place that an address names.

    Raises:
        Http404, PermissionDenied: of an operation: it is not visible, or they coordinate no agency of it.
    """
    if platform:
        return Place(get_object_or_404(Platform, pk=platform))
    return Place(operation_to_coordinate(request, reference))


def operation_to_coordinate(request: StaffRequest, reference: str) -> Operation:
    """Return the operation whose answers the actor may record.

    Raises:
        Http404, PermissionDenied: it is not visible, or they coordinate no agency of it.
    """
    operation = operation_or_404(request, reference)
    if not coordinates(request.actor, operation):
        raise PermissionDenied(_("Recording a platform's answers is for the coordinators of the operation."))
    return operation
