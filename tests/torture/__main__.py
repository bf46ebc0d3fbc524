"""Kills, stops and starves an installation while people work in it: ``python -m tests.torture --seconds 3600 --seed 7``."""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

import django

from tests.torture.rounds import torture

LOGS = Path("var/torture")


def main() -> int:
    """Torture; print a summary; return 1 where something broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument(
        "--away",
        type=float,
        default=60,
        metavar="SECONDS",
        help="how long the database is away (%(default)s)",
    )
    parser.add_argument(
        "--seed",
        default="",
        help="What was injured before is injured again; another one each time where left out.",
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="INJURY", help="such as “worker killed”; repeatable"
    )
    parser.add_argument(
        "--without-nginx", action="store_true", help="call the application itself, though nginx is there"
    )
    given = parser.parse_args()
    # As pytest does: what comes by the clock is known once Django is set up.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takedowns.settings")
    os.environ.setdefault("DEBUG", "1")
    django.setup()
    seed = given.seed or secrets.token_hex(4)
    print(f"Seed {seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="takedowns-torture-"))
    try:
        outcome = torture(
            folder,
            seed,
            given.seconds,
            away_s=given.away,
            only=given.only,
            logs=LOGS / seed,
            behind_nginx=not given.without_nginx,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(outcome)
    if outcome.broken:
        print(f"What web, worker and server said: {LOGS / seed}")
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
