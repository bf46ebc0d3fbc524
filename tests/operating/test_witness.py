"""Two installations that run: one countersigns what the other signs, over HTTP, and refuses a history that was rewritten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operating.installation import Installation

pytestmark = pytest.mark.torture

ASK = "from takedowns.ledger.countersigning import ask_witnesses; print('countersigned', ask_witnesses())"


class Copied(Installation):
    """An installation on a database of its own beside another's, on the same server, with keys and files of its own."""

    def __init__(self, of: Installation, folder: Path, name: str) -> None:
        folder.mkdir()
        self.name = name
        of.ask(f"CREATE DATABASE {name} TEMPLATE takedowns OWNER takedowns_owner", database="postgres")
        super().__init__(folder)
        self.cluster = of.cluster

    def __post_init__(self) -> None:
        """Without a server of its own."""

    def url(self, role: str, database: str = "") -> str:
        return super().url(role, database or self.name)

    def query(self, statement: str) -> list[tuple]:  # type: ignore[type-arg]
        return self.ask(statement, database=self.name)


@pytest.fixture
def both(installation: Installation, tmp_path: Path) -> Iterator[tuple[Copied, Copied]]:
    installation.end_processes()
    made = [Copied(installation, tmp_path / name, name) for name in ("ledger_a", "witness_b")]
    ledger, witness = made
    try:
        for one in made:  # the one that they were copied from may have signed with a key that is not theirs
            emptied = "".join(
                f"DELETE FROM ledger_{table};" for table in ("salts", "seal", "head", "signingkey")
            )
            one.query(f"SET session_replication_role = replica; {emptied}")
        ledger.settings["LEDGER_NAME"] = "a.example/ledger"
        witness.settings["LEDGER_NAME"] = "b.example/ledger"
        yield ledger, witness
    finally:
        for one in made:
            one.end_processes()
            installation.ask(f"DROP DATABASE {one.name} WITH (FORCE)", database="postgres")


def test_two_installations_witness_each_other_and_a_fork_is_alarmed_on_both(
    both: tuple[Copied, Copied],
) -> None:
    ledger, witness = both
    ledger.done("seal")
    (key,) = (name for (name,) in ledger.query("SELECT name FROM ledger_signingkey"))
    witness.settings["LEDGER_WITNESSED_KEYS"] = key
    cosigner = witness.done("witness").splitlines()[-1]
    assert cosigner.startswith("b.example/witness+")
    witness.serve()
    ledger.settings |= {
        "LEDGER_WITNESS_URLS": f"http://127.0.0.1:{witness.port}/witness",
        "LEDGER_WITNESS_KEYS": cosigner,
        "LEDGER_ALLOW_NETWORKS": "127.0.0.1/32",
    }
    said = ledger.done("shell", "--no-imports", "-c", ASK)
    assert "countersigned 1" in said, ledger.query("SELECT problem FROM ledger_receiver")
    published = json.loads(witness.get("/.well-known/takedowns-ledger").text)
    assert published["witness"] == cosigner
    [(countersigned,)] = ledger.query("SELECT note FROM ledger_countersignature")
    assert published["witnessed"][0]["head"] == countersigned

    # Whoever rules the ledger's machine has the database and the key: they take an entry out, and seal and sign all anew.
    emptied = "".join(
        f"DELETE FROM ledger_{table};" for table in ("salts", "seal", "countersignature", "head")
    )
    ledger.query(
        f"SET session_replication_role = replica; {emptied}"
        "UPDATE ledger_entry SET origin = 'forged' WHERE number = (SELECT min(number) FROM ledger_entry);"
        "UPDATE ledger_receiver SET next_at = now()"
    )
    ledger.done("seal")
    assert "countersigned 0" in ledger.done("shell", "--no-imports", "-c", ASK)
    assert witness.query("SELECT count(*) FROM ledger_witnessedhead") == [(1,)]
    for one in both:
        code, said = one.run("doctor", "--json")
        found = json.loads(said[said.index("[") :])
        [alarm] = [line for line in found if line["what"] == "witness"]
        assert (code, alarm["level"]) == (1, "wrong")
        assert "a.example/ledger has two histories" in alarm["said"]
        assert "are signed, with different roots" in alarm["said"]
