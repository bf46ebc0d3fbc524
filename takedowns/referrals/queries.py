"""What several pages read of referrals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, F, Func, IntegerField, JSONField, OuterRef, Q
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import JSONObject

from takedowns.access.actor import Actor
from takedowns.directory.models import Agency, Platform
from takedowns.pages.versions import Changed
from takedowns.referrals.models import Cell, Event, Operation, Outlet, Referral
from takedowns.referrals.vocabulary import EventKind, Status


def agencies_platforms_kinds(operation: Operation) -> tuple[list[Agency], list[Platform], list[str]]:
    """Return what occurs among the operation's referrals, read from cells, not from referrals. Three statements."""
    cells = Cell.objects.filter(operation=operation)
    agencies = Agency.objects.filter(pk__in=cells.values("agency_id"))
    platforms = Platform.objects.filter(pk__in=cells.values("platform_id"))
    kinds = cells.values_list("kind", flat=True).distinct().order_by("kind")
    return list(agencies), list(platforms), list(kinds)


#: So many other operations are offered at the head of an operation's pages.
OTHERS_OFFERED: Final = 12


def others_of(operation: str, actor: Actor) -> ArraySubquery:
    """Return the other operations that the actor sees, the latest first, each with ``reference`` and ``name``."""
    others = Operation.objects.visible_to(actor).exclude(pk=OuterRef(operation))
    return ArraySubquery(others.values_list(JSONObject(reference="reference", name="name"))[:OTHERS_OFFERED])


def head_annotations(operation: str) -> dict[str, Any]:
    """Return annotations ``unread`` and ``standing`` for the asking person; ``operation`` names the field with its id.

    ``standing`` is a list of messages that the person has not put away: id, text, by, at, ends_at.
    """
    return {
        "unread": Func(function="takedowns_unread", output_field=IntegerField()),
        "standing": Func(F(operation), function="takedowns_standing_messages", output_field=JSONField()),
    }


OUTLETS_OFFERED: Final = 500


def outlet_names() -> list[str]:
    """Return the outlets known, for choosing instead of typing. One statement."""
    return list(Outlet.objects.order_by("name").values_list("name", flat=True)[:OUTLETS_OFFERED])


def names_offered() -> tuple[list[str], list[tuple[str, str]]]:
    """Return :func:`outlet_names` and the listed groups that are still listed, by name: name, code with other names. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            (SELECT true, name, '' FROM referrals_outlet ORDER BY name LIMIT %s)
            UNION ALL
            (SELECT false, listed.name, concat_ws(' · ', listed.code, string_agg(known.name, ' · ' ORDER BY known.name)
                    FILTER (WHERE known.name NOT IN (listed.name, listed.code)))
             FROM directory_listedgroup AS listed JOIN directory_listedgroupname AS known ON known.group_id = listed.id
             WHERE listed.ended_on IS NULL GROUP BY listed.id ORDER BY listed.name)
            """,
            [OUTLETS_OFFERED],
        )
        found = cursor.fetchall()
    outlets = [name for is_outlet, name, _label in found if is_outlet]
    return outlets, [(name, label) for is_outlet, name, label in found if not is_outlet]


def last_correction(item_id: UUID) -> Changed | None:
    """Return when what is known of an item was last corrected, and by whom. One statement."""
    found = Event.objects.filter(item=item_id, kind=EventKind.CORRECT).select_related("actor")
    return next((Changed(one.at, one.actor) for one in found.order_by("-id")[:1]), None)


def last_event(referral: Referral) -> Changed | None:
    """Return when something last happened to a referral, and by whom. One statement."""
    found = referral.events.select_related("actor").order_by("-id")
    return next((Changed(one.recorded_at, one.actor) for one in found[:1]), None)


@dataclass(frozen=True, slots=True)
class Question:
    """What a platform asks before it decides, and when it asked."""

    text: str
    at: datetime


def question_of(referral: Referral) -> Question | None:
    """Return what the platform asked last and waits to hear; None where it waits for nothing. One statement at most."""
    if referral.status != Status.INFORMATION_REQUESTED:
        return None
    asked = Event.objects.filter(referral=referral, kind="request_information").order_by("-at", "-id").first()
    return Question(str(asked.details.get("question", "")), asked.at) if asked else None


def visible_referral(
    actor: Actor, reference: str, referral_id: UUID, **beside: Combinable
) -> Referral | None:
    """Return the referral with all its page names, if the actor may see it, and what is to be read ``beside`` it. One statement.

    It carries ``came_back`` (a further round exists), ``on_hold`` (a hold stands on it, whosever) and ``in_own_operation`` (the actor may see the operation too; an
    agency that handed the same item in elsewhere sees the referral, not the operation).
    """
    found = (
        Referral.objects.visible_to(actor)
        .select_related("operation", "item__outlet", "platform__provider", "agency")
        .annotate(
            came_back=Exists(Referral.objects.filter(item=OuterRef("item"), round__gt=OuterRef("round"))),
            on_hold=Q(
                item__in=RawSQL('SELECT takedowns_items_on_hold(ARRAY["referrals_referral"."item_id"])', [])
            ),
            in_own_operation=Exists(Operation.objects.visible_to(actor).filter(pk=OuterRef("operation"))),
            others=others_of("operation_id", actor),
            **head_annotations("operation_id"),
            **beside,
        )
        .filter(operation__reference=reference.upper(), pk=referral_id)
        .first()
    )
    if found is not None:
        found.operation.others = found.others  # type: ignore[attr-defined]
    return found
