"""What two installations share and what they make of it: the pairing code, the keys of calls and of a day, digests and signatures.

One secret of a pair gives every key by HKDF (RFC 5869): one to sign calls and one to sign their answers for each direction, and
one a day for digests. A digest is HMAC-SHA-256 (RFC 2104), cut to 128 bits, of what an item goes by: ``platform:key``. The kind of an
item is no part of it: an officer may correct that, and identity gives it no weight.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from takedowns import sealing

#: A pairing code begins so; the number is that of its form.
MARK: Final = "deconfliction1-"
DIGEST_BYTES: Final = 16
_PAIR_BYTES, _SECRET_BYTES, _CHECK_BYTES = 16, 32, 4
_PURPOSE: Final = "takedowns deconfliction secrets"
_BLOCK: Final = 64


class CodeError(ValueError):
    """It is no pairing code."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What both have: the name of the pair and the secret, as text."""

    pair: str
    secret: str

    @classmethod
    def new(cls) -> Shared:
        """Make one."""
        return cls(secrets.token_hex(_PAIR_BYTES), secrets.token_bytes(_SECRET_BYTES).hex())

    @classmethod
    def read(cls, code: str) -> Shared:
        """Read a pairing code; blanks and line breaks do not matter.

        Raises:
            CodeError: it is none, or a character is wrong.
        """
        text = "".join(code.split())
        try:
            raw = base64.b64decode(text.removeprefix(MARK), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise CodeError("no code") from error
        content, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
        if (
            not text.startswith(MARK)
            or len(content) != _PAIR_BYTES + _SECRET_BYTES
            or _check(content) != check
        ):
            raise CodeError("no code")
        return cls(content[:_PAIR_BYTES].hex(), content[_PAIR_BYTES:].hex())

    @property
    def code(self) -> str:
        """The pairing code: the name, the secret, and what shows that nothing was mistyped."""
        content = bytes.fromhex(self.pair + self.secret)
        return MARK + base64.urlsafe_b64encode(content + _check(content)).decode()


def seal(secret: str) -> str:
    """Encrypt a pair's secret for the database."""
    return sealing.seal(secret, _PURPOSE)


def unseal(sealed: str) -> str:
    """Return it. Raises as ``sealing.unseal``."""
    return sealing.unseal(sealed, _PURPOSE)


def signed(secret: str, what: str, *, by_maker: bool, parts: Sequence[str]) -> str:
    """Return the signature of a call or an answer, in hexadecimal.

    Args:
        what: ``call`` or ``answer``.
        by_maker: whether the installation that made the pairing code asks.
    """
    asker = "maker" if by_maker else "other"
    key = sealing.derived(secret, f"takedowns deconfliction {what} asked by {asker}")
    return hmac.digest(key, "\n".join(parts).encode(), "sha256").hex()


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a body, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


class DayKey:
    """The key of a pair for one day (UTC), under which items have digests."""

    def __init__(self, secret: str, day: date) -> None:
        self._key = sealing.derived(secret, f"takedowns deconfliction digests {day.isoformat()}")

    def digest(self, name: str) -> bytes:
        """Return the digest of what an item goes by."""
        return hmac.digest(self._key, name.encode(), "sha256")[:DIGEST_BYTES]

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """The inner and the outer block of HMAC, for ``takedowns_keyed_digest`` in SQL."""
        block = self._key.ljust(_BLOCK, b"\0")
        return bytes(one ^ 0x36 for one in block), bytes(one ^ 0x5C for one in block)


def _check(content: bytes) -> bytes:
    return hashlib.sha256(MARK.encode() + content).digest()[:_CHECK_BYTES]
