"""The second administrator: what opens an account (a role, an invitation, a password link, cleared factors) needs two of them.

One asks, another one approves or refuses within three days (``deciding.py``); nothing is changed until then. With one administrator
there is nobody to ask. One who was switched off, or lost the role, within those days still counts: who has stolen an administrator's
session could otherwise put the others away first. What takes rights away is never held up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import JSONField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.accounts.models import AccountEvent, AccountRequest
from takedowns.accounts.record import keep_all
from takedowns.directory.changes import may_administer
from takedowns.directory.models import Agency, Membership, Platform, User

LASTS: Final = timedelta(days=3)
SHOWN: Final = 100
WHAT: Final = AccountRequest.Kind
WAITS: Final = AccountRequest.Outcome.WAITS


class PeopleError(ValueError):
    """Nothing was changed; the message says why and what to do."""


def is_needed(by: Actor) -> bool:
    """Tell whether another administrator must approve what ``by`` wants to open. Two statements at most.

    Commands are not bound: whoever runs them rules the database, and they are the way in where nobody else is left.
    """
    if by.is_system or not settings.SECOND_ADMINISTRATOR:
        return False
    lately = (AccountEvent.Kind.ROLE_TAKEN, AccountEvent.Kind.SWITCHED_OFF)
    with acting_as(SYSTEM):
        others = Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
        gone = AccountEvent.objects.filter(
            kind__in=lately, details__role=Role.ADMINISTRATOR, at__gt=timezone.now() - LASTS
        )
        return others.exclude(user_id=cast("UUID", by.user_id)).exists() or gone.exists()


def ask(
    kind: str,
    *,
    by: Actor,
    request: HttpRequest | None = None,
    person: User | None = None,
    emails: tuple[str, ...] = (),
    role: str = "",
    agency: Agency | None = None,
    platform: Platform | None = None,
) -> AccountRequest:
    """Ask another administrator, as the system; the caller has checked that it may be asked for. Three statements.

    Raises:
        PeopleError: it was asked for already, and waits.
    """
    now = timezone.now()
    named: dict[str, Any] = {"role": role, "agency": agency, "platform": platform}
    if person is not None:
        same = AccountRequest.objects.filter(
            kind=kind, person=person, outcome=WAITS, expires_at__gt=now, **named
        ).first()
        if same is not None:
            raise PeopleError(
                _("You asked for this already; another administrator approves it.")
                if same.asked_by_id == by.user_id
                else _("Another administrator asked for this already. Approve it there, if you agree.")
            )
    made = AccountRequest.objects.create(
        kind=kind,
        person=person,
        asked_by_id=cast("UUID", by.user_id),
        asked_at=now,
        expires_at=now + LASTS,
        **named,
    )
    note(AccountEvent.Kind.REQUEST_MADE, made, (person.email,) if person else emails, by=by, request=request)
    return made


def note(
    kind: str, asked: AccountRequest, emails: tuple[str, ...], *, by: Actor, request: HttpRequest | None
) -> None:
    """Keep in the record of accounts what became of a request. One statement."""
    details = {"asked_in": str(asked.pk), "asked": asked.kind}
    if asked.role:
        details |= {"role": asked.role, "place": str(asked.agency or asked.platform)}
    keep_all(kind, emails, by_id=by.user_id, request=request, **details)


def requests(actor: Actor) -> list[AccountRequest]:
    """Return what waits, the oldest first, then what was decided or ended, the latest first. Four statements.

    Raises:
        PeopleError: not for the actor.
    """
    if not may_administer(actor):
        raise PeopleError(_("People and roles are for administrators."))
    waits = Q(outcome=WAITS, expires_at__gt=timezone.now())
    named = AccountRequest.objects.select_related(
        "person", "agency", "platform", "asked_by", "decided_by"
    ).prefetch_related("invitations")
    return [*named.filter(waits).order_by("id"), *named.exclude(waits)[:SHOWN]]


def requests_about(person: User, actor: Actor) -> list[AccountRequest]:
    """Return what waits about one person; nothing for whoever does not administer. One statement."""
    if not may_administer(actor):
        return []
    waiting = AccountRequest.objects.filter(person=person, outcome=WAITS, expires_at__gt=timezone.now())
    return list(waiting.select_related("agency", "platform", "asked_by").order_by("id"))


def number_waiting(actor: Actor) -> tuple[int, int]:
    """Return how many requests wait, and how many of these for the actor, who did not ask for them. One statement."""
    if not may_administer(actor):
        return 0, 0
    waiting = AccountRequest.objects.filter(outcome=WAITS, expires_at__gt=timezone.now())
    found = waiting.aggregate(all=Count("pk"), others=Count("pk", filter=~Q(asked_by=actor.user_id)))
    return found["all"], found["others"]


def waiting_requests(actor: Actor) -> RawSQL | None:
    """Return what tells, in a statement of somebody else's, how many requests wait for the actor, and since when (JSON).

    None for whoever decides on none.
    """
    if not may_administer(actor):
        return None
    return RawSQL(
        "(SELECT jsonb_build_array(count(*), min(asked_at)) FROM accounts_accountrequest"
        " WHERE outcome = 'waits' AND expires_at > now() AND asked_by_id IS DISTINCT FROM %s)",
        [actor.user_id],
        output_field=JSONField(),
    )


def is_ones_own(asked: AccountRequest, user_id: UUID | None) -> bool:
    """Tell whether somebody asked for it themselves: then another administrator decides, and they may take it back."""
    return user_id is not None and asked.asked_by_id == user_id
