"""Hand-off bundles: what a platform without the API is told.

A list as CSV that no spreadsheet runs as a formula, a cover letter, and the removal orders; kept byte for byte.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.accounts.mail import mail_works
from takedowns.referrals.list_files import HASHES, hash_cells
from takedowns.referrals.models import Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.vocabulary import Instrument, tier_told
from takedowns.sending import mail
from takedowns.sending.enclosures import LETTER, Enclose, enclosures_of
from takedowns.sending.letters import letter_of
from takedowns.sending.models import Dispatch, HandOff
from takedowns.tabular import csv_lines

#: What the platform is told. What agencies say among themselves (outlet, notes, who decided) is not in it.
TOLD: Final = (
    "reference",
    "url",
    "kind",
    "instrument",
    "tier",
    "language",
    "listed_group",
    "legal_ground",
    "agency",
    "referred_at",
)
#: Left empty for the platform; the pages take the file back as it returns it.
ANSWERED: Final = ("answer", "action", "reason", "answered_at")

#: What is read of each referral to hand it off: the addressee's facts first, then what the list says.
_READ: Final = (
    "platform_id",
    "platform__name",
    "platform__addressee__name",
    "platform__addressee__mail_to",
    "operation__reference",
    "pk",
    "item__url",
    "item__kind",
    "instrument",
    "tier",
    "language",
    "listed_group",
    "ground",
    "agency__name",
    "referred_at",
    "hashes",
)
#: Null where none was given, as for nearly all: the function for each of tens of thousands costs seconds.
_HASHES: Final = RawSQL(
    """
    CASE WHEN EXISTS (SELECT FROM fingerprints_givenhash AS given WHERE given.referral_id = referrals_referral.id)
         THEN takedowns_hashes_of(referrals_referral.id) END
    """,
    [],
    output_field=JSONField(),
)
_OF_ADDRESSEE: Final = 4
_INSTRUMENT, _AGENCY = TOLD.index("instrument") + 1, TOLD.index("agency") + 1
_TIER = TOLD.index("tier") - 1  # behind operation and id


def make_hand_offs(
    dispatch: Dispatch, referral_ids: Sequence[UUID], orders: Mapping[UUID, bytes] | None = None
) -> None:
    """Make and keep one bundle for each platform among the referrals, and queue its mail where one can be sent.

    Args:
        orders: the documents of the removal orders among them.

    Two statements, however many; three more where mail goes out, and those of what else is enclosed.
    """
    if not referral_ids:
        return
    with acting_as(SYSTEM):
        told = (
            # One array, not a parameter for each of tens of thousands; tuples, not as many objects.
            Referral.objects.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [list(referral_ids)]))
            .annotate(hashes=_HASHES)
            .order_by("platform_id", "tier", "pk")
            .values_list(*_READ)
        )
        made, addresses = [], {}
        enclosed = enclosures_of(dispatch.referred)
        for (platform_id, name, addressee, mail_to), of_platform in groupby(
            told, key=itemgetter(*range(_OF_ADDRESSEE))
        ):
            rows = [row[_OF_ADDRESSEE:] for row in of_platform]
            hand_off = HandOff(
                dispatch=dispatch,
                platform_id=platform_id,
                made_by_id=dispatch.by_id,
                made_at=dispatch.at,
                rows=len(rows),
            )
            to = [line for line in dict.fromkeys((addressee, name)) if line]
            _fill(hand_off, to, rows, orders or {}, enclosed.get(platform_id, ()))
            made.append(hand_off)
            if mail_to:
                addresses[platform_id] = mail_to
        HandOff.objects.bulk_create(made)
        if addresses and mail_works():
            kept = HandOff.objects.filter(dispatch=dispatch, platform__in=addresses)
            ids = kept.values_list("pk", "platform_id")
            mail.queue(
                {one: addresses[platform] for one, platform in ids}, by_id=dispatch.by_id, at=dispatch.at
            )


def _fill(
    hand_off: HandOff,
    to: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    orders: Mapping[UUID, bytes],
    enclosed: Iterable[Enclose],
) -> None:
    """Write the list, and the bundle of letter, list, orders and what else is enclosed as ZIP; the same facts give the same bytes."""
    hand_off.content = "".join(csv_lines(_cells(rows), bom=True)).encode()
    hand_off.sha256 = hashlib.sha256(hand_off.content).hexdigest()
    files = {f"{hand_off.name}.csv": hand_off.content}
    files |= {
        f"orders/{reference_of(row[0], row[1])}.pdf": orders[row[1]] for row in rows if row[1] in orders
    }
    for enclose in enclosed:
        files |= enclose(hand_off, [_named(row) for row in rows])
    ordered = sum(row[_INSTRUMENT] == Instrument.REMOVAL_ORDER for row in rows)
    letter = letter_of(
        operation=str(hand_off.dispatch.operation),
        to=to,
        agencies=sorted({row[_AGENCY] for row in rows}),
        at=hand_off.made_at,
        referrals=len(rows) - ordered,
        orders=ordered,
        files=list(files),
        hashed=_hashed(rows),
        sha256=hand_off.sha256,
    )
    written = io.BytesIO()
    moment = hand_off.made_at.astimezone(UTC).timetuple()[:6]
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {LETTER: letter, **files}.items():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    hand_off.bundle = written.getvalue()
    hand_off.bundle_sha256 = hashlib.sha256(hand_off.bundle).hexdigest()


def columns(*, hashed: bool) -> tuple[str, ...]:
    """Return the columns of a list to fill in. Those of hashes are there where one of its addresses has any."""
    return (*TOLD, *(HASHES if hashed else ()), *ANSWERED)


def _hashed(rows: Iterable[tuple[Any, ...]]) -> bool:
    return any(row[-1] for row in rows)


def _named(row: tuple[Any, ...]) -> dict[str, Any]:
    """Return what is told of one referral by name, with its id and the hashes that were given with its address."""
    operation, referral_id, *facts, hashes = row
    named = dict(zip(TOLD, (reference_of(operation, referral_id), *facts), strict=True))
    return {**named, "referral_id": referral_id, "hashes": hashes or []}


def _cells(told: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[object]]:
    """Yield the header, then the cells of each: its reference instead of its id, and room for the answer."""
    hashed = _hashed(told)
    yield columns(hashed=hashed)
    for operation, referral_id, *facts, hashes in told:
        facts[_TIER] = tier_told(facts[_TIER]) or ""
        known = hash_cells(hashes or ()) if hashed else ()
        yield (reference_of(operation, referral_id), *facts, *known, *("" for _ in ANSWERED))
