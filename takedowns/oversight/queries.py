"""What the pages about who looked read. Row-level security says once more who sees which look."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.access_log.models import Look
from takedowns.access_log.vocabulary import What
from takedowns.directory.models import Agency, ApiKey, User
from takedowns.pages.fields import as_exact_moment, as_uuid
from takedowns.referrals.models import Referral
from takedowns.referrals.reference import parse_reference, reference_of

SIZE: Final = 100
#: So many rows go into one file; the page says so where there are more.
MOST_IN_A_FILE: Final = 50_000
#: Against what somebody usually does: so many days before.
USUAL_DAYS: Final = 28
#: What is called unusual: so many times as much as usual, and no less than so many.
UNUSUAL_TIMES: Final = 3
UNUSUAL_LEAST: Final = 50
VOLUMES_SHOWN: Final = 25


@dataclass(frozen=True)
class Line:
    """One look as a page shows it.

    Attributes:
        who: name of the person or key; of a wall's screen, that.
        email: of the person.
        agency: for which they looked.
        roles: that they had then.
        what: it was, in words.
        reference: short reference of the referral, where it is of one; else the operation's, or nothing.
        origin: page, key or command, and the network address.
    """

    look: Look
    who: str
    email: str
    agency: str
    roles: str
    what: str
    reference: str
    origin: str


@dataclass(frozen=True)
class Page:
    """Looks, the latest first, and where the older ones begin."""

    lines: list[Line]
    older: str = ""


def may_see_looks_at(actor: Actor, referral: Referral) -> bool:
    """Tell whether somebody may see who looked at a referral: coordinators of its agency, auditors, administrators."""
    return actor.sees_everything or actor.has_role(Role.COORDINATOR, referral.agency_id)


def ids_named(text: str) -> list[UUID]:
    """Return the ids of the referrals that a text names: an id, or a short reference. One statement at most."""
    if (one := as_uuid(text)) is not None:
        return list(Referral.objects.filter(pk=one).values_list("pk", flat=True))
    if (parsed := parse_reference(text)) is None:
        return []
    operation, ending = parsed
    named = RawSQL("SELECT id FROM takedowns_ending_in(%s)", [[ending]])
    return list(
        Referral.objects.filter(operation__reference=operation, pk__in=named).values_list("pk", flat=True)
    )


def page_of(looks: QuerySet[Look], before: str = "", size: int = SIZE) -> Page:
    """Return a page of looks, the latest first. At most five statements.

    Args:
        before: what :attr:`Page.older` of the page before said.
    """
    at, _sep, look_id = before.partition("_")
    moment, last = as_exact_moment(at), as_uuid(look_id)
    if moment is not None and last is not None:
        looks = looks.filter(Q(at__lt=moment) | Q(at=moment, id__lt=last))
    found = list(looks.order_by("-at", "-id")[: size + 1])
    shown = found[:size]
    older = f"{shown[-1].at.isoformat()}_{shown[-1].pk}" if len(found) > size else ""
    return Page(lines_of(shown), older)


def lines_of(looks: list[Look]) -> list[Line]:
    """Return looks with the names of what they name by id. Four statements at most."""
    people = User.objects.in_bulk({one.person_id for one in looks if one.person_id})
    keys = keys_by_id({one.key_id for one in looks if one.key_id})
    agencies = Agency.objects.in_bulk({one.agency_id for one in looks if one.agency_id})
    references = _references({one.referral_id for one in looks if one.referral_id})
    words = {str(value): str(label) for value, label in What.choices}
    roles = {str(value): str(label) for value, label in Role.choices}
    lines = []
    for one in looks:
        person, key = people.get(one.person_id or UUID(int=0)), keys.get(one.key_id or UUID(int=0))
        agency = agencies.get(one.agency_id or UUID(int=0))
        who = name_of(person, key)
        lines.append(
            Line(
                look=one,
                who=who
                or (
                    _("somebody who is not here any more")
                    if one.person_id or one.key_id
                    else _("link in the mail of a hand-off")
                    if one.origin.startswith("link ")
                    else _("partner installation")
                    if one.origin.startswith("partner ")
                    else _("screen on a wall")
                ),
                email=person.email if person else "",
                agency=str(agency or ""),
                roles=", ".join(roles.get(role, role) for role in one.roles.split(",") if role),
                what=words.get(one.what, one.what),
                reference=references.get(one.referral_id, one.operation)
                if one.referral_id
                else one.operation,
                origin=one.origin.rpartition(" ")[2] if " " in one.origin else "",
            )
        )
    return lines


def keys_by_id(key_ids: Collection[UUID]) -> dict[UUID, ApiKey]:
    """Return keys, to say whose a look is that the asking person may see. One statement, none for none; as the system."""
    if not key_ids:
        return {}
    with acting_as(SYSTEM):
        return ApiKey.objects.in_bulk(key_ids)


def _references(referral_ids: Iterable[UUID]) -> dict[UUID | None, str]:
    found = Referral.objects.filter(pk__in=list(referral_ids)).values_list("pk", "operation__reference")
    return {pk: reference_of(operation, pk) for pk, operation in found}


@dataclass(frozen=True)
class Volume:
    """How much one person or key looked at.

    Attributes:
        looks: pages and calls in the time asked for.
        referrals: different referrals opened one by one; others: those of agencies that the person has no role at.
        usual: pages and calls in as long a time, on average over the days before.
    """

    who: str
    email: str
    looks: int
    referrals: int
    others: int
    files: int
    searches: int
    usual: float

    @property
    def is_unusual(self) -> bool:
        """Whether it is much more than this person usually does."""
        return self.looks >= UNUSUAL_LEAST and self.looks > UNUSUAL_TIMES * self.usual


_VOLUMES: Final = """
    SELECT person_id, key_id, count(*) FILTER (WHERE is_now), count(DISTINCT referral_id) FILTER (WHERE is_now),
           count(DISTINCT referral_id) FILTER (WHERE is_now AND of_others), count(*) FILTER (WHERE is_now AND is_file),
           count(*) FILTER (WHERE is_now AND what = 'search'), count(*) FILTER (WHERE NOT is_now)
    FROM (
        SELECT look.person_id, look.key_id, look.referral_id, look.what, look.is_file, look.at >= %(since)s AS is_now,
               referral.id IS NOT NULL AND referral.agency_id IS DISTINCT FROM look.agency_id AND NOT EXISTS (
                   SELECT 1 FROM directory_membership
                   WHERE user_id = look.person_id AND agency_id = referral.agency_id
               ) AS of_others
        FROM access_log_look AS look LEFT JOIN referrals_referral AS referral ON referral.id = look.referral_id
        WHERE look.at >= %(since)s - make_interval(days => %(usual_days)s) AND coalesce(look.person_id, look.key_id) IS NOT NULL
    ) AS look
    GROUP BY 1, 2 HAVING count(*) FILTER (WHERE is_now) > 0 ORDER BY 5 DESC, 3 DESC LIMIT %(most)s
"""


def volumes(hours: int, now: datetime | None = None) -> list[Volume]:
    """Return who looked at most in the last hours, those at most of other agencies first. Three statements."""
    since = (now or timezone.now()) - timedelta(hours=hours)
    with connection.cursor() as cursor:
        cursor.execute(_VOLUMES, {"since": since, "usual_days": USUAL_DAYS, "most": VOLUMES_SHOWN})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    people = User.objects.in_bulk({row[0] for row in rows if row[0]})
    keys = keys_by_id({row[1] for row in rows if row[1]})
    found = []
    for person_id, key_id, looks, referrals, others, files, searches, before in rows:
        person, key = people.get(person_id), keys.get(key_id)
        found.append(
            Volume(
                who=name_of(person, key) or _("somebody who is not here any more"),
                email=person.email if person else "",
                looks=looks,
                referrals=referrals,
                others=others,
                files=files,
                searches=searches,
                usual=before * hours / (USUAL_DAYS * 24),
            )
        )
    return found


def name_of(person: User | None, key: ApiKey | None) -> str:
    """Return the name of a person or of a key; empty where neither is there."""
    if person is not None:
        return person.get_full_name()
    return _("key “%(name)s”") % {"name": key.name} if key is not None else ""
