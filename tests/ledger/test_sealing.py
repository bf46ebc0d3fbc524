"""Sealing takes each entry once, in the order of the log, and signs what they come to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections
from django.test.utils import override_settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import tree, witnesses
from takedowns.ledger.entries import read
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.models import Head, Seal, SigningKey
from takedowns.ledger.notes import Checkpoint, NoteError, PublicKey, open_note
from takedowns.ledger.sealing import frontier, leaves_between, seal
from takedowns.ledger.verify_proof import Wrong, root_of
from takedowns.ledger.verifying import verify
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True)

Sealed = Callable[[], int]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "BLOCK", 8)


def some_work(people: People, name: str, number: int = 5) -> list:
    return make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_{name}_{one}" for one in range(number)]
    )


def leaves() -> list[bytes]:
    with acting_as(SYSTEM):
        return leaves_between(0, None)


def mth(hashes: list[bytes]) -> bytes:
    """Return the root as RFC 9162, section 2.1.1, defines it, word for word."""
    if len(hashes) < 2:
        return hashes[0] if hashes else tree.EMPTY
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return tree.node_hash(mth(hashes[:half]), mth(hashes[half:]))


def heads() -> list[Head]:
    with acting_as(SYSTEM):
        return list(Head.objects.order_by("size"))


def new_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_every_entry_is_sealed_once_in_the_order_of_the_log(sealed: Sealed, small_blocks: None) -> None:
    people = make_people()
    some_work(people, "a")
    sealed()
    ids = some_work(people, "b", 30)
    apply_to_all("approve", ids, by=people.actor("reviewer"), exemptions_checked=True)
    second = sealed()
    assert second >= 60
    assert sealed() == 0 or len(heads()) > 2  # the key's own entry may come after the first seal
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            there = [one.id for one in read(cursor)]
        packed = b"".join(bytes(one) for one in Seal.objects.order_by("first").values_list("ids", flat=True))
        seals = list(Seal.objects.order_by("first"))
    assert packed.hex() == b"".join(there).replace(b"-", b"").decode()
    assert len(there) == len(set(there))
    for one in seals:
        assert one.first // 8 == (one.first + one.size - 1) // 8, "a seal crosses the border of a block"
        whole = (one.first + one.size) % 8 == 0
        assert (one.block_hash is not None) is whole
    for head in heads():
        assert bytes(head.root) == mth(leaves()[: head.size])
        with acting_as(SYSTEM):
            assert tree.root(frontier(head.size)) == bytes(head.root)
    assert verify([signing_keys()[0].public]).is_sound


def test_heads_are_signed_notes_that_name_the_ledger(sealed: Sealed) -> None:
    some_work(make_people(), "a")
    sealed()
    key = signing_keys()[0].public
    assert PublicKey.parse(str(key)) == key
    for head in heads():
        text, signed = open_note(head.note, [key])
        assert signed == [key]
        found = Checkpoint.parse(text)
        assert (found.ledger, found.size, found.root) == (
            "takedowns.example/ledger",
            head.size,
            bytes(head.root),
        )
        with pytest.raises(NoteError, match="signature"):
            open_note(head.note.replace(f"\n{head.size}\n", f"\n{head.size + 1}\n", 1), [key])


def test_an_entry_whose_transaction_ends_late_is_sealed_after_it_and_not_lost(sealed: Sealed) -> None:
    people = make_people()
    sealed()
    begun, may_end = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with acting_as(SYSTEM):
                # Of another tier, hence of other cells: the two do not wait for each other.
                make_referrals(people.operation, people.agency, ["https://t.me/demo_late"], tier=1)
                begun.set()
                may_end.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=late)
    thread.start()
    begun.wait(30)
    some_work(people, "quick", 3)
    assert seal() == 0, "what began before is still in flight"
    may_end.set()
    thread.join(30)
    assert sealed() >= 4
    assert verify([signing_keys()[0].public]).is_sound


def test_no_writer_waits_while_it_is_sealed(sealed: Sealed) -> None:
    people = make_people()
    some_work(people, "a")
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x5365_616C])  # as somebody who seals
        done: list[int] = []

        def write() -> None:
            try:
                done.append(len(some_work(people, "b")))
                done.append(seal())
            finally:
                connections.close_all()

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(20)
        assert done == [5, 0], "who writes does not wait; a second who seals leaves it to the first"


def test_the_witness_gets_every_head_also_after_it_was_away(sealed: Sealed, tmp_path: Path) -> None:
    people = make_people()
    path = Path(settings.LEDGER_WITNESS_FILE)
    some_work(people, "a")
    with override_settings(LEDGER_WITNESS_FILE=str(tmp_path / "not" / "there.jsonl")):
        sealed()
    assert not path.exists()
    path.write_bytes(b'{"note": "cut o')  # as a power cut leaves it
    some_work(people, "b")
    sealed()
    path.write_bytes(path.read_bytes().partition(b"cut o")[2].lstrip(b"\n"))
    assert [Checkpoint.parse(note).size for note in witnesses.read(path)] == [head.size for head in heads()]


def test_a_new_key_is_signed_for_by_the_former_and_both_sign_meanwhile(sealed: Sealed) -> None:
    people = make_people()
    some_work(people, "a")
    sealed()
    former = Path(settings.LEDGER_KEY_FILE).read_text()
    old = signing_keys()[0].public
    some_work(people, "b")
    key = new_key()
    with override_settings(LEDGER_KEY=key):
        with pytest.raises(ImproperlyConfigured, match="LEDGER_FORMER_KEY"):
            sealed()
        with override_settings(LEDGER_FORMER_KEY=former):
            sealed()
            new = signing_keys()[0].public
        some_work(people, "c")
        sealed()
        signers = [{str(key) for key in open_note(head.note, [old, new])[1]} for head in heads()]
        assert signers[0] == {str(old)}
        assert {str(old), str(new)} in signers
        assert signers[-1] == {str(new)}
        assert verify([new]).is_sound, "whoever trusts the new key can check what the former signed"
        assert verify([old]).is_sound, "and the other way round"
    stranger = Ed25519PrivateKey.generate()
    with acting_as(SYSTEM):
        assert SigningKey.objects.count() == 2
    from takedowns.ledger.notes import SecretKey

    report = verify([SecretKey("takedowns.example/ledger", stranger).public])
    assert report.counts["head"] == len(heads())


def test_a_lost_key_is_not_replaced_in_silence(sealed: Sealed) -> None:
    people = make_people()
    some_work(people, "a")
    sealed()
    assert oct(Path(settings.LEDGER_KEY_FILE).stat().st_mode)[-3:] == "600"
    Path(settings.LEDGER_KEY_FILE).unlink()
    some_work(people, "b")
    with pytest.raises(ImproperlyConfigured, match="not there"):
        sealed()
    with (
        override_settings(LEDGER_KEY="nonsense"),
        pytest.raises(ImproperlyConfigured, match="openssl genpkey"),
    ):
        sealed()


@pytest.mark.django_db(transaction=False)
def test_the_tree_and_its_paths_are_those_of_the_rfc() -> None:
    for size in range(1, 40):
        hashes = [tree.leaf_hash(b"%d" % number) for number in range(size)]
        growing = tree.Frontier()
        for one in hashes:
            growing.push(one)
        assert tree.root(hashes) == mth(hashes) == growing.root()
        for place in range(size):
            # The stand-alone program's way back, which shares no code with the tree.
            path = tree.inclusion_path(hashes, place)
            assert root_of(b"%d" % place, place, size, path) == mth(hashes)
            if size > 1:
                assert root_of(b"another", place, size, path) != mth(hashes)
                with pytest.raises(Wrong, match="short"):
                    root_of(b"%d" % place, place, size, path[:-1])


def test_what_is_kept_withheld_is_bound_and_can_go(sealed: Sealed) -> None:
    people = make_people()
    [one] = some_work(people, "a", 1)
    apply_to_all("reject", [one], by=people.actor("reviewer"), reason="Somebody’s name.")
    sealed()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        entries = list(read(cursor))
        cursor.execute("SELECT salts FROM ledger_salts")
        salts = b"".join(bytes(row[0]) for row in cursor.fetchall())
    withheld = [json.loads(entry.withheld) for entry in entries if entry.withheld]
    assert {"reason": "Somebody’s name."} in withheld
    salted = [salt for salt in tree.split(salts, 16) if any(salt)]
    assert len(salted) == len(set(salted)) == len(withheld), "each has a salt of its own"
