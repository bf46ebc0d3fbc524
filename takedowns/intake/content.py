"""What was handed in, opened with all that was decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When

from takedowns.directory.listed_groups import names_beside
from takedowns.directory.models import Platform
from takedowns.intake.models import Repair, Submission
from takedowns.readers import Choices, HandedInRow, Table, open_pasted, open_table
from takedowns.referrals.models import OperationPlatform

Subject = Repair.Subject
IN, OUT = "in", "out"


@dataclass(frozen=True)
class Decided:
    """What is known and was decided before the rows of a list are read.

    Attributes:
        hosts: declared host to platform.
        choices: what the readers are told.
        hidden: whether rows that a workbook hides are handed in: "in", "out", "" where nobody said.
        platform: slug of that on which bare names (@name) of the list are, "" where nobody said.
        platforms: slug of a platform outside the operation to "in" or "out"; "" for all of them.
        outside: whether the operation names its platforms; then ``inside`` are those.
        left_out: places of rows that somebody left out.
        repairs: all that was decided and put right, in the order in which it was.
        names: of platforms, by slug.
    """

    hosts: Mapping[str, str]
    choices: Choices
    hidden: str = ""
    platform: str = ""
    platforms: Mapping[str, str] = field(default_factory=dict)
    inside: frozenset[str] = frozenset()
    left_out: frozenset[int] = frozenset()
    repairs: tuple[Repair, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def is_outside(self, platform: str) -> bool:
        """Tell whether a platform takes no part in an operation that names its platforms."""
        return bool(self.inside) and platform not in self.inside

    def said_of(self, platform: str) -> str:
        """Return what was decided about a platform, alone or with all outside: "in", "out", "" for nothing."""
        return self.platforms.get(platform) or (
            self.platforms.get("", "") if self.is_outside(platform) else ""
        )


def decided_about(submission: Submission) -> Decided:
    """Return all of it. Two statements."""
    told: dict[str, dict[str, str]] = {subject: {} for subject in Subject.values}
    repairs = tuple(submission.repairs.select_related("by"))
    for one in repairs:
        told[one.subject][one.about] = one.becomes
    taking_part = OperationPlatform.objects.filter(
        operation_id=submission.operation_id, platform_id=OuterRef("pk")
    )
    first = Platform.objects.order_by("slug").values("slug")[:1]
    platforms = Platform.objects.annotate(
        hosts=ArrayAgg("declared_hosts__host", filter=Q(declared_hosts__isnull=False), default=Value([])),
        inside=Exists(taking_part),
        # Beside the first of them, so that it is no statement of its own.
        groups=Case(When(slug=Subquery(first), then=names_beside())),
    ).values_list("slug", "name", "hosts", "inside", "groups")
    known = list(platforms)
    return Decided(
        hosts={host: slug for slug, _, hosts, *_ in known for host in hosts},
        choices=_choices(told, next((groups for *_, groups in known if groups), {})),
        hidden=told[Subject.HIDDEN].get("", ""),
        platform=submission.platform_id,
        platforms=told[Subject.PLATFORM],
        inside=frozenset(slug for slug, _, _, is_inside, _ in known if is_inside),
        left_out=frozenset(map(int, told[Subject.LEFT_OUT])),
        repairs=repairs,
        names={slug: name for slug, name, *_ in known},
    )


def _choices(told: Mapping[str, Mapping[str, str]], groups: Mapping[str, str]) -> Choices:
    words: dict[tuple[str, str], str] = {}
    for about, becomes in told[Subject.WORD].items():
        name, _, word = about.partition(":")
        words[name, word] = becomes
    rows: dict[int, dict[str, str]] = {}
    for about, becomes in told[Subject.CELL].items():
        place, _, name = about.partition(":")
        rows.setdefault(int(place), {})[name] = becomes
    return Choices(
        columns=told[Subject.COLUMN],
        sheets=tuple(name for name, said in told[Subject.SHEET].items() if said == IN),
        dates=told[Subject.DATES].get("", ""),
        words=words,
        groups=groups,
        rows=rows,
    )


def open_content(submission: Submission, content: Any, choices: Choices) -> Table[HandedInRow]:
    """Return what was handed in, its layout known, its rows still to be read.

    Raises:
        ReaderError: nothing of it can be read.
    """
    zone = submission.agency.time_zone
    if submission.source in {Submission.Source.PASTE, Submission.Source.MAIL}:
        return open_pasted(content.read().decode("utf-8", "replace"), zone=zone, choices=choices)
    return open_table(content, str(submission), zone=zone, choices=choices)
