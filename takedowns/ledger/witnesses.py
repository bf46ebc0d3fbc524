"""Giving tree heads away, to where whoever rules this installation cannot take them back.

Each head is one line of JSON: ``{"note": "…"}``, the signed note as it stands. A file is appended to; by mail the last head goes once a day, as
such a file.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.accounts.mail import mail_works
from takedowns.ledger.models import Head
from takedowns.ledger.notes import Checkpoint, NoteError

log = logging.getLogger(__name__)
#: Bytes at the end of a witness file in which its last head is looked for.
_TAIL: Final = 64 * 1024


def tell() -> None:
    """Append to the witness file the heads that it does not have yet. What fails is logged and made up for next time."""
    if not settings.LEDGER_WITNESS_FILE:
        return
    path = Path(settings.LEDGER_WITNESS_FILE)
    try:
        last = _last_size(path)
        with acting_as(SYSTEM):
            notes = list(Head.objects.filter(size__gt=last).order_by("size").values_list("note", flat=True))
        if notes:
            lines = b"".join(_line(note) for note in notes)
            with path.open("ab") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
    except OSError:
        log.exception("The witness file %s cannot be written. It is tried again in a minute.", path)


def mail_last() -> bool:
    """Mail the last signed head to ``LEDGER_WITNESS_MAIL``; tell whether one went. None does from a copy of the installation.

    Raises:
        OSError: the mail server did not take it.
    """
    if not settings.LEDGER_WITNESS_MAIL or not mail_works():
        return False
    with acting_as(SYSTEM):
        head = Head.objects.order_by("-size").first()
    if head is None:
        return False
    message = EmailMessage(
        _("Head of the ledger %(ledger)s over %(size)s entries")
        % {"ledger": settings.LEDGER_NAME, "size": head.size},
        _(
            "Keep this mail where nobody who runs the ledger can change it. With the file in it, or one like it from years ago, it can be shown that nothing that was sealed by then was altered since: “verify --witness FILE”, or “consistency FILE” for a proof that the script verify_proof.py checks."
        )
        + f"\n\n{head.note}",
        to=settings.LEDGER_WITNESS_MAIL,
    )
    message.attach(f"head-{head.size}.jsonl", _line(head.note).decode(), "text/plain")
    return message.send() > 0


def read(path: Path) -> Iterator[str]:
    """Yield the notes of a witness file.

    Raises:
        NoteError: a line is none; it is named.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield str(orjson.loads(line)["note"])
            except (orjson.JSONDecodeError, KeyError, TypeError) as error:
                raise NoteError(f"{path.name}, line {number}: this is no tree head.") from error


def _line(note: str) -> bytes:
    return orjson.dumps({"note": note}) + b"\n"


def _last_size(path: Path) -> int:
    """Return the size in the last head of the file; -1 where there is none."""
    if not path.exists():
        return -1
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        lines = [line for line in file.read().splitlines() if line.strip()]
    for line in reversed(lines):
        try:
            return Checkpoint.parse(orjson.loads(line)["note"]).size
        except (orjson.JSONDecodeError, KeyError, TypeError, NoteError):
            continue  # the line was cut off when the power went
    return -1
