"""What goes between two installations: one call, signed, with digests; one answer, signed, that names places in the question.

Headers of a call: the pair, the moment, a nonce, the signature over method, moment, nonce and body. The answer's signature covers
the call's nonce, so that no answer stands in the place of another's.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson

from takedowns.deconfliction.keys import DIGEST_BYTES, sha256, signed
from takedowns.pages.bodies import PARTNERS

PATH: Final = PARTNERS
PAIR, TIME, NONCE, SIGNATURE = (
    "Takedowns-Pair",
    "Takedowns-Time",
    "Takedowns-Nonce",
    "Takedowns-Signature",
)
#: Items in one call, and what all their digests come to as JSON.
MOST_ITEMS: Final = 25_000
MOST_BYTES: Final = 8 * 1024 * 1024
#: Digests of one item: itself, and what it lies under.
MOST_NAMES: Final = 6


class WireError(ValueError):
    """It is no question, or no answer, as they are made here."""


@dataclass(frozen=True, slots=True)
class Question:
    """Items by their digests: of each its own, behind it those of what it lies under."""

    day: date
    items: Sequence[Sequence[bytes]]

    def encode(self) -> bytes:
        """Return it as the body of a call."""
        items = [[one.hex() for one in names] for names in self.items]
        return orjson.dumps({"version": 1, "day": self.day, "items": items})

    @classmethod
    def decode(cls, body: bytes) -> Question:
        """Read a body.

        Raises:
            WireError: it is none.
        """
        try:
            told = orjson.loads(body)
            day, items = date.fromisoformat(told["day"]), told["items"]
            read = [[bytes.fromhex(one) for one in names] for names in items]
        except (ValueError, KeyError, TypeError) as error:
            raise WireError("It is no question.") from error
        if told.get("version") != 1 or len(read) > MOST_ITEMS:
            raise WireError("It is no question.")
        if any(not 0 < len(names) <= MOST_NAMES for names in read):
            raise WireError("It is no question.")
        if any(len(one) != DIGEST_BYTES for names in read for one in names):
            raise WireError("It is no question.")
        return cls(day, read)


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one item of a question.

    Attributes:
        place: of the item in the question, from 0.
    """

    place: int
    has: bool
    on_hold: bool
    referred_on: date | None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: of which items there is something to say, and whom to reach."""

    contact: str
    told: Sequence[Told]

    def encode(self) -> bytes:
        """Return it as a body."""
        rows = [[one.place, one.has, one.on_hold, one.referred_on] for one in self.told]
        return orjson.dumps({"version": 1, "contact": self.contact, "items": rows})

    @classmethod
    def decode(cls, body: bytes, asked: int) -> Reply:
        """Read a body.

        Args:
            asked: about how many items the question was.

        Raises:
            WireError: it is none, or names what was not asked.
        """
        try:
            read = orjson.loads(body)
            told = [_told(*row) for row in read["items"]]
            reply = cls(str(read["contact"])[:300].replace("\0", ""), told)
        except (ValueError, KeyError, TypeError) as error:
            raise WireError("It is no answer.") from error
        places = {one.place for one in told}
        if len(places) != len(told) or any(not 0 <= one < asked for one in places):
            raise WireError("It names what was not asked.")
        return reply


def call_signature(secret: str, *, by_maker: bool, time: str, nonce: str, body: bytes) -> str:
    """Return what signs a call."""
    return signed(secret, "call", by_maker=by_maker, parts=("POST", PATH, time, nonce, sha256(body)))


def answer_signature(secret: str, *, by_maker: bool, nonce: str, status: int, body: bytes) -> str:
    """Return what signs an answer; ``by_maker`` says who asked."""
    return signed(secret, "answer", by_maker=by_maker, parts=(nonce, str(status), sha256(body)))


def is_same(one: str, other: str) -> bool:
    """Compare two signatures in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


def problem(code: str, **more: int) -> bytes:
    """Return the body of an answer that says why there is none."""
    return orjson.dumps({"problem": code, **more})


def read_problem(body: bytes) -> Mapping[str, Any]:
    """Read it; empty where it is none."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _told(place: object, has: object, on_hold: object, referred_on: object) -> Told:
    if not isinstance(place, int) or not isinstance(has, bool) or not isinstance(on_hold, bool):
        raise WireError("It is no answer.")
    return Told(place, has, on_hold, date.fromisoformat(str(referred_on)) if referred_on else None)
