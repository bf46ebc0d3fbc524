"""Being a witness of others' ledgers: a head is countersigned where it grew out of the last one that was.

The protocol is C2SP's ``tlog-witness``. Beside it, a ledger may sign its request: only then is a proof that does not hold an alarm, since
anybody can send a head that they found somewhere, with a proof of their own.
"""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import forks, tree
from takedowns.ledger.keys import cosigning_key
from takedowns.ledger.models import WitnessedHead
from takedowns.ledger.notes import COSIGNS, Checkpoint, NoteError, PublicKey, cosign, open_note

log = logging.getLogger(__name__)
#: A path is no longer (RFC 9162: one hash for each doubling).
_LONGEST_PATH: Final = 63
#: Any number of its own.
_LOCK: Final = 0x5769_746E
#: What is signed of a request begins so, and so is no head.
REQUEST: Final = b"takedowns witness request\n"


@dataclass(frozen=True)
class Reply:
    """What a ledger is answered: an HTTP status, and a text."""

    status: int
    text: str
    media_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class _Asked:
    """A request: the size that the ledger believes was countersigned last, the path from there, and the signed head."""

    old: int
    path: list[bytes]
    note: str
    text: str
    head: Checkpoint
    keys: list[PublicKey]


def take(body: bytes, signatures: str = "") -> Reply:
    """Countersign a head, or say why not.

    Args:
        body: as ``add-checkpoint`` takes it.
        signatures: of the whole request, by the ledger's keys, with commas; empty where it is not signed.
    """
    try:
        asked = _read(body)
    except NoteError as error:
        return Reply(400, f"{error}\n")
    if not asked.keys:
        return Reply(404, "This installation does not countersign for that ledger.\n")
    try:
        _, signed = open_note(asked.note, asked.keys)
    except NoteError as error:
        return Reply(403, f"{error}\n")
    if not signed:
        return Reply(403, "The head is not signed by a key that is known here.\n")
    if asked.old > asked.head.size:
        return Reply(400, "The older head is the larger.\n")
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, asked.head.ledger])
        return _judge(asked, is_signed=_is_signed(body, signatures, asked.keys))


def last_of(ledger: str) -> WitnessedHead | None:
    """Return what was countersigned last of a ledger. As the system."""
    return WitnessedHead.objects.filter(ledger=ledger).order_by("-id").first()


def last_of_each() -> list[WitnessedHead]:
    """Return what was countersigned last of each ledger. As the system."""
    return list(WitnessedHead.objects.order_by("ledger", "-id").distinct("ledger"))


def begin_anew(ledger: str, reason: str) -> None:
    """Let a ledger begin anew: what was countersigned of it stays, and its next head is compared with nothing. As the system."""
    WitnessedHead.objects.create(ledger=ledger, size=0, root=tree.EMPTY, note="", reason=reason)


def _judge(asked: _Asked, *, is_signed: bool) -> Reply:
    last, head = last_of(asked.head.ledger), asked.head
    size = last.size if last else 0
    if asked.old != size:
        _look_at_shorter(asked, last)
        return Reply(409, f"{size}\n", "text/x.tlog.size")
    if last is None or size == 0:
        if asked.path:
            return Reply(422, "There is nothing that it could be consistent with.\n")
    elif head.size == size:
        if head.root != bytes(last.root):
            said = f"Two heads over {size} entries are signed, with different roots."
            forks.alarm(head.ledger, said, asked.note, last.note)
            return Reply(409, f"{said}\n\n{last.note}")
    elif not tree.is_consistent(size, bytes(last.root), head.size, head.root, asked.path):
        said = f"The head over {head.size} entries is not consistent with that over {size}."
        if is_signed:
            forks.alarm(head.ledger, said, asked.note, last.note)
        else:
            log.warning("Somebody sent a proof for the ledger %s that does not hold.", head.ledger)
        return Reply(422, f"{said}\n\n{last.note}")
    line = cosign(asked.text, cosigning_key(), timezone.now())
    if last is None or head.size != size:
        WitnessedHead.objects.create(
            ledger=head.ledger, size=head.size, root=head.root, note=asked.note + line
        )
    return Reply(200, line)


def _look_at_shorter(asked: _Asked, last: WitnessedHead | None) -> None:
    """Raise an alarm where a ledger signed, after what was countersigned, a head over fewer entries: it was cut.

    The moments that are compared are the ledger's own; an old head that somebody sends again was signed before.
    """
    if last is None or asked.head.size >= last.size:
        return
    known = Checkpoint.parse(last.note)
    if asked.head.at > known.at:
        said = f"A head over {asked.head.size} entries was signed after that over {known.size}: it was cut."
        forks.alarm(asked.head.ledger, said, asked.note, last.note)


def _read(body: bytes) -> _Asked:
    try:
        before, empty, note = body.decode().partition("\n\n")
        first, *lines = before.split("\n")
        path = [base64.b64decode(line, validate=True) for line in lines]
    except (UnicodeDecodeError, binascii.Error) as error:
        raise NoteError("It is no request as add-checkpoint takes it.") from error
    size = first.removeprefix("old ")
    is_size = first.startswith("old ") and size.isascii() and size.isdecimal() and len(size) <= 18
    if not empty or not is_size or len(path) > _LONGEST_PATH or any(len(one) != 32 for one in path):
        raise NoteError(
            "It is no request as add-checkpoint takes it: “old SIZE”, hashes, an empty line, a signed head."
        )
    text = note.rpartition("\n\n")[0] + "\n"
    head = Checkpoint.parse(text)
    if not 0 < head.size < 1 << 62 or len(head.root) != tree.HASH_BYTES or len(head.ledger) > 300:
        raise NoteError("It is no head of a ledger.")
    if head.at.tzinfo is None:
        raise NoteError("The head does not say in which zone its time is.")
    keys = [one for one in witnessed_keys() if one.name == head.ledger]
    return _Asked(int(size), path, note, text, head, keys)


def witnessed_keys() -> list[PublicKey]:
    """Return the public keys of the ledgers that this installation countersigns for.

    Raises:
        NoteError: the setting holds something else.
    """
    return [PublicKey.parse(one) for one in settings.LEDGER_WITNESSED_KEYS]


def cosigner() -> PublicKey:
    """Return the public key that countersigns here."""
    return replace(cosigning_key().public, kind=COSIGNS)


def _is_signed(body: bytes, signatures: str, keys: Sequence[PublicKey]) -> bool:
    for one in signatures.split(","):
        try:
            raw = base64.b64decode(one.strip(), validate=True)
        except binascii.Error:
            continue
        for key in keys:
            if raw[:4] == key.hash:
                try:
                    key.verify(raw[4:], REQUEST + body)
                except InvalidSignature:
                    continue
                return True
    return False
