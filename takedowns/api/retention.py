"""What of API calls is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.api.idempotency import KEPT_FOR
from takedowns.api.tokens import KEPT_FOR as TOKENS_KEPT_FOR
from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("Answers to repeated API calls"),
        _("So that a call sent twice is done once."),
        period=KEPT_FOR,
        table="api_keptanswer",
        past="created_at < %(before)s",
        age="created_at",
        nightly=True,
    ),
    Kept(
        _("Tokens of the API that have ended"),
        _("So that it can be seen a day later which key got one, and from when to when it was good."),
        period=TOKENS_KEPT_FOR,
        table="api_accesstoken",
        past="expires_at < %(before)s",
        age="expires_at",
        nightly=True,
    ),
)
