"""What an answer tells of an item, judged as a careful officer would: not known where one cannot know. No I/O.

A platform that says 404 or 410 (RFC 9110, 15.5.5 and 15.5.11) at the item's own host says that it is gone. A page that
answers 200 may be the item, a notice or a sign-in: only a mark known of the platform tells. Everything else may be about
the robot, this country or this hour, and says nothing of the item.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from takedowns.referrals.vocabulary import Availability
from takedowns.verification.models import Reason
from takedowns.verification.probing.signs import Signs


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a probe saw, and why; the status of the last answer, if there was one."""

    seen: Availability
    reason: Reason
    http_status: int | None = None


_STATUSES: Final = {
    401: Reason.SIGN_IN,
    403: Reason.FORBIDDEN,
    407: Reason.SIGN_IN,
    429: Reason.TOO_MANY,
    451: Reason.BLOCKED_HERE,
}
_SIGN_IN_HOSTS: Final = ("accounts.", "account.", "auth.", "login.", "signin.", "sso.", "passport.", "id.")
_SIGN_IN_PATH: Final = re.compile(
    r"/(?:log[-_]?in|sign[-_]?in|sign[-_]?up|authwall|checkpoint|oauth2?|servicelogin|authorize)(?:[./?]|$)",
    re.IGNORECASE,
)


def unknown(reason: Reason, status: int | None = None) -> Verdict:
    """Return that nothing can be said of the item."""
    return Verdict(Availability.UNKNOWN, reason, status)


def is_sign_in(url: str) -> bool:
    """Tell whether an address is where a platform asks people to sign in."""
    parts = urlsplit(url)
    return (parts.hostname or "").startswith(_SIGN_IN_HOSTS) or bool(_SIGN_IN_PATH.search(parts.path))


def same_page(first: str, second: str) -> bool:
    """Tell whether two addresses differ in no more than scheme, ``www.``, letter case of the host or a last slash."""
    return _page(first) == _page(second)


def judge(status: int, body: bytes, signs: Signs, *, at_its_host: bool, at_its_page: bool) -> Verdict:
    """Judge the last answer.

    Args:
        at_its_host: whether it came from the item's own host; another host's 404 says nothing of the item.
        at_its_page: whether it came from an address of the item itself, and not from where that led.
    """
    if status in (404, 410) and at_its_host:
        if signs.local and status == 404:
            return unknown(Reason.BLOCKED_HERE, status)
        return Verdict(Availability.OFFLINE, Reason.GONE, status)
    if 200 <= status < 300:
        return _judge_page(status, body, signs, at_its_page=at_its_page)
    if status in _STATUSES:
        return unknown(_STATUSES[status], status)
    if status in (404, 410):
        return unknown(Reason.ELSEWHERE, status)
    return unknown(Reason.FAULT if status >= 500 and status < 600 else Reason.FORBIDDEN, status)


def _judge_page(status: int, body: bytes, signs: Signs, *, at_its_page: bool) -> Verdict:
    """Judge a page by its marks. What it says of the one who asks comes before what it says of the item."""
    for marks, reason in (
        (signs.blocked_here, Reason.BLOCKED_HERE),
        (signs.private, Reason.PRIVATE),
        (signs.sign_in, Reason.SIGN_IN),
    ):
        if any(mark in body for mark in marks):
            return unknown(reason, status)
    is_there = at_its_page and any(mark in body for mark in signs.online)
    if any(mark in body for mark in signs.gone):
        if is_there:
            return unknown(Reason.NO_SIGN, status)
        return Verdict(Availability.OFFLINE, Reason.SIGN_OF_GONE, status)
    if not at_its_page:
        return unknown(Reason.ELSEWHERE, status)
    if is_there:
        return Verdict(Availability.ONLINE, Reason.SIGN_OF_ONLINE, status)
    return unknown(Reason.NO_SIGN, status)


def _page(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return ((parts.hostname or "").lower().removeprefix("www."), parts.path.rstrip("/"), parts.query)
