"""``python -m takedowns.languages compile``, after each update; ``refresh``, after strings were marked or changed."""

from __future__ import annotations

import sys

from django.conf import settings

from takedowns.languages.catalogues import compile_all, missing, refresh


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
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
