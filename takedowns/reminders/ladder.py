"""The ladder of an operation: after how many hours of silence what is done, to whom, and where it is switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import Platform
from takedowns.pages.versions import Changed
from takedowns.referrals.models import Operation, OperationPlatform
from takedowns.referrals.operations import may_run
from takedowns.referrals.vocabulary import SilenceStep
from takedowns.reminders.models import Ladder, Recipients

#: Hours since an item was referred, unless the operation says otherwise.
STANDARD_HOURS: Final[Mapping[str, int]] = {
    SilenceStep.RECEIPT_CONTACT: 24,
    SilenceStep.RECEIPT_SUPERIOR: 48,
    SilenceStep.DECISION_CONTACT: 72,
    SilenceStep.DECISION_SUPERIOR: 96,
    SilenceStep.SUGGEST_ORDER: 120,
}
LONGEST_HOURS: Final = 366 * 24


class LadderError(ValueError):
    """Nothing was changed; ``field`` names what is wrong where it is one field, the message says what to do."""

    def __init__(self, message: str, at: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = at


@dataclass(frozen=True, slots=True)
class Asked:
    """A platform of an operation and who is reminded there.

    Attributes:
        mail_to: the contact's address; ``standard`` (the one for hand-offs) where the operation names none.
        name, copy_to: the superior.
        contact: how the operation's set-up names the contact, for people.
    """

    platform: Platform
    contact: str
    own_mail: str
    standard: str
    name: str
    copy_to: str
    is_off: bool

    @property
    def mail_to(self) -> str:
        """Where reminders to the contact go."""
        return self.own_mail or self.standard


def hours_of(operation: Operation) -> tuple[bool, dict[str, int | None]]:
    """Return whether the ladder is on, and its hours by step. One statement."""
    found = Ladder.objects.filter(pk=operation.pk).first()
    if found is None:
        return False, dict(STANDARD_HOURS)
    return found.is_on, {str(step): getattr(found, step) for step in SilenceStep.values}


def last_change_of(operation: Operation) -> Changed | None:
    """Return when the ladder was last set, and by whom. One statement."""
    found = Ladder.objects.filter(pk=operation.pk).select_related("changed_by").first()
    return Changed(found.changed_at, found.changed_by) if found else None


def recipients_changed(operation: Operation, slug: str) -> Changed | None:
    """Return when it was last set who is reminded at a platform, and by whom. One statement."""
    named = Recipients.objects.filter(operation=operation, platform=slug).select_related("changed_by").first()
    return Changed(named.changed_at, named.changed_by) if named else None


def change(operation: Operation, hours: Mapping[str, int | None], *, by: Actor) -> None:
    """Set after how many hours each step is taken. Two statements.

    Raises:
        LadderError: not for the actor, an hour that is none, or a step before the one that it follows.
    """
    _require(operation, by)
    before: tuple[str, int] | None = None
    for step in SilenceStep:
        given = hours.get(step)
        if given is None:
            continue
        if not 1 <= given <= LONGEST_HOURS:
            raise LadderError(_("Each step is one hour to a year (8784 hours) after the referral."), step)
        if before is not None and given <= before[1]:
            raise LadderError(
                _("This is not later than the step before it (%(hours)d h). Steps follow each other.")
                % {"hours": before[1]},
                step,
            )
        before = (step, given)
    with acting_as(SYSTEM):
        is_on = hours_of(operation)[0]
        _write(operation, is_on, hours, by)


def switch(operation: Operation, *, is_on: bool, by: Actor) -> None:
    """Switch the whole ladder on or off. Three statements.

    Raises:
        LadderError: not for the actor.
    """
    _require(operation, by)
    with acting_as(SYSTEM):
        _write(operation, is_on, hours_of(operation)[1], by)


def switch_platform(operation: Operation, slug: str, *, is_on: bool, by: Actor) -> None:
    """Switch the ladder on or off for one platform.

    Raises:
        LadderError: not for the actor, or the platform takes no part.
    """
    _require(operation, by)
    with acting_as(SYSTEM):
        _takes_part(operation, slug)
        now = timezone.now()
        Recipients.objects.update_or_create(
            operation=operation,
            platform_id=slug,
            defaults={
                "off_at": None if is_on else now,
                "changed_at": now,
                "changed_by_id": by.user_id,
            },
        )


def name_recipients(
    operation: Operation, slug: str, *, mail_to: str, name: str, copy_to: str, by: Actor
) -> None:
    """Say who is reminded at a platform in an operation; empty ``mail_to``: at the address for hand-offs.

    Raises:
        LadderError: not for the actor, the platform takes no part, or a superior without an address.
    """
    _require(operation, by)
    if name and not copy_to:
        raise LadderError(_("Write the superior’s address, or leave the name out."), "copy_to")
    with acting_as(SYSTEM):
        _takes_part(operation, slug)
        Recipients.objects.update_or_create(
            operation=operation,
            platform_id=slug,
            defaults={
                "mail_to": mail_to,
                "name": name,
                "copy_to": copy_to,
                "changed_at": timezone.now(),
                "changed_by_id": by.user_id,
            },
        )


def asked_in(operation: Operation) -> list[Asked]:
    """Return the platforms of an operation with who is reminded there, by name. Two statements."""
    arranged = OperationPlatform.objects.filter(operation=operation).select_related("platform__addressee")
    named = {one.platform_id: one for one in Recipients.objects.filter(operation=operation)}
    found = [
        Asked(
            one.platform,
            one.contact,
            own.mail_to if own else "",
            addressee.mail_to if addressee else "",
            own.name if own else "",
            own.copy_to if own else "",
            bool(own and own.off_at),
        )
        for one in arranged
        for own in [named.get(one.platform_id)]
        for addressee in [getattr(one.platform, "addressee", None)]
    ]
    return sorted(found, key=lambda one: one.platform.name.casefold())


def _write(operation: Operation, is_on: bool, hours: Mapping[str, int | None], by: Actor) -> None:
    Ladder.objects.update_or_create(
        operation=operation,
        defaults={
            **{str(step): hours.get(step) for step in SilenceStep.values},
            "is_on": is_on,
            "changed_at": timezone.now(),
            "changed_by_id": by.user_id,
        },
    )


def _takes_part(operation: Operation, slug: str) -> None:
    if not operation.platforms.filter(pk=slug).exists():
        raise LadderError(_("This platform takes no part in the operation."))


def _require(operation: Operation, by: Actor) -> None:
    if not may_run(by, operation):
        raise LadderError(_("This is for the coordinators of the operation and for administrators."))
