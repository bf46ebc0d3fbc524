"""The guide for officers: one text a language (``texts/``), read by sections.

English is what holds. A translation says of each section which one it is and of which English wording it was made::

    ## Halten
    <!-- holds 1a2b3c4d -->

A section that is missing, or whose English was changed since, is shown in English: never a translation of what is no longer so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

ENGLISH: Final = "en"

_HEADING: Final = re.compile(r"^(#{1,3}) (.+)$", re.MULTILINE)
_ORIGIN: Final = re.compile(r"\s*<!-- ([\w-]+) ([0-9a-f]{8}) -->\n")


class Section(NamedTuple):
    """A part of the guide, as it is shown.

    ``slug`` names it in addresses, the same in each language; ``level`` is 1 for the whole, 2 or 3; ``html`` is what stands under
    its title; ``language`` is the one it is written in.
    """

    slug: str
    level: int
    title: str
    html: str
    language: str


class _Written(NamedTuple):
    """A section as it stands in a file: ``origin`` is of which English wording it is a translation, "" in English."""

    slug: str
    level: int
    title: str
    body: str
    origin: str

    @property
    def digest(self) -> str:
        """What a translation names its origin by: eight digits of the SHA-256 of title and text."""
        return sha256(f"{self.title}\n{self.body.strip()}".encode()).hexdigest()[:8]


@cache
def sections(language: str) -> tuple[Section, ...]:
    """Return the guide in a language, in order of the English one; what is not translated, or no longer so, in English."""
    translated = {one.slug: one for one in _written(language)} if language != ENGLISH else {}
    shown = []
    for english in _written(ENGLISH):
        found = translated.get(english.slug)
        one, spoken = (found, language) if found and found.origin == english.digest else (english, ENGLISH)
        shown.append(Section(english.slug, english.level, one.title, _html(one.body), spoken))
    return tuple(shown)


def stale(language: str) -> list[str]:
    """Return the sections that are shown in English to readers of another language."""
    return [one.slug for one in sections(language) if one.language != language]


def origins() -> dict[str, str]:
    """Return by section what a translation of its English wording says of it: ``<!-- holds 1a2b3c4d -->``."""
    return {one.slug: f"<!-- {one.slug} {one.digest} -->" for one in _written(ENGLISH)}


def _written(language: str) -> Iterator[_Written]:
    file = files(__package__).joinpath(f"texts/{language}.md")
    if not file.is_file():
        return
    text = file.read_text(encoding="utf-8")
    found = list(_HEADING.finditer(text))
    for heading, following in zip(found, [*found[1:], None], strict=True):
        body = text[heading.end() : following.start() if following else len(text)]
        origin = _ORIGIN.match(body)
        yield _Written(
            origin[1] if origin else _slug(heading[2]),
            len(heading[1]),
            heading[2].strip(),
            body[origin.end() :] if origin else body,
            origin[2] if origin else "",
        )


def _slug(title: str) -> str:
    """Return what a heading is called in addresses, as GitHub calls it."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


@cache
def _markdown() -> MarkdownIt:
    # Nothing of a text is taken as HTML.
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _html(text: str) -> str:
    """Render a section. Pictures and links to other documents, which are not here, are left out; the words of a link stay."""
    markdown = _markdown()
    tokens = markdown.parse(text)
    for token in tokens:
        if token.children is not None:
            token.children = list(_within(token.children))
    for opening, inside, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "paragraph_open" and inside.type == "inline" and not inside.children:
            opening.hidden = closing.hidden = True  # a picture stood alone in it
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _within(tokens: Sequence[Token]) -> Iterator[Token]:
    keeps = True
    for token in tokens:
        if token.type == "link_open":
            keeps = str(token.attrGet("href") or "").startswith("#")
        if token.type == "image" or (token.type in ("link_open", "link_close") and not keeps):
            continue
        yield token
