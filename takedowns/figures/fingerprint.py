"""A short name for the state of an operation's figures, so that a refresh can be answered "not modified"."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import connection

from takedowns.access.actor import Actor
from takedowns.referrals.models import Operation

# Every change of a figure writes an event, and events only ever become more. The newest event alone would not do:
# transactions commit out of order, so an event with a smaller number may appear after a greater one was seen. But
# what lies before the oldest transaction still in flight is final. takedowns_log_state() names the last event before
# that horizon, and with it all before; and the number of those after it, which grows whenever one appears. So two
# states differ if one event came; if none came, at most once more, when the horizon moves past the last. The log is
# that of the operation: what happens elsewhere is told to nobody, not even that something did.
_STATE: Final = """
    SELECT
        takedowns_log_state(%s),
        (SELECT json_agg(report ORDER BY id) FROM figures_selfreport AS report WHERE operation_id = %s)::text,
        (SELECT json_agg(platform_id ORDER BY platform_id)
         FROM referrals_operation_platforms WHERE operation_id = %s)::text,
        (SELECT json_agg(json_build_array(platform.slug, platform.name, provider.name) ORDER BY platform.slug)
         FROM directory_platform AS platform
         LEFT JOIN directory_provider AS provider ON provider.slug = platform.provider_id)::text
"""


def fingerprint(operation: Operation, actor: Actor, *, beside: Iterable[UUID] = ()) -> str:
    """Return a string that differs whenever a figure on the board may differ, for this actor. One statement.

    It costs the same however many referrals there are. Take it before the figures: one taken after them could name
    a state that they do not show yet.

    Args:
        beside: the other operations that the figures rest on, too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [sorted({operation.pk, *beside}), operation.pk, operation.pk])
        state = cursor.fetchone()
    asks = (actor.sees_everything, sorted(map(str, actor.agencies)), sorted(actor.platforms))
    named = (operation.pk, operation.reference, operation.name, operation.starts, operation.ends)
    return hashlib.sha256(repr((named, asks, state)).encode()).hexdigest()[:32]
