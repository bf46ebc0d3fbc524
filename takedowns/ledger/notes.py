"""Signed notes, as C2SP's ``signed-note`` and ``tlog-checkpoint`` write them: a text, an empty line, a line a signature.

Transparency logs and their witnesses read this form. Keys are Ed25519; a public key is written ``NAME+HASH+KEY``, the
hash of four bytes naming it in signatures. Plain Python and ``cryptography``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_ED25519 = b"\x01"
#: Of a key that countersigns what others signed, with the time: C2SP's ``tlog-cosignature``.
COSIGNS: Final = b"\x04"
_SIGNED = "— "


class NoteError(ValueError):
    """A note or key is not as it must be; the message says what about it."""


@dataclass(frozen=True)
class PublicKey:
    """Whoever's signatures: a name and an Ed25519 key, and whether it signs or countersigns."""

    name: str
    raw: bytes
    kind: bytes = _ED25519

    @property
    def hash(self) -> bytes:
        """The four bytes that name the key in a signature."""
        return sha256(self.name.encode() + b"\n" + self.kind + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.hash.hex()}+{base64.b64encode(self.kind + self.raw).decode()}"

    def verify(self, signature: bytes, text: bytes) -> None:
        """Check a signature as it stands in a note, behind the four bytes.

        Raises:
            InvalidSignature: it is not this key's, or of another text.
        """
        if self.kind == COSIGNS:
            text = _cosigned(int.from_bytes(signature[:8], "big"), text)
            signature = signature[8:]
        Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text)

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Read ``NAME+HASH+KEY``.

        Raises:
            NoteError: it is none, or its hash is another key's.
        """
        name, _, rest = text.strip().partition("+")
        hash_, _, key = rest.partition("+")
        try:
            raw = base64.b64decode(key, validate=True)
        except binascii.Error as error:
            raise NoteError(f"“{text}” is no public key: it must read NAME+HASH+KEY.") from error
        found = cls(name, raw[1:], raw[:1])
        if raw[:1] not in (_ED25519, COSIGNS) or len(raw) != 33 or found.hash.hex() != hash_:
            raise NoteError(f"“{text}” is no Ed25519 key, or its hash is another key’s.")
        return found


@dataclass(frozen=True)
class SecretKey:
    """What signs, and under which name."""

    name: str
    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """Return what verifies its signatures."""
        return PublicKey(self.name, self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


@dataclass(frozen=True)
class Checkpoint:
    """A tree head: of which ledger, how many entries, their root, and when it was signed."""

    ledger: str
    size: int
    root: bytes
    at: datetime

    def text(self) -> str:
        """Return it as it is signed."""
        moment = self.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return f"{self.ledger}\n{self.size}\n{base64.b64encode(self.root).decode()}\ntime {moment}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read one.

        Raises:
            NoteError: it is none.
        """
        lines = text.split("\n")
        try:
            at = datetime.fromisoformat(lines[3].removeprefix("time "))
            return cls(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True), at)
        except (IndexError, ValueError) as error:
            raise NoteError(f"This is no tree head: {text[:80]!r}") from error


def sign(text: str, keys: Iterable[SecretKey]) -> str:
    """Return the note: the text, which ends in a newline, and a signature of each key."""
    lines = (
        f"{_SIGNED}{one.name} {base64.b64encode(one.public.hash + one.key.sign(text.encode())).decode()}\n"
        for one in keys
    )
    return text + "\n" + "".join(lines)


def cosign(text: str, key: SecretKey, at: datetime) -> str:
    """Return the line by which a witness countersigns a note's text: that it saw nothing else of this ledger until then."""
    seconds = int(at.timestamp())
    public = PublicKey(key.name, key.public.raw, COSIGNS)
    signature = key.key.sign(_cosigned(seconds, text.encode()))
    value = base64.b64encode(public.hash + seconds.to_bytes(8, "big") + signature).decode()
    return f"{_SIGNED}{key.name} {value}\n"


def cosigned_at(note: str, key: PublicKey) -> datetime | None:
    """Return when a key countersigned a note; None where it did not. The signature is not checked: :func:`open_note` does."""
    for line in note.rpartition("\n\n")[2].splitlines():
        name, _, value = line.removeprefix(_SIGNED).partition(" ")
        raw = base64.b64decode(value)
        if (name, raw[:4]) == (key.name, key.hash):
            return datetime.fromtimestamp(int.from_bytes(raw[4:12], "big"), UTC)
    return None


def _cosigned(seconds: int, text: bytes) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n".encode() + text


def open_note(note: str, keys: Sequence[PublicKey]) -> tuple[str, list[PublicKey]]:
    """Return a note's text and those of the keys that signed it.

    Raises:
        NoteError: it is no note, or a signature in the name of one of the keys is wrong.
    """
    text, empty, signatures = note.rpartition("\n\n")
    if not empty or not signatures.endswith("\n"):
        raise NoteError("This is no signed note: an empty line and signatures are missing.")
    text += "\n"
    signed: list[PublicKey] = []
    for line in signatures.splitlines():
        name, _, value = line.removeprefix(_SIGNED).partition(" ")
        try:
            raw = base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise NoteError(f"The signature of {name} is not base64.") from error
        for key in keys:
            if (key.name, key.hash) == (name, raw[:4]):
                try:
                    key.verify(raw[4:], text.encode())
                except InvalidSignature as error:
                    raise NoteError(f"The signature of {key} is wrong.") from error
                signed.append(key)
    return text, signed
