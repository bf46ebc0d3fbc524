"""The board on a wall: in one's own session, or by a link that needs none; and the links themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.recording import record_page
from takedowns.access_log.vocabulary import What
from takedowns.figures import charts
from takedowns.figures.board import board, fingerprint
from takedowns.figures.charts.funnel import Bar as FunnelBar
from takedowns.figures.values import Counts
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.etags import is_named, weak
from takedowns.pages.templatetags.plain import as_of
from takedowns.referrals.models import Operation
from takedowns.referrals.operations import OperationError
from takedowns.referrals.shortcuts import operation_or_404, operation_to_run
from takedowns.wallboard import services as walls
from takedowns.wallboard.forms import WallLinkForm
from takedowns.wallboard.models import WallLink
from takedowns.wallboard.services import WallEnded

REFRESH_SECONDS: Final = 10
#: What can be read from five metres on one screen.
PLATFORMS_SHOWN: Final = 7
THEMES: Final = ("dark", "light")


@dataclass(frozen=True)
class Bar:
    """One platform on the wall."""

    name: str
    counts: Counts
    picture: SafeString


@staff
@opens(What.FIGURES)
def wall(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the wall to whoever may see the operation. ``?theme=light`` turns it light."""
    operation = operation_or_404(request, reference)
    return _page(request, operation, request.actor, reverse("web:wall-live", args=[operation.reference]))


@staff
@opens(What.FIGURES)
def wall_live(request: StaffRequest, reference: str) -> HttpResponse:
    """Answer with the wall's live part, or 304 where no figure changed."""
    operation = operation_or_404(request, reference)
    return _live(request, operation, request.actor, request.path)


@opens(What.FIGURES, itself=True)
def shown(request: HttpRequest, token: str) -> HttpResponse:
    """Show the wall by a link; nobody is signed in, so only sums are there to see."""
    with acting_as(SYSTEM):
        try:
            link = walls.link_on_the_wall(token)
        except WallEnded:
            response = render(request, "wallboard/wall_ended.html", status=410)
        else:
            response = _page(request, link.operation, SYSTEM, reverse("web:wall-shown-live", args=[token]))
            _record(request, link, response)
    return _private(response)


@opens(What.FIGURES, itself=True)
def shown_live(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with the live part of a wall shown by a link; where the link has ended, the page is asked for anew."""
    with acting_as(SYSTEM):
        try:
            link = walls.link_on_the_wall(token)
        except WallEnded:
            response: HttpResponse = HttpResponseClientRefresh()
        else:
            response = _live(request, link.operation, SYSTEM, request.path)
            _record(request, link, response)
    return _private(response)


@staff
@opens(What.ADMINISTRATION)
def links(request: StaffRequest, reference: str) -> HttpResponse:
    """List the links that hold, and make one."""
    operation = operation_to_run(request, reference)
    form = WallLinkForm(request.POST or None)
    if form.is_valid():
        try:
            walls.make_link(operation, by=request.actor, **form.cleaned_data)
        except OperationError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("The link is made. Open it on the screen it is for."))
            return redirect("web:wall-links", operation.reference)
    standing = [
        (link, request.build_absolute_uri(reverse("web:wall-shown", args=[walls.token_of(link)])))
        for link in walls.standing_links(operation)
    ]
    context = {"operation": operation, "form": form, "links": standing}
    return render(request, "wallboard/wall_links.html", context, status=422 if form.errors else 200)


@require_POST
@staff
def revoke(request: StaffRequest, reference: str, link_id: UUID) -> HttpResponse:
    """End a link now."""
    operation = operation_to_run(request, reference)
    try:
        walls.revoke_link(operation, link_id, by=request.actor)
    except OperationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The link is revoked; its screen goes dark within seconds."))
    return redirect("web:wall-links", operation.reference)


def _page(request: HttpRequest, operation: Operation, actor: Actor, live: str) -> HttpResponse:
    theme = request.GET.get("theme", "")
    context = _context(operation, actor, live, fingerprint(operation, actor))
    return render(
        request, "wallboard/wall.html", {**context, "theme": theme if theme in THEMES else THEMES[0]}
    )


def _live(request: HttpRequest, operation: Operation, actor: Actor, live: str) -> HttpResponse:
    etag = fingerprint(operation, actor)
    if is_named(request.headers.get("If-None-Match"), _tag(etag)):
        response = HttpResponse(status=304)
    else:
        response = render(request, "wallboard/wall_live.html", _context(operation, actor, live, etag))
    response.headers["As-Of"] = as_of(timezone.now())
    response.headers["ETag"] = weak(_tag(etag))
    return response


def _tag(etag: str) -> str:
    """Return the tag of the live part: the figures', and the language they are told in."""
    return f"{etag}-{get_language()}"


def _context(operation: Operation, actor: Actor, live: str, etag: str) -> dict[str, object]:
    figures = board(operation, actor, etag=etag)
    rows = [row for row in figures.rows if row.counts.handed_in]
    return {
        "operation": operation,
        "board": figures,
        "etag": weak(_tag(etag)),
        "lines": charts.lines_svg(figures),
        "bars": [
            Bar(
                row.name,
                row.counts,
                charts.bar_svg(FunnelBar.of(figures, row.slug, row.name, row.counts), row.slug),
            )
            for row in rows[:PLATFORMS_SHOWN]
        ],
        "more": max(len(rows) - PLATFORMS_SHOWN, 0),
        "live": live,
        "refresh_seconds": REFRESH_SECONDS,
    }


def _record(request: HttpRequest, link: WallLink, response: HttpResponse) -> None:
    """Record that a screen was shown the figures: by its link, since nobody is signed in there."""
    saw(request, [link.pk])
    record_page(request, response, by=SYSTEM, operation=link.operation.reference)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store, private"
    # The address is the key to the figures: it goes nowhere else.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
