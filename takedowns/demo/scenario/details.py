"""What goes with each move: grounds, reasons and sentences.

Decisions use the vocabulary of the DSA statement of reasons (`decision_visibility`, `decision_account`,
`decision_ground`, `automated_decision`), so that they read like a platform's own record.
"""

from collections.abc import Mapping

Details = Mapping[str, object]

NONE: Details = {}

REMOVED: Details = {
    "decision_visibility": "REMOVED",
    "decision_ground": "INCOMPATIBLE_CONTENT",
    "automated_decision": "NOT_AUTOMATED",
}
SUSPENDED: Details = {
    "decision_account": "SUSPENDED",
    "decision_ground": "INCOMPATIBLE_CONTENT",
    "automated_decision": "PARTIALLY",
}
TERMINATED: Details = {
    "decision_account": "TERMINATED",
    "decision_ground": "INCOMPATIBLE_CONTENT",
    "automated_decision": "NOT_AUTOMATED",
}
RESTRICTED: Details = {
    "decision_visibility": "DISABLED",
    "decision_ground": "ILLEGAL_CONTENT",
    "automated_decision": "NOT_AUTOMATED",
    "territories": ["BE", "DE", "ES", "FR", "GB", "NL"],
}
UNAVAILABLE: Details = {"text": "It was gone before we looked."}
QUESTION: Details = {"text": "Which part of it breaks our terms? Please give a time or a page."}
ANSWERED: Details = {"text": "Thank you for the answer; we look again."}
COMPLAINT: Details = {"text": "The uploader says that it was taken down by mistake."}
REINSTATED: Details = {"reason": "complaint_upheld", "text": "On a second look it keeps to our terms."}
WITHDRAWN: Details = {
    "reason": "investigation",
    "text": "An investigation reads it; please leave it for now.",
}

REJECTED: tuple[Details, ...] = (
    {"reason": "journalism", "text": "A newspaper's report about the outlet."},
    {"reason": "research", "text": "A university's archive, not the outlet's own."},
    {"reason": "education", "text": "Teaching material that quotes the outlet."},
    {"reason": "art", "text": "A theatre's work about the outlet."},
)
"""What a reviewer stops: not terrorist content under Art. 1(3) of Regulation (EU) 2021/784."""

DECLINED: tuple[Details, ...] = (
    {"decline_reason": "not_against_terms", "text": "We found nothing that breaks our terms."},
    {
        "decline_reason": "journalism_or_research",
        "text": "The account reports on the outlet and is not its own.",
    },
    {"decline_reason": "insufficient_information", "text": "We could not tell what is meant."},
)
