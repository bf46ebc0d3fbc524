"""Answering a hand-off by the link in its mail, for a platform that has nobody enrolled: no account, a code by a second mail.

The address of a link carries the id of its row, signed with the installation's secret key: nobody can make one, and the row
says whether it still holds. Opening the address shows and changes nothing, so that a mail program may. A code goes to the
address that the mail went to, is good for ten minutes and in the browser that asked for it, and is used up by coming in.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.core.signing import BadSignature, Signer
from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, ByLink, acting_as
from takedowns.access.guests import DOOR
from takedowns.access.lapses import DIFFER_S, lasts_still
from takedowns.access.origin import address_of
from takedowns.accounts.mail import mail_works
from takedowns.referrals.permissions import coordinates
from takedowns.sealing import derived
from takedowns.sending.models import AnswerCode, AnswerLink, AnswerLinkUse, HandOff

#: In a session: which link was opened, and when it was last used (seconds since 1970).
OPENED: Final = "hand_off_opened"
CODE_LASTS: Final = timedelta(minutes=10)
_DIGITS: Final = 8
#: Wrong tries at one code; wrong tries from one network address within five minutes, whatever the link, as at the sign-in.
_TRIES, _TRIES_FROM, _TRIES_WITHIN = 5, 5, timedelta(minutes=5)
#: Codes of one link within an hour by which nobody came in, of these so many for one network address: an office is one address.
_CODES, _CODES_FROM, _CODES_WITHIN = 10, 3, timedelta(hours=1)
#: A session is written at most so often to say that it is used.
_WRITTEN_EVERY: Final = 60
_SIGNER: Final = Signer(salt="takedowns.hand-off", sep=".")
_PURPOSE: Final = "codes of links"


class LinkEnded(Exception):  # noqa: N818 - what is the case, not an error of the program
    """A link opens nothing: unknown, past its end, revoked, or links are switched off. Which of them is nobody's business."""


class LinkError(ValueError):
    """Nothing was done; the message says why and what to do."""


def are_on() -> bool:
    """Tell whether this installation lets platforms answer by links (``ANSWER_LINK_DAYS``)."""
    return settings.ANSWER_LINK_DAYS > 0


def make_links(to: Mapping[UUID, str], *, by_id: UUID | None, at: datetime) -> None:
    """Make a link for each hand-off and mail address, where the platform has nobody enrolled and none stands. One statement."""
    if not are_on():
        return
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO sending_answerlink (hand_off_id, "to", made_by_id, made_at, expires_at)
            SELECT mail.hand_off_id, mail.address, %(by)s, %(at)s, %(ends)s
            FROM unnest(%(hand_offs)s::uuid[], %(addresses)s::text[]) AS mail (hand_off_id, address)
            JOIN sending_handoff AS hand_off ON hand_off.id = mail.hand_off_id
            WHERE NOT EXISTS (
                SELECT 1 FROM directory_membership AS held JOIN directory_user AS person ON person.id = held.user_id
                WHERE held.platform_id = hand_off.platform_id AND person.is_active
            ) AND NOT EXISTS (
                SELECT 1 FROM sending_answerlink AS link
                WHERE link.hand_off_id = mail.hand_off_id AND link."to" = mail.address
                  AND link.revoked_at IS NULL AND link.expires_at > %(at)s
            )
            """,
            {
                "by": by_id,
                "at": at,
                "ends": at + timedelta(days=settings.ANSWER_LINK_DAYS),
                "hand_offs": list(to),
                "addresses": list(to.values()),
            },
        )


def address_in_mail(hand_off: HandOff, to: str) -> tuple[str, datetime] | None:
    """Return what a mail to an address says: the address of the link that holds, and until when; None where none does."""
    link = _standing().filter(hand_off=hand_off, to=to).order_by("-made_at").first()
    if link is None:
        return None
    return settings.SITE_URL + reverse("web:hand-off-link", args=[token_of(link)]), link.expires_at


def token_of(link: AnswerLink) -> str:
    """Return what stands in the address of a link."""
    return _SIGNER.sign(link.pk.hex)


def link_of(token: str) -> AnswerLink:
    """Return the link of an address, if it holds.

    Raises:
        LinkEnded: it does not, or never did.
    """
    try:
        return link_that_holds(UUID(_SIGNER.unsign(token)))
    except (BadSignature, ValueError):
        raise LinkEnded from None


def link_that_holds(link_id: UUID) -> AnswerLink:
    """Return a link with its hand-off. One statement.

    Raises:
        LinkEnded: it does not hold.
    """
    with acting_as(SYSTEM):
        found = _with_hand_off(_standing().filter(pk=link_id)).first()
    if found is None:
        raise LinkEnded
    return found


def links_of(hand_off: HandOff) -> list[AnswerLink]:
    """Return the links of a hand-off with what was done at their doors, the last first, as far as the asking person may see. Two statements."""
    lately = Prefetch("uses", AnswerLinkUse.objects.order_by("-at"))
    return list(hand_off.links.select_related("revoked_by").prefetch_related(lately).order_by("made_at"))


def revoke(hand_off: HandOff, link_id: UUID, *, by: Actor) -> None:
    """End a link now, and for whoever came in by it. Revoking it twice changes nothing.

    Raises:
        LinkError: not a coordinator, or the hand-off has no such link.
    """
    if not (by.is_system or coordinates(by, hand_off.dispatch.operation)):
        raise LinkError(_("Revoking is for the coordinators of the operation."))
    with acting_as(SYSTEM):
        link = (
            AnswerLink.objects.select_for_update(of=("self",)).filter(pk=link_id, hand_off=hand_off).first()
        )
        if link is None:
            raise LinkError(_("This hand-off has no such link."))
        if link.revoked_at is None:
            link.revoked_at, link.revoked_by_id = timezone.now(), by.user_id
            link.save(update_fields=["revoked_at", "revoked_by"])


def send_code(link_id: UUID, door: str, request: HttpRequest) -> None:
    """Mail a code to the address that the link went to; one that was mailed to this browser before works no more.

    Raises:
        LinkEnded: the link holds no more.
        LinkError: too many were asked for, or no mail went out.
    """
    now, caller = timezone.now(), address_of(request)
    with acting_as(SYSTEM):
        link = _locked(link_id)
        asked = _lately(AnswerLinkUse.Kind.CODE, now - _CODES_WITHIN).filter(link=link)
        opened = _lately(AnswerLinkUse.Kind.OPENED, now - _CODES_WITHIN).filter(link=link)
        here = Q(address=caller)
        if (
            asked.count() - opened.count() >= _CODES
            or asked.filter(here).count() - opened.filter(here).count() >= _CODES_FROM
        ):
            raise LinkError(_("Too many codes were asked for. Use the last one, or wait an hour."))
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        AnswerCode.objects.filter(ends_at__lt=now).delete()
        AnswerCode.objects.update_or_create(
            door=door,
            defaults={
                "link": link,
                "digest": _digest(link, door, code),
                "ends_at": now + CODE_LASTS,
                "tries": 0,
            },
        )
        _use(link, AnswerLinkUse.Kind.CODE, now, caller)
    subject = _(
        "The code to answer what was referred to you"
    )  # not the code: subjects stand in logs of mail servers
    body = _(
        "Somebody opened the link that was mailed to this address, to answer what was referred to your service.\n\n"
        "Code: %(code)s\n\n"
        "It is good for ten minutes, in the browser that asked for it. If that was none of you, do nothing and tell nobody the code."
    ) % {"code": f"{code[:4]} {code[4:]}"}
    try:
        sent = mail_works() and send_mail(subject, body, None, [link.to])
    except OSError:
        sent = False
    if not sent:
        raise LinkError(
            _("No code could be mailed. Try again later, or answer with the list that came with the mail.")
        )


def has_code(link: AnswerLink, door: str) -> bool:
    """Tell whether a code was mailed to this browser that is good still. One statement."""
    with acting_as(SYSTEM):
        return _good_codes(link, door).exists()


def come_in(link_id: UUID, door: str, typed: str, request: HttpRequest) -> bool:
    """Compare what was typed with the code; return whether it was right. The session of the browser is then the link's.

    Raises:
        LinkEnded: the link holds no more.
        LinkError: too many wrong ones were typed, from this network address or for this code, or it is none any more.
    """
    now, caller = timezone.now(), address_of(request)
    with acting_as(SYSTEM):
        link = _locked(link_id)
        if (
            _lately(AnswerLinkUse.Kind.WRONG, now - _TRIES_WITHIN).filter(address=caller).count()
            >= _TRIES_FROM
        ):
            raise LinkError(_("Too many failed tries. Wait five minutes, then try again."))
        code = _good_codes(link, door).first()
        if code is None:
            raise LinkError(_("There is no code that is good any more. Have another one mailed."))
        digits = "".join(one for one in typed if one.isdecimal())
        if not hmac.compare_digest(bytes(code.digest), _digest(link, door, digits)):
            code.tries += 1
            code.save(update_fields=["tries"])
            _use(link, AnswerLinkUse.Kind.WRONG, now, caller)
            return False
        code.delete()
        _use(link, AnswerLinkUse.Kind.OPENED, now, caller)
    request.session.cycle_key()
    request.session[OPENED] = {"link": str(link.pk), "used": int(time.time())}
    return True


def guest_of(request: HttpRequest) -> Actor | None:
    """Return as whom somebody who came in by a link asks at a platform's desk; everywhere else, nobody. One statement."""
    if not request.path.startswith("/desk/"):
        return None
    kept: dict[str, Any] | None = request.session.get(OPENED)
    if kept is None:
        return None
    now = int(time.time())
    with acting_as(SYSTEM):
        link = _with_hand_off(_standing().filter(pk=kept["link"])).first()
    if link is None or not lasts_still(kept["used"], settings.SESSION_IDLE_SECONDS, now):
        del request.session[OPENED]
        return None
    if now - kept["used"] >= _WRITTEN_EVERY:
        request.session[OPENED] = {**kept, "used": now}
    return actor_of(link)


def actor_of(link: AnswerLink) -> Actor:
    """Return as whom a link asks: its platform, narrowed to its hand-off."""
    dispatch = link.hand_off.dispatch
    return Actor(
        platforms=frozenset({link.hand_off.platform_id}),
        link=ByLink(link.pk, link.to, dispatch.operation_id, dispatch.at),
    )


def at_the_door(request: HttpRequest) -> tuple[AnswerLink, str]:
    """Return the link at whose door a browser stands, and the door's own name.

    Raises:
        LinkEnded: at none, or it holds no more.
    """
    kept: dict[str, str] | None = request.session.get(DOOR)
    if kept is None:
        raise LinkEnded
    return link_that_holds(UUID(kept["link"])), kept["door"]


def stand_at_the_door(request: HttpRequest, link: AnswerLink) -> None:
    """Remember in the session at which door a browser stands, so that no later address has to say it."""
    kept = request.session.get(DOOR)
    if kept is None or kept["link"] != str(link.pk):
        request.session.pop(OPENED, None)
        request.session[DOOR] = {"link": str(link.pk), "door": secrets.token_hex(16)}


def _standing() -> QuerySet[AnswerLink]:
    if not are_on():
        return AnswerLink.objects.none()
    return AnswerLink.objects.filter(revoked_at=None, expires_at__gt=timezone.now())


def _with_hand_off(links: QuerySet[AnswerLink]) -> QuerySet[AnswerLink]:
    return links.select_related("hand_off__dispatch").defer("hand_off__content", "hand_off__bundle")


def _locked(link_id: UUID) -> AnswerLink:
    """Return a link that holds, locked: of many who guess at once each is counted."""
    found = _standing().select_for_update(of=("self",), no_key=True).filter(pk=link_id).first()
    if found is None:
        raise LinkEnded
    return found


def _good_codes(link: AnswerLink, door: str) -> QuerySet[AnswerCode]:
    now = timezone.now()
    # A code that ends later than one that is made now was made by a clock that ran ahead.
    latest = now + CODE_LASTS + timedelta(seconds=DIFFER_S)
    return AnswerCode.objects.filter(
        door=door, link=link, ends_at__gt=now, ends_at__lte=latest, tries__lt=_TRIES
    )


def _lately(kind: str, since: datetime) -> QuerySet[AnswerLinkUse]:
    # What a clock that ran ahead wrote keeps nobody out until then.
    return AnswerLinkUse.objects.filter(
        kind=kind, at__gt=since, at__lte=timezone.now() + timedelta(seconds=DIFFER_S)
    )


def _use(link: AnswerLink, kind: str, at: datetime, caller: str | None) -> None:
    AnswerLinkUse.objects.create(link=link, kind=kind, at=at, address=caller)


def _digest(link: AnswerLink, door: str, code: str) -> bytes:
    said = f"{link.pk}|{door}|{code}"
    return hmac.digest(derived(settings.SECRET_KEY, _PURPOSE), said.encode(), "sha256")
