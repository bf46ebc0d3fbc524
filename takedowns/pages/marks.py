"""Marks: a word, a shape and a colour, never colour alone."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


class Mark(NamedTuple):
    """A tone (a class of marks.css) and a shape on a grid of 16 by 16."""

    tone: str
    shape: str


CIRCLE = '<circle cx="8" cy="8" r="6"/>'
CROSS = '<path d="M3 3l10 10M13 3L3 13"/>'
SQUARE = '<rect class="solid" x="2" y="2" width="12" height="12"/>'


@lru_cache(maxsize=512)  # a list says the same few words fifty times
def draw(mark: Mark, word: str, size: str) -> SafeString:
    return format_html(
        '<span class="mark {} {}"><svg viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}</span>',
        mark.tone,
        size,
        mark_safe(mark.shape),  # noqa: S308 - drawn above
        word,
    )
