"""A newer signed head is shown to have grown out of an older one, to a program that shares nothing with ours; whatever is altered is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import tree
from takedowns.ledger.consistency import ConsistencyError, between, last_note, note_named
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.models import Head
from takedowns.ledger.notes import Checkpoint, sign
from takedowns.ledger.proofs import SCRIPT
from takedowns.ledger.verify_proof import Wrong, check
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals
from tests.people import People, make_people


def root_by_the_book(leaves: list[bytes]) -> bytes:
    """Return MTH as RFC 9162 defines it, recursively."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\1" + root_by_the_book(leaves[:half]) + root_by_the_book(leaves[half:])).digest()


def proof_by_the_book(older: int, leaves: list[bytes], *, known: bool = True) -> list[bytes]:
    """Return SUBPROOF as RFC 9162, section 2.1.4.1, defines it."""
    if older == len(leaves):
        return [] if known else [root_by_the_book(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if older <= half:
        return [*proof_by_the_book(older, leaves[:half], known=known), root_by_the_book(leaves[half:])]
    return [
        *proof_by_the_book(older - half, leaves[half:], known=False),
        root_by_the_book(leaves[:half]),
    ]


@given(st.integers(1, 70), st.data())
def test_the_path_is_that_of_the_rfc(newer: int, data: st.DataObject) -> None:
    older = data.draw(st.integers(1, newer))
    leaves = [tree.leaf_hash(b"%d" % number) for number in range(newer)]
    path = tree.consistency_path(older, newer, lambda first, end: root_by_the_book(leaves[first:end]))
    assert path == proof_by_the_book(older, leaves)


def grown(sealed: Callable[[], int], times: int = 5) -> People:
    """Seal a few times while work goes on."""
    people = make_people()
    sealed()
    for number in range(times):
        ids = make_referrals(
            people.operation, people.agency, [f"https://t.me/demo_{number}/{one}" for one in range(3)]
        )
        apply_to_all("approve", ids, by=people.actor("reviewer"), exemptions_checked=True)
        sealed()
    return people


def notes() -> list[str]:
    with acting_as(SYSTEM):
        return list(Head.objects.order_by("size").values_list("note", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("block", [4, 4096])
def test_each_head_grew_out_of_each_before_it_and_no_altered_proof_shows_that(
    sealed: Callable[[], int], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "BLOCK", block)
    grown(sealed)
    key, heads = str(signing_keys()[0].public), notes()
    assert len(heads) >= 6
    for number, older in enumerate(heads):
        for newer in heads[number:]:
            lines = check(json.loads(json.dumps(between(older, newer))), key)
            assert len(lines) == 2
    proof = between(heads[1], heads[-1])
    assert len(proof["path"]) > 2

    def altered(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        other = deepcopy(proof)
        change(other)
        return other

    for change in (
        lambda one: one["path"].pop(),
        lambda one: one["path"].append("00" * 32),
        lambda one: one["path"].__setitem__(0, "11" * 32),
        lambda one: one["path"].__setitem__(-1, one["path"][-1][::-1]),
        lambda one: one.__setitem__("path", []),
        lambda one: one.__setitem__("first", heads[2]),
        lambda one: one.__setitem__("second", heads[-2]),
        lambda one: one.update(first=one["second"], second=one["first"]),
        lambda one: one.__setitem__("first", one["first"].replace("time 2", "time 1")),
    ):
        with pytest.raises(Wrong):
            check(altered(change), key)
    same = between(heads[1], heads[1])
    assert len(check(same, key)) == 2
    with pytest.raises(Wrong):
        check({**same, "path": ["00" * 32]}, key)


@pytest.mark.django_db(transaction=True)
def test_a_head_of_another_past_is_not_what_the_ledger_grew_out_of(
    sealed: Callable[[], int], tmp_path: Path
) -> None:
    grown(sealed, 2)
    keys = signing_keys()
    older = Checkpoint.parse(notes()[1])
    forged = Checkpoint(older.ledger, older.size, sha256(b"another past").digest(), older.at)
    proof = between(sign(forged.text(), keys), last_note())
    with pytest.raises(Wrong, match="did not grow out of the first"):
        check(proof, str(keys[0].public))
    longer = Checkpoint(older.ledger, 10**6, older.root, older.at)
    with pytest.raises(ConsistencyError, match="fewer than 1000000 entries"):
        between(notes()[0], sign(longer.text(), keys))
    with pytest.raises(ConsistencyError, match="is not older"):
        between(notes()[1], notes()[0])


@pytest.mark.django_db(transaction=True)
def test_the_command_writes_what_the_script_checks_alone(sealed: Callable[[], int], tmp_path: Path) -> None:
    grown(sealed, 2)
    witness = tmp_path / "witness.jsonl"  # as it was kept elsewhere
    kept = tmp_path / "kept.jsonl"
    kept.write_text(witness.read_text().splitlines(keepends=True)[0])
    (tmp_path / "note").write_text(note_named(str(kept)))
    first = Checkpoint.parse(note_named(str(kept))).size
    out = tmp_path / "consistency.json"
    for older in (str(kept), str(tmp_path / "note"), str(first)):
        call_command("consistency", older, output=out, stdout=StringIO())
        run = subprocess.run(
            [sys.executable, "-I", str(SCRIPT), str(out), "--key", str(signing_keys()[0].public)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert "PROVEN: all that the first head covered" in run.stdout
    for wrong in ("17", "nowhere.jsonl"):
        with pytest.raises(CommandError, match="head"):
            call_command("consistency", wrong, stdout=StringIO())
