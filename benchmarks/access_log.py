"""What it costs to record who looked: the same pages with and without the entry, turn by turn, in one run."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from benchmarks import claims
from benchmarks.database import bench_database

if TYPE_CHECKING:
    from django.test import Client

VISITS = 100
MOST_SHARE, MOST_MS = 0.05, 1.0
ENTRIES = 2_000


def main() -> None:
    """Print for each page its time without the entry, what the entry adds, and the statement alone."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        from django.core.management import call_command
        from django.db import connections

        from takedowns.access_log.partitions import prepare
        from takedowns.demo.play import play
        from takedowns.demo.scenario import build
        from takedowns.figures.fold import fold

        call_command("collectstatic", interactive=False, verbosity=0)
        play(build(scale=0.1), Path(folder), lambda *_: None)
        fold()
        prepare()
        with connections["owner"].cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        _table()


def _table() -> None:
    from django.test import Client

    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.access.roles import Role
    from takedowns.directory.models import Membership
    from takedowns.referrals.models import Referral

    with acting_as(SYSTEM):
        one = Referral.objects.select_related("operation").order_by("-id")[0]
        officer = (
            Membership.objects.filter(agency=one.agency_id, role=Role.OFFICER).select_related("user")[0].user
        )
    client = Client(headers={"Host": "localhost"})
    client.force_login(officer)
    here = f"/operations/{one.operation.reference}/"
    pages = {
        "a referral": f"{here}referrals/{one.pk}/",
        "a list of referrals": f"{here}referrals/",
        "the board": here,
        "figures": f"{here}figures/",
        "submissions": f"{here}submissions/",
        "outlets": "/outlets/",
        "start": "/",
    }
    print(f"  {'page':<22} {'without':>10} {'the entry adds':>16} {'share':>8}")
    added, shares = [], []
    for name, address in pages.items():
        without, more = _pair(client, address)
        added.append(more)
        shares.append(more / without)
        print(
            f"  {name:<22} {without:>7.1f} ms {more:>13.2f} ms {more / without:>7.1%}{_over(without, more)}"
        )
    claims.figure("recording who looked", statistics.median(added), "ms a page", at_most=MOST_MS)
    claims.figure(
        "recording who looked, of a page's time",
        100 * statistics.median(shares),
        "%",
        at_most=100 * MOST_SHARE,
    )
    _alone(officer, one.operation.reference, one.pk)


def _over(without: float, more: float) -> str:
    return "  over" if more > MOST_MS or more / without > MOST_SHARE else ""


def _pair(client: Client, address: str) -> tuple[float, float]:
    """Return the time without the entry, and what the entry adds: each the tenth percentile, which whatever else the machine
    does at the moment disturbs least. Who comes first alternates.
    """
    with_it: list[float] = []
    without: list[float] = []
    for turn in range(2 * VISITS):
        if turn % 4 in (0, 3):
            with_it.append(_visit(client, address))
        else:
            with patch("takedowns.access_log.middleware.record_page"):
                without.append(_visit(client, address))
    bare = _undisturbed(without)
    return bare, _undisturbed(with_it) - bare


def _undisturbed(times: list[float]) -> float:
    return statistics.quantiles(times, n=10)[0]


def _visit(client: Client, address: str) -> float:
    started = time.perf_counter()
    answer = client.get(address)
    taken = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}")
    return taken


def _alone(officer: object, reference: str, referral_id: object) -> None:
    """Print what an entry takes by itself, and a statement that does nothing, over the same connection."""
    from django.db import connection
    from django.http import HttpResponse

    from takedowns.access.actor import Actor, acting_as
    from takedowns.access_log.declaring import Opens, Shown
    from takedowns.access_log.recording import record
    from takedowns.access_log.vocabulary import What

    actor = Actor.of(officer)  # type: ignore[arg-type]
    address, answer = {"reference": reference, "referral_id": referral_id}, HttpResponse()
    with acting_as(actor):
        started = time.perf_counter()
        for _ in range(ENTRIES):
            record(Opens(What.REFERRAL, "referral_id"), "web:referral", address, Shown(), answer, by=actor)
        entry = (time.perf_counter() - started) * 1000 / ENTRIES
        with connection.cursor() as cursor:
            started = time.perf_counter()
            for number in range(ENTRIES):
                cursor.execute("SELECT %s", [number])
            bare = (time.perf_counter() - started) * 1000 / ENTRIES
    print(
        f"  an entry alone: {entry:.3f} ms; a statement that does nothing, over the same connection: {bare:.3f} ms"
    )
