"""API keys: made, rotated, revoked. Who is let in with one: ``admission.py``.

A key reads ``tkd_<prefix>_<secret>``, a test key ``tkd_test_<prefix>_<secret>``. The secret is 256 random bits, of which only the SHA-256 is stored: nobody can
guess that many bits however fast the hash, so a slow password hash would cost every call and protect nothing.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from types import MappingProxyType
from typing import Final

from django.db.models import BigIntegerField, F, Func, Value
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.certificates import CertificatesNotBound, fingerprints
from takedowns.directory.changes import Action, Kind, NotAllowed, keep, may_administer
from takedowns.directory.models import Agency, ApiKey, Platform, Scope, User

log = logging.getLogger(__name__)

MARK: Final = "tkd"
TEST_MARK: Final = "test"
PREFIX_BYTES: Final = 5
SECRET_BYTES: Final = 32
LONGEST_OVERLAP: Final = timedelta(days=7)

#: What a key of each kind may be given; also what it gets where nothing is said.
PLATFORM_SCOPES: Final = (
    Scope.REFERRALS_READ,
    Scope.DECISIONS_WRITE,
    Scope.SELF_REPORTS_WRITE,
    Scope.STATISTICS_READ,
    Scope.WEBHOOKS_MANAGE,
    Scope.KEYS_ROTATE,
)
AGENCY_SCOPES: Final = (
    Scope.REFERRALS_READ,
    Scope.SUBMISSIONS_READ,
    Scope.SUBMISSIONS_WRITE,
    Scope.REFERRALS_WRITE,
    Scope.HOLDS_MANAGE,
    Scope.EVIDENCE_READ,
    Scope.EVIDENCE_WRITE,
    Scope.STATISTICS_READ,
    Scope.IDENTIFY,
    Scope.WEBHOOKS_MANAGE,
    Scope.KEYS_ROTATE,
)
#: What no test key may do: files of evidence are kept for ever.
NOT_IN_TESTS: Final = (Scope.EVIDENCE_READ, Scope.EVIDENCE_WRITE)


class KeyNotMade(ValueError):  # noqa: N818 - what happened, not an error of the program
    """A key cannot be made or rotated; the message says why and what to do."""


def create(
    *,
    name: str,
    agency: Agency | None = None,
    platform: Platform | None = None,
    scopes: Collection[str] = (),
    addresses: Collection[str] = (),
    certificates: Collection[str] = (),
    expires_at: datetime | None = None,
    requests_per_minute: int = 3000,
    test: bool = False,
    replaces: ApiKey | None = None,
    person: User | None = None,
    by: Actor = SYSTEM,
) -> tuple[ApiKey, str]:
    """Make a key for an agency's or a platform's program, and keep who did; return it, and its text, which is not read again.

    Args:
        name: whose program it is.
        scopes: what it may do; everything a key of its kind may do where empty.
        addresses: addresses or networks it may call from; any where empty.
        certificates: fingerprints (SHA-256) of client certificates, one of which it must come with; none is asked for where empty.
        test: it works on invented referrals in the sandbox, and sees and changes nothing real.
        replaces: the key whose successor this is.
        person: of an agency's: who is behind what its program hands in where it names nobody, and so does not review it.
        by: an administrator; the system for a command, or for a key that replaces itself.

    Raises:
        NotAllowed: no administrator.
        KeyNotMade: agency and platform both or neither, a scope not for its kind, no address, no fingerprint, an end in the past, no calls.
    """
    _require(by)
    now = timezone.now()
    if (agency is None) == (platform is None):
        raise KeyNotMade("Name either an agency or a platform.")
    if requests_per_minute < 1:
        raise KeyNotMade("A key needs at least one request per minute.")
    possible = _check_scopes(scopes, possible_scopes(for_platform=platform is not None, test=test))
    lasts = _lasts(expires_at, now)
    _check_person(person, agency)
    prefix, secret = secrets.token_hex(PREFIX_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    with acting_as(SYSTEM):
        key = ApiKey.objects.create(
            name=name,
            agency=agency,
            platform=platform,
            prefix=prefix,
            secret_hash=digest(secret),
            scopes=[str(scope) for scope in (scopes or possible)],
            addresses=[_network(one) for one in addresses],
            certificates=_bound(certificates),
            expires_at=expires_at,
            lasts=lasts,
            requests_per_minute=requests_per_minute,
            created_at=now,
            test=test,
            replaces=replaces,
            person=person,
        )
        keep(Kind.KEY, Action.ADDED, prefix, by=by, details=_facts(key))
    log.warning("API key %s created for %s", prefix, platform or agency)
    return key, "_".join([MARK, *[TEST_MARK] * test, prefix, secret])


def _bound(certificates: Collection[str]) -> list[str]:
    try:
        return fingerprints(certificates)
    except CertificatesNotBound as refused:
        raise KeyNotMade(str(refused)) from None


def _check_scopes(scopes: Collection[str], possible: list[Scope]) -> list[Scope]:
    if unknown := sorted({*scopes} - {str(scope) for scope in possible}):
        raise KeyNotMade(
            f"Not for a key of this kind: {', '.join(unknown)}. It may have: {', '.join(possible)}."
        )
    return possible


def _check_person(person: User | None, agency: Agency | None) -> None:
    if person is None:
        return
    with acting_as(SYSTEM):
        belongs = agency is not None and person.memberships.filter(agency=agency).exists()
    if not belongs:
        raise KeyNotMade("Who is registered with a key works for its agency. Give them a role there first.")


def _lasts(expires_at: datetime | None, now: datetime) -> timedelta | None:
    if expires_at is None:
        return None
    if expires_at <= now:
        raise KeyNotMade("The key would have expired already; name a moment to come.")
    return expires_at - now


def _facts(key: ApiKey) -> dict[str, list[str]]:
    """Return what the record of changes keeps of a new key, each as "from nothing to this"."""
    facts = {
        "whose": str(key.platform or key.agency),
        "name": key.name,
        "scopes": ", ".join(key.scopes),
        "addresses": ", ".join(key.addresses),
        "certificates": ", ".join(key.certificates),
        "expires": _moment(key.expires_at),
        "replaces": key.replaces.prefix if key.replaces else "",
        "test": key.prefix if key.test else "",
        "person": str(key.person or ""),
    }
    return {fact: ["", said] for fact, said in facts.items() if said}


class ValidKeys(Func):
    """How many keys of a platform work now: ``ValidKeys("platform_id")``; with a scope, those for real work that have it."""

    function = "public.takedowns_valid_keys"
    output_field = BigIntegerField()

    def __init__(self, platform: str, may: str = "") -> None:
        super().__init__(F(platform), Value(may))


def actor_of(key: ApiKey) -> Actor:
    """Return who a key asks as: its platform's contact, or an officer of its agency. Who is behind a list, each list says."""
    if key.platform_id is not None:
        return Actor(platforms=frozenset({key.platform_id}), sandbox=key.test)
    assert key.agency_id is not None  # noqa: S101 - the table's constraint
    roles = MappingProxyType({key.agency_id: frozenset({str(Role.OFFICER)})})
    return Actor(roles=roles, sandbox=key.test)


def rotate(
    key: ApiKey, *, overlap: timedelta, person: User | None = None, by: Actor = SYSTEM
) -> tuple[ApiKey, str]:
    """Make the successor of a key, which itself ends after ``overlap``. Both work in between.

    Whoever never received the new text may rotate again: a successor that was never used is revoked then.

    Args:
        overlap: how long both work.
        person: who is registered with the successor; as with the key where nobody is named.
        by: an administrator; the system where the key's own holder asks, with the key.

    Returns:
        The new key and its text.

    Raises:
        NotAllowed: no administrator.
        KeyNotMade: the overlap is negative or above a week, or a successor is in use.
    """
    _require(by)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise KeyNotMade("The overlap is between 0 hours and 7 days.")
    now = timezone.now()
    with acting_as(SYSTEM):
        old = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
            raise KeyNotMade("This key works no more, so it cannot be replaced. Make a new one.")
        for successor in ApiKey.objects.filter(replaces=old, revoked_at=None):
            if successor.last_used_at is not None:
                raise KeyNotMade(
                    f"This key has a successor in use ({successor.prefix}). Rotate that one, or ask an administrator."
                )
            successor.revoked_at = now
            successor.save(update_fields=["revoked_at"])
            keep(Kind.KEY, Action.REVOKED, successor.prefix, by=by)
        new, text = create(
            name=old.name,
            agency=old.agency,
            platform=old.platform,
            scopes=old.scopes,
            addresses=old.addresses,
            certificates=old.certificates,
            expires_at=now + old.lasts if old.lasts else None,
            requests_per_minute=old.requests_per_minute,
            test=old.test,
            replaces=old,
            person=person or old.person,
            by=by,
        )
        before, ends = _moment(old.expires_at), now + overlap
        old.expires_at = min(old.expires_at, ends) if old.expires_at else ends
        old.save(update_fields=["expires_at"])
        keep(
            Kind.KEY,
            Action.CHANGED,
            old.prefix,
            by=by,
            details={"expires": [before, _moment(old.expires_at)]},
        )
    return new, text


def revoke(prefix: str, *, by: Actor = SYSTEM) -> ApiKey:
    """End a key now, and keep who did. Revoking it twice changes nothing.

    Raises:
        NotAllowed: no administrator.
        ApiKey.DoesNotExist: no key has that prefix.
    """
    _require(by)
    with acting_as(SYSTEM):
        key = ApiKey.objects.select_for_update(of=("self",)).get(prefix=prefix)
        if key.revoked_at is None:
            key.revoked_at = timezone.now()
            key.save(update_fields=["revoked_at"])
            keep(Kind.KEY, Action.REVOKED, prefix, by=by)
            log.warning("API key %s revoked", prefix)
    return key


def possible_scopes(*, for_platform: bool, test: bool = False) -> list[Scope]:
    """Return what a key of a kind may be given."""
    return [
        scope
        for scope in (PLATFORM_SCOPES if for_platform else AGENCY_SCOPES)
        if not (test and scope in NOT_IN_TESTS)
    ]


def network(text: str) -> str:
    """Return an address or network as it is stored.

    Raises:
        ValueError: it is none.
    """
    return str(ip_network(text.strip(), strict=False))


def _require(by: Actor) -> None:
    if not may_administer(by):
        raise NotAllowed("API keys are looked after by administrators.")


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else ""


def digest(secret: str) -> str:
    """Return what is stored of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _network(text: str) -> str:
    try:
        return network(text)
    except ValueError:
        raise KeyNotMade(
            f"“{text}” is no address or network. Examples: 203.0.113.7, 2001:db8::/32."
        ) from None
