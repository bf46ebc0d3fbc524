"""The publications of an operation: the register, one of them, its files, and making another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.figures import charts
from takedowns.figures.measures import COUNTED
from takedowns.figures.models import Publication
from takedowns.figures.moment import NotSettledError, last_settled
from takedowns.figures.publication import line_name
from takedowns.figures.publication.disclosure import UncheckedError
from takedowns.figures.register import services as register
from takedowns.figures.register.forms import DraftForm, PublishForm
from takedowns.figures.register.services import Draft, PublicationError
from takedowns.figures.register.words import said, sentences, withheld
from takedowns.figures.values import Board
from takedowns.figures.views.files import TYPES
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.models import Operation
from takedowns.referrals.shortcuts import operation_or_404

#: The counts that the table of platforms shows.
SHOWN: Final = (
    "handed_in",
    "referred",
    "acknowledged",
    "removed",
    "removed_and_gone",
    "removed_but_online",
    "restricted",
    "declined",
    "open",
)


@staff
@opens(What.FIGURES)
def publications(request: StaffRequest, reference: str) -> HttpResponse:
    """List what was published, the latest first."""
    operation = _operation(request, reference)
    found = list(reversed(_of(operation)))
    return render(
        request,
        "figures/publications.html",
        {"operation": operation, "rows": found, "publishes": register.may_publish(request.actor, operation)},
    )


@staff
@opens(What.FIGURES)
def publication(request: StaffRequest, reference: str, number: int) -> HttpResponse:
    """Show one publication: its figures with a sentence each, its pictures and its files."""
    operation = _operation(request, reference)
    one = _one(operation, number)
    try:
        told = register.as_told(one)
    except ValueError as error:
        return HttpResponse(f"{error}\n", status=500, content_type="text/plain; charset=utf-8")
    return render(
        request,
        "figures/publication.html",
        {
            "operation": operation,
            "one": one,
            "kinds": [*register.KINDS],
            "languages": settings.LANGUAGES,
            **_shown(told),
        },
    )


@staff
@opens(What.FIGURES)
def publication_file(request: StaffRequest, reference: str, number: int, kind: str) -> HttpResponse:
    """Send a publication as a file, in the language of ``?language=`` or else the reader's: always the same bytes."""
    operation = _operation(request, reference)
    if kind not in register.KINDS:
        raise Http404(_("There is no such format."))
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(language):
        try:
            kept = register.file_of(_one(operation, number), kind)
        except ValueError as error:
            return HttpResponse(f"{error}\n", status=500, content_type="text/plain; charset=utf-8")
    return HttpResponse(
        bytes(kept.content),
        content_type=TYPES[kind.rpartition(".")[2]],
        headers={
            "Content-Disposition": f'attachment; filename="{kept.name}"',
            "Export-Number": kept.number,
        },
    )


@staff
@opens(What.FIGURES)
def publish(request: StaffRequest, reference: str) -> HttpResponse:
    """Choose a moment, look at what may be told of it beside the earlier publications, and publish that."""
    operation = operation_or_404(request, reference)
    if not register.may_publish(request.actor, operation):
        raise PermissionDenied(register.NOT_YOURS)
    earlier = _of(operation)
    if request.method == "POST":
        return _published(request, operation, earlier)
    form = DraftForm(request.GET or None, earlier=earlier)
    if not form.is_valid():
        return _page(request, operation, form, 422 if form.errors else 200)
    chosen = {**form.cleaned_data, "as_of": form.cleaned_data["moment"] or last_settled()}
    return _page(request, operation, form, 200, chosen=chosen, earlier=earlier)


def _published(request: StaffRequest, operation: Operation, earlier: Sequence[Publication]) -> HttpResponse:
    confirm = PublishForm(request.POST, earlier=earlier)
    form = DraftForm(request.POST, earlier=earlier)
    if not confirm.is_valid():
        return _page(request, operation, form, 422)
    given = confirm.cleaned_data
    try:
        made = register.register(
            operation,
            request.actor,
            given["as_of"],
            number=given["number"],
            provisional=given["provisional"],
            revises=given["revises"] or None,
            note=given["note"],
        )
    except (PublicationError, NotSettledError, UncheckedError, ValueError) as error:
        form.full_clean()
        form.add_error(None, str(error))
        return _page(request, operation, form, 422, chosen=given, earlier=_of(operation))
    messages.success(
        request,
        _("Publication %(number)s is registered. Take its files from here.") % {"number": made.number},
    )
    return redirect("web:publication", operation.reference, made.number)


def _page(
    request: StaffRequest,
    operation: Operation,
    form: DraftForm,
    status: int,
    *,
    chosen: Mapping[str, Any] | None = None,
    earlier: Sequence[Publication] = (),
) -> HttpResponse:
    """Show the form, and below it what would be published where a moment was chosen."""
    shown: dict[str, Any] = {}
    if chosen is not None:
        try:
            found = register.draft(operation, request.actor, chosen["as_of"])
        except (NotSettledError, UncheckedError, ValueError) as error:
            form.add_error(None, str(error))
            status = 422
        else:
            sent = {**chosen, "as_of": chosen["as_of"].isoformat(), "number": found.number}
            confirm = PublishForm(sent, earlier=earlier)
            shown = {"draft": found, "confirm": confirm, "problems": _problems(found), **_shown(found.told)}
    return render(
        request,
        "figures/publish.html",
        {"operation": operation, "form": form, "threshold": settings.PUBLICATION_THRESHOLD, **shown},
        status=status,
    )


def _problems(found: Draft) -> list[str]:
    names = {row.slug: row.name for row in found.full.rows}
    return said(found.given_away, names)


def _shown(told: Board) -> dict[str, Any]:
    """Return what the templates show of published figures."""
    columns = [one for one in COUNTED if one.name in SHOWN]
    lines = [
        ("", _("All platforms"), told.total),
        *((row.slug, line_name(row), row.counts) for row in told.rows),
    ]
    return {
        "told": told,
        "sentences": sentences(told),
        "withheld": withheld(told),
        "columns": columns,
        "lines": [
            (
                name,
                [
                    getattr(counts, one.name) if told.tells(slug, one.name) else _("withheld")
                    for one in columns
                ],
            )
            for slug, name, counts in lines
        ],
        "hours": charts.hours_svg(told),
        "steps": charts.funnel_svg(told),
    }


def _operation(request: StaffRequest, reference: str) -> Operation:
    operation = operation_or_404(request, reference)
    if not register.may_read(request.actor, operation):
        raise PermissionDenied(_("The register of publications is for the operation’s coordinators."))
    return operation


def _of(operation: Operation) -> list[Publication]:
    """Return the publications of an operation in order, without their figures. Two statements."""
    return list(
        Publication.objects.filter(operation=operation)
        .defer("told", "full_counts")
        .select_related("agency", "published_by", "revises")
        .prefetch_related("revised_by")
    )


def _one(operation: Operation, number: int) -> Publication:
    found = Publication.objects.filter(operation=operation, number=number).defer("full_counts")
    one = found.select_related("agency", "published_by", "revises", "operation").first()
    if one is None:
        raise Http404(_("There is no such publication."))
    return one
