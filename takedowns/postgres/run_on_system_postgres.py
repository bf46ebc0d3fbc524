"""Run a command on another PostgreSQL than the embedded one: ``python -m takedowns.postgres.run_on_system_postgres -- COMMAND ...``

Starts a server from the programs of the system's own PostgreSQL (Debian's 15, or ``POSTGRES_BIN_DIR``) in a folder of
its own, with all roles, and gives the command its ``DATABASE_URL``, ``DATABASE_OWNER_URL`` and those of the parts: the way an
installation with a server of its own goes. The folder is gone afterwards.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from takedowns.postgres.bootstrap import APPLICATION_ROLE, DATABASE, OWNER_ROLE, PART_ROLES, prepare
from takedowns.postgres.cluster import Cluster

DEBIAN = Path("/usr/lib/postgresql")
SKIPPED = 0


def system_bin_dir() -> Path | None:
    """Return the newest of the system's own server programs, None where there are none."""
    if named := os.environ.get("SYSTEM_POSTGRES_BIN_DIR"):
        return Path(named)
    found = [path for path in DEBIAN.glob("*/bin") if (path / "initdb").exists()]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def main(arguments: list[str]) -> int:
    """Run the command after ``--``; return its exit code, or 0 with a sentence where there is no other server."""
    command = arguments[arguments.index("--") + 1 :] if "--" in arguments else arguments
    bin_dir = system_bin_dir()
    if bin_dir is None:
        print(
            "SKIPPED: no PostgreSQL of the system's own here (Debian: apt-get install postgresql).",
            file=sys.stderr,
        )
        return 1 if os.environ.get("REQUIRE_SYSTEM_POSTGRES") else SKIPPED
    with tempfile.TemporaryDirectory(prefix="takedowns-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster(Path(folder), bin_dir)
        prepare(cluster)
        host = quote(str(cluster.socket_dir), safe="")
        environment = os.environ | {
            "DATABASE_URL": f"postgresql://{APPLICATION_ROLE}@{host}/{DATABASE}",
            "DATABASE_OWNER_URL": f"postgresql://{OWNER_ROLE}@{host}/{DATABASE}",
            **{
                f"DATABASE_{part.upper()}_URL": f"postgresql://{role}@{host}/{DATABASE}"
                for part, role in PART_ROLES.items()
            },
        }
        try:
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            cluster.release()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
