"""A referral's dossier on paper, for a court: what its page tells to whoever may see all of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from takedowns.access.actor import Actor
from takedowns.comments.queries import ShownComment
from takedowns.complaints.models import Complaint
from takedowns.evidence.queries import Piece, evidence_of, scan_in_words
from takedowns.fingerprints.queries import Hashes
from takedowns.ledger.exports import Made
from takedowns.orders.preservation import requests_of
from takedowns.orders.queries import order_of
from takedowns.pages.kinds import kind_words
from takedowns.pages.templatetags.plain import timecode
from takedowns.referrals.models import Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.vocabulary import Availability, Instrument, Status
from takedowns.rights.disclosures import of_referral
from takedowns.statements.models import Statement
from takedowns.typesetting import typeset
from takedowns.verification.models import Check
from takedowns.web.dossier import Dossier, Step, dossier

_TEMPLATE: Final = Path(__file__).with_name("dossier.typ")
#: Name and value.
_Row = list[tuple[str, str]]


def dossier_pdf(referral: Referral, actor: Actor, made: Made) -> bytes:
    """Return a referral's dossier as PDF, in the reader's language, moments in UTC. A fixed number of statements.

    The caller has seen to it that the actor may read all of it.
    """
    told, now = dossier(referral, actor, whole=True), timezone.now().astimezone(UTC)
    return typeset(
        _TEMPLATE,
        {
            "language": (get_language() or "en").split("-")[0],
            "title": _("Dossier of referral %(reference)s")
            % {"reference": reference_of(referral.operation.reference, referral.pk)},
            "date": [now.year, now.month, now.day],
            "line": made.line,
            "address": referral.item.url,
            "introduction": [
                _(
                    "As the record said at the moment below. What is sealed of it, and the proof, are in the other files of the same download."
                )
            ],
            "parts": [
                _part(_("Facts"), [_facts(referral, told)]),
                _part(_("Removal order"), _order(referral, actor), _("It is none.")),
                _part(_("What happened"), map(_step, told.steps)),
                _part(_("Checks"), map(_check, told.checks), _("Not checked yet.")),
                _part(_("Statements of reasons"), map(_statement, referral.statements.all()), _("None.")),
                _part(_("Complaints"), map(_complaint, referral.complaints.all()), _("None.")),
                _part(_("Comments"), map(_comment, told.comments), _("None.")),
                _part(_("Evidence"), map(_piece, evidence_of(referral, actor)), _("Nothing is attached.")),
                _part(_("Hashes of pictures and files"), map(_hashes, told.hashes), _("None.")),
                _part(
                    _("Spellings of its address"),
                    [[(_times(one.times), one.url)] for one in told.spellings],
                    _("None."),
                ),
                _part(_("Rounds"), [_round(one) for one in told.rounds]),
                _part(_("To whom it was given outside"), _given(referral, actor), _("To nobody.")),
            ],
        },
    )


def _part(title: str, rows: Iterable[_Row], nothing: str = "") -> dict[str, Any]:
    return {
        "title": title,
        "nothing": nothing,
        "rows": [[(f"{name}:", value) for name, value in row if value] for row in rows],
    }


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else ""


def _facts(referral: Referral, told: Dossier) -> _Row:
    held = "; ".join(f"{one.agency}, {_at(one.ends_at)}: {one.reason}" for one in told.own_holds)
    others = "; ".join(f"{one.agency}, {_at(one.at)}" for one in told.co_referrers)
    return [
        (_("Referral, as the ledger names it"), str(referral.pk)),
        (_("Item, as the ledger names it"), str(referral.item_id)),
        (_("Operation"), f"{referral.operation.reference} {referral.operation.name}"),
        (_("Status: our work and the platform’s answer"), str(Status(referral.status).label)),
        (
            _("Seen: what somebody saw when they looked"),
            f"{Availability(referral.availability).label} {_at(referral.item.checked_at)}",
        ),
        (_("On hold"), held),
        (_("Platform"), _with_provider(referral)),
        (_("Kind"), kind_words(referral.item.kind)),
        (_("Moment"), ", ".join(map(timecode, referral.moments or ()))),
        (_("Instrument"), referral.get_instrument_display()),
        (_("Priority"), referral.priority),
        (_("Agency"), str(referral.agency)),
        (_("Also submitted by"), others),
        (_("Outlet"), str(referral.item.outlet or "")),
        (_("Listed group"), referral.listed_group),
        (_("Language"), referral.language),
        (_("Legal ground"), referral.ground),
        (_("Submitted"), _at(referral.submitted_at)),
        (_("Approved"), _at(referral.approved_at)),
        (_("Referred"), _at(referral.referred_at)),
        (_("Acknowledged"), _at(referral.acknowledged_at)),
        (_("Decided"), _at(referral.decided_at)),
        (_("Due"), _at(referral.due_at)),
        (_("Action"), referral.get_action_display() if referral.action else ""),
        (
            _("Ground of the decision"),
            referral.get_decision_ground_display() if referral.decision_ground else "",
        ),
        (_("Why declined"), referral.get_decline_reason_display() if referral.decline_reason else ""),
        (_("Round"), str(referral.round)),
    ]


def _with_provider(referral: Referral) -> str:
    platform, provider = referral.platform, referral.platform.provider
    return f"{platform} ({provider})" if provider and provider.name != platform.name else str(platform)


def _order(referral: Referral, actor: Actor) -> list[_Row]:
    found = order_of(referral.pk, actor) if referral.instrument == Instrument.REMOVAL_ORDER else None
    if found is None:
        return []
    further = "; ".join(f"{_at(one.until)}, {one.name}: {one.reason}" for one in requests_of(referral.pk))
    return [
        [
            (_("Reasons"), found.reasons),
            (_("File number"), found.file_number),
            (_("Issued"), _at(found.issued_at)),
            (_("Received"), _at(found.received_at)),
            (_("Document, SHA-256"), found.sha256),
            (_("Preserved by the provider until"), _at(found.preserved_until)),  # type: ignore[attr-defined]
            (_("Asked to preserve it longer"), further),
        ]
    ]


def _step(step: Step) -> _Row:
    moved = " → ".join(str(Status(one).label) for one in (step.from_status, step.to_status) if one)
    seen = str(Availability(step.seen).label) if step.seen else ""
    what = ": ".join(dict.fromkeys(filter(None, (str(step.label), moved or seen))))
    return [
        (_at(step.event.at), ", ".join(filter(None, (what, step.who)))),
        *((str(name), str(value)) for name, value in step.facts),
    ]


def _check(check: Check) -> _Row:
    who = check.robot or str(check.agency or "")
    return [
        (_at(check.at), ", ".join(filter(None, (check.get_seen_display(), who)))),
        (_("Why"), check.get_reason_display() if check.reason else ""),
        (_("Note"), check.note),
    ]


def _statement(one: Statement) -> _Row:
    """A platform's statement, field by field under the names that Regulation (EU) 2022/2065 gives them."""
    return [
        (_at(one.received_at), one.puid),
        (_("In the Transparency Database"), str(one.uuid or "")),
        (_("Told more"), _at(one.changed_at)),
        *(
            (name, _plainly(value))
            for name, value in one.body.items()
            if name != "puid" and value not in (None, [])
        ),
    ]


def _plainly(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _complaint(one: Complaint) -> _Row:
    return [
        (_at(one.received_at), one.get_complainant_display()),
        (_("The platform’s reference"), one.puid),
        (_("Explanation"), one.explanation),
        (_("Decided"), _at(one.decided_at)),
        (_("Decision"), one.get_verdict_display() if one.verdict else _("None yet.")),
        (_("Why"), one.decision_explained),
    ]


def _comment(one: ShownComment) -> _Row:
    return [
        (_at(one.comment.at), f"{one.comment.by}, {one.comment.agency}"),
        (_("Mentions"), ", ".join(one.mentioned)),
        (_("Comment"), one.comment.text),
    ]


def _hashes(one: Hashes) -> _Row:
    from_whom = one.agency or _("computed here of what is attached")
    return [(_("From"), from_whom), ("SHA-256", one.sha256), ("MD5", one.md5), ("PDQ", one.pdq)]


def _piece(piece: Piece) -> _Row:
    one = piece.evidence
    return [
        (_at(one.at), f"{one.filename}, {piece.who}"),
        (_("Note"), one.note),
        ("SHA-256", one.sha256),
        (_("Malware"), scan_in_words(one)),
        (_("When it is opened, it"), ", ".join(map(str, one.does))),
        (_("Taken back"), f"{piece.who_took_it_back}: {one.taken_back.reason}" if one.taken_back else ""),
    ]


def _times(number: int) -> str:
    return _("Once") if number == 1 else _("%(times)s times") % {"times": number}


def _round(one: Referral) -> _Row:
    where = f"{one.operation.reference}, {one.agency}, {_at(one.submitted_at)}: {Status(one.status).label}"
    return [(_("Round %(number)s") % {"number": one.round}, where)]


def _given(referral: Referral, actor: Actor) -> list[_Row]:
    return [
        [
            (_at(one.given_at), f"{one.name} ({one.get_recipient_display()})"),
            (_("What"), " ".join(filter(None, (one.covers, one.number, one.particulars)))),
            (_("Legal basis"), one.reason),
        ]
        for one in of_referral(referral, actor)
    ]
