"""The catalogues as files: refreshed from the sources, and compiled into what Django reads."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from takedowns.languages.extraction import PACKAGE, TRANSLATED, collect

LOCALE: Final = PACKAGE / "locale"
#: The comment in a catalogue of what a machine translated and nobody has read yet; who has read it, takes it out.
UNREAD: Final = "machine-made, not read yet"
_WIDTH: Final = 110


def path_of(language: str, ending: str = "po") -> Path:
    """Return the file of a language's catalogue, or with ``mo`` the compiled one."""
    return LOCALE / language / "LC_MESSAGES" / f"django.{ending}"


def read(language: str) -> Catalog:
    """Return a catalogue as it stands in its file; an empty one where a language is new."""
    if not path_of(language).exists():
        return Catalog(locale=language, header_comment="# Takedowns.")
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def refresh() -> None:
    """Bring each catalogue up to the sources: new strings come in empty, those that are gone leave."""
    template = collect()
    for language in TRANSLATED:
        catalogue = read(language)
        # Guessing from a similar string gives wrong translations that look right.
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        entries = io.BytesIO()
        write_po(entries, catalogue, width=_WIDTH, omit_header=True, sort_output=True, ignore_obsolete=True)
        path_of(language).write_bytes(_header(catalogue).encode() + entries.getvalue())


def _header(catalogue: Catalog) -> str:
    """Return a header that says what readers of the file need, without dates: nothing changed is nothing to commit."""
    fields = {
        "Project-Id-Version": "Takedowns",
        "Language": str(catalogue.locale),
        "Plural-Forms": catalogue.plural_forms,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    lines = [f'"{name}: {value}\\n"' for name, value in fields.items()]
    return "\n".join([catalogue.header_comment, 'msgid ""', 'msgstr ""', *lines, "", ""])


def compile_all(into: Path = LOCALE) -> list[Path]:
    """Compile each catalogue that is newer than its compiled form; return what was written."""
    written = []
    for language in TRANSLATED:
        target = into / language / "LC_MESSAGES" / "django.mo"
        if is_compiled(language, target):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: a server that starts meanwhile reads the old one.
        draft = target.with_suffix(".new")
        with draft.open("wb") as file:
            write_mo(file, read(language))
        draft.replace(target)
        written.append(target)
    return written


def is_compiled(language: str, target: Path | None = None) -> bool:
    """Tell whether a catalogue is compiled (to ``target``) as it stands; a wheel holds the compiled ones alone."""
    source, target = path_of(language), target or path_of(language, "mo")
    return target.exists() and (not source.exists() or target.stat().st_mtime >= source.stat().st_mtime)


def missing() -> dict[str, int]:
    """Return by language how many strings have no translation yet."""
    return {
        language: len([entry for entry in read(language) if entry.id and not is_whole(entry)])
        for language in TRANSLATED
    }


def unread(language: str) -> list[Message]:
    """Return what a machine translated into a language and nobody who speaks it has read yet, in order of the file."""
    return [entry for entry in read(language) if entry.id and UNREAD in entry.user_comments]


def is_whole(entry: Message) -> bool:
    """Tell whether a string, with each of its plurals, has a translation."""
    written = entry.string or ""
    return bool(written) and (isinstance(written, str) or all(written))
