"""What an operation still lacks before its first list comes: agencies, people, platforms, contacts, texts, who is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.directory.keys import ValidKeys
from takedowns.directory.models import Agency, Membership, Scope
from takedowns.notices.models import Message
from takedowns.orders.models import IssuingAuthority
from takedowns.referrals.models import Channel, Operation, OperationPlatform
from takedowns.referrals.permissions import MAY_CORRECT
from takedowns.referrals.vocabulary import Instrument

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_LABELS: Final = {
    "agencies": gettext_lazy("Agencies"),
    "people": gettext_lazy("People"),
    "platforms": gettext_lazy("Platforms"),
    "contacts": gettext_lazy("Contacts at platforms"),
    "texts": gettext_lazy("Texts"),
    "announcement": gettext_lazy("Announcement"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist.

    Attributes:
        missing: sentences that say what is missing and where; none: it is done.
        has: what is there, in a few words.
        address: the page on which it is put right.
    """

    label: str | _StrPromise
    missing: tuple[str, ...]
    has: str
    address: str


def checklist_of(operation: Operation) -> list[Item]:
    """Return what is there and what is missing; the caller has checked who asks. Four statements at most."""
    announced = Message.objects.filter(operation=operation)
    with acting_as(SYSTEM):
        agencies = list(
            operation.agencies.annotate(
                issues=Exists(IssuingAuthority.objects.filter(agency=OuterRef("pk"))),
                told=Exists(announced),
            ).order_by("name")
        )
        held: defaultdict[UUID, dict[str, set[UUID]]] = defaultdict(lambda: defaultdict(set))
        of_agencies = Membership.objects.filter(agency__in=agencies, user__is_active=True)
        for agency_id, role, user_id in of_agencies.values_list("agency_id", "role", "user_id"):
            if agency_id is not None:
                held[agency_id][role].add(user_id)
        asked = list(
            OperationPlatform.objects.filter(operation=operation)
            .select_related("platform__addressee")
            .annotate(reads=ValidKeys("platform_id", Scope.REFERRALS_READ))
            .order_by("platform__name")
        )
        # Of an operation in which nobody takes part yet there is no membership to ask for, so this is no statement more.
        is_told = any(one.told for one in agencies) if agencies else announced.exists()
    set_up = reverse("web:operation-set-up", args=[operation.reference])
    found = {
        "agencies": (_no_one(agencies), ", ".join(str(one) for one in agencies), set_up),
        "people": (
            _of_people(agencies, held),
            _("%(number)d people") % {"number": len(_everybody(held.values()))},
            reverse("web:agencies"),
        ),
        "platforms": (
            [] if asked else [_("No platform takes part: nothing can be sent.")],
            ", ".join(one.platform.name for one in asked),
            set_up,
        ),
        "contacts": (
            _of_contacts(asked, operation),
            ", ".join(one.contact for one in asked if one.contact),
            set_up,
        ),
        "texts": (_of_texts(operation, agencies), operation.default_ground, set_up),
        "announcement": (
            [] if is_told else [_("Nobody was told yet when it begins and what is asked of them.")],
            _("written") if is_told else "",
            reverse("web:messages", args=[operation.reference]),
        ),
    }
    return [Item(_LABELS[key], tuple(missing), has, where) for key, (missing, has, where) in found.items()]


def _no_one(agencies: Collection[Agency]) -> list[str]:
    return [] if agencies else [_("No agency takes part.")]


def _everybody(held: Iterable[dict[str, set[UUID]]]) -> set[UUID]:
    return {one for by_role in held for people in by_role.values() for one in people}


def _of_people(agencies: Iterable[Agency], held: dict[UUID, dict[str, set[UUID]]]) -> list[str]:
    """Say which agency cannot work: nobody who submits, nobody else who reviews; and whether anybody runs the operation."""
    missing, coordinators = [], set()
    for one in agencies:
        roles = held[one.pk]
        submits = {user for role in MAY_CORRECT for user in roles[role]}
        coordinators |= roles[Role.COORDINATOR]
        if not submits:
            missing.append(_("%(agency)s: nobody can submit.") % {"agency": one})
        elif not roles[Role.REVIEWER]:
            missing.append(_("%(agency)s: no reviewer, so nothing of it is approved.") % {"agency": one})
        elif len(submits) == 1:
            missing.append(
                _("%(agency)s: one person alone; nobody reviews what they submitted themselves.")
                % {"agency": one}
            )
    if not coordinators:
        missing.append(_("Nobody coordinates it: nothing is sent to platforms."))
    elif len(coordinators) == 1:
        missing.append(_("One coordinator alone: lifting another agency’s hold takes two."))
    return missing


def _of_contacts(asked: Iterable[OperationPlatform], operation: Operation) -> list[str]:
    """Say of which platforms nobody is named to ask, no way leads there by itself, and nobody is named for orders."""
    unnamed, by_hand, without = [], [], []
    for one in asked:
        addressee, name = getattr(one.platform, "addressee", None), str(one.platform)
        by_file = one.channel == Channel.FILE or not one.reads  # type: ignore[attr-defined] # annotated
        if not one.contact:
            unnamed.append(name)
        if by_file and not (addressee and addressee.mail_to):
            by_hand.append(name)
        if addressee is None and operation.default_instrument == Instrument.REMOVAL_ORDER:
            without.append(name)
    told = (
        (_("Whom to ask is not named: %(platforms)s."), unnamed),
        (
            _("No key of the API and no mail address, so files are handed over by hand: %(platforms)s."),
            by_hand,
        ),
        (_("Removal orders need an addressee, and none is entered: %(platforms)s."), without),
    )
    return [sentence % {"platforms": ", ".join(names)} for sentence, names in told if names]


def _of_texts(operation: Operation, agencies: Iterable[Agency]) -> list[str]:
    missing = []
    if not operation.scope:
        missing.append(_("The scope is empty: what is referred in it, and what is not."))
    if not operation.default_ground:
        missing.append(_("No legal ground holds where a list names none."))
    if operation.default_instrument == Instrument.REMOVAL_ORDER:
        missing += [
            _("%(agency)s: removal orders need an issuing authority, and none is entered.") % {"agency": one}
            for one in agencies
            if not one.issues  # type: ignore[attr-defined] # annotated
        ]
    return missing
