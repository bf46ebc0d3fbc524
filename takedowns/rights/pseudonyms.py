"""Pseudonyms for people who left: decided by two administrators, or by time; what is sealed and what is counted stays as it is.

What is done is one function of the database (``sql/takedowns_put_pseudonym.sql``), which looks for itself whether it was decided.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.accounts.people import end_sessions
from takedowns.directory.changes import may_administer
from takedowns.directory.models import OF_PSEUDONYMS, ApiKey, User
from takedowns.referrals.reference import reference_of
from takedowns.retention.services import held_by_law
from takedowns.rights.models import Pseudonym

log = logging.getLogger(__name__)
#: How long one may take: it reads every table with text once.
SECONDS: Final = 1800


class PseudonymError(ValueError):
    """Nothing was decided or done; the message says why."""


#: Whose account has been switched off for so long, by the record of accounts, and who has no pseudonym yet.
LEFT: Final = f"NOT is_active AND email NOT LIKE '%%{OF_PSEUDONYMS}'"
SINCE: Final = (
    "coalesce((SELECT max(event.at) FROM accounts_accountevent AS event WHERE event.kind = 'switched_off'"
    " AND event.email = directory_user.email), directory_user.last_login)"
)
#: Who did anything about what a legal hold keeps, or an order whose content is preserved, keeps their name. Only what was done in
#: operations with one is asked about, one by one.
HELD: Final = (
    "(EXISTS (SELECT 1 FROM rights_legalhold AS near JOIN referrals_referral AS referral ON referral.operation_id = near.operation_id"
    " JOIN referrals_event AS event ON event.referral_id = referral.id WHERE event.actor_id = directory_user.id"
    f" AND {held_by_law(referral='event.referral_id', operation='near.operation_id')})"
    " OR EXISTS (SELECT 1 FROM orders_removalorder AS ordered JOIN referrals_event AS event USING (referral_id)"
    f" WHERE event.actor_id = directory_user.id AND {held_by_law(referral='ordered.referral_id')}))"
)


def pseudonym_of(user: User) -> Pseudonym | None:
    """Return what was asked for or done, of one person. One statement."""
    found = Pseudonym.objects.filter(person=user).select_related("asked_by", "agreed_by")
    return found.first()


def is_ones_own(asked: Pseudonym, actor: Actor) -> bool:
    """Tell whether somebody asked for it themselves, or is the person: then another administrator agrees. No statement."""
    return actor.user_id in (asked.asked_by_id, asked.person_id)


def hindered(user: User) -> str:
    """Return why somebody cannot be given a pseudonym now; empty where nothing is in the way. Asks as the system."""
    if user.is_active:
        return _("The account is not switched off. Switch it off first.")
    if user.is_pseudonym:
        return _("This person has a pseudonym already.")
    with acting_as(SYSTEM), connection.cursor() as cursor:
        if ApiKey.objects.filter(person=user, revoked_at=None).exists():
            return _(
                "An API key names this person as who is behind what it submits. Replace or revoke it first."
            )
        cursor.execute(f"SELECT {HELD} FROM directory_user WHERE id = %s", [user.pk])
        if cursor.fetchone()[0]:
            return _(
                "A legal hold keeps what this person did, or the preservation of what an order took away does, and so who it was, until it ends."
            )
    return ""


def ask(user: User, reason: str, *, by: Actor) -> Pseudonym:
    """Ask that somebody who left be given a pseudonym; nothing is changed until another administrator agrees.

    Raises:
        PseudonymError: not for the actor, no reason, not ready (:func:`hindered`), or asked for already.
    """
    _require(by)
    if not reason.strip():
        raise PseudonymError(_("Say why: that they left, that they asked for it."))
    with acting_as(SYSTEM):
        locked = User.objects.select_for_update().get(pk=user.pk)
        if hindrance := hindered(locked):
            raise PseudonymError(hindrance)
        if pseudonym_of(locked) is not None:
            raise PseudonymError(_("Somebody has asked for it already. Read why, and agree if you do."))
        return _made(locked, reason.strip(), by.user_id)


def agree(user: User, *, by: Actor) -> Pseudonym:
    """Agree, as the second of two administrators; the worker then does it.

    Raises:
        PseudonymError: not for the actor, one who asked, oneself, nothing asked for, or not ready any more.
    """
    _require(by)
    with acting_as(SYSTEM):
        asked = (
            Pseudonym.objects.select_for_update().filter(person=user, agreed_at=None, is_due=False).first()
        )
        if asked is None:
            raise PseudonymError(_("Nobody has asked for it, or it is agreed already."))
        if is_ones_own(asked, by):
            raise PseudonymError(_("You asked for it yourself; another administrator must agree."))
        if hindrance := hindered(User.objects.get(pk=user.pk)):
            raise PseudonymError(hindrance)
        asked.agreed_by_id, asked.agreed_at = by.user_id, timezone.now()
        asked.save(update_fields=["agreed_by", "agreed_at"])
        with suppress(AlreadyEnqueued):
            app.configure_task("rights.pseudonymise", allow_unknown=False).defer()
        return asked


def drop(user: User, *, by: Actor) -> None:
    """Take back what was asked for and not agreed to.

    Raises:
        PseudonymError: not for the actor, or there is nothing to take back.
    """
    _require(by)
    with acting_as(SYSTEM):
        gone, _per_model = Pseudonym.objects.filter(person=user, agreed_at=None, is_due=False).delete()
    if not gone:
        raise PseudonymError(_("Nobody has asked for it, or it is agreed already."))


def put_all(now: datetime | None = None) -> int:
    """Give a pseudonym to everybody for whom it is decided, and to whom it is due; return to how many. By the worker.

    Each in a transaction of its own. Whoever a legal hold concerns waits until it is released.
    """
    for user in _due(now or timezone.now()):
        with acting_as(SYSTEM):
            if not hindered(user):
                Pseudonym.objects.filter(person=user, agreed_at=None).delete()
                _made(user, "", None, is_due=True)
    with acting_as(SYSTEM):
        decided = Pseudonym.objects.filter(done_at=None).exclude(agreed_at=None, is_due=False)
        waiting = [(one.pk, one.person) for one in decided.select_related("person")]
    done = 0
    for pk, user in waiting:
        with acting_as(SYSTEM, seconds=SECONDS), connection.cursor() as cursor:
            if hindrance := hindered(user):
                log.warning("No pseudonym for %s yet: %s", user.pk, hindrance)
                continue
            end_sessions(user)
            cursor.execute("SELECT takedowns_put_pseudonym(%s)", [pk])
            done += 1
    return done


def _due(now: datetime) -> list[User]:
    before = now - timedelta(days=settings.PSEUDONYMISE_AFTER_DAYS)
    with acting_as(SYSTEM):
        found = User.objects.raw(
            f"SELECT id, email, name, is_active FROM directory_user WHERE {LEFT} AND {SINCE} < %s", [before]
        )
        return list(found)


def _made(user: User, reason: str, by: UUID | None, *, is_due: bool = False) -> Pseudonym:
    symbols = reference_of("P", uuid4())
    return Pseudonym.objects.create(
        person=user,
        name=f"Person {symbols}",
        email=f"{symbols.lower()}{OF_PSEUDONYMS}",
        reason=reason,
        is_due=is_due,
        asked_by_id=by,
    )


def _require(actor: Actor) -> None:
    if not may_administer(actor):
        raise PseudonymError(_("Pseudonyms are for administrators."))
