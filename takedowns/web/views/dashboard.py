"""The live page of an operation, and its figures as files."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.figures import charts, exports
from takedowns.figures.board import Board, board, fingerprint
from takedowns.ledger.exports import Made, made_by
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.etags import is_named, weak
from takedowns.pages.single_flight import SingleFlight
from takedowns.pages.templatetags.plain import as_of
from takedowns.referrals.models import Operation
from takedowns.referrals.shortcuts import operation_or_404

REFRESH_SECONDS = 10
LIVE_PARTS: SingleFlight[bytes] = SingleFlight()


@staff
@opens(What.FIGURES)
def board_page(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the board. ``?live=off`` pauses the refresh: an address, so that it works without a script.

    What it refreshes is made once for all who see the same figures, as their refreshes are.
    """
    operation = operation_or_404(request, reference)
    live = request.GET.get("live") != "off"
    now = timezone.now()  # before they are read: they are no older than that
    part = _part(request, operation, fingerprint(operation, request.actor), live=live)
    context = {
        "operation": operation,
        "as_of": now,
        "part": mark_safe(part.decode()),  # noqa: S308 - a template made it
        "live": live,
        "refresh_seconds": REFRESH_SECONDS,
    }
    return render(request, "web/board.html", context)


@staff
@opens(What.FIGURES)
def board_live(request: StaffRequest, reference: str) -> HttpResponse:
    """Answer with the board's live part, or 304 where no figure changed; ``As-Of`` says when that was looked up."""
    operation = operation_or_404(request, reference)
    etag = fingerprint(operation, request.actor)
    tag = _tag(operation, etag)
    if is_named(request.headers.get("If-None-Match"), tag):
        response = HttpResponse(status=304)
        response.headers["As-Of"] = as_of(timezone.now())
    else:
        now = as_of(timezone.now())  # before they are read: they are no older than that
        response = HttpResponse(_part(request, operation, etag, live=True))
        response.headers["As-Of"] = now
    response.headers["ETag"] = weak(tag)
    return response


def _tag(operation: Operation, etag: str) -> str:
    """Return the tag of the live part: the fingerprint names whose figures they are and their state, and nothing else counts."""
    return f"{etag}-{'open' if operation.is_open else 'closed'}-{get_language()}"


def _part(request: StaffRequest, operation: Operation, etag: str, *, live: bool) -> bytes:
    """Return what is refreshed of the board; one that is paused says so in it."""

    def make() -> bytes:
        figures = board(operation, request.actor, etag=etag)
        return render(request, "web/board_live.html", _context(operation, figures, live=live)).content

    return LIVE_PARTS.get((_tag(operation, etag), live), make)


@staff
@opens(What.FIGURES)
def export_csv(request: StaffRequest, reference: str) -> HttpResponse:
    """Send the figures as CSV, each measure with its definition."""
    operation = operation_or_404(request, reference)
    made = made_by(request.user.get_full_name())
    return _file(
        made,
        exports.as_csv(operation, request.actor),
        "text/csv; charset=utf-8",
        f"{operation.reference}-figures.csv",
    )


@staff
@opens(What.FIGURES)
def export_json(request: StaffRequest, reference: str) -> HttpResponse:
    """Send the figures as JSON, with the definitions."""
    operation = operation_or_404(request, reference)
    made = made_by(request.user.get_full_name())
    figures = replace(board(operation, request.actor), made=made.line)
    return _file(made, exports.json_of(figures), "application/json", f"{operation.reference}-figures.json")


def _context(operation: Operation, figures: Board, *, live: bool) -> dict[str, object]:
    return {
        "operation": operation,
        "board": figures,
        "etag": weak(_tag(operation, figures.etag)),
        "funnel": charts.funnel_svg(figures),
        "hours": charts.hours_svg(figures),
        "live": live,
        "refresh_seconds": REFRESH_SECONDS,
    }


def _file(made: Made, content: bytes, content_type: str, filename: str) -> HttpResponse:
    return HttpResponse(content, content_type=content_type, headers=made.kept(filename, content))
