"""Who sees a referral, in the ways code asks for it. The rule itself is ``sql/takedowns_sees_referral.sql`` and stands there alone.

Row-level security asks it for whoever the transaction names. Here it is asked for an actor who is told: by querysets, and by
statements that run as the system and judge what somebody may do.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, TextField, UUIDField, Value

from takedowns.access.actor import Actor

_UUIDS: Final = ArrayField(UUIDField())
_TEXTS: Final = ArrayField(TextField())


def takes_part(operation: str = "referral.operation_id", agencies: str = "agencies") -> str:
    """Return the SQL condition that one of the agencies takes part in an operation.

    Args:
        operation: SQL of its id.
        agencies: name of the parameter that holds their ids.
    """
    return f"{operation} IN (SELECT operation_id FROM takedowns_operations_of(%({agencies})s::uuid[]))"


def sees_operation(operation: str) -> str:
    """Return the SQL condition that the actor sees the whole of an operation; its values are those of :func:`parameters`."""
    return f"(%(everything)s OR {takes_part(operation)})"


def sees(referral: str = "referral") -> str:
    """Return the SQL condition that the actor sees a referral; its values are those of :func:`parameters`.

    Args:
        referral: the alias of ``referrals_referral``.
    """
    return (
        f"takedowns_sees_referral({takes_part(f'{referral}.operation_id')}, {referral}.agency_id, {referral}.platform_id,"
        f" {referral}.referred_at IS NOT NULL, %(everything)s, %(agencies)s::uuid[], %(platforms)s::text[])"
        f" AND takedowns_within_hand_off({referral}.operation_id, {referral}.referred_at, %(hand_off)s::text[])"
    )


def agency_sees(agency: str, referral: str = "referral") -> str:
    """Return the SQL condition that one agency sees a referral, for statements about several agencies at once.

    Args:
        agency: SQL of its id.
        referral: the alias of ``referrals_referral``.
    """
    part = f"{referral}.operation_id IN (SELECT operation_id FROM takedowns_operations_of(ARRAY[{agency}]))"
    return (
        f"takedowns_sees_referral({part}, {referral}.agency_id, {referral}.platform_id,"
        f" {referral}.referred_at IS NOT NULL, false, ARRAY[{agency}], NULL)"
    )


def parameters(actor: Actor) -> dict[str, Any]:
    """Return the values that the conditions of this module speak of."""
    return {
        "everything": actor.sees_everything,
        "agencies": [*actor.agencies],
        "platforms": [*actor.platforms],
        "hand_off": _hand_off(actor),
    }


class TakesPart(Func):
    """As :func:`takes_part`, of a queryset's column: ``TakesPart("operation_id", agencies)``."""

    arity = 2
    template = "(%(expressions)s)))"
    arg_joiner = " IN (SELECT operation_id FROM takedowns_operations_of("
    output_field = BooleanField()

    def __init__(self, operation: str, agencies: Any) -> None:
        super().__init__(F(operation), Value([*agencies], output_field=_UUIDS))


def seen_by(actor: Actor) -> Q:
    """As :func:`sees`, for querysets of referrals."""
    sees_it = Func(
        TakesPart("operation_id", actor.agencies),
        F("agency_id"),
        F("platform_id"),
        ExpressionWrapper(Q(referred_at__isnull=False), output_field=BooleanField()),
        Value(actor.sees_everything),
        Value([*actor.agencies], output_field=_UUIDS),
        Value([*actor.platforms], output_field=_TEXTS),
        function="takedowns_sees_referral",
        output_field=BooleanField(),
    )
    within = Func(
        F("operation_id"),
        F("referred_at"),
        Value(_hand_off(actor), output_field=_TEXTS),
        function="takedowns_within_hand_off",
        output_field=BooleanField(),
    )
    return Q(sees_it) & Q(within) if actor.link else Q(sees_it)


def _hand_off(actor: Actor) -> list[str] | None:
    """Return what ``takedowns_asking_hand_off()`` is for an actor."""
    return actor.link.hand_off if actor.link else None
