"""The list of faults, one file a part of the product: ``*.toml`` beside this.

    tests = ["tests/identity/test_identify.py"]        # run for each fault of the file that names none itself

    [[fault]]
    name = "more redirectors are taken off than five"
    file = "takedowns/identity/engine.py"
    old = "MAX_WRAPPERS = 5"                            # stands in the file exactly once
    new = "MAX_WRAPPERS = 50"
    first = ["tests/identity/test_files.py"]            # optional: run before the others

A fault changes what the product does. It is to be found by what somebody would notice, so no list names the tests that
compare a document or a migration with the code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent


class FaultError(ValueError):
    """The list does not fit the sources; the message says where and what to do."""


@dataclass(frozen=True)
class Fault:
    """One text of one file, and what stands in its place while the tests run."""

    group: str
    name: str
    file: str
    old: str
    new: str
    tests: list[str]

    def is_meant_by(self, words: Sequence[str]) -> bool:
        """Tell whether one of the words, if there are any, stands in its name, file or group."""
        return not words or any(word in f"{self.group} {self.name} {self.file}" for word in words)


def read(root: Path) -> list[Fault]:
    """Return every fault of the list.

    Raises:
        FaultError: a text does not stand in its file exactly once, a file or a test is not there, two faults are alike.
    """
    faults = [fault for path in sorted(FOLDER.glob("*.toml")) for fault in _of(path)]
    if wrong := [line for fault in faults for line in _wrong(fault, root)]:
        raise FaultError("\n".join(["The list of faults does not fit the sources. Mend these:", *wrong]))
    if len({(fault.file, fault.old, fault.new) for fault in faults}) != len(faults):
        raise FaultError("Two faults of the list are alike.")
    return faults


def _of(path: Path) -> Iterator[Fault]:
    told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    for one in told["fault"]:
        tests = list(dict.fromkeys([*one.pop("first", []), *one.pop("tests", told["tests"])]))
        yield Fault(group=path.stem, tests=tests, **one)


def _wrong(fault: Fault, root: Path) -> Iterator[str]:
    where = f"{fault.group}: {fault.name} ({fault.file}):"
    if not (root / fault.file).is_file():
        yield f"{where} there is no such file"
    elif (times := (root / fault.file).read_text(encoding="utf-8").count(fault.old)) != 1:
        yield f"{where} the old text stands there {times} times"
    if fault.old == fault.new:
        yield f"{where} the old text is the new one"
    for test in fault.tests:
        if not (root / test.partition("::")[0]).exists():
            yield f"{where} there is no {test}"
