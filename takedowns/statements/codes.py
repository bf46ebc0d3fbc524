"""The vocabulary of the DSA Transparency Database (schema of 1 July 2025) as far as we read or write it, beside ours.

Source: the database's public repository ``digital-services-act/transparency-database``,
``resources/markdown/api-documentation.md`` and ``app/Http/Requests/StatementStoreRequest.php``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from takedowns.identity import Kind
from takedowns.referrals.vocabulary import Action, DecisionGround

#: In our words, the gravest first: that one becomes the referral's action.
ACCOUNT: Final = {
    "DECISION_ACCOUNT_TERMINATED": Action.ACCOUNT_TERMINATED,
    "DECISION_ACCOUNT_SUSPENDED": Action.ACCOUNT_SUSPENDED,
}
#: Whoever is no longer served at all has lost the account; a part of the service says nothing of the item.
PROVISION: Final[Mapping[str, Action | None]] = {
    "DECISION_PROVISION_TOTAL_TERMINATION": Action.ACCOUNT_TERMINATED,
    "DECISION_PROVISION_TOTAL_SUSPENSION": Action.ACCOUNT_SUSPENDED,
    "DECISION_PROVISION_PARTIAL_TERMINATION": None,
    "DECISION_PROVISION_PARTIAL_SUSPENSION": None,
}
VISIBILITY: Final = {
    "DECISION_VISIBILITY_CONTENT_REMOVED": Action.REMOVED,
    "DECISION_VISIBILITY_CONTENT_DISABLED": Action.DISABLED,
    "DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED": Action.AGE_RESTRICTED,
    "DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED": Action.INTERACTION_RESTRICTED,
    "DECISION_VISIBILITY_CONTENT_DEMOTED": Action.DEMOTED,
    "DECISION_VISIBILITY_CONTENT_LABELLED": Action.LABELLED,
}
#: A restriction in words of the platform's own (``decision_visibility_other``).
VISIBILITY_OTHER: Final = "DECISION_VISIBILITY_OTHER"
GROUND: Final = {
    "DECISION_GROUND_ILLEGAL_CONTENT": DecisionGround.ILLEGAL_CONTENT,
    "DECISION_GROUND_INCOMPATIBLE_CONTENT": DecisionGround.INCOMPATIBLE_CONTENT,
}
NOT_AUTOMATED: Final = "AUTOMATED_DECISION_NOT_AUTOMATED"
AUTOMATED: Final = ("AUTOMATED_DECISION_FULLY", "AUTOMATED_DECISION_PARTIALLY", NOT_AUTOMATED)

#: ISO 3166-1 alpha-2, as the database writes them.
MEMBER_STATES: Final = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
EUROPEAN_ECONOMIC_AREA: Final = MEMBER_STATES | {"IS", "LI", "NO"}

PUBLIC_SECURITY: Final = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY"
TERRORIST_CONTENT: Final = "KEYWORD_TERRORIST_CONTENT"
#: Whose notice led to the decision. An authority's referral or order is neither an Article 16 notice nor a trusted flagger's.
OTHER_NOTIFICATION: Final = "SOURCE_TYPE_OTHER_NOTIFICATION"
#: The content type of our kinds; every other is told in words (``content_type_other``).
CONTENT_TYPE: Final[Mapping[str, str]] = {
    Kind.APP: "CONTENT_TYPE_APP",
    Kind.AUDIO: "CONTENT_TYPE_AUDIO",
    Kind.PHOTO: "CONTENT_TYPE_IMAGE",
    Kind.ALBUM: "CONTENT_TYPE_IMAGE",
    Kind.STICKER_SET: "CONTENT_TYPE_IMAGE",
    Kind.VIDEO: "CONTENT_TYPE_VIDEO",
    Kind.CLIP: "CONTENT_TYPE_VIDEO",
    Kind.LIVE: "CONTENT_TYPE_VIDEO",
    Kind.POST: "CONTENT_TYPE_TEXT",
    Kind.MESSAGE: "CONTENT_TYPE_TEXT",
    Kind.COMMENT: "CONTENT_TYPE_TEXT",
    Kind.DOCUMENT: "CONTENT_TYPE_TEXT",
    Kind.PAGE: "CONTENT_TYPE_TEXT",
}
CONTENT_OTHER: Final = "CONTENT_TYPE_OTHER"
#: What the database adds to a statement when it takes it; never sent to it.
ADDED_BY_THE_DATABASE: Final = ("uuid", "id", "created_at", "platform_name", "permalink", "self")
