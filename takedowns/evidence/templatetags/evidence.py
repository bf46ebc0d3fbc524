"""What templates ask of evidence."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from takedowns.evidence import queries
from takedowns.evidence.models import Evidence
from takedowns.evidence.queries import Piece

register = template.Library()


@register.filter
def scan_in_words(evidence: Evidence) -> str:
    """Say what the scanner for malware said of a file, or that none looked through it."""
    return queries.scan_in_words(evidence)


@register.filter
def have_pictures(pieces: Iterable[Piece]) -> bool:
    """Tell whether a picture is among pieces of evidence, so that it is asked how they are shown."""
    return any(
        one.evidence.is_picture and not one.evidence.taken_back and not one.evidence.is_kept_away
        for one in pieces
    )
