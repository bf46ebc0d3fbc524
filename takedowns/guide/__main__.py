"""``python -m takedowns.guide``: which sections are shown in English to whom, and what a new translation of each says of itself."""

from __future__ import annotations

from takedowns.guide.reading import origins, stale
from takedowns.languages.extraction import TRANSLATED


def main() -> None:
    """Print it; nothing where every translation is up to the English text."""
    marks = origins()
    for language in TRANSLATED:
        for slug in stale(language):
            print(f"{language}: {marks[slug]}")


if __name__ == "__main__":
    main()
