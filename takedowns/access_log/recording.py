"""Writing an entry: one statement, in the transaction that gives the page. No entry, no page."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import Error, connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from takedowns.access.actor import Actor
from takedowns.access.origin import origin
from takedowns.access_log.declaring import Opens, Shown, declared_of, shown_in
from takedowns.access_log.vocabulary import What
from takedowns.postgres.trouble import NotRecordedError, trouble_of
from takedowns.sealing import derived

log = logging.getLogger(__name__)

#: What names a referral by its own id.
_OF_REFERRALS: Final = frozenset({What.REFERRAL, What.REFERRALS, What.ORDER, What.ORDERS})
_PURPOSE: Final = "what was searched for"
#: What shows nothing: elsewhere, not changed, refused, nothing.
_NOT_GIVEN: Final = frozenset({204, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 410})
#: A page that wrote nothing else need not wait until the disk has its entry (PostgreSQL writes it within three times
#: wal_writer_delay, 0.6 s): only a power cut in that time loses it. Whatever else is written, and files, do wait.
_INSERT: Final = """
    INSERT INTO access_log_look (
        person_id, key_id, agency_id, roles, origin, view, what, operation, subject, referral_id, count, digest, asked, is_file, entry
    )
    SELECT %s::uuid, %s::uuid, %s::uuid, %s, %s, %s, %s, %s, %s, %s::uuid, %s, %s::bytea, %s::bytea, %s, %s::bigint
    FROM (
        SELECT CASE WHEN NOT %s AND pg_current_xact_id_if_assigned() IS NULL
               THEN set_config('synchronous_commit', 'off', true) END
    ) AS committing
"""


def is_given(response: HttpResponseBase) -> bool:
    """Tell whether an answer shows anything: not one that sends elsewhere or refuses, nor one whose work is taken back."""
    return response.status_code not in _NOT_GIVEN and not connection.needs_rollback


def record_page(request: HttpRequest, response: HttpResponseBase, *, by: Actor, operation: str = "") -> None:
    """Write who looked at a page, where it declares that it opens something and shows it. See :func:`record`.

    Args:
        operation: its reference, where the address does not say it.
    """
    match = request.resolver_match
    opened = declared_of(match.func) if match else None
    if match is None or opened is None or not is_given(response) or opened.itself != bool(operation):
        return
    address = {**match.kwargs, "reference": operation} if operation else match.kwargs
    record(opened, match.view_name, address, shown_in(request), response, by=by)


def record(
    opened: Opens,
    view: str,
    address: Mapping[str, Any],
    shown: Shown,
    response: HttpResponseBase,
    *,
    by: Actor,
    key_id: UUID | None = None,
) -> None:
    """Write who looked at what. One statement, for whom the transaction runs.

    Args:
        opened: what the view declares.
        view: its name.
        address: the named parts of its address.
        shown: which things it showed.
        response: what is given: whether it is a file, and the number that the ledger has of it.
        by: who looked, with their roles.
        key_id: the API key that they looked with.

    Raises:
        NotRecordedError: it could not be written; what the transaction did is taken back, and nothing may be given.
    """
    ids = shown.ids or ((str(address[opened.by]),) if opened.by in address else ())
    subject = ids[0] if len(ids) == 1 else ""
    referral = address.get("referral_id") or (subject if opened.what in _OF_REFERRALS else None)
    file = response.headers.get("Content-Disposition", "").startswith("attachment")
    entry = response.headers.get("Ledger-Entry")
    values = [
        by.user_id,
        key_id,
        next(iter(by.agencies)) if len(by.agencies) == 1 else None,
        roles_of(by),
        origin(),
        view,
        str(opened.what),
        str(address.get("reference", "")).upper().replace("\0", ""),
        subject[:64].replace("\0", ""),
        _uuid_of(referral),
        len(ids),
        digest_of(ids) if len(ids) > 1 else None,
        keyed(shown.asked) if shown.asked else None,
        file,
        int(entry) if entry else None,
        file or settings.ACCESS_LOG_WAITS_FOR_DISK,
    ]
    try:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, values)
    except Error as error:
        transaction.set_rollback(True)
        if trouble_of(error):
            raise
        log.critical(
            "Who looked could not be recorded, so nothing was shown: %s", " ".join(str(error).split())
        )
        raise NotRecordedError("Nothing is shown.") from error


def _uuid_of(name: object) -> UUID | None:
    """Return the id that a name is; None where it is another name of it, or anything that a caller wrote."""
    try:
        return UUID(str(name))
    except ValueError:
        return None


def roles_of(actor: Actor) -> str:
    """Return the roles somebody has now, with commas: what they had when they looked is asked years later."""
    return ",".join(sorted({role for held in actor.roles.values() for role in held}))


def digest_of(ids: tuple[str, ...]) -> bytes:
    """Return the digest of a set: SHA-256 over its ids in lower case, sorted, each once, with a line feed between two."""
    return hashlib.sha256("\n".join(sorted({one.lower() for one in ids})).encode()).digest()


def keyed(text: str, secret: str = "") -> bytes:
    """Return what stands in the log for a text that was searched for: HMAC (RFC 2104) with SHA-256 of its words in lower case.

    What people search for names people. Whoever reads the log without our key cannot try names either; whoever asks us
    whether a certain text was searched for gets an answer.
    """
    key = derived(secret or settings.SECRET_KEY, _PURPOSE)
    return hmac.digest(key, " ".join(text.split()).casefold().encode(), "sha256")


def every_keyed(text: str) -> list[bytes]:
    """Return what stands in the log for a text, also from the time of a former ``SECRET_KEY``."""
    return [keyed(text, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
