"""What other subjects enclose in a bundle beside list, letter and orders. They register it when their app is ready."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from takedowns.sending.models import HandOff

#: What the cover letter is called in a bundle.
LETTER: Final = "letter.pdf"
#: Files in this folder of a bundle are attached to its mail one by one as well: programs that read the mailbox open no ZIP.
SINGLY: Final = "reports/"
#: So many at most; a mail with more holds them in the ZIP only.
MOST_SINGLY: Final = 100

#: Makes the files of one bundle, by name, of what its list says of each referral (names of columns, and ``referral_id``).
Enclose = Callable[[HandOff, Sequence[Mapping[str, Any]]], Mapping[str, bytes]]
#: Says for which of some platforms there is something to enclose. At most one statement.
Finder = Callable[[Collection[str]], Mapping[str, Enclose]]

_FINDERS: list[Finder] = []


def register_enclosures(finder: Finder) -> None:
    """Have ``finder`` asked for each dispatch which of its platforms get more than list, letter and orders."""
    if finder not in _FINDERS:
        _FINDERS.append(finder)


def enclosures_of(platforms: Collection[str]) -> dict[str, list[Enclose]]:
    """Return what is to be enclosed, by platform. At most one statement for each subject that encloses something."""
    found: dict[str, list[Enclose]] = {}
    for finder in _FINDERS:
        for platform, enclose in finder(platforms).items():
            found.setdefault(platform, []).append(enclose)
    return found
