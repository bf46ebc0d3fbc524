"""Asking registries by RDAP whom to tell of abuse of a host (RFC 9082, RFC 9083), through the guarded way out.

The library ``whoisit`` knows which registry answers for what and reads its answer. Every request it makes, its redirects
and the links that it follows go through :mod:`takedowns.outbound`, and through the proxy where there is one.
"""

from __future__ import annotations

import io
import threading
import time
import warnings
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests
import urllib3
import whoisit
from django.conf import settings
from requests.adapters import HTTPAdapter
from whoisit import errors
from whoisit.bootstrap import Bootstrap

from takedowns.hosting.models import Problem
from takedowns.outbound import Answer, Limits, Refused, Unreachable, is_refused, proxy_of, send
from takedowns.outbound.client import resolve

#: IANA's list of the registries of all top-level domains is the longest answer.
LIMITS: Final = Limits(total_s=20, max_bytes=2 * 1024 * 1024)
#: Seconds for one question with all its redirects, links and waits.
PATIENCE_S: Final = 60
#: A registry that asks us to wait (RFC 7480, 5.5) is asked once more after that, if it is no longer than so many seconds.
LONGEST_WAIT_S: Final = 15
#: From registry to registrar and on; more is a circle.
MOST_REDIRECTS: Final = 5
#: IANA's lists are asked for again after this.
DAYS_OF_LISTS: Final = 7
#: Headers that the guarded client sends by itself, and the one that would let an answer be longer than it is.
_OURS: Final = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})
#: What asking, and reading an answer that is not as the RFCs say, may come to.
_UNREADABLE: Final = (
    errors.WhoisItError,
    Refused,
    Unreachable,
    requests.RequestException,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    RecursionError,
)
#: What of it is told how; the first that fits.
_TOLD: Final[tuple[tuple[type[Exception], Problem], ...]] = (
    (errors.ResourceDoesNotExist, Problem.NO_RECORD),
    (errors.ResourceAccessDeniedError, Problem.DENIED),
    (errors.RateLimitedError, Problem.BUSY),
    (errors.RemoteServerError, Problem.FAULT),
    (errors.UnsupportedError, Problem.NO_REGISTRY),
    (errors.BootstrapError, Problem.NO_LISTS),
    (requests.TooManyRedirects, Problem.CIRCLE),
    (requests.exceptions.InvalidSchema, Problem.NOT_HTTPS),
)
#: The library keeps IANA's lists for the whole process.
_LISTS: Final = threading.Lock()


class RdapError(Exception):
    """Nobody could be asked, or what they answered cannot be read; the message says why, one of :class:`Problem` or in words."""


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a registry names for reports of abuse; both empty where it names nobody."""

    mail_to: str = ""
    organisation: str = ""


class _Guarded(HTTPAdapter):
    """Makes each request of a session by the guarded client: https to port 443 of public addresses, bounded. Each address is asked once."""

    def __init__(self) -> None:
        super().__init__()
        self._until = time.monotonic() + PATIENCE_S
        self._said: dict[str, Answer] = {}

    def send(  # type: ignore[override]  # only what the library gives
        self,
        request: requests.PreparedRequest,
        **kwargs: Any,  # noqa: ARG002
    ) -> requests.Response:
        url = request.url or ""
        if url not in self._said:
            self._said[url] = self._ask(request, url)
        answer = self._said[url]
        return self.build_response(
            request,
            urllib3.HTTPResponse(
                io.BytesIO(answer.body), headers=answer.headers, status=answer.status, preload_content=False
            ),
        )

    def _ask(self, request: requests.PreparedRequest, url: str) -> Answer:
        answer = self._ask_once(request, url)
        if answer.status == 429 and (wait := _wait_of(answer)) is not None:
            if wait > min(LONGEST_WAIT_S, self._until - time.monotonic()):
                raise errors.RateLimitedError("It asks to wait for longer than we do.")
            time.sleep(wait)
            answer = self._ask_once(request, url)
        if answer.truncated:
            raise Unreachable("no_http", "The answer is too long.")
        # What unpacks to more than it was could be anything's length.
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise Unreachable("no_http", "The answer is packed, which was not asked for.")
        return answer

    def _ask_once(self, request: requests.PreparedRequest, url: str) -> Answer:
        left = self._until - time.monotonic()
        if left <= 0:
            raise Unreachable("too_slow", f"No full answer within {PATIENCE_S} s.")
        headers = [(name, str(value)) for name, value in request.headers.items() if name.lower() not in _OURS]
        return send(
            request.method or "GET",
            url,
            headers=[*headers, ("accept-encoding", "identity")],
            limits=replace(LIMITS, total_s=min(LIMITS.total_s, left)),
            plain_http=False,
            ports=(443,),
            proxy=proxy_of(settings.HTTPS_PROXY, settings.NO_PROXY),
        )


def registrar_of(domain: str) -> Named:
    """Ask the registry of a domain whom its registrar names for abuse; the registrar too, where the registry links to it.

    Raises:
        RdapError: nobody could be asked, or the answer cannot be read.
    """
    try:
        session = _session()
        try:
            # Where the registrar cannot be asked, the library goes on with the registry's answer, and warns.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", errors.QueryWarning)
                if (named := _abuse(whoisit.domain(domain, session=session))).mail_to:
                    return named
        except (errors.ParseError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
            pass  # the registrar's answer may be what nobody can read
        # The registrar's answer stands in the place of the registry's, also where it says less.
        return _abuse(whoisit.domain(domain, session=session, follow_related=False))
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
    """Return a session that goes the guarded way alone, with IANA's lists loaded."""
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = MOST_REDIRECTS
    session.headers["Accept"] = "application/rdap+json, application/json"
    session.adapters.clear()
    session.mount("https://", _Guarded())
    with _LISTS:
        _load_lists(session)
    return session


def _load_lists(session: requests.Session) -> None:
    """Load IANA's lists where there are none, or old ones; old ones stay where no new ones are to be had."""
    have = whoisit.is_bootstrapped()
    if have and not whoisit.bootstrap_is_older_than(DAYS_OF_LISTS):
        return
    try:
        lists = {name: _list_of(session.get(url)) for name, url in Bootstrap.BOOTSTRAP_URLS.items()}
    except _UNREADABLE:
        if have:
            return
        raise
    whoisit.clear_bootstrapping()
    try:
        # With the library's own additions: registries that IANA does not list, and answers without a handle, which RFC 9083 allows.
        whoisit.load_bootstrap_data({"timestamp": int(time.time()), **lists}, overrides=True, from_json=False)
    except _UNREADABLE as error:
        whoisit.clear_bootstrapping()  # half of it was taken
        raise errors.BootstrapError("They cannot be read.") from error


def _list_of(answer: requests.Response) -> dict[str, Any]:
    try:
        said = answer.json() if answer.ok else None
    except ValueError:
        said = None
    if not isinstance(said, dict) or not said.get("services"):
        raise errors.BootstrapError(f"{answer.url} gives no list.")
    return said


def _wait_of(answer: Answer) -> float | None:
    """Return how many seconds an answer asks to wait (RFC 9110, 10.2.3); None where it does not say."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


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
    """Return why: the guarded client's own words where it refused, else what kind of fault it is."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, (Refused, Unreachable)):
            return str(cause)
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    for one in reversed(chain):
        for kind, told in _TOLD:
            if isinstance(one, kind):
                return told
    return Problem.FAULT if getattr(error, "status_code", 0) >= 500 else Problem.UNREADABLE
