"""Entries for what changes no row of a table: that something was made and given away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import connection

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import User
from takedowns.ledger.models import Entry
from takedowns.pages.versions import Changed


def note_done(
    what: str, key: str, facts: Mapping[str, Any], withheld: Mapping[str, Any] | None = None
) -> int:
    """Write an entry in the running transaction, for whom it runs. One statement.

    Args:
        what: was done, such as ``export``.
        key: what it is about.
        facts: flat; digests, sizes, moments, codes.
        withheld: flat; names, addresses, free text.

    Returns:
        The entry's number.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT takedowns_note_entry(%s, %s, %s::jsonb, %s::jsonb)",
            [what, key, json.dumps(facts, default=str), json.dumps(withheld or {}, default=str)],
        )
        return int(cursor.fetchone()[0])


def note_file(what: str, key: str, content: bytes, filters: str = "", **facts: Any) -> int:
    """Write an entry of a file that somebody took: the digest of its bytes, and with which filters. See :func:`note_done`."""
    told = {"sha256": sha256(content).hexdigest(), "size": len(content), **facts}
    return note_done(what, key, told, {"filters": filters} if filters else None)


def last_change(what: str, key: object) -> Changed | None:
    """Return when a row of a table was last changed, and by whom; None where no entry tells. Two statements.

    The caller has checked that who asks may see the row.
    """
    with acting_as(SYSTEM):
        entry = Entry.objects.filter(what=what, key=str(key)).order_by("-number").first()
        if entry is None:
            return None
        return Changed(entry.at, User.objects.filter(pk=entry.person_id).first() if entry.person_id else None)
