"""Proofs that one signed head grew out of another: nothing that the older covered was altered, taken out or moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import orjson
from django.conf import settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import tree, witnesses
from takedowns.ledger.models import Head, SigningKey
from takedowns.ledger.notes import Checkpoint, NoteError
from takedowns.ledger.sealing import frontier, leaves_between

FORMAT: Final = "takedowns-consistency/1"


class ConsistencyError(ValueError):
    """There is no proof; the message says why."""


def note_named(text: str) -> str:
    """Return the signed head that somebody names.

    Args:
        text: of our heads the size; or a file: of a witness, whose last head is meant, or of one signed note.

    Raises:
        ConsistencyError: there is none.
    """
    if text.isdecimal():
        with acting_as(SYSTEM):
            head = Head.objects.filter(size=int(text)).first()
        if head is None:
            raise ConsistencyError(f"There is no signed head over {text} entries.")
        return head.note
    try:
        content = Path(text).read_text(encoding="utf-8")
        notes = [content] if not content.startswith("{") else list(witnesses.read(Path(text)))
    except (OSError, UnicodeDecodeError, NoteError) as error:
        raise ConsistencyError(
            f"{text} is neither the size of a head nor a file of heads: {error}"
        ) from error
    return notes[-1]


def last_note() -> str:
    """Return the last signed head.

    Raises:
        ConsistencyError: nothing is signed yet.
    """
    with acting_as(SYSTEM):
        head = Head.objects.order_by("-size").first()
    if head is None:
        raise ConsistencyError("Nothing is sealed yet.")
    return head.note


def between(older: str, newer: str) -> dict[str, Any]:
    """Return the proof that one signed head grew out of another (RFC 9162, section 2.1.4), from the seals as they are now.

    Nothing is judged here: where the ledger was rewritten between the two, the proof does not hold, and whoever checks it says so.

    Raises:
        ConsistencyError: one is no head, the older is the larger, or there are not so many entries.
    """
    try:
        first, second = Checkpoint.parse(older), Checkpoint.parse(newer)
    except NoteError as error:
        raise ConsistencyError(str(error)) from error
    if not 0 < first.size <= second.size:
        raise ConsistencyError(
            f"The head over {first.size} entries is not older than that over {second.size}."
        )
    with acting_as(SYSTEM):
        path = path_between(first.size, second.size)
        keys = list(SigningKey.objects.order_by("-since").values_list("name", flat=True))
    return {
        "format": FORMAT,
        "ledger": settings.LEDGER_NAME,
        "first": older,
        "second": newer,
        "keys": keys,
        "path": [step.hex() for step in path],
    }


def path_between(older: int, newer: int) -> list[bytes]:
    """Return the hashes that show how the ledger grew from one size to another, from the seals as they are now. As the system.

    Raises:
        ConsistencyError: there are not so many entries.
    """
    if older in (0, newer):
        return []
    return tree.consistency_path(older, newer, _Roots(newer).of)


def as_file(proof: dict[str, Any]) -> bytes:
    """Return a proof as it is kept."""
    return orjson.dumps(proof, option=orjson.OPT_INDENT_2) + b"\n"


class _Roots:
    """What stretches of the ledger come to; whole blocks are known, leaves are read where a stretch ends within one."""

    def __init__(self, size: int) -> None:
        self._blocks = frontier(size)
        whole = size // tree.BLOCK
        if len(self._blocks) < whole + bool(size % tree.BLOCK):
            raise ConsistencyError(f"The ledger has fewer than {size} entries: it was cut.")
        self._whole = self._blocks[:whole]

    def of(self, first: int, end: int) -> bytes:
        """Return the root over the entries from ``first``, before ``end``."""
        if end - first < tree.BLOCK:
            return tree.root(leaves_between(first, end))
        # As the RFC splits them, stretches longer than a block begin where one does.
        blocks = self._whole[first // tree.BLOCK : end // tree.BLOCK]
        rest = end // tree.BLOCK * tree.BLOCK
        return tree.root([*blocks, tree.root(leaves_between(rest, end))] if rest < end else blocks)
