"""The wheel, installed where the checkout is not: everything the product reads is in it, and it starts."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import urllib.request
from pathlib import Path
from zipfile import ZipFile

import pytest

from takedowns.languages.catalogues import path_of
from takedowns.languages.extraction import TRANSLATED

ROOT = Path(__file__).resolve().parent.parent
#: As `make package` does, but for the place.
BUILD = ("-m", "uv", "build", "--no-build-isolation", "--offline", "--quiet", "--out-dir")
#: Documents for whoever reads the sources (the texts of the guide are for its pages), and catalogues before they are compiled.
NOT_PACKED = {".md", ".po", ".pyc"}
#: Imports every module as an installation finds it, and reads a file of each sort that is not Python.
TRY = """
import importlib, pkgutil, sys
import django
django.setup()
import takedowns
from django.contrib.staticfiles.finders import find
from django.core.management import call_command
from django.template.loader import get_template
from django.utils import translation
from takedowns.identity import identify
for module in pkgutil.walk_packages(takedowns.__path__, "takedowns."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
call_command("check", fail_level="WARNING")
get_template("web/base.html")
assert find("pages/base.css")
with translation.override("de"):
    assert translation.gettext("Referrals") != "Referrals"
from django.conf import settings
assert settings.BASE_DIR not in (settings.VAR_DIR, *settings.VAR_DIR.parents), settings.VAR_DIR
print(takedowns.__file__, identify("https://t.me/example").platform)
"""


def build(folder: Path) -> tuple[Path, Path]:
    """Build from a copy: a build leaves files beside the sources, and takes what an older one left. Return wheel and sources."""
    sources = folder / "sources"
    shutil.copytree(
        ROOT / "takedowns",
        sources / "takedowns",
        ignore=shutil.ignore_patterns("__pycache__"),
        copy_function=shutil.copyfile,  # when a file was written last is not part of it
    )
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, sources)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1764000000"}
    subprocess.run(
        [sys.executable, *BUILD, str(folder)], cwd=sources, check=True, capture_output=True, env=environment
    )
    (wheel,), (archive,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, archive


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def wheel(built: tuple[Path, Path]) -> Path:
    return built[0]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, installed by an installer, and what it depends on from this one."""
    environment = tmp_path_factory.mktemp("clean") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = ("-m", "uv", "pip", "install", "--offline", "--quiet", "--no-deps", "--python")
    subprocess.run([sys.executable, *install, environment / "bin" / "python", wheel], check=True)
    return environment


def test_it_holds_everything_that_stands_in_the_folder(wheel: Path) -> None:
    packed = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    standing = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "takedowns").rglob("*")
        if path.is_file() and (path.suffix not in NOT_PACKED or path.parent.name == "texts")
    }
    assert packed == standing
    assert {str(path_of(language, "mo").relative_to(ROOT)) for language in TRANSLATED} <= packed


def test_the_sources_as_a_package_hold_what_the_wheel_is_built_from(built: tuple[Path, Path]) -> None:
    wheel, archive = built
    with tarfile.open(archive) as packed:
        sources = {name.split("/", 1)[1] for name in packed.getnames() if "/" in name}
    assert {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name} <= sources


def test_built_again_it_is_the_same_byte_for_byte(wheel: Path, tmp_path: Path) -> None:
    again, _ = build(tmp_path)
    differ = {
        one.filename
        for one, other in zip(ZipFile(wheel).infolist(), ZipFile(again).infolist(), strict=True)
        if (one.filename, one.CRC, one.date_time) != (other.filename, other.CRC, other.date_time)
    }
    assert differ == set()
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()


def test_installed_in_a_clean_environment_it_starts(installed: Path, tmp_path: Path) -> None:
    python = installed / "bin" / "python"
    (site,) = installed.glob("lib/python*/site-packages")
    environment = {"PATH": os.environ["PATH"], "DEBUG": "1", "XDG_STATE_HOME": str(tmp_path / "state")}
    said = subprocess.run(
        [python, "-W", "error::SyntaxWarning", "-c", TRY],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        env={**environment, "DJANGO_SETTINGS_MODULE": "takedowns.settings"},
    )
    assert said.returncode == 0, said.stderr
    where, platform = said.stdout.split()[-2:]
    assert (where, platform) == (str(site / "takedowns" / "__init__.py"), "telegram")
    listed = subprocess.run(
        [installed / "bin" / "takedowns", "serve", "--help"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert listed.stdout.startswith("usage: takedowns serve"), listed.stderr


def test_the_demo_is_served_from_there(installed: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    demo = subprocess.Popen(
        [installed / "bin" / "takedowns", "demo", "--scale", "0.01", "--live", "0", "--port", str(port)],
        cwd=tmp_path,
        stdout=(tmp_path / "said.txt").open("w"),
        stderr=subprocess.STDOUT,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "VAR_DIR": str(tmp_path / "state")},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        page = _opened(f"{address}/sign-in/", demo)
        style = re.search(r'href="(/static/pages/base\.[0-9a-f]+\.css)"', page)
        assert style, page
        assert "color" in _opened(address + style[1], demo)
        assert "Anmelden" in _opened(f"{address}/sign-in/", demo, language="de")
    finally:
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == 0, (tmp_path / "said.txt").read_text()
    assert not [path for path in installed.rglob("*") if path.name in ("secret-key", "PG_VERSION", "media")]


def _opened(address: str, demo: subprocess.Popen[bytes], language: str = "en") -> str:
    """Return a page, waiting for the server of the demo."""
    deadline = time.monotonic() + 240
    while True:
        try:
            request = urllib.request.Request(address, headers={"Accept-Language": language})
            with urllib.request.urlopen(request, timeout=20) as answer:
                return str(answer.read().decode())
        except OSError:
            assert demo.poll() is None, "the demo ended"
            assert time.monotonic() < deadline, "nothing is served"
            time.sleep(0.5)


def test_it_brings_the_command(wheel: Path) -> None:
    (entries,) = [name for name in ZipFile(wheel).namelist() if name.endswith("entry_points.txt")]
    assert "takedowns = takedowns.operating.console:main" in ZipFile(wheel).read(entries).decode()
