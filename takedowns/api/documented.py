"""How the API is served and described: settings of Django REST framework and drf-spectacular, which ``settings.py`` takes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import takedowns

#: What calls are about, in the order in which somebody new reads of them.
TAGS: Final[Mapping[str, str]] = {
    "Key": "The key you call with: what it may do, and a successor.",
    "Referrals": "What is referred to you, or by you: the list, one of them, every change.",
    "Decisions": "What you answer, one by one or up to 1,000 at once.",
    "Removal orders": "Orders under Regulation (EU) 2021/784: their text, their hour, and the forms of Annexes II and III.",
    "Complaints": "Complaints about what was removed or restricted, and what became of them.",
    "Statements": "Statements of reasons, as the DSA Transparency Database has them.",
    "Webhooks": "Endpoints that are called when something changes, their secrets and their log.",
    "Operations": "What referrals are made in, and its figures.",
    "Submissions": "For agencies: submitting, and what became of each row.",
    "Case work": "For agencies: what their people do with a referral: withdraw and correct, answer a question, report what was seen.",
    "Evidence": "For agencies: files that show what was there, kept with the referral.",
    "Holds": "For agencies: items that nobody may refer while an investigation rests on them.",
    "Duties": "For agencies: what an authority decides or is told beside removal orders (Regulation (EU) 2021/784, Art. 4, 5, 6, 14(5)).",
    "Identify": "For agencies: what an address names.",
    "Streams": "Everything in one answer, a line for each.",
    "Sandbox": "For test keys: invented referrals, and what others do to them.",
    "About": "The API about itself. No key is needed.",
}

SPECTACULAR_SETTINGS: Final[dict[str, Any]] = {
    "TITLE": "Takedowns API",
    "DESCRIPTION": (
        "For platforms, which are asked to act and answer, and for agencies, which submit and follow.\n\n"
        "Send `Authorization: Bearer tkd_…`. Errors are problem details (RFC 9457): `detail` says what is wrong and what to do,"
        " `errors` which field, and `type` leads to an explanation. Every answer carries `RateLimit-Policy` and `RateLimit`"
        " (draft-ietf-httpapi-ratelimit-headers); 429 and 503 say in `Retry-After` how long to wait. A POST with an"
        " `Idempotency-Key` may be repeated for 24 hours. A test key works on invented referrals.\n\n"
        "Within version 1 only additions are made: ignore what you do not know."
    ),
    "VERSION": "1.0.0",
    "EXTENSIONS_INFO": {"x-takedowns-version": takedowns.__version__},
    "OAS_VERSION": "3.1.1",
    "CONTACT": {"name": "The operator of the installation"},
    "SERVERS": [{"url": "/", "description": "The installation that serves this description."}],
    "TAGS": [{"name": name, "description": said} for name, said in TAGS.items()],
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "PREPROCESSING_HOOKS": ["takedowns.api.schema.only_version_1"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "takedowns.api.schema.describe",
    ],
    "WEBHOOKS": ["takedowns.api.serializers.webhooks.CALLED"],
    "ENUM_NAME_OVERRIDES": {
        "Status": "takedowns.referrals.vocabulary.Status",
        "Availability": "takedowns.referrals.vocabulary.Availability",
        "Instrument": "takedowns.referrals.vocabulary.Instrument",
        "Action": "takedowns.referrals.vocabulary.Action",
        "DeclineReason": "takedowns.referrals.vocabulary.DeclineReason",
        "DecisionGround": "takedowns.referrals.vocabulary.DecisionGround",
        "DecisionGroundGiven": "takedowns.api.serializers.decisions.GROUNDS",
        "Verdict": "takedowns.api.serializers.decisions.VERDICTS",
        "ComplaintVerdict": "takedowns.complaints.models.Verdict",
        "KindEnum": "takedowns.api.serializers.submissions.KINDS",
        "DutyKind": "takedowns.duties.models.Kind",
        "DutyOutcome": "takedowns.duties.models.Outcome",
        "InOrOut": "takedowns.intake.unattended.IN_OR_OUT",
        "SubmissionState": "takedowns.intake.models.Submission.State",
        "DeliveryState": "takedowns.webhooks.models.Delivery.State",
        "SandboxEventType": "takedowns.api.serializers.sandbox.TYPES",
        "SandboxVerdict": "takedowns.api.serializers.sandbox.VERDICT_CHOICES",
        "Scope": "takedowns.directory.models.Scope",
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": True,
}
REST_FRAMEWORK: Final[dict[str, Any]] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["takedowns.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],  # takedowns.api.base checks the scope that each view must name
    "DEFAULT_RENDERER_CLASSES": ["takedowns.api.wire.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["takedowns.api.wire.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "takedowns.api.schema.Schema",
    "EXCEPTION_HANDLER": "takedowns.api.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
