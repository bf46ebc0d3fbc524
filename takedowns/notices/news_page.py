"""What changed, as the page shows it: by operation, kind and platform; then line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from takedowns.access.actor import Actor
from takedowns.directory.models import Platform
from takedowns.notices.models import Notice, What
from takedowns.notices.news import News
from takedowns.referrals.models import Operation
from takedowns.referrals.reference import reference_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SHOWN: Final = 50
_HOLDS: Final = "holds"
_OF_OTHERS: Final = "of others"


@dataclass(frozen=True)
class OnPlatform:
    """How many on one platform; without a name where a hold is on an outlet."""

    slug: str
    name: str
    number: int


@dataclass
class Row:
    """One kind of change, in all and by platform, the most first."""

    what: What
    platforms: list[OnPlatform] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many in all."""
        return sum(one.number for one in self.platforms)


@dataclass
class Group:
    """What changed in one operation; ``is_own`` says whether its pages may be opened.

    Without an operation: holds, or ``of_others``, what others had referred for operations that are not named.
    """

    operation: Operation | None
    is_own: bool = False
    of_others: bool = False
    rows: list[Row] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many in all."""
        return sum(one.number for one in self.rows)


@dataclass(frozen=True)
class Line:
    """One notice with the reference of its referral, where it is about one."""

    notice: Notice
    what: _StrPromise | str
    reference: str


def grouped(found: News, actor: Actor) -> list[Group]:
    """Return the counts by operation, the latest operation first. Two statements, none where there is nothing."""
    ids = {one.operation_id for one in found.counts if one.operation_id}
    slugs = {one.platform_id for one in found.counts if one.platform_id}
    names = dict(Platform.objects.filter(pk__in=slugs).values_list("pk", "name")) if slugs else {}
    operations = _operations(ids, actor) if ids else []
    groups: dict[UUID | str, Group] = {one.pk: Group(one, one.is_own) for one in operations}  # type: ignore[attr-defined]
    groups |= {_OF_OTHERS: Group(None, of_others=True), _HOLDS: Group(None)}
    rows: dict[tuple[UUID | str, str], Row] = {}
    for one in sorted(found.counts, key=lambda one: (What.values.index(one.what), -one.number)):
        group = one.operation_id or (_HOLDS if one.what == What.HOLD_ENDED else _OF_OTHERS)
        key = (group, one.what)
        if key not in rows:
            rows[key] = Row(What(one.what))
            groups[group].rows.append(rows[key])
        slug = one.platform_id or ""
        rows[key].platforms.append(OnPlatform(slug, names.get(slug, ""), one.number))
    return [group for group in groups.values() if group.rows]


def lines_of(notices: Sequence[Notice]) -> list[Line]:
    """Return notices with their references. No statement."""
    return [
        Line(
            one,
            What(one.what).label,
            reference_of(one.operation.reference, one.referral_id)
            if one.operation and one.referral_id and one.referral
            else "",
        )
        for one in notices
    ]


def _operations(ids: set[UUID], actor: Actor) -> list[Operation]:
    own = Operation.objects.visible_to(actor).filter(pk=OuterRef("pk"))
    return list(Operation.objects.filter(pk__in=ids).annotate(is_own=Exists(own)))
