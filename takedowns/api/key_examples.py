"""Examples of calls about keys, tokens and client certificates, beside ``examples.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_FINGERPRINT: Final = "6d5c39f2f0f4a0a9f61d4a2b7c9d1f1b2e6f1a5ad31f54c5a0d7b8a4c1e2f309"
_KEY: Final[Mapping[str, Any]] = {
    "prefix": "77823accdf",
    "name": "Trust and safety, production",
    "platform": "telegram",
    "agency": None,
    "scopes": ["referrals:read", "decisions:write", "webhooks:manage", "keys:rotate"],
    "test": False,
    "addresses": ["203.0.113.0/24"],
    "certificates": [],
    "requests_per_minute": 3000,
    "last_used_at": "2019-11-21T08:14:00Z",
    "created_at": "2019-11-01T09:00:00Z",
    "expires_at": "2020-11-01T09:00:00Z",
}

#: Bodies of calls, by operation.
CALLS: Final[dict[str, Any]] = {
    "rotate_key": {"overlap_hours": 24},
    "bind_certificates": {"certificates": [_FINGERPRINT]},
    "get_token": {
        "grant_type": "client_credentials",
        "client_id": "4f1c09a7e2",
        "client_secret": "tkd_4f1c09a7e2_<secret>",
        "scope": "referrals:read decisions:write",
    },
    "revoke_token": {
        "client_id": "4f1c09a7e2",
        "client_secret": "tkd_4f1c09a7e2_<secret>",
        "token": "tka_<secret>",
    },
}

#: Answers, by operation.
ANSWERS: Final[dict[str, Any]] = {
    "get_key": _KEY,
    "rotate_key": {
        "key": "tkd_<prefix>_<secret>",
        "successor": {**_KEY, "prefix": "09e54a6390", "last_used_at": None},
        "old_key_expires_at": "2019-11-22T08:15:00Z",
    },
    "bind_certificates": {"certificates": [_FINGERPRINT]},
    "get_token": {
        "access_token": "tka_<secret>",
        "token_type": "Bearer",
        "expires_in": 900,
        "scope": "referrals:read decisions:write",
    },
    "see_certificate": {
        "certificate": {
            "sha256": _FINGERPRINT,
            "x5t#S256": "bVw58vD0oKn2HUorfJ0fGy5vGlrTH1TFoNe4pMHi8wk",
        },
        "ask_at": "https://takedowns.example.org:8443",
    },
}
