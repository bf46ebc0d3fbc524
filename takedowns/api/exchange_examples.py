"""What the OpenAPI description shows of records that travel between systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: As the DSA Transparency Database takes it.
STATEMENT: Final[Mapping[str, Any]] = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
    "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
    "illegal_content_legal_ground": "Directive (EU) 2017/541, Art. 5",
    "illegal_content_explanation": "It calls for an attack.",
    "content_type": ["CONTENT_TYPE_VIDEO"],
    "category": "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
    "category_specification": ["KEYWORD_TERRORIST_CONTENT"],
    "territorial_scope": None,
    "content_date": "2026-11-20",
    "application_date": "2026-11-24",
    "decision_facts": "Referred by an authority, looked at and removed.",
    "source_type": "SOURCE_TYPE_OTHER_NOTIFICATION",
    "automated_detection": "No",
    "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
    "puid": "case-4711",
}
STATED: Final[Mapping[str, Any]] = {
    "index": 0,
    "referral_id": "01a2194d-1c81-79f0-b75b-70abefb1c65d",
    "puid": "case-4711",
    "outcome": "moved",
    "status": "removed",
    "code": None,
    "detail": None,
    "errors": [],
}
