"""docs/operators/install.md, followed word for word: from an empty folder to the first page, with Debian's PostgreSQL and nginx."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from takedowns.postgres.cluster import Cluster
from takedowns.postgres.run_on_system_postgres import system_bin_dir
from tests.operating.installation import ROOT
from tests.operating.machine import equip, switch_off
from tests.operating.proxy import HOST, NGINX, free_port
from tests.test_package import build

pytestmark = pytest.mark.torture

PAGE = ROOT / "docs" / "operators" / "install.md"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's own user may pass through."""
    with tempfile.TemporaryDirectory(prefix="takedowns-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


def checkout(folder: Path) -> Path:
    """What a reader begins in: the checkout, with the wheel that ``make package`` puts there."""
    made = folder / "checkout"
    (made / "dist").mkdir(parents=True)
    shutil.copytree(ROOT / "deploy", made / "deploy")
    shutil.copy(ROOT / "requirements.txt", made)
    wheel, _ = build(folder / "built")
    shutil.copy(wheel, made / "dist")
    return made


def places(folder: Path, cluster: Cluster) -> dict[str, str]:
    """What a reader changes in the first block of the page."""
    return {
        "SITE": HOST,
        "FIRST": "first@police.example",
        "DATABASE": str(cluster.socket_dir).replace("/", "%2F"),
        "PROGRAM": str(folder / "opt"),
        "SETTINGS": str(folder / "etc"),
        "FILES": str(folder / "files"),
        "BACKUPS": str(folder / "backups"),
        "SOCKETS": str(folder / "run"),
        "UNITS": str(folder / "units"),
        "CERTIFICATE": str(folder / "tls"),
        "PROXY": str(folder / "proxy"),
    }


def followed(page: str, chosen: dict[str, str]) -> str:
    """Return the blocks of a page as one script, with the names and places that were chosen in its first."""
    first, *others = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    names = re.findall(r"^([A-Z]+)=", first, re.MULTILINE)
    assert set(names) == set(chosen)
    for name, value in chosen.items():
        first = re.sub(rf"^{name}=.*$", f"{name}={value}", first, flags=re.MULTILINE)
    return "\n".join([first, *others])


def test_the_page_leads_to_the_first_page(folder: Path) -> None:
    bin_dir = system_bin_dir()
    if bin_dir is None or NGINX is None:
        reason = "Debian's PostgreSQL or nginx is not installed (apt-get install postgresql nginx)"
        if os.environ.get("REQUIRE_PROXIES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    cluster = Cluster(folder / "postgres", bin_dir)
    cluster.acquire()
    try:
        environment = equip(folder, cluster.socket_dir, free_port(), free_port())
        (folder / "page.sh").write_text(followed(PAGE.read_text(), places(folder, cluster)))
        with (folder / "said").open("w") as output:
            code = subprocess.call(
                ["sh", folder / "page.sh"],
                cwd=checkout(folder),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        said = (folder / "said").read_text()
        assert code == 0, said
        assert "Traceback" not in said
        assert "[+] database ok" in said
        assert re.search("^ok +workers", said, re.MULTILINE), said
        [link] = re.findall(rf"https://{HOST}/invitation/\S+", said)
        page = subprocess.run(
            ["curl", "--silent", "--fail", "--cacert", folder / "tls" / "fullchain.pem", link],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert 'type="password"' in page
        assert list((folder / "backups").iterdir())
        for file in ("takedowns.env", "owner.env"):
            assert (folder / "etc" / file).stat().st_mode & 0o077 == 0
    finally:
        switch_off(folder)
        cluster.release()
        cluster.kill()
