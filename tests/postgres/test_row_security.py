"""Row-level security by itself: what each of the cast reads and writes in SQL that no queryset has narrowed.

Pages and routes narrow first, so they would look right with half the policies gone. One row that belongs to North's referral
to Telegram stands in each table; ``READERS`` says who sees it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction
from psycopg.errors import InsufficientPrivilege

from takedowns.access.actor import NOBODY, SYSTEM, Actor, acting_as
from takedowns.directory.keys import create as create_key
from takedowns.directory.models import Agency, ApiKey, Membership, Platform, Scope, User
from takedowns.holds.models import HeldItem
from takedowns.holds.services import place, place_on_address
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.models import Event, Item, Operation, Outlet, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.search.models import SavedView
from takedowns.webhooks.models import Endpoint
from tests.factories import make_item, make_referrals, undone
from tests.people import People
from tests.postgres.scratch import put_row

EVERYTHING = {"auditor", "administrator"}
NORTH = {"officer", "reviewer", "north_and_telegram", "norths_key"}
OPERATION = NORTH | {"other_officer", "coordinator"} | EVERYTHING
PLATFORM = {"platform_contact", "platform_manager", "telegrams_key"}
REFERRAL = OPERATION | PLATFORM
#: Those of the cast who see the row of a table.
READERS: dict[str, set[str]] = {
    "access_log_look": {"officer", "north_and_telegram"}
    | EVERYTHING,  # whose it is; of a referral, see tests/access_log
    "accounts_accountevent": EVERYTHING,
    "accounts_accountrequest": EVERYTHING,
    "accounts_invitation": EVERYTHING,
    "api_accesstoken": EVERYTHING,
    "api_keptanswer": EVERYTHING | {"telegrams_key"},
    "answers_batch": {"coordinator"} | EVERYTHING,
    "answers_batchrow": {"coordinator"} | EVERYTHING,
    "webhooks_delivery": EVERYTHING | PLATFORM | {"north_and_telegram"},
    "webhooks_endpoint": EVERYTHING | PLATFORM | {"north_and_telegram"},
    "webhooks_tolddue": EVERYTHING,
    "webhooks_try": EVERYTHING | PLATFORM | {"north_and_telegram"},
    "deconfliction_answer": OPERATION - {"north_and_telegram"},
    "deconfliction_exchange": EVERYTHING,
    "deconfliction_pairkey": EVERYTHING,
    "deconfliction_partner": OPERATION - {"north_and_telegram"}
    | {"absent_officer"},  # a name, told to all agencies
    "directory_apikey": EVERYTHING | {"telegrams_key"},
    "directory_directorychange": EVERYTHING,
    # Each their own, and a platform's people those of their platform.
    "directory_membership": OPERATION - {"norths_key"}
    | {"absent_officer", "platform_contact", "platform_manager"},
    "search_asked": NORTH | EVERYTHING,
    "search_bulkchange": OPERATION,
    "search_longchange": OPERATION,
    "search_portion": OPERATION,
    "search_savedview": {"officer", "north_and_telegram"},
    "intake_submission": NORTH | EVERYTHING,
    "intake_submissionrow": NORTH | EVERYTHING,
    "intake_repair": NORTH | EVERYTHING,
    "notices_alertchoice": {"officer", "north_and_telegram"} | EVERYTHING,
    "notices_alertmailed": {"officer", "north_and_telegram"} | EVERYTHING,
    "notices_attention": {"officer", "north_and_telegram"} | EVERYTHING,
    "notices_message": OPERATION,
    "notices_messageend": OPERATION,
    "notices_messageseen": {"officer", "north_and_telegram"} | EVERYTHING,
    "notices_notice": NORTH | EVERYTHING,
    "comments_comment": OPERATION - {"north_and_telegram"},
    "comments_mention": OPERATION - {"north_and_telegram"},
    "complaints_complaint": REFERRAL,
    "duties_duty": NORTH | EVERYTHING,
    "exchange_marking": OPERATION,
    "fingerprints_fingerprint": NORTH - {"north_and_telegram"} | {"coordinator"} | EVERYTHING,
    "fingerprints_givenhash": REFERRAL,
    "hosting_abusecontact": EVERYTHING,
    "hosting_hostingservice": EVERYTHING,
    "statements_reconciliation": OPERATION,
    "statements_statement": REFERRAL,
    "sending_dispatch": OPERATION,
    "referrals_coreferral": OPERATION,
    "referrals_event": REFERRAL,
    "evidence_evidence": NORTH - {"north_and_telegram"} | {"coordinator"} | EVERYTHING,
    "evidence_evidenceaccess": NORTH - {"north_and_telegram"} | {"coordinator"} | EVERYTHING,
    "evidence_evidencescan": NORTH - {"north_and_telegram"} | {"coordinator"} | EVERYTHING,
    "evidence_evidencewithdrawal": NORTH - {"north_and_telegram"} | {"coordinator"} | EVERYTHING,
    "sending_handoff": OPERATION,
    "holds_helditem": NORTH | EVERYTHING,
    "holds_hold": NORTH | EVERYTHING,
    "holds_override": OPERATION,
    "referrals_cell": REFERRAL,
    "referrals_item": REFERRAL,
    "referrals_operation": REFERRAL,
    "referrals_operation_agencies": OPERATION,
    "referrals_operation_platforms": OPERATION,
    "referrals_operationchange": OPERATION,
    "referrals_outlet": OPERATION - {"north_and_telegram"},
    "orders_priornotice": NORTH | EVERYTHING | PLATFORM,
    "referrals_referral": REFERRAL,
    "orders_removalorder": REFERRAL,
    "orders_preservation": REFERRAL,
    "sending_sending": OPERATION,
    "reminders_ladder": OPERATION,
    "reminders_recipients": OPERATION,
    "reminders_reminder": OPERATION,
    "sending_answerlink": OPERATION,
    "sending_answerlinkuse": OPERATION,
    "sending_answercode": EVERYTHING,
    "wallboard_walllink": OPERATION,
    "review_lease": OPERATION,
    "figures_cursor": EVERYTHING,
    "oversight_alarm": {"coordinator"} | EVERYTHING,
    "ledger_entry": EVERYTHING,
    "ledger_head": EVERYTHING,
    "ledger_salts": EVERYTHING,
    "ledger_timestamp": EVERYTHING,
    "ledger_receiver": EVERYTHING,
    "ledger_countersignature": EVERYTHING,
    "ledger_witnessedhead": EVERYTHING,
    "ledger_fork": EVERYTHING,
    "ledger_seal": EVERYTHING,
    "ledger_signingkey": EVERYTHING,
    "figures_selfreport": REFERRAL,
    "figures_publication": OPERATION,
    "figures_publishedfile": OPERATION,
    "rights_disclosure": EVERYTHING,  # of an operation its coordinators, too: tests/rights/test_disclosures.py
    "rights_legalhold": {"coordinator"} | EVERYTHING,
    "rights_pseudonym": EVERYTHING,
    "figures_reached": EVERYTHING,
    "operating_backup": EVERYTHING,
    "figures_standing": EVERYTHING,
    "figures_taken": EVERYTHING,
    "verification_check": OPERATION - {"north_and_telegram"},
    "verification_succession": EVERYTHING,  # of the item that it follows nobody else sees a referral
}
_LIBRARY = "a library's, which knows no actor"
_PUBLIC = "names that every page shows to everybody who is signed in"
_SIGN_IN = "read before it is known who asks: it is what tells who asks"
#: The tables without a policy, each with the reason: the reviewed list. A new table has a policy, or a line here.
OPEN = {
    "account_emailaddress": _SIGN_IN,
    "account_emailconfirmation": _SIGN_IN,
    "access_contextkey": "the web role may not read it at all",
    "accounts_cache": _SIGN_IN,
    "api_usage": "counts of calls by key, written before it is known whether the key is one",
    "auth_group": _LIBRARY,
    "auth_group_permissions": _LIBRARY,
    "auth_permission": _LIBRARY,
    "demo_step": "invented, and only in a demo",
    "directory_agency": _PUBLIC,
    "directory_listedgroup": _PUBLIC,
    "directory_listedgroupname": _PUBLIC,
    "directory_platform": _PUBLIC,
    "directory_platformhost": "which addresses are whose: asked of every list",
    "directory_provider": _PUBLIC,
    "directory_user": _SIGN_IN,
    "directory_user_groups": _LIBRARY,
    "directory_user_user_permissions": _LIBRARY,
    "django_admin_log": _LIBRARY,
    "django_content_type": _LIBRARY,
    "django_migrations": "names of migrations",
    "django_session": _SIGN_IN,
    "installation_installation": "which installation this is; every process asks",
    "installation_logepoch": "on which servers the log was written; changed by a function of the owner's alone",
    "operating_jobfailure": "the last error of a job, by its number; read by administrators' pages alone",
    "intake_progress": "a number of rows by the id of a submission, written by a connection that nobody acts on",
    "mfa_authenticator": _SIGN_IN,
    "notices_noticecursor": "how far a reader of the log has come",
    "orders_addressee": "where a provider takes orders: looked up by whoever writes one",
    "orders_issuingauthority": "the public name and address of an authority",
    "procrastinate_events": _LIBRARY,
    "procrastinate_jobs": _LIBRARY,
    "procrastinate_periodic_defers": _LIBRARY,
    "procrastinate_workers": _LIBRARY,
    "socialaccount_socialaccount": _SIGN_IN,
    "socialaccount_socialapp": _LIBRARY,
    "socialaccount_socialtoken": _SIGN_IN,
    "verification_probelane": "when which host was last asked",
    "verification_schedule": "after how many hours an operation looks again",
}
#: What people write themselves, without a service that asks as the system.
OWN_TO_WRITE = {
    "access_log_look",
    "api_keptanswer",
    "search_savedview",
    "intake_submission",
    "intake_submissionrow",
    "intake_repair",
    "notices_alertchoice",
    "notices_attention",
    "notices_messageseen",
    "review_lease",
}
LATER = datetime.now(UTC) + timedelta(days=30)
#: What agencies say among themselves, which their referral's platform does not read.
AMONG_AGENCIES = {
    "submit",
    "co_refer",
    "approve",
    "reject",
    "reopen",
    "correct",
    "write_order",
    "send_back",
    "resubmit",
    "undo_review",
}


def guarded() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def cast(people: People) -> dict[str, Actor]:
    names = [
        name for name in vars(people) if name not in {"operation", "agency", "other_agency", "absent_agency"}
    ]
    telegram = frozenset({"telegram"})
    return {name: people.actor(name) for name in names} | {
        "north_and_telegram": replace(people.actor("officer"), platforms=telegram),
        "norths_key": Actor(roles={people.agency.pk: frozenset({"officer"})}),
        "telegrams_key": Actor(platforms=telegram),
        "youtubes_contact": Actor(platforms=frozenset({"youtube"})),
        "nobody": NOBODY,
    }


@pytest.fixture
def rows(people: People) -> Referral:
    """Put one row into every guarded table; return the referral that they belong to."""
    (pk,) = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_a"], submitted_by=people.officer
    )
    apply_to_all("approve", [pk], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", [pk], by=SYSTEM)
    with acting_as(SYSTEM):
        referral = Referral.objects.select_related("item").get(pk=pk)
        event = Event.objects.filter(referral=pk)[0]
        telegram, hidden = Platform.objects.get(pk="telegram"), make_item("https://t.me/demo_hidden")
    whose = {
        User: people.officer,
        Agency: people.agency,
        Platform: telegram,
        Operation: people.operation,
        ApiKey: create_key(name="x", platform=telegram, scopes=[Scope.REFERRALS_READ])[0],
        Referral: referral,
        Item: referral.item,
    }
    given: dict[str, dict[str, Any]] = {
        "answers_batch": {"operation": people.operation},
        "accounts_accountrequest": {"kind": "invitation"},
        "access_log_look": {"person_id": people.officer.pk},
        "oversight_alarm": {"agency": people.other_agency},
        "complaints_complaint": {"verdict": ""},
        "evidence_evidence": {"sha256": "0" * 64},
        "duties_duty": {"kind": "exposure", "outcome": "exposed"},
        "fingerprints_fingerprint": {"pdq": "", "quality": 0},
        "fingerprints_givenhash": {"sha256": "0f" * 32, "md5": "", "pdq": ""},
        "hosting_abusecontact": {"source": "network"},
        "holds_hold": {"item": referral.item, "ends_at": LATER},
        "orders_removalorder": {"material": ["incites"]},
        "wallboard_walllink": {"expires_at": LATER},
        "sending_answerlink": {"expires_at": LATER},
        "verification_succession": {"item": referral.item, "predecessor": hidden},
        "webhooks_endpoint": {"platform": telegram},
        "notices_notice": {"referral": referral, "event_id": event.pk},
    }
    every = apps.get_models(include_auto_created=True)
    missing = {model._meta.db_table: model for model in every if model._meta.db_table in guarded()}
    while missing:
        left = {table: model for table, model in missing.items() if not _filled(model, people, whose, given)}
        assert len(left) < len(missing), f"no row can be put into {sorted(left)}"
        missing = left
    with acting_as(SYSTEM):
        Item.objects.filter(pk=referral.item_id).update(outlet=Outlet.objects.get())
    return referral


def _filled(
    model: type[models.Model], people: People, whose: dict[type[models.Model], Any], given: dict[str, Any]
) -> bool:
    """Put a row into a table that has none; tell whether it has one now."""
    values = {
        field.name: whose[field.remote_field.model]
        for field in model._meta.concrete_fields
        if field.remote_field and not field.null and field.remote_field.model in whose
    } | given.get(model._meta.db_table, {})
    # A kept view is its owner's alone to write.
    actor = people.actor("officer") if model is SavedView else SYSTEM
    with acting_as(actor):
        if not model._base_manager.exists():
            put_row(model, "default", **values)
        return model._base_manager.exists()


def _count(table: str, actor: Actor) -> int:
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


def test_every_table_has_a_policy_or_stands_on_the_reviewed_list(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm') AND NOT relrowsecurity"
        )
        without = {name for (name,) in cursor.fetchall()}
    assert without == OPEN.keys()
    assert guarded() == READERS.keys()


def test_each_of_the_cast_reads_what_the_table_says(rows: Referral, cast: dict[str, Actor]) -> None:
    seen = {
        table: {name for name, actor in cast.items() if _count(table, actor)} for table in sorted(guarded())
    }
    assert seen == READERS


def test_an_agencys_endpoint_its_log_and_its_calls_are_read_by_its_own_people_alone(
    rows: Referral, people: People, cast: dict[str, Actor]
) -> None:
    with acting_as(SYSTEM):
        Endpoint.objects.update(platform=None, agency=people.agency)
    for table in ("webhooks_endpoint", "webhooks_delivery", "webhooks_try"):
        assert {name for name, actor in cast.items() if _count(table, actor)} == EVERYTHING | NORTH


def test_a_platform_reads_nothing_of_what_agencies_say_among_themselves(
    rows: Referral, cast: dict[str, Actor]
) -> None:
    with acting_as(SYSTEM):
        for kind in (*AMONG_AGENCIES, "acknowledge"):
            Event.objects.create(item_id=rows.item_id, referral=rows, kind=kind, at=LATER, details={})
    with acting_as(cast["platform_contact"]):
        assert set(Event.objects.values_list("kind", flat=True)) == {"refer", "acknowledge"}
    with acting_as(cast["officer"]):
        assert set(Event.objects.values_list("kind", flat=True)) >= AMONG_AGENCIES


def test_a_link_between_two_items_that_somebody_sees_is_theirs_to_see(
    rows: Referral, people: People, cast: dict[str, Actor]
) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_hidden"])
    seen = {name for name, actor in cast.items() if _count("verification_succession", actor)}
    assert seen == OPERATION - {"north_and_telegram"}


def test_of_roles_and_agencies_of_others_nobody_reads_but_their_own(people: People) -> None:
    with acting_as(people.actor("officer")):
        assert [one.user_id for one in Membership.objects.all()] == [people.officer.pk]
    with acting_as(people.actor("platform_contact")):
        assert {one.platform_id for one in Membership.objects.all()} == {"telegram"}
    with acting_as(Actor(platforms=frozenset({"telegram"}))):
        assert not Membership.objects.exists()
    with acting_as(people.actor("absent_officer")), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM referrals_operation_agencies")
        assert cursor.fetchone() == (0,)


def test_a_hold_on_a_channel_or_an_outlet_reads_out_nothing_that_others_have_of_it(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1", "https://t.me/demo_a/2"])
    absent, north = people.actor("absent_officer"), people.actor("officer")

    def read_by(actor: Actor) -> set[str]:
        with acting_as(actor):
            held = HeldItem.objects.values_list("item__url", flat=True)
            return set(Item.objects.values_list("url", flat=True)) | set(held)

    for actor, agency in ((absent, people.absent_agency), (north, people.agency)):
        place_on_address("https://t.me/demo_a", {}, agency_id=agency.pk, by=actor, reason="x", ends_at=LATER)
    assert read_by(absent) == {"https://t.me/demo_a"}
    assert read_by(north) == {f"https://t.me/demo_a{post}" for post in ("", "/1", "/2")}


def test_an_item_is_seen_by_whoever_handed_it_in_or_has_a_hold_on_it(people: People) -> None:
    (pk,) = make_referrals(people.operation, people.agency, ["https://t.me/demo_a"])
    with acting_as(SYSTEM):
        other = Operation.objects.create(reference="OTHER", name="Other", starts=LATER.date())
        other.agencies.set([people.absent_agency])
        item = Referral.objects.get(pk=pk).item_id
    absent, stranger = people.actor("absent_officer"), people.actor("stranger")

    def sees(actor: Actor) -> bool:
        with acting_as(actor):
            return Item.objects.filter(pk=item).exists()

    assert not sees(absent)
    with undone():
        place(agency_id=people.absent_agency.pk, by=absent, reason="x", ends_at=LATER, item_id=item)
        assert sees(absent)
        assert not sees(stranger)
    receive(
        operation=other,
        agency=people.absent_agency,
        user=people.absent_officer,
        source=Submission.Source.PASTE,
        filename="",
        content=b"https://t.me/demo_a",
        loading=Loading.HERE,
    )
    assert sees(absent)
    assert not sees(stranger)
    with acting_as(absent):
        assert not Referral.objects.exists()


def test_nobody_writes_past_the_services(rows: Referral, cast: dict[str, Actor]) -> None:
    tried = [
        (who, statement)
        for table in sorted(guarded() - OWN_TO_WRITE)
        for who in sorted(READERS[table] - EVERYTHING)
        for statement in _writing(table)
    ]
    assert [(who, statement) for who, statement in tried if _does_something(statement, cast[who])] == []


def _writing(table: str) -> tuple[str, str, str]:
    column = _a_column(table)
    return (
        f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE SELECT * FROM "{table}"',
        f'UPDATE "{table}" SET {column} = {column}',
        f'DELETE FROM "{table}"',
    )


def _a_column(table: str) -> str:
    model = next(
        model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table
    )
    return f'"{next(field.column for field in model._meta.concrete_fields if not field.primary_key)}"'


def _does_something(statement: str, actor: Actor) -> bool:
    """Run a statement and take it back; tell whether the database would have let it change a row."""
    try:
        with transaction.atomic(), acting_as(actor), connection.cursor() as cursor:
            cursor.execute(statement)
            changed = cursor.rowcount > 0
            transaction.set_rollback(True)
    except ProgrammingError as refused:
        if isinstance(refused.__cause__, InsufficientPrivilege):  # row-level security, or no right at all
            return False
        raise
    return changed
