"""What the OpenAPI description shows of an agency's own work on its referrals: see ``examples.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from takedowns.api.examples import REFER, REFERRAL, REFERRAL_ID, SUBMISSION, SUBMISSION_ID

_BY: Final = {"acted_by": "a.officer@north.example"}
_COORDINATOR: Final = {"acted_by": "a.coordinator@north.example"}
_WITHDRAWN: Final[Mapping[str, Any]] = {
    **REFERRAL,
    "status": "withdrawn",
    "allowed": [],
    "etag": "5b0c1a0fd9a24b6c8e1f7a02.0d7c4e1b9a35f862",
    "history": [
        REFER,
        {
            **REFER,
            "id": "01a21951-7a10-7c52-8f0e-9d1c2b3a4f50",
            "change": "withdraw",
            "at": "2019-11-21T09:30:00Z",
            "recorded_at": "2019-11-21T09:30:00.118240Z",
            "from_status": "referred",
            "to_status": "withdrawn",
        },
    ],
}
_ANSWERED: Final[Mapping[str, Any]] = {
    **REFERRAL,
    "status": "acknowledged",
    "acknowledged_at": "2019-11-21T08:15:00Z",
    "etag": "0c51f2a97be84d13a6f0b8e2.7f20d94c6a1be835",
    "history": [
        REFER,
        {
            **REFER,
            "id": "01a21951-20f4-7b6d-9c1a-3d4e5f607184",
            "change": "provide_information",
            "at": "2019-11-21T09:20:00Z",
            "recorded_at": "2019-11-21T09:20:00.402118Z",
            "from_status": "information_requested",
            "to_status": "acknowledged",
            "details": {"answer": "The video that was posted at 06:40 UTC."},
        },
    ],
}
_CHECK: Final[Mapping[str, Any]] = {
    "id": "01a21952-5c3e-7f21-b0a4-6c7d8e9f0a1b",
    "referral_id": REFERRAL_ID,
    "at": "2019-11-21T10:00:00Z",
    "seen": "online",
    "agency": "fr-demo",
    "by": "a.officer@north.example",
    "robot": None,
    "reason": None,
    "http_status": None,
    "note": "Under a new picture.",
    "evidence": None,
}
_HOLD_ID: Final = "01a21953-0e6b-7a11-93f4-2b3c4d5e6f70"
_HOLD: Final[Mapping[str, Any]] = {
    "id": _HOLD_ID,
    "item": REFERRAL["item"],
    "outlet": None,
    "reason": "An investigation of ours rests on it.",
    "placed_at": "2019-11-21T07:20:00Z",
    "placed_by": "a.officer@north.example",
    "ends_at": "2019-11-28T07:20:00Z",
    "stands": True,
    "released_at": None,
    "lifted_because": None,
    "etag": "9f4a1c0e7b2d8356a0e1c4f7",
}
_ONE_HOLD: Final[Mapping[str, Any]] = {**_HOLD, "with_platforms": 0}
_DUTY_ID: Final = "01a21955-5c2f-7b10-8d3e-4f5a6b7c8d90"
_DUTY: Final[Mapping[str, Any]] = {
    "id": _DUTY_ID,
    "kind": "threat_to_life",
    "outcome": "europol_informed",
    "at": "2019-11-21T07:20:00Z",
    "platform": "telegram",
    "file_number": "2019/4711",
    "note": None,
    "recorded_at": "2019-11-21T07:40:00Z",
    "recorded_by": "a.officer@north.example",
    "taken_back_at": None,
    "taken_back_reason": None,
}
_EVIDENCE_ID: Final = "01a21954-3a7d-7e44-a1b2-c3d4e5f60718"
_EVIDENCE: Final[Mapping[str, Any]] = {
    "id": _EVIDENCE_ID,
    "referral_id": REFERRAL_ID,
    "filename": "before.png",
    "media_type": "image/png",
    "size": 84213,
    "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "note": "As it stood at 07:00 UTC.",
    "at": "2019-11-21T07:01:12Z",
    "by": "a.officer@north.example",
    "taken_back": None,
    "scan": {
        "outcome": "clean",
        "signature": None,
        "engine": "ClamAV 1.4.6/27480/Thu Nov 21 06:30:00 2019",
        "at": "2019-11-21T07:01:14Z",
        "released_at": None,
    },
    "does_by_itself": None,
    "file": f"/api/v1/evidence/{_EVIDENCE_ID}/file",
}
#: Values of what stands in addresses, by name.
PLACES: Final[Mapping[str, str]] = {
    "hold_id": _HOLD_ID,
    "duty_id": _DUTY_ID,
    "evidence_id": _EVIDENCE_ID,
    "filename": "before.png",
}
_TEXT: Final[Mapping[str, Any]] = {
    "material": ["threatens"],
    "reasons": "The video names a place and a day, and calls for an attack there.",
    "file_number": "2026/4711",
    "officer": "A. Officer, inspector",
}
_DRAFT: Final[Mapping[str, Any]] = {
    **_TEXT,
    "referral_id": REFERRAL_ID,
    "status_of_referral": "submitted",
    "written": True,
    "written_at": "2026-11-24T07:20:00Z",
    "issued_at": None,
    "further_information": None,
    "content_provider_told": True,
    "not_told_reason": None,
    "not_told_until": None,
    "emergency": False,
    "emergency_reason": None,
    "etag": "4d9c0a6b1f7e2c8350b1a6d4",
}
_LOOKED: Final[Mapping[str, Any]] = {
    "submission_id": SUBMISSION_ID,
    "withdrawn_at": None,
    "reason": None,
    "ends": 9,
    "ending": {"submitted": 7, "referred": 2},
    "staying": {"removed": 2},
    "waiting": 0,
    "passed_on": 0,
}

#: Bodies of calls, by operation.
CALLS: Final[dict[str, Any]] = {
    "withdraw_referral": {"reason": "Another channel was meant.", **_BY},
    "correct_referral": {"tier": 1, "outlet": "Stone Bench", **_BY},
    "answer_question": {"answer": "The video that was posted at 06:40 UTC.", **_BY},
    "report_check": {
        "seen": "online",
        "at": "2019-11-21T10:00:00Z",
        "note": "Under a new picture.",
        **_BY,
    },
    "place_hold": {
        "url": "https://t.me/demo_stone_bench/281",
        "reason": "An investigation of ours rests on it.",
        "ends_at": "2019-11-28T07:20:00Z",
        **_BY,
    },
    "change_hold": {"ends_at": "2019-12-05T07:20:00Z"},
    "release_hold": _BY,
    "record_duty": {
        "outcome": "europol_informed",
        "at": "2019-11-21T07:20:00Z",
        "platform": "telegram",
        "file_number": "2019/4711",
        **_COORDINATOR,
    },
    "take_back_duty": {"reason": "It was another platform.", **_COORDINATOR},
    "take_evidence_back": {"reason": "It shows a colleague's name.", **_BY},
    "write_order": {**_TEXT, **_BY},
    "withdraw_submission": {"reason": "The list was of another operation.", "expected": 9, **_BY},
    "bring_list": {"operation": "RAD19", "rows": [{"url": "https://t.me/demo_stone_bench/281", "tier": 3}]},
    "change_preview": {
        "columns": {"url": "Fundstelle", "tier": "Dringlichkeit", "note": "Bemerkung"},
        "dates": "day",
        "words": [{"field": "tier", "word": "eilt", "means": "2"}],
        "rows": [{"line": 7, "left_out": True}],
        **_BY,
    },
    "confirm_preview": _BY,
}

_PREVIEW: Final[Mapping[str, Any]] = {
    "id": SUBMISSION_ID,
    "operation": "RAD19",
    "filename": "week47.csv",
    "instrument": "referral",
    "platform": None,
    "submitted_by": "a.officer@north.example",
    "received_at": "2019-11-21T07:02:00Z",
    "discarded_at": "2019-11-22T07:02:00Z",
    "asks": [
        {
            "name": "dates",
            "detail": "Day or month first? No date of the column decides it, such as 05/11/2019. Say dates=day or dates=month, or"
            " write them as 2019-11-21.",
        }
    ],
    "rows_read": 12,
    "whole": True,
    "counts": {"new": 10, "already_referred": 1, "invalid": 1},
    "layout": {
        "format": "csv",
        "encoding": "utf-8",
        "delimiter": ";",
        "header_line": 1,
        "headers": ["Fundstelle", "Dringlichkeit", "Gesehen", "Bemerkung"],
        "columns": [
            {"field": "url", "header": "Fundstelle", "guessed": True},
            {"field": "tier", "header": "Dringlichkeit", "guessed": False},
            {"field": "found_at", "header": "Gesehen", "guessed": False},
        ],
        "not_read": ["Bemerkung"],
        "more_addresses": [],
        "other_addresses": [],
        "hidden_columns": [],
        "titles": [],
        "sheets": [],
        "hidden_rows": 0,
        "filtered": False,
        "zone": "Europe/Berlin",
        "dates": None,
        "dates_decided_by": None,
    },
    "platforms": [{"platform": "telegram", "rows": 11, "outside": False}],
    "already_referred": [{"whose": "other_agency", "agency": "South Unit", "rows": 1, "lines": ["9"]}],
    "unknown_hosts": [],
    "words": [{"field": "tier", "word": "eilt", "rows": 4, "means": None, "said": False}],
    "in_question": 1,
    "rows": [
        {
            "line": 7,
            "sheet": None,
            "part": 1,
            "parts": 1,
            "refused": True,
            "reason": "not_a_link",
            "problems": ["This is no link."],
            "raw": "demo stone bench;eilt;05/11/2019;",
            "url": "demo stone bench",
            "kind": "",
            "found_at": "",
            "choices": [],
        }
    ],
    "decisions": [],
}

#: Answers, by operation.
ANSWERS: Final[dict[str, Any]] = {
    "withdraw_referral": _WITHDRAWN,
    "correct_referral": {**REFERRAL, "tier": 1, "history": [REFER]},
    "get_question": {
        "referral_id": REFERRAL_ID,
        "question": "The channel has many videos. Which?",
        "asked_at": "2019-11-21T08:15:00Z",
    },
    "answer_question": _ANSWERED,
    "list_checks": {"checks": [_CHECK], "next": None},
    "report_check": _CHECK,
    "list_duties": {"duties": [_DUTY], "next": None},
    "record_duty": _DUTY,
    "take_back_duty": {
        **_DUTY,
        "taken_back_at": "2019-11-21T08:00:00Z",
        "taken_back_reason": "It was another platform.",
    },
    "list_holds": {"holds": [_HOLD], "next": None},
    "place_hold": _ONE_HOLD,
    "get_hold": _ONE_HOLD,
    "change_hold": {**_ONE_HOLD, "ends_at": "2019-12-05T07:20:00Z"},
    "release_hold": {**_ONE_HOLD, "stands": False, "released_at": "2019-11-22T09:00:00Z"},
    "list_evidence": {"referral_id": REFERRAL_ID, "evidence": [_EVIDENCE]},
    "attach_evidence": _EVIDENCE,
    "get_evidence": _EVIDENCE,
    "take_evidence_back": {
        **_EVIDENCE,
        "taken_back": {
            "at": "2019-11-21T09:12:40Z",
            "by": "a.officer@north.example",
            "reason": "It shows a colleague's name.",
        },
    },
    "get_order_draft": _DRAFT,
    "write_order": _DRAFT,
    "list_messages": {
        "messages": [
            {
                "id": "01a21955-6d2f-7c18-8e3a-9b0c1d2e3f40",
                "text": "Submit the list of week 47 before noon.",
                "at": "2019-11-21T07:00:00Z",
                "by": "C. Coordinator",
                "ends_at": "2019-11-21T12:00:00Z",
                "ended_at": None,
            }
        ]
    },
    "bring_list": _PREVIEW,
    "get_preview": _PREVIEW,
    "change_preview": {
        **_PREVIEW,
        "asks": [],
        "counts": {"new": 10, "already_referred": 1, "left_out": 1},
        "words": [{"field": "tier", "word": "eilt", "rows": 4, "means": "2", "said": True}],
        "in_question": 0,
        "rows": [],
        "decisions": [
            {
                "subject": "dates",
                "about": "",
                "detail": "The day stands first in the dates.",
                "by": "a.officer@north.example",
                "at": "2019-11-21T07:04:10Z",
            }
        ],
    },
    "confirm_preview": {**SUBMISSION, "repeated": False, "decided": None},
    "look_at_withdrawal": _LOOKED,
    "withdraw_submission": {
        **_LOOKED,
        "withdrawn_at": "2019-11-21T09:30:00Z",
        "reason": "The list was of another operation.",
        "ending": {},
        "passed_on": 1,
    },
}
