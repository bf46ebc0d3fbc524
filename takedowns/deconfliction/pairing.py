"""Partners: paired with a code, paused, given a new key, ended. For administrators; each change is in the ledger."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.deconfliction.keys import CodeError, Shared, seal
from takedowns.deconfliction.models import Answer, PairKey, Partner
from takedowns.directory.changes import may_administer
from takedowns.ledger.services import note_done
from takedowns.outbound import Refused, check_url
from takedowns.referrals.models import Referral
from takedowns.referrals.vocabulary import Status

#: So long the other installation may take up a pairing code.
CODE_LASTS: Final = timedelta(days=3)


class PairingError(ValueError):
    """Nothing was changed; ``field`` is what is wrong in the form, the message says why and what to do."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Facts:
    """What an administrator says of a partner; see ``models.Partner``."""

    name: str
    url: str
    contact: str


def offer(facts: Facts, *, by: Actor) -> tuple[Partner, str]:
    """Add a partner and make the code that its administrator enters there. The code is in this answer and nowhere else.

    Raises:
        PairingError: a name or an address that cannot be.
    """
    shared = Shared.new()
    return _add(facts, shared, made_here=True, by=by), shared.code


def take(facts: Facts, code: str, *, by: Actor) -> Partner:
    """Add a partner by the code that was made there. It is called once, so that both know that it works.

    Raises:
        PairingError: it is no code, it is known here already, or a name or an address that cannot be.
    """
    return _add(facts, _read(code), made_here=False, by=by)


def change(partner_id: UUID, facts: Facts, *, by: Actor) -> None:
    """Change what is said of a partner.

    Raises:
        PairingError: a name or an address that cannot be.
    """
    _check(by)
    said = _said(facts)
    try:
        with acting_as(SYSTEM), transaction.atomic():
            _standing(partner_id)
            Partner.objects.filter(pk=partner_id).update(**said)
    except IntegrityError as error:
        raise _known() from error


def renew(partner_id: UUID, *, by: Actor) -> str:
    """Give the pair a new secret, made here, and return its code. The former one ends now."""
    _check(by)
    shared = Shared.new()
    with acting_as(SYSTEM):
        _put_key(_standing(partner_id), shared, made_here=True)
    return shared.code


def renew_by(partner_id: UUID, code: str, *, by: Actor) -> None:
    """Give the pair the new secret that was made there.

    Raises:
        PairingError: it is no code, or known here already.
    """
    _check(by)
    shared = _read(code)
    with acting_as(SYSTEM):
        partner = _standing(partner_id)
        if PairKey.objects.filter(pair=shared.pair).exists():
            raise _used()
        _put_key(partner, shared, made_here=False)
    ask_soon()


def pause(partner_id: UUID, *, by: Actor, goes_on: bool = False) -> None:
    """Let no call go to a partner, and answer none; or let them again. What it said stays."""
    _check(by)
    with acting_as(SYSTEM):
        _standing(partner_id)
        state = Partner.State.ACTIVE if goes_on else Partner.State.PAUSED
        Partner.objects.filter(pk=partner_id).update(state=state)
    if goes_on:
        ask_soon()


def end(partner_id: UUID, *, by: Actor) -> None:
    """End a partner: its key and what it said are deleted, its name stays with the calls that were made."""
    _check(by)
    with acting_as(SYSTEM):
        partner = _standing(partner_id)
        PairKey.objects.filter(partner=partner).delete()
        Answer.objects.filter(partner=partner).delete()
        Partner.objects.filter(pk=partner_id).update(state=Partner.State.ENDED)


def ask_again(operation_id: UUID) -> int:
    """Have partners asked anew about all that waits to go in an operation; return about how many items. The caller has checked who asks.

    What they said stands until they answer.
    """
    with acting_as(SYSTEM):
        waiting = Referral.objects.filter(
            operation_id=operation_id, status__in=(Status.SUBMITTED, Status.APPROVED)
        )
        Answer.objects.filter(item__in=waiting.values("item_id")).update(is_due=True)
        PairKey.objects.filter(partner__state=Partner.State.ACTIVE).update(next_at=None)
        number = waiting.count()
    ask_soon()
    return number


def ask_soon() -> None:
    """Have partners asked now, and not within the minute."""
    with suppress(AlreadyEnqueued):
        app.configure_task("deconfliction.ask", queueing_lock="ask partners").defer(timestamp=0)


def _add(facts: Facts, shared: Shared, *, made_here: bool, by: Actor) -> Partner:
    _check(by)
    said = _said(facts)
    with acting_as(SYSTEM):
        if PairKey.objects.filter(pair=shared.pair).exists():
            raise _used()
        try:
            with transaction.atomic():
                partner = Partner.objects.create(**said, added_by_id=by.user_id)
        except IntegrityError as error:
            raise _known() from error
        partner.refresh_from_db()
        _put_key(partner, shared, made_here=made_here)
    if not made_here:
        ask_soon()
    return partner


def _put_key(partner: Partner, shared: Shared, *, made_here: bool) -> None:
    PairKey.objects.filter(partner=partner).delete()
    PairKey.objects.create(partner=partner, pair=shared.pair, secret=seal(shared.secret), made_here=made_here)
    note_done("deconfliction_pairkey", str(partner.pk), {"made_here": made_here})


def _standing(partner_id: UUID) -> Partner:
    partner = Partner.objects.select_for_update().filter(pk=partner_id).first()
    if partner is None or partner.state == Partner.State.ENDED:
        raise PairingError(_("The partner was ended meanwhile. Nothing was changed."))
    return partner


def _check(by: Actor) -> None:
    if not (by.is_system or may_administer(by)):
        raise PermissionDenied(_("Partners are for administrators."))


def _said(facts: Facts) -> dict[str, str]:
    url = facts.url.strip().rstrip("/")
    try:
        check_url(url, plain_http=settings.DECONFLICTION_PLAIN_HTTP, ports=None)
    except Refused as error:
        raise PairingError(str(error), "url") from error
    if "?" in url or "#" in url:
        raise PairingError(_("Leave away what follows “?” or “#”."), "url")
    return {"name": facts.name.strip(), "url": url, "contact": facts.contact.strip()}


def _read(code: str) -> Shared:
    try:
        return Shared.read(code)
    except CodeError as error:
        raise PairingError(
            _("This is no pairing code: a character is wrong or missing. Copy it whole."), "code"
        ) from error


def _known() -> PairingError:
    return PairingError(
        _("A partner has this name. Open it and give it a new code, or choose another name."), "name"
    )


def _used() -> PairingError:
    return PairingError(
        _("This code is used here already: it is entered at the other installation, once."), "code"
    )


def is_taken_in_time(key: PairKey) -> bool:
    """Tell whether a key works still: both have it, or the code is not too old."""
    return key.confirmed_at is not None or not key.made_here or key.made_at > timezone.now() - CODE_LASTS
