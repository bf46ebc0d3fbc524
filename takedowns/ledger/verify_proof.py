"""Check a proof that entries about a referral stand in a sealed ledger, or that one head of it grew out of another. Needs Python 3.9 or later and "cryptography".

    python verify_proof.py proof.json --key "NAME+HASH+KEY"

Get the public key from whoever runs the ledger, or from a witness, and not from where you got the proof.
This program stands alone: it shares no code with the program that made the proof.

What is checked (RFC 9162 for the tree, C2SP signed-note for the head, RFC 8785 for how an entry is written):
1. the head of the tree is signed with the key;
2. each entry, hashed as a leaf, leads by its path to the root in that head;
3. what is withheld from an entry and told here beside it is what the entry binds;
4. with --witness and its key: the older of two heads is countersigned with it, too;
5. of two heads: both are signed, and the path shows that the newer covers all that the older covered, as it was.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Wrong(Exception):  # noqa: N818 - what is the case
    """The proof does not hold; the message says where."""


def read_key(text: str) -> tuple[str, bytes, bytes]:
    """Return the name, the four bytes that name the key in signatures, and the key itself."""
    name, hash_, key = text.strip().split("+", 2)
    raw = base64.b64decode(key)
    if len(raw) != 33 or raw[:1] not in (b"\x01", b"\x04"):  # signs, or countersigns with the time
        raise Wrong("the key is no Ed25519 key")
    if hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != hash_:
        raise Wrong("the key does not match its own hash: it was copied wrongly")
    return name, bytes.fromhex(hash_), raw


def open_head(note: str, key: str) -> tuple[str, int, bytes, str]:
    """Return ledger, size, root and time of a head whose signature with the key is right."""
    name, hash_, public = read_key(key)
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        dash, who, value = line.split(" ", 2)
        raw = base64.b64decode(value)
        if dash == "\u2014" and who == name and raw[:4] == hash_:
            signature, signed = raw[4:], text.encode()
            if public[:1] == b"\x04":
                stamp, signature = int.from_bytes(signature[:8], "big"), signature[8:]
                signed = f"cosignature/v1\ntime {stamp}\n".encode() + signed
            try:
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature, signed)
            except InvalidSignature:
                raise Wrong("the signature of the head is wrong") from None
            ledger, size, root, moment = text.split("\n")[:4]
            return ledger, int(size), base64.b64decode(root), moment.replace("time ", "", 1)
    raise Wrong("the head is not signed with this key")


def root_of(entry: bytes, place: int, size: int, path: list[bytes]) -> bytes:
    """Return the root to which an entry at a place leads (RFC 9162, section 2.1.3.2)."""
    found, last = hashlib.sha256(b"\x00" + entry).digest(), size - 1
    if not 0 <= place < size:
        raise Wrong(f"place {place} is not in a tree of {size}")
    for beside in path:
        if last == 0:
            raise Wrong(f"the path of the entry at {place} is too long")
        if place % 2 or place == last:
            found = hashlib.sha256(b"\x01" + beside + found).digest()
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            found = hashlib.sha256(b"\x01" + found + beside).digest()
        place, last = place // 2, last // 2
    if last:
        raise Wrong("a path is too short")
    return found


def check_entry(one: dict[str, Any], size: int, root: bytes) -> dict[str, Any]:
    """Return what an entry says, once its path and what is told beside it are right."""
    place = one["place"]
    text = one["entry"]
    if root_of(text.encode(), place, size, [bytes.fromhex(beside) for beside in one["path"]]) != root:
        raise Wrong(f"the entry at {place} does not lead to the root: it, or its path, was altered")
    said: dict[str, Any] = json.loads(text)
    if one.get("withheld") is not None:
        digest = hashlib.sha256(bytes.fromhex(one["salt"]) + one["withheld"].encode()).hexdigest()
        if said.get("withheld") != digest:
            raise Wrong(f"what is told beside the entry at {place} is not what the entry binds")
    return said


def check_consistency(proof: dict[str, Any], key: str) -> list[str]:
    """Return a line for each of two heads, once the second grew out of the first (RFC 9162, section 2.1.4.2)."""
    (ledger, old, old_root, since), (other, new, new_root, until) = (
        open_head(proof[name], key) for name in ("first", "second")
    )
    path = [bytes.fromhex(step) for step in proof["path"]]
    if ledger != other or not 0 < old <= new:
        raise Wrong("these are no older and newer head of one ledger")
    if old & (old - 1) == 0 or old == new:
        path.insert(0, old_root)
    if not path:
        raise Wrong("the path is too short")
    place, last = (old - 1, new - 1) if old < new else (0, 0)
    while place % 2:
        place, last = place // 2, last // 2
    first = second = path[0]
    for beside in path[1:]:
        if last == 0:
            raise Wrong("the path is too long")
        if place % 2 or place == last:
            first = hashlib.sha256(b"\x01" + beside + first).digest()
            second = hashlib.sha256(b"\x01" + beside + second).digest()
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            second = hashlib.sha256(b"\x01" + second + beside).digest()
        place, last = place // 2, last // 2
    if last or (first, second) != (old_root, new_root):
        raise Wrong(
            "the second head did not grow out of the first: what the first covered was altered, or the path was"
        )
    return [
        f"Ledger {ledger}: {old} entries, signed {since}",
        f"Ledger {ledger}: {new} entries, signed {until}",
    ]


def check(proof: dict[str, Any], key: str) -> list[str]:
    """Return a line for each head and each entry; raise Wrong where anything does not hold."""
    if proof.get("format") == "takedowns-consistency/1":
        return check_consistency(proof, key)
    if proof.get("format") != "takedowns-proof/1":
        raise Wrong("this is no proof of a kind that this program knows")
    ledger, size, root, moment = open_head(proof["head"], key)
    lines = [f"Ledger {ledger}: {size} entries, signed {moment}"]
    for one in proof["entries"]:
        said = check_entry(one, size, root)
        about = said.get("referral") or said.get("key") or said.get("item") or ""
        who = said.get("by", {})
        lines.append(
            f"{one['place']:>10}  {said['at']}  {said['what']} {said['action']}  {about}"
            f"  by {who.get('person') or who.get('key') or who.get('command') or 'the system'}"
        )
        if one.get("withheld") is not None:
            lines.append(f"{'':>12}{one['withheld']}")
        elif "withheld" in said:
            lines.append(f"{'':>12}(what it withheld was removed since; its digest stands)")
    return lines


def main() -> int:
    """Check the file that the command line names; 0 where all of it holds."""
    parser = argparse.ArgumentParser(description="Check a proof from a sealed ledger.")
    parser.add_argument("proof", type=Path)
    parser.add_argument("--key", help="NAME+HASH+KEY, as whoever runs the ledger publishes it")
    parser.add_argument("--witness", help="NAME+HASH+KEY, as a witness publishes it")
    given = parser.parse_args()
    proof = json.loads(given.proof.read_text(encoding="utf-8"))
    key = given.key
    if key is None:
        key = proof["keys"][0]
        print(f"No --key: compare this one with what is published elsewhere:\n{key}\n")
    try:
        lines = check(proof, key)
        if given.witness:
            open_head(proof["first"], given.witness)
            lines[0] += ", countersigned by the witness"
    except (Wrong, KeyError, ValueError, TypeError) as error:
        print(f"NOT PROVEN: {error}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    if "entries" in proof:
        print(f"\nPROVEN: {len(proof['entries'])} entries stand in the ledger as they are told here.")
    else:
        print("\nPROVEN: all that the first head covered stands unaltered in what the second covers.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
