"""``python -m tests.mutations [WORD ...]``: put one fault after the other into a copy of the product; say which a test notices.

Words choose the faults whose name, file or group holds one of them; ``--check`` only looks whether the list still fits the
sources. Exit code: 0 when all were caught, 1 when some survived, 2 when the list is wrong.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from takedowns.postgres.cluster import Cluster
from tests.memory import keep_in_memory
from tests.mutations.faults import Fault, FaultError, read

ROOT: Final = Path(__file__).resolve().parent.parent.parent
#: Seconds after which tests are stopped. That says nothing: the fault may make them wait for ever, or the machine is busy.
PATIENCE: Final = 1800
STOPPED: Final = -1
CAUGHT: Final = "caught"
SURVIVED: Final = "SURVIVED"
#: The tests could not be run: the fault is none, or the machine is out of order.
BROKEN: Final = "BROKEN"
#: What pytest's exit code says of a fault.
VERDICTS: Final[Mapping[int, str]] = {0: SURVIVED, 1: CAUGHT}


def main() -> int:
    """Try the faults that were chosen."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("words", nargs="*", help="only faults whose name, file or group holds one of these")
    parser.add_argument("--check", action="store_true", help="only see whether the list fits the sources")
    parser.add_argument(
        "--known-to-pass", action="store_true", help="do not first run the tests without a fault"
    )
    asked = parser.parse_args()
    try:
        faults = [fault for fault in read(ROOT) if fault.is_meant_by(asked.words)]
    except FaultError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(faults)} faults fit the sources.", flush=True)
    return 0 if asked.check else _try_all(faults, known_to_pass=asked.known_to_pass)


def _try_all(faults: list[Fault], *, known_to_pass: bool) -> int:
    verdicts: Counter[str] = Counter()
    keep_in_memory(Path())  # the copy and its database
    with _copy() as folder, _server(folder):
        tests = sorted({test for fault in faults for test in fault.tests})
        if not known_to_pass and _run(folder, tests) != 0:
            print("The tests fail without any fault; nothing can be said.", file=sys.stderr)
            return 2
        for fault in faults:
            began = time.monotonic()
            verdict, why = _try(folder, fault)
            verdicts[verdict] += 1
            took = time.monotonic() - began
            print(f"{verdict:<9}{took:5.0f} s  {fault.name}  ({fault.file}){why}", flush=True)
    print(f"{verdicts[CAUGHT]} of {len(faults)} faults were caught.")
    return 2 if verdicts[BROKEN] else 0 if verdicts[CAUGHT] == len(faults) else 1


def _try(folder: Path, fault: Fault) -> tuple[str, str]:
    """Return the verdict on a fault, and which test noticed it or what stood in the way."""
    path = folder / fault.file
    whole = path.read_text(encoding="utf-8")
    _write(path, whole.replace(fault.old, fault.new))
    try:
        code = _run(folder, fault.tests)
    finally:
        _write(path, whole)
    verdict = VERDICTS.get(code, BROKEN)
    said = (folder / "said").read_text(errors="replace").splitlines()
    if verdict == CAUGHT:
        return verdict, next((f"  {line[:160]}" for line in said if line.startswith(("FAILED", "ERROR"))), "")
    return verdict, "" if verdict == SURVIVED else "\n".join(["", f"  exit code {code}", *said[-30:]])


_written = [0]


def _write(path: Path, text: str) -> None:
    """Write a source so that Python compiles it anew: it looks at the size and at full seconds."""
    path.write_text(text, encoding="utf-8")
    _written[0] += 1
    os.utime(path, (time.time(), path.stat().st_mtime + 2 * _written[0]))


def _run(folder: Path, tests: list[str]) -> int:
    """Run tests in the copy; return pytest's exit code, or :data:`STOPPED`."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {
        "TESTS_VAR_DIR": str(folder / "var"),
        "TAKEDOWNS_CORPUS": os.environ.get("TAKEDOWNS_CORPUS", str(ROOT.parent / "shared" / "corpus")),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "var" / "hypothesis"),
        "CI": "1",  # the same examples in each run
    }
    with (folder / "said").open("w") as said:
        try:
            return subprocess.run(
                command, cwd=folder, env=environment, stdout=said, stderr=said, check=False, timeout=PATIENCE
            ).returncode
        except subprocess.TimeoutExpired:
            return STOPPED


@contextmanager
def _copy() -> Iterator[Path]:
    """Yield a folder with a copy of what is in the repository."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # the server may run as somebody else
        for name in filter(None, names.stdout.split("\0")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        yield folder


@contextmanager
def _server(folder: Path) -> Iterator[None]:
    """Keep the tests' server running from one run to the next."""
    cluster = Cluster(folder / "var" / "alone" / "postgres")
    cluster.acquire()
    try:
        yield
    finally:
        cluster.release()


if __name__ == "__main__":
    sys.exit(main())
