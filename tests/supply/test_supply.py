"""What an installation is made of: allowed licences, and a bill of materials that others' tools read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

import takedowns
from tests.supply.bom import bill
from tests.supply.packages import READ, ROOT, is_allowed, packages, packages_of


def test_each_package_is_under_a_licence_that_is_allowed() -> None:
    found = packages()
    assert len(found) > 40
    wrong = {
        one.name: one.licence or "no SPDX licence: read its file, and say it in licences.toml"
        for one in found
        if not is_allowed(one.licence)
    }
    assert wrong == {}


@pytest.mark.parametrize("extra", ["embedded", "exchange", "hosts", "tracing"])
def test_so_is_each_that_an_extra_brings(extra: str) -> None:
    found = packages_of(extra)
    assert found
    assert {one.name: one.licence for one in found if not is_allowed(one.licence)} == {}


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR AGPL-3.0-only)", True),
        ("MIT AND AGPL-3.0-only", False),
        ("", False),
    ],
)
def test_of_two_licences_one_or_both_must_be_allowed(licence: str, allowed: bool) -> None:
    assert is_allowed(licence) is allowed


def test_what_was_read_by_a_person_is_of_packages_that_are_here() -> None:
    extras = (packages_of(extra) for extra in ("embedded", "exchange", "hosts", "tracing"))
    assert READ.keys() <= {one.name for some in (packages(), *extras) for one in some}


def test_what_is_tested_is_what_is_installed() -> None:
    def pins(name: str) -> dict[str, str]:
        lines = re.findall(r"^([a-z0-9-]+==[^\\\n]+)", (ROOT / name).read_text(), re.MULTILINE)
        found = [Requirement(line.strip()) for line in lines]
        here = [one for one in found if one.marker is None or one.marker.evaluate()]
        return {one.name: str(one.specifier).removeprefix("==") for one in here}

    installed, tested = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {
        name: (version, tested.get(name))
        for name, version in installed.items()
        if tested.get(name) != version
    } == {}
    assert {one.name: one.version for one in packages()} == {
        one.name: installed[one.name] for one in packages()
    }


def test_the_bill_of_materials_names_all_of_them_and_others_read_it() -> None:
    text = bill()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    told = json.loads(text)
    assert (told["metadata"]["component"]["name"], told["metadata"]["component"]["version"]) == (
        "takedowns",
        takedowns.__version__,
    )
    assert {one["name"]: one["version"] for one in told["components"]} == {
        one.name: metadata.version(one.name) for one in packages()
    }
    assert all(one["licenses"] and one["hashes"] and one["purl"] for one in told["components"])
    edges = {one["ref"]: one.get("dependsOn", []) for one in told["dependencies"]}
    reached, todo = set(), [told["metadata"]["component"]["bom-ref"]]
    while todo:
        one = todo.pop()
        if one not in reached:
            reached.add(one)
            todo += edges[one]
    assert reached == edges.keys(), "each package is there because another, or the product, needs it"


def test_the_command_prints_the_same_bill_each_time() -> None:
    def printed() -> bytes:
        return subprocess.run(
            [sys.executable, "-m", "tests.supply.bom"],
            cwd=Path(ROOT),
            check=True,
            capture_output=True,
            env={"SOURCE_DATE_EPOCH": "1574344800", "PATH": ""},
        ).stdout

    assert printed() == printed()
    assert b"2019-11-21T14:00:00" in printed()
