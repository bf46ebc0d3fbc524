"""What a played platform answers: shares of each answer, drawn for each referral from its id and a seed.

The same seed draws the same answers whatever the order, and a run that is started again goes on as the first would have.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

#: By the name of each answer: its rows of the API.
ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "removed": {"verdict": "remove", "action": "visibility_removed", "decision_ground": "illegal_content"},
    "restricted": {"verdict": "restrict", "action": "geo_blocked", "decision_ground": "illegal_content"},
    "declined": {"verdict": "decline", "decline_reason": "not_in_breach"},
    "unavailable": {"verdict": "report_unavailable"},
    "information": {"verdict": "request_information", "question": "Which part of the item is meant?"},
}
USUAL: Final = "removed=85,restricted=3,declined=5,unavailable=4,information=3"


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the answers, of whatever sum.

    Attributes:
        shares: by name of the answer; none is negative.
        seed: another seed draws others.
    """

    shares: Mapping[str, float]
    seed: int = 0

    @classmethod
    def parse(cls, text: str, seed: int = 0) -> Mix:
        """Read ``removed=85,declined=15``; what is not named has no share.

        Raises:
            ValueError: an unknown name, a share that is no number, or nothing with a share.
        """
        shares: dict[str, float] = {}
        for part in filter(None, (one.strip() for one in text.split(","))):
            name, _, share = part.partition("=")
            if name not in ANSWERS:
                raise ValueError(f"There is no answer “{name}”. Known: {', '.join(ANSWERS)}.")
            try:
                shares[name] = float(share)
            except ValueError:
                raise ValueError(f"The share of “{name}” is “{share}”; write a number: {name}=5.") from None
            if not 0 <= shares[name] < float("inf"):
                raise ValueError(f"The share of “{name}” is {share}; it is 0 or more.")
        if not sum(shares.values()):
            raise ValueError("Give at least one answer a share, such as removed=85,declined=15.")
        return cls(shares, seed)

    def answer(self, referral: str, *, asked_before: bool = False) -> dict[str, Any]:
        """Return the verdict on a referral, with its facts.

        Args:
            referral: its id.
            asked_before: the question was answered; it is not asked again. Where nothing else has a share, it is removed.
        """
        shares = {
            name: share for name, share in self.shares.items() if not (asked_before and name == "information")
        }
        if not sum(shares.values()):
            shares = {"removed": 1.0}
        digest = hashlib.sha256(f"{self.seed} {referral} {asked_before}".encode()).digest()
        place = int.from_bytes(digest[:8], "big") / 2**64 * sum(shares.values())
        ends = zip(shares, accumulate(shares.values()), strict=True)
        drawn = next(name for name, end in ends if place < end)
        return {"referral": referral, **ANSWERS[drawn]}
