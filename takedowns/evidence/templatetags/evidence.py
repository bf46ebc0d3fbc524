"""What templates ask of evidence."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from takedowns.evidence.queries import Piece

register = template.Library()


@register.filter
def have_pictures(pieces: Iterable[Piece]) -> bool:
    """Tell whether a picture is among pieces of evidence, so that it is asked how they are shown."""
    return any(one.evidence.is_picture and not one.evidence.taken_back for one in pieces)
