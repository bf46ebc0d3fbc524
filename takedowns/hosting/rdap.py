"""Asking registries by RDAP whom to tell of abuse of a host (RFC 9082, RFC 9083), through the guarded way out.

The library ``whoisit`` knows which registry answers for what and reads its answer. Every request it makes, its redirects
and the links that it follows go through :mod:`takedowns.outbound`.
"""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import Any, Final

import requests
import urllib3
import whoisit
from requests.adapters import HTTPAdapter
from whoisit.bootstrap import Bootstrap
from whoisit.errors import WhoisItError

from takedowns.outbound import Limits, Refused, Unreachable, is_refused, send
from takedowns.outbound.client import resolve

#: IANA's list of the registries of all top-level domains is the longest answer.
LIMITS: Final = Limits(total_s=20, max_bytes=2 * 1024 * 1024)
#: IANA's lists are asked for again after this.
DAYS_OF_LISTS: Final = 7
#: Headers that the guarded client sends by itself.
_OURS: Final = frozenset({"host", "connection", "content-length", "transfer-encoding"})
#: What asking, and reading an answer that is not as the RFCs say, may come to.
_UNREADABLE: Final = (
    WhoisItError,
    Refused,
    Unreachable,
    requests.RequestException,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    RecursionError,
)


class RdapError(Exception):
    """Nobody could be asked, or what they answered cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a registry names for reports of abuse; both empty where it names nobody."""

    mail_to: str = ""
    organisation: str = ""


class _Guarded(HTTPAdapter):
    """Makes each request of a session by the guarded client: https to port 443 of public addresses, bounded."""

    def send(  # type: ignore[override]  # only what the library gives
        self,
        request: requests.PreparedRequest,
        **kwargs: Any,  # noqa: ARG002
    ) -> requests.Response:
        headers = [(name, str(value)) for name, value in request.headers.items() if name.lower() not in _OURS]
        answer = send(
            request.method or "GET",
            request.url or "",
            headers=headers,
            limits=LIMITS,
            plain_http=False,
            ports=(443,),
        )
        if answer.truncated:
            raise Unreachable("no_http", "The answer is too long.")
        return self.build_response(
            request,
            urllib3.HTTPResponse(
                io.BytesIO(answer.body), headers=answer.headers, status=answer.status, preload_content=False
            ),
        )


def registrar_of(domain: str) -> Named:
    """Ask the registry of a domain whom its registrar names for abuse.

    Raises:
        RdapError: nobody could be asked, or the answer cannot be read.
    """
    try:
        session = _session()
        return _abuse(whoisit.domain(domain, session=session))
    except _UNREADABLE as error:
        raise RdapError(_why(error)) from error


def network_of(host: str) -> Named:
    """Ask the registry of the network in which a host stands whom that names for abuse. Asks name servers for its address.

    Raises:
        RdapError: it has no public address, nobody could be asked, or the answer cannot be read.
    """
    try:
        address = next(one for one in resolve(host, 443) if not is_refused(one))
    except (OSError, StopIteration) as error:
        raise RdapError(f"{host} has no public address.") from error
    try:
        session = _session()
        return _abuse(whoisit.ip(address, session=session))
    except _UNREADABLE as error:
        raise RdapError(_why(error)) from error


def _session() -> requests.Session:
    """Return a session that goes the guarded way alone, with IANA's lists loaded and not old."""
    session = requests.Session()
    session.trust_env = False
    session.adapters.clear()
    session.mount("https://", _Guarded())
    if whoisit.is_bootstrapped() and whoisit.bootstrap_is_older_than(DAYS_OF_LISTS):
        whoisit.clear_bootstrapping()
    if not whoisit.is_bootstrapped():
        lists = {name: session.get(url).json() for name, url in Bootstrap.BOOTSTRAP_URLS.items()}
        whoisit.load_bootstrap_data({"timestamp": int(time.time()), **lists}, from_json=False)
    return session


def _abuse(answer: dict[str, Any]) -> Named:
    entities = answer.get("entities") or {}
    for one in entities.get("abuse") or ():
        if mail_to := one.get("email", ""):
            organisation = next(
                (
                    other["name"]
                    for role in ("registrar", "registrant", "abuse")
                    for other in entities.get(role) or ()
                    if other.get("name")
                ),
                "",
            )
            return Named(str(mail_to), str(organisation))
    return Named()


def _why(error: BaseException) -> str:
    """Return why in a line: the guarded client's own words where it refused."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, (Refused, Unreachable)):
            return str(cause)
        cause = cause.__cause__ or cause.__context__
    return str(error) or type(error).__name__
