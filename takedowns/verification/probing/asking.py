"""Asking one address whether it answers: through the guarded client, hop by hop, nothing kept of what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from takedowns.identity import Identity, identify
from takedowns.outbound import Limits, Networks, Proxy, Refused, Unreachable, send
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.models import Reason
from takedowns.verification.probing.judging import Verdict, is_sign_in, judge, same_page, unknown
from takedowns.verification.probing.signs import signs_of

MOST_HOPS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Question:
    """An item to ask for."""

    item_id: UUID
    platform: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Manners:
    """How a robot asks.

    Attributes:
        user_agent: what it says it is.
        seconds: for each answer.
        allow: networks that may be asked although they are not public.
        ports: those that may be asked.
        proxy: the way out of this network.
    """

    user_agent: str
    seconds: float = 15.0
    allow: Networks = frozenset()
    ports: Sequence[int] = (80, 443)
    proxy: Proxy | None = None


def ask(question: Question, manners: Manners) -> Verdict:
    """Ask for an item and judge the answer. Redirects are followed here, each address judged anew by the client.

    Whatever happens is a verdict; a sign-in is not visited, an address that may not be asked is never requested.
    """
    signs = signs_of(question.platform, question.kind)
    # Of a page whose platform gives no marks nothing is looked at.
    limits = Limits(total_s=manners.seconds, max_bytes=signs.bytes)
    headers = [
        ("user-agent", manners.user_agent),
        ("accept", "text/html,*/*;q=0.1"),
        ("accept-encoding", "identity"),
        ("accept-language", "en"),  # in which marks that are words are known
    ]
    asked = url = question.url + (signs.asks if "?" not in question.url else "")
    status: int | None = None
    for _hop in range(MOST_HOPS + 1):
        try:
            answer = send(
                "GET",
                url,
                headers=headers,
                limits=limits,
                allow=manners.allow,
                ports=manners.ports,
                proxy=manners.proxy,
            )
        except Refused:
            return unknown(Reason.NOT_ASKED, status)
        except Unreachable as error:
            return unknown(Reason.TOO_SLOW if error.reason == "too_slow" else Reason.UNREACHABLE, status)
        status = answer.status
        leads_to = answer.headers.get("location", "")
        if status not in _REDIRECTS or not leads_to:
            return judge(
                status,
                answer.body,
                signs,
                at_its_host=urlsplit(url).hostname == urlsplit(question.url).hostname
                or _is_it(url, asked, question),
                at_its_page=_is_it(url, asked, question),
            )
        try:
            url = urljoin(url, leads_to)
            signs_in = is_sign_in(url)
        except ValueError:
            return unknown(Reason.NOT_ASKED, status)
        if signs.leads_to_nothing(url):
            return Verdict(Availability.OFFLINE, Reason.SIGN_OF_GONE, status)
        if signs_in:
            return unknown(Reason.SIGN_IN, status)
    return unknown(Reason.TOO_MANY_HOPS, status)


def _is_it(url: str, asked: str, question: Question) -> bool:
    """Tell whether an address names the item itself, in whatever spelling, as it was asked for or not."""
    if same_page(url, asked) or same_page(url, question.url):
        return True
    found = identify(url)
    return isinstance(found, Identity) and found.id == question.item_id
