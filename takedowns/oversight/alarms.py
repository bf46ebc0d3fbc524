"""Finding what somebody's work does not explain, telling who answers for it, and writing down that it was looked into.

What counts as unusual is set for the installation (``settings.py``); zero or nothing turns an alarm off. Each is found by one
statement over the last hours of the access log, and raised once an hour or a night: looking again changes nothing but its count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import JSONField
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.accounts.mail import mail_works
from takedowns.deconfliction.models import Partner
from takedowns.directory.models import Membership, User
from takedowns.installation.switches import Way, is_on
from takedowns.oversight.models import Alarm
from takedowns.oversight.queries import keys_by_id, name_of

#: So far back each search looks, so that a worker that stood still for some hours misses nothing.
BACK: Final = timedelta(hours=36)
#: Of an operation's referrals that a file must hold to be everything, and how many it must at least have.
WHOLE_SHARE: Final = 0.95
WHOLE_LEAST: Final = 50
SHOWN: Final = 200

_OTHERS: Final = """
    SELECT 'others', coalesce(look.person_id, look.key_id), look.person_id IS NULL, (array_agg(look.agency_id))[1],
           date_trunc('hour', look.at), count(DISTINCT look.referral_id)
    FROM access_log_look AS look JOIN referrals_referral AS referral ON referral.id = look.referral_id
    WHERE look.at >= %(after)s AND coalesce(look.person_id, look.key_id) IS NOT NULL
      AND referral.agency_id IS DISTINCT FROM look.agency_id AND NOT EXISTS (
          SELECT 1 FROM directory_membership WHERE user_id = look.person_id AND agency_id = referral.agency_id
      ) AND NOT EXISTS (
          SELECT 1 FROM directory_apikey WHERE id = look.key_id AND platform_id IS NOT NULL
      )
    GROUP BY 2, 3, 5 HAVING count(DISTINCT look.referral_id) > %(most)s
"""
_EVERYTHING: Final = """
    SELECT 'everything', look.person_id, false, (array_agg(look.agency_id))[1], date_trunc('hour', look.at), max(look.count)
    FROM access_log_look AS look JOIN referrals_operation AS operation ON operation.reference = look.operation
    WHERE look.at >= %(after)s AND look.is_file AND look.what = 'referrals' AND look.person_id IS NOT NULL
      AND look.count >= %(least)s AND look.count >= %(share)s * (
          SELECT count(*) FROM referrals_referral WHERE operation_id = operation.id
      )
    GROUP BY 2, 5
"""
#: The night begins on the day before where it goes past midnight; it is named by the hour at which it began, in the agency's zone.
_NIGHT: Final = """
    SELECT 'night', person_id, false, agency_id, began, count(*) FROM (
        SELECT look.person_id, look.agency_id, zone,
               (date_trunc('day', local - make_interval(hours => %(from_hour)s)) + make_interval(hours => %(from_hour)s)) AT TIME ZONE zone AS began
        FROM (
            SELECT look.person_id, look.agency_id, placed.zone, look.at AT TIME ZONE placed.zone AS local
            FROM access_log_look AS look LEFT JOIN directory_agency AS agency ON agency.id = look.agency_id,
                 LATERAL (SELECT coalesce(nullif(agency.zone, ''), %(zone)s) AS zone) AS placed
            WHERE look.at >= %(after)s AND look.person_id IS NOT NULL
        ) AS look
        WHERE extract(hour FROM local - make_interval(hours => %(from_hour)s)) < %(lasts)s
    ) AS look GROUP BY 2, 4, 5
"""
#: At the limit, or refused beyond it; a day is UTC's, as the limit is.
_PARTNER: Final = """
    SELECT 'partner', partner_id, false, NULL::uuid, date_trunc('day', at, 'UTC') AS began, sum(items)
    FROM deconfliction_exchange WHERE at >= %(after)s AND direction = 'answered'
    GROUP BY 2, 5 HAVING bool_or(refused) OR sum(items) >= %(most)s
"""
_RAISE: Final = """
    INSERT INTO oversight_alarm (kind, who_id, is_key, agency_id, since, count, note)
    SELECT kind, who_id, is_key, agency_id, since, count, '' FROM ({found}) AS found (kind, who_id, is_key, agency_id, since, count)
    ON CONFLICT (kind, who_id, since) DO UPDATE SET count = EXCLUDED.count
    WHERE oversight_alarm.count < EXCLUDED.count AND oversight_alarm.looked_into_at IS NULL
    RETURNING id, xmax = 0
"""


@dataclass(frozen=True)
class AlarmLine:
    """An alarm as the page shows it."""

    alarm: Alarm
    who: str
    email: str


def raise_alarms(now: datetime | None = None) -> list[UUID]:
    """Raise what the settings call unusual and was not raised yet; tell who answers for it. Four statements, and those of the mails.

    Returns:
        The ids of the new alarms.
    """
    values: dict[str, Any] = {"after": (now or timezone.now()) - BACK, "zone": settings.TIME_ZONE}
    wanted: list[tuple[str, dict[str, Any]]] = []
    if settings.ALARM_REFERRALS_OF_OTHERS:
        wanted.append((_OTHERS, {"most": settings.ALARM_REFERRALS_OF_OTHERS}))
    if settings.ALARM_WHOLE_LISTS:
        wanted.append((_EVERYTHING, {"least": WHOLE_LEAST, "share": WHOLE_SHARE}))
    if settings.ALARM_NIGHT_HOURS:
        first, last = settings.ALARM_NIGHT_HOURS
        wanted.append((_NIGHT, {"from_hour": first, "lasts": (last - first) % 24}))
    if is_on(Way.DECONFLICTION):
        wanted.append((_PARTNER, {"most": settings.DECONFLICTION_MOST_A_DAY}))
    raised: list[UUID] = []
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for statement, more in wanted:
            cursor.execute(_RAISE.format(found=statement), values | more)
            raised += [pk for pk, is_new in cursor.fetchall() if is_new]
        _tell(raised)
    return raised


def may_see_alarms(actor: Actor) -> bool:
    """Tell whether somebody answers for who looks: auditors, administrators, coordinators (of their own agency's people)."""
    return actor.sees_everything or actor.has_role(Role.COORDINATOR)


def alarms(*, also_done: bool = False) -> list[AlarmLine]:
    """Return the alarms that the asking person may see, the latest first. Four statements at most."""
    found = Alarm.objects.select_related("agency", "looked_into_by").order_by("-since", "-id")
    if not also_done:
        found = found.filter(looked_into_at=None)
    shown = list(found[:SHOWN])
    people = User.objects.in_bulk([one.who_id for one in shown if not one.is_key])
    keys = keys_by_id([one.who_id for one in shown if one.is_key])
    partners = Partner.objects.in_bulk([one.who_id for one in shown if one.kind == Alarm.Kind.PARTNER])
    lines = []
    for one in shown:
        person, key = people.get(one.who_id), keys.get(one.who_id)
        who = name_of(person, key) or str(partners.get(one.who_id, ""))
        lines.append(
            AlarmLine(one, who or _("somebody who is not here any more"), person.email if person else "")
        )
    return lines


def waiting_alarms(actor: Actor) -> RawSQL | None:
    """Return what tells, in a statement of somebody else's, how many alarms nobody looked into, and since when (JSON).

    As far as the asking person may see them, without those about themselves; None for whoever answers for nobody.
    """
    if not may_see_alarms(actor):
        return None
    return RawSQL(
        "(SELECT jsonb_build_array(count(*), min(raised_at)) FROM oversight_alarm"
        " WHERE looked_into_at IS NULL AND who_id IS DISTINCT FROM %s)",
        [actor.user_id],
        output_field=JSONField(),
    )


def look_into(alarm_id: UUID, note: str, *, by: Actor) -> bool:
    """Write down that an alarm was looked into, and what was found. Nobody puts away an alarm about themselves.

    Returns:
        False where the actor sees no such open alarm, or it is about them.
    """
    if by.user_id is None or not may_see_alarms(by):
        return False
    if not Alarm.objects.filter(pk=alarm_id, looked_into_at=None).exclude(who_id=by.user_id).exists():
        return False
    with acting_as(SYSTEM):
        return bool(
            Alarm.objects.filter(pk=alarm_id, looked_into_at=None).update(
                looked_into_at=timezone.now(), looked_into_by_id=by.user_id, note=note.strip()[:500]
            )
        )


def _tell(raised: list[UUID]) -> None:
    """Mail auditors, and the coordinators of the agencies, that there are new alarms; not of whom. Mail is not confidential."""
    if not raised or not mail_works():
        return
    agencies = set(Alarm.objects.filter(pk__in=raised).values_list("agency_id", flat=True))
    about = set(Alarm.objects.filter(pk__in=raised).values_list("who_id", flat=True))
    told = Membership.objects.filter(role=Role.AUDITOR) | Membership.objects.filter(
        role=Role.COORDINATOR, agency_id__in=agencies
    )
    people = User.objects.filter(pk__in=told.values("user_id"), is_active=True).exclude(pk__in=about)
    for person in people.order_by("pk"):
        with override(person.language or settings.LANGUAGE_CODE):
            subject = ngettext(
                "An alarm about who looked", "%(count)d alarms about who looked", len(raised)
            ) % {"count": len(raised)}
            body = _("Somebody looked at more than is usual. See who, and write down what you found:") + (
                f"\n\n{settings.SITE_URL}{reverse('web:alarms')}\n"
            )
            EmailMessage(subject, body, to=[person.email]).send()
