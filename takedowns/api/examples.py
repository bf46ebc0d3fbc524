"""One example of each call and each answer, for the description (OpenAPI): invented, as a real call and answer would read.

A test holds each against its schema, and asks for one wherever there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from takedowns.api import key_examples, webhook_examples
from takedowns.api.exchange_examples import STATED, STATEMENT

REFERRAL_ID: Final = "01a2194d-1c81-79f0-b75b-70abefb1c65d"
REFERENCE: Final = "RAD19-NFQV-3HJXN"
_COMPLAINT_ID: Final = "01a21950-1f2e-7b6d-9c1a-3d4e5f607182"
SUBMISSION_ID: Final = "01a2194d-0c3a-7d11-8e0f-1a2b3c4d5e6f"
ITEM_ID: Final = "38d88957-cf6e-58ad-8f83-45b1ad6c857e"
_CURSOR: Final = "YwAAAAAAAATKAaIZTSJudbeFphXkvRMW5w"
_OPERATION: Final = {
    "reference": "RAD19",
    "name": "Referral action days of 21 and 22 November 2019",
    "starts": "2019-11-21",
    "ends": "2019-11-22",
    "open": True,
}
REFERRAL: Final[Mapping[str, Any]] = {
    "id": REFERRAL_ID,
    "reference": REFERENCE,
    "operation": "RAD19",
    "platform": "telegram",
    "item": {
        "id": ITEM_ID,
        "kind": "message",
        "url": "https://t.me/demo_stone_bench/281",
        "key": "demo_stone_bench/281",
    },
    "moments": [],
    "hashes": [
        {
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "md5": None,
            "pdq": "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22",
            "quality": 100,
        }
    ],
    "agency": {"slug": "fr-demo", "name": "FR Reporting Office", "country": "FR"},
    "instrument": "referral",
    "tier": 3,
    "language": "en",
    "listed_group": None,
    "legal_ground": "Directive (EU) 2017/541, Art. 5",
    "status": "referred",
    "allowed": ["acknowledge", "request_information", "remove", "restrict", "decline", "report_unavailable"],
    "availability": "online",
    "availability_since": "2019-11-21T07:10:00Z",
    "action": None,
    "decision_ground": None,
    "decline_reason": None,
    "referred_at": "2019-11-21T07:45:00Z",
    "acknowledged_at": None,
    "decided_at": None,
    "due_at": None,
    "round": 1,
    "handling": None,
    "etag": "01210ecc94f7f37e71ba8407",
}
_REMOVED: Final[Mapping[str, Any]] = {
    **REFERRAL,
    "status": "removed",
    "allowed": ["reinstate"],
    "action": "visibility_removed",
    "decision_ground": "illegal_content",
    "acknowledged_at": "2019-11-21T08:15:00Z",
    "decided_at": "2019-11-21T08:15:00Z",
    "etag": "1a30db5e668f9a37e4c984ba",
}
REFER: Final[Mapping[str, Any]] = {
    "id": "01a2194d-226e-75b7-85a6-15e4bd1316e7",
    "change": "refer",
    "at": "2019-11-21T07:45:00Z",
    "recorded_at": "2019-11-21T07:45:00.213418Z",
    "referral_id": REFERRAL_ID,
    "from_status": "approved",
    "to_status": "referred",
    "from_availability": "online",
    "to_availability": "online",
    "details": {},
}
_DATED: Final[Mapping[str, Any]] = {**REFERRAL, "updated_at": REFER["recorded_at"]}
_COMPLAINT: Final[Mapping[str, Any]] = {
    "id": _COMPLAINT_ID,
    "referral_id": REFERRAL_ID,
    "complainant": "content_provider",
    "received_at": "2019-12-02T08:00:00Z",
    "puid": "complaint-17",
    "explanation": "It is a museum catalogue.",
    "verdict": None,
    "decided_at": None,
    "decision_explained": None,
    "recorded_at": "2019-12-02T08:05:12Z",
}
ORDER: Final[Mapping[str, Any]] = {
    "referral_id": REFERRAL_ID,
    "reference": REFERENCE,
    "issued_at": "2026-11-24T08:00:00Z",
    "received_at": "2026-11-24T08:02:00Z",
    "due_at": "2026-11-24T09:02:00Z",
    "clock": "running",
    "material": ["threatens"],
    "reasons": "The video names a place and a day, and calls for an attack there.",
    "further_information": None,
    "file_number": "2026/4711",
    "content_provider_told": True,
    "not_told_until": None,
    "stopped_at": None,
    "impediment": None,
    "preserve_until": None,
    "sha256": "36e971ab644467495c8a59ff82c6dda12a800aa2ddac4896f8d478e0a52a2c06",
    "document": f"/api/v1/referrals/{REFERRAL_ID}/order/document",
}
SUBMISSION: Final[Mapping[str, Any]] = {
    "id": SUBMISSION_ID,
    "operation": "RAD19",
    "state": "loaded",
    "source": "api",
    "submitted_by": "a.officer@north.example",
    "filename": "list.csv",
    "instrument": "referral",
    "received_at": "2019-11-21T07:02:00Z",
    "loaded_at": "2019-11-21T07:02:01Z",
    "size": 945,
    "sha256": "19b04addd9c1109626e0ba4583ab28641b72ecd1ef06a4974f8b4fae93783e5a",
    "rows_read": None,
    "bytes_read": None,
    "columns": {"url": "url", "tier": "tier"},
    "counts": {"new": 11, "repeated": 1},
    "error": None,
    "withdrawn_at": None,
}
_ROW: Final[Mapping[str, Any]] = {
    "line": 2,
    "sheet": None,
    "part": 1,
    "parts": 1,
    "outcome": "new",
    "reason": None,
    "message": None,
    "problems": [],
    "url": "t.me/s/demo_stone_bench/281",
    "note": None,
    "moment": None,
    "platform": "telegram",
    "domain": None,
    "item_id": ITEM_ID,
    "referral_id": REFERRAL_ID,
    "status": "submitted",
    "availability": "unknown",
    "first_line": None,
    "first_part": None,
    "first_sheet": None,
}
_IDENTIFIED: Final[Mapping[str, Any]] = {
    "asked": "t.me/s/demo_stone_bench/281",
    "identity": {
        "item_id": ITEM_ID,
        "platform": "telegram",
        "kind": "message",
        "key": "demo_stone_bench/281",
        "url": "https://t.me/demo_stone_bench/281",
        "domain": None,
        "wrappers": [],
        "notes": ["scheme_added"],
        "moment": None,
    },
    "refusal": None,
    "referrals": [],
    "elsewhere": True,
    "on_hold": False,
}
_REPORTS: Final = {"reports": [{"day": "2019-11-21", "what": "accounts and bots", "count": 2096}]}
_DECISIONS: Final = {
    "decisions": [
        {
            "referral": REFERENCE,
            "verdict": "remove",
            "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
            "puid": "case-4711",
            "acted_at": "2019-11-21T10:15:00Z",
        },
        {"referral": "0190b3a0-7c11-7d4e-9a55-0f1b2c3d4e5f", "verdict": "decline"},
    ]
}
_MISSING: Final = (
    "“decline” needs “decline_reason”: one of not_in_breach, journalistic, insufficient_information, not_found,"
    " not_responsible, other."
)

#: Values of what stands in an address, by name.
PLACES: Final[Mapping[str, str]] = {
    "name": REFERENCE,
    "reference": "RAD19",
    "url": "t.me/s/demo_stone_bench/281",
    "complaint_id": _COMPLAINT_ID,
    "submission_id": SUBMISSION_ID,
    "endpoint_id": webhook_examples.ENDPOINT_ID,
}
#: Bodies of calls, by operation; by content type where that is not JSON.
CALLS: Final[dict[str, Any]] = {
    "decide_one": {
        "verdict": "remove",
        "action": "visibility_removed",
        "decision_ground": "illegal_content",
        "puid": "case-4711",
    },
    "decide_many": _DECISIONS,
    "post_statement": STATEMENT,
    "post_statements": {"statements": [{**STATEMENT, "referral": REFERENCE}]},
    "report_complaint": {
        "received_at": "2019-12-02T08:00:00Z",
        "puid": "complaint-17",
        "explanation": "It is a museum catalogue.",
    },
    "decide_complaint": {"verdict": "upheld", "explanation": "It is one; we put it back."},
    "tell_order_receipt": {"received_at": "2026-11-24T08:02:00Z"},
    "tell_order_feedback": {
        "outcome": "removed",
        "acted_at": "2026-11-24T08:31:00Z",
        "signatory": "N. N., counsel",
    },
    "tell_order_impediment": {
        "impediment": "insufficient_information",
        "explanation": "The address leads to a whole channel. Which post?",
    },
    "tell_order_resumption": {"at": "2026-11-24T10:00:00Z"},
    "report_totals": _REPORTS,
    "hand_in": {
        "operation": "RAD19",
        "rows": [{"url": "https://t.me/demo_stone_bench/281", "tier": 3}, {"url": "youtu.be/dQw4w9WgXcQ"}],
    },
    "identify_many": {"urls": ["t.me/s/demo_stone_bench/281"]},
    **key_examples.CALLS,
    "simulate_event": {"type": "withdrawn", "referral": REFERENCE},
    **webhook_examples.CALLS,
    "replay_deliveries": {"since": "2019-11-21T08:00:00Z"},
}

#: Answers, by operation.
ANSWERS: Final[dict[str, Any]] = {
    "list_referrals": {
        "referrals": [{**_DATED, "order": None, "complaints": [_COMPLAINT]}],  # with expand=order,complaints
        "next": "cgGiGU0cgXFWsRXBJP_quf4",
    },
    "get_referral": {**_DATED, "history": [REFER]},
    "follow_changes": {"changes": [{**REFER, "referral": REFERRAL}], "next": _CURSOR, "more": False},
    "decide_one": _REMOVED,
    "post_statement": STATED,
    "post_statements": {"taken": 1, "refused": 0, "results": [STATED]},
    "list_decision_statements": {"statements": [STATEMENT], "next": None},
    "decide_many": {
        "moved": 1,
        "refused": 1,
        "results": [
            {
                "index": 0,
                "referral": REFERENCE,
                "outcome": "moved",
                "status": "removed",
                "code": None,
                "detail": None,
                "allowed": ["reinstate"],
                "etag": "1a30db5e668f9a37e4c984ba",
                "errors": [],
            },
            {
                "index": 1,
                "referral": "0190b3a0-7c11-7d4e-9a55-0f1b2c3d4e5f",
                "outcome": "refused",
                "status": "referred",
                "code": "missing_fact",
                "detail": _MISSING,
                "allowed": REFERRAL["allowed"],
                "etag": None,
                "errors": [
                    {"pointer": "#/decisions/1/decline_reason", "code": "missing_fact", "detail": _MISSING}
                ],
            },
        ],
    },
    "list_complaints": {"complaints": [_COMPLAINT]},
    "report_complaint": _COMPLAINT,
    "decide_complaint": {
        **_COMPLAINT,
        "verdict": "upheld",
        "decided_at": "2019-12-03T09:00:00Z",
        "decision_explained": "It is one; we put it back.",
    },
    "get_order": ORDER,
    "tell_order_receipt": ORDER,
    "tell_order_feedback": {**ORDER, "clock": "met"},
    "tell_order_impediment": {
        **ORDER,
        "clock": "stopped",
        "due_at": None,
        "stopped_at": "2026-11-24T08:20:00Z",
        "impediment": "insufficient_information",
    },
    "tell_order_resumption": {**ORDER, "due_at": "2026-11-24T11:00:00Z"},
    "list_operations": {"operations": [_OPERATION]},
    "get_operation": _OPERATION,
    "get_statistics": {
        "operation": {name: _OPERATION[name] for name in ("reference", "name", "starts", "ends")},
        "as_of": "2019-11-21T12:00:00Z",
        "unit_of_count": "A referral: one agency's request about one item to its platform, under an instrument.",
        "definitions": {
            "removed": {
                "label": "Removed",
                "definition": "Referrals upon which the platform says that it removed the item.",
                "formula": "status is removed",
                "unit": "referral",
                "source": "The ledger of this installation.",
            }
        },
        "figures": {"total": {"referred": 5012, "removed": 4801}},
        "hours": [{"hour": "2019-11-21T07:00:00Z", "referred": 5012, "removed": 311}],
    },
    "get_statistics_json_stat": {
        "version": "2.0",
        "class": "dataset",
        "label": "RAD19 Referral action days of 21 and 22 November 2019",
        "updated": "2019-11-21T12:00:00Z",
        "id": ["platform", "measure"],
        "size": [1, 2],
        "dimension": {
            "platform": {"category": {"index": ["telegram"], "label": {"telegram": "Telegram"}}},
            "measure": {
                "category": {
                    "index": ["referred", "removed"],
                    "label": {"referred": "Referred", "removed": "Removed"},
                }
            },
        },
        "value": [5012, 4801],
    },
    "list_self_reports": _REPORTS,
    "report_totals": _REPORTS,
    "list_submissions": {"submissions": [SUBMISSION], "next": None},
    "hand_in": {
        **SUBMISSION,
        "repeated": False,
        "decided": {"dates": None, "hidden": "out", "sheets": ["week 48"], "outside": "in"},
    },
    "get_submission": SUBMISSION,
    "list_submission_rows": {"rows": [_ROW], "next": None},
    "identify": _IDENTIFIED,
    "identify_many": {"results": [_IDENTIFIED]},
    **key_examples.ANSWERS,
    "reset_sandbox": {"referrals": 60},
    "simulate_event": {
        "type": "withdrawn",
        "referral_id": REFERRAL_ID,
        "referral": {**REFERRAL, "status": "withdrawn", "allowed": [], "history": [REFER]},
    },
    "get_collection": {
        "info": {"name": "Takedowns API"},
        "auth": {"type": "bearer"},
        "variable": [{"key": "base", "value": "https://takedowns.example.org/api/v1"}],
        "item": [{"name": "Decisions", "item": []}],
    },
    "explain_problem": {
        "type": "/api/v1/problems/rate-limited",
        "status": 429,
        "title": "Too many requests",
        "remedy": "Wait as many seconds as Retry-After says, then go on.",
    },
    **webhook_examples.ANSWERS,
}

#: What an endpoint is sent.
TOLD: Final[Mapping[str, Any]] = {
    "type": "changes",
    "timestamp": "2019-11-21T07:45:01Z",
    "data": {"events": [{"type": "referral.created", **REFER, "referral": REFERRAL}]},
}
#: A file as the body of ``hand_in``.
CSV: Final = "url,tier\nhttps://t.me/demo_stone_bench/281,3\nyoutu.be/dQw4w9WgXcQ,\n"
