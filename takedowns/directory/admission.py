"""Who is let in with an API key: by its text, by its two parts, or by what was given out in its place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple

from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.keys import MARK, TEST_MARK, digest
from takedowns.directory.models import ApiKey

LAST_USED_EVERY: Final = timedelta(minutes=1)
NO_SUCH_KEY: Final = "No such API key. Check for missing characters; a key reads tkd_<prefix>_<secret>."


class KeyRefused(Exception):  # noqa: N818 - what happened, not an error of the program
    """A call cannot be let in.

    ``code`` is stable: ``invalid_key``, ``expired_key``, ``revoked_key``, ``address``, ``certificate``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class CalledFrom(NamedTuple):
    """From where a call comes, as our own proxy says.

    Attributes:
        certificate: fingerprint (SHA-256, hexadecimal) of the client certificate; empty where there is none.
    """

    address: str
    certificate: str = ""


def check(text: str, *, by: CalledFrom) -> ApiKey:
    """Return the key of that text if it may be used now. One statement, two once a minute.

    Raises:
        KeyRefused: it may not; the message says why as far as whoever holds the secret may know.
    """
    prefix, secret, is_test = parts_of(text)
    key = _found(prefix, secret)
    # Who does not know the secret learns nothing: not even that the prefix exists.
    if key is None or key.test != is_test:
        raise KeyRefused("invalid_key", NO_SUCH_KEY)
    return let_in(key, by=by)


def check_parts(prefix: str, secret: str, *, by: CalledFrom) -> ApiKey:
    """Return the key of that prefix and secret, or of that prefix and its whole text, as :func:`check` does.

    Raises:
        KeyRefused: as there.
    """
    if secret.startswith(f"{MARK}_"):
        named, _secret, _is_test = parts_of(secret)
        if named != prefix:
            raise KeyRefused("invalid_key", NO_SUCH_KEY)
        return check(secret, by=by)
    key = _found(prefix, secret)
    if key is None:
        raise KeyRefused("invalid_key", NO_SUCH_KEY)
    return let_in(key, by=by)


def parts_of(text: str) -> tuple[str, str, bool]:
    """Return prefix and secret of a key's text, and whether it is a test key's; both empty where it is no key's."""
    mark, _, rest = text.partition("_")
    is_test = rest.startswith(f"{TEST_MARK}_")  # no prefix can be that: they are hexadecimal
    prefix, _, secret = rest.removeprefix(f"{TEST_MARK}_").partition("_")
    return (prefix, secret, is_test) if mark == MARK else ("", "", False)


def let_in(key: ApiKey, *, by: CalledFrom) -> ApiKey:
    """Return the key, whose secret was given, if it may be used now; and note that it was. No statement, one once a minute.

    Raises:
        KeyRefused: it has ended, or is not for whoever calls.
    """
    now = timezone.now()
    prefix = key.prefix
    if key.revoked_at is not None:
        raise KeyRefused("revoked_key", f"The key {prefix} was revoked. Ask an administrator for a new one.")
    if key.expires_at is not None and key.expires_at <= now:
        raise KeyRefused(
            "expired_key",
            f"The key {prefix} expired at {key.expires_at:%Y-%m-%d %H:%M} UTC. Use its successor.",
        )
    if key.addresses and not _is_listed(by.address, key.addresses):
        raise KeyRefused(
            "address",
            f"The key {prefix} may not be used from {by.address}. Its list of addresses does not have it.",
        )
    if key.certificates and by.certificate not in key.certificates:
        came = f"the one that came ({by.certificate}) is not" if by.certificate else "none came"
        raise KeyRefused(
            "certificate",
            f"The key {prefix} is bound to a client certificate, and {came}. Call the address for client certificates with one that"
            " is bound to the key (GET /api/v1/certificate says which arrives), or ask an administrator to bind yours.",
        )
    if key.last_used_at is None or now - key.last_used_at >= LAST_USED_EVERY:
        with acting_as(SYSTEM):
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        key.last_used_at = now
    return key


def _found(prefix: str, secret: str) -> ApiKey | None:
    if not (secret and prefix.isascii() and prefix.isalnum()):
        return None
    found = ApiKey.objects.raw("SELECT * FROM public.takedowns_key_of(%s, %s)", [prefix, digest(secret)])
    return next(iter(found), None)


def _is_listed(address: str, listed: Collection[str]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in ip_network(network) for network in listed)
