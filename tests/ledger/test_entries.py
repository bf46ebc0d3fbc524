"""What counts becomes an entry, whoever changes it; names and free text stand apart from it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.keys import create as create_key
from takedowns.directory.models import Scope
from takedowns.holds.models import Hold
from takedowns.holds.services import place, release
from takedowns.ledger.entries import read
from takedowns.ledger.models import Entry
from takedowns.referrals.models import Event
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_item, make_referrals
from tests.ledger.conftest import entries_of, run_as_system, superuser
from tests.people import People, make_people

#: Tables of ours whose changes are no entries of their own, and why.
NOT_ENTERED = {
    "referrals_event": "an event is an entry as it stands",
    "referrals_referral": "follows from its events",
    "referrals_item": "follows from its identity and its events",
    "referrals_coreferral": "follows from the event co_refer",
    "referrals_cell": "each entry of an event says it whole",
    "intake_submissionrow": "follows from the file, whose digest stands in the submission's entry",
    "answers_batchrow": "follows from the batch and the events",
    "intake_progress": "how far a reading is, for a page",
    "notices_notice": "a pointer into the log",
    "notices_noticecursor": "a reader's place",
    "notices_attention": "what one person wants to be told",
    "notices_alertchoice": "how one person wants to be alerted",
    "notices_alertmailed": "that a mail went",
    "notices_messageseen": "what one person put away as read",
    "figures_standing": "counted from the log",
    "figures_reached": "counted from the log",
    "figures_taken": "counted from the log",
    "figures_cursor": "a reader's place",
    "search_savedview": "one person's own",
    "search_portion": "which referrals the worker takes at once; what it did is a change of many",
    "search_asked": "a count",
    "webhooks_delivery": "made from the log",
    "webhooks_try": "made from the log",
    "webhooks_tolddue": "made from the log",
    "api_usage": "a count",
    "api_accesstoken": "a digest, good for minutes; what is done with a token names its key",
    "api_keptanswer": "an answer kept for a day",
    "demo_step": "of the demo",
    "fingerprints_fingerprint": "computed from the file, whose digest stands in the evidence’s entry",
    "fingerprints_givenhash": "follows from the list, whose digest stands in the submission's entry",
    "deconfliction_answer": "what a partner said; how much, in the entry of its call",
    "deconfliction_pairkey": "how calls go; that a key was made or entered is entered by the service",
    "hosting_abusecontact": "what registries said, kept for a month",
    "access_contextkey": "made from SECRET_KEY at each migrate",
    "holds_helditem": "follows from its hold and the items of that moment",
    "operating_jobfailure": "what went wrong in a job, for a page",
    "sending_answercode": "keyed digests of codes, for minutes; asking for one and coming in are entered",
    "review_lease": "who has what on the screen, for some minutes",
    "directory_user_groups": "of Django's administration, which nobody has",
    "directory_user_user_permissions": "the same",
    "access_log_look": "who looked, kept apart: many times as long, and for a time only",
    "ledger_entry": "itself",
    "ledger_seal": "itself",
    "ledger_salts": "itself",
    "ledger_head": "itself",
    "ledger_timestamp": "itself: an entry of each would be a new head, and that a new stamp, without end",
    "ledger_countersignature": "itself: as time stamps",
    "ledger_witnessedhead": "others' heads, signed by both; two that witness each other would go on without end",
    "ledger_receiver": "when a head goes to whom the next time",
}
#: Columns of text that entries show: closed vocabularies, codes, digests, keys of rows.
SHOWN = {
    "accounts_accountevent.kind",
    "accounts_accountrequest.outcome",
    "accounts_accountrequest.platform_id",
    "accounts_accountrequest.role",
    "accounts_accountrequest.kind",
    "accounts_invitation.role",
    "answers_batch.dates",
    "answers_batch.hand_off",
    "answers_batch.platform_id",
    "answers_batch.sha256",
    "answers_batch.state",
    "complaints_complaint.complainant",
    "complaints_complaint.verdict",
    "directory_agency.country",
    "directory_agency.slug",
    "directory_agency.zone",
    "installation_installation.cluster",
    "installation_installation.version",
    "installation_logepoch.server",
    "operating_backup.place",
    "installation_logepoch.timeline",
    "intake_repair.subject",
    "figures_publication.sha256",
    "figures_publishedfile.kind",
    "figures_publishedfile.language",
    "figures_publishedfile.number",
    "figures_publishedfile.sha256",
    "directory_apikey.certificates",
    "directory_apikey.prefix",
    "directory_apikey.scopes",
    "directory_directorychange.action",
    "directory_directorychange.kind",
    "directory_listedgroup.code",
    "directory_listedgroup.list",
    "directory_membership.platform_id",
    "directory_membership.role",
    "directory_platform.provider_id",
    "directory_platform.slug",
    "directory_platformhost.host",
    "directory_platformhost.platform_id",
    "directory_provider.slug",
    "directory_user.language",
    "directory_invitation.platform_id",
    "accounts_invitation.platform_id",
    "directory_apikey.platform_id",
    "evidence_evidence.by_itself",
    "evidence_evidence.media_type",
    "evidence_evidence.sha256",
    "evidence_evidencescan.engine",
    "evidence_evidencescan.outcome",
    "evidence_evidencescan.signature",
    "evidence_evidenceaccess.action",
    "deconfliction_exchange.direction",
    "deconfliction_exchange.nonce",
    "deconfliction_partner.state",
    "duties_duty.kind",
    "duties_duty.outcome",
    "duties_duty.platform_id",
    "exchange_marking.tlp",
    "hosting_hostingservice.domain",
    "hosting_hostingservice.platform_id",
    "figures_selfreport.platform_id",
    "intake_submission.instrument",
    "intake_submission.platform_id",
    "intake_submission.sha256",
    "intake_submission.source",
    "intake_submission.state",
    "rights_disclosure.number",
    "rights_disclosure.recipient",
    "ledger_fork.known",
    "ledger_fork.ledger",
    "ledger_fork.refused",
    "ledger_fork.said",
    "ledger_fork.witness",
    "ledger_signingkey.statement",
    "orders_addressee.member_state",
    "orders_addressee.platform_id",
    "orders_issuingauthority.kind",
    "orders_issuingauthority.member_state",
    "orders_preservation.requester",
    "orders_priornotice.platform_id",
    "orders_removalorder.impediment",
    "orders_removalorder.material",
    "orders_removalorder.sha256",
    "referrals_operation.default_ground",
    "rights_pseudonym.outcome",
    "referrals_operation.default_instrument",
    "referrals_operation.reference",
    "referrals_operation_platforms.channel",
    "referrals_operation_platforms.platform_id",
    "referrals_operationchange.kind",
    "reminders_recipients.platform_id",
    "reminders_reminder.platform_id",
    "reminders_reminder.state",
    "reminders_reminder.step",
    "oversight_alarm.kind",
    "search_bulkchange.kind",
    "search_longchange.kind",
    "search_longchange.language",
    "sending_answerlinkuse.kind",
    "sending_dispatch.platform_id",
    "sending_handoff.bundle_sha256",
    "sending_handoff.platform_id",
    "sending_handoff.sha256",
    "sending_sending.how",
    "sending_sending.state",
    "verification_check.robot",
    "verification_check.seen",
    "verification_probelane.platform_id",
    "webhooks_endpoint.agency_id",
    "webhooks_endpoint.platform_id",
    "webhooks_endpoint.types",
    "statements_reconciliation.platform_id",
    "statements_reconciliation.sha256",
    # JSON of counts, codes and ids.
    "statements_reconciliation.counts",
    "answers_batch.counts",
    "intake_submission.counts",
    "intake_submission.layout",
    "search_bulkchange.refused",
    "sending_dispatch.referred",
    "sending_dispatch.refused",
}


def entered_tables() -> dict[str, set[str]]:
    """Return by table on which statements a trigger writes entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname ~ '^ledger_' AND tgenabled = 'O'"
            " AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        )
        found: dict[str, set[str]] = {}
        for table, name in cursor.fetchall():
            found.setdefault(table, set()).add(name)
    return found


def test_changes_of_every_table_become_entries_or_it_is_said_why_not(db: None) -> None:
    ours = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("takedowns.")
    }
    entered = entered_tables()
    assert set(entered) | set(NOT_ENTERED) == ours
    assert not set(entered) & set(NOT_ENTERED)
    assert set(map(frozenset, entered.values())) == {
        frozenset({"ledger_added", "ledger_changed", "ledger_removed"})
    }


def test_each_column_of_text_is_withheld_unless_it_says_nothing_personal(db: None) -> None:
    shown = set()
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table not in entered_tables():
            continue
        columns = {field.column: field for field in model._meta.concrete_fields}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT takedowns_entry_text(%s, false)",
                [json.dumps(dict.fromkeys(columns, "some text"))],
            )
            for name, value in json.loads(cursor.fetchone()[0]).items():
                field = columns[name]
                holds_text = isinstance(
                    field.target_field if field.remote_field else field,
                    (models.CharField, models.TextField, models.JSONField),
                ) or (hasattr(field, "base_field") and isinstance(field.base_field, models.CharField))
                if holds_text and value == "some text":
                    shown.add(f"{table}.{name}")
    assert shown <= SHOWN, "a column of free text or of names belongs into takedowns_entry_text.sql"


def test_a_hold_and_its_end_are_entries_that_name_who_for_whom_and_not_why(people: People) -> None:
    item = make_item("https://t.me/demo_channel")
    officer = people.actor("officer")
    hold = place(
        agency_id=people.agency.pk,
        by=officer,
        reason="We read “it”\n.",
        item_id=item.pk,
        ends_at=timezone.now() + timedelta(days=7),
    )
    with acting_as(officer):
        release(hold.pk, by=officer)
    placed, released = entries_of("holds_hold")
    assert [placed.action, released.action] == ["added", "changed"]
    assert placed.key == str(hold.pk)
    assert placed.item_id == item.pk
    assert released.person_id == people.officer.pk
    assert released.agency_id == people.agency.pk
    assert placed.was is None
    assert released.was == placed.became
    shown = json.loads(released.became)
    assert shown["released_at"]
    assert "reason" not in shown
    assert json.loads(released.withheld) == {"reason": "We read “it”\n."}


def test_whoever_writes_past_the_application_writes_an_entry(db: None) -> None:
    with superuser() as bare, bare.transaction(force_rollback=True):
        bare.execute("INSERT INTO referrals_outlet (name) VALUES ('Invented outlet')")
        bare.execute("DELETE FROM referrals_outlet WHERE name = 'Invented outlet'")
        removed, added = bare.execute(
            "SELECT action, person_id, withheld FROM ledger_entry WHERE what = 'referrals_outlet' ORDER BY number DESC LIMIT 2"
        ).fetchall()
    assert added == ("added", None, '{"name":"Invented outlet"}')
    assert removed == ("removed", None, '{"name":"Invented outlet"}')


def test_what_changes_by_itself_is_no_entry(people: People) -> None:
    key = create_key(name="n", platform=people.operation.platforms.first(), scopes=[Scope.REFERRALS_READ])[0]
    before = len(entries_of("directory_apikey"))
    run_as_system("UPDATE directory_apikey SET last_used_at = now() WHERE id = %s", key.pk)
    assert len(entries_of("directory_apikey")) == before
    run_as_system("UPDATE directory_apikey SET secret_hash = 'another' WHERE id = %s", key.pk)
    changed = entries_of("directory_apikey")[-1]
    assert "another" not in changed.became + changed.withheld
    assert json.loads(changed.became)["secret_hash"].startswith("sha256:")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ledger_entry (what, action, key, origin) VALUES ('holds_hold', 'added', 'x', '')",
        "UPDATE ledger_entry SET key = 'x'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "UPDATE ledger_seal SET size = 0",
        "DELETE FROM ledger_head",
    ],
)
def test_the_application_cannot_touch_the_ledger(db: None, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run_as_system(statement)


def test_only_those_who_see_everything_read_it(people: People) -> None:
    for name, sees in (
        ("auditor", True),
        ("administrator", True),
        ("officer", False),
        ("platform_contact", False),
    ):
        with acting_as(people.actor(name)):
            assert Entry.objects.exists() is sees, name


@pytest.mark.django_db(transaction=True)
def test_events_and_entries_tell_the_page_the_key_and_the_address() -> None:
    people = make_people()
    [referral] = make_referrals(people.operation, people.agency, ["https://t.me/demo_channel"])
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.force_login(people.reviewer)
    client.post(
        "/operations/RAD19/review/", {"decision": "reject", "reason": "Not ours.", "referral": str(referral)}
    )
    with acting_as(SYSTEM):
        event = Event.objects.get(referral=referral, kind="reject")
        with connection.cursor() as cursor:
            entry = next(one for one in read(cursor) if one.id == str(event.pk).encode())
    assert event.origin == "page 192.0.2.7"
    told = json.loads(entry.text(None))
    assert told["by"] == {"door": "page", "person": str(people.reviewer.pk)}
    assert told["was"]["status"] == "submitted"
    assert told["became"]["status"] == "rejected"
    assert b"Not ours" not in entry.shown
    assert json.loads(entry.withheld or b"") == {"address": "192.0.2.7", "reason": "Not ours."}


def test_a_call_with_a_key_names_the_key(people: People) -> None:
    platform = people.operation.platforms.get(slug="telegram")
    key, text = create_key(name="n", platform=platform, scopes=[Scope.DECISIONS_WRITE])
    [referral] = make_referrals(people.operation, people.agency, ["https://t.me/demo_channel"])
    apply_to_all("approve", [referral], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", [referral], by=SYSTEM)
    answer = Client(REMOTE_ADDR="192.0.2.8").post(
        "/api/v1/decisions",
        {"decisions": [{"referral": str(referral), "verdict": "acknowledge"}]},
        content_type="application/json",
        headers={"authorization": f"Bearer {text}"},
    )
    assert answer.status_code == 200, answer.content
    with acting_as(SYSTEM):
        assert Event.objects.get(referral=referral, kind="acknowledge").origin == f"key {key.pk} 192.0.2.8"


@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,12}", fullmatch=True),
        st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_writes_json_as_rfc_8785_does(db: None, fields: dict[str, Any]) -> None:
    # orjson's sorted output is the RFC's for strings and names of ASCII; it is checked against the RFC's own example below.
    assert _flat(fields) == (orjson.dumps(fields, option=orjson.OPT_SORT_KEYS).decode())


def test_the_rfcs_example_of_a_string(db: None) -> None:
    # RFC 8785, section 3.2.2.
    given_ = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"}
    expected = '{"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert _flat(given_) == expected


def _flat(fields: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT takedowns_flat_json(%s)", [json.dumps(fields)])
        return str(cursor.fetchone()[0])


def test_a_hold_can_still_be_placed_where_nobody_is_named(people: People) -> None:
    item = make_item("https://t.me/demo_channel")
    with acting_as(SYSTEM):
        now = timezone.now()
        Hold.objects.create(
            item=item, agency=people.agency, reason="r", placed_at=now, ends_at=now + timedelta(1)
        )
    assert entries_of("holds_hold")[0].person_id is None
