"""A referral's evidence as pages show it: what is attached, by whom, and who opened it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from takedowns.access.actor import Actor
from takedowns.directory.models import Agency, User
from takedowns.evidence.models import Evidence, EvidenceAccess
from takedowns.evidence.scanning import is_on
from takedowns.referrals.models import Referral

ACCESSES_SHOWN: Final = 100
#: What a piece of evidence is read with.
WITH_PEOPLE: Final = ("by", "agency", "withdrawal__by", "withdrawal__agency", "scan__released_by")


@dataclass(frozen=True, slots=True)
class Piece:
    """One file and who attached it, named as the actor may know them."""

    evidence: Evidence
    who: str
    who_took_it_back: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """One opening: what was done, by whom, when."""

    action: str
    who: str
    at: datetime
    is_alarm: bool


def evidence_of(referral: Referral, actor: Actor) -> list[Piece]:
    """Return a referral's evidence that the actor may see, in the order it came. One statement."""
    found = Evidence.objects.visible_to(actor).filter(referral=referral).select_related(*WITH_PEOPLE)
    return [piece_of(one, actor) for one in found]


def piece_of(evidence: Evidence, actor: Actor) -> Piece:
    """Return a piece the actor may see, read with its person and agency. No statement."""
    gone = evidence.taken_back
    return Piece(
        evidence,
        _named(evidence.by, evidence.agency, actor),
        _named(gone.by, gone.agency, actor) if gone else "",
    )


def scan_in_words(evidence: Evidence) -> str:
    """Say what the scanner for malware said of a file, or that none looked through it. No statement where it was read with that."""
    scan = evidence.scanned
    if scan is None:
        return _("not scanned yet") if is_on() else _("not scanned: this installation has no scanner")
    said = f"{scan.get_outcome_display()}: {scan.signature}" if scan.signature else scan.get_outcome_display()
    return f"{said} ({scan.engine}, {scan.at:%Y-%m-%d %H:%M} UTC)"


def opened(evidence: Evidence, actor: Actor) -> list[Opened]:
    """Return who opened a piece of evidence, the latest first; at most :data:`ACCESSES_SHOWN`. One statement."""
    found = EvidenceAccess.objects.visible_to(actor).filter(evidence=evidence)
    return [
        Opened(
            one.get_action_display(),
            _named(one.by, one.agency, actor),
            one.at,
            one.action == EvidenceAccess.Action.DAMAGED,
        )
        for one in found.select_related("by", "agency")[:ACCESSES_SHOWN]
    ]


def _named(person: User | None, agency: Agency | None, actor: Actor) -> str:
    """Name colleagues and agencies; a person of another agency stays behind their agency's name, as in the history."""
    knows = actor.sees_everything or (agency is not None and agency.pk in actor.agencies)
    names = [str(person)] if person and knows else []
    return ", ".join([*names, str(agency)] if agency else names)
