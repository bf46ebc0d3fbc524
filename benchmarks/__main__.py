"""``python -m benchmarks [NAME ...]``: run all, or the named ones. Ends with 1 where a figure passes its bound."""

from __future__ import annotations

import importlib
import os
import platform
import secrets
import sys

from benchmarks import claims

ALL = (
    "identity",
    "intake",
    "agencies",
    "delay",
    "million",
    "board",
    "pages",
    "requests",
    "memory",
    "sizing",
    "access_log",
    "search",
    "figures",
    "api",
    "webhooks",
    "ledger",
    "scale",
    "viewers",
    "at_once",
    "waiting",
)


def main() -> int:
    """Run the benchmarks named on the command line, or all of them."""
    names = sys.argv[1:] or list(ALL)
    if unknown := [name for name in names if name not in ALL]:
        print(f"No benchmark {', '.join(unknown)}; there are: {', '.join(ALL)}", file=sys.stderr)
        return 2
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    )
    passed = 0
    for name in names:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()
        passed += claims.tell()
    return 1 if passed else 0


if __name__ == "__main__":
    # As in production: with DEBUG on, Django keeps every statement in memory.
    os.environ.update(
        DJANGO_SETTINGS_MODULE="takedowns.settings",
        DEBUG="0",
        SECRET_KEY=secrets.token_hex(32),
        ALLOWED_HOSTS="localhost",
        HTTPS="0",
        LOG_LEVEL="ERROR",
        # Nobody of the demo has a second factor: every page would lead to setting one up.
        REQUIRE_SECOND_FACTOR="0",
    )
    sys.exit(main())
