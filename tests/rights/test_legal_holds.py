"""While a legal hold stands, no retention rule takes what it covers; who places it, why, and who ends it is on record."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.access_log.partitions import forget as forget_looks
from takedowns.access_log.partitions import prepare
from takedowns.answers.batches import discard_abandoned as discard_batches
from takedowns.answers.models import Batch
from takedowns.intake.confirm import discard_abandoned as discard_previews
from takedowns.intake.models import Submission
from takedowns.ledger.models import Entry
from takedowns.notices.models import Notice, What
from takedowns.referrals.models import Operation
from takedowns.referrals.reference import reference_of
from takedowns.retention.services import forget
from takedowns.rights.legal_holds import Covered, LegalHoldError, named, place, release
from takedowns.rights.models import LegalHold
from takedowns.webhooks.log import forget_old
from takedowns.webhooks.models import Delivery, Endpoint
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.people import People
from tests.postgres.scratch import put_row

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=3 * 365)


@pytest.fixture
def two(people: People) -> list[UUID]:
    """Return the ids of two referrals of the operation."""
    return make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1", "https://t.me/demo_b/1"])


def hold(people: People, referral_id: UUID | None = None, by: str = "coordinator") -> LegalHold:
    """Place a legal hold on a referral, or on the whole operation."""
    reference = people.operation.reference
    text = reference_of(reference, referral_id) if referral_id else reference
    with acting_as(people.actor(by)) as actor:
        return place(named(text, by=actor), "Court of Lantern, 12/19.", by=actor)


def _notice(people: People, referral_id: UUID) -> int:
    with acting_as(SYSTEM):
        return Notice.objects.create(
            what=What.REMOVED,
            at=timezone.now() - YEARS,
            told_at=timezone.now() - YEARS,
            agency=people.agency,
            operation=people.operation,
            referral_id=referral_id,
            event_id=UUID(int=1),
        ).number


def _notices() -> set[int]:
    with acting_as(SYSTEM):
        return set(Notice.objects.values_list("number", flat=True))


def _plan(**options: bool) -> dict[str, Any]:
    said = StringIO()
    call_command("retention", stdout=said, dry_run=True, json=True, **options)
    return {one["table"]: one for one in json.loads(said.getvalue())["classes"]}


def test_of_a_referral_under_a_legal_hold_nothing_goes_and_of_its_neighbour_it_does(
    people: People, two: list[UUID]
) -> None:
    held, _free = (_notice(people, one) for one in two)
    placed = hold(people, two[0])
    forget()
    assert _notices() == {held}
    with acting_as(people.actor("coordinator")) as coordinator:
        release(placed.pk, "The court has decided.", by=coordinator)
    forget()
    assert _notices() == set()


def test_the_dry_run_tells_what_stays_and_how_old_what_goes_is(people: People, two: list[UUID]) -> None:
    for one in two:
        _notice(people, one)
    hold(people, two[0])
    told = _plan()["notices_notice"]
    assert (told["rows"], told["held"], told["setting"]) == (1, 1, "KEEP_NOTICES_DAYS")
    assert timezone.now() - datetime.fromisoformat(told["oldest"]) >= YEARS
    assert _plan()["procrastinate_jobs"]["held"] == 0
    said = StringIO()
    call_command("retention", stdout=said, dry_run=True)
    [line] = (line for line in said.getvalue().splitlines() if line.startswith("What people were told"))
    assert "1 of notices_notice would go" in line
    assert "1 more stay: a legal hold, or a preservation period, keeps them." in line
    assert "The oldest is of" in line


@pytest.mark.parametrize("whole", [True, False], ids=["operation", "referral"])
def test_who_looked_at_it_stays_when_its_month_goes(people: People, two: list[UUID], *, whole: bool) -> None:
    prepare(0)
    now = timezone.now()
    with acting_as(SYSTEM):
        other = Operation.objects.create(reference="OTHER", name="Other", starts=now.date())
        for at in (now, now - timedelta(days=400)):  # the second is of a month that was never made
            for operation, referral in (
                (people.operation, two[0]),
                (people.operation, two[1]),
                (other, None),
            ):
                Look.objects.create(
                    person_id=people.officer.pk,
                    roles="",
                    origin="",
                    view="x",
                    what="referral",
                    at=at,
                    operation=operation.reference,
                    referral_id=referral,
                )
    placed = hold(people, None if whole else two[0])
    assert forget_looks(now + YEARS) == 1
    kept = {two[0], two[1]} if whole else {two[0]}
    with acting_as(SYSTEM):
        assert set(Look.objects.values_list("referral_id", flat=True)) == kept
        assert Look.objects.count() == 2 * len(kept)
    release(placed.pk, "Over.", by=SYSTEM)
    forget_looks(now + YEARS)
    with acting_as(SYSTEM):
        assert not Look.objects.exists()


def test_previews_and_deliveries_about_it_stay(people: People, two: list[UUID]) -> None:
    long_ago = timezone.now() - YEARS
    reference = reference_of(people.operation.reference, two[0])
    with acting_as(SYSTEM):
        put_row(Submission, "default", operation=people.operation, state="previewed", received_at=long_ago)
        put_row(Batch, "default", operation=people.operation, state="previewed", at=long_ago)
        put_row(Endpoint, "default", platform_id="telegram", types=["referral.created"], numbered=0)
        for number, body in enumerate((f'{{"reference":"{reference}"}}', f'{{"id":"{two[1]}"}}', "{}")):
            put_row(
                Delivery, "default", number=number, payload=body.encode(), ended_at=long_ago, made_at=long_ago
            )
    placed, one = hold(people), hold(people, two[1])
    assert (discard_previews(), discard_batches(), forget_old()) == (0, 0, 1)
    release(placed.pk, "Over.", by=SYSTEM)
    assert (discard_previews(), discard_batches(), forget_old()) == (1, 1, 1)
    release(one.pk, "Over.", by=SYSTEM)
    assert forget_old() == 1


def test_who_may_place_what(people: People, two: list[UUID]) -> None:
    with acting_as(SYSTEM):
        other = Operation.objects.create(reference="OTHER", name="Other", starts=timezone.now().date())
    for by in ("officer", "reviewer", "auditor", "platform_contact"):
        with (
            acting_as(people.actor(by)) as actor,
            pytest.raises(LegalHoldError, match="no operation or referral"),
        ):
            named("RAD19", by=actor)
        with (
            pytest.raises(LegalHoldError, match="by coordinators of the operation"),
            acting_as(people.actor(by)) as actor,
        ):
            place(Covered(people.operation), "r", by=actor)
    with acting_as(people.actor("coordinator")) as actor, pytest.raises(LegalHoldError, match="no operation"):
        named("OTHER", by=actor)
    with acting_as(people.actor("administrator")) as actor:
        placed = place(named(" other ", by=actor), "r", by=actor)
    assert placed.operation == other
    with (
        pytest.raises(LegalHoldError, match="not yours to release"),
        acting_as(people.actor("coordinator")) as actor,
    ):
        release(placed.pk, "r", by=actor)
    with (
        pytest.raises(LegalHoldError, match="Say who needs it"),
        acting_as(people.actor("administrator")) as actor,
    ):
        place(Covered(other), " ", by=actor)


def test_the_ledger_tells_who_placed_and_released_it_and_withholds_why(people: People) -> None:
    placed = hold(people)
    with acting_as(people.actor("administrator")) as actor:
        release(placed.pk, "The court has decided.", by=actor)
    with acting_as(SYSTEM):
        added, changed = Entry.objects.filter(what="rights_legalhold", key=str(placed.pk)).order_by("number")
    assert (added.person_id, changed.person_id) == (people.coordinator.pk, people.administrator.pk)
    assert "Lantern" not in (added.became or "")
    assert json.loads(added.withheld or "")["reason"] == "Court of Lantern, 12/19."
    assert json.loads(changed.withheld or "")["release_reason"] == "The court has decided."


def test_the_page_places_shows_and_releases(people: People, two: list[UUID], signed_in: SignedIn) -> None:
    page, client = "/retention/legal-holds/", signed_in("coordinator")
    reference = reference_of("RAD19", two[0])
    wrong = client.post(page, {"covers": "RAD19-0000-00000", "reason": "r"})
    assert wrong.status_code == 422
    assert "Nothing was placed." in wrong.content.decode()
    assert client.post(page, {"covers": reference.lower(), "reason": "File 12/19"}).status_code == 302
    with acting_as(SYSTEM):
        placed = LegalHold.objects.get()
    assert placed.referral_id == two[0]
    for who in ("coordinator", "auditor", "administrator"):
        shown = signed_in(who).get(page).content.decode()
        assert reference in shown
        assert "File 12/19" in shown
    release_page = f"{page}{placed.pk}/release/"
    assert signed_in("auditor").post(release_page, {"reason": "r"}).status_code == 403
    assert client.post(release_page, {"reason": " "}).status_code == 422
    assert client.post(release_page, {"reason": "Decided"}).status_code == 302
    assert client.post(release_page, {"reason": "Again"}).status_code == 422
    assert "Decided" in client.get(page).content.decode()
    assert signed_in("officer").get(page).status_code == 403
