"""What goes with each move: grounds, reasons and sentences, as the lifecycle requires them.

Values are those of `takedowns.referrals.vocabulary`, which follows the DSA's statement of reasons; written out here, so
that the demo stays plain data. A test compares them.
"""

from collections.abc import Mapping

Details = Mapping[str, object]

NONE: Details = {}

APPROVED: Details = {"exemptions_checked": True}
"""The legal ground stands in the list, or is the operation's."""

REMOVED: Details = {
    "action": "visibility_removed",
    "decision_ground": "incompatible_content",
    "automated_decision": "not_automated",
}
SUSPENDED: Details = {
    "action": "account_suspended",
    "decision_ground": "incompatible_content",
    "automated_decision": "partially",
}
TERMINATED: Details = {
    "action": "account_terminated",
    "decision_ground": "incompatible_content",
    "automated_decision": "not_automated",
}
RESTRICTED: Details = {
    "action": "geo_blocked",
    "decision_ground": "illegal_content",
    "automated_decision": "not_automated",
    "territories": ["BE", "DE", "ES", "FR", "GB", "NL"],
}
UNAVAILABLE: Details = {"text": "It was gone before we looked."}
QUESTION: Details = {"question": "Which part of it breaks our terms? Please give a time or a page."}
ANSWER: Details = {"answer": "From the second minute on; the outlet's mark is in the upper corner."}
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
    {"decline_reason": "not_in_breach", "text": "We found nothing that breaks our terms."},
    {
        "decline_reason": "journalistic",
        "text": "The account reports on the outlet and is not its own.",
    },
    {"decline_reason": "insufficient_information", "text": "We could not tell what is meant."},
)
