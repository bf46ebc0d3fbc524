"""To whom data were given outside: recorded by whoever gave them, for whoever asks later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as, asked_by
from takedowns.ledger.exports import find_number
from takedowns.ledger.models import Entry
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.moments import Misdated, misdated, moment_told
from takedowns.referrals.permissions import sees_legal_holds
from takedowns.referrals.reference import parse_reference, reference_of
from takedowns.rights.legal_holds import Covered, named_of
from takedowns.rights.models import Disclosure

#: Of one's own files those of so many days are offered, so many at most.
LATELY: Final = timedelta(days=30)
OFFERED: Final = 20


class DisclosureError(ValueError):
    """Nothing was recorded; the message says why."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that somebody took lately."""

    number: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """What is told of a disclosure.

    Attributes:
        covered: operation or referral; None where the file's number alone says it.
        number: of the file; empty where none was given.
        recipient: one of :class:`Recipient`.
    """

    covered: Covered | None
    number: str
    particulars: str
    recipient: str
    name: str
    reason: str
    at: datetime


def may_record(actor: Actor) -> bool:
    """Tell whether somebody records disclosures: who takes files for courts and data subjects, or runs operations. No statement."""
    return sees_legal_holds(actor)


def own_operations(actor: Actor) -> QuerySet[Operation]:
    """Return the operations of which somebody records disclosures: coordinators theirs, auditors and administrators all."""
    return Operation.objects.all() if actor.sees_everything else Operation.objects.coordinated_by(actor)


def named(text: str, *, by: Actor) -> Covered:
    """Return what a reference as typed names. Two statements at most.

    Raises:
        DisclosureError: nothing of which the actor records disclosures.
    """
    covered = named_of(text, own_operations(by))
    if covered is None:
        raise DisclosureError(
            _(
                "There is no operation or referral of that reference whose disclosures you record. Type it as it stands on its page, such as RAD19 or RAD19-7F3K-22QX5."
            )
        )
    return covered


def number_of(text: str) -> str | None:
    """Return the number of a file as files carry it, of one that was typed; empty of nothing; None where it is none."""
    if not text.strip():
        return ""
    parsed = parse_reference(text)
    if parsed is None or parsed[0] != "E":
        return None
    return reference_of("E", UUID(int=int(parsed[1], 16)))


def record(given: Given, *, by: Actor) -> Disclosure:
    """Record a disclosure.

    Raises:
        DisclosureError: not by this actor, about nothing, of a file that is not known, to nobody, on no ground, or dated ahead.
    """
    if not may_record(by):
        raise DisclosureError(_("Disclosures are recorded by coordinators, auditors and administrators."))
    covered = given.covered or _of_the_file(given.number)
    with asked_by(by):
        _check(given, covered, by)
    with acting_as(SYSTEM):
        return Disclosure.objects.create(
            operation=covered.operation if covered else None,
            referral=covered.referral if covered else None,
            number=given.number,
            particulars=given.particulars.strip(),
            recipient=given.recipient,
            name=given.name.strip(),
            reason=given.reason.strip(),
            given_at=moment_told(given.at),
            recorded_by_id=by.user_id,
        )


def _check(given: Given, covered: Covered | None, by: Actor) -> None:
    if covered is None and not given.number:
        raise DisclosureError(_("Say what it was: an operation, a referral, or the number of a file."))
    with acting_as(SYSTEM):
        is_known = not given.number or bool(find_number(given.number))
    if not is_known:
        raise DisclosureError(_("No file of this number was made here."))
    is_own = covered is not None and own_operations(by).filter(pk=covered.operation.pk).exists()
    if not by.sees_everything and not is_own:
        raise DisclosureError(_("Name an operation of yours, or a referral of one."))
    if not given.name.strip() or not given.reason.strip():
        raise DisclosureError(_("Say to whom it was given, and on which legal basis."))
    if misdated(given.at) is Misdated.AHEAD:
        raise DisclosureError(_("That is in the future."))


def _of_the_file(number: str) -> Covered | None:
    """Return the referral that a numbered proof is about; None of any other file."""
    with acting_as(SYSTEM):
        keys = [one.entry.key for one in (find_number(number) or []) if one.entry.what == "proof"]
        found = Referral.objects.select_related("operation").filter(pk__in=keys).first()
    return Covered(found.operation, found) if found else None


def shown(actor: Actor, most: int) -> list[Disclosure]:
    """Return the disclosures that somebody sees, the latest first. One statement."""
    found = Disclosure.objects.visible_to(actor).select_related("operation", "referral", "recorded_by")
    return list(found[:most])


def of_referral(referral: Referral, actor: Actor) -> list[Disclosure]:
    """Return the disclosures of one referral, and of its whole operation, that somebody sees, the latest first. One statement at most."""
    if not may_record(actor):
        return []
    about = Q(referral=referral) | Q(operation=referral.operation_id, referral=None)
    found = Disclosure.objects.visible_to(actor).filter(about).select_related("operation", "recorded_by")
    return list(found)


def taken_lately(user_id: UUID | None) -> list[Taken]:
    """Return the numbered files that somebody took lately and of which no disclosure is recorded, the last first. Two statements."""
    with acting_as(SYSTEM):
        entries = Entry.objects.filter(
            what__in=("export", "proof"), person_id=user_id, at__gt=timezone.now() - LATELY
        ).order_by("-number")[: OFFERED * 5]
        found = [Taken(str(_facts(one).get("number", "")), one.key, one.at) for one in entries]
        numbers = [one.number for one in found]
        given = set(Disclosure.objects.filter(number__in=numbers).values_list("number", flat=True))
    return [one for one in found if one.number and one.number not in given][:OFFERED]


def about_rows(tables: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]) -> list[Disclosure]:
    """Return the disclosures of the referrals that rows of tables name, and of their whole operations. Two statements. As the system.

    Args:
        tables: each with its rows, as what is held about a person tells them.
    """
    referrals: set[str] = set()
    items: set[str] = set()
    for table, rows in tables:
        for row in rows:
            referrals.add(str(row.get("id" if table == "referrals_referral" else "referral_id") or ""))
            items.add(str(row.get("id" if table == "referrals_item" else "item_id") or ""))
    named = Referral.objects.filter(Q(pk__in=referrals - {""}) | Q(item__in=items - {""}))
    ids = dict(named.values_list("pk", "operation_id"))
    about = Q(referral__in=ids) | Q(operation__in=set(ids.values()), referral=None)
    return list(Disclosure.objects.filter(about).select_related("operation"))


def _facts(entry: Entry) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(entry.became or "{}")
    return facts
