"""The files that are shipped for running it, each looked at by the tool that will read it; what none here can read says so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import kubernetes_validate
import pytest
import yaml

from takedowns.installation import document
from tests.operating.installation import ROOT
from tests.operating.proxy import DEPLOY, exec_start

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
#: Of a hundred, as systemd-analyze counts exposure: below 20 is "under 2".
EXPOSED_AT_MOST = 20


def tool(name: str) -> str:
    """Return where a program is; without it the test does not run, and says so."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if found is None:
        reason = f"{name} is not installed, so what it would read was not looked at"
        if os.environ.get("REQUIRE_PROXIES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_exposes_little(unit) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed, so the units were not looked at")
    done = subprocess.run(
        [analyze, "security", "--offline=yes", f"--threshold={EXPOSED_AT_MOST}", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-400:]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_what_there_is(unit) -> None:
    program, *arguments = exec_start(unit.name)
    assert program in {"gunicorn", "takedowns"}
    if program == "takedowns":
        asked = subprocess.run(
            [document.sys.executable, "-m", "takedowns", arguments[0], "--help"],
            capture_output=True,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "DEBUG": "1"},
            check=False,
        )
        assert asked.returncode == 0, asked.stderr


def test_the_caddyfile_is_valid_and_formatted() -> None:
    caddy, path = tool("caddy"), DEPLOY / "caddy" / "Caddyfile"
    subprocess.run(
        [caddy, "validate", "--adapter", "caddyfile", "--config", path], check=True, capture_output=True
    )
    formatted = subprocess.run([caddy, "fmt", path], check=True, capture_output=True, text=True).stdout
    assert path.read_text() == formatted


def test_nginx_and_caddy_let_the_same_in() -> None:
    nginx = (DEPLOY / "nginx" / "takedowns.conf").read_text()
    caddy = (DEPLOY / "caddy" / "Caddyfile").read_text()
    sizes = sorted(int(size) for size in re.findall(r"client_max_body_size (\d+)m;", nginx))
    assert sorted({*sizes}) == sorted({int(size) for size in re.findall(r"max_size (\d+)MB", caddy)})


@pytest.mark.parametrize(
    "manifest",
    list(yaml.safe_load_all((DEPLOY / "kubernetes/takedowns.yaml").read_text())),
    ids=lambda one: f"{one['kind']}-{one['metadata']['name']}",
)
@pytest.mark.parametrize("version", ["1.30", "1.34"])
def test_a_manifest_is_what_kubernetes_takes(manifest, version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


def test_images_start_what_the_units_start() -> None:
    container = (DEPLOY / "container" / "Containerfile").read_text()
    program, *arguments = exec_start("takedowns-web.service")
    begins = [program, *arguments[: arguments.index("--bind")]]
    assert ", ".join(f'"{one}"' for one in begins) in container
    compose = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text())
    assert compose["services"]["worker"]["command"] == exec_start("takedowns-worker.service")
    for source in re.findall(r"^COPY ((?!--from).*) \S+$", container, re.MULTILINE):
        for one in source.split():
            assert (ROOT / one).exists(), one


def test_what_is_set_is_a_setting() -> None:
    known = {one.name for of in document.variables().values() for one in of}
    [config, *_] = yaml.safe_load_all((DEPLOY / "kubernetes/takedowns.yaml").read_text())
    compose = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text())
    assert {*config["data"], *compose["x-takedowns"]["environment"]} <= known
