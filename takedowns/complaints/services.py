"""Complaints against what was done upon a referral: recorded, decided, and what follows from that.

A provider lets those whose content it removed complain, decides, and puts the content back where it was wrong
(Regulation (EU) 2021/784, Art. 10; Regulation (EU) 2022/2065, Art. 20). A platform tells it over the API; a coordinator
records what a platform without one, or a citizen, told. Each step is an event of the referral, so that it counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.complaints.models import Complainant, Complaint, Verdict
from takedowns.orders.judgement import Standing, lock
from takedowns.referrals.moments import Misdated, misdated
from takedowns.referrals.transitions import Move, Refused, apply
from takedowns.referrals.vocabulary import EventKind, Status

#: A complaint is about an act: there must be one, or have been one.
ACTED_ON: Final = (Status.REMOVED, Status.RESTRICTED, Status.REINSTATED)
_REINSTATABLE: Final = (Status.REMOVED, Status.RESTRICTED)


@dataclass(frozen=True, slots=True)
class Complained:
    """One complaint as it is told.

    Attributes:
        received_at: when whoever was told got it.
        puid: the platform's own reference; the same one again is the same complaint.
    """

    referral_id: UUID
    received_at: datetime
    complainant: str = Complainant.CONTENT_PROVIDER
    puid: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """How one complaint is decided.

    Attributes:
        reinstates: of one that is upheld, that the item is put back (or was before).
    """

    complaint_id: UUID
    verdict: str
    at: datetime
    explanation: str = ""
    reinstates: bool = True


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a set: complaints by id, and what was refused (by the id it was about)."""

    complaints: list[UUID]
    refused: list[Refused]


def record_complaints(told: Sequence[Complained], *, by: Actor) -> Recorded:
    """Record complaints about referrals that were acted on. A fixed number of statements.

    Returns:
        In the order told, the complaints recorded (one that is known by its puid again under its id), and those refused:
        ``not_found``, ``not_your_role``, ``not_allowed`` where nothing was acted on, ``unknown_value``, ``told_otherwise``
        where the puid is that of a complaint that says something else.
    """
    if not told:
        return Recorded([], [])
    with acting_as(SYSTEM):
        found = lock([one.referral_id for one in told], by)
        good, refused = [], []
        for one in told:
            if (refusal := _judge(one, found.get(one.referral_id), by)) is not None:
                refused.append(refusal)
            else:
                good.append(one)
        good, otherwise, known = _compare(good, found)
        ids = _insert(good, known, found, by) if good else []
    return Recorded(ids, refused + otherwise)


def decide_complaints(decided: Sequence[Decided], *, by: Actor) -> Recorded:
    """Decide complaints; where one is upheld the referral becomes reinstated. A fixed number of statements.

    Returns:
        The complaints decided, and those refused: ``not_found``, ``not_your_role``, ``already_decided``, ``unknown_value``.
    """
    if not decided:
        return Recorded([], [])
    with acting_as(SYSTEM):
        known = {
            one.pk: one
            for one in Complaint.objects.select_for_update(of=("self",))
            .filter(pk__in=[one.complaint_id for one in decided])
            .order_by("pk")
        }
        found = lock([one.referral_id for one in known.values()], by)
        good, refused = [], []
        seen: set[UUID] = set()
        for one in decided:
            complaint = known.get(one.complaint_id)
            standing = found.get(complaint.referral_id) if complaint else None
            refusal = _judge_decision(one, complaint, standing, by, repeated=one.complaint_id in seen)
            if refusal is not None:
                refused.append(refusal)
            else:
                seen.add(one.complaint_id)
                good.append(one)
        if good:
            _decide(good, known, found, by)
    return Recorded([one.complaint_id for one in good], refused)


def _judge(one: Complained, standing: Standing | None, by: Actor) -> Refused | None:
    if standing is None or not standing.seen:
        return Refused(one.referral_id, "not_found", _("There is no such referral."))

    def refuse(code: str, message: str) -> Refused:
        return Refused(one.referral_id, code, message, standing.status)

    if not standing.answered_by(by):
        return refuse(
            "not_your_role", _("This is for the platform, or for the operation's coordinator on its behalf.")
        )
    if standing.status not in ACTED_ON:
        return refuse(
            "not_allowed", _("Nothing was removed or restricted upon it, so nothing can be complained about.")
        )
    if one.complainant not in Complainant.values:
        known = ", ".join(Complainant.values)
        return refuse(
            "unknown_value",
            _("“%(value)s” is no complainant. Known: %(known)s.")
            % {"value": one.complainant, "known": known},
        )
    return _impossible(one.received_at, standing, refuse)


def _judge_decision(
    one: Decided, complaint: Complaint | None, standing: Standing | None, by: Actor, *, repeated: bool
) -> Refused | None:
    if complaint is None or standing is None or not standing.seen:
        return Refused(one.complaint_id, "not_found", _("There is no such complaint."))

    def refuse(code: str, message: str) -> Refused:
        return Refused(one.complaint_id, code, message, standing.status)

    if not standing.answered_by(by):
        return refuse(
            "not_your_role", _("This is for the platform, or for the operation's coordinator on its behalf.")
        )
    if complaint.verdict or repeated:
        return refuse("already_decided", _("This complaint is decided already."))
    if one.verdict not in Verdict.values:
        known = ", ".join(Verdict.values)
        return refuse(
            "unknown_value",
            _("“%(value)s” is no verdict. Known: %(known)s.") % {"value": one.verdict, "known": known},
        )
    if misdated(one.at, since=complaint.received_at) is Misdated.BEFORE:
        return refuse("unknown_value", _("This moment lies before the complaint came."))
    return _impossible(one.at, standing, refuse)


def _impossible(at: datetime, standing: Standing, refuse: Any) -> Refused | None:
    wrong = misdated(at, since=standing.referred_at)
    if wrong is Misdated.AHEAD:
        return refuse("unknown_value", _("This moment lies ahead of now."))  # type: ignore[no-any-return]
    if wrong is Misdated.BEFORE:
        return refuse("unknown_value", _("This moment lies before the referral was made."))  # type: ignore[no-any-return]
    return None


def _compare(
    told: list[Complained], found: Mapping[UUID, Standing]
) -> tuple[list[Complained], list[Refused], dict[Complained, UUID]]:
    """Part what may be recorded from what contradicts a complaint of the same puid; name those that are known. One statement.

    Their referrals are locked, so that nobody records another meanwhile.
    """
    puids = [one.puid for one in told if one.puid]
    known: dict[Complained, UUID] = {}
    said: dict[tuple[UUID, str], Complained] = {}
    if puids:
        kept = Complaint.objects.filter(referral_id__in=[one.referral_id for one in told], puid__in=puids)
        for it in kept:
            one = Complained(it.referral_id, it.received_at, it.complainant, it.puid, it.explanation)
            known[one], said[one.referral_id, one.puid] = it.pk, one
    good, refused = [], []
    for one in told:
        if one.puid and said.setdefault((one.referral_id, one.puid), one) != one:
            message = _(
                "There is a complaint with the reference “%(puid)s” that says something else. Give another one its own."
            ) % {"puid": one.puid}
            status = found[one.referral_id].status
            refused.append(Refused(one.referral_id, "told_otherwise", message, status))
        else:
            good.append(one)
    return good, refused, known


def _insert(
    told: list[Complained], known: dict[Complained, UUID], found: Mapping[UUID, Standing], by: Actor
) -> list[UUID]:
    """Insert what is new, log it, and return the id of each in the order told. Two statements."""
    new = list(dict.fromkeys(one for one in told if one.puid and one not in known))
    new += [one for one in told if not one.puid]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO complaints_complaint (referral_id, complainant, received_at, puid, explanation, verdict,
                                             decision_explained, recorded_by_id)
            SELECT told.referral_id, told.complainant, told.received_at, told.puid, told.explanation, '', '', %s
            FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::text[], %s::text[])
                AS told (referral_id, complainant, received_at, puid, explanation)
            RETURNING id, referral_id, puid, received_at, complainant
            """,
            [
                by.user_id,
                [one.referral_id for one in new],
                [one.complainant for one in new],
                [one.received_at for one in new],
                [one.puid for one in new],
                [one.explanation for one in new],
            ],
        )
        fresh = cursor.fetchall()
        _log(
            EventKind.COMPLAINT,
            [
                (
                    found[referral],
                    at,
                    {"complaint": str(pk), "complainant": complainant} | ({"puid": puid} if puid else {}),
                )
                for pk, referral, puid, at, complainant in fresh
            ],
            by,
        )
    by_puid = {(one.referral_id, one.puid): pk for one, pk in known.items()}
    by_puid |= {(referral, puid): pk for pk, referral, puid, *_rest in fresh}
    nameless: dict[UUID, list[UUID]] = {}
    for pk, referral, puid, *_rest in fresh:
        if not puid:
            nameless.setdefault(referral, []).append(pk)
    return [
        by_puid[one.referral_id, one.puid] if one.puid else nameless[one.referral_id].pop(0) for one in told
    ]


def _decide(
    decided: list[Decided], known: Mapping[UUID, Complaint], found: Mapping[UUID, Standing], by: Actor
) -> None:
    """Write verdicts, their events, and put back what was wrongly taken away."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE complaints_complaint AS complaint
            SET verdict = told.verdict, decided_at = told.at, decision_explained = told.explanation
            FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::text[]) AS told (id, verdict, at, explanation)
            WHERE complaint.id = told.id
            """,
            [
                [one.complaint_id for one in decided],
                [one.verdict for one in decided],
                [one.at for one in decided],
                [one.explanation for one in decided],
            ],
        )
    _log(
        EventKind.COMPLAINT_DECIDED,
        [
            (
                found[known[one.complaint_id].referral_id],
                one.at,
                {"complaint": str(one.complaint_id), "verdict": one.verdict},
            )
            for one in decided
        ],
        by,
    )
    back: dict[UUID, Move] = {}
    for one in decided:
        standing = found[known[one.complaint_id].referral_id]
        if one.verdict == Verdict.UPHELD and one.reinstates and standing.status in _REINSTATABLE:
            reason = one.explanation.strip() or _("A complaint was upheld.")
            back[standing.referral_id] = Move(
                standing.referral_id,
                "reinstate",
                {"reason": reason, "complaint": str(one.complaint_id)},
                one.at,
            )
    # Judged above as the actor; a platform or a coordinator may also reinstate.
    apply(list(back.values()), by=by)


def _log(kind: str, events: list[tuple[Standing, datetime, dict[str, str]]], by: Actor) -> None:
    """Write events that move nothing, in the cell in which each referral is, so that they count there."""
    own = by.spoken_for
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO referrals_event
                (item_id, referral_id, at, kind, from_cell_id, to_cell_id, actor_id, agency_id, details)
            SELECT referral.item_id, referral.id, told.at, %s, referral.cell_id, referral.cell_id, %s, %s, told.details
            FROM unnest(%s::uuid[], %s::timestamptz[], %s::jsonb[]) AS told (referral_id, at, details)
            JOIN referrals_referral AS referral ON referral.id = told.referral_id
            """,
            [
                kind,
                by.user_id,
                next(iter(by.agencies)) if len(by.agencies) == 1 else None,
                [standing.referral_id for standing, _at, _details in events],
                [at for _standing, at, _details in events],
                [Jsonb(details | own) for *_rest, details in events],
            ],
        )
