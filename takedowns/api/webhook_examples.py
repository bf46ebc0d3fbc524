"""What the OpenAPI description shows of the calls about webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

ENDPOINT_ID: Final = "01a2194e-0b0f-7c52-9d4c-2f6a3f3f9a10"
_DELIVERY_ID: Final = "01a2194f-53d4-7f0a-8a3e-7f2f1f0c6b21"
_SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the one that Standard Webhooks prints
_ENDPOINT: Final[Mapping[str, Any]] = {
    "id": ENDPOINT_ID,
    "url": "https://hooks.example/takedowns",
    "description": "Trust and safety",
    "types": [
        "referral.created",
        "referral.updated",
        "referral.withdrawn",
        "referral.due_soon",
        "check.online_after_removal",
    ],
    "active": True,
    "disabled_at": None,
    "disabled_because": None,
    "former_secret_until": None,
    "created_at": "2019-11-20T16:00:00Z",
}
_DELIVERY: Final[Mapping[str, Any]] = {
    "id": _DELIVERY_ID,
    "state": "delivered",
    "is_ping": False,
    "events": 100,
    "made_at": "2019-11-21T07:45:01Z",
    "next_try_at": None,
    "ended_at": "2019-11-21T07:45:08Z",
    "tries": [
        {"at": "2019-11-21T07:45:02Z", "status": 503, "problem": "It answered 503.", "milliseconds": 41},
        {"at": "2019-11-21T07:45:08Z", "status": 204, "problem": None, "milliseconds": 12},
    ],
}
_PING: Final = {
    **_DELIVERY,
    "state": "waiting",
    "is_ping": True,
    "events": 0,
    "next_try_at": "2019-11-21T07:45:01Z",
    "ended_at": None,
    "tries": [],
}

#: By call, what is sent.
CALLS: Final[Mapping[str, Any]] = {
    "create_webhook": {"url": "https://hooks.example/takedowns", "description": "Trust and safety"},
    "change_webhook": {"types": ["referral.created", "referral.withdrawn"]},
    "rotate_webhook_secret": {"overlap_hours": 24},
}
#: By call, what comes back.
ANSWERS: Final[Mapping[str, Any]] = {
    "list_webhooks": {"endpoints": [_ENDPOINT]},
    "create_webhook": {"endpoint": _ENDPOINT, "secret": _SECRET},
    "get_webhook": _ENDPOINT,
    "change_webhook": {**_ENDPOINT, "types": ["referral.created", "referral.withdrawn"]},
    "rotate_webhook_secret": {
        "endpoint": {**_ENDPOINT, "former_secret_until": "2019-11-22T08:00:00Z"},
        "secret": _SECRET,
    },
    "ping_webhook": {"deliveries": [_PING], "next": None},
    "list_deliveries": {"deliveries": [_DELIVERY], "next": None},
    "replay_deliveries": {"deliveries": 12},
}
