"""Whoever rules the database may change anything; each kind of it is found, and named.

Everything here is done as the superuser with triggers off, as somebody would who wants no trace.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test.utils import override_settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.demo.play import play
from takedowns.demo.practice import make_practice
from takedowns.demo.scenario import build
from takedowns.ledger import witnesses
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.sealing import seal
from takedowns.ledger.verifying import Report, verify
from takedowns.ledger.verifying.findings import NAMED
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.transitions import apply_to_all
from tests import databases
from tests.databases import Run
from tests.factories import make_referrals, wait_for_the_log
from tests.ledger.conftest import superuser

#: The tables of the record that are kept for ever, in which anything is done here.
SILENT = "-c session_replication_role=replica"


@pytest.fixture(autouse=True)
def sealed_day(transactional_db: None, database_run: Run, tmp_path: Path) -> Iterator[None]:
    """Begin with a small day that is sealed and witnessed; one key for all copies of it."""
    key, witness = database_run.files / "ledger-key.pem", database_run.files / "witness.jsonl"

    def fill() -> None:
        play(build(scale=0.01), database_run.files / "lists sealed", lambda *_: None)
        make_practice()
        wait_for_the_log()
        with override_settings(LEDGER_WITNESS_FILE=str(witness), LEDGER_KEY_FILE=str(key)):
            seal(stretch=400)

    database_run.use("sealed", fill)
    shutil.copy(witness, tmp_path / "witness.jsonl")
    with override_settings(LEDGER_KEY_FILE=str(key)):
        yield


@contextmanager
def attacked(statement: str) -> Iterator[None]:
    """Run a block after an attack on one table, and put that table back: quicker than a new copy of the database."""
    found = re.search(r"(?:UPDATE|DELETE FROM|INSERT INTO) (\w+)", statement)
    assert found
    table = found[1]
    with superuser() as database, database.cursor().copy(f"COPY {table} TO STDOUT") as rows:
        before = b"".join(bytes(row) for row in rows)
    attack(statement)
    yield
    with superuser(SILENT) as database:
        database.execute(f"DELETE FROM {table}")
        with database.cursor().copy(f"COPY {table} FROM STDIN") as rows:
            rows.write(before)


def attack(*statements: str) -> None:
    with superuser(SILENT) as database:
        for statement in statements:
            assert database.execute(statement).rowcount != 0, f"changed nothing: {statement}"


def checked(*, with_witness: bool = True) -> Report:
    notes = witnesses.read(Path(settings.LEDGER_WITNESS_FILE)) if with_witness else []
    return verify([signing_keys()[0].public], list(notes))


def one(query: str) -> str:
    with superuser() as database:
        row = database.execute(query).fetchone()
    assert row
    return str(row[0])


def work_on(names: str = "abc") -> None:
    with acting_as(SYSTEM):
        operation = Operation.objects.order_by("starts").last()
        assert operation
        agency = operation.agencies.first()
        assert agency
    make_referrals(operation, agency, [f"https://t.me/demo_later_{name}" for name in names])
    wait_for_the_log()


def test_it_is_sound_before_anybody_touches_it() -> None:
    assert checked().findings == []


_AN_EVENT = "(SELECT id FROM referrals_event WHERE kind = '{}' ORDER BY xid, id LIMIT 1)"
_AN_ENTRY = "(SELECT number FROM ledger_entry WHERE what = 'holds_hold' ORDER BY number LIMIT 1)"


_EDITS = [
    ("approve", "UPDATE referrals_event SET actor_id = NULL WHERE id = {}"),
    ("approve", "UPDATE referrals_event SET at = at - interval '1 second' WHERE id = {}"),
    ("approve", "UPDATE referrals_event SET recorded_at = recorded_at - interval '1 second' WHERE id = {}"),
    ("approve", "UPDATE referrals_event SET kind = 'refer' WHERE id = {}"),
    ("approve", "UPDATE referrals_event SET origin = 'page 192.0.2.99' WHERE id = {}"),
    # What stands between columns and rows where many are read at once.
    ("approve", "UPDATE referrals_event SET origin = origin || e'\\x1e\\x1f' WHERE id = {}"),
    (
        "approve",
        """UPDATE referrals_event SET details = details || '{{"exemptions_checked": false}}' WHERE id = {}""",
    ),
    (
        "remove",
        """UPDATE referrals_event SET details = details || '{{"action": "geo_blocked"}}' WHERE id = {}""",
    ),
    (
        "approve",
        "UPDATE referrals_cell SET status = 'rejected' WHERE id = (SELECT to_cell_id FROM referrals_event WHERE id = {})",
    ),
]


def test_an_edited_event_is_named() -> None:
    for named, statement in _EDITS:
        event = one(f"SELECT {_AN_EVENT.format(named)}")
        with attacked(statement.format(f"'{event}'")):
            report = checked()
            assert report.counts["altered"] >= 1, statement
            told = {found.name for found in report.findings if found.kind == "altered"}
            assert event in told or report.counts["altered"] > NAMED, statement
    attack(f"UPDATE referrals_event SET actor_id = NULL WHERE id = {_AN_EVENT.format('approve')}")
    with pytest.raises(CommandError, match="tampered"):
        call_command("verify")


def test_an_edited_entry_is_named() -> None:
    number = one(f"SELECT id FROM ledger_entry WHERE number = {_AN_ENTRY}")
    for statement in (
        "UPDATE ledger_entry SET became = replace(became, '\"item_id\"', '\"item\"') WHERE number = {}",
        'UPDATE ledger_entry SET withheld = \'{{"reason":"Another one."}}\' WHERE number = {}',
        "UPDATE ledger_entry SET person_id = gen_random_uuid() WHERE number = {}",
        "UPDATE ledger_entry SET at = now() WHERE number = {}",
    ):
        with attacked(statement.format(_AN_ENTRY)):
            assert (checked().findings[0].kind, checked().findings[0].name) == ("altered", number), statement


@pytest.mark.parametrize("table", ["referrals_event", "ledger_entry"])
def test_what_is_deleted_inserted_or_moved_is_named(table: str) -> None:
    copied = {
        "referrals_event": "item_id, referral_id, at, recorded_at, xid, kind, from_cell_id, to_cell_id, actor_id, agency_id, details, origin",
        "ledger_entry": "xid, at, what, action, key, person_id, agency_id, origin, referral_id, item_id, was, became, withheld",
    }[table]
    row = f"(SELECT id FROM {table} ORDER BY xid, id LIMIT 1 OFFSET 20)"
    other = f"(SELECT id FROM {table} ORDER BY xid, id LIMIT 1 OFFSET 40)"
    forged = one(f"SELECT {row}")
    attack(f"INSERT INTO {table} ({copied}) SELECT {copied} FROM {table} WHERE id = {row}")
    report = checked()
    assert report.counts["inserted"] == 1
    assert [found.kind for found in report.findings if found.kind != "row"] == ["inserted"]
    attack(f"DELETE FROM {table} WHERE id = '{forged}'")
    report = checked()
    assert report.counts["missing"] == 1
    assert forged in {found.name for found in report.findings if found.kind == "missing"}
    moved = one(f"SELECT {other}")
    attack(f"UPDATE {table} SET xid = '3' WHERE id = '{moved}'")
    assert [found.name for found in checked().findings if found.kind == "moved"] == [moved]


def test_two_events_that_change_places_are_named() -> None:
    # The first and the last event that were sealed.
    first, last = (
        one(f"SELECT id FROM referrals_event ORDER BY xid {way}, id {way} LIMIT 1") for way in ("ASC", "DESC")
    )
    xids = [one(f"SELECT xid FROM referrals_event WHERE id = '{event}'") for event in (first, last)]
    attack(
        f"UPDATE referrals_event SET xid = '{xids[1]}' WHERE id = '{first}'",
        f"UPDATE referrals_event SET xid = '{xids[0]}' WHERE id = '{last}'",
    )
    assert {first, last} <= {found.name for found in checked().findings if found.kind == "moved"}


def test_an_emptied_table_is_found() -> None:
    # TRUNCATE would take along what refers to it; this takes the table alone.
    for table, kind in (
        ("referrals_event", "missing"),
        ("ledger_entry", "missing"),
        ("ledger_seal", "head"),
        ("ledger_head", "witness"),
        ("ledger_salts", "altered"),
        ("holds_hold", "row"),
        ("referrals_referral", "row"),
    ):
        with attacked(f"DELETE FROM {table}"):
            assert checked().counts[kind] >= 1, table
            assert not checked(with_witness=False).is_sound, table


def test_truncate_is_refused_and_found_where_its_guard_is_off() -> None:
    with superuser() as database, pytest.raises(Exception, match="never emptied"):
        database.execute("TRUNCATE ledger_entry")
    attack("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    with superuser() as database:
        database.execute("TRUNCATE ledger_entry")
    assert checked().counts["missing"] > 10


_LEAF = "overlay(leaves PLACING '\\xab'::bytea FROM 5)"


_ON_SEALS = [
    (f"UPDATE ledger_seal SET leaves = {_LEAF} WHERE first = 0", {"altered", "head", "witness"}),
    (
        "UPDATE ledger_seal SET ids = overlay(ids PLACING '\\xab'::bytea FROM 5) WHERE first = 0",
        {"missing", "inserted"},
    ),
    (
        "UPDATE ledger_seal SET bindings = overlay(bindings PLACING decode(repeat('ab', 32), 'hex') FROM (20 * 32 + 1)) WHERE first = 0",
        {"altered"},
    ),
    ("UPDATE ledger_salts SET salts = decode(repeat('00', length(salts)), 'hex')", {"altered"}),
    ("UPDATE ledger_seal SET size = size + 1 WHERE first = 0", {"seal"}),
    ("DELETE FROM ledger_seal WHERE first = (SELECT max(first) FROM ledger_seal)", {"head", "witness"}),
    ("DELETE FROM ledger_seal WHERE first = 0", {"seal"}),
    (
        "UPDATE ledger_head SET root = decode(repeat('ab', 32), 'hex') WHERE size = (SELECT max(size) FROM ledger_head)",
        {"head"},
    ),
    (
        "UPDATE ledger_head SET note = replace(note, 'time 2', 'time 1') WHERE size = (SELECT max(size) FROM ledger_head)",
        {"head"},
    ),
    ("DELETE FROM ledger_head WHERE size = (SELECT min(size) FROM ledger_head)", {"witness"}),
]


def test_whoever_touches_seals_and_heads_is_found() -> None:
    for statement, kinds in _ON_SEALS:
        with attacked(statement):
            assert kinds <= set(checked().counts), statement


_ON_ROWS = [
    (
        "UPDATE referrals_referral SET status = 'removed' WHERE id = (SELECT id FROM referrals_referral WHERE status = 'submitted' LIMIT 1)",
        "referrals_referral",
    ),
    (
        "UPDATE referrals_referral SET availability = 'offline' WHERE id = (SELECT id FROM referrals_referral WHERE availability = 'unknown' LIMIT 1)",
        "referrals_referral",
    ),
    (
        "UPDATE referrals_referral SET approved_at = approved_at - interval '1 hour' WHERE id = (SELECT id FROM referrals_referral WHERE approved_at IS NOT NULL LIMIT 1)",
        "referrals_referral",
    ),
    (
        "UPDATE referrals_referral SET tier = 6 - tier WHERE id = (SELECT id FROM referrals_referral WHERE tier <> 3 LIMIT 1)",
        "referrals_referral",
    ),
    *(
        (
            f"UPDATE referrals_referral SET {change} WHERE id = (SELECT id FROM referrals_referral WHERE {which} LIMIT 1)",
            "referrals_referral",
        )
        for change, which in (
            ("action = 'account_ended'", "action NOT IN ('', 'account_ended')"),
            ("decline_reason = 'other'", "decline_reason NOT IN ('', 'other')"),
            ("decided_at = decided_at - interval '1 hour'", "decided_at IS NOT NULL"),
            ("acknowledged_at = NULL", "acknowledged_at IS NOT NULL"),
            ("returned_at = now()", "returned_at IS NULL"),
            ("submitted_by_id = NULL", "submitted_by_id IS NOT NULL"),
            ("submission_id = NULL", "submission_id IS NOT NULL"),
            ("round = 7, previous_id = id", "round = 1"),
        )
    ),
    (
        "UPDATE referrals_item SET kind = 'other' WHERE id = (SELECT item_id FROM referrals_referral LIMIT 1)",
        "referrals_item",
    ),
    (
        "DELETE FROM referrals_coreferral WHERE id = (SELECT id FROM referrals_coreferral LIMIT 1)",
        "referrals_coreferral",
    ),
    (
        "UPDATE referrals_item SET availability = 'online' WHERE id = (SELECT id FROM referrals_item WHERE availability = 'offline' LIMIT 1)",
        "referrals_item",
    ),
    (
        "UPDATE holds_hold SET ends_at = ends_at + interval '1 day' WHERE id = (SELECT id FROM holds_hold LIMIT 1)",
        "holds_hold",
    ),
    (
        "UPDATE holds_hold SET reason = 'Another one.' WHERE id = (SELECT id FROM holds_hold LIMIT 1)",
        "holds_hold",
    ),
    ("DELETE FROM holds_hold WHERE id = (SELECT id FROM holds_hold LIMIT 1)", "holds_hold"),
    (
        "UPDATE orders_removalorder SET reasons = 'Another text.' WHERE referral_id = (SELECT referral_id FROM orders_removalorder LIMIT 1)",
        "orders_removalorder",
    ),
    (
        "UPDATE orders_removalorder SET document = '\\x00' WHERE referral_id = (SELECT referral_id FROM orders_removalorder WHERE document IS NOT NULL LIMIT 1)",
        "orders_removalorder",
    ),
    (
        "UPDATE verification_check SET seen = 'unknown' WHERE id = (SELECT id FROM verification_check WHERE seen <> 'unknown' LIMIT 1)",
        "verification_check",
    ),
    (
        "DELETE FROM verification_check WHERE id = (SELECT id FROM verification_check LIMIT 1)",
        "verification_check",
    ),
    (
        "UPDATE complaints_complaint SET verdict = 'dismissed', decided_at = now() WHERE id = (SELECT id FROM complaints_complaint WHERE verdict <> 'dismissed' LIMIT 1)",
        "complaints_complaint",
    ),
    (
        "UPDATE intake_submission SET sha256 = 'x' WHERE id = (SELECT id FROM intake_submission LIMIT 1)",
        "intake_submission",
    ),
    (
        "UPDATE directory_membership SET role = 'coordinator' WHERE id = (SELECT id FROM directory_membership WHERE role = 'officer' LIMIT 1)",
        "directory_membership",
    ),
    (
        "INSERT INTO directory_membership (id, user_id, agency_id, role) SELECT gen_random_uuid(), user_id, agency_id, 'administrator' FROM directory_membership WHERE role = 'officer' LIMIT 1",
        "directory_membership",
    ),
    (
        "UPDATE directory_user SET name = 'Somebody Else' WHERE id = (SELECT id FROM directory_user LIMIT 1)",
        "directory_user",
    ),
    (
        "UPDATE referrals_operation SET closed_at = now() WHERE id = (SELECT id FROM referrals_operation WHERE closed_at IS NULL LIMIT 1)",
        "referrals_operation",
    ),
    (
        "UPDATE sending_handoff SET content = '\\x00' WHERE id = (SELECT id FROM sending_handoff LIMIT 1)",
        "sending_handoff",
    ),
    (
        "INSERT INTO evidence_evidence (item_id, referral_id, sha256, size, media_type, filename, note, agency_id) SELECT item_id, id, repeat('a', 64), 1, 'image/png', 'f', '', agency_id FROM referrals_referral LIMIT 1",
        "evidence_evidence",
    ),
]


def test_another_ground_than_it_was_approved_on_is_named() -> None:
    work_on("g")
    with acting_as(SYSTEM):
        pk = Referral.objects.order_by("-id")[0].pk
    ground = "Directive (EU) 2017/541, Art. 5"
    assert apply_to_all("approve", [pk], by=SYSTEM, ground=ground, exemptions_checked=True).moved
    wait_for_the_log()
    assert checked().counts["row"] == 0
    with attacked(f"UPDATE referrals_referral SET ground = 'Another law' WHERE id = '{pk}'"):
        told = [str(one) for one in checked().findings if one.kind == "row"]
    assert told == [f"row: referrals_referral {pk}: it was approved on another ground."]


def test_a_row_that_does_not_follow_from_the_record_is_named() -> None:
    for statement, table in _ON_ROWS:
        with attacked(statement):
            report = checked()
            assert set(report.counts) == {"row"}, statement
            assert report.counts["row"] <= 2, statement
            assert report.findings[0].name.startswith(table), statement


def test_a_column_of_an_upgrade_is_no_finding_until_somebody_changes_it() -> None:
    """Entries of before do not name it; each row holds what the upgrade gave to all."""
    with superuser() as database:
        database.execute("ALTER TABLE referrals_operation ADD COLUMN of_later boolean NOT NULL DEFAULT false")
        database.execute("ALTER TABLE referrals_operation ADD COLUMN further text")
    assert checked().findings == []
    attack("UPDATE referrals_operation SET of_later = true WHERE reference = 'RAD19'")
    assert [one.kind for one in checked().findings] == ["row"]
    attack("UPDATE referrals_operation SET of_later = false WHERE reference = 'RAD19'")
    assert checked().findings == []
    attack("UPDATE referrals_operation SET further = 'x' WHERE reference = 'RAD19'")
    assert [one.kind for one in checked().findings] == ["row"]


def test_what_retention_removes_with_its_salt_leaves_all_seals_valid() -> None:
    with superuser(SILENT) as database:
        number, id_ = database.execute(
            "SELECT number, id FROM ledger_entry WHERE what = 'holds_hold' LIMIT 1"
        ).fetchone()  # type: ignore[misc]
        for seal_first, ids in database.execute("SELECT first, ids FROM ledger_seal").fetchall():
            at = [ids[start : start + 16] for start in range(0, len(ids), 16)]
            if id_.bytes in at:
                start = at.index(id_.bytes) * 16 + 1
                database.execute(
                    f"UPDATE ledger_salts SET salts = overlay(salts PLACING decode(repeat('00', 16), 'hex') FROM {start})"
                    " WHERE seal_id = %s",
                    [seal_first],
                )
        database.execute("UPDATE ledger_entry SET withheld = NULL WHERE number = %s", [number])
    assert checked().findings == []


def test_an_older_backup_in_its_place_is_found_by_the_witness_alone(
    database_run: Run, tmp_path: Path
) -> None:
    backup = f"{database_run.name}_backup"
    databases.leave()
    databases.copy(database_run.name, backup)
    try:
        work_on()
        assert seal() > 0
        databases.leave()
        databases.copy(backup, database_run.name)
    finally:
        with databases.administrator() as server:
            databases.drop(server, backup)
    assert checked(with_witness=False).is_sound
    report = checked()
    assert set(report.counts) == {"witness"}
    assert "older copy" in " ".join(found.message for found in report.findings)


def rewrite_the_tail() -> None:
    """Change what the last event says and forget all seals and heads from its block on, as if they had never been."""
    attack(
        "UPDATE referrals_event SET actor_id = NULL, origin = '' WHERE id ="
        " (SELECT id FROM referrals_event WHERE actor_id IS NOT NULL ORDER BY xid DESC, id DESC LIMIT 1)",
        "DELETE FROM ledger_salts",
        "DELETE FROM ledger_seal",
        "DELETE FROM ledger_head",
    )


def test_a_tail_that_was_rewritten_and_sealed_with_another_key_is_signed_by_nobody() -> None:
    trusted = [signing_keys()[0].public]
    rewrite_the_tail()
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    attack("DELETE FROM ledger_signingkey")
    with override_settings(LEDGER_KEY=key.decode(), LEDGER_WITNESS_FILE=""):
        wait_for_the_log()
        assert seal() > 100
    report = verify(trusted)
    assert report.counts["head"] >= 1
    assert "not signed by a key that is trusted" in report.findings[0].message


def test_a_tail_that_was_rewritten_and_sealed_with_the_stolen_key_is_found_by_the_witness() -> None:
    rewrite_the_tail()
    with override_settings(LEDGER_WITNESS_FILE=""):
        wait_for_the_log()
        assert seal() > 100
    assert checked(with_witness=False).is_sound, "the thief did it well"
    report = checked()
    assert report.counts["witness"] >= 1
    with pytest.raises(CommandError, match="witness"):
        call_command("verify")
