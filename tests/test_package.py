"""The wheel, installed where the checkout is not: everything the product reads is in it, and it starts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest

from takedowns.languages.catalogues import path_of
from takedowns.languages.extraction import TRANSLATED

ROOT = Path(__file__).resolve().parent.parent
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
#: Documents for whoever reads the sources, and catalogues before they are compiled.
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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build from a copy: a build leaves files beside the sources, and takes what an older one left."""
    folder = tmp_path_factory.mktemp("package")
    sources = folder / "sources"
    shutil.copytree(ROOT / "takedowns", sources / "takedowns", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, sources)
    subprocess.run(
        [sys.executable, "-c", BUILD, str(folder)], cwd=sources, check=True, capture_output=True, text=True
    )
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_everything_that_stands_in_the_folder(wheel: Path) -> None:
    packed = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    standing = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "takedowns").rglob("*")
        if path.is_file() and path.suffix not in NOT_PACKED
    }
    assert packed == standing
    assert {str(path_of(language, "mo").relative_to(ROOT)) for language in TRANSLATED} <= packed


def test_it_brings_the_command(wheel: Path) -> None:
    (entries,) = [name for name in ZipFile(wheel).namelist() if name.endswith("entry_points.txt")]
    assert "takedowns = takedowns.operating.console:main" in ZipFile(wheel).read(entries).decode()


def test_installed_in_a_clean_environment_it_starts(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin" / "python"
    (site,) = environment.glob("lib/python*/site-packages")
    ZipFile(wheel).extractall(site)  # what an installer does with a wheel of plain files
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    said = subprocess.run(
        [python, "-W", "error::SyntaxWarning", "-c", TRY],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "takedowns.settings",
            "XDG_STATE_HOME": str(tmp_path / "state"),
        },
    )
    assert said.returncode == 0, said.stderr
    listed = subprocess.run(
        [python, "-m", "takedowns", "serve", "--help"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "DEBUG": "1"},
    )
    assert listed.stdout.startswith("usage: takedowns serve"), listed.stderr
    where, platform = said.stdout.split()[-2:]
    assert (where, platform) == (str(site / "takedowns" / "__init__.py"), "telegram")
