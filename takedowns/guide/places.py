"""Which part of the guide is about which page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: By section, the names of pages; one that ends in a star is of every page that begins so.
PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "sign-in": ("session*", "typed", "mfa*", "account*", "invitation*"),
    "my-work": ("home", "shortcuts"),
    "operations": (
        "operations",
        "operation-*",
        "places-waiting",
        "people*",
        "person",
        "pseudonym",
        "agenc*",
        "platform*",
        "retention",
        "data-report",
        "legal-hold*",
        "job*",
    ),
    "the-dashboard": ("board*", "wall*"),
    "submit": ("hand-in*", "submission*", "preview*", "listed-group*"),
    "referrals": ("referral*", "comments*", "mentions", "view-*", "bulk*", "origin", "find", "leave"),
    "evidence": ("evidence*", "pictures-choose"),
    "review": ("review*",),
    "holds": ("hold*", "conflicts"),
    "other-authorities": ("deconfliction*",),
    "dispatch": ("dispatch*", "hand-off*"),
    "reminders": ("reminder*",),
    "hosts-that-are-no-platform": ("other-host*", "host-*"),
    "removal-orders": ("order*",),
    "beside-orders": ("dut*",),
    "questions-of-a-platform": ("information",),
    "answers": ("answer*", "correct-answer", "returned"),
    "complaints": ("complain*",),
    "other-systems": ("exchange*",),
    "statements-of-reasons": ("statements*",),
    "verify": ("look-again*", "still-online"),
    "follow-up": ("morning-after", "came-back"),
    "outlets": ("outlet*",),
    "what-changed": ("news*",),
    "keys": ("key*", "webhook*"),
    "announcements": ("message*",),
    "who-looked": (
        "looks*",
        "looked",
        "alarm*",
        "my-looks",
        "ledger",
        "sealed",
        "proof",
        "check-file",
        "disclosures",
    ),
    "check-a-url": ("identify",),
    "figures": ("figures*", "publication*", "publish", "export-*"),
}


def section_of(page: str) -> str:
    """Return the section that is about a page, the closest where several are; empty where none is."""
    fits = (
        (len(name), section)
        for section, names in PAGES.items()
        for name in names
        if name == page or (name.endswith("*") and page.startswith(name[:-1]))
    )
    return max(fits, default=(0, ""))[1]
