"""Collecting what is marked for translation: from Python, from templates and from sentences kept as data."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from django.utils.translation.template import templatize

Found = Iterator[tuple[int, Any, Any, Any]]

PACKAGE: Final = Path(__file__).resolve().parent.parent
#: Languages of the pages beside English, in which the sources are written.
TRANSLATED: Final = ("fr", "de", "nl", "es", "it", "pl")

_KEYWORDS: Final = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
#: Plain Python without Django whose strings are sentences for people, shown through ``spoken``.
_SENTENCES: Final = ("identity/refusals.py", "identity/notes.py")


def collect() -> Catalog:
    """Return a template of every marked string, with the files it stands in."""
    template = Catalog(project="Takedowns", charset="utf-8")
    methods = [
        *((name, f"{__name__}:sentences") for name in _SENTENCES),
        ("**/templates/**.html", f"{__name__}:from_template"),
        ("**.py", "python"),
    ]
    found = extract_from_dir(
        PACKAGE,
        method_map=methods,
        keywords=_KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    # A folder's files come in the order the disk gives them.
    for name, _, message, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        template.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return template


def from_template(
    file: BinaryIO, keywords: Mapping[str, Any], comment_tags: list[str], options: Any
) -> Found:
    """Read a Django template: Django turns it into something like Python, which Babel reads."""
    # In brackets Python's own tokenizer takes any indentation for none.
    python = f"({templatize(file.read().decode())})".encode()
    return extract_python(io.BytesIO(python), keywords, comment_tags, options)


def sentences(
    file: BinaryIO,
    keywords: Mapping[str, Any],  # noqa: ARG001 - Babel passes them
    comment_tags: list[str],  # noqa: ARG001
    options: Mapping[str, Any],  # noqa: ARG001
) -> Found:
    """Take the values of a module's dictionaries of sentences, whose keys are codes."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Dict):
            for value in node.values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.lineno, "gettext", value.value, []
