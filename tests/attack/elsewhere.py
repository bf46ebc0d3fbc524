"""An operation that nobody of the cast takes part in, with a word in every text that somebody could have typed there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.directory import keys
from takedowns.directory.models import Agency, ApiKey, Membership, Platform, User
from takedowns.figures.models import Publication
from takedowns.figures.register.services import digest
from takedowns.figures.register.stored import stored_board, stored_counts
from takedowns.figures.values import Board, Counts
from takedowns.holds.services import place
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.orders.writing import write_orders
from takedowns.referrals.models import Cell, Event, Item, Operation, Outlet, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.search.models import SavedView
from tests.evidence.hostile import picture
from tests.evidence.test_pages import attached
from tests.orders.test_orders_issuing import EMERGENCY, make_authority
from tests.people import PASSWORD, People
from tests.postgres.scratch import put_row
from tests.postgres.test_row_security import guarded

#: Stands in every text of the other operation.
WORD: Final = "zqxmark"
REFERENCE: Final = "ELSEWHERE7"

#: Written by triggers, or not of an operation; or by the services above.
_LEFT_OUT: Final = {
    *(
        f"deconfliction_{name}" for name in ("partner", "pairkey", "answer", "exchange")
    ),  # of the installation
    "directory_membership",
    "figures_cursor",
    "hosting_hostingservice",  # the domain of a platform, whoever asked it first
    "figures_reached",
    "figures_taken",
    "figures_standing",
    "operating_backup",
    "referrals_cell",
    "referrals_event",
    "referrals_item",
    *(
        f"ledger_{name}"
        for name in ("entry", "head", "salts", "seal", "signingkey", "timestamp", "countersignature")
    ),
}
#: What a constraint wants.
_GIVEN: Final[dict[str, dict[str, Any]]] = {
    "accounts_accountrequest": {"kind": "invitation"},
    "complaints_complaint": {"verdict": ""},
    "orders_removalorder": {"material": ["incites"]},
    "evidence_evidence": {"sha256": "0" * 64},
    "evidence_evidencescan": {"outcome": "found", "released_at": timezone.now()},
    "fingerprints_fingerprint": {"pdq": ""},
    "fingerprints_givenhash": {"sha256": "0f" * 32, "md5": "", "pdq": ""},
}
_NEVER: Final = {
    "answers_batch": ("platform",),
    "accounts_accountrequest": ("platform",),
    "accounts_invitation": ("platform",),
    "webhooks_endpoint": ("platform",),
}


#: Where a constraint wants more than plain values, or which nobody but its owner sees.
NOT_THERE: Final = {
    "holds_override",
    "notices_notice",
    "rights_pseudonym",
    "search_savedview",
    "verification_check",
    "verification_succession",
}


@dataclass
class Elsewhere:
    """The other operation, and what could be named in an address or a form to reach it: keys by table."""

    reference: str
    keys: dict[str, list[str]]

    @property
    def uuids(self) -> list[str]:
        """Return every key that is a UUID, those of referrals first."""
        found = [*self.keys["referrals_referral"]]
        for _table, some in sorted(self.keys.items()):
            found += [key for key in some if len(key) == 36 and key not in found]
        return found


def make_elsewhere(people: People) -> Elsewhere:
    """Make it. Its platform is YouTube, where nobody of the cast answers."""
    before = _keys()
    with acting_as(SYSTEM):
        agency = Agency.objects.create(slug="elsewhere", name="Elsewhere Unit", country="DE")
        operation = Operation.objects.create(
            reference=REFERENCE, name=f"{WORD} day", starts=people.operation.starts, default_ground=WORD
        )
        operation.refresh_from_db()
        operation.agencies.set([agency])
        operation.platforms.set(Platform.objects.filter(pk="youtube"))
        officer, reviewer = (
            User.objects.create_user(f"{WORD}{n}@example.org", f"{WORD} {n}", PASSWORD) for n in (1, 2)
        )
        for person, role in ((officer, Role.OFFICER), (reviewer, Role.REVIEWER)):
            Membership.objects.create(user=person, agency=agency, role=role)
    theirs = replace(
        people,
        operation=operation,
        agency=agency,
        other_agency=agency,
        officer=officer,
        reviewer=reviewer,
        coordinator=officer,
    )
    make_authority(theirs)
    listed = "".join(
        f"https://www.youtube.com/watch?v={WORD}0000;{WORD} note\n".replace("0000", f"{n:04}")
        for n in range(3)
    )
    for loading in (Loading.HERE, Loading.PREVIEW):
        receive(
            operation=operation,
            agency=agency,
            user=officer,
            source=Submission.Source.FILE,
            filename=f"{WORD}.csv",
            content=f"url;note\n{listed}".encode(),
            loading=loading,
        )
    with acting_as(SYSTEM):
        outlet = Outlet.objects.create(name=f"{WORD} outlet")
        Item.objects.filter(key__contains=WORD).update(outlet=outlet)
        ids = list(Referral.objects.filter(operation=operation).order_by("pk").values_list("pk", flat=True))
        Referral.objects.filter(pk__in=ids).update(listed_group=WORD)
    actor = theirs.actor("officer")
    write_orders(ids[:1], replace(EMERGENCY, reasons=WORD), by=actor)
    apply_to_all("approve", ids[1:2], by=SYSTEM, exemptions_checked=True)
    attached(theirs, ids[1], f"{WORD}.png", picture())
    with acting_as(SYSTEM):
        referral = Referral.objects.select_related("item").get(pk=ids[1])
    place(
        agency_id=agency.pk,
        by=actor,
        reason=WORD,
        item_id=referral.item_id,
        ends_at=timezone.now() + timedelta(days=1),
    )
    _plant(theirs, referral, outlet)
    after = _keys()
    made = {table: sorted(after[table] - before[table]) for table in after}
    not_there = {table for table, some in made.items() if not some} - _LEFT_OUT
    assert not_there == NOT_THERE, not_there ^ NOT_THERE
    return Elsewhere(REFERENCE, made)


def _plant(theirs: People, referral: Referral, outlet: Outlet) -> None:
    """Put one more row into each table, with the word in each of its texts."""
    whose: dict[type[models.Model], Any] = {
        User: theirs.officer,
        Agency: theirs.agency,
        Platform: Platform.objects.get(pk="youtube"),
        Operation: theirs.operation,
        ApiKey: keys.create(name=f"{WORD} key", agency=theirs.agency)[0],
        Referral: referral,
        Item: referral.item,
        Outlet: outlet,
    }
    with acting_as(SYSTEM):
        whose[Event] = Event.objects.filter(referral=referral)[0]
        for model in (Submission, Cell):
            whose[model] = model._base_manager.filter(operation=theirs.operation)[0]
    every = apps.get_models(include_auto_created=True)
    left = [model for model in every if model._meta.db_table in guarded() - _LEFT_OUT]
    while left:  # what others point at first, so that nothing of elsewhere stands beside a row of the cast's
        ready = [model for model in left if not _points_at(model) & ({*left} - {model, *whose})]
        assert ready, left
        for model in ready:
            row = _put(model, theirs, whose)
            if row is not None:
                whose.setdefault(model, row)
        left = [model for model in left if model not in ready]


def _points_at(model: type[models.Model]) -> set[Any]:
    return {field.remote_field.model for field in model._meta.concrete_fields if field.remote_field}


def _put(model: type[models.Model], theirs: People, whose: dict[type[models.Model], Any]) -> Any:
    """Put a row into a table; return it, or None where a constraint wants more than plain values."""
    table = model._meta.db_table
    given: dict[str, Any] = dict(_GIVEN.get(table, {}))
    if model is Publication:
        given |= _told(theirs.operation)
    for field in model._meta.concrete_fields:
        if field.name in _NEVER.get(table, ()):
            given[field.name] = None
        elif field.remote_field and field.remote_field.model in whose:
            given[field.name] = whose[field.remote_field.model]
        elif field.remote_field and field.remote_field.model._meta.db_table in guarded():
            if not field.null:
                return None
        elif field.name in ("expires_at", "ends_at"):
            given[field.name] = timezone.now() + timedelta(days=9)
        elif _is_free_text(field):
            given.setdefault(field.name, WORD)
    # A kept view is its owner's alone to write.
    writes = theirs.actor("officer") if model is SavedView else SYSTEM
    with acting_as(theirs.actor("officer")), acting_as(writes):
        before = {row.pk for row in model._base_manager.all()}
        put_row(model, "default", **given)
        return next((row for row in model._base_manager.all() if row.pk not in before), None)


def _told(operation: Operation) -> dict[str, Any]:
    """Return what a publication stores that tells nothing yet: its page shows it only where the digest is right."""
    told = stored_board(
        Board(
            operation_id=operation.pk,
            reference=operation.reference,
            name=operation.name,
            starts=operation.starts,
            ends=None,
            rows=(),
            total=Counts(),
            hours=(),
            as_of=timezone.now(),
            etag="",
        )
    )
    return {"told": told, "sha256": digest(told), "full_counts": {"": stored_counts(Counts())}}


def _is_free_text(field: models.Field[Any, Any]) -> bool:
    return (
        isinstance(field, models.CharField | models.TextField)
        and not (field.choices or field.primary_key)
        and (field.max_length or 99) > len(WORD)
    )


def _keys() -> dict[str, set[str]]:
    from tests.postgres.test_other_operations import keys as all_keys

    return all_keys(SYSTEM)
