"""Signed heads, ours and those that witnesses kept, against what the seals come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from takedowns.ledger import tree
from takedowns.ledger.models import Head
from takedowns.ledger.notes import Checkpoint, NoteError, PublicKey, open_note
from takedowns.ledger.verifying.findings import Report


class _Seen(NamedTuple):
    """A head that the seals must come to, and whether a witness kept it."""

    checkpoint: Checkpoint
    by_witness: bool


class Heads:
    """Grows the tree along the seals and compares its root at each size of which there is a head."""

    def __init__(self, keys: list[PublicKey], report: Report) -> None:
        self.keys = keys
        self.report = report
        self.size = 0
        self.sound_until = 0
        self.wanted: dict[int, list[_Seen]] = defaultdict(list)
        self._tree = tree.Frontier()
        self.ours: set[int] = set()
        for head in Head.objects.order_by("size").iterator():
            self.ours.add(head.size)
            self._want(head.note, by_witness=False, size=head.size, root=bytes(head.root))

    def take(self, notes: Iterable[str]) -> None:
        """Want what a witness kept, too."""
        for note in notes:
            self._want(note, by_witness=True)

    def _want(self, note: str, *, by_witness: bool, size: int | None = None, root: bytes = b"") -> None:
        kind = "witness" if by_witness else "head"
        self.report.heads += 1
        try:
            text, signed = open_note(note, self.keys)
            checkpoint = Checkpoint.parse(text)
        except NoteError as error:
            self.report.find(kind, size, f"head {size}", str(error))
            return
        if not signed:
            self.report.find(
                kind, checkpoint.size, f"head {checkpoint.size}", "It is not signed by a key that is trusted."
            )
            return
        if size is not None and (checkpoint.size, checkpoint.root) != (size, root):
            self.report.find(kind, size, f"head {size}", "Its row says something else than what was signed.")
        if by_witness and checkpoint.size not in self.ours:
            self.report.find(
                kind,
                checkpoint.size,
                f"head {checkpoint.size}",
                "The witness has it, and it is not here any more.",
            )
        self.wanted[checkpoint.size].append(_Seen(checkpoint, by_witness))

    def grow(self, leaves: list[bytes]) -> None:
        """Append the leaves of a seal, which lie within one block, and compare wherever there is a head."""
        end = self.size + len(leaves)
        if len(leaves) == tree.BLOCK and not any(self.size < size < end for size in self.wanted):
            self._tree.push_block(leaves)
            self.size += tree.BLOCK
            self._compare()
            return
        for leaf in leaves:
            self._tree.push(leaf)
            self.size += 1
            if self.size in self.wanted:
                self._compare()

    def _compare(self) -> None:
        for seen in self.wanted.pop(self.size, ()):
            if seen.checkpoint.root == self._tree.root():
                self.sound_until = max(self.sound_until, self.size)
                continue
            self.report.find(
                "witness" if seen.by_witness else "head",
                self.size,
                f"head {self.size}",
                f"The seals do not come to the root that was signed at {seen.checkpoint.at:%Y-%m-%d %H:%M:%S} UTC;"
                f" up to entry {self.sound_until:,} they do.",
            )

    def end(self, size: int) -> None:
        """Note the heads of what is not there any more, and a ledger that no head covers."""
        for wanted, heads in sorted(self.wanted.items()):
            for seen in heads:
                kind = "witness" if seen.by_witness else "head"
                self.report.find(
                    kind,
                    wanted,
                    f"head {wanted}",
                    f"It was signed at {seen.checkpoint.at:%Y-%m-%d %H:%M:%S} UTC over {wanted:,} entries; the ledger ends"
                    f" at {size:,}. It was cut, or an older copy was put in its place.",
                )
        if size and self.sound_until < size and self.report.is_sound:
            self.report.find(
                "head", size, f"entries from {self.sound_until:,} on", "No signed head covers them."
            )
