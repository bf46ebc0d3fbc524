"""One look over the whole installation: what is right, what is wrong, and how to mend it."""

from __future__ import annotations

import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.checks import ERROR, WARNING, run_checks
from django.core.mail import get_connection, send_mail
from django.db import DatabaseError, connection

from takedowns.accounts.sealed import unreadable as unreadable_factors
from takedowns.installation.identity import is_copy
from takedowns.operating import jobs
from takedowns.operating.readiness import is_writable, unapplied
from takedowns.postgres.transactions import oldest
from takedowns.webhooks.secrets import unreadable as unreadable_secrets

#: Less room than this is wrong, less than four times as much worth a look. Bytes.
LEAST_SPACE: Final = 1 << 30
#: A job that could run waits no longer than this, in seconds, where workers keep up.
LONGEST_WAIT: Final = 300
#: Clocks may differ by so many seconds.
CLOCKS: Final = 2.0


class Level(StrEnum):
    """How bad it is."""

    RIGHT = "right"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what is the case, and how to mend it where it is not right."""

    what: str
    level: Level
    said: str
    mend: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return it for JSON."""
        return {**asdict(self), "level": str(self.level)}


def examine(*, mail_to: str = "", over_http: bool = False) -> Iterator[Finding]:
    """Look at everything, and tell what was found as it is found.

    Args:
        mail_to: send a mail there.
        over_http: ask ``SITE_URL`` as a browser would, through proxy and TLS.
    """
    yield from _settings()
    try:
        yield _database()
    except DatabaseError as error:
        yield Finding(
            "database",
            Level.WRONG,
            f"It does not answer: {' '.join(str(error).split())}",
            "Start PostgreSQL; compare DATABASE_URL. What needs it was not looked at.",
        )
    else:
        for look in _OF_THE_DATABASE:
            yield from look()
    yield from _folders()
    yield from _mail(mail_to)
    if over_http:
        yield _proxy()


def _settings() -> Iterator[Finding]:
    problems = [
        one for one in run_checks(include_deployment_checks=not settings.DEBUG) if one.level >= WARNING
    ]
    for one in problems:
        level = Level.WRONG if one.level >= ERROR else Level.LOOK
        yield Finding("settings", level, f"{one.msg} ({one.id})", one.hint or "")
    if settings.DEBUG:
        yield Finding("settings", Level.LOOK, "DEBUG is on.", "Take DEBUG away where people work.")
    if not problems:
        yield Finding("settings", Level.RIGHT, f"Nothing to say. Pages are at {settings.SITE_URL}.")


def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_user, extract(epoch FROM clock_timestamp())::float"
        )
        version, role, clock = cursor.fetchone()
    differ = abs(clock - time.time())
    if differ > CLOCKS:
        return Finding(
            "clocks",
            Level.WRONG,
            f"The database's clock and this machine's differ by {differ:.0f} s.",
            "Let both follow a time server (chrony, systemd-timesyncd).",
        )
    return Finding("database", Level.RIGHT, f"PostgreSQL {version}, as {role}; clocks agree.")


def _roles() -> Iterator[Finding]:
    problems = run_checks(tags=["database"], databases=["default"])
    yield from (Finding("database", Level.WRONG, f"{one.msg} ({one.id})", one.hint or "") for one in problems)
    if not problems:
        yield Finding("privileges", Level.RIGHT, "The role owns nothing and obeys row-level security.")


def _migrations() -> Iterator[Finding]:
    if missing := unapplied():
        named = ", ".join(missing[:3]) + (", …" if len(missing) > 3 else "")
        yield Finding(
            "migrations", Level.WRONG, f"{len(missing)} are not applied: {named}.", "Run “takedowns migrate”."
        )
    else:
        yield Finding("migrations", Level.RIGHT, "All are applied.")


def _identity() -> Iterator[Finding]:
    if is_copy():
        yield Finding(
            "identity",
            Level.LOOK,
            "This is a copy of an installation: no webhook, probe or mail goes out.",
            "If it is the real one (restored, moved, renamed): “takedowns this-is-production”.",
        )
    else:
        yield Finding("identity", Level.RIGHT, "This is the installation itself.")


def _log() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(xid), pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM referrals_event"
        )
        last, now = cursor.fetchone()
    if last is not None and int(last) >= int(now):
        yield Finding(
            "log",
            Level.WRONG,
            f"Events bear the transaction number {last}; the server is at {now}.",
            "The database came from another server: readers of the log would wait. See docs/operators.md, Restoring.",
        )
    found = oldest()
    if found is not None and found.is_long:
        yield Finding(
            "transactions",
            Level.WRONG,
            f"Open for too long: {found}. Platforms, webhooks and figures learn nothing new.",
            f"End it: SELECT pg_terminate_backend({found.pid}); bound such ones: ALTER DATABASE … SET idle_in_transaction_session_timeout.",
        )
    elif found is not None and found.is_lower_bound:
        yield Finding(
            "transactions",
            Level.LOOK,
            f"{found}; since when is not told to this role.",
            "GRANT pg_read_all_stats to the application's role.",
        )
    else:
        yield Finding("transactions", Level.RIGHT, "None is open for long.")


def _workers() -> Iterator[Finding]:
    known, found = jobs.workers(), jobs.overview()
    alive = [one for one in known if not one.is_silent]
    if not alive:
        yield Finding(
            "workers",
            Level.WRONG,
            "None is alive: nothing is loaded, sent or told.",
            "Start “takedowns worker”.",
        )
    else:
        yield Finding("workers", Level.RIGHT, f"{len(alive)} at work.")
    if found.oldest_waiting_seconds > LONGEST_WAIT:
        yield Finding(
            "queue",
            Level.WRONG,
            f"{found.waiting} jobs wait, one for {found.oldest_waiting_seconds:.0f} s.",
            "Start more workers, or see what they are doing on the page Jobs.",
        )
    if found.failed or found.failing:
        yield Finding(
            "jobs",
            Level.LOOK,
            f"{found.failed} failed, {found.failing} are tried again later.",
            "See the page Jobs, where they can be tried again.",
        )
    else:
        yield Finding("jobs", Level.RIGHT, "None failed.")


def _secrets() -> Iterator[Finding]:
    lost = unreadable_secrets() + unreadable_factors()
    if lost:
        yield Finding(
            "secrets",
            Level.WRONG,
            f"{lost} sealed secrets (of webhooks and second factors) cannot be opened with this SECRET_KEY.",
            "Name the former key in SECRET_KEY_FALLBACKS; where it is lost, make the secrets anew.",
        )
    else:
        yield Finding("secrets", Level.RIGHT, "Every sealed secret can be opened.")


def _folders() -> Iterator[Finding]:
    named = {name: str(getattr(settings, name)) for name in ("MEDIA_ROOT", "EVIDENCE_ROOT", "EXPORT_FOLDER")}
    for name, place in named.items():
        if not place:
            continue
        folder = Path(place)
        if not is_writable(folder):
            yield Finding(
                f"folder {name}",
                Level.WRONG,
                f"{folder} cannot be written by this user.",
                "Give it to the service's user.",
            )
            continue
        there = next(one for one in (folder, *folder.parents) if one.exists())
        free = shutil.disk_usage(there).free
        level = Level.WRONG if free < LEAST_SPACE else Level.LOOK if free < 4 * LEAST_SPACE else Level.RIGHT
        mend = "" if level is Level.RIGHT else "Make room; uploads and loads fail when there is none."
        yield Finding(f"folder {name}", level, f"{folder}: {free / 2**30:.1f} GiB free.", mend)


def _mail(to: str) -> Iterator[Finding]:
    if not settings.EMAIL_HOST:
        yield Finding(
            "mail", Level.LOOK, "There is no mail server (EMAIL_URL): links are handed over by hand."
        )
        return
    try:
        if to:
            send_mail("Takedowns", "This is a test of takedowns doctor.", None, [to])
        else:
            server = get_connection()
            server.open()
            server.close()
    except OSError as error:
        yield Finding(
            "mail",
            Level.WRONG,
            f"{settings.EMAIL_HOST}: {error}",
            "Compare EMAIL_URL with the mail server's settings.",
        )
    else:
        said = f"One was sent to {to}." if to else f"{settings.EMAIL_HOST} lets us in."
        yield Finding("mail", Level.RIGHT, said)


def _proxy() -> Finding:
    address = f"{settings.SITE_URL}/livez"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address, http or https
            reached = answer.url
    except (urllib.error.URLError, OSError, ValueError) as error:
        return Finding(
            "proxy",
            Level.WRONG,
            f"{address}: {error}",
            "Compare SITE_URL, ALLOWED_HOSTS, the proxy and its certificate.",
        )
    if settings.HTTPS and not reached.startswith("https://"):
        return Finding(
            "proxy", Level.WRONG, f"{address} is not answered by HTTPS.", "Let the proxy speak HTTPS."
        )
    return Finding("proxy", Level.RIGHT, f"{address} answers.")


_OF_THE_DATABASE: Final[tuple[Callable[[], Iterator[Finding]], ...]] = (
    _roles,
    _migrations,
    _identity,
    _log,
    _workers,
    _secrets,
)
