"""One look over the whole installation: what is right, what is wrong, and how to mend it."""

from __future__ import annotations

import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.checks import ERROR, WARNING, run_checks
from django.core.mail import get_connection, send_mail
from django.db import DatabaseError, connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.accounts.sealed import unreadable as unreadable_factors
from takedowns.evidence import scanning
from takedowns.evidence.clamd import ScannerAwayError
from takedowns.installation.identity import is_copy
from takedowns.intake.stray_files import deleted_so_far
from takedowns.operating import client_certificates, jobs, records, transport
from takedowns.operating.findings import Finding, Level
from takedowns.operating.models import Backup
from takedowns.operating.readiness import is_writable, unapplied
from takedowns.postgres.grants import roles_of_parts
from takedowns.postgres.transactions import oldest
from takedowns.referrals.log import place_in_words
from takedowns.search.others import passed
from takedowns.webhooks.secrets import unreadable as unreadable_secrets

#: Less room than this is wrong, less than four times as much worth a look. Bytes.
LEAST_SPACE: Final = 1 << 30
#: A job that could run waits no longer than this, in seconds, where workers keep up.
LONGEST_WAIT: Final = 300
#: Stray files that were deleted within this are worth a look.
STRAYS_LATELY: Final = timedelta(days=7)
#: Clocks may differ by so many seconds.
CLOCKS: Final = 2.0


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
    yield _scanner()
    yield from _mail(mail_to)
    if over_http:
        yield _proxy()
        yield from transport.certificate()
        yield from client_certificates.through_the_proxy()


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
        yield Finding(
            "privileges", Level.RIGHT, f"The role owns nothing and obeys row-level security. {_parts()}"
        )


def _parts() -> str:
    roles = sorted(roles_of_parts().values())
    if not roles:
        return "All parts connect as it (docs/operators/processes.md says how to give each its own)."
    return f"Parts connect as {', '.join(roles)}."


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
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_END_OF_THE_LOG)
        last, bound, number, since = cursor.fetchone()
    if last is not None and int(last) >= int(bound):
        yield Finding(
            "log",
            Level.WRONG,
            f"The log ends at transaction {place_in_words(int(last))}, and the server is at {place_in_words(int(bound))}.",
            "The data came from another server: run “takedowns migrate”, which begins a new epoch of the log. Readers wait until then.",
        )
    elif number is None:
        yield Finding("log", Level.WRONG, "The log has no epoch.", "Run “takedowns migrate”.")
    else:
        begun = f", begun {since:%Y-%m-%d %H:%M} on this server" if number else ""
        yield Finding("log", Level.RIGHT, f"It goes on where it ended; epoch {number}{begun}.")


def _transactions() -> Iterator[Finding]:
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


def _backup() -> Iterator[Finding]:
    with acting_as(SYSTEM):
        last = Backup.objects.order_by("-at").first()
    if not settings.BACKUP_ALARM_HOURS:
        return
    if last is None:
        yield Finding(
            "backup", Level.WRONG, "None was made of this installation.", "Run “takedowns backup” each night."
        )
        return
    hours = (timezone.now() - last.at).total_seconds() / 3600
    late = hours > settings.BACKUP_ALARM_HOURS
    yield Finding(
        "backup",
        Level.WRONG if late else Level.RIGHT,
        f"The last, {last}, is {hours:.1f} hours old ({last.place}{', encrypted' if last.is_encrypted else ''}).",
        "See why “takedowns backup” did not run (its timer's log)." if late else "",
    )


def _strays() -> Iterator[Finding]:
    with acting_as(SYSTEM):
        found = deleted_so_far()
    if found is None:
        yield Finding("stray files", Level.RIGHT, "No round found a file that no record names.")
        return
    lately = timezone.now() - found.last < STRAYS_LATELY
    yield Finding(
        "stray files",
        Level.LOOK if lately else Level.RIGHT,
        f"{found.files:,} that no record named, {found.size / 2**20:.1f} MiB, were deleted in {found.rounds:,} nights"
        f" since {found.since:%Y-%m-%d}, the last on {found.last:%Y-%m-%d}.",
        "Something is killed while files are written: see the log of that day for what ended, and the machine's for why."
        if lately
        else "",
    )


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


def _scanner() -> Finding:
    if not scanning.is_on():
        return Finding("malware", Level.RIGHT, "MALWARE_SCANNER names no scanner: evidence is not scanned.")
    try:
        said = scanning.engine()
    except ScannerAwayError as error:
        return Finding(
            "malware",
            Level.WRONG,
            f"The scanner does not answer: {error}",
            "Start clamd, and let this user reach its socket; compare MALWARE_SCANNER. What is attached is scanned when it is back.",
        )
    now = scanning.standing()
    if now.found or now.waiting:
        return Finding(
            "malware",
            Level.LOOK,
            f"{said}. In {now.found:,} of {now.files:,} files malware was found; {now.waiting:,} are not scanned.",
            "What was found is kept away. “takedowns scan_evidence” scans what waits; too large is what StreamMaxLength in clamd.conf says.",
        )
    return Finding("malware", Level.RIGHT, f"{said}. {now.files:,} files, nothing found.")


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


#: The last place in the log, the place that the next transaction would write at, and the epoch that has begun last.
_END_OF_THE_LOG: Final = """
    SELECT greatest((SELECT max(xid) FROM referrals_event), (SELECT max(xid) FROM ledger_entry))::text,
           (coalesce(pg_sequence_last_value('takedowns_log_epoch'::regclass), 0) << 44)
           + pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
           epoch.number, epoch.since
    FROM (VALUES (1)) AS always LEFT JOIN LATERAL (
        SELECT number, since FROM installation_logepoch ORDER BY number DESC LIMIT 1
    ) AS epoch ON true
"""


def _asked_of_others() -> Iterator[Finding]:
    """Look whether an agency asks of more addresses than deconfliction needs."""
    for one in (found := passed()):
        yield Finding(
            "identify",
            Level.LOOK,
            f"{one.agency} asked of {one.asked} addresses on {one.day} whether others have them; it is told of"
            f" {settings.IDENTIFY_MOST_A_DAY} a day.",
            "Ask the agency why. Where it needs more, raise IDENTIFY_MOST_A_DAY; where a key does it, revoke the key.",
        )
    if not found:
        yield Finding("identify", Level.RIGHT, "No agency asked of more addresses than it is told of.")


_OF_THE_DATABASE: Final[tuple[Callable[[], Iterator[Finding]], ...]] = (
    _roles,
    _migrations,
    _identity,
    _log,
    _transactions,
    _backup,
    _strays,
    _workers,
    _secrets,
    *records.LOOKS,
    client_certificates.bound_in_vain,
    _asked_of_others,
)
