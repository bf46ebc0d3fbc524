"""Letting other installations countersign our heads (C2SP's ``tlog-witness``), so that who rules this one cannot tell two histories."""

from __future__ import annotations

import base64

from django.conf import settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.installation.identity import is_copy
from takedowns.ledger import forks, receivers
from takedowns.ledger.consistency import ConsistencyError, path_between
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.models import Countersignature, Head
from takedowns.ledger.notes import NoteError, PublicKey, cosigned_at, open_note
from takedowns.ledger.receivers import NotTakenError
from takedowns.ledger.witnessing import REQUEST
from takedowns.outbound import Answer, Refused, Unreachable


class ForkedError(NotTakenError):
    """The witness saw another history of this ledger."""

    def __init__(self, said: str, known: str = "") -> None:
        super().__init__(said)
        self.known = known


def ask_witnesses() -> int:
    """Let each witness countersign the last head, where it is due; return how many did. Failures are written down, not raised."""
    if not settings.LEDGER_WITNESS_URLS or is_copy():
        return 0
    return sum(_ask(url.rstrip("/")) for url in settings.LEDGER_WITNESS_URLS)


def witness_keys() -> list[PublicKey]:
    """Return the public keys of our witnesses.

    Raises:
        NoteError: the setting holds something else.
    """
    return [PublicKey.parse(one) for one in settings.LEDGER_WITNESS_KEYS]


def last_of_each() -> list[Countersignature]:
    """Return the last countersignature of each witness. As the system."""
    return list(
        Countersignature.objects.select_related("head").order_by("witness", "-head").distinct("witness")
    )


def _ask(url: str) -> bool:
    with acting_as(SYSTEM):
        head = Head.objects.order_by("-size").first()
        last = Countersignature.objects.filter(witness=url).order_by("-head").first()
        if head is None or (last and last.head_id == head.size) or not receivers.is_due(url):
            return False
    try:
        made = _countersigned(url, head, last.head_id if last else 0)
    except (NotTakenError, NoteError, Refused, Unreachable) as error:
        with acting_as(SYSTEM):
            receivers.failed(url, str(error))
            if isinstance(error, ForkedError):
                forks.alarm(settings.LEDGER_NAME, str(error), head.note, error.known, url)
        return False
    with acting_as(SYSTEM):
        made.save(force_insert=True)
        receivers.took(url)
    return True


def _countersigned(url: str, head: Head, old: int) -> Countersignature:
    answer = _submit(url, head, old)
    if answer.status == 409 and answer.headers.get("content-type", "").startswith("text/x.tlog.size"):
        known = answer.body.decode(errors="replace").strip()
        if not (known.isascii() and known.isdecimal()):
            raise NotTakenError(f"The witness answered a size that is none: {known[:50]!r}.")
        if int(known) > head.size:
            raise ForkedError(
                f"It countersigned a head over {known} entries, and here are {head.size}: the ledger was cut, or an older copy put in its place."
            )
        answer = _submit(url, head, int(known))
    if answer.status in (409, 422):
        said, _, note = answer.body.decode(errors="replace").partition("\n\n")
        raise ForkedError(f"It refuses: {said[:250]}", note[:4000])
    if answer.status != 200:
        raise NotTakenError(
            f"It answered {answer.status}: {answer.body[:200].decode(errors='replace').strip()}"
        )
    note = head.note + answer.body.decode(errors="replace")
    keys = witness_keys()
    _, signed = open_note(note, keys)
    if not signed:
        raise NotTakenError("It answered with no countersignature of a key in LEDGER_WITNESS_KEYS.")
    at = cosigned_at(note, signed[0])
    if at is None:
        raise NotTakenError("The key of this witness is no key that countersigns.")
    return Countersignature(head=head, witness=url, key=str(signed[0]), at=at, note=note)


def _submit(url: str, head: Head, old: int) -> Answer:
    try:
        with acting_as(SYSTEM):
            path = path_between(old, head.size)
            keys = signing_keys()
    except ConsistencyError as error:
        raise ForkedError(str(error)) from error
    lines = "".join(f"{base64.b64encode(step).decode()}\n" for step in path)
    body = f"old {old}\n{lines}\n{head.note}".encode()
    signatures = ",".join(
        base64.b64encode(one.public.hash + one.key.sign(REQUEST + body)).decode() for one in keys
    )
    return receivers.post(
        f"{url}/add-checkpoint",
        "text/plain; charset=utf-8",
        body,
        [("takedowns-request-signature", signatures)],
    )
