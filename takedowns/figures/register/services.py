"""The register of publications: what was published of an operation, when and by whom, and whether one more may stand beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as, asked_by
from takedowns.access.roles import Role
from takedowns.directory.models import Agency
from takedowns.figures.board import board
from takedowns.figures.charts import funnel_svg, hours_svg
from takedowns.figures.charts.file import png_file, svg_file
from takedowns.figures.exports import FORMATS, ending_of
from takedowns.figures.models import Publication, PublishedFile
from takedowns.figures.publication.disclosure import GivenAway, given_away
from takedowns.figures.publication.earlier import Earlier
from takedowns.figures.publication.publish import publish
from takedowns.figures.register.stored import board_from, counts_from, stored_board, stored_counts
from takedowns.figures.values import Board, Counts
from takedowns.ledger.exports import made_by
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import agencies_with_a_role, coordinates

HOURS: Final = gettext_noop("Progress over the hours")
STEPS_TAKEN: Final = gettext_noop("How far the referrals came")
NOT_YOURS: Final = gettext_lazy("Publishing is for the operation’s coordinators.")
#: Under this name stand the full counts of all platforms together.
_ALL: Final = ""


class PublicationError(ValueError):
    """It cannot be published; the message says why."""


@dataclass(frozen=True)
class Draft:
    """What a publication would tell, and what stands against it.

    Attributes:
        full: all figures of the moment.
        told: those that would be published.
        number: which publication of the operation it would be.
        given_away: what all publications together would give away; nothing where it may be published.
    """

    full: Board
    told: Board
    number: int
    given_away: Sequence[GivenAway]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all may be told."""
        return not self.told.rows and not any(
            self.told.tells("", name) for name in ("handed_in", "referred", "removed")
        )

    @property
    def refusal(self) -> str:
        """Why it cannot be published; empty where it can."""
        if self.is_empty:
            return _("Nothing can be told: too little happened, or too little since the last time.")
        if self.given_away:
            return _(
                "This cannot be published beside the earlier ones. Wait until more has happened, or choose another moment."
            )
        return ""


def may_read(actor: Actor, operation: Operation) -> bool:
    """Tell whether the actor reads the register: coordinators of the operation, and who sees all."""
    return actor.sees_everything or coordinates(actor, operation)


def may_publish(actor: Actor, operation: Operation) -> bool:
    """Tell whether the actor publishes: people who coordinate the operation."""
    return actor.user_id is not None and coordinates(actor, operation)


def earlier_of(operation: Operation) -> list[Earlier]:
    """Return what was published of an operation, in order. One statement."""
    found = Publication.objects.filter(operation=operation).values_list("number", "told", "full_counts")
    return [_earlier(number, board_from(told), counts) for number, told, counts in found]


def draft(operation: Operation, actor: Actor, as_of: datetime) -> Draft:
    """Work out what may be published of an operation as of a moment.

    Raises:
        NotSettledError, ValueError: see :func:`takedowns.figures.board.board`.
        UncheckedError: see :func:`takedowns.figures.publication.disclosure.given_away`.
    """
    before = earlier_of(operation)
    full = board(operation, actor, as_of=as_of)
    threshold = settings.PUBLICATION_THRESHOLD
    told = publish(full, threshold, before)
    number = len(before) + 1
    new = Earlier(number, told, {row.slug: row.counts for row in full.rows}, full.total)
    return Draft(full, told, number, given_away([*before, new], threshold))


def register(
    operation: Operation,
    actor: Actor,
    as_of: datetime,
    *,
    number: int,
    provisional: bool,
    revises: UUID | None = None,
    note: str = "",
) -> Publication:
    """Publish the figures of an operation: enter them in the register, from where their files are taken.

    Args:
        number: which publication of the operation it is to be, as it was previewed.
        revises: id of an earlier publication of the operation that this one takes the place of.

    Raises:
        PublicationError: no right to; another one was registered meanwhile; it tells nothing, or gives something away.
        NotSettledError, ValueError, UncheckedError: as of :func:`draft`.
    """
    if actor.user_id is None or not may_publish(actor, operation):
        raise PublicationError(NOT_YOURS)
    # Before anything is locked: it may take a minute, and readers of the log wait for who writes.
    found = draft(operation, actor, as_of)
    _require_next(number, found.number)
    if found.refusal:
        raise PublicationError(found.refusal)
    told = stored_board(found.told)
    counts = {row.slug: stored_counts(row.counts) for row in found.full.rows}
    agency = _agency(actor, operation)
    with transaction.atomic(), acting_as(SYSTEM):
        Operation.objects.select_for_update(of=("self",), no_key=True).get(pk=operation.pk)
        _require_next(number, Publication.objects.filter(operation=operation).count() + 1)
        return Publication.objects.create(
            operation=operation,
            number=number,
            as_of=found.told.as_of,
            threshold=found.told.threshold,
            provisional=provisional,
            revises=Publication.objects.get(operation=operation, pk=revises) if revises else None,
            note=note,
            told=told,
            sha256=digest(told),
            full_counts={**counts, _ALL: stored_counts(found.full.total)},
            published_by_id=actor.user_id,
            agency=agency,
        )


def _require_next(number: int, following: int) -> None:
    if number != following:
        raise PublicationError(
            _("Publication %(number)s was registered meanwhile. Look at what may be told beside it.")
            % {"number": following - 1}
        )


def _agency(actor: Actor, operation: Operation) -> Agency:
    """Return for which agency somebody publishes: one of the operation's that they coordinate for."""
    coordinating = agencies_with_a_role(actor, {Role.COORDINATOR})
    with asked_by(actor):
        return operation.agencies.filter(pk__in=coordinating).order_by("name")[0]


def _earlier(number: int, told: Board, counts: Mapping[str, Mapping[str, int]]) -> Earlier:
    by_platform: dict[str, Counts] = {slug: counts_from(one) for slug, one in counts.items()}
    return Earlier(number, told, by_platform, by_platform.pop(_ALL))


def digest(told: Any) -> str:
    """Return the SHA-256 of what a publication tells, hexadecimal."""
    written = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def as_told(publication: Publication) -> Board:
    """Return the figures of a publication as they were published.

    Raises:
        ValueError: they are not what the register's digest says.
    """
    if digest(publication.told) != publication.sha256:
        raise ValueError(
            _("The figures of this publication are not those that were registered. Tell your administrator.")
        )
    return board_from(publication.told)


def _picture(drawn: Callable[[Board], str], title: str, *, png: bool = False) -> Callable[[Board], bytes]:
    def made(told: Board) -> bytes:
        written = svg_file(str(drawn(told)), f"{told.reference}: {_(title)}", told.made)
        return png_file(written) if png else written

    return made


#: The kinds of file of a publication; each writes it as bytes.
KINDS: Final[Mapping[str, Callable[[Board], bytes]]] = {
    **FORMATS,
    "hours.svg": _picture(hours_svg, HOURS),
    "hours.png": _picture(hours_svg, HOURS, png=True),
    "steps.svg": _picture(funnel_svg, STEPS_TAKEN),
    "steps.png": _picture(funnel_svg, STEPS_TAKEN, png=True),
}


def file_of(publication: Publication, kind: str) -> PublishedFile:
    """Return a publication as a file in the language that is active: the same bytes to everybody who asks.

    It is made, numbered and entered in the ledger when it is first asked for.

    Args:
        kind: one of ``KINDS``.
    """
    language = get_language() or settings.LANGUAGE_CODE
    wanted = {"publication": publication, "kind": kind, "language": language}
    with acting_as(SYSTEM), transaction.atomic():
        Operation.objects.select_for_update(of=("self",), no_key=True).get(pk=publication.operation_id)
        kept = PublishedFile.objects.filter(**wanted).first()
        if kept is not None:
            return kept
        made = made_by(publication.agency.name, publication.as_of)
        line = f"{_standing(publication)}. {made.line}"
        content = KINDS[kind](replace(as_told(publication), made=line))
        name = (
            f"{publication.operation.reference}-publication-{publication.number}-{language}.{ending_of(kind)}"
        )
        made.kept(name, content)
        return PublishedFile.objects.create(
            **wanted,
            name=made.named(name),
            number=made.number,
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
        )


def _standing(publication: Publication) -> str:
    """Return what a file says of the publication that it is: which one, provisional or not, what it revises. In English."""
    said = f"Publication {publication.number}"
    if publication.provisional:
        said += ", provisional"
    if publication.revises is not None:
        said += f", revises publication {publication.revises.number}"
    return said
