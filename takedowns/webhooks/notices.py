"""Telling people that an endpoint was disabled: a mail to those of its platform, or its agency's coordinators, and to administrators."""

from __future__ import annotations

import logging

from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.accounts.mail import mail_works
from takedowns.directory.models import Membership
from takedowns.webhooks.models import Endpoint

log = logging.getLogger(__name__)


def tell_of_disabling(endpoint: Endpoint) -> None:
    """Mail, once the transaction is through, whoever can do something about it. Without a mail server nothing is sent."""
    if not mail_works():
        return
    # Those who manage it, see permissions.py.
    own = (
        Q(platform=endpoint.platform_id)
        if endpoint.platform_id
        else Q(agency=endpoint.agency_id, role=Role.COORDINATOR)
    )
    people = Membership.objects.filter(own | Q(role=Role.ADMINISTRATOR))
    with acting_as(SYSTEM):
        addresses = sorted(set(people.filter(user__is_active=True).values_list("user__email", flat=True)))
    subject = _("Webhooks to %(owner)s stopped") % {"owner": endpoint.owner_name}
    body = _(
        "Takedowns no longer calls %(url)s.\n\n%(why)s\n\nNothing is lost: once the endpoint is turned on again, by the"
        " API or on the page “Webhooks”, it is told all that happened meanwhile."
    ) % {"url": endpoint.url, "why": endpoint.disabled_because}
    transaction.on_commit(lambda: _send(subject, body, addresses))


def _send(subject: str, body: str, addresses: list[str]) -> None:
    for address in addresses:
        try:
            send_mail(subject, body, None, [address])
        except OSError:  # the notice stands on the page and in the API whether or not a mail goes out
            log.exception("The notice could not be mailed")
