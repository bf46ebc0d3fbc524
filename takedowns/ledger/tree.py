"""The Merkle tree of RFC 9162, section 2.1: hashes, roots, and proofs that something is in it. Plain Python.

Leaves are kept in blocks of :data:`BLOCK`; a whole block is one node of the tree, so that the root of ten million leaves
takes a few thousand hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

#: Leaves in a whole block; a power of two.
BLOCK: Final = 4096
HASH_BYTES: Final = 32
#: The root of a tree without leaves.
EMPTY: Final = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two others."""
    return sha256(b"\1" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over hashes of leaves, or of whole blocks followed by what the last block comes to.

    Pairing level by level, with the odd one carried up, gives the tree of the RFC: its left half is the largest power of two.
    """
    if not hashes:
        return EMPTY
    level = list(hashes)
    while len(level) > 1:
        odd = [level[-1]] if len(level) % 2 else []
        pairs = iter(level)
        level = [sha256(b"\1" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
        level += odd
    return level[0]


class Frontier:
    """The tree while it grows: the roots of its whole halves, from the left, so that it has a root at any size."""

    def __init__(self) -> None:
        self._nodes: list[tuple[int, bytes]] = []

    def push(self, found: bytes, level: int = 0) -> None:
        """Append a leaf's hash, or that of a whole subtree of ``2 ** level`` leaves where one may begin."""
        nodes = self._nodes
        while nodes and nodes[-1][0] == level:
            found = node_hash(nodes.pop()[1], found)
            level += 1
        nodes.append((level, found))

    def push_block(self, leaves: Sequence[bytes]) -> None:
        """Append a whole block at the border of two; quicker than leaf by leaf."""
        self.push(root(leaves), BLOCK.bit_length() - 1)

    def root(self) -> bytes:
        """Return the root."""
        if not self._nodes:
            return EMPTY
        found = self._nodes[-1][1]
        for _, left in reversed(self._nodes[:-1]):
            found = node_hash(left, found)
        return found


def split(packed: bytes, width: int = HASH_BYTES) -> list[bytes]:
    """Return the values that stand one after the other."""
    return [packed[start : start + width] for start in range(0, len(packed), width)]


def inclusion_path(hashes: Sequence[bytes], place: int) -> list[bytes]:
    """Return the hashes that lead from the one at ``place`` to the root (RFC 9162, section 2.1.3), from below."""
    path: list[bytes] = []
    level = list(hashes)
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            path.append(level[beside])
        odd = [level[-1]] if len(level) % 2 else []
        pairs = iter(level)
        level = [node_hash(left, right) for left, right in zip(pairs, pairs, strict=False)] + odd
        place //= 2
    return path


def consistency_path(older: int, newer: int, root_of: Callable[[int, int], bytes]) -> list[bytes]:
    """Return the hashes that show that a tree grew out of an older one (RFC 9162, section 2.1.4.1).

    Args:
        older, newer: how many leaves each has; ``0 < older <= newer``.
        root_of: what the leaves from a place on, before another, come to.
    """
    path: list[bytes] = []
    first, end, is_known = (
        0,
        newer,
        True,
    )  # the stretch that is left, and whether the older root is known to whoever checks
    while older < end - first:
        half = 1 << (end - first - 1).bit_length() - 1
        if older <= half:
            path.append(root_of(first + half, end))
            end = first + half
        else:
            path.append(root_of(first, first + half))
            first, older, is_known = first + half, older - half, False
    if not is_known:
        path.append(root_of(first, end))
    return path[::-1]


def is_consistent(
    older: int, older_root: bytes, newer: int, newer_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether a path shows that a tree grew out of an older one (RFC 9162, section 2.1.4.2)."""
    if older == newer:
        return not path and older_root == newer_root
    if not 0 < older < newer:
        return False
    steps = [older_root, *path] if older & (older - 1) == 0 else list(path)
    place, last = older - 1, newer - 1
    while place % 2:
        place, last = place // 2, last // 2
    if not steps:
        return False
    first = second = steps[0]
    for beside in steps[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            first, second = node_hash(beside, first), node_hash(beside, second)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            second = node_hash(second, beside)
        place, last = place // 2, last // 2
    return last == 0 and (first, second) == (older_root, newer_root)
