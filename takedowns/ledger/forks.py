"""A ledger of which a witness saw two histories: kept with both signed heads, said in the log, and mailed to who answers for it."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.accounts.mail import mail_works
from takedowns.directory.models import Membership, User
from takedowns.ledger.models import Countersignature, Fork, WitnessedHead

log = logging.getLogger(__name__)


def alarm(ledger: str, said: str, refused: str, known: str = "", witness: str = "") -> None:
    """Keep a fork and say so, once until the witness countersigns again. As the system."""
    log.critical("The ledger %s has two histories: %s", ledger, said)
    if any(one.ledger == ledger and one.witness == witness for one in standing()):
        return
    Fork.objects.create(ledger=ledger, said=said[:300], refused=refused, known=known, witness=witness)


def standing() -> list[Fork]:
    """Return the forks after which the witness has countersigned nothing, nor was told to begin anew. Three statements. As the system."""
    return still_standing(
        list(Fork.objects.order_by("-id")),
        list(Countersignature.objects.order_by("witness", "-head").distinct("witness")),
        list(WitnessedHead.objects.order_by("ledger", "-id").distinct("ledger")),
    )


def still_standing(
    forks: list[Fork], countersigned: list[Countersignature], witnessed: list[WitnessedHead]
) -> list[Fork]:
    """Return those of forks that stand, given the last countersignature of each witness and the last head of each ledger of others."""
    last = {(one.ledger, ""): one.at for one in witnessed}
    last |= {(settings.LEDGER_NAME, one.witness): one.received_at for one in countersigned}
    return [one for one in forks if (at := last.get((one.ledger, one.witness))) is None or at <= one.at]


def mail_new() -> int:
    """Mail auditors and administrators of each fork that they were not told of; return of how many there were.

    Raises:
        OSError: the mail server did not take it.
    """
    if not mail_works():
        return 0
    with acting_as(SYSTEM):
        found = list(Fork.objects.filter(mailed_at=None).order_by("id"))
        answering = Membership.objects.filter(role__in=(Role.AUDITOR, Role.ADMINISTRATOR)).values("user_id")
        people = list(User.objects.filter(pk__in=answering, is_active=True).order_by("pk")) if found else []
    for fork in found:
        for person in people:
            with override(person.language or settings.LANGUAGE_CODE):
                subject = _("The ledger %(ledger)s has two histories") % {"ledger": fork.ledger}
                body = _("A witness refused to countersign it. See what it saw, and ask who runs it:")
                address = f"{settings.SITE_URL}{reverse('web:ledger')}"
                EmailMessage(subject, f"{body}\n\n{address}\n", to=[person.email]).send()
        with acting_as(SYSTEM):
            Fork.objects.filter(pk=fork.pk).update(mailed_at=timezone.now())
    return len(found)
