"""Changes of many referrals: previewed, carried out in batches, told in words, undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.pages.kinds import kind_words
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.transitions import Applied, apply_to_all
from takedowns.referrals.vocabulary import Tier
from takedowns.search.models import BulkChange

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


#: So many referrals at once, and no more: one transaction locks them all.
MOST: Final = 10_000


class BulkError(ValueError):
    """Nothing was changed; the message says why and what to do."""


class MovedOn(BulkError):  # noqa: N818 - what happened, not an error of the program
    """What would happen now is not what was shown; look again."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done with each of a set.

    Attributes:
        given: facts of a correction (``tier``, ``kind``, ``outlet``, ``listed_group``), or the ``reason`` of a withdrawal.
    """

    kind: BulkChange.Kind
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change does, or would do.

    Attributes:
        changed: referrals that become different; ``unchanged``: those that are so already.
        refused: why others stay as they are, and how many for each reason, the most frequent first.
        before: of a correction, by referral and field what it was and what it becomes.
        passed_on: of a withdrawal, how many go on as another agency's that asks for them too.
        reopened: of a correction, how many had been approved and go back to review.
    """

    changed: int
    unchanged: int
    refused: list[tuple[str, int]]
    before: list[tuple[UUID, dict[str, list[Any]]]]
    passed_on: int = 0
    reopened: int = 0

    @property
    def total(self) -> int:
        """All that were named."""
        return self.changed + self.unchanged + sum(number for _message, number in self.refused)


def rehearse(change: Change, referral_ids: Sequence[UUID], *, by: Actor) -> Outcome:
    """Say what a change would do now. A fixed number of statements; nothing stays.

    Raises:
        BulkError: too many, or none, or nothing is to be changed.
    """
    _require(change, referral_ids)
    with transaction.atomic():
        outcome = _do(change, referral_ids, by)
        transaction.set_rollback(True)
    return outcome


def carry_out(
    change: Change, referral_ids: Sequence[UUID], operation: Operation, *, by: Actor, expected: int | None
) -> BulkChange:
    """Change many, and keep what was done. A fixed number of statements.

    Args:
        expected: how many were to become different when it was rehearsed; None where that was not asked of these alone.

    Raises:
        MovedOn: it would now be another number; nothing was changed.
        BulkError: as :func:`rehearse`.
    """
    _require(change, referral_ids)
    with transaction.atomic():
        outcome = _do(change, referral_ids, by)
        if expected is not None and outcome.changed != expected:
            raise MovedOn(
                _(
                    "Meanwhile somebody else changed some of these. Nothing was done; look at what would happen now."
                )
            )
        with acting_as(SYSTEM):
            return BulkChange.objects.create(
                operation=operation,
                by_id=by.user_id,
                at=timezone.now(),
                kind=change.kind,
                given=dict(change.given),
                changed=outcome.changed,
                unchanged=outcome.unchanged,
                refused=outcome.refused,
                before=[[str(one), details] for one, details in outcome.before],
            )


def undo(done_id: UUID, operation: Operation, *, by: Actor) -> Outcome:
    """Let each corrected referral be what it was, where it still is what the correction made it. Fixed statements.

    Raises:
        BulkError: there is no such change, it is no correction, or it was taken back already.
    """
    with acting_as(SYSTEM):
        done = (
            BulkChange.objects.select_for_update(of=("self",)).filter(pk=done_id, operation=operation).first()
        )
        if done is None:
            raise BulkError(_("There is no such change in this operation."))
        if done.kind != BulkChange.Kind.CORRECT:
            raise BulkError(_("A withdrawal cannot be taken back. Submit the items again instead."))
        if done.undone_at is not None:
            raise BulkError(_("This change was taken back already."))
        wanted, moved_on = _as_before(done)
        outcome = _corrected(wanted, by)
        if moved_on:
            outcome.refused.append((_("Somebody changed it again since; it stays as it is."), moved_on))
        if wanted and not outcome.changed:
            raise BulkError(outcome.refused[0][0] if outcome.refused else _("Nothing is left to take back."))
        done.undone_at, done.undone_by_id = timezone.now(), by.user_id
        done.save(update_fields=["undone_at", "undone_by"])
    return outcome


def _require(change: Change, referral_ids: Sequence[UUID]) -> None:
    if not referral_ids:
        raise BulkError(_("Nothing is selected: go back to the list and choose referrals."))
    if len(referral_ids) > MOST:
        raise BulkError(
            _("More than %(most)d at once: narrow the list first, by platform or agency, say.")
            % {"most": MOST}
        )
    if not change.given:
        raise BulkError(_("Nothing is to be changed: choose at least one new value."))


def _do(change: Change, referral_ids: Sequence[UUID], by: Actor) -> Outcome:
    if change.kind == BulkChange.Kind.CORRECT:
        return _corrected([Correction(one, **change.given) for one in referral_ids], by)
    applied = apply_to_all("withdraw", referral_ids, by=by, **change.given)
    return Outcome(len(applied.moved), 0, _reasons(applied), [], applied.passed_on)


def _corrected(wanted: Sequence[Correction], by: Actor) -> Outcome:
    done = correct(wanted, by=by)
    # Other rounds of an item follow its kind and outlet; told is of those that were named.
    before = [(one, dict(done.details[one])) for one in done.moved if one in done.details]
    return Outcome(
        len(before), len(done.moved) - len(before), _reasons(done), before, reopened=len(done.reopened)
    )


def _reasons(applied: Applied) -> list[tuple[str, int]]:
    return Counter(one.message for one in applied.refused).most_common()


def _as_before(done: BulkChange) -> tuple[list[Correction], int]:
    """Return what each referral was, where nobody changed it since, and how many somebody did. One statement."""
    details = {UUID(one): facts for one, facts in done.before}
    wanted, moved_on = [], 0
    for referral in Referral.objects.filter(pk__in=details).select_related("item__outlet"):
        now = {
            "tier": referral.tier,
            "kind": referral.item.kind,
            "outlet": referral.item.outlet.name if referral.item.outlet else "",
            "listed_group": referral.listed_group,
        }
        back = {
            name: before for name, (before, after) in details[referral.pk].items() if now.get(name) == after
        }
        if back:
            wanted.append(Correction(referral.pk, **back))
        else:
            moved_on += 1
    return wanted, moved_on


_NAMES = {
    "tier": gettext_lazy("Priority"),
    "kind": gettext_lazy("Kind"),
    "outlet": gettext_lazy("Outlet"),
    "listed_group": gettext_lazy("Listed group"),
    "reason": gettext_lazy("Reason"),
}


def facts_of(given: Mapping[str, Any]) -> list[tuple[str | _StrPromise, str | _StrPromise]]:
    """Return name and value of each fact that a change of many gave."""
    return [(_NAMES[name], _value(name, value)) for name, value in given.items() if name in _NAMES]


def _value(name: str, value: Any) -> str | _StrPromise:
    if value == "":
        return gettext_lazy("none")
    if name == "tier":
        return Tier(str(value)).label
    return kind_words(value) if name == "kind" else str(value)
