"""The files that are shipped for running it, each looked at by the tool that will read it; what none here can read says so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class

from takedowns.installation import document
from tests.operating.installation import ROOT
from tests.operating.proxy import DEPLOY, exec_start
from tests.pages.test_bodies import TAKE_FILES, most_of

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SYSTEMS = Path("/usr/lib/systemd/system")
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


def test_systemd_finds_no_fault_with_the_units(tmp_path: Path) -> None:
    """In a folder that stands for the machine, with programs where the units look for them."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None or not SYSTEMS.is_dir():
        pytest.skip("systemd is not installed, so the units were not looked at")
    shutil.copytree(SYSTEMS, tmp_path / SYSTEMS.relative_to("/"), symlinks=True)
    placed = tmp_path / "etc/systemd/system"
    shutil.copytree(DEPLOY / "systemd", placed)
    for program in ("opt/takedowns/venv/bin/gunicorn", "opt/takedowns/venv/bin/takedowns", "bin/kill"):
        (tmp_path / program).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / program).touch(mode=0o755)
    done = subprocess.run(
        [analyze, "verify", f"--root={tmp_path}", "--man=no", *sorted(placed.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_what_there_is(unit) -> None:
    program, *arguments = exec_start(unit.name)
    assert program in {"gunicorn", "takedowns"}
    if program == "takedowns":
        words = ["procrastinate", *arguments] if arguments[0] == "worker" else arguments
        command = load_command_class(get_commands()[words[0]], words[0])
        command.create_parser(program, words[0]).parse_args(words[1:])


def test_the_caddyfile_is_valid_and_formatted() -> None:
    caddy, path = tool("caddy"), DEPLOY / "caddy" / "Caddyfile"
    subprocess.run(
        [caddy, "validate", "--adapter", "caddyfile", "--config", path], check=True, capture_output=True
    )
    formatted = subprocess.run([caddy, "fmt", path], check=True, capture_output=True, text=True).stdout
    assert path.read_text() == formatted


@pytest.mark.parametrize(
    "path",
    [*(path for path, _ in TAKE_FILES), "/sign-in/", "/operations/RAD19/", "/operations/RAD19/submissions/"],
)
def test_proxies_let_in_what_the_page_takes(path: str) -> None:
    takes = most_of(path) / 2**20
    nginx = (DEPLOY / "nginx" / "takedowns.conf").read_text()
    places = re.findall(r'location ~ "([^"]+)" \{\s+client_max_body_size (\d+)m;', nginx)
    [default] = re.findall(r"^    client_max_body_size (\d+)m;", nginx, re.MULTILINE)
    assert [int(size) for of, size in places if re.search(of, path)] or [int(default)] == [takes]
    caddy = (DEPLOY / "caddy" / "Caddyfile").read_text()
    for name in ("files", "evidence"):
        [of] = re.findall(rf"@{name} path_regexp (\S+)", caddy)
        [size] = re.findall(rf"request_body @{name} \{{\s+max_size (\d+)MiB", caddy)
        assert not re.search(of, path) or int(size) == takes
    [other] = re.findall(r"not path_regexp (\S*operations\S+)", caddy)
    assert bool(re.search(other, path)) == (takes > int(default))


def test_proxies_let_in_what_the_api_takes() -> None:
    nginx = (DEPLOY / "nginx" / "takedowns.conf").read_text()
    caddy = (DEPLOY / "caddy" / "Caddyfile").read_text()
    for place, name, most in (
        (r"location /api/", "api", settings.API_MAX_BODY_BYTES),
        (r"location = /api/v1/submissions", "lists", settings.SUBMISSION_MAX_BYTES),
        (r"location ~ \S+/evidence\$", "attached", settings.EVIDENCE_MAX_BYTES),
    ):
        [size] = re.findall(rf"{place} \{{[^{{}}]*client_max_body_size (\d+)m;", nginx)
        assert int(size) == most / 2**20
        assert re.findall(rf"request_body @{name} \{{\s+max_size (\d+)MiB", caddy) == [size]


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
    for service in compose["services"].values():
        mounted = [one.split(":")[0] for one in service.get("volumes", ()) if one.startswith(".")]
        assert all((DEPLOY / "container" / one).exists() for one in mounted), mounted
    said = compose["services"]["proxy"]["environment"]
    caddy = (DEPLOY / "caddy" / "Caddyfile").read_text()
    assert said.keys() == set(re.findall(r"\{\$(\w+)", caddy))
    assert said["TAKEDOWNS_UPSTREAM"] == f"web:{compose['services']['web']['expose'][0]}"
    for source in re.findall(r"^COPY ((?!--from).*) \S+$", container, re.MULTILINE):
        for one in source.split():
            assert (ROOT / one).exists(), one


def test_what_is_set_is_a_setting() -> None:
    known = {one.name for of in document.variables().values() for one in of}
    [config, *_] = yaml.safe_load_all((DEPLOY / "kubernetes/takedowns.yaml").read_text())
    assert config["data"].keys() <= known
