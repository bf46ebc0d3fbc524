"""``python -m takedowns.languages compile``, after each update; ``refresh``, after strings were marked or changed.

``unread`` counts by language what a machine translated and nobody has read yet; ``unread pl`` lists it, English first.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from django.conf import settings

from takedowns.languages.catalogues import compile_all, missing, refresh, unread
from takedowns.languages.extraction import TRANSLATED


def main(arguments: list[str]) -> int:
    """Do what was asked for; 2 where that is unknown."""
    match arguments:
        case ["compile"]:
            compile_all()
        case ["refresh"]:
            settings.configure()  # Django's reader of templates looks whether it is debugging
            refresh()
            for language, number in missing().items():
                print(f"{language}: {number} to translate")
        case ["unread"]:
            for language in TRANSLATED:
                print(f"{language}: {len(unread(language))} to read")
        case ["unread", language] if language in TRANSLATED:
            for entry in unread(language):
                print(f"{_joined(entry.id)}\n    {_joined(entry.string)}")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


def _joined(text: str | Sequence[str] | None) -> str:
    return text if isinstance(text, str) else " | ".join(text or ())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
