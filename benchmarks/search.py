"""Finding one of 26,000 and one of 1,000,000 items, as the box does: server time of the page, beside bare statements."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import claims
from benchmarks.database import bench_database, empty, hand_in, make_operation
from benchmarks.intake import ROWS
from benchmarks.million import MANY
from benchmarks.rows import write_list

SEARCHES = 41
MOST_MS = 100


def main() -> None:
    """Print the median and the slowest of each kind of search, for both sizes."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        for rows in (ROWS, MANY):
            _load(Path(folder) / "list.csv", rows)
            _table(rows)


def _load(path: Path, rows: int) -> None:
    from django.db import connections

    empty()
    write_list(path, rows)
    with path.open("rb") as content:
        hand_in(make_operation(), content)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _table(rows: int) -> None:
    from django.test import Client

    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.directory.models import User
    from takedowns.referrals.models import Referral
    from takedowns.referrals.reference import reference_of

    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get())
    dice = random.Random(rows)
    with acting_as(SYSTEM):
        some = list(Referral.objects.select_related("item").order_by("item_id")[:SEARCHES])
    numbers = [dice.randrange(rows // 10) * 10 for _ in range(SEARCHES)]
    asked: dict[str, list[str]] = {
        "an address, another spelling": [f"telegram.me/s/DEMO_{number}?embed=1" for number in numbers],
        "an address nobody has": [f"https://t.me/demo_unseen_{number}" for number in numbers],
        "a reference": [reference_of("BENCH", one.pk) for one in some],
        "a handle": [f"@demo_{number}" for number in numbers],
        "two words, few fit": [f"demo {number}" for number in numbers],
        "an outlet's name": [f"outlet {number % 40}" for number in numbers],
        "words of a note": [f"found {number % 24}" for number in numbers],
        "a word that all have": ["demo"] * SEARCHES,
        "a word that none has": [f"nowhere{number}" for number in numbers],
    }
    print(
        f"  {rows:,} rows; bare: by address {_bare_item(some):.2f} ms, by word {_bare_words(numbers):.2f} ms"
    )
    times: list[float] = []
    for name, texts in asked.items():
        took = [_ms(lambda text=text: client.post("/find/", {"q": text}, follow=True)) for text in texts]  # type: ignore[misc]
        times += took
        print(f"    {name:<30} median {statistics.median(took):6.1f} ms   slowest {max(took):6.1f} ms")
    claims.figure(f"search of {rows:,} items, median", statistics.median(times), "ms", at_most=MOST_MS)


def _bare_item(some: list) -> float:  # type: ignore[type-arg]
    return _bare(
        "SELECT * FROM referrals_referral JOIN referrals_item AS item ON item.id = item_id WHERE item_id = %s",
        [[one.item_id] for one in some],
    )


def _bare_words(numbers: list[int]) -> float:
    statement = "SELECT * FROM referrals_item WHERE takedowns_words(key) @@ %s::tsquery LIMIT 50"
    return _bare(statement, [[f"'demo' & '{number}':*"] for number in numbers])


def _bare(statement: str, values: list[list[object]]) -> float:
    """Return the median milliseconds of a statement as the owner, whom no policy concerns."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        return statistics.median(_ms(lambda one=one: cursor.execute(statement, one)) for one in values)  # type: ignore[misc]


def _ms(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e3
